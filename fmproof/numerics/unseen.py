"""What random samples may all have missed: their spread would not tell.

Replicates that miss a rare component, or a thin layer in time, agree with one another and not with
the truth.
"""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem

# What matters is at least this share of the whole, and what is expected in fewer samples than
# that may have been missed.
_HEAVY = 0.05
_FEW = 20


class Unseen:
    """What is not seen of a problem by a number of samples."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        shares = np.geomspace(1e-300, 0.5, 3000)  # of the time law, from either end
        self._shares = shares
        early, late = self._variance(shares), self._variance(1 - shares)
        steps = np.diff(shares, prepend=0.0)
        # Left of a node it is taken for what it is at the node: the layers are far wider.
        self._early, self._late = np.cumsum(early * steps), np.cumsum(late * steps)

    def components(self, samples: int) -> bool:
        """Whether a component that matters is too rare to have been drawn for certain."""
        data = self.problem.data
        with np.errstate(over="ignore", invalid="ignore"):  # nan says nothing
            squares = (data.means**2).sum(axis=1) + (data.scales**2).sum(axis=1)
            share = data.weights * squares
            share = share / (share.sum() + self.problem.dim)
        return bool(np.any((share > _HEAVY) & (data.weights * samples < _FEW)))

    def variance(self, samples: int) -> float:
        """How much of E tr Cov(u_t(x given Z) given X_t = x) times may hide that are too close to
        the ends to have been drawn; 0 where that is a small part of it.

        Where the data's scale is far from 1, most of it is in a layer near an end, as wide as the
        time in which they emerge from the noise.
        """
        place = int(np.searchsorted(self._shares, _FEW / samples, side="right")) - 1
        hidden = float(self._early[place] + self._late[place])
        return hidden if hidden > _HEAVY * (self._early[-1] + self._late[-1]) else 0.0

    def _variance(self, shares: FloatArray) -> FloatArray:
        """A bound at the times that have ``shares`` of the time law before them: the error of the
        best linear guess of u from x, with the covariance of all data."""
        problem = self.problem
        t = np.minimum(problem.time.quantile(shares), 1 - 1e-13)
        alpha, beta = problem.path.alpha(t)[:, None], problem.path.beta(t)[:, None]
        slopes = problem.path.dalpha(t)[:, None] * beta - problem.path.dbeta(t)[:, None] * alpha
        lengths = _lengths(problem)
        with np.errstate(over="ignore", invalid="ignore"):
            found = ((slopes * (lengths / np.hypot(alpha * lengths, beta))) ** 2).sum(axis=1)
        return np.where(np.isnan(found), np.inf, found)


def _lengths(problem: Problem) -> FloatArray:
    """The data's standard deviations along their principal axes, (d,)."""
    data = problem.data
    with np.errstate(over="ignore"):
        means = data.means - data.weights @ data.means
        unit = max(float(np.abs(means).max()), float(data.scales.max()), np.finfo(float).tiny)
    means, scales = means / unit, data.scales / unit
    weighted = np.sqrt(data.weights)[:, None] * means
    covariance = weighted.T @ weighted
    if data.bases is None:
        covariance += np.diag(data.weights @ scales**2)
    else:
        parts = data.bases * scales[:, None]
        covariance += np.einsum("k,kij,klj->il", data.weights, parts, parts)
    return np.asarray(unit * np.sqrt(np.linalg.eigvalsh(covariance).clip(min=0.0)))
