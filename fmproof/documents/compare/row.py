"""One row of a chain, ``before relation claim``, and what the numbers say of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sympy import Expr

from fmproof.documents.almost_surely import PathsDrawn, other_readings
from fmproof.documents.context import Context, as_read
from fmproof.documents.items import Item
from fmproof.documents.model import NumericEvidence
from fmproof.documents.terms import heads_in
from fmproof.lang.nodes import Head
from fmproof.lang.props import Prop
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.joint_laws import JOINT

_GLANCE = 1
"""Worlds that are looked at where numbers only say whether a search is worth its time."""


@dataclass
class ComparedRow:
    """``before relation claim``, with what both witnesses say of it."""

    context: Context
    item: Item
    before: Expr
    claim: Expr
    relation: str
    tied: str = ""  #: what holds the numbers back
    beside: tuple[tuple[Expr, Expr], ...] | None = None  #: said of what it may say what it is
    said_otherwise: bool = False  #: whether other rows say what it may say what it is
    special: tuple[Head, ...] = ()  #: laws that words say to be independent or standard
    instances: tuple[Head, ...] = ()  #: symbols that words say to be even, radial and the like
    opened: tuple[Head, ...] = ()  #: symbols of which another section says what they are
    in_plane: bool = False  #: whether numbers are taken in two dimensions
    on_a_line: bool = False  #: whether two dimensions show nothing

    def __post_init__(self) -> None:
        self.lines = tuple(self.context.chain.lines)
        numbers = self.context.numbers
        self.look_at_ties()
        self.evidence: NumericEvidence | None = None
        unknowns = self.context.elab.unknowns
        heads = heads_in([self.before, self.claim])
        self.unknown = any(unknowns.get(h, JOINT) != JOINT for h in heads)  # else it is any law
        if self.context.numeric:
            glance = _GLANCE if self.unknown else None  # of what is unknown they can say nothing
            self.evidence = numbers.of(self.before, self.claim, self.relation, (), glance)

    def look_at_ties(self) -> None:
        """What holds the numbers back, and what they have to respect, by what is known so far."""
        on = self.context.ties.on([self.before, self.claim], self.item)
        start = [line.term for line in self.lines[:1]]  # L of "L = …", which goes on from elsewhere
        heads = sorted(heads_in([self.before, self.claim, *start]), key=lambda head: head.name)
        sides = (self.before, self.claim)
        value = self.context.said.takes_a_value(sides, heads, self.item)
        self.tied, self.laws_are_special = on.why or value, on.laws
        self.beside, self.said_otherwise = on.beside, on.sure
        self.special, self.instances, self.opened = on.special, on.instances, on.opened
        self.assumed = (*on.assumed, *self._moments())

    @cached_property
    def others(self) -> list[PathsDrawn]:
        """The row read with its paths drawn."""
        return other_readings(self.context.elab, self.item, self.lines, self.claim)

    @property
    def averaged(self) -> list[PathsDrawn]:
        """The row in averages, where it is about a conditional expectation at a point."""
        return [other for other in self.others if other.averaged]

    @property
    def reading(self) -> str:
        return as_read(self.before, self.relation, self.claim)

    def _moments(self) -> list[Prop]:
        """What is assumed of the laws in the row."""
        return [fact.prop for fact in self.context.facts.moments([self.before, self.claim])]

    @property
    def left(self) -> t.Node | None:
        """The left side of the chain."""
        return self.item.left if self.item.left is not None else self.context.chain.left
