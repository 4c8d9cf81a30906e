"""What is at hand when a row of a document is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sympy import Expr

from fmproof.documents.chain import RowChain
from fmproof.documents.facts import Fact, Facts, meant_for_every
from fmproof.documents.items import Generated, Item, Reading, written
from fmproof.documents.model import NumericEvidence, RowReport, Verdict
from fmproof.documents.numbers import Numbers
from fmproof.documents.prove import Checked, FirstWitness, Proof
from fmproof.documents.reach import holds_until
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.said import Sayings
from fmproof.documents.ties.world import Ties
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Head, Var
from fmproof.lang.scope import free_vars
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Elaborator, NotYet
from fmproof.reading.notation.symbols import spelled
from fmproof.reading.notation.words import is_of_a_number, speaks_of_one_dimension


@dataclass
class Memory:
    """What was found of equations before, so that an edited row alone costs time."""

    proofs: dict[Any, Proof] = field(default_factory=dict)
    numbers: dict[Any, NumericEvidence] = field(default_factory=dict)


@dataclass(frozen=True)
class StatedRow:
    """What an open row says of a term: its value, and where."""

    term: Expr
    value: Expr
    place: str


@dataclass(frozen=True)
class Stipulation:
    """head(params) = body, by the row at ``place``; or what a letter is: σ₀ = 0, τ = T − t."""

    head: Head | Var
    params: tuple[Var, ...]
    body: Expr
    place: str


@dataclass
class Context:
    """The notation of a document, both witnesses, and what stands so far.

    Attributes:
        chain: the chain that the row goes on from.
        facts: rows that later ones may rest on.
        said: what rows say of symbols without defining them.
        ties: whether numbers may refute a row, by that and by words.
        numeric: whether numbers are looked at.
        checked: every derivation that was tried, for a script.
        stated: what rows say that stayed open.
        special: what densities are from some row on, said of what they were before.
        determined: what equations of coefficients say of one of them, solved for it.
        held: rows that numbers refute and something holds back, to be looked at again.
        motions: what dx/dt is, for points that are said to move.
        courses: the paths that are said to follow a field.
        steps_named: the L_{t-1} of which a row said what they are.
        left_over: the rows that brought in a constant C, by its spelling, as what they leave.
        grown: what was found of equations dv/dt = f(v, t), by the row that says what v is.
        growing: the keys of such v.
    """

    reading: Reading
    elab: Elaborator
    prover: FirstWitness
    numbers: Numbers
    said: Sayings
    ties: Ties
    numeric: bool = True
    chain: RowChain = field(default_factory=RowChain)
    facts: Facts = field(default_factory=Facts)
    checked: list[Checked] = field(default_factory=list)
    stated: list[StatedRow] = field(default_factory=list)
    special: list[Stipulation] = field(default_factory=list)
    determined: list[tuple[Item, Stipulation]] = field(default_factory=list)
    held: dict[int, Callable[[], RowReport | None]] = field(default_factory=dict)
    motions: dict[str, t.Node] = field(default_factory=dict)
    courses: set[Head] = field(default_factory=set)
    steps_named: set[str] = field(default_factory=set)
    left_over: dict[str, Item] = field(default_factory=dict)
    grown: dict[int, list[RowReport]] = field(default_factory=dict)
    growing: set[str] = field(default_factory=set)

    @property
    def divergent(self) -> set[str]:
        """The keys of functions of which words say that an integral diverges."""
        return self.reading.divergent

    @cached_property
    def one_dimensional(self) -> bool:
        """Whether the document speaks of one dimension."""
        said = (item.left for item in self.reading.items if isinstance(item.right, t.Num))
        return any(isinstance(left, t.Sym) and spelled(left) == "d" for left in said) or any(
            (speaks_of_one_dimension if piece.kind == "prose" else is_of_a_number)(words)
            for _, piece, words, _ in self.reading.pieces
        )

    def keep(self, item: Item, proof: Proof) -> None:
        """Remember what was checked, for a script."""
        if proof.derivation is not None:
            self.checked.append(Checked(item.place, item.latex, proof.proved, proof.derivation))

    def learn(self, item: Item, before: Expr, claim: Expr, proof: Proof) -> None:
        """A row that was proved may serve later ones."""
        until = self.facts.until(proof.rests_on)
        derivation, needs, where = proof.derivation, proof.needs, proof.where
        fact = Fact(item.place, before, claim, derivation, needs, until=until, where=where)
        fact = replace(fact, rests_on=proof.rests_on)
        self.facts.add(fact)

    def assume(self, item: Item, before: Expr, claim: Expr) -> None:
        """So may an equation that the document assumes; in its paragraph, if it picks a case."""
        if not item.denied:
            self.facts.add(self.assumed(item, before, claim))

    def assumed(self, item: Item, before: Expr, claim: Expr) -> Fact:
        """An equation of a row, as one that is assumed."""
        picked = item.picked
        every = frozenset[Var]() if picked else meant_for_every(before, claim, self._times())
        until = holds_until(self.reading, item)
        return Fact(item.place, before, claim, every=every, until=until)

    def assume_by_words(self, said: Generated) -> None:
        """A continuity equation that words state, at every point and time."""
        try:
            before, claim = self.elab.term(said.left), self.elab.term(said.right)
        except (NotYet, SortError, FmproofError):
            return
        every = meant_for_every(before, claim, self._times())
        self.facts.add(Fact(said.place, before, claim, every=every))

    def assume_moment(self, item: Item, before: Expr, claim: Expr) -> None:
        """An average over a law of which the document says nothing else: for any a and b of
        E[aᵀx bᵀx] = aᵀb, and for the s of E‖x‖² = s² d."""
        averages = [side for side in (before, claim) if any(h.draws for h in heads_in([side]))]
        every = frozenset[Var]().union(*map(free_vars, averages))
        self.facts.add(Fact(item.place, before, claim, every=every, moment=True))

    def _times(self) -> set[Var]:
        """The variables that are times, and not only numbers."""
        named = self.elab.variables.items()
        return {var for name, var in named if self.elab.is_no_number(name)}


def as_read(before: Expr, relation: str, claim: Expr) -> str:
    """A row as it was understood."""
    return f"{text(before)} {relation} {text(claim)}"


def report(item: Item, verdict: Verdict, message: str = "", reading: str = "") -> RowReport:
    """What is said of a row."""
    return RowReport(
        line=item.place,
        column=item.source.column(item.row.at),
        latex=item.latex,
        relation=item.row.relation,
        verdict=verdict,
        inline=item.inline,
        message=message,
        reading=reading,
        formula=written(item),
    )


def open_row(item: Item, why: str) -> RowReport:
    """Neither proved nor refuted; announced, if it opens a theorem."""
    announced = item.piece.inside == "theorem" and not item.inline and item.row.left is not None
    return report(item, "statement" if announced else "open", why)


def is_a_vector(context: Context, symbol: t.Sym) -> bool:
    """Whether a letter is a vector, by how the document uses it."""
    found = context.elab.evidence.sorts.of(symbol)
    vector = found is not None and found.kind == "vec"
    return vector and not context.elab.is_time(spelled(symbol))
