"""What later rows of a document may rest on: rows that were proved, equations that are assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import Expr

from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError
from fmproof.lang.nodes import Apply, Div, Grad, Partial, Var
from fmproof.lang.props import Equals, ForAll, Prop
from fmproof.lang.scope import canon, free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Derivation

_MOST = 4


@dataclass(frozen=True, eq=False)
class Fact:
    """An equation that stands: ``before = claim`` of the row at ``place``.

    Attributes:
        derivation: its proof; None where the document assumes it.
        needs: what the proof takes, in words.
    """

    place: str
    before: Expr
    claim: Expr
    derivation: Derivation | None = None
    needs: tuple[str, ...] = ()

    @property
    def assumed(self) -> bool:
        """Whether the document assumes it, rather than shows it."""
        return self.derivation is None

    @property
    def of_functions(self) -> bool:
        """Whether it is a differential equation: about functions, so at every point."""
        sides = (self.before, self.claim)
        return any(side.has(Partial, Div, Grad) for side in sides) and all(
            isinstance(place, Var)
            for side in sides
            for applied in side.atoms(Apply)
            for place in applied.arguments
        )

    @property
    def prop(self) -> Prop:
        """The equation as a hypothesis: for every value of its variables where it is proved, says
        something of coefficients, or is about functions; else for the values that the row has."""
        prop: Prop = Equals(self.before, self.claim)
        free = sorted(free_vars(prop), key=lambda v: v.name)
        closed = not self.assumed or all(v.sort is Sort.REAL for v in free) or self.of_functions
        for var in free if closed else ():
            prop = ForAll(prop, var)
        return prop


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

    def about(self, terms: Sequence[Expr]) -> list[Fact]:
        """Those that a row may use, the latest first, at most four: about its symbols alone, and
        not the row itself."""
        heads = heads_in(terms)
        free = set().union(*(free_vars(term) for term in terms))
        found = []
        for fact in reversed(self.known):
            sides = (fact.before, fact.claim)
            own = set().union(*map(free_vars, sides))
            strange = {v for v in own - free if v.sort is not Sort.REAL}
            if fact.assumed and strange and not fact.of_functions:
                continue
            if heads_in(sides) <= heads:
                found.append(fact)
            if len(found) == _MOST:
                break
        return found
