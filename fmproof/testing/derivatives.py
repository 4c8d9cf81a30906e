"""Divergences, Jacobians and log-likelihoods of a field that is known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.evidence import check_count, check_tolerance
from fmproof.testing.exact import ExactModel, call_with, convert_for, numbers_of
from fmproof.testing.failure import CheckFailed, call, chosen_seed, code_of, name_of
from fmproof.testing.joint import joint_test
from fmproof.testing.precision import precision_of, precision_shown
from fmproof.testing.reference import Reference

_NAMES = {
    "field": {"model", "f", "velocity", "vector_field", "fn", "v", "u"},
    "t": {"time", "times"},
    "x": {"x_t", "xt", "points"},
}


def assert_divergence(
    divergence: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    target: Any = "velocity",
    direction: str = "noise-to-data",
    points: int = 64,
    repeats: int = 400,
    tolerance: float = 1e-4,
    level: float = 1e-6,
    seed: int | None = None,
) -> None:
    """Assert that ``divergence(field, t, x)`` is the divergence of a field, or unbiased.

    The field is the exact E[target given X_t = x], whose divergence is known.

    Args:
        divergence: the user's function of a field, t (N,) and x (N, d) -> (N,), by these names or
            in this order. The field is called as field(t, x) or field(x, t).
        path, data, time, target, direction: as in ``assert_marginal_field``.
        points: how many points x.
        repeats: how often an estimate is drawn.
        tolerance: the error of a deterministic divergence, relative to 1 + |value|.
        level: the probability that an unbiased estimate fails.
        seed: of points and estimates; by default pytest's ``--fmproof-seed``, or 0.

    Raises:
        CheckFailed: with its bias or its error, and its standard deviation if it is random.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    reference, t, x, seed = _setting(path, data, time, target, direction, points, seed)
    check_tolerance(tolerance)
    check_count("repeats", repeats, 20)
    exact = np.trace(ExactModel(reference).jacobian(t, x), axis1=1, axis2=2)

    def draw(each: int) -> FloatArray:
        return _call(divergence, "divergence", reference, t, x, (len(t),), each)[0]

    def failure(title: str, expected: str, found: str, values: FloatArray) -> CheckFailed:
        ratio = float((values * exact).sum() / max(float(np.square(exact).sum()), 1e-300))
        close = np.abs(values - ratio * exact).mean() < 0.05 * np.abs(values).mean()
        whole = abs(ratio - round(ratio)) < 0.05 * abs(ratio) and round(ratio) not in (0, 1)
        hint = ""
        if close and whole and ratio > 0:
            hint = f"it is {round(ratio)} times the divergence: summed over probes, not averaged"
        elif close and whole:
            hint = "its sign is flipped"
        elif close:
            hint = f"it is about {ratio:.3g} times the divergence"
        return CheckFailed(
            title,
            expected=expected,
            found=found,
            hint=hint,
            problem=reference.describe(),
            reproduce=call(
                assert_divergence,
                code_of(divergence, "divergence"),
                *reference.code(),
                **reference.options(),
                points=points,
                repeats=repeats,
                tolerance=tolerance,
                level=level,
                seed=seed,
            ),
        )

    first = draw(seed)
    if np.allclose(first, draw(seed + 1), rtol=1e-7, atol=1e-9):
        off = np.abs(first - exact) / (1 + np.abs(exact))
        row = int(off.argmax())
        if off[row] > tolerance:
            raise failure(
                "the divergence is wrong",
                f"{exact[row]:.8g} at t = {t[row]:.6g}, x = {x[row]}",
                f"{first[row]:.8g}",
                first,
            )
        return
    values = np.array([draw(seed + 2 + i) for i in range(repeats)])
    verdict = joint_test(values - exact, tolerance * (1 + np.abs(exact)))
    pooled = joint_test((values - exact).mean(axis=1, keepdims=True), tolerance)
    if 2 * min(verdict.p_value, pooled.p_value) <= level:
        row, spread = verdict.worst, values.std(axis=0)
        raise failure(
            "the estimate of the divergence is biased",
            f"a mean of {exact[row]:.6g} at t = {t[row]:.6g}, x = {x[row]}",
            f"{values[:, row].mean():.6g} ± {spread[row] / np.sqrt(repeats):.2g}; "
            f"one estimate has the standard deviation {spread[row]:.3g}",
            values.mean(axis=0),
        )


