"""The posterior of isotropic components where the noise is small beside their distances.

Only components near x matter there. Products of matrices, with the error that they have, tell which
those may be; these are evaluated by differences, as :class:`fmproof.models.posterior.Posterior`
does for all.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import refuse_point_masses

if TYPE_CHECKING:
    from fmproof.models.mixture import GaussianMixture

_NOTHING = 746.0  # exp(-746) is 0


class NearPosterior:
    """Closed forms at a batch of points; arguments, methods and results as of ``Posterior``."""

    def __init__(
        self, data: GaussianMixture, alpha: FloatArray, beta: FloatArray, x: FloatArray
    ) -> None:
        self.data = data
        alpha, beta = (np.broadcast_to(v, (len(x),)) for v in (alpha, beta))
        scale = np.hypot(alpha[:, None] * data.spheres.sigma, beta[:, None])
        refuse_point_masses(scale, alpha, beta)
        # Pairs of a point and a component that may matter to it, point after point, (P,) each.
        self._rows, self._members = np.nonzero(_candidates(data, alpha, x, scale))
        self._starts = np.searchsorted(self._rows, np.arange(len(x)))
        self._alpha, self._beta = alpha[self._rows, None], beta[self._rows, None]
        self._sigma = data.scales[self._members, :1]
        self._scale = np.hypot(self._alpha * self._sigma, self._beta)
        self._white = (x[self._rows] - self._alpha * data.means[self._members]) / self._scale

    @cached_property
    def _log_terms(self) -> FloatArray:
        """(P,)."""
        with np.errstate(divide="ignore", over="ignore"):
            log_weights = np.log(self.data.weights[self._members])
            log_scale = np.log(self._scale[:, 0]) + 0.5 * np.log(2 * np.pi)
            squares = np.einsum("pd,pd->p", self._white, self._white)
            return np.asarray(log_weights - self.data.dim * log_scale - 0.5 * squares)

    def _largest(self) -> FloatArray:
        return np.asarray(np.maximum.reduceat(self._log_terms, self._starts))

    def _sum(self, terms: FloatArray) -> FloatArray:
        """Of pairs (P, ...), the sums over the components."""
        return np.asarray(np.add.reduceat(terms, self._starts))

    def log_density(self) -> FloatArray:
        """log p(x), (n,); -inf where it underflows."""
        top = np.maximum(self._largest(), -np.finfo(np.float64).max)
        with np.errstate(divide="ignore"):
            return np.asarray(top + np.log(self._sum(np.exp(self._log_terms - top[self._rows]))))

    @cached_property
    def _weights(self) -> FloatArray:
        """P(component given x) of the pairs, (P,)."""
        with np.errstate(invalid="ignore"):
            terms = np.exp(self._log_terms - self._largest()[self._rows])
        return np.asarray(terms / self._sum(terms)[self._rows])

    @property
    def responsibilities(self) -> FloatArray:
        """P(component k given x), (n, K)."""
        found = np.zeros((len(self._starts), self.data.components))
        found[self._rows, self._members] = self._weights
        return found

    def velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x], (n, d)."""
        return self._sum(self._weights[:, None] * self._velocities(dalpha, dbeta))

    def variance(self, dalpha: FloatArray, dbeta: FloatArray, pointwise: bool = True) -> FloatArray:
        """tr Cov(dalpha z + dbeta eps given x), (n,)."""
        velocities = self._velocities(dalpha, dbeta)
        centre = self._sum(self._weights[:, None] * velocities)
        gap = velocities - centre[self._rows]
        determinant = self._each(dalpha) * self._beta - self._each(dbeta) * self._alpha
        within = self.data.dim * (determinant * (self._sigma / self._scale))[:, 0] ** 2
        return self._sum(self._weights * (within + np.einsum("pd,pd->p", gap, gap)))

    def _velocities(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x, k] of the pairs, (P, d)."""
        da, db, sigma = self._each(dalpha), self._each(dbeta), self._sigma
        gain = da * (self._alpha * sigma / self._scale) * sigma + db * (self._beta / self._scale)
        return np.asarray(da * self.data.means[self._members] + gain * self._white)

    def _each(self, values: FloatArray) -> FloatArray:
        """(n,) or (1,) to (P, 1)."""
        return np.broadcast_to(values, (len(self._starts),))[self._rows, None]


def _candidates(
    data: GaussianMixture, alpha: FloatArray, x: FloatArray, scale: FloatArray
) -> FloatArray:
    """Which of the components (n, K) may have a weight that is not 0, at least one for each point.

    ``scale`` (n, K) or (n, 1) are the standard deviations of x in each component.
    """
    spheres, dim = data.spheres, data.dim
    centred = x - alpha[:, None] * spheres.centre
    lengths = np.einsum("nd,nd->n", centred, centred)[:, None]
    square = (-2 * alpha[:, None]) * (centred @ spheres.means.T)
    square += lengths
    square += alpha[:, None] ** 2 * spheres.squares
    size = (np.sqrt(lengths) + alpha[:, None] * spheres.longest) ** 2
    error = np.finfo(np.float64).eps * (np.sqrt(dim) + 4) * size
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        rest = spheres.log_weights - dim * np.log(scale)
        most = rest - 0.5 * (np.maximum(square - error, 0) / scale) / scale
        least = rest - 0.5 * ((square + error) / scale) / scale
        found = np.asarray(most >= least.max(axis=1, keepdims=True) - _NOTHING)
    found[~found.any(axis=1), 0] = True
    return found
