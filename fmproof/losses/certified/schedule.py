"""The path's schedule and the time law as functions of balls."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flint import arb

from fmproof.errors import InputError
from fmproof.models.balls import Ball, in_balls, rational
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
        self._formulas = [in_balls(f) for f in (alpha, beta, alpha.diff(t), beta.diff(t))]

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
