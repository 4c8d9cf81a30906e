"""Gaussian mixtures, the data laws for which everything has a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import Array, FloatArray, array

# A repr must rebuild the object, but nobody can read a million numbers.
_REPR_LIMIT = 20_000


@dataclass(frozen=True, init=False, eq=False, repr=False)
class GaussianMixture:
    """The law sum_k weights[k] N(means[k], covariances[k]) on R^d.

    A covariance may be singular; ``points`` builds the case of zero covariances, a data set.

    Attributes:
        weights: (K,), non-negative, sum 1.
        means: (K, d).
        covariances: (K, d, d), symmetric positive semidefinite.
        scales: (K, d), square roots of the covariances' eigenvalues.
        bases: (K, d, d), orthonormal eigenvectors in columns, or None when every covariance is
            diagonal (``scales`` are then the standard deviations of the coordinates).
        exact: the three arrays as rationals, or None when an entry was given as a float.
    """

    weights: FloatArray
    means: FloatArray
    covariances: FloatArray
    scales: FloatArray
    bases: FloatArray | None

    def __init__(self, weights: Any, means: Any, covariances: Any) -> None:
        w = array(weights, "weights", ("K",))
        m = array(means, "means", ("K", "d"))
        c = array(covariances, "covariances", ("K", "d", "d"))
        self._set(w, m, c)

    def _set(self, w: Array, m: Array, c: Array) -> None:
        components, dim = m.floats.shape
        if components == 0:
            raise InputError("means: a mixture needs at least one component, found K = 0")
        if dim == 0:
            raise InputError("means: the dimension must be at least 1, found d = 0")
        if w.floats.shape != (components,):
            raise InputError(
                f"weights: expected {components} as there are {components} means, "
                f"found {len(w.floats)}"
            )
        if c.floats.shape != (components, dim, dim):
            raise InputError(
                f"covariances: expected shape ({components}, {dim}, {dim}) to go with the means, "
                f"found {c.floats.shape}"
            )
        _check_weights(w)
        scales, bases = _eigen(c.floats)
        for name, value in {
            "_arrays": (w, m, c),
            "weights": w.floats,
            "means": m.floats,
            "covariances": c.floats,
            "scales": scales,
            "bases": bases,
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def points(cls, points: Any, weights: Any = None) -> GaussianMixture:
        """The empirical law of ``points`` (K, d), equally weighted unless ``weights`` (K,)."""
        p = array(points, "points", ("K", "d"))
        count, dim = p.floats.shape
        if weights is None:
            from fractions import Fraction

            weights = [Fraction(1, count)] * count
        return cls(weights, points, np.zeros((count, dim, dim), dtype=int))

    @property
    def components(self) -> int:
        return len(self.weights)

    @property
    def dim(self) -> int:
        return int(self.means.shape[1])

    def mean(self) -> FloatArray:
        """E z, shape (d,)."""
        return self.weights @ self.means

    def second_moment(self) -> FloatArray:
        """E z z^T, shape (d, d)."""
        per_component = self.covariances + self.means[:, :, None] * self.means[:, None, :]
        return np.tensordot(self.weights, per_component, axes=1)

    def log_density(self, x: Any) -> FloatArray:
        """log p(x) for ``x`` (N, d), shape (N,).

        Raises ``InputError`` when a component is singular: there is no Lebesgue density.
        """
        from fmproof.models.posterior import Posterior

        points = np.asarray(x, dtype=np.float64)
        n = len(points)
        return Posterior(self, np.ones(n), np.zeros(n), points).log_density()

    def from_noise(self, u: FloatArray, normals: FloatArray) -> FloatArray:
        """Points (n, d) from ``u`` (n,) uniform on [0, 1), which picks the component, and
        ``normals`` (n, d) standard normal, which place the point in it."""
        edges = np.cumsum(self.weights)
        chosen = np.searchsorted(edges / edges[-1], u, side="right")
        chosen = np.minimum(chosen, self.components - 1)
        local = self.scales[chosen] * normals
        if self.bases is not None:
            for k in np.unique(chosen):
                rows = chosen == k
                local[rows] = local[rows] @ self.bases[k].T
        return self.means[chosen] + local

    def sample(self, n: int, rng: np.random.Generator) -> FloatArray:
        """Draw ``n`` independent points, shape (n, d)."""
        return self.from_noise(rng.random(n), rng.standard_normal((n, self.dim)))


def _check_weights(w: Array) -> None:
    values = w.floats
    if (values < 0).any():
        k = int(np.argmin(values))
        raise InputError(f"weights[{k}]: expected a non-negative number, found {values[k]:g}")
    if abs(values.sum() - 1) > 1e-9:
        raise InputError(f"weights: expected a sum of 1, found {values.sum():.12g}")


def _eigen(covariances: FloatArray) -> tuple[FloatArray, FloatArray | None]:
    """Square roots of the eigenvalues, and eigenvectors unless all matrices are diagonal."""
    dim = covariances.shape[-1]
    size = np.abs(covariances).max(axis=(1, 2))
    skew = np.abs(covariances - covariances.transpose(0, 2, 1)).max(axis=(1, 2))
    for k in np.flatnonzero(skew > 1e-12 * size):
        raise InputError(f"covariances[{k}]: expected a symmetric matrix, off by {skew[k]:g}")
    diagonal = np.einsum("kii->ki", covariances)
    bases: FloatArray | None = None
    if np.count_nonzero(covariances) == np.count_nonzero(diagonal):
        values = diagonal.copy()
    else:
        values, bases = np.linalg.eigh(covariances)
        noise = dim * np.finfo(np.float64).eps * size[:, None]
        values = np.where(np.abs(values) <= noise, 0.0, values)
    for k in np.flatnonzero((values < 0).any(axis=1)):
        raise InputError(
            f"covariances[{k}]: expected a positive semidefinite matrix, "
            f"found the eigenvalue {values[k].min():g}"
        )
    return np.sqrt(values), bases
