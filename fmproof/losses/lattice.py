"""Integrals over R^d of smooth decaying functions by nested trapezoid sums on a lattice.

On the whole space the trapezoid rule converges exponentially for analytic integrands: the error
is about exp(-2 pi a / h) for a step h and poles at the distance a (Trefethen & Weideman, "The
exponentially convergent trapezoidal rule", SIAM Review 56, 2014). A lattice is refined by adding
shifted copies of itself, so that no point is evaluated twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import product

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

IntArray = npt.NDArray[np.intp]
Integrand = Callable[[FloatArray, IntArray], FloatArray]
"""Points (R, d, n) of the integrals numbered ``rows`` (R,) to a table (2, R, n, Q): values, and
the sizes of the terms that they add up."""


@dataclass(frozen=True)
class Box:
    """Where to integrate: a box in rotated coordinates, with its natural lengths.

    Attributes:
        low, high: (d,) corners.
        spacing: (d,) the first step of the lattice.
        decay: (d,) standard deviations with which the integrand falls off beyond the corners.
        axes: (d, d) orthonormal columns: coordinates c stand for the point axes @ c.
    """

    low: FloatArray
    high: FloatArray
    spacing: FloatArray
    decay: FloatArray
    axes: FloatArray

    @property
    def counts(self) -> FloatArray:
        """Points of the first lattice along each axis, (d,), as floats: they may be huge."""
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

    def put(self, rows: IntArray | BoolArray, found: LatticeSum) -> None:
        """Replace the integrals ``rows``."""
        for own, new in self._with(found):
            own[rows] = new

    def add(self, rows: IntArray, found: LatticeSum) -> None:
        """Add to the integrals ``rows``, each as often as it is named."""
        for own, new in self._with(found):
            np.add.at(own, rows, new)

    def _with(self, other: LatticeSum) -> list[tuple[FloatArray, FloatArray]]:
        return [(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]


def blocks(count: int, size: int) -> Iterator[IntArray]:
    """The numbers below ``count``, ``size`` at a time, or one."""
    for first in range(0, count, max(size, 1)):
        yield np.arange(first, min(first + max(size, 1), count))


def integrate(
    integrand: Integrand,
    boxes: Sequence[Box],
    tolerance: FloatArray,
    budget: Budget,
    cost: float = 1.0,
    chunk: int = 4096,
) -> LatticeSum:
    """Integrals over R^d to the absolute ``tolerance`` (B, Q), one over each of the ``boxes``.

    The lattices have the counts of the first box, which are to be enough for all. An integral is
    done at the tolerance, when only round-off is left, or when the ``budget`` has too little for
    the next refinement, at ``cost`` a point; the step is halved twice in any case, which the
    caller has paid for. The error adds up the discretisation, judged by how the sums changed, the
    mass outside the box, extrapolated from its two outermost layers, and round-off.
    """
    sums = _Sums(integrand, boxes, chunk, budget)
    counts = boxes[0].counts
    stages = _refinements(len(counts))
    active = np.arange(len(boxes))
    # The first lattice and two halvings of its step are needed in any case: one sweep.
    first, *added = sums.ladder(counts, active)
    levels = [first]
    found: LatticeSum | None = None
    while True:
        weight = 1
        for shifts in stages:
            if found is not None:
                price = cost * len(shifts) * counts.prod()
                affordable = np.array([budget.take(price) for _ in active])
                active, levels = active[affordable], [level[affordable] for level in levels]
                if not len(active):
                    return found
            new = added.pop(0) if added else sums.over(counts, shifts, active)
            levels.append((weight * levels[-1] + new) / (weight + len(shifts)))
            weight += len(shifts)
            if len(levels) > 2 * len(stages):
                result = sums.judged(levels, len(stages), tolerance[active], active)
                if found is None:
                    found = result
                else:
                    found.put(active, result)
                aim = np.maximum(tolerance[active], result.roundoff)
                # A finer lattice does not help where numbers overflow.
                rough = (result.discretisation > aim) & np.isfinite(result.magnitude)
                rough = np.asarray(rough.any(axis=1))
                active, levels = active[rough], [level[rough] for level in levels]
                if not len(active):
                    return found
        counts = counts * 2


@cache
def _refinements(dim: int) -> list[FloatArray]:
    """Shifts (R, d), in steps, that halve the step: first to the cell's centre, then the rest."""
    *rest, centre = (s for s in product((0.0, 0.5), repeat=dim) if any(s))
    return [np.array([centre]), np.array(rest)] if rest else [np.array([centre])]


@cache
def _quarters(dim: int) -> tuple[FloatArray, FloatArray]:
    """Two halvings at once: shifts (4^d, d), in steps, and which of them (S, 4^d) are the first
    lattice and what each stage of the halvings adds to it, times the size of its cell."""
    shifts = np.array(list(product((0.0, 0.25, 0.5, 0.75), repeat=dim)))
    first = (shifts == 0).all(axis=1)
    stages, cell = [first.astype(np.float64)], 1.0
    for width in (1.0, 0.5):
        for stage in _refinements(dim):
            remainders = (shifts % width)[:, None] == width * stage
            stages.append(cell * remainders.all(axis=2).any(axis=1))
        cell /= 2.0**dim
    return shifts, np.stack(stages)


