"""Nodes and weights for one variable of integration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from fmproof.meaning.envelope import Spread
from fmproof.meaning.interpretation import LATENT_POINTS, AnyArray, Value

MAX_NODES = 100_000


class TooLarge(Exception):
    """An array would not fit into the memory allowed."""


class PlacedNodes(NamedTuple):
    """Nodes for one variable.

    Attributes:
        points: (n, ..., P, size).
        weights: (n, ..., P, 1).
        edge: (n,), whether a node is on the rim of a box in space; None for an interval, and
            for samples.
    """

    points: AnyArray
    weights: AnyArray
    edge: AnyArray | None = None


class Axis(NamedTuple):
    """A variable's nodes as a value, with what :class:`PlacedNodes` has beside it."""

    value: Value
    weights: AnyArray
    edge: AnyArray | None

    def part(self, start: int, stride: int) -> Axis:
        edge = None if self.edge is None else self.edge[start::stride]
        return Axis(Value(self.value.array[start::stride]), self.weights[start::stride], edge)


class Nodes(Protocol):
    """A way to choose nodes for a variable, given those of ``ndim`` axes that are there already.

    They stand on a new leading axis, or ``along`` the leading axis that is there.
    """

    @property
    def joint(self) -> bool:
        """Whether the variables of one integral share an axis."""

    def interval(self, low: AnyArray, high: AnyArray, ndim: int, along: bool) -> PlacedNodes: ...

    def latent(self, ndim: int, along: bool) -> PlacedNodes: ...

    def choice(self, count: int, ndim: int, along: bool) -> PlacedNodes:
        """Numbers below ``count``, for the points of a law."""

    def space(self, spreads: Sequence[Spread], ndim: int, along: bool) -> PlacedNodes: ...


@dataclass(frozen=True)
class Grid:
    """Gauss-Legendre nodes on an interval, and the trapezoid rule on a box in space.

    The trapezoid rule converges exponentially for an analytic integrand that decays (Trefethen
    and Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56, 2014): for a
    Gaussian with an error of exp(-2 pi^2 / step^2) and a tail beyond ``reach``.

    Attributes:
        times: number of nodes on an interval.
        step: distance of the nodes, in standard deviations of the narrowest component.
        reach: how far the box extends beyond each component's mean, in its standard deviations.
    """

    times: int
    step: float
    reach: float
    joint: ClassVar[bool] = False

    def interval(self, low: AnyArray, high: AnyArray, ndim: int, along: bool) -> PlacedNodes:
        nodes, weights = (a.reshape(-1, *[1] * ndim) for a in gauss_legendre(self.times))
        return PlacedNodes(low + (high - low) * nodes, (high - low) * weights)

    def latent(self, ndim: int, along: bool) -> PlacedNodes:
        return latent_points(ndim)

    def choice(self, count: int, ndim: int, along: bool) -> PlacedNodes:
        index = np.arange(count).reshape(-1, *[1] * ndim)
        return PlacedNodes(index, np.ones(index.shape))

    def space(self, spreads: Sequence[Spread], ndim: int, along: bool) -> PlacedNodes:
        low, high, step = self._box(spreads, ndim)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            counts = np.ceil((high - low) / step)
        counts = counts.reshape(-1, counts.shape[-1]).max(axis=0)
        if not counts.prod() <= MAX_NODES:
            raise TooLarge
        per_axis = [int(n) for n in np.maximum(counts, 1)]
        index = np.stack([row.ravel() for row in np.indices(per_axis)], axis=-1)
        edge = ((index == 0) | (index == np.array(per_axis) - 1)).any(axis=-1)
        unit = (index + 0.5) / per_axis
        size = unit.shape[-1]
        points = low + (high - low) * unit.reshape(-1, *[1] * (ndim - 1), size)
        cell = ((high - low) / per_axis).prod(axis=-1, keepdims=True)
        return PlacedNodes(points, np.broadcast_to(cell, (len(unit), *cell.shape)), edge)

    def _box(self, spreads: Sequence[Spread], ndim: int) -> tuple[AnyArray, AnyArray, AnyArray]:
        """Corners and step, (..., P, size), over all components and all axes beyond ``ndim``."""
        lows, highs, steps = [], [], []
        for spread in spreads:
            wide = np.sqrt(np.diagonal(spread.covariance, axis1=-2, axis2=-1))
            narrow = wide
            if wide.shape[-1] > 1:
                precision = np.linalg.inv(spread.covariance)
                narrow = 1 / np.sqrt(np.diagonal(precision, axis1=-2, axis2=-1))
            lows.append(_reduce(np.minimum, spread.mean - self.reach * wide, ndim))
            highs.append(_reduce(np.maximum, spread.mean + self.reach * wide, ndim))
            steps.append(_reduce(np.minimum, self.step * narrow, ndim))
        low, high, step = lows[0], highs[0], steps[0]
        for i in range(1, len(spreads)):
            low, high = np.minimum(low, lows[i]), np.maximum(high, highs[i])
            step = np.minimum(step, steps[i])
        low, high, step = np.broadcast_arrays(low, high, step)
        return _pad(low, ndim), _pad(high, ndim), _pad(step, ndim)


def _reduce(ufunc: np.ufunc, array: AnyArray, ndim: int) -> AnyArray:
    while array.ndim > ndim:
        array = ufunc.reduce(array, axis=0)
    return array


def _pad(array: AnyArray, ndim: int) -> AnyArray:
    """``array`` with leading axes of length one."""
    return array.reshape((1,) * (ndim - array.ndim) + array.shape)


@cache
def gauss_legendre(count: int) -> tuple[AnyArray, AnyArray]:
    """Nodes and weights on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def latent_points(ndim: int) -> PlacedNodes:
    """The points of a latent space, each with weight one."""
    points = LATENT_POINTS.reshape(-1, *[1] * ndim)
    return PlacedNodes(points, np.ones_like(points))
