"""Exact numbers, as people write them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from fmproof.errors import SortError
from fmproof.lang.node import is_one_of
from fmproof.lang.numbers import NUMBERS, fraction
from fmproof.lang.spelling.foreign import foreign


def Rational(numerator: Any, denominator: Any = 1) -> sympy.Rational:
    """The exact number ``Rational(1, 2)``.

    Raises:
        SortError: a part is no integer or fraction, or the denominator is 0.
    """
    parts = []
    for part in (numerator, denominator):
        if not is_one_of(part, (int, Fraction, *NUMBERS)):
            raise SortError(f"a Rational is made of integers, found {foreign(part)}")
        parts.append(fraction(part) if is_one_of(part, NUMBERS) else Fraction(part))
    if parts[1] == 0:
        raise SortError("division by the number 0")
    value = parts[0] / parts[1]
    return sympy.Rational(value.numerator, value.denominator)
