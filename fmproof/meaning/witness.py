"""The second witness: both sides of every step of a derivation, on random problems.

A step is evaluated as its author wrote it, the line before and the claim, and the rule that it
names is never looked at. Numbers corroborate or refute; they never prove.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, cached_property, partial
from typing import Any, Literal, Protocol

import numpy as np
from sympy import Basic, Expr, S, preorder_traversal

from fmproof.errors import InputError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Head, Let, Var
from fmproof.lang.numbers import is_number
from fmproof.lang.props import AtMost, Equals, Positive, Prop, VanishesWith
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.meaning.environment import NoNumbers, OverBudget
from fmproof.meaning.hypotheses import Asked, at_values, bowls, path_heads
from fmproof.meaning.interpretation import AnyArray
from fmproof.meaning.ladder import Ladder, coordinates
from fmproof.meaning.nodes import TooLarge
from fmproof.meaning.reading import MeasuredValues
from fmproof.meaning.roles import Cast, check_time, symbols_of
from fmproof.meaning.world import World
from fmproof.meaning.written import variables_of
from fmproof.models.problem import Problem
from fmproof.report.model import Numeric

PROBLEMS = 20
SEED = 0

_IN_PLANE = 20  # one problem in so many is in two dimensions
_ON_POINTS = 4  # in one of so many, laws without a density are laws on points
_MAX_PLANE_COORDINATES = 5
_COSTLY = 4  # more coordinates than this, and only a few of the problems are evaluated
_FEW = 4
_CLEARLY = 4.0  # times the error bound, and a difference is no longer an accident
_INFORMATIVE = 0.05  # an error bound beyond this share of the magnitude says nothing
_ATTEMPTS = 80  # at making a counterexample simpler
_BUDGET = 5e6  # evaluations of one term on one grid
_START = {0: 2, 1: 2, 2: 2, 3: 2}  # coordinates -> the first grid; a coarser one for more
_REFINEMENTS = 2
_VALUES = 3  # at which what holds "for every" value is tried

RelationSign = Literal["=", "≤", "≥"]
Props = tuple[Prop, ...]
Linear = frozenset[Head]


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


def _arguments(term: Basic) -> set[Var]:
    """The variables in what symbols are applied to, where a real is likely to be a time."""
    found: set[Var] = set()
    for node in preorder_traversal(term):
        if isinstance(node, Apply):
            found.update(*map(variables_of, node.arguments))
    return found


def _put(term: Expr, values: Mapping[Var, Expr]) -> Expr:
    return substitute(term, values) if values else term


def check_steps(
    derivation: DerivationLike,
    problems: int = PROBLEMS,
    seed: int = SEED,
    problem: Problem | None = None,
) -> dict[str, Numeric]:
    """The verdict of the numbers on each step, by the step's id.

    Args:
        derivation: a derivation; its hypotheses restrict the problems that count.
        problems: how many random ones; one in twenty is in two dimensions, the rest in one.
        seed: the same seed gives the same problems and the same verdicts.
        problem: check on this one instead.

    Raises:
        InputError: ``problems`` is not positive, or the problem does not fit the derivation.
    """
    return Witness(problems, seed, problem).check(derivation)


class _Kind(Enum):
    """What symbols mean, in the order in which it is tried."""

    PROBLEMS = "some play a part in a problem"
    DECAYING = "all decay"
    QUADRATIC = "functions of one vector are quadratic"


_KINDS = (_Kind.PROBLEMS, _Kind.DECAYING)
_ON_QUADRATICS = "in which functions of one vector are quadratic"  # which shows less


class Witness:
    """Checks derivations one after another; those about the same symbols share their numbers."""

    def __init__(
        self,
        problems: int = PROBLEMS,
        seed: int = SEED,
        problem: Problem | None = None,
        only_times: bool = False,
        simplify: bool = True,
        in_plane: int | None = None,
    ) -> None:
        """Args as of :func:`check_steps`, and three more.

        Args:
            only_times: every real is one, between 0 and 1.
            in_plane: how many of the problems are in two dimensions; by default one in twenty.
            simplify: whether a counterexample is made simple, for a reader; it takes a while.
        """
        if problems < 1:
            raise InputError(f"problems: expected at least 1, found {problems}")
        if seed < 0:
            raise InputError(f"seed: expected a number that is not negative, found {seed}")
        self._problems = problems
        self._seed = seed
        self._problem = problem
        self._only_times = only_times
        self._simplify = simplify
        self._in_plane = problems // _IN_PLANE if in_plane is None else in_plane
        self._target = ""
        self._known: dict[Hashable, tuple[_Batch, ...]] = {}

    def check(
        self,
        derivation: DerivationLike,
        target: str | None = None,
        progress: Callable[[], None] | None = None,
    ) -> dict[str, Numeric]:
        """The verdict on each step.

        Args:
            target: how ``fmproof verify`` is told to check the derivation; by default its name.
            progress: called after each step.
        """
        self._target = derivation.name if target is None else target
        lines = list(lines_of(derivation))
        terms: list[Basic] = [term for line in lines for term in (line.before, line.claim)]
        props = tuple(h.prop for h in derivation.hypotheses)
        heads = symbols_of([*terms, *props])
        linear = path_heads([*terms, *props])
        free = {v for term in (*terms, *props) for v in variables_of(term)}
        more = (v for v in free.difference(derivation.variables) if v.sort is not Sort.PARAM)
        variables = (*derivation.variables, *sorted(more, key=lambda v: (v.name, v.sort.value)))
        times = set().union(*map(variables_of, props), *map(_arguments, terms))
        anywhere = frozenset() if self._only_times else frozenset(free - times)

        quadratic = bowls(heads, props)

        @cache
        def usable(kind: _Kind) -> _Usable:
            own = quadratic if kind is _Kind.QUADRATIC else frozenset[Head]()
            decaying = kind is not _Kind.PROBLEMS
            batches = self._batches(heads, variables, decaying, props, linear, anywhere, own)
            return _Usable.of(batches, derivation.hypotheses)

        found: dict[str, Numeric] = {}
        for line in lines:
            kinds: tuple[_Kind, ...] = _KINDS
            if quadratic and sort_of(line.claim) is Sort.SET:  # which a quadratic loss has
                kinds = (*_KINDS, _Kind.QUADRATIC)
            found[line.id] = self._verdict(line, kinds, usable)
            if progress is not None:
                progress()
        return found

    def _verdict(
        self, line: WitnessedStep, kinds: Sequence[_Kind], worlds: Callable[[_Kind], _Usable]
    ) -> Numeric:
        """On problems; where they decide nothing, in worlds in which every integral converges, and
        of minimisers in worlds in which functions have some that can be found."""
        for kind in kinds:
            usable = worlds(kind)
            said = _ON_QUADRATICS if kind is _Kind.QUADRATIC else ""
            outcomes = [batch.judge(line) for batch in usable.batches]
            agreeing, worst = 0, 0.0
            for batch, counts, outcome in zip(usable.batches, usable.counts, outcomes, strict=True):
                for index in np.flatnonzero(counts & outcome.refuted):
                    alone = _Batch(batch.world.part(int(index), int(index) + 1))
                    if alone.judge(line, thorough=True).refuted[0]:
                        found = _simplified(alone, line) if self._simplify else alone
                        return self._refutation(line, found)
                agrees = counts & outcome.agrees
                agreeing += int(agrees.sum())
                worst = max(worst, float(outcome.ratio[agrees].max(initial=0.0)))
            if agreeing:
                return Numeric("agrees", agreeing, worst, message=said)
            if self._problem is not None:
                break
        return Numeric("inconclusive", 0, None, message=_why(usable, outcomes))

    def _batches(
        self,
        heads: Sequence[Head],
        variables: tuple[Var, ...],
        decaying: bool,
        props: Props,
        linear: Linear,
        anywhere: frozenset[Var],
        quadratic: frozenset[Head],
    ) -> tuple[_Batch, ...]:
        symbols = frozenset(h for h in heads if h.definition is None)
        key = symbols, variables, decaying, Asked.of(props), linear, anywhere, quadratic
        if key not in self._known:
            worlds = self._worlds(heads, variables, decaying, props, linear, anywhere, quadratic)
            self._known[key] = tuple(_Batch(world) for world in worlds)
        return self._known[key]

    def _worlds(
        self,
        heads: Sequence[Head],
        variables: tuple[Var, ...],
        decaying: bool,
        props: Props,
        linear: Linear,
        anywhere: frozenset[Var],
        quadratic: frozenset[Head],
    ) -> list[World]:
        if self._problem is not None:
            cast = Cast.of(heads)
            if "time" not in cast.parts:
                check_time(self._problem, heads)
            return [World.of(self._problem, cast, variables, self._seed, linear)]
        cast = Cast.of(heads, ("data", "path", "velocity", "model"))
        if decaying or "path" not in cast.parts:
            cast = Cast.of(heads, ())
        plane = self._in_plane
        some = any(head.draws and not head.is_density for head in heads)
        points = self._problems // _ON_POINTS if some and plane < self._problems else 0
        world = partial(World.random, linear=linear, anywhere=anywhere, bowls=quadratic)
        worlds = [
            world(dim, cast, variables, self._seed, count, props)
            for dim, count in ((1, self._problems - plane - points), (2, plane))
            if count
        ]
        if points:
            cast = Cast.of(heads, ())
            worlds.append(world(1, cast, variables, self._seed, points, props, True))
        return worlds

    def _refutation(self, line: WitnessedStep, batch: _Batch) -> Numeric:
        outcome = batch.judge(line, thorough=True)
        if batch.world.is_problem:
            options = "--problem FILE"
        else:
            options = f"--problems {self._problems} --seed {self._seed}"
        return Numeric(
            status="refuted",
            problems=1,
            worst=float(outcome.ratio[0]),
            counterexample=f"# step {line.id}: {outcome.words()}\n{batch.world.describe()}",
            reproduce=f"fmproof verify {self._target} {options}",
        )


@dataclass(frozen=True)
class NumericOutcome:
    """Both sides of a step in P problems.

    Attributes:
        ratio: (P,), the difference in the forbidden direction over the error bound.
        agrees, refuted: (P,); neither where the numbers are too inaccurate to tell.
        reason: why there are no numbers at all, if there are none.
    """

    before: MeasuredValues
    claim: MeasuredValues
    ratio: AnyArray
    agrees: AnyArray
    refuted: AnyArray
    reason: str = ""

    @classmethod
    def of(
        cls, before: MeasuredValues, claim: MeasuredValues, relation: RelationSign
    ) -> NumericOutcome:
        gap = claim.value - before.value
        gap = {"=": np.abs(gap), "≤": -gap, "≥": gap}[relation]
        bound = before.error + claim.error
        with np.errstate(all="ignore"):
            ratios = np.where(gap <= 0, 0.0, gap / bound)
        ratio = ratios.max(axis=-1)
        known = (np.isfinite(bound) & np.isfinite(ratios)).all(axis=-1)
        sizes = np.maximum(before.magnitude, claim.magnitude)
        informative = (bound <= _INFORMATIVE * sizes).all(axis=-1)
        return cls(
            before,
            claim,
            np.where(known, ratio, np.inf),
            known & informative & (ratio <= 1),
            known & informative & (ratio > _CLEARLY),
        )

    @classmethod
    def unknown(cls, size: int) -> NumericOutcome:
        """Nothing is known of any problem."""
        reading = MeasuredValues.of(
            np.zeros((size, 1)), np.full((size, 1), np.inf), np.zeros((size, 1))
        )
        return cls.of(reading, reading, "=")

    def followed_by(self, size: int) -> NumericOutcome:
        """With so many more problems of which nothing is known."""
        more = NumericOutcome.unknown(size)
        return NumericOutcome(
            self.before,
            self.claim,
            np.concatenate([self.ratio, more.ratio]),
            np.concatenate([self.agrees, more.agrees]),
            np.concatenate([self.refuted, more.refuted]),
            self.reason,
        )

    @property
    def undecided(self) -> bool:
        return not (self.agrees | self.refuted).all()

    @property
    def diverges(self) -> bool:
        """Whether a side has no value in any problem."""
        sizes = np.maximum(self.before.magnitude, self.claim.magnitude)
        return bool(np.isinf(sizes).any(axis=-1).all())

    def words(self) -> str:
        """The two sides in the first problem."""
        return f"the line before is {_shown(self.before)}, the claim {_shown(self.claim)}"


def _shown(reading: MeasuredValues) -> str:
    parts = [
        f"{value:.10g} ± {error:.1g}"
        for value, error in zip(reading.value[0], reading.error[0], strict=True)
    ]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


class _Batch:
    """A world and its evaluation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._outcomes: dict[tuple[WitnessedStep, bool], NumericOutcome] = {}

    @cached_property
    def ladder(self) -> Ladder:
        return Ladder(self.world.interpretation(), self.world.values(), _BUDGET)

    @cached_property
    def _few(self) -> _Batch:
        return _Batch(self.world.part(0, _FEW))

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
                batch = _Batch(replace(self.world, variables=variables))
            outcome = batch.judge(line)
            holds &= outcome.refuted if _denied(said, name) else outcome.agrees
        return holds


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


