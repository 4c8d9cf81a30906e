"""A meaning for terms that knows nothing of the rules: small finite models, exact arithmetic.

Every space is a handful of points with weights, an integral is a weighted sum, a density a
table that sums to one, a vector a pair of fractions, a gradient in a parameter the differences to
the values at the other parameters. Every function is integrable and differentiable here, so what
is left of a rule is its algebra, its scopes and its conditions on zeros: the two sides must agree
exactly wherever the hypotheses hold.

A conditional expectation is the mean on the atom. Where the atom has no mass it is the mean of
all: a version that the joint law determines, and another one than 0. Functions are exact or
:class:`Undecided`: the exponential of whole numbers, to the base 2, and what undoes it. A
derivative in a vector or a real is undecided, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import isqrt
from typing import Any
from zlib import crc32

from sympy import Basic, Expr, Rational

from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.nodes import (
    Abs,
    Apply,
    ArgMin,
    CondExpect,
    Constant,
    Exp,
    Expect,
    Gaussian,
    Grad,
    Head,
    Inner,
    IntegralOver,
    Law,
    Lebesgue,
    Let,
    Log,
    Named,
    Ratio,
    Sqrt,
    Var,
    dim,
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
    Prop,
    VanishesWith,
)
from fmproof.lang.sorts import Sort

Value = Any


class Undecided(Exception):
    """The model has no exact value for a term."""


Environment = Mapping[Var, Value]

PARAMETERS = ("θ0", "θ1", "θ2")
VECTORS = tuple(
    ((Fraction(a), Fraction(b)), Fraction(weight))
    for a, b, weight in ((0, 0, 1), (1, -1, 2), (2, 1, 1))
)
REALS = tuple((Fraction(a, 2), Fraction(weight)) for a, weight in ((-2, 1), (1, 2), (3, 1)))
LATENT = (("c0", Fraction(1)), ("c1", Fraction(2)))


class Model:
    """An interpretation of all symbols, made from a seed."""

    def __init__(self, seed: object) -> None:
        self.seed = seed
        self._tables: dict[Any, Any] = {}

    def points(self, item: Lebesgue) -> tuple[tuple[Value, Fraction], ...]:
        """The points of a space with their weights; an interval has its length as mass."""
        if item.var.sort is Sort.VEC:
            return VECTORS
        if item.var.sort is Sort.LATENT:
            return LATENT
        if not item.bounded:
            return REALS
        low, high = Fraction(str(item.low)), Fraction(str(item.high))
        step = (high - low) / 2
        return tuple((low + step * Fraction(2 * i + 1, 2), step) for i in range(2))

    def values(self, var: Var) -> tuple[Value, ...]:
        """Some values of a variable; all of them for a parameter."""
        if var.sort is Sort.PARAM:
            return PARAMETERS
        return tuple(value for value, _ in self.points(Lebesgue(var)))

    # --- terms -----------------------------------------------------------------------

    def value(self, term: Expr, env: Environment) -> Value:
        if isinstance(term, Rational):
            return Fraction(int(term.p), int(term.q))
        if isinstance(term, Var):
            return env[term]
        if isinstance(term, Named):
            return self.value(term.definition, env)
        if isinstance(term, Add):
            return _sum(self.value(arg, env) for arg in term.args)
        if isinstance(term, Mul):
            return _product([self.value(arg, env) for arg in term.args])
        if isinstance(term, Pow):
            return self.value(term.args[0], env) ** int(term.args[1])
        if isinstance(term, Inner):
            left, right = (self.value(arg, env) for arg in term.args)
            return _zip_sum(left, right)
        if isinstance(term, Ratio):
            top, bottom = (self.value(arg, env) for arg in term.args)
            return top / bottom if bottom else Fraction(0)
        if isinstance(term, Apply):
            arguments = tuple(
                _as_sort(self.value(arg, env), param.sort)
                for arg, param in zip(term.arguments, term.head.params, strict=True)
            )
            return self.apply(term.head, arguments)
        if isinstance(term, IntegralOver | Expect):
            return _sum(
                _product([weight, self.value(term.body, inner)])
                for inner, weight in self.draws(term.measure, env)
            )
        if isinstance(term, Grad) and term.var.sort is Sort.PARAM:
            here = self.value(term.body, {**env, term.var: self.value(term.at, env)})
            return tuple(
                self.value(term.body, {**env, term.var: point}) - here for point in PARAMETERS
            )
        if isinstance(term, CondExpect):
            return self._conditional(term, env)
        if isinstance(term, Constant):
            return Fraction(2) if term is dim else Fraction(22, 7)
        if isinstance(term, Exp | Log | Sqrt | Abs):
            return _FUNCTIONS[type(term)](self.value(term.args[0], env))
        if isinstance(term, ArgMin):
            at = {point: self.value(term.body, {**env, term.var: point}) for point in PARAMETERS}
            return frozenset(point for point in PARAMETERS if at[point] == min(at.values()))
        raise Undecided(f"no meaning for {type(term).__name__}")

    def _conditional(self, term: CondExpect, env: Environment) -> Value:
        given = [(v.var, _as_sort(self.value(v.at, env), v.var.sort)) for v in term.given]
        drawn = list(self.draws(term.measure, env))
        atom = [(inner, mass) for inner, mass in drawn if all(inner[v] == at for v, at in given)]
        among = atom or drawn
        total = sum((mass for _, mass in among), Fraction(0))
        return _sum(_product([mass / total, self.value(term.body, inner)]) for inner, mass in among)

    def draws(
        self, measure: tuple[Basic, ...], env: Environment
    ) -> Iterator[tuple[Environment, Fraction]]:
        """The points of a measure of positive weight, in the scope of its variables."""
        bound = {var for item in measure for var in drawn_by(item)}
        outer = {var: value for var, value in env.items() if var not in bound}
        states: list[tuple[dict[Var, Value], Fraction]] = [(outer, Fraction(1))]
        for item in measure:
            if isinstance(item, Let):
                states = [
                    ({**s, item.var: _as_sort(self.value(item.value, s), item.var.sort)}, weight)
                    for s, weight in states
                ]
                continue
            spaces = (item,) if isinstance(item, Lebesgue) else item.head.ranges(item)
            longer = []
            for state, weight in states:
                for choice in product(*(self.points(space) for space in spaces)):
                    inner = {
                        **state,
                        **{s.var: v for s, (v, _) in zip(spaces, choice, strict=True)},
                    }
                    mass = weight
                    for _, point_weight in choice:
                        mass *= point_weight
                    if not isinstance(item, Lebesgue):
                        mass *= self.value(item, inner)
                    if mass:
                        longer.append((inner, mass))
            states = longer
        yield from states

    # --- symbols ---------------------------------------------------------------------

    def apply(self, head: Head, arguments: tuple[Value, ...]) -> Value:
        key = (head, arguments)
        if key not in self._tables:
            self._tables[key] = self._interpret(head, arguments)
        return self._tables[key]

    def _interpret(self, head: Head, arguments: tuple[Value, ...]) -> Value:
        if head.definition is not None:
            return self.value(head.definition, dict(zip(head.params, arguments, strict=True)))
        if isinstance(head, Law):
            return self._density(head, arguments)
        if head.result is Sort.VEC:
            return tuple(self._number(head, arguments, place) for place in range(2))
        number = self._number(head, arguments, 0)
        return abs(number) if head.nonneg else number

    def _number(self, head: Head, arguments: tuple[Value, ...], place: int) -> Fraction:
        return Fraction(self._dice(head, (arguments, place)) % 5 - 2)

    def _density(self, head: Law, arguments: tuple[Value, ...]) -> Fraction:
        """A table that sums to one over the points of its own range, with zeros in it.

        That of a law is its masses over the weights of the points; a Gaussian has no zeros.
        """
        least = 1 if isinstance(head, Gaussian) else 0
        start = len(head.sub) + len(head.sup)
        stop = start + len(head.main)
        conditions = arguments[:start] + arguments[stop:]
        table: dict[tuple[Value, ...], int] = {}
        total = Fraction(0)
        for choice in product(*(self.points(item) for item in head.over)):
            main = tuple(value for value, _ in choice)
            table[main] = least + self._dice(head, (conditions, main)) % (3 - least)
            mass = Fraction(table[main])
            for _, weight in choice:
                mass *= weight
            total += mass
        main = arguments[start:stop]
        if main not in table:  # outside its range a density may be anything that is not negative
            return Fraction(least + self._dice(head, (conditions, main)) % (3 - least))
        if not total:  # all entries were zero: the uniform table instead
            table = dict.fromkeys(table, 1)
            total = Fraction(1)
            for item in head.over:
                total *= sum((weight for _, weight in self.points(item)), Fraction(0))
        return table[main] / total

    def _dice(self, head: Head, what: object) -> int:
        return crc32(repr((self.seed, type(head).__name__, head._content[:2], what)).encode())

    # --- propositions ----------------------------------------------------------------

    def holds(self, prop: Prop, env: Environment) -> bool:
        if isinstance(prop, Equals):
            return _same(self.value(prop.lhs, env), self.value(prop.rhs, env))
        if isinstance(prop, AtMost):
            return bool(self.value(prop.lhs, env) <= self.value(prop.rhs, env))
        if isinstance(prop, Integrable | Differentiable | Dominated):
            return True
        if isinstance(prop, Positive):
            return bool(self.value(prop.args[0], env) > 0)
        if isinstance(prop, VanishesWith):
            return self.value(prop.args[1], env) != 0 or self.value(prop.args[0], env) == 0
        if isinstance(prop, Almost):
            return all(self.holds(prop.body, inner) for inner, _ in self.draws(prop.measure, env))
        if isinstance(prop, ForAll):
            return all(
                self.holds(prop.body, {**env, prop.var: point}) for point in self.values(prop.var)
            )
        raise TypeError(f"no meaning for {type(prop).__name__}")


def _exp(a: Fraction) -> Fraction:
    if a.denominator != 1 or abs(a) > 64:
        raise Undecided("the exponential of a fraction")
    return Fraction(2) ** int(a)


def _log(a: Fraction) -> Fraction:
    if a <= 0:
        return Fraction(0)
    power = a.numerator.bit_length() - a.denominator.bit_length()
    if Fraction(2) ** power != a:
        raise Undecided("the logarithm of what is no power of two")
    return Fraction(power)


def _sqrt(a: Fraction) -> Fraction:
    if a <= 0:
        return Fraction(0)
    root = Fraction(isqrt(a.numerator), isqrt(a.denominator))
    if root * root != a:
        raise Undecided("the root of what is no square")
    return root


_FUNCTIONS = {Exp: _exp, Log: _log, Sqrt: _sqrt, Abs: abs}


def _as_sort(value: Value, sort: Sort) -> Value:
    return (Fraction(0), Fraction(0)) if sort is Sort.VEC and value == 0 else value


def _same(a: Value, b: Value) -> bool:
    """Equal, where the number 0 is also the zero vector and the zero gradient."""
    if isinstance(a, tuple) != isinstance(b, tuple):
        return not any(a if isinstance(a, tuple) else (a,)) and not any(
            b if isinstance(b, tuple) else (b,)
        )
    return bool(a == b)


def _sum(values: Iterator[Value]) -> Value:
    total: Value = Fraction(0)
    for value in values:
        if isinstance(value, tuple):
            total = tuple(a + b for a, b in zip(total or (0,) * len(value), value, strict=True))
        elif value or not isinstance(total, tuple):
            total = total + value
    return total


def _product(values: list[Value]) -> Value:
    scalar, vector = Fraction(1), None
    for value in values:
        if isinstance(value, tuple):
            vector = value
        else:
            scalar *= value
    return scalar if vector is None else tuple(scalar * part for part in vector)


def _zip_sum(left: Value, right: Value) -> Fraction:
    if not (isinstance(left, tuple) and isinstance(right, tuple)):
        return Fraction(0)
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))
