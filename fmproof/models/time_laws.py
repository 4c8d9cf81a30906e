"""Laws of t that training code draws from: Beta, discrete, fixed, by any quantile function.

They have no density that quadrature could use; what is tested by drawing takes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray, array, source
from fmproof.models.time import TimeLaw


class DrawnTime(TimeLaw):
    """A law that is given by its quantile function."""

    @property
    def rational(self) -> bool:
        return False

    def density(self, t: Any) -> FloatArray:
        raise InputError(f"time: {self!r} has no density that can be evaluated")


@dataclass(frozen=True, eq=False, repr=False)
class QuantileTime(DrawnTime):
    """The law of quantile(u), u uniform on (0, 1): any law at all.

    ``QuantileTime(lambda u: 1 - 1 / (np.tan(np.pi / 2 * u) + 1))`` is cosmap,
    ``QuantileTime(lambda u: s * u / (1 + (s - 1) * u))`` a uniform t that is shifted by s.

    Args:
        function: non-decreasing, of u (N,) in (0, 1) -> (N,).
        name: how to call the law in messages.

    Raises:
        InputError: when the function is not that.
    """

    function: Callable[[Any], Any]
    name: str = ""

    def __post_init__(self) -> None:
        u = np.linspace(1e-9, 1 - 1e-9, 1001)
        try:
            values = np.asarray(self.function(u), dtype=np.float64)
        except Exception as error:
            raise InputError(f"function: it raised {error!r} for u (1001,)") from None
        if values.shape != u.shape or not np.isfinite(values).all() or (np.diff(values) < 0).any():
            raise InputError(
                "function: expected a quantile function, finite and non-decreasing on (0, 1), of "
                "an array u; for a decreasing one write u -> function(1 - u)"
            )

    @property
    def support(self) -> tuple[float, float]:
        low, high = self.quantile(np.array([0.0, 1.0]))
        return float(low), float(high)

    def quantile(self, u: Any) -> FloatArray:
        inside = np.clip(np.asarray(u, dtype=np.float64), 1e-12, 1 - 1e-12)
        return np.asarray(self.function(inside), dtype=np.float64)

    def _key(self) -> tuple[Any, ...]:
        return (type(self), self.function)

    def __repr__(self) -> str:
        return self.name or f"QuantileTime({getattr(self.function, '__name__', 'function')})"


@dataclass(frozen=True, eq=False, repr=False)
class BetaTime(DrawnTime):
    """low + (high − low) B with B ~ Beta(a, b)."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        for name in ("a", "b", "low", "high"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float | np.number):
                raise InputError(f"{name}: expected a number, found {value!r}")
        if not (self.a > 0 and self.b > 0):
            raise InputError(f"a: expected positive a and b, found {self.a!r}, {self.b!r}")
        if not 0 <= self.low < self.high <= 1:
            raise InputError(
                f"low: expected 0 <= low < high <= 1, found {self.low!r}, {self.high!r}"
            )

    @property
    def support(self) -> tuple[float, float]:
        return float(self.low), float(self.high)

    def quantile(self, u: Any) -> FloatArray:
        from scipy.special import betaincinv

        low, high = self.support
        times = low + (high - low) * betaincinv(self.a, self.b, np.asarray(u, dtype=np.float64))
        return np.asarray(np.clip(times, np.nextafter(low, high), np.nextafter(high, low)))

    def __repr__(self) -> str:
        ends = "" if self.support == (0, 1) else f", low={self.low!r}, high={self.high!r}"
        return f"BetaTime({self.a!r}, {self.b!r}{ends})"


@dataclass(frozen=True, eq=False, repr=False)
class DiscreteTime(DrawnTime):
    """Times from a list, such as integer time steps.

    Args:
        times: (K,), or an integer K for 0, 1, …, K − 1.
        weights: (K,), their probabilities; equal by default.

    Raises:
        InputError: when these are not numbers, or no probabilities.
    """

    times: FloatArray
    weights: FloatArray

    def __init__(self, times: Any, weights: Any = None) -> None:
        if isinstance(times, int) and not isinstance(times, bool) and times > 0:
            times = np.arange(times)
        t = np.array(array(np.asarray(times), "times", ("K",)).floats)
        w = np.full(len(t), 1 / len(t))
        if weights is not None:
            w = np.array(array(np.asarray(weights), "weights", ("K",)).floats)
        if len(w) != len(t) or (w < 0).any() or abs(w.sum() - 1) > 1e-9:
            raise InputError(f"weights: expected {len(t)} probabilities with sum 1")
        order = np.argsort(t)
        object.__setattr__(self, "times", t[order])
        object.__setattr__(self, "weights", w[order])

    @property
    def support(self) -> tuple[float, float]:
        return float(self.times[0]), float(self.times[-1])

    @property
    def gap(self) -> float:
        """How far neighbouring times are apart at least."""
        apart = np.diff(np.unique(self.times))
        return float(apart.min()) if len(apart) else np.inf

    def quantile(self, u: Any) -> FloatArray:
        edges = np.cumsum(self.weights)
        row = np.searchsorted(edges / edges[-1], np.asarray(u, dtype=np.float64))
        return np.asarray(self.times[np.minimum(row, len(self.times) - 1)])

    def _key(self) -> tuple[Any, ...]:
        return (type(self), self.times.tobytes(), self.weights.tobytes())

    def __repr__(self) -> str:
        equal = np.ptp(self.weights) == 0
        if equal and np.array_equal(self.times, np.arange(len(self.times))):
            return f"DiscreteTime({len(self.times)})"
        weights = "" if equal else f", {source(self.weights.tolist())}"
        return f"DiscreteTime({source(self.times.tolist())}{weights})"


def FixedTime(t: float) -> DiscreteTime:
    """The law of a time that never changes."""
    return DiscreteTime([t])
