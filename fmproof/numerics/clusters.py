"""Which components of a mixture share a lattice, at one time.

Components of similar scale whose surroundings overlap are integrated together. Narrow ones
inside broad ones are not: the lattice that resolves them would be huge. Clusters are ordered from
broad to narrow, and a cluster's integral is that of the mixture of all clusters up to it minus
that of all clusters before it. The difference vanishes away from the cluster, varies over its
scale, and the differences add up to the integral of the whole mixture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fmproof.models.arrays import FloatArray
from fmproof.numerics.lattice import Box
from fmproof.numerics.snapshot import Snapshot

IntArray = npt.NDArray[np.intp]

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


def clusters(at: Snapshot, reach: float, spacing: float) -> list[Cluster]:
    """Clusters of the mixture at one time, from broad to narrow.

    A box reaches ``reach`` standard deviations beyond its centres; its first lattice has
    ``spacing`` times the finest detail of the components in it.
    """
    volumes = np.log(at.scales).sum(axis=1)
    present = np.flatnonzero(at.problem.data.weights > 0)
    groups = _split(at, present, volumes, reach, spacing)
    groups.sort(key=lambda group: -volumes[group].max())
    found = []
    for i, group in enumerate(groups):
        before = np.concatenate([present[:0], *groups[:i]])
        found.append(_cluster(at, group, before, volumes, reach, spacing))
    return found


def _split(
    at: Snapshot, group: IntArray, volumes: FloatArray, reach: float, spacing: float
) -> list[IntArray]:
    """Halve ``group`` until each part's lattice is no larger than its members' own lattices."""
    dim = at.scales.shape[1]
    if len(group) == 1:
        return [group]
    view = _View(at, group, volumes)
    if view.box(slice(None), reach, spacing).counts.prod() <= (
        len(group) * np.ceil(2 * reach / spacing) ** dim
    ):
        return [group]
    volume = volumes[group]
    if np.ptp(volume) > dim * np.log(_SIMILAR):
        order = np.argsort(volume)
    else:
        axis = np.argmax(np.ptp(view.positions, axis=0) / view.widths.max(axis=0))
        order = np.argsort(view.positions[:, axis])
    half = len(group) // 2
    return [
        part
        for side in (order[:half], order[half:])
        for part in _split(at, group[side], volumes, reach, spacing)
    ]


def _cluster(
    at: Snapshot,
    group: IntArray,
    before: IntArray,
    volumes: FloatArray,
    reach: float,
    spacing: float,
) -> Cluster:
    view = _View(at, np.concatenate([group, before]), volumes, size=len(group))
    own = slice(len(group))
    box = view.box(own, reach, spacing)
    margin = reach * view.widths
    touching = ((view.positions + margin > box.low) & (view.positions - margin < box.high)).all(1)
    touching[own] = True
    detail = view.details[touching].min(axis=0)
    box = replace(box, spacing=spacing * detail)
    reaching = before[touching[len(group) :]]
    return Cluster(np.concatenate([reaching, group]), len(reaching), view.origin, box)


class _View:
    """Components as seen along the axes of the broadest one, from its centre.

    Attributes, all (n, d): ``positions``; ``widths``, standard deviations along the axes;
    ``details``, standard deviations along the axes with the other coordinates held fixed.
    """

    def __init__(
        self, at: Snapshot, members: IntArray, volumes: FloatArray, size: int | None = None
    ) -> None:
        self.origin = int(members[:size][np.argmax(volumes[members[:size]])])
        self.axes = at.bases[self.origin]
        means = at.problem.data.means
        self.positions = at.alpha * (means[members] - means[self.origin]) @ self.axes
        cosines = np.einsum("ia,kij->kaj", self.axes, at.bases[members]) ** 2
        variances = at.scales[members][:, None, :] ** 2
        self.widths = np.sqrt((cosines * variances).sum(axis=2))
        self.details = 1 / np.sqrt((cosines / variances).sum(axis=2))

    def box(self, chosen: slice, reach: float, spacing: float) -> Box:
        positions, widths = self.positions[chosen], self.widths[chosen]
        return Box(
            low=(positions - reach * widths).min(axis=0),
            high=(positions + reach * widths).max(axis=0),
            spacing=spacing * self.details[chosen].min(axis=0),
            decay=widths.max(axis=0),
            axes=self.axes,
        )
