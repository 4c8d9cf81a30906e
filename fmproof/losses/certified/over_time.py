"""Both sides' columns to a relative tolerance: at one time, or integrated over the time law."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from flint import arb

from fmproof.errors import InputError
from fmproof.losses import quadrature
from fmproof.losses.budget import Budget
from fmproof.losses.certified.cubature import (
    Cell,
    EnclosedIntegrals,
    Integrand,
    by_range,
    integrate,
)
from fmproof.losses.certified.frames import Frames
from fmproof.losses.certified.joint import JointColumns
from fmproof.losses.certified.marginal import Marginal, weighted_over_time
from fmproof.losses.certified.overlap import without_overlap
from fmproof.losses.certified.panels import bounded, disjoint_places, panels, stacks, whole
from fmproof.losses.certified.schedule import time_axis
from fmproof.losses.certified.tails import beyond, in_a_cell
from fmproof.losses.quantities import Columns, Quantity
from fmproof.models.balls import Ball, entrywise_sum, is_finite, rational
from fmproof.models.problem import Problem

PanelProgress = Callable[[int, int], None]
"""Called with the cells that are summed and all that are planned."""

_ROUGH = 1e-2  # the tolerance at which the size of the values is looked up
_ROUGH_BUDGET, _ROUGH_SHARE = 1e6, 0.2  # evaluations, and of the time that is left
# A value is resolved relative to itself or, where it nearly cancels, to this share of its bound.
_CANCELLATION = 1e-3
_FINEST = 1e-25  # what balls with 106 bits can be asked for, with room for the rounding of sums
_PROBES = 16  # times at which the bounds of the values are looked at


class _Run(ABC):
    """The columns of both sides, to errors relative to their values.

    Attributes:
        cost: the evaluations of the integrands and the cells that were not resolved.
    """

    def __init__(self, problem: Problem, names: tuple[Quantity, ...], budget: Budget) -> None:
        sides = Columns.marginal(problem, names), Columns.joint(problem, names)
        self.marginal = Marginal(problem, tuple(sides[0].slices))
        self.joint = JointColumns(problem, tuple(sides[1].slices))
        self._slices = [*sides[0].slices.items()]
        self._slices += [
            (name, slice(part.start + sides[0].width, part.stop + sides[0].width))
            for name, part in sides[1].slices.items()
        ]
        self.budget = budget
        budget.limit /= len(self.marginal.atoms)
        self.cost = {"evaluations": 0, "unresolved": 0}

    def to(self, tolerance: float) -> dict[Quantity, list[Ball]]:
        """The columns of each quantity of either side, to the relative ``tolerance``."""
        sizes = self._grouped(self._sizes())
        values = self._grouped(self._guess())
        balls = self._columns(
            [
                max(tolerance, _FINEST) * max(value, _CANCELLATION * size)
                for value, size in zip(values, sizes, strict=True)
            ]
        )
        return {name: balls[columns] for name, columns in self._slices}

    def _grouped(self, values: Sequence[float]) -> list[float]:
        """For each column the largest value of its quantity; at least a little."""
        found = [0.0] * len(values)
        for _, columns in self._slices:
            largest = max((v for v in values[columns] if math.isfinite(v)), default=0.0)
            found[columns] = [largest or 1.0] * (columns.stop - columns.start)
        return found

    def _spend(self, integral: EnclosedIntegrals) -> EnclosedIntegrals:
        self.cost["evaluations"] += integral.evaluations * len(self.marginal.atoms)
        self.cost["unresolved"] += len(integral.leftover)
        return integral

    @abstractmethod
    def _guess(self) -> list[float]:
        """The columns' values, roughly and without proof: they only say how far to go."""

    @abstractmethod
    def _sizes(self) -> list[float]:
        """Bounds of the columns' absolute values, roughly."""

    @abstractmethod
    def _columns(self, target: list[float]) -> list[Ball]:
        """The columns to the absolute errors ``target``."""


