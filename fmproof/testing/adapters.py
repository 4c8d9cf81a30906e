"""A user's callables, on NumPy arrays or PyTorch tensors, as functions of float64 arrays.

PyTorch is never imported here unless the user's object has already brought it along.
"""

from __future__ import annotations

import functools
import inspect
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from copy import copy
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.precision import precision_of, precision_shown

_TIME = {"t", "time", "times", "timestep", "timesteps"}
_POINT = {"x", "xt", "x_t", "xs"}
BROADCAST = (
    "t has shape (N,) and x has shape (N, d): write t[:, None] where the two meet, "
    "or NumPy and PyTorch pair the times with the columns"
)


def takes_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function as working on PyTorch tensors; ``torch.nn.Module`` needs no mark."""
    return _marked(function, "takes_tensors")


def takes_jax(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function as working on JAX arrays. A parameter named key gets a key."""
    return _marked(function, "takes_jax")


def _marked(function: Callable[..., Any], mark: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def marked(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    setattr(marked, mark, True)
    return marked


def module_of(function: Any) -> Any:
    """The ``torch.nn.Module`` behind a callable, its method or a partial of it; else None."""
    torch = sys.modules.get("torch")
    while isinstance(function, functools.partial):
        function = function.func
    owner = getattr(function, "__self__", function)
    return owner if torch is not None and isinstance(owner, torch.nn.Module) else None


def wants_tensors(function: Any) -> bool:
    """Whether a callable, or what it is a partial of, is to be given PyTorch tensors."""
    return _has_mark(function, "takes_tensors") or module_of(function) is not None


def wants_jax(function: Any) -> bool:
    """Whether a callable, or what it is a partial of, is to be given JAX arrays."""
    return _has_mark(function, "takes_jax")


def _has_mark(function: Any, mark: str) -> bool:
    while isinstance(function, functools.partial):
        function = function.func
    return bool(getattr(function, mark, False))


def jax_array(value: Any) -> Any:
    """A JAX array."""
    from jax import numpy

    return numpy.asarray(value)


def integers_for(function: Any, values: Any) -> Any:
    """Whole numbers as ``function`` takes them, of int64."""
    whole = np.asarray(values).astype(np.int64)
    if wants_tensors(function):
        import torch

        return torch.as_tensor(whole)
    return jax_array(whole) if wants_jax(function) else whole


def jax_key(seed: int) -> Any:
    """A key of JAX's generators."""
    from jax import random as generators

    return generators.PRNGKey(seed)


def to_array(value: Any) -> Any:
    """A NumPy array of what may be a tensor; float64 unless it is of lower precision."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        if str(value.dtype) == "torch.bfloat16":
            value = value.float()
        value = value.numpy()
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype.name == "bfloat16" else array


def like_inputs_of(function: Any) -> Callable[[FloatArray], Any]:
    """What turns an array into what ``function`` takes: the array, or a tensor of the dtype and
    on the device of the module's parameters."""
    if wants_jax(function):
        return jax_array
    if not wants_tensors(function):
        return lambda array: array
    import torch

    module = module_of(function)
    parameters = [] if module is None else list(module.parameters())
    first = next((p for p in parameters if p.is_floating_point()), None)
    dtype = torch.get_default_dtype() if first is None else first.dtype
    device = None if first is None else first.device
    return lambda array: torch.as_tensor(array).to(dtype=dtype, device=device)


_RESTORED = ContextVar("restored", default=False)  # whether an outer ``seeded`` restores the state


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed the global generators of ``random``, NumPy and PyTorch; restore them afterwards, once
    for all that are nested, since that takes longer than most losses do. PyTorch has one thread
    meanwhile: batches are small, and threads that wait for each other take most of the time."""
    torch = sys.modules.get("torch")
    if _RESTORED.get():
        _seed_all(seed, torch)
        yield
        return
    python, legacy = random.getstate(), np.random.get_state()
    tensors = None if torch is None else torch.random.get_rng_state()
    token = _RESTORED.set(True)
    threads = None if torch is None else torch.get_num_threads()
    if torch is not None:
        torch.set_num_threads(1)
    try:
        _seed_all(seed, torch)
        yield
    finally:
        _RESTORED.reset(token)
        random.setstate(python)
        np.random.set_state(legacy)
        if torch is not None and tensors is not None:
            torch.random.set_rng_state(tensors)
            torch.set_num_threads(threads)


def _seed_all(seed: int, torch: Any) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch is not None:
        # torch.manual_seed records a stack trace at each call, for GPUs that are not there.
        torch.default_generator.manual_seed(seed)
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(seed)


class VelocityFunction:
    """A user's velocity model or field, called as f(t (N,), x (N, d)) -> (N, d).

    The order of the arguments is taken from their names (``model(x, t)`` works); without telling
    names it is (t, x). Every result is checked.

    Raises:
        InputError: when the object cannot be called with two arguments.
        CheckFailed: at a call, when it raises, or returns another shape or a number that is not
            finite.
    """

    def __init__(
        self, function: Any, dim: int, what: str = "model", shape: tuple[int, ...] = ()
    ) -> None:
        if not callable(function):
            raise InputError(f"{what}: expected a callable, found {function!r}")
        self.function = function
        self.dim = dim
        self.shape = shape or (dim,)
        self.what = f"{what} {name_of(function)}"
        self.convert = like_inputs_of(function)
        self.x_first = _x_first(function)
        self.names = [p.name for p in parameters(function) or []][:2]
        self.eps = float(np.finfo(np.float64).eps)

    def replaced_by(self, function: Any) -> VelocityFunction:
        """The same with another function of the same kind, such as other parameters make."""
        other = copy(self)
        other.function = function
        return other

    def arguments(self, t: Any, x: Any) -> tuple[Any, Any]:
        """t and x in the order that the function takes them."""
        return (x, t) if self.x_first else (t, x)

    def __call__(self, t: FloatArray, x: FloatArray) -> FloatArray:
        try:
            with _no_grad(self.function):
                points = self.convert(x.reshape(-1, *self.shape).copy())
                result = self.function(*self.arguments(self.convert(t.copy()), points))
        except Exception as error:
            raise CheckFailed(
                f"the {self.what} raised {type(error).__name__}: {error}",
                found=f"called with t of shape {t.shape} and x of shape {x.shape}",
                hint=hint_for(error, self.function),
            ) from error
        values = real_numbers(result, f"the {self.what} returned")
        shape = (len(x), *self.shape)
        check_numbers(values, shape, f"the {self.what} returned", {"t": t, "x": x})
        values64 = np.asarray(values, dtype=np.float64).reshape(x.shape)
        self.eps = max(self.eps, precision_of(result), precision_shown(values64))
        return values64

    def check_steady(self, t: FloatArray, x: FloatArray) -> None:
        """Raise ``CheckFailed`` unless a value depends on nothing but its own t and x.

        Evaluates once more, and then as many points as there are coordinates, where t of shape
        (d,) and x of shape (d, d) broadcast without an error.
        """
        first, again = self(t, x), self(t, x)
        close = 1000 * self.eps * (1 + np.abs(first))
        for row in np.flatnonzero((np.abs(first - again) > close).any(axis=1))[:1]:
            raise CheckFailed(
                f"the {self.what} is not deterministic",
                expected=f"{first[row]} at t = {t[row]:g}, x = {x[row]}, as at the first call",
                found=f"{again[row]} at the second call",
                hint="switch off dropout and other randomness; for PyTorch call model.eval()",
            )
        rows = slice(len(x) - self.dim, len(x))
        alone = self(t[rows], x[rows])
        for row in np.flatnonzero((np.abs(first[rows] - alone) > close[rows]).any(axis=1))[:1]:
            raise CheckFailed(
                f"the {self.what} mixes the points of a batch",
                expected=f"{first[rows][row]} at t = {t[rows][row]:g}, x = {x[rows][row]}, "
                f"as in a batch of {len(x)}",
                found=f"{alone[row]} in a batch of {self.dim}, as many as x has coordinates",
                hint=BROADCAST + "; a batch normalisation in training mode does this too",
            )


def real_numbers(result: Any, who: str) -> Any:
    """The array that ``result`` is; raises ``CheckFailed`` unless it is one of real numbers."""
    if result is None:
        raise CheckFailed(f"{who} nothing", found="None", hint="it must return its value")
    try:
        values = to_array(result)
    except Exception as error:
        raise CheckFailed(f"{who} what is no array of numbers", found=str(error)) from error
    if values.dtype.kind not in "fiu":
        kind = type(result).__name__ if values.dtype == object else values.dtype
        raise CheckFailed(f"{who} {kind} instead of real numbers")
    return values


def check_numbers(
    values: Any, shape: tuple[int, ...], who: str, context: Mapping[str, Any] | None = None
) -> None:
    """Raise ``CheckFailed`` unless ``values`` are finite numbers of the given shape."""
    if values.shape != shape:
        squared = values.ndim == 2 and values.shape[0] == values.shape[1] == shape[0]
        raise CheckFailed(
            f"{who} the wrong shape",
            expected=str(shape),
            found=str(values.shape),
            hint=BROADCAST if squared and shape[0] != shape[-1] else "",
        )
    finite = np.isfinite(values)
    if not finite.all():
        row = int(np.flatnonzero(~finite.reshape(len(values), -1).all(axis=1))[0])
        where = ", ".join(f"{k} = {v[row]}" for k, v in (context or {}).items())
        raise CheckFailed(
            f"{who} a number that is not finite",
            expected="finite numbers",
            found=f"{values[row]}" + (f" at {where}" if where else f" in row {row}"),
        )


def parameters(function: Any) -> list[inspect.Parameter] | None:
    """The parameters that can be given by position; None when they are unknown."""
    module = module_of(function)
    try:
        signature = inspect.signature(module.forward if function is module else function)
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p for p in signature.parameters.values() if p.kind in kinds]


def _x_first(function: Any) -> bool:
    names = [p.name.lower() for p in parameters(function) or []]
    return len(names) > 1 and (names[0] in _POINT or names[1] in _TIME) and names[0] not in _TIME


def _no_grad(function: Any) -> Any:
    if wants_tensors(function):
        import torch

        return torch.no_grad()
    return nullcontext()


def hint_for(error: Exception, function: Any) -> str:
    """What would mend an exception that a user's function raised, where it is a known one."""
    words = str(error).lower()
    if "does not require grad" in words:
        return "the loss does not call the model, but a copy of it, or detaches what it returns"
    if "broadcast" in words or "must match the size" in words:
        return BROADCAST
    if "tensor" in words and not wants_tensors(function):
        return (
            "it was given NumPy arrays; mark a function of tensors with "
            "fmproof.testing.takes_tensors"
        )
    return ""
