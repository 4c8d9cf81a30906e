"""Small things about balls: python-flint's ``arb`` and ``acb``."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from fmproof.models.arrays import Number

Ball = Any  # an arb or acb (or a power series with balls in it): python-flint has no types


def rational(value: Number | Fraction) -> Ball:
    """A ball around a rational; a float is the rational that it is."""
    return arb(fmpq(*Fraction(value).as_integer_ratio()))


def is_finite(balls: Iterable[Ball]) -> bool:
    """Whether something is known of each of the balls."""
    return all(ball.is_finite() for ball in balls)


def power(base: Ball, exponent: int) -> Ball:
    """A power with an exponent >= 0, by squaring.

    python-flint's ``**`` goes through the logarithm and knows nothing where a ball contains 0.
    """
    if exponent == 0:
        return arb(1)
    half = power(base, exponent // 2)
    return half * half * base if exponent % 2 else half * half


def total(balls: Iterable[Ball]) -> Ball:
    """The sum."""
    return sum(balls, arb(0))


def add(left: Iterable[Ball], right: Iterable[Ball]) -> list[Ball]:
    """The sums of two rows, entry by entry."""
    return [a + b for a, b in zip(left, right, strict=True)]
