"""The arguments (t, x) with which a loss calls the model, also where it does so row by row.

``torch.vmap`` and ``jax.vmap`` give the model values that hide the batch. PyTorch tells it to the
rule of an autograd function, JAX to that of a ``custom_vmap``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from fmproof.testing.adapters import to_array

Calls = list[tuple[Any, Any]]


def note(calls: Calls, t: Any, x: Any) -> None:
    """Append the values of ``t`` and ``x``, those of all rows where the model is mapped."""
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and isinstance(x, torch.Tensor) and _hidden(x, t):
        _torch_mapped().apply(torch.as_tensor(t), x, partial(note, calls))
    elif jax is not None and isinstance(x, jax.core.Tracer):
        _jax_mapped(calls)(jax.lax.stop_gradient(t), jax.lax.stop_gradient(x))
    else:
        calls.append((t, x))


def _hidden(*values: Any) -> bool:
    """Whether a transformation hides the numbers of a tensor."""
    try:
        for value in values:
            if hasattr(value, "detach"):
                value.detach().reshape(-1)[:1].tolist()
    except RuntimeError:
        return True
    return False


@cache
def _torch_mapped() -> Any:
    import torch

    class Mapped(torch.autograd.Function):  # type: ignore[misc,unused-ignore]
        """Notes its arguments; what it returns is of no use."""

        @staticmethod
        def forward(t: Any, x: Any, seen: Callable[[Any, Any], None]) -> Any:
            seen(t, x)
            return x.new_zeros(())

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.mark_non_differentiable(output)

        @staticmethod
        def vmap(info: Any, in_dims: Any, t: Any, x: Any, seen: Callable[[Any, Any], None]) -> Any:
            size = info.batch_size
            rows = [
                value.expand(size, *value.shape) if dim is None else value.movedim(dim, 0)
                for value, dim in ((t, in_dims[0]), (x, in_dims[1]))
            ]
            seen(*rows)
            return x.new_zeros(()), None

    return Mapped


def _jax_mapped(calls: Calls) -> Any:
    import jax

    @jax.custom_batching.custom_vmap
    def mapped(t: Any, x: Any) -> Any:
        jax.debug.callback(lambda t, x: calls.append((np.asarray(t), np.asarray(x))), t, x)
        return jax.numpy.zeros(())

    @mapped.def_vmap
    def _(size: int, batched: Any, t: Any, x: Any) -> Any:
        rows = [
            value if many else jax.numpy.broadcast_to(value, (size, *value.shape))
            for value, many in zip((t, x), batched, strict=True)
        ]
        note(calls, *rows)
        return jax.numpy.zeros(()), False

    return mapped


def joined(calls: Calls, shape: tuple[int, int]) -> Calls:
    """One call of all rows in place of several, of a loss that takes its ``shape`` (N, d) of data
    in parts; else the calls as they are."""
    rows, dim = shape
    if len(calls) < 2:
        return calls
    try:
        parts = [tuple(np.asarray(to_array(value)) for value in call) for call in calls]
    except Exception:  # what cannot be read is no part of the data
        return calls
    sized = [(t.reshape(-1), x.reshape(-1, dim)) for t, x in parts if x.size % dim == 0]
    whole = len(sized) == len(parts) and sum(len(x) for _, x in sized) == rows
    if not whole or any(len(t) not in (1, len(x)) for t, x in sized):
        return calls
    times = [np.broadcast_to(t, len(x)) for t, x in sized]
    return [(np.concatenate(times), np.concatenate([x for _, x in sized]))]
