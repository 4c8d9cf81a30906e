"""Terms to arrays, as they are written: an integral is a sum over the nodes of its variables."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from sympy import Basic, Expr, Mul, Pow, Rational

from fmproof.errors import InputError
from fmproof.lang.arithmetic import POWERS, PRODUCTS, SUMS
from fmproof.lang.nodes import (
    Abs,
    Apply,
    ArgMin,
    CondExpect,
    Constant,
    Div,
    Draw,
    Exp,
    Expect,
    Grad,
    Head,
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
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import NUMBERS
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.meaning import functions, quadratic
from fmproof.meaning.conditional import Quotient, quotient
from fmproof.meaning.differences import Difference, difference
from fmproof.meaning.envelope import Envelope, Form
from fmproof.meaning.functions import COMPLEX_STEP, absolute
from fmproof.meaning.interpretation import Array, Interpretation, Law, Points, Value, dot
from fmproof.meaning.nodes import Nodes, Placed, TooLarge, gauss_legendre, latent_points
from fmproof.meaning.reading import ROUND_OFF
from fmproof.meaning.written import variables_of

_KEPT_BYTES = 3 * 2**24  # beyond which everything is forgotten before the next term
# Every how many nodes of the first and of the second variable are taken at a time.
_STRIDES = ((1, 1), (4, 1), (16, 1), (128, 1), (128, 8), (128, 64), (128, 512))
_FADED = 0.3  # of the mean term, at the edge of a box: more, and the integral may diverge
_SAMPLE_COST = 4  # of a sample, compared with a node of a grid
_SHIFT_COST = 1000  # of one more evaluation of a whole term for a difference
_SAME = 1e-9  # relative distance of two points that are one, computed in two ways
_INNER_TIMES = 8  # nodes of an inner bounded variable when an outer one is placed

Env = Mapping[Var, Value]
Derived = Grad | Partial | Div
Piece = tuple[tuple[int, int], ...]
"""(first node, stride) for the first variables of an integral."""
Evaluate = Callable[[Expr, Env], Array]


class OverBudget(Exception):
    """More evaluations than allowed."""


class NoNumbers(InputError):
    """A conditional expectation for which no quotient of integrals is known."""

    def __init__(self, term: CondExpect) -> None:
        super().__init__(
            f"no numbers for {text(term)}: what is given has no density, and is no affine function "
            f"of a vector that has one"
        )


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
def _items(measure: tuple[Draw, ...], points: frozenset[Head]) -> tuple[Draw, ...]:
    """A measure as Lebesgue measures, deterministic draws and laws on points."""
    found: list[Draw] = []
    for item in measure:
        dense = isinstance(item, Apply) and item.head not in points
        found.extend(item.head.ranges(item) if dense else (item,))
    return tuple(found)


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
        self._points = frozenset(interpretation.points)
        self._noisy = False
        self._kept_bytes = 0
        self._values: dict[Hashable, Value] = {}
        self._magnitudes: dict[Hashable, Array] = {}
        self._known_differences: dict[Hashable, list[Difference]] = {}
        self._inner: dict[Hashable, dict[Var, Value]] = {}
        self._placed: dict[Hashable, _Node] = {}
        self._measures: dict[Hashable, _Measure] = {}
        self._tables: tuple[dict[Hashable, Any], ...] = (
            self._values, self._magnitudes, self._known_differences, self._inner, self._measures,
            self._placed,
        )  # fmt: skip

    def value_of(self, term: Expr) -> Array:
        """The value of a term under the given values, (P, c)."""
        return self._read(self.array, term)

    def magnitude_of(self, term: Expr) -> Array:
        """What round-off in ``value_of(term)`` is relative to, (P, c)."""
        return self._read(self.magnitude, term)

    def round_off_of(self, term: Expr) -> Array:
        """The magnitude, and what the errors of differences are in units of round-off."""
        if not uses_differences(term, self.interpretation.rough):
            return self.magnitude_of(term)
        self._noisy = True
        try:
            return self._read(self.magnitude, term)
        finally:
            self._noisy = False

    def _read(self, evaluate: Evaluate, term: Expr) -> Array:
        if self._kept_bytes > _KEPT_BYTES:
            for table in self._tables:
                table.clear()
            self._kept_bytes = 0
        self._limit = self.evaluations + self._budget
        with np.errstate(all="ignore"):
            return np.atleast_2d(evaluate(term, self._outermost(term)))

    def _outermost(self, term: Expr) -> Env:
        free = variables_of(term)
        for var in free:
            if var not in self._given and var.sort is not Sort.PARAM:
                raise InputError(f"no value is given to {text(var)} in {text(term)}")
        return {v: self._given.get(v, self.theta) for v in free}

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
        values = [self._moved(arg, env) for arg in term.arguments]
        return dict(zip(term.head.params, values, strict=True))

    def _moved(self, term: Expr, env: Env) -> Value:
        """The value of a term that a variable gets, with the one that it was shifted from."""
        value = self.value(term, env)
        if value.centre is None and any(env[v].centre is not None for v in variables_of(term)):
            value.centre = self.value(term, _centred(env, variables_of(term)))
        return value

    # --- integrals ----------------------------------------------------------------------

    def _integral(
        self, term: IntegralOver | Expect, env: Env, evaluate: Evaluate, checked: bool = False
    ) -> Array:
        """The sum over the nodes; if ``checked``, of terms ≥ 0 that must fade at the edges."""
        if self._nodes.joint:
            term = _jointly(term)
        outer = max((env[v].array.ndim for v in variables_of(term)), default=2)
        axes = sum(not isinstance(item, Let) for item in _items(term.measure, self._points))
        for strides in _STRIDES[: (1, 4, len(_STRIDES))[min(axes, 2)]]:
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
        weights = absolute(measure.weights) if evaluate == self.magnitude else measure.weights
        terms = weights * evaluate(term.body, {**env, **measure.values})
        if checked and not all(_decays(part, measure.edges) for part in _parts(terms)):
            return np.full((1, 1), np.inf)
        return np.asarray(terms.sum(axis=axes))

    def _measure(
        self, term: IntegralOver | Expect, env: Env, outer: int, piece: Piece | None
    ) -> _Measure:
        items = _items(term.measure, self._points)
        factors = list(Mul.make_args(term.body))
        draws = [item for item in term.measure if _is_weighed(item, self._points)]
        if isinstance(term, Expect | CondExpect):
            # All expectations under one law share their nodes, whatever they are of.
            factors = [*term.measure, *(f for f in factors if isinstance(f, Ratio))]
            seen = (env[v] for factor in factors for v in variables_of(factor) if v in env)
            key = (outer, piece, *factors, *seen)
            if key in self._measures:
                return self._measures[key]
        inside = dict(env)
        values: dict[Var, Value] = {}
        weights: Array = np.ones((1, 1))
        edges: list[Array | None] = []
        for place, item in enumerate(items):
            if isinstance(item, Let):
                values[item.var] = inside[item.var] = self._let(item, inside)
                continue
            along = self._nodes.joint and bool(edges)
            ndim = outer + (1 if along else len(edges))
            part = None if piece is None or along else piece[len(edges) : len(edges) + 1]
            if isinstance(item, Apply):
                drawn, weight = self._drawn(item, inside, ndim, along, part)
                edges.append(None)
            else:
                node = self._place(item, items[place + 1 :], factors, inside, ndim, along)
                node = node.part(*part[0]) if part else node
                drawn, weight = {item.var: node.value}, node.weights
                edges.append(node.edge)
            if not len(weight):
                raise _NoNodes
            values |= drawn
            inside |= drawn
            weights = weights * weight
            self._spend([inside[v] for v in (*variables_of(term), *values)])
        if draws:
            weights = weights * _fold(np.multiply, [self.array(draw, inside) for draw in draws])
        measure = _Measure(values, weights, tuple(reversed(edges)))
        if isinstance(term, Expect):
            self._measures[key] = measure
        return measure

    def _let(self, item: Let, env: Env) -> Value:
        """A deterministic draw: the value that it is given, which another draw may have, too."""
        value = self._moved(item.value, env)
        value.magnitude = self.magnitude(item.value, _centred(env, variables_of(item.value)))
        return value

    def _drawn(
        self, item: Apply, env: Env, ndim: int, along: bool, part: Piece | None
    ) -> tuple[dict[Var, Value], Array]:
        """The points of a law that has no density, and their weights."""
        law: Points = self.interpretation.points[item.head]
        choice = self._kept(
            ("choice", len(law.weights), ndim, along),
            lambda: self._nodes.choice(len(law.weights), ndim, along),
        )
        node = choice.part(*part[0]) if part else choice
        which, axes = node.value.array.astype(int).ravel(), [1] * (ndim - 2)
        weights = law.weights[which]
        shaped = weights.reshape(len(which), *axes, *weights.shape[1:])
        return self._points_of(item, env, ndim, which), node.weights * shaped

    def _points_of(self, item: Apply, env: Env, ndim: int, which: Array) -> dict[Var, Value]:
        """Some points of a law on points, for each variable that it draws."""
        law = self.interpretation.points[item.head]
        values: dict[Var, Value] = {}
        for var in drawn_by(item):
            place = item.arguments.index(var)
            moves = [(item.arguments[o], m) for (p, o), m in law.slopes.items() if p == place]
            points = law.points[place][which]
            points = points.reshape(len(points), *[1] * (ndim - 2), *points.shape[1:])
            for other, slope in moves:
                points = points + slope * self.array(other, env)
            values[var] = Value(points)
        return values

    def _inner_points(self, item: Apply, env: Env, ndim: int) -> dict[Var, Value]:
        """All points of a law that is summed further inside."""
        key = (
            "points",
            item,
            ndim,
            *(env[v] for a in item.arguments for v in variables_of(a) if v in env),
        )
        if key not in self._inner:
            count = len(self.interpretation.points[item.head].weights)
            self._inner[key] = self._points_of(item, env, ndim, np.arange(count))
        return self._inner[key]

    def _place(
        self,
        item: Lebesgue,
        later: Sequence[Draw],
        factors: Sequence[Expr],
        env: Env,
        ndim: int,
        along: bool,
    ) -> _Node:
        """Nodes for one variable, given those in ``env``; a shift does not move them."""
        env = _centred(env, env)
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
                lambda inner, known, axis: self._inner_points(inner, known, ndim + axis),
                thorough,
            )
            target, form = envelope.target(item.var)
            scope: dict[Var, Value | Form | None] = {**env, item.var: form}
            scope = envelope.within(later, scope)
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
            if not (isinstance(factor, Apply) and _is_weighed(factor, self._points)):
                continue
            if factor.head.definition is None and item.var in factor.arguments:
                law = self.interpretation.law(factor.head)
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
        lengths = [len(table) for table in self._tables]
        try:
            yield
        finally:
            for table, length in zip(self._tables, lengths, strict=True):
                for key in list(table)[length:]:
                    if _mentions_newer(key, mark):
                        del table[key]

    # --- gradients and minimisers ---------------------------------------------------------

    def _parameters(self, term: Derived | ArgMin) -> int:
        count = int(self.interpretation.theta.shape[-1])
        if not count:
            raise InputError("a gradient in θ needs a model with coefficients, not a function")
        return count

    def _derivative(self, term: Derived, env: Env) -> Array:
        """By a complex step, which has no cancellation, or else by differences."""
        if self._is_stepped(term):
            slopes = [
                np.imag(self.array(term.body, inside)) / COMPLEX_STEP
                for inside in self._stepped(term, env)
            ]
        else:
            slopes = [found.value for found in self._differences(term, env)]
        return _arranged(term, slopes)

    def _is_stepped(self, term: Derived) -> bool:
        return not has_derivative(term.body, self.interpretation.rough)

    def _at(self, term: Derived, env: Env) -> Value:
        """The place of a derivative, all coordinates of it."""
        if term.var.sort is Sort.PARAM:
            self._parameters(term)
        at, size = self._moved(term.at, env), self.interpretation.size(term.var.sort)
        if at.array.shape[-1] == size:
            return at
        shape = (*at.array.shape[:-1], size)
        return self._constant(("whole", at), lambda: np.broadcast_to(at.array, shape))

    def _stepped(self, term: Derived, env: Env) -> Iterator[Env]:
        """With a complex step in each coordinate of the variable."""
        at = self._at(term, env)
        for j in range(at.array.shape[-1]):
            shifted = self._shift(at, j, 1j * COMPLEX_STEP * np.ones((1, 1)))
            yield {**env, term.var: shifted}

    def _shift(self, at: Value, j: int, by: Array) -> Value:
        """``at`` with its coordinate j moved; its nodes stay those of ``at``."""
        shift = np.zeros(at.array.shape[-1])
        shift[j] = 1.0
        key = ("shifted", at, j, by.tobytes())
        shifted = self._constant(key, lambda: at.array + by * shift)
        shifted.centre = at
        return shifted

    def _differences(self, term: Derived, env: Env) -> list[Difference]:
        key = (self._noisy, term, *(env[v] for v in variables_of(term)))
        if key not in self._known_differences:
            self._known_differences[key] = list(self._new_differences(term, env))
        return self._known_differences[key]

    def _new_differences(self, term: Derived, env: Env) -> Iterator[Difference]:
        """Central differences in each coordinate of the variable.

        A real stays on its side of 0 and of 1, where schedules end.
        """
        at = self._at(term, env)
        scale: Array = np.ones((1, 1))
        if term.var.sort is Sort.REAL:
            sides = np.abs(at.array), np.abs(1 - at.array), scale
            scale = _fold(np.minimum, [np.where(side > 0, side, 1.0) for side in sides])
        for j in range(at.array.shape[-1]):

            def shifted(by: float, j: int = j) -> tuple[Array, Array]:
                self.evaluations += _SHIFT_COST
                if self.evaluations > self._limit:
                    raise OverBudget
                inside = {**env, term.var: self._shift(at, j, by * scale)}
                return self.array(term.body, inside), self.magnitude(term.body, inside)

            yield difference(shifted, scale)

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
        if isinstance(term, Var):
            known = env[term].magnitude
            return absolute(env[term].array) if known is None else known
        if isinstance(term, Rational):
            return np.abs(self.array(term, env))
        key = (self._noisy, term, *(env[v] for v in variables_of(term)))
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
            return absolute(self.array(term, env))
        return self.magnitude(term.head.definition, self._inside(term, env))

    def _ratio_magnitude(self, term: Ratio, env: Env) -> Array:
        above, below = term.args
        return functions.ratio_magnitude(self.magnitude(above, env), self.array(below, env))

    def _function_magnitude(self, term: Any, env: Env) -> Array:
        (argument,) = term.args
        _, size = FUNCTIONS[type(term)]
        return size(self.array(argument, env), self.magnitude(argument, env))

    def _derivative_magnitude(self, term: Derived, env: Env) -> Array:
        """The complex step, in magnitudes: the sum of absolute values where the derivative has a
        sum. A difference has its error beside it, in units of round-off."""
        sizes: list[Array] = []
        if self._is_stepped(term):
            for inside in self._stepped(term, env):
                size = self.magnitude(term.body, inside)
                sizes.append(np.where(np.isfinite(size), np.imag(size) / COMPLEX_STEP, np.inf))
        else:
            whole = self.magnitude(term.body, {**env, term.var: self._at(term, env)})
            for found in self._differences(term, env):
                noise = found.error / ROUND_OFF if self._noisy else 0.0
                sizes.append(np.where(np.isfinite(found.error), whole, np.inf) + noise)
        return _fold(np.add if isinstance(term, Div) else np.maximum, sizes)

    # --- conditional expectations -----------------------------------------------------------

    def _quotient(self, term: CondExpect) -> Quotient:
        found = quotient(term, self.interpretation.dim, self._points, self.interpretation.linear)
        if found is None:
            raise NoNumbers(term)
        return found

    def _matched(
        self, term: CondExpect, env: Env, evaluate: Evaluate
    ) -> tuple[Array, Array] | None:
        """E[f 1{X = x}] and P(X = x), where everything is drawn from points."""
        items = _items(term.measure, self._points)
        if any(isinstance(i, Lebesgue) and i.var.sort is not Sort.LATENT for i in items):
            return None
        outer = max((env[v].array.ndim for v in variables_of(term)), default=2)
        measure = self._measure(term, env, outer, None)
        weights = measure.weights
        for item in term.given:
            found, at = measure.values[item.var].array, self.array(item.at, env)
            if found.dtype.kind == "c" or at.dtype.kind == "c":
                raise NoNumbers(term)  # it is a function of points, and has no derivative
            near = np.abs(found - at) <= _SAME * (1 + np.abs(at))
            weights = weights * near.all(axis=-1, keepdims=True)
        axes = tuple(range(weights.ndim - outer))
        terms = weights * evaluate(term.body, {**env, **measure.values})
        return np.asarray(terms.sum(axis=axes)), np.asarray(weights.sum(axis=axes))

    def _conditional(self, term: CondExpect, env: Env) -> Array:
        matched = self._matched(term, env, self.array)
        if matched is not None:
            total, chance = matched
            lost = chance == 0 if chance.ndim == 2 else np.zeros((1, 1), dtype=bool)
            return np.where(lost, np.nan, functions.ratio(total, chance))
        above, below, nonzero = self._quotient(term)
        mass = self.array(below, env)
        value = functions.ratio(self.array(above, env), mass)
        lost = mass == 0 if mass.ndim == 2 else np.zeros((1, 1), dtype=bool)
        for slope in nonzero:
            lost = lost | (self.array(slope, env) == 0)
        return np.where(lost, np.nan, value) if lost.any() else value

    def _conditional_magnitude(self, term: CondExpect, env: Env) -> Array:
        matched = self._matched(term, env, self.magnitude)
        if matched is not None:
            return functions.ratio(*matched)
        above, below, _ = self._quotient(term)
        return functions.ratio_magnitude(self.magnitude(above, env), self.array(below, env))

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


def _parts(terms: Array) -> list[Array]:
    """The values, and the derivatives where there are some."""
    if terms.dtype.kind != "c":
        return [terms]
    return [terms.real, terms.imag / COMPLEX_STEP]


def _is_weighed(item: Any, points: frozenset[Head]) -> bool:
    """Whether an item of a measure is a density or has one."""
    return isinstance(item, Apply) and item.head.draws and item.head not in points


def _centred(env: Env, variables: Iterable[Var]) -> dict[Var, Value]:
    """The values before derivatives shifted them."""
    found: dict[Var, Value] = {}
    for var in variables:
        value = env[var]
        while value.centre is not None:
            value = value.centre
        found[var] = value
    return found


def _decays(terms: Array, edges: Sequence[Array | None]) -> bool:
    """Whether the terms of a sum, all ≥ 0, are small where a box in space ends."""
    for axis, edge in enumerate(edges):
        if edge is None or edge.all() or terms.shape[axis] != len(edge):
            continue
        along = terms.sum(axis=tuple(i for i in range(terms.ndim) if i != axis))
        if along[edge].mean() > _FADED * along.mean():
            return False
    return True


def _arranged(term: Derived, slopes: Sequence[Array]) -> Array:
    """A derivative of its slopes in each coordinate of the variable."""
    if isinstance(term, Div):
        picked = [slope[..., j % slope.shape[-1]][..., None] for j, slope in enumerate(slopes)]
        return _fold(np.add, picked)
    return np.concatenate(np.broadcast_arrays(*slopes), axis=-1)


@lru_cache(maxsize=50_000)
def has_derivative(term: Basic, rough: frozenset[Head]) -> bool:
    """Whether there is a derivative in a term, or what takes real arguments only."""
    if isinstance(term, Grad | Partial | Div | ArgMin):
        return True
    if isinstance(term, Apply):
        inside = term.head.definition
        if term.head in rough or (inside is not None and has_derivative(inside, rough)):
            return True
    return any(has_derivative(arg, rough) for arg in term.args)


@lru_cache(maxsize=50_000)
def uses_differences(term: Basic, rough: frozenset[Head]) -> bool:
    """Whether a derivative of what has a derivative is in a term."""
    if isinstance(term, Grad | Partial | Div) and has_derivative(term.body, rough):
        return True
    inside = [*term.args]
    if isinstance(term, Apply) and term.head.definition is not None:
        inside.append(term.head.definition)
    return any(uses_differences(part, rough) for part in inside)


def _fold(ufunc: np.ufunc, arrays: Sequence[Array]) -> Array:
    """The arrays combined, the small ones first."""
    first, *rest = sorted(arrays, key=np.size)
    for other in rest:
        first = ufunc(first, other)
    return first


# --- what each type of node is evaluated by ---------------------------------------------------

Compute = Callable[[Evaluator, Any, Env], Array]


def _each(join: np.ufunc) -> Compute:
    return lambda self, term, env: _fold(join, [self.array(arg, env) for arg in term.args])


def _each_magnitude(join: np.ufunc) -> Compute:
    return lambda self, term, env: _fold(join, [self.magnitude(arg, env) for arg in term.args])


def _power_of_array(self: Evaluator, term: Pow, env: Env) -> Array:
    return np.asarray(self.array(term.args[0], env) ** int(term.args[1]))


def _power_of_magnitude(self: Evaluator, term: Pow, env: Env) -> Array:
    return np.asarray(self.magnitude(term.args[0], env) ** int(term.args[1]))


Applied = Callable[[Array], Array]
Sized = Callable[[Array, Array], Array]
FUNCTIONS: dict[type, tuple[Applied, Sized]] = {
    Exp: (functions.exp, functions.exp_magnitude),
    Log: (functions.log, functions.log_magnitude),
    Sqrt: (functions.sqrt, functions.sqrt_magnitude),
    Abs: (functions.modulus, lambda a, size: size),
}
"""The functions of a real, and their magnitudes from the value and magnitude of it."""


def _function(self: Evaluator, term: Any, env: Env) -> Array:
    value, _ = FUNCTIONS[type(term)]
    return value(self.array(term.args[0], env))


def _constant_value(self: Evaluator, term: Constant, env: Env) -> Array:
    value = {"d": float(self.interpretation.dim), "pi": math.pi}[term.name]
    return np.full((1, 1), value)


VALUES: dict[type, Compute] = {
    Var: lambda self, term, env: env[term].array,
    **dict.fromkeys(NUMBERS, lambda self, term, env: np.full((1, 1), float(term))),
    **dict.fromkeys(SUMS, _each(np.add)),
    **dict.fromkeys(PRODUCTS, _each(np.multiply)),
    **dict.fromkeys(POWERS, _power_of_array),
    Apply: Evaluator._applied,
    Inner: lambda self, term, env: dot(*(self.array(arg, env) for arg in term.args)),
    Ratio: lambda self, term, env: functions.ratio(*(self.array(a, env) for a in term.args)),
    Constant: _constant_value,
    **dict.fromkeys(FUNCTIONS, _function),
    Named: lambda self, term, env: self.array(term.definition, env),
    IntegralOver: lambda self, term, env: self._integral(term, env, self.array),
    Expect: lambda self, term, env: self._integral(term, env, self.array),
    CondExpect: Evaluator._conditional,
    **dict.fromkeys((Grad, Partial, Div), Evaluator._derivative),
    ArgMin: Evaluator._minimiser,
}
"""How the value of each type of term is computed."""

MAGNITUDES: dict[type, Compute] = {
    **dict.fromkeys((Var, *NUMBERS), lambda self, term, env: absolute(self.array(term, env))),
    **dict.fromkeys(SUMS, _each_magnitude(np.add)),
    **dict.fromkeys(PRODUCTS, _each_magnitude(np.multiply)),
    **dict.fromkeys(POWERS, _power_of_magnitude),
    Apply: Evaluator._applied_magnitude,
    Inner: lambda self, term, env: dot(*(self.magnitude(arg, env) for arg in term.args)),
    Ratio: Evaluator._ratio_magnitude,
    Named: lambda self, term, env: self.magnitude(term.definition, env),
    IntegralOver: lambda self, term, env: self._integral(term, env, self.magnitude, checked=True),
    Expect: lambda self, term, env: self._integral(term, env, self.magnitude, checked=True),
    Constant: _constant_value,
    **dict.fromkeys(FUNCTIONS, Evaluator._function_magnitude),
    CondExpect: Evaluator._conditional_magnitude,
    **dict.fromkeys((Grad, Partial, Div), Evaluator._derivative_magnitude),
    ArgMin: Evaluator._minimiser_magnitude,
}
"""How the magnitude of each type of term is computed; see :meth:`Evaluator.magnitude`."""
