"""Breaking formulas and prose over lines, as a person would.

A formula is broken before an operator, and as far outside of its brackets as will do: a sum
of expectations comes apart between the expectations before any of them is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import NamedTuple

_RANK = {
    "for": 0,
    "⇒": 1,
    "=": 2,
    "≤": 2,
    "≥": 2,
    "+": 3,
    "−": 3,
    "=>": 1,
    "<=": 2,
    ">=": 2,
    "-": 3,
}
"""How soon to break before an operator: "for every θ" first, a sum last; also in plain letters."""

_FACTORS = 4  #: the rank of a space without an operator
_MEASURE = 5  #: the rank of a space in the law of an expectation, or in a Gaussian density
_ROOM = 24  #: columns that the indent of a continued line always leaves
_FINITE = re.compile(r" < (∞|inf\b)")
_TIED = "\N{NO-BREAK SPACE}"


class _Break(NamedTuple):
    """A space at which a formula may be broken."""

    place: int
    depth: int  #: in how many brackets it stands
    rank: int  #: of the operator that follows


def formula_lines(formula: str, width: int) -> list[str]:
    """``formula`` broken to ``width`` columns, continued lines indented by their depth.

    A piece without a space is never broken, so a line may be longer than ``width``.
    """
    breaks = _breaks(formula)
    lines: list[str] = []
    start = indent = 0
    while indent + len(formula) - start > width:
        breaks = [b for b in breaks if b.place > start]
        found = _best(breaks, start, width - indent, len(formula))
        if found is None:
            break
        lines.append(" " * indent + formula[start : found.place])
        start = found.place + 1
        indent = min(2 * found.depth, max(width - _ROOM, 0))
    return [*lines, " " * indent + formula[start:]]


def _best(breaks: list[_Break], start: int, width: int, end: int) -> _Break | None:
    """Where the line that begins at ``start`` should end.

    Before an operator, the least deep and of the lowest rank; else between factors, else at the
    first place there is. Of several the last, unless the rest then fits a line too: of two
    lines neither should be a stub.
    """
    fitting = [b for b in breaks if b.place - start <= width]
    if not fitting:
        return next(iter(breaks), None)
    fitting = [b for b in fitting if b.rank != _MEASURE] or fitting
    operators = [b for b in fitting if b.rank < _FACTORS]
    late = [b for b in fitting if b.place - start >= width // 4]
    choice = operators or late or fitting
    first = min((b.depth, b.rank) for b in choice)
    choice = [b for b in choice if (b.depth, b.rank) == first]
    halves = [b for b in choice if 2 * b.depth + end - b.place - 1 <= width]
    if halves:
        return min(halves, key=lambda b: max(b.place - start, 2 * b.depth + end - b.place - 1))
    return choice[-1]


def _breaks(formula: str) -> list[_Break]:
    found: list[_Break] = []
    depth, in_norm, law = 0, False, 0
    for place, char in enumerate(formula):
        if char in "([{":
            depth += 1
            opened = formula[: place + 1]
            if opened.endswith(("E_{", "N(")) and not law:
                law = depth
        elif char in ")]}":
            law = 0 if depth == law else law
            depth -= 1
        elif char == "‖" or formula.startswith("||", place):
            depth += -1 if in_norm else 1
            in_norm = not in_norm
        elif char == " " and not _FINITE.match(formula, place):
            if formula.endswith("log", 0, place):
                continue  # what it is the logarithm of
            following = formula[place + 1 :].split(" ", 1)[0]
            rank = _MEASURE if law else _RANK.get(following, _FACTORS)
            found.append(_Break(place, max(depth, 0), rank))
    return found


def prose_lines(text: str, width: int) -> list[str]:
    """Words filled to ``width`` columns; at least one line, and none begins with "< ∞"."""
    kept = _FINITE.sub(rf"{_TIED}<{_TIED}\1", " ".join(text.split()))
    lines = wrap(kept, max(width, 1), break_long_words=False, break_on_hyphens=False)
    return [line.replace(_TIED, " ") for line in lines] or [""]


def command_lines(command: str, width: int) -> list[str]:
    """A command line in ``width`` columns, continued as a shell reads it."""
    if len(command) <= width:
        return [command]
    *begun, last = wrap(
        command,
        width - 2,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [*(f"{line} \\" for line in begun), last]


def hang(head: str, lines: Iterable[str]) -> Iterator[str]:
    """``head`` before the first line, and blanks of its width before the others."""
    for line in lines:
        yield head + line
        head = " " * len(head)
