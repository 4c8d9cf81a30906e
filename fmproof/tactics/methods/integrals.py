"""Integrals and expectations: linearity, Fubini, laws and their draws."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sympy import Expr, Rational, S

from fmproof.derived.integrals_inside import inner_of_integral, integral_argument
from fmproof.derived.joint_integrals import fubini, joint_integral
from fmproof.derived.masses import unit_mass
from fmproof.errors import SortError
from fmproof.kernel.equality import congruence, symmetry, transitivity, unfold
from fmproof.kernel.integrals import (
    drop_draw,
    expectation_as_integral,
    iterated_expectation,
    linearity,
    marginal_draw,
    reorder_draws,
    substitute_draws,
)
from fmproof.kernel.ring import ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, factors
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import Apply, Density, Draw, Expect, Inner, IntegralOver, Ratio
from fmproof.lang.nodes.measure import drawn_by, parents_of
from fmproof.lang.nodes.variable import reserved_var
from fmproof.lang.scope import alpha_equal, apart, canon, free_vars, substitute
from fmproof.lang.spelling.text import text
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import Conversion, at, attempt


def expanded(term: Expr) -> Theorem | None:
    """The body of a binder multiplied out, if that changes a product or leaves nothing."""
    body = term.args[0]
    product = (body.is_Mul or body.is_Pow) and any(arg.is_Add for arg in body.args)
    normal = ring_normal(body)
    bound = frozenset(bound_vars(term))
    ratio = any(
        isinstance(f, Ratio) and not bound & free_vars(f.args[1]) and f.args[0] is not S.One
        for f in factors(body)
    )
    if body is normal or not (product or ratio or normal is S.Zero):
        return None
    return congruence(term, {0: ring(body, normal)})


def constants_out(term: Expr) -> Theorem | None:
    """Summands and constants out of an integral or expectation, multiplied out where that helps."""
    multiplied = expanded(term)
    if multiplied is not None:
        apart = attempt(linearity, multiplied.rhs)
        return apart and transitivity(multiplied, apart)
    body, bound = term.args[0], frozenset(bound_vars(term))
    if not body.is_Add and all(bound & free_vars(factor) for factor in factors(body)):
        return None  # one summand without constants
    return attempt(linearity, term)


def _waits(term: Expr) -> bool:
    """Whether an inner product with an integral is inside, which must come first.

    Its weight belongs to its side condition, so factors must not leave before.
    """
    if isinstance(term, Inner) and any(isinstance(a, IntegralOver | Expect) for a in term.args):
        return True
    return any(_waits(arg) for arg in term.args)


def linear(_: Line) -> Conversion:
    @at(IntegralOver, Expect, Mul, Inner)
    def convert(term: Expr) -> Theorem | None:
        if isinstance(term, IntegralOver | Expect):
            return None if _waits(term.body) else constants_out(term)
        holds = any(map(integral_argument, factors(term)))
        return attempt(inner_of_integral, term) if holds else None

    return convert


def expectation(_: Line) -> Conversion:
    return at(Expect)(partial(attempt, expectation_as_integral))


def density(_: Line) -> Conversion:
    """Densities that are constants by definition, such as p(t) = 1 on [0, 1]."""

    @at(Apply)
    def convert(term: Any) -> Theorem | None:
        if isinstance(term.head, Density) and isinstance(term.head.definition, Rational):
            return unfold(term)
        return None

    return convert


def _has_joint_integral(term: Expr) -> bool:
    return any(len(integral.measure) > 1 for integral in term.atoms(IntegralOver))


def fubini_order(line: Line) -> Conversion:
    """Nested integrals in a fixed order, so that both sides come to the same one; one over several
    variables as nested ones, where a side has none of those."""
    whole = all(map(_has_joint_integral, (line.before, line.claim)))

    @at(IntegralOver)
    def convert(term: Any) -> Theorem | None:
        if len(term.measure) > 1 and not whole:
            first, *rest = term.measure
            nested = IntegralOver(IntegralOver(term.body, *rest), first)
            joined = attempt(joint_integral, nested)
            return None if joined is None else symmetry(joined)
        if not isinstance(term.body, IntegralOver):
            return None
        if _names(term) <= _names(term.body):
            return None
        return attempt(fubini, term)

    return convert


def _names(term: IntegralOver) -> tuple[str, ...]:
    return tuple(item.var.name for item in term.measure)


def marginalisation(_: Line) -> Conversion:
    """Every marginal draw written out, and the draws in a fixed order."""

    return at(Expect)(partial(_drawn, of=lambda draw: True))


def _drawn(term: Any, of: Callable[[Any], bool]) -> Theorem | None:
    for place, draw in enumerate(term.measure):
        theorem = attempt(marginal_draw, term, place) if of(draw) else None
        if theorem is not None:
            return theorem
    return in_standard_order(term)


mixtures_drawn = at(Expect)(partial(_drawn, of=lambda draw: not _is_name(draw)))
"""The same for marginals alone: a draw from a density by another name keeps its name."""


def _is_name(draw: Any) -> bool:
    return isinstance(draw, Apply) and isinstance(draw.head.definition, Apply)


def in_standard_order(term: Expect) -> Theorem | None:
    """The draws sorted by their densities as far as dependence allows; None if they are."""
    waiting = list(range(len(term.measure)))
    order: list[int] = []
    while waiting:
        pending = {v for i in waiting for v in drawn_by(term.measure[i])}
        ready = [i for i in waiting if not pending & parents_of(term.measure[i])]
        first = min(_draw_key(term.measure[i]) for i in ready)
        tied = [i for i in ready if _draw_key(term.measure[i]) == first]
        best = tied[0] if len(tied) == 1 else min(tied, key=lambda i: _role(term, i))
        order.append(best)
        waiting.remove(best)
    return None if order == list(range(len(order))) else reorder_draws(term, order)


def _draw_key(item: Draw) -> tuple[bool, str, int]:
    """Times first, then by name: the same whatever the variables are called."""
    if not isinstance(item, Apply):
        return (True, "~", 0)  # deterministic draws last
    scalar = isinstance(item, Apply) and all(v.sort.value == "real" for v in drawn_by(item))
    return (not scalar, item.head.name, len(item.arguments))


def _role(term: Expect, place: int) -> str:
    """How the body uses a draw, whatever the variables are called: tells two draws of one
    density apart."""
    own = drawn_by(term.measure[place])
    others = [v for item in term.measure for v in drawn_by(item) if v not in own]
    marks = {v: reserved_var(f"@{i}", v.sort) for i, v in enumerate(own)}
    marks |= {v: reserved_var("#", v.sort) for v in others}
    return text(canon(substitute(term.body, marks)))


def drop(_: Line) -> Conversion:
    """Draws that nothing depends on, removed, and densities integrated to one."""

    @at(Expect, IntegralOver)
    def convert(term: Any) -> Theorem | None:
        if isinstance(term, IntegralOver):
            return attempt(unit_mass, term)
        for place in range(len(term.measure)):
            theorem = attempt(drop_draw, term, place)
            if theorem is not None:
                return theorem
        return None

    return convert


def reorder(_: Line) -> Conversion:
    return at(Expect)(in_standard_order)


def tower(_: Line) -> Conversion:
    """Nested expectations merged."""

    @at(Expect)
    def convert(term: Any) -> Theorem | None:
        if not isinstance(term.body, Expect):
            return None
        inner = apart(term.body, bound_vars(term))
        try:
            joint = Expect(inner.body, *term.measure, *inner.measure)
        except SortError:
            return None
        theorem = attempt(iterated_expectation, joint, len(term.measure))
        if theorem is None or not alpha_equal(theorem.rhs, term):
            return None
        return symmetry(theorem)

    return convert


def substitution(_: Line) -> Conversion:
    """Deterministic draws x := a put in."""
    return at(Expect)(partial(attempt, substitute_draws))
