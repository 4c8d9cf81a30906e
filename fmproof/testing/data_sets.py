"""E[data given x] of a data set with many points, by matrix products."""

from __future__ import annotations

import numpy as np

from fmproof.models import GaussianMixture
from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import Posterior, chunks

_SHARP = 1e-2  # beta below which matrix products lose too many digits


def data_given_x(
    points: GaussianMixture, alpha: FloatArray, beta: FloatArray, x: FloatArray
) -> FloatArray:
    """E[z given alpha z + beta eps = x], (N, d), of points z; alpha and beta are (N, 1).

    |x − alpha z|² = |x|² − 2 alpha x·z + …: near beta = 0 these lose digits, so the points
    themselves are looked at there.
    """
    from scipy.special import softmax

    means, weights = points.means, points.weights
    centre = weights @ means
    moved = means - centre
    squares = np.square(moved).sum(axis=1)
    with np.errstate(divide="ignore"):
        logs = np.log(weights)
    z = np.empty_like(x)
    for rows in chunks(len(x), 4 * len(means)):
        a, b = alpha[rows], np.maximum(beta[rows], 1e-4)
        away = x[rows] - a * centre
        logits = logs + (a * (away @ moved.T) - 0.5 * a**2 * squares) / b**2
        z[rows] = softmax(logits, axis=1) @ moved + centre
    exact = np.flatnonzero(beta[:, 0] < _SHARP)
    one, zero = np.ones(1), np.zeros(1)
    for some in chunks(len(exact), means.size):
        close = exact[some]
        if len(close):
            near = Posterior(points, alpha[close, 0], beta[close, 0], x[close])
            z[close] = near.velocity(one, zero)
    return z
