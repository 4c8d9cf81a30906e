"""Frames that move with clusters of components, so that a cluster stays where it is.

A component far from the others crosses much of the line in time. In the coordinates (t, x) it is an
oblique strip, which boxes cover badly; in x - alpha(t) m, with m the cluster's mean, it is a box.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from flint import arb

from fmproof.losses.certified.marginal import Marginal
from fmproof.losses.certified.schedule import Moment
from fmproof.models.balls import Ball, ball_sum, power

_MOVES = 2.0  # times the length at one time: beyond that a panel's places are mostly void


class Strip(NamedTuple):
    """An interval of x - alpha(t) m, where m is what the frame moves with."""

    frame: int
    edges: tuple[float, float]

    @property
    def length(self) -> float:
        return self.edges[1] - self.edges[0]


class Frames:
    """The mixture as seen from each of the frames that were asked for.

    Attributes:
        views: the marginal side in each frame's coordinate.
    """

    def __init__(self, marginal: Marginal) -> None:
        self.marginal = marginal
        self.views: list[Marginal] = []
        self._known: dict[tuple[int, ...], int] = {}
        atoms = marginal.atoms
        self._order = sorted(range(len(atoms)), key=lambda k: float(atoms[k].mean))

    def places(self, now: Moment, reach: float) -> list[Strip]:
        """Intervals, each in its frame, that at every time of ``now`` are disjoint and hold all
        that is within ``reach`` standard deviations of a component."""
        found: list[tuple[list[int], Strip]] = []
        for k in self._order:
            members = [k]
            place = self._place(members, now, reach)
            while found and not self._apart(found[-1][1], place, now):
                members = found.pop()[0] + members
                place = self._place(members, now, reach)
            found.append((members, place))
        return [place for _, place in found]

    def moves(self, places: list[Strip], middle: Moment, reach: float) -> bool:
        """Whether ``places`` are mostly void at one time, in the ``middle``."""
        alone = sum(place.length for place in self.places(middle, reach))
        return sum(place.length for place in places) > _MOVES * alone

    def _place(self, members: list[int], now: Moment, reach: float) -> Strip:
        """Around a cluster, in the frame that moves with its mean."""
        frame = self._frame(members)
        view = self.views[frame]
        lows, highs = [], []
        for k in members:
            atom = view.atoms[k]
            side = (power(now.alpha, 2) * atom.variance + power(now.beta, 2)).sqrt() * reach
            centre = view.centre(atom, now.alpha)
            lows.append(float((centre - side).lower()))  # float() may round in
            highs.append(float((centre + side).upper()))
        return Strip(
            frame, (math.nextafter(min(lows), -math.inf), math.nextafter(max(highs), math.inf))
        )

    def _apart(self, first: Strip, second: Strip, now: Moment) -> bool:
        """Whether the first lies below the second, or above it, at every time of ``now``."""
        gap = now.alpha * (self.views[second.frame].origin - self.views[first.frame].origin)
        above = gap + second.edges[0] - first.edges[1]
        below = gap + second.edges[1] - first.edges[0]
        return bool(above > 0) or bool(below < 0)

    def _frame(self, members: list[int]) -> int:
        key = tuple(members)
        if key not in self._known:
            atoms = [self.marginal.atoms[k] for k in members]
            weight = ball_sum(atom.weight for atom in atoms)
            mean: Ball = ball_sum(atom.weight * atom.mean for atom in atoms) / weight
            self._known[key] = len(self.views)
            self.views.append(self.marginal.seen_from(arb(mean.mid())))
        return self._known[key]
