"""Integrals over R^d of smooth decaying functions by nested trapezoid sums on a lattice.

On the whole space the trapezoid rule converges exponentially for analytic integrands: the error
is about exp(-2 pi a / h) for a step h and poles at the distance a (Trefethen & Weideman, "The
exponentially convergent trapezoidal rule", SIAM Review 56, 2014). A lattice is refined by adding
shifted copies of itself, so that no point is evaluated twice. All of them are products of d rows
of numbers, of which an integrand may make use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fmproof.losses.budget import Budget
from fmproof.models.arrays import BoolArray, FloatArray

EPS = float(np.finfo(np.float64).eps)

# The estimate is this many times the error that the last halvings of the step suggest.
_SAFETY = 10.0
# No halving is trusted to gain more than this factor, and less where it is the first to tell.
_BEST_GAIN, _FIRST_GAIN = 1e-3, 0.1
# An integral is not believed to have changed less than this share of what another one did.
_SHARE = 0.03
_TINY = float(np.finfo(np.float64).tiny)

IndexArray = npt.NDArray[np.intp]


class Mesh(NamedTuple):
    """R product lattices with as many points, n = m_1 ... m_d, the last coordinate first to change.

    Attributes:
        along: of each of the d coordinates its values, (R, m_i).
        axes: (R, d, d) orthonormal columns: coordinates c stand for the point axes @ c; None where
            that is c itself.
    """

    along: tuple[FloatArray, ...]
    axes: FloatArray | None

    def points(self) -> FloatArray:
        """The points of R^d, (R, d, n)."""
        rows, dim = len(self.along[0]), len(self.along)
        shape = (rows, *(values.shape[1] for values in self.along))
        found = np.empty((rows, dim, *shape[1:]))
        for i, values in enumerate(self.along):
            found[:, i] = values.reshape(rows, *((1,) * i), -1, *((1,) * (dim - i - 1)))
        flat = found.reshape(rows, dim, -1)
        return flat if self.axes is None else self.axes @ flat


Integrand = Callable[[Mesh, IndexArray], tuple[FloatArray, FloatArray]]
"""Meshes of n points for the integrals numbered ``rows`` (R,) to values (R, n, Q), and the sizes of
the terms that they add up; one array where they are the same."""


@dataclass(frozen=True)
class Boxes:
    """Where to integrate: B boxes in rotated coordinates, with their natural lengths.

    Attributes:
        low, high: (B, d) corners.
        spacing: (B, d) the first steps of the lattices.
        decay: (B, d) standard deviations with which the integrands fall off beyond the corners.
        axes: (B, d, d), as of a :class:`Mesh`, or None.
    """

    low: FloatArray
    high: FloatArray
    spacing: FloatArray
    decay: FloatArray
    axes: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.low)

    def __getitem__(self, rows: IndexArray | BoolArray | slice) -> Boxes:
        """Some of the boxes."""
        return Boxes(*(None if a is None else a[rows] for a in self._arrays))  # type: ignore[arg-type]

    @classmethod
    def of(cls, parts: Sequence[Boxes]) -> Boxes:
        """All boxes of the ``parts``."""
        arrays = zip(*(part._arrays for part in parts), strict=True)
        return cls(*(None if a[0] is None else np.concatenate(a) for a in arrays))  # type: ignore[arg-type]

    @property
    def _arrays(self) -> tuple[FloatArray | None, ...]:
        return self.low, self.high, self.spacing, self.decay, self.axes

    @cached_property
    def counts(self) -> FloatArray:
        """Points of the first lattices along each axis, (B, d), as floats: they may be huge."""
        return np.maximum(np.ceil((self.high - self.low) / self.spacing), 2.0)


@dataclass(frozen=True)
class LatticeSum:
    """B integrals over R^d of Q integrands each; all arrays are (B, Q).

    Attributes:
        value: the integrals.
        discretisation, tail, roundoff: the parts of the error: that of the sum, the mass outside
            the box, and that of the arithmetic; infinite when they cannot be told.
        magnitude: the integrals of the absolute value.
    """

    value: FloatArray
    discretisation: FloatArray
    tail: FloatArray
    roundoff: FloatArray
    magnitude: FloatArray

    @classmethod
    def zero(cls, shape: tuple[int, int]) -> LatticeSum:
        return cls(*(np.zeros(shape) for _ in fields(cls)))

    @property
    def error(self) -> FloatArray:
        """Estimate of the absolute error, (B, Q)."""
        return self.discretisation + self.tail + self.roundoff

    def put(self, rows: IndexArray | BoolArray, found: LatticeSum) -> None:
        """Replace the integrals ``rows``."""
        for own, new in self._with(found):
            own[rows] = new

    def add(self, rows: IndexArray, found: LatticeSum) -> None:
        """Add to the integrals ``rows``, each as often as it is named."""
        for own, new in self._with(found):
            np.add.at(own, rows, new)

    def _with(self, other: LatticeSum) -> list[tuple[FloatArray, FloatArray]]:
        return [(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]


def block_slices(count: int, size: int) -> Iterator[slice]:
    """The numbers below ``count``, ``size`` at a time, or one."""
    for first in range(0, count, max(size, 1)):
        yield slice(first, min(first + max(size, 1), count))


def price(boxes: Boxes, work: float | FloatArray) -> FloatArray:
    """What first lattices and two halvings of their steps cost at ``work``, () or (B,), a point."""
    return np.asarray(boxes.counts.prod(axis=1) * 4 ** boxes.low.shape[1] * work)


def integrate(
    integrand: Integrand,
    boxes: Boxes,
    tolerance: FloatArray,
    budget: Budget,
    work: float | FloatArray = 1.0,
    chunk: int = 4096,
) -> LatticeSum:
    """Integrals over R^d to the absolute ``tolerance`` (B, Q), one over each of the ``boxes``.

    The lattices have the counts of the first box, which are to be enough for all. An integral is
    done at the tolerance, when only round-off is left, or when the ``budget`` has too little for
    the next refinement, at ``work`` a point, () or (B,). The step is halved twice in any case,
    which the caller has paid for. The error adds up the discretisation, judged by how the sums
    changed, the mass outside the box, extrapolated from its two outermost layers, and round-off.
    """
    sums = _Sums(integrand, boxes, chunk, budget)
    counts = boxes.counts[0]
    stages = _refinements(len(counts))
    active = np.arange(len(boxes))
    each = np.broadcast_to(work, len(boxes))
    levels, masses = sums.ladder(counts)
    counts = 4 * counts
    found = sums.judged(levels, masses, tolerance, active)
    result = found
    while True:
        for stage, shifts in enumerate(stages):
            aim = np.maximum(tolerance[active], result.roundoff)
            # A finer lattice does not help where numbers overflow.
            rough = (result.discretisation > aim) & np.isfinite(result.magnitude)
            going = np.array(rough.any(axis=1))
            costs = each[active] * len(shifts) * counts.prod()
            for row in np.flatnonzero(going):
                going[row] = budget.take(float(costs[row]))
            if not going.any():
                return found
            active, levels, masses = active[going], levels[going], masses[going]
            new, mass = sums.over(counts, shifts, active)
            before, size = 1 + stage, len(shifts)
            level = (before * levels[:, -1] + new) / (before + size)
            levels = np.concatenate([levels, level[:, None]], axis=1)
            masses = (before * masses + mass) / (before + size)
            result = sums.judged(levels, masses, tolerance[active], active)
            found.put(active, result)
        counts = counts * 2


@cache
def _refinements(dim: int) -> list[FloatArray]:
    """Shifts (R, d), in steps, that halve the step: first to the cell's centre, then the rest."""
    *rest, centre = (s for s in product((0.0, 0.5), repeat=dim) if any(s))
    return [np.array([centre]), np.array(rest)] if rest else [np.array([centre])]


