"""The posterior of points and isotropic components by matrix products.

The same law as :class:`fmproof.models.posterior.Posterior`, without arrays of shape (n, K, d):
squared distances come from one product of matrices, means from another. Products lose digits where
distances are small beside lengths, so rows that would lose too many are computed by differences.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import Posterior, chunks

if TYPE_CHECKING:
    from fmproof.models.mixture import GaussianMixture

_LEAST = 256  # numbers in the means from which on products pay off
_LOGARITHM = 1e-10  # error of the logarithms of the weights that is let be
_CANCELLED = 1e-4  # share of the second moment below which a variance is computed anew


class IsotropicPosterior:
    """Closed forms at a batch of points; arguments, methods and results as of ``Posterior``.

    Not to be used where ``rough``.
    """

    def __init__(
        self, data: GaussianMixture, alpha: FloatArray, beta: FloatArray, x: FloatArray
    ) -> None:
        self.data, self.x = data, x
        self.alpha = np.broadcast_to(alpha, (len(x),))[:, None]
        self.beta = np.broadcast_to(beta, (len(x),))[:, None]
        self.sigma = data.scales[:, 0] if data.scales.any() else data.scales[:1, 0]
        self.scale = np.hypot(self.alpha * self.sigma, self.beta)

    @staticmethod
    def fits(data: GaussianMixture) -> bool:
        """Whether the components are isotropic, and so many that products pay off."""
        isotropic = data.bases is None and bool((data.scales == data.scales[:, :1]).all())
        return isotropic and data.means.size >= _LEAST

    @cached_property
    def _squares(self) -> FloatArray:
        return np.asarray(np.einsum("kd,kd->k", self.data.means, self.data.means))

    @cached_property
    def _products(self) -> FloatArray:
        """x·m_k, (n, K)."""
        return np.asarray(self.x @ self.data.means.T)

    @cached_property
    def _lengths(self) -> FloatArray:
        """|x|^2, (n, 1)."""
        return np.asarray(np.einsum("nd,nd->n", self.x, self.x)[:, None])

    @cached_property
    def rough(self) -> bool:
        """Whether products are too inaccurate for the weights somewhere in this batch."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            size = self._lengths + self.alpha**2 * self._squares.max()
            least = self.scale.min(axis=1, keepdims=True)
            error = np.finfo(np.float64).eps * (np.sqrt(self.data.dim) + 4) * size / least**2
        return not bool((error <= _LOGARITHM).all())

    @cached_property
    def _log_terms(self) -> FloatArray:
        square = self._lengths - 2 * self.alpha * self._products + self.alpha**2 * self._squares
        with np.errstate(divide="ignore"):
            log_weights = np.log(self.data.weights)
        log_scale = self.data.dim * (np.log(self.scale) + 0.5 * np.log(2 * np.pi))
        return np.asarray(log_weights - log_scale - 0.5 * np.maximum(square, 0) / self.scale**2)

    def log_density(self) -> FloatArray:
        """log p(x), (n,)."""
        top = self._log_terms.max(axis=1)
        return np.asarray(top + np.log(np.exp(self._log_terms - top[:, None]).sum(axis=1)))

    @cached_property
    def responsibilities(self) -> FloatArray:
        """P(component k given x), (n, K)."""
        terms = np.exp(self._log_terms - self._log_terms.max(axis=1, keepdims=True))
        return np.asarray(terms / terms.sum(axis=1, keepdims=True))

    def _factors(self, dalpha: FloatArray, dbeta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """a and g with E[dalpha z + dbeta eps given x, k] = a m_k + g x, (n, K) or (n, 1)."""
        gain = dalpha[:, None] * self.alpha * self.sigma**2 + dbeta[:, None] * self.beta
        gain = gain / self.scale**2
        return dalpha[:, None] - self.alpha * gain, gain

    def velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x], (n, d)."""
        a, gain = self._factors(dalpha, dbeta)
        weights = self.responsibilities
        own = (weights * gain).sum(axis=1)[:, None]
        return np.asarray((weights * a) @ self.data.means + own * self.x)

    def variance(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """tr Cov(dalpha z + dbeta eps given x), (n,)."""
        weights = self.responsibilities
        a, gain = self._factors(dalpha, dbeta)
        determinant = dalpha[:, None] * self.beta - dbeta[:, None] * self.alpha
        within = self.data.dim * (determinant * (self.sigma / self.scale)) ** 2
        lengths = a**2 * self._squares + 2 * a * gain * self._products + gain**2 * self._lengths
        second = (weights * lengths).sum(axis=1)
        centre = self.velocity(dalpha, dbeta)
        between = second - np.einsum("nd,nd->n", centre, centre)
        found = (weights * within).sum(axis=1) + np.maximum(between, 0)
        scale = second + (gain**2 * self._lengths).max(axis=1)
        anew = np.flatnonzero(~(found > _CANCELLED * scale))
        for some in chunks(len(anew), self.data.means.size):
            rows = anew[some]
            if len(rows):
                da, db = (v[rows] if len(v) > 1 else v for v in (dalpha, dbeta))
                alpha, beta = self.alpha[rows, 0], self.beta[rows, 0]
                found[rows] = Posterior(self.data, alpha, beta, self.x[rows]).variance(da, db)
        return np.asarray(found)
