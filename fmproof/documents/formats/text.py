"""A report for the terminal: the notation, a line a row, details for what is not proved."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from fmproof.documents.model import CheckReport, DocumentReport, RowReport, Verdict

_MARK: dict[Verdict, str] = {
    "proved": "✓",
    "refuted": "✗",
    "constant": "✗",
    "scope": "✗",
    "agrees": "≈",
    "open": "?",
    "definition": "·",
    "hypothesis": "·",
    "statement": "·",
    "unread": "–",
    "skip": "·",
}
_COLOUR: dict[Verdict, str] = {
    "proved": "32",
    "refuted": "31",
    "constant": "31",
    "scope": "31",
    "agrees": "36",
    "open": "33",
    "unread": "33",
}
_DETAILED = ("refuted", "constant", "scope", "agrees", "open", "unread")


def render(
    report: CheckReport,
    width: int = 88,
    colour: bool = False,
    *,
    details: bool = False,
    quiet: bool = False,
) -> str:
    """``report`` as text.

    Args:
        details: also what was understood, what a proof needs, and rows that claim nothing.
        quiet: only what is wrong, and a line a document.
    """
    lines = [
        line
        for document in report.documents
        for line in _document(document, width, colour, details, quiet)
    ]
    if len(report.documents) > 1:
        wrong = sum(len(document.wrong) for document in report.documents)
        lines.append(
            f"{len(report.documents)} documents, {wrong} rows wrong, in {report.seconds:.1f} s"
        )
    return "".join(line.rstrip() + "\n" for line in lines)


def _document(
    document: DocumentReport, width: int, colour: bool, details: bool, quiet: bool
) -> Iterator[str]:
    shown = ", ".join(f"{count} {name}" for name, count in document.counts.items())
    if quiet:
        for row in document.wrong:
            yield f"{place(document, row)}: {row.verdict}: {summary(row)}"
        for line, words in document.problems:
            yield f"{document.file}:{line}: unread: {words}"
        yield f"{document.file}: {shown or 'no rows'}"
        return
    yield document.file
    if document.symbols:
        yield "  Notation"
        widest = min(18, max(len(s.symbol) for s in document.symbols))
        for symbol in document.symbols:
            why = f"line {symbol.line}" if symbol.line and not symbol.guessed else symbol.why
            where = f"guessed: {symbol.why}" if symbol.guessed else why
            yield f"    {symbol.symbol:{widest}}  {symbol.reading}  ({where})"
        yield ""
    for row in document.rows:
        if row.inline and row.verdict in ("skip", "hypothesis", "open") and not details:
            continue
        yield from _row(document, row, width, colour, details)
    for line, words in document.problems:
        yield f"  – {document.file}:{line}  {words}"
    yield ""
    yield f"  {shown or 'no rows'}"
    yield ""


def _row(
    document: DocumentReport, row: RowReport, width: int, colour: bool, details: bool
) -> Iterator[str]:
    mark = f"{_MARK[row.verdict]} {row.verdict:10}"
    if colour and row.verdict in _COLOUR:
        mark = f"\033[{_COLOUR[row.verdict]}m{mark}\033[0m"
    head = f"  {place(document, row)}"
    room = max(20, width - len(head) - 15)
    formula = f"{row.relation} {row.latex}".strip()
    if len(formula) > room:
        formula = formula[: room - 1] + "…"
    yield f"{head}  {mark} {formula}"
    if row.verdict in _DETAILED or details:
        for words in told(row, details):
            yield from textwrap.wrap(
                words, width, initial_indent=" " * 8, subsequent_indent=" " * 10
            )


def told(row: RowReport, details: bool = True) -> Iterator[str]:
    """What there is to say of a row, a sentence each."""
    if row.message:
        yield row.message
    if row.suggestion:
        yield row.suggestion
    if row.numeric is not None:
        evidence = row.numeric
        if evidence.status == "agrees":
            yield f"the numbers agree on {evidence.problems} problems"
        elif evidence.status == "refuted" and evidence.counterexample:
            first = evidence.counterexample.splitlines()[0].removeprefix("# ")
            yield first.removeprefix("step 1: ")
    if details:
        if row.reading:
            yield f"read as: {row.reading}"
        if row.needs:
            yield "needs: " + "; ".join(row.needs)


def place(document: DocumentReport, row: RowReport) -> str:
    """``file:line:col``."""
    return f"{document.file}:{row.line}:{row.column}"


def summary(row: RowReport) -> str:
    """One line about a row."""
    words = [row.message or f"{row.relation} {row.latex}"]
    if row.suggestion:
        words.append(row.suggestion)
    return "; ".join(words)
