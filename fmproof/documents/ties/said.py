"""What the rows of a document say of symbols that it does not define, and for which rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sympy import Expr

from fmproof.documents.candidates import is_of_coefficient, shape_of
from fmproof.documents.domains import picks_a_part
from fmproof.documents.items import Item, equated_with, head_of, is_at_an_end
from fmproof.documents.motion import moved_point, starts_at
from fmproof.documents.reach import in_later_section, in_other_points
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.sides import (
    has_a_gaussian,
    has_no_average,
    is_bare_symbol,
    multiple_of,
    subjects,
    unread_about,
)
from fmproof.documents.ties.symbols import key_of_head
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Apply, Head, Var
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.definitions import KEPT_CLOSED, with_words
from fmproof.reading.notation.elaborate import Candidate, Elaborator, NotYet
from fmproof.reading.notation.shares import says_what_is_shared
from fmproof.reading.notation.symbols import conventional, key_of, spelled
from fmproof.reading.notation.words import a_case

ORDER = ("≤", "≥", "<", ">")
"""Relations that are bounds."""
_SAYS = ("=", ":=", "=:", "∝")
_NEW_PART = re.compile(
    r"^\s*#{1,6}\s|\\(?:sub)*section|\\paragraph"
    r"|\\begin\{(?!equation|align|gather|multline|eqnarray|split|cases|array|displaymath)",
    re.MULTILINE,
)
"""Where what follows is of another exercise, remark or section."""
_LEADS_ON = re.compile(r"(?:\$|\\\))?[\s,:]*(?:\$\$|\\\[|\\begin\{)")
"""Behind a formula in words: nothing before the next display, of which it is said."""


@dataclass
class Sayings:
    """What the equations of a document say of the symbols that it does not define.

    Attributes:
        specialised: densities that losses were defined by, until the row that says what they are.
        settled: rows that constrain nothing: proved, agreeing in every world, or wrong.
        read: the two sides of rows that were read, by the row's number.
    """

    elab: Elaborator
    items: Sequence[Item]
    settled: set[int] = field(default_factory=set)
    read: dict[int, tuple[Expr, Expr]] = field(default_factory=dict)
    specialised: dict[Head, Item] = field(default_factory=dict)
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

    def _keys(self, node: t.Sym) -> tuple[str, str]:
        """The keys of a symbol, as it is written and with the words on it: p_X and p|X."""
        return key_of(node), key_of(with_words(self.elab, node))

    def _named(self, node: t.Sym, names: dict[str, str]) -> str | None:
        """How a symbol is printed, of ``names`` by their keys."""
        return next((names[key] for key in self._keys(node) if key in names), None)

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

    def holds_at(self, other: Item, item: Item) -> bool:
        """Whether what a row before ``item`` says holds there."""
        return other.index < item.index and self.near(other, item)

    def near(self, other: Item, item: Item) -> bool:
        """Whether what another row says holds here: it stands before, or right behind."""
        if other.index < item.index:
            if other.inline and in_other_points(other, item):
                return False
            if other.mentioned and self._ended(other, item):
                return False
            return not self._puts_in(other) or self.right_behind(other, item)
        if other.row.left is None:
            return False  # the chain goes on: a claim
        if other.piece is item.piece:
            return True
        if other.source is item.source and _NEW_PART.search(
            item.source.text[item.piece.stop : other.piece.start]
        ):
            return False
        if _is_of_a_later_case(other, item):
            return False
        between = self.items[item.index + 1 : other.index + 1]
        return all(one.inline or one.piece is item.piece for one in between)

    def _ended(self, other: Item, item: Item) -> bool:
        """Whether the section or theorem of a row is over."""
        between = item.source.text[other.piece.stop : item.piece.start]
        return other.source is not item.source or _NEW_PART.search(between) is not None

    def _puts_in(self, other: Item) -> bool:
        """Whether a line of words gives a time, or a plain letter, a value: "put x = ψ⁻¹(y) in"."""
        left = other.left
        if not (other.inline and isinstance(left, t.Sym)):
            return False
        if self._moves(left):
            return True
        made = isinstance(other.right, t.Call | t.Frac)  # no sum: that may be a draw, by its noise
        return made and not left.sub and other.candidate is None and self.elab.is_place(left)

    def right_behind(self, other: Item, item: Item) -> bool:
        """Whether no other display stands between a row and ``item``."""
        between = self.items[other.index + 1 : item.index]
        return all(one.inline or one.piece is item.piece for one in between)

    def about(
        self,
        other: Item,
        left: t.Node | None,
        names: dict[str, str],
        places: dict[str, str],
        drawn: Sequence[Mapping[str, Collection[str]]] = (),
    ) -> str | None:
        """The symbol of which an equation says something, as printed; None if it claims.

        Args:
            drawn: what the averages in the row draw, each, and what that is drawn with.
        """
        candidate = other.candidate
        if candidate is not None and (
            candidate.state == "used" or (candidate.explicit and candidate.state == "waiting")
        ):
            return None
        if candidate is not None and candidate.why == KEPT_CLOSED:
            return None  # see _any_coefficient
        if candidate is not None and key_of(head_of(candidate.left)) in self.elab.on_course:
            return None  # it says what is drawn, and here it follows a course
        if says_what_is_shared(left, other.right, self.elab.evidence.shares):
            return None  # it is what makes the weights a density
        if other.problem is not None:
            return unread_about(other, names, places)
        if moved_point(self.elab, left):
            return None  # dx/dt says how a point moves, and nothing of the point
        if other.differential:
            return self._moved_at_random(left, names, places)
        if self._introduces(other, left, names):
            return None  # a symbol that nothing before it has, and this row neither
        if self._draws_any(other, left, {*places}, {*names, *places}, drawn):
            return None
        right = other.right
        if self._drops_a_time(left, right):
            return None
        if isinstance(left, t.Pow) and candidate is not None and _is_between(candidate):
            left = candidate.left  # σ_{t|s}² = … says what σ_{t|s} is, and nothing of α and s
        reciprocal = isinstance(left, t.Frac) and is_of_coefficient(left)
        if reciprocal and other.left is left and candidate is not None:
            left = candidate.left  # so does 1/c_t = …
        sides = [side for side in (left, right) if side is not None]
        if not other.assumed:  # else it says something, whatever it is an equation of
            sides = [side for side in sides if side is left and has_no_average(side)]
            if right is not None and has_no_average(right) and (sides or is_bare_symbol(right)):
                sides.append(right)
            if not sides or (len(sides) == 2 and is_bare_symbol(sides[0])):
                sides = sides[:1] + [s for s in sides[1:] if is_bare_symbol(s)]
        if (
            candidate is not None
            and isinstance(candidate.left, t.Call)
            and has_a_gaussian(candidate.right)
        ):
            return None  # a case, and known where it is used
        if starts_at(self.elab, left, right):
            sides = sides[:1]
        case = len(sides) == 1 and isinstance(left, t.Sym)
        for side in sides:
            for node in subjects(side):
                named = self._named(node, names)
                if named is not None and not self._elsewhere(node, candidate):
                    return named
                if spelled(node) in places and (case or not self._moves(node)):
                    return places[spelled(node)]
        return None

    def _drops_a_time(self, left: t.Node | None, right: t.Node | None) -> bool:
        """Whether a row says α = α_t: how it is written, and nothing of what it is."""
        if not (isinstance(left, t.Sym) and isinstance(right, t.Sym)):
            return False
        return (
            key_of(left) == key_of(right)
            and not (left.sub and right.sub)
            and all(map(self.elab.of_times, (*left.sub, *right.sub)))
        )

    def _introduces(self, other: Item, left: t.Node | None, names: dict[str, str]) -> bool:
        """Whether an assumption, "if x̂(y) = … is taken", says what a new function is."""
        if not (other.assumed and isinstance(left, t.Call)) or key_of(left.head) in names:
            return False
        before = (side for one in self.items[: other.index] for side in (one.left, one.right))
        return not any(
            isinstance(n, t.Sym | t.Call) and key_of(n.head if isinstance(n, t.Call) else n) == key
            for key in [key_of(left.head)]
            for side in before
            if side is not None
            for n in t.walk(side)
        )

    def _draws_any(
        self,
        other: Item,
        left: t.Node | None,
        places: set[str],
        row: set[str],
        drawn: Sequence[Mapping[str, Collection[str]]],
    ) -> bool:
        """Whether a line of words makes a point of a row by noise that is not in the row: of
        x = y + n, whatever x and y are, some n goes with them, unless the row averages over y or n,
        and does not draw x from it, as E[y | x] does."""
        right = other.right
        if not (other.inline and isinstance(left, t.Sym) and isinstance(right, t.Add)):
            return False
        if spelled(left) not in places:
            return False
        parts = [p.factors[-1] if isinstance(p, t.Mul) else p for _, p in right.parts]
        letters = [one for one in parts if isinstance(one, t.Sym)]
        noise = [one for one in letters if spelled(one) in self.elab.evidence.random]
        here = spelled(left)
        if any(
            spelled(one) in some and spelled(one) not in some.get(here, ())
            for some in drawn
            for one in noise
        ):
            return False
        return any(not {spelled(one), key_of(one)} & row for one in noise)

    def _moved_at_random(
        self, left: t.Node | None, names: dict[str, str], places: dict[str, str]
    ) -> str | None:
        """The random variable whose course a row "dX = …" tells; it says nothing of others."""
        for node in subjects(left) if left is not None else ():
            if spelled(node) in self.elab.evidence.random:
                return names.get(key_of(node)) or places.get(spelled(node))
        return None

    def _elsewhere(self, node: t.Sym, candidate: Candidate | None) -> bool:
        """Whether a row defines α_φ, of another thing than a time, or α_{t|s}, beside an α_t
        without a definition."""
        if candidate is None or not node.sub:
            return False
        between = bool(node.given) and candidate.state != "refused"
        return between or not any(map(self.elab.of_times, node.sub))

    def renames(self, other: Item, left: t.Node | None, used: set[str]) -> bool:
        """Whether t = T − τ is said of a time, where neither T nor τ is in the row: any t, then."""
        if not (isinstance(left, t.Sym) and self._moves(left)) or other.right is None:
            return False
        letters = [n for n in t.walk(other.right) if isinstance(n, t.Sym)]
        mine = {found for n in letters for found in (spelled(n), key_of(n))}
        return bool(letters) and not mine & used

    def _moves(self, node: t.Sym) -> bool:
        """Whether a variable is a time, of which only a case says something."""
        return self.elab.is_time(spelled(node))

    def turned_special(self, undefined: Sequence[Head], item: Item) -> str:
        """A density in a loss that was defined before a row said what it is from there on, or in
        the display that such a row stands right behind."""
        for head in undefined:
            since = self.specialised.get(head)
            if since is not None and (since.index < item.index or self.near(since, item)):
                return f"line {since.place} says what {text(head)} is from there on"
        return ""

    def said_later(self, heads: Sequence[Head], item: Item) -> tuple[str, set[Head]]:
        """A symbol of which a row behind this one says what it is, "where v = …": either of them
        may be the wrong one.

        Returns:
            also the symbols of which only another section says it, "now s(t) = t", where words
            alone may say what they are here.
        """
        why, elsewhere = "", set[Head]()
        for other in self.items[item.index + 1 :]:
            if other.candidate is None:
                found = self._density_said_behind(heads, item, other)
            else:
                in_another = other.inline and in_later_section(item, other)
                if not (other.candidate.late or in_another):
                    continue
                key = key_of(head_of(other.candidate.left))
                defined = (h for h in heads if h.definition is not None)
                found = next((h for h in defined if key_of_head(self.elab, h) == key), None)
                if found is not None and in_another and not other.candidate.late:
                    why = why or f"line {other.place} says what {text(found)} is"
                    elsewhere.add(found)
                    continue
            if found is not None:
                return f"line {other.place} says what {text(found)} is", set()
        return why, elsewhere

    def takes_a_value(self, terms: Sequence[Expr], heads: Sequence[Head], item: Item) -> str:
        """A symbol with a definition that words before a row in its section give a number, "for the
        weight λ(t) = 1"; or a letter that is in what such a symbol is, w of γ = 1 + w.

        Args:
            terms: the sides of the row.
            heads: what is in them, and where they come from.
        """
        letters = {v for term in terms for v in free_vars(term) if v.sort is Sort.REAL}
        for other in self.items[: item.index]:
            left, right = other.left, other.right
            if not (other.inline and isinstance(left, t.Sym | t.Call) and isinstance(right, t.Num)):
                continue
            if is_at_an_end(left) or other.row.relation not in ("=", ":="):
                continue
            if other.source is not item.source or in_later_section(other, item):
                continue
            key = key_of(head_of(left))
            for head in heads:
                named = head.definition is not None and key_of_head(self.elab, head) == key
                if named and self._may_apply(left, head) and not _is_number(head, right.value):
                    return f"line {other.place} gives {text(head)} a value"
            inside = letters & self._letters_in(left) if isinstance(left, t.Sym) else set()
            if inside:
                return f"line {other.place} gives {min(v.name for v in inside)} a value"
        return ""

    def _may_apply(self, node: t.Node, head: Head) -> bool:
        """Whether f(x), as it is understood, may be of this symbol of the same letter: p(t) is none
        of p_t(x)."""
        if not isinstance(node, t.Call):
            return True
        try:
            term = self.elab.term(node)
        except (NotYet, SortError, FmproofError):
            return True
        return isinstance(term, Apply) and term.head == head

    def _letters_in(self, symbol: t.Sym) -> set[Var]:
        """The letters in what a symbol is by its definition."""
        if not self.elab.candidates.get(key_of(symbol)):
            return set()
        try:
            value = self.elab.term(symbol)
        except (NotYet, SortError, FmproofError):
            return set()
        return set() if isinstance(value, Var) else set(free_vars(value))

    def _density_said_behind(self, heads: Sequence[Head], item: Item, other: Item) -> Head | None:
        """A density without a definition of which words behind a display say what it is, "for
        k(x | y) = N(x; y, I)"."""
        left, right = other.left, other.right
        if not (other.inline and isinstance(left, t.Call) and isinstance(right, t.Normal)):
            return None
        if other.source is not item.source or in_later_section(item, other):
            return None
        unknown = (h for h in heads if h.definition is None)
        return next(
            (h for h in unknown if key_of_head(self.elab, h) == key_of(head_of(left))), None
        )

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


def _is_of_a_later_case(other: Item, item: Item) -> bool:
    """Whether another sentence behind a row puts a number in: "… . For s = 1 it is …"."""
    if not (other.inline and isinstance(other.right, t.Num)) or other.source is not item.source:
        return False
    text = item.source.text
    ended = text[: item.piece.stop].rstrip(" $\n]\\").endswith((".", "!", "。"))
    between = text[item.piece.stop : other.piece.start]
    case = a_case(text, other.piece.start) or _LEADS_ON.match(text[other.piece.stop :]) is not None
    return (ended or ". " in between) and case


def _is_number(head: Head, value: Fraction) -> bool:
    """Whether a symbol is a number by its definition: p(t) = 1 says nothing new of a uniform t."""
    known = head.definition
    return known is not None and is_number(known) and fraction(known) == value


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


def _is_between(candidate: Candidate) -> bool:
    """Whether it says what a coefficient between two times is, such as σ_{t|s}."""
    between = isinstance(candidate.left, t.Sym) and bool(candidate.left.given)
    return between and candidate.state != "refused"
