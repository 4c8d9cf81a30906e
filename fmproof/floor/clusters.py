"""Rows in clusters, so that most of them are left out of a posterior with a bound.

The weight of a row m at y = x / beta is exp(-|y - r m|^2 / 2), r = alpha / beta. Let c be the
centre of its cluster and s = |m - c|. Then |y - r m| >= | |y - r c| - r s |: it matters only if s
lies within R / r of |y - r c| / r, where R is the distance beyond which a weight is negligible. The
members of a cluster are sorted by s, so those that may matter are neighbours, and a product with
the centres finds them: the inverted file of Jegou, Douze & Schmid 2011, with a bound.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fmproof.floor.rows import Floats, Ints
from fmproof.models.moments import NEGLIGIBLE

FEWEST = 4096
"""Rows below which products with all of them cost less than looking for those that matter."""
_EACH, _LEAST, _MOST = 32, 8, 1024  # rows a cluster to place the centres by; clusters
_CHUNK = 256  # queries or rows that are held against all centres at once
_ROUNDS = 4
_FETCH, _BEGIN = 40, 16_384  # pairs that fetching a row, and turning to a cluster, are worth
SLACK = 64 * float(np.finfo(np.float64).eps)
"""By how much a squared distance may be off, times the sum of the squared lengths."""


@dataclass(frozen=True)
class Clusters:
    """Rows by cluster.

    Attributes:
        centres: (K, d), about the same centre as the points that they are made of.
        order: (M,) the rows' places, cluster by cluster; in each by distance from its centre.
        starts: (K + 1,) where each cluster begins in ``order``.
        distances: (M,) from the centre of its cluster, in that order.
    """

    centres: Floats
    order: Ints
    starts: Ints
    distances: Floats

    @cached_property
    def rank(self) -> Ints:
        """(M,) where each row stands in ``order``."""
        rank = np.empty_like(self.order)
        rank[self.order] = np.arange(len(self.order))
        return rank

    @cached_property
    def _squares(self) -> Floats:
        """(K,) squared lengths of the centres."""
        return np.asarray(np.einsum("kd,kd->k", self.centres, self.centres))

    @cached_property
    def _spans(self) -> Floats:
        """(2, K) the least and the largest distance of a cluster's members; none if it is empty."""
        found = np.full((2, len(self.centres)), np.nan)
        full = np.diff(self.starts) > 0
        found[0, full] = self.distances[self.starts[:-1][full]]
        found[1, full] = self.distances[self.starts[1:][full] - 1]
        return found

    def nearest_centre(self, y: Floats, ratio: Floats) -> Ints:
        """The clusters (n,) whose centres, times r, are nearest to the queries, and not empty."""
        closeness = 2 * y @ self.centres.T - ratio[:, None] * self._squares
        closeness[:, np.diff(self.starts) == 0] = -np.inf
        return np.asarray(np.argmax(closeness, axis=1))

    def reached(self, y: Floats, ratio: Floats, nearest: Floats) -> Reached:
        """The members that may matter to a query; the weight of any other is negligible beside that
        of the nearest, whatever rounding did.

        Args:
            y: x / beta, (n, d), about the same centre.
            ratio: r, (n,), at least 0.
            nearest: (n,), no less than the distance |y - r m| of the nearest row m.
        """
        start, stop = np.empty((2, len(y), len(self.centres)), dtype=np.int32)
        for i in range(0, len(y), _CHUNK):
            some = slice(i, i + _CHUNK)
            start[some], stop[some] = self._reached(y[some], ratio[some], nearest[some])
        return Reached(start, stop)

    def _reached(self, y: Floats, ratio: Floats, nearest: Floats) -> tuple[Ints, Ints]:
        sizes = np.einsum("nd,nd->n", y, y)
        scale = sizes[:, None] + ratio[:, None] ** 2 * self._squares
        square = scale - 2 * ratio[:, None] * (y @ self.centres.T)
        slack = SLACK * scale
        least = np.sqrt(np.maximum(square - slack, 0.0))
        most = np.sqrt(np.maximum(square + slack, 0.0))
        reach = np.sqrt(nearest**2 + 2 * NEGLIGIBLE)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            low = (least - reach) / ratio[:, None]
            high = (most + reach) / ratio[:, None]
        none = ratio == 0  # then x tells nothing: each row matters
        low[none], high[none] = -np.inf, np.inf
        # Most clusters are beyond the reach of most queries as a whole.
        live = (low <= self._spans[1]) & (high >= self._spans[0])
        start, stop = np.zeros((2, *low.shape), dtype=np.int64)
        for k in np.flatnonzero(live.any(axis=0)):
            a, b = self.starts[k], self.starts[k + 1]
            some = np.flatnonzero(live[:, k])
            start[some, k] = a + self.distances[a:b].searchsorted(low[some, k], side="left")
            stop[some, k] = a + self.distances[a:b].searchsorted(high[some, k], side="right")
        return start, stop


