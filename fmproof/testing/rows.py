"""Row by row: x_t and u_t against the data and the noise that they were made of.

Of a sampler that keeps its data to itself, x_t and u_t tell them; where the data are points, they
must be one of these.
"""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.given_paths import dgamma_of, gamma_of
from fmproof.models.posterior import chunks
from fmproof.models.targets import coefficients
from fmproof.testing.diagnosis import OWN_NOISE, fitted, point_like, target_name, targets_like
from fmproof.testing.failure import CheckFailed
from fmproof.testing.ingredients import ingredients
from fmproof.testing.moments import centred_time, resemblance
from fmproof.testing.precision import (
    COARSE,
    SHARED,
    closest,
    point_slack,
    shared_moves,
    target_slack,
    told_apart,
    units,
    usual_size,
)
from fmproof.testing.reference import Latents, Reference
from fmproof.testing.samplers import SampleDraws
from fmproof.testing.weight_mistakes import told_by_times

_SEEN = 0.2  # from which on shares are told apart
_TOLD = 50  # rows that tell something of a target
_FEW = 1_000  # rows whose data are looked up among the points


def compare_rows(reference: Reference, draws: SampleDraws) -> CheckFailed | None:
    """Compare x and u with what the data and the noise determine, where they are known."""
    if reference.has_own_noise:
        return _compare_with_own_noise(reference, draws)
    known = _latents(reference, draws, draws.t)
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


def coarse_means(reference: Reference, draws: SampleDraws) -> tuple[FloatArray, FloatArray] | None:
    """Of rows in coarse numbers, each of which may be off by much: (N, k) what is left of u times
    what it is made of, and how far rounding may throw the means of these, (k,). None where the
    rows' data are not known, or their numbers are fine."""
    if draws.rounding <= COARSE or draws.z is None:
        return None
    some = draws.rows(told_apart(reference, draws.t, draws.rounding))
    if reference.has_own_noise:
        some = draws.rows(_own_told(reference, draws))
    latents = _latents(reference, some, some.t)
    if latents is None or some.z is None or len(some.t) < _TOLD:
        return None
    seen = [some.z, some.x]
    if reference.has_own_noise:
        if some.eps is None:
            return None
        own = _own_noise(reference, some)
        expected = reference.target_with_own_noise(some.t, some.z, some.eps, own)
        moves = _moves_with_own_noise(reference, some)
        seen.append(own)
    else:
        expected = reference.velocity(latents)
        moves = shared_moves(reference, latents, some.x, draws.rounding)
    late = centred_time(reference, some.t)[:, None]
    parts = [*seen, *(late * part for part in seen)]
    values = [((some.u - expected) * part).sum(axis=1) for part in parts]
    off = [sum(abs(float((m * part).sum(axis=1).mean())) for m in moves) for part in parts]
    return np.column_stack(values), np.array(off)


def _own_told(reference: Reference, draws: SampleDraws) -> BoolArray:
    """Whether rounding leaves the path's own noise to be seen, (N,)."""
    gamma = gamma_of(reference.path, draws.t)
    return np.asarray(1.5 * draws.rounding * usual_size(reference) < gamma)


def _own_noise(reference: Reference, draws: SampleDraws) -> FloatArray:
    """The path's own noise (N, d), by which x differs from what data and noise give; 0 where there
    is none."""
    t, path = draws.t, reference.path
    beta, gamma = path.beta(t)[:, None], gamma_of(path, t)[:, None]
    left = draws.x - reference.alpha(t)[:, None] * draws.z - beta * draws.eps
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gamma > 0, left / gamma, 0.0)


def _moves_with_own_noise(reference: Reference, draws: SampleDraws) -> list[FloatArray]:
    """By what rounded factors that all rows share would move targets of a path with noise of its
    own, which is told by x, (N, d) each."""
    t, path = draws.t, reference.path
    a, b = coefficients(path, reference.target, t)
    with np.errstate(divide="ignore", invalid="ignore"):
        told = dgamma_of(path, t) / gamma_of(path, t)
    parts = (
        (a, draws.z),
        (b, draws.eps),
        (told * reference.alpha(t), draws.z),
        (told * path.beta(t), draws.eps),
        (told, draws.x),
    )
    return [SHARED * draws.rounding * factor[:, None] * part for factor, part in parts]


def coarse_fit(reference: Reference, draws: SampleDraws) -> str:
    """Found against expected coefficients of targets in coarse numbers."""
    if reference.has_own_noise:
        return _own_noise_words(reference, draws)
    some = draws.rows(told_apart(reference, draws.t, draws.rounding))
    latents = _latents(reference, some, some.t)
    words = "" if latents is None else fitted(reference, latents, some.u)
    return words or resemblance(reference, draws)


def _own_noise_words(reference: Reference, draws: SampleDraws) -> str:
    """How often the path's own noise counts in the target, if that is what is wrong."""
    some = draws.rows(_own_told(reference, draws))
    if some.z is None or some.eps is None:
        return ""
    own = _own_noise(reference, some)
    without = reference.target_with_own_noise(some.t, some.z, some.eps, 0 * own)
    due = reference.target_with_own_noise(some.t, some.z, some.eps, own) - without
    share = float(((some.u - without) * due).sum() / max(float(np.square(due).sum()), 1e-300))
    if abs(share) < _SEEN:
        return OWN_NOISE
    return f"the path's own noise counts {share:.2g} times in u_t" if abs(share - 1) > _SEEN else ""


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
    mirrored = _latents(reference, draws, back)
    hint = ""
    if mirrored is not None:
        alike = targets_like(reference, latents, mirrored)
        name = closest(draws.u, alike, expected, slack)
        hint = f"u_t is {name}" if name else ""
    if hint:
        return hint
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
    t, size, own = draws.t, draws.size(), _own_noise(reference, draws)
    gamma = gamma_of(reference.path, t)[:, None]
    gain = np.divide(1.0, gamma, out=np.ones_like(gamma), where=gamma > 0)
    expected = reference.target_with_own_noise(t, draws.z, draws.eps, own)
    slack = (target_slack(reference, t, size, draws.rounding)[:, None]) * (1 + gain)
    row = _worst_row(draws.u, expected, slack)
    if row is None:
        return None
    without = reference.target_with_own_noise(t, draws.z, draws.eps, 0 * own)
    left_out = _worst_row(draws.u, without, slack) is None
    latents = Latents(t, draws.z, draws.eps)
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


def _latents(reference: Reference, draws: SampleDraws, t: FloatArray) -> Latents | None:
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
