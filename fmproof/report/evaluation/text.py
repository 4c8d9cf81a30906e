"""An evaluation as text for a terminal of any width."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from fmproof.report.evaluation.words import (
    answers,
    cells_by_method,
    contradictions,
    describe,
    gradient_lines,
    remarks,
    verdicts,
)
from fmproof.report.layout import hang, prose_lines

if TYPE_CHECKING:
    from fmproof.losses.findings import Findings

_GAP = "  "


def render_text(findings: Findings, width: int = 88, lettered: Callable[[str], str] = str) -> str:
    """What contradicts itself, the answer, and each quantity by each method, in ``width`` columns.

    No number is broken over lines: where the table is too wide, each quantity is a block with a
    line for each method.

    Args:
        lettered: writes a text in the letters that there are; columns are laid out after it.
    """

    def filled(sentences: Iterable[str]) -> list[str]:
        return [line for s in sentences for line in _filled(lettered(s), width)]

    rows = [list(map(lettered, row)) for row in cells_by_method(findings)]
    vectors = [(lettered(label), lettered(vector)) for label, vector in gradient_lines(findings)]
    names = max(len(label) for label, *_ in [*rows, *vectors])
    whole = _table(rows, names)
    fits = max(map(len, whole)) <= width
    blocks = [
        filled(contradictions(findings)),
        filled([*answers(findings), *verdicts(findings)]),
        filled([describe(findings.problem)]),
        [
            *(whole if fits else _list(rows, names, width)),
            *(
                line
                for label, vector in vectors
                for line in _hung(label.ljust(names) + _GAP, vector, width)
            ),
        ],
        filled(remarks(findings)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _filled(sentence: str, width: int) -> list[str]:
    first, *rest = prose_lines(sentence, width - 2)
    return [first, *("  " + line for line in rest)]


def _hung(head: str, words: str, width: int) -> Iterator[str]:
    return hang(head, prose_lines(words, width - len(head)))


def _table(rows: list[list[str]], names: int) -> list[str]:
    widths = [
        names,
        *(max(map(len, column)) for column in zip(*(r[1:] for r in rows), strict=True)),
    ]
    return [
        _GAP.join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _list(rows: list[list[str]], names: int, width: int) -> Iterator[str]:
    """The same cells one below the other, so that the digits of the methods stand in columns."""
    (_, *methods), *quantities = rows
    column = max(map(len, methods), default=0)
    for label, *cells in quantities:
        head = label.ljust(names)
        for method, cell in zip(methods, cells, strict=True):
            if cell == "-":
                continue
            margin = f"{head}{_GAP}{method.ljust(column)}{_GAP}"
            yield from hang(margin, _pieces(cell, width - len(margin)))
            head = " " * names


def _pieces(cell: str, width: int) -> list[str]:
    """A cell in one line, or broken between a rational and its decimals, or before its error."""
    if len(cell) <= width:
        return [cell]
    for sign in (" = ", " ± "):
        before, found, after = cell.partition(sign)
        if found:
            return [before, f"{sign.strip()} {after}"]
    return [cell]
