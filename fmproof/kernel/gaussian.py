"""Gaussian densities: their form, their moments, and how they combine."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.integrals import linear_parts
from fmproof.kernel.ring import polynomial
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, Mul, Pow, add, factors, mul, without
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
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import number
from fmproof.lang.props import Almost, Equals, Integrable, Positive, Prop, VanishesWith
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort

GAUSSIAN = "Kallenberg, Foundations of Modern Probability, chapter 14"
_PRODUCT = "Bishop, Pattern Recognition and Machine Learning, equations 2.115 to 2.117"
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
    """{s ≠ 0} ⊢ E_{…, x~N(m, s²), …}[f] = E_{…, e~N(0, 1), x := m + s e, …}[f]. f is any term."""
    there = 0 <= place < len(term.measure) and is_gaussian(term.measure[place])
    require(there, "Gaussian", "a Gaussian draw", term)
    x, m, v = term.measure[place].args[1:]
    if polynomial(v) != polynomial(mul(scale, scale)):
        raise RuleError("Gaussian: %s is not the square of %s", v, scale)
    if noise.sort is not Sort.VEC or noise in free_vars(term) or noise in bound_vars(term):
        raise RuleError(f"Gaussian: {noise.name} is no new vector in {shown(term)}")
    draws = (Normal(noise), Let(x, add(m, mul(scale, noise))))
    before, after = term.measure[:place], term.measure[place + 1 :]
    nonzero: Prop = VanishesWith(S.One, scale)
    if free_vars(scale) & {var for item in before for var in drawn_by(item)}:
        nonzero = Almost(nonzero, *before)
    return infer(Equals(term, Expect(term.body, *before, *draws, *after)), nonzero)


@rule("N3", GAUSSIAN)
def gaussian_mean(draw: Expr) -> Sequent:
    """⊢ E_{x~N(m, v)}[x] = m."""
    x, m, _ = _draw(draw)
    return infer(Equals(Expect(x, draw), m))


@rule("N3", GAUSSIAN)
def gaussian_variance(draw: Expr) -> Sequent:
    """{v > 0} ⊢ E_{x~N(m, v)}[‖x − m‖²] = v·d."""
    x, m, v = _draw(draw)
    r = add(x, mul(S.NegativeOne, m))
    return infer(Equals(Expect(Inner(r, r), draw), mul(v, dim)), Positive(v))


@rule("N3", GAUSSIAN)
def gaussian_covariance(draw: Expr, a: Expr, b: Expr) -> Sequent:
    """{v > 0} ⊢ E_{x~N(m, v)}[⟨a, x − m⟩ ⟨b, x − m⟩] = v ⟨a, b⟩, for a and b free of x."""
    x, m, v = _draw(draw)
    if x in free_vars(a) | free_vars(b):
        raise RuleError("Gaussian: %s and %s depend on %s", a, b, x)
    r = add(x, mul(S.NegativeOne, m))
    return infer(
        Equals(Expect(mul(Inner(a, r), Inner(b, r)), draw), mul(v, Inner(a, b))), Positive(v)
    )


def _draw(draw: Any) -> tuple[Any, Expr, Expr]:
    require(is_gaussian(draw) and type(draw.args[1]) is Var, "Gaussian", "x~N(m, v)", draw)
    x, m, v = draw.arguments
    if x in free_vars(m) | free_vars(v):
        raise RuleError("Gaussian: %s depends on what it draws", draw)
    return x, m, v


@rule("N4", GAUSSIAN)
def gaussian_moments(goal: Integrable) -> Sequent:
    """⊢ polynomials in x are integrable under N(m, v), for fixed m and v."""
    law, *more = goal.measure
    require(not more, "Gaussian", "an integrability condition under one N(m, v)", goal)
    x, _, _ = _draw(law)
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


@rule("N4", "a Gaussian density is bounded, uniformly in x and m")
def gaussian_bounded(goal: Integrable) -> Sequent:
    """{k integrable} ⊢ k·N(x; m, v) integrable, where v depends on nothing that is integrated."""
    parts = factors(goal.body)
    for place, part in enumerate(parts):
        if is_gaussian(part) and not free_vars(part.args[3]).intersection(bound_vars(goal)):
            return infer(goal, Integrable(mul(*without(parts, place)), *goal.measure))
    raise RuleError("Gaussian: no bounded density in %s", goal)


@rule("N5", _PRODUCT)
def gaussian_product(term: Expr, first: int, second: int) -> Sequent:
    """{v > 0, w > 0} ⊢ N(x; a y + b, v)·N(y; m, w) = N(x; a m + b, s)·N(y; (v m + a w (x − b))/s,
    v w/s) with s = a² w + v: the joint density as marginal times posterior.
    """
    parts = factors(term)
    fits = first != second and {first, second} <= set(range(len(parts)))
    require(fits and is_gaussian(parts[first]), "Gaussian", "two Gaussian densities", term)
    require(is_gaussian(parts[second]), "Gaussian", "two Gaussian densities", term)
    (x, mean, v), (y, m, w) = parts[first].arguments, parts[second].arguments
    if type(y) is not Var or any(y in free_vars(part) for part in (x, v, m, w)):
        raise RuleError("Gaussian: no N(x; a y + b, v)·N(y; m, w) in %s", term)
    slopes: list[Expr] = []
    shifts: list[Expr] = []
    for constant, moving in linear_parts(mean, (y,)):
        if moving not in (y, S.One):
            raise RuleError("Gaussian: %s is not a %s + b", mean, y)
        (slopes if moving is y else shifts).append(constant)
    a, b = add(*slopes), add(*shifts)
    s = add(mul(a, a, w), v)
    centre = add(mul(v, m), mul(a, w, add(x, mul(S.NegativeOne, b))))
    posterior = Normal(y, mul(Ratio(S.One, s), centre), Ratio(mul(v, w), s))
    result = mul(Normal(x, add(mul(a, m), b), s), posterior, *without(parts, first, second))
    return infer(Equals(term, result), Positive(v), Positive(w))
