"""Rational numbers: SymPy's nodes, made and read by this file alone.

SymPy makes and compares numbers through caches and conversion tables that a program can write to.
So the trusted base computes with Python's integers and fractions and keeps its own nodes.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, S
from sympy.core.numbers import Half, Integer, NegativeOne, One, Zero

from fmproof.errors import SortError
from fmproof.lang.node import declare, no_places, nothing
from fmproof.lang.sorts import Sort

NUMBERS = (Rational, Integer, Zero, One, NegativeOne, Half)
_KINDS = frozenset(map(id, NUMBERS))  # by identity: a metaclass can answer ==
BITS = 4_000
"""No number has a longer numerator or denominator."""

_nodes: dict[tuple[int, int], Any] = {
    (0, 1): S.Zero,
    (1, 1): S.One,
    (-1, 1): S.NegativeOne,
    (1, 2): S.Half,
}


def is_number(term: Any) -> bool:
    """Whether a term is a rational number."""
    return id(type(term)) in _KINDS


def fraction(term: Any) -> Fraction:
    """The value of a number's node.

    Raises:
        SortError: it is not a number, or is too long.
    """
    p, q = getattr(term, "p", None), getattr(term, "q", None)
    if not (is_number(term) and type(p) is int and type(q) is int and q > 0):
        raise SortError(f"expected a rational number, found a {type(term).__name__}")
    return _bounded(Fraction(p, q))


def number(value: Fraction | int) -> Any:
    """The node of a number, the same one each time."""
    exact = _bounded(value if type(value) is Fraction else Fraction(value))
    key = (exact.numerator, exact.denominator)
    if key not in _nodes:
        node = Expr.__new__(Integer if key[1] == 1 else Rational)
        node.p = key[0]
        if key[1] != 1:
            node.q = key[1]
        return _nodes.setdefault(key, node)
    return _nodes[key]


def power_of_number(base: Fraction, exponent: int) -> Fraction:
    """``base ** exponent`` for a positive exponent, if it is not too long."""
    size = max(abs(base.numerator).bit_length(), base.denominator.bit_length())
    if exponent * size > 2 * BITS and abs(base) != 1:
        raise SortError(f"a number with the exponent {exponent} is too long")
    return _bounded(base**exponent)


def _bounded(value: Fraction) -> Fraction:
    if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > BITS:
        raise SortError("a number in the term is too long")
    return value


declare(
    *NUMBERS,
    sort=lambda node: Sort.REAL,
    bound=nothing,
    places=no_places,
    obliges=nothing,
    nonnegative=lambda node: fraction(node) >= 0,
    rebuild=lambda node: number(fraction(node)),
)
