"""The steps of a derivation as the second witness sees them: both sides, and no rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sympy import Expr

from fmproof.lang.nodes import Let, Var
from fmproof.lang.scope import substitute

RelationSign = Literal["=", "≤", "≥"]


class StepLike(Protocol):
    """What is looked at in a step."""

    @property
    def id(self) -> str: ...
    @property
    def claim(self) -> Expr: ...
    @property
    def relation(self) -> RelationSign: ...


class PartLike(Protocol):
    @property
    def start(self) -> Expr: ...
    @property
    def steps(self) -> Sequence[Any]: ...


class DerivationLike(Protocol):
    """What is looked at in a derivation."""

    @property
    def name(self) -> str: ...
    @property
    def parts(self) -> Sequence[Any]: ...
    @property
    def hypotheses(self) -> Sequence[Any]: ...
    @property
    def variables(self) -> Sequence[Var]: ...


@dataclass(frozen=True)
class WitnessedStep:
    """One step: ``before relation claim``."""

    id: str
    before: Expr
    claim: Expr
    relation: RelationSign


def lines_of(derivation: DerivationLike) -> Iterator[WitnessedStep]:
    """The steps of all parts, each with the line before it.

    What is claimed for almost every value of some draws is evaluated at one value of them, at
    which deterministic draws have theirs.
    """
    for part in derivation.parts:
        put: dict[Var, Expr] = {}
        for item in getattr(part, "almost", None) or ():
            if isinstance(item, Let):
                put[item.var] = substitute(item.value, put)
        before = _put(part.start, put)
        for step in part.steps:
            claim = _put(step.claim, put)
            yield WitnessedStep(step.id, before, claim, step.relation)
            before = claim


def _put(term: Expr, values: Mapping[Var, Expr]) -> Expr:
    return substitute(term, values) if values else term
