"""Rational numbers: SymPy's nodes, sealed, made and read by this file alone.

SymPy makes numbers through caches and conversion tables that a program can write to, and its
numbers can be changed. So the trusted base computes with Python's integers and fractions and keeps
its own nodes. Only the four numbers that SymPy has once are SymPy's; see :func:`.node.intact`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from fmproof.errors import SortError
from fmproof.lang.node import SHARED, Sealed, declare, is_one_of, no_places, nothing
from fmproof.lang.sorts import Sort


class Integer(Sealed, sympy.Integer):
    """A whole number that cannot be changed."""

    __slots__ = ()

    def __new__(cls, p: int) -> Any:
        return number(p)


class Rational(Sealed, sympy.Rational):
    """A fraction that cannot be changed."""

    __slots__ = ()

    def __new__(cls, p: int, q: int = 1) -> Any:
        return number(Fraction(p, q))


NUMBERS = (Rational, Integer, sympy.Rational, sympy.Integer, *map(type, SHARED.values()))
_KINDS = frozenset(map(id, NUMBERS))  # by identity: a metaclass can answer ==
BITS = 4_000
"""No number has a longer numerator or denominator."""

_nodes: dict[tuple[int, int], Any] = {(node.p, node.q): node for node in SHARED.values()}
_values = {id(node): (node, Fraction(*value)) for value, node in _nodes.items()}  # for good


def is_number(term: Any) -> bool:
    """Whether a term is a rational number."""
    return id(type(term)) in _KINDS


def fraction(term: Any) -> Fraction:
    """The value of a number's node.

    Raises:
        SortError: it is not a number, or is too long.
    """
    if id(term) in _values:  # made here, or shared
        return _values[id(term)][1]
    p, q = getattr(term, "p", None), getattr(term, "q", None)
    if not (is_number(term) and type(p) is int and type(q) is int and q > 0):
        raise SortError(f"expected a rational number, found a {type(term).__name__}")
    return _bounded(Fraction(p, q))


def number(value: Fraction | int) -> Any:
    """The node of a number, the same one each time.

    Raises:
        SortError: it is too long, or its parts are no whole numbers of Python's, exactly.
    """
    p, q = value.numerator, value.denominator  # a Fraction copies what another number says of it
    if not (is_one_of(value, (int, Fraction)) and type(p) is int and type(q) is int and q > 0):
        raise SortError(
            "expected a whole number or a fraction of whole numbers with a positive denominator, "
            f"found a {type(value).__name__} of other numbers"
        )
    if (p, q) in _nodes:
        return _nodes[p, q]
    exact = _bounded(Fraction(p, q))
    node = Sealed.__new__(Integer if exact.denominator == 1 else Rational)
    object.__setattr__(node, "p", exact.numerator)
    if type(node) is Rational:
        object.__setattr__(node, "q", exact.denominator)
    node = _nodes.setdefault((exact.numerator, exact.denominator), node)
    return _values.setdefault(id(node), (node, exact))[0]


def power_of_number(base: Fraction, exponent: int) -> Fraction:
    """``base ** exponent`` for a positive exponent, if it is not too long."""
    size = max(abs(base.numerator).bit_length(), base.denominator.bit_length())
    if exponent * size > 2 * BITS and abs(base) != 1:
        raise SortError(f"a number with the exponent {exponent} is too long")
    return base if exponent == 1 else _bounded(base**exponent)


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
