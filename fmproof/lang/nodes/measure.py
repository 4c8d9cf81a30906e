"""Measures: lists of draws from densities and of Lebesgue measures, each binding variables.

The measure of an integral, of an expectation, of an integrability condition and of an "almost
every" is the same kind of list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sympy import Basic, Expr, S

from fmproof.errors import SortError
from fmproof.lang.arithmetic import mul
from fmproof.lang.fixed import at_argument
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
)
from fmproof.lang.nodes.application import Apply
from fmproof.lang.nodes.variable import Var
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort

if TYPE_CHECKING:
    from fmproof.lang.nodes.heads import Density

Declared = Var | tuple[Var, Any, Any]
"""A variable, or for a real one also ``(t, low, high)``."""


class Lebesgue(Sealed, Basic):
    """Lebesgue measure in one variable, on [low, high] for a real one, else on its whole space.

    For a latent variable it stands for that space's reference measure (σ-finite).
    """

    __slots__ = ()

    var: Var = at_argument(0)

    def __new__(cls, var: Var, *ends: Any) -> Lebesgue:
        if type(var) is not Var:
            raise SortError(f"expected a variable to integrate over, found {shown(var)}")
        if var.sort is Sort.PARAM:
            raise SortError(f"cannot integrate over the parameter {var.name}")
        limits = [number(end) if type(end) is int else end for end in ends]
        if limits and var.sort is not Sort.REAL:
            raise SortError(
                f"only a real variable has an interval, {var.name} is a {var.sort.value}"
            )
        fits = len(limits) == 2 and all(is_number(end) for end in limits)
        if limits and not (fits and fraction(limits[0]) < fraction(limits[1])):
            found = " and ".join(map(str, limits))
            raise SortError(f"expected rational limits low < high for {var.name}, found {found}")
        return Sealed.__new__(cls, var, *limits)

    @property
    def low(self) -> Expr:
        return self.args[1] if self.bounded else S.NegativeInfinity

    @property
    def high(self) -> Expr:
        return self.args[2] if self.bounded else S.Infinity

    @property
    def bounded(self) -> bool:
        return len(self.args) > 1

    @property
    def range(self) -> tuple[Expr, ...]:
        """The ends of a bounded range, whatever the variable is called; () for the whole space."""
        return tuple(self.args[1:])

    @property
    def declared(self) -> Declared:
        return (self.var, self.low, self.high) if self.bounded else self.var


def lebesgue(item: Declared | Lebesgue) -> Lebesgue:
    """``x`` or ``(t, low, high)`` as a measure."""
    if type(item) is Lebesgue:
        return item
    if type(item) is tuple and len(item) == 3:
        return Lebesgue(*item)
    if type(item) is Var:
        return Lebesgue(item)
    raise SortError(f"expected a variable or (t, low, high), found {item!r}")


class Let(Sealed, Basic):
    """A deterministic draw x := a, of earlier draws and what is outside: a point mass at a."""

    __slots__ = ()

    var: Var = at_argument(0)
    value: Expr = at_argument(1)

    def __new__(cls, var: Var, value: Any) -> Let:
        if type(var) is not Var or var.sort is Sort.PARAM:
            raise SortError(f"expected a variable to draw, found {shown(var)}")
        term = as_term(value)
        require_sort(term, var.sort, f"the value of {var.name}")
        return Sealed.__new__(cls, var, term)


Draw = Apply | Lebesgue | Let
"""One item of a measure: a density or law applied to the variables it draws, a deterministic
draw, or Lebesgue measure."""


def is_density(item: Any) -> bool:
    """Whether ``item`` is a density applied to something: a draw that is a term, too."""
    return type(item) is Apply and item.head.is_density


def drawn_by(item: Draw) -> tuple[Var, ...]:
    """The variables that one item of a measure binds."""
    if type(item) is not Apply:
        return (item.var,)
    head: Density = item.head
    return head.drawn(item)


def measure_bound(node: Any) -> tuple[Var, ...]:
    """What a node with a measure binds."""
    return tuple(var for item in node.measure for var in drawn_by(item))


class OverMeasure:
    """Mixin of the nodes that bind the variables of a measure: args = (body, *measure)."""

    __slots__ = ()

    body: Any = at_argument(0)
    measure: tuple[Draw, ...] = at_argument(slice(1, None))


def require_measure(items: Sequence[Any], owner: str) -> None:
    """Raise :class:`SortError` unless ``items`` is a measure: draws that follow each other.

    Each item binds new variables, and may depend on variables that are bound before it or
    outside, never on one that is bound after it.
    """
    if not items:
        raise SortError(f"{owner} needs at least one variable")
    seen: set[Var] = set()
    drawn = []
    for item in items:
        if type(item) is not Lebesgue:
            require_draw(item, owner)
        if type(item) is Let and item.var in free_vars(item.value):
            raise SortError(f"{owner}: {shown(item)} depends on the {item.var} that it draws")
        drawn.append(drawn_by(item))
        for var in drawn[-1]:
            if type(var) is not Var:
                raise SortError(f"{owner} must draw variables, found {shown(var)} in {shown(item)}")
            if var in seen:
                raise SortError(f"{owner} draws {var} twice")
            seen.add(var)
    for item, own in zip(items, drawn, strict=True):
        if type(item) is not Lebesgue and not seen.isdisjoint(parents_of(item)):
            missing = sorted(v.name for v in parents_of(item) & seen)
            raise SortError(
                f"{owner}: {shown(item)} depends on {', '.join(missing)}, which is not drawn "
                f"before it; put the draw of {missing[0]} first"
            )
        seen.difference_update(own)


def require_draw(item: Any, owner: str) -> None:
    """Raise :class:`SortError` unless ``item`` draws variables."""
    if type(item) is not Let and not (type(item) is Apply and item.head.draws):
        raise SortError(
            f"{owner} expects densities and laws applied to the variables they draw, such as "
            f"p(t, x, z), or Let(x, …), found {shown(item)}"
        )


def parents_of(item: Draw) -> set[Var]:
    """The variables that a draw depends on: those of a density's sub, sup and given places."""
    if type(item) is not Apply:
        return set(free_vars(item.value)) if type(item) is Let else set()
    head, arguments = item.head, item.arguments
    start = len(head.sub) + len(head.sup)
    others = arguments[:start] + arguments[start + len(head.main) :]
    return {var for arg in others for var in free_vars(arg)}


