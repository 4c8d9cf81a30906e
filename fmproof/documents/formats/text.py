"""A report for the terminal: the notation, a line a row, details for what is not proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fmproof.documents.model import CheckReport, DocumentReport, RowReport, Verdict
from fmproof.report.layout import hang, prose_lines

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
_LINES = 6
"""Of what is said of a row; what is left over of two long averages fills a page."""
_LEAST = 20  #: columns of a formula
_DETAILED = ("refuted", "constant", "scope", "agrees", "open", "unread")


def render(
    report: CheckReport,
    width: int = 88,
    colour: bool = False,
    *,
    details: bool = False,
    quiet: bool = False,
    lettered: Callable[[str], str] = str,
) -> str:
    """``report`` as text.

    Args:
        details: also what was understood, what a proof needs, and rows that claim nothing.
        quiet: only what is wrong, and a line a document.
        lettered: writes a text in the letters that there are; lines are laid out after it.
    """
    page = _Page(width, colour, details, lettered)
    lines = [
        line
        for document in report.documents
        for line in (_quiet(document) if quiet else page.document(document))
    ]
    if len(report.documents) > 1:
        wrong = sum(len(document.wrong) for document in report.documents)
        lines.append(
            f"{len(report.documents)} documents, {wrong} rows wrong, in {report.seconds:.1f} s"
        )
    return "".join(line.rstrip() + "\n" for line in lines)


def _counts(document: DocumentReport) -> str:
    return ", ".join(f"{count} {name}" for name, count in document.counts.items()) or "no rows"


def _quiet(document: DocumentReport) -> Iterator[str]:
    for row in document.wrong:
        yield f"{place(document, row)}: {row.verdict}: {summary(row)}"
    for line, words in document.problems:
        yield f"{document.file}:{line}: unread: {words}"
    yield f"{document.file}: {_counts(document)}"


@dataclass(frozen=True)
class _Page:
    """The layout of documents: every method yields lines."""

    width: int
    colour: bool
    details: bool
    lettered: Callable[[str], str]

    def document(self, document: DocumentReport) -> Iterator[str]:
        yield document.file
        if document.symbols:
            yield "  Notation"
            names = [self.lettered(symbol.symbol) for symbol in document.symbols]
            widest = min(18, max(map(len, names)))
            for name, symbol in zip(names, document.symbols, strict=True):
                why = f"line {symbol.line}" if symbol.line and not symbol.guessed else symbol.why
                where = f"guessed: {symbol.why}" if symbol.guessed else why
                yield from self._hung(f"    {name:{widest}}  ", f"{symbol.reading}  ({where})")
            yield ""
        passed_over = 0
        for row in document.rows:
            if row.inline and row.verdict in ("skip", "hypothesis", "open") and not self.details:
                passed_over += 1
            else:
                yield from self.row(document, row)
        for line, words in document.problems:
            yield from self._hung(f"  – {document.file}:{line}  ", words)
        yield ""
        more = f"; {passed_over} of them within lines, see --details" if passed_over else ""
        yield from self._hung("  ", _counts(document) + more)
        yield ""

    def row(self, document: DocumentReport, row: RowReport) -> Iterator[str]:
        """Where it stands, its verdict and its formula; then what there is to say of it."""
        mark = f"{_MARK[row.verdict]} {row.verdict:10}"
        if self.colour and row.verdict in _COLOUR:
            mark = f"\033[{_COLOUR[row.verdict]}m{mark}\033[0m"
        head = f"  {place(document, row)}"
        formula = self.lettered(f"{row.relation} {row.latex}".strip())
        ellipsis = self.lettered("…")
        room = self.width - len(head) - 15
        if room < _LEAST:  # the name of the file takes the line
            yield f"{head}  {mark}"
            head, mark, room = "       ", "", self.width - 8
        if len(formula) > room:
            formula = formula[: room - len(ellipsis)] + ellipsis
        yield f"{head}  {mark} {formula}" if mark else f"{head} {formula}"
        if row.verdict in _DETAILED or self.details:
            for words in told(row, self.details):
                first, *rest = prose_lines(self.lettered(words), self.width - 10)
                if len(rest) >= _LINES and not self.details:
                    rest = [*rest[: _LINES - 2], self.lettered("… (whole with --details)")]
                yield from (" " * 8 + first, *(" " * 10 + line for line in rest))

    def _hung(self, head: str, words: str) -> Iterator[str]:
        shown = self.lettered(head)
        return hang(shown, prose_lines(self.lettered(words), self.width - len(shown)))


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
