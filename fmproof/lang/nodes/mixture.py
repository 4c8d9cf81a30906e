"""Mixtures: what a density may be defined as, because it integrates to one by its form."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.errors import SortError
from fmproof.lang.arithmetic import factors
from fmproof.lang.node import admit, bound_vars, is_one_of, shown
from fmproof.lang.nodes.application import Apply
from fmproof.lang.nodes.expectation import Expect
from fmproof.lang.nodes.integral import IntegralOver
from fmproof.lang.nodes.measure import Lebesgue, Let, law_order
from fmproof.lang.numbers import fraction, is_number

if TYPE_CHECKING:
    from fmproof.lang.nodes.heads import Density


def require_density(head: Density) -> None:
    """Raise :class:`SortError` unless the definition of ``head`` integrates to one by its form.

    Accepted: integrals and expectations of Π densities, where the densities and the draws of the
    expectations can be ordered so that each draws new variables given earlier ones, and together
    they draw exactly the main parameters and the bound variables, over the same ranges; or the
    constant 1/(b − a) on [a, b].
    """
    body = admit(head.definition)
    if is_number(body):
        (only,) = head.over if len(head.over) == 1 else (None,)
        if only is not None and only.bounded and fraction(body) * _length(only) == 1:
            return
        raise SortError(f"the density {head.name} = {body} does not integrate to one")
    ranges = {item.var: item for item in head.over}
    law, body = mixture(body)
    order = law_order((*law, *factors(body)))
    for item in _bound_in(admit(head.definition)):
        if item.var in ranges or item.var in head.params:
            raise SortError(f"the definition of the density {head.name} binds {item.var} twice")
        ranges[item.var] = item
    if order is not None and not any(_has_integral(arg) for d in order for arg in d.arguments):
        drawn = {item.var: item for factor in order for item in factor.head.ranges(factor)}
        if drawn == ranges:
            return
    raise SortError(
        f"the definition of the density {head.name} is not visibly a probability density: "
        f"expected an integral of a product of densities that draws each of "
        f"{', '.join(shown(v) for v in ranges)} once, found {shown(head.definition)}"
    )


def mixture(body: Expr) -> tuple[tuple[Apply, ...], Expr]:
    """The draws of the nested expectations of a mixture of densities, and what is inside."""
    draws: list[Any] = []
    node: Any = body
    while is_one_of(node, (IntegralOver, Expect)):
        if type(node) is Expect:
            if any(type(item) is Let for item in node.measure):
                break  # a point mass has no density
            draws.extend(node.measure)
        node = node.body
    return tuple(draws), node


def _bound_in(body: Any) -> list[Lebesgue]:
    """The ranges of what nested integrals and expectations bind."""
    found: list[Lebesgue] = []
    while is_one_of(body, (IntegralOver, Expect)):
        for item in body.measure:
            if type(item) is Let:
                return found
            found.extend((item,) if type(item) is Lebesgue else item.head.ranges(item))
        body = body.body
    return found


def _length(item: Lebesgue) -> Fraction:
    return fraction(item.high) - fraction(item.low)


def _has_integral(term: Any) -> bool:
    """Whether the value of an argument may be that of a divergent integral."""
    head = getattr(term, "head", None)
    return bool(
        bound_vars(term)
        or (head is not None and head.definition is not None)
        or any(map(_has_integral, term.args))
    )
