"""Probability paths as libraries have them: from functions, from a table, with time reversed, and
with noise of their own beside that of the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray, array
from fmproof.models.paths import Path, Singularity

GivenFunction = Callable[[Any], Any]
_MONOTONE = 1e-6  # angles by which rows may turn back, as rounding does
_LEAST_STEP, _END_STEP = 1e-9, 1e-4  # of differences, as shares of the times, inside and at an end


class GivenPath(Path):
    """A path without formulas, over times from ``domain[0]`` to ``domain[1]``.

    ``noise_end`` is the end of the domain where the path is noise.
    """

    domain: tuple[float, float] = (0.0, 1.0)

    @property
    def alpha_expr(self) -> Any:
        raise InputError(f"path: {self!r} has no formula for alpha")

    @property
    def beta_expr(self) -> Any:
        raise InputError(f"path: {self!r} has no formula for beta")

    @property
    def rational(self) -> bool:
        return False


@dataclass(frozen=True, eq=False, repr=False)
class FunctionPath(GivenPath):
    """x = alpha(t) x1 + beta(t) x0 [+ gamma(t) eps], of any functions of t (N,) -> (N,).

    Args:
        alpha, beta: functions of an array of times, or numbers; the factors of the data and of the
            noise. ``FunctionPath(1, sigma)`` is the variance exploding path.
        gamma: the factor of a second, independent standard normal noise, for conditional paths
            with a width of their own: ``0.1`` for a constant σ,
            ``lambda t: s * np.sqrt(t * (1 - t))`` for a Brownian bridge.
        low, high: the times that the path is for.
        dalpha, dbeta, dgamma: the derivatives; by default differences of the functions.

    Raises:
        InputError: when a function does not return finite numbers, one for each time, or beta (with
            gamma) is not positive between ``low`` and ``high``.
    """

    name: ClassVar[str] = "function"
    alpha_function: Any
    beta_function: Any
    gamma_function: Any = None
    low: float = 0.0
    high: float = 1.0
    dalpha_function: Any = None
    dbeta_function: Any = None
    dgamma_function: Any = None

    def __init__(
        self,
        alpha: Any,
        beta: Any,
        gamma: Any = None,
        *,
        low: float = 0.0,
        high: float = 1.0,
        dalpha: Any = None,
        dbeta: Any = None,
        dgamma: Any = None,
    ) -> None:
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise InputError(f"low: expected low < high, found low = {low!r}, high = {high!r}")
        for key, value in {
            "alpha_function": alpha,
            "beta_function": beta,
            "gamma_function": gamma,
            "low": float(low),
            "high": float(high),
            "dalpha_function": dalpha,
            "dbeta_function": dbeta,
            "dgamma_function": dgamma,
        }.items():
            object.__setattr__(self, key, value)
        inner = low + (high - low) * np.linspace(0, 1, 67)[1:-1]
        spread = np.hypot(self.beta(inner), self.gamma(inner))
        self.alpha(inner)
        for t, value in zip(inner, spread, strict=True):
            if not value > 0:
                raise InputError(
                    f"beta: expected a positive value between {low:g} and {high:g}, "
                    f"found {value:g} at t = {t:g}"
                )

    @property
    def domain(self) -> tuple[float, float]:  # type: ignore[override]
        return self.low, self.high

    def gamma(self, t: Any) -> FloatArray:
        """The factor of the path's own noise."""
        return self._value("gamma", 0.0 if self.gamma_function is None else self.gamma_function, t)

    def dgamma(self, t: Any) -> FloatArray:
        """Its derivative."""
        return self._slope("gamma", t)

    def _value(self, name: str, function: Any, t: Any) -> FloatArray:
        times = np.asarray(t, dtype=np.float64)
        if not callable(function):
            try:
                return np.full_like(times, float(function))[()]
            except (TypeError, ValueError):
                raise InputError(
                    f"{name}: expected a function of t or a number, found {function!r}"
                ) from None
        try:
            with np.errstate(divide="ignore", invalid="ignore"):
                result = function(times)
            if hasattr(result, "detach"):
                result = result.detach().cpu().numpy()
            values = np.broadcast_to(np.asarray(result, dtype=np.float64), times.shape)[()]
        except Exception as error:
            raise InputError(
                f"{name}: the function raised {error!r} for an array of times"
            ) from None
        low, high = self.domain
        inside = (times > low) & (times < high)
        for bad in np.asarray(times)[inside & ~np.isfinite(values)].ravel()[:1]:
            raise InputError(f"{name}: expected a finite number at t = {bad:g}")
        return values

    def _slope(self, name: str, t: Any) -> FloatArray:
        own = getattr(self, f"d{name}_function")
        if own is not None:
            return self._value(f"d{name}", own, t)
        function = getattr(self, f"{name}_function")
        times = np.asarray(t, dtype=np.float64)
        if not callable(function):
            return np.zeros_like(times)[()]
        # Five-point differences that stay inside; their error is of order step^4.
        low, high = self.domain
        step = np.minimum(1e-3 * (high - low), np.minimum(times - low, high - times) / 3)
        step = np.maximum(step, _LEAST_STEP * (high - low))

        def at(k: int, step: FloatArray) -> FloatArray:
            return self._value(name, function, np.clip(times + k * step, low, high))

        slope = (at(-2, step) - 8 * at(-1, step) + 8 * at(1, step) - at(2, step)) / (12 * step)
        first, last = times - low < 2 * step, high - times < 2 * step
        if (first | last).any():  # at an end: differences to one side
            step = np.where(first, 1.0, -1.0) * _END_STEP * (high - low)
            weights = (-25, 48, -36, 16, -3)
            ends = sum(w * at(k, step) for k, w in enumerate(weights)) / (12 * step)
            slope = np.where(first | last, ends, slope)
        return np.asarray(slope)[()]

    def _alpha(self, t: Any) -> Any:
        return self._value("alpha", self.alpha_function, t)

    def _beta(self, t: Any) -> Any:
        return self._value("beta", self.beta_function, t)

    def _dalpha(self, t: Any) -> Any:
        return self._slope("alpha", t)

    def _dbeta(self, t: Any) -> Any:
        return self._slope("beta", t)

    def _values(self) -> dict[str, Any]:
        return {"alpha": self.alpha_function, "beta": self.beta_function}

    def _key(self) -> tuple[Any, ...]:
        return (type(self), id(self))

    def __repr__(self) -> str:
        def shown(value: Any) -> str:
            return str(getattr(value, "__name__", repr(value)))

        parts = [shown(self.alpha_function), shown(self.beta_function)]
        if self.gamma_function is not None:
            parts.append(shown(self.gamma_function))
        if self.domain != (0.0, 1.0):
            parts += [f"low={self.low!r}", f"high={self.high!r}"]
        return f"FunctionPath({', '.join(parts)})"


