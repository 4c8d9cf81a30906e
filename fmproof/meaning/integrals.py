"""Integrals and expectations as sums over the nodes of their variables.

The variables of a measure get their nodes one after the other, each where the integrand has its
mass, given those before it (:mod:`fmproof.meaning.envelope`). What is too large for one array is
summed in pieces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sympy import Expr, Mul

from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Draw,
    Expect,
    Head,
    IntegralOver,
    Lebesgue,
    Let,
    Ratio,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.sorts import Sort
from fmproof.meaning.envelope import AffineForm, Envelope
from fmproof.meaning.environment import Env, Evaluate, centred, fold
from fmproof.meaning.functions import COMPLEX_STEP, absolute
from fmproof.meaning.interpretation import AnyArray, NumericLaw, PointLaw, Value
from fmproof.meaning.nodes import Axis, PlacedNodes, TooLarge, gauss_legendre, latent_points
from fmproof.meaning.written import variables_of

if TYPE_CHECKING:
    from fmproof.meaning.evaluator import Evaluator

# Every how many nodes of the first and of the second variable are taken at a time.
_STRIDES = ((1, 1), (4, 1), (16, 1), (128, 1), (128, 8), (128, 64), (128, 512))
_FADED = 0.3  # of the mean term, at the edge of a box: more, and the integral may diverge
_SAMPLE_COST = 4  # of a sample, compared with a node of a grid
_INNER_TIMES = 8  # nodes of an inner bounded variable when an outer one is placed

IntegralPiece = tuple[tuple[int, int], ...]
"""(first node, stride) for the first variables of an integral."""


class Measure(NamedTuple):
    """The variables of an integral.

    Attributes:
        values: their nodes.
        weights: joint weights, the densities of a law included.
        edges: for each axis (the last variable's is the first), which nodes are on the rim of a
            box in space.
    """

    values: dict[Var, Value]
    weights: AnyArray
    edges: tuple[AnyArray | None, ...]


class _NoNodes(Exception):
    """A piece of an integral is empty."""


def integral_value(
    ev: Evaluator, term: IntegralOver | Expect, env: Env, evaluate: Evaluate, checked: bool = False
) -> AnyArray:
    """The sum over the nodes; if ``checked``, of terms ≥ 0 that must fade at the edges."""
    if ev.nodes.joint:
        term = _jointly(term)
    outer = max((env[v].array.ndim for v in variables_of(term)), default=2)
    axes = sum(not isinstance(item, Let) for item in items_of(term.measure, ev.points))
    for strides in _STRIDES[: (1, 4, len(_STRIDES))[min(axes, 2)]]:
        try:
            return _in_pieces(ev, term, env, outer, evaluate, checked, strides)
        except TooLarge:
            if ev.nodes.joint:
                raise
    raise TooLarge


def _in_pieces(
    ev: Evaluator,
    term: IntegralOver | Expect,
    env: Env,
    outer: int,
    evaluate: Evaluate,
    checked: bool,
    strides: tuple[int, int],
) -> AnyArray:
    """The sum, over every n-th node of the first two variables at a time."""
    if strides == (1, 1):
        return _sum(ev, term, env, outer, evaluate, checked, None)
    total: AnyArray = np.zeros((1, 1))
    for first in range(strides[0]):
        for second in range(strides[1]):
            piece = ((first, strides[0]), (second, strides[1]))
            try:
                with ev.forgetting():
                    part = _sum(ev, term, env, outer, evaluate, False, piece)
                    total = total + part
            except _NoNodes:
                break
    return total


def _sum(
    ev: Evaluator,
    term: IntegralOver | Expect,
    env: Env,
    outer: int,
    evaluate: Evaluate,
    checked: bool,
    piece: IntegralPiece | None,
) -> AnyArray:
    measure = joint_measure(ev, term, env, outer, piece)
    axes = tuple(range(measure.weights.ndim - outer))
    weights = absolute(measure.weights) if evaluate == ev.magnitude else measure.weights
    terms = weights * evaluate(term.body, {**env, **measure.values})
    if checked and not all(_decays(part, measure.edges) for part in _parts(terms)):
        return np.full((1, 1), np.inf)
    return np.asarray(terms.sum(axis=axes))


def joint_measure(
    ev: Evaluator, term: IntegralOver | Expect, env: Env, outer: int, piece: IntegralPiece | None
) -> Measure:
    items = items_of(term.measure, ev.points)
    factors = list(Mul.make_args(term.body))
    draws = [item for item in term.measure if _is_weighed(item, ev.points)]
    if isinstance(term, Expect | CondExpect):
        # All expectations under one law share their nodes, whatever they are of.
        factors = [*term.measure, *(f for f in factors if isinstance(f, Ratio))]
        seen = (env[v] for factor in factors for v in variables_of(factor) if v in env)
        key = (outer, piece, *factors, *seen)
        if key in ev.measures:
            return ev.measures[key]
    inside = dict(env)
    values: dict[Var, Value] = {}
    weights: AnyArray = np.ones((1, 1))
    edges: list[AnyArray | None] = []
    for place, item in enumerate(items):
        if isinstance(item, Let):
            values[item.var] = inside[item.var] = _let(ev, item, inside)
            continue
        along = ev.nodes.joint and bool(edges)
        ndim = outer + (1 if along else len(edges))
        part = None if piece is None or along else piece[len(edges) : len(edges) + 1]
        if isinstance(item, Apply):
            drawn, weight = _drawn(ev, item, inside, ndim, along, part)
            edges.append(None)
        else:
            node = _place(ev, item, items[place + 1 :], factors, inside, ndim, along)
            node = node.part(*part[0]) if part else node
            drawn, weight = {item.var: node.value}, node.weights
            edges.append(node.edge)
        if not len(weight):
            raise _NoNodes
        values |= drawn
        inside |= drawn
        weights = weights * weight
        _spend(ev, [inside[v] for v in (*variables_of(term), *values)])
    if draws:
        weights = weights * fold(np.multiply, [ev.array(draw, inside) for draw in draws])
    measure = Measure(values, weights, tuple(reversed(edges)))
    if isinstance(term, Expect):
        ev.measures[key] = measure
    return measure


def _let(ev: Evaluator, item: Let, env: Env) -> Value:
    """A deterministic draw: the value that it is given, which another draw may have, too."""
    value = ev.moved(item.value, env)
    value.magnitude = ev.magnitude(item.value, centred(env, variables_of(item.value)))
    return value


def _drawn(
    ev: Evaluator, item: Apply, env: Env, ndim: int, along: bool, part: IntegralPiece | None
) -> tuple[dict[Var, Value], AnyArray]:
    """The points of a law that has no density, and their weights."""
    law: PointLaw = ev.interpretation.points[item.head]
    choice = ev.kept(
        ("choice", len(law.weights), ndim, along),
        lambda: ev.nodes.choice(len(law.weights), ndim, along),
    )
    node = choice.part(*part[0]) if part else choice
    which, axes = node.value.array.astype(int).ravel(), [1] * (ndim - 2)
    weights = law.weights[which]
    shaped = weights.reshape(len(which), *axes, *weights.shape[1:])
    return _points_of(ev, item, env, ndim, which), node.weights * shaped


def _points_of(
    ev: Evaluator, item: Apply, env: Env, ndim: int, which: AnyArray
) -> dict[Var, Value]:
    """Some points of a law on points, for each variable that it draws."""
    law = ev.interpretation.points[item.head]
    values: dict[Var, Value] = {}
    for var in drawn_by(item):
        place = item.arguments.index(var)
        moves = [(item.arguments[o], m) for (p, o), m in law.slopes.items() if p == place]
        points = law.points[place][which]
        points = points.reshape(len(points), *[1] * (ndim - 2), *points.shape[1:])
        for other, slope in moves:
            points = points + slope * ev.array(other, env)
        values[var] = Value(points)
    return values


def _inner_points(ev: Evaluator, item: Apply, env: Env, ndim: int) -> dict[Var, Value]:
    """All points of a law that is summed further inside."""
    key = (
        "points",
        item,
        ndim,
        *(env[v] for a in item.arguments for v in variables_of(a) if v in env),
    )
    if key not in ev.inner_points:
        count = len(ev.interpretation.points[item.head].weights)
        ev.inner_points[key] = _points_of(ev, item, env, ndim, np.arange(count))
    return ev.inner_points[key]


def _place(
    ev: Evaluator,
    item: Lebesgue,
    later: Sequence[Draw],
    factors: Sequence[Expr],
    env: Env,
    ndim: int,
    along: bool,
) -> Axis:
    """Nodes for one variable, given those in ``env``; a shift does not move them."""
    env = centred(env, env)
    where = (ndim, along, item.var) if ev.nodes.joint else (ndim,)
    if item.var.sort is Sort.LATENT:
        return ev.kept(("latent", *where), lambda: ev.nodes.latent(ndim, along))
    if item.bounded:
        law, low, high = _support(ev, item, factors)
        key = ("interval", item.low, item.high, law, *where)
        return ev.kept(key, lambda: ev.nodes.interval(low, high, ndim, along))
    for thorough in (False, True):
        envelope = Envelope(
            ev.interpretation,
            ev.value,
            lambda inner, axis: _inner_nodes(ev, inner, ndim + axis),
            lambda inner, known, axis: _inner_points(ev, inner, known, ndim + axis),
            thorough,
        )
        target, form = envelope.target(item.var)
        scope: dict[Var, Value | AffineForm | None] = {**env, item.var: form}
        scope = envelope.within(later, scope)
        groups = envelope.relevant(envelope.groups(factors, scope), target)
        if groups:
            break
    return ev.kept(
        (frozenset(groups), thorough, target.size, *where),
        lambda: ev.nodes.space(envelope.spreads(groups.values(), target), ndim, along),
    )


def _inner_nodes(ev: Evaluator, item: Lebesgue, ndim: int) -> Value:
    if item.var.sort is Sort.LATENT:
        return ev.kept(("inner", ndim), lambda: latent_points(ndim - 1)).value
    low, width = float(item.low), float(item.high - item.low)

    def nodes() -> PlacedNodes:
        points, weights = gauss_legendre(_INNER_TIMES)
        return PlacedNodes(low + width * points.reshape(-1, *[1] * (ndim - 1)), weights)

    return ev.kept(("inner", item.low, item.high, ndim), nodes).value


def _support(
    ev: Evaluator, item: Lebesgue, factors: Sequence[Expr]
) -> tuple[NumericLaw | None, AnyArray, AnyArray]:
    """The interval of a bounded variable, or the part of it where its density is positive."""
    for factor in factors:
        if not (isinstance(factor, Apply) and _is_weighed(factor, ev.points)):
            continue
        if factor.head.definition is None and item.var in factor.arguments:
            law = ev.interpretation.law(factor.head)
            place = factor.arguments.index(item.var)
            if place in law.supports:
                return law, *law.supports[place]
    return None, np.full((1, 1), float(item.low)), np.full((1, 1), float(item.high))


def _spend(ev: Evaluator, values: Sequence[Value]) -> None:
    """Count the nodes of an integral.

    Raises:
        TooLarge: more than one array may have.
        OverBudget: more than are left.
    """
    shape = np.broadcast_shapes(*(value.array.shape[:-1] for value in values))
    size = math.prod(shape) * ev.interpretation.dim
    if size > ev.max_array:
        raise TooLarge
    ev.spend(size * (_SAMPLE_COST + ev.interpretation.dim // 4 if ev.nodes.joint else 1))


@lru_cache(maxsize=10_000)
def items_of(measure: tuple[Draw, ...], points: frozenset[Head]) -> tuple[Draw, ...]:
    """A measure as Lebesgue measures, deterministic draws and laws on points."""
    found: list[Draw] = []
    for item in measure:
        dense = isinstance(item, Apply) and item.head not in points
        found.extend(item.head.ranges(item) if dense else (item,))
    return tuple(found)


@lru_cache(maxsize=10_000)
def _jointly(term: IntegralOver | Expect) -> IntegralOver | Expect:
    """Integrals of integrals as one over all the variables, as far as names allow."""
    while isinstance(term, IntegralOver) and isinstance(term.body, IntegralOver):
        inner = term.body
        if {item.var for item in inner.measure} & {item.var for item in term.measure}:
            break
        term = IntegralOver(inner.body, *term.measure, *inner.measure)
    return term


def _parts(terms: AnyArray) -> list[AnyArray]:
    """The values, and the derivatives where there are some."""
    if terms.dtype.kind != "c":
        return [terms]
    return [terms.real, terms.imag / COMPLEX_STEP]


def _is_weighed(item: Any, points: frozenset[Head]) -> bool:
    """Whether an item of a measure is a density or has one."""
    return isinstance(item, Apply) and item.head.draws and item.head not in points


def _decays(terms: AnyArray, edges: Sequence[AnyArray | None]) -> bool:
    """Whether the terms of a sum, all ≥ 0, are small where a box in space ends."""
    for axis, edge in enumerate(edges):
        if edge is None or edge.all() or terms.shape[axis] != len(edge):
            continue
        along = terms.sum(axis=tuple(i for i in range(terms.ndim) if i != axis))
        if along[edge].mean() > _FADED * along.mean():
            return False
    return True
