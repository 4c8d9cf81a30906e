"""Terms to arrays, as they are written: an integral is a sum over the nodes of its variables."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from sympy import Add, Expr, Mul, Pow, Rational, S

from fmproof.errors import InputError
from fmproof.lang.nodes import (
    Apply,
    ArgMin,
    Density,
    Draw,
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
from fmproof.lang.numbers import NUMBERS
from fmproof.lang.sorts import Sort
from fmproof.meaning import quadratic
from fmproof.meaning.envelope import Envelope, Form
from fmproof.meaning.interpretation import Array, Interpretation, Law, Value, dot
from fmproof.meaning.nodes import Nodes, Placed, TooLarge, gauss_legendre, latent_points
from fmproof.meaning.written import variables_of

_KEPT_BYTES = 3 * 2**24  # beyond which everything is forgotten before the next term
_COMPLEX_STEP = 1e-30
# Every how many nodes of the first and of the second variable are taken at a time.
_STRIDES = ((1, 1), (4, 1), (16, 1), (128, 1), (128, 8), (128, 64), (128, 512))
_FADED = 0.3  # of the mean term, at the edge of a box: more, and the integral may diverge
_SAMPLE_COST = 4  # of a sample, compared with a node of a grid
_INNER_TIMES = 8  # nodes of an inner bounded variable when an outer one is placed

Env = Mapping[Var, Value]
Piece = tuple[tuple[int, int], ...]
"""(first node, stride) for the first variables of an integral."""
Evaluate = Callable[[Expr, Env], Array]


class OverBudget(Exception):
    """More evaluations than allowed."""


class _Node(NamedTuple):
    """A variable's nodes as a value, with what :class:`Placed` has beside it."""

    value: Value
    weights: Array
    edge: Array | None

    def part(self, start: int, stride: int) -> _Node:
        edge = None if self.edge is None else self.edge[start::stride]
        return _Node(Value(self.value.array[start::stride]), self.weights[start::stride], edge)


class _Measure(NamedTuple):
    """The variables of an integral.

    Attributes:
        values: their nodes.
        weights: joint weights, the densities of a law included.
        edges: for each axis (the last variable's is the first), which nodes are on the rim of a
            box in space.
    """

    values: dict[Var, Value]
    weights: Array
    edges: tuple[Array | None, ...]


class _NoNodes(Exception):
    """A piece of an integral is empty."""


@lru_cache(maxsize=10_000)
def _against_lebesgue(measure: tuple[Draw, ...]) -> tuple[Expr, tuple[Lebesgue, ...]]:
    return against_lebesgue(S.One, measure)


