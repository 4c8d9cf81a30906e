"""What random samples may all have missed: their spread would not tell.

Replicates that miss a thin layer in time agree with one another and not with the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fmproof.losses.proposal import Proposal
from fmproof.losses.quantities import Quantity
from fmproof.losses.time_axis import LATEST, omitted
from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import compact
from fmproof.models.problem import Problem

# What is expected in fewer samples than this may have been missed.
_FEW = 20
# Standard deviations that differ by less than this factor are taken for one.
_ALIKE = 1.05


class Unseen:
    """What is not seen of a problem by a number of samples."""

    def __init__(self, problem: Problem, proposal: Proposal) -> None:
        self.problem = problem
        # Of the time law, from either end.
        self._shares = np.concatenate(
            [np.geomspace(1e-300, 1e-20, 200, endpoint=False), np.geomspace(1e-20, 0.5, 600)]
        )
        self._ends = [
            (_Means.at(problem, self._shares), proposal.drawn_before(self._shares)),
            (_Means.at(problem, 1 - self._shares), proposal.drawn_after(self._shares)),
        ]
        with np.errstate(all="ignore"):
            self._omitted = omitted(problem)

    def times(self, samples: int) -> dict[Quantity, float]:
        """By how much the layers next to the ends of time that are too thin to have been drawn
        for certain may differ from what is drawn next to them.

        A layer is thin where the schedule is singular and, where the data's scale is far from 1,
        in the time in which they emerge from the noise. It is infinite where a mean overflows.
        """
        target = self._differs(samples, lambda means: (means.target,)) + self._omitted
        field = self._differs(samples, lambda means: (means.guess, means.informed))
        variance = self._differs(samples, lambda means: (means.missed, means.within))
        if not self.problem.data.scales.all():  # u_t(x) of a point is as singular as its target
            field += self._omitted
        return {
            "cfm": target,
            "C2": target,
            "fm": field,
            "C1": field,
            "floor": variance + self._omitted,
        }

    def _differs(self, samples: int, bounds: Callable[[_Means], tuple[FloatArray, ...]]) -> float:
        """How much more, or less, than at its inner edge a mean square is in the two layers, if
        it is like one of its ``bounds``."""
        found = 0.0
        for end, drawn in self._ends:
            place = max(int(np.searchsorted(drawn, _FEW / samples, side="right")) - 1, 0)
            layer = self._shares[: place + 1]
            with np.errstate(over="ignore", invalid="ignore"):
                # Left of a node it is taken for what it is at the node.
                excess = [
                    np.diff(layer, prepend=0.0) @ (mean[: place + 1] - mean[place])
                    for mean in bounds(end)
                ]
            found += float(np.max(np.abs(excess)))
        return found if np.isfinite(found) else np.inf


class _Means(NamedTuple):
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

    @classmethod
    def at(cls, problem: Problem, shares: FloatArray) -> _Means:
        """At the times that have ``shares`` of the time law before them."""
        data = problem.data
        t = np.minimum(problem.time.quantile(shares), LATEST)
        slope = problem.path.dalpha(t)
        with np.errstate(over="ignore", invalid="ignore"):
            mean, means = data.weights @ data.means, data.weights @ (data.means**2).sum(axis=1)
            lengths = _lengths(problem)
            guess, missed = _linear(problem, t, lengths, np.ones_like(lengths))
            informed, within = _linear(problem, t, *_alike(problem))
            guess, informed = guess + slope**2 * (mean @ mean), informed + slope**2 * means
        return cls(informed + within, guess, missed, informed, within)


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