class _Sums:
    """Lattice sums of integrands over boxes, each a (5, Q) array.

    The rows are the integral, the integral of the size, that of the absolute value, and the
    latter's parts in the box's outermost layer and in the next one. A layer is one decay length
    thick.
    """

    def __init__(
        self, integrand: Integrand, boxes: Sequence[Box], chunk: int, budget: Budget
    ) -> None:
        self.integrand, self.chunk, self.budget = integrand, chunk, budget
        self.axes, self.low, self.width, self.decay = (
            np.stack(parts)
            for parts in zip(
                *((b.axes, b.low, b.high - b.low, b.decay) for b in boxes), strict=True
            )
        )
        self.coordinates = np.array([(np.maximum(-b.low, b.high) / b.spacing).max() for b in boxes])

    def ladder(self, counts: FloatArray, rows: IntArray) -> list[FloatArray]:
        """The sums (R, 5, Q) over the lattices of ``counts`` cells in the boxes ``rows``, and over
        what each stage of two halvings of the step adds to them."""
        shifts, stages = _quarters(len(counts))
        return list(np.tensordot(stages, self._sweep(counts, shifts, rows), axes=([1], [1])))

    def over(self, counts: FloatArray, shifts: FloatArray, rows: IntArray) -> FloatArray:
        """The sums over the lattices ``low + (cell + shift) step`` for the cells in ``counts``."""
        return np.asarray(self._sweep(counts, shifts, rows).sum(axis=1))

    def _sweep(self, counts: FloatArray, shifts: FloatArray, rows: IntArray) -> FloatArray:
        """The sums over the lattices with each of the ``shifts`` (C, d) of their cells,
        (R, C, 5, Q)."""
        at_once = self.chunk // len(shifts)
        parts = [rows[part] for part in blocks(len(rows), at_once)]
        return np.concatenate([self._block(counts, shifts, part, at_once) for part in parts])

    def _block(
        self, counts: FloatArray, shifts: FloatArray, rows: IntArray, at_once: int
    ) -> FloatArray:
        """The sums of a :meth:`_sweep` over ``rows`` that are few, ``at_once`` cells in all."""
        shape, dim = tuple(int(c) for c in counts), len(counts)
        total = np.zeros(())
        for cells in blocks(int(counts.prod()), at_once // len(rows)):
            self.budget.check()
            corners = np.stack(np.unravel_index(cells, shape))
            places = (corners[:, None] + shifts.T[:, :, None]).reshape(dim, -1)
            total = total + self._chunk(places / counts[:, None], len(shifts), rows)
        cell = self.width[rows].prod(axis=1) / counts.prod()
        return np.asarray(total * cell[:, None, None, None])

    def _chunk(self, places: FloatArray, copies: int, rows: IntArray) -> FloatArray:
        """The sums (R, C, 5, Q) over points (d, C n) in as many groups as there are ``copies``.

        The points are given by their ``places`` in the unit cube.
        """
        width, decay = self.width[rows, :, None], self.decay[rows, :, None]
        above = width * places
        table = self.integrand(self.axes[rows] @ (above + self.low[rows, :, None]), rows)
        table = table.reshape(2, len(rows), copies, -1, table.shape[-1])
        depth = (np.minimum(above, width - above) / decay).min(axis=1)
        depth = depth.reshape(len(rows), copies, -1)
        layers = np.ones((len(rows), copies, 3, depth.shape[2]))
        layers[:, :, 1] = depth < 1
        layers[:, :, 2] = (depth >= 1) & (depth < 2)
        masses = layers @ np.abs(table[0])
        return np.concatenate([np.moveaxis(table.sum(axis=3), 0, 2), masses], axis=2)

    def judged(
        self, levels: list[FloatArray], halving: int, tolerance: FloatArray, rows: IntArray
    ) -> LatticeSum:
        """The last of the ``levels`` of refinement, with what the earlier ones say of its error."""
        value, size, magnitude, outer, inner = np.moveaxis(levels[-1], 1, 0)
        roundoff = _known(EPS * (32 + 8 * self.coordinates[rows, None]) * size)
        # Beyond the box, layers shrink at least as fast as from the inner to the outer one; these
        # are coarse sums, hence a factor.
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(outer > 0, outer / inner, 0.0)
            tail = np.where(ratio < 0.9, 4 * outer * ratio / (1 - ratio), np.inf)
        # A single stage may refine some directions only, so sums are compared over a whole
        # halving.
        unit = np.where(np.isfinite(tolerance), np.maximum(tolerance, roundoff), magnitude) + _TINY
        values = np.stack([level[:, 0] for level in levels])
        changes = np.abs(values[halving:] - values[:-halving])
        known = np.isfinite(changes).all(axis=0)  # but where numbers overflow
        # All integrals together, each in units of what matters to it, so that one that changed
        # little by accident is not believed.
        with np.errstate(invalid="ignore", divide="ignore"):
            sizes = np.where(known, changes / unit, 0.0).max(axis=2)
            gains = np.where(sizes[:-halving] > 0, sizes[halving:] / sizes[:-halving], 0.0)
        least = _BEST_GAIN if len(gains) > 1 else _FIRST_GAIN
        gain = np.clip(gains[-2:].max(axis=0), least, 1.0)[:, None]
        last = np.where(known, np.maximum(changes[-1], _SHARE * sizes[-1][:, None] * unit), np.inf)
        return LatticeSum(value, _known(_SAFETY * gain * last), _known(tail), roundoff, magnitude)


def _known(error: FloatArray) -> FloatArray:
    return np.where(np.isfinite(error), error, np.inf)
