"""The rows that a posterior is among, in blocks: all, or those that matter to some queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fmproof.floor.clusters import FEWEST, SLACK, Clusters, Reached, clustered
from fmproof.floor.rows import Floats, Ints, Rows, Summary

_TRIED = 32  # queries for which members are looked for first
_SPARSE = 0.5  # share of the members above which looking for them is given up


@dataclass(frozen=True)
class PopulationPart:
    """Some of the members of a population, and the queries that they matter to.

    Attributes:
        queries: which of the n queries: a slice or (k,) numbers.
        start: the rank of the first of them; the others follow.
        points, squares: (m, d) and (m,), as :meth:`Population.block` gives them.
    """

    queries: Any
    start: int
    points: Floats
    squares: Floats


@dataclass(frozen=True)
class Population:
    """Rows among which the posterior is: all, or those with one label.

    Attributes:
        members: (M,) the rows, sorted; None for all.
        clusters: of the members, where most of them do not matter to most queries.
    """

    rows: Rows
    summary: Summary
    members: Ints | None = None
    clusters: Clusters | None = None

    def __len__(self) -> int:
        return self.rows.count if self.members is None else len(self.members)

    def slices(self, dtype: Any) -> list[tuple[int, int]]:
        if self.members is None:
            return list(self.rows.slices(dtype))
        step = next(iter(self.rows.slices(dtype)))[1]
        return [(a, min(a + step, len(self))) for a in range(0, len(self), step)]

    def block(self, start: int, stop: int, dtype: Any) -> tuple[Floats, Floats]:
        """Members start to stop and their squared distances from the centre."""
        if self.members is not None:
            return self._some(self.members[start:stop], dtype)
        points, squares = self.rows.block(start, stop, dtype), self.summary.squares[start:stop]
        return self._shifted(points, dtype), squares

    def _some(self, index: Ints, dtype: Any) -> tuple[Floats, Floats]:
        return self._shifted(self.rows.take(index, dtype), dtype), self.summary.squares[index]

    def _shifted(self, points: Floats, dtype: Any) -> Floats:
        """About the centre, if that is needed."""
        if self.summary.off_centre:
            points = (points - self.summary.centre).astype(dtype, copy=False)
        return points

    def position(self, index: Ints) -> Ints:
        """Where rows stand among the members."""
        return index if self.members is None else np.searchsorted(self.members, index)

    def in_clusters(self) -> Population:
        """The same with clusters, if there are so many members that they pay off."""
        if len(self) < FEWEST:
            return self
        found = clustered(len(self), self._centred, self.rows.held(np.float64))
        return replace(self, clusters=found)

    def _centred(self, place: Ints) -> Floats:
        """The members at these places about the centre, in float64."""
        return self.rows.take(self._members(place)) - self.summary.centre

    def that_matter(
        self, y: Floats, ratio: Floats, nearest: Floats | None, dtype: Any
    ) -> tuple[Callable[[Ints], Ints], Iterator[PopulationPart]]:
        """All members but some whose weights are negligible, and how rows rank among them.

        Where picking them does not pay off it is all, in order. See :meth:`Clusters.reached`.
        """
        clusters = self.clusters
        reached = None if clusters is None else self._worth_it(clusters, y, ratio, nearest)
        if clusters is None or reached is None:
            return self.position, self._all(dtype)
        rank = clusters.rank
        return lambda index: rank[self.position(index)], self._part(clusters, reached, dtype)

    def _worth_it(
        self, clusters: Clusters, y: Floats, ratio: Floats, nearest: Floats | None
    ) -> Reached | None:
        """The members in reach, where picking them pays off; tried with some of the queries."""

        def reached(some: slice) -> Reached:
            near = (
                self._nearest(clusters, y[some], ratio[some]) if nearest is None else nearest[some]
            )
            return clusters.reached(y[some], ratio[some], near)

        few = slice(None, None, max(1, -(-len(y) // _TRIED)))
        if reached(few).pairs >= _SPARSE * len(y[few]) * len(self):
            return None
        whole = reached(slice(None))
        return whole if whole.cost < len(y) * len(self) else None

    def _nearest(self, clusters: Clusters, y: Floats, ratio: Floats) -> Floats:
        """How far the nearest member is at most: one of the cluster with the nearest centre."""
        found = np.empty(len(y))
        own = clusters.nearest_centre(y, ratio)
        for k in np.unique(own):
            at = np.flatnonzero(own == k)
            points = self._centred(clusters.order[clusters.starts[k] : clusters.starts[k + 1]])
            lengths = np.einsum("md,md->m", points, points)
            scale = np.einsum("nd,nd->n", y[at], y[at])[:, None] + ratio[at, None] ** 2 * lengths
            square = scale - 2 * ratio[at, None] * (y[at] @ points.T)
            found[at] = (np.maximum(square, 0.0) + SLACK * scale).min(axis=1)
        return np.asarray(np.sqrt(found))

    def _members(self, place: Ints) -> Ints:
        """The rows at these places among the members."""
        return place if self.members is None else self.members[place]

    def _all(self, dtype: Any) -> Iterator[PopulationPart]:
        for start, stop in self.slices(dtype):
            yield PopulationPart(slice(None), start, *self.block(start, stop, dtype))

    def _part(self, clusters: Clusters, reached: Reached, dtype: Any) -> Iterator[PopulationPart]:
        step = self.slices(dtype)[0][1]
        for queries, first, last in reached:
            for a in range(first, last, step):
                place = clusters.order[a : min(a + step, last)]
                yield PopulationPart(queries, a, *self._some(self._members(place), dtype))
