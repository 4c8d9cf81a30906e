"""Moments of (t, x_t, u_t) by which samplers are told apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.joint import joint_test
from fmproof.testing.reference import Latents, Reference, look_alikes
from fmproof.testing.samplers import Draws

_PLAUSIBLE = 1e-3

Columns = dict[str, FloatArray]
"""Functions of (t, x, u), each at N draws, by name."""


def _draw(reference: Reference, n: int, seed: int) -> Draws:
    """What a right sampler returns."""
    problem = reference.problem
    t, z, eps, x = problem.sample_joint(n, np.random.default_rng([seed, n]))
    return Draws(t, x, problem.target(t, z, eps), None, None, float(np.finfo(np.float64).eps))


def _columns(reference: Reference, draws: Draws) -> Columns:
    usable = reference.has_density(draws.t)
    t, x, u = draws.t[usable], draws.x[usable], draws.u[usable]
    given = reference.given_x(t, x)
    residual = u - reference.velocity(given)
    columns = dict(_regression(reference, residual, given, x))
    square = np.square(_bounded(residual, _speed(reference))).sum(axis=1)
    columns.update(_in_time(reference, t, "|u - u*|^2", square))
    columns.update(_laws(reference, t, x))
    return columns


def _bounded(vectors: FloatArray, size: float) -> FloatArray:
    """Vectors (N, d) cut at four times their usual size: a wrong sampler may leave the support of
    the right one, where closed forms are huge and a few rows would drown the rest."""
    norms = np.sqrt(np.square(vectors).sum(axis=1))
    return np.asarray(vectors * np.minimum(1.0, 4 * size / np.maximum(norms, size))[:, None])


def _speed(reference: Reference) -> float:
    """The root mean square of the conditional velocity."""
    t = reference.time.quantile((np.arange(1000) + 0.5) / 1000)
    second = float(np.trace(reference.data.second_moment()))
    squares = reference.path.dalpha(t) ** 2 * second + reference.path.dbeta(t) ** 2 * reference.dim
    return float(np.sqrt(squares.mean()))


def _whitened(reference: Reference, t: FloatArray, x: FloatArray) -> FloatArray:
    """x less its mean, over its standard deviation per coordinate at t."""
    data, path = reference.data, reference.path
    mean = data.mean()
    variance = max(0.0, float(np.trace(data.second_moment()) - mean @ mean)) / data.dim
    alpha, beta = path.alpha(t), path.beta(t)
    spread = np.maximum(np.sqrt(alpha**2 * variance + beta**2), np.finfo(np.float64).tiny)
    return _bounded((x - alpha[:, None] * mean) / spread[:, None], np.sqrt(data.dim))


def differences(reference: Reference, draws: Draws, seed: int) -> tuple[list[str], FloatArray]:
    """Names (k,) and, (N, k), the functions of the user's draws minus those of as many right ones:
    symmetric about zero when the user's are right too."""
    users = _columns(reference, draws)
    right = _columns(reference, _draw(reference, len(draws.t), seed))
    rows = min(len(next(iter(users.values()))), len(next(iter(right.values()))))
    return list(users), np.column_stack([users[k][:rows] - right[k][:rows] for k in users])


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
    return (2 * t - low - high) / (high - low)


def _directions(dim: int) -> FloatArray:
    """Up to four orthonormal rows: the axes, or where there are more, random ones."""
    if dim <= 4:
        return np.eye(dim)
    random = np.random.default_rng(dim).standard_normal((dim, 4))
    return np.asarray(np.linalg.qr(random)[0].T)


def resemblance(reference: Reference, draws: Draws) -> str:
    """The known mistakes that would explain the mean of u given (t, x)."""
    usable = reference.has_density(draws.t) & reference.has_density(1 - draws.t)
    t, x, u = draws.t[usable], draws.x[usable], draws.u[usable]
    now, mirrored = reference.given_x(t, x), reference.given_x(1 - t, x)
    velocity = reference.velocity(now)

    def explains(candidate: FloatArray) -> bool:
        values = np.column_stack([v for _, v in _regression(reference, u - candidate, now, x)])
        return joint_test(values, 1e-6).p_value > _PLAUSIBLE

    alike = look_alikes(reference, now, mirrored)
    # On a point at the origin the velocity of CondOTPath *is* the noise with its sign flipped.
    names = [k for k, v in alike.items() if not np.allclose(v, velocity) and explains(v)]
    ratio = float((u * velocity).sum() / np.maximum(np.square(velocity).sum(), 1e-300))
    if not names and abs(ratio - 1) > 0.1 and explains(ratio * velocity):
        names = [f"about {ratio:.2g} times the velocity"]
    return f"u_t looks like {', or '.join(names)}" if names else ""
