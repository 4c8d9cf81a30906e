"""Calling a user's sampler of training triples (x_t, u_t, t), and reading what it returns."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import (
    check_numbers,
    hint_for,
    like_inputs_of,
    parameters,
    real_numbers,
    seeded,
    to_array,
)
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.reference import Reference

_INPUTS = {
    "x1": {"x1", "x_1", "z", "data", "x", "batch"},
    "x0": {"x0", "x_0", "eps", "noise"},
    "t": {"t", "time"},
    "n": {"n", "size", "n_samples", "num_samples", "batch_size"},
    "rng": {"rng", "generator", "random_state"},
}
_OUTPUTS = {
    "x": ("x_t", "xt", "x"),
    "u": ("u_t", "ut", "dx_t", "u", "target", "velocity"),
    "t": ("t", "time"),
    "z": ("x1", "x_1", "z"),
    "eps": ("x0", "x_0", "eps", "noise"),
}
_BY_POSITION = {1: ("x1",), 2: ("x0", "x1"), 3: ("x0", "x1", "t")}


def _kind(name: str) -> str | None:
    """What a sampler's parameter is, by its name."""
    return next((kind for kind, known in _INPUTS.items() if name.lower() in known), None)


@dataclass(frozen=True)
class Draws:
    """N training triples, and the data and noise that they were made of where these are known.

    Attributes:
        t: (N,).
        x, u: (N, d).
        z, eps: (N, d) or None.
        rounding: the relative rounding error of the numbers.
    """

    t: FloatArray
    x: FloatArray
    u: FloatArray
    z: FloatArray | None
    eps: FloatArray | None
    rounding: float