@dataclass(frozen=True)
class Reached:
    """Which members may matter to n queries: of each cluster some neighbours in its order.

    Attributes:
        start, stop: (n, K), from where to where for each query; 32 bits, as there are many.
    """

    start: Any
    stop: Any

    def __iter__(self) -> Iterator[tuple[Ints, int, int]]:
        """Queries (k,) and the members, start to stop, that matter to one of them."""
        live, first, last = self._spans
        for k in np.flatnonzero(live.any(axis=0)):
            yield np.flatnonzero(live[:, k]), int(first[k]), int(last[k])

    @property
    def pairs(self) -> int:
        """Of a query and a member that may matter to it."""
        return int(np.maximum(self.stop - self.start, 0).sum())

    @property
    def cost(self) -> float:
        """Of the work with them, in pairs of a query and a member that is worked with in order."""
        live, first, last = self._spans
        queries = live.sum(axis=0)
        rows = np.where(queries > 0, last - first, 0)
        return float((rows * (queries + _FETCH)).sum() + _BEGIN * np.count_nonzero(queries))

    @cached_property
    def _spans(self) -> tuple[Any, Ints, Ints]:
        """Where a member matters, (n, K); the first and last of each cluster, (K,)."""
        live = self.stop > self.start
        first = np.where(live, self.start, np.iinfo(np.int32).max).min(axis=0)
        last = np.where(live, self.stop, -1).max(axis=0)
        return live, first, last


def clustered(count: int, rows: Callable[[Ints], Floats], held: int) -> Clusters:
    """Clusters of ``count`` rows: about sqrt(count) of them, by k-means on some of the rows.

    Args:
        rows: some of them in float64, about a centre.
        held: how many of them may be held at once.
    """
    from scipy.cluster.vq import kmeans2

    wanted = int(max(1, min(np.sqrt(count), _MOST, held // _LEAST)))
    several = min(count, held, _EACH * wanted)
    sample = rows(np.unique(np.linspace(0, count - 1, several).astype(np.int64)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a cluster may stay empty
        centres, _ = kmeans2(sample, wanted, iter=_ROUNDS, minit="points", seed=0)
    centres = np.ascontiguousarray(centres)
    lengths = np.einsum("kd,kd->k", centres, centres) / 2
    cluster, distance = np.empty(count, dtype=np.int64), np.empty(count)
    for start in range(0, count, _CHUNK):
        stop = min(start + _CHUNK, count)
        block = rows(np.arange(start, stop))
        nearest = np.argmax(block @ centres.T - lengths, axis=1)
        cluster[start:stop] = nearest
        gap = block - centres[nearest]
        distance[start:stop] = np.sqrt(np.einsum("nd,nd->n", gap, gap))
    order = np.lexsort((distance, cluster))
    starts = np.searchsorted(cluster[order], np.arange(len(centres) + 1))
    return Clusters(centres, order, starts.astype(np.int64), distance[order])
