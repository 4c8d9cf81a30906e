"""Row by row: x_t and u_t against the data and the noise that they were made of.

Of a sampler that keeps its data to itself, x_t and u_t tell them; where the data are points, they
must be one of these.
"""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.given_paths import gamma_of
from fmproof.models.posterior import chunks
from fmproof.testing.diagnosis import (
    OWN_NOISE,
    fitted,
    of_one_length,
    point_like,
    point_of_another_time,
    target_name,
    targets_like,
)
from fmproof.testing.failure import CheckFailed
from fmproof.testing.ingredients import ingredients
from fmproof.testing.moments import resemblance
from fmproof.testing.precision import (
    closest,
    point_slack,
    target_slack,
    told_apart,
    units,
)
from fmproof.testing.reference import Latents, Reference
from fmproof.testing.samplers import SampleDraws
from fmproof.testing.weight_mistakes import told_by_times

_TOLD = 50  # rows that tell something of a target
_FEW = 1_000  # rows whose data are looked up among the points


def compare_rows(reference: Reference, draws: SampleDraws) -> CheckFailed | None:
    """Compare x and u with what the data and the noise determine, where they are known."""
    if reference.has_own_noise:
        return _compare_with_own_noise(reference, draws)
    known = latents_of(reference, draws, draws.t)
    if known is None:
        return None if reference.data.scales.any() else _compare_points(reference, draws)
    t, size = draws.t, draws.size()
    latents = known
    x_slack = point_slack(reference, t, size, draws.rounding)[:, None]
    u_slack = target_slack(reference, t, size, draws.rounding)[:, None]
    if draws.z is None:
        u_slack = u_slack / np.minimum(1, np.abs(reference.alpha(t)))[:, None]
    if draws.eps is None:  # it is told by x, where beta enlarges the rounding
        u_slack = u_slack + _enlarged(reference, t, size, draws.rounding)[:, None]
    if draws.z is not None and draws.eps is not None:
        expected = reference.alpha(t)[:, None] * draws.z + reference.beta(t)[:, None] * draws.eps
        row = _worst_row(draws.x, expected, x_slack)
        if row is not None:
            return CheckFailed(
                "x_t is not alpha(t) x1 + beta(t) x0",
                expected=_at(expected, draws, row),
                found=_at(draws.x, draws, row),
                hint=point_like(reference, latents, draws.x, draws.rounding),
            )
    expected = reference.velocity(latents)
    row = _worst_row(draws.u, expected, u_slack)
    if row is None:
        return None
    hint = _row_hint(reference, draws, latents, expected, u_slack)
    return CheckFailed(
        wrong_target(reference),
        expected=_at(expected, draws, row),
        found=_at(draws.u, draws, row),
        hint=hint,
    )


def own_noise(reference: Reference, latents: Latents, x: FloatArray) -> FloatArray:
    """The path's own noise (N, d), by which x differs from what data and noise give; 0 where there
    is none."""
    (t, z, eps), path = latents, reference.path
    beta, gamma = path.beta(t)[:, None], gamma_of(path, t)[:, None]
    left = x - reference.alpha(t)[:, None] * z - beta * eps
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gamma > 0, left / gamma, 0.0)


