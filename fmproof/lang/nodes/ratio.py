"""Quotients of reals, which never cancel by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, S

from fmproof.errors import SortError
from fmproof.lang.arithmetic import mul
from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    is_nonnegative,
    nothing,
    require_sort,
    same_kind,
)
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.sorts import Sort


class Ratio(Term):
    """The quotient a/b of two reals, with the convention a/0 = 0.

    It never cancels by itself: SymPy's ``a/a == 1`` would lose the condition a ≠ 0.
    """

    __slots__ = ()

    def __new__(cls, numerator: Any, denominator: Any) -> Ratio:
        a, b = as_term(numerator), as_term(denominator)
        require_sort(a, Sort.REAL, "the numerator of a ratio")
        require_sort(b, Sort.REAL, "the denominator of a ratio")
        return Term.__new__(cls, a, b)


def divide(numerator: Expr, denominator: Expr) -> Expr:
    """``numerator / denominator``: a rational multiple, or a :class:`Ratio`."""
    if not is_number(denominator):
        return Ratio(numerator, denominator)
    if fraction(denominator) == 0:
        raise SortError("division by the number 0")
    return mul(number(1 / fraction(denominator)), numerator)


def _obliges(node: Ratio, inside: Inside) -> Iterator[Any]:
    numerator, denominator = node.args
    below = list(inside(denominator))
    yield from inside(numerator, S.One if below else Ratio(S.One, denominator))
    yield from below


declare(
    Ratio,
    sort=lambda node: Sort.REAL,
    bound=nothing,
    places=lambda node: {0: Lift.HERE, 1: Lift.HERE},
    obliges=_obliges,
    nonnegative=lambda node: all(map(is_nonnegative, node.args)),
    rebuild=same_kind,
)


def _instead_of_a_power(made: Expr) -> Expr:
    """SymPy writes a/b as a·b⁻¹, and cancels; for our terms a negative power is a quotient."""
    base, exponent = made.args
    if _has_term(base) and not exponent.is_positive:
        if not exponent.is_Integer:
            as_term(made)  # says what is wrong with the exponent
        return Ratio(S.One, base ** (-exponent)) if exponent != 0 else S.One
    return made


def _has_term(node: Basic) -> bool:
    return isinstance(node, Term) or any(map(_has_term, node.args))


# SymPy calls this for a power of a term of ours.
Basic._constructor_postprocessor_mapping[Term] = {"Pow": [_instead_of_a_power]}
