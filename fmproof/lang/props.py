"""Propositions: what a theorem concludes and what it assumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Basic, Expr, S

from fmproof.errors import SortError
from fmproof.lang.fixed import at_argument
from fmproof.lang.node import (
    Lift,
    Sealed,
    as_term,
    declare,
    is_one_of,
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
from fmproof.lang.scope import apart, free_vars, fresh_names, substitute
from fmproof.lang.sorts import ADDITIVE, Sort


class Prop(Sealed, Basic):
    """Base of the propositions."""

    __slots__ = ()

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

    __slots__ = ()

    lhs: Expr = at_argument(0)
    rhs: Expr = at_argument(1)


class Equals(_Relation):
    """lhs = rhs, for two terms of one sort."""

    __slots__ = ()

    def __new__(cls, lhs: Any, rhs: Any) -> Equals:
        a, b = as_term(lhs), as_term(rhs)
        first, second = sort_of(a), sort_of(b)
        zero = S.Zero in (a, b) and first in ADDITIVE and second in ADDITIVE
        if first is not second and not zero:
            raise SortError(
                f"cannot equate the {first.value} {shown(a)} and the {second.value} {shown(b)}"
            )
        return Sealed.__new__(cls, a, b)


class AtMost(_Relation):
    """lhs ≤ rhs, for two reals."""

    __slots__ = ()

    def __new__(cls, lhs: Any, rhs: Any) -> AtMost:
        a, b = as_term(lhs), as_term(rhs)
        require_sort(a, Sort.REAL, "the left side of ≤")
        require_sort(b, Sort.REAL, "the right side of ≤")
        return Sealed.__new__(cls, a, b)


class Integrable(OverMeasure, Prop):
    """∫ |body| dμ < ∞, where the measure μ is a list of draws and Lebesgue measures."""

    __slots__ = ()

    def __new__(cls, body: Any, *measure: Any) -> Integrable:
        term = as_term(body)
        if sort_of(term) not in ADDITIVE:
            raise SortError(
                f"expected a real or a vector, found the {sort_of(term).value} {shown(term)}"
            )
        require_measure(measure, "an integrability condition")
        return Sealed.__new__(cls, term, *measure)


class VanishesWith(Prop):
    """b = 0 implies a = 0: what makes b·(a/b) = a true."""

    __slots__ = ()

    def __new__(cls, a: Any, b: Any) -> VanishesWith:
        left, right = as_term(a), as_term(b)
        require_sort(left, Sort.REAL, "a vanishing term")
        require_sort(right, Sort.REAL, "a vanishing term")
        return Sealed.__new__(cls, left, right)


class OverVar:
    """Mixin of the nodes that bind one variable: args = (body, var)."""

    __slots__ = ()

    body: Any = at_argument(0)
    var: Var = at_argument(1)


def require_param(var: Any, owner: str) -> None:
    """Raise :class:`SortError` unless ``var`` is a parameter."""
    if not (type(var) is Var and var.sort is Sort.PARAM):
        raise SortError(f"{owner} is taken in a parameter made by Param, found {shown(var)}")


class AtPlace:
    """Mixin of the nodes that bind a variable in the body and give it a place outside.

    args = (body, var, at, …)
    """

    __slots__ = ()

    body: Any = at_argument(0)
    var: Var = at_argument(1)
    at: Any = at_argument(2)


def placed(body: Expr, pairs: Sequence[tuple[Any, Any]], owner: str) -> tuple[Expr, list[Expr]]:
    """``body`` and (var, at, …) where no place mentions a bound variable; None is at = var.

    Raises:
        SortError: a variable comes twice, or has a place of another sort.
    """
    variables = [var for var, _ in pairs]
    if any(type(var) is not Var for var in variables) or len(set(variables)) != len(variables):
        raise SortError(f"{owner} is taken in different variables, found {variables}")
    places = [as_term(var if at is None else at) for var, at in pairs]
    for var, at in zip(variables, places, strict=True):
        require_sort(at, var.sort, f"the place of {var.name}")
    outside = frozenset().union(*map(free_vars, places))
    clashing = [var for var in variables if var in outside]
    renaming = fresh_names(clashing, outside.union(free_vars(body), variables))
    body = substitute(body, renaming) if renaming else body
    bound = [renaming.get(var, var) for var in variables]
    return body, [part for pair in zip(bound, places, strict=True) for part in pair]


class Differentiable(AtPlace, Prop):
    """var ↦ body has a (Fréchet) derivative at a place, jointly in several variables.

    ``Differentiable(f, x)`` at x itself, ``Differentiable(f, x, s)``, ``Differentiable(f, t, s,
    x, y)``; args = (body, var, at, …).
    """

    __slots__ = ()

    def __new__(cls, body: Any, *items: Any) -> Differentiable:
        term = as_term(body)
        if sort_of(term) not in (Sort.REAL, Sort.VEC):
            raise SortError(f"a {sort_of(term).value} is not differentiable: {shown(term)}")
        if not items or (len(items) > 1 and len(items) % 2):
            raise SortError("differentiability needs variables, each with its place")
        pairs = [(items[0], None)]
        if len(items) > 1:
            pairs = list(zip(items[::2], items[1::2], strict=True))
        if any(type(var) is Var and var.sort is Sort.LATENT for var, _ in pairs):
            raise SortError("nothing is differentiable in a latent point")
        term, flat = placed(term, pairs, "differentiability")
        return Sealed.__new__(cls, term, *flat)

    @property
    def pairs(self) -> tuple[tuple[Var, Expr], ...]:
        """The variables with their places."""
        return tuple(zip(self.args[1::2], self.args[2::2], strict=True))


class Dominated(AtPlace, Prop):
    """The derivative of var ↦ ∫ body dμ at a place passes under the integral, by domination.

    body is integrable at the place, and there are a ball around it and an integrable g such that
    for almost every value of what the measure binds body is differentiable in the ball, with
    |derivative of body| ≤ g.
    args = (body, var, at, *measure).
    """

    __slots__ = ()

    measure: tuple[Any, ...] = at_argument(slice(3, None))

    def __new__(cls, body: Any, var: Var, at: Any, *measure: Any) -> Dominated:
        term = as_term(body)
        if sort_of(term) not in (Sort.REAL, Sort.VEC):
            raise SortError(f"a {sort_of(term).value} has no derivative: {shown(term)}")
        if type(var) is not Var or var.sort is Sort.LATENT:
            raise SortError(f"expected a variable to differentiate in, found {shown(var)}")
        require_measure(measure, "domination")
        inner = [v for item in measure for v in drawn_by(item)]
        if var in inner or any(var in free_vars(item) for item in measure):
            raise SortError(f"domination: the measure depends on {var.name}")
        place = as_term(at)
        require_sort(place, var.sort, f"the place of {var.name}")
        outside = free_vars(place)
        clashing = [v for v in (var, *inner) if v in outside]
        taken = outside.union(free_vars(term), inner, (var,), *map(free_vars, measure))
        renaming = fresh_names(clashing, taken)
        if renaming:
            term = substitute(term, renaming)
            measure = tuple(substitute(item, renaming) for item in measure)
        return Sealed.__new__(cls, term, renaming.get(var, var), place, *measure)


class Positive(Prop):
    """0 < a."""

    __slots__ = ()

    def __new__(cls, a: Any) -> Positive:
        term = as_term(a)
        require_sort(term, Sort.REAL, "what is positive")
        return Sealed.__new__(cls, term)


_POINTWISE = (Equals, AtMost, VanishesWith, Positive, Integrable, Differentiable, Dominated)


class Almost(OverMeasure, Prop):
    """``prop`` holds for almost every value of the variables of a measure.

    Nested ones are one statement about the product measure (Fubini for null sets), so they are
    merged. For that the set where ``prop`` holds must be measurable; "for every θ" would make
    it an intersection of uncountably many sets, and is refused here.
    """

    __slots__ = ()

    def __new__(cls, prop: Prop, *measure: Any) -> Almost:
        if type(prop) is Almost:
            outer = {var for item in measure for var in drawn_by(item)}
            inner = apart(prop, outer)
            prop, measure = inner.args[0], (*measure, *inner.args[1:])
        if not is_one_of(prop, _POINTWISE) or (
            type(prop) is Equals and not {sort_of(prop.lhs), sort_of(prop.rhs)} <= ADDITIVE
        ):
            raise SortError(
                f"'almost every' is said of an equation or inequality of reals or vectors, or of "
                f"an integral's or derivative's being there, found {shown(prop)}; a 'for every' "
                f"goes outside"
            )
        require_measure(measure, "an almost-everywhere condition")
        return Sealed.__new__(cls, prop, *measure)


class ForAll(OverVar, Prop):
    """``prop`` holds for every value of a variable."""

    __slots__ = ()

    def __new__(cls, prop: Prop, var: Var) -> ForAll:
        if not is_one_of(prop, PROPOSITIONS) or type(var) is not Var:
            raise SortError(
                f"expected a proposition and a variable, found {shown(prop)} and {shown(var)}"
            )
        return Sealed.__new__(cls, prop, var)


PROPOSITIONS = (*_POINTWISE, Almost, ForAll)


def _no_term(_: Any) -> None:
    return None


_NO_TERM = {
    "sort": _no_term,
    "obliges": nothing,
    "nonnegative": not_clear,
    "rebuild": same_kind,
}
"""What all propositions declare alike."""


def _sides(node: Any) -> Mapping[int, Lift]:
    return dict.fromkeys(range(len(node.args)), Lift.HERE)


declare(Equals, bound=nothing, places=no_places, **_NO_TERM)  # rewritten by transitivity alone
declare(AtMost, VanishesWith, Positive, bound=nothing, places=_sides, **_NO_TERM)
declare(Integrable, bound=measure_bound, places=lambda node: {0: Lift.ALMOST}, **_NO_TERM)
declare(Almost, bound=measure_bound, places=no_places, **_NO_TERM)
declare(ForAll, bound=lambda node: (node.var,), places=no_places, **_NO_TERM)
declare(
    Differentiable,
    bound=lambda node: tuple(var for var, _ in node.pairs),
    places=lambda node: {0: Lift.EVERY},
    **_NO_TERM,
)
declare(
    Dominated,
    bound=lambda node: (node.var, *measure_bound(node)),
    places=no_places,
    **_NO_TERM,
)
