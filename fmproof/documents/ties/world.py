"""Whether a random world is a fair reading of a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sympy import Expr

from fmproof.documents import any_law
from fmproof.documents.candidates.forms import at_the_ends, takes_a_value
from fmproof.documents.convexity import is_convex, may_be_convex
from fmproof.documents.items import Item, Property, equated_with
from fmproof.documents.motion import followed
from fmproof.documents.terms import heads_in
from fmproof.documents.ties import of_terms, symbols
from fmproof.documents.ties.instances import has_instance, is_standard_somewhere
from fmproof.documents.ties.said import Sayings
from fmproof.documents.ties.sides import fixes_a_moment, sums_over_parts
from fmproof.documents.ties.symbols import SAYS, SOMETHING, key_of_head
from fmproof.documents.trigonometry import circular_heads
from fmproof.errors import FmproofError
from fmproof.lang.nodes import (
    Apply,
    Density,
    Div,
    Expect,
    Field,
    Gaussian,
    Head,
    IntegralOver,
    Partial,
)
from fmproof.lang.numbers import is_number
from fmproof.lang.props import Equals, ForAll, Prop
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled

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
        special: laws of which words say that they are independent, centred or standard: the row is
            wrong where it fails for those, too.
        instances: symbols of which words say what one example has, "p is even": as ``special``.
        opened: symbols of which another section says what they are: the row is wrong where it
            fails without that, too.
    """

    why: str = ""
    assumed: tuple[Prop, ...] = ()
    laws: bool = False
    beside: tuple[tuple[Expr, Expr], ...] | None = None
    sure: bool = False
    special: tuple[Head, ...] = ()
    instances: tuple[Head, ...] = ()
    opened: tuple[Head, ...] = ()


