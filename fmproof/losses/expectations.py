"""Expectations over x at some times, from the marginal and from the joint side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, reduce
from typing import cast

import numpy as np

from fmproof.losses.budget import Budget
from fmproof.losses.clusters import Cluster, clusters
from fmproof.losses.lattice import (
    EPS,
    Box,
    IntArray,
    Integrand,
    LatticeSum,
    blocks,
    integrate,
)
from fmproof.losses.quantities import Columns, Points, Target
from fmproof.losses.slices import Frames, Marginal, Slices
from fmproof.models.arrays import FloatArray

# The first lattice's step, in standard deviations.
_SPACING = 2.0
# By how much more points than it needs a lattice may have, to be summed with others.
_SAME = 2.0
# Numbers in one temporary array, so that it stays in a core's cache.
_CHUNK = 64_000


def marginal(
    at: Slices,
    columns: Columns,
    tolerance: FloatArray,
    reach: float,
    budget: Budget,
    partly: bool = False,
) -> LatticeSum:
    """E_{x ~ p_t} of the marginal side's integrands in T slices, to a ``tolerance`` (Q,) or (T, Q).

    The density p_t(x) and the velocity u_t(x) are evaluated point by point, out to ``reach``
    standard deviations. The ``budget`` counts evaluations of a component. Where it is too small to
    resolve the mixture in all slices, the values are NaN and the error is infinite: in all, or
    ``partly``, in those that come last.
    """
    tolerance = np.broadcast_to(tolerance, (len(at), columns.width))
    found = LatticeSum.zero(tolerance.shape)
    # Clusters of one shape are integrated together, whatever slices they are from.
    alike: dict[tuple[int, int], list[Job]] = defaultdict(list)
    share = np.ones(len(at))
    jobs: list[list[Job]] = []
    for row in range(len(at)):
        in_slice = [] if budget.out_of_time else clusters(at, row, reach, _SPACING)
        share[row] = len(in_slice)
        jobs.append([(row, cluster) for cluster in in_slice])
    prices = [
        sum(_price(cluster.box, len(cluster.members)) for _, cluster in row) or np.inf
        for row in jobs
    ]
    enough = partly or budget.take(sum(prices))
    for row, price in enumerate(prices):
        if not enough or (partly and not budget.take(price)):
            found.put(np.array([row]), _unresolved(columns.width))
            continue
        for job in jobs[row]:
            alike[len(job[1].members), job[1].before].append(job)
    batches = [(size, batch) for (size, _), same in alike.items() for batch in _batches(same)]
    for size, batch in batches:
        chunk = max(64, _CHUNK // (size * at.problem.dim))
        rows, parts = np.array([row for row, _ in batch]), [cluster for _, cluster in batch]
        integrand, boxes = _difference(at, columns, rows, parts), [part.box for part in parts]
        aim = tolerance[rows] / share[rows, None]
        found.add(rows, integrate(integrand, boxes, aim, budget, size, chunk))
    if columns.needs_variance and np.count_nonzero(at.problem.data.weights) > 1:
        # Components that lie far apart may overlap only where no box reaches, and the layers of
        # the boxes do not tell: the density there times the squares that may be. What is below
        # their round-off is no reason for larger boxes.
        beyond = at.problem.dim * np.exp(-0.5 * reach**2) * at.square[:, None]
        small = np.minimum(beyond, EPS * at.square[:, None])
        floor = columns.slices["floor"]
        found.tail[:, floor] += beyond - small
        found.roundoff[:, floor] += small
    return found


Job = tuple[int, Cluster]
"""The number of a slice, and a cluster of its components."""


def _batches(jobs: list[Job]) -> list[list[Job]]:
    """Jobs whose lattices have about as many points; the first of a batch has the most."""
    batches: list[list[Job]] = []
    most = np.zeros(())
    for job in sorted(jobs, key=lambda job: -job[1].box.counts.prod()):
        counts = job[1].box.counts
        if not (batches and (counts <= most).all() and most.prod() <= _SAME * counts.prod()):
            batches.append([])
            most = counts
        batches[-1].append(job)
    return batches


def _price(box: Box, size: float) -> float:
    """What the first lattice and two halvings of its step cost."""
    return float(box.counts.prod() * 4 ** len(box.counts) * size)


def _difference(
    at: Slices, columns: Columns, slices: IntArray, parts: Sequence[Cluster]
) -> Integrand:
    """What clusters of one shape add to p_t(x) f(x) in their slices: with them minus without."""
    origins, members = np.array([p.origin for p in parts]), np.stack([p.members for p in parts])
    frames = Frames(at, slices, members, origins)
    centres, times = at.centres[slices, origins], at.t[slices]
    size, before, variance = members.shape[1], parts[0].before, columns.needs_variance

    def integrand(y: FloatArray, rows: IntArray) -> FloatArray:
        placed = frames.place(y, rows)
        x = y + centres[rows, :, None]
        points = Points(columns.problem.model, np.repeat(times[rows], y.shape[2]), _flat(x))

        def weighted(field: Marginal) -> FloatArray:
            spread = None if field.variance is None else field.variance.ravel()
            table = columns.table(points, Target(_flat(field.velocity), spread))
            table *= field.density.reshape(-1, 1)
            return table

        table = weighted(placed.marginal(size, variance))
        if before:
            values, sizes = weighted(placed.marginal(before, variance))
            table[0] -= values
            table[1] += sizes
        return table.reshape(2, len(y), y.shape[2], -1)

    return integrand


def _flat(vectors: FloatArray) -> FloatArray:
    """(R, d, n) to (R n, d)."""
    return vectors.transpose(0, 2, 1).reshape(-1, vectors.shape[1])


def joint(
    at: Slices, columns: Columns, tolerance: FloatArray, reach: float, budget: Budget
) -> LatticeSum:
    """E_{z, eps} of the joint side's integrands in T slices, to the ``tolerance`` (Q,).

    In the eigenbasis of component k, z = mu + sigma zeta. The standard normal pair (zeta, eps) is
    rotated into (xi, eta) such that x = alpha mu + s xi depends on xi alone. The integrands are
    quadratic in eta, so that the 2 d points eta = ±sqrt(d) e_i integrate it exactly. So does
    Gauss-Hermite for xi where they are polynomials; for other models xi runs over a lattice.
    """
    dim, components = at.problem.dim, at.problem.data.components
    work = 2 * dim * components
    chunk = max(16, _CHUNK // (work * dim))
    conditional = _conditional(at, columns)
    if columns.degree is not None:
        budget.take((columns.degree + 2) ** dim * work * len(at))
        return _gauss_hermite(conditional, len(at), columns, chunk, budget)
    ones = np.ones(dim)
    box = Box(-reach * ones, reach * ones, _SPACING * ones, ones, np.eye(dim))
    found = LatticeSum.zero((len(at), columns.width))
    affordable = np.array([budget.take(_price(box, work)) for _ in range(len(at))])
    found.put(~affordable, _unresolved(columns.width))
    slices = np.flatnonzero(affordable)

    def integrand(xi: FloatArray, rows: IntArray) -> FloatArray:
        density = np.exp(-0.5 * (xi**2).sum(axis=1)) / (2 * np.pi) ** (dim / 2)
        return np.asarray(density[:, :, None] * conditional(xi, slices[rows]))

    if len(slices):
        aim, boxes = np.broadcast_to(tolerance, found.value.shape)[slices], [box] * len(slices)
        found.put(slices, integrate(integrand, boxes, aim, budget, work, chunk))
    return found


def _conditional(at: Slices, columns: Columns) -> Integrand:
    """The joint side's integrands at xi (R, d, n), averaged over components and eta."""
    problem, data = columns.problem, columns.problem.data
    dim = problem.dim
    alpha, beta, dalpha, dbeta = (
        a[:, None, None] for a in (at.alpha, at.beta, at.dalpha, at.dbeta)
    )
    toward_z, toward_eps = alpha * data.scales / at.scales, beta / at.scales
    # u splits into a part that xi moves and a part that eta moves, (T, K, d) each.
    along = dalpha * data.scales * toward_z + dbeta * toward_eps
    across = dbeta * toward_z - dalpha * data.scales * toward_eps
    drift = dalpha * data.means
    axes = np.sqrt(dim) * np.concatenate([np.eye(dim), -np.eye(dim)])
    weights = data.weights / len(axes)

    def placed(local: FloatArray) -> FloatArray:
        return local if at.bases is None else np.einsum("kij,rknj->rkni", at.bases, local)

    rest = placed(across[:, :, None] * axes)  # (T, K, 2d, d)

    def conditional(xi: FloatArray, rows: IntArray) -> FloatArray:
        local = xi.transpose(0, 2, 1)[:, None]  # (R, 1, n, d)
        x = at.centres[rows, :, None] + placed(at.scales[rows, :, None] * local)
        mean = drift[rows, :, None] + placed(along[rows, :, None] * local)
        u = mean + rest[rows].transpose(2, 0, 1, 3)[:, :, :, None]  # (2d, R, K, n, d)
        times = np.repeat(at.t[rows], x[0, ..., 0].size)
        points = Points(problem.model, times, x.reshape(-1, dim)).repeated(len(axes))
        found = columns.table(points, Target(u.reshape(-1, dim)))
        by_component = found.reshape(2, *u.shape[:-1], -1)
        return np.asarray(np.einsum("k,terknq->trnq", weights, by_component))

    return conditional


