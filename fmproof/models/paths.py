"""Gaussian probability paths x = alpha(t) z + beta(t) eps, with t = 0 noise and t = 1 data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray, Number, Record, number

PowerSum = dict[Fraction, Fraction]
"""sum_q c_q t^q with rational powers q >= 0 and rational c_q, as {q: c_q}."""


class Singularity(NamedTuple):
    """An end point where a derivative of the schedule is unbounded: its square grows like
    s^power |log s|^log_power, s the distance from ``end``."""

    function: str  # "alpha" or "beta"
    end: int  # 0 or 1
    power: float
    log_power: float = 0.0


@cache
def time_symbol() -> Any:
    """The SymPy symbol t in ``alpha_expr`` and ``beta_expr``."""
    import sympy

    return sympy.Symbol("t", real=True)


class Path(Record, ABC):
    """The conditional law N(alpha z, beta^2 I) at each time, and the velocity that moves it."""

    name: ClassVar[str]

    def alpha(self, t: Any) -> FloatArray:
        """The factor of the data at ``t``, a number or an array of any shape."""
        return _evaluate(self._alpha, t)

    def beta(self, t: Any) -> FloatArray:
        """The factor of the noise at ``t``."""
        return _evaluate(self._beta, t)

    def dalpha(self, t: Any) -> FloatArray:
        """The derivative of alpha at ``t``; infinite where the schedule is singular."""
        return _evaluate(self._dalpha, t)

    def dbeta(self, t: Any) -> FloatArray:
        """The derivative of beta at ``t``; infinite where the schedule is singular."""
        return _evaluate(self._dbeta, t)

    @property
    @abstractmethod
    def alpha_expr(self) -> Any:
        """alpha as a SymPy expression in ``time_symbol()``."""

    @property
    @abstractmethod
    def beta_expr(self) -> Any:
        """beta as a SymPy expression in ``time_symbol()``."""

    @property
    def rational(self) -> bool:
        """Whether every parameter was given as a rational."""
        return True

    @property
    def singularities(self) -> tuple[Singularity, ...]:
        """Where the derivatives are unbounded; hypothesis H2 is decided from these."""
        return ()

    @property
    def power_sums(self) -> tuple[PowerSum, PowerSum] | None:
        """alpha and beta as sums of powers of t, if they are."""
        return None

    @abstractmethod
    def _alpha(self, t: Any) -> Any: ...

    @abstractmethod
    def _beta(self, t: Any) -> Any: ...

    @abstractmethod
    def _dalpha(self, t: Any) -> Any: ...

    @abstractmethod
    def _dbeta(self, t: Any) -> Any: ...


def _evaluate(function: Callable[[Any], Any], t: Any) -> FloatArray:
    times = np.asarray(t)
    if times.dtype.kind != "c":  # complex times are for differentiation by a complex step
        times = np.asarray(t, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        values: FloatArray = np.asarray(function(times), dtype=times.dtype)
        if values.shape != times.shape:  # of a schedule that is constant, for one
            values = np.broadcast_to(values, times.shape)
    values = values.view()  # it may be t itself, which is not for the caller to change
    values.flags.writeable = False
    return values[()]


@dataclass(frozen=True)
class CondOTPath(Path):
    """alpha = t, beta = 1 - t (Lipman et al., arXiv 2210.02747, example II with sigma_min = 0)."""

    name: ClassVar[str] = "cond-ot"

    @property
    def alpha_expr(self) -> Any:
        return time_symbol()

    @property
    def beta_expr(self) -> Any:
        return 1 - time_symbol()

    @property
    def power_sums(self) -> tuple[PowerSum, PowerSum]:
        return _power_schedule(Fraction(1))

    def _alpha(self, t: Any) -> Any:
        return t

    def _beta(self, t: Any) -> Any:
        return 1.0 - t

    def _dalpha(self, t: Any) -> Any:
        return np.ones_like(t)

    def _dbeta(self, t: Any) -> Any:
        return -np.ones_like(t)


@dataclass(frozen=True)
class TrigPath(Path):
    """alpha = sin(pi t / 2), beta = cos(pi t / 2) (Albergo & Vanden-Eijnden, arXiv 2209.15571)."""

    name: ClassVar[str] = "trig"

    @property
    def alpha_expr(self) -> Any:
        import sympy

        return sympy.sin(sympy.pi * time_symbol() / 2)

    @property
    def beta_expr(self) -> Any:
        import sympy

        return sympy.cos(sympy.pi * time_symbol() / 2)

    def _alpha(self, t: Any) -> Any:
        return np.sin(np.pi / 2 * t)

    def _beta(self, t: Any) -> Any:
        return np.sin(np.pi / 2 * (1.0 - t))  # unlike cos, exactly 0 at t = 1

    def _dalpha(self, t: Any) -> Any:
        return np.pi / 2 * self._beta(t)

    def _dbeta(self, t: Any) -> Any:
        return -np.pi / 2 * self._alpha(t)


@dataclass(frozen=True, eq=False, repr=False)
class PolynomialPath(Path):
    """alpha = t^n, beta = 1 - t^n for a real n > 0.

    The ``PolynomialConvexScheduler`` of the flow_matching library. H2 needs n > 1/2 when the
    time law reaches t = 0.
    """

    name: ClassVar[str] = "polynomial"
    n: Number

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", number(self.n, "n"))
        if self.n <= 0:
            raise InputError(f"n: expected a positive number, found {float(self.n):g}")

    @property
    def alpha_expr(self) -> Any:
        return time_symbol() ** _sympy_rational(self.n)

    @property
    def beta_expr(self) -> Any:
        return 1 - self.alpha_expr

    @property
    def rational(self) -> bool:
        return isinstance(self.n, Fraction)

    @property
    def singularities(self) -> tuple[Singularity, ...]:
        if self.n >= 1:
            return ()
        power = float(2 * self.n - 2)
        return Singularity("alpha", 0, power), Singularity("beta", 0, power)

    @property
    def power_sums(self) -> tuple[PowerSum, PowerSum]:
        return _power_schedule(Fraction(self.n))

    def _alpha(self, t: Any) -> Any:
        return t ** float(self.n)

    def _beta(self, t: Any) -> Any:
        return 1.0 - t ** float(self.n)

    def _dalpha(self, t: Any) -> Any:
        return float(self.n) * t ** float(self.n - 1)

    def _dbeta(self, t: Any) -> Any:
        return -self._dalpha(t)


@dataclass(frozen=True)
class LinearVPPath(Path):
    """alpha = t, beta = sqrt(1 - t^2), the ``LinearVPScheduler`` of the flow_matching library.

    H2 fails for a time law that reaches t = 1 with positive density.
    """

    name: ClassVar[str] = "linear-vp"

    @property
    def alpha_expr(self) -> Any:
        return time_symbol()

    @property
    def beta_expr(self) -> Any:
        import sympy

        return sympy.sqrt(1 - time_symbol() ** 2)

    @property
    def singularities(self) -> tuple[Singularity, ...]:
        return (Singularity("beta", 1, -1),)

    def _alpha(self, t: Any) -> Any:
        return t

    def _beta(self, t: Any) -> Any:
        return np.sqrt((1.0 - t) * (1.0 + t))

    def _dalpha(self, t: Any) -> Any:
        return np.ones_like(t)

    def _dbeta(self, t: Any) -> Any:
        return -t / self._beta(t)


@dataclass(frozen=True, eq=False, repr=False)
class VPPath(Path):
    """alpha = exp(-T/2), beta = sqrt(1 - exp(-T)), T = s beta_min + s^2 (beta_max - beta_min) / 2
    with s = 1 - t.

    The ``VPScheduler`` of the flow_matching library (Song et al., arXiv 2011.13456, with time
    reversed), where alpha(0) = exp(-T/2) is small but not 0. H2 fails for a time law that
    reaches t = 1 with positive density, unless beta_min = 0.
    """

    name: ClassVar[str] = "vp"
    beta_min: Number = Fraction(1, 10)
    beta_max: Number = Fraction(20)

    def __post_init__(self) -> None:
        for name in ("beta_min", "beta_max"):
            value = number(getattr(self, name), name)
            object.__setattr__(self, name, value)
            if value < 0:
                raise InputError(f"{name}: expected a non-negative number, found {float(value):g}")
        if self.beta_min == self.beta_max == 0:
            raise InputError("beta_max: expected a positive number, found 0 for both rates")

    @property
    def alpha_expr(self) -> Any:
        import sympy

        return sympy.exp(-self._exponent_expr() / 2)

    @property
    def beta_expr(self) -> Any:
        import sympy

        return sympy.sqrt(1 - sympy.exp(-self._exponent_expr()))

    def _exponent_expr(self) -> Any:
        low, high = _sympy_rational(self.beta_min), _sympy_rational(self.beta_max)
        s = 1 - time_symbol()
        return s * low + s**2 * (high - low) / 2

    @property
    def rational(self) -> bool:
        return isinstance(self.beta_min, Fraction) and isinstance(self.beta_max, Fraction)

    @property
    def singularities(self) -> tuple[Singularity, ...]:
        return (Singularity("beta", 1, -1),) if self.beta_min else ()

    def _rate(self, t: Any) -> Any:
        """-T'(t)."""
        low, high = float(self.beta_min), float(self.beta_max)
        return low + (1.0 - t) * (high - low)

    def _exponent(self, t: Any) -> Any:
        """T(t)."""
        return (1.0 - t) * 0.5 * (self._rate(t) + float(self.beta_min))

    def _alpha(self, t: Any) -> Any:
        return np.exp(-0.5 * self._exponent(t))

    def _beta(self, t: Any) -> Any:
        return np.sqrt(-np.expm1(-self._exponent(t)))

    def _dalpha(self, t: Any) -> Any:
        return 0.5 * self._rate(t) * self._alpha(t)

    def _dbeta(self, t: Any) -> Any:
        if not self.beta_min:
            t = np.where(t == 1.0, np.nextafter(1.0, 0.0), t)  # finite, but 0/0 as written
        return -0.5 * self._rate(t) * np.exp(-self._exponent(t)) / self._beta(t)


def _power_schedule(n: Fraction) -> tuple[PowerSum, PowerSum]:
    one = Fraction(1)
    return {n: one}, {Fraction(0): one, n: -one}


def _sympy_rational(value: Number) -> Any:
    import sympy

    return sympy.Rational(*Fraction(value).as_integer_ratio())
