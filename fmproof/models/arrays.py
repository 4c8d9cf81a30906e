"""Numbers as users give them: float64 for numerics, rationals kept for the exact method."""

from __future__ import annotations

import math
import numbers
import re
import reprlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fmproof.errors import InputError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
ObjectArray = npt.NDArray[np.object_]
Number = Fraction | float

_RATIO = re.compile(r"[+-]?\d{1,300}(/(?=0*[1-9])\d{1,300})?")


class Code:
    """A value whose repr is code that rebuilds it: pretty printers are to show just that.

    Hypothesis and IPython would otherwise list a dataclass's fields, arrays and all.
    """

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


class Array(NamedTuple):
    """One array, twice: rounded, and as given when every entry was given as a rational."""

    floats: FloatArray
    given: npt.NDArray[Any] | None

    @property
    def rational(self) -> bool:
        return self.given is not None

    def fractions(self) -> ObjectArray:
        """The entries as ``Fraction``; a float counts as the dyadic rational that it is."""
        entries = self.floats if self.given is None else self.given
        out = np.empty(entries.size, dtype=object)
        out[:] = [Fraction(v) for v in entries.ravel().tolist()]
        return out.reshape(entries.shape)

    def tolist(self) -> list[Any]:
        """Nested lists: of ``Fraction`` when rational, else of floats."""
        entries: list[Any] = self.fractions().tolist() if self.rational else self.floats.tolist()
        return entries

    def reshape(self, *shape: int) -> Array:
        given = None if self.given is None else self.given.reshape(shape)
        return Array(self.floats.reshape(shape), given)

    def part(self, index: Any) -> Array:
        """The sub-array at a NumPy index."""
        return Array(self.floats[index], None if self.given is None else self.given[index])

    def source(self) -> str:
        """Python code for the nested list."""
        return source(self.tolist())


def source(value: Any) -> str:
    """Python code for a number or a nested list of numbers; a fraction is text, as in "1/3", which
    needs no import to be read back."""
    if isinstance(value, list):
        return "[" + ", ".join(map(source, value)) + "]"
    if isinstance(value, Fraction):
        return str(value) if value.denominator == 1 else f'"{value}"'
    return repr(value)


class Record(Code):
    """Base of dataclasses whose fields are numbers (with ``eq`` and ``repr`` off).

    Two are equal when their numbers round to the same floats; the repr is code that rebuilds one.
    """

    def _values(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def _key(self) -> tuple[Any, ...]:
        return (type(self), *map(float, self._values().values()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={source(v)}" for name, v in self._values().items())
        return f"{type(self).__name__}({arguments})"


def number(value: Any, field: str) -> Number:
    """A scalar, as a ``Fraction`` when it is rational: int, Fraction, Decimal, SymPy Rational,
    or a ratio of integers in a string such as ``"1/3"``.

    Raises ``InputError`` naming ``field`` when it is not a finite real number.
    """
    if isinstance(value, bool):
        raise InputError(f"{field}: expected a number, found {value}")
    exact: Fraction | Decimal
    if isinstance(value, numbers.Rational):
        exact = Fraction(int(value.numerator), int(value.denominator))
    elif isinstance(value, str) and _RATIO.fullmatch(value):
        exact = Fraction(value)
    elif isinstance(value, Decimal) and value.is_finite():
        exact = value  # a Fraction of 1e999999999 would fill the memory before it is refused
    elif isinstance(value, numbers.Real | Decimal):
        if isinstance(value, Decimal) or not math.isfinite(value):
            raise InputError(f"{field}: expected a finite number, found {value}")
        return float(value)
    else:
        raise InputError(f"{field}: expected a number, found {reprlib.repr(value)}")
    try:
        rounded = float(exact)
    except OverflowError:
        rounded = math.inf
    if exact and not 0 < abs(rounded) < math.inf:
        raise InputError(f"{field}: expected a number within the range of float64")
    return Fraction(exact)


def array(value: Any, field: str, axes: tuple[str, ...]) -> Array:
    """A numeric array with as many axes as are named in ``axes``.

    Raises ``InputError`` naming ``field`` and the index of the entry that is not a finite number.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        _check_rank(value, field, axes)
        floats = np.array(value, dtype=np.float64)
        for index in np.argwhere(~np.isfinite(floats)):
            found = floats[tuple(index)]
            raise InputError(f"{_place(field, index)}: expected a finite number, found {found}")
        given = None if value.dtype.kind == "f" else value.copy()
    else:
        objects = _objects(value, field, axes)
        entries = [number(v, _place(field, i)) for i, v in np.ndenumerate(objects)]
        floats = np.array([float(v) for v in entries]).reshape(objects.shape)
        given = None
        if all(isinstance(v, Fraction) for v in entries):
            objects.ravel()[:] = entries
            given = objects
    floats.flags.writeable = False
    return Array(floats, given)


def _objects(value: Any, field: str, axes: tuple[str, ...]) -> ObjectArray:
    try:
        objects = np.array(value, dtype=object)
    except ValueError:
        raise InputError(f"{field}: the rows have different lengths") from None
    if any(isinstance(entry, list | tuple | np.ndarray) for entry in objects.flat):
        raise InputError(f"{field}: the rows have different lengths")
    _check_rank(objects, field, axes)
    return objects


def _check_rank(found: npt.NDArray[Any], field: str, axes: tuple[str, ...]) -> None:
    if not found.size:
        raise InputError(f"{field}: expected at least one entry, found none")
    if found.ndim != len(axes):
        names = ", ".join(axes) + ("," if len(axes) == 1 else "")
        raise InputError(f"{field}: expected shape ({names}), found {found.shape}")


def _place(field: str, index: Any) -> str:
    return field + "".join(f"[{i}]" for i in index)


@contextmanager
def inside(prefix: str) -> Iterator[None]:
    """Prepend ``prefix`` (a table or file name) to the field named by an ``InputError``."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{prefix}{error}") from None


def batch(t: Any, x: Any, dim: int, name: str = "x") -> tuple[FloatArray, FloatArray]:
    """Check a batch of times ``t`` (N,) or a scalar, and points ``x`` (N, d).

    A scalar time comes back as (1,), so that what depends on t alone is computed once.
    Raises ``InputError`` for any other shape: a silent broadcast of (N,) against (N, N) is the
    classic bug.
    """
    points = np.asarray(x, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != dim:
        raise InputError(f"{name}: expected shape (N, {dim}), found {points.shape}")
    times = np.asarray(t, dtype=np.float64)
    if times.ndim == 0:
        return times.reshape(1), points
    if times.shape != (len(points),):
        raise InputError(f"t: expected shape ({len(points)},), found {times.shape}")
    return times, points
