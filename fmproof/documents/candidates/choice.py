"""Of several rows that may define one symbol, which one does."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fmproof.documents.candidates.forms import a_name
from fmproof.documents.candidates.rows import Options
from fmproof.documents.candidates.shapes import shape_of
from fmproof.documents.items import Item, Reading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.symbols import key_of
from fmproof.reading.notation.words import a_case, introduces

NO_ROW = -1
"""Where a definition stands that is no row of its own."""


def best_of(
    reading: Reading, found: Options, mixed: Collection[str], anywhere: Mapping[str, int]
) -> dict[str, list[Candidate]]:
    """Of the options for a symbol of one shape, the best; no special case of what was used.

    Args:
        anywhere: the shape of each symbol -> the first row, displayed or not, that has it.
    """
    defining = {id(one[2]) for options in found.values() for one in options}
    used = claimed_before(reading, defining, mixed)
    first = _first_calls(reading)
    chosen: dict[str, list[Candidate]] = {}
    for key, options in found.items():
        shapes: set[str] = set()
        for _, candidate, item in sorted(options, key=lambda one: (one[0], one[2].index)):
            shape = shape_of(candidate.left, mixed)
            if shape in shapes:
                continue
            if not candidate.explicit and not a_name(candidate.left):
                seen = min(used.get(shape, item.index), item.index)
                beside = anywhere.get(shape, item.index) if item.inline else item.index
                if beside < seen and not _in_one_breath(reading, beside, item):
                    seen = beside
                if seen < item.index:
                    behind = _said_behind(reading, seen, item)
                    behind = behind or _said_beside(reading, anywhere.get(shape, seen), item)
                    behind = behind or _is_mixed(candidate)
                    if not (item.introduced or behind):
                        continue  # a special case of what was used before
                    candidate.late = not behind
            case = item.inline and not candidate.explicit and isinstance(candidate.left, t.Call)
            general = case and first.get(key, item.index) < item.index
            if general and a_case(item.source.text, item.piece.start):
                continue
            shapes.add(shape)
            if candidate.at != NO_ROW:
                item.candidate = candidate
            chosen.setdefault(key, []).append(candidate)
    return chosen


def _said_behind(reading: Reading, used: int, item: Item) -> bool:
    """Whether a line of words goes on behind the display that uses the symbol: "…, where D = …"."""
    first = reading.items[used]
    if not item.inline or first.inline or first.source is not item.source:
        return False
    between = item.source.text[first.piece.stop : item.piece.start]
    words = between.lstrip("$\\] \n>")
    if words[:1].islower():  # the sentence goes on, if after a blank line
        between = words
    same = all(one.inline or one.piece is first.piece for one in reading.items[used : item.index])
    return same and "\n\n" not in between and introduces(item.source.text, item.piece.start)


def _said_beside(reading: Reading, used: int, item: Item) -> bool:
    """Whether the display that uses a symbol first says what it is on the same line:
    ``f(x) = D(x), \\qquad D(x) = …``."""
    first = reading.items[used]
    if item.inline or item.left is None or first.piece is not item.piece or used >= item.index:
        return False
    return "\\\\" not in item.source.text[first.row.at : item.row.at]


def _is_mixed(one: Candidate) -> bool:
    """u_t(x) = ∫ u_t(x|z) … dz: what a field is that earlier rows have by its name alone."""
    left, right = one.left, one.right
    if (
        not isinstance(left, t.Call)
        or left.given
        or not isinstance(right, t.Integral | t.Expectation)
    ):
        return False
    inside = (node for node in t.walk(right) if isinstance(node, t.Call) and node.given)
    return any(key_of(node.head) == key_of(left.head) for node in inside)


def _in_one_breath(reading: Reading, first: int, item: Item) -> bool:
    """Whether no display stands between two inline rows: "X = x_t, where x_t = …"."""
    return all(one.inline for one in reading.items[first : item.index])


def claimed_before(
    reading: Reading, defining: set[int], mixed: Collection[str], inline: bool = False
) -> dict[str, int]:
    """Shape of a symbol -> the first (displayed) row that says something about it."""
    used: dict[str, int] = {}
    for item in reading.items:
        if id(item) in defining or (item.inline and not inline) or item.differential:
            continue
        for side in (item.left, item.right):
            for node in t.walk(side) if side is not None else ():
                if isinstance(node, t.Call | t.Sym):
                    used.setdefault(shape_of(node, mixed), item.index)
    return used


def _first_calls(reading: Reading) -> dict[str, int]:
    """Letter of a function -> the first row that applies it."""
    found: dict[str, int] = {}
    for item in reading.items:
        for side in (item.left, item.right):
            for node in t.walk(side) if side is not None else ():
                if isinstance(node, t.Call):
                    found.setdefault(key_of(node.head), item.index)
    return found
