"""Integrals of monomials in t, alpha, beta, dalpha, dbeta against the time law.

Rational where the schedule is a sum of powers of t and the law is uniform; otherwise enclosures in
ball arithmetic, by the adaptive integrator of python-flint (Johansson, arXiv 1802.07942), which
cannot overlook a narrow feature of a schedule.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

from fmproof.errors import InputError
from fmproof.losses.budget import Budget
from fmproof.models.paths import Path, PowerSum
from fmproof.models.time import LogitNormalTime, TimeLaw, UniformTime

_BITS = 128
_TARGET, _LEAST = 2.0**-76, 2.0**-150  # the error aimed at, relative and absolute
_NEGLIGIBLE = 60.0  # exp(-60) of the whole is
_FARTHEST = 3_000.0  # from the middle, in logarithms of the distance from an end of time
_NORMAL_REACH = 13.5
_TINY = 1e-200
_NEAR = 2.0**-30
_MOST_BITS = _BITS + math.ceil(3 * _FARTHEST / math.log(2))
_MOST = 200_000  # evaluations for one integral


class Enclosed(NamedTuple):
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
        self._known: dict[Monomial, Enclosed] = {}

    @staticmethod
    def of(path: Path, time: TimeLaw, budget: Budget | None = None) -> TimeIntegrals:
        """The rational method where it applies, else enclosures, within the ``budget``'s time."""
        sums = path.power_sums
        if isinstance(time, UniformTime) and sums is not None:
            low, high = Fraction(time.low), Fraction(time.high)
            integer = all(q.denominator == 1 for powers in sums for q in powers)
            if integer or (low == 0 and high == 1):
                return RationalTimeIntegrals(*sums, low, high)
        return EnclosedTimeIntegrals(path, time, budget)

    def __getitem__(self, monomial: Monomial) -> Enclosed:
        if monomial not in self._known:
            self._known[monomial] = self._integral(monomial)
        return self._known[monomial]

    @abstractmethod
    def _integral(self, monomial: Monomial) -> Enclosed: ...


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

    def _integral(self, monomial: Monomial) -> Enclosed:
        total = _ONE
        for base, exponent in enumerate(monomial):
            total = _product(total, self._power(base, exponent))
        return Enclosed(sum((c * self._mean(q) for q, c in total.items()), Fraction(0)), 0.0)

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


class EnclosedTimeIntegrals(TimeIntegrals):
    """Any schedule that has a form in balls.

    Time is a function of y on pieces of the real line: y itself for the uniform law, but -log s
    at the distance s from an end where the schedule is singular; the standardised logit of t for
    the logit-normal law. A radius is proved but for what lies beyond the pieces when the schedule
    is singular there: that is about 1e-25 of the whole, and judged by its order of growth.

    Raises:
        InputError: "not available: ..." without python-flint, for a schedule without a form in
            balls, and for one that is too singular.
    """

    def __init__(self, path: Path, time: TimeLaw, budget: Budget | None = None) -> None:
        super().__init__()
        if find_spec("flint") is None:
            raise InputError(
                "not available: an exact integral over this schedule needs python-flint; "
                "pip install 'fmproof[certified]'"
            )
        from flint import ctx

        from fmproof.losses.certified.schedule import Schedule

        self._budget = budget or Budget()
        with ctx.workprec(_BITS):
            self._schedule = Schedule(path)
            growth = self._growth(path, time)
        # Constants keep the precision that they are made with.
        with ctx.workprec(_MOST_BITS if 1 in growth else _BITS):
            self._schedule = Schedule(path)
            if isinstance(time, UniformTime):
                self._pieces = _uniform(time, growth)
            elif isinstance(time, LogitNormalTime):
                self._pieces = [_logit_normal(time, growth)]
            else:
                raise InputError(f"not available: the time law {time!r} has no certified form")

    def _growth(self, path: Path, time: TimeLaw) -> dict[int, float]:
        """The powers of the distance with which dalpha^2 and dbeta^2 grow at most, for the ends of
        time that the law reaches and where the schedule is not known to be analytic."""
        from flint import acb, arb

        from fmproof.models.balls import is_finite

        found = {}
        for end in (0, 1):
            near = arb(end, _NEAR)
            known = is_finite(self._schedule(acb(near, arb(0, _NEAR))))
            if time.support[end] == end and not known:
                found[end] = min((s.power for s in path.singularities if s.end == end), default=0.0)
        return found

    def _integral(self, monomial: Monomial) -> Enclosed:
        from flint import arb, ctx

        total = arb(0)
        for piece in self._pieces:
            with ctx.workprec(piece.bits):
                total += self._over(piece, monomial)
        if not total.is_finite():
            late = self._budget.out_of_time
            why = "out of time" if late else "the integrals over the schedule are not enclosed"
            raise InputError(f"not available: {why}")
        mantissa, exponent = (int(part) for part in total.mid().man_exp())
        centre = Fraction(mantissa) * Fraction(2) ** exponent
        # Not a rational, even if the ball is a point: products of the radius must not vanish.
        return Enclosed(centre, math.nextafter(float(total.rad()), math.inf) + _TINY)

    def _over(self, piece: _Piece, monomial: Monomial) -> Any:
        """The integral over one piece, a ball."""
        from flint import acb, arb

        def integrand(y: Any, _: bool) -> Any:
            if self._budget.out_of_time:
                return acb(arb.nan())  # an exception would not get through the integrator
            return acb(piece.density(y) * self._value(piece.time(y), monomial))

        low, high = (arb(edge) for edge in piece.edges)
        found = acb.integral(
            integrand, low, high, rel_tol=_TARGET, abs_tol=_LEAST, eval_limit=_MOST
        ).real
        for edge, end, rate in piece.beyond:
            mass = piece.mass_beyond
            if rate is None:  # the schedule is bounded up to the end
                t = piece.time(arb(edge)).union(arb(end))
                found += mass * self._value(t, monomial)
            else:
                last = piece.density(arb(edge)) * self._value(piece.time(arb(edge)), monomial)
                rest = 2 * last.abs_upper() / arb(rate)
                found += rest.union(-rest)
        return found

    def _value(self, t: Any, monomial: Monomial) -> Any:
        from flint import arb

        from fmproof.models.balls import power

        product = arb(1)
        for base, exponent in zip(self._schedule(t), monomial, strict=True):
            if exponent:
                product = product * power(base, exponent)
        return product


