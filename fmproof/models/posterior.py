"""Z and eps given X_t = x, for x = alpha z + beta eps with z from a Gaussian mixture."""

from __future__ import annotations

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.models.mixture import GaussianMixture


class Posterior:
    """The law of (z, eps) given x at ``n`` points, each with its own alpha and beta.

    In the eigenbasis of component k, x has the standard deviations s = hypot(alpha sigma, beta),
    never the variances, so that tiny beta does not underflow.

    Shapes: alpha, beta (n,); x (n, d).
    """

    def __init__(
        self, data: GaussianMixture, alpha: FloatArray, beta: FloatArray, x: FloatArray
    ) -> None:
        self.data = data
        self.alpha = alpha[:, None, None]
        self.beta = beta[:, None, None]
        self.scale = np.hypot(self.alpha * data.scales, self.beta)
        if not self.scale.all():
            i, k, _ = np.argwhere(self.scale == 0)[0]
            raise InputError(
                "no density with respect to Lebesgue measure: component "
                f"{k} is singular at alpha = {alpha[i]:g}, beta = {beta[i]:g}"
            )
        centred = x[:, None, :] - self.alpha * data.means
        if data.bases is not None:
            centred = np.einsum("nki,kij->nkj", centred, data.bases)
        self.white = centred / self.scale
        with np.errstate(divide="ignore"):
            log_weights = np.log(data.weights)
        d = data.dim
        self.log_terms = (
            log_weights
            - 0.5 * (self.white**2).sum(axis=2)
            - np.log(self.scale).sum(axis=2)
            - 0.5 * d * np.log(2 * np.pi)
        )

    def log_density(self) -> FloatArray:
        """log p_t(x), (n,)."""
        top = self.log_terms.max(axis=1)
        return top + np.log(np.exp(self.log_terms - top[:, None]).sum(axis=1))

    def responsibilities(self) -> FloatArray:
        """P(component k given x), (n, K)."""
        return np.exp(self.log_terms - self.log_density()[:, None])

    def component_velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """E[dalpha z + dbeta eps given x, k], (n, K, d)."""
        da, db = dalpha[:, None, None], dbeta[:, None, None]
        sigma = self.data.scales
        gain = da * (self.alpha * sigma / self.scale) * sigma + db * (self.beta / self.scale)
        local = gain * self.white
        if self.data.bases is not None:
            local = np.einsum("nki,kji->nkj", local, self.data.bases)
        return da * self.data.means + local

    def velocity(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """u_t(x) = E[dalpha z + dbeta eps given x], (n, d)."""
        means = self.component_velocity(dalpha, dbeta)
        return np.einsum("nk,nkd->nd", self.responsibilities(), means)

    def variance(self, dalpha: FloatArray, dbeta: FloatArray) -> FloatArray:
        """tr Cov(dalpha z + dbeta eps given x), (n,): within plus between the components.

        Given x and k, along an eigenvector, (z, eps) has one degree of freedom left, and
        dalpha z + dbeta eps the standard deviation |dalpha beta - dbeta alpha| sigma / s.
        """
        da, db = dalpha[:, None, None], dbeta[:, None, None]
        weights = self.responsibilities()
        spread = (da * self.beta - db * self.alpha) * (self.data.scales / self.scale)
        within = (spread**2).sum(axis=2)
        means = self.component_velocity(dalpha, dbeta)
        centre = np.einsum("nk,nkd->nd", weights, means)
        between = ((means - centre[:, None, :]) ** 2).sum(axis=2)
        return (weights * (within + between)).sum(axis=1)
