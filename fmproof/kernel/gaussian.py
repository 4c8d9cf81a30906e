"""Gaussian densities: their form, their moments, and how they combine."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.almost import over
from fmproof.kernel.ring import polynomial
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, Mul, Pow, add, mul
from fmproof.lang.node import bound_vars, is_one_of, shown
from fmproof.lang.nodes import (
    Apply,
    Exp,
    Expect,
    Gaussian,
    Inner,
    Let,
    Log,
    Normal,
    Ratio,
    Var,
    dim,
    pi,
)
from fmproof.lang.nodes.measure import Draw, drawn_by
from fmproof.lang.numbers import number
from fmproof.lang.props import Equals, Integrable, Positive, VanishesWith
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort

GAUSSIAN = "Kallenberg, Foundations of Modern Probability, chapter 14"
_MINUS_HALF = number(Fraction(-1, 2))


def is_gaussian(term: Any) -> bool:
    """Whether a term is N(x; m, v)."""
    return type(term) is Apply and type(term.head) is Gaussian


def exponent(term: Any) -> Expr:
    """log N(x; m, v) for v > 0: −‖x − m‖²/(2v) − (d/2) log(2πv)."""
    x, m, v = term.arguments
    r = add(x, mul(S.NegativeOne, m))
    square = mul(_MINUS_HALF, Inner(r, r), Ratio(S.One, v))
    return add(square, mul(_MINUS_HALF, dim, Log(mul(number(2), pi, v))))


@rule("N1", GAUSSIAN)
def gaussian_density(term: Expr) -> Sequent:
    """{v > 0} ⊢ N(x; m, v) = exp(−‖x − m‖²/(2v) − (d/2) log(2πv))."""
    require(is_gaussian(term), "Gaussian", "N(x; m, v)", term)
    return infer(Equals(term, Exp(exponent(term))), Positive(term.args[3]))


@rule("N2", GAUSSIAN)
def reparametrise(term: Expect, place: int, scale: Expr, noise: Var) -> Sequent:
    """{s ≠ 0} ⊢ E_{…, x~N(m, s²), …}[f] = E_{…, e~N(0, 1), x := m + s e, …}[f], for a new vector e.
    f is any term; where s depends on draws before, s ≠ 0 is needed for almost every value of them.
    """
    there = 0 <= place < len(term.measure) and is_gaussian(term.measure[place])
    require(there, "Gaussian", "a Gaussian draw", term)
    x, m, v = term.measure[place].args[1:]
    if polynomial(v) != polynomial(mul(scale, scale)):
        raise RuleError("Gaussian: %s is not the square of %s", v, scale)
    if noise.sort is not Sort.VEC or noise in free_vars(term) or noise in bound_vars(term):
        raise RuleError(f"Gaussian: {noise.name} is no new vector in {shown(term)}")
    draws = (Normal(noise), Let(x, add(m, mul(scale, noise))))
    before, after = term.measure[:place], term.measure[place + 1 :]
    nonzero = over(before, VanishesWith(S.One, scale))
    return infer(Equals(term, Expect(term.body, *before, *draws, *after)), nonzero)


@rule("N3", GAUSSIAN)
def gaussian_mean(draw: Expr) -> Sequent:
    """⊢ E_{x~N(m, v)}[x] = m."""
    x, m, *_ = _draw(draw)
    return infer(Equals(Expect(x, draw), m))


@rule("N3", GAUSSIAN)
def gaussian_variance(draw: Expr) -> Sequent:
    """{v > 0} ⊢ E_{x~N(m, v)}[‖x − m‖²] = v·d."""
    _, _, v, r = _draw(draw)
    return infer(Equals(Expect(Inner(r, r), draw), mul(v, dim)), Positive(v))


@rule("N3", GAUSSIAN)
def gaussian_covariance(draw: Expr, a: Expr, b: Expr) -> Sequent:
    """{v > 0} ⊢ E_{x~N(m, v)}[⟨a, x − m⟩ ⟨b, x − m⟩] = v ⟨a, b⟩, for a and b free of x."""
    x, _, v, r = _draw(draw)
    if x in free_vars(a) | free_vars(b):
        raise RuleError("Gaussian: %s and %s depend on %s", a, b, x)
    moment = Expect(mul(Inner(a, r), Inner(b, r)), draw)
    return infer(Equals(moment, mul(v, Inner(a, b))), Positive(v))


def _draw(draw: Any) -> tuple[Any, Expr, Expr, Expr]:
    """x, m, v and x − m of a draw x~N(m, v)."""
    require(is_gaussian(draw) and type(draw.args[1]) is Var, "Gaussian", "x~N(m, v)", draw)
    x, m, v = draw.arguments
    if x in free_vars(m) | free_vars(v):
        raise RuleError("Gaussian: %s depends on what it draws", draw)
    return x, m, v, add(x, mul(S.NegativeOne, m))


@rule("N4", GAUSSIAN)
def gaussian_moments(goal: Integrable) -> Sequent:
    """⊢ polynomials in x are integrable under one draw x~N(m, v), with m and v free of x."""
    law, *more = goal.measure
    require(not more, "Gaussian", "an integrability condition under one N(m, v)", goal)
    x, *_ = _draw(law)
    if not _is_polynomial(goal.body, x):
        raise RuleError("Gaussian: %s is not a polynomial in %s", goal.body, x)
    return infer(goal)


def _is_polynomial(term: Any, x: Var) -> bool:
    """Whether a term is made of x and of what is free of it by +, · and ⟨·,·⟩."""
    if x not in free_vars(term) or term is x:
        return True
    if is_one_of(term, (Add, Mul, Inner)):
        return all(_is_polynomial(arg, x) for arg in term.args)
    return type(term) is Pow and _is_polynomial(term.args[0], x)


def require_fixed_variance(density: Expr, measure: Sequence[Draw]) -> None:
    """Refuse what is no Gaussian density, or has a variance that the measure integrates over.

    The measure is looked at as it is given: a node made of it may bind other names.
    """
    require(is_gaussian(density), "Gaussian", "N(x; m, v)", density)
    fixed = all(free_vars(density.args[3]).isdisjoint(drawn_by(item)) for item in measure)
    require(fixed, "Gaussian", "a variance that is not integrated over", density)


@rule("N4", "a Gaussian density is bounded, uniformly in x and m")
def times_gaussian(density: Expr, k: Expr, measure: Sequence[Draw]) -> Sequent:
    """{k integrable} ⊢ k·N(x; m, v) integrable, where v depends on nothing that is integrated."""
    require_fixed_variance(density, measure)
    return infer(Integrable(mul(k, density), *measure), Integrable(k, *measure))
