"""A mixture and its path frozen at one time: fast marginal quantities on many points.

The formulas are those of :class:`fmproof.models.posterior.Posterior`; here the time is common to
all points, so that a batch costs two matrix products and one exponential per component.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem


class Snapshot:
    """Everything about ``problem`` at time ``t`` that does not depend on x.

    Attributes:
        centres: (K, d), alpha mu_k.
        scales: (K, d), standard deviations of p_t(x given k) along the columns of ``bases``.
        bases: (K, d, d), orthonormal columns.
    """

    def __init__(self, problem: Problem, t: float) -> None:
        path, data = problem.path, problem.data
        self.problem, self.t = problem, t
        self.alpha, self.beta = float(path.alpha(t)), float(path.beta(t))
        self.dalpha, self.dbeta = float(path.dalpha(t)), float(path.dbeta(t))
        self.centres = self.alpha * data.means
        self.scales = np.hypot(self.alpha * data.scales, self.beta)
        eye = np.broadcast_to(np.eye(data.dim), (data.components, data.dim, data.dim))
        self.bases = eye if data.bases is None else data.bases

    def frame(self, members: npt.NDArray[np.intp], origin: int) -> Frame:
        """The components ``members`` (indices) seen from the centre of component ``origin``."""
        return Frame(self, members, origin)


class Marginal(NamedTuple):
    """A sub-mixture's marginal path at ``n`` points: density (n,), velocity (n, d).

    ``variance`` (n,) is tr Cov(u_t(x given Z) given X_t = x), None unless it was asked for.
    """

    density: FloatArray
    velocity: FloatArray
    variance: FloatArray | None


class Frame:
    """Some components of a snapshot, in coordinates y = x - centre of one of them.

    Differences of means are taken before they are scaled by alpha, so that narrow components
    far from zero keep their digits.
    """

    def __init__(self, at: Snapshot, members: npt.NDArray[np.intp], origin: int) -> None:
        data = at.problem.data
        scales, bases, sigma = at.scales[members], at.bases[members], data.scales[members]
        self.dim, self.size = data.dim, len(members)
        share = sigma / scales
        gains = at.dalpha * at.alpha * share * sigma + at.dbeta * (at.beta / scales)
        # Rows run over (axis, component): points along the last axis keep numpy's loops long.
        self._whiten = (bases / scales[:, None, :]).transpose(2, 0, 1).reshape(-1, self.dim)
        offsets = at.alpha * (data.means[members] - data.means[origin])
        self._offsets = (np.einsum("ki,kij->kj", offsets, bases) / scales).T.reshape(-1, 1)
        self._back = (gains[:, None, :] * bases).transpose(1, 2, 0)  # (d, axis, component)
        self._drift = (at.dalpha * data.means[members]).T
        self._within = (((at.dalpha * at.beta - at.dbeta * at.alpha) * share) ** 2).sum(axis=1)
        with np.errstate(divide="ignore"):
            self._constants = (
                np.log(data.weights[members])
                - np.log(scales).sum(axis=1)
                - 0.5 * self.dim * np.log(2 * np.pi)
            )

    def place(self, y: FloatArray) -> Placed:
        """Whiten a batch ``y`` (n, d) of points."""
        white = self._whiten @ y.T
        white -= self._offsets
        white = white.reshape(self.dim, self.size, -1)
        log_terms = np.einsum("ikn,ikn->kn", white, white)
        log_terms *= -0.5
        log_terms += self._constants[:, None]
        return Placed(self, white, log_terms)


class Placed:
    """Points in a frame, whitened: ``white`` (d, K, n), ``log_terms`` (K, n)."""

    def __init__(self, frame: Frame, white: FloatArray, log_terms: FloatArray) -> None:
        self._frame, self._white, self._log_terms = frame, white, log_terms

    def marginal(self, count: int, variance: bool) -> Marginal:
        """The marginal path of the sub-mixture of the frame's first ``count`` components."""
        frame, white, log_terms = self._frame, self._white[:, :count], self._log_terms[:count]
        top = log_terms.max(axis=0)
        terms = log_terms - top
        np.exp(terms, out=terms)
        total = terms.sum(axis=0)
        density = np.exp(top) * total
        terms /= total
        back, drift = frame._back[:, :, :count], frame._drift[:, :count]
        pulled = (terms * white).reshape(-1, len(top))
        velocity = back.reshape(frame.dim, -1) @ pulled + drift @ terms
        if not variance:
            return Marginal(density, velocity.T, None)
        spread = np.repeat(frame._within[:count, None], len(top), axis=1)
        for i in range(frame.dim):
            means = np.einsum("jkn,jk->kn", white, back[i])
            means += drift[i, :, None] - velocity[i]
            spread += means**2
        return Marginal(density, velocity.T, np.einsum("kn,kn->n", terms, spread))
