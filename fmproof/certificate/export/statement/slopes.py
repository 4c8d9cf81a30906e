"""Derivatives that move with what is integrated, of which a statement says more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Basic

from fmproof.certificate.export.statement.sorts import NotExported, dimension
from fmproof.lang import nodes, props
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import canon, free_vars
from fmproof.lang.sorts import Sort

MEASURED = (nodes.IntegralOver, nodes.Expect, nodes.CondExpect, props.Integrable, props.Almost)
SLOPES = (nodes.Grad, nodes.Partial, nodes.Div)


def moving_place(node: Any) -> int | None:
    """Where the variable of ∂f(…, t, …) or ∇φ(…, x, …) stands alone among a symbol's arguments."""
    body, var = node.body, node.var
    if not isinstance(body, nodes.Apply) or body.head.definition is not None:
        return None
    if isinstance(node, nodes.Grad) and var.sort is not Sort.VEC:
        return None
    moving = [i for i, arg in enumerate(body.arguments) if var in free_vars(arg)]
    fits = len(moving) == 1 and body.arguments[moving[0]] == var
    if isinstance(node, nodes.Partial):
        fits = fits and bool(dimension(body))
    return moving[0] if fits else None


def gaussian_score(node: Any) -> Any:
    """N(x; m, v) where a node is ∇N or ∇log N in x, for m and v free of x; else None."""
    body = node.body.args[0] if isinstance(node.body, nodes.Log) else node.body
    if not isinstance(node, nodes.Grad) or not isinstance(body, nodes.Apply):
        return None
    if not isinstance(body.head, nodes.Gaussian) or body.arguments[0] != node.var:
        return None
    _, m, v = body.arguments
    return None if node.var in free_vars(m) | free_vars(v) else body


_PLACE = {sort: Var("place", sort) for sort in (Sort.REAL, Sort.VEC)}


@dataclass(frozen=True)
class Slope:
    """A derivative that is measurable by assumption, at a place that is a variable."""

    name: str
    node: Any

    @property
    def variables(self) -> list[Var]:
        """What it is a function of, its place last."""
        others = free_vars(self.node) - {self.node.at}
        return [*sorted(others, key=lambda v: (v.sort.value, v.name)), self.node.at]


def slope_key(node: Any) -> tuple[Basic, Any]:
    """The same for derivatives of equal functions, and the derivative at a variable place."""
    place = _PLACE[node.var.sort]
    if place in free_vars(node):
        raise NotExported(f"{place.name} is what a derivative's place is called here: rename it")
    moved = type(node)(node.body, node.var, place)
    return canon(moved), moved


def _integrated_slopes(
    node: Any, bound: frozenset[Var] = frozenset()
) -> Iterator[tuple[Any, frozenset[Var]]]:
    """The derivatives in a proposition or term that move with what a measure above them binds."""
    if isinstance(node, SLOPES) and bound & free_vars(node):
        yield node, bound
    if isinstance(node, (*MEASURED, props.Dominated)):
        bound |= {v for item in node.measure for v in drawn_by(item)}
    for arg in node.args:
        if isinstance(arg, Basic):
            yield from _integrated_slopes(arg, bound)
