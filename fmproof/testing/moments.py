"""Moments of (t, x_t, u_t) by which samplers are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.testing.diagnosis import fit_near, fitted, target_name, targets_like
from fmproof.testing.joint import joint_test
from fmproof.testing.precision import COARSE, told_apart, usual_size
from fmproof.testing.reference import Latents, Reference
from fmproof.testing.samplers import SampleDraws

_PLAUSIBLE, _MOST_GUESSES = 1e-3, 3
_BOUND_OVER_USUAL = 8  # how much further coarse rounding may throw than it does in the mean
_CLEARLY = 0.5  # of the rows, those that coarse rounding throws least

NamedColumns = dict[str, FloatArray]
"""Functions of (t, x, u), each at N draws, by name."""


def _draw(reference: Reference, n: int, seed: int) -> SampleDraws:
    """What a right sampler returns."""
    t, _, _, x, u = reference.draw(n, np.random.default_rng([seed, n]))
    return SampleDraws(t, x, u, None, None, float(np.finfo(np.float64).eps))


def usable(reference: Reference, draws: SampleDraws) -> BoolArray:
    """The rows from which rounding has not taken the noise away, (N,) booleans."""
    seen = told_apart(reference, draws.t, draws.rounding)
    coarse = draws.rounding * usual_size(reference)
    wide = reference.alpha(draws.t) * reference.data.scales.min() > 20 * coarse
    return np.asarray(reference.has_density(draws.t) & (seen | wide))


def _columns(
    reference: Reference, draws: SampleDraws, rounded: bool = True
) -> tuple[NamedColumns, FloatArray]:
    """The functions, and how far rounding may throw the means of each, (k,), if it does."""
    t, x, u = draws.t, draws.x, draws.u
    given = reference.given_x(t, x)
    expected = reference.velocity(given)
    residual, speed = u - expected, _speed(reference)
    columns = dict(_regression(reference, residual, given, x))
    error = _rounding(reference, draws, expected) if rounded else np.zeros(len(t))
    cut = _bounded(residual, speed)
    lengths = np.sqrt(np.square(cut).sum(axis=1))
    moved = np.minimum(error, 8 * speed)
    weights = {
        "u*": np.sqrt(np.square(_bounded(expected, speed)).sum(axis=1)),
        "E[x1 given x]": np.sqrt(np.square(given.z).sum(axis=1)),
        "E[x0 given x]": np.sqrt(
            np.square(_bounded(given.eps, np.sqrt(reference.dim))).sum(axis=1)
        ),
    }
    off = {}
    for name in columns:
        factor = next((v for k, v in weights.items() if name.endswith(k)), 1.0)
        if "turned" in name:
            factor = 8.0 * np.sqrt(reference.dim)
        off[name] = float((moved * factor).mean())
    columns.update(_in_time(reference, t, "|u - u*|^2", np.square(cut).sum(axis=1)))
    laws = dict(_laws(reference, t, x))
    columns.update(laws)
    square = float((moved * (2 * lengths + moved)).mean())
    slack = [off.get(name, square if "|u" in name else 0.0) for name in columns]
    for i, name in enumerate(columns):
        if name in laws:
            size = 1.0 if "its law" in name else float((1 + np.abs(laws[name])).mean())
            slack[i] = 8 * draws.rounding * size
    return columns, np.array(slack)


def _rounding(reference: Reference, draws: SampleDraws, expected: FloatArray) -> FloatArray:
    """How far rounding may throw u - u*, (N,): ten times the change that the closed form shows
    when its arguments are off by two roundings, and the rounding of u itself."""
    r, t, size = draws.rounding, draws.t, draws.size()
    sign = np.where(np.arange(len(t)) % 2, 1.0, -1.0)
    x = draws.x + 2 * r * (sign * size)[:, None]
    low, high = reference.time.support
    near = np.clip(t - 2 * r * sign * np.maximum(np.abs(t), 0.1), low, high)
    near = np.where(reference.has_density(near), near, t)
    moved = reference.velocity(reference.given_x(near, x)) - expected
    change = np.sqrt(np.square(np.where(np.isfinite(moved), moved, 0)).sum(axis=1))
    lengths = np.sqrt(np.square(draws.u).sum(axis=1)) + np.sqrt(np.square(expected).sum(axis=1))
    return np.asarray(10 * change + 8 * r * (size + lengths))


def _bounded(vectors: FloatArray, size: float) -> FloatArray:
    """Vectors (N, d) cut at four times their usual size: a wrong sampler may leave the support of
    the right one, where closed forms are huge and a few rows would drown the rest."""
    norms = np.sqrt(np.square(vectors).sum(axis=1))
    return np.asarray(vectors * np.minimum(1.0, 4 * size / np.maximum(norms, size))[:, None])


def _speed(reference: Reference) -> float:
    """The root mean square of the conditional velocity."""
    t = reference.time.quantile((np.arange(1000) + 0.5) / 1000)
    second = float(np.trace(reference.data.second_moment()))
    a, b = reference.coefficients(t)
    squares = a**2 * second + b**2 * reference.dim
    return float(np.sqrt(min(squares.mean(), 16 * np.median(squares) + 1e-12)))


def _whitened(reference: Reference, t: FloatArray, x: FloatArray) -> FloatArray:
    """x less its mean, over its standard deviation per coordinate at t."""
    data = reference.data
    mean = data.mean()
    variance = max(0.0, float(np.trace(data.second_moment()) - mean @ mean)) / data.dim
    alpha, beta = reference.alpha(t), reference.beta(t)
    spread = np.maximum(np.sqrt(alpha**2 * variance + beta**2), np.finfo(np.float64).tiny)
    return _bounded((x - alpha[:, None] * mean) / spread[:, None], np.sqrt(data.dim))


def differences(
    reference: Reference, draws: SampleDraws, seed: int
) -> tuple[list[str], FloatArray, FloatArray]:
    """Names (k,), and (N, k) the functions of the user's draws minus those of as many right ones:
    symmetric about zero when the user's are right too, up to rounding (k,).

    The rows are shuffled first: code may sort its batch, or stratify its times.
    """
    order = np.random.default_rng([seed, 7]).permutation(len(draws.t))
    draws = draws.rows(order)
    right = replace(_draw(reference, len(draws.t), seed), rounding=draws.rounding)
    users, slack = _columns(reference, draws.rows(usable(reference, draws)))
    ours, _ = _columns(reference, right.rows(usable(reference, right)), False)
    rows = min(len(next(iter(users.values()))), len(next(iter(ours.values()))))
    return list(users), np.column_stack([users[k][:rows] - ours[k][:rows] for k in users]), slack


def _regression(
    reference: Reference, residual: FloatArray, given: Latents, x: FloatArray
) -> Iterator[tuple[str, FloatArray]]:
    """(u − u*)·φ(t, x) for the axes, u*, the means of data and noise given x, rotations of x."""
    t, speed = given.t, _speed(reference)
    residual = _bounded(residual, speed)
    for i, direction in enumerate(_directions(reference.dim)):
        yield from _in_time(reference, t, f"(u - u*)·e{i + 1}", residual @ direction)
    scalars = {
        "u*": _bounded(reference.velocity(given), speed),
        "E[x1 given x]": given.z,
        "E[x0 given x]": _bounded(given.eps, np.sqrt(reference.dim)),
    }
    for name, phi in scalars.items():
        yield from _in_time(reference, t, f"(u - u*)·{name}", (residual * phi).sum(axis=1))
    white = _whitened(reference, t, x)
    for i, j in [(0, 1), (1, 2), (0, 2)][: reference.dim * (reference.dim - 1) // 2]:
        turned = residual[:, i] * white[:, j] - residual[:, j] * white[:, i]
        yield f"(u - u*)·(x turned by 90° in the plane of e{i + 1} and e{j + 1})", turned


def _laws(reference: Reference, t: FloatArray, x: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    """x_t has the mean and the variance of alpha z + beta eps at its t, and t has its law."""
    white = _whitened(reference, t, x)
    for i, direction in enumerate(_directions(reference.dim)):
        yield from _in_time(reference, t, f"x_t·e{i + 1}, standardised", white @ direction)
    radius = np.square(white).mean(axis=1)
    yield from _in_time(reference, t, "|x_t|^2, standardised", radius)
    centred = centred_time(reference, t)
    yield from (("t, its law", centred), ("t^2, its law", centred**2))


def _in_time(
    reference: Reference, t: FloatArray, name: str, values: FloatArray
) -> Iterator[tuple[str, FloatArray]]:
    """``values``, and ``values`` weighted towards late times."""
    yield name, values
    yield f"(2t - 1) {name}", values * centred_time(reference, t)


def centred_time(reference: Reference, t: FloatArray) -> FloatArray:
    """Times on the scale where the law's support is [-1, 1]."""
    low, high = reference.time.support
    return np.asarray((2 * t - low - high) / (high - low if high > low else 1.0))


