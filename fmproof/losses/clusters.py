"""Which components of a mixture share a lattice, at one time.

Components of similar scale whose surroundings overlap are integrated together. Narrow ones
inside broad ones are not: the lattice that resolves them would be huge. Clusters are ordered from
broad to narrow, and a cluster's integral is that of the mixture of all clusters up to it minus
that of all clusters before it. The difference vanishes away from the cluster, varies over its
scale, and the differences add up to the integral of the whole mixture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fmproof.losses.lattice import Boxes, IndexArray
from fmproof.losses.slices import Slices
from fmproof.models.arrays import BoolArray, FloatArray

# Components whose volumes differ by more than this factor per dimension are told apart first.
_SIMILAR = 2.0


@dataclass(frozen=True)
class ClusterBatch:
    """B clusters of k components each, in some slices.

    Attributes:
        rows: (B,), the slice of each.
        members: (B, k), components; the first ``before`` belong to earlier clusters of the slice
            and reach into the box.
        before: how many.
        origins: (B,), the component at whose centre the box's coordinates are zero.
        boxes: where the difference that a cluster makes is not negligible.
    """

    rows: IndexArray
    members: IndexArray
    before: int
    origins: IndexArray
    boxes: Boxes

    def __getitem__(self, part: IndexArray | BoolArray) -> ClusterBatch:
        """Some of the clusters."""
        return ClusterBatch(
            self.rows[part],
            self.members[part],
            self.before,
            self.origins[part],
            self.boxes[part],
        )

    @classmethod
    def of(cls, parts: list[ClusterBatch]) -> ClusterBatch:
        """All clusters of the ``parts``, which are of one shape."""
        return cls(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.members for part in parts]),
            parts[0].before,
            np.concatenate([part.origins for part in parts]),
            Boxes.of([part.boxes for part in parts]),
        )


def clusters(
    at: Slices, reach: float, spacing: float, stopped: Callable[[], bool]
) -> list[ClusterBatch]:
    """The clusters of the mixture in all slices, those of one shape together; none in slices that
    were not looked at when ``stopped`` said so.

    A box reaches ``reach`` standard deviations beyond its centres; its first lattice has
    ``spacing`` times the finest detail of the components in it.
    """
    views = _Views(at, reach, spacing)
    present = np.flatnonzero(at.problem.data.weights > 0)
    every = np.arange(len(at))
    view = views.of(every, np.broadcast_to(present, (len(at), len(present))))
    boxes = views.boxes(view, len(present))
    whole = views.small(boxes, len(present))
    alike: dict[tuple[int, int], list[ClusterBatch]] = defaultdict(list)
    together = ClusterBatch(every, view.members, 0, view.origins, boxes)
    if whole.any():
        alike[len(present), 0].append(together if whole.all() else together[whole])
    # Components that do not touch have nothing to do with one another; most groups of those that do
    # are whole, and all of one size are looked at together.
    apart: dict[int, list[tuple[int, IndexArray]]] = defaultdict(list)
    for row in every[~whole]:
        if stopped():
            break
        for groups in views.apart(int(row), present):
            apart[groups.shape[1]].append((int(row), groups))
    for size, found in apart.items():
        rows = np.repeat([row for row, _ in found], [len(groups) for _, groups in found])
        members = np.concatenate([groups for _, groups in found])
        view = views.of(rows, members)
        boxes = views.boxes(view, size)
        whole = views.small(boxes, size)
        if whole.any():
            batch = ClusterBatch(rows, members, 0, view.origins, boxes)
            alike[size, 0].append(batch if whole.all() else batch[whole])
        for row, group in zip(rows[~whole].tolist(), members[~whole], strict=True):
            for part in views.split(row, group):
                alike[part.members.shape[1], part.before].append(part)
    return [ClusterBatch.of(parts) if len(parts) > 1 else parts[0] for parts in alike.values()]


class _Views:
    """The components of slices, seen along the axes of the broadest of some of them."""

    def __init__(self, at: Slices, reach: float, spacing: float) -> None:
        self.at, self.reach, self.spacing = at, reach, spacing
        self.volumes = np.log(at.scales).sum(axis=2)
        self.dim = at.scales.shape[2]

    def of(self, rows: IndexArray, members: IndexArray, own: int | None = None) -> _View:
        """``members`` (B, k) of the slices ``rows`` (B,), as seen from the broadest of the first
        ``own`` of them, by default of all."""
        at, means = self.at, self.at.problem.data.means
        broadest = self.volumes[rows[:, None], members[:, :own]].argmax(axis=1)
        origins = members[np.arange(len(members)), broadest][:, None]
        positions = at.alpha[rows, None, None] * (means[members] - means[origins])
        scales = at.scales[rows[:, None], members]
        if at.bases is None:
            return _View(members, origins[:, 0], None, positions, scales, scales)
        axes = at.bases[origins[:, 0]]
        cosines = np.einsum("bia,bkij->bkaj", axes, at.bases[members]) ** 2
        variances = scales[:, :, None, :] ** 2
        return _View(
            members,
            origins[:, 0],
            axes,
            positions @ axes,
            np.sqrt((cosines * variances).sum(axis=3)),
            1 / np.sqrt((cosines / variances).sum(axis=3)),
        )

    def boxes(self, view: _View, size: int) -> Boxes:
        """Around the first ``size`` components of a view."""
        positions, widths = view.positions[:, :size], view.widths[:, :size]
        margin = self.reach * widths
        return Boxes(
            low=(positions - margin).min(axis=1),
            high=(positions + margin).max(axis=1),
            spacing=self.spacing * view.details[:, :size].min(axis=1),
            decay=widths.max(axis=1),
            axes=view.axes,
        )

    def small(self, boxes: Boxes, size: int) -> BoolArray:
        """Whether lattices are no larger than those that ``size`` components would have alone."""
        own = size * np.ceil(2 * self.reach / self.spacing) ** self.dim
        return np.asarray((boxes.counts.prod(axis=1) <= own) | (size == 1))

    def apart(self, row: int, group: IndexArray) -> list[IndexArray]:
        """The parts of ``group``, of the slice ``row``, whose boxes do not touch along some axis:
        those of one size together, (B, k) each."""
        view = self.of(np.array([row]), group[None])
        margin = self.reach * view.widths[0]
        low, high = view.positions[0] - margin, view.positions[0] + margin
        parts = [np.arange(len(group))]
        for i in range(self.dim):
            parts = [
                part
                for some in parts
                for part in (_apart(some, low[:, i], high[:, i]) if len(some) > 1 else [some])
            ]
        alike: dict[int, list[IndexArray]] = defaultdict(list)
        for part in parts:
            alike[len(part)].append(part)
        return [group[np.stack(same)] for same in alike.values()]

    def split(self, row: int, group: IndexArray) -> Iterator[ClusterBatch]:
        """The clusters of ``group``, of the slice ``row``, from broad to narrow."""
        parts = self.halves(row, group)
        parts.sort(key=lambda part: -self.volumes[row, part].max())
        before = group[:0]
        for part in parts:
            yield self.cluster(row, part, before)
            before = np.concatenate([before, part])

    def halves(self, row: int, group: IndexArray) -> list[IndexArray]:
        """Halve ``group``, of the slice ``row``, until each part's lattice is small."""
        if len(group) == 1:
            return [group]
        view = self.of(np.array([row]), group[None])
        if self.small(self.boxes(view, len(group)), len(group))[0]:
            return [group]
        volume = self.volumes[row, group]
        if np.ptp(volume) > self.dim * np.log(_SIMILAR):
            order = np.argsort(volume)
        else:
            spreads = np.ptp(view.positions[0], axis=0) / view.widths[0].max(axis=0)
            order = np.argsort(view.positions[0, :, np.argmax(spreads)])
        half = len(group) // 2
        return [
            part for side in (order[:half], order[half:]) for part in self.halves(row, group[side])
        ]

    def cluster(self, row: int, group: IndexArray, before: IndexArray) -> ClusterBatch:
        """The cluster of ``group`` when the components ``before`` are in earlier ones."""
        rows, size = np.array([row]), len(group)
        view = self.of(rows, np.concatenate([group, before])[None], own=size)
        boxes = self.boxes(view, size)
        if not len(before):
            return ClusterBatch(rows, group[None], 0, view.origins, boxes)
        margin = self.reach * view.widths
        low, high = view.positions - margin, view.positions + margin
        touching = np.asarray(((high > boxes.low) & (low < boxes.high)).all(axis=2))[0]
        touching[:size] = True
        spacing = self.spacing * view.details[:, touching].min(axis=1)
        boxes = Boxes(boxes.low, boxes.high, spacing, boxes.decay, boxes.axes)
        reaching = before[touching[size:]]
        members = np.concatenate([reaching, group])[None]
        return ClusterBatch(rows, members, len(reaching), view.origins, boxes)


def _apart(members: IndexArray, low: FloatArray, high: FloatArray) -> list[IndexArray]:
    """Of ``members`` (k,) those parts whose intervals, by their numbers, are linked by overlaps."""
    order = members[np.argsort(low[members])]
    gaps = low[order[1:]] >= np.maximum.accumulate(high[order])[:-1]
    return np.split(order, np.flatnonzero(gaps) + 1)


class _View(NamedTuple):
    """k components in each of B slices, in coordinates along the columns of ``axes`` (B, d, d),
    None for the coordinates themselves, from the centre of one of them, ``origins`` (B,).

    ``members`` are (B, k), the other attributes (B, k, d): ``positions``; ``widths``, standard
    deviations along the axes; ``details``, standard deviations along them with the other
    coordinates held fixed.
    """

    members: IndexArray
    origins: IndexArray
    axes: FloatArray | None
    positions: FloatArray
    widths: FloatArray
    details: FloatArray
