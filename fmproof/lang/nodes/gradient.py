"""Gradients in a parameter, as functions of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr

from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    not_clear,
    require_sort,
    same_kind,
)
from fmproof.lang.nodes.variable import Var
from fmproof.lang.props import Differentiable, ForAll, OverVar, require_param
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort


class Grad(OverVar, Term):
    """The gradient of ``body`` in a parameter, as a function of it; 0 where there is none."""

    def __new__(cls, body: Any, var: Var) -> Grad:
        term = as_term(body)
        require_sort(term, Sort.REAL, "the body of a gradient")
        require_param(var, "a gradient")
        made: Grad = Expr.__new__(cls, term, var)
        return made


def finite_at_every(node: Any, inside: Inside) -> Iterator[Any]:
    """The integrals in a function of the parameter are finite at every value of it."""
    for prop in inside(node.body):
        yield ForAll(prop, node.var) if node.var in free_vars(prop) else prop


def _obliges(node: Grad, inside: Inside) -> Iterator[Any]:
    yield Differentiable(node.body, node.var)
    yield from finite_at_every(node, inside)


declare(
    Grad,
    sort=lambda node: Sort.GRADIENT,
    bound=lambda node: (node.var,),
    places=lambda node: {0: Lift.EVERY},
    obliges=_obliges,
    nonnegative=not_clear,
    rebuild=same_kind,
)
