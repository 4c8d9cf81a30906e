"""Are a schedule's derivatives the derivatives of the schedule? No samples needed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models import Path, VPPath
from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import like_inputs_of, to_array, wants_tensors
from fmproof.testing.evidence import check_tolerance
from fmproof.testing.failure import CheckFailed, call_text, code_of
from fmproof.testing.precision import alike, precision_of, precision_shown, units

_NAMES = {
    "alpha": ("alpha", "alpha_t"),
    "beta": ("beta", "beta_t", "sigma", "sigma_t"),
    "dalpha": ("dalpha", "d_alpha", "d_alpha_t"),
    "dbeta": ("dbeta", "d_beta", "d_beta_t", "d_sigma", "d_sigma_t"),
}
_FOUR = "(alpha, beta, dalpha, dbeta), or a mapping or object with these names"
_COARSE = 1e-12  # precisions above this are not float64
_MOST = 20.0  # of the integral of beta(s): beyond, nothing is left of alpha
_NEARLY = 0.02  # a factor of 2
_GRID = (1 - np.cos(np.pi * np.arange(1, 32) / 32)) / 2  # denser towards both ends
_ENDS = {("alpha", 0): 0.0, ("alpha", 1): 1.0, ("beta", 0): 1.0, ("beta", 1): 0.0}


def assert_schedule(
    schedule: Any,
    path: Path | None = None,
    *,
    low: float = 0.0,
    high: float = 1.0,
    tolerance: float = 1e-6,
) -> None:
    """Assert that a schedule's alpha, beta and their derivatives belong together.

    The derivatives are compared with those by a complex step (Squire & Trapp 1998), by automatic
    differentiation for tensors, or by extrapolated differences where neither works; alpha must go
    from 0 to 1, beta from 1 to 0 and be positive between.

    Args:
        schedule: an object with methods alpha, beta, dalpha, dbeta of t (N,); or a function of t
            that returns these four as a tuple, or as a mapping or object with these names (or
            alpha_t, sigma_t, d_alpha_t, d_sigma_t).
        path: what the values must equal; its end points then take the place of 0 and 1.
        low, high: the times to look at; an end point inside (0, 1) is not checked.
        tolerance: the error that is allowed, relative to 1 + |value|.

    Raises:
        CheckFailed: naming the function, the time, the value expected and the value found.
        InputError: when the schedule cannot be read, or another argument cannot be used.
    """
    __tracebackhide__ = True
    if path is not None and not isinstance(path, Path):
        raise InputError(f"path: expected a fmproof.models.Path, found {path!r}")
    numbers = isinstance(low, int | float) and isinstance(high, int | float)
    if not numbers or not 0 <= low < high <= 1:
        raise InputError(
            f"low: expected 0 <= low < high <= 1, found low = {low!r}, high = {high!r}"
        )
    check_tolerance(tolerance)
    try:
        _check(_functions(schedule), path, low, high, tolerance)
    except CheckFailed as failure:
        failure.reproduce = call_text(
            assert_schedule,
            code_of(schedule, "schedule"),
            path=path,
            low=low or None,
            high=None if high == 1 else high,
            tolerance=tolerance,
        )
        raise failure.with_traceback(None) from failure.__cause__


def _check(
    functions: dict[str, Callable[[Any], Any]],
    path: Path | None,
    low: float,
    high: float,
    tolerance: float,
) -> None:
    t = low + (high - low) * _GRID
    values = {name: _at(function, name, t) for name, function in functions.items()}
    for i in np.flatnonzero(values["beta"] <= 0)[:1]:
        raise CheckFailed(
            "beta is not positive before the end",
            expected="beta(t) > 0 for 0 < t < 1",
            found=f"beta({t[i]:g}) = {values['beta'][i]:g}",
        )
    rounding = max(_precision(functions[name], t) for name in functions)
    coarse = rounding > _COARSE
    slack = np.full_like(t, tolerance)
    if coarse:  # beta loses digits where it is small, and a derivative divides by it
        steep = 1 / np.maximum(values["beta"], np.sqrt(rounding))
        slack = np.maximum(tolerance, units(rounding) * rounding * (1 + steep))
    for name in ("alpha", "beta"):
        wrong = f"is not the derivative of {name}"
        if coarse:
            _compare_integral(functions, name, wrong, t, tolerance, rounding)
        else:
            slope = derivative(functions[name], t)
            _compare(f"d{name}", wrong, t, values["d" + name], slope, slack)
    if path is not None:
        for name, found in values.items():
            expected = np.asarray(getattr(path, name)(t))
            room = slack
            if coarse and name == "dbeta":
                room = slack * (1 + steep)
            other = partial(_other_path, path, name, t, found, room)
            _compare(name, f"is not that of {path!r}", t, found, expected, room, other)
    for (name, end), usual in _ENDS.items():
        if (low, high)[end] != end:
            continue
        value = usual if path is None else float(getattr(path, name)(float(end)))
        at = np.array([float(end)])
        room = np.array([max(tolerance, np.sqrt(rounding) if coarse else 0.0)])
        found = _at(functions[name], name, at)
        _compare(name, f"does not end at {value:g}", at, found, value, room)


def _compare(
    name: str,
    wrong: str,
    t: FloatArray,
    found: FloatArray,
    expected: Any,
    tolerance: FloatArray,
    other: Callable[[], str] = str,
) -> None:
    expected = np.broadcast_to(expected, found.shape)
    excess = np.abs(found - expected) / (1 + np.abs(expected)) / tolerance
    i = int(excess.argmax())
    if excess[i] > 1:
        flipped = bool((np.abs(found + expected) <= tolerance * (1 + np.abs(expected))).all())
        ratio = float((found * expected).sum() / max(float(np.square(expected).sum()), 1e-300))
        scaled = bool(
            (np.abs(found - ratio * expected) <= tolerance * (1 + np.abs(expected))).all()
        )
        raise CheckFailed(
            f"{name} {wrong}",
            expected=f"{name}({t[i]:.6g}) = {expected[i]:.10g}",
            found=f"{found[i]:.10g}",
            hint="its sign is flipped" if flipped else _times(ratio) if scaled else other(),
        )


def _other_path(
    path: Path, name: str, t: FloatArray, found: FloatArray, tolerance: FloatArray
) -> str:
    """Of which other path, or by which power, alpha or beta (N,) would be right; "" if unknown."""
    if name not in ("alpha", "beta"):
        return ""
    expected = np.asarray(getattr(path, name)(t))
    for power, words in ((2.0, "a square root is missing"), (0.5, "a square root too many")):
        if (np.abs(found - expected**power) <= 4 * tolerance).all():
            return f"it is {name} to the power {power:g}: {words}"
    inside = (found > 0) & (found < 1)
    if not isinstance(path, VPPath) or inside.sum() < 8:
        return ""
    s, value = 1 - t[inside], found[inside]
    total = -2 * np.log(value) if name == "alpha" else -np.log1p(-(value**2))
    usable = total < _MOST
    design = np.column_stack([s - s**2 / 2, s**2 / 2])[usable]
    if len(design) < 8:
        return ""
    (low, high), *_ = np.linalg.lstsq(design, total[usable], rcond=None)
    if low < 0 or high < 0:
        return ""
    fit = np.asarray(getattr(VPPath(float(low), float(high)), name)(t))
    if (np.abs(found - fit) > 1e-3 + 4 * tolerance).any():
        return ""
    due = float(path.beta_max) - float(path.beta_min)
    twice = abs((high - low) / due - 2) < _NEARLY
    why = ": the 1/2 of the integral ∫ beta = s beta_min + s²/2 (beta_max - beta_min) is missing"
    return f"it is that of VPPath({low:.3g}, {high:.3g}){why if twice else ''}"


def _precision(function: Callable[[Any], Any], t: FloatArray) -> float:
    """The precision in which a function of the schedule computes, by its dtype or its numbers."""
    result = function(like_inputs_of(function)(t))
    values = np.asarray(np.broadcast_to(to_array(result), t.shape), dtype=np.float64)
    shown = precision_shown(values) if np.ptp(values) > 0 else 0.0
    inputs = like_inputs_of(function)(t)
    same = precision_of(result) <= precision_of(inputs) and precision_of(inputs) > _COARSE
    return max(precision_of(result), shown, precision_of(inputs) if same else 0.0)


def _compare_integral(
    functions: dict[str, Callable[[Any], Any]],
    name: str,
    wrong: str,
    t: FloatArray,
    tolerance: float,
    rounding: float,
) -> None:
    """Compare the increments of a function with the integrals of its derivative: numbers of low
    precision cannot be differentiated, but integrated they can be."""
    nodes, weights = np.polynomial.legendre.leggauss(8)
    middle, half = (t[1:] + t[:-1]) / 2, (t[1:] - t[:-1]) / 2
    at = (middle[:, None] + half[:, None] * nodes).ravel()
    slopes = _at(functions["d" + name], "d" + name, at).reshape(len(half), -1)
    parts = half * (slopes @ weights)
    values = _at(functions[name], name, t)
    sizes = half * (np.abs(slopes) @ np.abs(weights))
    ends = np.array([(0, j) for j in range(1, len(t))] + [(j - 1, j) for j in range(1, len(t))])
    whole, size = (np.concatenate([[0.0], np.cumsum(v)]) for v in (parts, sizes))
    i, j = ends.T
    expected, found = values[j] - values[i], whole[j] - whole[i]
    room = units(rounding) * rounding * (1 + size[j] - size[i]) + tolerance
    if name == "beta":
        room = room * (1 + 1 / np.maximum(np.minimum(values[i], values[j]), np.sqrt(rounding)))
    excess = np.abs(found - expected) / room
    k = int(excess.argmax())
    if excess[k] > 1:
        ratio = float((found * expected).sum() / max(float(np.square(expected).sum()), 1e-300))
        scaled = bool((np.abs(found - ratio * expected) <= room).all())
        raise CheckFailed(
            f"d{name} {wrong}",
            expected=f"{name}({t[j[k]]:.6g}) - {name}({t[i[k]]:.6g}) = {expected[k]:.6g}",
            found=f"{found[k]:.6g}, the integral of d{name} between them",
            hint=_times(round(ratio, 3), rounding) if scaled else "",
        )


def _times(ratio: float, rounding: float = 0.0) -> str:
    words = {2.0: "twice", 0.5: "half"}
    near = alike(1e-6, rounding)
    known = next((w for r, w in words.items() if abs(ratio - r) < near), f"{ratio:.6g} times")
    return f"it is {known} what it should be, at every t"


def derivative(function: Callable[[Any], Any], t: FloatArray) -> FloatArray:
    """The derivative of a function of an array of times, at the times ``t`` (N,)."""
    if wants_tensors(function):
        import torch

        times = torch.tensor(t, requires_grad=True)
        (slope,) = torch.autograd.grad(function(times).sum(), times)
        return np.asarray(to_array(slope), dtype=np.float64)
    step = 1e-6
    rough = (_real(function, t + step) - _real(function, t - step)) / (2 * step)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a cast that drops the imaginary part
            exact = np.imag(np.asarray(function(t + 1e-30j))) / 1e-30
    except Exception:
        exact = np.full_like(t, np.nan)  # made for real numbers only
    if np.shape(exact) == t.shape and np.allclose(exact, rough, rtol=1e-4, atol=1e-4):
        return np.asarray(exact)
    from scipy.differentiate import derivative as extrapolated

    room = np.minimum(t, 1 - t) / 4
    return np.asarray(extrapolated(lambda s: _real(function, s), t, initial_step=room).df)


def _real(function: Callable[[Any], Any], t: FloatArray) -> FloatArray:
    return np.asarray(np.broadcast_to(to_array(function(t)), t.shape), dtype=np.float64)


def _at(function: Callable[[Any], Any], name: str, t: FloatArray) -> FloatArray:
    """The values at ``t``, checked."""
    try:
        values = to_array(function(like_inputs_of(function)(t)))
        values = np.asarray(np.broadcast_to(values, t.shape), dtype=np.float64)
    except CheckFailed:
        raise
    except Exception as error:
        raise CheckFailed(
            f"{name} raised {type(error).__name__}: {error}",
            found=f"called with t of shape {t.shape}",
        ) from error
    for i in np.flatnonzero(~np.isfinite(values))[:1]:
        raise CheckFailed(
            f"{name} is not finite",
            expected="a finite number",
            found=f"{name}({t[i]:g}) = {values[i]}",
            hint="a schedule may be singular at an end point: pass low= or high=",
        )
    return values


def _functions(schedule: Any) -> dict[str, Callable[[Any], Any]]:
    """alpha, beta, dalpha and dbeta as functions of t."""
    methods = {
        name: next((getattr(schedule, n) for n in known if hasattr(schedule, n)), None)
        for name, known in _NAMES.items()
    }
    if all(callable(method) for method in methods.values()):
        return {name: method for name, method in methods.items() if method is not None}
    if not callable(schedule):
        missing = ", ".join(name for name, method in methods.items() if method is None)
        raise InputError(
            f"schedule: expected methods alpha, beta, dalpha, dbeta or a function of t that "
            f"returns the four, found {type(schedule).__name__} without {missing or 'methods'}"
        )
    return {name: _part(schedule, name, i) for i, name in enumerate(_NAMES)}


def _part(schedule: Callable[[Any], Any], name: str, index: int) -> Callable[[Any], Any]:
    """One of the four values that a function of t returns."""

    def part(t: Any) -> Any:
        result = schedule(t)
        if isinstance(result, tuple | list) and not hasattr(result, "_fields"):
            if len(result) != len(_NAMES):
                raise CheckFailed(
                    f"the schedule returned {len(result)} values",
                    expected=_FOUR,
                    found=f"a {type(result).__name__} of {len(result)}",
                )
            return result[index]
        fields = result if isinstance(result, Mapping) else _attributes(result)
        known = [fields[n] for n in _NAMES[name] if n in fields]
        if not known:
            raise CheckFailed(
                f"the schedule returned no {name}", expected=_FOUR, found=type(result).__name__
            )
        return known[0]

    part.takes_tensors = wants_tensors(schedule)  # type: ignore[attr-defined]
    return part


def _attributes(result: Any) -> dict[str, Any]:
    known = [n for names in _NAMES.values() for n in names]
    return {n: getattr(result, n) for n in known if hasattr(result, n)}