class _Piece(NamedTuple):
    """Times as a function of y.

    Attributes:
        edges: the range of y.
        time, density: balls of y to those of t, and of the law's density with respect to y.
        beyond: for each edge with times beyond it the end of time that these reach, and how fast
            the integrand falls off there; None where it is bounded by its range.
        mass_beyond: the probability of the times beyond each edge.
        bits: of the balls, so that t is told from the end.
    """

    edges: tuple[float, float]
    time: Callable[[Any], Any]
    density: Callable[[Any], Any]
    beyond: tuple[tuple[float, int, float | None], ...]
    mass_beyond: Any
    bits: int


def _uniform(law: UniformTime, growth: dict[int, float]) -> list[_Piece]:
    """Pieces of [low, high]; from the middle to an end where dalpha^2 grows with the power
    ``growth`` of the distance, in its logarithm."""
    from flint import arb

    from fmproof.models.balls import rational

    with_ends = [Fraction(law.low), Fraction(law.high)]
    length = rational(with_ends[1] - with_ends[0])
    middle = sum(with_ends, Fraction(0)) / 2
    pieces = []
    if len(growth) < 2:
        inner = [*with_ends]
        for end in growth:
            inner[end] = middle
        low, unit = rational(inner[0]), rational(inner[1] - inner[0])
        pieces.append(
            _Piece((0.0, 1.0), lambda y: low + unit * y, lambda y: unit / length, (), None, _BITS)
        )
    for end, power in growth.items():
        rate = power + 1
        reach = _NEGLIGIBLE / rate if rate > 0 else math.inf
        if not reach <= _FARTHEST:
            raise InputError(
                "not available: the schedule's velocity is too close to infinite for H2"
            )
        start = rational(abs(end - middle))
        bits = _BITS + math.ceil(3 * reach / math.log(2)) if end else _BITS

        def distance(y: Any, start: Any = start) -> Any:
            return start * (-y).exp()

        def time(y: Any, end: int = end, distance: Callable[[Any], Any] = distance) -> Any:
            return 1 - distance(y) if end else distance(y)

        def density(y: Any, distance: Callable[[Any], Any] = distance) -> Any:
            return distance(y) / length

        pieces.append(_Piece((0.0, reach), time, density, ((reach, end, rate),), arb(0), bits))
    return pieces


def _logit_normal(law: LogitNormalTime, growth: dict[int, float]) -> _Piece:
    """The real line as far as anything is to be had."""
    from flint import arb

    from fmproof.models.balls import rational

    mean, std = rational(law.mean), rational(law.std)
    # Against s^power, that is exp(-power std y), the normal density is largest at -power std.
    reach = _NORMAL_REACH + max((-power for power in growth.values()), default=0.0) * float(law.std)
    scale = 1 / (2 * arb.pi()).sqrt()
    largest = abs(float(law.mean)) + reach * float(law.std)
    if not largest <= _FARTHEST:
        raise InputError("not available: the schedule's velocity is too close to infinite for H2")
    ends = [
        (edge, end, reach - growth.get(end, 0.0) if end in growth else None)
        for end, edge in enumerate((-reach, reach))
    ]
    return _Piece(
        (-reach, reach),
        lambda y: 1 / (1 + (-mean - std * y).exp()),
        lambda y: scale * (-y * y / 2).exp(),
        tuple(ends),
        (arb(reach) / arb(2).sqrt()).erfc() / 2,
        _BITS + math.ceil(3 * largest / math.log(2)) if growth else _BITS,
    )
