"""Integrals of monomials in t, alpha, beta, dalpha, dbeta against the time law.

Rational where the schedule is a sum of powers of t and the law is uniform; otherwise the
trapezoid rule after a substitution that makes it converge exponentially, in 40-digit arithmetic,
with the error read off from two step sizes.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from fmproof.errors import InputError
from fmproof.models.arrays import Number
from fmproof.models.paths import Path, PowerSum, time_symbol
from fmproof.models.time import LogitNormalTime, TimeLaw, UniformTime

_DIGITS = 40
_TARGET = 1e-20  # the relative error at which the trapezoid rule stops to halve its step
_NEGLIGIBLE = 1e-42
_MAX_NODES = 20_000
_MAX_EXTRA_DIGITS = 6_000


class Ball(NamedTuple):
    """The numbers within ``radius`` of ``centre``."""

    centre: Fraction
    radius: float


class Monomial(NamedTuple):
    """Exponents of t, alpha, beta and the derivatives of alpha and beta."""

    t: int = 0
    alpha: int = 0
    beta: int = 0
    dalpha: int = 0
    dbeta: int = 0


class TimeIntegrals(ABC):
    """Expectations of monomials under a time law, each computed once."""

    def __init__(self) -> None:
        self._known: dict[Monomial, Ball] = {}

    @staticmethod
    def of(path: Path, time: TimeLaw) -> TimeIntegrals:
        """The rational method where it applies, else the trapezoid rule."""
        sums = path.power_sums
        if isinstance(time, UniformTime) and sums is not None:
            low, high = Fraction(time.low), Fraction(time.high)
            integer = all(q.denominator == 1 for powers in sums for q in powers)
            if integer or (low == 0 and high == 1):
                return RationalTimeIntegrals(*sums, low, high)
        return TrapezoidTimeIntegrals(path, time)

    def __getitem__(self, monomial: Monomial) -> Ball:
        if monomial not in self._known:
            self._known[monomial] = self._integral(monomial)
        return self._known[monomial]

    @abstractmethod
    def _integral(self, monomial: Monomial) -> Ball: ...


class RationalTimeIntegrals(TimeIntegrals):
    """Sums of powers of t under the uniform law on [low, high]: multiplied out, then integrated.

    Powers may be fractions on [0, 1] and must be integers on any other interval.
    """

    def __init__(self, alpha: PowerSum, beta: PowerSum, low: Fraction, high: Fraction) -> None:
        super().__init__()
        t = {Fraction(1): Fraction(1)}
        self._bases = (t, alpha, beta, _derivative(alpha), _derivative(beta))
        self._powers: dict[tuple[int, int], PowerSum] = {}
        self._low, self._high = low, high

    def _integral(self, monomial: Monomial) -> Ball:
        total = _ONE
        for base, exponent in enumerate(monomial):
            total = _product(total, self._power(base, exponent))
        return Ball(sum((c * self._mean(q) for q, c in total.items()), Fraction(0)), 0.0)

    def _power(self, base: int, exponent: int) -> PowerSum:
        if not exponent:
            return _ONE
        if (base, exponent) not in self._powers:
            lower = self._power(base, exponent - 1)
            self._powers[base, exponent] = _product(lower, self._bases[base])
        return self._powers[base, exponent]

    def _mean(self, power: Fraction) -> Fraction:
        """E t^power."""
        n = power + 1
        if n.denominator > 1:  # then the interval is [0, 1]
            return 1 / n
        ends = self._high**n.numerator - self._low**n.numerator
        return ends / (n * (self._high - self._low))


_ONE: PowerSum = {Fraction(0): Fraction(1)}


def _derivative(powers: PowerSum) -> PowerSum:
    return {q - 1: c * q for q, c in powers.items() if q}


def _product(left: PowerSum, right: PowerSum) -> PowerSum:
    out: PowerSum = {}
    for p, a in left.items():
        for q, b in right.items():
            out[p + q] = out.get(p + q, Fraction(0)) + a * b
    return out


class TrapezoidTimeIntegrals(TimeIntegrals):
    """Any schedule, by the trapezoid rule on the real line.

    For the uniform law t = low + (high - low) / (1 + exp(-pi sinh u)) (the tanh-sinh rule of
    Takahasi and Mori, 1974, which bears singular end points); for the logit-normal law t is the
    logistic function of mean + std u with u standard normal.

    The radius is the difference between the rule and the same rule with twice its step, which
    is far above the error of the finer one, plus a bound of the rounding.
    """

    def __init__(self, path: Path, time: TimeLaw) -> None:
        super().__init__()
        self._functions = _Functions(path)
        self._time = time
        spread = float(time.std) if isinstance(time, LogitNormalTime) else 2.0
        self._set_step(min(0.25, 2.0 ** -math.ceil(math.log2(4 * spread))))

    def _set_step(self, step: float) -> None:
        self._step = step
        right = list(self._march(step))
        left = list(self._march(-step))
        self._offset = len(left) % 2  # where the rule with twice the step begins
        nodes = [*left[::-1], self._node(0.0), *right]
        self._columns = list(zip(*nodes, strict=True))

    def _march(self, step: float) -> Iterator[tuple[Any, ...]]:
        """Nodes outwards from 0 until the heaviest integrand has vanished."""
        largest = 0.0
        for j in range(1, _MAX_NODES):
            node = self._node(j * step)
            weight, _, _, _, dalpha, dbeta = node
            size = weight * (1 + dalpha**2 + dbeta**2)
            yield node
            if size < largest * _NEGLIGIBLE:
                return
            largest = max(size, largest)
        raise InputError("not available: the schedule's velocity is too close to infinite for H2")

    def _node(self, u: float) -> tuple[Any, ...]:
        """Weight, t, alpha, beta, dalpha and dbeta at u, as 40-digit numbers."""
        from mpmath import mp

        time = self._time
        with mp.workdps(_DIGITS + 10):
            if isinstance(time, LogitNormalTime):
                logit = _mpf(time.mean) + _mpf(time.std) * u
                density = mp.npdf(u)
            else:
                logit = mp.pi * mp.sinh(u)
                density = mp.pi * mp.cosh(u)
            extra = int(abs(logit))  # more than twice what tells t from the end point
        if extra > _MAX_EXTRA_DIGITS:
            raise InputError(
                "not available: the schedule's velocity is too close to infinite for H2"
            )
        # t must not be rounded to the end point: a singular schedule would lose its tail.
        with mp.workdps(_DIGITS + 10 + extra):
            t = 1 / (1 + mp.exp(-logit))
            if isinstance(time, UniformTime):
                density *= t * (1 - t)
                low, high = _mpf(time.low), _mpf(time.high)
                t = low + (high - low) * t
            values = self._functions(t)
        with mp.workdps(_DIGITS):
            return tuple(+value for value in (density, t, *values))

    def _integral(self, monomial: Monomial) -> Ball:
        from mpmath import libmp, mp

        with mp.workdps(_DIGITS):
            terms = list(self._columns[0])
            for column, exponent in zip(self._columns[1:], monomial, strict=True):
                if exponent:
                    terms = [a * b**exponent for a, b in zip(terms, column, strict=True)]
            fine = self._step * mp.fsum(terms)
            coarse = 2 * self._step * mp.fsum(terms[self._offset :: 2])
            scale = self._step * mp.fsum(terms, absolute=True)
            error = float(abs(fine - coarse) + scale * mp.mpf(10) ** (8 - _DIGITS))
            if error > _TARGET * scale and 2 * len(terms) < _MAX_NODES:
                self._set_step(self._step / 2)
                return self._integral(monomial)
            return Ball(Fraction(*libmp.to_rational(fine._mpf_)), error)


class _Functions:
    """alpha, beta and their derivatives in the working precision of mpmath."""

    def __init__(self, path: Path) -> None:
        from sympy import lambdify

        t = time_symbol()
        alpha, beta = path.alpha_expr, path.beta_expr
        self._evaluate = lambdify(t, [alpha, beta, alpha.diff(t), beta.diff(t)], "mpmath")

    def __call__(self, t: Any) -> list[Any]:
        from mpmath import mp

        return [mp.re(value) for value in self._evaluate(t)]  # what is imaginary is rounding


def _mpf(value: Number) -> Any:
    from mpmath import mp

    numerator, denominator = Fraction(value).as_integer_ratio()
    return mp.mpf(numerator) / denominator
