"""Which components of a mixture share a lattice, at one time.

Components of similar scale whose surroundings overlap are integrated together. Narrow ones
inside broad ones are not: the lattice that resolves them would be huge. Clusters are ordered from
broad to narrow, and a cluster's integral is that of the mixture of all clusters up to it minus
that of all clusters before it. The difference vanishes away from the cluster, varies over its
scale, and the differences add up to the integral of the whole mixture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from fmproof.losses.lattice import Box, IntArray
from fmproof.losses.slices import Slices
from fmproof.models.arrays import FloatArray

# Components whose volumes differ by more than this factor per dimension are told apart first.
_SIMILAR = 2.0


@dataclass(frozen=True)
class Cluster:
    """Components with a common box.

    Attributes:
        members: indices; the first ``before`` belong to earlier clusters and reach into the box.
        before: how many.
        origin: the component at whose centre the box's coordinates are zero.
        box: where the difference that the cluster makes is not negligible.
    """

    members: IntArray
    before: int
    origin: int
    box: Box


def clusters(at: Slices, row: int, reach: float, spacing: float) -> list[Cluster]:
    """Clusters of the mixture in the slice ``row``, from broad to narrow.

    A box reaches ``reach`` standard deviations beyond its centres; its first lattice has
    ``spacing`` times the finest detail of the components in it.
    """
    views = _Views(at, row, reach, spacing)
    present = np.flatnonzero(at.problem.data.weights > 0)
    groups = views.split(present)
    groups.sort(key=lambda group: -views.volumes[group].max())
    return [
        views.cluster(group, np.concatenate([present[:0], *groups[:i]]))
        for i, group in enumerate(groups)
    ]


class _Views:
    """The components of one slice, seen along the axes of the broadest of some of them."""

    def __init__(self, at: Slices, row: int, reach: float, spacing: float) -> None:
        self.reach, self.spacing = reach, spacing
        self.means, self.alpha = at.problem.data.means, at.alpha[row]
        self.scales, self.bases = at.scales[row], at.bases
        self.volumes = np.log(self.scales).sum(axis=1)
        self.dim = self.scales.shape[1]

    def of(self, members: IntArray, own: IntArray | None = None) -> _View:
        """``members`` as seen from the broadest of ``own``, by default of themselves."""
        own = members if own is None else own
        origin = int(own[np.argmax(self.volumes[own])])
        positions = self.alpha * (self.means[members] - self.means[origin])
        scales = self.scales[members]
        if self.bases is None:
            return _View(origin, np.eye(self.dim), positions, scales, scales)
        axes = self.bases[origin]
        cosines = np.einsum("ia,kij->kaj", axes, self.bases[members]) ** 2
        variances = scales[:, None, :] ** 2
        return _View(
            origin,
            axes,
            positions @ axes,
            np.sqrt((cosines * variances).sum(axis=2)),
            1 / np.sqrt((cosines / variances).sum(axis=2)),
        )

    def box(self, view: _View, size: int) -> Box:
        """Around the first ``size`` components of a view."""
        positions, widths = view.positions[:size], view.widths[:size]
        return Box(
            low=(positions - self.reach * widths).min(axis=0),
            high=(positions + self.reach * widths).max(axis=0),
            spacing=self.spacing * view.details[:size].min(axis=0),
            decay=widths.max(axis=0),
            axes=view.axes,
        )

    def split(self, group: IntArray) -> list[IntArray]:
        """Halve ``group`` until each part's lattice is no larger than its members' own ones."""
        if len(group) == 1:
            return [group]
        view = self.of(group)
        own = len(group) * np.ceil(2 * self.reach / self.spacing) ** self.dim
        if self.box(view, len(group)).counts.prod() <= own:
            return [group]
        volume = self.volumes[group]
        if np.ptp(volume) > self.dim * np.log(_SIMILAR):
            order = np.argsort(volume)
        else:
            axis = np.argmax(np.ptp(view.positions, axis=0) / view.widths.max(axis=0))
            order = np.argsort(view.positions[:, axis])
        half = len(group) // 2
        return [part for side in (order[:half], order[half:]) for part in self.split(group[side])]

    def cluster(self, group: IntArray, before: IntArray) -> Cluster:
        """The cluster of ``group`` when the components ``before`` are in earlier ones."""
        size = len(group)
        view = self.of(np.concatenate([group, before]), own=group)
        box = self.box(view, size)
        if not len(before):
            return Cluster(group, 0, view.origin, box)
        margin = self.reach * view.widths
        low, high = view.positions - margin, view.positions + margin
        touching = np.asarray(((high > box.low) & (low < box.high)).all(axis=1))
        touching[:size] = True
        box = replace(box, spacing=self.spacing * view.details[touching].min(axis=0))
        reaching = before[touching[size:]]
        return Cluster(np.concatenate([reaching, group]), len(reaching), view.origin, box)


class _View(NamedTuple):
    """n components in coordinates along the columns of ``axes`` (d, d), from ``origin``'s centre.

    The other attributes are (n, d): ``positions``; ``widths``, standard deviations along the
    axes; ``details``, standard deviations along them with the other coordinates held fixed.
    """

    origin: int
    axes: FloatArray
    positions: FloatArray
    widths: FloatArray
    details: FloatArray
