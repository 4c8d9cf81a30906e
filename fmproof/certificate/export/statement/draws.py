"""Draws that have no density, as what Coq integrates over.

A law is that of random variables on a space Omega with a density *chance*: the law q(x₀, x₁ | t)
is that of (q_1(t, o), q_2(t, o)) for a point o of Omega. Every probability kernel into a standard
Borel space is such a law (Kallenberg, Foundations of Modern Probability, lemma 4.22). A law of a
latent point has a density against the reference measure of its space, which may be any. A
deterministic draw x := a is the value a. This translation is trusted for the statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain, count
from typing import Any

from fmproof.lang import nodes
from fmproof.lang.nodes.heads import Head
from fmproof.lang.nodes.measure import is_density
from fmproof.lang.nodes.variable import Var
from fmproof.lang.sorts import Sort

_PREFIX = "o_"
_POINT = Var(f"{_PREFIX}0", Sort.LATENT)
CHANCE = nodes.Density("chance", _POINT)


class Items(list[Any]):
    """The Lebesgue measures that a measure stands for, one a variable, in order.

    Attributes:
        densities: what they are weighted with.
        values: the other variables that the measure draws, with their values, in order.
    """

    def __init__(self, found: Iterable[Any] = ()) -> None:
        super().__init__(found)
        self.densities: list[Any] = []
        self.values: list[tuple[Var, Any]] = []

    @property
    def bound(self) -> set[Var]:
        """All variables that the measure binds."""
        return {item.var for item in self}.union(var for var, _ in self.values)


def opened(measure: Iterable[Any]) -> Items:
    """A measure by Lebesgue measures, densities and values."""
    found = Items()
    for item in measure:
        if isinstance(item, nodes.Lebesgue):
            found.append(item)
        elif isinstance(item, nodes.Let):
            found.values.append((item.var, item.value))
        elif is_density(item):
            found.extend(item.head.ranges(item))
            found.densities.append(item)
        elif is_of_latent(item.head):
            (var,) = item.head.drawn(item)
            found.append(nodes.Lebesgue(var))
            found.densities.append(latent_density(item.head)(var))
        else:
            _draw(item, found)
    return found


def _draw(item: Any, found: Items) -> None:
    """A law's variables as functions of one point of Omega."""
    drawn = item.head.drawn(item)
    point = _point(drawn, found)
    found.append(nodes.Lebesgue(point))
    found.densities.append(CHANCE(point))
    values = dict(zip(item.head.params, item.arguments, strict=True))
    others = [values[v] for v in item.head.params if v not in item.head.main]
    for head, var in zip(draw_heads(item.head), drawn, strict=True):
        found.values.append((var, head(*others, point)))


def _point(drawn: Iterable[Var], found: Items) -> Var:
    """A point of Omega, called after what it draws, that is none of those so far."""
    name = _PREFIX + re.sub("[^A-Za-z0-9]", "", "".join(var.name for var in drawn))
    taken = {item.var.name for item in found}
    numbered = (f"{name}{n}" for n in count(1))
    free = next(n for n in chain([name] if name != _PREFIX else [], numbered) if n not in taken)
    return Var(free, Sort.LATENT)


def is_of_latent(head: Any) -> bool:
    """Whether a head is the law of one latent point, which depends on nothing."""
    return head.params == head.main and [v.sort for v in head.main] == [Sort.LATENT]


def is_chance(var: Var) -> bool:
    """Whether a variable is a point of Omega."""
    return var.sort is Sort.LATENT and var.name.startswith(_PREFIX)


@cache
def latent_density(head: Head) -> Any:
    """The density of the law of a latent point."""
    return nodes.Density(head.name, *head.main)


@cache
def draw_heads(head: Head) -> tuple[Any, ...]:
    """The random variables of a law, as functions of what it depends on and a point of Omega.

    They are numbered: two laws that differ in the names of their variables alone are the same law.
    """
    others = [v for v in head.params if v not in head.main]
    kinds = {Sort.VEC: nodes.Field, Sort.REAL: nodes.Scalar}
    between = "" if "_" in head.name else "_"  # a name has one subscript
    return tuple(
        kinds[v.sort](f"{head.name}{between}{n}", *others, _POINT)
        for n, v in enumerate(head.main, start=1)
    )


def stand_ins(head: Head) -> tuple[Any, ...]:
    """The symbols that Coq has for a law without a density."""
    return (latent_density(head),) if is_of_latent(head) else (CHANCE, *draw_heads(head))