def assert_jacobian(
    jacobian: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    time: Any = None,
    target: Any = "velocity",
    direction: str = "noise-to-data",
    points: int = 64,
    tolerance: float = 1e-4,
    seed: int | None = None,
) -> None:
    """Assert that ``jacobian(field, t, x)`` (N, d, d) has the entries ∂field_i/∂x_j.

    The arguments are those of ``assert_divergence``.

    Raises:
        CheckFailed: with the worst entry.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    reference, t, x, seed = _setting(path, data, time, target, direction, points, seed)
    check_tolerance(tolerance)
    exact = ExactModel(reference).jacobian(t, x)
    found, _ = _call(jacobian, "jacobian", reference, t, x, exact.shape, seed)

    def off(values: FloatArray) -> FloatArray:
        return np.asarray(np.abs(values - exact) / (1 + np.abs(exact)))

    if off(found).max() <= tolerance:
        return
    n, i, j = np.unravel_index(int(off(found).argmax()), exact.shape)
    transposed = off(found.transpose(0, 2, 1)).max() <= tolerance
    raise CheckFailed(
        "the Jacobian is wrong",
        expected=f"{exact[n, i, j]:.8g} for the derivative of component {i} in x_{j}, "
        f"at t = {t[n]:.6g}, x = {x[n]}",
        found=f"{found[n, i, j]:.8g}",
        hint="it is transposed" if transposed else "",
        problem=reference.describe(),
        reproduce=call(
            assert_jacobian,
            code_of(jacobian, "jacobian"),
            *reference.code(),
            **reference.options(),
            points=points,
            tolerance=tolerance,
            seed=seed,
        ),
    )


def assert_log_likelihood(
    log_likelihood: Callable[..., Any],
    path: Any,
    data: Any,
    *,
    predict: Any = "velocity",
    direction: str = "noise-to-data",
    points: int = 32,
    tolerance: float = 0.05,
    seed: int | None = None,
) -> None:
    """Assert that ``log_likelihood(model, x1)`` is log p of the data under the exact model.

    Args:
        log_likelihood: the user's function of a model and x1 (N, d) -> (N,), by these names or in
            this order.
        path: a ``fmproof.models.Path`` that starts from standard normal noise.
        data: a ``GaussianMixture`` with a density.
        predict: what the model predicts, as ``target`` elsewhere.
        direction, seed: as elsewhere.
        points: how many x1.
        tolerance: the error that is allowed, of the solver and of estimates, in nats.

    Raises:
        CheckFailed: with the error, and what it looks like.
        InputError: when the arguments cannot be used.
    """
    __tracebackhide__ = True
    seed = chosen_seed(seed)
    check_tolerance(tolerance)
    check_count("points", points, 4)
    reference = Reference.of(path, data, target=predict, direction=direction)
    if not reference.data.scales.all():
        raise InputError("data: expected a GaussianMixture with a density, found singular ones")
    x = reference.data.sample(points, np.random.default_rng(seed))
    exact = reference.data.log_density(x)
    model, to = ExactModel(reference), convert_for(log_likelihood, double=True)
    values = {"model": model, "x1": to(x.reshape(-1, *reference.shape))}
    names = {"model": {*_NAMES["field"], "field"}, "x1": {"x", "data", "x0", "samples"}}
    result = call_with(log_likelihood, "log-likelihood", values, names, seed)
    found = numbers_of(result, (points,), f"the log-likelihood {name_of(log_likelihood)}")
    off = found - exact
    if np.abs(off).max() <= tolerance:
        return
    constant, dim = float(np.median(off)), reference.dim
    hint = ""
    if np.ptp(off) <= 2 * tolerance:
        normal = 0.5 * dim * np.log(2 * np.pi)
        hint = f"it is off by the constant {constant:.4g}"
        if abs(abs(constant) - normal) <= tolerance:
            hint += ": the normalisation d/2 log(2π) of the noise is missing"
    else:
        if np.abs(found + exact).max() <= tolerance:
            hint = "its sign is flipped"
        else:
            hint = (
                f"its error runs from {off.min():.3g} to {off.max():.3g} nats: look at the sign "
                "and the scale of the divergence, such as a sum over probes in place of a mean"
            )
    row = int(np.abs(off).argmax())
    raise CheckFailed(
        "the log-likelihood is wrong",
        expected=f"{exact[row]:.6g} at x1 = {x[row]}",
        found=f"{found[row]:.6g}; mean error {np.abs(off).mean():.3g} nats of {points} points "
        f"(allowed {tolerance:g})",
        hint=hint,
        problem=reference.describe(),
        reproduce=call(
            assert_log_likelihood,
            code_of(log_likelihood, "log_likelihood"),
            *reference.code(),
            predict=None if predict == "velocity" else predict,
            direction=None if direction == "noise-to-data" else direction,
            points=points,
            tolerance=tolerance,
            seed=seed,
        ),
    )


def _setting(
    path: Any, data: Any, time: Any, target: Any, direction: str, points: int, seed: int | None
) -> tuple[Reference, FloatArray, FloatArray, int]:
    """The reference and points at which to look: where rounding does not blur derivatives."""
    check_count("points", points, 1)
    chosen = chosen_seed(seed)
    reference = Reference.of(path, data, time, target=target, direction=direction)
    rng = np.random.default_rng(chosen)
    inner = reference.time.quantile(0.05 + 0.9 * rng.random(points))
    z, eps = reference.data.sample(points, rng), rng.standard_normal((points, reference.dim))
    x = reference.alpha(inner)[:, None] * z + reference.beta(inner)[:, None] * eps
    return reference, inner, x, chosen


def _call(
    function: Any,
    role: str,
    reference: Reference,
    t: FloatArray,
    x: FloatArray,
    shape: tuple[int, ...],
    seed: int,
) -> tuple[FloatArray, float]:
    model, to = ExactModel(reference), convert_for(function, double=True)
    values = {"field": model, "t": to(t.copy()), "x": to(x.copy())}
    result = call_with(function, role, values, _NAMES, seed)
    found = numbers_of(result, shape, f"the {role} {name_of(function)}")
    return found, max(precision_of(result), precision_shown(found))
