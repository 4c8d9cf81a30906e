"""The marginal field of a data set: the closed form that a perfect model would reach.

It reproduces its data: whoever follows it from noise ends at a training row.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.floor.engine import LEVEL
from fmproof.floor.population import Population
from fmproof.floor.rows import Floats, Rows, Summary, summarise
from fmproof.floor.targets import coefficients
from fmproof.models.moments import Moments, logits
from fmproof.models.paths import CondOTPath, Path
from fmproof.models.time import TimeLaw, UniformTime

_BATCH = 256


class FieldValue(NamedTuple):
    """At n points: arrays of the kind, the precision and the device of the points.

    Attributes:
        velocity: u_t(x) = E[alpha' z + beta' eps given x], (n, d).
        x1: E[z given x], (n, d).
        score: the gradient of log p_t at x, (n, d).
        variance: tr Cov(z given x), (n,).
    """

    velocity: Any
    x1: Any
    score: Any
    variance: Any


class Distance(NamedTuple):
    """E |model - optimum|^2 between two times, ± error at the level 99.9 %."""

    low: float
    high: float
    value: float
    error: float


class EmpiricalField:
    """The marginal field of the empirical law of ``data`` along ``path``.

    Args:
        data: an array (N, ...) of NumPy (a memory map as well), PyTorch or JAX, or ``Rows``.
        path: conditional optimal transport by default.
        dtype: of the matrix products: float64, or float32, which is about twice as fast and loses
            digits where t is near 1.

    Raises:
        InputError: data that cannot be used.
    """

    def __init__(self, data: Any, path: Path | None = None, dtype: Any = np.float64) -> None:
        self.rows = data if isinstance(data, Rows) else Rows(_as_numpy(data))
        self.path = CondOTPath() if path is None else path
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise InputError(f"dtype: expected float32 or float64, found {self.dtype}")
        self._summary: Summary = summarise(self.rows)
        self._population = Population(self.rows, self._summary).in_clusters()

    @property
    def dim(self) -> int:
        """The number d of coordinates of a row."""
        return self.rows.dim

    def __call__(self, t: Any, x: Any) -> FieldValue:
        """The field at times ``t``, a number or (n,), and points ``x``, (n, ...) of d numbers each.

        Raises:
            InputError: shapes that do not fit, or a time where x has no density (beta = 0) or the
                velocity is infinite.
        """
        points = _as_numpy(x)
        if points.ndim < 1 or points.size != len(points) * self.dim:
            raise InputError(
                f"x: expected points of {self.dim} numbers, found the shape {points.shape}"
            )
        flat = points.reshape(len(points), self.dim).astype(np.float64)
        times = np.asarray(_as_numpy(t), dtype=np.float64).reshape(-1)
        if len(times) not in (1, len(flat)):
            raise InputError(f"t: expected a number or {len(flat)} times, found {len(times)}")
        times = np.broadcast_to(times, (len(flat),))
        self._check(times)
        if not np.isfinite(flat).all():
            raise InputError("x: expected finite numbers")
        parts = [
            self._some(times[i : i + _BATCH], flat[i : i + _BATCH])
            for i in range(0, len(flat), _BATCH)
        ]
        mean, variance = (
            np.concatenate([part[i] for part in parts]) if parts else np.zeros((0, self.dim))
            for i in range(2)
        )
        alpha, beta = self.path.alpha(times)[:, None], self.path.beta(times)[:, None]
        noise = (flat - alpha * mean) / beta
        velocity = self.path.dalpha(times)[:, None] * mean + self.path.dbeta(times)[:, None] * noise
        shape = points.shape
        return FieldValue(
            _like(velocity.reshape(shape), x),
            _like(mean.reshape(shape), x),
            _like((-noise / beta).reshape(shape), x),
            _like(variance.reshape(len(flat)), x),
        )

    def distance(
        self,
        model: Callable[[Any, Any], Any],
        *,
        target: str = "velocity",
        time: TimeLaw | None = None,
        bins: int = 10,
        samples: int = 2000,
        seed: int = 0,
        like: Any = None,
    ) -> list[Distance]:
        """How far ``model`` is from the optimum, bin by bin of t: its loss less the floor, measured
        without either.

        Args:
            model: takes t (n,) and x (n, ...) and returns the prediction of the target.
            target: velocity, x1, eps, v or score.
            time: the law of t; uniform by default.
            samples: in all bins together.
            like: an array of the kind that the model takes; NumPy by default.

        Raises:
            InputError: a prediction of another shape, or one that is not finite.
        """
        law = UniformTime() if time is None else time
        low, high = law.support
        edges = np.linspace(low, high, bins + 1)
        rng = np.random.default_rng(seed)
        count = max(2, samples // bins)
        found = []
        for a, b in pairwise(edges):
            t = a + (b - a) * (np.arange(count) + rng.random(count)) / count
            t = np.minimum(t, np.nextafter(high, 0))
            z = self.rows.take(rng.integers(self.rows.count, size=count)) * self.rows.factor
            x = self.path.alpha(t)[:, None] * z
            x = x + self.path.beta(t)[:, None] * rng.standard_normal(z.shape)
            shape = (count, *self.rows.array.shape[1:])
            given = _like(t, like), _like(x.reshape(shape), like)
            said = np.asarray(_as_numpy(model(*given)), dtype=np.float64)
            if said.size != x.size:
                raise InputError(f"model: expected the shape {shape}, found {said.shape}")
            best = self._target(target, t, x)
            square = ((said.reshape(x.shape) - best) ** 2).sum(axis=1)
            if not np.isfinite(square).all():
                raise InputError(f"model: a prediction for t in [{a:g}, {b:g}] is not finite")
            density = law.density(t)
            weight = density / density.mean() if density.any() else np.ones(count)
            y = square * weight
            found.append(Distance(float(a), float(b), float(y.mean()), _error(y)))
        return found

    def _target(self, target: str, t: Floats, x: Floats) -> Floats:
        mean = self(t, x).x1
        a, b = coefficients(self.path, target, t)
        noise = (x - self.path.alpha(t)[:, None] * mean) / self.path.beta(t)[:, None]
        return np.asarray(a[:, None] * mean + b[:, None] * noise)

    def _check(self, times: Floats) -> None:
        for t in times[~((times >= 0) & (times <= 1))][:1]:
            raise InputError(f"t: expected times in [0, 1], found {t:g}")
        for t in times[self.path.beta(times) == 0][:1]:
            raise InputError(f"t: x has no density at t = {t:g}, where beta is 0")
        slopes = self.path.dalpha(times) + self.path.dbeta(times)
        for t in times[~np.isfinite(slopes)][:1]:
            raise InputError(f"t: the velocity of the path is infinite at t = {t:g}")

    def _some(self, t: Floats, x: Floats) -> tuple[Floats, Floats]:
        """E[z given x], (n, d), and tr Cov(z given x), (n,)."""
        summary, factor = self._summary, self.rows.factor
        beta = self.path.beta(t)
        ratio = self.path.alpha(t) / beta * factor
        centred = x / beta[:, None] - ratio[:, None] * summary.centre
        queries = (ratio[:, None] * centred).astype(self.dtype)
        half, zero = ratio**2 / 2, np.zeros(len(t))
        found = Moments.nothing(len(t), self.dim)
        _, parts = self._population.that_matter(centred, ratio, None, self.dtype)
        for part in parts:
            at, points, squares = part.queries, part.points, part.squares
            terms = logits(queries[at], half[at], zero[at], points, squares)
            top = found.top.copy()
            top[at] = np.maximum(top[at], terms.max(axis=1).astype(np.float64))
            found.rebase(top)
            terms -= top[at, None].astype(self.dtype)
            np.maximum(terms, -80.0, out=terms)
            found.add(np.exp(terms, out=terms), points, squares.astype(self.dtype), at)
        mean = found.first / found.mass[:, None]
        shifted = mean if summary.off_centre else mean - summary.centre
        variance = found.second / found.mass - np.einsum("nd,nd->n", shifted, shifted)
        return (
            factor * (shifted + summary.centre),
            factor**2 * np.maximum(variance, 0.0),
        )


def _error(values: Floats) -> float:
    from scipy.special import stdtrit

    count = len(values)
    quantile = float(stdtrit(count - 1, 0.5 + LEVEL / 2))
    return quantile * float(values.std(ddof=1)) / math.sqrt(count)


def _library(array: Any) -> str:
    return type(array).__module__.partition(".")[0]


def _as_numpy(array: Any) -> Any:
    if _library(array) == "torch":
        return array.detach().cpu().numpy()
    return array if isinstance(array, np.ndarray) else np.asarray(array)


def _like(values: Floats, given: Any) -> Any:
    """``values`` as an array of the kind that was given."""
    if _library(given) == "torch":
        import torch

        kind = given.dtype if given.dtype.is_floating_point else torch.float32
        return torch.as_tensor(values, dtype=kind, device=given.device)
    if _library(given) in ("jax", "jaxlib"):
        import jax.numpy as jnp

        kind = given.dtype if jnp.issubdtype(given.dtype, jnp.floating) else None
        return jnp.asarray(values, dtype=kind)
    kind = getattr(given, "dtype", None)
    floating = kind is not None and np.dtype(kind).kind == "f"
    return values.astype(kind) if floating else values
