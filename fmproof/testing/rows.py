"""Row by row: x_t and u_t against the data and the noise that they were made of.

Of a sampler that keeps its data to itself, x_t and u_t tell them; where the data are points, they
must be one of these.
"""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.posterior import chunks
from fmproof.testing.failure import CheckFailed
from fmproof.testing.moments import resemblance
from fmproof.testing.reference import Latents, Reference, look_alikes
from fmproof.testing.samplers import Draws

_FEW = 1_000  # rows whose data are looked up among the points


def compare_rows(reference: Reference, draws: Draws) -> CheckFailed | None:
    """Compare x and u with what the data and the noise determine, where they are known."""
    known = _latents(reference, draws, draws.t)
    if known is None:
        return None if reference.data.scales.any() else _compare_points(reference, draws)
    latents, slack = known
    path, t = reference.path, draws.t
    if draws.z is not None and draws.eps is not None:
        expected = path.alpha(t)[:, None] * draws.z + path.beta(t)[:, None] * draws.eps
        row = _worst_row(draws.x, expected, slack)
        if row is not None:
            back = path.alpha(1 - t)[:, None] * draws.z + path.beta(1 - t)[:, None] * draws.eps
            reverse = _worst_row(draws.x, back, slack) is None
            return CheckFailed(
                "x_t is not alpha(t) x1 + beta(t) x0",
                expected=_at(expected, draws, row),
                found=_at(draws.x, draws, row),
                hint="x_t is that of 1 - t: time runs from data to noise" if reverse else "",
            )
    expected = reference.velocity(latents)
    row = _worst_row(draws.u, expected, slack)
    if row is None:
        return None
    mirrored = _latents(reference, draws, 1 - t)
    hint = ""
    if mirrored is not None:
        alike = look_alikes(reference, latents, mirrored[0])
        names = (k for k, v in alike.items() if _worst_row(draws.u, v, slack) is None)
        hint = next((f"u_t is {name}" for name in names), "")
    if not hint:
        ratio = float((draws.u * expected).sum() / np.square(expected).sum())
        exact = _worst_row(draws.u, ratio * expected, slack) is None
        hint = f"u_t is {ratio:.6g} times the velocity" if exact else resemblance(reference, draws)
    return CheckFailed(
        "u_t is not the conditional velocity d/dt (alpha(t) x1 + beta(t) x0)",
        expected=_at(expected, draws, row),
        found=_at(draws.u, draws, row),
        hint=hint,
    )


def _compare_points(reference: Reference, draws: Draws) -> CheckFailed | None:
    """Compare the data that the first rows of x and u imply with the points of a data set."""
    t, x, u = draws.t[:_FEW], draws.x[:_FEW], draws.u[:_FEW]
    latents, rows = reference.implied(t, x, u)
    points = reference.data.means[reference.data.weights > 0]
    nearest = np.concatenate(
        [
            np.square(latents.z[some, None] - points).sum(axis=2).argmin(axis=1)
            for some in chunks(len(latents.z), points.size)
        ]
    )
    t, x, u = t[rows], x[rows], u[rows]
    path, (x_size, u_size) = reference.path, (np.abs(v).max(axis=1) for v in (x, u))
    determinant = path.alpha(t) * path.dbeta(t) - path.beta(t) * path.dalpha(t)
    size = np.abs(path.dbeta(t)) * (1 + x_size) + path.beta(t) * (1 + u_size)
    slack = _rounding(reference, draws, t, 1 + size / np.abs(determinant))
    row = _worst_row(latents.z, points[nearest], slack[:, None])
    if row is None:
        return None
    at = f"at t = {t[row]:.6g}, x_t = {x[row]}, u_t = {u[row]}"
    return CheckFailed(
        "x_t and u_t are not made of a point of the data",
        expected=f"x1 = {points[nearest[row]]} or another point {at}",
        found=f"they imply x1 = {latents.z[row]}",
        hint=resemblance(reference, draws),
    )


def _latents(
    reference: Reference, draws: Draws, t: FloatArray
) -> tuple[Latents, FloatArray] | None:
    """z and eps at the times ``t``, one computed from x and the other where only one is given,
    and by how much rounding may spoil a velocity made of them, (N, 1)."""
    path, x, z, eps = reference.path, draws.x, draws.z, draws.eps
    alpha, beta = path.alpha(t)[:, None], path.beta(t)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.ones_like(alpha)
        if z is not None and eps is None:
            eps, gain = (x - alpha * z) / beta, 1 / beta
        elif eps is not None and z is None:
            z, gain = (x - beta * eps) / alpha, 1 / alpha
        if z is None or eps is None:
            return None
        slopes = np.abs(path.dalpha(t)) + np.abs(path.dbeta(t)) + 1
        size = np.abs(np.hstack([x, z, eps, np.ones((len(x), 1))])).max(axis=1)
        slack = gain * _rounding(reference, draws, t, slopes * size)[:, None]
    return Latents(t, z, eps), slack


def _rounding(reference: Reference, draws: Draws, t: FloatArray, size: FloatArray) -> FloatArray:
    """How far rounding may throw numbers of a given size, (N,)."""
    slack = 64 * draws.rounding * size
    if reference.path.singularities:  # 1 - t is rounded where the slope depends on it most
        with np.errstate(divide="ignore"):
            slack = slack / np.minimum(t, 1 - t)
    return np.asarray(slack)


def _worst_row(found: FloatArray, expected: FloatArray, slack: FloatArray) -> int | None:
    """The row that is furthest out of bounds; None when all are within."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (np.abs(found - expected) / slack).max(axis=1)
    ratio = np.where(np.isfinite(ratio), ratio, 0.0)  # the slack is infinite, or 0/0 at an end
    row = int(ratio.argmax())
    return row if ratio[row] > 1 else None


def _at(values: FloatArray, draws: Draws, row: int) -> str:
    known = {"x1": draws.z, "x0": draws.eps}
    rest = "".join(f", {k} = {v[row]}" for k, v in known.items() if v is not None)
    return f"{values[row]} at t = {draws.t[row]:.6g}, x_t = {draws.x[row]}{rest}"
