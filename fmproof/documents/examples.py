"""Examples in a line of words: a path that is another one for a while, "let x_t = (1 − t) a + t b".

A document treats a general path x_t = I(t, a, b) + γ_t z, then an example of it, and then goes on
with the general one. The example lasts until a section in which displays have letters again that
the general path alone is made of, or until such a display in its own; if there is none, to the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from fmproof.documents.candidates.shapes import shape_of
from fmproof.documents.items import Item, Reading
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate, Elaborator
from fmproof.reading.notation.symbols import conventional, key_of, spelled

_HEADING = re.compile(r"^\s*#{1,6}\s|\\(?:sub)*section\b", re.MULTILINE)
_KEPT = (
    "candidates",
    "meanings",
    "drawn_meanings",
    "by_spelling",
    "paths",
    "constants",
    "turned",
    "laws",
    "courses",
    "joint",
    "coupled",
)
"""What of the notation an example may change."""


@dataclass(frozen=True)
class Example:
    """A path of an example.

    Attributes:
        path: what it is there.
        gone: the keys of the letters that only the general path is made of.
        end: the first row behind it, or infinity.
    """

    path: Candidate
    gone: frozenset[str]
    end: float

    def renames(self, reading: Reading, item: Item) -> Candidate | None:
        """What a line of words says that a function is in the example, f(x) = …, which was defined
        by what the example has not."""
        left, right = item.left, item.right
        if not (item.inline and isinstance(left, t.Call)) or right is None or item.denied:
            return None
        places = [*left.args, *left.given]
        if not all(isinstance(one, t.Sym) for one in places) or _letters(right) & self.gone:
            return None
        for other in reversed(reading.items[: item.index]):
            known = other.candidate
            if known is not None and shape_of(known.left) == shape_of(left):
                general = _letters(known.right) & self.gone
                return Candidate(left, right, item.row.at, item.place, True) if general else None
        return None


def example_of(reading: Reading, item: Item, elab: Elaborator) -> Example | None:
    """The example that a line of words begins, if it does."""
    left, right = item.left, item.right
    if not (item.inline and isinstance(left, t.Sym) and left.sub and isinstance(right, t.Add)):
        return None
    if item.row.relation != "=" or item.denied or item.restricted or item.assumed or item.picked:
        return None
    if not item.said_of_a_letter or not _drawn_in(right, elab):
        return None
    general = _known_before(reading.items[: item.index], left)
    gone = frozenset(_letters(general) - _letters(right)) if general is not None else frozenset()
    if not gone:
        return None
    sections = [*_sections(reading.items)]
    used = [
        other.index
        for other in reading.items[item.index + 1 :]
        if not other.inline and gone & _letters(other.left, other.right)
    ]
    end = inf
    if used:
        again = used[0]
        same = sections[again] == sections[item.index]
        end = again if same else sections.index(sections[again])
    path = Candidate(left, right, item.row.at, item.place, True)
    return Example(path, gone, end)


def _known_before(items: Sequence[Item], left: t.Sym) -> t.Node | None:
    """What a path is by the last row that defines it."""
    known = (item.candidate for item in reversed(items) if item.candidate is not None)
    return next((one.right for one in known if spelled(one.left) == spelled(left)), None)


def _drawn_in(right: t.Node, elab: Elaborator) -> bool:
    letters = {spelled(n) for n in t.walk(right) if isinstance(n, t.Sym)}
    return bool(letters & set(elab.evidence.random))


def _letters(*sides: t.Node | None) -> set[str]:
    """The keys of letters and functions in sides of a row, without times."""
    nodes = (node for side in sides if side is not None for node in t.walk(side))
    keys = {key_of(node) for node in nodes if isinstance(node, t.Sym)}
    return {key for key in keys if not conventional("times", key)}


def _sections(items: Sequence[Item]) -> Iterator[int]:
    """For each row the number of the section in which it stands."""
    number, last = 0, None
    for item in items:
        if last is not None:
            text = item.source.text[: item.piece.start]
            if last.source is item.source:
                between = text[last.piece.stop :]
            else:
                between = last.source.text[last.piece.stop :] + "\n" + text
            number += _HEADING.search(between) is not None
        yield number
        last = item


def remember(elab: Elaborator) -> Callable[[], None]:
    """The notation as it is; what is returned brings it back."""
    kept = {name: _copied(getattr(elab, name)) for name in _KEPT}
    roots = {rooted: dict(known) for rooted, known in elab.turned_meanings.items()}
    names = dict(elab.names.given)
    states = [(one, one.state, one.why) for known in elab.candidates.values() for one in known]

    def back() -> None:
        for one, state, why in states:
            one.state, one.why = state, why
        for name, value in kept.items():
            setattr(elab, name, _copied(value))
        elab.turned_meanings.clear()
        elab.turned_meanings.update({rooted: dict(known) for rooted, known in roots.items()})
        new = [one for one in elab.names.given.items() if one[1] not in names.values()]
        taken = {(key, f"{kind}, of an example {i}"): n for i, ((key, kind), n) in enumerate(new)}
        elab.names.given = {**taken, **names}

    return back


def _copied(value: object) -> object:
    """A copy of a collection, and of the lists in it."""
    if isinstance(value, dict):
        return {k: list(v) if isinstance(v, list) else v for k, v in value.items()}
    return value.copy()  # type: ignore[attr-defined]
