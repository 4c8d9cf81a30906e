"""Rigorous integrals of analytic functions over an interval or a rectangle, in ball arithmetic.

A cell's integral is the product Gauss-Legendre sum plus a proved bound of its error. Let f be
analytic and bounded by M on the Bernstein ellipse with parameter rho > 1 around [-1, 1]. Its
Chebyshev coefficients are at most 2 M rho^-k; the n-point rule, n >= 2, is exact below degree 2 n,
gives odd ones their value 0 by symmetry, and is off by at most 2 + 2/15 for every even k >= 2 n
(|Q(T_k)| <= 2, |I(T_k)| = 2/(k^2 - 1)). Summed up, the error is at most

    (64/15) M rho^(-2 n) / (1 - rho^-2)

(Rabinowitz 1969; Trefethen, SIAM Review 50, 2008, theorem 4.5; Johansson, arXiv 1802.07942). On
a rectangle the two axes' errors add up, with the other axis' length as a factor.

M comes from one evaluation on a box that holds the ellipses. A box on which the integrand is not
known to be analytic (a pole, a branch cut) gives a value that is not finite, and the cell is cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache, reduce
from heapq import heappop, heappush
from itertools import pairwise, product
from typing import Any, NamedTuple

from flint import acb, arb

from fmproof.losses.budget import Budget
from fmproof.models.balls import Ball, ball_sum, entrywise_sum, power

Integrand = Callable[..., Any]
"""A function of the first coordinate, and of a frame if cells have one, that returns the values or
a function of the next coordinate."""

_SHAPES = (2.0, 4.0, 8.0)  # the ellipses tried, by their parameter
_SMALLEST = 2.0**-60  # of the whole: a cell that is not cut any more
# Into how many parts the boxes around the ellipses are cut, along the first and the second axis.
_PIECES = ((4, 1), (4, 2))
_REMEMBERED = 4096
_MAX_NODES = 32  # along one axis; a cell that needs more is cut


class Cell(NamedTuple):
    """A box: its edges (low, high) along each axis.

    Attributes:
        frame: in which the last one is measured; handed to the integrand beside the first
            coordinate, unless it is None.
    """

    edges: tuple[tuple[float, float], ...]
    frame: int | None = None

    def balls(self) -> list[Ball]:
        """Each axis as a real ball."""
        return [arb(low).union(arb(high)) for low, high in self.edges]

    @property
    def volume(self) -> Ball:
        product = arb(1)
        for low, high in self.edges:
            product *= arb(high) - arb(low)
        return product

    def cut(self, axis: int) -> tuple[Cell, Cell] | None:
        """The two halves, None when the axis has no float between its edges."""
        low, high = self.edges[axis]
        middle = low + (high - low) / 2
        if not low < middle < high:
            return None
        halves = [
            Cell((*self.edges[:axis], edge, *self.edges[axis + 1 :]), self.frame)
            for edge in ((low, middle), (middle, high))
        ]
        return halves[0], halves[1]


def _ellipse(edges: tuple[float, float], rho: float, parts: int, *, upper: bool) -> list[Ball]:
    """Complex boxes that together hold the Bernstein ellipse around an interval.

    Args:
        parts: into how many the real and the imaginary direction are cut.
        upper: take the upper half only. The integrands are real on the real line, so that of
            conjugate points one is enough.
    """
    (low, high), shape = map(arb, edges), arb(rho)
    middle, half = (low + high) / 2, (high - low) / 2
    across, along = half * (shape + 1 / shape) / 2, half * (shape - 1 / shape) / 2
    columns = [middle + piece for piece in _pieces(-across, across, parts)]
    if upper:
        rows = _pieces(arb(0), along, (parts + 1) // 2)
    else:
        rows = _pieces(-along, along, parts)
    return [acb(re, im) for re in columns for im in rows]


def _pieces(low: Ball, high: Ball, count: int) -> list[Ball]:
    edges = [low + (high - low) * i / count for i in range(count + 1)]
    return [left.union(right) for left, right in pairwise(edges)]


class _Memo:
    """An integrand of two axes that remembers what the first one led to.

    Cells that lie above one another share their boxes and nodes of the first axis.
    """

    def __init__(self, integrand: Integrand, axes: int) -> None:
        self.integrand, self.axes = integrand, axes
        self._known: dict[tuple[Any, ...], list[Any]] = {}

    def on_ellipse(self, cell: Cell, rho: float, parts: int) -> list[Any]:
        """The integrand on the boxes around the first axis' ellipse."""
        key = cell.edges[0], cell.frame, rho, parts
        if key not in self._known:
            self._remember(key, cell, _ellipse(cell.edges[0], rho, parts, upper=True))
        return self._known[key]

    def at_nodes(self, cell: Cell, count: int) -> list[tuple[Ball, Any]]:
        """The first axis' weights and the integrand at its nodes."""
        key = cell.edges[0], cell.frame, count
        nodes = _nodes(cell.edges[0], count)
        if key not in self._known:
            self._remember(key, cell, [x for x, _ in nodes])
        return [(weight, here) for (_, weight), here in zip(nodes, self._known[key], strict=True)]

    def _remember(self, key: tuple[Any, ...], cell: Cell, balls: list[Ball]) -> None:
        if len(self._known) > _REMEMBERED or self.axes == 1:
            self._known.clear()
        self._known[key] = [_begun(self.integrand, ball, cell) for ball in balls]


