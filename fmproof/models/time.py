"""The law of the time t: uniform on an interval, or logit-normal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray, Number, Record, number

_BELOW_ONE = np.nextafter(1.0, 0.0)
_ABOVE_ZERO = np.nextafter(0.0, 1.0)


class TimeLaw(Record, ABC):
    """A probability law on [0, 1] with a density."""

    @staticmethod
    def uniform(low: Any = 0, high: Any = 1) -> UniformTime:
        """The uniform law on [low, high], 0 <= low < high <= 1."""
        return UniformTime(low, high)

    @staticmethod
    def logit_normal(mean: Any = 0, std: Any = 1) -> LogitNormalTime:
        """The law of 1/(1 + exp(-s)), s ~ N(mean, std^2)."""
        return LogitNormalTime(mean, std)

    @property
    @abstractmethod
    def rational(self) -> bool:
        """Whether every parameter was given as a rational."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The end points (low, high) of the law's support."""

    @abstractmethod
    def density(self, t: Any) -> FloatArray:
        """The density at ``t`` (any shape), zero outside the support."""

    @abstractmethod
    def quantile(self, u: Any) -> FloatArray:
        """The inverse of the distribution function at ``u`` in [0, 1] (any shape).

        The result lies in the open interval ``support``, so that a schedule that is singular at
        an end point is never evaluated there.
        """

    def sample(self, n: int, rng: np.random.Generator) -> FloatArray:
        """Draw ``n`` independent times, shape (n,)."""
        return self.quantile(rng.random(n))


@dataclass(frozen=True, eq=False, repr=False)
class UniformTime(TimeLaw):
    """The uniform law on [low, high]."""

    low: Number = Fraction(0)
    high: Number = Fraction(1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", number(self.low, "low"))
        object.__setattr__(self, "high", number(self.high, "high"))
        if not 0 <= self.low < self.high <= 1:
            blamed = "high" if 0 <= self.low < 1 else "low"
            raise InputError(
                f"{blamed}: expected 0 <= low < high <= 1, "
                f"found low = {float(self.low):g}, high = {float(self.high):g}"
            )

    @property
    def rational(self) -> bool:
        return isinstance(self.low, Fraction) and isinstance(self.high, Fraction)

    @property
    def support(self) -> tuple[float, float]:
        return float(self.low), float(self.high)

    def density(self, t: Any) -> FloatArray:
        times = np.asarray(t, dtype=np.float64)
        low, high = self.support
        return np.where((times >= low) & (times <= high), 1.0 / float(self.high - self.low), 0.0)

    def quantile(self, u: Any) -> FloatArray:
        low, high = self.support
        times = low + (high - low) * np.asarray(u, dtype=np.float64)
        return np.clip(times, np.nextafter(low, high), np.nextafter(high, low))


@dataclass(frozen=True, eq=False, repr=False)
class LogitNormalTime(TimeLaw):
    """The law of 1/(1 + exp(-s)) with s ~ N(mean, std^2).

    Source: Esser et al., "Scaling Rectified Flow Transformers" (arXiv 2403.03206), eq. 19.
    """

    mean: Number = Fraction(0)
    std: Number = Fraction(1)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", number(self.mean, "mean"))
        object.__setattr__(self, "std", number(self.std, "std"))
        if not self.std > 0:
            raise InputError(f"std: expected a positive number, found {float(self.std):g}")

    @property
    def rational(self) -> bool:
        return isinstance(self.mean, Fraction) and isinstance(self.std, Fraction)

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, 1.0

    def density(self, t: Any) -> FloatArray:
        times = np.asarray(t, dtype=np.float64)
        inside = (times > 0) & (times < 1)
        safe = np.where(inside, times, 0.5)
        std = float(self.std)
        score = (np.log(safe) - np.log1p(-safe) - float(self.mean)) / std
        log_density = -0.5 * score**2 - np.log(safe) - np.log1p(-safe)
        return np.where(inside, np.exp(log_density) / (std * np.sqrt(2 * np.pi)), 0.0)

    def quantile(self, u: Any) -> FloatArray:
        from scipy.special import expit, ndtri

        times = expit(float(self.mean) + float(self.std) * ndtri(np.asarray(u, dtype=np.float64)))
        return np.asarray(np.clip(times, _ABOVE_ZERO, _BELOW_ONE))
