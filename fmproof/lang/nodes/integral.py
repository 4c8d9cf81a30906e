"""Integrals over variables.

Meaning. An integral is Lebesgue's; where its integrand is not absolutely integrable it is 0 by
convention, so that every term denotes a value and no rule can be led astray by an undefined
one. Whether a term is an honest finite integral is a proposition (``Integrable``), which the
checker asks for separately.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

from sympy import Expr, S

from fmproof.errors import SortError
from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    admit,
    as_term,
    declare,
    is_nonnegative,
    same_kind,
    shown,
    sort_of,
)
from fmproof.lang.nodes.measure import (
    Declared,
    Lebesgue,
    OverMeasure,
    drawn_by,
    lebesgue,
    measure_bound,
    require_measure,
)
from fmproof.lang.props import Almost, ForAll, Integrable
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import ADDITIVE


class IntegralOver(OverMeasure, Term):
    """The integral of ``body`` over one or several variables jointly; that of 0 is 0."""

    __slots__ = ()

    def __new__(cls, body: Any, *measure: Lebesgue) -> Expr:
        term = require_integrand(body, "integrate")
        require_measure(measure, "an integral")
        for item in measure:
            if type(item) is not Lebesgue:
                raise SortError(
                    f"an integral runs over variables, found the density {shown(item)}; use Expect"
                )
        return S.Zero if term is S.Zero else Term.__new__(cls, term, *measure)


def Integral(body: Any, *variables: Declared) -> Expr:
    """``Integral(f, z, x, (t, 0, 1))`` is ∫₀¹∫∫ f dz dx dt: the first variable is innermost."""
    term = as_term(body)
    if not variables:
        raise SortError("an integral needs at least one variable")
    for item in variables:
        term = IntegralOver(term, lebesgue(item))
    return term


def require_integrand(body: Any, verb: str) -> Expr:
    """``body`` as a term, if it is a real, a vector or a gradient."""
    term: Expr = as_term(body)
    if sort_of(term) not in ADDITIVE:
        raise SortError(f"cannot {verb} the {sort_of(term).value} {shown(term)}")
    return term


def obliges_over_measure(node: Any, inside: Inside) -> Iterator[Any]:
    """The integrand is integrable, and what is inside it is honest for almost every value.

    Where a factor outside an inner integral vanishes, the inner one does not matter. So that
    factor weighs it (``inside(part, weight)``), and is handed on here under this binder.
    """
    if free_vars(inside.weight).intersection(measure_bound(node)):
        inside = inside.unweighted()  # it would be captured, and a line is not rewritten here
    admitted = admit(node)
    if type(admitted) is type(node):  # else the integrand, admitted, is 0
        yield Integrable(inside.weighted(admitted.body), *admitted.measure)
    for place in range(len(node.measure)):
        yield from _almost(inside.draw(node, place), node.measure[:place])
        yield from _almost(inside.definition(node, place), node.measure[: place + 1])
    yield from _almost(inside.under(node), node.measure)


def _almost(props: Iterable[Any], measure: Sequence[Any]) -> Iterator[Any]:
    """Each proposition, for almost every value of what it has of a measure.

    A "for every" is asked for every value: "almost every" is not said of it, and the other way
    round, for every value almost everywhere, there may be none where all of them hold.
    """
    bound = [var for item in measure for var in drawn_by(item)]
    for prop in props:
        met = [var for var in bound if var in free_vars(prop)]
        if type(prop) is ForAll:
            yield reduce(ForAll, met, prop)
        else:
            yield Almost(prop, *measure) if met else prop


declare(
    IntegralOver,
    sort=lambda node: sort_of(node.body),
    bound=measure_bound,
    places=lambda node: {0: Lift.ALMOST},
    obliges=obliges_over_measure,
    nonnegative=lambda node: is_nonnegative(node.body),
    rebuild=same_kind,
)
