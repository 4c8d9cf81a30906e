"""Terms to arrays, as they are written.

What a type of node is computed by stands in two tables at the end. Integrals, derivatives and
conditional expectations have files of their own; each is a function of the evaluator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from sympy import Expr, Pow, Rational

from fmproof.errors import InputError
from fmproof.lang.arithmetic import POWERS, PRODUCTS, SUMS
from fmproof.lang.nodes import (
    Abs,
    Apply,
    ArgMin,
    CondExpect,
    Constant,
    Div,
    Exp,
    Expect,
    Grad,
    Inner,
    IntegralOver,
    Log,
    Named,
    Partial,
    Ratio,
    Sqrt,
    Var,
)
from fmproof.lang.numbers import NUMBERS
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.meaning import functions, slopes
from fmproof.meaning.conditional import conditional_magnitude, conditional_value
from fmproof.meaning.differences import Difference
from fmproof.meaning.environment import Env, Evaluate, OverBudget, centred, fold
from fmproof.meaning.functions import absolute
from fmproof.meaning.integrals import Measure, integral_value
from fmproof.meaning.interpretation import AnyArray, Interpretation, Value, dot
from fmproof.meaning.nodes import Axis, Nodes, PlacedNodes
from fmproof.meaning.written import variables_of

_KEPT_BYTES = 3 * 2**24  # beyond which everything is forgotten before the next term


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
        points: the laws that are concentrated on points.
        noisy: whether magnitudes have the errors of differences in them.
        differences, inner_points, measures: what :mod:`~fmproof.meaning.slopes` and
            :mod:`~fmproof.meaning.integrals` keep.
    """

    def __init__(
        self,
        interpretation: Interpretation,
        nodes: Nodes,
        values: Mapping[Var, AnyArray] | None = None,
        max_array: float = 2**20,
        budget: float = np.inf,
    ) -> None:
        self.interpretation = interpretation
        self.evaluations = 0.0
        self.theta = Value(interpretation.theta)
        self.nodes = nodes
        self._given = {var: Value(array) for var, array in (values or {}).items()}
        self.max_array = max_array
        self._budget = budget
        self._limit = budget
        self.points = frozenset(interpretation.points)
        self.noisy = False
        self._kept_bytes = 0
        self._values: dict[Hashable, Value] = {}
        self._magnitudes: dict[Hashable, AnyArray] = {}
        self.differences: dict[Hashable, list[Difference]] = {}
        self.inner_points: dict[Hashable, dict[Var, Value]] = {}
        self._placed: dict[Hashable, Axis] = {}
        self.measures: dict[Hashable, Measure] = {}
        self._tables: tuple[dict[Hashable, Any], ...] = (
            self._values, self._magnitudes, self.differences, self.inner_points, self.measures,
            self._placed,
        )  # fmt: skip

    def value_of(self, term: Expr) -> AnyArray:
        """The value of a term under the given values, (P, c)."""
        return self._read(self.array, term)

    def magnitude_of(self, term: Expr) -> AnyArray:
        """What round-off in ``value_of(term)`` is relative to, (P, c)."""
        return self._read(self.magnitude, term)

    def round_off_of(self, term: Expr) -> AnyArray:
        """The magnitude, and what the errors of differences are in units of round-off."""
        if not slopes.uses_differences(term, self.interpretation.rough):
            return self.magnitude_of(term)
        self.noisy = True
        try:
            return self._read(self.magnitude, term)
        finally:
            self.noisy = False

    def _read(self, evaluate: Evaluate, term: Expr) -> AnyArray:
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

    def array(self, term: Expr, env: Env) -> AnyArray:
        """The value of ``term`` as an array, (..., P, c)."""
        return self.value(term, env).array

    def _compute(self, term: Expr, env: Env) -> AnyArray:
        compute = VALUES.get(type(term))
        if compute is None:
            raise InputError(f"not a term that has a value: {term}")
        return compute(self, term, env)

    def _applied(self, term: Apply, env: Env) -> AnyArray:
        if term.head.definition is None:
            arguments = [self.array(arg, env) for arg in term.arguments]
            return self.interpretation.apply(term.head, arguments)
        return self.array(term.head.definition, self._inside(term, env))

    def _inside(self, term: Apply, env: Env) -> dict[Var, Value]:
        """The parameters of a defined symbol with the values of its arguments."""
        values = [self.moved(arg, env) for arg in term.arguments]
        return dict(zip(term.head.params, values, strict=True))

    def moved(self, term: Expr, env: Env) -> Value:
        """The value of a term that a variable gets, with the one that it was shifted from."""
        value = self.value(term, env)
        if value.centre is None and any(env[v].centre is not None for v in variables_of(term)):
            value.centre = self.value(term, centred(env, variables_of(term)))
        return value

    def kept(self, key: Hashable, make: Callable[[], PlacedNodes]) -> Axis:
        """The nodes that were made under this key, or else new ones: the same nodes are the same
        value, so what was evaluated on them is found again."""
        if key not in self._placed:
            points, weights, edge = make()
            self._placed[key] = Axis(Value(points), weights, edge)
        return self._placed[key]

    def spend(self, evaluations: float) -> None:
        """Count what is about to be evaluated.

        Raises:
            OverBudget: more than are left for this term.
        """
        self.evaluations += evaluations
        if self.evaluations > self._limit:
            raise OverBudget

    @contextmanager
    def forgetting(self) -> Iterator[None]:
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

    def constant(self, key: Hashable, make: Callable[[], AnyArray]) -> Value:
        """A value that is made once."""
        return self.kept(key, lambda: PlacedNodes(make(), np.ones((1, 1)))).value

    def magnitude(self, term: Expr, env: Env) -> AnyArray:
        """The sum of absolute values where ``term`` has a sum: what round-off is relative to."""
        if isinstance(term, Var):
            known = env[term].magnitude
            return absolute(env[term].array) if known is None else known
        if isinstance(term, Rational):
            return np.abs(self.array(term, env))
        key = (self.noisy, term, *(env[v] for v in variables_of(term)))
        if key not in self._magnitudes:
            self._magnitudes[key] = self._magnitude(term, env)
        return self._magnitudes[key]

    def _magnitude(self, term: Expr, env: Env) -> AnyArray:
        compute = MAGNITUDES.get(type(term))
        if compute is None:
            raise InputError(f"not a term that has a magnitude: {term}")
        return compute(self, term, env)

    def _applied_magnitude(self, term: Apply, env: Env) -> AnyArray:
        inside = [self.magnitude(arg, env) for arg in term.arguments]
        if not all(np.isfinite(size).all() for size in inside):
            return np.full((1, 1), np.inf)
        if term.head.definition is None:
            return absolute(self.array(term, env))
        return self.magnitude(term.head.definition, self._inside(term, env))

    def _ratio_magnitude(self, term: Ratio, env: Env) -> AnyArray:
        above, below = term.args
        return functions.ratio_magnitude(self.magnitude(above, env), self.array(below, env))

    def _function_magnitude(self, term: Any, env: Env) -> AnyArray:
        (argument,) = term.args
        _, size = _FUNCTIONS[type(term)]
        return size(self.array(argument, env), self.magnitude(argument, env))

    # --- conditional expectations -----------------------------------------------------------


