"""The verdicts on the rows of a cell, as they show themselves below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fmproof.report.html import page_part
from fmproof.report.model import Formula

if TYPE_CHECKING:
    from fmproof.documents.model import DocumentReport, RowReport

_GOOD = ("proved", "agrees", "definition", "hypothesis", "statement", "skip")


@dataclass(frozen=True)
class ShownRow:
    """A row for the template."""

    line: str
    formula: Formula
    verdict: str
    status: str  #: "ok", "bad" or ""
    says: tuple[str, ...]


@dataclass(frozen=True)
class CellRows:
    """What a check found of the rows of a cell.

    Attributes:
        report: everything, as data.
    """

    report: DocumentReport

    def __str__(self) -> str:
        from fmproof._version import __version__
        from fmproof.documents.formats.text import render
        from fmproof.documents.model import CheckReport

        return render(CheckReport(__version__, (self.report,), 0.0), 88, False)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """MathML, which needs nothing loaded."""
        return page_part("rows.html", rows=list(map(_row, self.report.rows)), report=self.report)


def _row(row: RowReport) -> ShownRow:
    from fmproof.documents.model import WRONG

    written = row.formula or row.latex
    says = [row.message] if row.message else []
    if row.suggestion:
        says.append(f"did you mean {row.suggestion}?")
    if row.by:
        says.append(f"by {', '.join(row.by)}")
    if row.needs:
        says.append(f"needs {', '.join(row.needs)}")
    if row.numeric is not None and row.numeric.counterexample and row.verdict in WRONG:
        says.append(row.numeric.counterexample.splitlines()[0].removeprefix("# "))
    status = "bad" if row.verdict in WRONG else "ok" if row.verdict in _GOOD else ""
    return ShownRow(row.line, Formula(written, written), row.verdict, status, tuple(says))
