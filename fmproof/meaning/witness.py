"""The second witness: both sides of every step of a derivation, on random problems.

A step is evaluated as its author wrote it, the line before and the claim, and the rule that it
names is never looked at. Numbers corroborate or refute; they never prove.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from enum import Enum
from functools import cache, partial

import numpy as np
from sympy import Basic, preorder_traversal

from fmproof.errors import InputError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Head, Var
from fmproof.lang.props import Prop
from fmproof.lang.sorts import Sort
from fmproof.meaning.evaluated import EvaluatedWorld, Usable, simplest
from fmproof.meaning.hypotheses import Asked, bowls, path_heads
from fmproof.meaning.outcome import NumericOutcome
from fmproof.meaning.roles import Cast, check_time, symbols_of
from fmproof.meaning.steps import DerivationLike, WitnessedStep, lines_of
from fmproof.meaning.world import World
from fmproof.meaning.written import variables_of
from fmproof.models.problem import Problem
from fmproof.report.model import Numeric

PROBLEMS = 20
SEED = 0

_IN_PLANE = 20  # one problem in so many is in two dimensions
_ON_POINTS = 4  # in one of so many, laws without a density are laws on points

Props = tuple[Prop, ...]
Linear = frozenset[Head]


def _arguments(term: Basic) -> set[Var]:
    """The variables in what symbols are applied to, where a real is likely to be a time."""
    found: set[Var] = set()
    for node in preorder_traversal(term):
        if isinstance(node, Apply):
            found.update(*map(variables_of, node.arguments))
    return found


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
        self._known: dict[Hashable, tuple[EvaluatedWorld, ...]] = {}

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
        def usable(kind: _Kind) -> Usable:
            own = quadratic if kind is _Kind.QUADRATIC else frozenset[Head]()
            decaying = kind is not _Kind.PROBLEMS
            batches = self._batches(heads, variables, decaying, props, linear, anywhere, own)
            return Usable.of(batches, derivation.hypotheses)

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
        self, line: WitnessedStep, kinds: Sequence[_Kind], worlds: Callable[[_Kind], Usable]
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
                    alone = EvaluatedWorld(batch.world.part(int(index), int(index) + 1))
                    if alone.judge(line, thorough=True).refuted[0]:
                        found = simplest(alone, line) if self._simplify else alone
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
    ) -> tuple[EvaluatedWorld, ...]:
        symbols = frozenset(h for h in heads if h.definition is None)
        key = symbols, variables, decaying, Asked.of(props), linear, anywhere, quadratic
        if key not in self._known:
            worlds = self._worlds(heads, variables, decaying, props, linear, anywhere, quadratic)
            self._known[key] = tuple(EvaluatedWorld(world) for world in worlds)
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

    def _refutation(self, line: WitnessedStep, batch: EvaluatedWorld) -> Numeric:
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


def _why(usable: Usable, outcomes: Sequence[NumericOutcome]) -> str:
    if usable.broken and not any(counts.any() for counts in usable.counts):
        return f"no random problem satisfies {usable.broken}"
    if any(outcome.reason for outcome in outcomes):
        return next(outcome.reason for outcome in outcomes if outcome.reason)
    if any(outcome.diverges for outcome in outcomes):
        return "an integral does not seem to converge"
    return "no problem gave both sides accurately enough"
