"""exp, log, √ and |·| of arrays, also of those that carry a complex step.

An array with a complex step has a real value and, in its tiny imaginary part, a derivative. Where
a function has no derivative, the result is not a number, which is never taken for a value.

In a magnitude, both parts are sums of absolute values: what round-off in the value, and what
round-off in the derivative, is relative to.
"""

from __future__ import annotations

import numpy as np

from fmproof.meaning.interpretation import AnyArray
from fmproof.meaning.reading import ROUND_OFF

COMPLEX_STEP = 1e-30
_NO_NUMBER = complex(np.nan, np.nan)
_EPSILON = float(np.finfo(float).eps)


def absolute(array: AnyArray) -> AnyArray:
    """Absolute values, of the value and of the derivative."""
    if array.dtype.kind != "c":
        return np.asarray(np.abs(array))
    return np.asarray(np.abs(array.real) + 1j * np.abs(array.imag))


def kinked(result: AnyArray, array: AnyArray) -> AnyArray:
    """``result``, or not a number where ``array`` moves through 0, or touches it as a square does:
    that of a complex step is negative and tiny."""
    if array.dtype.kind != "c":
        return np.asarray(result)
    through = (array.real == 0) & (array.imag != 0)
    touches = (array.real < 0) & (array.real > -COMPLEX_STEP)
    return np.asarray(np.where(through | touches, _NO_NUMBER, result))


def ratio(a: AnyArray, b: AnyArray) -> AnyArray:
    """a/b, with a/0 = 0."""
    zero = b.real == 0
    if not zero.any():
        return kinked(a / b, b)
    return kinked(np.where(zero, 0.0, a / np.where(zero, 1.0, b)), b)


def ratio_magnitude(a: AnyArray, b: AnyArray) -> AnyArray:
    """Of a/b, from the magnitude of a and the value b: |a|/|b|, and |a'|/|b| + |a||b'|/b²."""
    return ratio(a, np.conj(absolute(b)))


def exp(a: AnyArray) -> AnyArray:
    return np.asarray(np.exp(a))


def exp_magnitude(a: AnyArray, size: AnyArray) -> AnyArray:
    return np.asarray(absolute(np.exp(a)) * (1 + size))


def log(a: AnyArray) -> AnyArray:
    """log a, with log a = 0 for a ≤ 0."""
    positive = a.real > 0
    return kinked(np.where(positive, np.log(np.where(positive, a, 1.0)), 0.0), a)


def log_magnitude(a: AnyArray, size: AnyArray) -> AnyArray:
    """Infinite where round-off may decide about the sign."""
    sizes = absolute(log(a)) + ratio_magnitude(size, a)
    lost = (np.abs(a.real) <= ROUND_OFF * size.real) & (size.real > 0)
    return np.asarray(np.where(lost, np.inf, sizes))


def sqrt(a: AnyArray) -> AnyArray:
    """√a, with √a = 0 for a < 0."""
    positive = a.real > 0
    return kinked(np.where(positive, np.sqrt(np.where(positive, a, 1.0)), 0.0), a)


def sqrt_magnitude(a: AnyArray, size: AnyArray) -> AnyArray:
    """An error e of a is one of e/√a in √a, and of √e at most."""
    clear = a.real > _EPSILON * size.real
    root = np.where(clear, np.sqrt(np.where(clear, absolute(a), 1.0)), 1.0)
    sizes = np.where(clear, size / np.conj(root), np.sqrt(size.real / _EPSILON))
    return np.asarray(np.where(a.real < -ROUND_OFF * size.real, 0.0, sizes))


def modulus(a: AnyArray) -> AnyArray:
    """|a| and the derivative of it."""
    return kinked(np.where(a.real < 0, -a, a), a)
