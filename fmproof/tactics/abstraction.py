"""Keeping a sum together: two lines proved for an unknown vector in its place.

E‖v − (x₁ − x₀)‖² multiplied out asks for E‖x₁‖² and E‖x₀‖², though E‖x₁ − x₀‖² is enough. What a
hypothesis says of a sum it says of the sum; so the sum becomes a symbol, the lines are brought to a
common form, and it is put back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sympy import Basic, Expr, S

from fmproof.kernel.equality import instantiate_head, transitivity
from fmproof.kernel.ring import ring
from fmproof.lang.arithmetic import Add, add, mul, summands
from fmproof.lang.node import declaration, rebuilt, sort_of
from fmproof.lang.nodes import Field, Inner, Var
from fmproof.lang.props import Integrable
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.methods.common import Common
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import attempt

Form = Callable[[Line], Common]
Together = Callable[[Form, Line], Common | None]

MOST = 4
"""Sums that are tried."""


def kept_together(line: Line) -> Iterator[Together]:
    """For each sum that a hypothesis is about: a form of both lines in which it is one vector."""
    found: dict[Expr, None] = {}
    for prop in line.hypotheses:
        found.update(dict.fromkeys(sums_in(prop)))
    for total in list(found)[:MOST]:
        yield _together(total)


def sums_in(node: Basic) -> Iterator[Expr]:
    """The sums of vectors whose squares are integrable."""
    if isinstance(node, Integrable):
        yield from _squared(node.body)
    for arg in node.args:
        yield from sums_in(arg)


def _squared(term: Basic) -> Iterator[Expr]:
    if isinstance(term, Inner) and term.is_square and isinstance(term.args[0], Add):
        yield term.args[0]
    for arg in term.args:
        yield from _squared(arg)


def as_one(term: Expr, total: Expr) -> tuple[Any, tuple[Var, ...], Expr] | None:
    """``(head, params, body)``: the term with an unknown field ``head(params)`` for a sum in it."""
    params = tuple(sorted(free_vars(total), key=lambda v: v.name))
    if not params:
        return None
    head = Field("s''''''", *params)
    body = _collected(term, total, head(*params))
    return None if body == term else (head, params, body)


def _together(total: Expr) -> Together:
    def form(inside: Form, line: Line) -> Common | None:
        sides = [as_one(side, total) for side in (line.before, line.claim)]
        head, params, _ = next((found for found in sides if found is not None), (None, (), None))
        if head is None:
            return None
        before, claim = (
            found[2] if found is not None else side
            for found, side in zip(sides, (line.before, line.claim), strict=True)
        )
        whole = inside(replace(line, before=before, claim=claim)).equation
        if whole is None:
            return None
        known = instantiate_head(whole, head, params, total)
        there, back = attempt(ring, line.before, known.lhs), attempt(ring, known.rhs, line.claim)
        if there is None or back is None:
            return None
        return Common.of(transitivity(transitivity(there, known), back))

    return form


def _collected(term: Expr, total: Expr, unknown: Expr) -> Expr:
    """``term`` with ±``total`` as ±``unknown`` wherever all its summands stand in a sum."""
    if isinstance(term, Add) and sort_of(term) is Sort.VEC:
        for sign in (S.One, S.NegativeOne):
            parts, left = [mul(sign, part) for part in summands(total)], list(summands(term))
            if all(part in left for part in parts):
                for part in parts:
                    left.remove(part)
                return add(*left, mul(sign, unknown))
    places = declaration(term).places(term)
    args = [
        _collected(arg, total, unknown) if i in places and isinstance(arg, Expr) else arg
        for i, arg in enumerate(term.args)
    ]
    return rebuilt(term, *args) if args != list(term.args) else term
