"""Propositions: what a theorem concludes and what it assumes."""

from __future__ import annotations

from typing import Any

from sympy import Basic, Expr, S

from fmproof.errors import SortError
from fmproof.lang.node import (
    Sealed,
    as_term,
    declare,
    no_places,
    not_clear,
    nothing,
    require_sort,
    same_kind,
    shown,
    sort_of,
)
from fmproof.lang.nodes.measure import OverMeasure, drawn_by, measure_bound, require_measure
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import apart, free_vars
from fmproof.lang.sorts import ADDITIVE, Sort


class Prop(Sealed, Basic):
    """Base of the propositions."""

    def _sympystr(self, printer: Any) -> str:
        return shown(self)

    _sympyrepr = _sympystr

    def _latex(self, printer: Any) -> str:
        from fmproof.lang.spelling.latex import latex

        return latex(self)

    @property
    def free_symbols(self) -> set[Expr]:
        return set(free_vars(self))


class _Relation(Prop):
    """A proposition about two sides."""

    @property
    def lhs(self) -> Expr:
        return self.args[0]

    @property
    def rhs(self) -> Expr:
        return self.args[1]


class Equals(_Relation):
    """lhs = rhs, for two terms of one sort."""

    def __new__(cls, lhs: Any, rhs: Any) -> Equals:
        a, b = as_term(lhs), as_term(rhs)
        first, second = sort_of(a), sort_of(b)
        zero = S.Zero in (a, b) and first in ADDITIVE and second in ADDITIVE
        if first is not second and not zero:
            raise SortError(
                f"cannot equate the {first.value} {shown(a)} and the {second.value} {shown(b)}"
            )
        made: Equals = Basic.__new__(cls, a, b)
        return made


class AtMost(_Relation):
    """lhs ≤ rhs, for two reals."""

    def __new__(cls, lhs: Any, rhs: Any) -> AtMost:
        a, b = as_term(lhs), as_term(rhs)
        require_sort(a, Sort.REAL, "the left side of ≤")
        require_sort(b, Sort.REAL, "the right side of ≤")
        made: AtMost = Basic.__new__(cls, a, b)
        return made


class Integrable(OverMeasure, Prop):
    """∫ |body| dμ < ∞, where the measure μ is a list of draws and Lebesgue measures."""

    def __new__(cls, body: Any, *measure: Any) -> Integrable:
        term = as_term(body)
        if sort_of(term) not in (Sort.REAL, Sort.VEC):
            raise SortError(
                f"expected a real or a vector, found the {sort_of(term).value} {shown(term)}"
            )
        require_measure(measure, "an integrability condition")
        made: Integrable = Basic.__new__(cls, term, *measure)
        return made


class VanishesWith(Prop):
    """b = 0 implies a = 0: what makes b·(a/b) = a true."""

    def __new__(cls, a: Any, b: Any) -> VanishesWith:
        left, right = as_term(a), as_term(b)
        require_sort(left, Sort.REAL, "a vanishing term")
        require_sort(right, Sort.REAL, "a vanishing term")
        made: VanishesWith = Basic.__new__(cls, left, right)
        return made


class OverVar:
    """Mixin of the nodes that bind one variable: args = (body, var)."""

    args: tuple[Any, ...]

    @property
    def body(self) -> Any:
        return self.args[0]

    @property
    def var(self) -> Var:
        var: Var = self.args[1]
        return var


def require_param(var: Any, owner: str) -> None:
    """Raise :class:`SortError` unless ``var`` is a parameter."""
    if not (type(var) is Var and var.sort is Sort.PARAM):
        raise SortError(f"{owner} is taken in a parameter made by Param, found {shown(var)}")


class Differentiable(OverVar, Prop):
    """θ ↦ body is differentiable at every θ."""

    def __new__(cls, body: Any, var: Var) -> Differentiable:
        term = as_term(body)
        require_sort(term, Sort.REAL, "a differentiable term")
        require_param(var, "differentiability")
        made: Differentiable = Basic.__new__(cls, term, var)
        return made


_POINTWISE = (Equals, AtMost, VanishesWith, Integrable)


class Almost(OverMeasure, Prop):
    """``prop`` holds for almost every value of the variables of a measure.

    Nested ones are one statement about the product measure (Fubini for null sets), so they are
    merged. For that the set where ``prop`` holds must be measurable; "for every θ" would make
    it an intersection of uncountably many sets, and is refused here.
    """

    def __new__(cls, prop: Prop, *measure: Any) -> Almost:
        if type(prop) is Almost:
            outer = {var for item in measure for var in drawn_by(item)}
            inner = apart(prop, outer)
            prop, measure = inner.args[0], (*measure, *inner.args[1:])
        if type(prop) not in _POINTWISE or (
            type(prop) is Equals and sort_of(prop.lhs) not in (Sort.REAL, Sort.VEC)
        ):
            raise SortError(
                f"'almost every' is said of an equation or inequality of reals or vectors, or of "
                f"an integral's being finite, found {shown(prop)}; a 'for every' goes outside"
            )
        require_measure(measure, "an almost-everywhere condition")
        made: Almost = Basic.__new__(cls, prop, *measure)
        return made


class ForAll(OverVar, Prop):
    """``prop`` holds for every value of a variable."""

    def __new__(cls, prop: Prop, var: Var) -> ForAll:
        if type(prop) not in PROPOSITIONS or type(var) is not Var:
            raise SortError(
                f"expected a proposition and a variable, found {shown(prop)} and {shown(var)}"
            )
        made: ForAll = Basic.__new__(cls, prop, var)
        return made


PROPOSITIONS = (*_POINTWISE, Differentiable, Almost, ForAll)


def _no_term(_: Any) -> None:
    return None


_NO_TERM = {
    "sort": _no_term,
    "places": no_places,
    "obliges": nothing,
    "nonnegative": not_clear,
    "rebuild": same_kind,
}
"""What all propositions declare alike; a proposition is rewritten by transitivity alone."""

declare(Equals, AtMost, VanishesWith, bound=nothing, **_NO_TERM)
declare(Integrable, Almost, bound=measure_bound, **_NO_TERM)
declare(Differentiable, ForAll, bound=lambda node: (node.var,), **_NO_TERM)