@cache
def _ladder(dim: int) -> FloatArray:
    """Weights (L, 4^d) of the sums over every fourth point along each axis in the averages over
    the lattices of two halvings: the first, and what each stage of the halvings makes of it."""
    shifts = np.array(list(product((0.0, 0.25, 0.5, 0.75), repeat=dim)))
    within = (shifts == 0).all(axis=1)
    levels = [within]
    for width in (1.0, 0.5):
        for stage in _refinements(dim):
            added = ((shifts % width)[:, None] == width * stage).all(axis=2).any(axis=1)
            levels.append(levels[-1] | added)
    found: FloatArray = np.stack(levels).astype(np.float64)
    found /= found.sum(axis=1, keepdims=True)
    return found


class _Sums:
    """Lattice sums of integrands over boxes.

    Beside the integrals there are ``masses`` (R, 4, Q): the integrals of the size and of the
    absolute value, and the latter's parts in the box's outermost layer and in the next one. A layer
    is one decay length thick.
    """

    def __init__(self, integrand: Integrand, boxes: Boxes, chunk: int, budget: Budget) -> None:
        self.integrand, self.boxes, self.chunk, self.budget = integrand, boxes, chunk, budget
        self.width = boxes.high - boxes.low
        self.coordinates = (np.maximum(-boxes.low, boxes.high) / boxes.spacing).max(axis=1)

    def ladder(self, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The integrals (B, L, Q) by the lattices of ``counts`` cells, and by what each stage of
        two halvings of the step makes of them; the masses by the last ones."""
        weights = _ladder(len(counts))
        every = np.arange(len(self.boxes))
        sums, masses = self._sweep(4 * counts, np.zeros(len(counts)), 4, every)
        return np.asarray(weights.shape[1] * weights @ sums), masses

    def over(
        self, counts: FloatArray, shifts: FloatArray, rows: IndexArray
    ) -> tuple[FloatArray, FloatArray]:
        """The integrals (R, Q) and masses by the lattices ``low + (cell + shift) step`` for the
        cells in ``counts``, added up over the ``shifts``."""
        sums, masses = _sum([self._sweep(counts, shift, 1, rows) for shift in shifts])
        return sums[:, 0], masses

    def _sweep(
        self, counts: FloatArray, shift: FloatArray, classes: int, rows: IndexArray
    ) -> tuple[FloatArray, FloatArray]:
        """By one lattice, the integrals' parts (R, classes^d, Q) by the remainders of the points'
        numbers, and the masses."""
        points = int(counts.prod())
        parts = [
            self._rows(counts, shift, classes, rows[part])
            for part in block_slices(len(rows), self.chunk // points)
        ]
        sums, masses = (np.concatenate(found) for found in zip(*parts, strict=True))
        cell = (self.width[rows].prod(axis=1) / points)[:, None, None]
        return sums * cell, masses * cell

    def _rows(
        self, counts: FloatArray, shift: FloatArray, classes: int, rows: IndexArray
    ) -> tuple[FloatArray, FloatArray]:
        """The sums of a :meth:`_sweep` over ``rows`` that are few, of some points after others."""
        sizes = [int(count) for count in counts]
        room, lengths = self.chunk // len(rows), []
        for size in reversed(sizes):
            lengths.append(min(size, max(room, 1)))
            room //= lengths[-1]
        found: list[tuple[FloatArray, FloatArray]] = []
        for cells in product(*map(block_slices, sizes, reversed(lengths))):
            self.budget.check()
            numbers = [np.arange(part.start, part.stop) for part in cells]
            found.append(self._block(numbers, counts, shift, classes, rows))
        return _sum(found)

    def _block(
        self,
        numbers: list[IndexArray],
        counts: FloatArray,
        shift: FloatArray,
        classes: int,
        rows: IndexArray,
    ) -> tuple[FloatArray, FloatArray]:
        """The sums over the points with these ``numbers`` along each axis."""
        boxes, width = self.boxes, self.width[rows]
        along, layers = [], []
        for i, index in enumerate(numbers):
            above = width[:, i, None] * ((index + shift[i]) / counts[i])
            along.append(above + boxes.low[rows, i, None])
            depth = np.minimum(above, width[:, i, None] - above) / boxes.decay[rows, i, None]
            layers.append(_layers(depth))
        axes = None if boxes.axes is None else boxes.axes[rows]
        values, sizes = self.integrand(Mesh(tuple(along), axes), rows)
        remainders = [
            (index % classes == np.arange(classes)[:, None]).astype(np.float64)[None]
            for index in numbers
        ]
        dim = len(numbers)
        mass = _contracted(values if sizes is values else np.abs(values), layers)
        mass = np.moveaxis(mass, 0, dim)
        magnitude = mass[(0,) * dim]
        # The complement of a product of indicators, and the difference of two, one axis at a time.
        outer, inner = np.zeros_like(magnitude), np.zeros_like(magnitude)
        for i in range(dim):
            outer += mass[(1,) * i + (2,) + (0,) * (dim - i - 1)]
            inner += mass[(3,) * i + (4,) + (1,) * (dim - i - 1)]
        size = magnitude if sizes is values else np.ones(sizes.shape[1]) @ sizes
        sums = _contracted(values, remainders).reshape(len(rows), classes**dim, -1)
        return sums, np.stack([size, magnitude, outer, inner], axis=1)

    def judged(
        self, levels: FloatArray, masses: FloatArray, tolerance: FloatArray, rows: IndexArray
    ) -> LatticeSum:
        """The last of the ``levels`` of refinement (R, L, Q), with what the earlier ones say of its
        error."""
        size, magnitude, outer, inner = np.moveaxis(masses, 1, 0)
        roundoff = _known(EPS * (32 + 8 * self.coordinates[rows, None]) * size)
        # Beyond the box, layers shrink at least as fast as from the inner to the outer one; these
        # are coarse sums, hence a factor.
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(outer > 0, outer / inner, 0.0)
            tail = np.where(ratio < 0.9, 4 * outer * ratio / (1 - ratio), np.inf)
        # A single stage may refine some directions only, so sums are compared over a whole
        # halving.
        halving = len(_refinements(self.width.shape[1]))
        unit = np.where(np.isfinite(tolerance), np.maximum(tolerance, roundoff), magnitude) + _TINY
        changes = np.abs(levels[:, halving:] - levels[:, :-halving])
        known = np.asarray(np.isfinite(changes).all(axis=1))  # but where numbers overflow
        # All integrals together, each in units of what matters to it, so that one that changed
        # little by accident is not believed.
        with np.errstate(invalid="ignore", divide="ignore"):
            sizes = np.where(known[:, None], changes / unit[:, None], 0.0).max(axis=2)
            gains = np.where(sizes[:, :-halving] > 0, sizes[:, halving:] / sizes[:, :-halving], 0.0)
        least = _BEST_GAIN if gains.shape[1] > 1 else _FIRST_GAIN
        gain = np.clip(gains[:, -2:].max(axis=1), least, 1.0)[:, None]
        share = _SHARE * sizes[:, -1:] * unit
        last = np.where(known, np.maximum(changes[:, -1], share), np.inf)
        return LatticeSum(
            levels[:, -1], _known(_SAFETY * gain * last), _known(tail), roundoff, magnitude
        )


def _sum(parts: list[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
    first, *others = parts
    for sums, masses in others:
        first = first[0] + sums, first[1] + masses
    return first


def _layers(depth: FloatArray) -> FloatArray:
    """Of coordinates at a ``depth`` (R, m) beneath their interval's ends, (R, 5, m), 1 or 0: any;
    at least 1 deep; less; at least 2 deep; between 1 and 2."""
    found = np.ones((len(depth), 5, depth.shape[1]))
    found[:, 1] = depth >= 1
    found[:, 3] = depth >= 2
    found[:, 2], found[:, 4] = found[:, 0] - found[:, 1], found[:, 1] - found[:, 3]
    return found


def _contracted(table: FloatArray, factors: Sequence[FloatArray]) -> FloatArray:
    """The table (R, m_1 ... m_d, Q) summed along each axis with each of its ``factors``, (R, s_i,
    m_i) or (1, s_i, m_i): (R, s_1, ..., s_d, Q)."""
    rows, _, width = table.shape
    before = 1
    for factor in factors:
        table = factor[:, None] @ table.reshape(rows, before, factor.shape[2], -1)
        before *= factor.shape[1]
    return table.reshape(rows, *(factor.shape[1] for factor in factors), width)


def _known(error: FloatArray) -> FloatArray:
    return np.where(np.isfinite(error), error, np.inf)
