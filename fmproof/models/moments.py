"""Posterior moments by matrix products: blocks of points against a batch of queries.

Given x, the weight of the point m_k is exp(L_k) with L_k = q·m_k - h |m_k|^2 - shift: q is x scaled
by alpha / beta^2 and h = alpha^2 / (2 beta^2). So a block of points costs two matrix products, one
for all L_k and one for the weighted sum of the points; nothing of size (queries, points, d) exists.
The sums over two blocks merge by an associative operation, in any order and on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]

NEGLIGIBLE = 40.0
"""exp(-NEGLIGIBLE) = 4e-18 of the reference's weight is left out."""


@dataclass
class Moments:
    """Weighted sums over some of the points, for each of n queries.

    Attributes:
        top: (n,), the logarithm that all weights are relative to.
        mass: (n,), sum of the weights exp(L_k - top).
        first: (n, d), weighted sum of the points.
        second: (n,), weighted sum of the points' squared lengths, as they were given.
    """

    top: FloatArray
    mass: FloatArray
    first: FloatArray
    second: FloatArray

    @classmethod
    def nothing(
        cls, queries: int, dim: int, top: float = -np.inf, dtype: Any = np.float64
    ) -> Moments:
        """The sums over no points; ``top`` is finite where it is known what dominates."""
        zero = np.zeros(queries, dtype)
        tops = np.full(queries, top, dtype)
        return cls(tops, zero, np.zeros((queries, dim), dtype), zero.copy())

    def merge(self, other: Moments) -> Moments:
        """The sums over the points of both."""
        top = np.maximum(self.top, other.top)
        with np.errstate(invalid="ignore"):
            a, b = np.exp(self.top - top), np.exp(other.top - top)
        a, b = np.where(self.mass > 0, a, 0.0), np.where(other.mass > 0, b, 0.0)
        return Moments(
            top,
            a * self.mass + b * other.mass,
            a[:, None] * self.first + b[:, None] * other.first,
            a * self.second + b * other.second,
        )

    def add(
        self,
        weights: FloatArray,
        points: FloatArray,
        squares: FloatArray,
        at: Any = slice(None),
    ) -> None:
        """Add points (K, d) with their weights (n, K) relative to ``top``, in place.

        Args:
            at: the queries that the weights are of, each once; by default all.
        """
        # Thin products would only wake the threads of the large ones.
        self.mass[at] += weights.sum(axis=1)
        self.second[at] += np.einsum("nk,k->n", weights, squares)
        self.first[at] += weights @ points

    def append(self, sums: FloatArray) -> None:
        """Add sums (n, d + 3) that one product gave: of the points, of their squared lengths, of
        something else, and of the weights; in place."""
        self.first += sums[:, :-3]
        self.second += sums[:, -3]
        self.mass += sums[:, -1]

    def put(self, rows: slice, part: Moments) -> None:
        """Set those of some of the queries."""
        self.top[rows], self.mass[rows] = part.top, part.mass
        self.first[rows], self.second[rows] = part.first, part.second

    def rebase(self, top: FloatArray) -> None:
        """Make all weights relative to ``top`` (n,), in place."""
        with np.errstate(invalid="ignore"):
            factor = np.where(self.mass > 0, np.exp(self.top - top), 0.0)
        self.top = top
        self.mass *= factor
        self.second *= factor
        if (factor != 1).any():
            self.first *= factor[:, None]


def logits(
    queries: FloatArray,
    half: FloatArray,
    shift: FloatArray,
    points: FloatArray,
    squares: FloatArray,
) -> FloatArray:
    """L_k = q·m_k - h |m_k|^2 - shift, (n, K), in the precision of ``queries``.

    Args:
        queries: q, (n, d).
        half: h, (n,).
        shift: (n,).
        points: m_k, (K, d).
        squares: (K,), |m_k|^2, about any centre: q then is that of x minus alpha times the centre.
    """
    found = queries @ points.T
    rest = np.multiply.outer(half.astype(found.dtype), squares.astype(found.dtype))
    rest += shift.astype(found.dtype)[:, None]
    found -= rest
    return found
