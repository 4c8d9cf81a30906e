"""The law of (z, eps) given x = alpha z + beta eps, when z has a Gaussian mixture law."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray

if TYPE_CHECKING:
    from fmproof.models.mixture import GaussianMixture

_CHUNK = 2**17  # numbers in one temporary array, about what a cache holds


def chunks(rows: int, numbers_per_row: int, numbers: int = 0) -> Iterator[slice]:
    """Slices of ``rows`` short enough that temporary arrays stay near 1 MB each, or ``numbers``."""
    step = max(1, (numbers or _CHUNK) // numbers_per_row)
    for start in range(0, max(rows, 1), step):
        yield slice(start, start + step)


class Posterior:
    """Closed forms at a batch of points, in the eigenbasis of each component's covariance.

    There x has the standard deviation s = hypot(alpha sigma, beta): standard deviations, never
    variances, so that a tiny beta does not underflow.

    Args:
        alpha, beta: (n,), or (1,) when all points share one time.
        x: (n, d).

    Raises:
        InputError: when s = 0 somewhere, where x has no density.
    """

    def __init__(
        self, data: GaussianMixture, alpha: FloatArray, beta: FloatArray, x: FloatArray
    ) -> None:
        self.data = data
        self.alpha = alpha[:, None, None]
        self.beta = beta[:, None, None]
        self.sigma = compact(data.scales)
        self.scale = np.hypot(self.alpha * self.sigma, self.beta)
        refuse_point_masses(self.scale.min(axis=2), alpha, beta)
        centred = x[:, None, :] - self.alpha * data.means
        if data.bases is not None:
            centred = _rotate(centred, data.bases)
        self.white = centred / self.scale

    @cached_property
    def _log_terms(self) -> FloatArray:
        with np.errstate(divide="ignore"):
            log_weights = np.log(self.data.weights)
        log_scale = self._sum(np.log(self.scale)) + 0.5 * self.data.dim * np.log(2 * np.pi)
        with np.errstate(over="ignore"):
            return np.asarray(log_weights - log_scale - 0.5 * (self.white**2).sum(axis=2))

    def log_density(self) -> FloatArray:
        """log p(x), (n,); -inf where it underflows."""
        top = np.maximum(self._log_terms.max(axis=1), -np.finfo(np.float64).max)
        with np.errstate(divide="ignore"):
            return np.asarray(top + np.log(np.exp(self._log_terms - top[:, None]).sum(axis=1)))

    @cached_property
    def responsibilities(self) -> FloatArray:
        """P(component k given x), (n, K); nan where all densities underflow even as logarithms."""
        with np.errstate(invalid="ignore"):
            terms = np.exp(self._log_terms - self._log_terms.max(axis=1, keepdims=True))
        return np.asarray(terms / terms.sum(axis=1, keepdims=True))

    def mean(self, marks: FloatArray) -> FloatArray:
        """E[marks of the component given x], (n,), for ``marks`` (K,)."""
        return np.asarray(self.responsibilities @ marks)

    def velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x], (n, d)."""
        means = self._component_velocity(dalpha, dbeta)
        return np.asarray(np.einsum("nk,nkd->nd", self.responsibilities, means))

    def variance(self, dalpha: FloatArray, dbeta: FloatArray, pointwise: bool = True) -> FloatArray:
        """tr Cov(dalpha z + dbeta eps given x), (n,): within plus between the components.

        Along an eigenvector, x leaves (z, eps) one degree of freedom, in which
        dalpha z + dbeta eps has the standard deviation |dalpha beta - dbeta alpha| sigma / s.
        """
        determinant = dalpha[:, None, None] * self.beta - dbeta[:, None, None] * self.alpha
        within = self._sum((determinant * (self.sigma / self.scale)) ** 2)
        means = self._component_velocity(dalpha, dbeta)
        centre = np.einsum("nk,nkd->nd", self.responsibilities, means)
        between = ((means - centre[:, None, :]) ** 2).sum(axis=2)
        return np.asarray((self.responsibilities * (within + between)).sum(axis=1))

    def _component_velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x, k], (n, K, d)."""
        da, db = dalpha[:, None, None], dbeta[:, None, None]
        sigma = self.sigma
        gain = da * (self.alpha * sigma / self.scale) * sigma + db * (self.beta / self.scale)
        local = gain * self.white
        if self.data.bases is not None:
            local = _rotate(local, self.data.bases.transpose(0, 2, 1))
        return np.asarray(da * self.data.means + local)

    def _sum(self, values: FloatArray) -> FloatArray:
        """The sum over the d coordinates of what may be stored once for all of them."""
        return np.asarray(values.sum(axis=2) * (self.data.dim / values.shape[2]))


def refuse_point_masses(scale: FloatArray, alpha: FloatArray, beta: FloatArray) -> None:
    """Raise ``InputError`` where the least standard deviation of a component, ``scale`` (n, K) or
    (n, 1), is 0."""
    for i, k in np.argwhere(scale == 0):
        raise InputError(
            "no density with respect to Lebesgue measure: component "
            f"{k} is singular where alpha = {alpha[i]:g} and beta = {beta[i]:g}"
        )


def compact(scales: FloatArray) -> FloatArray:
    """Scales (K, d) with the axes along which they are constant shrunk to 1."""
    if (scales == scales[:, :1]).all():
        scales = scales[:, :1]
    return scales[:1] if (scales == scales[:1]).all() else scales


def _rotate(vectors: FloatArray, bases: FloatArray) -> FloatArray:
    """Coordinates (n, K, d) along the columns of ``bases`` (K, d, d)."""
    return (vectors.transpose(1, 0, 2) @ bases).transpose(1, 0, 2)
