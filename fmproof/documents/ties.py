"""Whether a random world is a fair reading of what a document says.

In a random world every symbol without a definition is arbitrary. A document may say more of it:
by an equation (α_t² + σ_t² = 1), by a case (t = 0), by words (the score, variance preserving).
Numbers refute a row only where nothing is said that the world does not follow:

- the row has nothing in it that the language lacks, and does not itself say what a symbol is;
- no equation that is not proved says something of its undefined symbols, other than their
  definitions; one that was read becomes a hypothesis of the numbers, one that was not holds the
  numbers back;
- no convention of the field for two coefficients makes the row true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents import any_law
from fmproof.documents.candidates import at_the_ends, shape_of, takes_a_value
from fmproof.documents.convexity import is_convex, may_be_convex
from fmproof.documents.domains import picks_a_part
from fmproof.documents.items import (
    Item,
    Property,
    equated_with,
    head_of,
    in_other_points,
)
from fmproof.documents.motion import moved_point
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Div,
    Expect,
    Field,
    Gaussian,
    Given,
    Grad,
    Head,
    IntegralOver,
    Named,
    Partial,
    Ratio,
    Scalar,
    Sqrt,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import is_number
from fmproof.lang.props import Equals, ForAll, Prop
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import GREEK
from fmproof.reading.notation.definitions import KEPT_CLOSED
from fmproof.reading.notation.elaborate import Candidate, Elaborator
from fmproof.reading.notation.randomness import means
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled

_SAYS = ("=", ":=", "=:", "∝")
_AVERAGES = (t.Expectation, t.Integral, t.Extremum)
_ESTIMATES = ("s", "S", "D", "T", "bf:s", "bf:D")
"""Letters of fields that stand for one thing, the score or a denoiser, which words may say."""


SAYS = "it may say what"
TIED_COEFFICIENTS = "its coefficients may be tied to each other"


@dataclass(frozen=True)
class Verdict:
    """Whether numbers may refute a row.

    Attributes:
        why: what holds them back, or "".
        assumed: equations that a world has to follow.
        laws: whether that is something of laws, by which summands may vanish.
        beside: of a row that may say what a symbol is, all equations that are said of that beside
            it; None where one of them is not known.
        sure: of such a row, whether ``assumed`` is all that holds it back else.
    """

    why: str = ""
    assumed: tuple[Prop, ...] = ()
    laws: bool = False
    beside: tuple[tuple[Expr, Expr], ...] | None = None
    sure: bool = False


@dataclass
class Ties:
    """What the equations of a document say of the symbols that it does not define.

    Attributes:
        properties: what words say of symbols, "a unit vector".
        specialised: densities that losses were defined by, until the row that says what they are.
        settled: rows that constrain nothing: proved, agreeing in every world, or wrong.
        read: the two sides of rows that were read, by the row's number.
    """

    elab: Elaborator
    items: Sequence[Item]
    properties: Sequence[Property] = ()
    settled: set[int] = field(default_factory=set)
    read: dict[int, tuple[Expr, Expr]] = field(default_factory=dict)
    specialised: dict[Head, Item] = field(default_factory=dict)
    moments: Sequence[tuple[str, str]] = ()  #: words such as "zero mean", with their place
    independent: bool = False  #: whether words say anywhere that draws are independent
    left_open: set[int] = field(default_factory=set)  #: claims of which nothing is known
    in_cases: set[int] = field(default_factory=set)  #: rows that hold by what others say

    def __post_init__(self) -> None:
        called = self.elab.evidence.called
        self._varied = {  # D in R(D) and L[D]: any function
            key_of(arg)
            for calls in called.values()
            for call in calls
            for arg in call.args
            if isinstance(arg, t.Sym) and key_of(arg) in called
        }
        self._said = [
            (item, left)
            for item, left in _with_left(self.items)
            if item.row.relation in _SAYS or item.problem is not None
        ]

    @property
    def _bound(self) -> set[str]:
        """The spellings of variables that the document draws or integrates over."""
        return {*self.elab.evidence.drawn, *self.elab.evidence.integrated}

    def on(self, terms: Sequence[Expr], item: Item) -> Verdict:
        """What holds the numbers of a row back."""
        heads = sorted(heads_in(terms), key=lambda head: head.name)
        joint = any_law.joint_laws_in(self.elab, terms)
        lacking = [
            self.elab.unknowns[head]
            for head in heads
            if head in self.elab.unknowns and head not in joint
        ]
        if lacking:
            return Verdict(f"{lacking[0]} is not in the language yet")
        undefined = [h for h in heads if h.definition is None and not isinstance(h, Gaussian)]
        free = {v for e in terms for v in free_vars(e) if v.sort is not Sort.PARAM}
        names = {self.key_of_head(head): text(head) for head in undefined}
        places = {self.elab.spelling(var): text(var) for var in free}
        if any(spelling.split(":")[-1] == "d" for spelling in places):
            return Verdict("d may be a differential")
        argued = {self.elab.spelling(v) for v in _arguments(terms)}
        changing = any(term.has(Partial) for term in terms)
        for spelling, shown in places.items():
            letter = spelling.split("_")[0]
            if "dot" in letter or letter.endswith("'"):
                return Verdict(f"{shown} may be a derivative")
            if any(sign in spelling.partition("_")[2] for sign in "+-"):
                return Verdict(f"{shown} may be tied to the step beside it")
            if changing and self._moved(spelling):
                return Verdict(f"{shown} may move with the time")
            if _is_word(letter):
                return Verdict(f"what {shown} is, its name says")
            known = self.elab.table.get(readable(spelling))
            sure = (
                self.elab.is_time(spelling)
                or spelling in self._bound
                or conventional("scalars", letter, "surely")
                or conventional("vectors", letter, "surely")
            )
            if known is not None and known.guessed and not (spelling in argued or sure):
                return Verdict(f"what {shown} is was guessed")
        turned = self._turned_special(undefined, item) or self._said_later(heads, item)
        if turned:
            return Verdict(turned)
        says = self._says(item, names, places)
        beyond = self._beyond(terms, item, names, places)
        if says is None:
            return beyond
        key, shown = says
        beside = self._beside(item, key)
        sure = not beyond.why and bool(beyond.assumed)
        return Verdict(f"{SAYS} {shown} is", beyond.assumed, beside=beside, sure=sure)

    def _beyond(
        self, terms: Sequence[Expr], item: Item, names: dict[str, str], places: dict[str, str]
    ) -> Verdict:
        """What holds the numbers of a row back that does not itself say what a symbol is."""
        heads = sorted(heads_in(terms), key=lambda head: head.name)
        undefined = [h for h in heads if h.definition is None and not isinstance(h, Gaussian)]
        free = {v for e in terms for v in free_vars(e) if v.sort is not Sort.PARAM}
        joint = any_law.joint_laws_in(self.elab, terms)
        moved = moved_by_any(terms)
        if moved is not None:
            return Verdict(f"{SAYS} {text(moved)} is")
        if item.assumed:
            return Verdict("it is assumed, by the words before it")
        if _sums_over_parts([equated_with(self.items, item), item.right]):
            return Verdict("its sums go over other ranges, of which nothing is known")
        beside = _at_what_is_given(terms)
        moving = _moving(terms)
        carried = any(term.has(Div) for term in terms)
        held = self._joint_beside(undefined) or self._sampled(terms, undefined)
        held = held or any_law.held(self.elab, self.items, item, terms, joint)
        if held:
            return Verdict(held)
        for word, place in self.moments if joint else ():
            return Verdict(f"line {place} says that a law is special: {word}", laws=True)
        for head in undefined:
            held = ""
            if isinstance(head, Density):
                held = self._of_density(head, beside, moving, terms)
            elif carried and head in moving and _of_points(head):
                held = f"how {text(head)} moves is not said"
            held = held or self._by_itself(head, terms)
            if held:
                return Verdict(held)
        convex = self.convex([*undefined], item)
        told = {self.key_of_head(head) for head in convex}
        for one in self.properties:
            special = names.get(key_of(one.symbol)) or places.get(spelled(one.symbol))
            only = one.convex and key_of(one.symbol) in told
            if special and one.row <= item.index + 1 and not only:
                return Verdict(f"words say that {special} is special: {one.word}")
        plain = all(v.sort is Sort.REAL for h in undefined for v in h.params) and not any(
            h.draws for h in heads
        )
        numbers_only = plain and not any(v.sort is Sort.VEC for v in free)
        if numbers_only and (undefined or len(free) > 1):
            return Verdict(TIED_COEFFICIENTS)
        assumed: list[Prop] = [is_convex(head) for head in convex]
        at_ends = any(
            is_number(place)
            for term in terms
            for call in term.atoms(Apply)
            for place in call.arguments
        )
        for other, left in self._said:
            right = other.right if other.inline and not at_ends else None
            if left and right and at_the_ends(left, right, self.elab.evidence):
                continue  # α_0 = 0 says nothing of a row about α_t
            if other.inline and left and other.right and takes_a_value(left, other.right):
                continue  # X_0 = x_0: any x_0
            if other is item or other.index in self.settled or not self._near(other, item):
                continue
            about = self._about(other, left, names, places)
            if about is None or self._renames(other, left, {*names, *places}):
                continue
            pair = self.read.get(other.index)
            if pair is None or any(h in self.elab.unknowns for h in heads_in(pair)):
                return Verdict(f"line {other.place} says something of {about}")
            motion = other.differential or any(isinstance(side, Partial) for side in pair)
            if motion and self._at_one_time(terms):
                continue  # how it goes on from here says nothing of what it is here
            try:
                assumed.append(self._at_every_time(Equals(*pair)))
            except FmproofError:
                return Verdict(f"line {other.place} says something of {about}")
        held = self._special_laws(terms, undefined, item, assumed)
        return Verdict(held, tuple(dict.fromkeys(assumed)), bool(held))

    def _says(
        self, item: Item, names: dict[str, str], places: dict[str, str]
    ) -> tuple[str, str] | None:
        """The symbol without a definition that stands alone on the left of a row, as it is spelled
        and as it is printed: the row may say what it is."""
        if item.left is not None and is_bare_symbol(item.left):
            for node in _subjects(item.left):
                found = names.get(key_of(node)) or places.get(spelled(node))
                if found:
                    return key_of(node), found
        multiple = _multiple_of(item)
        if multiple is not None and key_of(multiple) in names:
            return key_of(multiple), names[key_of(multiple)]
        return None

    def _beside(self, item: Item, key: str) -> tuple[tuple[Expr, Expr], ...] | None:
        """What else is said of a symbol of which ``item`` may say what it is."""
        constrain = [other for other in self.items if self._constrains(other, item, key)]
        pairs = [self.read.get(other.index) for other in constrain]
        known = [p for p in pairs if p and not any(h in self.elab.unknowns for h in heads_in(p))]
        return tuple(known) if len(known) == len(pairs) else None

    def _constrains(self, other: Item, item: Item, key: str) -> bool:
        """Whether a row before ``item``, or right behind it, says something of a symbol."""
        if other is item or other.index in self.settled or not self._near(other, item):
            return False
        if other.row.relation not in _SAYS and other.problem is None:
            return False
        if not self._has(other, key) or _uses(other, item):
            return False
        left = equated_with(self.items, other)
        about = {key_of(node) for node in _subjects(left)} if left is not None else set()
        return other.index not in self.left_open or key in about

    def _has(self, other: Item, key: str) -> bool:
        """Whether a symbol is in a row."""
        sides = [side for side in (other.left, other.right) if side is not None]
        if not sides:
            return key.split(":")[-1] in {token.text.lstrip("\\") for token in other.row.left or ()}
        return any(
            isinstance(n, t.Sym) and key_of(n) == key for side in sides for n in t.walk(side)
        )

    def convex(self, heads: Sequence[Head], item: Item) -> list[Head]:
        """The functions among ``heads`` that are convex by words before a row."""
        said = {
            key_of(one.symbol)
            for one in self.properties
            if one.convex and one.row <= item.index + 1
        }
        found = {head for head in heads if may_be_convex(head) and self.key_of_head(head) in said}
        return sorted(found, key=lambda head: head.name)

    def _special_laws(
        self, terms: Sequence[Expr], undefined: Sequence[Head], item: Item, assumed: list[Prop]
    ) -> str:
        """What words or lines of words say of the moments of laws anywhere, such as E[x] = 0.

        Equations go to ``assumed``.
        """
        laws = {h for h in undefined if h.draws}
        if not laws or not any(term.has(Expect, IntegralOver) for term in terms):
            return ""
        if any(_of_points(h) or isinstance(h, Field) for h in undefined if h not in laws):
            return ""  # whatever functions are averaged
        together = [h for h in laws if sum(v.sort is Sort.VEC for v in h.main) > 1]
        if together and self.independent:
            return f"words say that draws are independent, such as those from {text(together[0])}"
        for word, place in self.moments:
            return f"line {place} says that a law is special: {word}"
        for other in self.items:
            if other is item or other.index in self.settled or not fixes_a_moment(self.elab, other):
                continue
            pair = self.read.get(other.index)
            if pair is None:
                return f"line {other.place} says something of a law"
            if heads_in(pair) & laws:
                assumed.append(self._at_every_time(Equals(*pair)))
        return ""

    def _at_every_time(self, equation: Prop) -> Prop:
        """What a document says at a time, it says at each."""
        for var in sorted(free_vars(equation), key=lambda v: v.name):
            if var.sort is Sort.REAL and self.elab.is_no_number(self.elab.spelling(var)):
                equation = ForAll(equation, var)
        return equation

    def _moved(self, spelling: str) -> bool:
        """Whether a variable has a time as its subscript."""
        return any(self.elab.is_time(part) for part in spelling.partition("_")[2].split(","))

    def saying(self, item: Item, closed: bool = False) -> Iterator[tuple[Item, t.Node]]:
        """The rows before ``item`` that may say what a symbol is, and their left sides.

        Args:
            closed: also definitions that are not put in, since they are integrals in coefficients.
        """
        for other, left in self._said:
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
            if open_still and self._near(other, item):
                yield other, left

    def holds_at(self, other: Item, item: Item) -> bool:
        """Whether what a row before ``item`` says holds there."""
        return other.index < item.index and self._near(other, item)

    # --- what says something ---

    def _near(self, other: Item, item: Item) -> bool:
        """Whether what another row says holds here: it stands before, or right behind."""
        if other.index < item.index:
            if other.inline and in_other_points(other, item):
                return False
            return not self._puts_in(other) or self.right_behind(other, item)
        if other.row.left is None:
            return False  # the chain goes on: a claim
        if other.piece is item.piece:
            return True
        between = self.items[item.index + 1 : other.index + 1]
        return all(one.inline or one.piece is item.piece for one in between)

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

    def _about(
        self, other: Item, left: t.Node | None, names: dict[str, str], places: dict[str, str]
    ) -> str | None:
        """The symbol of which an equation says something, as printed; None if it claims."""
        candidate = other.candidate
        if candidate is not None and (
            candidate.state == "used" or (candidate.explicit and candidate.state == "waiting")
        ):
            return None
        if candidate is not None and candidate.why == KEPT_CLOSED:
            return None  # see _any_coefficient
        if candidate is not None and key_of(head_of(candidate.left)) in self.elab.on_course:
            return None  # it says what is drawn, and here it follows a course
        if other.problem is not None:
            return _unread_about(other, names, places)
        if moved_point(self.elab, left):
            return None  # dx/dt says how a point moves, and nothing of the point
        if other.differential:
            return self._moved_at_random(left, names, places)
        if self._introduces(other, left, names):
            return None  # a symbol that nothing before it has, and this row neither
        right = other.right
        sides = [side for side in (left, right) if side is not None]
        if not other.assumed:  # else it says something, whatever it is an equation of
            sides = [side for side in sides if side is left and _plain(side)]
            if right is not None and _plain(right) and (sides or is_bare_symbol(right)):
                sides.append(right)
            if not sides or (len(sides) == 2 and is_bare_symbol(sides[0])):
                sides = sides[:1] + [s for s in sides[1:] if is_bare_symbol(s)]
        if (
            candidate is not None
            and isinstance(candidate.left, t.Call)
            and _gaussian(candidate.right)
        ):
            return None  # a case, and known where it is used
        case = len(sides) == 1 and isinstance(left, t.Sym)
        for side in sides:
            for node in _subjects(side):
                if key_of(node) in names and not self._elsewhere(node, candidate):
                    return names[key_of(node)]
                if spelled(node) in places and (case or not self._moves(node)):
                    return places[spelled(node)]
        return None

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

    def _moved_at_random(
        self, left: t.Node | None, names: dict[str, str], places: dict[str, str]
    ) -> str | None:
        """The random variable whose course a row "dX = …" tells; it says nothing of others."""
        for node in _subjects(left) if left is not None else ():
            if spelled(node) in self.elab.evidence.random:
                return names.get(key_of(node)) or places.get(spelled(node))
        return None

    def _elsewhere(self, node: t.Sym, candidate: Candidate | None) -> bool:
        """Whether a row defines α_φ, of another thing than a time, beside an α_t without a
        definition."""
        return (
            candidate is not None and bool(node.sub) and not any(map(self.elab.of_times, node.sub))
        )

    def _at_one_time(self, terms: Sequence[Expr]) -> bool:
        """Whether all is said of symbols without a definition at one time, where they may be
        anything, however they go on from there."""
        if any(term.has(Partial, Expect, IntegralOver, CondExpect, Named) for term in terms):
            return False
        if any(h.definition is not None for h in heads_in(terms) if not isinstance(h, Gaussian)):
            return False
        times = {
            at
            for term in terms
            for applied in term.atoms(Apply)
            for param, at in zip(applied.head.params, applied.arguments, strict=True)
            if param.sort is Sort.REAL
        }
        free = {v for term in terms for v in free_vars(term)}
        return len(times) == 1 and not any(self._moved(self.elab.spelling(v)) for v in free)

    def _renames(self, other: Item, left: t.Node | None, used: set[str]) -> bool:
        """Whether t = T − τ is said of a time, where neither T nor τ is in the row: any t, then."""
        if not (isinstance(left, t.Sym) and self._moves(left)) or other.right is None:
            return False
        letters = [n for n in t.walk(other.right) if isinstance(n, t.Sym)]
        mine = {found for n in letters for found in (spelled(n), key_of(n))}
        return bool(letters) and not mine & used

    def _moves(self, node: t.Sym) -> bool:
        """Whether a variable is a time, of which only a case says something."""
        return self.elab.is_time(spelled(node))

    def _joint_beside(self, undefined: Sequence[Head]) -> str:
        """π(z, c) beside π(c), p(a, b) beside p(a | b) and p(b): parts of one law, which no world
        knows."""
        densities = [h for h in undefined if isinstance(h, Density)]
        for joint in densities:
            family = [
                h
                for h in densities
                if h is not joint and self.key_of_head(h) == self.key_of_head(joint)
            ]
            family = [h for h in family if h.sub == joint.sub and not joint.given]
            for alone in (h for h in family if not h.given):
                if set(alone.main) < set(joint.main) or any(h.given for h in family):
                    return f"{text(joint)} and {text(alone)} may be parts of one law"
        return ""

    def _sampled(self, terms: Sequence[Expr], undefined: Sequence[Head]) -> str:
        """E over y beside a mean over points y_i: the law of y may be that of the points."""
        indexed = {
            self.key_of_head(h): h
            for h in undefined
            if any(v.sort is Sort.LATENT for v in h.params)
        }
        averages = [node for term in terms for node in term.atoms(Expect, IntegralOver)]
        for var in (v for node in averages for draw in node.measure for v in drawn_by(draw)):
            points = indexed.get(self.elab.spelling(var).partition("_")[0])
            if points is not None:
                return f"{text(var)} may be drawn from the points {text(points)}"
        return ""

    def _turned_special(self, undefined: Sequence[Head], item: Item) -> str:
        """A density in a loss that was defined before a row said what it is from there on."""
        for head in undefined:
            since = self.specialised.get(head)
            if since is not None and since.index < item.index:
                return f"line {since.place} says what {text(head)} is from there on"
        return ""

    def _said_later(self, heads: Sequence[Head], item: Item) -> str:
        """A symbol of which a row behind this one says what it is, "where v = …": either of them
        may be the wrong one."""
        for other in self.items[item.index + 1 :]:
            if other.candidate is None or not other.candidate.late:
                continue
            key = key_of(head_of(other.candidate.left))
            found = next(
                (h for h in heads if h.definition is not None and self.key_of_head(h) == key), None
            )
            if found is not None:
                return f"line {other.place} says what {text(found)} is"
        return ""

    def _of_density(
        self, head: Density, beside: set[Head], moving: set[Head], terms: Sequence[Expr]
    ) -> str:
        """Why a density without a definition is not arbitrary in a row."""
        if head in moving:
            return f"how {text(head)} moves is not said"
        drawn = self.key_of_head(head) in self.elab.density_of
        path = head in beside and head not in _drawn_from(terms)
        if path or drawn or self._put_into(head, terms):
            return f"{text(head)} may be the density of a path"
        return ""

    def _put_into(self, head: Density, terms: Sequence[Expr]) -> bool:
        """p_{t|0}(x_t | x_0) at an x_t for which what it is made of is put in."""
        slopes = (slope for term in terms for slope in term.atoms(Grad))
        there = (slope for slope in slopes if not isinstance(slope.at, Var))
        return bool(head.given) and any(head in heads_in([slope.body]) for slope in there)

    def _by_itself(self, head: Head, terms: Sequence[Expr]) -> str:
        """Why a symbol is not arbitrary, whatever the equations say."""
        shown, key = text(head), self.key_of_head(head)
        letter = key.split("|")[0].split(" ")[-1].rstrip("'")
        parameter = any(v.sort is Sort.PARAM for v in head.params)
        if isinstance(head, Scalar) and conventional("losses", letter) and parameter:
            return f"the definition of {shown} is not known"
        if any(_is_it(term, head) for term in terms):
            return f"{SAYS} {shown} is"
        if isinstance(head, Field | Scalar) and _is_word(letter):
            return f"what {shown} is, its name says"
        if isinstance(head, Field | Scalar) and ("dot" in key or key.endswith("'")):
            return f"{shown} may be a derivative"
        estimate = (letter in _ESTIMATES or "hat " in key) and key not in self._varied
        if isinstance(head, Field) and estimate and not parameter:
            return f"words may say what {shown} is"
        for one in self.elab.candidates.get(key, ()):
            if one.state != "refused" or self._any_coefficient(head, one, terms):
                continue
            if not any(isinstance(n, t.Normal) for n in t.walk(one.right)):
                return f"the definition of {shown} is not understood: {one.why}"
        return ""

    def _any_coefficient(self, head: Head, definition: Candidate, terms: Sequence[Expr]) -> bool:
        """Whether ᾱ(t) = exp(−∫₀ᵗ β) is a number like any other in a row: nothing is
        differentiated in a time there, no end of an interval is put in, and β is not in it."""
        if definition.why != KEPT_CLOSED or any(term.has(Partial) for term in terms):
            return False
        calls = [call for term in terms for call in term.atoms(Apply)]
        if any(call.head is head and any(map(is_number, call.arguments)) for call in calls):
            return False
        letters = {key_of(n.head) for n in t.walk(definition.right) if isinstance(n, t.Call)}
        letters |= {key_of(n) for n in t.walk(definition.right) if isinstance(n, t.Sym) and n.sub}
        return not letters & {self.key_of_head(h) for h in heads_in(terms) if h is not head}

    def key_of_head(self, head: Head) -> str:
        """The spelling of a symbol in the document."""
        found = (
            k for (k, kind), n in self.elab.names.given.items() if (n, kind) == (head.name, "head")
        )
        return next(found, "").split("@")[0]


def _uses(other: Item, item: Item) -> bool:
    """Whether a row defines another symbol than the one of which ``item`` says what it is."""
    candidate = other.candidate
    if candidate is None or candidate.state == "refused" or item.left is None:
        return False
    mine, theirs = (shape_of(n) for n in (item.left, candidate.left))
    return is_bare_symbol(candidate.left) and mine != theirs


def _is_word(name: str) -> bool:
    """Whether a symbol is named by a word: sg, the stopped gradient; clip; sign."""
    word = name.split(":")[-1]
    return len(word) > 1 and word.isalpha() and word.isascii() and f"\\{word}" not in GREEK


def _at_what_is_given(terms: Sequence[Expr]) -> set[Head]:
    """What is taken, or differentiated, at a point on which an average beside it is conditioned."""
    given = {item.at for term in terms for mean in means(term) for item in mean.given}
    found = {a.head for term in terms for a in term.atoms(Apply) if given & set(a.arguments)}
    slopes = [g for term in terms for g in term.atoms(Grad) if g.at in given]
    return found | {a.head for g in slopes for a in g.body.atoms(Apply) if g.var in a.arguments}


def _drawn_from(terms: Sequence[Expr]) -> set[Head]:
    """The laws of averages, also of those in definitions: what is given is drawn from them."""
    averages = {n for term in terms for n in term.atoms(Expect)}
    averages |= {mean for term in terms for mean in means(term)}
    return {item.head for node in averages for item in node.measure if isinstance(item, Apply)}


def _moving(terms: Sequence[Expr]) -> set[Head]:
    """The symbols that are differentiated in a time."""
    return {h for term in terms for d in term.atoms(Partial) for h in _changed(d.body, d.var)}


def _changed(term: Basic, var: Var) -> set[Head]:
    """The symbols in a term, and in definitions behind it, that have ``var`` in an argument."""
    found: set[Head] = set()
    for applied in term.atoms(Apply):
        head = applied.head
        pairs = zip(head.params, applied.arguments, strict=True)
        changed = [param for param, at in pairs if var in free_vars(at)]
        found |= {head} if changed else set()
        if head.definition is not None:
            found |= {h for param in changed for h in _changed(head.definition, param)}
    return found


def moved_by_any(terms: Sequence[Expr]) -> Head | None:
    """The field u without a definition of a row ∂p/∂t = −div(p u), of any density p."""
    if any(term.has(Expect, IntegralOver) for term in terms):
        return None
    slopes = [slope.body.head for slope in _nodes(terms, Partial) if isinstance(slope.body, Apply)]
    moved = {head for head in slopes if isinstance(head, Density | Gaussian)}
    for spread in _nodes(terms, Div):
        inside = spread.body.atoms(Apply)
        fields = {a.head for a in inside if isinstance(a.head, Field)}
        anything = sorted((h for h in fields if h.definition is None), key=lambda h: h.name)
        if anything and moved & {a.head for a in inside}:
            return anything[0]
    return None


def _nodes(terms: Sequence[Expr], kind: type) -> list[Any]:
    """The nodes of one kind in terms, in the order of their words."""
    return sorted((node for term in terms for node in term.atoms(kind)), key=str)


def _of_points(head: Head) -> bool:
    """A real function of points, which may be a density by another letter."""
    return isinstance(head, Scalar) and any(v.sort is Sort.VEC for v in head.params)


def fixes_a_moment(elab: Elaborator, item: Item) -> bool:
    """Whether words say what an average of something random is: E[x] = 0, E‖x‖² = d."""
    left, right = item.left, item.right
    if (
        not (item.inline or item.said_of_a_letter)
        or item.candidate is not None
        or left is None
        or right is None
    ):
        return False
    averages = [isinstance(node, t.Expectation) for node in t.walk(left)]
    letters = [node for node in t.walk(right) if isinstance(node, t.Sym)]
    fixed = all(spelled(node) not in elab.evidence.random for node in letters)
    plain = not any(isinstance(n, (*_AVERAGES, t.Call)) for n in t.walk(right))
    return item.row.relation == "=" and any(averages) and plain and fixed


def conventions(*terms: Expr) -> Iterator[tuple[Any, ...]]:
    """(words, *terms) with two coefficients tied as the field often does: α² + σ² = 1,
    α + σ = 1, with α between 0 and 1.

    Documents say so in words; a row that is true then is not called wrong.
    """
    heads = [
        h
        for h in sorted(heads_in(terms), key=lambda h: h.name)
        if h.definition is None and _coefficient(h)
    ]
    free = [v for v in _reals(*terms) if v.sort is Sort.REAL]
    for one in heads[:4]:
        base = Scalar(one.name + "'''", *one.main, sub=one.sub, sup=one.sup, given=one.given)
        for other in heads[:4]:
            if other is one or len(other.params) != len(one.params):
                continue
            at = base(*one.params)
            share = _between(at)
            there = substitute(share, dict(zip(one.params, other.params, strict=True)))
            for words, value in _pairs(text(one), text(other), there):
                yield (
                    words,
                    *(
                        replace_head(
                            replace_head(term, other, other.params, value), one, one.params, share
                        )
                        for term in terms
                    ),
                )
    for first in free[:3]:
        for second in free[:3]:
            if first is not second:
                for words, value in _pairs(text(first), text(second), first):
                    yield words, *(substitute(term, {second: value}) for term in terms)


def _between(term: Expr) -> Expr:
    """A number between 0 and 1 for every value of ``term``."""
    return Ratio(S.One, add(S.One, mul(term, term)))


def _pairs(one: str, other: str, value: Expr) -> Iterator[tuple[str, Expr]]:
    yield f"{one}² + {other}² = 1", Sqrt(add(S.One, mul(S.NegativeOne, value, value)))
    yield f"{one} + {other} = 1", add(S.One, mul(S.NegativeOne, value))
    yield f"{one}² = 1 − {other}", add(S.One, mul(S.NegativeOne, value, value))


def _reals(*terms: Expr) -> list[Var]:
    found = {v for term in terms for v in free_vars(term)}
    return sorted(found, key=lambda v: v.name)


def _coefficient(head: Head) -> bool:
    """A real function of times alone."""
    return isinstance(head, Scalar) and all(v.sort is Sort.REAL for v in head.params)


def _arguments(terms: Sequence[Expr]) -> set[Var]:
    """The variables that a symbol is applied to, or a derivative is taken at: their sort shows."""
    places: list[Expr] = []
    for term in terms:
        places += [place for a in term.atoms(Apply) for place in a.arguments]
        places += [node.at for node in term.atoms(Grad, Partial, Div, Given)]
    return {v for place in places for v in free_vars(place)}


def _is_it(term: Any, head: Head) -> bool:
    """Whether a term is nothing but a symbol."""
    return getattr(term, "head", None) is head


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


def _plain(node: t.Node) -> bool:
    """No average is in it, so it may be an equation of symbols."""
    return not any(isinstance(n, _AVERAGES) for n in t.walk(node))


def _subjects(node: t.Node) -> Iterator[t.Sym]:
    """The symbols that an equation is about: not their arguments, nor what a derivative is in."""
    if isinstance(node, t.Sym):
        yield node
    elif isinstance(node, t.Call):
        yield node.head
    elif isinstance(node, t.Derivative):
        yield from _subjects(node.body)
    else:
        for child in t.children(node):
            yield from _subjects(child)


def _gaussian(node: t.Node) -> bool:
    return any(isinstance(n, t.Normal) for n in t.walk(node))


def is_bare_symbol(node: t.Node | None) -> bool:
    """A symbol, applied or not, or a derivative of one."""
    while isinstance(node, t.Group | t.Derivative | t.Transposed):
        node = node.body
    return isinstance(node, t.Sym | t.Call)


def _sums_over_parts(sides: Sequence[t.Node | None]) -> bool:
    """Σ_{t=1}^T w_t beside Σ_{t=2}^T w_t or w_1: sums over a part, or one of the summands."""
    nodes = [n for side in sides if side is not None for n in t.walk(side)]
    sums = [n for n in nodes if isinstance(n, t.Series) and n.low is not None]
    ranges = {tuple("" if end is None else spelled(end) for end in (n.low, n.high)) for n in sums}
    if len(ranges) > 1:
        return True
    inside = {id(inner) for one in sums for inner in t.walk(one.body)}
    summed = {key_of(n) for one in sums for n in t.walk(one.body) if isinstance(n, t.Sym) and n.sub}
    ends = {spelled(one.high) for one in sums if one.high is not None}
    alone = [n for n in nodes if isinstance(n, t.Sym) and id(n) not in inside]
    return any(
        key_of(n) in summed and any(isinstance(s, t.Num) or spelled(s) in ends for s in n.sub)
        for n in alone
    )


def _multiple_of(item: Item) -> t.Sym | None:
    """u of "(t − r) u(z, r, t) = …", where u is in nothing else: this says what it is."""
    if not isinstance(item.left, t.Mul) or item.right is None or item.row.relation != "=":
        return None
    calls = [factor.head for factor in item.left.factors if isinstance(factor, t.Call)]
    if len(calls) != 1 or any(isinstance(n, _AVERAGES) for n in t.walk(item.left)):
        return None
    others = (n for n in t.walk(item.right) if isinstance(n, t.Sym))
    return None if key_of(calls[0]) in map(key_of, others) else calls[0]


def _unread_about(item: Item, names: dict[str, str], places: dict[str, str]) -> str | None:
    """A symbol whose letter stands at the left of what could not be read."""
    left = item.row.left or []
    if len(left) > 24:
        return None
    letters = {token.text.lstrip("\\") for token in left}
    for spelling, shown in (*names.items(), *places.items()):
        letter = spelling.split("_")[0].split("|")[0].split(" ")[-1].split(":")[-1].rstrip("'")
        if letter in letters:
            return shown
    return None
