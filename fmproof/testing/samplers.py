"""Calling a user's sampler of training triples (x_t, u_t, t), and reading what it returns."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models import DiscreteTime
from fmproof.models.arrays import FloatArray
from fmproof.models.given_paths import domain_of
from fmproof.testing.adapters import (
    check_numbers,
    hint_for,
    integers_for,
    jax_key,
    like_inputs_of,
    parameters,
    real_numbers,
    seeded,
    to_array,
    wants_tensors,
)
from fmproof.testing.failure import CheckFailed, name_of
from fmproof.testing.precision import as_cast, precision_of, precision_shown
from fmproof.testing.reference import Reference

_INPUTS = {
    "x1": {"x1", "x_1", "z", "data", "x", "batch", "x_start"},
    "x0": {"x0", "x_0", "eps", "noise"},
    "t": {"t", "time", "times", "timesteps"},
    "y": {"y", "y1", "labels", "label"},
    "n": {"n", "size", "n_samples", "num_samples", "batch_size"},
    "rng": {"rng", "random_state"},
    "generator": {"generator"},
    "key": {"key", "prng_key"},
}
_OUTPUTS = {
    "x": ("x_t", "xt", "x"),
    "u": ("u_t", "ut", "dx_t", "u", "target", "velocity"),
    "t": ("t", "time"),
    "z": ("x1", "x_1", "z"),
    "eps": ("x0", "x_0", "eps", "noise"),
    "y": ("y", "y1", "labels", "label"),
}
_SWAPPED = {"x0": "x1", "x_0": "x1", "x1": "x0", "x_1": "x0"}
_SWAPPED_OUT = {"z": ("x0", "x_0", "z", "x_start"), "eps": ("x1", "x_1", "eps", "noise")}
_BY_POSITION = {1: ("x1",), 2: ("x0", "x1"), 3: ("x0", "x1", "t")}


def _kind(name: str) -> str | None:
    """What a sampler's parameter is, by its name."""
    return next((kind for kind, known in _INPUTS.items() if name.lower() in known), None)


