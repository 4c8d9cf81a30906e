"""tr Cov(z given x) at x that were drawn around known rows, with a bound of the rounding error.

Only the ratio r = alpha / beta matters: x / beta = r z + eps. The weight of the row that x was
drawn around is known, so everything is relative to it: no running maximum, no cancellation where
the posterior is nearly a point mass, and the law of total variance joins that row with the others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fmproof.floor.population import Population
from fmproof.floor.rows import Floats, Ints, Summary
from fmproof.models.moments import NEGLIGIBLE, Moments, logits

_UNDERFLOW = 80.0  # exp(-80) is a normal float32; smaller ones would be slow and add nothing
_COMPRESS = 0.5  # share of live columns below which the others are left out
_PROBES, _PROBED = 16, 256  # queries and rows whose logarithms are computed twice
_RUNAWAY = np.exp(60.0)  # a likelihood ratio that has probability exp(-60) per row


def conditional_variance(
    population: Population, ratio: Floats, index: Ints, noise: Floats, dtype: Any
) -> tuple[Floats, Floats, Floats]:
    """tr Cov(z given x) at x / beta = ratio z_index + noise, a bound of its error, and the mean
    given x of the squared distance of z from the centre; all (n,).

    Args:
        ratio: alpha / beta, (n,), finite and not negative.
        index: (n,), rows among the population's.
        noise: eps, (n, d).
        dtype: the precision of the matrix products.
    """
    summary, count = population.summary, len(index)
    dim = population.rows.dim
    own = population.rows.take(index) - summary.centre
    y = ratio[:, None] * own + noise
    queries = (ratio[:, None] * y).astype(dtype)
    half = ratio**2 / 2
    base = own if summary.off_centre else own + summary.centre
    with np.errstate(over="ignore", invalid="ignore"):
        shift = (
            np.einsum("nd,nd->n", queries.astype(np.float64), base) - half * summary.squares[index]
        )
    found = Moments.nothing(count, dim, top=0.0)
    precision = 0.0
    lengths = np.sqrt(np.einsum("nd,nd->n", noise, noise, dtype=np.float64))
    ranks, parts = population.that_matter(y, ratio, lengths, dtype)
    rank = ranks(index)
    with np.errstate(over="ignore", invalid="ignore"):
        for part in parts:
            at, points, squares = part.queries, part.points, part.squares
            terms = logits(queries[at], half[at], shift[at], points, squares)
            if not precision:
                precision = _precision(terms, queries[at], half[at], shift[at], points, squares)
            place = rank[at] - part.start
            here = np.flatnonzero((place >= 0) & (place < len(points)))
            terms[here, place[here]] = -np.inf
            live = terms.max(axis=0) > -NEGLIGIBLE
            alive = int(live.sum())
            if alive == 0:
                continue
            if alive < _COMPRESS * len(live):
                terms, points, squares = terms[:, live], points[live], squares[live]
            np.clip(terms, -_UNDERFLOW, _UNDERFLOW, out=terms)
            found.add(np.exp(terms, out=terms), points, squares.astype(dtype), at)
        value = _total_variance(found, own, summary)
        bound = _error_bound(population, found, value, queries, half, precision)
        far = (found.second + summary.squares[index]) / (1 + found.mass)
    return value, bound, far


def _total_variance(others: Moments, own: Floats, summary: Summary) -> Floats:
    """The variance of the own row, weight 1, and the others together."""
    mass = np.maximum(others.mass, np.finfo(np.float64).tiny)
    mean = others.first / mass[:, None]
    if not summary.off_centre:
        mean = mean - summary.centre
    within = np.maximum(others.second / mass - np.einsum("nd,nd->n", mean, mean), 0)
    gap = mean - own
    share = others.mass / (1 + others.mass)
    between = np.einsum("nd,nd->n", gap, gap) / (1 + others.mass)
    return np.where(others.mass > 0, share * (within + between), 0.0)


def _precision(
    terms: Floats, queries: Floats, half: Floats, shift: Floats, points: Floats, squares: Floats
) -> float:
    """Twice the largest error of a few thousand logarithms, relative to |q| |m| + h |m|^2.

    How products of matrices round depends on the library, the machine and the data. A bound for
    all of them, sqrt(d) and a half, is some ten times too large.
    """
    few = np.unique(np.linspace(0, len(queries) - 1, _PROBES).astype(int))
    some = np.unique(np.linspace(0, len(points) - 1, _PROBED).astype(int))
    q, m = queries[few].astype(np.float64), points[some].astype(np.float64)
    n = np.sqrt(np.einsum("kd,kd->k", m, m))
    size = np.sqrt(np.einsum("nd,nd->n", q, q))[:, None] * n + half[few, None] * squares[some]
    unit = float(np.finfo(terms.dtype).eps)
    if terms.dtype == np.float64:  # nothing to compare with
        return float(unit * (np.sqrt(points.shape[1]) + 4))
    exact = logits(q, half[few], shift[few], m, squares[some])
    error = np.abs(terms[np.ix_(few, some)] - exact)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(size > 0, error / size, 0.0)
    return max(2 * float(relative.max()), unit)


def _error_bound(
    population: Population,
    others: Moments,
    value: Floats,
    queries: Floats,
    half: Floats,
    precision: float,
) -> Floats:
    """How far rounding may have moved the variance.

    Logarithms of weights that are each off by at most delta change any variance by a factor within
    exp(± 2 delta), because a variance is a minimum over centres of a sum with these weights.
    """
    summary = population.summary
    unit = float(np.finfo(queries.dtype).eps) / 2
    size = summary.longest if summary.off_centre else summary.largest
    lengths = np.sqrt(np.einsum("nd,nd->n", queries, queries, dtype=np.float64))
    delta = precision * (lengths * size + half * summary.longest**2)
    share = others.mass / (1 + others.mass)
    sums = 64 * unit * share * size**2  # blocks have at most 64^2 rows
    dropped = len(population) * np.exp(-NEGLIGIBLE) * 4 * summary.longest**2
    factor = np.minimum(2 * delta, 700)
    bound = value * np.expm1(factor) + sums + dropped * np.exp(factor)
    bound = np.where(others.mass < _RUNAWAY, bound, np.inf)
    return np.where(np.isfinite(bound) & np.isfinite(value), bound, np.inf)


def nearest_distances(population: Population, index: Ints) -> Floats:
    """From each of some rows to the nearest that differs from it: distances (n,); inf if none."""
    rows, summary = population.rows, population.summary
    own = rows.take(index) - summary.centre
    base = own if summary.off_centre else own + summary.centre
    nearest = np.full(len(index), np.inf)
    size = summary.longest if summary.off_centre else summary.largest
    unit = float(np.finfo(np.float64).eps)
    for start, stop in population.slices(np.float64):
        points, squares = population.block(start, stop, np.float64)
        product = own @ points.T
        # |m - z|^2 about the centre; with uncentred points the product lacks own·centre.
        product -= (np.einsum("nd,nd->n", own, base) - summary.squares[index])[:, None]
        square = summary.squares[index][:, None] + squares - 2 * product
        noise = 64 * unit * (size**2 + summary.longest**2)
        close = square <= noise
        square[close] = np.inf
        nearest = np.minimum(nearest, square.min(axis=1))
        at, place = np.nonzero(close)
        np.minimum.at(nearest, at, _by_difference(population, index[at], own[at], start + place))
    return np.asarray(np.sqrt(nearest))


def _by_difference(population: Population, index: Ints, own: Floats, place: Ints) -> Floats:
    """Squared distances of rows ``own`` (n, d) about the centre, the rows ``index`` (n,), from the
    members at ``place`` (n,), where a product of matrices has no digit of it; inf if equal."""
    rows, summary = population.rows, population.summary
    other = place if population.members is None else population.members[place]
    found = np.full(len(index), np.inf)
    differ = np.flatnonzero(summary.keys[index] != summary.keys[other])
    step = rows.held(np.float64)
    for k in range(0, len(differ), step):
        at = differ[k : k + step]
        gap = own[at] - (rows.take(other[at]) - summary.centre)
        found[at] = np.einsum("nd,nd->n", gap, gap)
    return np.where(found > 0, found, np.inf)
