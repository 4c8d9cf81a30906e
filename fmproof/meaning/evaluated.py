"""Steps and hypotheses evaluated in a world, on grids that are as fine as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from sympy import S

from fmproof.lang.node import sort_of
from fmproof.lang.numbers import is_number
from fmproof.lang.props import AtMost, Equals, Positive, Prop, VanishesWith
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.meaning.environment import NoNumbers, OverBudget
from fmproof.meaning.hypotheses import at_values
from fmproof.meaning.interpretation import AnyArray
from fmproof.meaning.ladder import Ladder, coordinates
from fmproof.meaning.nodes import TooLarge
from fmproof.meaning.outcome import NumericOutcome
from fmproof.meaning.steps import WitnessedStep
from fmproof.meaning.world import World

_MAX_PLANE_COORDINATES = 5
_COSTLY = 4  # more coordinates than this, and only a few of the problems are evaluated
_FEW = 4
_ATTEMPTS = 80  # at making a counterexample simpler
_BUDGET = 5e6  # evaluations of one term on one grid
_START = {0: 2, 1: 2, 2: 2, 3: 2}  # coordinates -> the first grid; a coarser one for more
_REFINEMENTS = 2
_VALUES = 3  # at which what holds "for every" value is tried


class EvaluatedWorld:
    """A world and its evaluation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._outcomes: dict[tuple[WitnessedStep, bool], NumericOutcome] = {}

    @cached_property
    def ladder(self) -> Ladder:
        return Ladder(self.world.interpretation(), self.world.values(), _BUDGET)

    @cached_property
    def _few(self) -> EvaluatedWorld:
        return EvaluatedWorld(self.world.part(0, _FEW))

    def judge(self, line: WitnessedStep, thorough: bool = False) -> NumericOutcome:
        """Both sides on finer and finer grids until every problem is decided.

        Args:
            thorough: begin with grids that are finer, and compare three of them.
        """
        world = self.world
        nested = max(
            coordinates(term, world.dim, world.linear) for term in (line.before, line.claim)
        )
        if world.dim > 1 and (nested > _MAX_PLANE_COORDINATES or _in_parameters(line)):
            return NumericOutcome.unknown(world.size)
        if nested > _COSTLY and world.size > _FEW:
            return self._few.judge(line, thorough).followed_by(world.size - _FEW)
        outcome = NumericOutcome.unknown(world.size)
        start = _START.get(nested, 1) + (1 if thorough else 0)
        for level in range(start, start + _REFINEMENTS):
            try:
                before, claim = (
                    self.ladder.read(term, level, 3 if thorough and level > 1 else 2)
                    for term in (line.before, line.claim)
                )
            except (TooLarge, OverBudget):
                break
            except NoNumbers as error:
                return replace(NumericOutcome.unknown(world.size), reason=str(error))
            outcome = NumericOutcome.of(before, claim, line.relation)
            if not outcome.undecided or outcome.diverges:
                break
        return outcome

    def satisfies(self, prop: Prop, name: str) -> AnyArray:
        """Whether a proposition holds at random values of what it binds, (P,)."""
        holds = np.ones(self.world.size, dtype=bool)
        said, more = at_values(prop, self.world.variables)
        line = _denied(said, name) or _claimed(said, name)
        if line is None:
            return holds
        for i in range(_VALUES if more else 1):
            batch = self
            if more:  # those in front use up random numbers
                variables = (*self.world.variables, *more * i, *more)
                batch = EvaluatedWorld(replace(self.world, variables=variables))
            outcome = batch.judge(line)
            holds &= outcome.refuted if _denied(said, name) else outcome.agrees
        return holds


def simplest(batch: EvaluatedWorld, line: WitnessedStep) -> EvaluatedWorld:
    """A simpler world in which the step is refuted as well."""
    attempts = 0
    while True:
        for world in batch.world.simpler():
            attempts += 1
            if attempts > _ATTEMPTS:
                return batch
            candidate = EvaluatedWorld(world)
            if candidate.judge(line, thorough=True).refuted[0]:
                batch = candidate
                break
        else:
            return batch


@dataclass(frozen=True)
class Usable:
    """Batches, and which of their problems satisfy the hypotheses of a derivation.

    Attributes:
        counts: (P,) for each batch.
        broken: a hypothesis that some problem does not satisfy, in words.
    """

    batches: tuple[EvaluatedWorld, ...]
    counts: tuple[AnyArray, ...]
    broken: str = ""

    @classmethod
    def of(cls, batches: tuple[EvaluatedWorld, ...], hypotheses: Sequence[Any]) -> Usable:
        """Integrability, differentiability, domination and supports hold in every world;
        equations, inequalities and signs are evaluated."""
        counts = [np.ones(batch.world.size, dtype=bool) for batch in batches]
        broken = ""
        for hypothesis in hypotheses:
            for batch, usable in zip(batches, counts, strict=True):
                usable &= batch.satisfies(hypothesis.prop, hypothesis.name)
            if not all(usable.all() for usable in counts):
                broken = broken or f"{hypothesis.name}: {text(hypothesis.prop)}"
        return cls(batches, tuple(counts), broken)


def _claimed(said: Any, name: str) -> WitnessedStep | None:
    """The comparison that a proposition is, if it is one."""
    if isinstance(said, Equals | AtMost):
        return WitnessedStep(name, said.lhs, said.rhs, "=" if isinstance(said, Equals) else "≤")
    return None


def _denied(said: Any, name: str) -> WitnessedStep | None:
    """The comparison that a proposition says to be false, if it says so."""
    if isinstance(said, Positive):
        return WitnessedStep(name, said.args[0], S.Zero, "≤")
    if isinstance(said, VanishesWith) and is_number(said.args[0]):
        return WitnessedStep(name, said.args[1], S.Zero, "=")
    return None


def _in_parameters(line: WitnessedStep) -> bool:
    """Whether the sides are gradients or minimisers, which cost a value for each parameter."""
    return {sort_of(line.before), sort_of(line.claim)} <= {Sort.GRADIENT, Sort.SET}
