"""Conditional expectations, without densities.

Meaning. E[f | X = x] is one version of the conditional expectation, jointly measurable in x and
all free variables, chosen by the joint law of X and f alone: where these laws agree, so do the
versions, at every x. It is 0 where f is not integrable. Such a version exists since f takes values
in a Euclidean space (Kallenberg, Foundations of Modern Probability, theorem 3.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, S

from fmproof.errors import SortError
from fmproof.lang.fixed import at_argument
from fmproof.lang.node import (
    Inside,
    Lift,
    Sealed,
    Term,
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
from fmproof.lang.nodes.integral import obliges_over_measure, require_integrand
from fmproof.lang.nodes.measure import (
    OverMeasure,
    drawn_by,
    measure_bound,
    require_draw,
    require_measure,
)
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars, fresh_names, substitute


class Given(Sealed, Basic):
    """A drawn variable and the value that it is given."""

    __slots__ = ()

    var: Var = at_argument(0)
    at: Expr = at_argument(1)

    def __new__(cls, var: Var, at: Any) -> Given:
        place = as_term(at)
        if type(var) is not Var:
            raise SortError(f"expected a variable to condition on, found {shown(var)}")
        require_sort(place, var.sort, f"the value that {var.name} is given")
        return Sealed.__new__(cls, var, place)


class CondExpect(OverMeasure, Term):
    """E[body | X = x]: ``CondExpect(f, x, q(z), p(t, x, z))``, args = (body, *given, *measure).

    ``given`` is a drawn variable, or a pair of one and its value, or a list of these. A variable
    alone is given itself as its value: the conditional expectation as a function of it.
    """

    __slots__ = ()

    def __new__(cls, body: Any, *items: Any) -> Expr:
        term = require_integrand(body, "take the conditional expectation of")
        given, draws = _read(items)
        for draw in draws:
            require_draw(draw, "the law of a conditional expectation")
        require_measure(draws, "the law of a conditional expectation")
        bound = [var for draw in draws for var in drawn_by(draw)]
        if not given:
            raise SortError("a conditional expectation needs a drawn variable to condition on")
        for item in given:
            if item.var not in bound or [g.var for g in given].count(item.var) > 1:
                raise SortError(
                    f"can condition on a variable that the law draws, once, found {item.var.name}"
                )
        if term is S.Zero:
            return S.Zero
        outside = frozenset().union(*(free_vars(item.at) for item in given))
        taken = outside.union(bound, free_vars(term), *(free_vars(draw) for draw in draws))
        # What it is given lies outside the law.
        renaming = fresh_names([var for var in bound if var in outside], taken)
        if renaming:
            term, draws = substitute(term, renaming), [substitute(d, renaming) for d in draws]
            given = [Given(renaming.get(item.var, item.var), item.at) for item in given]
        return Term.__new__(cls, term, *given, *draws)

    @property
    def given(self) -> tuple[Given, ...]:
        return tuple(item for item in self.args[1:] if type(item) is Given)

    @property
    def measure(self) -> tuple[Any, ...]:  # type: ignore[override]
        return tuple(item for item in self.args[1:] if type(item) is not Given)


def _read(items: tuple[Any, ...]) -> tuple[list[Given], list[Any]]:
    """What is given, and the draws."""
    given: list[Given] = []
    rest = list(items)
    while rest and is_one_of(rest[0], (Given, Var, tuple, list)):
        first = rest.pop(0)
        if type(first) is list:
            rest[:0] = first
        elif type(first) is tuple:
            if len(first) != 2:
                raise SortError(f"expected a variable and its value, found {first!r}")
            given.append(Given(*first))
        else:
            given.append(first if type(first) is Given else Given(first, first))
    return given, rest


def _obliges(node: CondExpect, inside: Inside) -> Iterator[Any]:
    for item in node.given:
        yield from inside(item.at)
    yield from obliges_over_measure(node, inside)


declare(
    Given,
    sort=lambda node: None,
    bound=nothing,  # its owner binds the variable
    places=no_places,
    obliges=nothing,
    nonnegative=not_clear,
    rebuild=same_kind,
)
declare(
    CondExpect,
    sort=lambda node: sort_of(node.body),
    bound=measure_bound,
    places=lambda node: {0: Lift.ALMOST},
    obliges=_obliges,
    nonnegative=not_clear,  # a version is so almost everywhere
    rebuild=same_kind,
)
