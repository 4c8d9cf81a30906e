"""Has a sample its law, as a whole? Bounds for every sample size: of Kolmogorov's distance, which
sees what happens in the middle, and of the counts in the tails, where that distance is small."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr, bdtrc

from fmproof.models import DiscreteTime, TimeLaw
from fmproof.models.arrays import FloatArray
from fmproof.testing.reference import Reference

_BISECTIONS = 46
_GRID = 999  # quantiles by which a law shows its atoms
_TAILS = 2.0 ** -np.arange(1, 13)  # probabilities of the tails that are counted
_SURELY = 20.0  # times that a value should have come, to be called missing

Cdf = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""From points (N,) to P(X < x) and P(X <= x), both (N,)."""


class Fit(NamedTuple):
    """Attributes:
    p_value: a bound that holds for any sample size.
    distance: the largest difference between the distribution functions.
    at: where it is.
    found, expected: the two distribution functions there.
    """

    p_value: float
    distance: float
    at: float
    found: float
    expected: float


def law_test(values: FloatArray, cdf: Cdf, slack: FloatArray | float = 0.0) -> Fit:
    """Test that independent ``values`` (N,) have the law with the distribution function ``cdf``.

    P(sup |F_N − F| > d) <= 2 exp(−2 N d²) for every law, with atoms too (Dvoretzky, Kiefer &
    Wolfowitz 1956, with the constant of Massart 1990), and tails have binomial counts; each of the
    two has half of the level. Values may be off by ``slack``.
    """
    order = np.argsort(values, kind="stable")
    x, count = values[order], len(values)
    if not count:
        return Fit(1.0, 0.0, 0.0, 0.0, 0.0)
    off = np.broadcast_to(np.asarray(slack, dtype=np.float64), values.shape)[order]
    below, _ = cdf(x - off)
    _, upto = cdf(x + off)
    first = np.searchsorted(x, x, side="left") / count
    last = np.searchsorted(x, x, side="right") / count
    over, under = last - upto, below - first
    i, j = int(over.argmax()), int(under.argmax())
    if over[i] >= under[j]:
        distance, at, found, expected = over[i], x[i], last[i], upto[i]
    else:
        distance, at, found, expected = under[j], x[j], first[j], below[j]
    distance = max(0.0, float(distance))
    p_value = min(1.0, 2 * float(np.exp(-2 * count * distance**2)))
    p_tail, row, many = _tails(below, upto)
    if p_tail < p_value:
        found, expected = (first[row], below[row]) if many else (last[row], upto[row])
        p_value, at = p_tail, x[row]
    return Fit(min(1.0, 2 * p_value), distance, float(at), float(found), float(expected))


def _tails(below: FloatArray, upto: FloatArray) -> tuple[float, int, bool]:
    """A bound for the counts in both tails, where it is worst, and whether P(X < x) tells it.

    P(P(X <= ·) <= u) <= u <= P(P(X < ·) <= u) for every law and every u, and likewise above.

    Args:
        below, upto: (N,), P(X < x) and P(X <= x) of the values in their order.
    """
    count, u = len(below), _TAILS
    edges = (
        (below <= u[:, None], False, 1),  # the lower tail: is it too small?
        (upto <= u[:, None], True, 0),  # too large?
        (upto >= 1 - u[:, None], False, -1),
        (below >= 1 - u[:, None], True, 0),
    )
    worst = (1.0, 0, False)
    for k, (inside, large, beside) in enumerate(edges):
        size = inside.sum(axis=1)
        p = bdtrc(size - 1, count, u) if large else bdtr(size, count, u)
        i = int(p.argmin())
        lower = k < 2
        end = size[i] - 1 if lower else count - size[i]
        row = int(np.clip(end + beside, 0, count - 1))
        bound = min(1.0, len(edges) * len(u) * float(p[i]))
        if bound < worst[0]:
            worst = (bound, row, lower != large)
    return worst