@dataclass
class Ties:
    """Whether numbers may refute a row: what a document says of the symbols in it.

    Attributes:
        said: what its equations say.
        properties: what words say of symbols, "a unit vector".
    """

    elab: Elaborator
    said: Sayings
    properties: Sequence[Property] = ()
    moments: Sequence[tuple[str, str]] = ()  #: words such as "zero mean", with their place
    together: Sequence[tuple[str, str]] = ()  #: words such as "the same law"
    spaces: Collection[str] = ()  #: the letters of dimensions, where they are several
    independent: bool = False  #: whether words say anywhere that draws are independent
    standard: bool = False  #: whether standard laws have all that words say of moments

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
        undefined = self._undefined(heads)
        free = {v for e in terms for v in free_vars(e) if v.sort is not Sort.PARAM}
        names = {key_of_head(self.elab, head): text(head) for head in undefined}
        places = {self.elab.spelling(var): text(var) for var in free}
        if any(spelling.split(":")[-1] == "d" for spelling in places):
            return Verdict("d may be a differential")
        both = symbols.of_both_sorts(self.elab, terms, undefined)
        if both is not None:
            return Verdict(f"a letter was guessed to be a time, and {text(both)} takes points, too")
        mixed = symbols.of_numbers_and_points(terms, undefined)
        if mixed is not None:
            return Verdict(f"{text(mixed)} may be the law of two points: what they are was guessed")
        argued = {self.elab.spelling(v) for v in of_terms.applied_to(terms)}
        changing = any(term.has(Partial) for term in terms)
        for spelling, shown in places.items():
            letter = spelling.split("_")[0]
            if "dot" in letter or letter.endswith("'"):
                return Verdict(f"{shown} may be a derivative")
            if {"plus", "minus"} & set(spelling.split("_")[0].split("|")[1:]):
                return Verdict(f"{shown} may be a part of another thing, by its sign")
            if spelling in self.spaces:
                return Verdict(f"{shown} may be the dimension of a space of its own")
            if any(sign in spelling.partition("_")[2] for sign in "+-"):
                return Verdict(f"{shown} may be tied to the step beside it")
            if changing and of_terms.is_moved(self.elab, spelling):
                return Verdict(f"{shown} may move with the time")
            if symbols.is_word(letter):
                return Verdict(f"what {shown} is, its name says")
            known = self.elab.table.get(readable(spelling))
            sure = (
                self.elab.is_time(spelling)
                or spelling in self._bound
                or conventional("scalars", letter, "surely")
                or conventional("vectors", letter, "surely")
                or self._scales_a_moment(spelling)
            )
            if known is not None and known.guessed and not (spelling in argued or sure):
                return Verdict(f"what {shown} is was guessed")
        turned = self.said.turned_special(undefined, item)
        later, elsewhere = self.said.said_later(heads, item)
        if turned or (later and not elsewhere):
            return Verdict(turned or later)
        found = self._here(terms, item, names, places)
        if not elsewhere or found.why:
            return found
        return replace(found, why=later, opened=tuple(elsewhere))

    def _here(
        self, terms: Sequence[Expr], item: Item, names: dict[str, str], places: dict[str, str]
    ) -> Verdict:
        """What holds the numbers of a row back where its symbols are what they are read as."""
        says = self.said.subject(item, names, places)
        ways = (of_terms.is_solved_for, of_terms.is_of_each_point)
        if any(of(self.elab, terms, item.left) for of in ways):
            says = None
        beyond = self._beyond(terms, item, names, places)
        if says is None:
            return beyond
        key, shown = says
        beside = self.said.beside(item, key)
        sure = not beyond.why and bool(beyond.assumed)
        why = f"{SAYS} {shown} is"
        return replace(
            Verdict(why, beyond.assumed, beside=beside, sure=sure, special=beyond.special),
            instances=beyond.instances,
        )

    def _beyond(
        self, terms: Sequence[Expr], item: Item, names: dict[str, str], places: dict[str, str]
    ) -> Verdict:
        """What holds the numbers of a row back that does not itself say what a symbol is."""
        heads = sorted(heads_in(terms), key=lambda head: head.name)
        undefined = self._undefined(heads)
        free = {v for e in terms for v in free_vars(e) if v.sort is not Sort.PARAM}
        joint = any_law.joint_laws_in(self.elab, terms)
        moved = symbols.moved_by_any(terms)
        if moved is not None:
            return Verdict(f"{SAYS} {text(moved)} is")
        if item.assumed:
            return Verdict("it is assumed, by the words before it")
        path = followed(item.left, item.right)
        if isinstance(path, t.Sym) and self.elab.path(path) is not None:
            return Verdict(f"it may be the path of a flow that is called {readable(spelled(path))}")
        bound = self.said.bound_on(item)
        if bound is not None:
            return Verdict(f"line {bound.place} assumes an inequality between its symbols")
        if sums_over_parts([equated_with(self.said.items, item), item.right]):
            return Verdict("its sums go over other ranges, of which nothing is known")
        beside = symbols.at_what_is_given(terms)
        moving = symbols.moving(terms)
        carried = any(term.has(Div) for term in terms)
        held = symbols.joint_beside(self.elab, undefined) or symbols.drawn_from_points(
            self.elab, terms, undefined
        )
        held = held or symbols.drawn_in_two_ways(terms)
        held = held or any_law.held(self.elab, self.said.items, item, terms, joint)
        if held:
            return Verdict(held)
        moments = () if self.standard else self.moments  # else see any_law.special_readings
        for word, place in (*moments, *self.together) if joint else ():
            return Verdict(f"line {place} says that a law is special: {word}", laws=True)
        for head in undefined:
            held = ""
            if symbols.may_be_of_a_path(self.elab, head, terms):
                return Verdict(f"{text(head)} may be the density of a path", laws=True)
            if isinstance(head, Density):
                held = symbols.of_density(self.elab, head, beside, moving, terms)
            elif symbols.is_of_points(head):
                moves = f"how {text(head)} moves is not said"
                held = moves if carried and head in moving else symbols.of_points(head, terms)
            held = held or symbols.by_itself(self.elab, head, terms)
            if held:
                return Verdict(held)
        convex = self.convex([*undefined], item)
        told = {key_of_head(self.elab, head) for head in convex}
        instances: set[Head] = set()
        for one in self.properties:
            special = names.get(key_of(one.symbol)) or places.get(spelled(one.symbol))
            only = one.convex and key_of(one.symbol) in told
            if not special or one.row > item.index + 1 or only:
                continue
            mine = {h for h in undefined if key_of_head(self.elab, h) == key_of(one.symbol)}
            of_normal = self.standard and all(has_instance(head, one.word) for head in mine)
            if not (mine and of_normal):
                return Verdict(f"words say that {special} is special: {one.word}", laws=bool(mine))
            instances |= mine
        plain = all(v.sort is Sort.REAL for h in undefined for v in h.params) and not any(
            h.draws for h in heads
        )
        numbers_only = plain and not any(v.sort is Sort.VEC for v in free)
        letters = [v for v in free if not self.elab.is_time(self.elab.spelling(v))]
        several = len(letters) > 1 or len(free) - len(letters) > 1
        alone = not item.inline and of_terms.is_alone(self.elab, terms, undefined)
        if numbers_only and (undefined or several) and not alone:
            return Verdict(TIED_COEFFICIENTS)
        assumed: list[Prop] = [is_convex(head) for head in convex]
        at_ends = any(
            is_number(place)
            for term in terms
            for call in term.atoms(Apply)
            if not isinstance(call.head, Gaussian)  # the mean 0 is no time
            for place in call.arguments
        )
        drawn = of_terms.drawn_in(self.elab, terms)
        for other, left in self.said.rows:
            right = other.right if other.inline and not at_ends else None
            if left and right and at_the_ends(left, right, self.elab.evidence):
                continue  # α_0 = 0 says nothing of a row about α_t
            if other.inline and left and other.right and takes_a_value(left, other.right):
                continue  # X_0 = x_0: any x_0
            if other is item or other.index in self.said.settled or not self.said.near(other, item):
                continue
            about = self.said.about(other, left, names, places, drawn)
            if about is None or self.said.renames(other, left, {*names, *places}):
                continue
            pair = self.said.read.get(other.index)
            if pair is None or any(h in self.elab.unknowns for h in heads_in(pair)):
                return Verdict(f"line {other.place} {SOMETHING} {about}")
            motion = other.differential or any(isinstance(side, Partial) for side in pair)
            if motion and of_terms.is_at_one_time(self.elab, terms):
                continue  # how it goes on from here says nothing of what it is here
            try:
                assumed.append(self._at_every_time(Equals(*pair)))
            except FmproofError:
                return Verdict(f"line {other.place} {SOMETHING} {about}")
        others = [head for head in undefined if head not in instances]
        held, laws, standard = self._special_laws(terms, others, item, assumed)
        instances |= standard
        found = Verdict(held, tuple(dict.fromkeys(assumed)), bool(held), special=laws)
        return replace(found, instances=tuple(sorted(instances, key=lambda head: head.name)))

    def _scales_a_moment(self, spelling: str) -> bool:
        """Whether a letter is the s of E‖x‖² = s² d, which is a number."""
        said = (one for one in self.said.items if fixes_a_moment(self.elab, one))
        nodes = (n for one in said if one.right is not None for n in t.walk(one.right))
        return any(isinstance(n, t.Sym) and spelled(n) == spelling for n in nodes)

    def _undefined(self, heads: Sequence[Head]) -> list[Head]:
        """The symbols that mean whatever a world lets them mean."""
        known = circular_heads(self.elab)
        free = (h for h in heads if h.definition is None and not isinstance(h, Gaussian))
        return [head for head in free if head not in known]

    def convex(self, heads: Sequence[Head], item: Item) -> list[Head]:
        """The functions among ``heads`` that are convex by words before a row."""
        said = {
            key_of(one.symbol)
            for one in self.properties
            if one.convex and one.row <= item.index + 1
        }
        found = {
            head for head in heads if may_be_convex(head) and key_of_head(self.elab, head) in said
        }
        return sorted(found, key=lambda head: head.name)

    def _special_laws(
        self, terms: Sequence[Expr], undefined: Sequence[Head], item: Item, assumed: list[Prop]
    ) -> tuple[str, tuple[Head, ...], set[Head]]:
        """What words or lines of words say of the moments of laws anywhere, such as E[x] = 0.

        Equations go to ``assumed``.

        Returns:
            what holds numbers back, laws of which special ones have all that words say, and
            densities of which the standard normal one has it.
        """
        laws = {h for h in undefined if h.draws}
        if not laws or not any(term.has(Expect, IntegralOver) for term in terms):
            return "", (), set()
        if any(symbols.is_of_points(h) or isinstance(h, Field) for h in undefined if h not in laws):
            laws = symbols.averaged_by_itself(terms, laws)
            if not laws:
                return "", (), set()  # whatever functions are averaged
        special, instances = set[Head](), set[Head]()
        together = {h for h in laws if sum(v.sort is Sort.VEC for v in h.main) > 1}
        if together and self.independent:
            if not any_law.only_drawn(together, terms):
                first = min(map(text, together))
                return (
                    f"words say that draws are independent, such as those from {first}",
                    (),
                    set(),
                )
            special |= together
        for word, place in self.moments:
            if self.standard and any_law.only_drawn(laws, terms):
                special |= laws
            elif self.standard and all(map(is_standard_somewhere, laws)):
                instances |= laws
            else:
                return f"line {place} says that a law is special: {word}", (), set()
        for other in self.said.items:
            if (
                other is item
                or other.index in self.said.settled
                or not fixes_a_moment(self.elab, other)
            ):
                continue
            pair = self.said.read.get(other.index)
            if pair is None:
                return f"line {other.place} says something of a law", (), set()
            if heads_in(pair) & laws:
                assumed.append(self._at_every_time(Equals(*pair)))
        return "", tuple(sorted(special, key=lambda head: head.name)), instances

    def _at_every_time(self, equation: Prop) -> Prop:
        """What a document says at a time, it says at each; E‖x‖² = s² d says what s is."""
        sides = equation.args
        averages = [side for side in sides if any(head.draws for head in heads_in([side]))]
        free = {v for side in averages or sides for v in free_vars(side)}
        for var in sorted(free, key=lambda v: v.name):
            if var.sort is Sort.REAL and self.elab.is_no_number(self.elab.spelling(var)):
                equation = ForAll(equation, var)
        return equation
