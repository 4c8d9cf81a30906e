"""The path's schedule and the time law as functions of balls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import sympy
from flint import acb, arb, fmpq

from fmproof.errors import InputError
from fmproof.losses.certified.balls import Ball, power, rational, total
from fmproof.models.paths import Path, time_symbol
from fmproof.models.time import LogitNormalTime, TimeLaw, UniformTime


class Moment(NamedTuple):
    """The schedule at one time, or at all times of a box."""

    t: Ball
    alpha: Ball
    beta: Ball
    dalpha: Ball
    dbeta: Ball


class Schedule:
    """alpha, beta and their derivatives, from the path's formulas and SymPy's derivatives of them.

    At a complex box a result is finite only where the formula is known to be analytic.
    """

    def __init__(self, path: Path) -> None:
        t = time_symbol()
        alpha, beta = path.alpha_expr, path.beta_expr
        self._formulas = [_compiled(f) for f in (alpha, beta, alpha.diff(t), beta.diff(t))]

    def alpha_beta(self, t: Ball) -> tuple[Ball, Ball]:
        """alpha and beta alone, also of a power series."""
        return self._formulas[0](t), self._formulas[1](t)

    def __call__(self, t: Ball) -> Moment:
        return Moment(t, *(formula(t) for formula in self._formulas))


class TimeAxis(NamedTuple):
    """The time law as a density on an interval of y that time is a function of.

    Attributes:
        edges: the interval.
        time: y to t.
        density: y to the density of y.
        beyond: the probability that y is outside the interval.
    """

    edges: tuple[float, float]
    time: Callable[[Ball], Ball]
    density: Callable[[Ball], Ball]
    beyond: Ball

    def ends(self) -> tuple[Ball, Ball]:
        """The times below and above the interval's, half of ``beyond`` each."""
        first, last = (self.time(arb(edge)) for edge in self.edges)
        return first.union(arb(0)), last.union(arb(1))


def time_axis(law: TimeLaw, negligible: float) -> TimeAxis:
    """y in [0, 1] for a uniform law; for a logit-normal one the standardised logit of t, cut off
    where less than about ``negligible`` of the probability is left.

    Raises:
        InputError: for another law.
    """
    if isinstance(law, UniformTime):
        low, length = rational(law.low), rational(law.high) - rational(law.low)
        return TimeAxis((0.0, 1.0), lambda y: low + length * y, lambda y: 1 + 0 * y, arb(0))
    if isinstance(law, LogitNormalTime):
        mean, std = rational(law.mean), rational(law.std)
        reach = 1.0
        while float((arb(reach) / arb(2).sqrt()).erfc()) > negligible:
            reach += 0.25
        scale = 1 / (2 * arb.pi()).sqrt()
        return TimeAxis(
            (-reach, reach),
            lambda y: 1 / (1 + (-mean - std * y).exp()),
            lambda y: scale * (-y * y / 2).exp(),
            (arb(reach) / arb(2).sqrt()).erfc(),
        )
    raise InputError(f"not available: the time law {law!r} has no certified form")


def _compiled(expr: Any) -> Callable[[Ball], Ball]:
    """A SymPy expression in t as a function of balls and of power series with balls in them.

    Only operations that keep an enclosure are taken; whatever else a formula uses is refused.
    """
    if expr == time_symbol():
        return lambda t: t
    if expr.is_Rational:
        constant = arb(fmpq(int(expr.p), int(expr.q)))
        return lambda t: constant
    if expr is sympy.pi:
        return lambda t: arb.pi()
    if expr is sympy.E:
        return lambda t: arb(1).exp()
    name = type(expr).__name__
    if name in _IN_OTHER_WORDS:
        return _compiled(_IN_OTHER_WORDS[name](*expr.args))
    parts = [_compiled(part) for part in expr.args]
    if expr.is_Add:
        return lambda t: total(part(t) for part in parts)
    if expr.is_Mul:
        return lambda t: _product([part(t) for part in parts])
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


def _product(factors: list[Ball]) -> Ball:
    product = arb(1)
    for factor in factors:
        product = product * factor
    return product


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