def _gauss_hermite(
    integrand: Integrand, slices: int, columns: Columns, chunk: int, budget: Budget
) -> LatticeSum:
    """E f(xi) for a standard normal xi, exact for the polynomials f of the ``columns``."""
    nodes = cast(int, columns.degree) + 2
    xi, weights = _normal_rule(columns.problem.dim, nodes)
    found = LatticeSum.zero((slices, columns.width))
    for rows in blocks(slices, chunk // len(xi)):
        for part in blocks(len(xi), chunk):
            budget.check()
            points = np.broadcast_to(xi[part].T, (len(rows), *xi[part].T.shape))
            values, sizes = integrand(points, rows)
            found.value[rows] += weights[part] @ values
            found.magnitude[rows] += weights[part] @ np.abs(values)
            found.roundoff[rows] += 32 * nodes * EPS * (weights[part] @ sizes)
    return found


@cache
def _normal_rule(dim: int, nodes: int) -> tuple[FloatArray, FloatArray]:
    """The Gauss-Hermite rule for a standard normal law: points (N, d) and weights (N,)."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    xi = np.stack(np.meshgrid(*[x] * dim, indexing="ij"), axis=-1).reshape(-1, dim)
    return xi, reduce(np.multiply.outer, [w / w.sum()] * dim).ravel()


def _unresolved(width: int) -> LatticeSum:
    unknown, none = np.full((1, width), np.inf), np.zeros((1, width))
    return LatticeSum(np.full((1, width), np.nan), unknown, none, none, unknown)
