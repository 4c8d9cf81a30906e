"""Gaussian mixtures, the data laws for which everything has a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import Array, Code, FloatArray, IntArray, ObjectArray, array, batch
from fmproof.models.isotropic import Spheres
from fmproof.models.posterior import Posterior, chunks

_WEIGHT_TOLERANCE = 1e-9
_SYMMETRY_TOLERANCE = 1e-12
_REPR_LIMIT = 20_000


@dataclass(frozen=True)
class GaussianMixture(Code):
    """The law sum_k weights[k] N(means[k], covariances[k]) on R^d.

    Covariances may be singular; ``points`` builds the case where all are zero, a data set.
    Entries given as rationals (int, Fraction, SymPy Rational, Decimal, ``"1/3"``) are remembered
    as such for the exact method.

    Attributes:
        weights: (K,), non-negative, with sum 1.
        means: (K, d).
        covariances: (K, d, d), symmetric positive semidefinite.
        scales: (K, d), square roots of the covariances' eigenvalues.
        bases: (K, d, d), orthonormal eigenvectors in columns; None when every covariance is
            diagonal, and ``scales`` are the standard deviations of the coordinates.
        given: weights, means and covariances as they were given.

    Raises:
        InputError: naming the parameter and the entry that cannot be used.
    """

    weights: FloatArray
    means: FloatArray
    covariances: FloatArray
    scales: FloatArray
    bases: FloatArray | None
    given: tuple[Array, Array, Array]

    def __init__(self, weights: Any, means: Any, covariances: Any) -> None:
        m = array(means, "means", ("K", "d"))
        w = array(weights, "weights", ("K",))
        c = array(covariances, "covariances", ("K", "d", "d"))
        _check_shapes(m, w, "means")
        count, dim = m.floats.shape
        if c.floats.shape != (count, dim, dim):
            raise InputError(
                f"covariances: expected shape {(count, dim, dim)} to go with the means, "
                f"found {c.floats.shape}"
            )
        scales, bases = _eigen(c.floats)
        self._set(w, m, c, scales, bases)

    @classmethod
    def points(cls, points: Any, weights: Any = None) -> GaussianMixture:
        """The empirical law of ``points`` (K, d), equally weighted unless ``weights`` (K,)."""
        p = array(points, "points", ("K", "d"))
        count, dim = p.floats.shape
        w = array([Fraction(1, count)] * count if weights is None else weights, "weights", ("K",))
        _check_shapes(p, w, "points")
        # Views of one zero: a large data set must not pay for K matrices of zeros.
        zero = Array(np.broadcast_to(0.0, (count, dim, dim)), np.broadcast_to(0, (count, dim, dim)))
        mixture = object.__new__(cls)
        mixture._set(w, p, zero, np.zeros((count, dim)), None)
        return mixture

    def _set(
        self, w: Array, m: Array, c: Array, scales: FloatArray, bases: FloatArray | None
    ) -> None:
        w = _normalised(w)
        for name, value in {
            "given": (w, m, c),
            "weights": w.floats,
            "means": m.floats,
            "covariances": c.floats,
            "scales": scales,
            "bases": bases,
        }.items():
            object.__setattr__(self, name, value)

    @property
    def components(self) -> int:
        """The number K of components."""
        return len(self.weights)

    @property
    def dim(self) -> int:
        """The dimension d."""
        return int(self.means.shape[1])

    @cached_property
    def spheres(self) -> Spheres:
        """The components as factors of products of matrices, where ``by_products``."""
        return Spheres(self)

    @cached_property
    def spread(self) -> bool:
        """Whether any component is more than a point."""
        return bool(self.scales.any())

    @cached_property
    def by_products(self) -> bool:
        """Whether products of matrices are the way to the posterior."""
        return Spheres.fit(self)

    @property
    def rational(self) -> bool:
        """Whether every parameter was given as a rational."""
        return all(part.rational for part in self.given)

    def exact(self) -> tuple[ObjectArray, ObjectArray, ObjectArray]:
        """Weights, means and covariances as arrays of ``Fraction``; the weights sum to 1.

        A float counts as the dyadic rational that it is.
        """
        w, m, c = (part.fractions() for part in self.given)
        return w / w.sum(), m, (c + c.transpose(0, 2, 1)) / 2

    def mean(self) -> FloatArray:
        """E z, shape (d,)."""
        return np.asarray(self.weights @ self.means)

    @cached_property
    def mean_square(self) -> float:
        """E||z||^2, infinite where it overflows."""
        with np.errstate(over="ignore"):
            squares = (self.means**2).sum(axis=1)
            if self.spread:
                squares = squares + (self.scales**2).sum(axis=1)
            return float((self.weights * squares).sum() / self.weights.sum())

    def second_moment(self) -> FloatArray:
        """E z z^T, shape (d, d)."""
        outer = (self.means.T * self.weights) @ self.means
        if not self.spread:
            return outer
        return np.asarray(outer + np.tensordot(self.weights, self.covariances, axes=1))

    def log_density(self, x: Any) -> FloatArray:
        """log p(x) for ``x`` (N, d), shape (N,).

        Raises ``InputError`` when a component is singular.
        """
        _, points = batch(0.0, x, self.dim)
        for k in np.flatnonzero((self.scales == 0).any(axis=1)):
            raise InputError(
                f"no density with respect to Lebesgue measure: covariances[{k}] is singular"
            )
        one, zero = np.ones(1), np.zeros(1)
        return np.concatenate(
            [
                Posterior(self, one, zero, points[rows]).log_density()
                for rows in chunks(len(points), self.means.size)
            ]
        )

    def from_noise(self, u: FloatArray, normals: FloatArray) -> FloatArray:
        """Points (n, d) made of ``u`` (n,), uniform on [0, 1), which picks the component, and
        ``normals`` (n, d), standard normal, which places the point in it.

        What plain and quasi-random sampling have in common.
        """
        return self.placed(pick(self.weights, u), normals)

    def placed(self, chosen: IntArray, normals: FloatArray) -> FloatArray:
        """Points (n, d) in the components ``chosen`` (n,), where ``normals`` (n, d) put them."""
        if not self.spread:
            return np.asarray(self.means[chosen])
        local = self.scales[chosen] * normals
        if self.bases is not None:
            for k in np.unique(chosen):
                rows = chosen == k
                local[rows] = local[rows] @ self.bases[k].T
        return np.asarray(self.means[chosen] + local)

    def sample(self, n: int, rng: np.random.Generator) -> FloatArray:
        """Draw ``n`` independent points, shape (n, d)."""
        return self.from_noise(rng.random(n), rng.standard_normal((n, self.dim)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GaussianMixture) and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("weights", "means", "covariances")
        )

    def __hash__(self) -> int:
        return hash((self.weights.tobytes(), self.means.tobytes()))

    def __repr__(self) -> str:
        """Code that rebuilds the mixture, unless it would fill pages with numbers."""
        w, m, c = self.given
        points = not self.spread
        if m.floats.size + (0 if points else c.floats.size) > _REPR_LIMIT:
            return f"<GaussianMixture of {self.components} components in dimension {self.dim}>"
        if points:
            return f"GaussianMixture.points({m.source()}, weights={w.source()})"
        return f"GaussianMixture({w.source()}, {m.source()}, {c.source()})"


def pick(weights: FloatArray, u: FloatArray) -> IntArray:
    """The components (n,) that ``u`` (n,), uniform on [0, 1), picks by ``weights`` (K,)."""
    edges = np.cumsum(weights)
    chosen = np.searchsorted(edges / edges[-1], u, side="right")
    return np.minimum(chosen, len(weights) - 1)


def _check_shapes(m: Array, w: Array, name: str) -> None:
    count = len(m.floats)
    if w.floats.shape != (count,):
        raise InputError(
            f"weights: expected {count} entries, one for each row of {name}, found {w.floats.size}"
        )


def _normalised(w: Array) -> Array:
    values = w.floats
    if (values < 0).any():
        k = int(np.argmin(values))
        raise InputError(f"weights[{k}]: expected a non-negative number, found {values[k]:g}")
    total = values.sum()
    if abs(total - 1) > _WEIGHT_TOLERANCE:
        raise InputError(f"weights: expected the sum 1, found {total:.10g}")
    return w


def _eigen(covariances: FloatArray) -> tuple[FloatArray, FloatArray | None]:
    """Square roots of the eigenvalues, and eigenvectors unless all matrices are diagonal."""
    dim = len(covariances[0])
    size = np.abs(covariances).max(axis=(1, 2))
    skew = np.abs(covariances - covariances.transpose(0, 2, 1))
    for k, i, j in np.argwhere(skew > _SYMMETRY_TOLERANCE * size[:, None, None]):
        raise InputError(
            f"covariances[{k}]: expected a symmetric matrix, found "
            f"{covariances[k, i, j]:g} at [{i}][{j}] and {covariances[k, j, i]:g} at [{j}][{i}]"
        )
    values = np.einsum("kii->ki", covariances)
    bases: FloatArray | None = None
    if np.count_nonzero(covariances) > np.count_nonzero(values):
        values, bases = np.linalg.eigh(covariances)
        # An eigenvalue that rounding alone explains is zero: the matrix is singular.
        noise = 4 * dim * np.finfo(np.float64).eps * size[:, None]
        values = np.where(np.abs(values) <= noise, 0.0, values)
    for k in np.flatnonzero((values < 0).any(axis=1)):
        raise InputError(
            f"covariances[{k}]: expected a positive semidefinite matrix, "
            f"found the eigenvalue {values[k].min():g}"
        )
    return np.sqrt(values), bases
