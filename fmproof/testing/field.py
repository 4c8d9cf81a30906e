"""Is a user's field the marginal velocity field of the path and the data?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import VelocityFunction
from fmproof.testing.diagnosis import target_name, targets_like
from fmproof.testing.evidence import check_count, check_tolerance
from fmproof.testing.failure import CheckFailed, call_text, chosen_seed, code_of
from fmproof.testing.precision import condition
from fmproof.testing.reference import Latents, Reference


def assert_marginal_field(
    field: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    target: Any = "velocity",
    direction: str = "noise-to-data",
    points: int = 512,
    tolerance: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that ``field`` is u_t(x) = E[target given X_t = x], point by point.

    For the target "velocity" that is the marginal field, for "score" the score ∇ log p_t(x), for
    "x1" the ideal denoiser.

    No statistics: the field is compared with the closed form at points drawn from the path, and at
    a few points with small coordinates.

    Args:
        field: the user's function of t (N,) and x (N, d), on arrays or tensors.
        path: a ``fmproof.models.Path``.
        data: a ``GaussianMixture``, or an array (K, d) of equally likely points.
        time: the law of the times at which to look, by default uniform on [0, 1].
        target, direction: as in ``assert_conditional_velocity``.
        points: how many points to draw.
        tolerance: the error that is allowed, relative to 1 + ‖u‖, beyond what the rounding of the
            field's own precision explains.
        seed: of the points; by default pytest's ``--fmproof-seed``, or 0.

    Raises:
        CheckFailed: with the simplest point found.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    seed = chosen_seed(seed)
    reference = Reference.of(path, data, time, target=target, direction=direction)
    user = VelocityFunction(field, reference.dim, "field", reference.shape)
    check_tolerance(tolerance)
    check_count("points", points, 1)
    t, _, _, x, _ = reference.draw(points, np.random.default_rng(seed))
    simple_t, simple_x = _simple_points(reference)
    # Numbers that single precision holds, so that a field of tensors sees the same points.
    t = np.concatenate([simple_t, t]).astype(np.float32).astype(np.float64)
    x = np.concatenate([simple_x, x]).astype(np.float32).astype(np.float64)
    inside = reference.has_density(t)
    t, x = t[inside], x[inside]
    try:
        user.check_steady(t, x)
        found = user(t, x)
        _compare(reference, t, x, found, tolerance, user.eps)
    except CheckFailed as failure:
        failure.problem = reference.describe()
        failure.reproduce = call_text(
            assert_marginal_field,
            code_of(field, "field"),
            *reference.code(),
            **reference.options(),
            points=points,
            tolerance=tolerance,
            seed=seed,
        )
        raise failure.with_traceback(None) from failure.__cause__


def _simple_points(reference: Reference) -> tuple[FloatArray, FloatArray]:
    """Times 1/2, 1/4, 3/4 inside the support, at 0 and along the axes."""
    low, high = reference.time.support
    if (low, high) != (0.0, 1.0) and reference.time.__class__.__name__ == "DiscreteTime":
        middle = reference.time.quantile(np.array([0.25, 0.5, 0.75]))
        pairs = list(product([np.zeros(reference.dim), np.ones(reference.dim)], middle))
        return np.array([t for _, t in pairs]), np.array([x for x, _ in pairs])
    times = [t for t in (0.5, 0.25, 0.75) if low < t < high] or [(low + high) / 2]
    eye = np.eye(reference.dim)
    places = [np.zeros(reference.dim), *eye, *(-eye), np.ones(reference.dim)]
    pairs = list(product(places, times))
    return np.array([t for _, t in pairs]), np.array([x for x, _ in pairs])


def _compare(
    reference: Reference,
    t: FloatArray,
    x: FloatArray,
    found: FloatArray,
    tolerance: float,
    eps: float,
) -> None:
    given = reference.given_x(t, x)
    expected = reference.velocity(given)
    size = 1 + np.sqrt(np.square(expected).sum(axis=1))
    slack = tolerance * size + _rounding(reference, t, x, expected, eps)
    wrong = np.abs(found - expected).max(axis=1) > slack
    if not wrong.any():
        return
    row = int(wrong.argmax())  # the simple points come first
    worst = float((np.abs(found - expected).max(axis=1) / size).max())
    back = reference.mirror(t)
    inside = reference.has_density(back)
    now, mirrored = (
        reference.given_x(t[inside], x[inside]),
        reference.given_x(back[inside], x[inside]),
    )
    alike = [
        name
        for name, other in targets_like(reference, now, mirrored).items()
        if (np.abs(found[inside] - other).max(axis=1) <= slack[inside]).all()
    ]
    ratio = float((found * expected).sum() / np.square(expected).sum())
    if not alike and (np.abs(found - ratio * expected).max(axis=1) <= slack).all():
        alike = [f"{ratio:.6g} times {target_name(reference)}"]
    if not alike and not reference.data.scales.any():
        alike = [
            words
            for words, other in _other_weights(reference, t, x)
            if (np.abs(found - other).max(axis=1) <= slack).all()
        ]
    raise CheckFailed(
        "the field is not the marginal velocity u_t(x) = E[u_t(x given z) given X_t = x]"
        if reference.target == "velocity"
        else f"the field is not E[target given X_t = x], the target being {target_name(reference)}",
        expected=f"{expected[row]} at t = {t[row]:.6g}, x = {x[row]}",
        found=f"{found[row]}; wrong at {int(wrong.sum())} of {len(t)} points, "
        f"relative error up to {worst:.2g} (allowed {tolerance:g})",
        hint=f"it is {', or '.join(alike)}" if alike else "",
    )


def _other_weights(
    reference: Reference, t: FloatArray, x: FloatArray
) -> Iterator[tuple[str, FloatArray]]:
    """The target (N, d) with wrong weights of the points of the data, exp(−|x − alpha x1|²/2beta²)
    when they are right."""
    points, weights = reference.data.means, reference.data.weights
    alpha, beta = reference.alpha(t)[:, None], reference.beta(t)[:, None]
    square = np.square(x[:, None] - alpha[..., None] * points).sum(axis=2)
    half = square / (2 * np.square(beta))
    exponents = {
        "the sign in the exponent is flipped": half,
        "|x - alpha x1|² / beta² is not halved": -2 * half,
        "|x - alpha x1|² is divided by 2 beta, not 2 beta²": -half * beta,
        "|x - alpha x1|² is not divided by beta²": -square / 2,
        "|x - alpha x1| is not squared": -np.sqrt(square) / (2 * np.square(beta)),
        "they do not depend on x": 0 * half,
    }
    for name, exponent in exponents.items():
        share = np.exp(exponent - exponent.max(axis=1, keepdims=True)) * weights
        z = share @ points / share.sum(axis=1, keepdims=True)
        given = Latents(t, z, (x - alpha * z) / beta)
        words = (
            "right but for the weights of the points of the data, exp(-|x - alpha x1|²/(2 beta²))"
        )
        yield f"{words}: {name}", reference.velocity(given)


def _rounding(
    reference: Reference, t: FloatArray, x: FloatArray, expected: FloatArray, eps: float
) -> FloatArray:
    """How far rounding at precision ``eps`` may throw a value, (N,): ten times the change that the
    closed form shows when its arguments are off by a few roundings, more where beta is small."""
    moved = np.zeros(len(t))
    low, high = reference.time.support
    steep = 1 + condition(reference, t, eps)
    for sign in (-4, 4):
        times = np.clip(t * (1 + sign * eps), min(low, 0.0), max(high, 1.0))
        inside = reference.has_density(times)
        near = reference.velocity(reference.given_x(times[inside], (x * (1 - sign * eps))[inside]))
        change = np.abs(near - expected[inside]).max(axis=1)
        moved[inside] = np.maximum(moved[inside], change)
    size = 1 + np.abs(expected).max(axis=1) + np.abs(x).max(axis=1)
    return np.asarray(10 * moved + 8 * eps * size * steep)
