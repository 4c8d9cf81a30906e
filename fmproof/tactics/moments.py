"""Averages taken draw by draw: Gaussian ones by their moments, E[x] = m and E‖x‖² = ‖m‖² + v d,
and those of independent factors by themselves."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Rational, S

from fmproof.derived.restatements import reflexivity
from fmproof.kernel.equality import congruence, symmetry, transitivity
from fmproof.kernel.gaussian import is_gaussian
from fmproof.kernel.integrals import (
    inner_with_integral,
    iterated_expectation,
    reorder_draws,
)
from fmproof.kernel.ring import ring
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import add, factors, mul
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import Expect, Inner
from fmproof.lang.nodes.measure import drawn_by, parents_of
from fmproof.lang.scope import free_vars
from fmproof.tactics.methods import METHODS
from fmproof.tactics.methods.integrals import constants_out
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import at, attempt, first_of, then


@at(Expect)
def moments_inside(term: Any) -> Theorem | None:
    """E_{…, x~N(m, v), …}[f] as E_{…}[E_x[f]] with the inner average in closed form.

    f is of the first or second degree in x, and no other draw depends on x.
    """
    for place in reversed(range(len(term.measure))):
        theorem = _without_draw(term, place)
        if theorem is not None:
            return theorem
    return None


def _without_draw(term: Any, place: int) -> Theorem | None:
    """The average over one Gaussian draw put in."""
    draw = term.measure[place]
    others = [i for i in range(len(term.measure)) if i != place]
    if not is_gaussian(draw):
        return None
    x = draw.arguments[0]
    if any(x in free_vars(term.measure[i]) for i in others):
        return None
    if not others:
        return _mean(term)
    last = reflexivity(term)
    if place < len(others):
        moved = attempt(reorder_draws, term, [*others, place])
        if moved is None:
            return None
        last = moved
    nested = attempt(iterated_expectation, last.rhs, len(others))
    mean = nested and _mean(nested.rhs.body)
    if nested is None or mean is None:
        return None
    whole = congruence(nested.rhs, {0: mean})
    return transitivity(transitivity(last, nested), whole)


@at(Expect)
def of_independent_factors(term: Any) -> Theorem | None:
    """E_{x, y}[f(x) g(y)] = E_x[f(x)] E_y[g(y)], where x and y are drawn apart."""
    apart = _group(term)
    rest = [i for i in range(len(term.measure)) if i not in apart]
    if not rest:
        return None
    ordered = attempt(reorder_draws, term, [*rest, *apart]) or reflexivity(term)
    nested = attempt(iterated_expectation, ordered.rhs, len(rest))
    inner = nested and constants_out(nested.rhs.body)
    if nested is None or inner is None:
        return None
    theorem = transitivity(transitivity(ordered, nested), congruence(nested.rhs, {0: inner}))
    outer = constants_out(theorem.rhs)
    return None if outer is None else transitivity(theorem, outer)


def _group(term: Any) -> list[int]:
    """The draws that go with the last one: by the laws that depend on them, and by the factors."""
    together = [{*drawn_by(item)} | {*parents_of(item)} for item in term.measure]
    together += [set(free_vars(factor)) for factor in factors(term.body)]
    drawn = [set(drawn_by(item)) for item in term.measure]
    bound, found = set().union(*drawn), set(drawn[-1])
    while True:
        more = {v for one in together if one & found for v in one & bound}
        if more <= found:
            return [i for i, own in enumerate(drawn) if own & found]
        found |= more


def _mean(term: Any) -> Theorem | None:
    """E_{x~N(m, v)}[f] without the draw."""
    x, m, _ = term.measure[0].arguments
    about = _about_the_mean(term.body, x, m)
    if about is None:
        return None
    out = then(reflexivity(about), METHODS["square"](Line(about, term.body)))
    same = attempt(ring, out.rhs, term.body)
    if same is None:
        return None
    theorem = congruence(term, {0: symmetry(transitivity(out, same))})
    known = first_of(
        (METHODS["moments"](Line(term, term)), _inner_of_mean, at(Expect)(constants_out))
    )
    theorem = then(theorem, known)
    drawn = any(x in bound_vars(average) for average in theorem.rhs.atoms(Expect))
    return None if drawn else theorem


def _about_the_mean(body: Expr, x: Any, m: Expr) -> Expr | None:
    """A monomial in x by x − m, of which the moments are known; None of another degree."""
    parts = factors(body)
    rest = mul(*(f for f in parts if x not in free_vars(f)))
    moving = [f for f in parts if x in free_vars(f)]
    r = add(x, mul(S.NegativeOne, m))
    if len(moving) == 1 and (moving[0] is x or _direction(moving[0], x) is not None):
        return body
    if len(moving) == 1 and isinstance(moving[0], Inner) and set(moving[0].args) == {x}:
        about = add(Inner(r, r), mul(Rational(2), Inner(m, x)), mul(S.NegativeOne, Inner(m, m)))
        return _times(rest, about)
    if len(moving) != 2:
        return None
    a, b = (_direction(f, x) for f in moving)
    if a is None or b is None:
        return None
    products = [
        mul(Inner(a, r), Inner(b, r)),
        mul(Inner(a, m), Inner(b, x)),
        mul(Inner(b, m), Inner(a, x)),
        mul(S.NegativeOne, Inner(a, m), Inner(b, m)),
    ]
    return _times(rest, add(*products))


def _times(rest: Expr, total: Expr) -> Expr:
    """Summands, each with a factor."""
    parts = total.args if total.is_Add else (total,)
    return add(*(mul(rest, part) for part in parts))


def _direction(factor: Expr, x: Any) -> Expr | None:
    """a of ⟨a, x⟩, where a is free of x."""
    if not isinstance(factor, Inner) or x not in factor.args:
        return None
    a = next((arg for arg in factor.args if arg is not x), None)
    return None if a is None or x in free_vars(a) else a


@at(Expect)
def _inner_of_mean(term: Any) -> Theorem | None:
    """E[k ⟨a, x⟩] = k ⟨a, E[x]⟩."""
    x = term.measure[0].arguments[0] if is_gaussian(term.measure[0]) else None
    parts = factors(term.body)
    moving = [f for f in parts if x in free_vars(f)]
    a = _direction(moving[0], x) if len(moving) == 1 else None
    if a is None:
        return None
    rest = mul(*(f for f in parts if f is not moving[0]))
    inside = attempt(inner_with_integral, rest, a, Expect(x, *term.measure))
    same = inside and attempt(ring, term.body, inside.rhs.body)
    if inside is None or same is None:
        return None
    return transitivity(congruence(term, {0: same}), symmetry(inside))
