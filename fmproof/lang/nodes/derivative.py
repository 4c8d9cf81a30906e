"""Derivatives at a point: ∇ in a vector or a parameter, ∂ in a real variable, the divergence.

Meaning. Each is the derivative of var ↦ body at a place, and 0 where there is none; whether there
is one is a proposition (``Differentiable``). The variable is bound in the body alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import S

from fmproof.errors import SortError
from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    is_one_of,
    not_clear,
    same_kind,
    shown,
    sort_of,
)
from fmproof.lang.nodes.application import Apply
from fmproof.lang.nodes.expectation import Expect
from fmproof.lang.nodes.integral import IntegralOver
from fmproof.lang.nodes.variable import Var
from fmproof.lang.props import (
    Almost,
    AtMost,
    AtPlace,
    Differentiable,
    Dominated,
    ForAll,
    Integrable,
    Positive,
    placed,
)
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort


class Derivative(AtPlace, Term):
    """Base of the derivatives: args = (body, var, at). ``at`` is by default the variable itself."""

    __slots__ = ()

    _in: tuple[Sort, ...]
    _of: tuple[Sort, ...]
    _called: str

    def __new__(cls, body: Any, var: Var, at: Any = None) -> Any:
        term, owner = as_term(body), cls._called
        if term is S.Zero:  # of whatever sort
            return S.Zero
        if type(var) is not Var or var.sort not in cls._in:
            wanted = " or ".join(f"a {sort.value}" for sort in cls._in)
            raise SortError(f"{owner} is taken in {wanted} variable, found {shown(var)}")
        if sort_of(term) not in cls._of:
            wanted = " or ".join(sort.value for sort in cls._of)
            found = f"the {sort_of(term).value} {shown(term)}"
            raise SortError(f"the body of {owner} must be a {wanted}, found {found}")
        term, pairs = placed(term, ((var, at),), owner)
        return Term.__new__(cls, term, *pairs)


class Grad(Derivative):
    """The gradient ∇ of a real body in a vector, or in a parameter θ (then of sort gradient)."""

    __slots__ = ()

    _in, _of, _called = (Sort.PARAM, Sort.VEC), (Sort.REAL,), "a gradient"


class Partial(Derivative):
    """The derivative ∂ of a real or vector body in a real variable."""

    __slots__ = ()

    _in, _of, _called = (Sort.REAL,), (Sort.REAL, Sort.VEC), "a derivative ∂"


class Div(Derivative):
    """The divergence of a vector body in a vector."""

    __slots__ = ()

    _in, _of, _called = (Sort.VEC,), (Sort.VEC,), "a divergence"


def _sort(node: Any) -> Sort:
    if type(node) is Grad:
        return Sort.VEC if node.var.sort is Sort.VEC else Sort.GRADIENT
    return sort_of(node.body) if type(node) is Partial else Sort.REAL


def finite_at_every(node: Any, inside: Inside) -> Iterator[Any]:
    """The integrals in a function of the variable are finite at every value of it."""
    for prop in inside.function(node):
        yield ForAll(prop, node.var) if node.var in free_vars(prop) else prop


def _obliges(node: Any, inside: Inside) -> Iterator[Any]:
    """There is a derivative, of something finite near the place.

    A derivative of an integral must be dominated: so the integral is finite near the place, too.
    Other integrals in it must be finite at every value of the variable, and other derivatives exist
    there: one place says nothing of those beside it. What a logarithm or root is taken of must be
    > 0 and differentiable at the place: so it is > 0 near it. Under a binder its sign is asked for
    at the place.
    """
    body: Any = node.body
    while type(body) is Apply and body.head.definition is not None:
        body = body.head.unfold(body.arguments)
    dominated = node.var.sort is not Sort.PARAM and is_one_of(body, (IntegralOver, Expect))
    if dominated and not any(node.var in free_vars(item) for item in body.measure):
        yield Dominated(body.body, node.var, node.at, *body.measure)
        own = {Integrable(body.body, *body.measure)}
    else:
        yield Differentiable(*node.args)
        own = set()
    for prop in inside.function(node):
        moving = node.var in free_vars(prop)
        core: Any = prop
        while is_one_of(core, (Almost, ForAll)):
            core = core.body
        if moving and is_one_of(core, (AtMost, Positive)) and node.var.sort is not Sort.PARAM:
            told = Positive(core.args[-1]) if core is prop else prop
            yield substitute(told, {node.var: node.at})
            if core is prop:
                yield Differentiable(core.args[-1], node.var, node.at)
        elif prop not in own:
            yield ForAll(prop, node.var) if moving else prop
    yield from inside(node.at)


declare(
    Grad,
    Partial,
    Div,
    sort=_sort,
    bound=lambda node: (node.var,),
    places=lambda node: {0: Lift.EVERY, 2: Lift.HERE},
    obliges=_obliges,
    nonnegative=not_clear,
    rebuild=same_kind,
)
