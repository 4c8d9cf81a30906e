"""A mixture and its path frozen at some times: fast marginal quantities on many points.

The formulas are those of :class:`fmproof.models.posterior.Posterior`; here the points of a slice
have their time in common, so that a batch of slices costs two matrix products and one exponential
per component.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fmproof.losses.lattice import IntArray
from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.problem import Problem


class Slices:
    """Everything about ``problem`` at ``times`` (T,) that does not depend on x.

    Attributes:
        t, alpha, beta, dalpha, dbeta: (T,).
        centres: (T, K, d), alpha mu_k.
        scales: (T, K, d), standard deviations of p_t(x given k) along the columns of ``bases``.
        bases: (K, d, d), orthonormal columns; None where they are the axes.
    """

    def __init__(self, problem: Problem, times: FloatArray) -> None:
        path, data = problem.path, problem.data
        self.problem, self.t, self.bases = problem, times, data.bases
        self.alpha, self.beta = path.alpha(times), path.beta(times)
        self.dalpha, self.dbeta = path.dalpha(times), path.dbeta(times)
        self.centres = self.alpha[:, None, None] * data.means
        self.scales = np.hypot(self.alpha[:, None, None] * data.scales, self.beta[:, None, None])

    def __len__(self) -> int:
        return len(self.t)

    @property
    def square(self) -> FloatArray:
        """E||u_t(x given z)||^2, (T,): how large squares of velocities are."""
        data = self.problem.data
        found = self.dalpha**2 * data.mean_square + self.dbeta**2 * data.dim
        return np.asarray(found)

    def subset(self, rows: BoolArray) -> Slices:
        """Those of the slices that are marked in ``rows`` (T,)."""
        return Slices(self.problem, self.t[rows])


class Marginal(NamedTuple):
    """The marginal path of B sub-mixtures at n points each: density (B, n), velocity (B, d, n).

    ``variance`` (B, n) is tr Cov(u_t(x given Z) given X_t = x), None unless it was asked for.
    """

    density: FloatArray
    velocity: FloatArray
    variance: FloatArray | None


class Frames:
    """B sub-mixtures of k components, each in coordinates y = x - centre of one of them.

    Differences of means are taken before they are scaled by alpha, so that narrow components
    far from zero keep their digits.

    Args:
        rows: (B,) the slice that each is taken from.
        members: (B, k) its components.
        origins: (B,) the component in whose centre y = 0.
    """

    def __init__(self, at: Slices, rows: IntArray, members: IntArray, origins: IntArray) -> None:
        data = at.problem.data
        scales, sigma = at.scales[rows[:, None], members], data.scales[members]
        means, constants = data.means[members], data.weights[members]
        alpha, beta, dalpha, dbeta = (
            a[rows, None, None] for a in (at.alpha, at.beta, at.dalpha, at.dbeta)
        )
        self.dim = data.dim
        if at.bases is None:
            bases = np.broadcast_to(np.eye(self.dim), (*members.shape, self.dim, self.dim))
        else:
            bases = at.bases[members]
        share = sigma / scales
        gains = dalpha * alpha * share * sigma + dbeta * (beta / scales)
        # (B, axis, component, ...): points along the last axis keep numpy's loops long. Whitened
        # coordinates are over sqrt(2): their squares are the exponents.
        root = np.sqrt(2.0)
        self._whiten = (bases / (root * scales[:, :, None])).transpose(0, 3, 1, 2)
        offsets = alpha * (means - data.means[origins, None])
        offsets = offsets[:, :, None] @ bases
        self._offsets = (offsets[:, :, 0] / (root * scales)).transpose(0, 2, 1)
        self._back = root * (gains[:, :, None] * bases).transpose(0, 2, 3, 1)  # (B, d, axis, k)
        self._drift = (dalpha * means).transpose(0, 2, 1)
        self._within = (((dalpha * beta - dbeta * alpha) * share) ** 2).sum(axis=2)
        with np.errstate(divide="ignore"):
            self._constants = (
                np.log(constants) - np.log(scales).sum(axis=2) - 0.5 * self.dim * np.log(2 * np.pi)
            )

    def place(self, y: FloatArray, rows: IntArray) -> Placed:
        """Whiten a batch ``y`` (R, d, n) of points for the sub-mixtures ``rows`` (R,)."""
        whiten = self._whiten[rows]
        white = whiten.reshape(len(y), -1, self.dim) @ y
        white = white.reshape(*whiten.shape[:3], -1)
        white -= self._offsets[rows, :, :, None]
        halves = np.einsum("rikn,rikn->rkn", white, white)
        log_terms = np.subtract(self._constants[rows, :, None], halves, out=halves)
        return Placed(white, log_terms, self._back[rows], self._drift[rows], self._within[rows])


class Placed(NamedTuple):
    """Points in R frames, whitened: ``white`` (R, axis, k, n), ``log_terms`` (R, k, n).

    The other attributes are the frames': see :class:`Frames`.
    """

    white: FloatArray
    log_terms: FloatArray
    back: FloatArray
    drift: FloatArray
    within: FloatArray

    def marginal(self, count: int, variance: bool) -> Marginal:
        """The marginal path of the sub-mixtures of the frames' first ``count`` components."""
        white, log_terms = self.white[:, :, :count], self.log_terms[:, :count]
        back, drift = self.back[..., :count], self.drift[..., :count]
        frames, dim, _, points = white.shape
        top = log_terms.max(axis=1, keepdims=True)
        terms = log_terms - top
        np.exp(terms, out=terms)
        total = terms.sum(axis=1, keepdims=True)
        density = (np.exp(top) * total)[:, 0]
        pulled = (terms[:, None] * white).reshape(frames, -1, points)
        velocity = back.reshape(frames, dim, -1) @ pulled
        velocity += drift @ terms
        velocity /= total
        if not variance:
            return Marginal(density, velocity, None)
        spread = np.repeat(self.within[:, :count, None], points, axis=2)
        for i in range(dim):
            means = np.einsum("rjkn,rjk->rkn", white, back[:, i])
            means += drift[:, i, :, None]
            means -= velocity[:, i, None]
            means *= means
            spread += means
        spread = np.einsum("rkn,rkn->rn", terms, spread) / total[:, 0]
        return Marginal(density, velocity, spread)