def _mentions_newer(key: Hashable, mark: int) -> bool:
    """Whether a key has a value in it that was made after the first ``mark``."""
    if isinstance(key, Value):
        return key.serial >= mark
    return isinstance(key, tuple | frozenset) and any(_mentions_newer(k, mark) for k in key)


# --- what each type of node is evaluated by ---------------------------------------------------

Compute = Callable[[Evaluator, Any, Env], AnyArray]


def _each(join: np.ufunc) -> Compute:
    return lambda self, term, env: fold(join, [self.array(arg, env) for arg in term.args])


def _each_magnitude(join: np.ufunc) -> Compute:
    return lambda self, term, env: fold(join, [self.magnitude(arg, env) for arg in term.args])


def _power_of_array(self: Evaluator, term: Pow, env: Env) -> AnyArray:
    return np.asarray(self.array(term.args[0], env) ** int(term.args[1]))


def _power_of_magnitude(self: Evaluator, term: Pow, env: Env) -> AnyArray:
    return np.asarray(self.magnitude(term.args[0], env) ** int(term.args[1]))


Applied = Callable[[AnyArray], AnyArray]
Sized = Callable[[AnyArray, AnyArray], AnyArray]
_FUNCTIONS: dict[type, tuple[Applied, Sized]] = {
    Exp: (functions.exp, functions.exp_magnitude),
    Log: (functions.log, functions.log_magnitude),
    Sqrt: (functions.sqrt, functions.sqrt_magnitude),
    Abs: (functions.modulus, lambda a, size: size),
}
"""The functions of a real, and their magnitudes from the value and magnitude of it."""


def _function(self: Evaluator, term: Any, env: Env) -> AnyArray:
    value, _ = _FUNCTIONS[type(term)]
    return value(self.array(term.args[0], env))


def _constant_value(self: Evaluator, term: Constant, env: Env) -> AnyArray:
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
    **dict.fromkeys(_FUNCTIONS, _function),
    Named: lambda self, term, env: self.array(term.definition, env),
    IntegralOver: lambda self, term, env: integral_value(self, term, env, self.array),
    Expect: lambda self, term, env: integral_value(self, term, env, self.array),
    CondExpect: conditional_value,
    **dict.fromkeys((Grad, Partial, Div), slopes.derivative_value),
    ArgMin: slopes.minimiser_value,
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
    IntegralOver: lambda self, term, env: integral_value(
        self, term, env, self.magnitude, checked=True
    ),
    Expect: lambda self, term, env: integral_value(self, term, env, self.magnitude, checked=True),
    Constant: _constant_value,
    **dict.fromkeys(_FUNCTIONS, Evaluator._function_magnitude),
    CondExpect: conditional_magnitude,
    **dict.fromkeys((Grad, Partial, Div), slopes.derivative_magnitude),
    ArgMin: slopes.minimiser_magnitude,
}
"""How the magnitude of each type of term is computed; see :meth:`Evaluator.magnitude`."""