class EnclosedIntegrals(NamedTuple):
    """Enclosures of the integrals, and what they took.

    Attributes:
        leftover: cells that the values do not include, because the budget ended before them or
            they became too small.
    """

    values: list[Ball]
    evaluations: int
    leftover: list[Cell]


class _Plan(NamedTuple):
    """How a cell will be summed, and the bound of the error."""

    nodes: tuple[int, ...]
    errors: list[Ball]

    @property
    def cost(self) -> int:
        return math.prod(self.nodes)


def integrate(
    integrand: Integrand,
    cells: Iterable[Cell],
    target: Sequence[float],
    budget: Budget,
    tick: Callable[[int, int], None] | None = None,
    bound: Callable[[Cell], list[Ball]] | None = None,
) -> EnclosedIntegrals:
    """Enclose the integrals of all entries of ``integrand`` over the union of ``cells``.

    Args:
        integrand: takes the axes one after another; for the last it returns a list of balls.
        target: the width aimed at, for each entry.
        budget: when it ends, cells are left over.
        tick: called with the number of cells that are summed, and of all that are planned.
        bound: encloses the integrals over a cell without the integrand. Cells are taken from the
            largest bound on, by default from the largest volume, so that little is left over; what
            is small by its bound is not looked at.
    """
    every = list(cells)
    if not every:
        return EnclosedIntegrals([arb(0)] * len(target), 0, [])
    memo = _Memo(integrand, len(every[0].edges))
    whole = sum(float(cell.volume) for cell in every)
    pending: list[tuple[float, Cell]] = []
    planned: list[tuple[Cell, _Plan]] = []
    width = len(target)
    values = [arb(0)] * width
    leftover: list[Cell] = []
    spent = cost = 0

    def push(cell: Cell) -> None:
        nonlocal values, spent
        volume = float(cell.volume)
        if bound is None or budget.out_of_time:
            heappush(pending, (-volume, cell))
            return
        spent += 1
        balls = bound(cell)
        if all(_within(b, entry * volume / whole) for b, entry in zip(balls, target, strict=True)):
            values = entrywise_sum(values, balls)
            return
        sizes = [float(b.rad()) / entry for b, entry in zip(balls, target, strict=True)]
        heappush(pending, (-max(sizes, key=lambda v: (v == v, v)), cell))

    for cell in every:
        push(cell)
    while pending:
        _, cell = heappop(pending)
        volume = float(cell.volume)
        share = [entry * volume / whole for entry in target]
        if spent + cost > budget.limit or budget.out_of_time:
            leftover.append(cell)
            continue
        plan, tried = _plan(memo, cell, share)
        spent += tried
        if plan is not None:
            cost += plan.cost
            planned.append((cell, plan))
            continue
        range_only = by_range(integrand, cell)
        if all(_within(ball, tau) for ball, tau in zip(range_only, share, strict=True)):
            values = entrywise_sum(values, range_only)
            continue
        axis, tried = _axis_to_cut(memo, cell)
        spent += tried + 1
        halves = cell.cut(axis) if volume > _SMALLEST * whole else None
        if halves is None:
            leftover.append(cell)
        else:
            for half in halves:
                push(half)
    for done, (cell, plan) in enumerate(planned):
        if tick is not None:
            tick(done, len(planned))
        if plan.cost and budget.out_of_time:
            leftover.append(cell)
            continue
        values = entrywise_sum(values, plan.errors)
        if plan.cost:
            values = entrywise_sum(values, _sum(memo, cell, plan.nodes))
    return EnclosedIntegrals(values, spent + cost, leftover)


