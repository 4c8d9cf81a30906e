"""The precision in which a user's numbers were computed, and how far rounding may throw them.

The precision is read before anything is cast: from the dtype, and from the numbers, since code may
compute in float32 and hand over float64.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from fmproof.models import FunctionPath
from fmproof.models.arrays import BoolArray, FloatArray
from fmproof.testing.laws import shares_of_values
from fmproof.testing.reference import Latents, Reference

_EPS = {"bfloat16": 2.0**-7, "float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}
_DIFFERENCES = 1e-6  # relative error of derivatives of functions by differences
_ENOUGH = 16  # numbers that tell a precision from a coincidence
COARSE = 1e-4  # spacing from which on a precision is coarse: float16 and bfloat16
SHARED = 0.75  # of a rounding: by how much all rows may be off alike
_SELDOM = 0.1  # probability of a time below which its factors are rounded like any others
_LARGEST = 4.0  # numbers of the noise that are met
_CLOSER = 1 / 8  # of the distance: numbers that were cast lie by so much nearer to the cast ones


def precision_of(value: Any) -> float:
    """The relative spacing of the numbers that ``value``, an array or tensor, can hold; that of
    float64 for what is no array of floats."""
    return _spacing(getattr(value, "dtype", "float64"))


@lru_cache(maxsize=32)
def _spacing(dtype: Any) -> float:
    return _EPS.get(str(dtype).rpartition(".")[2], _EPS["float64"])


def precision_shown(values: FloatArray) -> float:
    """The coarsest precision that holds all of these float64 numbers."""
    flat = values.ravel()
    flat = flat[(flat != 0) & np.isfinite(flat)]
    if len(flat) < _ENOUGH:
        return _EPS["float64"]
    single = flat.astype(np.float32)
    if (single != flat).any():
        return _EPS["float64"]
    if not (single.view(np.uint32) & 0xFFFF).any():
        return _EPS["bfloat16"]
    with np.errstate(over="ignore"):
        half = single.astype(np.float16)
    return _EPS["float16"] if (half == single).all() else _EPS["float32"]


def rounded(values: FloatArray, kind: str) -> FloatArray:
    """The nearest numbers of a lower precision: "float32", "float16" or "bfloat16"."""
    with np.errstate(over="ignore"):
        if kind != "bfloat16":
            return values.astype(kind).astype(np.float64)
        bits = values.astype(np.float32).view(np.uint32)
    bits = bits + 0x7FFF + (bits >> 16 & 1)  # to even
    return (bits & 0xFFFF0000).astype(np.uint32).view(np.float32).astype(np.float64)


def lower_precisions(rounding: float) -> list[tuple[str, float]]:
    """Names and spacings of those that are coarser, the finest first."""
    finer = sorted((eps, kind) for kind, eps in _EPS.items() if eps > rounding)
    return [(kind, eps) for eps, kind in finer]


def as_cast(given: FloatArray, used: FloatArray) -> FloatArray:
    """The numbers that a user's code was given, in the precision to which it has cast them, if the
    numbers that it used show one: data of half precision may enter a computation in single."""
    if not given.size:
        return given
    off = float(np.median(np.abs(used - given)))
    for kind, _ in lower_precisions(_EPS["float64"]):
        cast = rounded(given, kind)
        if float(np.median(np.abs(used - cast))) < _CLOSER * off:
            return cast
    return given


def on_grid(values: FloatArray, slack: FloatArray, kind: str) -> bool:
    """Whether numbers (N, d), known up to ``slack`` (N, 1), have a lower precision: nearly all lie
    on its grid, where few would by chance."""
    near = np.abs(values - rounded(values, kind)) <= slack
    by_chance = 4 * slack / (_EPS[kind] * np.maximum(np.abs(values), 1e-3))
    told = by_chance < _CLOSER
    return int(told.sum()) >= _ENOUGH and float(near[told].mean()) > 1 - _CLOSER


def units(rounding: float) -> float:
    """How many roundings a computation may add up; fewer where these are coarse."""
    return 64.0 if rounding < COARSE else 8.0


def alike(tolerance: float, rounding: float) -> float:
    """The relative error up to which two numbers are taken for the same, where ``tolerance`` is
    that of exact numbers: a few roundings where these are coarse."""
    return max(tolerance, 2 * rounding)


def closest(
    found: FloatArray, guesses: dict[str, FloatArray], right: FloatArray, slack: FloatArray
) -> str:
    """Which of the guesses (N, d) explains what was found, up to rounding: the nearest, if it is
    much nearer than what is right; "" when none does.

    Args:
        slack: how far rounding may throw it, (N, d) or (N, 1), infinite where nothing can be told.
    """

    def off(value: FloatArray) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.abs(found - value) / slack
        return np.where(np.isfinite(ratio), ratio, 0.0)

    near = {}
    for name, guess in guesses.items():
        ratio = off(guess)
        if ratio.max(initial=0.0) <= 1:
            near[name] = float(np.square(ratio).sum())
    best = min(near, key=lambda name: near[name], default="")
    return best if best and 4 * near[best] < float(np.square(off(right)).sum()) else ""


def condition(reference: Reference, t: FloatArray, rounding: float) -> FloatArray:
    """How much larger the relative error of beta may be than a rounding, (N,): where beta is small,
    as in sqrt(1 - alpha²), its digits cancel."""
    return np.asarray(1 / np.maximum(reference.beta(t), np.sqrt(rounding)))


def point_slack(
    reference: Reference, t: FloatArray, size: FloatArray, rounding: float
) -> FloatArray:
    """How far rounding may throw x made of numbers of a given size, (N,)."""
    return np.asarray(units(rounding) * rounding * size * (1 + condition(reference, t, rounding)))


def target_slack(
    reference: Reference, t: FloatArray, size: FloatArray, rounding: float
) -> FloatArray:
    """How far rounding may throw the target, (N,)."""
    a, b = reference.coefficients(t)
    with np.errstate(invalid="ignore", over="ignore"):
        steep = condition(reference, t, rounding)
        gain = (1 + steep) * np.where(np.abs(a) + np.abs(b) > 4, 1 + steep, 1)
        if reference.path.singularities:  # 1 - t is rounded where the slope depends on it most
            with np.errstate(divide="ignore"):
                gain = np.maximum(gain, 1 / np.minimum(t, 1 - t))
        slack = units(rounding) * rounding * size * (1 + np.abs(a) + np.abs(b)) * gain
        if reference.target == "velocity" and isinstance(reference.path, FunctionPath):
            slack = slack + _DIFFERENCES * size * (1 + np.abs(a) + np.abs(b))
    return np.asarray(slack)


def shared_moves(
    reference: Reference, latents: Latents, x: FloatArray, rounding: float
) -> list[FloatArray]:
    """By what rounded factors that all rows share would move targets a z + b eps, (N, d) each.

    These are a, b, and the factors of z and of all in x (N, d), by which the noise is told. The
    data may be cast; factors of many times are rounded up as often as down.
    """
    t, z, eps = latents
    a, b = reference.coefficients(t)
    beta = np.maximum(reference.beta(t), np.sqrt(rounding))
    often = np.sqrt(max(_SELDOM, float(shares_of_values(reference.time).max())))
    parts = (
        (a, z),
        (b * reference.alpha(t) / beta, z),
        (often * b, np.clip(eps, -_LARGEST, _LARGEST)),
        (often * b / beta, x),
    )
    moves = (SHARED * rounding * factor[:, None] * part for factor, part in parts)
    return [np.where(np.isfinite(move), move, 0.0) for move in moves]


def usual_size(reference: Reference) -> float:
    """How large the numbers of a row usually are. Rows are left out by this, not by their own
    size, which would choose among the noise."""
    squares = np.diagonal(reference.data.second_moment())
    return float(3 + np.sqrt(max(0.0, float(squares.max()))))


def told_apart(reference: Reference, t: FloatArray, rounding: float) -> BoolArray:
    """Whether rounding leaves the noise of a row to be seen, (N,) booleans."""
    return np.asarray(1.5 * rounding * usual_size(reference) < 0.2 * reference.beta(t))
