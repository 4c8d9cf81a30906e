"""Numbers for the counterexamples: terms evaluated as they are written.

A small evaluator of its own, so that what the rules are tested against shares nothing with
them. Variables are one-dimensional; an integral is a sum over Gauss nodes on dyadic panels,
finer for inner integrals, so that iterated integrals are limits in the right order. Whether an
integral converges absolutely is read off the growth of the sums as the panels approach the
ends of the domain. Derivatives are differences, a conditional expectation is the ratio of two
integrals, and a domination is the integral of the largest slope in a ball.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.polynomial.legendre import leggauss
from sympy import Expr, Rational

from fmproof.catalogue import Case
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import (
    Abs,
    Apply,
    ArgMin,
    CondExpect,
    Div,
    Exp,
    Expect,
    Gaussian,
    Grad,
    Inner,
    IntegralOver,
    Lebesgue,
    Let,
    Log,
    Named,
    Partial,
    Ratio,
    Sqrt,
    Var,
    dim,
    pi,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import (
    Almost,
    AtMost,
    Differentiable,
    Dominated,
    Equals,
    ForAll,
    Integrable,
    Positive,
    VanishesWith,
)
from fmproof.lang.scope import free_vars

Array = np.ndarray
Values = Mapping[Var, Any]

NODES, WEIGHTS = leggauss(8)
DEPTH = 16  # panels reach to 2^-16 and 2^16 in the outermost variable, and further inside
TOLERANCE = 1e-4
STEP = 1e-7  # of a difference, relative to a variable below 1
COARSE = 1e-3  # the same for a sum over panels, which resolves nothing finer


def panels(item: Lebesgue, depth: int) -> tuple[Array, Array, Array]:
    """Nodes, weights, and for each node how far out its panel lies, from 0 to 1."""
    steps = np.arange(depth)
    if item.bounded:
        low, width = float(item.low), float(item.high - item.low)
        near = width * 0.5 ** (steps + 2)
        ends = [(low + e, low + 2 * e) for e in near]
        ends += [(low + width - 2 * e, low + width - e) for e in near]
        rank = np.concatenate([steps, steps])
    else:
        out, inward = 2.0**steps, 2.0 ** -(steps + 1)
        positive = [(e, 2 * e) for e in out] + [(e, 2 * e) for e in inward]
        ends = positive + [(-hi, -lo) for lo, hi in positive]
        rank = np.concatenate([steps] * 4)
    centre = np.array([(lo + hi) / 2 for lo, hi in ends])
    half = np.array([(hi - lo) / 2 for lo, hi in ends])
    nodes = (centre[:, None] + half[:, None] * NODES).ravel()
    weights = (half[:, None] * WEIGHTS).ravel()
    return nodes, weights, np.repeat(rank / depth, len(NODES))


class Evaluator:
    """Terms and propositions under the ``meaning`` of a case.

    Args:
        case: what the symbols are.
        nothing: the value of an integral that diverges, and of a derivative that does not exist:
            NaN, or by the conventions of the language 0.
    """

    def __init__(self, case: Case, nothing: float = float("nan")) -> None:
        self.case = case
        self.nothing = nothing

    # --- terms: a scalar, or a tuple of d components for a vector --------------------------

    def value(self, term: Expr, at: Values, level: int = 0) -> Any:
        """The value; ``nothing`` where an integral diverges or a derivative does not exist."""
        if isinstance(term, Rational):
            return float(term)
        if isinstance(term, Var):
            return at[term]
        if term in (dim, pi):
            return float(self.case.dim) if term is dim else float(np.pi)
        if isinstance(term, Add):
            return self._sum([self.value(arg, at, level) for arg in term.args])
        if isinstance(term, Mul):
            return self._product([self.value(arg, at, level) for arg in term.args])
        if isinstance(term, Pow):
            return self.value(term.args[0], at, level) ** int(term.args[1])
        if isinstance(term, Inner):
            a, b = (self._vector(self.value(arg, at, level)) for arg in term.args)
            return sum(x * y for x, y in zip(a, b, strict=True))
        if isinstance(term, Ratio):
            a, b = (np.asarray(self.value(arg, at, level), float) for arg in term.args)
            return np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=b != 0)
        if isinstance(term, Named):
            return self.value(term.definition, at, level)
        if isinstance(term, Apply):
            return self._apply(term, at, level)
        if isinstance(term, IntegralOver | Expect):
            total, finite = self._integrate(term.body, term.measure, at, level)
            return self._each(total, lambda part: np.where(finite, part, self.nothing))
        if isinstance(term, CondExpect):
            return self._conditional(term, at, level)
        if isinstance(term, Grad | Partial | Div):
            left, right = self._slopes(
                term, {**at, term.var: self.value(term.at, at, level)}, level
            )
            same = np.abs(left - right) <= 1e-3 * (1 + np.abs(left) + np.abs(right))
            return np.where(same, (left + right) / 2, self.nothing)
        if isinstance(term, Exp | Log | Sqrt | Abs):
            return self._function(term, np.asarray(self.value(term.args[0], at, level), float))
        if isinstance(term, ArgMin):
            from scipy.optimize import minimize_scalar

            return minimize_scalar(lambda v: self.value(term.body, {**at, term.var: v})).x
        # No counterexample has another kind of term; one that comes is to fail here.
        raise NotImplementedError(type(term).__name__)

    def _function(self, term: Expr, a: Array) -> Any:
        if isinstance(term, Exp):
            return np.exp(a)
        if isinstance(term, Abs):
            return np.abs(a)
        value = np.log if isinstance(term, Log) else np.sqrt
        return np.where(a > 0, value(np.where(a > 0, a, 1.0)), 0.0)

    def _vector(self, value: Any) -> tuple[Any, ...]:
        return value if isinstance(value, tuple) else (value,)

    def _each(self, value: Any, function: Any) -> Any:
        return tuple(map(function, value)) if isinstance(value, tuple) else function(value)

    def _sum(self, parts: list[Any]) -> Any:
        if any(isinstance(part, tuple) for part in parts):
            return tuple(map(sum, zip(*parts, strict=True)))
        return sum(parts)

    def _product(self, parts: list[Any]) -> Any:
        scalar = np.prod(np.broadcast_arrays(*(p for p in parts if not isinstance(p, tuple))), 0)
        (vector,) = [p for p in parts if isinstance(p, tuple)] or [None]
        return scalar if vector is None else tuple(scalar * part for part in vector)

    def _apply(self, term: Apply, at: Values, level: int) -> Any:
        if isinstance(term.head, Gaussian):
            x, m, v = (np.asarray(self.value(arg, at, level), float) for arg in term.arguments)
            v = np.where(v > 0, v, 1.0)
            return np.exp(-((x - m) ** 2) / (2 * v)) / np.sqrt(2 * np.pi * v) ** self.case.dim
        if term.head not in self.case.meaning:
            return self.value(term.head.unfold(term.arguments), at, level)
        function = self.case.function(term.head)
        arguments = [self.value(arg, at, level) for arg in term.arguments]
        if not arguments:
            return function()
        if all(np.ndim(arg) == 0 for arg in arguments):
            return function(*map(float, arguments))
        found = np.vectorize(lambda *at: _floats(function(*at)))(*arguments)
        return tuple(map(np.asarray, found)) if isinstance(found, tuple) else found

    def _drawn(
        self, measure: tuple[Any, ...], at: Values, level: int, fixed: Values, finer: bool = True
    ) -> tuple[Values, Any, Any, int]:
        """The nodes of a measure: ``(values, weights, ranks, how many axes more)``.

        Each variable has an axis of its own, before those of the variables outside. The
        variables in ``fixed`` have that value instead.
        """
        inside, first = {**at, **fixed}, level
        weight: Any = 1.0
        rank: Any = 0.0
        for item in measure:
            if isinstance(item, Let):
                if item.var not in fixed:
                    inside[item.var] = self.value(item.value, inside, level)
                continue
            ranges = (item,) if isinstance(item, Lebesgue) else item.head.ranges(item)
            for own in ranges:
                if own.var in fixed:
                    continue
                nodes, weights, ranks = panels(own, DEPTH * (level + 1 if finer else 1))
                shape = (len(nodes),) + (1,) * level
                inside[own.var] = nodes.reshape(shape)
                weight = weights.reshape(shape) * weight
                rank = np.maximum(ranks.reshape(shape), rank)
                level += 1
            if not isinstance(item, Lebesgue):
                weight = weight * self.value(item, inside, level)
        return inside, weight, rank, level - first

    def _integrate(
        self,
        body: Expr,
        measure: tuple[Any, ...],
        at: Values,
        level: int,
        fixed: Values | None = None,
    ) -> tuple[Any, Any]:
        """The integral, and whether it converges absolutely, over the arrays in ``at``."""
        inside, weight, rank, axes = self._drawn(measure, at, level, fixed or {})
        return self._total(self.value(body, inside, level + axes), weight, rank, axes)

    def _total(self, value: Any, weight: Any, rank: Any, axes: int) -> tuple[Any, Any]:
        finite: Any = True

        def total(part: Any, where: Any = 1.0) -> Any:
            shape = np.broadcast(part, weight, rank).shape
            whole = np.broadcast_to(part * weight * where, shape)
            return whole.sum(axis=tuple(range(axes)))

        for part in self._vector(value):
            size = [total(np.abs(part), rank < upto) for upto in (0.5, 0.75, 1.1)]
            before, last = size[1] - size[0], size[2] - size[1]
            finite = finite & (last <= 0.6 * before + 1e-9)
        return self._each(value, total), finite

    def _conditional(self, term: CondExpect, at: Values, level: int) -> Any:
        """E[f | X = x] as a ratio of integrals over what is not given."""
        outside = [v for v in free_vars(term) if np.ndim(at[v])]
        if outside and free_vars(Integrable(term.body, *term.measure)) & set(outside):
            _, finite = self._integrate(term.body, term.measure, at, level)
        else:
            _, finite = self._integrate(term.body, term.measure, at, 0)
        fixed = {item.var: self.value(item.at, at, level) for item in term.given}
        bound = {var for item in term.measure for var in drawn_by(item)}
        for item in term.measure:
            # Given a deterministic draw of something else that is not given, it is no density.
            if isinstance(item, Let) and item.var in fixed:
                assert not bound.difference(fixed) & free_vars(item.value)
        inside, weight, rank, axes = self._drawn(term.measure, at, level, fixed)
        above, _ = self._total(self.value(term.body, inside, level + axes), weight, rank, axes)
        below, _ = self._total(1.0, weight, rank, axes)
        shape = np.broadcast(above, below).shape
        mean = np.divide(above, below, out=np.zeros(shape), where=np.broadcast_to(below, shape) > 0)
        return np.where(finite, mean, self.nothing)

    def _slopes(self, node: Any, at: Values, level: int = 0) -> tuple[Any, Any]:
        """The slopes of a derivative's body on both sides of the variable's value in ``at``."""
        body, var = node.body, node.var
        here = np.asarray(at[var], float)
        if _has_integral(body):
            step = np.asarray(COARSE)
        else:
            size = np.abs(here)
            step = STEP * np.where(size > 0, np.minimum(size, 1.0), 1.0)
        below, above = here - step, here + step
        mid, low, high = (
            np.asarray(self.value(body, {**at, var: v}, level), float) for v in (here, below, above)
        )
        return (mid - low) / (here - below), (high - mid) / (above - here)

    # --- propositions ---------------------------------------------------------------------

    def holds(self, prop: Any, at: Values | None = None) -> bool:
        """Whether a proposition is true; "for every θ" is tried at three values."""
        at = self.case.at if at is None else at
        if isinstance(prop, Integrable):
            return bool(self._integrate(prop.body, prop.measure, at, 0)[1])
        if isinstance(prop, Differentiable):
            return self._smooth(prop, at)
        if isinstance(prop, Dominated):
            return self._dominated(prop, at)
        if isinstance(prop, Positive):
            return bool(self.value(prop.args[0], at) > 0)
        if isinstance(prop, AtMost):
            return bool(self.value(prop.lhs, at) <= self.value(prop.rhs, at))
        if isinstance(prop, Equals):
            return bool(np.isclose(self.value(prop.lhs, at), self.value(prop.rhs, at)))
        if isinstance(prop, VanishesWith):
            a, b = (self.value(arg, at) for arg in prop.args)
            return bool(b != 0 or a == 0)
        if isinstance(prop, ForAll):
            return all(self.holds(prop.body, {**at, prop.var: v}) for v in (0.0, 1.0, -2.0))
        if isinstance(prop, Almost):
            return self._almost(prop, at)
        # As for terms: an unknown condition neither holds nor fails.
        raise NotImplementedError(type(prop).__name__)

    def _smooth(self, prop: Differentiable, at: Values) -> bool:
        """Whether the slopes in all directions, at two scales, are those of a linear function."""
        variables = [var for var, _ in prop.pairs]
        place = np.array([float(self.value(where, at)) for _, where in prop.pairs])

        def value(point: Array) -> float:
            return float(self.value(prop.body, {**at, **dict(zip(variables, point, strict=True))}))

        def slope(direction: Array, step: float) -> float:
            return (value(place + step * direction) - value(place)) / step

        coarse = COARSE if _has_integral(prop.body) else STEP
        axes = np.eye(len(variables))
        linear = np.array([slope(axis, coarse) for axis in axes])
        directions = [sign * axis for axis in axes for sign in (1, -1)]
        if len(variables) > 1:
            angles = np.arange(8) * np.pi / 4 + 0.3
            directions += [np.array([np.cos(a), np.sin(a)]) for a in angles]
        return all(
            abs(slope(d, step) - linear @ d) <= 1e-3 * (1 + abs(linear @ d)) + 10 * step
            for d in directions
            for step in (coarse, coarse / 2)
        )

    def _dominated(self, prop: Dominated, at: Values) -> bool:
        """Whether the largest slope in some ball is integrable, and the body at the place."""
        place = float(self.value(prop.at, at))
        if not self._integrate(prop.body, prop.measure, {**at, prop.var: place}, 0)[1]:
            return False
        inside, weight, rank, axes = self._drawn(prop.measure, at, 0, {})
        for radius in (0.1, 0.01):
            offsets = radius * 0.5 ** np.arange(24)
            largest: Any = 0.0
            for offset in (0.0, *offsets, *-offsets):
                left, right = self._slopes(prop, {**inside, prop.var: place + offset}, axes)
                largest = np.maximum(largest, np.maximum(np.abs(left), np.abs(right)))
            if np.all(self._total(largest, weight, rank, axes)[1]):
                return True
        return False

    def _almost(self, prop: Almost, at: Values) -> bool:
        inside, weight, _, level = self._drawn(prop.measure, at, 0, {}, finer=False)
        inner = prop.body
        if isinstance(inner, VanishesWith | Equals | Positive):
            values = [np.asarray(self.value(arg, inside, level)) for arg in inner.args]
            if isinstance(inner, VanishesWith):
                true: Any = (values[1] != 0) | (values[0] == 0)
            elif isinstance(inner, Equals):
                true = np.abs(values[0] - values[1]) < 1e-3 * (1 + np.abs(values[1]))
            else:
                true = values[0] > 0
        elif isinstance(inner, Integrable):
            true = self._integrate(inner.body, inner.measure, inside, level)[1]
        else:
            # No counterexample has another condition under "almost every".
            raise NotImplementedError(type(inner).__name__)
        return bool(np.sum(np.where(true, 0.0, weight)) < TOLERANCE)

    def mass(self, law: Apply, at: Values) -> float:
        """The integral of a density over what it draws."""
        measure = law.head.ranges(law)
        return float(self._integrate(law, measure, at, 0)[0])


def _floats(value: Any) -> Any:
    """numpy takes the kind of all values from the first, which may be a whole number."""
    return tuple(map(float, value)) if isinstance(value, tuple) else float(value)


def _has_integral(term: Any) -> bool:
    return isinstance(term, IntegralOver | Expect | CondExpect) or any(
        map(_has_integral, term.args)
    )