@dataclass(frozen=True, eq=False, repr=False)
class TablePath(GivenPath):
    """A path over a table: row k has x = alpha[k] x1 + beta[k] x0, and t is the row's time.

    Args:
        alphas_cumprod: (T,), ᾱ as schedulers keep it: alpha = sqrt(ᾱ), beta = sqrt(1 − ᾱ).
        alpha, beta: (T,), in place of it; ``alpha=1`` for the variance exploding path.
        times: (T,), what the model sees as t in each row; by default 0, 1, …, T − 1.

    A table has no derivatives: training targets other than the velocity can be tested with it. A
    time stands for the nearest row.

    Raises:
        InputError: when the table cannot be used.
    """

    name: ClassVar[str] = "table"
    alphas: FloatArray
    betas: FloatArray
    times: FloatArray

    def __init__(
        self, alphas_cumprod: Any = None, *, alpha: Any = None, beta: Any = None, times: Any = None
    ) -> None:
        if (alphas_cumprod is None) == (beta is None):
            raise InputError("alphas_cumprod: expected either alphas_cumprod, or alpha and beta")
        if alphas_cumprod is not None:
            bars = _column(alphas_cumprod, "alphas_cumprod")
            if ((bars < 0) | (bars > 1)).any():
                raise InputError("alphas_cumprod: expected numbers between 0 and 1")
            if len(bars) > 1 and bars.max() < 0.5:
                raise InputError(
                    "alphas_cumprod: expected numbers that come near 1, where the data have little "
                    f"noise; the largest is {bars.max():.4g}: are these the betas?"
                )
            alphas, betas = np.sqrt(bars), np.sqrt(1 - bars)
        else:
            betas = _column(beta, "beta")
            one = alpha is None or np.ndim(alpha) == 0
            alphas = (
                np.full_like(betas, 1.0 if alpha is None else float(alpha))
                if one
                else _column(alpha, "alpha")
            )
        rows = np.arange(len(betas), dtype=np.float64) if times is None else _column(times, "times")
        if not len(alphas) == len(betas) == len(rows) or len(set(rows.tolist())) < len(rows):
            raise InputError(
                f"times: expected {len(betas)} different numbers, as the table has rows, "
                f"and as many values of alpha; found {len(rows)} times, {len(alphas)} values"
            )
        if (betas < 0).any():
            raise InputError("beta: expected numbers from 0 on")
        order = np.argsort(rows)
        ratio = np.arctan2(betas, alphas)[order]
        grows = np.diff(ratio)
        if grows.min(initial=0.0) < -_MONOTONE and grows.max(initial=0.0) > _MONOTONE:
            raise InputError(
                "alphas_cumprod: expected noise that grows from row to row, or shrinks; "
                "these rows do both"
            )
        for key, value in {"alphas": alphas, "betas": betas, "times": rows}.items():
            object.__setattr__(self, key, value[order])

    @property
    def domain(self) -> tuple[float, float]:  # type: ignore[override]
        return float(self.times[0]), float(self.times[-1])

    def row(self, t: Any) -> Any:
        """The index of the row nearest to ``t``, of any shape."""
        middles = (self.times[1:] + self.times[:-1]) / 2
        return np.searchsorted(middles, np.asarray(t, dtype=np.float64))

    def _alpha(self, t: Any) -> Any:
        return self.alphas[self.row(t)]

    def _beta(self, t: Any) -> Any:
        return self.betas[self.row(t)]

    def _dalpha(self, t: Any) -> Any:
        raise InputError("path: a table has no velocity; pass target=, such as 'eps' or 'v'")

    _dbeta = _dalpha

    def _key(self) -> tuple[Any, ...]:
        return (type(self), *(v.tobytes() for v in (self.alphas, self.betas, self.times)))

    def __repr__(self) -> str:
        if len(self.times) > 50:
            return f"<TablePath of {len(self.times)} rows>"
        rows = [v.tolist() for v in (self.alphas, self.betas, self.times)]
        return "TablePath(alpha={}, beta={}, times={})".format(*rows)


