"""Propositions: what a theorem concludes and what it assumes."""

from __future__ import annotations

from typing import Any

from sympy import Basic, Expr, S

from fmproof.errors import SortError
from fmproof.lang.binders import (
    OverMeasure,
    OverVar,
    check_measure,
    drawn_by,
    require_param,
)
from fmproof.lang.scope import apart, free_vars
from fmproof.lang.sorts import Sort, require_sort, sort_of
from fmproof.lang.terms import Sealed, Var, as_term


class Prop(Sealed, Basic):
    """Base of the propositions."""

    def _sympystr(self, printer: Any) -> str:
        from fmproof.lang.text import text

        return text(self)

    _sympyrepr = _sympystr

    def _latex(self, printer: Any) -> str:
        from fmproof.lang.latex import latex

        return latex(self)

    @property
    def free_symbols(self) -> set[Expr]:
        return set(free_vars(self))


class Equals(Prop):
    """lhs = rhs, for two terms of one sort."""

    def __new__(cls, lhs: Any, rhs: Any) -> Equals:
        a, b = as_term(lhs), as_term(rhs)
        if S.Zero not in (a, b) and sort_of(a) is not sort_of(b):
            raise SortError(
                f"cannot equate the {sort_of(a).value} {a} and the {sort_of(b).value} {b}"
            )
        return Basic.__new__(cls, a, b)

    @property
    def lhs(self) -> Expr:
        return self.args[0]

    @property
    def rhs(self) -> Expr:
        return self.args[1]


class AtMost(Prop):
    """lhs ≤ rhs, for two reals."""

    def __new__(cls, lhs: Any, rhs: Any) -> AtMost:
        a, b = as_term(lhs), as_term(rhs)
        require_sort(a, Sort.REAL, "the left side of ≤")
        require_sort(b, Sort.REAL, "the right side of ≤")
        return Basic.__new__(cls, a, b)

    @property
    def lhs(self) -> Expr:
        return self.args[0]

    @property
    def rhs(self) -> Expr:
        return self.args[1]


class Integrable(OverMeasure, Prop):
    """∫ |body| dμ < ∞, where the measure μ is a list of draws and Lebesgue measures."""

    def __new__(cls, body: Any, *measure: Any) -> Integrable:
        term = as_term(body)
        if sort_of(term) not in (Sort.REAL, Sort.VEC):
            raise SortError(f"expected a real or a vector, found the {sort_of(term).value} {term}")
        check_measure(measure, "an integrability condition")
        return Basic.__new__(cls, term, *measure)


class VanishesWith(Prop):
    """b = 0 implies a = 0: what makes b·(a/b) = a true."""

    def __new__(cls, a: Any, b: Any) -> VanishesWith:
        left, right = as_term(a), as_term(b)
        require_sort(left, Sort.REAL, "a vanishing term")
        require_sort(right, Sort.REAL, "a vanishing term")
        return Basic.__new__(cls, left, right)


class Differentiable(OverVar, Prop):
    """θ ↦ body is differentiable at every θ."""

    def __new__(cls, body: Any, var: Var) -> Differentiable:
        term = as_term(body)
        require_sort(term, Sort.REAL, "a differentiable term")
        require_param(var, "differentiability")
        return Basic.__new__(cls, term, var)


class Almost(OverMeasure, Prop):
    """``prop`` holds for almost every value of the variables of a measure.

    Nested ones are one statement about the product measure (Fubini for null sets), so they
    are merged.
    """

    def __new__(cls, prop: Prop, *measure: Any) -> Almost:
        if not isinstance(prop, Prop):
            raise SortError(f"expected a proposition, found {prop!r}")
        if isinstance(prop, Almost):
            outer = {var for item in measure for var in drawn_by(item)}
            inner = apart(prop, outer)
            prop, measure = inner.args[0], (*measure, *inner.args[1:])
        check_measure(measure, "an almost-everywhere condition")
        return Basic.__new__(cls, prop, *measure)


class ForAll(OverVar, Prop):
    """``prop`` holds for every value of a variable."""

    def __new__(cls, prop: Prop, var: Var) -> ForAll:
        if not isinstance(prop, Prop) or not isinstance(var, Var):
            raise SortError(f"expected a proposition and a variable, found {prop!r} and {var!r}")
        return Basic.__new__(cls, prop, var)
