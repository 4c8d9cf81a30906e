"""A field, density or function applied to arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.errors import SortError
from fmproof.lang.fixed import at_argument
from fmproof.lang.node import (
    Inside,
    Lift,
    Term,
    as_term,
    declare,
    is_declared,
    is_nonnegative,
    is_one_of,
    nothing,
    same_kind,
    shown,
)

if TYPE_CHECKING:
    from fmproof.lang.nodes.heads import Head


class Apply(Term):
    """A field, density or function applied to arguments: u_t^θ(x), p_t(x|z), L(θ)."""

    __slots__ = ()

    head: Head = at_argument(0)
    arguments: tuple[Expr, ...] = at_argument(slice(1, None))

    def __new__(cls, head: Head, *args: Any) -> Apply:
        if not is_declared(head) or not hasattr(head, "check_arguments"):
            raise SortError(f"expected a field, density or function to apply, found {shown(head)}")
        terms = tuple(as_term(arg) for arg in args)
        head.check_arguments(terms)
        return Term.__new__(cls, head, *terms)


def _places(node: Apply) -> Mapping[int, Lift]:
    return dict.fromkeys(range(1, len(node.args)), Lift.HERE)


def _obliges(node: Apply, inside: Inside) -> Iterator[Any]:
    if node.head.definition is not None:
        props = inside(node.head.unfold(node.arguments))
        # A density is finite almost everywhere, whatever its integral is at single points.
        excused = node.head.is_density and inside.is_almost_everywhere(node)
        yield from but_for_integrals(props) if excused else props
    yield from node.head.obliges(node.arguments)
    for argument in node.arguments:
        yield from inside(argument)


def but_for_integrals(props: Iterable[Any]) -> Iterator[Any]:
    """What remains of obligations where integrals are known to be finite: signs, derivatives."""
    from fmproof.lang.props import Almost, ForAll, Integrable

    for prop in props:
        core = prop
        while is_one_of(core, (Almost, ForAll)):
            core = core.body
        if type(core) is not Integrable:
            yield prop


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
