"""The sampling method: randomised quasi-Monte Carlo and plain Monte Carlo, in any dimension.

A sample is a point of the unit cube of dimension 2 + 2d, turned into a time, a component, a
place in it and a noise. Independent replicates (scrambles of one Sobol sequence, or seeds of a
generator) give independent means, and Student's t their confidence interval. The points are
streamed: memory does not grow with their number.

The constant is estimated as C = -E tr Cov(u_t(x given Z) given X_t = x), the estimator with the
least variance; C1 and C2 are there as well, each from its own side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal, Protocol

import numpy as np

from fmproof.errors import InputError
from fmproof.losses.estimate import Estimate
from fmproof.losses.lattice import BoolArray
from fmproof.losses.quantities import Columns, Points, Quantity, Target, check, shaped
from fmproof.losses.time_axis import LATEST
from fmproof.losses.unseen import Unseen
from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem

Kind = Literal["sobol", "monte-carlo"]
Progress = Callable[[int, int, str, float, float], None]

LEVEL = 0.99
"""Confidence level of the intervals, unless another is asked for."""

_REPLICATES = 16
_FIRST_POINTS = 64  # of each replicate; doubled until _CHUNK
_CHUNK = 2**13  # points of all replicates that are evaluated at once, at the most
_OVERFLOWS = np.errstate(over="ignore", invalid="ignore")  # are unknown, and no warning
_WITHOUT_MODEL: set[Quantity] = {"C1", "C2", "floor"}
_HIGH = 4  # degree of a model from which on tails decide; that of one that is no polynomial
_EFFECTIVE = 10  # samples of each replicate that an interval needs at the least
# Of a value: what sums lose, and times later than LATEST. Replicates of a constant all agree.
_ROUNDOFF = 1e-12
_SMALLEST = 2.0**-31  # of the uniform numbers: half of what Sobol points resolve


@dataclass(frozen=True)
class State:
    """Where a run stands; enough to continue it.

    Attributes:
        seed, kind, replicates: what the points are made from.
        points: how many of each replicate were used.
        sums: (replicates, Q), the sums of the integrands.
        sizes: (2, Q), the sums of their absolute values and of their squares.
    """

    seed: int
    kind: Kind
    replicates: int
    points: int
    sums: FloatArray
    sizes: FloatArray


class _Source(Protocol):
    """A stream of points in the unit cube."""

    def random(self, n: int) -> FloatArray: ...


class _Uniform:
    def __init__(self, dim: int, rng: np.random.Generator, skip: int) -> None:
        self._dim, self._rng = dim, rng
        while skip > 0:
            self.random(min(skip, _CHUNK))
            skip -= _CHUNK

    def random(self, n: int) -> FloatArray:
        return self._rng.random((n, self._dim))


def _source(kind: Kind, dim: int, rng: np.random.Generator, skip: int) -> _Source:
    if kind == "monte-carlo":
        return _Uniform(dim, rng, skip)
    from scipy.stats import qmc

    sobol = qmc.Sobol(dim, scramble=True, rng=rng)
    if skip:
        sobol.fast_forward(skip)
    return sobol  # type: ignore[no-any-return]


class Sampling:
    """A run that can be stopped at any time and continued later.

    Iterating over it yields the estimates so far, each from more points than the one before,
    without end.

    Args:
        problem: in any dimension, with any model.
        quantities: names as in :mod:`fmproof.losses.quantities`.
        seed: of the randomisation.
        kind: "sobol" or "monte-carlo".
        replicates: how many independent ones there are, at least 2.
        level: of the confidence intervals.
        state: of an earlier run on the same problem and quantities, to continue it.

    Raises:
        InputError: an unknown quantity or kind, or a state that does not fit.
    """

    def __init__(
        self,
        problem: Problem,
        quantities: Iterable[str],
        seed: int = 0,
        kind: Kind = "sobol",
        replicates: int = _REPLICATES,
        level: float = LEVEL,
        state: State | None = None,
    ) -> None:
        self.problem = problem
        self.quantities = check(problem, quantities)
        if kind not in ("sobol", "monte-carlo"):
            raise InputError(f"kind: expected 'sobol' or 'monte-carlo', found {kind!r}")
        if seed < 0:
            raise InputError(f"seed: expected 0 or a positive integer, found {seed}")
        if replicates < 2:
            raise InputError(f"replicates: expected at least 2, found {replicates}")
        if not 0 < level < 1:
            raise InputError(f"level: expected a number between 0 and 1, found {level:g}")
        self.level = level
        wanted = ["floor" if name == "C" else name for name in self.quantities]
        self._marginal = Columns.marginal(problem, wanted)
        self._joint = Columns.joint(problem, wanted)
        width = self._marginal.width + self._joint.width
        if state is None:
            state = State(
                seed, kind, replicates, 0, np.zeros((replicates, width)), np.zeros((2, width))
            )
        elif state.sums.shape != (state.replicates, width):
            raise InputError(
                f"state: expected sums of shape {(state.replicates, width)} for these "
                f"quantities, found {state.sums.shape}"
            )
        self.state = state
        self._unseen = Unseen(problem)
        self._seconds = 0.0

    def __iter__(self) -> Iterator[dict[Quantity, Estimate]]:
        state = self.state
        cube = 2 + 2 * self.problem.dim
        seeds = np.random.SeedSequence(state.seed).spawn(state.replicates)
        sources = [
            _source(state.kind, cube, np.random.default_rng(seed), state.points) for seed in seeds
        ]
        largest = max(_FIRST_POINTS, _CHUNK // state.replicates)
        points = _FIRST_POINTS
        while True:
            start = perf_counter()
            found = np.stack([self._sums(source.random(points)) for source in sources])
            self.state = replace(
                self.state,
                points=self.state.points + points,
                sums=self.state.sums + found[:, 0],
                sizes=self.state.sizes + found[:, 1:].sum(axis=0),
            )
            self._seconds += perf_counter() - start
            yield self.estimates()
            points = min(largest, self.state.points)  # keeps Sobol's points in powers of two

    @_OVERFLOWS
    def _sums(self, cube: FloatArray) -> FloatArray:
        """The sums over a batch of points of the unit cube of all integrands, of their absolute
        values and of their squares, (3, Q)."""
        from scipy.special import ndtri

        problem, dim = self.problem, self.problem.dim
        cube = np.clip(cube, _SMALLEST, 1 - np.finfo(np.float64).epsneg)
        t = np.minimum(problem.time.quantile(cube[:, 0]), LATEST)
        z = problem.data.from_noise(cube[:, 1], ndtri(cube[:, 2 : 2 + dim]))
        eps = ndtri(cube[:, 2 + dim :])
        points = Points(problem.model, t, problem.interpolate(t, z, eps))
        tables = []
        if self._marginal.width:
            variance = None
            if self._marginal.needs_variance:
                variance = problem.conditional_variance(t, points.x)
            target = Target(problem.marginal_velocity(t, points.x), variance)
            tables.append(self._marginal.table(points, target)[0])
        if self._joint.width:
            tables.append(self._joint.table(points, Target(problem.target(t, z, eps)))[0])
        table = np.concatenate(tables, axis=1)
        return np.stack([part.sum(axis=0) for part in (table, np.abs(table), table**2)])

    @_OVERFLOWS
    def estimates(self) -> dict[Quantity, Estimate]:
        """What is known now; raises ``InputError`` before the first points."""
        if self.state.points == 0:
            raise InputError("no samples yet")
        from scipy.special import stdtrit

        means = self.state.sums / self.state.points
        centre = means.mean(axis=0)
        count = self.state.replicates
        spread = means.std(axis=0, ddof=1) / np.sqrt(count)
        error = stdtrit(count - 1, 0.5 + self.level / 2) * spread + _ROUNDOFF * np.abs(centre)
        samples = self.state.points * count
        if self._unseen.components(samples):
            error = np.full_like(error, np.inf)
        joint = error[self._marginal.width :]  # a view
        for name, hidden in self._unseen.times(samples).items():
            for side, columns in ((error, self._marginal), (joint, self._joint)):
                if name in columns.slices:
                    side[columns.slices[name]] += hidden
        known = np.isfinite(centre) & ~self._few_matter()
        error = np.where(known, error, np.inf)
        cost = {
            "samples": samples,
            "seconds": self._seconds,
            "seed": self.state.seed,
            "kind": self.state.kind,
            "level": self.level,
        }
        return {
            name: Estimate(
                self._shaped(name, centre), self._shaped(name, error, 1), "sampling", cost=cost
            )
            for name in self.quantities
        }

    def _few_matter(self) -> BoolArray:
        """Of which integrals (Q,) of the model a few samples make up all: the tail that a high
        degree weighs most is beyond them, and their spread tells nothing of it.

        (sum |f|)^2 / sum f^2 is the effective number of samples (Kish, Survey Sampling, 1965).
        What hides in time is :class:`Unseen`'s.
        """
        sizes, squares = self.state.sizes
        degree = max(self._marginal.degree or _HIGH, self._joint.degree or _HIGH)
        if degree < _HIGH:
            return np.zeros(len(sizes), dtype=np.bool_)
        with np.errstate(invalid="ignore", divide="ignore"):
            few = (sizes > 0) & (sizes**2 / squares < _EFFECTIVE * self.state.replicates)
        for columns, start in ((self._marginal, 0), (self._joint, self._marginal.width)):
            for name in _WITHOUT_MODEL & columns.slices.keys():
                few[start:][columns.slices[name]] = False
        return np.asarray(few)

    def _shaped(self, name: Quantity, columns: FloatArray, sign: int = -1) -> Any:
        source: Quantity = "floor" if name == "C" else name
        if source in self._marginal.slices:
            part = columns[self._marginal.slices[source]]
        else:
            part = columns[self._marginal.width :][self._joint.slices[source]]
        return shaped(self.problem, name, part * (sign if name == "C" else 1))


def evaluate(
    problem: Problem,
    quantities: Iterable[str],
    tolerance: float = 1e-3,
    max_samples: int = 2**20,
    seed: int = 0,
    kind: Kind = "sobol",
    level: float = LEVEL,
    progress: Progress | None = None,
) -> dict[Quantity, Estimate]:
    """Sample until every quantity is known to the relative ``tolerance``.

    An interrupt (Ctrl-C) ends the run and gives what is known by then; ``cost["interrupted"]``
    says so.

    Args:
        tolerance: half the width of the interval aimed at, relative to the value (of a vector
            to its largest entry).
        max_samples: how many samples may be spent.
        seed, kind, level: as for :class:`Sampling`.
        progress: called with the samples drawn, ``max_samples``, and the name, value and error
            of the quantity that is farthest from the tolerance.

    Raises:
        InputError: as for :class:`Sampling`, and for a number out of range.
    """
    if not tolerance > 0:
        raise InputError(f"tolerance: expected a positive number, found {tolerance:g}")
    if not max_samples > 0:
        raise InputError(f"max_samples: expected a positive number, found {max_samples:g}")
    run = Sampling(problem, quantities, seed, kind, level=level)
    found: dict[Quantity, Estimate] = {}
    try:
        for found in run:
            name, ratio = _worst(found, tolerance)
            drawn = run.state.points * run.state.replicates
            if progress is not None:
                progress(drawn, max_samples, name, *_largest(found[name]))
            if ratio <= 1 or drawn >= max_samples:
                break
    except KeyboardInterrupt:
        if not found:
            raise
        found = {
            name: replace(estimate, cost={**estimate.cost, "interrupted": True})
            for name, estimate in found.items()
        }
    return found


def _largest(estimate: Estimate) -> tuple[float, float]:
    """The largest entry of a value and of its error, in absolute value."""
    return float(np.max(np.abs(estimate.value))), float(np.max(estimate.error))


def _worst(found: dict[Quantity, Estimate], tolerance: float) -> tuple[Quantity, float]:
    """The quantity that is farthest from the tolerance, and how many times it exceeds it."""
    ratios: dict[Quantity, float] = {}
    for name, estimate in found.items():
        value, error = _largest(estimate)
        ratios[name] = error / (tolerance * value) if value else (np.inf if error else 0.0)
    name = max(ratios, key=lambda key: ratios[key])
    return name, ratios[name]
