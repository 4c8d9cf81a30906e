"""What a problem knows in closed form beside its velocity: score, denoiser, density, divergence.

They take and return NumPy arrays, PyTorch tensors or JAX arrays: the result is of the kind that x
is, so that an exact model can be plugged into anybody's sampler.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import Posterior, chunks
from fmproof.models.targets import coefficients, target_of

if TYPE_CHECKING:
    from fmproof.models.mixture import GaussianMixture
    from fmproof.models.paths import Path


class ClosedForms:
    """Mixed into ``Problem``. t is (N,) or a number, x (N, d)."""

    if TYPE_CHECKING:
        data: GaussianMixture
        path: Path

        def _batch(self, t: Any, **points: Any) -> tuple[FloatArray, ...]: ...

    def posterior_mean(self, t: Any, x: Any) -> Any:
        """E[x1 given X_t = x], (N, d): the data that a denoiser predicts."""
        return self._linear(t, x, "x1")

    denoiser = posterior_mean

    def posterior_noise(self, t: Any, x: Any) -> Any:
        """E[x0 given X_t = x], (N, d): the noise that eps-prediction predicts."""
        return self._linear(t, x, "eps")

    def prediction(self, target: Any, t: Any, x: Any) -> Any:
        """E[target given X_t = x], (N, d), of any target (see ``fmproof.models.targets``)."""
        wanted = target_of(target)
        return self.score(t, x) if wanted == "score" else self._linear(t, x, wanted)

    def score(self, t: Any, x: Any) -> Any:
        """∇ log p_t(x), (N, d)."""
        return _as(x, np.concatenate([_score(p) for _, p in self._exact(t, x)]))

    def log_density(self, t: Any, x: Any) -> Any:
        """log p_t(x), (N,)."""
        return _as(x, np.concatenate([p.log_density() for _, p in self._exact(t, x)]))

    def divergence(self, t: Any, x: Any) -> Any:
        """div u_t(x), (N,)."""
        found = [_jacobian(p, *self._slopes(times)) for times, p in self._exact(t, x)]
        return _as(x, np.trace(np.concatenate(found), axis1=1, axis2=2))

    def jacobian(self, t: Any, x: Any) -> Any:
        """The matrices ∂u_i/∂x_j of u_t(x), (N, d, d)."""
        found = [_jacobian(p, *self._slopes(times)) for times, p in self._exact(t, x)]
        return _as(x, np.concatenate(found))

    def _linear(self, t: Any, x: Any, target: Any) -> Any:
        parts = []
        for times, posterior in self._exact(t, x):
            a, b = coefficients(self.path, target, times)
            if not (np.isfinite(a).all() and np.isfinite(b).all()):
                raise InputError(f"t: the target {target!r} is infinite at one of these times")
            parts.append(posterior.velocity(a, b))
        return _as(x, np.concatenate(parts))

    def _slopes(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        a, b = coefficients(self.path, "velocity", times)
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise InputError("t: the velocity of the path is infinite at one of these times")
        return a, b

    def _exact(self, t: Any, x: Any) -> Any:
        times, points = self._batch(_numbers(t), x=_numbers(x))
        for rows in chunks(len(points), self.data.means.size * self.data.dim):
            some = times if len(times) == 1 else times[rows]
            yield (
                some,
                Posterior(self.data, self.path.alpha(some), self.path.beta(some), points[rows]),
            )


def _component_scores(posterior: Posterior) -> FloatArray:
    """The score of each component at x, (n, K, d)."""
    local = -posterior.white / posterior.scale
    bases = posterior.data.bases
    if bases is None:
        return np.asarray(local)
    return np.asarray(np.einsum("kij,nkj->nki", bases, local))


def _score(posterior: Posterior) -> FloatArray:
    scores = _component_scores(posterior)
    return np.asarray(np.einsum("nk,nkd->nd", posterior.responsibilities, scores))


def _jacobian(posterior: Posterior, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
    """With the field v_k and the score s_k of each component, ∇Σ r_k v_k is
    Σ r_k (∇v_k + v_k (s_k − s)ᵀ), which does not divide by beta."""
    r, scores = posterior.responsibilities, _component_scores(posterior)
    field = posterior._component_velocity(dalpha, dbeta)
    da, db = dalpha[:, None, None], dbeta[:, None, None]
    sigma, scale = posterior.sigma, posterior.scale
    gain = da * (posterior.alpha * sigma / scale) * (sigma / scale) + db * posterior.beta / scale**2
    gain = np.broadcast_to(gain, field.shape)
    bases = posterior.data.bases
    if bases is None:
        within = np.einsum("nk,nkd,de->nde", r, gain, np.eye(field.shape[2]))
    else:
        within = np.einsum("nk,kij,nkj,klj->nil", r, bases, gain, bases)
    centred = scores - np.einsum("nk,nkd->nd", r, scores)[:, None]
    return np.asarray(within + np.einsum("nk,nki,nkj->nij", r, field, centred))


def _numbers(value: Any) -> Any:
    if hasattr(value, "detach"):
        return value.detach().cpu().double().numpy()
    return np.asarray(value, dtype=np.float64)


def _as(like: Any, values: FloatArray) -> Any:
    """The values as the kind of array that ``like`` is."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(like, torch.Tensor):
        kind = like.dtype if like.is_floating_point() else torch.get_default_dtype()
        return torch.as_tensor(values).to(dtype=kind, device=like.device)
    jax = sys.modules.get("jax")
    if jax is not None and isinstance(like, jax.Array):
        return jax.numpy.asarray(values, dtype=like.dtype)
    return values
