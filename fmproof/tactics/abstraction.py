"""Keeping a sum together: two lines proved for an unknown vector in its place.

E‖v − (x₁ − x₀)‖² multiplied out asks for E‖x₁‖² and E‖x₀‖², though E‖x₁ − x₀‖² is enough. What a
hypothesis says of a sum it says of the sum; so the sum becomes a symbol, the lines are brought to a
common form, and it is put back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sympy import Add, Basic, Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.equality import instantiate_head, symmetry, transitivity
from fmproof.kernel.ring import ring
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import add, mul, summands
from fmproof.lang.node import declaration, rebuilt, sort_of
from fmproof.lang.nodes import Field, Inner
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
        for total in _sums(prop):
            found.setdefault(total)
    for total in list(found)[:MOST]:
        yield _together(total)


def _sums(node: Basic) -> Iterator[Expr]:
    """The sums of vectors whose squares are integrable."""
    if isinstance(node, Integrable):
        yield from _squared(node.body)
    for arg in node.args:
        yield from _sums(arg)


def _squared(term: Basic) -> Iterator[Expr]:
    if isinstance(term, Inner) and term.is_square and isinstance(term.args[0], Add):
        yield term.args[0]
    for arg in term.args:
        yield from _squared(arg)


def _together(total: Expr) -> Together:
    params = tuple(sorted(free_vars(total), key=lambda v: v.name))

    def form(inside: Form, line: Line) -> Common | None:
        if not params:
            return None
        head = Field("s''''''", *params)
        unknown = head(*params)
        before, claim = (_collected(side, total, unknown) for side in (line.before, line.claim))
        if (before, claim) == (line.before, line.claim):
            return None
        both = inside(replace(line, before=before, claim=claim))

        def put_back(theorem: Theorem, side: Expr) -> Theorem:
            known = instantiate_head(theorem, head, params, total)
            same = attempt(ring, side, known.lhs)
            if same is None:
                raise RuleError("auto: the sum does not come back")
            return transitivity(same, known)

        middle = both.agree
        if middle is None:
            return None
        whole = transitivity(transitivity(both.left, middle), symmetry(both.right))
        known = put_back(whole, line.before)
        same = attempt(ring, known.rhs, line.claim)
        if same is None:
            return None
        return Common.of(transitivity(known, same))

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
