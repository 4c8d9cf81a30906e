"""Functions that the language has no node for, and a term: min and max, tanh and the like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from sympy import Expr, Rational, S

from fmproof.lang.arithmetic import plus_of, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Abs, Exp, Ratio
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

_HALF = Rational(1, 2)


def function(elab: Elaborator, node: t.Function) -> Expr | None:
    """min{a, b} = (a + b − |a − b|)/2, max{a, b}, tanh a, … of numbers; None for another one."""
    if node.sub is not None or node.given:
        return None
    of_one = _OF_ONE.get(node.name) if len(node.args) == 1 else None
    extreme = node.name in ("min", "max") and len(node.args) > 1
    if of_one is None and not extreme:
        return None
    terms = [elab.term(arg) for arg in node.args]
    if any(sort_of(term) is not Sort.REAL for term in terms):
        return None
    return of_one(terms[0]) if of_one is not None else _extreme(terms, node.name == "max")


def _extreme(terms: Sequence[Expr], largest: bool) -> Expr:
    """The largest or the smallest of numbers, by their half sum and half distance."""

    def of_two(a: Expr, b: Expr) -> Expr:
        distance = Abs(plus_of(a, -b))
        return times_of(_HALF, plus_of(a, b, distance if largest else -distance))

    return reduce(of_two, terms)


def _tanh(a: Expr) -> Expr:
    twice = Exp(times_of(S(2), a))
    return Ratio(plus_of(twice, -S.One), plus_of(twice, S.One))


def _cosh(a: Expr) -> Expr:
    return times_of(_HALF, plus_of(Exp(a), Exp(-a)))


def _sinh(a: Expr) -> Expr:
    return times_of(_HALF, plus_of(Exp(a), -Exp(-a)))


_OF_ONE: dict[str, Callable[[Expr], Expr]] = {
    "tanh": _tanh,
    "cosh": _cosh,
    "sinh": _sinh,
    "sech": lambda a: Ratio(S.One, _cosh(a)),
    "sigmoid": lambda a: Ratio(S.One, plus_of(S.One, Exp(-a))),
}