class ValueCount(NamedTuple):
    """Attributes:
    p_value: a bound that holds for any sample size.
    value, probability: the value that comes too often or too seldom, and its probability.
    found: how often it came.
    missing: values that ought to have come and did not.
    """

    p_value: float
    value: float
    probability: float
    found: int
    missing: FloatArray


def atoms_test(values: FloatArray, law: DiscreteTime) -> ValueCount:
    """Test how often each of the values of a law came: their counts are binomial."""
    atoms, first = np.unique(law.times, return_index=True)
    weights = np.add.reduceat(law.weights, first)
    weights = np.minimum(weights / weights.sum(), 1.0)
    between = (atoms[1:] + atoms[:-1]) / 2
    total = len(values)
    counts = np.bincount(np.searchsorted(between, values), minlength=len(atoms))
    p = np.minimum(bdtr(counts, total, weights), bdtrc(counts - 1, total, weights))
    i = int(p.argmin())
    missing = atoms[(counts == 0) & (total * weights > _SURELY)]
    bound = min(1.0, 2 * len(atoms) * float(p[i]))
    return ValueCount(bound, float(atoms[i]), float(weights[i]), int(counts[i]), missing)


def shares_of_values(law: TimeLaw) -> FloatArray:
    """The probabilities of the values of a law; of a density, those of 999 parts."""
    values = law.quantile(np.arange(1, _GRID + 1) / (_GRID + 1))
    return np.asarray(np.unique(values, return_counts=True)[1] / _GRID)


def has_atoms(law: TimeLaw) -> bool:
    """Whether a law has values that come again."""
    return len(shares_of_values(law)) < _GRID


def time_cdf(law: TimeLaw) -> Cdf:
    """The distribution function of a time law, by bisection of its quantile function."""

    def cdf(t: FloatArray) -> tuple[FloatArray, FloatArray]:
        found = []
        for include in (False, True):
            low, high = np.zeros_like(t), np.ones_like(t)
            for _ in range(_BISECTIONS):
                middle = (low + high) / 2
                q = law.quantile(middle)
                below = q <= t if include else q < t
                low, high = np.where(below, middle, low), np.where(below, high, middle)
            found.append((low + high) / 2)
        # Quantiles are kept off the ends of the support by less than a rounding.
        first, last = law.support
        room = 1e-12 * max(1.0, abs(first), abs(last))
        inside = (t > first - room, t >= first - room)
        return (
            np.where(inside[0], np.where(t > last + room, 1.0, found[0]), 0.0),
            np.where(inside[1], np.where(t >= last - room, 1.0, found[1]), 0.0),
        )

    return cdf


def normal_cdf(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """That of the standard normal law."""
    from scipy.special import ndtr

    values = np.asarray(ndtr(x))
    return values, values


def radius_cdf(dim: int) -> Cdf:
    """That of |e|², e standard normal in ``dim`` dimensions."""

    def cdf(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        from scipy.special import gammainc

        values = np.asarray(gammainc(dim / 2, np.maximum(x, 0) / 2))
        return values, values

    return cdf


def projection_cdf(reference: Reference, direction: FloatArray) -> Cdf:
    """That of the data along a direction (d,)."""
    data = reference.data
    centres = data.means @ direction
    if not data.scales.any():
        order = np.argsort(centres)
        edges = np.concatenate([[0.0], np.cumsum(data.weights[order])])
        edges = edges / edges[-1]

        def steps(x: FloatArray) -> tuple[FloatArray, FloatArray]:
            rows = (np.searchsorted(centres[order], x, side=side) for side in ("left", "right"))
            below, upto = (edges[row] for row in rows)
            return below, upto

        return steps
    spreads = np.sqrt(np.einsum("i,kij,j->k", direction, data.covariances, direction))

    def cdf(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        from scipy.special import ndtr

        below, upto = np.zeros_like(x), np.zeros_like(x)
        for weight, centre, spread in zip(data.weights, centres, spreads, strict=True):
            if spread > 0:
                part = ndtr((x - centre) / spread)
                below, upto = below + weight * part, upto + weight * part
            else:
                below, upto = below + weight * (x > centre), upto + weight * (x >= centre)
        return below, upto

    return cdf
