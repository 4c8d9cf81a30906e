"""What a user's code is held against: path, data, time law, target and weight in closed form.

Everything is in the user's time: where that runs from data to noise, the path is reversed here and
nothing else needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from fmproof.errors import InputError
from fmproof.models import (
    GaussianMixture,
    Path,
    ReversedPath,
    TablePath,
    TimeLaw,
)
from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.given_paths import dgamma_of, domain_of, gamma_of
from fmproof.models.hypotheses import check_square_integrable
from fmproof.models.posterior import Posterior, chunks
from fmproof.models.targets import coefficients, target_of
from fmproof.testing.arguments import check_direction, default_time, dims_of, points_of
from fmproof.testing.data_sets import data_given_x
from fmproof.testing.failure import as_code, shortened
from fmproof.testing.weights import weights_of

_LONG = 300
_SOLVABLE = 1e-3
_BENT = 0.05  # of the times: where half of them lie
_MANY = 64  # points from which on matrix products pay
DIRECTIONS = ("noise-to-data", "data-to-noise")
COUPLINGS = ("independent", "any", "ot")


class Latents(NamedTuple):
    """Data ``z`` and noise ``eps``, both (N, d), at times ``t`` (N,): themselves, or their means
    given x."""

    t: FloatArray
    z: FloatArray
    eps: FloatArray


class Joint(NamedTuple):
    """N right training examples: t (N,), and z, eps, x and the target u, all (N, d)."""

    t: FloatArray
    z: FloatArray
    eps: FloatArray
    x: FloatArray
    u: FloatArray


@dataclass(frozen=True)
class Reference:
    """Path, data and time law, and what is trained on them, without a model.

    Attributes:
        path: in the user's time.
        target: as ``fmproof.models.targets.target_of`` returns it.
        weight: of the squared error at t, a function of t or of snr, or None for 1.
        coupling: of data and noise, one of ``COUPLINGS``.
        shape: of one data point as the user has it.
        dims: the coordinates that count, all of them for None.
        blank: whether the points are 0 in the other coordinates.
        shared_time: whether all rows of a batch may have one time.
        label_dropout: the share of the rows whose labels are left out; None for any.
        given: the arguments as code has them.

    Raises:
        InputError: when one of them is of another type, or hypothesis H2 fails.
    """

    path: Path
    data: GaussianMixture
    time: TimeLaw
    target: Any = "velocity"
    weight: Any = None
    coupling: str = "independent"
    shape: tuple[int, ...] = ()
    dims: tuple[int, ...] | None = None
    blank: bool = False
    shared_time: bool = False
    label_dropout: float | None = None
    given: dict[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls,
        path: Any,
        data: Any,
        time: Any = None,
        *,
        target: Any = "velocity",
        weight: Any = None,
        coupling: str = "independent",
        dims: Any = None,
        direction: str = "noise-to-data",
        shared_time: bool = False,
        label_dropout: float | None = None,
    ) -> Reference:
        """From what a user gives: ``data`` may also be an array (K, ...) of points."""
        if not isinstance(path, Path):
            raise InputError(f"path: expected a fmproof.models.Path, found {path!r}")
        if not isinstance(data, GaussianMixture):
            data, shape = points_of(data)
        else:
            shape = (data.dim,)
        for name, value, known in (
            ("direction", direction, DIRECTIONS),
            ("coupling", coupling, COUPLINGS),
        ):
            if value not in known:
                raise InputError(f"{name}: expected one of {', '.join(known)}, found {value!r}")
        backwards = direction == "data-to-noise"
        if backwards and not isinstance(path, TablePath):
            check_direction(path)
        seen = ReversedPath(path) if backwards and not isinstance(path, TablePath) else path
        law = default_time(seen) if time is None else time
        if not isinstance(law, TimeLaw):
            raise InputError(f"time: expected a fmproof.models.TimeLaw, found {time!r}")
        (low, high), (first, last) = law.support, domain_of(seen)
        if not first - 1e-9 <= low <= high <= last + 1e-9:
            raise InputError(
                f"time: expected times from {first:g} to {last:g}, where the path is defined, "
                f"found a law on [{low:g}, {high:g}]"
            )
        given = {
            "time": None if law == default_time(seen) else law,
            "target": None if target == "velocity" else target,
            "weight": weight,
            "coupling": None if coupling == "independent" else coupling,
            "dims": None if dims is None else list(dims_of(dims, data.dim) or ()),
            "direction": direction if backwards else None,
            "shared_time": shared_time or None,
            "label_dropout": label_dropout,
        }
        some = dims_of(dims, data.dim)
        wanted = target_of(target, backwards)
        reference = cls(
            *(seen, data, law, wanted, weight, coupling, shape, some),
            shared_time=bool(shared_time),
            label_dropout=label_dropout,
            given=given,
        )
        reference._check(path)
        return reference

    def _check(self, path: Path) -> None:
        """Refuse what has no finite loss."""
        object.__setattr__(self, "given", {**self.given, "path": path})
        t = self._probe_times
        a, b = self.coefficients(t)
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            at = t[~(np.isfinite(a) & np.isfinite(b))][0]
            raise InputError(f"target: {self.target!r} is not finite at t = {at:g}")
        self.weights(t)
        plain = self.weight is None and self.target == "velocity"
        if plain and self.time.__class__.__name__ in ("UniformTime", "LogitNormalTime"):
            check_square_integrable(self.data, self.path, self.time)

    @property
    def dim(self) -> int:
        """The dimension d."""
        return self.data.dim

    @cached_property
    def _probe_times(self) -> FloatArray:
        """1,000 times spread as their law is."""
        return np.asarray(self.time.quantile((np.arange(1000) + 0.5) / 1000), dtype=np.float64)

    def with_data(self, data: GaussianMixture) -> Reference:
        """The same with other data."""
        return replace(self, data=data)

    def code(self) -> tuple[str, str]:
        """Path and data as code."""
        path = as_code(self.given.get("path", self.path), "path")
        return path, shortened(self._data_code(), "data")

    def _data_code(self) -> str:
        if self.shape in ((), (self.dim,)):
            return repr(self.data)
        return f"np.array({self.data.means.reshape(-1, *self.shape).tolist()})"

    def options(self) -> dict[str, Any]:
        """What a call needs beside path and data, where it is not the default."""
        return {k: v for k, v in self.given.items() if k != "path" and v is not None}

    def __str__(self) -> str:
        path, data = repr(self.given.get("path", self.path)), self._data_code()
        options = "".join(
            f", {k}={getattr(v, '__name__', None) or repr(v)}" for k, v in self.options().items()
        )
        return f"path={path}, data={data}{options}"

    def describe(self) -> str:
        """The problem as code, unless that would fill the screen."""
        code, data = str(self), self.data
        few = len(code) <= _LONG
        return code if few else f"the data given, {data.components} points or components"

    @cached_property
    def mask(self) -> BoolArray:
        """Which coordinates count, (d,) booleans."""
        mask = np.ones(self.dim, dtype=bool)
        if self.dims is not None:
            mask[:] = False
            mask[list(self.dims)] = True
        return mask

    @property
    def counted(self) -> int:
        """How many coordinates count."""
        return int(self.mask.sum())

    def reduction(self, mean: bool) -> float:
        """What a sum over the coordinates that count is multiplied with: 1, or for their mean."""
        return 1 / self.counted if mean else 1.0

    def projected(self) -> Reference:
        """The problem of the coordinates that count alone."""
        data, dims = self.data, self.dims
        if dims is None:
            return self
        rows = list(dims)
        if data.scales.any():
            inner = data.covariances[:, rows][:, :, rows]
            less = GaussianMixture(data.weights, data.means[:, rows], inner)
        else:
            less = GaussianMixture.points(data.means[:, rows], data.weights)
        return replace(self, data=less, shape=(len(rows),), dims=None)

    def scaled(self, t: Any) -> Any:
        """Times on a scale where their law lies in [0, 1]; arrays or tensors. Times of a law with a
        long tail, such as log-normal ones, would nearly all lie at 0, so that the scale is bent."""
        low, high = self.time.support
        if low >= 0 and high <= 1:
            return t
        line = (t - low) / (high - low if high > low else 1.0)
        middle = self._scaled_median
        return line / (line + middle) if 0 < middle < _BENT else line

    @cached_property
    def _scaled_median(self) -> float:
        low, high = self.time.support
        return float(np.median(self._probe_times) - low) / (high - low if high > low else 1.0)

    # --- the schedule ---------------------------------------------------------------------

    @cached_property
    def has_own_noise(self) -> bool:
        """Whether the path has noise beside that of its source."""
        return bool(gamma_of(self.path, self._probe_times).any())

    def alpha(self, t: FloatArray) -> FloatArray:
        """The factor of the data, (N,)."""
        return np.asarray(self.path.alpha(t))

    def beta(self, t: FloatArray) -> FloatArray:
        """The factor of all the noise, (N,)."""
        beta = np.asarray(self.path.beta(t))
        return np.hypot(beta, gamma_of(self.path, t)) if self.has_own_noise else beta

    def coefficients(self, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """a and b, (N,), of E[target given x] = a E[z given x] + b E[eps given x], where eps is
        all the noise together."""
        a, b = coefficients(self.path, self.target, t)
        if not self.has_own_noise:
            return a, b
        beta, gamma, whole = self.path.beta(t), gamma_of(self.path, t), self.beta(t)
        if self.target == "score":
            return a, -1 / whole
        c = dgamma_of(self.path, t) if self.target == "velocity" else 0.0
        return a, np.asarray((b * beta + c * gamma) / whole)

    def weights(self, t: FloatArray) -> FloatArray:
        """The weights of the squared errors at t, (N,)."""
        return weights_of(self.weight, t, self.alpha(t), self.beta(t))

    def mirror(self, t: FloatArray) -> FloatArray:
        """Times as they are when it runs the other way."""
        low, high = domain_of(self.path)
        return np.asarray(low + high - t)

    # --- laws -----------------------------------------------------------------------------

    def draw(self, n: int, rng: np.random.Generator) -> Joint:
        """``n`` right training examples with independent data and noise."""
        t = np.asarray(self.time.sample(n, rng), dtype=np.float64)
        z = self.data.sample(n, rng)
        eps = rng.standard_normal(z.shape)
        own = rng.standard_normal(z.shape) if self.has_own_noise else eps
        return self.made(t, z, eps, own)

    def made(self, t: FloatArray, z: FloatArray, eps: FloatArray, own: FloatArray) -> Joint:
        """The training examples of given times, data and noise; ``own`` is the path's own noise."""
        if not self.has_own_noise:
            x = self.alpha(t)[:, None] * z + self.beta(t)[:, None] * eps
            if self.blank:
                x = x * self.mask
            return Joint(t, z, eps, x, self.velocity(Latents(t, z, eps)))
        beta, gamma = self.path.beta(t)[:, None], gamma_of(self.path, t)[:, None]
        x = self.alpha(t)[:, None] * z + beta * eps + gamma * own
        return Joint(t, z, eps, x, self.target_with_own_noise(t, z, eps, own))

    def target_with_own_noise(
        self, t: FloatArray, z: FloatArray, eps: FloatArray, own: FloatArray
    ) -> FloatArray:
        """The target (N, d) of a path with noise of its own."""
        a, b = coefficients(self.path, self.target, t)
        beta, gamma = self.path.beta(t)[:, None], gamma_of(self.path, t)[:, None]
        if self.target == "score":
            return -(beta * eps + gamma * own) / np.square(self.beta(t))[:, None]
        c = dgamma_of(self.path, t) if self.target == "velocity" else np.zeros_like(t)
        return np.asarray(a[:, None] * z + b[:, None] * eps + c[:, None] * own)

    def without_own_noise(self, latents: Latents) -> FloatArray:
        """The velocity (N, d) of all noise together, less the part of the path's own noise."""
        t, z, eps = latents
        a, b = coefficients(self.path, "velocity", t)
        share = self.path.beta(t) / self.beta(t)
        return np.asarray(a[:, None] * z + (b * share)[:, None] * eps)

    def velocity(self, latents: Latents) -> FloatArray:
        """The target a z + b eps, (N, d)."""
        t, z, eps = latents
        a, b = self.coefficients(t)
        return np.asarray(a[:, None] * z + b[:, None] * eps)

    def implied(self, t: FloatArray, x: FloatArray, u: FloatArray) -> tuple[Latents, BoolArray]:
        """The z and eps of which x = alpha z + beta eps and u = a z + b eps are made, in
        the rows where that can be told, and which these are, (N,)."""
        alpha, beta = self.alpha(t), self.beta(t)
        first, second = self.coefficients(t)
        with np.errstate(invalid="ignore"):
            determinant = alpha * second - beta * first
            rows = (np.abs(determinant) > _SOLVABLE) & np.isfinite(determinant)
        if self.has_own_noise:
            rows[:] = False
        a, b, da, db, det = (v[rows, None] for v in (alpha, beta, first, second, determinant))
        x, u = x[rows], u[rows]
        return Latents(t[rows], (db * x - b * u) / det, (a * u - da * x) / det), rows

    def expected(self, t: FloatArray, x: FloatArray) -> FloatArray:
        """E[target given x], (N, d), from the coordinates that count; 0 in the others."""
        if self.dims is None:
            return self.velocity(self.given_x(t, x))
        less = self.projected()
        found = np.zeros_like(x)
        found[:, self.mask] = less.velocity(less.given_x(t, x[:, self.mask]))
        return found

    def has_density(self, t: FloatArray) -> BoolArray:
        """Whether x has a density at each time, (N,) booleans: not where beta = 0 for points."""
        alpha, beta = self.alpha(t)[:, None], self.beta(t)[:, None]
        a, b = self.coefficients(t)
        finite = np.isfinite(a) & np.isfinite(b)
        spread = np.hypot(alpha * self.data.scales.min(), beta) > 0
        return np.asarray(spread.all(axis=1) & finite)

    def given_x(self, t: FloatArray, x: FloatArray) -> Latents:
        """E[z given x] and E[eps given x], where x has a density."""
        if self.data.components >= _MANY and not self.data.scales.any():
            alpha, beta = self.alpha(t)[:, None], self.beta(t)[:, None]
            z = data_given_x(self.data, alpha, beta, x)
            return Latents(t, z, (x - alpha * z) / beta)
        one, zero = np.ones(1), np.zeros(1)
        parts = []
        for rows in chunks(len(x), self.data.means.size):
            posterior = Posterior(self.data, self.alpha(t[rows]), self.beta(t[rows]), x[rows])
            parts.append((posterior.velocity(one, zero), posterior.velocity(zero, one)))
        z, eps = (np.concatenate(means) for means in zip(*parts, strict=True))
        return Latents(t, z, eps)