@dataclass(frozen=True, eq=False, repr=False)
class ReversedPath(GivenPath):
    """A path seen with time running from data at the start of its domain to noise at the end."""

    name: ClassVar[str] = "reversed"
    forward: Path

    @property
    def singularities(self) -> tuple[Singularity, ...]:
        return tuple(s._replace(end=1 - s.end) for s in self.forward.singularities)

    @property
    def domain(self) -> tuple[float, float]:  # type: ignore[override]
        return domain_of(self.forward)

    def _back(self, t: Any) -> Any:
        low, high = self.domain
        return low + high - t

    def _alpha(self, t: Any) -> Any:
        return self.forward.alpha(self._back(t))

    def _beta(self, t: Any) -> Any:
        return self.forward.beta(self._back(t))

    def _dalpha(self, t: Any) -> Any:
        return -self.forward.dalpha(self._back(t))

    def _dbeta(self, t: Any) -> Any:
        return -self.forward.dbeta(self._back(t))

    def gamma(self, t: Any) -> FloatArray:
        """The factor of the path's own noise."""
        return gamma_of(self.forward, self._back(np.asarray(t, dtype=np.float64)))

    def dgamma(self, t: Any) -> FloatArray:
        """Its derivative."""
        return -dgamma_of(self.forward, self._back(np.asarray(t, dtype=np.float64)))

    def _key(self) -> tuple[Any, ...]:
        return (type(self), self.forward)

    def __repr__(self) -> str:
        return f"ReversedPath({self.forward!r})"


def domain_of(path: Path) -> tuple[float, float]:
    """The first and the last time of a path."""
    return getattr(path, "domain", (0.0, 1.0))


def gamma_of(path: Path, t: Any) -> FloatArray:
    """The factor of a path's own noise at ``t``: 0 for most."""
    own = getattr(path, "gamma", None)
    return np.zeros_like(np.asarray(t, dtype=np.float64)) if own is None else own(t)


def dgamma_of(path: Path, t: Any) -> FloatArray:
    """Its derivative."""
    own = getattr(path, "dgamma", None)
    return np.zeros_like(np.asarray(t, dtype=np.float64)) if own is None else own(t)


def _column(value: Any, name: str) -> FloatArray:
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    return np.array(array(np.asarray(value), name, ("T",)).floats)