class Sampler:
    """A user's sampler, called with what its parameters ask for.

    Parameters named x1 (or z, data), x0 (eps, noise), t, n and rng get a batch of data, standard
    normal noise, times, the number of samples and a ``numpy.random.Generator``. Otherwise one
    parameter gets x1, two get x0 and x1, three x0, x1 and t. Parameters with a default are left
    alone. It returns the tuple (x_t, u_t, t),
    or a mapping or object with these names, and with x0 and x1 if it likes.

    Raises:
        InputError: when the parameters cannot be made out.
    """

    def __init__(self, function: Any) -> None:
        if not callable(function):
            raise InputError(f"sampler: expected a callable, found {function!r}")
        self.function = function
        self.who = f"the sampler {name_of(function)}"
        self.convert = like_inputs_of(function)
        self.inputs = self._inputs()

    @property
    def takes_data(self) -> bool:
        """Whether it is given its data, so that other data can be tried."""
        return "x1" in self.inputs.values()

    def _inputs(self) -> dict[str | int, str]:
        """What to give it: kind by the parameter's name, or by its position."""
        known = parameters(self.function)
        names = None if known is None else [p.name for p in known if self._needed(p)]
        kinds = [_kind(name) for name in names or []]
        if names and None not in kinds and len(set(kinds)) == len(kinds):
            return {name: str(kind) for name, kind in zip(names, kinds, strict=True)}
        if names is not None and len(names) in _BY_POSITION:
            return dict(enumerate(_BY_POSITION[len(names)]))
        shown = "unknown" if names is None else ", ".join(names) or "none"
        raise InputError(
            f"sampler: cannot tell what to call {name_of(self.function)} with (its parameters: "
            f"{shown}); name them among x0, x1, t, n, rng, for instance "
            "lambda x1: library.sample(x1)"
        )

    @staticmethod
    def _needed(parameter: inspect.Parameter) -> bool:
        """Whether a parameter is to be given: not when it has a default, a generator aside."""
        return parameter.default is parameter.empty or _kind(parameter.name) == "rng"

    def draw(self, reference: Reference, n: int, seed: int) -> Draws:
        """Call it for ``n`` samples and check what comes back.

        Raises:
            CheckFailed: when it raises, returns other shapes or numbers that are not finite, or
                times outside [0, 1].
        """
        rng = np.random.default_rng(seed)
        given: dict[str, Any] = {
            "x1": reference.data.sample(n, rng),
            "x0": rng.standard_normal((n, reference.dim)),
            "t": reference.time.sample(n, rng),
            "n": n,
            "rng": rng,
        }
        arrays = {k: self.convert(given[k].copy()) for k in ("x1", "x0", "t")}
        try:
            with seeded(seed):
                result = self._call({**given, **arrays})
        except Exception as error:
            raise CheckFailed(
                f"{self.who} raised {type(error).__name__}: {error}",
                found=f"called with {', '.join(self.inputs.values())} for {n} samples",
                hint=hint_for(error, self.function),
            ) from error
        returned = self._read(result)
        return self._checked(returned, given, arrays, n, reference.dim)

    def _call(self, values: dict[str, Any]) -> Any:
        by_position = [values[kind] for key, kind in self.inputs.items() if isinstance(key, int)]
        by_name = {key: values[kind] for key, kind in self.inputs.items() if isinstance(key, str)}
        return self.function(*by_position, **by_name)

    def _read(self, result: Any) -> dict[str, Any]:
        """What was returned, by name."""
        if isinstance(result, Mapping):
            fields: Mapping[str, Any] = result
        elif hasattr(result, "_asdict"):
            fields = result._asdict()
        elif isinstance(result, tuple | list):
            if len(result) != 3:
                raise CheckFailed(
                    f"{self.who} returned {len(result)} things",
                    expected="(x_t, u_t, t), or a mapping or object with x_t, u_t, t",
                    found=f"a {type(result).__name__} of {len(result)}",
                )
            fields = dict(zip(("x_t", "u_t", "t"), result, strict=True))
        else:
            fields = getattr(result, "__dict__", {})
        found = {
            kind: next((fields[name] for name in names if name in fields), None)
            for kind, names in _OUTPUTS.items()
        }
        missing = [_OUTPUTS[k][0] for k in ("x", "u", "t") if found[k] is None]
        if missing:
            raise CheckFailed(
                f"{self.who} returned no {' and no '.join(missing)}",
                expected="(x_t, u_t, t), or a mapping or object with x_t, u_t, t",
                found=f"{type(result).__name__} with {', '.join(map(str, fields)) or 'nothing'}",
            )
        return found

    def _checked(
        self,
        returned: dict[str, Any],
        given: dict[str, Any],
        arrays: dict[str, Any],
        n: int,
        dim: int,
    ) -> Draws:
        values = {
            k: real_numbers(v, f"{self.who} returned as {_OUTPUTS[k][0]}")
            for k, v in returned.items()
            if v is not None
        }
        if values["t"].ndim > 1 and values["t"].size == n:
            values["t"] = values["t"].reshape(n)
        shapes = {"t": (n,)}
        for name, value in values.items():
            label = _OUTPUTS[name][0]
            check_numbers(value, shapes.get(name, (n, dim)), f"{self.who} returned as {label}")
        t = values["t"].astype(np.float64)
        for row in np.flatnonzero((t < 0) | (t > 1))[:1]:
            raise CheckFailed(
                f"{self.who} returned a time outside [0, 1]",
                expected="0 <= t <= 1, with t = 0 noise and t = 1 data",
                found=f"t = {t[row]:g} in row {row}",
            )
        # What a user's code was given, at the precision at which it was given.
        for name, kind in (("z", "x1"), ("eps", "x0")):
            if name not in values and kind in self.inputs.values():
                values[name] = to_array(arrays[kind])
        floats = {k: v.astype(np.float64) for k, v in values.items()}
        kinds = [v.dtype for v in values.values() if v.dtype.kind == "f"]
        rounding = max(float(np.finfo(kind).eps) for kind in [np.dtype(np.float64), *kinds])
        if "t" in self.inputs.values():
            asked = to_array(arrays["t"]).astype(np.float64)
            for row in np.flatnonzero(np.abs(t - asked) > 10 * rounding)[:1]:
                raise CheckFailed(
                    f"{self.who} returned other times than it was given",
                    expected=f"t = {asked[row]:g} in row {row}",
                    found=f"t = {t[row]:g}",
                )
        return Draws(t, floats["x"], floats["u"], floats.get("z"), floats.get("eps"), rounding)
