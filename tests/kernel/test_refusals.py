"""What a rule refuses, and the message: the rule, what it expected, and what it found instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sympy import S

from fmproof import (
    ArgMin,
    Density,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    Lebesgue,
    Named,
    Param,
    Ratio,
    Real,
    Scalar,
    Vec,
    norm2,
)
from fmproof.errors import RuleError
from fmproof.kernel import algebra, almost, calculus, equality, integrability, integrals, order
from fmproof.kernel import hypotheses as sequents
from fmproof.kernel import ring as rings
from fmproof.lang.props import (
    Almost,
    AtMost,
    Differentiable,
    Equals,
    ForAll,
    Integrable,
    VanishesWith,
)
from fmproof.tactics.conditions import same_law

s, t = Real("s t")
x, y, z = Vec("x y z")
theta = Param("θ")
f, g = Scalar("f", x), Scalar("g", x)
h, k = Scalar("h", t), Scalar("k", x, z)
w = Scalar("w", t, nonneg=True)
a, b = Field("a", x), Field("b", x)
loss = Scalar("L", theta)
p, q = Density("p", x), Density("q", z)
r = Density("r", x, given=z)
rho = Density("ρ", (t, 0, 1))
marginal = Density("m", x, definition=Integral(r(x, z) * q(z), z))
scaled = Density("n", x, sub=t, definition=Integral(r(x, z) * q(z), z))
dx, dz, dt = Lebesgue(x), Lebesgue(z), Lebesgue(t, 0, 1)
mean = Expect(f(x), p(x))

f_is_g = sequents.assume(Equals(f(x), g(x)))
g_is_f = sequents.assume(Equals(g(x), f(x)))
vanishing = sequents.assume(VanishesWith(f(x), g(x)))
almost_equal = sequents.assume(Almost(Equals(f(x), g(x)), dx))

REFUSALS: dict[str, tuple[Callable[[], Any], str]] = {
    "assume": (lambda: sequents.assume(f(x)), "assume: prop must be a proposition, found f(x)"),
    "restate": (
        lambda: sequents.restate(f_is_g, Equals(f(y), g(y))),
        "restate: f(y) = g(y) is not f(x) = g(x)",
    ),
    "restate a term": (
        lambda: sequents.restate(f_is_g, f(x)),
        "restate: prop must be a proposition, found f(x)",
    ),
    "symmetry": (
        lambda: equality.symmetry(vanishing),
        "symmetry: theorem must be an equation, found g(x) = 0 ⇒ f(x) = 0",
    ),
    "transitivity": (
        lambda: equality.transitivity(f_is_g, f_is_g),
        "transitivity: the first ends in g(x), the second begins with f(x)",
    ),
    "transitivity of a condition": (
        lambda: equality.transitivity(f_is_g, vanishing),
        "transitivity: expected = or ≤, found g(x) = 0 ⇒ f(x) = 0",
    ),
    "transitivity from a condition": (
        lambda: equality.transitivity(vanishing, f_is_g),
        "transitivity: expected = or ≤, found g(x) = 0 ⇒ f(x) = 0",
    ),
    "congruence": (
        lambda: equality.congruence(f(x) + 1, {0: g_is_f}),
        "congruence: g(x) is not argument 0 of f(x) + 1",
    ),
    "congruence before the first argument": (
        lambda: equality.congruence(Ratio(g(x), f(x)), {-1: f_is_g}),
        "congruence: cannot rewrite inside (g(x) / f(x)) at -1",
    ),
    "congruence after the last argument": (
        lambda: equality.congruence(Ratio(g(x), f(x)), {2: f_is_g}),
        "congruence: cannot rewrite inside (g(x) / f(x)) at 2",
    ),
    "congruence of a condition": (
        lambda: equality.congruence(f(x) + 1, {0: vanishing}),
        "congruence: parts must be an equation, found g(x) = 0 ⇒ f(x) = 0",
    ),
    "congruence in a law": (
        lambda: equality.congruence(Expect(h(t), r(x, z)), {1: equality.reflexivity(r(x, z))}),
        "congruence: cannot rewrite inside E_{x~r(·|z)}[h(t)] at 1",
    ),
    "congruence in a parameter": (
        lambda: equality.congruence(Grad(loss(theta), theta), {1: equality.reflexivity(theta)}),
        "congruence: cannot rewrite inside ∇_θ L(θ) at 1",
    ),
    "congruence in a name": (
        lambda: equality.congruence(Named("C", f(x)), {1: equality.reflexivity(f(x))}),
        "congruence: cannot rewrite inside C(x) at 1",
    ),
    "definition": (lambda: equality.unfold(f(x)), "definition: f(x) has no definition to unfold"),
    "definition of a sum": (
        lambda: equality.unfold(f(x) + 1),
        "definition: f(x) + 1 has no definition to unfold",
    ),
    "ring": (
        lambda: rings.ring(f(x) * g(x), f(x) + g(x)),
        "ring: f(x) g(x) and f(x) + g(x) are not equal by arithmetic alone",
    ),
    "ring and a divisor": (
        lambda: rings.ring(Ratio(f(x), f(x)), S.One),
        "ring: (f(x) / f(x)) and 1 are not equal by arithmetic alone",
    ),
    "specialise": (
        lambda: equality.specialise(f_is_g, y),
        "specialise: expected 'for every', found f(x) = g(x)",
    ),
    "instance of a definition": (
        lambda: equality.instantiate_head(f_is_g, marginal, (x,), p(x)),
        "instance: m has a definition and cannot be replaced",
    ),
    "instance of a weight": (
        lambda: equality.instantiate_head(f_is_g, w, (t,), h(t)),
        "instance: w ≥ 0 is declared, h(t) ≥ 0 is not clear",
    ),
    "instance of a density": (
        lambda: equality.instantiate_head(f_is_g, p, (x,), f(x)),
        "instance: the density p can become a density of the same variables over the same "
        "ranges, found f(x)",
    ),
    "square": (
        lambda: algebra.bilinearity(Inner(a(x), b(x))),
        "square: expected an inner product of sums, found a(x)·b(x)",
    ),
    "square of no inner product": (
        lambda: algebra.bilinearity(f(x)),
        "square: expected an inner product of sums, found f(x)",
    ),
    "cancel": (
        lambda: algebra.cancel(g(x) * Ratio(f(x), p(x))),
        "cancel: expected a product with b and a/b, found g(x) (f(x) / p(x))",
    ),
    "cancel a divisor with itself": (
        lambda: algebra.cancel(Ratio(f(x), p(x))),
        "cancel: expected a product with b and a/b, found (f(x) / p(x))",
    ),
    "linearity": (
        lambda: integrals.linearity(f(x) + 1),
        "linearity: expected an integral or expectation, found f(x) + 1",
    ),
    "linearity of one thing": (
        lambda: integrals.linearity(Integral(f(x), x)),
        "linearity: nothing to separate in ∫ f(x) dx",
    ),
    "inner product": (
        lambda: integrals.inner_of_integral(f(x) * Inner(a(x), b(x))),
        "linearity: expected an inner product with an integral, found f(x) a(x)·b(x)",
    ),
    "fubini": (
        lambda: integrals.fubini(Integral(f(x), x)),
        "fubini: expected two nested integrals, found ∫ f(x) dx",
    ),
    "fubini of an expectation": (
        lambda: integrals.fubini(Integral(mean, (t, 0, 1))),
        "fubini: expected two nested integrals, found ∫₀¹ E_{x~p}[f(x)] dt",
    ),
    "joint": (
        lambda: integrals.joint_integral(f(x)),
        "joint: expected two nested integrals, found f(x)",
    ),
    "expectation": (
        lambda: integrals.expectation_as_integral(Integral(f(x), x)),
        "expectation: expected an expectation, found ∫ f(x) dx",
    ),
    "tower of no draw": (
        lambda: integrals.iterated_expectation(mean, 0),
        "tower: expected an expectation of more than 0 draws, found E_{x~p}[f(x)]",
    ),
    "tower of all draws": (
        lambda: integrals.iterated_expectation(mean, 1),
        "tower: expected an expectation of more than 1 draws, found E_{x~p}[f(x)]",
    ),
    "tower of an integral": (
        lambda: integrals.iterated_expectation(f(x), 1),
        "tower: expected an expectation of more than 1 draws, found f(x)",
    ),
    "marginalisation": (
        lambda: integrals.marginal_draw(f(x), 0),
        "marginalisation: expected an expectation with draw 0, found f(x)",
    ),
    "marginalisation of a draw after the last": (
        lambda: integrals.marginal_draw(mean, 1),
        "marginalisation: expected an expectation with draw 1, found E_{x~p}[f(x)]",
    ),
    "marginalisation of a draw before the first": (
        lambda: integrals.marginal_draw(mean, -1),
        "marginalisation: expected an expectation with draw -1, found E_{x~p}[f(x)]",
    ),
    "marginalisation without a marginal": (
        lambda: integrals.marginal_draw(mean, 0),
        "marginalisation: p(x) is not a marginal",
    ),
    "drop": (
        lambda: integrals.drop_draw(f(x), 0),
        "drop: expected an expectation with draw 0, found f(x)",
    ),
    "drop a draw after the last": (
        lambda: integrals.drop_draw(Expect(h(t), p(x)), 1),
        "drop: expected an expectation with draw 1, found E_{x~p}[h(t)]",
    ),
    "drop a draw before the first": (
        lambda: integrals.drop_draw(Expect(h(t), p(x)), -1),
        "drop: expected an expectation with draw -1, found E_{x~p}[h(t)]",
    ),
    "drop what the integrand uses": (
        lambda: integrals.drop_draw(mean, 0),
        "drop: p(x) is used in E_{x~p}[f(x)]",
    ),
    "drop what a later draw uses": (
        lambda: integrals.drop_draw(Expect(f(x), q(z), r(x, z)), 0),
        "drop: q(z) is used in E_{z~q, x~r(·|z)}[f(x)]",
    ),
    "reorder": (
        lambda: integrals.reorder_draws(mean, (0, 1)),
        ("reorder: expected an expectation whose draws have the order [0, 1], found E_{x~p}[f(x)]"),
    ),
    "reorder an integral": (
        lambda: integrals.reorder_draws(f(x), (0,)),
        "reorder: expected an expectation whose draws have the order [0], found f(x)",
    ),
    "gradient": (
        lambda: calculus.derivative(loss(theta)),
        "gradient: expected a gradient, found L(θ)",
    ),
    "gradient of one thing": (
        lambda: calculus.derivative(Grad(loss(theta), theta)),
        "gradient: nothing to separate in ∇_θ L(θ)",
    ),
    "minimisers": (
        lambda: calculus.minimisers_of_shift(loss(theta)),
        "minimisers: expected argmin, found L(θ)",
    ),
    "minimisers without a constant": (
        lambda: calculus.minimisers_of_shift(ArgMin(loss(theta), theta)),
        "minimisers: no summand of L(θ) is free of θ",
    ),
    "differentiable": (
        lambda: calculus.differentiable(Equals(f(x), g(x))),
        "differentiable: expected a differentiability, found f(x) = g(x)",
    ),
    "differentiable summand": (
        lambda: calculus.differentiable(Differentiable(loss(theta), theta)),
        "differentiable: nothing to separate in θ ↦ L(θ) is differentiable",
    ),
    "differentiable along a condition": (
        lambda: calculus.differentiable_equal(vanishing, theta),
        "differentiable_equal: theorem must be an equation, found g(x) = 0 ⇒ f(x) = 0",
    ),
    "nonnegative": (
        lambda: order.nonnegativity(norm2(a(x)) - 1),
        "nonnegative: it is not clear from its form that ‖a(x)‖² − 1 ≥ 0",
    ),
    "difference of a condition": (
        lambda: order.from_difference(vanishing, f(x), g(x)),
        "nonnegative: expected 0 ≤ d, found g(x) = 0 ⇒ f(x) = 0",
    ),
    "difference of one": (
        lambda: order.from_difference(sequents.assume(AtMost(1, f(x) - g(x))), g(x), f(x)),
        "nonnegative: expected 0 ≤ d, found 1 ≤ f(x) − g(x)",
    ),
    "difference the other way": (
        lambda: order.from_difference(sequents.assume(AtMost(0, f(x) - g(x))), f(x), g(x)),
        "nonnegative: g(x) − f(x) is not f(x) − g(x) by arithmetic",
    ),
    "Tonelli": (
        lambda: same_law(Integrable(f(x), p(x)), Integrable(g(x), p(x))),
        "Tonelli: E_{x~p}[|f(x)|] < ∞ and E_{x~p}[|g(x)|] < ∞ are different integrals",
    ),
    "finite measure": (
        lambda: integrability.finite_measure(Integrable(1, dx)),
        "finite measure: not the integral of a constant: ∫ 1 dx < ∞",
    ),
    "Tonelli of the same symbols": (
        lambda: same_law(Integrable(k(x, z) * f(x), dx, dz), Integrable(k(x, z) * f(z), dx, dz)),
        "Tonelli: ∫∫ |k(x,z) f(x)| dz dx < ∞ and ∫∫ |k(x,z) f(z)| dz dx < ∞ "
        "are different integrals",
    ),
    "Tonelli over fewer variables": (
        lambda: same_law(Integrable(f(x), dx), Integrable(f(x), dx, dz)),
        "Tonelli: ∫ |f(x)| dx < ∞ and ∫∫ |f(x)| dz dx < ∞ are different integrals",
    ),
    "Tonelli over another range": (
        lambda: same_law(Integrable(h(t), dt), Integrable(h(t), Lebesgue(t, 0, 2))),
        "Tonelli: ∫₀¹ |h(t)| dt < ∞ and ∫₀² |h(t)| dt < ∞ are different integrals",
    ),
    "sum": (
        lambda: integrability.sum_of_integrable(Integrable(f(x) * g(x), p(x))),
        "sum: expected a sum, found E_{x~p}[|f(x) g(x)|] < ∞",
    ),
    "constant factor": (
        lambda: integrability.constant_factor(Integrable(f(x), p(x))),
        "constant factor: none in E_{x~p}[|f(x)|] < ∞",
    ),
    "constant factor that is not": (
        lambda: integrability.constant_factor(Integrable(Ratio(h(t), f(x)), p(x))),
        "constant factor: none in E_{x~p}[|(h(t) / f(x))|] < ∞",
    ),
    "ratio": (
        lambda: integrability.cancelled_ratio(Integrable(Ratio(f(x), g(x)), p(x))),
        "ratio: no b·(a/b) in E_{x~p}[|(f(x) / g(x))|] < ∞",
    ),
    "Cauchy–Schwarz": (
        lambda: integrability.cauchy_schwarz(Integrable(norm2(a(x)), p(x))),
        "Cauchy–Schwarz: no inner product in E_{x~p}[‖a(x)‖²] < ∞",
    ),
    "parallelogram": (
        lambda: integrability.parallelogram(Integrable(norm2(a(x)), p(x))),
        "parallelogram: no squared norm of a sum in E_{x~p}[‖a(x)‖²] < ∞",
    ),
    "parallelogram of a product": (
        lambda: integrability.parallelogram(Integrable(Inner(a(x), a(x) + b(x)), p(x))),
        "parallelogram: no squared norm of a sum in E_{x~p}[|a(x)·(a(x) + b(x))|] < ∞",
    ),
    "second moment": (
        lambda: integrability.square_integrable(Integrable(f(x), p(x))),
        "second moment: expected a vector, found f(x)",
    ),
    "integral inside": (
        lambda: integrability.integral_inside(Integrable(f(x), p(x))),
        "Tonelli: no integral inside E_{x~p}[|f(x)|] < ∞",
    ),
    "Jensen": (
        lambda: integrability.jensen(Integrable(norm2(a(x)), p(x))),
        "Jensen: no squared conditional expectation with its weight in E_{x~p}[‖a(x)‖²] < ∞",
    ),
    "equal integrands": (
        lambda: integrability.equal_integrand(Integrable(g(x), p(x)), f_is_g),
        "equal integrands: f(x) is not in E_{x~p}[|g(x)|] < ∞",
    ),
    "equal integrands by a condition": (
        lambda: integrability.equal_integrand(Integrable(f(x), p(x)), vanishing),
        "equal_integrand: theorem must be an equation, found g(x) = 0 ⇒ f(x) = 0",
    ),
    "Fubini at the start": (
        lambda: almost.sections(Integrable(f(x), dx, dz), 0),
        (
            "sections: expected an integrability condition over more than 0, found ∫∫ "
            "|f(x)| dz dx < ∞"
        ),
    ),
    "Fubini at the end": (
        lambda: almost.sections(Integrable(f(x), dx, dz), 2),
        (
            "sections: expected an integrability condition over more than 2, found ∫∫ "
            "|f(x)| dz dx < ∞"
        ),
    ),
    "Fubini of an equation": (
        lambda: almost.sections(Equals(f(x), g(x)), 1),
        ("sections: expected an integrability condition over more than 1, found f(x) = g(x)"),
    ),
    "an order of two": (
        lambda: almost.reorder_almost(almost_equal, (0, 1)),
        (
            "almost everywhere: expected a statement whose variables have the order (0, "
            "1), found f(x) = g(x) for almost every x"
        ),
    ),
    "an order of an equation": (
        lambda: almost.reorder_almost(f_is_g, (0,)),
        (
            "almost everywhere: expected a statement whose variables have the order (0,), "
            "found f(x) = g(x)"
        ),
    ),
    "another law": (
        lambda: almost.under_law(almost_equal, [q(z)]),
        (
            "almost everywhere: expected a statement about the variables of the law, found "
            "f(x) = g(x) for almost every x"
        ),
    ),
    "the law of an equation": (
        lambda: almost.under_law(f_is_g, [p(x)]),
        (
            "almost everywhere: expected a statement about the variables of the law, found "
            "f(x) = g(x)"
        ),
    ),
    "no marginal": (
        lambda: almost.support_of_marginal(p(x)),
        "absolute continuity: expected a marginal by definition, found p(x)",
    ),
    "no density": (
        lambda: almost.support_of_marginal(f(x)),
        "absolute continuity: expected a marginal by definition, found f(x)",
    ),
    "not at a variable": (
        lambda: almost.support_of_marginal(marginal(a(x))),
        "absolute continuity: expected a marginal at variables, found m(a(x))",
    ),
    "given its own draw": (
        lambda: almost.support_of_marginal(scaled(f(x), x)),
        "absolute continuity: n_{f(x)}(x) is a density given its own draws",
    ),
    "no multiple": (
        lambda: rings.linear_combination(f_is_g, h(t), f(x), g(x)),
        "ring: f(x) − g(x) is not h(t) times f(x) = g(x)",
    ),
    "support": (
        lambda: almost.support_of_draw(f(x), g(x)),
        "support: expected a density, found g(x)",
    ),
    "a multiple of no condition": (
        lambda: almost.multiple_vanishes(Equals(f(x), g(x)), 0),
        "absolute continuity: expected b = 0 ⇒ a = 0, found f(x) = g(x)",
    ),
    "no factor": (
        lambda: almost.multiple_vanishes(VanishesWith(f(x) * h(t), g(x)), 2),
        "absolute continuity: expected more than 2 factors, found g(x) = 0 ⇒ f(x) h(t) = 0",
    ),
}

GOALS = {
    "Tonelli": (
        lambda goal: integrability.tonelli(goal, Integrable(f(x), dx), ()),
        lambda goal: integrability.tonelli(Integrable(f(x), dx), goal, ()),
        integrability.integral_inside,
    ),
    "finite measure": (integrability.finite_measure,),
    "sum": (integrability.sum_of_integrable,),
    "constant factor": (integrability.constant_factor,),
    "ratio": (integrability.cancelled_ratio,),
    "Cauchy–Schwarz": (integrability.cauchy_schwarz,),
    "parallelogram": (integrability.parallelogram,),
    "second moment": (integrability.square_integrable,),
    "Jensen": (integrability.jensen,),
    "equal integrands": (lambda goal: integrability.equal_integrand(goal, f_is_g),),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_rule_refuses(name: str) -> None:
    use, message = REFUSALS[name]
    with pytest.raises(RuleError) as error:
        use()
    assert str(error.value) == message


@pytest.mark.parametrize("rule", GOALS)
def test_a_condition_rule_wants_an_integrability(rule: str) -> None:
    for use in GOALS[rule]:
        with pytest.raises(RuleError) as error:
            use(ForAll(Equals(f(x), g(x)), x))  # type: ignore[arg-type]
        assert str(error.value) == (
            f"{rule}: expected an integrability condition, found f(x) = g(x) for every x"
        )
