"""A problem: data, probability path, velocity model and time law."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import BoolArray, Code, FloatArray, IntArray, batch
from fmproof.models.closed_forms import ClosedForms
from fmproof.models.hypotheses import check_square_integrable
from fmproof.models.isotropic import IsotropicPosterior
from fmproof.models.mixture import GaussianMixture
from fmproof.models.near import NearPosterior
from fmproof.models.paths import Path
from fmproof.models.posterior import Posterior, chunks
from fmproof.models.time import TimeLaw, UniformTime
from fmproof.models.velocity import Velocity

_PRODUCTS = 2**20  # numbers in one temporary array where products of matrices do the work
# Errors of the logarithms of the weights that are let be: in float64, where they are bounded, and
# in float32, where they are taken for so many times the round-off of the largest term.
_LOGARITHM, _SINGLE, _USUAL = 1e-10, 2e-3, 4


@dataclass(frozen=True)
class Problem(ClosedForms, Code):
    """Everything that the two losses and their constants depend on.

    In the methods below ``t`` is (N,) or a scalar in [0, 1], and points ``x``, ``z``, ``eps`` are
    (N, d). All raise ``InputError`` for another shape, for t outside [0, 1], and where the thing
    asked for does not exist (a density where beta = 0, a velocity where the schedule's derivative
    is infinite).

    Raises:
        InputError: when the dimensions disagree or hypothesis H2 fails.
    """

    data: GaussianMixture
    path: Path
    model: Velocity
    time: TimeLaw = field(default_factory=UniformTime)

    def __post_init__(self) -> None:
        if self.model.dim != self.data.dim:
            raise InputError(
                f"model: expected dimension {self.data.dim}, as the data have, "
                f"found {self.model.dim}"
            )
        check_square_integrable(self.data, self.path, self.time)

    def _repr_latex_(self) -> str:
        """How a notebook shows it."""
        from fmproof.models.shown import latex

        return latex(self)

    @property
    def dim(self) -> int:
        """The dimension d."""
        return self.data.dim

    def sample_joint(
        self, n: int, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Draw (t, z, eps, x) from the joint law: shapes (n,), (n, d), (n, d), (n, d)."""
        t = self.time.sample(n, rng)
        z = self.data.sample(n, rng)
        eps = rng.standard_normal(z.shape)
        return t, z, eps, self.interpolate(t, z, eps)

    def interpolate(self, t: Any, z: Any, eps: Any) -> FloatArray:
        """x = alpha z + beta eps, (N, d)."""
        times, data, noise = self._batch(t, z=z, eps=eps)
        return _combined(self.path.alpha(times), data, self.path.beta(times), noise)

    def target(self, t: Any, z: Any, eps: Any, overwrite: bool = False) -> FloatArray:
        """The training target dalpha z + dbeta eps, (N, d).

        It is u_t(x given z) at x = alpha z + beta eps, without the division by beta.

        Args:
            overwrite: the arrays ``z`` and ``eps`` are needed no more; this takes their memory.
        """
        times, data, noise = self._batch(t, z=z, eps=eps)
        dalpha, dbeta = self._derivatives(times)
        return _combined(dalpha, data, dbeta, noise, overwrite)

    def conditional_mean_std(self, t: Any, z: Any) -> tuple[FloatArray, FloatArray]:
        """Mean alpha z (N, d) and standard deviation beta (N,) of p_t(x given z)."""
        times, data = self._batch(t, z=z)
        std = np.broadcast_to(self.path.beta(times), (len(data),))
        return self.path.alpha(times)[:, None] * data, std

    def conditional_log_density(self, t: Any, x: Any, z: Any) -> FloatArray:
        """log p_t(x given z), (N,)."""
        white, std = self._noise(t, x, z)
        return np.asarray(
            -0.5 * (white**2).sum(axis=1) - self.dim * (np.log(std) + 0.5 * np.log(2 * np.pi))
        )

    def conditional_velocity(self, t: Any, x: Any, z: Any) -> FloatArray:
        """u_t(x given z) = dalpha z + dbeta (x - alpha z) / beta, (N, d)."""
        return self.target(t, z, self._noise(t, x, z)[0])

    def marginal_log_density(self, t: Any, x: Any) -> FloatArray:
        """log p_t(x), (N,)."""
        (found,) = self._by_posterior(t, x, lambda p, _: (p.log_density(),))
        return found

    def responsibilities(self, t: Any, x: Any) -> FloatArray:
        """P(component k given X_t = x), (N, K)."""
        (found,) = self._by_posterior(t, x, lambda p, _: (p.responsibilities,))
        return found

    def marginal_velocity(self, t: Any, x: Any, single: bool = False) -> FloatArray:
        """u_t(x) = E[u_t(x given Z) given X_t = x], (N, d).

        Args:
            single: take products of matrices in float32, in half the time, where that leaves about
                three digits to the weights of the components; the result is float32.
        """

        def velocity(posterior: _Posterior, at: FloatArray) -> tuple[FloatArray]:
            return (posterior.velocity(*self._derivatives(at)),)

        (found,) = self._by_posterior(t, x, velocity, np.float32 if single else np.float64)
        return found

    def conditional_variance(self, t: Any, x: Any) -> FloatArray:
        """tr Cov(u_t(x given Z) given X_t = x), (N,), in closed form."""
        (found,) = self._by_posterior(t, x, lambda p, at: (p.variance(*self._derivatives(at)),))
        return found

    def marginal_moments(
        self, t: Any, x: Any, marks: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean u_t(x), (N, d), and tr Cov, (N,), of u_t(x given Z) given X_t = x, at once; and the
        mean, (N,), of the ``marks`` (K,) of the component given X_t = x.

        For sums over the batch: variances may be off by the round-off of ||u_t(x)||^2 where that
        is nothing beside their mean.
        """

        def moments(posterior: _Posterior, at: FloatArray) -> tuple[FloatArray, ...]:
            slopes = self._derivatives(at)
            variance = posterior.variance(*slopes, pointwise=False)
            return posterior.velocity(*slopes), variance, posterior.mean(marks)

        velocity, variance, mean = self._by_posterior(t, x, moments, marks=marks)
        return velocity, variance, mean

    def _batch(self, t: Any, **points: Any) -> tuple[FloatArray, ...]:
        """The times, (N,) or (1,), and each of the named points, (N, d)."""
        arrays: list[FloatArray] = []
        for name, value in points.items():
            times, array = batch(t, value, self.dim, name)
            arrays.append(array)
            if len(array) != len(arrays[0]):
                raise InputError(
                    f"{name}: expected {len(arrays[0])} rows, as {next(iter(points))} has, "
                    f"found {len(array)}"
                )
        for found in times[~((times >= 0) & (times <= 1))]:
            raise InputError(f"t: expected times in [0, 1], found {found:g}")
        return times, *arrays

    def _derivatives(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        dalpha, dbeta = self.path.dalpha(times), self.path.dbeta(times)
        for t in times[~(np.isfinite(dalpha) & np.isfinite(dbeta))]:
            raise InputError(
                f"t: the velocity of the path {self.path.name!r} is infinite at t = {t:g}"
            )
        return dalpha, dbeta

    def _noise(self, t: Any, x: Any, z: Any) -> tuple[FloatArray, FloatArray]:
        """(x - alpha z) / beta, (N, d), and beta, (N,)."""
        _, data, points = self._batch(t, z=z, x=x)
        mean, std = self.conditional_mean_std(t, data)
        if not std.all():
            raise InputError("t: p_t(x given z) is a point mass where beta(t) = 0, without density")
        return (points - mean) / std[:, None], std

    def _by_posterior(
        self,
        t: Any,
        x: Any,
        evaluate: _Evaluate,
        kind: Any = np.float64,
        marks: FloatArray | None = None,
    ) -> list[FloatArray]:
        """What ``evaluate`` finds of all points, given posteriors of some and their times."""
        times, points = self._batch(t, x=x)
        found: list[FloatArray] = []
        for rows, some, posterior in self._posteriors(times, points, kind, marks):
            parts = evaluate(posterior, some)
            if not found:
                if len(rows) == len(points):
                    found = [np.asarray(part, kind) for part in parts]
                    continue
                found = [np.empty((len(points), *part.shape[1:]), kind) for part in parts]
            for whole, part in zip(found, parts, strict=True):
                whole[rows] = part
        return found

    def _posteriors(
        self, times: FloatArray, points: FloatArray, kind: Any, marks: FloatArray | None
    ) -> Iterator[tuple[IntArray, FloatArray, _Posterior]]:
        """Some rows of the batch, their times and their posterior, until all have been."""
        schedule = self.path.alpha(times), self.path.beta(times)
        for rows, posterior, width, numbers, beyond in self._tiers(*schedule, points, kind, marks):
            for part in chunks(len(rows), width, numbers):
                some = rows[part]
                whole = len(some) == len(points)
                at, alpha, beta = (
                    v if whole or len(times) == 1 else v[some] for v in (times, *schedule)
                )
                if beyond is not None:
                    beta = np.where(beyond[some], 1.0, beta)
                yield some, at, posterior(self.data, alpha, beta, points if whole else points[some])

    def _tiers(
        self,
        alpha: FloatArray,
        beta: FloatArray,
        points: FloatArray,
        kind: Any,
        marks: FloatArray | None,
    ) -> list[_Tier]:
        """Which rows are evaluated how, later ones in place of earlier ones.

        With the numbers of a row in one temporary array and of all rows at once (0: as few as
        usual), and the rows that are there to be replaced, where it would be noise.
        """
        (components, dim), every = self.data.means.shape, np.arange(len(points))
        if not self.data.by_products:
            return [(every, Posterior, components * dim, 0, None)]
        sizes = self.data.spheres.log_sizes(alpha, beta, points)
        best = np.asarray((np.sqrt(dim) + 4) * np.finfo(np.float64).eps * sizes <= _LOGARITHM)
        some = best & np.asarray(_USUAL * np.finfo(np.float32).eps * sizes <= _SINGLE)
        if kind != np.float32:
            some[:] = False
        single = partial(IsotropicPosterior, dtype=np.float32)
        products = partial(IsotropicPosterior, marks=marks)
        width = dim if len(self.data.spheres.sigma) == 1 else components + dim
        usual, others = every[best & ~some], every[~best]
        beyond = None
        if len(alpha) > 1 and 2 * len(usual) > len(every) > len(usual):
            usual, beyond = every, ~best  # without a copy of most rows
        tiers: list[_Tier] = [
            (usual, products, width, _PRODUCTS, beyond),
            (every[some], single, width, _PRODUCTS, None),
            (others, NearPosterior, components + dim, _PRODUCTS, None),
        ]
        return [tier for tier in tiers if len(tier[0]) or (not len(points) and tier is tiers[0])]


def _combined(
    first: FloatArray,
    data: FloatArray,
    second: FloatArray,
    noise: FloatArray,
    overwrite: bool = False,
) -> FloatArray:
    """first data + second noise, (N, d), for factors (N,) or (1,); in their memory if wanted."""
    found = np.multiply(first[:, None], data, out=data if overwrite else None)
    found += np.multiply(second[:, None], noise, out=noise if overwrite else None)
    return found


_Posterior = Posterior | IsotropicPosterior | NearPosterior
_Evaluate = Callable[[_Posterior, FloatArray], tuple[FloatArray, ...]]
_Tier = tuple[IntArray, Callable[..., _Posterior], int, int, BoolArray | None]
