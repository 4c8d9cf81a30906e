"""The exact model as PyTorch and JAX differentiate and map functions.

Its values and its Jacobian are computed in NumPy. Each library is told how they belong together, so
that ``torch.autograd``, ``torch.func`` and ``jax.jacfwd`` work as on a network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import to_array

Values = Callable[[FloatArray, FloatArray], FloatArray]
"""Of t () or (N,) and x (N, ...)."""


def numbers(value: Any) -> FloatArray:
    """As a float64 array."""
    return np.asarray(to_array(value), dtype=np.float64)


def of_tensors(values: Values, jacobian: Values) -> Callable[[Any, Any], Any]:
    """The function of tensors (x, t) with these values, which ``torch.autograd`` and ``torch.func``
    can differentiate in x."""
    import torch

    def like(found: FloatArray, given: Any) -> Any:
        return torch.as_tensor(found).to(dtype=given.dtype, device=given.device)

    def mapped(function: Any) -> Any:
        """A rule for ``torch.vmap``: the mapped axis joins that of the rows."""

        def rule(info: Any, dims: Any, x: Any, t: Any, *slopes: Any) -> Any:
            size, given = info.batch_size, []
            for value, dim in zip((x, t, *slopes), dims, strict=True):
                first = value.unsqueeze(0) if dim is None else value.movedim(dim, 0)
                given.append(first.expand(size, *first.shape[1:]))
            rows = given[0].shape[1]
            if given[1].ndim == 1:
                given[1] = given[1][:, None].expand(size, rows)
            joined = [v.reshape(size * rows, *v.shape[2:]) for v in given]
            found = function.apply(*joined)
            return found.reshape(size, rows, *found.shape[1:]), 0

        return staticmethod(rule)

    def along(equation: str, x: Any, t: Any, slope: Any) -> Any:
        rows = numbers(slope).reshape(len(x), -1)
        found = np.einsum(equation, jacobian(numbers(t), numbers(x)), rows)
        return like(found.reshape(tuple(x.shape)), slope)

    class Along(torch.autograd.Function):  # type: ignore[misc,unused-ignore]
        """The Jacobian times a vector, which is not differentiated again."""

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

    class Back(Along):
        @staticmethod
        def forward(x: Any, t: Any, slope: Any) -> Any:
            return along("nij,ni->nj", x, t, slope)

    class Push(Along):
        @staticmethod
        def forward(x: Any, t: Any, slope: Any) -> Any:
            return along("nij,nj->ni", x, t, slope)

    class Exact(torch.autograd.Function):  # type: ignore[misc,unused-ignore]
        @staticmethod
        def forward(x: Any, t: Any) -> Any:
            return like(values(numbers(t), numbers(x)), x)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return Back.apply(*ctx.saved_tensors, grad), None

        @staticmethod
        def jvp(ctx: Any, move: Any, _: Any) -> Any:
            return Push.apply(*ctx.saved_tensors, move)

    for each in (Back, Push, Exact):
        each.vmap = mapped(each)

    def function(x: Any, t: Any) -> Any:
        given = t if isinstance(t, torch.Tensor) else torch.as_tensor(numbers(t))
        return Exact.apply(x, given.detach())

    return function


def of_jax(values: Values, jacobian: Values) -> Callable[[Any, Any], Any]:
    """The function of JAX arrays (x, t) with these values, which ``jax.grad``, ``jax.vmap`` and
    ``jax.jit`` can take."""
    import jax

    def outside(function: Values) -> Callable[..., Any]:
        """``function`` as a callback out of compiled code, for a shape of what it returns."""

        def of_arrays(x: Any, t: Any) -> Any:
            return np.asarray(function(numbers(t), numbers(x)), dtype=x.dtype)

        def called(shape: tuple[int, ...], x: Any, t: Any) -> Any:
            result = jax.ShapeDtypeStruct(shape, x.dtype)
            return jax.pure_callback(of_arrays, result, x, t, vmap_method="sequential")

        return called

    value, slope = outside(values), outside(jacobian)

    def value_and_move(primals: Any, tangents: Any) -> Any:
        (x, t), (move, _) = primals, tangents
        rows = int(np.prod(x.shape[1:]))
        slopes = slope((len(x), rows, rows), x, t)
        moved = jax.numpy.einsum("nij,nj->ni", slopes, move.reshape(len(x), rows))
        return exact(x, t), moved.reshape(x.shape)

    exact = jax.custom_jvp(lambda x, t: value(x.shape, x, t))
    exact.defjvp(value_and_move)

    def function(x: Any, t: Any) -> Any:
        if isinstance(x, jax.core.Tracer) or isinstance(t, jax.core.Tracer):
            return exact(x, jax.numpy.asarray(t, dtype=x.dtype))
        return jax.numpy.asarray(values(numbers(t), numbers(x)), dtype=x.dtype)

    return function
