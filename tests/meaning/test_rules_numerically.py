"""Each rule of the kernel, on random terms in random worlds: both sides have the same value.

The side conditions hold in every world, so what a rule concludes must be true there.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from sympy import Expr, Rational, S

from fmproof import (
    Almost,
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
from fmproof.derived import (
    derivatives_inside,
    exponentials,
    functions_of_products,
    gaussian_products,
    integrals_inside,
    joint_integrals,
    masses,
    point_masses,
    ratios,
    restatements,
)
from fmproof.derived.rule import derived_rules
from fmproof.kernel import (
    algebra,
    calculus,
    conditional,
    equality,
    functions,
    gaussian,
    integrals,
    order,
    slopes,
)
from fmproof.kernel import ring as rings
from fmproof.kernel.rule import rules
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.nodes import (
    Abs,
    CondExpect,
    Div,
    Exp,
    Law,
    Let,
    Log,
    Normal,
    Partial,
    Sqrt,
)
from fmproof.lang.props import AtMost, Equals, ForAll
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.meaning.hypotheses import at_values
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
x, y, z, e = Vec("x y z e")
c = Latent("c")
theta = Param("theta")
Pick = random.Random

SEEDS = range(12)
WORLDS = 3
LAW = (rho(t), q(z), p(t, x, z))
OVER = (Lebesgue(t, 0, 1), Lebesgue(z), Lebesgue(x))
PATH = (q(z), Normal(e), Let(x, t * z + (1 - t) * e))
COUPLED = (Law("Q", y, z)(y, z), Let(x, (1 - t) * y + t * z))


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
    return ratios.cancel(bottom * Ratio(mass, bottom) * monomial(pick))


def cancel_denominator(pick: Pick) -> Theorem:
    mass = pick.choice([p(t, x, z) * q(z), q(z) * g(t, x)])
    bottom = pick.choice([marginal(t, x), q(z), p(t, x, z)])
    return algebra.cancel_denominator(mass, bottom, monomial(pick))


def reflexivity(pick: Pick) -> Theorem:
    return restatements.reflexivity(polynomial(pick))


def ring(pick: Pick) -> Theorem:
    product = polynomial(pick) * polynomial(pick) + Ratio(polynomial(pick), energy(x))
    return rings.ring(product, rings.ring_normal(product))


def symmetry(pick: Pick) -> Theorem:
    return equality.symmetry(ring(pick))


def transitivity(pick: Pick) -> Theorem:
    first = bilinearity(pick)
    return equality.transitivity(first, restatements.reflexivity(first.rhs))


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
    return integrals_inside.inner_of_integral(w(t) * Inner(outside, inner))


def inner_with_integral(pick: Pick) -> Theorem:
    outside = pick.choice([a(x), v(t, theta, x), x])
    inner = pick.choice([Expect(b(t, x, z), q(z)), Integral(q(z) * b(t, x, z), z)])
    return integrals.inner_with_integral(w(t), outside, inner)


def iterated(pick: Pick) -> Expr:
    body, inner, outer = joint(pick), *pick.sample(OVER, 2)
    return IntegralOver(IntegralOver(body, inner), outer)


def fubini(pick: Pick) -> Theorem:
    return joint_integrals.fubini(iterated(pick))


def unit_mass(pick: Pick) -> Theorem:
    over, density = pick.choice([(x, p(t, x, z)), (x, marginal(t, x)), (z, q(z))])
    k = pick.choice([w(t), 1 + w(t), w(t) * norm2(y)])
    return masses.unit_mass(Integral(k * density, over))


def joint_integral(pick: Pick) -> Theorem:
    return joint_integrals.joint_integral(iterated(pick))


def expectation_as_integral(pick: Pick) -> Theorem:
    return integrals.expectation_as_integral(Expect(monomial(pick), *LAW))


def iterated_expectation(pick: Pick) -> Theorem:
    nested = iterated(pick)
    joint = IntegralOver(nested.body.body, *nested.measure, *nested.body.measure)
    return pick.choice(
        [
            integrals.iterated_expectation(Expect(monomial(pick), *LAW), pick.choice([1, 2])),
            integrals.iterated_expectation(joint, 1),
        ]
    )


def marginal_draw(pick: Pick) -> Theorem:
    body = pick.choice([norm2(average(t, x)), g(t, x), Inner(a(x), v(t, theta, x)), norm2(x)])
    return integrals.marginal_draw(Expect(w(t) * body, rho(t), marginal(t, x)), 1)


def drop_draw(pick: Pick) -> Theorem:
    body = pick.choice([w(t) * norm2(z), t * Inner(z, a(z)), norm2(b(t, z, z))])
    return integrals.drop_draw(Expect(body, *LAW), 2)


def reorder_draws(pick: Pick) -> Theorem:
    return integrals.reorder_draws(Expect(monomial(pick), *LAW), [1, 0, 2])


def smooth(pick: Pick) -> Expr:
    """A real that is smooth in t, x and y, and positive."""
    return pick.choice(
        [
            1 + norm2(x),
            Exp(g(t, x)),
            1 + t**2 * norm2(x + y),
            Normal(x, t * y, 1 + t**2),
            Exp(-t * Inner(x, y)),
            2 + Sqrt(1 + norm2(x)),
        ]
    )


def slope(pick: Pick) -> Expr:
    """A derivative at a point that a rule of calculus is about."""
    f, k, c = smooth(pick), smooth(pick), number(pick)
    at = pick.choice([None, y, 2 * x - y])
    late = pick.choice([None, s, t * s])
    field = pick.choice([b(t, x, z), x, x - t * y])
    reals = [
        f * k, c * f + k, f**3, Exp(g(t, x)), Log(f), Sqrt(1 + norm2(x)), Abs(-2 - f * k),
        Ratio(f, 1 + k), Normal(x, t * y, 1 + t**2), Normal(y, x, 1 + t**2), g(t, c * x + y),
        Inner(x - y, 2 * x + t * y), norm2(x), g(t**2, x) * k,
    ]  # fmt: skip
    in_time = [
        f * k, Inner(b(t, x, z), x * t), g(t**2, x + t * y), w(t) * k, Exp(w(t)), Log(1 + w(t)),
        t * b(t, x, z), c * y * t**2 + b(t, x, z), Normal(x, t * y, 1 + t**2),
        Ratio(w(t), 1 + t**2),
    ]  # fmt: skip
    fields = [f * field, b(t, x, z) + c * x, y * f, c * t * b(t, x, z), x]
    return pick.choice(
        [
            Grad(pick.choice(reals), x, at),
            Partial(pick.choice(in_time), t, late),
            Div(pick.choice(fields), x, at),
        ]
    )


def derivative(pick: Pick) -> Theorem:
    if pick.random() < 0.8:
        return calculus.derivative(slope(pick))
    fitted = Expect(norm2(v(t, theta, x) - pick.choice([a(x), x, b(t, x, z)])), *LAW)
    constant = Expect(norm2(b(t, x, z)), *LAW)
    return calculus.derivative(Grad(number(pick) * fitted + number(pick) * constant, theta))


def minimisers_of_shift(pick: Pick) -> Theorem:
    fitted = Expect(norm2(v(t, theta, x) - pick.choice([a(x), x, b(t, x, z)])), *LAW)
    constant = number(pick) * Expect(norm2(b(t, x, z)), *LAW)
    return derivatives_inside.minimisers_of_shift(ArgMin(fitted + constant, theta))


def argmin_of_shift(pick: Pick) -> Theorem:
    fitted = Expect(norm2(v(t, theta, x) - pick.choice([a(x), x, b(t, x, z)])), *LAW)
    constant = number(pick) * Expect(norm2(b(t, x, z)), *LAW)
    return calculus.argmin_of_shift(fitted, constant, theta)


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


def log_derivative(pick: Pick) -> Theorem:
    return calculus.log_derivative(Grad(pick.choice([q(x), p(t, x, z), Normal(x, z, 1 + t)]), x))


def exchange(pick: Pick) -> Theorem:
    over = pick.choice(
        [
            Grad(Expect(g(t, z) * Normal(x, t * z, 1 + t), q(z)), x),
            Partial(Expect(g(t, x) * norm2(x), q(x)), t),
            Div(Expect(b(t, x, z), q(z)), x),
            Grad(Integral(p(t, x, z) * q(z), z), x),
            Partial(Integral(Normal(x, t * z, 1 + t) * q(z), z), t),
        ]
    )
    return calculus.exchange(over)


def divergence_theorem(pick: Pick) -> Theorem:
    field = pick.choice([p(t, x, z) * b(t, x, z), q(x) * x, Normal(x, z, 1) * a(x)])
    return derivatives_inside.divergence_theorem(IntegralOver(Div(field, x), Lebesgue(x)))


def fundamental_theorem(pick: Pick) -> Theorem:
    grows = pick.choice([t * a(x), g(t, x) * x, Exp(2 * t) * g(t, x), w(t)])
    return derivatives_inside.fundamental_theorem(
        IntegralOver(Partial(grows, t), Lebesgue(t, 0, 1))
    )


def integral_of_divergence(pick: Pick) -> Theorem:
    field = pick.choice([p(t, x, z) * b(t, x, z), q(x) * x, Normal(x, z, 1) * a(x)])
    return slopes.integral_of_divergence(field, [Lebesgue(x)])


def integral_of_slope(pick: Pick) -> Theorem:
    grows = pick.choice([t * a(x), g(t, x) * x, Exp(2 * t) * g(t, x), w(t)])
    return slopes.integral_of_slope(grows, [Lebesgue(t, 0, 1)])


def gaussian_draws(pick: Pick) -> tuple[Expr, ...]:
    return pick.choice([PATH, COUPLED, (q(z), p(t, x, z)), (q(z), Normal(x, t * z, 1 - t))])


def pull_out(pick: Pick) -> Theorem:
    law = gaussian_draws(pick)
    if pick.random() < 0.5:
        f = pick.choice([z, t * z - x, b(t, x, z)])
        return conditional.pull_out(pick.choice([a(x), x]), f, (x,), law, 0)
    return conditional.pull_out(g(t, x), norm2(z), (x,), law, 0)


def take_out(pick: Pick) -> Theorem:
    law = gaussian_draws(pick)
    if pick.random() < 0.3:
        return conditional.take_out(g(t, x), S.One, (x,), law)
    return conditional.take_out(a(x), z - x, (x,), law)


def conditional_linearity(pick: Pick) -> Theorem:
    body = number(pick) * z + w(t) * b(t, x, z) + number(pick) * x
    return conditional.conditional_linearity(CondExpect(body, x, *gaussian_draws(pick)))


def bayes(pick: Pick) -> Theorem:
    k = pick.choice([p(t, x, z), Normal(x, t * z, 1 - t)])
    body = pick.choice([z, b(t, x, z), norm2(z - x)])
    marginal = restatements.reflexivity(Expect(k, q(z)))
    return conditional.bayes(CondExpect(body, (x, y), q(z), k), marginal)


def draw_equation(pick: Pick) -> Theorem:
    return point_masses.draw_equation(PATH, 2)


def substitute_draws(pick: Pick) -> Theorem:
    body = pick.choice([norm2(x - z), g(t, x), Inner(a(x), z)])
    return integrals.substitute_draws(Expect(body, *pick.choice([PATH, COUPLED])))


def variance(pick: Pick) -> Expr:
    return pick.choice([1 + t, Exp(-w(t)), Rational(1, 2), t**2])


def gaussian_density(pick: Pick) -> Theorem:
    return gaussian.gaussian_density(Normal(x, pick.choice([t * y, a(z), 0]), variance(pick)))


def reparametrise(pick: Pick) -> Theorem:
    scale = pick.choice([1 - t, Exp(-t), Rational(-1, 2), 1 + t])
    body = pick.choice([norm2(x), g(t, x), Inner(x, a(z))])
    law = (q(z), Normal(x, t * z, scale**2))
    return gaussian.reparametrise(Expect(body, *law), 1, scale, e)


def gaussian_mean(pick: Pick) -> Theorem:
    return gaussian.gaussian_mean(Normal(x, vector_of(pick), variance(pick)))


def gaussian_variance(pick: Pick) -> Theorem:
    return gaussian.gaussian_variance(Normal(x, vector_of(pick), variance(pick)))


def gaussian_covariance(pick: Pick) -> Theorem:
    draw = Normal(x, vector_of(pick), variance(pick))
    return gaussian.gaussian_covariance(draw, vector_of(pick), vector_of(pick))


def trace_by_probe(pick: Pick) -> Theorem:
    field, place = pick.choice([b(t, x, y), a(x), x]), pick.choice([x, t * y])
    return derivatives_inside.trace_by_probe(
        Expect(Inner(e, Grad(Inner(e, field), x, place)), Normal(e))
    )


def vector_of(pick: Pick) -> Expr:
    return pick.choice([t * y, y - 2 * z, a(z), b(t, y, z)])


def trace_of_slope(pick: Pick) -> Theorem:
    field, place = pick.choice([b(t, x, y), a(x), x]), pick.choice([x, t * y])
    return slopes.trace_of_slope(e, field, x, place, [Normal(e)])


def gaussian_product(pick: Pick) -> Theorem:
    mean = pick.choice([t * z + y, z, (1 - t) * z - a(y)])
    term = Normal(x, mean, variance(pick)) * Normal(z, vector_of_data(pick), variance(pick))
    places = [i for i, f in enumerate(Mul.make_args(term)) if f.arguments[0] == x]
    first = places[0]
    return gaussian_products.gaussian_product(term, first, 1 - first)


def vector_of_data(pick: Pick) -> Expr:
    return pick.choice([y, t * y, a(y)])


def logarithm(pick: Pick) -> Theorem:
    f, k = smooth(pick), 1 + w(t)
    return functions_of_products.logarithm(
        pick.choice([Log(f * k), Log(Ratio(f, k)), Log(Exp(g(t, x) - t))])
    )


def log_exp(pick: Pick) -> Theorem:
    return functions.log_exp(smooth(pick))


def square_of_root(pick: Pick) -> Theorem:
    return functions.square_of_root(smooth(pick))


def exponential(pick: Pick) -> Theorem:
    return exponentials.exponential(pick.choice([Exp(polynomial(pick) + t), Exp(Log(1 + w(t)))]))


def exp_of_sum(pick: Pick) -> Theorem:
    return functions.exp_of_sum(polynomial(pick), pick.choice([t, S.Zero, -t]))


def exp_log(pick: Pick) -> Theorem:
    return functions.exp_log(1 + pick.choice([w(t), polynomial(pick) ** 2]))


def root_squared(pick: Pick) -> Theorem:
    root = Sqrt(smooth(pick))
    return functions_of_products.root_squared(Mul(root, root, g(t, x)))


def root_of_product(pick: Pick) -> Theorem:
    return functions_of_products.root_of_product(Sqrt(smooth(pick) * norm2(x - 2 * y) * w(t)))


def absolute_value(pick: Pick) -> Theorem:
    return functions.absolute_value(pick.choice([Sqrt((t - 2 * g(t, x)) ** 2), Abs(smooth(pick))]))


def field(pick: Pick) -> Theorem:
    f, k, c = smooth(pick), 1 + w(t), number(pick)
    lhs, rhs = pick.choice(
        [
            (Ratio(c, f) + Ratio(g(t, x), k), Ratio(c * k + g(t, x) * f, f * k)),
            (Ratio(Ratio(g(t, x), f), Ratio(c, k)), Ratio(g(t, x) * k, c * f)),
            (1 - Ratio(f, f + k), Ratio(k, f + k)),
        ]
    )
    return rings.field(lhs, rhs)


RULES: dict[str, Callable[[Pick], Theorem]] = {
    f.__name__: f
    for f in (
        bilinearity, cancel, reflexivity, ring, symmetry, transitivity, congruence, unfold,
        instantiate, specialise, generalise, instantiate_head, linearity, inner_of_integral,
        fubini, joint_integral, unit_mass, expectation_as_integral, iterated_expectation,
        marginal_draw, drop_draw, reorder_draws, derivative, minimisers_of_shift, nonnegativity,
        from_difference, linear_combination, log_derivative, exchange,
        divergence_theorem, fundamental_theorem, pull_out, take_out,
        conditional_linearity, bayes, draw_equation, substitute_draws,
        gaussian_density, reparametrise, gaussian_mean, gaussian_variance, gaussian_product,
        gaussian_covariance, trace_by_probe, trace_of_slope, cancel_denominator,
        inner_with_integral, argmin_of_shift, integral_of_divergence, integral_of_slope,
        logarithm, log_exp, square_of_root, exponential, exp_of_sum, exp_log, root_squared,
        root_of_product, absolute_value, field,
    )
}  # fmt: skip


ELSEWHERE = {
    "differentiable", "fewer_variables", "integrable_derivative", "dominated_derivative",
    "gaussian_dominated", "gaussian_moments", "contraction", "transfer", "equal_sides", "positive",
    "nonnegative_parts", "nonzero", "product_vanishes", "gaussian_bounded",
    "times_gaussian", "times_gaussian_dominated", "slope_at_zero", "contraction_of_square",
    "dominated_differentiable", "integrable_between", "stationary_at_zero", "dominated_integrable",
}  # fmt: skip
"""They conclude no equation or inequality."""


def test_every_rule_is_here() -> None:
    families = set("ADEFGIKNO")
    due = {name for name, rule in rules().items() if rule.code[0] in families}
    due |= {name for name, code in derived_rules().items() if code[0] in families}
    hypotheses = {name for name in due if name in ("assume", "discharge", "restate")}
    assert set(RULES) == due - hypotheses - ELSEWHERE


def sides(theorem: Theorem) -> Equals | AtMost:
    """What the theorem says at random values of what it is about."""
    prop = theorem.conclusion
    if isinstance(prop, Almost):
        return at_values(prop, free_vars(prop))[0]
    return prop.body if isinstance(prop, ForAll) else prop


def disagreement(lhs: Expr, rhs: Expr, seed: int, at_most: bool = False) -> float:
    """The largest difference over its error bound, which must say something."""
    variables = [x for x in free_vars(lhs) | free_vars(rhs) if x.sort is not Sort.PARAM]
    world = World.random(1, Cast.of(symbols_of([lhs, rhs]), ()), variables, seed, WORLDS)
    ladder = Ladder(world.interpretation(), world.values(), 1e7)
    for level in (2, 4):
        left, right = (ladder.read(side, level) for side in (lhs, rhs))
        bound = left.error + right.error
        known = (bound <= 0.02 * np.maximum(left.magnitude, right.magnitude) + 1e-300).all()
        if known:
            break
    assert known
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
    elif prop.rhs == 0:
        wrong = Rational(1, 10)
    elif not isinstance(prop.lhs, ArgMin):
        wrong = Mul(Rational(11, 10), prop.rhs)
    else:
        wrong = ArgMin(prop.rhs.body + Expect(Inner(v(t, theta, x), a(x)), *LAW), theta)
    assert disagreement(prop.lhs, wrong, 0, isinstance(prop, AtMost)) > 1
