"""Is a user's field the marginal velocity field of the path and the data?"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import VelocityFunction
from fmproof.testing.evidence import check_count, check_tolerance
from fmproof.testing.failure import CheckFailed, call, chosen_seed, code_of
from fmproof.testing.reference import Reference, look_alikes


def assert_marginal_field(
    field: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    points: int = 512,
    tolerance: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that ``field`` is u_t(x) = E[u_t(x given z) given X_t = x], point by point.

    No statistics: the field is compared with the closed form at points drawn from the path, and at
    a few points with small coordinates.

    Args:
        field: the user's function of t (N,) and x (N, d), on arrays or tensors.
        path: a ``fmproof.models.Path``.
        data: a ``GaussianMixture``, or an array (K, d) of equally likely points.
        time: the law of the times at which to look, by default uniform on [0, 1].
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
    reference = Reference.of(path, data, time)
    user = VelocityFunction(field, reference.dim, "field")
    check_tolerance(tolerance)
    check_count("points", points, 1)
    problem = reference.problem
    t, _, _, x = problem.sample_joint(points, np.random.default_rng(seed))
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
        failure.reproduce = call(
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
    inside = reference.has_density(1 - t)
    now, mirrored = (
        reference.given_x(t[inside], x[inside]),
        reference.given_x((1 - t)[inside], x[inside]),
    )
    alike = [
        name
        for name, other in look_alikes(reference, now, mirrored).items()
        if (np.abs(found[inside] - other).max(axis=1) <= slack[inside]).all()
    ]
    ratio = float((found * expected).sum() / np.square(expected).sum())
    if not alike and (np.abs(found - ratio * expected).max(axis=1) <= slack).all():
        alike = [f"{ratio:.6g} times the velocity"]
    raise CheckFailed(
        "the field is not the marginal velocity u_t(x) = E[u_t(x given z) given X_t = x]",
        expected=f"{expected[row]} at t = {t[row]:.6g}, x = {x[row]}",
        found=f"{found[row]}; wrong at {int(wrong.sum())} of {len(t)} points, "
        f"relative error up to {worst:.2g} (allowed {tolerance:g})",
        hint=f"it is {', or '.join(alike)}" if alike else "",
    )


def _rounding(
    reference: Reference, t: FloatArray, x: FloatArray, expected: FloatArray, eps: float
) -> FloatArray:
    """How far rounding at precision ``eps`` may throw a value, (N,): ten times the change that the
    closed form shows when its arguments are off by a few roundings."""
    moved = np.zeros(len(t))
    for sign in (-4, 4):
        times = np.clip(t * (1 + sign * eps), 0.0, 1.0)
        inside = reference.has_density(times)
        near = reference.velocity(reference.given_x(times[inside], (x * (1 - sign * eps))[inside]))
        change = np.abs(near - expected[inside]).max(axis=1)
        moved[inside] = np.maximum(moved[inside], change)
    return 10 * moved
