"""The sampling method: randomised quasi-Monte Carlo and plain Monte Carlo, in any dimension.

A sample is a point of the unit cube of dimension 2 + 2d, turned into a time, a component, a
place in it and a noise (2 + d where components are points); times and components have weights
(``proposal.py``). Independent replicates (scrambles of one Sobol sequence, or seeds of a generator)
give independent means, and Student's t their confidence interval. The points are streamed: memory
does not grow with their number.

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
from fmproof.losses.proposal import Proposal
from fmproof.losses.quantities import (
    Columns,
    PointBatch,
    Quantity,
    Target,
    checked_quantities,
    shaped,
)
from fmproof.losses.unseen import Unseen
from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.mixture import GaussianMixture
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity

SamplingKind = Literal["sobol", "monte-carlo"]
SamplingProgress = Callable[[int, int, str, float, float], None]

_LEVEL = 0.99
"""Confidence level of the intervals, unless another is asked for."""

_REPLICATES = 16
_FIRST_POINTS = 64  # of each replicate; doubled until _CHUNK
_NUMBERS = 2**19  # of the cube's that are evaluated together
# Points of all replicates in a batch, at the most; and where they take so few operations that what
# a batch costs beside its points counts.
_CHUNK, _LONG_CHUNK, _QUICK = 2**13, 2**15, 2**16
# What a first batch is foreseen to take: operations a second on a slow machine, and how many times
# longer than that is out of reach; those of a component beside its coordinates; points and seconds
# that are always tried.
_SLOWEST, _LONGEST, _OVERHEAD, _FEWEST, _LEAST_SECONDS = 2e9, 2e10, 20, 4, 0.5
_OVERFLOWS = np.errstate(over="ignore", invalid="ignore")  # are unknown, and no warning
_WITHOUT_MODEL: set[Quantity] = {"C1", "C2", "floor"}
_HIGH = 4  # degree of a model from which on tails decide; that of one that is no polynomial
_EFFECTIVE = 10  # samples of each replicate that an interval needs at the least
# Of a value: what sums lose, and times later than LATEST. Replicates of a constant all agree.
_ROUNDOFF = 1e-12
# Of a velocity: what it loses.
_DIGITS = 16 * float(np.finfo(np.float64).eps)
# With the 30 bits that are usual, the mean of a Sobol sequence is off by 5e-10.
_SOBOL_BITS = 52
# Beyond so many coordinates Sobol points take seconds to begin with, and are hardly better than
# uniform ones.
_SOBOL_DIMS = 256
_SMALLEST = 2.0**-53  # of the uniform numbers: half of what Sobol points resolve


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
    kind: SamplingKind
    replicates: int
    points: int
    sums: FloatArray
    sizes: FloatArray


class _Source(Protocol):
    """A stream of points in the unit cube."""

    def random(self, n: int) -> FloatArray: ...


class _Uniform:
    """Independent uniform points of the cube of dimension ``dim``."""

    def __init__(self, dim: int, rng: np.random.Generator) -> None:
        self._dim, self._rng = dim, rng

    def random(self, n: int) -> FloatArray:
        return self._rng.random((n, self._dim))


class _Padded:
    """Points whose first coordinates are one source's, the others uniform."""

    def __init__(self, first: _Source, rest: _Uniform) -> None:
        self._sources = first, rest

    def random(self, n: int) -> FloatArray:
        return np.concatenate([source.random(n) for source in self._sources], axis=1)


def _source(kind: SamplingKind, dim: int, rng: np.random.Generator, skip: int) -> _Source:
    """A source of points that has given ``skip`` of them."""
    source: _Source
    if kind == "monte-carlo":
        source = _Uniform(dim, rng)
    else:
        from scipy.stats import qmc

        first = min(dim, _SOBOL_DIMS)
        source = qmc.Sobol(first, scramble=True, bits=_SOBOL_BITS, rng=rng)
        if first < dim:
            source = _Padded(source, _Uniform(dim - first, rng.spawn(1)[0]))
    while skip > 0:  # SciPy's fast_forward fails with more than 32 bits
        some = min(skip & -skip, _CHUNK)  # powers of two, which Sobol's points are to come in
        source.random(some)
        skip -= some
    return source


