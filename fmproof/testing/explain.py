"""What does a loss do, that it should not? Its targets and weights, read off row by row.

A squared error w_i |v_i − u_i|² is a quadratic function of what the model returns. The model is
ours, so it can return anything: the loss then tells u_i and w_i of each of its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.models.given_paths import dgamma_of, gamma_of
from fmproof.models.targets import coefficients
from fmproof.testing.adapters import VelocityFunction, to_array, wants_tensors
from fmproof.testing.calls import in_one_call
from fmproof.testing.diagnosis import OWN_NOISE, fitted, target_name, targets_like
from fmproof.testing.ingredients import constant_target, ingredients
from fmproof.testing.laws import has_atoms
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.precision import COARSE, alike, closest, precision_of
from fmproof.testing.reference import Latents, Reference
from fmproof.testing.shown import read_off
from fmproof.testing.time_mistakes import time_like
from fmproof.testing.weight_mistakes import weight_like

_ROWS = 24  # read off one by one, where there is no automatic differentiation
_TENSOR_ROWS = 400
_CLEARLY = 0.3  # a factor from which on data and noise are told
_CLEARLY_TOLD = 0.5  # of the rows, in coarse numbers
_BOUND_OVER_USUAL = 16  # how much further coarse rounding may throw than it does
_SURE, _NATS = 4.0, 5.0  # standard errors that a fit may be off, and nats by which it is the best
_COUNTS = 1e-2  # share from which on a padded coordinate counts
_CLEAR = 1e-6  # p-value below which x_t is not made as it should be


def explain_loss(
    user: VelocityFunction,
    reference: Reference,
    loss: Callable[..., Any] | None,
    factor: float,
    seed: int,
) -> str:
    """The sentence that the author of a wrong loss needs; "" when nothing is known.

    Args:
        factor: of the sum over the coordinates, 1/d for a loss that averages them.
    """
    if loss is None:
        return ""
    try:
        return _explain(user, reference, loss, factor, seed)
    except Exception:  # a guess at a user's mistake must not hide the failure that it is about
        return ""


def _explain(
    user: VelocityFunction,
    reference: Reference,
    loss: Callable[..., Any],
    factor: float,
    seed: int,
) -> str:
    from fmproof.testing.loss_calls import draw_data, evaluate_loss, noting

    count = _TENSOR_ROWS
    z = draw_data(reference, count, seed)
    calls: list[tuple[Any, Any]] = []

    def data(rows: int) -> Any:
        return user.convert(z[:rows].reshape(-1, *user.shape).copy())

    evaluate_loss(loss, noting(user, reference, calls), data(count), count, seed)
    calls = in_one_call(calls, z.shape)
    again: list[tuple[Any, Any]] = []
    evaluate_loss(loss, noting(user, reference, again), data(count), count, seed + 1)
    about_calls = _about_calls(reference, calls) or _one_time(reference, [*calls, *again])
    if about_calls:
        return about_calls
    points = EvaluatedPoints.of(reference, calls, z)
    if points is None:
        return ""
    rows = count if wants_tensors(user.function) else _ROWS
    read = read_off(user, reference, loss, z[:rows], seed)
    if read is None:
        return (
            "the loss is no weighted mean of squared errors of what the model returns: an L1 or "
            "Huber loss, a penalty or a weight that depends on the model has another minimiser"
        )
    shown, seen = read
    padded = np.flatnonzero(~reference.mask & (shown.shares > _COUNTS))
    if len(padded):
        which = ", ".join(map(str, padded[:6])) + (", …" if len(padded) > 6 else "")
        return (
            f"the coordinates {which} count too, which are padding: multiply the errors with the "
            "mask before they are summed"
        )
    less, counted = reference.projected(), points.counted(reference)
    if not counted.belong(less):
        return _of_other_rows(reference, seen, shown.u)
    weights = shown.w / factor
    latents = seen.latents(reference)
    made = counted.noise_evidence(less)
    about_x = counted.like(less) if made.p_value < _CLEAR else ""
    seen_by = weights > 1e-9 * np.abs(weights).max()  # the others have no target
    told = "" if about_x else _about_targets(reference, latents, seen, shown.u, seen_by)
    expected = reference.weights(seen.t)
    size = np.abs(expected).max() + 1e-300
    w_off = np.abs(weights - expected) / size
    coarse = seen.rounding if seen.rounding > COARSE else 0.0
    most = np.quantile(w_off, 0.9) if coarse else w_off.max()
    weighted = ""
    if most > alike(0.01, 2 * coarse):
        weighted = weight_like(reference, seen.t, weights, coarse)
    return "; ".join(part for part in (about_x, told, weighted) if part)


def _about_calls(reference: Reference, calls: list[tuple[Any, Any]]) -> str:
    """What the times of the calls show."""
    if not calls:
        return "the loss does not call the model"
    times = [to_array(t).astype(np.float64).ravel() for t, _ in calls]
    if len(calls) > 1 and all(np.ptp(t) == 0 for t in times):
        shown = ", ".join(f"{t[0]:.3g}" for t in times[:6]) + (", …" if len(times) > 6 else "")
        return (
            f"the loss evaluates the model {len(calls)} times, at t = {shown} for all rows: it "
            "regresses a rollout of the model onto the data, which learns their conditional "
            "mean; evaluate it once, at a random point of the path"
        )
    low, high = reference.time.support
    every = np.concatenate(times)
    if every.max() > high + 0.5 * (high - low) + 1e-6:
        return (
            f"the model sees t up to {every.max():.4g}, not {high:g}: the loss scales its times; "
            "wrap the model so that it scales them itself, or give a path over these times"
        )
    if len(calls) > 1:
        return (
            f"the loss evaluates the model {len(calls)} times a batch: if it adds up terms, test "
            "each of them by itself"
        )
    rounding = max(2.0**-23, *(precision_of(t) for t, _ in calls))
    fit_p = EvaluatedPoints(every, np.zeros((len(every), 1)), np.zeros((len(every), 1)), rounding)
    if len(np.unique(every)) > 1 and fit_p.time_evidence(reference).p_value < 1e-6:
        return time_like(reference, every, rounding)
    return ""


def _one_time(reference: Reference, calls: list[tuple[Any, Any]]) -> str:
    """What is wrong where all batches have one time."""
    every = np.unique(np.concatenate([to_array(t).astype(np.float64).ravel() for t, _ in calls]))
    if len(every) > 1 or has_atoms(reference.time):
        return ""
    cast = ": it may have been cast to an integer" if every[0] == np.rint(every[0]) else ""
    return f"the model sees t = {every[0]:.4g} in every row of every batch{cast}"


def _of_other_rows(reference: Reference, points: EvaluatedPoints, u: FloatArray) -> str:
    """About points whose data are not those of their row: are those of their target?"""
    a, b = (v[:, None] for v in reference.coefficients(points.t))
    alpha, beta = reference.alpha(points.t)[:, None], reference.beta(points.t)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        data = (points.x - beta * (u - a * points.z) / b) / alpha
    told = (np.abs(b) > _CLEARLY) & (np.abs(alpha) > _CLEARLY) & np.isfinite(data)
    data = data[told.all(axis=1)]
    if len(data) < 4:
        return ""
    apart = np.abs(data[:, None] - points.z[None]).max(axis=2).min(axis=1)
    if np.mean(apart <= 1e-3 * (1 + np.abs(points.z).max())) < 0.9:
        return ""
    return "x_t has the data of other rows than its target: index both by the same pairing"


def _about_own_noise(
    reference: Reference, latents: Latents, points: EvaluatedPoints, u: FloatArray
) -> str:
    """How often the path's own noise counts in velocities (N, d), by their likelihood; "" if they
    are made of something else."""
    t, z = latents.t, latents.z
    a, b = (v[:, None] for v in coefficients(reference.path, "velocity", t))
    beta, gamma = reference.path.beta(t)[:, None], gamma_of(reference.path, t)[:, None]
    c = dgamma_of(reference.path, t)[:, None]
    x, u = points.x - reference.alpha(t)[:, None] * z, u - a * z
    known = {
        0.0: OWN_NOISE.replace("u_t", "the target"),
        1.0: "",
        -1.0: "the velocity of the path's own noise has the wrong sign in the target",
        2.0: "the velocity of the path's own noise counts twice in the target",
    }
    likely = {}
    for times, words in known.items():
        xx, xu, uu = beta**2 + gamma**2, beta * b + times * gamma * c, b**2 + (times * c) ** 2
        determinant = xx * uu - xu**2
        squares = (uu * x**2 - 2 * xu * x * u + xx * u**2) / determinant
        told = np.isfinite(squares) & (determinant > 0)
        if not told.all() or abs(squares.mean() / 2 - 1) > _SURE / np.sqrt(squares.size):
            continue
        likely[float(-0.5 * (squares + np.log(determinant)).sum())] = words
    best = sorted(likely, reverse=True)
    sure = best and (len(best) == 1 or best[0] - best[1] > _NATS)
    return likely[best[0]] if sure else ""


def _about_targets(
    reference: Reference, latents: Latents, points: EvaluatedPoints, u: FloatArray, rows: BoolArray
) -> str:
    """What the targets are, when they are not those of the reference.

    Args:
        rows: (N,), in which the loss has a target.
    """
    data = latents.z
    latents, points, u = Latents(*(v[rows] for v in latents)), points.rows(rows), u[rows]
    off = points.slack(reference)
    if points.rounding > COARSE:  # a bound says little: the rows that tell most, and what is usual
        clear = off <= np.quantile(off, _CLEARLY_TOLD)
        latents, points, u = Latents(*(v[clear] for v in latents)), points.rows(clear), u[clear]
        off = off[clear] / _BOUND_OVER_USUAL
    expected = reference.velocity(latents)
    mask = reference.mask
    slack = 4 * off[:, None] + 1e-4 * (1 + np.abs(expected))

    def is_like(value: FloatArray) -> bool:
        return bool((np.abs(u - value)[:, mask] <= slack[:, mask]).all())

    if is_like(expected):
        return ""
    if reference.has_own_noise and reference.target == "velocity":
        own = _about_own_noise(reference, latents, points, u)
        if own:
            return own
    back = reference.mirror(latents.t)
    alpha, beta = reference.alpha(back)[:, None], reference.beta(back)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = np.where(beta > 0, (points.x - alpha * latents.z) / beta, 0.0)
    mirrored = Latents(back, latents.z, noise)
    constant = constant_target(u) if mask.all() else ""
    if constant:
        return constant
    name = closest(
        u[:, mask],
        {k: v[:, mask] for k, v in targets_like(reference, latents, mirrored).items()},
        expected[:, mask],
        slack[:, mask],
    )
    if name:
        return f"the target is {name}".replace("the target is the target", "the target is")
    ratio = float((u * expected)[:, mask].sum() / np.square(expected)[:, mask].sum())
    if abs(ratio - 1) > 4 * points.rounding and is_like(ratio * expected):
        return f"the target is {ratio:.4g} times {target_name(reference)}"
    made = ingredients(reference, latents, u, data, points.rounding) if mask.all() else ""
    if made:
        return made
    left = np.abs(u - expected)[:, mask]
    row = int(left.max(axis=1).argmax())
    line = fitted(reference, latents, u) if mask.all() else ""
    if line:
        due = f"{line}: {target_name(reference)}" if line.startswith("near") else line
        return due.replace("u_t is", "the target is").replace("u_t does", "the target does")
    return (
        f"the target in row {row} is {u[row]} at t = {latents.t[row]:.4g}, x1 = {latents.z[row]}, "
        f"x_t = {points.x[row]}, expected {expected[row]}: {target_name(reference)}"
    )