def law_order(factors: Sequence[Any]) -> tuple[Apply, ...] | None:
    """``factors`` as a law: densities and laws, each depending on earlier draws only.

    None when they do not all draw distinct variables, or depend in a circle.
    """
    seen: set[Expr] = set()
    for factor in factors:
        if not (type(factor) is Apply and factor.head.draws):
            return None
        for var in drawn_by(factor):
            if type(var) is not Var or var in seen:
                return None
            seen.add(var)
    waiting: list[Any] = list(factors)
    order: list[Apply] = []
    while waiting:
        pending = {var for factor in waiting for var in drawn_by(factor)}
        ready = [i for i, factor in enumerate(waiting) if not pending & parents_of(factor)]
        if not ready:
            return None
        order.extend(waiting[i] for i in ready)
        waiting = [factor for i, factor in enumerate(waiting) if i not in ready]
    return tuple(order)


def against_lebesgue(body: Expr, measure: Sequence[Draw]) -> tuple[Expr, tuple[Draw, ...]]:
    """The same integral with every density as a factor: (body · Π densities, the other items).

    Laws without a density stay as they are. Deterministic draws must be gone.
    """
    densities = [item for item in measure if is_density(item)]
    items: list[Draw] = []
    for item in measure:
        if type(item) is Let:
            raise SortError(f"no integral runs over {shown(item)}; substitute it first")
        items.extend(item.head.ranges(item) if is_density(item) else (item,))
    return mul(*densities, body), tuple(items)


def without_lets(body: Expr, measure: Sequence[Draw]) -> tuple[Expr, tuple[Draw, ...]]:
    """The same integral with deterministic draws substituted."""
    items, place = list(measure), 0
    while place < len(items):
        item = items[place]
        if type(item) is not Let:
            place += 1
            continue
        value = {item.var: item.value}
        body = substitute(body, value)
        items[place:] = [substitute(later, value) for later in items[place + 1 :]]
    return body, tuple(items)


declare(
    Lebesgue,
    Let,
    sort=lambda node: None,
    bound=nothing,  # its owner binds the variable
    places=no_places,
    obliges=nothing,
    nonnegative=not_clear,
    rebuild=same_kind,
)
