"""Expectations over x at one time, from the marginal and from the joint side."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, reduce

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.numerics.clusters import Cluster, clusters
from fmproof.numerics.lattice import EPS, Box, Integrand, LatticeSum, integrate
from fmproof.numerics.quantities import Columns, Points, Target
from fmproof.numerics.snapshot import Marginal, Snapshot

# The first lattice's step, in standard deviations.
_SPACING = 2.0
# Numbers in one temporary array, so that it stays in a core's cache.
_CHUNK = 16_000


def marginal(
    at: Snapshot, columns: Columns, tolerance: FloatArray, reach: float, budget: float
) -> LatticeSum:
    """E_{x ~ p_t} of the marginal side's integrands, to the absolute ``tolerance`` (Q,).

    The density p_t(x) and the velocity u_t(x) are evaluated point by point, out to ``reach``
    standard deviations. At most about ``budget`` evaluations of a component are made; where that
    is too few to resolve the mixture the error is infinite.
    """
    found = clusters(at, reach, _SPACING)
    parts = []
    for cluster in found:
        size = len(cluster.members)
        if cluster.box.counts.prod() * 4 ** len(cluster.box.low) * size > budget:
            return _unresolved(columns.width)
        chunk = max(64, _CHUNK // (size * columns.problem.dim))
        integrand = _difference(at, columns, cluster)
        part = integrate(integrand, cluster.box, tolerance / len(found), budget / size, chunk)
        parts.append(part)
        budget -= part.points * size
    return LatticeSum(
        value=np.sum([part.value for part in parts], axis=0),
        discretisation=np.sum([part.discretisation for part in parts], axis=0),
        tail=np.sum([part.tail for part in parts], axis=0),
        roundoff=np.sum([part.roundoff for part in parts], axis=0),
        magnitude=np.sum([part.magnitude for part in parts], axis=0),
        points=sum(
            part.points * len(cluster.members) for part, cluster in zip(parts, found, strict=True)
        ),
    )


def _difference(at: Snapshot, columns: Columns, cluster: Cluster) -> Integrand:
    """What the cluster adds to p_t(x) f(x): with it minus without it."""
    frame = at.frame(cluster.members, cluster.origin)
    origin = at.centres[cluster.origin]
    size, before, variance = len(cluster.members), cluster.before, columns.needs_variance

    def integrand(y: FloatArray) -> FloatArray:
        placed = frame.place(y)
        points = Points(columns.problem.model, np.full(len(y), at.t), origin + y)

        def weighted(field: Marginal) -> FloatArray:
            target = Target(field.velocity, field.variance)
            return field.density[:, None] * columns.table(points, target)

        table = weighted(placed.marginal(size, variance))
        if before:
            values, sizes = weighted(placed.marginal(before, variance))
            table[0] -= values
            table[1] += sizes
        return table

    return integrand


def joint(
    at: Snapshot, columns: Columns, tolerance: FloatArray, reach: float, budget: float
) -> LatticeSum:
    """E_{z, eps} of the joint side's integrands, to the absolute ``tolerance`` (Q,).

    In the eigenbasis of component k, z = mu + sigma zeta. The standard normal pair (zeta, eps) is
    rotated into (xi, eta) such that x = alpha mu + s xi depends on xi alone. The integrands are
    quadratic in eta, so that the 2 d points eta = ±sqrt(d) e_i integrate it exactly. So does
    Gauss-Hermite for xi where they are polynomials; for other models xi runs over a lattice.
    """
    problem, data = columns.problem, columns.problem.data
    dim, components = problem.dim, data.components
    toward_z = at.alpha * data.scales / at.scales
    toward_eps = at.beta / at.scales
    axes = np.sqrt(dim) * np.concatenate([np.eye(dim), -np.eye(dim)])

    def conditional(xi: FloatArray) -> FloatArray:
        """The integrands (2, n, Q) at xi (n, d), averaged over components and eta."""

        def placed(local: FloatArray) -> FloatArray:
            return local if data.bases is None else np.einsum("kij,knj->kni", data.bases, local)

        x = at.centres[:, None] + placed(at.scales[:, None] * xi)
        points = Points(problem.model, np.full(x[..., 0].size, at.t), x.reshape(-1, dim))
        # u splits into a part that xi moves and a part that eta moves.
        along = at.dalpha * data.scales * toward_z + at.dbeta * toward_eps
        across = at.dbeta * toward_z - at.dalpha * data.scales * toward_eps
        mean = at.dalpha * data.means[:, None] + placed(along[:, None] * xi)
        rest = placed(across[:, None] * axes)  # (K, 2d, d)
        u = mean + rest.transpose(1, 0, 2)[:, :, None]
        found = columns.table(points.repeated(len(axes)), Target(u.reshape(-1, dim)))
        by_component = found.reshape(2, len(axes), components, len(xi), -1)
        weights = data.weights / len(axes)
        return np.asarray(np.einsum("k,teknq->tnq", weights, by_component))

    work = len(axes) * components
    chunk = max(16, _CHUNK // (work * dim))
    if columns.degree is not None:
        return _gauss_hermite(conditional, dim, columns.degree + 2, work, chunk)
    ones = np.ones(dim)
    box = Box(-reach * ones, reach * ones, _SPACING * ones, ones, np.eye(dim))
    if box.counts.prod() * 4**dim * work > budget:
        return _unresolved(columns.width)

    def integrand(xi: FloatArray) -> FloatArray:
        density = np.exp(-0.5 * (xi**2).sum(axis=1)) / (2 * np.pi) ** (dim / 2)
        return np.asarray(density[:, None] * conditional(xi))

    found = integrate(integrand, box, tolerance, budget / work, chunk)
    return replace(found, points=found.points * work)


def _gauss_hermite(integrand: Integrand, dim: int, nodes: int, work: int, chunk: int) -> LatticeSum:
    """E f(xi) for a standard normal xi, exact for polynomials of degree below 2 ``nodes``."""
    xi, weights = _normal_rule(dim, nodes)
    value, magnitude, size = np.zeros((3, 1))
    for start in range(0, len(xi), chunk):
        part = slice(start, start + chunk)
        values, sizes = integrand(xi[part])
        value = value + weights[part] @ values
        magnitude = magnitude + weights[part] @ np.abs(values)
        size = size + weights[part] @ sizes
    none = np.zeros(len(value))
    return LatticeSum(value, none, none, 32 * nodes * EPS * size, magnitude, len(xi) * work)


@cache
def _normal_rule(dim: int, nodes: int) -> tuple[FloatArray, FloatArray]:
    """The Gauss-Hermite rule for a standard normal law: points (N, d) and weights (N,)."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    xi = np.stack(np.meshgrid(*[x] * dim, indexing="ij"), axis=-1).reshape(-1, dim)
    return xi, reduce(np.multiply.outer, [w / w.sum()] * dim).ravel()


def _unresolved(width: int) -> LatticeSum:
    unknown = np.full(width, np.inf)
    none = np.zeros(width)
    return LatticeSum(np.full(width, np.nan), unknown, none, none, unknown, 0)
