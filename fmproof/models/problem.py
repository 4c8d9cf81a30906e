"""A problem: data, probability path, velocity model and time law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import Code, FloatArray, batch
from fmproof.models.closed_forms import ClosedForms
from fmproof.models.hypotheses import check_square_integrable
from fmproof.models.isotropic import IsotropicPosterior
from fmproof.models.mixture import GaussianMixture
from fmproof.models.paths import Path
from fmproof.models.posterior import Posterior, chunks
from fmproof.models.time import TimeLaw, UniformTime
from fmproof.models.velocity import Velocity

_PRODUCTS = 2**22  # numbers in one temporary array where products of matrices do the work


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
        return self.path.alpha(times)[:, None] * data + self.path.beta(times)[:, None] * noise

    def target(self, t: Any, z: Any, eps: Any) -> FloatArray:
        """The training target dalpha z + dbeta eps, (N, d).

        It is u_t(x given z) at x = alpha z + beta eps, without the division by beta.
        """
        times, data, noise = self._batch(t, z=z, eps=eps)
        dalpha, dbeta = self._derivatives(times)
        return dalpha[:, None] * data + dbeta[:, None] * noise

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
        return np.concatenate([p.log_density() for _, p in self._posteriors(t, x)])

    def responsibilities(self, t: Any, x: Any) -> FloatArray:
        """P(component k given X_t = x), (N, K)."""
        return np.concatenate([p.responsibilities for _, p in self._posteriors(t, x)])

    def marginal_velocity(self, t: Any, x: Any) -> FloatArray:
        """u_t(x) = E[u_t(x given Z) given X_t = x], (N, d)."""
        return np.concatenate(
            [p.velocity(*self._derivatives(times)) for times, p in self._posteriors(t, x)]
        )

    def conditional_variance(self, t: Any, x: Any) -> FloatArray:
        """tr Cov(u_t(x given Z) given X_t = x), (N,), in closed form."""
        return np.concatenate(
            [p.variance(*self._derivatives(times)) for times, p in self._posteriors(t, x)]
        )

    def marginal_moments(self, t: Any, x: Any) -> tuple[FloatArray, FloatArray]:
        """Mean u_t(x), (N, d), and tr Cov, (N,), of u_t(x given Z) given X_t = x, at once."""
        found = []
        for times, posterior in self._posteriors(t, x):
            slopes = self._derivatives(times)
            found.append((posterior.velocity(*slopes), posterior.variance(*slopes)))
        velocities, variances = zip(*found, strict=True)
        return np.concatenate(velocities), np.concatenate(variances)

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

    def _posteriors(
        self, t: Any, x: Any
    ) -> Iterator[tuple[FloatArray, Posterior | IsotropicPosterior]]:
        times, points = self._batch(t, x=x)
        components, dim = self.data.means.shape
        if not IsotropicPosterior.fits(self.data):
            yield from self._direct_posteriors(times, points)
            return
        for rows in chunks(len(points), components + dim, _PRODUCTS):
            some = times if len(times) == 1 else times[rows]
            alpha, beta = self.path.alpha(some), self.path.beta(some)
            found = IsotropicPosterior(self.data, alpha, beta, points[rows])
            if found.rough:
                yield from self._direct_posteriors(some, points[rows])
            else:
                yield some, found

    def _direct_posteriors(
        self, times: FloatArray, points: FloatArray
    ) -> Iterator[tuple[FloatArray, Posterior]]:
        for rows in chunks(len(points), self.data.means.size):
            some = times if len(times) == 1 else times[rows]
            yield (
                some,
                Posterior(self.data, self.path.alpha(some), self.path.beta(some), points[rows]),
            )
