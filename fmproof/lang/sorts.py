"""The sorts of terms, and the check that a term is well sorted.

==========  =======================================================================
sort        elements
==========  =======================================================================
REAL        real numbers (a time t, a density's value, a loss)
VEC         vectors of R^d; the dimension d is a symbol and never appears as a number
PARAM       the parameters θ of a model
LATENT      points of an arbitrary measurable space (a conditioning variable)
GRADIENT    gradients in θ, as functions of θ
SET         sets of parameters (minimisers)
==========  =======================================================================
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from sympy import Add, Expr, Mul, Pow, Rational, S

from fmproof.errors import SortError

if TYPE_CHECKING:
    from sympy import Basic


class Sort(Enum):
    REAL = "real"
    VEC = "vector"
    PARAM = "parameter"
    LATENT = "latent point"
    GRADIENT = "gradient"
    SET = "set of parameters"


ADDITIVE = frozenset({Sort.REAL, Sort.VEC, Sort.GRADIENT})


@lru_cache(maxsize=100_000)
def sort_of(term: Expr) -> Sort:
    """The sort of a term, checking every sum and product on the way.

    Zero counts as a real here and is accepted wherever a vector or a gradient is
    expected (see :func:`expect_sort`).

    Raises:
        SortError: naming the part that is ill sorted.
    """
    own = getattr(term, "sort", None)
    if isinstance(own, Sort) and type(term).__module__.startswith("fmproof.lang."):
        return own
    if isinstance(term, Rational) and type(term).__module__ == Rational.__module__:
        return Sort.REAL
    if type(term) is Add:
        return _sort_of_sum(term)
    if type(term) is Mul:
        return _sort_of_product(term)
    if type(term) is Pow:
        return _sort_of_power(term)
    raise SortError(
        f"not a term: {term} ({type(term).__name__}); expected variables made by Real, Vec, "
        "Param or Latent, fields and densities applied to them, and rational numbers"
        + ("; write Rational(1, 2) instead of 0.5" if getattr(term, "is_Float", False) else "")
    )


def _sort_of_sum(term: Add) -> Sort:
    first = term.args[0]
    sort = sort_of(first)
    for arg in term.args[1:]:
        other = sort_of(arg)
        if other is not sort:
            raise SortError(
                f"cannot add a {sort.value} and a {other.value}: "
                f"{_show(first)} ({sort.value}) + {_show(arg)} ({other.value})"
            )
    if sort not in ADDITIVE:
        raise SortError(f"cannot add {sort.value}s: {_show(term)}")
    return sort


def _sort_of_product(term: Mul) -> Sort:
    result = Sort.REAL
    culprit: Expr | None = None
    for arg in term.args:
        sort = sort_of(arg)
        if sort is Sort.REAL:
            continue
        if sort not in ADDITIVE:
            raise SortError(f"cannot multiply a {sort.value}: {_show(arg)}")
        if culprit is not None:
            raise SortError(
                f"cannot multiply a {result.value} and a {sort.value}: {_show(culprit)} times "
                f"{_show(arg)}; for vectors write Inner(a, b) or a @ b"
            )
        result, culprit = sort, arg
    return result


def _sort_of_power(term: Pow) -> Sort:
    base, exponent = term.args
    sort = sort_of(base)
    if sort is Sort.VEC:
        raise SortError(
            f"cannot raise a vector to a power: {_show(base)}; for the squared norm write "
            f"norm2(a), for a product of two vectors Inner(a, b)"
        )
    if sort is not Sort.REAL:
        raise SortError(f"cannot raise a {sort.value} to a power: {_show(base)}")
    if not (exponent.is_Integer and exponent > 0):
        raise SortError(
            f"a power must be a positive integer, found the exponent {exponent} on "
            f"{_show(base)}; for a quotient write Ratio(a, b), which never cancels by itself"
        )
    return Sort.REAL


def require_sort(term: Expr, sort: Sort, role: str) -> None:
    """Raise :class:`SortError` unless ``term`` has ``sort`` (zero has every additive sort)."""
    if not isinstance(term, Expr):
        raise SortError(f"{role} must be a {sort.value}, found {term!r} ({type(term).__name__})")
    found = sort_of(term)
    if found is sort or (term is S.Zero and sort in ADDITIVE):
        return
    raise SortError(f"{role} must be a {sort.value}, found the {found.value} {_show(term)}")


def _show(term: Basic) -> str:
    from fmproof.lang.text import text

    return text(term)
