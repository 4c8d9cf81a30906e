"""Numbers as users give them: float64 for numerics, rationals kept for the exact method."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fmproof.errors import InputError

FloatArray = npt.NDArray[np.float64]
ExactArray = npt.NDArray[np.object_]
Number = Fraction | float


class Array(NamedTuple):
    """One array, twice: rounded, and as rationals when every entry was given as a rational."""

    floats: FloatArray
    exact: ExactArray | None


def number(value: Any, field: str) -> Number:
    """A scalar, as a ``Fraction`` when it is rational (int, Fraction, Decimal, SymPy Rational).

    Raises ``InputError`` naming ``field`` when it is not a finite real number.
    """
    if isinstance(value, bool | np.bool_):
        raise InputError(f"{field}: expected a number, found {value}")
    if isinstance(value, numbers.Rational):
        exact = Fraction(int(value.numerator), int(value.denominator))
    elif isinstance(value, Decimal) and value.is_finite():
        exact = Fraction(value)
    elif isinstance(value, float | np.floating | Decimal):
        if not math.isfinite(value):
            raise InputError(f"{field}: expected a finite number, found {value}")
        return float(value)
    else:
        raise InputError(f"{field}: expected a number, found {value!r}")
    try:
        float(exact)
    except OverflowError:
        raise InputError(f"{field}: too large for a float64") from None
    return exact


def array(value: Any, field: str, shape: tuple[str, ...]) -> Array:
    """A numeric array with ``len(shape)`` axes; ``shape`` holds the axes' names, for messages."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        exact, floats = None, np.array(value, dtype=np.float64)
        _check_rank(floats, field, shape)
        _check_finite(floats, field)
    else:
        objects = _objects(value, field, shape)
        entries = [number(v, _place(field, i)) for i, v in np.ndenumerate(objects)]
        floats = np.array([float(v) for v in entries], dtype=np.float64).reshape(objects.shape)
        exact = None
        if all(isinstance(v, Fraction) for v in entries):
            exact = np.empty(objects.size, dtype=object)
            exact[:] = entries
            exact = exact.reshape(objects.shape)
    floats.flags.writeable = False
    return Array(floats, exact)


def _objects(value: Any, field: str, shape: tuple[str, ...]) -> ExactArray:
    try:
        objects = np.array(value, dtype=object)
    except ValueError:
        raise InputError(f"{field}: the rows have different lengths") from None
    _check_rank(objects, field, shape)
    for index, entry in np.ndenumerate(objects):
        if isinstance(entry, list | tuple | np.ndarray):
            raise InputError(f"{_place(field, index)}: the rows have different lengths")
    return objects


def _check_rank(found: npt.NDArray[Any], field: str, shape: tuple[str, ...]) -> None:
    if found.ndim != len(shape):
        raise InputError(
            f"{field}: expected shape ({', '.join(shape)}), found {tuple(found.shape)}"
        )


def _check_finite(floats: FloatArray, field: str) -> None:
    bad = np.argwhere(~np.isfinite(floats))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        raise InputError(f"{_place(field, index)}: expected a finite number, found {floats[index]}")


def _place(field: str, index: tuple[int, ...]) -> str:
    return field + "".join(f"[{i}]" for i in index)


def source(values: Array) -> str:
    """Python code for the nested list: rationals as ``Fraction(1, 3)``, floats by ``repr``."""
    return repr((values.floats if values.exact is None else values.exact).tolist())


@contextmanager
def inside(prefix: str) -> Iterator[None]:
    """Prepend ``prefix`` (a table or file name) to the field named by an ``InputError``."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{prefix}{error}") from None


def batch(t: Any, x: Any, dim: int) -> tuple[FloatArray, FloatArray]:
    """Check and broadcast a batch: ``t`` (N,) or scalar, ``x`` (N, d).

    Raises ``InputError`` for any other shape: a silent broadcast of (N,) against (N, N) is the
    classic bug.
    """
    points = np.asarray(x, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != dim:
        raise InputError(f"x: expected shape (N, {dim}), found {points.shape}")
    times = np.asarray(t, dtype=np.float64)
    if times.ndim == 0:
        times = np.broadcast_to(times, (len(points),))
    if times.shape != (len(points),):
        raise InputError(f"t: expected shape ({len(points)},), found {times.shape}")
    return times, points
