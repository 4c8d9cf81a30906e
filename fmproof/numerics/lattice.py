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

# The estimate is this many times the error that the last halvings of the step suggest.
_SAFETY = 10.0
# No halving is trusted to gain more than this factor, and less where it is the first to tell.
_BEST_GAIN, _FIRST_GAIN = 1e-3, 0.1
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

    Stops at the tolerance, when only round-off is left, or when the next refinement would need
    more than ``max_points`` points; the step is halved twice in any case. The error adds up the
    discretisation, judged by how the sums changed, the mass outside the box, extrapolated from
    its two outermost layers, and round-off.
    """
    sums = _Sums(integrand, box, chunk)
    counts = box.counts
    step = (box.high - box.low) / counts
    stages = _refinements(len(step))
    result: LatticeSum | None = None
    levels, points = [sums.over(step, counts, np.zeros(len(step)))], int(counts.prod())
    while True:
        weight = 1
        for shifts in stages:
            points += len(shifts) * int(counts.prod())
            if result is not None and points > max_points:
                return result
            added = sum(sums.over(step, counts, shift) for shift in shifts)
            levels.append((weight * levels[-1] + added) / (weight + len(shifts)))
            weight += len(shifts)
            if len(levels) > 2 * len(stages):
                result = _result(levels, len(stages), tolerance, box, points)
                if (result.discretisation <= np.maximum(tolerance, result.roundoff)).all():
                    return result
        step, counts = step / 2, counts * 2


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

    def over(self, step: FloatArray, counts: FloatArray, shift: FloatArray) -> FloatArray:
        """The sum over the lattice ``low + (cell + shift) step`` for the cells in ``counts``."""
        shape = tuple(int(c) for c in counts)
        size = int(counts.prod())
        total = np.zeros(())
        for first in range(0, size, self.chunk):
            cells = np.unravel_index(np.arange(first, min(first + self.chunk, size)), shape)
            total = total + self._chunk(self.box.low + (np.stack(cells, axis=1) + shift) * step)
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
    levels: list[FloatArray], halving: int, tolerance: FloatArray, box: Box, points: int
) -> LatticeSum:
    value, magnitude, outer, inner, size = levels[-1]
    coordinates = (np.maximum(-box.low, box.high) / box.spacing).max()
    roundoff = EPS * (32 + 8 * coordinates) * size
    # Beyond the box, layers shrink at least as fast as from the inner to the outer one; these
    # are coarse sums, hence a factor.
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(outer > 0, outer / inner, 0.0)
        tail = np.where(ratio < 0.9, 4 * outer * ratio / (1 - ratio), np.inf)
    # A single stage may refine some directions only, so sums are compared over a whole halving.
    unit = np.where(np.isfinite(tolerance), np.maximum(tolerance, roundoff), magnitude) + _TINY
    changes = [
        np.abs(fine[0] - coarse[0])
        for coarse, fine in zip(levels[:-halving], levels[halving:], strict=True)
    ]
    # All integrals together, each in units of what matters to it, so that one that changed
    # little by accident is not believed.
    sizes = [float((change / unit).max()) for change in changes]
    gains = [
        fine / coarse if coarse > 0 else 0.0
        for coarse, fine in zip(sizes[:-halving], sizes[halving:], strict=True)
    ]
    least = _BEST_GAIN if len(gains) > 1 else _FIRST_GAIN
    gain = min(max(*gains[-2:], least), 1.0)
    discretisation = _SAFETY * gain * np.maximum(changes[-1], _SHARE * sizes[-1] * unit)
    return LatticeSum(
        value, _known(discretisation), _known(tail), _known(roundoff), magnitude, points
    )


def _known(error: FloatArray) -> FloatArray:
    return np.where(np.isfinite(error), error, np.inf)