def _cubes(sources: list[_Source], points: int) -> FloatArray:
    """The next ``points`` of each source, away from the cube's faces, (R, points, .)."""
    drawn = [source.random(points) for source in sources]
    found = np.empty((len(drawn), *drawn[0].shape))
    for some, out in zip(drawn, found, strict=True):
        np.clip(some, _SMALLEST, 1 - np.finfo(np.float64).epsneg, out=out)
    return found


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
        level: of the confidence intervals; those of a vector's entries hold together.
        state: of an earlier run on the same problem and quantities, to continue it.

    Raises:
        InputError: an unknown quantity or kind, or a state that does not fit.
    """

    def __init__(
        self,
        problem: Problem,
        quantities: Iterable[str],
        seed: int = 0,
        kind: SamplingKind = "sobol",
        replicates: int = _REPLICATES,
        level: float = _LEVEL,
        state: State | None = None,
    ) -> None:
        self.problem = problem
        self.quantities = checked_quantities(problem, quantities)
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
        self._degree = max(self._marginal.degree or _HIGH, self._joint.degree or _HIGH)
        self._proposal = Proposal(problem, self._degree)
        self._unseen = Unseen(problem, self._proposal)
        self.first_points = _FIRST_POINTS  #: of each replicate
        self.seconds = 0.0  #: spent so far
        self.next_seconds = 0.0  #: that the next batch will take, as far as can be told

    def __iter__(self) -> Iterator[dict[Quantity, Estimate]]:
        state = self.state
        cube = 2 + self.problem.dim * (2 if self.problem.data.spread else 1)
        seeds = np.random.SeedSequence(state.seed).spawn(state.replicates)
        sources = [
            _source(state.kind, cube, np.random.default_rng(seed), state.points) for seed in seeds
        ]
        largest = max(self.first_points, self._largest_batch() // state.replicates)
        points = self.first_points
        _keep_pages()
        while True:
            start = perf_counter()
            at_once = max(1, _NUMBERS // (points * cube))
            parts = [sources[i : i + at_once] for i in range(0, len(sources), at_once)]
            found = np.concatenate([self._sums(_cubes(part, points)) for part in parts])
            self.state = replace(
                self.state,
                points=self.state.points + points,
                sums=self.state.sums + found[:, 0],
                sizes=self.state.sizes + found[:, 1:].sum(axis=0),
            )
            took = perf_counter() - start
            self.seconds += took
            following = min(largest, self.state.points)  # keeps Sobol's points in powers of two
            self.next_seconds = took * following / points
            yield self.estimates()
            points = following

    def _largest_batch(self) -> int:
        """Points of all replicates in a batch, at the most."""
        quick = isinstance(self.problem.model, PolynomialVelocity)
        return _LONG_CHUNK if quick and _operations(self.problem.data) <= _QUICK else _CHUNK

    @_OVERFLOWS
    def _sums(self, cube: FloatArray) -> FloatArray:
        """The sums over points (R, n, .) of the unit cube, in R replicates, of all
        integrands, of their absolute values and of their squares, (R, 3, Q)."""
        from scipy.special import ndtri

        problem, dim, shape = self.problem, self.problem.dim, cube.shape[:2]
        cube = cube.reshape(-1, cube.shape[2])
        t, weights = self._proposal.times(cube[:, 0])
        chosen, picked = self._proposal.components(cube[:, 1])
        normals = ndtri(cube[:, 2:])
        z, eps = problem.data.placed(chosen, normals[:, :dim]), normals[:, -dim:]
        points = PointBatch(problem.model, t, problem.interpolate(t, z, eps))
        found = []
        if self._marginal.width:
            u, variance, drawn = problem.marginal_moments(t, points.x, self._proposal.marks)
            by_point = (weights / drawn).reshape(shape)
            found.append(self._marginal.sums(points, Target(u, variance), by_point))
        if self._joint.width:
            target = Target(problem.target(t, z, eps, overwrite=True))
            by_component = (weights * picked).reshape(shape)
            found.append(self._joint.sums(points, target, by_component))
        return np.concatenate(found, axis=2)

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
        # An interval for each of a vector's entries, which together hold at the level.
        miss = (1 - self.level) / self._entries()
        quantile = stdtrit(count - 1, 1 - miss / 2)
        error = quantile * spread * self._skewed() + _ROUNDOFF * np.abs(centre)
        if "floor" in self._marginal.slices:
            floor = self._marginal.slices["floor"]
            error[floor] += self._cancelled(np.abs(centre[floor]))
        samples = self.state.points * count
        scale = self.state.sizes[0] / samples
        plain, power = self._proposal.missed(samples)
        if self.state.kind == "sobol":
            uneven = self._proposal.uneven(self.state.points, count)
            plain, power = plain + uneven[0], power + uneven[1]
        rare = np.full_like(error, max(plain, power))
        for columns, start in ((self._marginal, 0), (self._joint, self._marginal.width)):
            for name in _WITHOUT_MODEL & columns.slices.keys():
                rare[start:][columns.slices[name]] = plain
        with np.errstate(invalid="ignore"):
            error = error + np.where(rare > 0, quantile * rare * scale, 0.0)
        joint = error[self._marginal.width :]  # a view
        for name, hidden in self._unseen.times(samples).items():
            for side, columns in ((error, self._marginal), (joint, self._joint)):
                if name in columns.slices:
                    side[columns.slices[name]] += hidden
        known = np.isfinite(centre) & ~self._few_matter()
        error = np.where(known & ~np.isnan(error), error, np.inf)
        cost = {
            "samples": samples,
            "seconds": self.seconds,
            "seed": self.state.seed,
            "kind": self.state.kind,
            "level": self.level,
        }
        return {
            name: Estimate(
                self._shaped(name, centre),
                self._shaped(name, error, 1),
                "sampling",
                cost=cost,
                scale=float(np.max(self._shaped(name, scale, 1))),
            )
            for name in self.quantities
        }

    def _cancelled(self, variance: FloatArray) -> FloatArray:
        """What means of ``variance`` may be off because velocities of the size of u are rounded
        before they are subtracted: all of it, where they are the same velocity.

        (v + e)^2 - v^2 in the mean, by the inequality of Cauchy and Schwarz.
        """
        rounded = _DIGITS * np.sqrt(self._proposal.mean_square)
        return np.asarray(rounded * (2 * np.sqrt(variance) + rounded))

    def _entries(self) -> FloatArray:
        """How many numbers the quantity of each column (Q,) is."""
        parts = [*self._marginal.slices.values(), *self._joint.slices.values()]
        widths = [part.stop - part.start for part in parts]
        return np.repeat(np.array(widths, dtype=np.float64), widths)

    def _skewed(self) -> FloatArray:
        """By how much to widen the intervals (Q,) where few samples make up most of a sum: means of
        few are skewed, and small where they missed what is rare."""
        sizes, squares = self.state.sizes
        with np.errstate(invalid="ignore", divide="ignore"):
            effective = np.where(squares > 0, sizes**2 / squares, np.inf)
            return np.sqrt(np.maximum(_EFFECTIVE * self.state.replicates / effective, 1.0))

    def _few_matter(self) -> BoolArray:
        """Of which integrals (Q,) of the model a few samples make up all: the tail that a high
        degree weighs most is beyond them, and their spread tells nothing of it.

        (sum |f|)^2 / sum f^2 is the effective number of samples (Kish, Survey Sampling, 1965).
        What hides in time is :class:`Unseen`'s.
        """
        sizes, squares = self.state.sizes
        if self._degree < _HIGH:
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
    kind: SamplingKind = "sobol",
    level: float = _LEVEL,
    progress: SamplingProgress | None = None,
    seconds: float = np.inf,
) -> dict[Quantity, Estimate]:
    """Sample until every quantity is known to the relative ``tolerance``.

    An interrupt (Ctrl-C) ends the run and gives what is known by then; ``cost["interrupted"]``
    says so.

    Args:
        tolerance: half the width of the interval aimed at, relative to E|integrand| (of a vector
            to that of its largest entry): a gradient of 0 is known when its error is small.
        max_samples: how many samples may be spent.
        seconds: how long it may take; a batch that would take longer is not begun, but the first,
            which is small where the problem is large.
        seed, kind, level: as for :class:`Sampling`.
        progress: called with the samples drawn, ``max_samples``, and the name, value and error
            of the quantity that is farthest from the tolerance.

    Raises:
        InputError: as for :class:`Sampling`, for a number out of range, and "not available: ..."
            when not even a few samples can be had in the time.
    """
    start = perf_counter()
    if not tolerance > 0:
        raise InputError(f"tolerance: expected a positive number, found {tolerance:g}")
    if not max_samples > 0:
        raise InputError(f"max_samples: expected a positive number, found {max_samples:g}")
    run = Sampling(problem, quantities, seed, kind, level=level)
    run.first_points = _first_points(run, seconds)
    found: dict[Quantity, Estimate] = {}
    try:
        for found in run:
            name, ratio = _worst(found, tolerance)
            drawn = run.state.points * run.state.replicates
            if progress is not None:
                progress(drawn, max_samples, name, *_largest(found[name]))
            # Rare looks: an interval that is looked at often is sometimes short by chance. And a
            # Sobol sequence is at its best after a power of two.
            doubled = run.state.points & (run.state.points - 1) == 0
            if (ratio <= 1 and doubled) or drawn >= max_samples:
                break
            if perf_counter() - start + run.next_seconds > seconds:
                found = _marked(found, "out_of_time")
                break
    except KeyboardInterrupt:
        if not found:
            raise
        found = _marked(found, "interrupted")
    return found


def _keep_pages() -> None:
    """Let temporary arrays have the memory of those before them.

    glibc gives memory back to the system, which clears it before it hands it out again: that takes
    as long as what is then written to it. It keeps what is smaller than the largest piece that was
    ever freed (mallopt(3), M_MMAP_THRESHOLD, up to 32 MB). The one here is never touched.
    """
    np.empty(31 * 2**20, dtype=np.uint8)


def _operations(data: GaussianMixture) -> float:
    """About how many a point takes."""
    products = 1 if data.by_products else data.dim  # a component in its own basis is a matrix
    return 4.0 * data.components * (data.dim + _OVERHEAD) * products


def _first_points(run: Sampling, seconds: float) -> int:
    """How many points of each replicate a first batch may have, a power of two.

    Raises ``InputError`` where even ``_FEWEST`` take longer than ``seconds``.
    """
    data = run.problem.data
    work = _operations(data) * run.state.replicates
    points = _FIRST_POINTS
    while points > _FEWEST and points * work > _SLOWEST * max(seconds, _LEAST_SECONDS):
        points //= 2
    if points * work > _LONGEST * max(seconds, _LEAST_SECONDS):
        raise InputError(
            f"not available: {points * run.state.replicates} samples of {data.components:,} "
            f"components in dimension {data.dim:,} would take some {points * work / _SLOWEST:.0f} "
            f"s, more than the {seconds:.2g} s that are left"
        )
    return points


def _marked(found: dict[Quantity, Estimate], why: str) -> dict[Quantity, Estimate]:
    """The estimates of a run that ended early."""
    return {
        name: replace(estimate, cost={**estimate.cost, why: True})
        for name, estimate in found.items()
    }


def _largest(estimate: Estimate) -> tuple[float, float]:
    """The largest entry of a value and of its error, in absolute value."""
    return float(np.max(np.abs(estimate.value))), float(np.max(estimate.error))


def _worst(found: dict[Quantity, Estimate], tolerance: float) -> tuple[Quantity, float]:
    """The quantity that is farthest from the tolerance, and how many times it exceeds it."""
    ratios: dict[Quantity, float] = {}
    for name, estimate in found.items():
        value, error = _largest(estimate)
        scale = max(value, estimate.scale)
        ratios[name] = error / (tolerance * scale) if scale else (np.inf if error else 0.0)
    name = max(ratios, key=lambda key: ratios[key])
    return name, ratios[name]
