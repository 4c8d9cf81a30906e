"""Balls, python-flint's ``arb`` and ``acb``: small things, and formulas as functions of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy
from flint import acb, arb, ctx, fmpq

from fmproof.errors import InputError
from fmproof.models.arrays import Number
from fmproof.models.paths import time_symbol

Ball = Any  # an arb or acb (or a power series with balls in it): python-flint has no types


def rational(value: Number | Fraction) -> Ball:
    """A ball around a rational; a float is the rational that it is."""
    return arb(fmpq(*Fraction(value).as_integer_ratio()))


def is_finite(balls: Iterable[Ball]) -> bool:
    """Whether something is known of each of the balls."""
    return all(ball.is_finite() for ball in balls)


def power(base: Ball, exponent: int) -> Ball:
    """A power with an exponent >= 0, by squaring.

    python-flint's ``**`` goes through the logarithm and knows nothing where a ball contains 0.
    """
    if exponent == 0:
        return arb(1)
    half = power(base, exponent // 2)
    return half * half * base if exponent % 2 else half * half


def ball_sum(balls: Iterable[Ball]) -> Ball:
    """The sum."""
    return sum(balls, arb(0))


def entrywise_sum(left: Iterable[Ball], right: Iterable[Ball]) -> list[Ball]:
    """The sums of two rows, entry by entry."""
    return [a + b for a, b in zip(left, right, strict=True)]


def in_balls(expr: Any) -> Callable[[Ball], Ball]:
    """A SymPy expression in t as a function of balls and of power series with balls in them.

    Only operations that keep an enclosure are taken; whatever else a formula uses is refused. Its
    rational constants have the precision of now. What does not depend on t is evaluated once for
    each precision that is met.

    Raises:
        InputError: "not available: ..." for a function that has no form in balls.
    """
    if expr == time_symbol():
        return lambda t: t
    if expr.is_Rational:
        constant = arb(fmpq(int(expr.p), int(expr.q)))
        return lambda t: constant
    if expr is sympy.pi:
        return _constant(lambda t: arb.pi())
    if expr is sympy.E:
        return _constant(lambda t: arb(1).exp())
    function = _of_parts(expr)
    return function if expr.free_symbols else _constant(function)


def _constant(function: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    """The value of a function that does not depend on its argument, at each precision."""
    known: dict[int, Ball] = {}

    def constant(_: Ball) -> Ball:
        bits = ctx.prec
        if bits not in known:
            known[bits] = function(arb(0))
        return known[bits]

    return constant


def _of_parts(expr: Any) -> Callable[[Ball], Ball]:
    """An operation or a function, by its arguments."""
    name = type(expr).__name__
    if name in _IN_OTHER_WORDS:
        return in_balls(_IN_OTHER_WORDS[name](*expr.args))
    parts = [in_balls(part) for part in expr.args]
    if expr.is_Add:
        return reduce(_added, parts)
    if expr.is_Mul:
        return reduce(_multiplied, parts)
    if expr.is_Pow:
        return _power(parts[0], expr.exp, parts[1])
    if name in ("exp", "sin", "cos", "tan"):
        return lambda t: _call(parts[0](t), name)
    if name in ("log", "atan"):
        return lambda t: _analytic(parts[0](t), name)
    raise InputError(f"not available: {name} in a schedule has no certified form ({expr})")


# Functions of a formula by those that balls and series have, with their principal branches.
_IN_OTHER_WORDS: dict[str, Callable[[Any], Any]] = {
    "sinh": lambda x: (sympy.exp(x) - sympy.exp(-x)) / 2,
    "cosh": lambda x: (sympy.exp(x) + sympy.exp(-x)) / 2,
    "tanh": lambda x: 1 - 2 / (1 + sympy.exp(2 * x)),
    "asin": lambda x: sympy.atan(x / sympy.sqrt(1 - x**2)),
    "acos": lambda x: sympy.pi / 2 - sympy.atan(x / sympy.sqrt(1 - x**2)),
}


def _added(one: Callable[[Ball], Ball], other: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    return lambda t: one(t) + other(t)


def _multiplied(
    one: Callable[[Ball], Ball], other: Callable[[Ball], Ball]
) -> Callable[[Ball], Ball]:
    return lambda t: one(t) * other(t)


def _power(
    base: Callable[[Ball], Ball], exponent: Any, compiled: Callable[[Ball], Ball]
) -> Callable[[Ball], Ball]:
    if exponent.is_Integer:
        n = int(exponent)
        return lambda t: _integer_power(base(t), n)
    if exponent.is_Rational and exponent.q == 2:
        n = int(exponent.p)
        return lambda t: _integer_power(_analytic(base(t), "sqrt"), n)
    if exponent.is_number and exponent.is_positive:
        return lambda t: _positive_power(base(t), compiled(t))
    return lambda t: (compiled(t) * _analytic(base(t), "log")).exp()


def _call(value: Ball, name: str) -> Ball:
    return getattr(value, name)()


def _integer_power(base: Ball, n: int) -> Ball:
    return power(base, n) if n >= 0 else 1 / power(base, -n)


def _positive_power(base: Ball, exponent: Ball) -> Ball:
    if isinstance(base, arb) and base.contains(0):
        # A real ball at an end point of a schedule such as t^(3/2): monotone from 0.
        top = base.abs_upper()
        return (exponent * top.log()).exp().union(arb(0)) if not top.is_zero() else arb(0)
    return (exponent * _analytic(base, "log")).exp()


def _analytic(value: Ball, name: str) -> Ball:
    """A function with a branch cut, not finite where a box may meet the cut.

    A series is not looked at: its constant term has been, as a box.
    """
    if isinstance(value, acb):
        if name == "atan":
            apart = value.real.abs_lower() > 0 or value.imag.abs_upper() < 1
            return value.atan() if apart else acb(arb.nan())
        return getattr(value, name)(analytic=True)
    if isinstance(value, arb) and name == "sqrt" and value.contains(0):
        value = value.nonnegative_part()  # a real schedule's radicand, rounded or at its end
    return getattr(value, name)()
