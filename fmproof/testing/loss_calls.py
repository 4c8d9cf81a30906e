"""How a user's loss is called: with seeded generators, labels, and a model that notes its calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.given_paths import domain_of
from fmproof.testing.adapters import (
    VelocityFunction,
    jax_key,
    module_of,
    parameters,
    real_numbers,
    seeded,
    to_array,
)
from fmproof.testing.calls import note
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.loss_labels import (
    Unlabelled,
    label_parameter,
    labels_like,
)
from fmproof.testing.precision import precision_of
from fmproof.testing.reference import Reference

_ROWS = 100  # whose times are looked at
_BEYOND = 1e-3  # of the times, by which one may be beyond them


def draw_data(reference: Reference, n: int, seed: int) -> FloatArray:
    """A batch of data for a loss, (n, d)."""
    return reference.data.sample(n, np.random.default_rng([seed, 3]))


def call_loss(loss: Callable[..., Any], first: Any, x1: Any, seed: int) -> Any:
    """``loss(first, x1)`` with seeded generators, and with one of its own for a parameter rng."""
    own: dict[str, Any] = {}
    for kind in _generators(loss):
        if kind == "key":
            own[kind] = jax_key(seed)
        else:
            own[kind] = np.random.default_rng(seed)
    label = label_parameter(loss)
    if label is not None:
        own[label] = labels_like(x1)
        first = Unlabelled(first) if callable(first) and type(first) is not Unlabelled else first
    with seeded(seed):
        return loss(first, x1, **own)


@lru_cache(maxsize=32)
def _generators(loss: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(p.name for p in parameters(loss) or [] if p.name in ("rng", "key"))


def evaluate_loss(loss: Callable[..., Any], model: Any, x1: Any, n: int, seed: int) -> float:
    """The mean of what ``loss(model, x1)`` returns, checked."""
    try:
        result = call_loss(loss, model, x1, seed)
    except CheckFailed:
        raise
    except Exception as error:
        raise CheckFailed(
            f"the loss {name_of(loss)} raised {type(error).__name__}: {error}",
            found=f"called with the model and x1 of shape {tuple(x1.shape)}",
        ) from error
    value = real_numbers(result, f"the loss {name_of(loss)} returned")
    if value.shape not in ((), (1,), (n,)):
        raise CheckFailed(
            f"the loss {name_of(loss)} returned the wrong shape",
            expected=f"a number, or shape ({n},)",
            found=str(value.shape),
        )
    if not np.isfinite(value).all():
        raise CheckFailed(
            f"the loss {name_of(loss)} returned a number that is not finite",
            found=str(value.ravel()[~np.isfinite(value.ravel())][0]),
        )
    return float(value.astype(np.float64).mean())


def times_beyond(
    user: VelocityFunction,
    reference: Reference,
    loss: Callable[..., Any],
    seed: int,
    explain: Callable[[], str],
) -> CheckFailed | None:
    """The failure of a loss whose model is told times that the path has not; None also where the
    times do not show. Its points say nothing there, and the closed form alone says little.

    Args:
        explain: the sentence for it.
    """
    calls: list[tuple[Any, Any]] = []
    z = draw_data(reference, _ROWS, seed)
    data = user.convert(z.reshape(-1, *user.shape).copy())
    evaluate_loss(loss, noting(user, reference, calls), data, _ROWS, seed)
    try:
        told = [(np.asarray(to_array(t), dtype=np.float64), precision_of(t)) for t, _ in calls]
    except Exception:  # a mapped call
        return None
    low, high = domain_of(reference.path)
    for t, rounding in told:
        off = _BEYOND * (high - low) + 2 * rounding * np.abs(t)
        if ((t < low - off) | (t > high + off)).any():
            return CheckFailed(
                "the loss tells its model times that the path has not",
                expected=f"t from {low:g} to {high:g}",
                found=f"t from {t.min():.6g} to {t.max():.6g}",
                hint=explain(),
            )
    return None


def noting(
    user: VelocityFunction,
    reference: Reference,
    calls: list[tuple[Any, Any]],
    shift: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """The user's model plus Δ, callable as the model is; it notes the (t, x) of its calls."""

    names = user.names

    def noted(*args: Any, **kwargs: Any) -> Any:
        named = [kwargs[name] for name in names[len(args) :] if name in kwargs]
        given = [*args, *(named or kwargs.values())][:2]
        t, x = reversed(given) if user.x_first else given
        if getattr(t, "ndim", 0) == 2 and getattr(x, "ndim", 0) == 1:
            order = "(x, t)" if user.x_first else "(t, x)"
            raise CheckFailed(
                f"the loss gives the {user.what} x in the place of t",
                expected=f"a call as {name_of(user.function)}{order}",
                found=f"t of shape {tuple(t.shape)} and x of shape {tuple(x.shape)}",
            )
        note(calls, t, x)
        value = user.function(*args, **kwargs)
        user.eps = max(user.eps, precision_of(value))
        if shift is None:
            return value
        flat = x.reshape(len(x), -1)
        move = shift(reference.scaled(t.reshape(-1, 1)), flat)
        return value + move.reshape(value.shape)

    if module_of(user.function) is None:
        return noted
    import torch

    class Noted(torch.nn.Module):
        """Keeps the model's parameters and methods within reach of the loss."""

        def __init__(self) -> None:
            super().__init__()
            self.model = user.function

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return noted(*args, **kwargs)

    return Noted()
