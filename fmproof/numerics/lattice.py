"""Integrals over R^d of smooth decaying functions by nested trapezoid sums on a lattice.

On the whole space the trapezoid rule converges exponentially for analytic integrands: the error
is about exp(-2 pi a / h) for a step h and poles at the distance a (Trefethen & Weideman, "The
exponentially convergent trapezoidal rule", SIAM Review 56, 2014). A lattice is refined by adding
shifted copies of itself, so that no point is evaluated twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

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
        """Estimate of the absolute error, (Q,)."""
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
    stages = _refinements(len(counts))
    # The first lattice and two halvings of its step are needed in any case: one sweep.
    first, *added = sums.ladder(counts)
    levels, points = [first], int(counts.prod())
    result: LatticeSum | None = None
    while True:
        weight = 1
        for shifts in stages:
            points += len(shifts) * int(counts.prod())
            if result is not None and points > max_points:
                return result
            new = added.pop(0) if added else sum(sums.over(counts, s) for s in shifts)
            levels.append((weight * levels[-1] + new) / (weight + len(shifts)))
            weight += len(shifts)
            if len(levels) > 2 * len(stages):
                result = _result(levels, len(stages), tolerance, box, points)
                if (result.discretisation <= np.maximum(tolerance, result.roundoff)).all():
                    return result
        counts = counts * 2


@cache
def _refinements(dim: int) -> list[list[FloatArray]]:
    """Shifts, in steps, that halve the step: first to the cell's centre, then the rest."""
    *rest, centre = (np.array(s) for s in product((0.0, 0.5), repeat=dim) if any(s))
    return [[centre], rest] if rest else [[centre]]


@cache
def _ladder(dim: int) -> npt.NDArray[np.intp]:
    """Which points of a lattice are in one four times as coarse (0), and which are added by the
    first, second, ... stage of two halvings; by the remainders of their cells."""
    order = np.zeros((4,) * dim, dtype=np.intp)
    remainders = np.indices(order.shape).reshape(dim, -1).T
    number = 0
    for width in (4, 2):
        for shifts in _refinements(dim):
            number += 1
            for shift in shifts:
                order.ravel()[(remainders % width == width * shift).all(axis=1)] = number
    return order


class _Sums:
    """Lattice sums of an integrand, each a (5, Q) array.

    The rows are the integral, that of the absolute value, the latter's parts in the box's
    outermost layer and in the next one, and the integral of the size. A layer is one decay
    length thick.
    """

    def __init__(self, integrand: Integrand, box: Box, chunk: int) -> None:
        self.integrand, self.box, self.chunk = integrand, box, chunk

    def ladder(self, counts: FloatArray) -> list[FloatArray]:
        """The sums over the lattice of ``counts`` cells, and over what each stage of two halvings
        of the step adds to it."""
        dim = len(counts)
        parts = self._sweep(counts * 4, np.zeros(dim), _ladder(dim))
        stages = (len(parts) - 1) // 2
        cell = (self.box.high - self.box.low).prod() / counts.prod()
        cells = np.repeat([cell, cell, cell / 2.0**dim], [1, stages, stages])
        return list(parts * cells[:, None, None])

    def over(self, counts: FloatArray, shift: FloatArray) -> FloatArray:
        """The sum over the lattice ``low + (cell + shift) step`` for the cells in ``counts``."""
        one = np.zeros((1,) * len(counts), dtype=np.intp)
        cell = (self.box.high - self.box.low).prod() / counts.prod()
        return np.asarray(self._sweep(counts, shift, one)[0] * cell)

    def _sweep(
        self, counts: FloatArray, shift: FloatArray, order: npt.NDArray[np.intp]
    ) -> FloatArray:
        """Sums of the terms, one for each number that ``order`` gives to a cell's remainders."""
        box, shape = self.box, tuple(int(c) for c in counts)
        size, step = int(counts.prod()), (box.high - box.low) / counts
        numbers = np.arange(order.max() + 1)[:, None]
        total = np.zeros(())
        for first in range(0, size, self.chunk):
            cells = np.unravel_index(np.arange(first, min(first + self.chunk, size)), shape)
            group = order[tuple(i & (n - 1) for i, n in zip(cells, order.shape, strict=True))]
            total = total + self._chunk(
                (np.stack(cells) + shift[:, None]) * step[:, None],
                (group == numbers).astype(np.float64),
            )
        return np.asarray(total)

    def _chunk(self, above: FloatArray, groups: FloatArray) -> FloatArray:
        """The sums (G, 5, Q) over the points in each of ``groups`` (G, n).

        Points stand in columns (d, n), ``above`` the box's lower corner.
        """
        box = self.box
        values, sizes = self.integrand((box.axes @ (above + box.low[:, None])).T)
        below = (box.high - box.low)[:, None] - above
        depth = (np.minimum(above, below) / box.decay[:, None]).min(axis=0)
        layers = np.stack([np.ones(len(depth)), depth < 1, (depth >= 1) & (depth < 2)])
        masses = (groups[:, None] * layers).reshape(-1, len(depth)) @ np.abs(values)
        return np.concatenate(
            [
                (groups @ values)[:, None],
                masses.reshape(len(groups), 3, -1),
                (groups @ sizes)[:, None],
            ],
            axis=1,
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
