"""A problem: data, probability path, time law and velocity model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray, batch
from fmproof.models.mixture import GaussianMixture
from fmproof.models.paths import Path
from fmproof.models.posterior import Posterior
from fmproof.models.time import TimeLaw, UniformTime
from fmproof.models.velocity import Velocity


@dataclass(frozen=True)
class Problem:
    """Everything that the two losses and their constants depend on.

    Times ``t`` are (N,) or a scalar, points ``x``, ``z``, ``eps`` (N, d).
    """

    data: GaussianMixture
    path: Path
    model: Velocity
    time: TimeLaw = field(default_factory=UniformTime)

    def __post_init__(self) -> None:
        if self.model.dim != self.data.dim:
            raise InputError(f"model: has dimension {self.model.dim}, the data has {self.data.dim}")

    @property
    def dim(self) -> int:
        return self.data.dim

    def sample_joint(
        self, n: int, rng: np.random.Generator
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Draw (t, z, eps, x) from the joint law: shapes (n,), (n, d), (n, d), (n, d)."""
        t = self.time.sample(n, rng)
        z = self.data.sample(n, rng)
        eps = rng.standard_normal(z.shape)
        return t, z, eps, self.path.alpha(t)[:, None] * z + self.path.beta(t)[:, None] * eps

    def target(self, t: Any, z: Any, eps: Any) -> FloatArray:
        """The training target dalpha z + dbeta eps, (N, d)."""
        times, points = batch(t, z, self.dim)
        out: FloatArray = self.path.dalpha(times)[:, None] * points + self.path.dbeta(times)[
            :, None
        ] * np.asarray(eps)
        return out

    def conditional_mean_std(self, t: Any, z: Any) -> tuple[FloatArray, FloatArray]:
        """Mean (N, d) and standard deviation (N,) of p_t(x given z)."""
        times, points = batch(t, z, self.dim)
        return self.path.alpha(times)[:, None] * points, self.path.beta(times)

    def conditional_log_density(self, t: Any, x: Any, z: Any) -> FloatArray:
        """log p_t(x given z), (N,)."""
        _, points = batch(t, x, self.dim)
        mean, std = self.conditional_mean_std(t, z)
        white = (points - mean) / std[:, None]
        return -0.5 * (white**2).sum(axis=1) - self.dim * np.log(std * np.sqrt(2 * np.pi))

    def conditional_velocity(self, t: Any, x: Any, z: Any) -> FloatArray:
        """u_t(x given z) = dalpha z + dbeta (x - alpha z) / beta, (N, d)."""
        _, points = batch(t, x, self.dim)
        mean, std = self.conditional_mean_std(t, z)
        return self.target(t, z, (points - mean) / std[:, None])

    def marginal_log_density(self, t: Any, x: Any) -> FloatArray:
        """log p_t(x), (N,)."""
        return self._posterior(t, x)[1].log_density()

    def responsibilities(self, t: Any, x: Any) -> FloatArray:
        """P(component k given X_t = x), (N, K)."""
        return self._posterior(t, x)[1].responsibilities()

    def marginal_velocity(self, t: Any, x: Any) -> FloatArray:
        """u_t(x) = E[u_t(x given Z) given X_t = x], (N, d)."""
        times, posterior = self._posterior(t, x)
        return posterior.velocity(self.path.dalpha(times), self.path.dbeta(times))

    def conditional_variance(self, t: Any, x: Any) -> FloatArray:
        """tr Cov(u_t(x given Z) given X_t = x), (N,)."""
        times, posterior = self._posterior(t, x)
        return posterior.variance(self.path.dalpha(times), self.path.dbeta(times))

    def _posterior(self, t: Any, x: Any) -> tuple[FloatArray, Posterior]:
        times, points = batch(t, x, self.dim)
        return times, Posterior(self.data, self.path.alpha(times), self.path.beta(times), points)
