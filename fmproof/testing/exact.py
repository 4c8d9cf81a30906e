"""The exact model of a path and its data, as samplers and solvers call models."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models import DiscreteTime
from fmproof.models.arrays import FloatArray
from fmproof.models.closed_forms import _jacobian, _score
from fmproof.models.posterior import Posterior, chunks
from fmproof.testing.adapters import (
    integers_for,
    jax_array,
    jax_key,
    parameters,
    seeded,
    wants_jax,
    wants_tensors,
)
from fmproof.testing.differentiable import numbers, of_jax, of_tensors
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.reference import Reference


class ExactModel:
    """E[target given x], called as model(x, t) or model(t, x), with further arguments ignored.

    t is a number, (N,) or (N, 1). The result is of the kind that x is; PyTorch can differentiate
    it.

    Attributes:
        calls: the times (N,) of the calls so far.
    """

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.calls: list[FloatArray] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        t, x = self._arguments(args, kwargs)
        shape = self.reference.shape
        if shape and np.ndim(x) == len(shape):  # one point, as functions that are mapped have it
            return self(t.reshape(1) if hasattr(t, "reshape") else np.array([t]), x[None])[0]
        torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
        if torch is not None and isinstance(x, torch.Tensor):
            return self._of_tensors(x, t)
        if jax is not None and isinstance(x, jax.Array):
            return self._of_jax(x, t)
        return self.values(numbers(t), numbers(x)).astype(getattr(x, "dtype", np.float64))

    @cached_property
    def _of_tensors(self) -> Callable[[Any, Any], Any]:
        return of_tensors(self.values, self.jacobian)

    @cached_property
    def _of_jax(self) -> Callable[[Any, Any], Any]:
        return of_jax(self.values, self.jacobian)

    @staticmethod
    def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
        given = [v for v in (*args, *kwargs.values()) if v is not None and not isinstance(v, str)]
        many = [v for v in given if np.ndim(v) >= 2 and np.shape(v)[-1:] != (1,)]
        x = many[0] if many else max(given, key=np.ndim)
        rest = [v for v in given if v is not x]
        if not rest:
            raise CheckFailed(
                "the model is called without a time",
                expected="model(x, t) or model(t, x)",
                found=f"{len(given)} argument",
            )
        return rest[0], x

    def values(self, t: FloatArray, x: FloatArray) -> FloatArray:
        """The same of float64 arrays, in the shape of x."""
        times, points = self._batch(t, x)
        self.calls.append(times)
        parts = [self._part(*part) for part in self._parts(times, points)]
        return np.concatenate(parts).reshape(x.shape)

    def jacobian(self, t: FloatArray, x: FloatArray) -> FloatArray:
        """(N, d, d)."""
        times, points = self._batch(t, x)
        found = []
        for posterior, a, b in self._parts(times, points):
            found.append(_jacobian(posterior, a, b))
        return np.concatenate(found)

    def _batch(self, t: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        points = x.reshape(len(x), -1)
        times = np.broadcast_to(t.reshape(-1), (len(points),)) if t.size == 1 else t.reshape(-1)
        if len(times) != len(points):
            raise CheckFailed(
                "the model is called with another number of times than points",
                expected=f"t of shape ({len(points)},)",
                found=str(t.shape),
            )
        return np.array(times), points

    def _parts(self, times: FloatArray, points: FloatArray) -> Any:
        reference = self.reference
        for rows in chunks(len(points), reference.data.means.size * reference.dim):
            t = times[rows]
            alpha, beta = reference.alpha(t), reference.beta(t)
            # At an end where points have no density, the limit from inside.
            least = 1e-12 if not reference.data.scales.all() else 0.0
            a, b = reference.coefficients(t)
            posterior = Posterior(reference.data, alpha, np.maximum(beta, least), points[rows])
            finite = np.isfinite(a) & np.isfinite(b)
            if not finite.all() and reference.target != "score":
                raise CheckFailed(
                    f"the model is called at t = {t[~finite][0]:g}, where its target is infinite"
                )
            yield posterior, a, b

    def _part(self, posterior: Posterior, a: FloatArray, b: FloatArray) -> FloatArray:
        return _score(posterior) if self.reference.target == "score" else posterior.velocity(a, b)


def convert_for(function: Any, double: bool = False) -> Callable[[Any], Any]:
    """What turns an array into what ``function`` takes: tensors of the default precision, which is
    that of the tables that libraries keep, unless ``double``."""
    if wants_tensors(function):
        import torch

        kind = torch.float64 if double else torch.get_default_dtype()
        return lambda value: torch.as_tensor(np.asarray(value)).to(kind)
    if wants_jax(function):
        return jax_array
    return np.asarray


def times_for(function: Any, reference: Reference, t: FloatArray) -> Any:
    """Times (N,) as ``function`` takes them: integers where they number the rows of a table."""
    whole = isinstance(reference.time, DiscreteTime) and bool((t == np.rint(t)).all())
    return integers_for(function, t) if whole else convert_for(function)(t)


def call_with(
    function: Any, role: str, values: dict[str, Any], names: dict[str, set[str]], seed: int
) -> Any:
    """Call a user's function with what its parameters ask for by name, or else in the order of
    ``values``.

    Args:
        names: the names under which each value is known, beside its own.

    Raises:
        InputError: when it is no function.
        CheckFailed: when it raises.
    """
    if not callable(function):
        raise InputError(f"{role}: expected a callable, found {function!r}")
    extra = {"rng": np.random.default_rng(seed)}
    known = parameters(function) or []
    required = [p for p in known if p.default is p.empty]
    by_name: dict[str, Any] = {}
    for p in known:
        kind = next((k for k in values if p.name == k or p.name in names.get(k, set())), None)
        if kind is not None:
            by_name[p.name] = values[kind]
        elif p.name in extra:
            by_name[p.name] = extra[p.name]
        elif p.name == "generator" and wants_tensors(function):
            import torch

            by_name[p.name] = torch.Generator().manual_seed(seed)
        elif p.name == "key":
            by_name[p.name] = jax_key(seed)
    named = all(p.name in by_name for p in required) and bool(known)
    try:
        with seeded(seed):
            if named:
                return function(**by_name)
            rng = {p.name: by_name[p.name] for p in known if p.name in extra}
            return function(*list(values.values())[: len(required) - len(rng)], **rng)
    except (CheckFailed, InputError):
        raise
    except Exception as error:
        raise CheckFailed(
            f"the {role} {name_of(function)} raised {type(error).__name__}: {error}",
            found=f"called with {', '.join(by_name if named else values)}",
        ) from error


def numbers_of(result: Any, shape: tuple[int, ...], who: str) -> FloatArray:
    """The float64 array that a user's function returned, checked."""
    from fmproof.testing.adapters import check_numbers, real_numbers

    values = real_numbers(result, f"{who} returned")
    check_numbers(values, shape, f"{who} returned")
    return np.asarray(values, dtype=np.float64)
