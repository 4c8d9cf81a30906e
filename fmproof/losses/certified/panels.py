"""Cutting the time interval into panels over which the mixture changes little, with a range of x
for each; and what is known of the panels where it degenerates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from flint import acb, arb

from fmproof.losses.budget import Budget
from fmproof.losses.certified.cubature import Cell
from fmproof.losses.certified.frames import Frames
from fmproof.losses.certified.joint import JointColumns
from fmproof.losses.certified.marginal import Marginal
from fmproof.losses.certified.overlap import bounds
from fmproof.losses.certified.schedule import Moment, TimeAxis
from fmproof.losses.certified.tails import beyond
from fmproof.models.balls import Ball, ball_sum, entrywise_sum, is_finite, power

_STEADY = 4.0  # a variance may change by this factor within a panel
_PIECES = 32  # of a panel that is not resolved
_NARROWEST = 2.0**-44  # of the interval
_SHORTEST = 2.0**-20  # of the interval, of panels that are cut because components move in them
_WITHOUT_MODEL = {"C1", "floor"}


class Panels(NamedTuple):
    """What is left to integrate, and an enclosure of everything that is not in it.

    Attributes:
        cells: boxes of y and x.
        apart: panels of y over which the components hardly overlap (``overlap.py``).
        rest: for each column a ball that holds the integral outside the cells.
    """

    cells: list[Cell]
    apart: list[Cell]
    rest: list[Ball]


def panels(
    frames: Frames,
    joint: JointColumns,
    axis: TimeAxis,
    target: Sequence[float],
    reach: float,
    budget: Budget,
) -> Panels:
    """Cut ``axis`` so that what is outside the cells is about ``target`` where that can be had,
    in the time that the ``budget`` has."""
    marginal = frames.marginal
    low, high = axis.edges
    cells: list[Cell] = []
    apart: list[Cell] = []
    rest = _outside(marginal, joint, axis)
    pending = [Cell(((low, high),))]
    while pending:
        panel = pending.pop()
        ((start, stop),) = panel.edges
        if budget.out_of_time:
            rest = entrywise_sum(rest, bounded(marginal, joint, axis, (start, stop), budget))
            continue
        (y,) = panel.balls()
        now = marginal.schedule(axis.time(y))
        mass = panel.volume * axis.density(y).abs_upper()
        share = (stop - start) / (high - low)
        overlap = bounds(marginal, now)
        if overlap is not None:
            overlap = [mass * ball for ball in overlap]
            if all(float(b.rad()) <= share * t / 4 for b, t in zip(overlap, target, strict=True)):
                apart.append(panel)
                rest = entrywise_sum(rest, overlap)
                continue
        parts = marginal.components(now)
        around = acb(y, panel.volume.union(-panel.volume) / 4)
        analytic = is_finite(marginal.schedule(axis.time(around)))
        if analytic and is_finite(now) and all(_steady(part.variance) for part in parts):
            places = frames.places(now, reach)
            middle = marginal.schedule(axis.time(arb(y.mid())))
            halves = panel.cut(0) if frames.moves(places, middle, reach) else None
            if halves is not None and share > _SHORTEST:
                pending += halves
                continue
            tails = [mass * bound for bound in beyond(marginal, now, parts, reach)]
            rest = entrywise_sum(rest, tails)
            cells += [Cell(((start, stop), place.edges), place.frame) for place in places]
            continue
        # The floor's bound from below needs the density's: a ball, not its upper end.
        known = [panel.volume * axis.density(y) * ball for ball in whole(marginal, joint, now)]
        small = all(float(b.rad()) <= t / 4 for b, t in zip(known, target, strict=True))
        halves = panel.cut(0)
        if small or share < _NARROWEST or halves is None:
            rest = entrywise_sum(rest, known)
        else:
            pending += halves
    return Panels(cells, apart, rest)


def bounded(
    marginal: Marginal,
    joint: JointColumns,
    axis: TimeAxis,
    edges: tuple[float, float],
    budget: Budget,
) -> list[Ball]:
    """Balls that hold the columns' integrals over a panel of y that is not resolved: piece by
    piece, or when time is up as a whole."""
    found = [arb(0)] * marginal.width
    pieces = 1 if budget.out_of_time else _PIECES
    cuts = [edges[0] + (edges[1] - edges[0]) * i / pieces for i in range(pieces)]
    for piece in pairwise([*cuts, edges[1]]):
        cell = Cell((piece,))
        (y,) = cell.balls()
        mass = cell.volume * axis.density(y)
        now = marginal.schedule(axis.time(y))
        found = entrywise_sum(found, [mass * ball for ball in whole(marginal, joint, now)])
    return found


def disjoint_places(sides: Iterable[tuple[Ball, Ball]]) -> list[tuple[float, float]]:
    """Disjoint intervals that hold all from centre - side to centre + side: nothing is spent on the
    void between components that are far apart."""
    found: list[tuple[float, float]] = []
    # float() may round in.
    for low, high in sorted(
        (
            math.nextafter(float((centre - side).lower()), -math.inf),
            math.nextafter(float((centre + side).upper()), math.inf),
        )
        for centre, side in sides
    ):
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return found


def stacks(cells: Iterable[Cell]) -> list[tuple[tuple[float, float], list[Cell]]]:
    """Disjoint ranges of y with the cells above each, so that no time is counted twice."""
    found: list[tuple[tuple[float, float], list[Cell]]] = []
    for cell in sorted(cells):
        low, high = cell.edges[0]
        if found and low < found[-1][0][1]:
            (first, last), above = found[-1]
            found[-1] = (first, max(last, high)), [*above, cell]
        else:
            found.append(((low, high), [cell]))
    return found


def whole(marginal: Marginal, joint: JointColumns, now: Moment) -> list[Ball]:
    """Balls that hold the columns at all times of ``now``, however degenerate the mixture is.

    E u_t(x)^2 is at most E u_t(x given z)^2 by Jensen's inequality, which has no variance of
    the mixture in its denominator; the rest is Cauchy and Schwarz.
    """
    field = joint.target_square(now).abs_upper()
    none = arb(0)
    found: list[Ball] = []
    gram, model = [], none
    if marginal.model is not None and not set(marginal.names) <= _WITHOUT_MODEL:
        powers = [power(now.t, a) for _, a, _ in marginal.model.terms]
        gram = [
            [(p * q * entry).abs_upper() for q, entry in zip(powers, row, strict=True)]
            for p, row in zip(powers, joint.gram(now), strict=True)
        ]
        model = joint.model_square(now).abs_upper()
    for name in marginal.names:
        match name:
            case "C1":
                found.append(none.union(field))
            case "floor":
                found.append(_variance(marginal, joint, now, field))
            case "fm":
                found.append(none.union(power(model.sqrt() + field.sqrt(), 2)))
            case "fm_gradient":
                size = 2 * (model.sqrt() + field.sqrt())
                found += [_around(size * row[a].sqrt()) for a, row in enumerate(gram)]
            case "fm_b":
                found += [_around((field * row[a]).sqrt()) for a, row in enumerate(gram)]
            case "G":
                sizes = [row[a] for a, row in enumerate(gram)]
                found += [_around((p * q).sqrt()) for p in sizes for q in sizes]
    return found


def _variance(marginal: Marginal, joint: JointColumns, now: Moment, field: Ball) -> Ball:
    """A ball that holds E tr Cov(u_t(x given Z) given X_t = x): at least the variance that is left
    when the component is known, too, at most what the best linear guess from x leaves."""
    wronskian = power(now.dalpha * now.beta - now.dbeta * now.alpha, 2)

    def left(variance: Ball) -> Ball:
        return wronskian * variance / (power(now.alpha, 2) * variance + power(now.beta, 2))

    parts = [atom.weight * left(atom.variance) for atom in marginal.atoms if atom.variance > 0]
    least = ball_sum(part.abs_lower() for part in parts if part.is_finite())
    most = left(joint.variance) if joint.variance > 0 else arb(0)
    return least.union(most.abs_upper().min(field) if most.is_finite() else field)


def _outside(marginal: Marginal, joint: JointColumns, axis: TimeAxis) -> list[Ball]:
    """What the time law has beyond the ends of ``axis``."""
    if axis.beyond.is_zero():
        return [arb(0)] * marginal.width
    rest = [arb(0)] * marginal.width
    for t in axis.ends():
        balls = whole(marginal, joint, marginal.schedule(t))
        rest = entrywise_sum(rest, [axis.beyond / 2 * ball for ball in balls])
    return rest


def _steady(variance: Ball) -> bool:
    low, high = variance.lower(), variance.upper()
    return bool(low > 0 and high < _STEADY * low)


def _around(size: Ball) -> Ball:
    return size.union(-size)