class Evaluator:
    """Values of terms under one interpretation with one choice of nodes.

    Everything is kept: a subterm whose variables have the same values is evaluated once.

    Args:
        values: of free variables, (P, c) or (1, c); parameters have the model's own by default.
        max_array: numbers that one array may have; larger integrals are summed in pieces.
        budget: evaluations for one term.

    Attributes:
        theta: the model's own parameters, where gradients are taken.
        evaluations: nodes times problems, summed over all integrals so far.
    """

    def __init__(
        self,
        interpretation: Interpretation,
        nodes: Nodes,
        values: Mapping[Var, Array] | None = None,
        max_array: float = 2**20,
        budget: float = np.inf,
    ) -> None:
        self.interpretation = interpretation
        self.evaluations = 0.0
        self.theta = Value(interpretation.theta)
        self._nodes = nodes
        self._given = {var: Value(array) for var, array in (values or {}).items()}
        self._max_array = max_array
        self._budget = budget
        self._limit = budget
        self._kept_bytes = 0
        self._values: dict[Hashable, Value] = {}
        self._magnitudes: dict[Hashable, Array] = {}
        self._placed: dict[Hashable, _Node] = {}
        self._measures: dict[Hashable, _Measure] = {}

    def value_of(self, term: Expr) -> Array:
        """The value of a term under the given values, (P, c)."""
        return self._read(self.array, term)

    def magnitude_of(self, term: Expr) -> Array:
        """What round-off in ``value_of(term)`` is relative to, (P, c)."""
        return self._read(self.magnitude, term)

    def _read(self, evaluate: Evaluate, term: Expr) -> Array:
        if self._kept_bytes > _KEPT_BYTES:
            for table in (self._values, self._magnitudes, self._placed, self._measures):
                table.clear()
            self._kept_bytes = 0
        self._limit = self.evaluations + self._budget
        with np.errstate(all="ignore"):
            return np.atleast_2d(evaluate(term, self._outermost(term)))

    def _outermost(self, term: Expr) -> Env:
        return {v: self._given.get(v, self.theta) for v in variables_of(term)}

    def value(self, term: Expr, env: Env) -> Value:
        """The value of ``term``; ``env`` has one for each free variable."""
        if isinstance(term, Var):
            return env[term]
        key = (term, *(env[v] for v in variables_of(term)))
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = Value(self._compute(term, env))
            self._kept_bytes += found.array.nbytes
        return found

    def array(self, term: Expr, env: Env) -> Array:
        return self.value(term, env).array

    def _compute(self, term: Expr, env: Env) -> Array:
        compute = VALUES.get(type(term))
        if compute is None:
            raise InputError(f"not a term that has a value: {term}")
        return compute(self, term, env)

    def _applied(self, term: Apply, env: Env) -> Array:
        if term.head.definition is None:
            arguments = [self.array(arg, env) for arg in term.arguments]
            return self.interpretation.apply(term.head, arguments)
        return self.array(term.head.definition, self._inside(term, env))

    def _inside(self, term: Apply, env: Env) -> dict[Var, Value]:
        """The parameters of a defined symbol with the values of its arguments."""
        values = [self.value(arg, env) for arg in term.arguments]
        return dict(zip(term.head.params, values, strict=True))

    # --- integrals ----------------------------------------------------------------------

    def _integral(
        self, term: IntegralOver | Expect, env: Env, evaluate: Evaluate, checked: bool = False
    ) -> Array:
        """The sum over the nodes; if ``checked``, of terms ≥ 0 that must fade at the edges."""
        if self._nodes.joint:
            term = _jointly(term)
        outer = max((env[v].array.ndim for v in variables_of(term)), default=2)
        for strides in _STRIDES:
            try:
                return self._in_pieces(term, env, outer, evaluate, checked, strides)
            except TooLarge:
                if self._nodes.joint:
                    raise
        raise TooLarge

    def _in_pieces(
        self,
        term: IntegralOver | Expect,
        env: Env,
        outer: int,
        evaluate: Evaluate,
        checked: bool,
        strides: tuple[int, int],
    ) -> Array:
        """The sum, over every n-th node of the first two variables at a time."""
        if strides == (1, 1):
            return self._sum(term, env, outer, evaluate, checked, None)
        total: Array = np.zeros((1, 1))
        for first in range(strides[0]):
            for second in range(strides[1]):
                piece = ((first, strides[0]), (second, strides[1]))
                try:
                    with self._forgetting():
                        part = self._sum(term, env, outer, evaluate, False, piece)
                        total = total + part
                except _NoNodes:
                    break
        return total

    def _sum(
        self,
        term: IntegralOver | Expect,
        env: Env,
        outer: int,
        evaluate: Evaluate,
        checked: bool,
        piece: Piece | None,
    ) -> Array:
        measure = self._measure(term, env, outer, piece)
        axes = tuple(range(measure.weights.ndim - outer))
        terms = measure.weights * evaluate(term.body, {**env, **measure.values})
        if checked and not _decays(terms, measure.edges):
            return np.full((1, 1), np.inf)
        return np.asarray(terms.sum(axis=axes))

    def _measure(
        self, term: IntegralOver | Expect, env: Env, outer: int, piece: Piece | None
    ) -> _Measure:
        densities, items = _against_lebesgue(term.measure)
        factors = list(Mul.make_args(term.body))
        if isinstance(term, Expect):
            # All expectations under one law share their nodes, whatever they are of.
            factors = [*term.measure, *(f for f in factors if isinstance(f, Ratio))]
            seen = (env[v] for factor in factors for v in variables_of(factor) if v in env)
            key = (outer, piece, *factors, *seen)
            if key in self._measures:
                return self._measures[key]
        inside = dict(env)
        nodes: list[_Node] = []
        weights: Array = np.ones((1, 1))
        for place, item in enumerate(items):
            along = self._nodes.joint and place > 0
            ndim = outer + (1 if along else place)
            node = self._place(item, items[place + 1 :], factors, inside, ndim, along)
            if piece is not None and place < len(piece) and not along:
                node = node.part(*piece[place])
                if not len(node.weights):
                    raise _NoNodes
            nodes.append(node)
            inside[item.var] = node.value
            weights = weights * node.weights
            so_far = (*variables_of(term), *(other.var for other in items[: place + 1]))
            self._spend([inside[v] for v in so_far])
        if isinstance(term, Expect):
            weights = weights * self.array(densities, inside)
        values = {item.var: node.value for item, node in zip(items, nodes, strict=True)}
        measure = _Measure(values, weights, tuple(node.edge for node in reversed(nodes)))
        if isinstance(term, Expect):
            self._measures[key] = measure
        return measure

    def _place(
        self,
        item: Lebesgue,
        later: Sequence[Lebesgue],
        factors: Sequence[Expr],
        env: Env,
        ndim: int,
        along: bool,
    ) -> _Node:
        """Nodes for one variable, given those in ``env``."""
        where = (ndim, along, item.var) if self._nodes.joint else (ndim,)
        if item.var.sort is Sort.LATENT:
            return self._kept(("latent", *where), lambda: self._nodes.latent(ndim, along))
        if item.bounded:
            law, low, high = self._support(item, factors)
            key = ("interval", item.low, item.high, law, *where)
            return self._kept(key, lambda: self._nodes.interval(low, high, ndim, along))
        for thorough in (False, True):
            envelope = Envelope(
                self.interpretation,
                self.value,
                lambda inner, axis: self._inner_nodes(inner, ndim + axis),
                thorough,
            )
            target, form = envelope.target(item.var)
            scope: dict[Var, Value | Form] = {**env, item.var: form}
            for other in later:
                scope[other.var] = envelope.inside(other)
            groups = envelope.relevant(envelope.groups(factors, scope), target)
            if groups:
                break
        return self._kept(
            (frozenset(groups), thorough, target.size, *where),
            lambda: self._nodes.space(envelope.spreads(groups.values(), target), ndim, along),
        )

    def _kept(self, key: Hashable, make: Callable[[], Placed]) -> _Node:
        if key not in self._placed:
            points, weights, edge = make()
            self._placed[key] = _Node(Value(points), weights, edge)
        return self._placed[key]

    def _inner_nodes(self, item: Lebesgue, ndim: int) -> Value:
        if item.var.sort is Sort.LATENT:
            return self._kept(("inner", ndim), lambda: latent_points(ndim - 1)).value
        low, width = float(item.low), float(item.high - item.low)

        def nodes() -> Placed:
            points, weights = gauss_legendre(_INNER_TIMES)
            return Placed(low + width * points.reshape(-1, *[1] * (ndim - 1)), weights)

        return self._kept(("inner", item.low, item.high, ndim), nodes).value

    def _support(self, item: Lebesgue, factors: Sequence[Expr]) -> tuple[Law | None, Array, Array]:
        """The interval of a bounded variable, or the part of it where its density is positive."""
        for factor in factors:
            if not (isinstance(factor, Apply) and isinstance(factor.head, Density)):
                continue
            if factor.head.definition is None and item.var in factor.arguments:
                law = self.interpretation.laws[factor.head]
                place = factor.arguments.index(item.var)
                if place in law.supports:
                    return law, *law.supports[place]
        return None, np.full((1, 1), float(item.low)), np.full((1, 1), float(item.high))

    def _spend(self, values: Sequence[Value]) -> None:
        shape = np.broadcast_shapes(*(value.array.shape[:-1] for value in values))
        size = math.prod(shape) * self.interpretation.dim
        joint = self._nodes.joint
        if size > self._max_array:
            raise TooLarge
        self.evaluations += size * (_SAMPLE_COST + self.interpretation.dim // 4 if joint else 1)
        if self.evaluations > self._limit:
            raise OverBudget

    @contextmanager
    def _forgetting(self) -> Iterator[None]:
        """Drop what is kept inside about the values that are made inside."""
        mark = Value.made
        tables: list[dict[Hashable, Any]] = [
            self._values, self._magnitudes, self._measures, self._placed,
        ]  # fmt: skip
        lengths = [len(table) for table in tables]
        try:
            yield
        finally:
            for table, length in zip(tables, lengths, strict=True):
                for key in list(table)[length:]:
                    if _mentions_newer(key, mark):
                        del table[key]

    # --- gradients and minimisers ---------------------------------------------------------

    def _parameters(self, term: Grad | ArgMin) -> int:
        count = int(self.interpretation.theta.shape[-1])
        if not count:
            raise InputError("a gradient in θ needs a model with coefficients, not a function")
        return count

    def _gradient(self, term: Grad, env: Env) -> Array:
        """At the model's own θ, by a complex step, which has no cancellation: every term is
        analytic in θ."""
        theta = env.get(term.at, self.theta)
        parts = []
        for j in range(self._parameters(term)):
            shifted = self._constant(("shifted", theta, j), partial(_shifted, theta.array, j))
            body = self.array(term.body, {**env, term.var: shifted})
            parts.append(np.imag(body) / _COMPLEX_STEP)
        return np.concatenate(np.broadcast_arrays(*parts), axis=-1)

    def _minimiser(self, term: ArgMin, env: Env) -> Array:
        return self._quadratic(term, env).minimiser

    def _quadratic(self, term: ArgMin, env: Env) -> quadratic.Quadratic:
        size = self._parameters(term)
        values = [self.array(term.body, inside) for inside in self._around(term, env)]
        return quadratic.fit([np.atleast_2d(value) for value in values], size)

    def _around(self, term: ArgMin, env: Env) -> Iterator[Env]:
        for i, point in enumerate(quadratic.points(self._parameters(term))):
            value = self._constant(("point", i), partial(np.atleast_2d, point))
            yield {**env, term.var: value}

    def _constant(self, key: Hashable, make: Callable[[], Array]) -> Value:
        return self._kept(key, lambda: Placed(make(), np.ones((1, 1)))).value

    # --- round-off ------------------------------------------------------------------------

    def magnitude(self, term: Expr, env: Env) -> Array:
        """The sum of absolute values where ``term`` has a sum: what round-off is relative to."""
        if isinstance(term, Var | Rational):
            return np.abs(self.array(term, env))
        key = (term, *(env[v] for v in variables_of(term)))
        if key not in self._magnitudes:
            self._magnitudes[key] = self._magnitude(term, env)
        return self._magnitudes[key]

    def _magnitude(self, term: Expr, env: Env) -> Array:
        compute = MAGNITUDES.get(type(term))
        if compute is None:
            raise InputError(f"not a term that has a magnitude: {term}")
        return compute(self, term, env)

    def _applied_magnitude(self, term: Apply, env: Env) -> Array:
        inside = [self.magnitude(arg, env) for arg in term.arguments]
        if not all(np.isfinite(size).all() for size in inside):
            return np.full((1, 1), np.inf)
        if term.head.definition is None:
            return np.abs(self.array(term, env))
        return self.magnitude(term.head.definition, self._inside(term, env))

    def _ratio_magnitude(self, term: Ratio, env: Env) -> Array:
        above, below = term.args
        return _ratio(self.magnitude(above, env), np.abs(self.array(below, env)))

    def _gradient_magnitude(self, term: Grad, env: Env) -> Array:
        larger = self._constant(("larger",), lambda: np.abs(self.theta.array) + 1)
        return self.magnitude(term.body, {**env, term.var: larger})

    def _minimiser_magnitude(self, term: ArgMin, env: Env) -> Array:
        sizes = [self.magnitude(term.body, inside) for inside in self._around(term, env)]
        return _fold(np.maximum, sizes) * self._quadratic(term, env).gain


def _mentions_newer(key: Hashable, mark: int) -> bool:
    """Whether a key has a value in it that was made after the first ``mark``."""
    if isinstance(key, Value):
        return key.serial >= mark
    return isinstance(key, tuple | frozenset) and any(_mentions_newer(k, mark) for k in key)


@lru_cache(maxsize=10_000)
def _jointly(term: IntegralOver | Expect) -> IntegralOver | Expect:
    """Integrals of integrals as one over all the variables, as far as names allow."""
    while isinstance(term, IntegralOver) and isinstance(term.body, IntegralOver):
        inner = term.body
        if {item.var for item in inner.measure} & {item.var for item in term.measure}:
            break
        term = IntegralOver(inner.body, *term.measure, *inner.measure)
    return term


def _decays(terms: Array, edges: Sequence[Array | None]) -> bool:
    """Whether the terms of a sum, all ≥ 0, are small where a box in space ends."""
    for axis, edge in enumerate(edges):
        if edge is None or edge.all() or terms.shape[axis] != len(edge):
            continue
        along = terms.sum(axis=tuple(i for i in range(terms.ndim) if i != axis))
        if along[edge].mean() > _FADED * along.mean():
            return False
    return True


def _shifted(theta: Array, j: int) -> Array:
    shifted = theta.astype(complex)
    shifted[..., j] += 1j * _COMPLEX_STEP
    return shifted


def _fold(ufunc: np.ufunc, arrays: Sequence[Array]) -> Array:
    """The arrays combined, the small ones first."""
    first, *rest = sorted(arrays, key=np.size)
    for other in rest:
        first = ufunc(first, other)
    return first


def _ratio(a: Array, b: Array) -> Array:
    """a/b, with a/0 = 0."""
    zero = b == 0
    if not zero.any():
        return np.asarray(a / b)
    return np.asarray(np.where(zero, 0.0, a / np.where(zero, 1.0, b)))


# --- what each type of node is evaluated by ---------------------------------------------------

Compute = Callable[[Evaluator, Any, Env], Array]


def _each(join: np.ufunc) -> Compute:
    return lambda self, term, env: _fold(join, [self.array(arg, env) for arg in term.args])


def _each_magnitude(join: np.ufunc) -> Compute:
    return lambda self, term, env: _fold(join, [self.magnitude(arg, env) for arg in term.args])


def _exponent(term: Pow) -> int:
    return int(term.args[1])


VALUES: dict[type, Compute] = {
    Var: lambda self, term, env: env[term].array,
    **dict.fromkeys(NUMBERS, lambda self, term, env: np.full((1, 1), float(term))),
    Add: _each(np.add),
    Mul: _each(np.multiply),
    Pow: lambda self, term, env: np.asarray(self.array(term.args[0], env) ** _exponent(term)),
    Apply: Evaluator._applied,
    Inner: lambda self, term, env: dot(*(self.array(arg, env) for arg in term.args)),
    Ratio: lambda self, term, env: _ratio(*(self.array(arg, env) for arg in term.args)),
    Named: lambda self, term, env: self.array(term.definition, env),
    IntegralOver: lambda self, term, env: self._integral(term, env, self.array),
    Expect: lambda self, term, env: self._integral(term, env, self.array),
    Grad: Evaluator._gradient,
    ArgMin: Evaluator._minimiser,
}
"""How the value of each type of term is computed."""

MAGNITUDES: dict[type, Compute] = {
    **dict.fromkeys((Var, *NUMBERS), lambda self, term, env: np.abs(self.array(term, env))),
    Add: _each_magnitude(np.add),
    Mul: _each_magnitude(np.multiply),
    Pow: lambda self, term, env: np.asarray(self.magnitude(term.args[0], env) ** _exponent(term)),
    Apply: Evaluator._applied_magnitude,
    Inner: lambda self, term, env: dot(*(self.magnitude(arg, env) for arg in term.args)),
    Ratio: Evaluator._ratio_magnitude,
    Named: lambda self, term, env: self.magnitude(term.definition, env),
    IntegralOver: lambda self, term, env: self._integral(term, env, self.magnitude, checked=True),
    Expect: lambda self, term, env: self._integral(term, env, self.magnitude, checked=True),
    Grad: Evaluator._gradient_magnitude,
    ArgMin: Evaluator._minimiser_magnitude,
}
"""How the magnitude of each type of term is computed; see :meth:`Evaluator.magnitude`."""
