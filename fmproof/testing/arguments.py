"""Data, coordinates and times as users give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models import (
    DiscreteTime,
    GaussianMixture,
    Path,
    QuantileTime,
    TablePath,
    TimeLaw,
    UniformTime,
)
from fmproof.models.given_paths import domain_of

_INSIDE = 1e-3  # of the times of a path, where its ends may be infinite


def points_of(data: Any) -> tuple[GaussianMixture, tuple[int, ...]]:
    """Points (K, d) of an array (K, ...), and the shape of one."""
    if hasattr(data, "detach"):
        data = data.detach().cpu().double().numpy()
    array = np.asarray(data) if isinstance(data, np.ndarray) or hasattr(data, "__array__") else data
    if getattr(array, "ndim", 0) > 2:
        return GaussianMixture.points(array.reshape(len(array), -1)), array.shape[1:]
    points = GaussianMixture.points(array)
    return points, (points.dim,)


def dims_of(dims: Any, dim: int) -> tuple[int, ...] | None:
    """The coordinates that count, in order."""
    if dims is None:
        return None
    try:
        array = np.asarray(dims)
        if array.dtype == bool:
            array = np.flatnonzero(array) if array.size == dim else np.array([dim])
        rows = tuple(sorted({int(i) for i in array.ravel()}))
    except (TypeError, ValueError):
        rows = ()
    if not rows or rows[0] < 0 or rows[-1] >= dim:
        raise InputError(
            f"dims: expected indices from 0 to {dim - 1}, or {dim} booleans, found {dims!r}"
        )
    return rows


def default_time(path: Path) -> TimeLaw:
    if isinstance(path, TablePath):
        return DiscreteTime(path.times)
    low, high = domain_of(path)
    if (low, high) == (0.0, 1.0):
        return UniformTime()
    if low >= 0 and high <= 1:
        return UniformTime(low, high)
    return QuantileTime(_Line(low, high), f"uniform time on [{low:g}, {high:g}]")


@dataclass(frozen=True)
class _Line:
    low: float
    high: float

    def __call__(self, u: Any) -> Any:
        return self.low + (self.high - self.low) * u


def check_direction(path: Path) -> None:
    """Refuse to turn the times of a path that runs from data to noise as it stands."""
    low, high = domain_of(path)
    ends = np.array([low, high]) + (high - low) * np.array([_INSIDE, -_INSIDE])
    early, late = np.asarray(path.beta(ends)) / np.maximum(np.asarray(path.alpha(ends)), 1e-300)
    if late > early:
        raise InputError(
            f"direction: 'data-to-noise' turns the times of a path from noise to data, but this "
            f"one has its noise at t = {high:g} already; leave direction out, and call the data "
            "'data' and the noise 'noise' where a target is named"
        )