def by_range(integrand: Integrand, cell: Cell) -> list[Ball]:
    """Enclosures of the integrals over a cell: its volume times the integrands' range there."""
    volume = cell.volume
    first, *others = cell.balls()
    found = _begun(integrand, first, cell)
    for ball in others:
        found = found(ball)
    return [volume * _real(value) for value in found]


def _begun(integrand: Integrand, first: Ball, cell: Cell) -> Any:
    """The integrand at a first coordinate."""
    return integrand(first) if cell.frame is None else integrand(first, cell.frame)


def _plan(memo: _Memo, cell: Cell, share: list[float]) -> tuple[_Plan | None, int]:
    """The cheapest way found to sum the cell to its share of the error, None if it must be cut.

    Also the number of evaluations that it took to find out.
    """
    axes = len(cell.edges)
    spent = 0
    for pieces in _PIECES:
        parts = pieces[-axes:]
        seen: dict[tuple[int, ...], _Plan | None] = {}

        def look(shapes: tuple[int, ...], parts: Sequence[int] = parts,
                 seen: dict[tuple[int, ...], _Plan | None] = seen) -> _Plan | None:  # fmt: skip
            if shapes not in seen:
                rhos = [_SHAPES[i] for i in shapes]
                seen[shapes] = _with_shapes(memo, cell, share, rhos, parts)
            return seen[shapes]

        best = _cheapest(look, axes)
        spent += len(seen) * math.prod(parts) ** 2
        if best is not None and max(best.nodes) <= _MAX_NODES:
            return best, spent
    return None, spent


def _cheapest(look: Callable[[tuple[int, ...]], _Plan | None], axes: int) -> _Plan | None:
    """A walk over shapes of ellipses, from the smallest, as long as a larger one is cheaper."""
    shapes = (0,) * axes
    best = look(shapes)
    moved = best is not None
    while moved and best is not None:
        moved = False
        for axis in range(axes):
            if shapes[axis] + 1 < len(_SHAPES):
                larger = (*shapes[:axis], shapes[axis] + 1, *shapes[axis + 1 :])
                plan = look(larger)
                if plan is not None and plan.cost < best.cost:
                    shapes, best, moved = larger, plan, True
    return best


