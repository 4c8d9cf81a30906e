"""Numbers for the counterexamples: terms evaluated as they are written.

A small evaluator of its own, so that what the rules are tested against shares nothing with
them. Variables are one-dimensional; an integral is a sum over Gauss nodes on dyadic panels,
finer for inner integrals, so that iterated integrals are limits in the right order. Whether an
integral converges absolutely is read off the growth of the sums as the panels approach the
ends of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.polynomial.legendre import leggauss
from sympy import Add, Expr, Mul, Pow, Rational

from fmproof.catalogue import Case
from fmproof.lang.nodes import (
    Apply,
    ArgMin,
    Expect,
    Grad,
    Inner,
    IntegralOver,
    Lebesgue,
    Named,
    Ratio,
    Var,
)
from fmproof.lang.nodes.measure import against_lebesgue
from fmproof.lang.props import Almost, Differentiable, Equals, ForAll, Integrable, VanishesWith

Array = np.ndarray
Values = Mapping[Var, Any]

NODES, WEIGHTS = leggauss(8)
DEPTH = 16  # panels reach to 2^-16 and 2^16 in the outermost variable, and further inside
TOLERANCE = 1e-4
DIVERGES = float("nan")


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
    """Terms and propositions under the ``meaning`` of a case."""

    def __init__(self, case: Case) -> None:
        self.case = case

    # --- terms: a scalar, or a tuple of d components for a vector --------------------------

    def value(self, term: Expr, at: Values, level: int = 0) -> Any:
        """The honest value; NaN where an integral diverges or a gradient does not exist."""
        if isinstance(term, Rational):
            return float(term)
        if isinstance(term, Var):
            return at[term]
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
            return self._each(total, lambda part: np.where(finite, part, DIVERGES))
        if isinstance(term, Grad):
            left, right = self._slopes(term, at)
            return right if abs(left - right) < TOLERANCE else DIVERGES
        if isinstance(term, ArgMin):
            from scipy.optimize import minimize_scalar

            return minimize_scalar(lambda v: self.value(term.body, {**at, term.var: v})).x
        # No counterexample has another kind of term; one that comes is to fail here.
        raise NotImplementedError(type(term).__name__)

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
        if term.head not in self.case.meaning:
            return self.value(term.head.unfold(term.arguments), at, level)
        function = self.case.function(term.head)
        arguments = [self.value(arg, at, level) for arg in term.arguments]
        if not arguments:
            return function()
        if all(np.ndim(arg) == 0 for arg in arguments):
            return function(*map(float, arguments))
        found = np.vectorize(function)(*arguments)
        return tuple(map(np.asarray, found)) if isinstance(found, tuple) else found

    def _integrate(
        self, body: Expr, measure: tuple[Any, ...], at: Values, level: int
    ) -> tuple[Any, Any]:
        """The integral, and whether it converges absolutely, over the arrays in ``at``."""
        body, items = against_lebesgue(body, measure)
        inside = dict(at)
        weight: Any = 1.0
        rank: Any = 0.0
        for item in items:
            nodes, weights, ranks = panels(item, DEPTH * (level + 1))
            shape = (len(nodes),) + (1,) * level
            inside[item.var] = nodes.reshape(shape)
            weight = weights.reshape(shape) * weight
            rank = np.maximum(ranks.reshape(shape), rank)
            level += 1
        axes = tuple(range(len(items)))
        value = self.value(body, inside, level)
        finite: Any = True

        def total(part: Any, where: Any = 1.0) -> Any:
            whole = np.broadcast_to(part * weight * where, np.broadcast(part, weight).shape)
            return whole.sum(axis=axes)

        for part in self._vector(value):
            size = [total(np.abs(part), rank < upto) for upto in (0.5, 0.75, 1.1)]
            before, last = size[1] - size[0], size[2] - size[1]
            finite = finite & (last <= 0.6 * before + 1e-9)
        return self._each(value, total), finite

    def _slopes(self, node: Any, at: Values) -> tuple[float, float]:
        """The slopes on both sides of the place where a derivative is taken."""
        step, place = 1e-6, self.value(node.at, at)
        here, back, on = (
            float(self.value(node.body, {**at, node.var: place + h})) for h in (0.0, -step, step)
        )
        return (here - back) / step, (on - here) / step

    # --- propositions ---------------------------------------------------------------------

    def holds(self, prop: Any, at: Values | None = None) -> bool:
        """Whether a proposition is true; "for every θ" is tried at three values."""
        at = self.case.at if at is None else at
        if isinstance(prop, Integrable):
            return bool(self._integrate(prop.body, prop.measure, at, 0)[1])
        if isinstance(prop, Differentiable):
            left, right = self._slopes(prop, at)
            return abs(left - right) < 1e-3
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

    def _almost(self, prop: Almost, at: Values) -> bool:
        body, items = against_lebesgue(Rational(1), prop.measure)
        inside, weight = dict(at), 1.0
        for level, item in enumerate(items):
            nodes, weights, _ = panels(item, DEPTH)
            shape = (len(nodes),) + (1,) * level
            inside[item.var] = nodes.reshape(shape)
            weight = weights.reshape(shape) * weight
        if isinstance(prop.body, VanishesWith):
            a, b = (self.value(arg, inside, len(items)) for arg in prop.body.args)
            true: Any = (np.asarray(b) != 0) | (np.asarray(a) == 0)
        elif isinstance(prop.body, Integrable):
            inner = prop.body
            true = self._integrate(inner.body, inner.measure, inside, len(items))[1]
        else:
            # No counterexample has another condition under "almost every".
            raise NotImplementedError(type(prop.body).__name__)
        law = self.value(body, inside, len(items))
        return bool(np.sum(np.where(true, 0.0, weight * law)) < TOLERANCE)

    def mass(self, law: Apply, at: Values) -> float:
        """The integral of a density over what it draws."""
        measure = law.head.ranges(law)
        return float(self._integrate(law, measure, at, 0)[0])
