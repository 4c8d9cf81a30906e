"""Each rule of the kernel, on random terms in random worlds: both sides have the same value.

The side conditions hold in every world, so what a rule concludes must be true there.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from sympy import Add, Expr, Mul, Rational

from fmproof import (
    ArgMin,
    Expect,
    Grad,
    Inner,
    Integral,
    IntegralOver,
    Latent,
    Lebesgue,
    Named,
    Param,
    Ratio,
    Real,
    Vec,
    norm2,
)
from fmproof.kernel import algebra, calculus, equality, integrals, order
from fmproof.kernel import ring as rings
from fmproof.kernel.rule import rules
from fmproof.kernel.theorem import Theorem
from fmproof.lang.props import AtMost, Equals, ForAll
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.meaning.ladder import Ladder
from fmproof.meaning.roles import Cast, symbols_of
from fmproof.meaning.world import World
from fmproof.testing.strategies.language import (
    a,
    average,
    b,
    energy,
    g,
    marginal,
    mixed,
    p,
    q,
    rho,
    unit,
    v,
    w,
)

t, s = Real("t s")
x, y, z = Vec("x y z")
c = Latent("c")
theta = Param("theta")
Pick = random.Random

SEEDS = range(12)
WORLDS = 3
LAW = (rho(t), q(z), p(t, x, z))
OVER = (Lebesgue(t, 0, 1), Lebesgue(z), Lebesgue(x))


# --- random pieces ----------------------------------------------------------------------


def number(pick: Pick) -> Rational:
    return Rational(pick.choice([-3, -2, -1, 1, 2, 3, 5]), pick.choice([1, 1, 2, 3]))


def vector(pick: Pick, depth: int = 1) -> Expr:
    """A vector in t, x, z that grows at most linearly."""
    simple = pick.choice([a(x), b(t, x, z), average(t, x), v(t, theta, x), x, z])
    if not depth:
        return simple
    kinds = [simple, number(pick) * simple, w(t) * simple, vector(pick, 0) + vector(pick, 0)]
    return pick.choice(kinds)


def monomial(pick: Pick) -> Expr:
    factors = [g(t, x), w(t), t, norm2(vector(pick, 0)), Inner(vector(pick, 0), vector(pick, 0))]
    return Mul(number(pick), *pick.sample(factors, pick.choice([1, 2])))


def polynomial(pick: Pick) -> Expr:
    return Add(*(monomial(pick) for _ in range(pick.choice([2, 3]))))


def joint(pick: Pick) -> Expr:
    """∫ over t, z and x of an integrable function."""
    return Mul(*LAW, monomial(pick))


# --- one theorem of each rule -----------------------------------------------------------


def bilinearity(pick: Pick) -> Theorem:
    return algebra.bilinearity(Inner(vector(pick) + a(z), b(t, z, x) - vector(pick)))


def cancel(pick: Pick) -> Theorem:
    mass = pick.choice([p(t, x, z) * q(z), q(z) * g(t, x)])
    bottom = pick.choice([marginal(t, x), q(z), p(t, x, z)])
    return algebra.cancel(bottom * Ratio(mass, bottom) * monomial(pick))


def reflexivity(pick: Pick) -> Theorem:
    return equality.reflexivity(polynomial(pick))


def ring(pick: Pick) -> Theorem:
    product = polynomial(pick) * polynomial(pick) + Ratio(polynomial(pick), energy(x))
    return rings.ring(product, rings.ring_normal(product))


def symmetry(pick: Pick) -> Theorem:
    return equality.symmetry(ring(pick))


def transitivity(pick: Pick) -> Theorem:
    first = bilinearity(pick)
    return equality.transitivity(first, equality.reflexivity(first.rhs))


def congruence(pick: Pick) -> Theorem:
    inside = bilinearity(pick)
    node = Expect(inside.lhs, *LAW)
    return equality.congruence(node, {0: inside})


def unfold(pick: Pick) -> Theorem:
    named = Named("k", Expect(polynomial(pick), *LAW))
    chosen = pick.choice([marginal(t, x), average(t, x), energy(x), unit(t), mixed(x), named])
    return equality.unfold(chosen)


def instantiate(pick: Pick) -> Theorem:
    return equality.instantiate(bilinearity(pick), {x: vector(pick, 0), t: w(t)})


def specialise(pick: Pick) -> Theorem:
    return equality.specialise(generalise(pick), Param("phi"))


def generalise(pick: Pick) -> Theorem:
    return equality.generalise(bilinearity(pick), theta)


def instantiate_head(pick: Pick) -> Theorem:
    return equality.instantiate_head(
        linearity(pick), a, (x,), number(pick) * average(Rational(1, 2), x)
    )


def linearity(pick: Pick) -> Theorem:
    if pick.random() < 0.5:
        return integrals.linearity(Expect(polynomial(pick), *LAW))
    return integrals.linearity(IntegralOver(Add(joint(pick), joint(pick)), *OVER))


def inner_of_integral(pick: Pick) -> Theorem:
    outside = pick.choice([a(x), v(t, theta, x), x])
    inner = pick.choice([Expect(b(t, x, z), q(z)), Integral(q(z) * b(t, x, z), z)])
    return integrals.inner_of_integral(w(t) * Inner(outside, inner))


def iterated(pick: Pick) -> Expr:
    body, inner, outer = joint(pick), *pick.sample(OVER, 2)
    return IntegralOver(IntegralOver(body, inner), outer)


def fubini(pick: Pick) -> Theorem:
    return integrals.fubini(iterated(pick))


def joint_integral(pick: Pick) -> Theorem:
    return integrals.joint_integral(iterated(pick))


def expectation_as_integral(pick: Pick) -> Theorem:
    return integrals.expectation_as_integral(Expect(monomial(pick), *LAW))


def iterated_expectation(pick: Pick) -> Theorem:
    return integrals.iterated_expectation(Expect(monomial(pick), *LAW), pick.choice([1, 2]))


def marginal_draw(pick: Pick) -> Theorem:
    body = pick.choice([norm2(average(t, x)), g(t, x), Inner(a(x), v(t, theta, x)), norm2(x)])
    return integrals.marginal_draw(Expect(w(t) * body, rho(t), marginal(t, x)), 1)


def drop_draw(pick: Pick) -> Theorem:
    body = pick.choice([w(t) * norm2(z), t * Inner(z, a(z)), norm2(b(t, z, z))])
    return integrals.drop_draw(Expect(body, *LAW), 2)


def reorder_draws(pick: Pick) -> Theorem:
    return integrals.reorder_draws(Expect(monomial(pick), *LAW), [1, 0, 2])


def derivative(pick: Pick) -> Theorem:
    fitted = Expect(norm2(v(t, theta, x) - pick.choice([a(x), x, b(t, x, z)])), *LAW)
    constant = Expect(norm2(b(t, x, z)), *LAW)
    return calculus.derivative(Grad(number(pick) * fitted + number(pick) * constant, theta))


def minimisers_of_shift(pick: Pick) -> Theorem:
    fitted = Expect(norm2(v(t, theta, x) - pick.choice([a(x), x, b(t, x, z)])), *LAW)
    constant = number(pick) * Expect(norm2(b(t, x, z)), *LAW)
    return calculus.minimisers_of_shift(ArgMin(fitted + constant, theta))


def nonnegativity(pick: Pick) -> Theorem:
    square = norm2(vector(pick)) * w(t) + polynomial(pick) ** 2
    return order.nonnegativity(Expect(square, *LAW))


def from_difference(pick: Pick) -> Theorem:
    lower, more = Expect(polynomial(pick), *LAW), Expect(norm2(vector(pick)), *LAW)
    return order.from_difference(order.nonnegativity(more), lower, lower + more)


def linear_combination(pick: Pick) -> Theorem:
    theorem = ring(pick)
    factor, line = polynomial(pick), polynomial(pick)
    lhs, rhs = (line + factor * side for side in (theorem.lhs, theorem.rhs))
    return rings.linear_combination(theorem, factor, lhs, rhs)


RULES: dict[str, Callable[[Pick], Theorem]] = {
    f.__name__: f
    for f in (
        bilinearity, cancel, reflexivity, ring, symmetry, transitivity, congruence, unfold,
        instantiate, specialise, generalise, instantiate_head, linearity, inner_of_integral,
        fubini, joint_integral, expectation_as_integral, iterated_expectation, marginal_draw,
        drop_draw, reorder_draws, derivative, minimisers_of_shift, nonnegativity,
        from_difference, linear_combination,
    )
}  # fmt: skip


ELSEWHERE = {"differentiable", "differentiable_equal"}  # they conclude no equation


def test_every_rule_is_here() -> None:
    families = set("AEGIO")
    due = {name for name, rule in rules().items() if rule.code[0] in families}
    hypotheses = {name for name, rule in rules().items() if rule.code == "E8"}
    assert set(RULES) == due - hypotheses - ELSEWHERE


def sides(theorem: Theorem) -> Equals | AtMost:
    prop = theorem.conclusion
    return prop.body if isinstance(prop, ForAll) else prop


def disagreement(lhs: Expr, rhs: Expr, seed: int, at_most: bool = False) -> float:
    """The largest difference over its error bound, which must say something."""
    variables = [x for x in free_vars(lhs) | free_vars(rhs) if x.sort is not Sort.PARAM]
    world = World.random(1, Cast.of(symbols_of([lhs, rhs]), ()), variables, seed, WORLDS)
    ladder = Ladder(world.interpretation(), world.values(), 1e7)
    left, right = (ladder.read(side, 2) for side in (lhs, rhs))
    bound = left.error + right.error
    assert (bound <= 0.02 * np.maximum(left.magnitude, right.magnitude) + 1e-300).all()
    gap = left.value - right.value
    gap = np.maximum(gap, 0) if at_most else np.abs(gap)
    return float((gap / (bound + 1e-300)).max())


@pytest.mark.parametrize("name", RULES)
def test_both_sides_agree(name: str) -> None:
    for seed in SEEDS:
        prop = sides(RULES[name](random.Random(seed)))
        assert disagreement(prop.lhs, prop.rhs, seed, isinstance(prop, AtMost)) <= 1, prop


@pytest.mark.parametrize("name", [name for name in RULES if name not in ("reflexivity",)])
def test_a_wrong_side_does_not(name: str) -> None:
    """The comparison can fail: with the right side changed it does."""
    prop = sides(RULES[name](random.Random(0)))
    wrong = prop.rhs
    if isinstance(prop, AtMost):
        wrong = prop.lhs - norm2(a(x)) - 1
    elif not isinstance(prop.lhs, ArgMin):
        wrong = Mul(Rational(11, 10), prop.rhs)
    else:
        wrong = ArgMin(prop.rhs.body + Expect(Inner(v(t, theta, x), a(x)), *LAW), theta)
    assert disagreement(prop.lhs, wrong, 0, isinstance(prop, AtMost)) > 1
