"""The second witness on rows: both sides in random worlds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents.model import NumericEvidence
from fmproof.documents.terms import heads_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors
from fmproof.lang.nodes import Apply, Exp, IntegralOver, Ratio
from fmproof.lang.props import Almost, ForAll, Positive, Prop, VanishesWith
from fmproof.tactics.script import Derivation, Hypothesis

_PROBLEMS = 6
_IN_PLANE = 2
_MANY = 60
"""Worlds that are looked at before a condition is said to hold in none."""


@dataclass
class Numbers:
    """Rows that are about the same symbols share their worlds.

    Attributes:
        derivation: a row with its hypotheses.
        found: of earlier rows and runs.
    """

    derivation: Callable[..., Derivation]
    seed: int = 0
    problems: int = _PROBLEMS
    found: dict[Any, NumericEvidence] = field(default_factory=dict)
    _witnesses: dict[tuple[int, bool, int], Any] = field(default_factory=dict)

    def of(
        self,
        before: Expr,
        claim: Expr,
        relation: str = "=",
        assumed: Sequence[Prop] = (),
        problems: int | None = None,
        simplify: bool = False,
        in_plane: bool = False,
    ) -> NumericEvidence:
        """What the numbers say of ``before relation claim`` in worlds that follow ``assumed``.

        Args:
            problems: how many, where a glance is enough.
            simplify: whether a counterexample is shown, and made simple for that.
            in_plane: in two dimensions, where |x|² |y|² and (x·y)² differ; else in one.
        """
        problems = _IN_PLANE if in_plane else problems or self.problems
        key = (before, claim, relation, self.seed, tuple(assumed), problems, simplify, in_plane)
        known = self.found.get(key)
        if known is None:
            row = (before, claim, relation, assumed)
            known = self._of(*row, problems, simplify, problems if in_plane else 0)
            self.found[key] = known
        return known

    def possible(self, props: Sequence[Prop]) -> bool:
        """Whether some random world follows ``props``; what contradicts itself proves anything.

        What is > 0 by its form, ∫ exp(−E(x)) dx, is so in a world in which it is a number; random
        ones may have none.
        """
        props = [prop for prop in props if not positive_by_form(_of_what(prop))]
        if not props:
            return True
        found = [self.of(S.Zero, S.Zero, "=", props, n) for n in (self.problems, _MANY)]
        return not all(one.message.startswith("no random problem satisfies") for one in found)

    def _of(
        self,
        before: Expr,
        claim: Expr,
        relation: str,
        assumed: Sequence[Prop],
        problems: int,
        simplify: bool,
        in_plane: int,
    ) -> NumericEvidence:
        from fmproof.meaning.witness import Witness

        kind = (problems, simplify, in_plane)
        witness = self._witnesses.get(kind)
        if witness is None:
            witness = Witness(
                problems, self.seed, only_times=True, simplify=simplify, in_plane=in_plane
            )
            self._witnesses[kind] = witness
        more = [Hypothesis(f"E{i}", prop) for i, prop in enumerate(assumed, 1)]
        try:
            derivation = self.derivation(before, claim, relation, (), more=more)
            found = witness.check(derivation)["1"]
        except (FmproofError, RecursionError, ArithmeticError) as error:
            return NumericEvidence("inconclusive", 0, None, "", str(error))
        return NumericEvidence(
            found.status, found.problems, found.worst, found.counterexample or "", found.message
        )


def _of_what(prop: Prop) -> Basic:
    """The term of which a proposition says that it is > 0, or not 0."""
    while isinstance(prop, ForAll | Almost):
        prop = prop.args[0]
    return prop.args[-1] if isinstance(prop, Positive | VanishesWith) else prop


def positive_by_form(term: Basic) -> bool:
    """Whether a term is an exponential, an integral of one, or a product or quotient of these."""
    if isinstance(term, Exp):
        return True
    if isinstance(term, IntegralOver):  # of exp(−x) alone it is known that it diverges
        anything = any(head.definition is None for head in heads_in([term.body]))
        return anything and positive_by_form(term.body)
    if isinstance(term, Ratio):
        return all(map(positive_by_form, term.args))
    if isinstance(term, Apply) and term.head.definition is not None:
        return positive_by_form(term.head.unfold(term.arguments))
    parts = factors(term) if isinstance(term, Expr) else (term,)
    return len(parts) > 1 and all(map(positive_by_form, parts))