def _with_shapes(
    memo: _Memo,
    cell: Cell,
    share: list[float],
    shapes: Sequence[float],
    pieces: Sequence[int],
) -> _Plan | None:
    bounds = _bounds(memo, cell, shapes, pieces)
    if bounds is None:
        return None
    volume = cell.volume
    if all(float((volume * m).upper()) <= tau for m, tau in zip(bounds, share, strict=True)):
        errors = [(volume * m).upper() for m in bounds]
        return _Plan((0,) * len(shapes), [error.union(-error) for error in errors])
    # How many times the error of one node's rule is to shrink, at the entry that asks most.
    needed = max(_log(volume * m) - math.log(tau) for m, tau in zip(bounds, share, strict=True))
    nodes = tuple(
        max(2, math.ceil((needed + math.log(32 / 15 * len(shapes) / (1 - rho**-2)))
                         / (2 * math.log(rho))))
        for rho in shapes
    )  # fmt: skip
    factor = ball_sum(
        power(1 / arb(rho), 2 * n) / (1 - power(1 / arb(rho), 2))
        for rho, n in zip(shapes, nodes, strict=True)
    )
    errors = [(volume * m * factor * 32 / 15).upper() for m in bounds]
    return _Plan(nodes, [error.union(-error) for error in errors])


def _axis_to_cut(memo: _Memo, cell: Cell) -> tuple[int, int]:
    """The axis whose width is to blame, and the evaluations that it took to find out.

    Along each axis in turn the cell is collapsed to its middle; the axis whose collapse brings
    the bound down the most is cut.
    """
    axes = len(cell.edges)
    if axes == 1:
        return 0, 0
    scores = []
    for axis, (low, high) in enumerate(cell.edges):
        middle = low + (high - low) / 2
        edges = [*cell.edges]
        edges[axis] = (middle, math.nextafter(middle, math.inf))
        bounds = _bounds(
            memo, Cell(tuple(edges), cell.frame), [_SHAPES[0]] * axes, _PIECES[0][-axes:]
        )
        scores.append(math.inf if bounds is None else max(map(_log, bounds)))
    if scores[0] == scores[1]:  # neither alone is enough: a cut of the second stays local
        return 1, axes
    return scores.index(min(scores)), axes


def _bounds(
    memo: _Memo, cell: Cell, shapes: Sequence[float], pieces: Sequence[int]
) -> list[Ball] | None:
    """The largest absolute values on the product of the ellipses, None if not known."""
    largest: list[Ball] | None = None
    found = memo.on_ellipse(cell, shapes[0], pieces[0])
    boxes = _ellipse(cell.edges[1], shapes[1], pieces[1], upper=False) if memo.axes > 1 else [None]
    for here, box in product(found, boxes):
        sizes = [entry.abs_upper() for entry in (here if box is None else here(box))]
        if not all(size.is_finite() for size in sizes):
            return None
        largest = sizes if largest is None else [
            a.max(b) for a, b in zip(largest, sizes, strict=True)
        ]  # fmt: skip
    return largest


def _within(ball: Ball, width: float) -> bool:
    return bool(ball.is_finite()) and float(ball.rad()) <= width


def _log(bound: Ball) -> float:
    return -math.inf if bound.is_zero() else float(bound.log())


def _sum(memo: _Memo, cell: Cell, nodes: tuple[int, ...]) -> list[Ball]:
    """The product Gauss-Legendre sum over the cell."""
    totals: list[Ball] | None = None
    for weight, here in memo.at_nodes(cell, nodes[0]):
        values = here
        if memo.axes > 1:
            rows = ([w * v for v in here(x)] for x, w in _nodes(cell.edges[1], nodes[1]))
            values = reduce(entrywise_sum, rows)
        scaled = [weight * _real(value) for value in values]
        totals = scaled if totals is None else entrywise_sum(totals, scaled)
    return totals or []


def _nodes(edges: tuple[float, float], count: int) -> list[tuple[Ball, Ball]]:
    """Gauss-Legendre nodes and weights on an interval."""
    low, high = map(arb, edges)
    middle, half = (low + high) / 2, (high - low) / 2
    return [(middle + half * x, half * weight) for x, weight in _rule(count)]


@cache
def _rule(count: int) -> list[tuple[Ball, Ball]]:
    return [arb.legendre_p_root(count, k, weight=True) for k in range(count)]


def _real(value: Ball) -> Ball:
    return value.real if isinstance(value, acb) else value
