"""The targets and weights of a loss, read off row by row.

A squared error w_i |v_i − u_i|² is a quadratic function of what the model returns. The model is
ours, so it can return anything: the loss then tells u_i and w_i of each of its rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.testing.adapters import VelocityFunction, to_array, wants_tensors
from fmproof.testing.calls import is_mapped
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.reference import Reference

_SQUARE = 1e-2  # relative error up to which a loss is a quadratic function of the model
_FURTHER = 8  # rows in which that is looked at, without automatic differentiation


class ShownTargets(NamedTuple):
    """What a loss shows of itself.

    Attributes:
        u: (N, d), the targets.
        w: (N,), the weights of the rows, by the coordinates that count.
        shares: (d,), the weights of the coordinates, relative to those that count.
    """

    u: FloatArray
    w: FloatArray
    shares: FloatArray


def read_off(
    user: VelocityFunction, reference: Reference, loss: Callable[..., Any], z: FloatArray, seed: int
) -> tuple[ShownTargets, EvaluatedPoints] | None:
    """The targets and weights of a loss of the data z (N, d), and the points at which it evaluates
    the model; None when it is no squared error of one call.

    Without automatic differentiation this takes 2 N d calls of the loss.
    """
    calls: list[tuple[Any, Any]] = []
    data = user.convert(z.reshape(-1, *user.shape).copy())
    read = _by_gradient if wants_tensors(user.function) else _by_differences
    shown = read(user, loss, data, len(z), seed, calls, reference.mask)
    given = to_array(data).astype(np.float64).reshape(z.shape)
    points = EvaluatedPoints.of(reference, _first_pass(calls, user.dim, len(z)), given)
    return None if shown is None or points is None else (shown, points)


def _first_pass(calls: list[tuple[Any, Any]], dim: int, rows: int) -> list[tuple[Any, Any]]:
    """The calls of the loss's first evaluation, by which all rows have been seen."""
    seen = np.cumsum([int(np.prod(x.shape)) // dim for _, x in calls])
    return calls[: int(np.searchsorted(seen, rows)) + 1]


def _stub(user: VelocityFunction, value: Any, calls: list[tuple[Any, Any]]) -> Callable[..., Any]:
    """A model that returns ``value`` (N, d), row after row, whatever it is called with."""
    given_back = 0

    def stub(*args: Any, **kwargs: Any) -> Any:
        nonlocal given_back
        given = [*args, *kwargs.values()][:2]
        t, x = reversed(given) if user.x_first else given
        if is_mapped(t, x):
            raise LookupError("the rows of a mapped call have no numbers")
        calls.append((t, x))
        count = int(np.prod(x.shape)) // user.dim
        first = given_back if given_back + count <= len(value) else 0
        given_back = first + count
        return value[first : first + count].reshape(x.shape)

    return stub


def _by_gradient(
    user: VelocityFunction,
    loss: Callable[..., Any],
    x1: Any,
    rows: int,
    seed: int,
    calls: list[tuple[Any, Any]],
    mask: BoolArray,
) -> ShownTargets | None:
    """From the gradients at two values that the model might return."""
    import torch

    from fmproof.testing.adapters import module_of
    from fmproof.testing.loss_calls import call_loss

    def gradient(level: float) -> FloatArray:
        value = torch.full((rows, user.dim), level, dtype=x1.dtype, requires_grad=True)
        stub = _stub(user, value, calls)
        if module_of(user.function) is not None:

            class Stub(torch.nn.Module):
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

    rounding = float(torch.finfo(x1.dtype).eps)
    return _solve(gradient(0.0), gradient(1.0), gradient(2.0), rows, mask, rounding)


def _solve(
    zero: FloatArray,
    one: FloatArray,
    two: FloatArray,
    rows: int,
    mask: BoolArray,
    rounding: float = 0.0,
) -> ShownTargets | None:
    """u and w from the gradients 2 w (v − u) / N at v = 0, 1, 2, which rounding throws by so much
    of their size, and the coordinates that count."""
    curve = one - zero
    size = np.abs(curve).max() + 1e-300
    off = 4 * rounding * np.abs([zero, one, two]).max()
    if np.abs(two - 2 * one + zero).max() > _SQUARE * size + off:  # no squared error
        return None
    w = rows * np.median(curve[:, mask], axis=1) / 2
    each = np.abs(curve).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.where(np.abs(curve) > 1e-9 * size, -zero / curve, 0.0)
    return ShownTargets(u, w, each / (each[mask].mean() + 1e-300))


def _by_differences(
    user: VelocityFunction,
    loss: Callable[..., Any],
    x1: Any,
    rows: int,
    seed: int,
    calls: list[tuple[Any, Any]],
    mask: BoolArray,
) -> ShownTargets | None:
    """The same from values of the loss, one number of the model at a time."""
    from fmproof.testing.loss_calls import evaluate_loss

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
    for i in range(min(rows, _FURTHER)):  # is it quadratic further out?
        move = np.zeros((rows, user.dim))
        move[i, 0] = 2.0
        further = value(move) - (base + 2 * zero[i, 0] + 2 * curve[i, 0])
        if abs(further) > _SQUARE * np.abs(curve).max():
            return None
    return _solve(zero, zero + curve, zero + 2 * curve, rows, mask)
