"""Is the noise standard normal, given the time and the data? An exact test of a stated level.

Given t and z, a right eps is N(0, I), so the moment generating function of any quadratic
function of it is known, and Chernoff's inequality bounds the tails of its sum over the rows for
every sample size. The functions are scores: the derivatives of the log-likelihood in the
direction of mistakes that are made, which is where a test sees most (Rao 1948).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import Posterior, chunks
from fmproof.testing.joint import JointTest
from fmproof.testing.reference import Reference

_SMOOTH = 1e-3  # of the smallest standard deviation in the data
_STEPS = 4  # of Newton's method; with fewer the bound is weaker, never wrong


class Scores(NamedTuple):
    """The functions a (|eps|^2 - d) + b·eps of N rows, k of them.

    Attributes:
        dim: d.
        names: (k,).
        a, b2: (N, k), the factor a and |b|^2, functions of t and z alone.
        values: (N, k).
        bias, wander: (N, k), how far rounding may throw the values: always, and at random.
    """

    dim: int
    names: list[str]
    a: FloatArray
    b2: FloatArray
    values: FloatArray
    bias: FloatArray
    wander: FloatArray

    @classmethod
    def join(cls, parts: list[Scores]) -> Scores:
        """The rows of several batches."""
        arrays = zip(*(part[2:] for part in parts), strict=True)
        return cls(*parts[0][:2], *(np.concatenate(array) for array in arrays))


def scores(
    reference: Reference,
    t: FloatArray,
    z: FloatArray,
    eps: FloatArray,
    slack: FloatArray | float = 0.0,
    size_only: bool = False,
) -> Scores:
    """The score functions at t (N,), z and eps (N, d).

    Args:
        slack: how far rounding may throw a coordinate of eps, (N,).
        size_only: leave out those that rely on data and noise being independent.
    """
    dim = reference.dim
    alpha, beta = reference.alpha(t)[:, None], reference.beta(t)[:, None]
    first, second = reference.coefficients(t)
    dalpha, dbeta = first[:, None], second[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = alpha * dbeta - beta * dalpha
        told = (np.abs(determinant) > 1e-6) & np.isfinite(determinant)
    determinant = np.where(told, determinant, np.inf)
    dalpha, dbeta = np.where(told, dalpha, 0), np.where(told, dbeta, 0)
    slope = data_score(reference, z)
    nothing, none = np.zeros_like(z), np.zeros_like(t)
    centred = z - reference.data.mean()
    # The derivatives of (z, eps), as x and u determine them, in the size of a mistake.
    noise_in_x, velocity = -alpha * dalpha / determinant, alpha * dbeta / determinant
    directions = {
        "|x0|^2": (none + 1, nothing),
        "x0·(x1 - E x1)": (none, centred),
        "x0·grad log p(x1)": (none, slope),
        "the score of the noise's size in x_t": (
            noise_in_x[:, 0],
            -alpha * dbeta / determinant * slope,
        ),
        "the score of the velocity's size": (
            velocity[:, 0],
            (alpha * dalpha * z + beta * dbeta * slope) / determinant,
        ),
    }
    if size_only:
        directions = {"|x0|^2": directions["|x0|^2"]}
    square = np.square(eps).sum(axis=1) - dim
    off = np.broadcast_to(np.asarray(slack, dtype=np.float64), t.shape)
    lengths = np.sqrt(np.square(eps).sum(axis=1))
    return Scores(
        dim,
        list(directions),
        np.column_stack([a for a, _ in directions.values()]),
        np.column_stack([np.square(b).sum(axis=1) for _, b in directions.values()]),
        np.column_stack([a * square + (b * eps).sum(axis=1) for a, b in directions.values()]),
        np.column_stack([np.abs(a) * off**2 * dim for a, _ in directions.values()]),
        np.column_stack(
            [
                off * (2 * np.abs(a) * lengths + np.sqrt(np.square(b).sum(axis=1)))
                for a, b in directions.values()
            ]
        ),
    )


def data_score(reference: Reference, z: FloatArray) -> FloatArray:
    """grad log p_data, of data that are blurred a little, at z (N, d); 0 where they have no
    density. Cut at four times its usual size, so that no wrong row drowns the rest."""
    data = reference.data
    least = float(data.scales.min())
    if least == 0:
        return np.zeros_like(z)
    blur = _SMOOTH * least
    one, zero = np.ones(1), np.zeros(1)
    rows = chunks(len(z), data.means.size)
    noise = [Posterior(data, one, blur * one, z[some]).velocity(zero, one) for some in rows]
    found = -np.concatenate(noise) / blur  # Tweedie's formula
    most = 4 * np.sqrt(data.dim) / least
    lengths = np.sqrt(np.square(found).sum(axis=1, keepdims=True))
    return np.asarray(found * np.minimum(1, most / np.maximum(lengths, most)))


def noise_test(found: Scores) -> JointTest:
    """Test that the noise of independent rows is N(0, I) given their times and data.

    ``log E exp(s S) = sum_i [-s a_i d - d/2 log(1 - 2 s a_i) + s^2 |b_i|^2 / (2 - 4 s a_i)]`` for
    the sum S of a_i (|eps_i|^2 - d) + b_i·eps_i, and P(S >= x) <= exp(log E exp(s S) - s x) for
    every s. Bonferroni's bound joins both tails of the k functions.
    """
    if not len(found.values):
        return JointTest(1.0, 0, 0.0, 1.0)
    totals = found.values.sum(axis=0)
    slack = found.bias.sum(axis=0) + 6 * np.sqrt(np.square(found.wander).sum(axis=0))
    totals = np.sign(totals) * np.maximum(np.abs(totals) - slack, 0.0)
    variances = (2 * found.dim * found.a**2 + found.b2).sum(axis=0)
    spread = np.sqrt(variances) + np.finfo(np.float64).tiny
    exponents = np.array([_exponent(found, i, total) for i, total in enumerate(totals)])
    worst = int(exponents.argmin())
    p_value = min(1.0, 2 * len(totals) * float(np.exp(exponents[worst])))
    count = len(found.values)
    return JointTest(p_value, worst, float(totals[worst]) / count, float(spread[worst]) / count)


def _exponent(found: Scores, i: int, total: float) -> float:
    """The logarithm of the bound of the tail of the i-th sum beyond ``total``."""
    a, b2, dim = found.a[:, i], found.b2[:, i], found.dim
    variance = float((2 * dim * a**2 + b2).sum())
    if variance == 0 or total == 0:
        return 0.0
    # 1 - 2 s a must stay positive.
    high = 0.45 / a.max() if a.max() > 0 else np.inf
    low = 0.45 / a.min() if a.min() < 0 else -np.inf
    s, best = float(np.clip(total / variance, low, high)), 0.0
    for _ in range(_STEPS):
        room = 1 - 2 * s * a
        log_mean = -s * a * dim - dim / 2 * np.log(room) + s**2 * b2 / (2 * room)
        best = min(best, float(log_mean.sum()) - s * total)
        slope = -a * dim + dim * a / room + s * b2 / room + s**2 * a * b2 / room**2
        curve = (
            2 * dim * a**2 / room**2
            + b2 / room
            + (4 * s * a / room + 4 * s**2 * a**2 / room**2) * b2 / room
        )
        s = float(np.clip(s - (float(slope.sum()) - total) / float(curve.sum()), low, high))
    return best
