"""The reference that a user's code is held against: path, data and time law in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fmproof.errors import InputError
from fmproof.models import CallableVelocity, GaussianMixture, Path, Problem, TimeLaw, UniformTime
from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import Posterior, chunks

_LONG = 300
_SOLVABLE = 1e-3


BoolArray = npt.NDArray[np.bool_]


class Latents(NamedTuple):
    """Data ``z`` and noise ``eps``, both (N, d), at times ``t`` (N,): themselves, or their means
    given x."""

    t: FloatArray
    z: FloatArray
    eps: FloatArray


@dataclass(frozen=True)
class Reference:
    """Path, data and time law, without a model.

    Raises:
        InputError: when one of them is of another type, or hypothesis H2 fails.
    """

    path: Path
    data: GaussianMixture
    time: TimeLaw

    @classmethod
    def of(cls, path: Any, data: Any, time: Any = None) -> Reference:
        """From what a user gives: ``data`` may also be an array (K, d) of points."""
        if not isinstance(path, Path):
            raise InputError(f"path: expected a fmproof.models.Path, found {path!r}")
        if not isinstance(data, GaussianMixture):
            data = GaussianMixture.points(data)
        time = UniformTime() if time is None else time
        if not isinstance(time, TimeLaw):
            raise InputError(f"time: expected a fmproof.models.TimeLaw, found {time!r}")
        reference = cls(path, data, time)
        _ = reference.problem
        return reference

    @property
    def dim(self) -> int:
        """The dimension d."""
        return self.data.dim

    @cached_property
    def problem(self) -> Problem:
        """The problem with the model 0."""
        zero = CallableVelocity(lambda t, x: np.zeros_like(x), self.dim)
        return Problem(self.data, self.path, zero, self.time)

    def with_data(self, data: GaussianMixture) -> Reference:
        """The same path and time law with other data."""
        return Reference(self.path, data, self.time)

    def code(self) -> tuple[str, str]:
        """Path and data as code."""
        return repr(self.path), repr(self.data)

    def options(self) -> dict[str, Any]:
        """The time law as an option of a call, when it is not the default."""
        return {"time": None if self.time == UniformTime() else self.time}

    def __str__(self) -> str:
        time = "" if self.time == UniformTime() else f", time={self.time!r}"
        return f"path={self.path!r}, data={self.data!r}{time}"

    def describe(self) -> str:
        """The problem as code, unless that would fill the screen."""
        code, data = str(self), self.data
        few = len(code) <= _LONG
        return code if few else f"the data given, {data.components} points or components"

    def velocity(self, latents: Latents) -> FloatArray:
        """dalpha z + dbeta eps, (N, d)."""
        t, z, eps = latents
        return self.path.dalpha(t)[:, None] * z + self.path.dbeta(t)[:, None] * eps

    def implied(self, t: FloatArray, x: FloatArray, u: FloatArray) -> tuple[Latents, BoolArray]:
        """The z and eps of which x = alpha z + beta eps and u = dalpha z + dbeta eps are made, in
        the rows where that can be told, and which these are, (N,)."""
        alpha, beta = self.path.alpha(t), self.path.beta(t)
        dalpha, dbeta = self.path.dalpha(t), self.path.dbeta(t)
        with np.errstate(invalid="ignore"):
            determinant = alpha * dbeta - beta * dalpha
            rows = (np.abs(determinant) > _SOLVABLE) & np.isfinite(determinant)
        a, b, da, db, det = (v[rows, None] for v in (alpha, beta, dalpha, dbeta, determinant))
        x, u = x[rows], u[rows]
        return Latents(t[rows], (db * x - b * u) / det, (a * u - da * x) / det), rows

    def has_density(self, t: FloatArray) -> BoolArray:
        """Whether x has a density at each time, (N,) booleans: not where beta = 0 for points."""
        alpha, beta = self.path.alpha(t)[:, None], self.path.beta(t)[:, None]
        return np.asarray((np.hypot(alpha * self.data.scales.min(), beta) > 0).all(axis=1))

    def given_x(self, t: FloatArray, x: FloatArray) -> Latents:
        """E[z given x] and E[eps given x], where x has a density."""
        one, zero = np.ones(1), np.zeros(1)
        parts = []
        for rows in chunks(len(x), self.data.means.size):
            alpha, beta = self.path.alpha(t[rows]), self.path.beta(t[rows])
            posterior = Posterior(self.data, alpha, beta, x[rows])
            parts.append((posterior.velocity(one, zero), posterior.velocity(zero, one)))
        z, eps = (np.concatenate(means) for means in zip(*parts, strict=True))
        return Latents(t, z, eps)


def look_alikes(reference: Reference, now: Latents, mirrored: Latents) -> dict[str, FloatArray]:
    """What known mistakes would give in place of the velocity.

    Args:
        now: z and eps at their times.
        mirrored: the same with t replaced by 1 − t.
    """
    velocity = reference.velocity(now)
    mean = np.broadcast_to(reference.data.mean(), now.z.shape)
    nothing = np.zeros_like(now.eps)
    reverse = reference.velocity(mirrored)
    return {
        "the velocity with its sign flipped": -velocity,
        "the data x1 in place of the velocity": now.z,
        "the noise x0 in place of the velocity": now.eps,
        "the noise with its sign flipped": -now.eps,
        "the velocity of time running from data to noise (alpha and beta exchanged)": -reverse,
        "the velocity at 1 - t (t reversed)": reverse,
        "fresh noise in the target, not the noise that x_t was made of": reference.velocity(
            now._replace(eps=nothing)
        ),
        "another data point in the target than the one that x_t was made of": reference.velocity(
            now._replace(z=mean)
        ),
        "data and noise in the target that x_t was not made of": reference.velocity(
            now._replace(z=mean, eps=nothing)
        ),
    }