@dataclass(frozen=True)
class SampleDraws:
    """N training triples, and the data and noise that they were made of where these are known.

    Attributes:
        t: (N,).
        x, u: (N, d).
        z, eps: (N, d) or None.
        rounding: the relative rounding error of the numbers.
        given_z, given_eps: whether z and eps are those that the sampler was given.
        batch: (N, d), the data that it was given, whatever order it used them in.
        labels: (N,), rows of ``batch`` by which the sampler labels its own.
    """

    t: FloatArray
    x: FloatArray
    u: FloatArray
    z: FloatArray | None
    eps: FloatArray | None
    rounding: float
    given_z: bool = False
    given_eps: bool = False
    batch: FloatArray | None = None
    labels: FloatArray | None = None

    def rows(self, index: Any) -> SampleDraws:
        """Some of the rows."""
        parts: dict[str, Any] = {
            name: None if (value := getattr(self, name)) is None else value[index]
            for name in ("t", "x", "u", "z", "eps", "labels")
        }
        return replace(self, **parts)

    def columns(self, dims: list[int]) -> SampleDraws:
        """Some of the coordinates."""
        parts: dict[str, Any] = {
            name: None if (value := getattr(self, name)) is None else value[:, dims]
            for name in ("x", "u", "z", "eps", "batch")
        }
        return replace(self, **parts)

    def size(self) -> FloatArray:
        """The largest number of each row, and at least 1, (N,)."""
        known = [v for v in (self.x, self.z, self.eps) if v is not None]
        return np.asarray(1 + np.max([np.abs(v).max(axis=1) for v in known], axis=0))


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

    def __init__(self, function: Any, data_first: bool = False) -> None:
        if not callable(function):
            raise InputError(f"sampler: expected a callable, found {function!r}")
        self.function = function
        self.data_first = data_first
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
        kinds = [self._kind(name) for name in names or []]
        if names and None not in kinds and len(set(kinds)) == len(kinds):
            return {name: str(kind) for name, kind in zip(names, kinds, strict=True)}
        if names is not None and len(names) in _BY_POSITION:
            order = _BY_POSITION[len(names)]
            if self.data_first and len(names) > 1:
                order = ("x1", "x0", *order[2:])
            return dict(enumerate(order))
        shown = "unknown" if names is None else ", ".join(names) or "none"
        raise InputError(
            f"sampler: cannot tell what to call {name_of(self.function)} with (its parameters: "
            f"{shown}); name them among x0, x1, t, n, rng, for instance "
            "lambda x1: library.sample(x1)"
        )

    def _kind(self, name: str) -> str | None:
        swapped = _SWAPPED.get(name.lower()) if self.data_first else None
        return swapped or _kind(name)

    @staticmethod
    def _needed(parameter: inspect.Parameter) -> bool:
        """Whether a parameter is to be given: not when it has a default, a generator aside."""
        return parameter.default is parameter.empty or _kind(parameter.name) in (
            "rng",
            "generator",
            "key",
        )

    def draw(self, reference: Reference, n: int, seed: int) -> SampleDraws:
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
        return self.draw_for(reference, given, n, seed)

    def draw_for(
        self, reference: Reference, given: dict[str, Any], n: int, seed: int
    ) -> SampleDraws:
        """The same for data, noise and times that are given."""
        shapes = {"x1": reference.shape, "x0": reference.shape, "t": ()}
        arrays: dict[str, Any] = {
            k: self.convert(given[k].reshape(n, *shape).copy()) for k, shape in shapes.items()
        }
        if isinstance(reference.time, DiscreteTime) and (given["t"] == np.rint(given["t"])).all():
            arrays["t"] = integers_for(self.function, given["t"])
        if "y" in self.inputs.values():
            arrays["y"] = integers_for(self.function, np.arange(n))
        arrays.update(self._generators(seed))
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
        return self._checked(returned, given, arrays, n, reference)

    def uses(self, kind: str, reference: Reference, seed: int) -> bool:
        """Whether what it returns depends on the noise ("x0") or the data ("x1") it is given."""
        rng, n = np.random.default_rng(seed), 8
        given: dict[str, Any] = {
            "x1": reference.data.sample(n, rng),
            "x0": rng.standard_normal((n, reference.dim)),
            "t": reference.time.sample(n, rng),
            "n": n,
        }
        other = {**given, kind: given[kind] + 1}
        first, second = (
            self.draw_for(reference, {**g, "rng": np.random.default_rng(seed)}, n, seed)
            for g in (given, other)
        )
        return not (np.array_equal(first.x, second.x) and np.array_equal(first.u, second.u))

    def _generators(self, seed: int) -> dict[str, Any]:
        """Generators of the libraries that the sampler asks for."""
        found: dict[str, Any] = {}
        kinds = self.inputs.values()
        if "generator" in kinds:
            if wants_tensors(self.function):
                import torch

                found["generator"] = torch.Generator().manual_seed(seed)
            else:
                found["generator"] = np.random.default_rng(seed)
        if "key" in kinds:
            found["key"] = jax_key(seed)
        return found

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
            for kind, names in (_OUTPUTS | (_SWAPPED_OUT if self.data_first else {})).items()
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
        reference: Reference,
    ) -> SampleDraws:
        dim = reference.dim
        values = {
            k: real_numbers(v, f"{self.who} returned as {_OUTPUTS[k][0]}")
            for k, v in returned.items()
            if v is not None
        }
        for name in ("t", "y"):
            if name in values and values[name].ndim != 1 and values[name].size == n:
                values[name] = values[name].reshape(n)
        shapes = {"t": (n,), "y": (n,)}
        for name, value in values.items():
            label = _OUTPUTS[name][0]
            expected = shapes.get(name, (n, *reference.shape))
            check_numbers(value, expected, f"{self.who} returned as {label}")
        # What a user's code was given, at the precision at which it was given.
        own = set(values)
        for name, kind in (("z", "x1"), ("eps", "x0")):
            if name not in values and kind in self.inputs.values():
                values[name] = to_array(arrays[kind])
        floats = {
            k: v.astype(np.float64) if k in shapes else v.astype(np.float64).reshape(n, dim)
            for k, v in values.items()
        }
        t = floats["t"]
        rounding = max(precision_of(v) for k, v in returned.items() if v is not None)
        kinds = {k: v.dtype.kind for k, v in values.items()}
        told = [floats["x"]] + ([t] if kinds["t"] == "f" and rounding < 1e-3 else [])
        shown = [precision_shown(v) for v in told]
        rounding = max(rounding, shown[0], min(max(shown), 2.0**-23))
        low, high = domain_of(reference.path)
        for row in np.flatnonzero((t < low) | (t > high))[:1]:
            runs = "t = 0 data and t = 1 noise" if self.data_first else "t = 0 noise and t = 1 data"
            raise CheckFailed(
                f"{self.who} returned a time outside [{low:g}, {high:g}]",
                expected=f"{low:g} <= t <= {high:g}"
                + (f", with {runs}" if (low, high) == (0, 1) else ""),
                found=f"t = {t[row]:g} in row {row}",
                hint=f"t goes up to {t.max():g}: divide by it, or pass a path over these times"
                if t.max() > 2 * high
                else "",
            )
        if "t" in self.inputs.values():
            asked = to_array(arrays["t"]).astype(np.float64)
            far = np.abs(t - asked) > 10 * rounding * max(1.0, abs(high))
            for row in np.flatnonzero(far)[:1]:
                raise CheckFailed(
                    f"{self.who} returned other times than it was given",
                    expected=f"t = {asked[row]:g} in row {row}",
                    found=f"t = {t[row]:g}",
                )
        latents, rows = reference.implied(t, floats["x"], floats["u"])
        for name, used in (("z", latents.z), ("eps", latents.eps)):
            if name in floats and name not in own:
                floats[name][rows] = as_cast(floats[name][rows], used)
        batch = None
        if "x1" in self.inputs.values():
            batch = to_array(arrays["x1"]).astype(np.float64).reshape(n, dim)
        return SampleDraws(
            t,
            floats["x"],
            floats["u"],
            floats.get("z"),
            floats.get("eps"),
            rounding,
            given_z="z" in floats and "z" not in own,
            given_eps="eps" in floats and "eps" not in own,
            batch=batch,
            labels=floats.get("y"),
        )
