"""Samplers that pair data and noise in an order of their own, as minibatch optimal transport does.

The rows of x_t and u_t then are not those of the batch, but they must be made of its data, each row
used once, with labels that travel with them; an optimal coupling must be one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.testing.failure import CheckFailed
from fmproof.testing.labels import check_labels
from fmproof.testing.precision import as_cast, told_apart, units
from fmproof.testing.reference import Reference
from fmproof.testing.rows import compare_rows, wrong_target
from fmproof.testing.samplers import SampleDraws

_OT_ROWS = 1_000
_ONE_NOISE = 4  # times the slack, up to which noises are one


def compare_coupled(reference: Reference, draws: SampleDraws) -> CheckFailed | None:
    """Compare the rows with the batch that they were made of."""
    from dataclasses import replace

    own = replace(
        draws,
        z=None if draws.given_z else draws.z,
        eps=None if draws.given_eps else draws.eps,
    )
    object.__setattr__(draws, "z", own.z)  # what follows must not take it for the rows' own
    object.__setattr__(draws, "eps", own.eps)
    if own.z is not None or own.eps is not None:
        failure = compare_rows(reference, own)
        if failure is not None:
            return failure
    if draws.batch is None:
        return None
    z, eps, rows, slack, noise_slack = _rows(reference, own)
    if not rows.any():
        return None
    nearest = _nearest(z, draws.batch)
    off = np.abs(z - as_cast(draws.batch[nearest], z)).max(axis=1)
    bad = np.flatnonzero(off > slack)
    if len(bad):
        row = int(bad[off[bad].argmax()])
        return CheckFailed(
            wrong_target(reference),
            expected="x_t and u_t made of one x1 of the batch, such as "
            f"{draws.batch[nearest[row]]}",
            found=f"they imply x1 = {z[row]} at t = {draws.t[rows][row]:.6g}",
            hint="x_t and u_t may be made of different rows: index both by the same pairing",
        )
    batch = draws.batch

    def may_be(others: Any) -> BoolArray:
        return np.asarray(np.abs(z - as_cast(batch[others], z)).max(axis=1) <= slack)

    failure = check_labels(draws, nearest, rows, may_be)
    if failure is None and reference.coupling == "ot":
        failure = _optimal(draws, z, eps, slack, noise_slack)
        failure = failure or _paired_again(draws, nearest, eps, slack)
    return failure


def _rows(
    reference: Reference, draws: SampleDraws
) -> tuple[FloatArray, FloatArray, Any, FloatArray, FloatArray]:
    """z and eps of the rows in which they can be told, which these are, and the slack of both."""
    t, r = draws.t, draws.rounding
    size = draws.size()
    if draws.z is not None and draws.eps is not None:
        slack = units(r) * r * size
        return draws.z, draws.eps, np.ones(len(t), dtype=bool), slack, slack
    latents, rows = reference.implied(t, draws.x, draws.u)
    a, b = (v[rows] for v in reference.coefficients(t))
    alpha, beta = reference.alpha(t)[rows], reference.beta(t)[rows]
    u_size = np.abs(draws.u[rows]).max(axis=1)
    determinant = np.abs(alpha * b - beta * a)
    slack, noise_slack = (
        units(r) * r * (1 + (np.abs(of_x) * size[rows] + of_u * (1 + u_size)) / determinant)
        for of_x, of_u in ((b, beta), (a, alpha))
    )
    fine = told_apart(reference, t[rows], r) & (slack < 0.5)
    kept = rows.copy()
    kept[rows] = fine
    return latents.z[fine], latents.eps[fine], kept, slack[fine], noise_slack[fine]


def _paired_again(
    draws: SampleDraws, nearest: FloatArray, eps: FloatArray, slack: FloatArray
) -> CheckFailed | None:
    """The failure of a pairing that gives one row of the batch to several noises. A plan that is
    sampled draws a pair twice, but then its noise comes twice as well."""
    if len(eps) < len(draws.t) or draws.batch is None:
        return None
    _, kinds = np.unique(draws.batch, axis=0, return_inverse=True)
    kinds = kinds.ravel()
    there = np.bincount(kinds)
    rows_of = [np.flatnonzero(kinds[nearest] == kind) for kind in range(len(there))]
    used = np.array([_different(eps[rows], _ONE_NOISE * slack[rows]) for rows in rows_of])
    kind = int((used - there).argmax())
    if used[kind] <= there[kind]:
        return None
    row = int(np.flatnonzero(kinds == kind)[0])
    times = int(there[kind])
    return CheckFailed(
        "the pairing of noise and data is not an optimal transport",
        expected=f"each row of the batch of {len(draws.batch):,} paired with one noise; "
        f"{draws.batch[row]} is there {'once' if times == 1 else f'{times} times'}",
        found=f"it is paired with {int(used[kind])} noises; "
        f"{int((used < there).sum())} rows are paired with too few or none",
        hint="each noise takes the data nearest to it: an optimal pairing uses every row once, as "
        "scipy.optimize.linear_sum_assignment does",
    )


def _different(eps: FloatArray, near: FloatArray) -> int:
    """How many noises (n, d) there are, of which some come again up to rounding (n,)."""
    apart = np.abs(eps[:, None] - eps).max(axis=2, initial=0.0) > near[:, None] + near
    earlier = np.triu(np.ones(apart.shape, dtype=bool), 1)
    return int((apart | ~earlier).all(axis=0).sum())


def _lengths(rows: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.square(rows).sum(axis=1)))


def _nearest(z: FloatArray, batch: FloatArray) -> FloatArray:
    from scipy.spatial import KDTree

    return np.asarray(KDTree(batch).query(z)[1])


def _optimal(
    draws: SampleDraws,
    z: FloatArray,
    eps: FloatArray,
    slack: FloatArray,
    noise_slack: FloatArray,
) -> CheckFailed | None:
    """Is the pairing of the rows of a small batch one of least cost? Some pairs of an optimal
    pairing are an optimal one as well, so that rows which do not tell their data may be left out.

    Args:
        slack, noise_slack: how far rounding may throw a coordinate of z and of eps, (N,).
    """
    r = draws.rounding
    if len(z) < 2 or len(z) > _OT_ROWS:
        return None
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    cost = cdist(eps, z, "sqeuclidean")
    found = float(np.trace(cost))
    i, j = linear_sum_assignment(cost)
    least = float(cost[i, j].sum())
    # Another pairing differs by -2 x0·(x1' - x1) in each row, and rounding moves both.
    root = np.sqrt(z.shape[1])
    moved = 0.0
    if draws.z is None or draws.eps is None:  # they are implied
        of_noise, of_data = noise_slack @ _lengths(z[j] - z), slack[j] @ _lengths(eps - eps[j])
        moved = 2 * root * float(of_noise + of_data)
    if found <= least * (1 + 1e-3) + units(r) * r * len(z) + moved:
        return None
    apart = float(cost.mean() * len(z))
    share = (apart - found) / (apart - least)
    unsquared = np.sqrt(cost)
    i, j = linear_sum_assignment(unsquared)
    if float(np.trace(unsquared)) <= float(unsquared[i, j].sum()) * (1 + 1e-6):
        hint = "it is optimal for the cost |x0 - x1|: square the distances, as of torch.cdist"
    elif share < -0.1:
        hint = (
            "it costs more than independent pairs do: the assignment is that of the greatest cost, "
            "maximize=True or a sign"
        )
    elif share < 0.1:
        hint = "the pairing found is not applied, or to one side only"
    else:
        hint = (
            f"it gains {100 * share:.0f}% of what an optimal pairing gains; an entropic or sampled "
            "plan does that: pass coupling='any' if that is meant"
        )
    return CheckFailed(
        "the pairing of noise and data is not an optimal transport",
        expected=f"{least / len(z):.6g}, the least mean squared distance over pairings of the "
        f"batch of {len(z):,}",
        found=f"{found / len(z):.6g}; independent pairs have {apart / len(z):.6g}",
        hint=hint,
    )