def _enlarged(reference: Reference, t: FloatArray, size: FloatArray, rounding: float) -> FloatArray:
    """How far the rounding of x throws a target that is made of the noise in it, (N,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        _, b = reference.coefficients(t)
        off = units(rounding) * rounding * size * np.abs(b) / reference.beta(t)
    return np.asarray(np.where(np.isfinite(off), off, np.inf))


def wrong_target(reference: Reference) -> str:
    """The title of a failure."""
    if reference.target == "velocity":
        return "u_t is not the conditional velocity d/dt (alpha(t) x1 + beta(t) x0)"
    return f"u_t is not the target, {target_name(reference)}"


def _row_hint(
    reference: Reference,
    draws: SampleDraws,
    latents: Latents,
    expected: FloatArray,
    slack: FloatArray,
) -> str:
    back = reference.mirror(draws.t)
    mirrored = latents_of(reference, draws, back)
    hint = ""
    if mirrored is not None:
        alike = targets_like(reference, latents, mirrored)
        name = closest(draws.u, alike, expected, slack)
        hint = f"u_t is {name}" if name else ""
    if hint:
        return hint
    one_length = of_one_length(draws.u, expected, draws.rounding)
    if one_length:
        return one_length
    told = np.isfinite(expected).all(axis=1)  # not where beta is 0
    square = float(np.square(expected[told]).sum())
    ratio = float((draws.u * expected)[told].sum()) / max(square, 1e-300)
    if _worst_row(draws.u, ratio * expected, slack) is None:
        return f"u_t is {ratio:.6g} times {target_name(reference)}"
    with np.errstate(invalid="ignore"):
        off = np.asarray((np.abs(draws.u - expected) > slack).any(axis=1))
    where = told_by_times(draws.t, off)
    if where and off.mean() < 0.5:
        return f"u_t is right elsewhere, and wrong where {where}: is something clipped there?"
    both = draws.z is not None and draws.eps is not None
    if not both and draws.z is not None:
        words = point_of_another_time(reference, draws.t, draws.z, draws.x, draws.u)
        if words:
            return words
    return (
        (fitted(reference, latents, draws.u) if both else "")
        or resemblance(reference, draws)
        or _made_of(reference, draws, latents)
    )


def _made_of(reference: Reference, draws: SampleDraws, latents: Latents) -> str:
    """Which data or noise the target is made of in place of those of x_t, where both are told."""
    told = told_apart(reference, draws.t, draws.rounding) & np.isfinite(latents.eps).all(axis=1)
    if draws.z is None or told.sum() < _TOLD:
        return ""
    some = Latents(*(part[told] for part in latents))
    return ingredients(reference, some, draws.u[told], draws.z, draws.rounding)


def _compare_with_own_noise(reference: Reference, draws: SampleDraws) -> CheckFailed | None:
    """Of a path with noise of its own: u against what data, noise and x determine."""
    if draws.z is None or draws.eps is None:
        return None
    t, size = draws.t, draws.size()
    latents = Latents(t, draws.z, draws.eps)
    own = own_noise(reference, latents, draws.x)
    gamma = gamma_of(reference.path, t)[:, None]
    gain = np.divide(1.0, gamma, out=np.ones_like(gamma), where=gamma > 0)
    expected = reference.target_with_own_noise(t, draws.z, draws.eps, own)
    slack = (target_slack(reference, t, size, draws.rounding)[:, None]) * (1 + gain)
    row = _worst_row(draws.u, expected, slack)
    if row is None:
        return None
    without = reference.target_with_own_noise(t, draws.z, draws.eps, 0 * own)
    left_out = _worst_row(draws.u, without, slack) is None
    return CheckFailed(
        wrong_target(reference),
        expected=_at(expected, draws, row),
        found=_at(draws.u, draws, row),
        hint=OWN_NOISE if left_out else fitted(reference, latents, draws.u),
    )


def _compare_points(reference: Reference, draws: SampleDraws) -> CheckFailed | None:
    """Compare the data that the first rows of x and u imply with the points of a data set."""
    draws = draws.rows(slice(_FEW))
    t, x, u = draws.t, draws.x, draws.u
    latents, rows = reference.implied(t, x, u)
    if not rows.any():
        return None
    points = reference.data.means[reference.data.weights > 0]
    nearest = np.concatenate(
        [
            np.square(latents.z[some, None] - points).sum(axis=2).argmin(axis=1)
            for some in chunks(len(latents.z), points.size)
        ]
    )
    t, x, u = t[rows], x[rows], u[rows]
    alpha, beta = reference.alpha(t), reference.beta(t)
    a, b = reference.coefficients(t)
    x_size, u_size = (1 + np.abs(v).max(axis=1) for v in (x, u))
    size = np.maximum(x_size, np.abs(latents.z).max(axis=1))
    off = np.abs(b) * point_slack(reference, t, size, draws.rounding)
    off = off + beta * (
        target_slack(reference, t, size, draws.rounding) + 8 * draws.rounding * u_size
    )
    slack = off / np.abs(alpha * b - beta * a) + 64 * draws.rounding
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


def latents_of(reference: Reference, draws: SampleDraws, t: FloatArray) -> Latents | None:
    """z and eps at the times ``t``, one computed from x and the other where only one is given."""
    x, z, eps = draws.x, draws.z, draws.eps
    alpha, beta = reference.alpha(t)[:, None], reference.beta(t)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        if z is not None and eps is None:
            eps = (x - alpha * z) / beta
        elif eps is not None and z is None:
            z = (x - beta * eps) / alpha
    return None if z is None or eps is None else Latents(t, z, eps)


def _worst_row(found: FloatArray, expected: FloatArray, slack: FloatArray) -> int | None:
    """The row that is furthest out of bounds; None when all are within."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (np.abs(found - expected) / slack).max(axis=1)
    ratio = np.where(np.isfinite(ratio), ratio, 0.0)  # the slack is infinite, or 0/0 at an end
    row = int(ratio.argmax())
    return row if ratio[row] > 1 else None


def _at(values: FloatArray, draws: SampleDraws, row: int) -> str:
    known = {"x1": draws.z, "x0": draws.eps}
    rest = "".join(f", {k} = {v[row]}" for k, v in known.items() if v is not None)
    return f"{values[row]} at t = {draws.t[row]:.6g}, x_t = {draws.x[row]}{rest}"
