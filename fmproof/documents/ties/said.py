"""What the rows of a document say of symbols that it does not define, and for which rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sympy import Expr

from fmproof.documents.candidates.shapes import shape_of
from fmproof.documents.domains import picks_a_part
from fmproof.documents.items import Item, equated_with
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.about import About
from fmproof.documents.ties.later import Later
from fmproof.documents.ties.sides import (
    is_bare_symbol,
    multiple_of,
    subjects,
)
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import KEPT_CLOSED
from fmproof.reading.notation.symbols import conventional, key_of, spelled

ORDER = ("≤", "≥", "<", ">")
"""Relations that are bounds."""
_SAYS = ("=", ":=", "=:", "∝")


@dataclass
class Sayings(About, Later):
    """What the equations of a document say of the symbols that it does not define.

    Attributes:
        settled: rows that constrain nothing: proved, agreeing in every world, or wrong.
        read: the two sides of rows that were read, by the row's number.
    """

    settled: set[int] = field(default_factory=set)
    read: dict[int, tuple[Expr, Expr]] = field(default_factory=dict)
    left_open: set[int] = field(default_factory=set)  #: claims of which nothing is known
    in_cases: set[int] = field(default_factory=set)  #: rows that hold by what others say
    bounds: list[Item] = field(default_factory=list)  #: inequalities that are assumed
    tells: dict[int, str] = field(default_factory=dict)  #: rows that say what a coefficient is

    def __post_init__(self) -> None:
        self.rows = [
            (item, left)
            for item, left in _with_left(self.items)
            if item.row.relation in _SAYS or item.problem is not None
        ]

    def bound_on(self, item: Item) -> Item | None:
        """An inequality that is assumed of what an inequality is about: a bound, no sign."""
        if item.row.relation not in ORDER:
            return None
        mine = _symbols(equated_with(self.items, item), item.right)
        for other in self.bounds:
            left, right = _symbols(equated_with(self.items, other)), _symbols(other.right)
            if left and right and left & mine and right & mine:
                return other
        return None

    def beside(self, item: Item, key: str) -> tuple[tuple[Expr, Expr], ...] | None:
        """What else is said of a symbol of which ``item`` may say what it is."""
        constrain = [other for other in self.items if self._constrains(other, item, key)]
        pairs = [self.read.get(other.index) for other in constrain]
        known = [p for p in pairs if p and not any(h in self.elab.unknowns for h in heads_in(p))]
        return tuple(known) if len(known) == len(pairs) else None

    def _constrains(self, other: Item, item: Item, key: str) -> bool:
        """Whether a row before ``item``, or right behind it, says something of a symbol."""
        if other is item or other.index in self.settled or not self.near(other, item):
            return False
        if other.row.relation not in _SAYS and other.problem is None:
            return False
        if not self._has(other, key) or _uses(other, item):
            return False
        if self.tells.get(other.index, key) != key:
            return False  # c² = (1 − k)² + k² s² says what c is, by any k
        left = equated_with(self.items, other)
        if isinstance(left, t.Sym) and self._is_draw(other):
            return False  # X_t = s(t) x_0 + σ(t) ε says how X_t is drawn
        about = {k for n in subjects(left) for k in self._keys(n)} if left is not None else set()
        return other.index not in self.left_open or key in about

    def _is_draw(self, other: Item) -> bool:
        """Whether a row is a sum with something random in it."""
        random = self.elab.evidence.random
        letters = t.walk(other.right) if isinstance(other.right, t.Add) else ()
        return any(isinstance(n, t.Sym) and spelled(n) in random for n in letters)

    def _has(self, other: Item, key: str) -> bool:
        """Whether a symbol is in a row."""
        sides = [side for side in (other.left, other.right) if side is not None]
        if not sides:
            return key.split(":")[-1] in {token.text.lstrip("\\") for token in other.row.left or ()}
        return any(
            isinstance(n, t.Sym) and key in self._keys(n) for side in sides for n in t.walk(side)
        )

    def saying(self, item: Item, closed: bool = False) -> Iterator[tuple[Item, t.Node]]:
        """The rows before ``item`` that may say what a symbol is, and their left sides.

        Args:
            closed: also definitions that are not put in, since they are integrals in coefficients.
        """
        for other, left in self.rows:
            if other.index >= item.index:
                return
            candidate = other.candidate
            used = candidate is not None and (
                candidate.state == "used" or (candidate.why == KEPT_CLOSED and not closed)
            )
            if left is None or used or other.problem is not None or not is_bare_symbol(left):
                continue
            if other.restricted or picks_a_part(self.items, other):
                continue
            open_still = other.index not in self.settled or other.index in self.in_cases
            if open_still and self.near(other, item):
                yield other, left

    def subject(
        self, item: Item, names: dict[str, str], places: dict[str, str]
    ) -> tuple[str, str] | None:
        """The symbol without a definition that stands alone on the left of a row, as it is spelled
        and as it is printed: the row may say what it is."""
        if item.left is not None and is_bare_symbol(item.left):
            for node in subjects(item.left):
                found = self._named(node, names) or places.get(spelled(node))
                if found:
                    key = next((k for k in self._keys(node) if k in names), key_of(node))
                    return key, found
        multiple = multiple_of(item)
        if multiple is not None and key_of(multiple) in names:
            return key_of(multiple), names[key_of(multiple)]
        return None


def _symbols(*sides: t.Node | None) -> set[str]:
    """The keys of letters and functions in sides of a row, without times and numbers."""
    nodes = (node for side in sides if side is not None for node in t.walk(side))
    keys = {key_of(node) for node in nodes if isinstance(node, t.Sym)}
    return {key for key in keys if not conventional("times", key)}


def _uses(other: Item, item: Item) -> bool:
    """Whether a row defines another symbol than the one of which ``item`` says what it is."""
    candidate = other.candidate
    if candidate is None or candidate.state == "refused" or item.left is None:
        return False
    mine, theirs = (shape_of(n) for n in (item.left, candidate.left))
    return is_bare_symbol(candidate.left) and mine != theirs


def _with_left(items: Sequence[Item]) -> Iterator[tuple[Item, t.Node | None]]:
    """Rows with their left side, or that of the chain which they continue."""
    left: t.Node | None = None
    for item in items:
        if item.left is not None:
            if item.inline:
                yield item, item.left
                continue
            left = item.left
        yield item, left
