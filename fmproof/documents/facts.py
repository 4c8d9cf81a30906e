"""What later rows of a document may rest on: rows that were proved, equations that are assumed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from sympy import Expr

from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError
from fmproof.lang.nodes import Apply, Div, Grad, Head, Partial, Var
from fmproof.lang.props import Equals, ForAll, Prop
from fmproof.lang.scope import canon, free_vars
from fmproof.tactics.script import Derivation, Part, Step

_MOST = 4


@dataclass(frozen=True, eq=False)
class Fact:
    """An equation that stands: ``before = claim`` of the row at ``place``.

    Attributes:
        derivation: its proof; None where the document assumes it.
        needs: what the proof takes, in words.
        every: of an assumed one, the variables for every value of which it is meant.
        until: the last row that may rest on it.
        where: the signs that its proof takes of terms at its own values.
        moment: whether it is all that the document says of a law, E[ξ ξᵀ] = I.
        rests_on: the places of the rows that its proof uses.
    """

    place: str
    before: Expr
    claim: Expr
    derivation: Derivation | None = None
    needs: tuple[str, ...] = ()
    every: frozenset[Var] = frozenset()
    until: float = inf
    where: tuple[Prop, ...] = ()
    moment: bool = False
    rests_on: tuple[str, ...] = ()

    @property
    def assumed(self) -> bool:
        """Whether the document assumes it, rather than shows it."""
        return self.derivation is None

    @property
    def prop(self) -> Prop:
        """The equation as a hypothesis: for every value of its variables where it is proved, or
        of those that are meant so; of any other for the value that it has in the row."""
        prop: Prop = Equals(self.before, self.claim)
        for var in sorted(free_vars(prop), key=lambda v: v.name):
            if not self.assumed or var in self.every:
                prop = ForAll(prop, var)
        return prop


def meant_for_every(before: Expr, claim: Expr, times: Collection[Var]) -> frozenset[Var]:
    """The variables for every value of which an assumed equation is meant.

    An equation of coefficients, α_t² + σ_t² = 1, is meant at every time; a differential equation
    is about functions, so it is meant at every point. In s² = r both letters are one value.
    """
    sides = (before, claim)
    applied = [a for side in sides for a in side.atoms(Apply)]
    places = [place for a in applied for place in a.arguments]
    differential = any(side.has(Partial, Div, Grad) for side in sides)
    if differential and all(isinstance(place, Var) for place in places):
        return frozenset().union(*map(free_vars, sides))
    undefined = [a for a in applied if a.head.definition is None]
    return frozenset(times) & frozenset(place for a in undefined for place in a.arguments)


@dataclass
class Facts:
    """The equations of a document that stand so far."""

    known: list[Fact] = field(default_factory=list)
    _seen: set[object] = field(default_factory=set)

    def add(self, fact: Fact) -> None:
        """Keep an equation, unless it says nothing or is known."""
        try:
            key = canon(Equals(fact.before, fact.claim))
        except FmproofError:
            return
        if fact.before != fact.claim and key not in self._seen:
            self._seen.add(key)
            self.known.append(fact)

    def moments(self, terms: Sequence[Expr]) -> list[Fact]:
        """What is assumed of the moments of laws in ``terms``."""
        heads = heads_in(terms)
        return [f for f in self.known if f.moment and heads_in([f.before]) & heads]

    def until(self, places: Collection[str]) -> float:
        """The last row for which all facts of the rows at ``places`` stand."""
        return min((fact.until for fact in self.known if fact.place in places), default=inf)

    def about(self, terms: Sequence[Expr], row: int) -> list[Fact]:
        """Those that a row may use, the latest first: about its symbols alone, and not the row
        itself. At most four that are shown, and two that are assumed, as nothing else has those.
        """
        heads = heads_in(terms)
        free = set().union(*(free_vars(term) for term in terms))
        found: list[Fact] = []
        room = {False: _MOST, True: _MOST // 2}
        for fact in reversed(self.known):
            sides = (fact.before, fact.claim)
            own = set().union(*map(free_vars, sides))
            if fact.until < row or (fact.assumed and not own - free <= fact.every):
                continue
            if room[fact.assumed] and all(_is_known(head, heads) for head in heads_in(sides)):
                found.append(fact)
                room[fact.assumed] -= 1
        return found


def _is_known(head: Head, heads: Collection[Head]) -> bool:
    """Whether a symbol is one of ``heads``, or a gradient of what is: s(x) = ∇ log p(x)."""
    slope = head.definition
    return head in heads or (isinstance(slope, Grad) and heads_in([slope]) <= set(heads))


def as_proved(_: Fact, derivation: Derivation) -> Sequence[Part]:
    """The parts of a fact's proof."""
    return derivation.parts


def as_said(fact: Fact, derivation: Derivation) -> Sequence[Part]:
    """The parts of a fact's proof, from its own left side to its right: what was proved may be the
    row with its paths drawn."""
    first, *more = derivation.parts
    last = first.steps[-1].claim
    if more or (first.start, last) == (fact.before, fact.claim):
        return derivation.parts
    steps = [Step("s", first.start, by="auto"), *first.steps, Step("e", fact.claim, by="auto")]
    return [replace(first, start=fact.before, steps=steps)]
