"""How few rows would explain a loss that is below the floor of all of them?

A loader that neither goes on nor shuffles trains on its first rows again and again. The loss then
goes down to the floor of those rows, which is lower: few rows are told apart at a smaller t. So
the floors of fewer and fewer rows say how many there may have been.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fmproof.errors import FmproofWarning
from fmproof.floor.rows import Ints, Rows
from fmproof.floor.run import Floor, compute_floor

_FEWEST = 4  # a loss at the floor of fewer rows is next to nothing: a leak looks the same
_MOST = 4_096
_TOLERANCE, _SECONDS = 0.03, 10.0  # of one of these floors


@dataclass(frozen=True)
class FewRows:
    """Attributes:
    rows: the largest power of two that explains the loss.
    floor, error: of so many rows drawn at random, summed over the coordinates.
    """

    rows: int
    floor: float
    error: float


def few_rows(
    floor: Floor, rows: Rows, labels: Ints | None, explains: Callable[[Floor], bool]
) -> FewRows | None:
    """The most rows whose floor explains a loss; None when not even a few do.

    Args:
        floor: that of all ``rows``, which have ``labels`` (N,) or None.
        explains: whether a loss is nowhere below a floor.
    """
    if floor.setting.batch is not None:  # pairs of a batch would need floors of their own
        return None
    found = None
    count = _FEWEST
    while count <= min(rows.count // 2, _MOST):
        part = _floor_of_some(floor, rows, labels, count)
        if not explains(part):
            return found
        found = FewRows(count, part.value, part.error)
        count *= 2
    return found


def _floor_of_some(floor: Floor, rows: Rows, labels: Ints | None, count: int) -> Floor:
    rng = np.random.default_rng([floor.seed, count])
    picked = np.sort(rng.choice(rows.count, count, replace=False))
    names = None if labels is None else np.unique(labels[picked], return_inverse=True)[1]
    points = rows.take(picked).astype(rows.dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FmproofWarning)  # all rows have been warned of
        return compute_floor(
            Rows(points, rows.name, rows.factor),
            floor.setting,
            None if names is None else names.astype(np.int64),
            seed=floor.seed,
            bins=len(floor.bins),
            tolerance=_TOLERANCE,
            time_limit=_SECONDS,
        )
