"""Expectations over x at some times, from the marginal and from the joint side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property, reduce
from typing import cast

import numpy as np

from fmproof.losses.budget import Budget
from fmproof.losses.clusters import ClusterBatch, clusters
from fmproof.losses.lattice import (
    EPS,
    Boxes,
    IndexArray,
    Integrand,
    LatticeSum,
    Mesh,
    block_slices,
    integrate,
    price,
)
from fmproof.losses.quantities import Columns, PointBatch, Target
from fmproof.losses.slices import FAR, Frames, Marginal, Slices
from fmproof.models.arrays import FloatArray
from fmproof.models.velocity import Velocity

# The first lattice's step, in standard deviations.
_SPACING = 2.0
# By how much more points than it needs a lattice may have, to be summed with others: along the
# coordinates points are cheap, and most of the time is that of the calls.
_SAME_STRAIGHT, _SAME_ROTATED = 4.0, 2.0
# Numbers in one temporary array, so that it stays in a core's cache.
_CHUNK = 256_000


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
    groups = clusters(at, reach, _SPACING, lambda: budget.out_of_time)
    share, prices = np.zeros(len(at)), np.zeros(len(at))
    for group in groups:
        np.add.at(share, group.rows, 1)
        np.add.at(prices, group.rows, price(group.boxes, _chunk(at, columns, group)[1]))
    prices[share == 0] = np.inf  # those that were not looked at for the lack of time
    if partly:
        resolved = np.array([budget.take(one) for one in prices])
    else:
        resolved = np.full(len(at), budget.take(float(prices.sum())))
    if not resolved.all():
        found.put(~resolved, _unresolved(columns.width))
        groups = [group[resolved[group.rows]] for group in groups]
    for group in groups:
        for batch in _batches(group):
            chunk, work = _chunk(at, columns, batch)
            aim = tolerance[batch.rows] / share[batch.rows, None]
            integrand = _difference(at, columns, batch)
            found.add(batch.rows, integrate(integrand, batch.boxes, aim, budget, work, chunk))
    if columns.needs_variance and np.count_nonzero(at.problem.data.weights) > 1:
        # Components that lie far apart may overlap only where no box reaches, and the layers of
        # the boxes do not tell: the density there times the squares that may be. What is below
        # their round-off is no reason for larger boxes.
        beyond = at.problem.dim * np.exp(-0.5 * reach**2) * at.square[:, None]
        floor = columns.slices["floor"]
        # Nor do they tell where boxes just touch, and the overlap is in the outermost layers. It is
        # at most what is left of the components there, with a square that grows by reach^2.
        most = (2 + reach**2) * beyond
        found.tail[:, floor] = np.minimum(found.tail[:, floor], most)
        small = np.minimum(beyond, EPS * at.square[:, None])
        found.tail[:, floor] += beyond - small
        found.roundoff[:, floor] += small
    return found


def _chunk(at: Slices, columns: Columns, group: ClusterBatch) -> tuple[int, FloatArray]:
    """How many points are evaluated together, and the :func:`_work` that leaves."""
    size, dim = group.members.shape[1], at.problem.dim
    # Are there arrays of all components at all points?
    whole = columns.needs_variance or at.bases is not None or dim == 1
    each = dim if whole else dim + 2
    chunk = max(64, _CHUNK // (size * each if whole else each))
    work = _work(at, group, chunk)
    while whole and (more := _work(at, group, 2 * chunk)).max() * 2 * chunk * each <= _CHUNK:
        chunk, work = 2 * chunk, more
    return chunk, work


def _work(at: Slices, group: ClusterBatch, chunk: int) -> FloatArray:
    """How many components are near a point of each cluster's second lattice, (B,), on average: as
    many as :meth:`Frames.near` leaves to blocks of ``chunk`` points."""
    size = np.full(len(group.rows), float(group.members.shape[1]))
    counts = 4 * group.boxes.counts
    if at.bases is not None or not (counts.prod(axis=1) > chunk).any():
        return size
    width = group.boxes.high - group.boxes.low
    scales = at.scales[group.rows[:, None], group.members]
    near, room = np.ones(scales.shape[:2]), np.full(len(counts), float(chunk))
    for i in reversed(range(counts.shape[1])):  # blocks have the last coordinates' whole length
        length = np.clip(room, 1, counts[:, i])
        room = room // length
        reach = 2 * FAR * scales[:, :, i] + (width[:, i] * length / counts[:, i])[:, None]
        near *= np.minimum(reach / width[:, i, None], 1.0)
    return np.asarray(near.sum(axis=1))


def _batches(group: ClusterBatch) -> Iterator[ClusterBatch]:
    """ClusterBatch whose lattices have about as many points; the first of a batch has the most."""
    like = _SAME_STRAIGHT if group.boxes.axes is None else _SAME_ROTATED
    counts = group.boxes.counts
    points = counts.prod(axis=1)
    left = np.argsort(-points, kind="stable")
    while len(left):
        most = left[0]
        same = (counts[left] <= counts[most]).all(axis=1) & (like * points[left] >= points[most])
        yield group[left[same]]
        left = left[~same]


class _LazyPoints(PointBatch):
    """Points that are made when asked for: ``places`` gives x (n, d), and each of the ``times``
    (R,) is that of n / R of them in a row."""

    def __init__(
        self, model: Velocity, times: FloatArray, places: Callable[[], FloatArray]
    ) -> None:
        self.model, self._times, self._places = model, times, places

    @cached_property
    def x(self) -> FloatArray:  # type: ignore[override]
        return self._places()

    @cached_property
    def t(self) -> FloatArray:  # type: ignore[override]
        return np.repeat(self._times, len(self.x) // len(self._times))


def _difference(at: Slices, columns: Columns, part: ClusterBatch) -> Integrand:
    """What clusters add to p_t(x) f(x) in their slices: with them minus without."""
    frames = Frames(at, part.rows, part.members, part.origins)
    centres, times = at.centres[part.rows, part.origins], at.t[part.rows]
    variance = columns.needs_variance

    def integrand(mesh: Mesh, rows: IndexArray) -> tuple[FloatArray, FloatArray]:
        members = frames.near(mesh, rows)
        placed = frames.of(rows, members).place(mesh)
        size, before = len(members), int(np.searchsorted(members, part.before))

        def places() -> FloatArray:
            found = mesh.points() + centres[rows][:, :, None]
            return found.transpose(0, 2, 1).reshape(-1, found.shape[1])

        points = _LazyPoints(columns.problem.model, times[rows], places)

        def weighted(field: Marginal) -> tuple[FloatArray, FloatArray]:
            u = field.velocity.reshape(len(field.velocity), -1).T
            spread = None if field.variance is None else field.variance.ravel()
            values, sizes = columns.table(points, Target(u, spread))
            density = field.density.reshape(-1, 1)
            weighted = density * values
            return weighted, weighted if sizes is values else density * sizes

        values, sizes = weighted(placed.marginal(size, variance))
        if before:
            less, more = weighted(placed.marginal(before, variance))
            values, sizes = values - less, sizes + more
        shape = len(rows), -1, values.shape[1]
        whole = values.reshape(shape)
        return whole, whole if sizes is values else sizes.reshape(shape)

    return integrand


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
        budget.take((columns.degree + 1) ** dim * work * len(at))
        return _gauss_hermite(conditional, len(at), columns, chunk, budget)
    ones = np.ones((len(at), dim))
    boxes = Boxes(-reach * ones, reach * ones, _SPACING * ones, ones)
    found = LatticeSum.zero((len(at), columns.width))
    affordable = np.array([budget.take(one) for one in price(boxes, work)])
    found.put(~affordable, _unresolved(columns.width))
    slices = np.flatnonzero(affordable)

    def integrand(mesh: Mesh, rows: IndexArray) -> tuple[FloatArray, FloatArray]:
        xi = mesh.points()
        density = np.exp(-0.5 * (xi**2).sum(axis=1)) / (2 * np.pi) ** (dim / 2)
        values, sizes = density[:, :, None] * conditional(xi, slices[rows])
        return values, sizes

    if len(slices):
        aim, boxes = np.broadcast_to(tolerance, found.value.shape)[slices], boxes[slices]
        found.put(slices, integrate(integrand, boxes, aim, budget, work, chunk))
    return found


def _conditional(at: Slices, columns: Columns) -> _Conditional:
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

    def conditional(xi: FloatArray, rows: IndexArray) -> FloatArray:
        local = xi.transpose(0, 2, 1)[:, None]  # (R, 1, n, d)
        mean = drift[rows, :, None] + placed(along[rows, :, None] * local)
        u = mean + rest[rows].transpose(2, 0, 1, 3)[:, :, :, None]  # (2d, R, K, n, d)

        def places() -> FloatArray:
            x = at.centres[rows, :, None] + placed(at.scales[rows, :, None] * local)
            return x.reshape(-1, dim)

        points = _LazyPoints(problem.model, at.t[rows], places).repeated(len(axes))
        found = np.stack(columns.table(points, Target(u.reshape(-1, dim))))
        by_component = found.reshape(2, *u.shape[:-1], -1)
        return np.asarray(np.einsum("k,terknq->trnq", weights, by_component))

    return conditional


_Conditional = Callable[[FloatArray, IndexArray], FloatArray]
"""The joint side's integrands at xi (R, d, n) in the slices ``rows`` (R,): a table (2, R, n, Q)."""


def _gauss_hermite(
    conditional: _Conditional, slices: int, columns: Columns, chunk: int, budget: Budget
) -> LatticeSum:
    """E f(xi) for a standard normal xi, exact for the polynomials f of the ``columns``."""
    nodes = cast(int, columns.degree) + 1  # exact for squares of what has this degree
    xi, weights = _normal_rule(columns.problem.dim, nodes)
    found = LatticeSum.zero((slices, columns.width))
    for part in block_slices(slices, chunk // len(xi)):
        rows = np.arange(slices)[part]
        for part in block_slices(len(xi), chunk):
            budget.check()
            points = np.broadcast_to(xi[part].T, (len(rows), *xi[part].T.shape))
            values, sizes = conditional(points, rows)
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
