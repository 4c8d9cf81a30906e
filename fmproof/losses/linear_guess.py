"""How much of u_t(x given Z) a linear guess from x explains: bounds of what x tells at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import compact
from fmproof.models.problem import Problem

# Standard deviations that differ by less than this factor are taken for one.
_ALIKE = 1.05


class MeanSquares(NamedTuple):
    """Mean squares at T times, (T,) each.

    u = u_t(x given Z) is guessed from x, by the best linear guess that does not know Z's component
    and by the best one that does. The mean E[u given x] and what it misses lie between the two.

    Attributes:
        target: E||u||^2.
        guess, missed: of the guess, and of u without it.
        informed, within: the same where the component is known.
    """

    target: FloatArray
    guess: FloatArray
    missed: FloatArray
    informed: FloatArray
    within: FloatArray


class LinearGuesses:
    """Linear guesses for a problem, at any times."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        with np.errstate(over="ignore", invalid="ignore"):
            self._lengths = _lengths(problem)
            self._within = _alike(problem)

    def at(self, t: FloatArray) -> MeanSquares:
        """At the times ``t`` (T,)."""
        data, slope = self.problem.data, self.problem.path.dalpha(t)
        with np.errstate(over="ignore", invalid="ignore"):
            mean, means = data.weights @ data.means, data.weights @ (data.means**2).sum(axis=1)
            guess, missed = _linear(self.problem, t, self._lengths, np.ones_like(self._lengths))
            informed, within = _linear(self.problem, t, *self._within)
            guess, informed = guess + slope**2 * (mean @ mean), informed + slope**2 * means
        return MeanSquares(informed + within, guess, missed, informed, within)


def _linear(
    problem: Problem, t: FloatArray, lengths: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean squares of the best linear guess of dalpha z + dbeta eps from alpha z + beta eps, and
    of what it misses, when z is normal with standard deviations ``lengths`` (m,): sums over these
    with ``weights`` (m,)."""
    path = problem.path
    alpha, beta, dalpha, dbeta = path.alpha(t), path.beta(t), path.dalpha(t), path.dbeta(t)
    guess, missed = np.zeros_like(t), np.zeros_like(t)
    for length, weight in zip(lengths, weights, strict=True):
        scale = np.hypot(alpha * length, beta)
        toward_z, toward_eps = alpha * length / scale, beta / scale
        guess += weight * (dalpha * length * toward_z + dbeta * toward_eps) ** 2
        missed += weight * (dalpha * length * toward_eps - dbeta * toward_z) ** 2
    return guess, missed


def _alike(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """The components' standard deviations, rounded so that they are few, and their weights."""
    data = problem.data
    with np.errstate(divide="ignore"):
        scales = compact(data.scales) if data.spread else np.zeros((1, 1))
        grade = np.round(np.log(scales) / np.log(_ALIKE))
    grades, which = np.unique(grade, return_inverse=True)
    shares = data.weights if len(scales) > 1 else np.ones(1)
    repeated = np.repeat(shares, scales.shape[1]) * (problem.dim / scales.shape[1])
    weights = np.bincount(which.ravel(), weights=repeated)
    return _ALIKE**grades, np.asarray(weights, dtype=np.float64)


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
        parts = np.sqrt(data.weights)[:, None, None] * data.bases * scales[:, None]
        parts = parts.transpose(1, 0, 2).reshape(problem.dim, -1)
        covariance += parts @ parts.T
    return np.asarray(unit * np.sqrt(np.linalg.eigvalsh(covariance).clip(min=0.0)))
