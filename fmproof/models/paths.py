"""Gaussian probability paths x = alpha(t) z + beta(t) eps, with t = 0 noise and t = 1 data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import Number, number


class Path(ABC):
    """An affine Gaussian path. The four functions take a float or an array of any shape."""

    name: ClassVar[str]

    @abstractmethod
    def alpha(self, t: Any) -> Any:
        """The factor of the data."""

    @abstractmethod
    def beta(self, t: Any) -> Any:
        """The factor of the noise."""

    @abstractmethod
    def dalpha(self, t: Any) -> Any:
        """The derivative of alpha."""

    @abstractmethod
    def dbeta(self, t: Any) -> Any:
        """The derivative of beta."""


@dataclass(frozen=True)
class CondOTPath(Path):
    """alpha = t, beta = 1 - t (Lipman et al., arXiv 2210.02747, with sigma_min = 0)."""

    name: ClassVar[str] = "cond-ot"

    def alpha(self, t: Any) -> Any:
        return np.asarray(t) * 1.0

    def beta(self, t: Any) -> Any:
        return 1.0 - np.asarray(t)

    def dalpha(self, t: Any) -> Any:
        return np.ones_like(np.asarray(t) * 1.0)

    def dbeta(self, t: Any) -> Any:
        return -np.ones_like(np.asarray(t) * 1.0)


@dataclass(frozen=True)
class TrigPath(Path):
    """alpha = sin(pi t / 2), beta = cos(pi t / 2)."""

    name: ClassVar[str] = "trig"

    def alpha(self, t: Any) -> Any:
        return np.sin(np.pi / 2 * np.asarray(t))

    def beta(self, t: Any) -> Any:
        return np.sin(np.pi / 2 * (1.0 - np.asarray(t)))

    def dalpha(self, t: Any) -> Any:
        return np.pi / 2 * self.beta(t)

    def dbeta(self, t: Any) -> Any:
        return -np.pi / 2 * self.alpha(t)


@dataclass(frozen=True)
class PolynomialPath(Path):
    """alpha = t^n, beta = 1 - t^n (``PolynomialConvexScheduler`` of the flow_matching library)."""

    name: ClassVar[str] = "polynomial"
    n: Number = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", number(self.n, "n"))
        if not self.n > 0:
            raise InputError(f"n: expected a positive number, found {float(self.n):g}")

    def alpha(self, t: Any) -> Any:
        return np.asarray(t) ** float(self.n)

    def beta(self, t: Any) -> Any:
        return 1.0 - self.alpha(t)

    def dalpha(self, t: Any) -> Any:
        n = float(self.n)
        return n * np.asarray(t) ** (n - 1)

    def dbeta(self, t: Any) -> Any:
        return -self.dalpha(t)


@dataclass(frozen=True)
class LinearVPPath(Path):
    """alpha = t, beta = sqrt(1 - t^2) (``LinearVPScheduler`` of the flow_matching library)."""

    name: ClassVar[str] = "linear-vp"

    def alpha(self, t: Any) -> Any:
        return np.asarray(t) * 1.0

    def beta(self, t: Any) -> Any:
        t = np.asarray(t)
        return np.sqrt((1.0 - t) * (1.0 + t))

    def dalpha(self, t: Any) -> Any:
        return np.ones_like(np.asarray(t) * 1.0)

    def dbeta(self, t: Any) -> Any:
        return -np.asarray(t) / self.beta(t)


@dataclass(frozen=True)
class VPPath(Path):
    """alpha = exp(-T/2), beta = sqrt(1 - exp(-T)), T = (1-t)^2 (b1 - b0)/2 + (1-t) b0.

    b0 = beta_min, b1 = beta_max; ``VPScheduler`` of the flow_matching library, data at t = 1.
    """

    name: ClassVar[str] = "vp"
    beta_min: Number = 0.1
    beta_max: Number = 20

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta_min", number(self.beta_min, "beta_min"))
        object.__setattr__(self, "beta_max", number(self.beta_max, "beta_max"))

    def _exponent(self, t: Any) -> Any:
        s = 1.0 - np.asarray(t)
        low, high = float(self.beta_min), float(self.beta_max)
        return s * (low + 0.5 * s * (high - low))

    def _rate(self, t: Any) -> Any:
        low, high = float(self.beta_min), float(self.beta_max)
        return low + (1.0 - np.asarray(t)) * (high - low)

    def alpha(self, t: Any) -> Any:
        return np.exp(-0.5 * self._exponent(t))

    def beta(self, t: Any) -> Any:
        return np.sqrt(-np.expm1(-self._exponent(t)))

    def dalpha(self, t: Any) -> Any:
        return 0.5 * self._rate(t) * self.alpha(t)

    def dbeta(self, t: Any) -> Any:
        return -0.5 * self._rate(t) * np.exp(-self._exponent(t)) / self.beta(t)
