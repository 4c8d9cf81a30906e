"""What does a loss do, that it should not? Its targets and weights, read off row by row.

A squared error w_i |v_i − u_i|² is a quadratic function of what the model returns. The model is
ours, so it can return anything: the loss then tells u_i and w_i of each of its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import VelocityFunction, to_array, wants_tensors
from fmproof.testing.diagnosis import target_name, targets_like, time_like, weight_like
from fmproof.testing.points import Points
from fmproof.testing.reference import Latents, Reference

_ROWS = 24  # read off one by one, where there is no automatic differentiation
_TENSOR_ROWS = 400
_CLEAR = 1e-6  # p-value below which x_t is not made as it should be


class Shown(NamedTuple):
    """What a loss shows of itself: the targets u (N, d) and weights w (N,) of its rows."""

    u: FloatArray
    w: FloatArray


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
    from fmproof.testing.losses import draw_data, evaluate_loss, noting

    count = _TENSOR_ROWS
    z = draw_data(reference, count, seed)
    calls: list[tuple[Any, Any]] = []

    def data(rows: int) -> Any:
        return user.convert(z[:rows].reshape(-1, *user.shape).copy())

    evaluate_loss(loss, noting(user, reference, calls), data(count), count, seed)
    about_calls = _about_calls(reference, calls)
    if about_calls:
        return about_calls
    points = Points.of(reference, calls, z)
    if points is None:
        return ""
    rows = count if wants_tensors(user.function) else _ROWS
    calls.clear()
    shown = (
        _by_gradient(user, loss, data(rows), rows, seed, calls)
        if wants_tensors(user.function)
        else _by_differences(user, loss, data(rows), rows, seed, calls)
    )
    seen = Points.of(reference, calls[:1], z[:rows])
    if shown is None or seen is None:
        return ""
    less, counted = reference.projected(), points.counted(reference)
    if not counted.belong(less):
        return ""
    weights = shown.w / factor
    latents = seen.latents(reference)
    made = counted.noise_evidence(less)
    about_x = counted.like(less) if made.p_value < _CLEAR else ""
    told = "" if about_x else _about_targets(reference, latents, seen, shown.u)
    expected = reference.weights(seen.t)
    size = np.abs(expected).max() + 1e-300
    w_off = np.abs(weights - expected).max() / size
    weighted = weight_like(reference, seen.t, weights) if w_off > 0.01 else ""
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
        return f"the loss evaluates the model {len(calls)} times a batch, expected once"
    fit_p = Points(every, np.zeros((len(every), 1)), np.zeros((len(every), 1)), 2.0**-23)
    if len(np.unique(every)) > 1 and fit_p.time_evidence(reference).p_value < 1e-6:
        return time_like(reference, every)
    return ""


def _about_targets(reference: Reference, latents: Latents, points: Points, u: FloatArray) -> str:
    """What the targets are, when they are not those of the reference."""
    expected = reference.velocity(latents)
    mask = reference.mask
    slack = 4 * points.slack(reference)[:, None] + 1e-4 * (1 + np.abs(expected))

    def is_like(value: FloatArray) -> bool:
        return bool((np.abs(u - value)[:, mask] <= slack[:, mask]).all())

    if is_like(expected):
        return ""
    back = reference.mirror(latents.t)
    alpha, beta = reference.alpha(back)[:, None], reference.beta(back)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = np.where(beta > 0, (points.x - alpha * latents.z) / beta, 0.0)
    mirrored = Latents(back, latents.z, noise)
    for name, value in targets_like(reference, latents, mirrored).items():
        if is_like(value):
            return f"the target is {name}".replace("the target is the target", "the target is")
    ratio = float((u * expected)[:, mask].sum() / np.square(expected)[:, mask].sum())
    if is_like(ratio * expected):
        return f"the target is {ratio:.4g} times {target_name(reference)}"
    left = np.abs(u - expected)[:, mask]
    row = int(left.max(axis=1).argmax())
    return (
        f"the target in row {row} is {u[row]} at t = {latents.t[row]:.4g}, x1 = {latents.z[row]}, "
        f"x_t = {points.x[row]}, expected {expected[row]}: {target_name(reference)}"
    )


def _stub(user: VelocityFunction, value: Any, calls: list[tuple[Any, Any]]) -> Callable[..., Any]:
    """A model that returns ``value``, whatever it is called with."""

    def stub(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()][:2]
        t, x = reversed(given) if user.x_first else given
        calls.append((t, x))
        return value.reshape(x.shape)

    return stub


def _by_gradient(
    user: VelocityFunction,
    loss: Callable[..., Any],
    x1: Any,
    rows: int,
    seed: int,
    calls: list[tuple[Any, Any]],
) -> Shown | None:
    """From the gradients at two values that the model might return."""
    import torch

    from fmproof.testing.adapters import module_of
    from fmproof.testing.losses import call_loss

    def gradient(level: float) -> FloatArray:
        value = torch.full((rows, user.dim), level, dtype=x1.dtype, requires_grad=True)
        stub = _stub(user, value, calls)
        if module_of(user.function) is not None:

            class Stub(torch.nn.Module):  # type: ignore[misc,unused-ignore]
                def __init__(self) -> None:
                    super().__init__()
                    self.model = user.function

                def forward(self, *args: Any, **kwargs: Any) -> Any:
                    return stub(*args, **kwargs)

            made: Any = Stub()
        else:
            made = stub
        (slope,) = torch.autograd.grad(call_loss(loss, made, x1, seed).mean(), value)
        return np.asarray(to_array(slope), dtype=np.float64)

    return _solve(gradient(0.0), gradient(1.0), gradient(2.0), rows)


def _solve(zero: FloatArray, one: FloatArray, two: FloatArray, rows: int) -> Shown | None:
    """u and w from the gradients 2 w (v − u) / N at v = 0, 1, 2."""
    curve = one - zero
    size = np.abs(curve).max() + 1e-300
    if np.abs(two - 2 * one + zero).max() > 1e-2 * size:  # no squared error
        return None
    w = rows * np.median(curve, axis=1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.where(np.abs(curve) > 1e-9 * size, -zero / curve, 0.0)
    return Shown(u, w)


def _by_differences(
    user: VelocityFunction,
    loss: Callable[..., Any],
    x1: Any,
    rows: int,
    seed: int,
    calls: list[tuple[Any, Any]],
) -> Shown | None:
    """The same from values of the loss, one number of the model at a time."""
    from fmproof.testing.losses import evaluate_loss

    def value(output: FloatArray) -> float:
        return evaluate_loss(loss, _stub(user, output, calls), x1.copy(), rows, seed)

    base = value(np.zeros((rows, user.dim)))
    zero, curve = np.zeros((rows, user.dim)), np.zeros((rows, user.dim))
    for i, j in np.ndindex(rows, user.dim):
        move = np.zeros((rows, user.dim))
        move[i, j] = 1.0
        above, below = value(move), value(-move)
        zero[i, j] = (above - below) / 2
        curve[i, j] = above + below - 2 * base
    return _solve(zero, zero + curve, zero + 2 * curve, rows)
