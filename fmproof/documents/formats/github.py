"""A report as GitHub workflow commands: errors for what is wrong, warnings for the unread."""

from __future__ import annotations

from fmproof.documents.formats.text import summary
from fmproof.documents.model import WRONG, CheckReport


def render(report: CheckReport) -> str:
    """One workflow command a line."""
    lines = []
    for document in report.documents:
        for row in document.rows:
            if row.verdict in WRONG:
                kind = "error"
            elif row.verdict == "unread":
                kind = "warning"
            else:
                continue
            lines.append(
                _command(kind, document.file, row.line, row.column, row.verdict, summary(row))
            )
        lines += [
            _command("warning", document.file, line, 1, "unread", words)
            for line, words in document.problems
        ]
        counts = ", ".join(f"{count} {name}" for name, count in document.counts.items())
        lines.append(
            _command("notice", document.file, "1", 1, "fmproof check", counts or "no rows")
        )
    return "".join(line + "\n" for line in lines)


def _command(kind: str, file: str, line: str, column: int, title: str, message: str) -> str:
    number = line.rpartition(":")[2]
    properties = f"file={_property(file)},line={number},col={column},title={_property(title)}"
    return f"::{kind} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
