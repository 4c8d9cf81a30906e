"""The rows to judge, parsed, and all that was found in a file beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from fmproof.documents.model import Block
from fmproof.reading.document.rows import Row
from fmproof.reading.document.source import Piece, Source
from fmproof.reading.document.tokens import (
    Token,
    Unreadable,
)
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.words import (
    Said,
    assumes,
    called_false,
    denies,
    introduces,
    lets,
    lets_hold,
    mentions_a_case,
    picks,
    qualified,
    restricted_behind,
    takes_with,
    up_to_a_constant,
)

_ONE = Fraction(1)


@dataclass
class Item:
    """A row with its syntax trees.

    Attributes:
        left: its own left side; None where it goes on from the row before.
        problem: why a side cannot be read.
        names: the symbol that the row defines, if it defines one.
    """

    source: Source
    piece: Piece
    row: Row
    index: int
    left: t.Node | None = None
    right: t.Node | None = None
    problem: Unreadable | None = None
    candidate: Candidate | None = None
    of_an_extremum: bool = False  #: it bounds every value of what a minimum or maximum is of

    @property
    def place(self) -> str:
        return self.source.place(self.row.at)

    @property
    def inline(self) -> bool:
        return self.piece.kind == "inline"

    @property
    def assumed(self) -> bool:
        """Whether words before it say that it is assumed."""
        text, start = self.source.text, self.piece.start
        fulfilled = self.inline and _is_differential_equation(self) and takes_with(text, start)
        laid = self.inline and not isinstance(self.left, t.Sym | t.Call) and lets_hold(text, start)
        return self.row.left is not None and (fulfilled or laid or assumes(text, start))

    @property
    def mentioned(self) -> bool:
        """Whether it is a case that a sentence speaks about: "the case f = 0 is easy"."""
        text, piece = self.source.text, self.piece
        return self.inline and mentions_a_case(text, piece.start, piece.stop)

    @property
    def introduced(self) -> bool:
        """Whether "where", or the like, stands before it."""
        first = self.row.left is not None and self.row.restarts and not self.inline
        return self.row.introduced or (first and introduces(self.source.text, self.piece.start))

    @property
    def denied(self) -> bool:
        """Whether the words before it say that it does not hold."""
        return denies(self.source.text, self.piece.start)

    @property
    def called_false(self) -> bool:
        """Whether the words beside it call it false."""
        return called_false(self.source.text, self.piece.start, self.piece.stop)

    @property
    def qualified(self) -> str:
        """The words beside it that say in which case or how well it holds: "in the limit"."""
        return qualified(self.source.text, self.piece.start, self.piece.stop)

    @property
    def said_of_a_letter(self) -> bool:
        """Whether the sentence before it introduces a letter: "let V be independent, with"."""
        return self.row.left is not None and lets(self.source.text, self.piece.start)

    @property
    def up_to_a_constant(self) -> bool:
        """Whether the words beside it say that it holds up to a constant."""
        return up_to_a_constant(self.source.text, self.piece.start, self.piece.stop)

    @property
    def picked(self) -> bool:
        """Whether the words before it pick a case, in which it holds."""
        return picks(self.source.text, self.piece.start)

    @property
    def restricted(self) -> bool:
        """Whether words behind it, or beside it in its row, say that it holds in a case, or not."""
        behind = self.inline and restricted_behind(self.source.text, self.piece.stop)
        return self.row.case or behind

    @property
    def differential(self) -> bool:
        """Whether it is an equation of differentials, dx = f dt + g dw: a law of motion."""
        return _is_differential(self.left) and any(
            isinstance(node, t.Mul) and any(map(_is_d, node.factors[:-1]))
            for node in (t.walk(self.right) if self.right is not None else ())
        )

    @property
    def latex(self) -> str:
        """The right side as it is written."""
        right = self.row.right
        if not right:
            return ""
        stop = max(token.end for token in right)
        return " ".join(self.source.text[right[0].at : stop].split())


def _is_differential_equation(item: Item) -> bool:
    """div c = 0: a number for a derivative."""
    return isinstance(item.left, t.Derivative) and isinstance(item.right, t.Num)


def _is_d(node: t.Node) -> bool:
    return isinstance(node, t.Sym) and node.name.split(":")[-1] == "d" and not node.sub


def _is_differential(node: t.Node | None) -> bool:
    """dx, of a d that begins it."""
    return isinstance(node, t.Mul) and len(node.factors) == 2 and _is_d(node.factors[0])


@dataclass(frozen=True)
class Property:
    """A word that says of a symbol what makes it special, and the row that is next."""

    symbol: t.Sym
    word: str
    row: int
    convex: bool = False  #: whether it says that a function is convex


@dataclass(frozen=True)
class Generated:
    """∂_t p_t(x|z) = −div(u_t(x|z) p_t(x|z)), by words.

    Attributes:
        row: the row that is next.
        place: where the words stand.
        left: the derivative of the density.
        right: minus the divergence.
    """

    row: int
    place: str
    left: t.Node
    right: t.Node


@dataclass
class Reading:
    """All that was found in a file."""

    items: list[Item] = field(default_factory=list)
    loose: list[t.Node] = field(default_factory=list)  # inline terms that are no rows
    laws: dict[str, list[t.Sym]] = field(default_factory=dict)
    law_draws: list[t.Draw] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    law_rows: list[int] = field(default_factory=list)  # the row that is next, for each of them
    listed: set[int] = field(default_factory=set)  # ids of draws "x, y ~ p" without brackets
    together: list[frozenset[str]] = field(default_factory=list)  # … not said to be independent
    said: list[Said] = field(default_factory=list)  # what words say of symbols
    kernels: list[tuple[t.Sym, t.Sym, t.Node]] = field(default_factory=list)  # X_t, x_0, its law
    gaussians: list[tuple[t.Node, t.Normal]] = field(default_factory=list)  # p is that of N(m, v)
    densities: list[tuple[t.Node, t.Sym]] = field(default_factory=list)  # p is the density of X
    properties: list[Property] = field(default_factory=list)  # … that makes them special
    of_others: set[str] = field(default_factory=set)  #: keys of what is "any other" path, by words
    pieces: list[tuple[Source, Piece, str, tuple[int, ...]]] = field(default_factory=list)
    generated: list[Generated] = field(default_factory=list)  # continuity equations, by words
    divergent: set[str] = field(default_factory=set)  # keys of what is said to diverge
    plain_e: bool = False  #: whether a plain E is the expectation
    energies: bool = False  #: whether a plain E is an energy
    dimensions: set[str] = field(default_factory=set)  #: letters n of spaces ℝⁿ

    @property
    def trees(self) -> list[t.Node]:
        """Every tree, rows first, for evidence."""
        found: list[t.Node] = []
        for item in self.items:
            if not item.differential:  # its d is no symbol
                found += [side for side in (item.left, item.right) if side is not None]
        wrapped: list[t.Node] = [
            t.Expectation(d.at, (d,), t.Num(d.at, _ONE)) for d in self.law_draws
        ]
        return [*found, *self.loose, *wrapped, *(law for _, _, law in self.kernels)]


def equations(reading: Reading) -> list[tuple[t.Node, t.Node]]:
    """The sides of the rows that have both; of a chain X = ψ(x) = a x + b, also what ψ(x) is."""
    found: list[tuple[t.Node, t.Node]] = []
    before: t.Node | None = None
    for item in reading.items:
        left = item.left if item.left is not None else before
        right = item.right if item.row.relation in ("=", ":=") else None
        goes_on = item.left is None and not isinstance(left, t.Call)
        if left is not None and right is not None and not goes_on:
            found.append((left, right))
        before = right
    return found


def is_at_an_end(node: t.Sym | t.Call) -> bool:
    """Whether a symbol is taken at a number: a(0), x_1."""
    places = node.args if isinstance(node, t.Call) else node.sub
    return any(isinstance(place, t.Num) for place in places)


def spell(found: Sequence[Token]) -> str:
    """Tokens as LaTeX."""
    parts = []
    for token in found:
        words = token.words.replace("{", "").replace("}", "")
        parts.append(f"\\text{{{words}}}" if token.text == "\\text" else token.text)
    return " ".join(parts)


def written(item: Item) -> str:
    """The row in LaTeX, macros expanded: its left side if it has one, the relation, its right."""
    relation = _SHOWN.get(item.row.relation, item.row.relation)
    return f"{spell(item.row.left or [])} {relation} {spell(item.row.right)}".strip()


_SHOWN = {
    "≤": "\\le",
    "≥": "\\ge",
    "≈": "\\approx",
    "∝": "\\propto",
    "≠": "\\ne",
    "≪": "\\ll",
    "≲": "\\lesssim",
    "≐": "\\doteq",
}


def blocks(reading: Reading) -> tuple[Block, ...]:
    """The file for a page that shows it."""
    return tuple(
        Block("prose" if piece.kind == "prose" else piece.kind, text, rows)  # type: ignore[arg-type]
        for _, piece, text, rows in reading.pieces
    )


def equated_with(items: Sequence[Item], item: Item) -> t.Node | None:
    """The left side of a row, or that of the chain which it continues."""
    if item.left is not None or item.inline:
        return item.left
    before = reversed(items[: item.index])
    return next((one.left for one in before if one.left is not None and not one.inline), None)


def equated(reading: Reading) -> list[tuple[t.Node, t.Node]]:
    """The sides that rows equate, those of a chain with each other."""
    found: list[tuple[t.Node, t.Node]] = []
    shown: t.Node | None = None
    for item in reading.items:
        before = item.left if item.left is not None else shown
        right = item.right
        if isinstance(right, t.Num) and item.row.relation in _ORDERED:
            right = replace(right, value=_ONE)  # what is less than 0 is a number, no vector
        if before is not None and right is not None and item.row.relation in _COMPARABLE:
            sides = (before, right)
            found += [sides] if not any(isinstance(side, t.Other) for side in sides) else []
        if not item.inline:
            shown = right if right is not None else before
    return found


_ORDERED = ("≤", "≥", "<", ">")


_COMPARABLE = ("=", ":=", "=:", "≈", *_ORDERED)