def _simplified(batch: _Batch, line: WitnessedStep) -> _Batch:
    """A simpler world in which the step is refuted as well."""
    attempts = 0
    while True:
        for world in batch.world.simpler():
            attempts += 1
            if attempts > _ATTEMPTS:
                return batch
            candidate = _Batch(world)
            if candidate.judge(line, thorough=True).refuted[0]:
                batch = candidate
                break
        else:
            return batch


# --- hypotheses -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Usable:
    """Batches, and which of their problems satisfy the hypotheses of a derivation.

    Attributes:
        counts: (P,) for each batch.
        broken: a hypothesis that some problem does not satisfy, in words.
    """

    batches: tuple[_Batch, ...]
    counts: tuple[AnyArray, ...]
    broken: str = ""

    @classmethod
    def of(cls, batches: tuple[_Batch, ...], hypotheses: Sequence[Any]) -> _Usable:
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


def _why(usable: _Usable, outcomes: Sequence[NumericOutcome]) -> str:
    if usable.broken and not any(counts.any() for counts in usable.counts):
        return f"no random problem satisfies {usable.broken}"
    if any(outcome.reason for outcome in outcomes):
        return next(outcome.reason for outcome in outcomes if outcome.reason)
    if any(outcome.diverges for outcome in outcomes):
        return "an integral does not seem to converge"
    return "no problem gave both sides accurately enough"
