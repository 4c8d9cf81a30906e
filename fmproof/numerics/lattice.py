"""Integrals over R^d of smooth decaying functions by nested trapezoid sums on a lattice.

On the whole space the trapezoid rule converges exponentially for analytic integrands: the error
is about exp(-2 pi a / h) for a step h and poles at the distance a (Trefethen & Weideman, "The
exponentially convergent trapezoidal rule", SIAM Review 56, 2014). A lattice is refined by adding
shifted copies of itself, so that no point is evaluated twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from fmproof.models.arrays import FloatArray

EPS = float(np.finfo(np.float64).eps)

# The first point's distance, in steps, from the box's corner. For an integrand symmetric about
# the centre the leading error is proportional to cos(2 pi offset): with 1/3 it never vanishes by
# accident at a refinement, which would make the estimate too small.
_OFFSET = 1 / 3
# The estimate is this many times the error that the last two refinements suggest.
_SAFETY = 10.0
# No refinement is trusted to gain more than this factor.
_BEST_GAIN = 1e-4
# An integral is not believed to have changed less than this share of what another one did.
_SHARE = 0.03
_TINY = float(np.finfo(np.float64).tiny)

Integrand = Callable[[FloatArray], FloatArray]
"""Points (n, d) to a table (2, n, Q): values, and the sizes of the terms that they add up."""


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
    """An integral over R^d, Q of them at once.

    Attributes:
        value: (Q,).
        discretisation, tail, roundoff: (Q,), the parts of the error: that of the sum, the mass
            outside the box, and that of the arithmetic; infinite when they cannot be told.
        magnitude: (Q,), the integral of the absolute value.
        points: how many were evaluated.
    """

    value: FloatArray
    discretisation: FloatArray
    tail: FloatArray
    roundoff: FloatArray
    magnitude: FloatArray
    points: int

    @property
    def error(self) -> FloatArray:
        """Bound of the absolute error, (Q,)."""
        return self.discretisation + self.tail + self.roundoff


def integrate(
    integrand: Integrand, box: Box, tolerance: FloatArray, max_points: float, chunk: int = 4096
) -> LatticeSum:
    """The integral over R^d of ``integrand`` to the absolute ``tolerance`` (Q,).

    Stops at the tolerance, when the sums are stationary to round-off, or when the next refinement
    would need more than ``max_points`` points; the first two refinements are always made. The
    error adds up the discretisation, judged by the last two refinements, the mass outside the
    box, extrapolated from its two outermost layers, and round-off.
    """
    sums = _Sums(integrand, box, chunk)
    counts = box.counts
    step = (box.high - box.low) / counts
    total, weight = sums.over(step, counts, np.zeros(len(step))), 1
    points = int(counts.prod())
    changes: list[FloatArray] = []
    result: LatticeSum | None = None
    while True:
        for shifts in _refinements(len(step)):
            more = len(shifts) * int(counts.prod())
            if result is not None and points + more > max_points:
                return result
            points += more
            added = sum(sums.over(step, counts, shift) for shift in shifts)
            refined = (weight * total + added) / (weight + len(shifts))
            changes.append(np.abs(refined[0] - total[0]))
            total, weight = refined, weight + len(shifts)
            if len(changes) >= 2:
                result = _result(total, changes, tolerance, box, points)
                if (result.discretisation <= np.maximum(tolerance, result.roundoff)).all():
                    return result
        step, counts, weight = step / 2, counts * 2, 1


def _refinements(dim: int) -> list[list[FloatArray]]:
    """Shifts, in steps, that halve the step: first to the cell's centre, then the rest."""
    *rest, centre = (np.array(s) for s in product((0.0, 0.5), repeat=dim) if any(s))
    return [[centre], rest] if rest else [[centre]]


class _Sums:
    """Lattice sums of an integrand, each a (5, Q) array.

    The rows are the integral, that of the absolute value, the latter's parts in the box's
    outermost layer and in the next one, and the integral of the size. A layer is one decay
    length thick.
    """

    def __init__(self, integrand: Integrand, box: Box, chunk: int) -> None:
        self.integrand, self.box, self.chunk = integrand, box, chunk
        self.start = box.low + _OFFSET * (box.high - box.low) / box.counts

    def over(self, step: FloatArray, counts: FloatArray, shift: FloatArray) -> FloatArray:
        """The sum over the lattice ``start + (cell + shift) step`` for the cells in ``counts``."""
        shape = tuple(int(c) for c in counts)
        size = int(counts.prod())
        total = np.zeros(())
        for first in range(0, size, self.chunk):
            cells = np.unravel_index(np.arange(first, min(first + self.chunk, size)), shape)
            total = total + self._chunk(self.start + (np.stack(cells, axis=1) + shift) * step)
        return np.asarray(total * step.prod())

    def _chunk(self, inside: FloatArray) -> FloatArray:
        box = self.box
        values, sizes = self.integrand(inside @ box.axes.T)
        depth = (np.minimum(inside - box.low, box.high - inside) / box.decay).min(axis=1)
        layers = np.stack([np.ones(len(depth)), depth < 1, (depth >= 1) & (depth < 2)])
        return np.concatenate(
            [values.sum(axis=0)[None], layers @ np.abs(values), sizes.sum(axis=0)[None]]
        )


def _result(
    total: FloatArray, changes: list[FloatArray], tolerance: FloatArray, box: Box, points: int
) -> LatticeSum:
    value, magnitude, outer, inner, size = total
    coordinates = (np.maximum(-box.low, box.high) / box.spacing).max()
    roundoff = EPS * (32 + 8 * coordinates) * size
    # Beyond the box, layers shrink at least as fast as from the inner to the outer one.
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(outer > 0, outer / inner, 0.0)
        tail = np.where(ratio < 0.9, outer * ratio / (1 - ratio), np.inf)
    # The gain is judged by all integrals together, each in units of what matters to it, so that
    # one that changed little by accident is not believed.
    unit = np.where(np.isfinite(tolerance), np.maximum(tolerance, roundoff), magnitude) + _TINY
    before, last = (float((change / unit).max()) for change in changes[-2:])
    gain = min(max(last / before, _BEST_GAIN), 1.0) if before > 0 else 1.0
    discretisation = _SAFETY * gain * np.maximum(changes[-1], _SHARE * last * unit)
    return LatticeSum(
        value, _known(discretisation), _known(tail), _known(roundoff), magnitude, points
    )


def _known(error: FloatArray) -> FloatArray:
    return np.where(np.isfinite(error), error, np.inf)
