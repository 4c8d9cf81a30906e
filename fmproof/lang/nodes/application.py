"""A field, density or function applied to arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.errors import SortError
from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    is_declared,
    is_nonnegative,
    nothing,
    same_kind,
    shown,
)

if TYPE_CHECKING:
    from fmproof.lang.nodes.heads import Head


class Apply(Term):
    """A field, density or function applied to arguments: u_t^θ(x), p_t(x|z), L(θ)."""

    __slots__ = ()

    def __new__(cls, head: Head, *args: Any) -> Apply:
        if not is_declared(head) or not hasattr(head, "check_arguments"):
            raise SortError(f"expected a field, density or function to apply, found {shown(head)}")
        terms = tuple(as_term(arg) for arg in args)
        head.check_arguments(terms)
        made: Apply = Expr.__new__(cls, head, *terms)
        return made

    @property
    def head(self) -> Head:
        head: Head = self.args[0]
        return head

    @property
    def arguments(self) -> tuple[Expr, ...]:
        return tuple(self.args[1:])


def _places(node: Apply) -> Mapping[int, Lift]:
    return dict.fromkeys(range(1, len(node.args)), Lift.HERE)


def _obliges(node: Apply, inside: Inside) -> Iterator[Any]:
    # A density is finite almost everywhere, whatever its definition is at single points.
    diffuse = node.head.is_density and all(map(inside.is_diffuse, node.head.drawn(node)))
    if node.head.definition is not None and not diffuse:
        yield from inside(node.head.unfold(node.arguments))
    yield from node.head.obliges(node.arguments)
    for argument in node.arguments:
        yield from inside(argument)


def _nonnegative(node: Apply) -> bool:
    definition = node.head.definition
    return node.head.nonneg or (definition is not None and is_nonnegative(definition))


declare(
    Apply,
    sort=lambda node: node.head.result,
    bound=nothing,
    places=_places,
    obliges=_obliges,
    nonnegative=_nonnegative,
    rebuild=same_kind,
)