class OverTime(_Run):
    """The columns' means over the time law."""

    def __init__(
        self,
        problem: Problem,
        names: tuple[Quantity, ...],
        tolerance: float,
        budget: Budget,
        progress: PanelProgress | None,
    ) -> None:
        super().__init__(problem, names, budget)
        self.axis = time_axis(problem.time, tolerance / 100)
        self.reach = _reach(self.marginal, tolerance)
        self.progress = progress
        self._problem = problem
        self._views: list[Marginal] = []  # one for each frame

    def _guess(self) -> list[float]:
        names = [name for name, _ in self._slices]
        seconds = _ROUGH_SHARE * self.budget.left
        found = quadrature.evaluate(self._problem, names, _ROUGH, _ROUGH_BUDGET, seconds)
        return [abs(float(v)) for name in names for v in np.ravel(found[name].value)]

    def _sizes(self) -> list[float]:
        low, high = self.axis.edges
        totals = [0.0] * (self.marginal.width + self.joint.width)
        for i in range(_PROBES):
            y = arb(low + (high - low) * (i + 0.5) / _PROBES)
            t, weight = self.axis.time(y), float(self.axis.density(y)) * (high - low) / _PROBES
            balls = [*whole(self.marginal, self.joint, self.marginal.schedule(t)),
                     *self.joint.at(t)]  # fmt: skip
            totals = [
                total + weight * float(ball.abs_upper())
                for total, ball in zip(totals, balls, strict=True)
            ]
        return totals

    def _columns(self, target: list[float]) -> list[Ball]:
        width = self.marginal.width
        joint = self._joint(target[width:])  # first: it takes little, and time may run out
        return [*self._marginal(target[:width]), *joint]

    def _marginal(self, target: list[float]) -> list[Ball]:
        if not target:
            return []
        axis = self.axis
        frames = Frames(self.marginal)
        found = panels(frames, self.joint, axis, target, self.reach, self.budget)
        self._views = frames.views
        integrand = weighted_over_time(self._views, axis.time, axis.density)
        summed = self._spend(
            integrate(integrand, found.cells, target, self.budget, self.progress, self._in_cell)
        )
        balls = entrywise_sum(summed.values, found.rest)

        def alone(y: Ball) -> list[Ball]:
            weight = axis.density(y)
            now = self.marginal.schedule(axis.time(y))
            return [weight * value for value in without_overlap(self.marginal, self.joint, now)]

        balls = entrywise_sum(balls, self._along(alone, found.apart, target))
        for edges, cells in stacks(summed.leftover):
            balls = entrywise_sum(balls, self._left_over(edges, cells))
        return balls

    def _left_over(self, edges: tuple[float, float], cells: list[Cell]) -> list[Ball]:
        """Balls that hold the columns over ``cells`` that lie above a range of y: by the bounds of
        everything there, or of what the components have in each cell, whichever is smaller."""
        everything = bounded(self.marginal, self.joint, self.axis, edges, self.budget)
        found = [arb(0)] * self.marginal.width
        for cell in cells:
            if self.budget.out_of_time:
                found = [arb.nan()] * self.marginal.width
                break
            found = entrywise_sum(found, self._in_cell(cell))
        outer = [bound.union(arb(0)) for bound in everything]
        return [
            inner if inner.is_finite() and inner.rad() < bound.rad() else bound
            for inner, bound in zip(found, outer, strict=True)
        ]

    def _in_cell(self, cell: Cell) -> list[Ball]:
        """Balls that hold the columns over a cell, by what the components have in it."""
        y, _ = cell.balls()
        (start, stop), sides = cell.edges
        view = self._views[cell.frame or 0]
        now = view.schedule(self.axis.time(y))
        mass = (arb(stop) - arb(start)) * self.axis.density(y).abs_upper()
        parts = in_a_cell(view, now, view.components(now), sides)
        return [mass * ball for ball in parts]

    def _joint(self, target: list[float]) -> list[Ball]:
        if not target:
            return []
        axis = self.axis

        def integrand(y: Ball) -> list[Ball]:
            weight = axis.density(y)
            return [weight * value for value in self.joint.at(axis.time(y))]

        balls = self._along(integrand, [Cell((axis.edges,))], target)
        if axis.beyond.is_zero():
            return balls
        for t in axis.ends():
            rest = [axis.beyond / 2 * value for value in self.joint.at(t)]
            balls = entrywise_sum(balls, rest)
        return balls

    def _along(
        self, integrand: Integrand, cells: list[Cell], target: Sequence[float]
    ) -> list[Ball]:
        """The integrals over panels of y alone."""
        summed = self._spend(integrate(integrand, cells, target, self.budget))
        balls = summed.values
        for cell in summed.leftover:
            balls = entrywise_sum(balls, by_range(integrand, cell))
        return balls


class AtTime(_Run):
    """The columns at one time."""

    def __init__(
        self,
        problem: Problem,
        names: tuple[Quantity, ...],
        t: Fraction,
        tolerance: float,
        budget: Budget,
    ) -> None:
        super().__init__(problem, names, budget)
        self.t = rational(t)
        self.now = self.marginal.schedule(self.t)
        if not is_finite(self.now):
            raise InputError(f"t: the schedule's derivative is infinite at t = {t}")
        self.parts = self.marginal.components(self.now)
        if self.marginal.names and not all(part.variance > 0 for part in self.parts):
            raise InputError(f"t: p_t has no density at t = {t}, where a component is a point")
        self.reach = _reach(self.marginal, tolerance)

    def _guess(self) -> list[float]:
        rough = self._columns([_ROUGH * size for size in self._sizes()])
        return [abs(float(ball.mid())) for ball in rough]

    def _sizes(self) -> list[float]:
        balls = [*whole(self.marginal, self.joint, self.now), *self.joint.at(self.t)]
        return [float(ball.abs_upper()) for ball in balls]

    def _columns(self, target: list[float]) -> list[Ball]:
        width = self.marginal.width
        balls: list[Ball] = []
        if width:
            sides = [(part.centre, part.variance.sqrt() * self.reach) for part in self.parts]
            cells = [Cell((place,)) for place in disjoint_places(sides)]
            summed = self._spend(
                integrate(self.marginal.at(self.t, lambda y: y), cells, target[:width], self.budget)
            )
            tails = beyond(self.marginal, self.now, self.parts, self.reach)
            balls = entrywise_sum(summed.values, tails)
            if summed.leftover:
                bounds = whole(self.marginal, self.joint, self.now)
                balls = entrywise_sum(balls, [bound.union(arb(0)) for bound in bounds])
        return [*balls, *self.joint.at(self.t)]


def _reach(marginal: Marginal, tolerance: float) -> float:
    """Standard deviations beyond which the integrands are negligible, roughly."""
    tolerance = max(tolerance, _FINEST)
    degree = 1 if marginal.model is None else max(x for _, _, x in marginal.model.terms)
    return math.sqrt(2 * max(1, degree)) + math.sqrt(-2 * math.log(tolerance)) + 1.5
