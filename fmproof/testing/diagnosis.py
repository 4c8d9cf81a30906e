"""What is it that the user's code does? The answer in the user's terms.

A target is fitted as u = a(t) x1 + b(t) x0 + c, x_t as alpha(t) x1 + beta(t) x0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fmproof.models import TablePath
from fmproof.models.arrays import FloatArray
from fmproof.models.targets import coefficients
from fmproof.testing.precision import alike
from fmproof.testing.reference import Latents, Reference

_ROWS = 4_000
_GOOD = 0.02  # relative error of a fit that is believed
_CLEARLY = 0.5  # of a factor of 1: an error that leaves it to be told from 0
_TELLING = 100  # rows that tell a law
_EXACT = 1e-3  # error of derivatives by differences, near the ends as well

NAMES = {
    "velocity": "the velocity d/dt x_t",
    "x1": "the data",
    "eps": "the noise",
    "v": "v = alpha x0 - beta x1",
    "score": "the score -x0 / beta",
}
OWN_NOISE = "u_t is the velocity without that of the path's own noise, gamma'/gamma (x_t - ...)"

_SHORT = {
    "velocity": "the velocity",
    "x1": "the data",
    "eps": "the noise",
    "v": "v",
    "score": "the score",
}


def target_name(reference: Reference) -> str:
    """What the target is called in messages."""
    return NAMES.get(str(reference.target), "a(t) x1 + b(t) x0 with the pair (a, b) given")


class FittedLine(NamedTuple):
    """u = a z + b eps + c near a time, fitted to rows; ``error`` relative to the size of u."""

    t: float
    a: float
    b: float
    c: float
    error: float


def fit_near(latents: Latents, u: FloatArray, at: float) -> FittedLine | None:
    """The fit to the rows whose times are nearest to ``at``; None when they cannot tell."""
    t, z, eps = latents
    rows = np.argsort(np.abs(t - at), kind="stable")[: max(24, len(t) // 40)]
    z, eps, u = z[rows], eps[rows], u[rows]
    design = np.column_stack([z.ravel(), eps.ravel(), np.ones(z.size)])
    scale = np.sqrt(np.square(design).mean(axis=0)) + 1e-300
    _, s, _ = np.linalg.svd(design / scale, full_matrices=False)
    if s[-1] < 1e-3 * s[0]:  # the data are a point: c and a cannot be told apart
        design, scale = design[:, :2], scale[:2]
        _, s, _ = np.linalg.svd(design / scale, full_matrices=False)
        if s[-1] < 1e-3 * s[0]:
            return None
    found, *_ = np.linalg.lstsq(design, u.ravel(), rcond=None)
    left = u.ravel() - design @ found
    size = float(np.sqrt(np.square(u).mean())) + 1e-300
    a, b, c = (*found, 0.0)[:3]
    return FittedLine(
        float(np.median(t[rows])), float(a), float(b), float(c), float(left.std()) / size
    )


def fitted(reference: Reference, latents: Latents, u: FloatArray) -> str:
    """Found against expected coefficients, where the target is a fit of data and noise that is off:
    in the middle of the times, or beside it; "" when it is nowhere."""
    for share in (0.5, 0.25, 0.75, 0.1, 0.9, 0.02, 0.98):
        line = fit_near(latents, u, float(np.quantile(latents.t, share)))
        if line is None:
            continue
        a, b = (float(v[0]) for v in reference.coefficients(np.array([line.t])))
        unused = not_used(line, a, b)
        if unused or (line.error > 0.1 and share == 0.5):
            return unused or _unused_at_all_times(reference, latents, u)
        apart = max(abs(line.a - a), abs(line.b - b), abs(line.c))
        if line.error > 0.1 or apart < _GOOD * max(abs(a), abs(b)):
            continue
        shift = f" {_signed(line.c)}" if abs(line.c) > 0.02 else ""
        return (
            f"near t = {line.t:.3g} u_t is {line.a:.3g} x1 {_signed(line.b)} x0{shift}, "
            f"expected {a:.3g} x1 {_signed(b)} x0"
        )
    return ""


def _unused_at_all_times(reference: Reference, latents: Latents, u: FloatArray) -> str:
    """What the target does not depend on, by the rows of all times together: near one of them there
    may be few."""
    a, b = (v[:, None] for v in reference.coefficients(latents.t))
    for part, other, words in (
        (b * latents.eps, a * latents.z, "noise in x_t: the target is made of another noise"),
        (a * latents.z, b * latents.eps, "data in x_t: the target is made of other data"),
    ):
        left = u - other
        left, part = left - left.mean(axis=0), part - part.mean(axis=0)  # it may have another mean
        square = float(np.square(part).sum())
        if not np.isfinite(left).all() or square == 0:
            continue
        factor = float((left * part).sum()) / square
        error = float((left - factor * part).std()) / np.sqrt(square)
        if abs(factor) < 4 * error < _CLEARLY:
            return f"u_t does not depend on the {words}"
    return ""


def of_one_length(u: FloatArray, expected: FloatArray, rounding: float) -> str:
    """About targets (N, d) that all have one length, where those expected have many."""
    lengths, due = (np.sqrt(np.square(v).sum(axis=1)) for v in (u, expected))
    mean = float(lengths.mean())
    if u.shape[1] == 1 or np.ptp(lengths) > alike(1e-3, 4 * rounding) * mean:
        return ""
    if np.ptp(due[np.isfinite(due)]) < _GOOD * mean:
        return ""
    return f"u_t has the length {mean:.4g} in every row: is it normalised?"


def point_of_another_time(
    reference: Reference, t: FloatArray, z: FloatArray, x: FloatArray, u: FloatArray
) -> str:
    """About points (N, d) of other times than t, whose targets are right and tell their noise."""
    a, b = (v[:, None] for v in reference.coefficients(t))
    told = ((np.abs(b) > _CLEARLY) & np.isfinite(a)).ravel()
    if told.sum() < _TELLING:
        return ""
    t, z, x, eps = t[told], z[told], x[told], ((u - a * z) / b)[told]
    if max(abs(eps.std() - 1), abs(eps.mean())) > 5 / np.sqrt(eps.size):
        return ""
    near = np.argsort(np.abs(t - np.median(t)), kind="stable")[: max(24, len(t) // 40)]
    now, grid = float(np.median(t[near])), np.linspace(*reference.time.support, 1_001)
    made = (
        reference.alpha(grid)[:, None, None] * z[near]
        + reference.beta(grid)[:, None, None] * eps[near]
    )
    left = np.abs(made - x[near]).mean(axis=(1, 2))
    other = float(grid[left.argmin()])
    if left.min() > _GOOD * np.abs(x[near]).mean() or abs(other - now) < 0.05 * np.ptp(grid):
        return ""
    return (
        f"x_t is that of another time than the t returned: near t = {now:.3g} that of {other:.3g}"
    )


def not_used(line: FittedLine, a: float, b: float) -> str:
    """What a target should depend on, but does not."""
    if abs(b) > 0.3 and abs(line.b) < 0.15 * abs(b) and abs(line.a - a) < 0.2 * abs(a) + 0.1:
        other = f", whose mean is off by {line.c:.2g}" if abs(line.c) > 0.2 else ""
        return (
            "u_t does not depend on the noise in x_t: the target is made of another noise or "
            f"source{other}"
        )
    if abs(a) > 0.3 and abs(line.a) < 0.15 * abs(a) and abs(line.b - b) < 0.2 * abs(b) + 0.1:
        return "u_t does not depend on the data in x_t: the target is made of other data"
    return ""


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'} {abs(value):.3g}"


def targets_like(reference: Reference, now: Latents, back: Latents) -> dict[str, FloatArray]:
    """What known mistakes would give in place of the target.

    Args:
        now: z and eps at their times.
        back: the same at the mirrored times.
    """
    right = reference.velocity(now)
    what = _SHORT.get(str(reference.target), "the target")
    mean = np.broadcast_to(reference.data.mean(), now.z.shape)
    nothing = np.zeros_like(now.eps)
    mirrored = reference.velocity(back)
    found = {f"{what} with its sign flipped": -right}
    if reference.has_own_noise and reference.target == "velocity":
        own = reference.without_own_noise(now)
        found[OWN_NOISE.removeprefix("u_t is ")] = own
    others = {
        "the data x1": "x1",
        "the noise x0": "eps",
        "v = alpha x0 - beta x1": "v",
        "the score -x0 / beta": "score",
        "the velocity d/dt x_t": "velocity",
    }
    for name, target in others.items():
        if target == reference.target:
            continue
        try:
            a, b = coefficients(reference.path, target, now.t)
        except Exception:  # a table has no velocity
            continue
        with np.errstate(invalid="ignore", over="ignore"):
            value = a[:, None] * now.z + b[:, None] * now.eps
        if not np.isfinite(value).all():
            continue
        in_place = f" in place of {what}"
        found[name + in_place] = value
        if target in ("eps", "score", "v"):
            flipped = name.replace("-x0", "x0") if target == "score" else name
            found[f"{flipped} with its sign flipped{in_place}"] = -value
    if reference.target == "velocity" and not reference.has_own_noise:
        found |= _straight(reference, now)
    if not isinstance(reference.path, TablePath):
        with np.errstate(invalid="ignore"):
            found[f"{what} multiplied by t"] = now.t[:, None] * right
            found[f"{what} multiplied by 1 - t"] = (1 - now.t[:, None]) * right
    if reference.target == "v":
        alpha, beta = reference.alpha(now.t)[:, None], reference.beta(now.t)[:, None]
        found["v with alpha and beta exchanged, beta x0 - alpha x1"] = (
            beta * now.eps - alpha * now.z
        )
    found |= {
        f"{what} of time running from data to noise (alpha and beta exchanged)": -mirrored,
        f"{what} at 1 - t (t reversed)": mirrored,
        "fresh noise in the target, not the noise that x_t was made of": reference.velocity(
            now._replace(eps=nothing)
        ),
        "another data point in the target than the one that x_t was made of": reference.velocity(
            now._replace(z=mean)
        ),
        "data and noise in the target that x_t was not made of": reference.velocity(
            now._replace(z=mean, eps=nothing)
        ),
    }
    return found


def _straight(reference: Reference, now: Latents) -> dict[str, FloatArray]:
    """x1 − x0 (or x0 − x1), where the velocity is another one."""
    a, b = reference.coefficients(now.t)
    slopes = float(np.median(a)), float(np.median(b))
    constant = all(np.abs(v - k).max() < _EXACT for v, k in zip((a, b), slopes, strict=True))
    sign = 1.0 if slopes[0] >= 0 else -1.0
    if constant and abs(slopes[0] - sign) > _EXACT:
        return {}  # a fit shows the two numbers
    if constant and abs(slopes[1] + sign) < _EXACT:
        return {}  # it is right
    words = "x1 - x0" if sign > 0 else "x0 - x1"
    due = f"{sign:.0f} x1 {_signed(slopes[1])} x0"
    why = (
        f", where sigma_min is left out: {due} is due"
        if constant
        else ", the velocity of CondOTPath and not of this path"
    )
    return {words + why: sign * (now.z - now.eps)}


def point_like(reference: Reference, latents: Latents, x: FloatArray, rounding: float = 0.0) -> str:
    """What x_t is made of, when it is not alpha z + beta eps."""
    t, z, eps = latents
    alpha, beta = reference.alpha(t), reference.beta(t)
    back = reference.mirror(t)
    with np.errstate(invalid="ignore"):
        shapes = {
            "x_t is that of 1 - t: time runs from data to noise": (
                reference.alpha(back),
                reference.beta(back),
            ),
            "x1 and x0 are exchanged": (beta, alpha),
            "beta is missing a square root: x_t has beta² x0 where beta x0 is due": (
                alpha,
                beta**2,
            ),
            "beta has a square root too many: x_t has sqrt(beta) x0": (alpha, np.sqrt(beta)),
            "alpha is missing a square root: x_t has alpha² x1 where alpha x1 is due": (
                alpha**2,
                beta,
            ),
            "x_t is that of the variance preserving path: both factors are over "
            "sqrt(alpha² + beta²), where x_t = alpha x1 + beta x0 is due": (
                alpha / np.hypot(alpha, beta),
                beta / np.hypot(alpha, beta),
            ),
            "x0 is not used": (alpha, 0 * beta),
            "x1 is not used": (0 * alpha, beta),
        }
    size = float(np.sqrt(np.square(x).mean())) + 1e-300

    def off(a: FloatArray, b: FloatArray, shift: float = 0.0, stretch: float = 1.0) -> float:
        made = a[:, None] * (stretch * z + shift) + b[:, None] * eps
        return float(np.sqrt(np.square(x - made).mean())) / size

    left = {
        name: off(a, b)
        for name, (a, b) in shapes.items()
        if np.isfinite(a).all() and np.isfinite(b).all()
    }
    left["x1 enters as 2·x1 - 1: the code normalises its data, give it data in [0, 1]"] = off(
        alpha, beta, -1.0, 2.0
    )
    left["x1 enters as (x1 + 1) / 2: the code normalises its data"] = off(alpha, beta, 0.5, 0.5)
    best = min(left, key=lambda name: left[name])
    if left[best] < alike(1e-3, rounding):
        return best
    line = fit_near(latents, x, float(np.median(t)))
    if line is None or line.error > 0.1:
        return "the rows of x_t are not made of the rows of the data and the noise"
    near = np.array([line.t])
    due = float(reference.alpha(near)[0]), float(reference.beta(near)[0])
    shift = f" {_signed(line.c)}" if abs(line.c) > 0.02 else ""
    return (
        f"near t = {line.t:.3g} x_t is {line.a:.3g} x1 {_signed(line.b)} x0{shift}, "
        f"expected {due[0]:.3g} x1 {_signed(due[1])} x0"
    )
