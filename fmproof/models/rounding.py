"""A formula in t with the error that float64 makes of it, by a running error analysis.

1 - sin(pi t / 2)^2 loses its digits next to t = 1, and a steep schedule such as a sum of logistic
functions loses all of them over much of [0, 1], where its value is 1e-50 and its terms are 1. The
analysis follows each operation (Higham, Accuracy and Stability of Numerical Algorithms, section
3.3), so that what is lost is known and can be evaluated in more digits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.paths import time_symbol

_EPS = float(np.finfo(np.float64).eps)


class Rounded(NamedTuple):
    """Values (n,), and how far they may be off, (n,)."""

    value: FloatArray
    error: FloatArray


RoundedFormula = Callable[[FloatArray], Rounded]


def with_errors(expr: Any) -> RoundedFormula | None:
    """``expr``, a SymPy expression in t, at times (n,); None for functions that are not known."""
    if expr == time_symbol():
        return lambda t: Rounded(t, np.zeros_like(t))
    if expr.is_number:
        constant = float(expr)
        return lambda t: Rounded(np.full_like(t, constant), np.full_like(t, _EPS * abs(constant)))
    parts = [with_errors(part) for part in expr.args]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if expr.is_Add:
        return lambda t: reduce(_sum, (part(t) for part in known))
    if expr.is_Mul:
        return lambda t: reduce(_product, (part(t) for part in known))
    if expr.is_Pow and expr.exp.is_number:
        base, exponent = known[0], float(expr.exp)
        return lambda t: _power(base(t), exponent)
    name = type(expr).__name__
    if name not in _FUNCTIONS:
        return None
    function, slope = _FUNCTIONS[name]

    def applied(t: FloatArray) -> Rounded:
        x = known[0](t)
        value = function(x.value)
        return Rounded(value, np.abs(slope(x.value)) * x.error + 2 * _EPS * np.abs(value))

    return applied


def _sum(a: Rounded, b: Rounded) -> Rounded:
    value = a.value + b.value
    return Rounded(value, a.error + b.error + _EPS * np.abs(value))


def _product(a: Rounded, b: Rounded) -> Rounded:
    value = a.value * b.value
    off = np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error
    return Rounded(value, off + _EPS * np.abs(value))


def _power(base: Rounded, exponent: float) -> Rounded:
    value = base.value**exponent
    off = np.abs(exponent * base.value ** (exponent - 1)) * base.error
    # Where the base is known to its sign at best, the first order says nothing.
    unknown = (base.error > 0.1 * np.abs(base.value)) & (exponent != 1)
    return Rounded(value, np.where(unknown, np.inf, off) + 4 * _EPS * np.abs(value))


_FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, np.sin),
    "tan": (np.tan, lambda x: 1 + np.tan(x) ** 2),
    "asin": (np.arcsin, lambda x: 1 / np.sqrt(1 - x**2)),
    "acos": (np.arccos, lambda x: 1 / np.sqrt(1 - x**2)),
    "atan": (np.arctan, lambda x: 1 / (1 + x**2)),
    "sinh": (np.sinh, np.cosh),
    "cosh": (np.cosh, np.sinh),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
}