def _directions(dim: int) -> FloatArray:
    """Up to four orthonormal rows: the axes, or where there are more, random ones."""
    if dim <= 4:
        return np.eye(dim)
    random = np.random.default_rng(dim).standard_normal((dim, 4))
    return np.asarray(np.linalg.qr(random)[0].T)


def _known(reference: Reference, draws: SampleDraws) -> Latents:
    """Data and noise of which at least one is known, and the other follows from x."""
    t, x, z, eps = draws.t, draws.x, draws.z, draws.eps
    alpha, beta = reference.alpha(t)[:, None], reference.beta(t)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        if z is None:
            z = np.nan_to_num((x - beta * np.asarray(eps)) / alpha)
        if eps is None:
            eps = np.nan_to_num((x - alpha * z) / beta)
    return Latents(t, z, eps)


def resemblance(reference: Reference, draws: SampleDraws) -> str:
    """The known mistakes that would explain the mean of u given (t, x), or the nearest fit."""
    back = reference.mirror(draws.t)
    rows = usable(reference, draws) & reference.has_density(back)
    if rows.sum() < 50:
        return ""
    draws, back = draws.rows(rows), back[rows]
    if draws.rounding > COARSE:  # look where it tells most
        off = _rounding(reference, draws, reference.velocity(reference.given_x(draws.t, draws.x)))
        clear = off <= np.quantile(off, _CLEARLY)
        draws, back = draws.rows(clear), back[clear]
    t, x, u = draws.t, draws.x, draws.u
    now, mirrored = reference.given_x(t, x), reference.given_x(back, x)
    velocity = reference.velocity(now)
    known = draws.z is not None or draws.eps is not None
    if known and draws.rounding > COARSE:  # where guesses are hard to tell apart
        words = fitted(reference, _known(reference, draws), u)
        if words:
            return words
    error = 4 * float(_rounding(reference, draws, velocity).mean())
    if draws.rounding > COARSE:
        error /= _BOUND_OVER_USUAL

    def explains(candidate: FloatArray) -> bool:
        values = np.column_stack([v for _, v in _regression(reference, u - candidate, now, x)])
        size = 1 + float(np.sqrt(np.square(candidate).sum(axis=1)).mean())
        return joint_test(values, 1e-6 * size + error).p_value > _PLAUSIBLE

    alike = targets_like(reference, now, mirrored)
    # On a point at the origin the velocity of CondOTPath *is* the noise with its sign flipped.
    names = [k for k, v in alike.items() if not np.allclose(v, velocity) and explains(v)]
    if names and len(names) <= _MOST_GUESSES:
        return f"u_t looks like {', or '.join(names)}"
    ratio = float((u * velocity).sum() / np.maximum(np.square(velocity).sum(), 1e-300))
    left, whole = (float(np.square(u - v).sum()) for v in (ratio * velocity, velocity))
    seen = draws.rounding < COARSE or left < 0.5 * whole
    if seen and abs(ratio - 1) > 0.1 and explains(ratio * velocity):
        return f"u_t looks like about {ratio:.2g} times what it should be"
    if known:
        return fitted(reference, _known(reference, draws), u)
    line = fit_near(now, u, float(np.median(t)))
    if line is None:
        return ""
    a, b = (float(v[0]) for v in reference.coefficients(np.array([line.t])))
    if abs(line.a - a) < 0.1 and abs(line.b - b) < 0.1:
        return ""
    return (
        f"near t = {line.t:.3g} the mean of u_t given x_t is {line.a:.2g} E[x1 given x] + "
        f"{line.b:.2g} E[x0 given x], expected {a:.2g} and {b:.2g} for {target_name(reference)}"
    )
