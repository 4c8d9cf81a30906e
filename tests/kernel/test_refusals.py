"""What a rule refuses, and the message: the rule, what it expected, and what it found instead."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from sympy import S
from weakened import weakened

from fmproof import (
    ArgMin,
    CondExpect,
    Density,
    Div,
    Dominated,
    Exp,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    Lebesgue,
    Let,
    Log,
    Named,
    Normal,
    Param,
    Partial,
    Positive,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    Vec,
    norm2,
)
from fmproof.derived import (
    derivatives_inside,
    dominations,
    exponentials,
    functions_of_products,
    gaussian_products,
    gaussians,
    integrals_inside,
    joint_integrals,
    masses,
    null_sets,
    point_masses,
    ratios,
    restatements,
    signs,
)
from fmproof.errors import RuleError
from fmproof.kernel import (
    algebra,
    almost,
    calculus,
    conditional,
    equality,
    functions,
    gaussian,
    integrability,
    integrals,
    order,
    slopes,
)
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

s, t = Real("s t")
x, y, z, e = Vec("x y z e")
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
law = (q(z), r(x, z))
c, both = Field("c", x, given=z), Scalar("H", x, z)
same_h = integrals.reorder_draws(Expect(both(x, z), q(z), p(x)), (1, 0))
moved_h = integrals.substitute_draws(Expect(both(x, z), q(z), Let(x, a(z))))

f_is_g = sequents.assume(Equals(f(x), g(x)))
mass_of_f = sequents.assume(Equals(f(x), Integral(q(z), z)))
mean_of_c = Integral(c(x, z) * Ratio(q(z), f(x)), z)
g_is_f = sequents.assume(Equals(g(x), f(x)))
vanishing = sequents.assume(VanishesWith(f(x), g(x)))
almost_equal = sequents.assume(Almost(Equals(f(x), g(x)), dx))


def any_tonelli(goal: Integrable, premise: Integrable) -> None:
    """The rule in every order of up to two variables; raises the last refusal of one that fits."""
    refusal: RuleError | None = None
    for places in (found for size in range(3) for found in permutations(range(size))):
        try:
            integrability.tonelli(goal, premise, places)
        except RuleError as error:
            if refusal is None or not str(error).startswith("reorder"):
                refusal = error
        else:
            return
    assert refusal is not None
    raise refusal


REFUSALS: dict[str, tuple[Callable[[], Any], str]] = {
    "assume": (lambda: sequents.assume(f(x)), "assume: prop must be a proposition, found f(x)"),
    "restate": (
        lambda: restatements.restate(f_is_g, Equals(f(y), g(y))),
        "restate: f(y) = g(y) is not f(x) = g(x)",
    ),
    "restate a term": (
        lambda: restatements.restate(f_is_g, f(x)),
        "assume: prop must be a proposition, found f(x)",
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
        lambda: equality.congruence(Expect(h(t), r(x, z)), {1: restatements.reflexivity(r(x, z))}),
        "congruence: cannot rewrite inside E_{x~r(·|z)}[h(t)] at 1",
    ),
    "congruence in a parameter": (
        lambda: equality.congruence(Grad(loss(theta), theta), {1: restatements.reflexivity(theta)}),
        "congruence: cannot rewrite inside ∇_θ L(θ) at 1",
    ),
    "congruence in a name": (
        lambda: equality.congruence(Named("C", f(x)), {1: restatements.reflexivity(f(x))}),
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
        "instance: expected a density of the same variables over the same ranges for p, found f(x)",
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
        lambda: ratios.cancel(g(x) * Ratio(f(x), p(x))),
        "cancel: expected a product with b and a/b, found g(x) (f(x) / p(x))",
    ),
    "cancel a divisor with itself": (
        lambda: ratios.cancel(Ratio(f(x), p(x))),
        "cancel: expected a product with b and a/b, found (f(x) / p(x))",
    ),
    "linearity": (
        lambda: integrals.linearity(f(x) + 1),
        "linearity: term must be an integral or expectation, found f(x) + 1",
    ),
    "linearity of one thing": (
        lambda: integrals.linearity(Integral(f(x), x)),
        "linearity: nothing to separate in ∫ f(x) dx",
    ),
    "inner product": (
        lambda: integrals_inside.inner_of_integral(f(x) * Inner(a(x), b(x))),
        "linearity: expected an inner product with an integral, found f(x) a(x)·b(x)",
    ),
    "mass of a function": (
        lambda: masses.unit_mass(Integral(f(x), x)),
        "mass: expected an integral of a density, found ∫ f(x) dx",
    ),
    "mass of a density of something else": (
        lambda: masses.unit_mass(Integral(r(x, z), z)),
        "mass: expected an integral over all that p draws, found ∫ r(x|z) dz",
    ),
    "mass of a product": (
        lambda: masses.unit_mass(Integral(p(x) * f(x), x)),
        "mass: expected an integral of a density, found ∫ f(x) p(x) dx",
    ),
    "mass of a part": (
        lambda: masses.unit_mass(Integral(rho(t), (t, 0, S.Half))),
        "mass: expected an integral over all that p draws, found ∫_{0}^{1/2} ρ(t) dt",
    ),
    "no mass": (
        lambda: masses.unit_mass(f(x)),
        "mass: expected an integral, found f(x)",
    ),
    "fubini": (
        lambda: joint_integrals.fubini(Integral(f(x), x)),
        "fubini: expected two nested integrals, found ∫ f(x) dx",
    ),
    "fubini of an expectation": (
        lambda: joint_integrals.fubini(Integral(mean, (t, 0, 1))),
        "fubini: expected two nested integrals, found ∫₀¹ E_{x~p}[f(x)] dt",
    ),
    "joint": (
        lambda: joint_integrals.joint_integral(f(x)),
        "joint: expected two nested integrals, found f(x)",
    ),
    "expectation": (
        lambda: integrals.expectation_as_integral(Integral(f(x), x)),
        "expectation_as_integral: term must be an expectation, found ∫ f(x) dx",
    ),
    "tower of no draw": (
        lambda: integrals.iterated_expectation(mean, 0),
        "tower: expected an integral or expectation over more than 0, found E_{x~p}[f(x)]",
    ),
    "tower of all draws": (
        lambda: integrals.iterated_expectation(mean, 1),
        "tower: expected an integral or expectation over more than 1, found E_{x~p}[f(x)]",
    ),
    "tower of an integral": (
        lambda: integrals.iterated_expectation(f(x), 1),
        "iterated_expectation: term must be an integral or expectation, found f(x)",
    ),
    "marginalisation": (
        lambda: integrals.marginal_draw(f(x), 0),
        "marginal_draw: term must be an expectation, found f(x)",
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
        "drop_draw: term must be an expectation, found f(x)",
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
        ("reorder: expected 0 to 0, each once, found (0, 1)"),
    ),
    "reorder an integral": (
        lambda: integrals.reorder_draws(f(x), (0,)),
        "reorder_draws: term must be an integral or expectation, found f(x)",
    ),
    "derivative": (
        lambda: calculus.derivative(loss(theta)),
        "derivative: term must be a derivative, found L(θ)",
    ),
    "derivative of one thing": (
        lambda: calculus.derivative(Grad(loss(theta), theta)),
        "derivative: nothing to separate in ∇_θ L(θ)",
    ),
    "minimisers": (
        lambda: derivatives_inside.minimisers_of_shift(loss(theta)),
        "minimisers: expected argmin, found L(θ)",
    ),
    "minimisers without a constant": (
        lambda: derivatives_inside.minimisers_of_shift(ArgMin(loss(theta), theta)),
        "minimisers: no summand of L(θ) is free of θ",
    ),
    "differentiable": (
        lambda: calculus.differentiable(Equals(f(x), g(x))),
        "differentiable: goal must be a differentiability, found f(x) = g(x)",
    ),
    "differentiable summand": (
        lambda: calculus.differentiable(Differentiable(loss(theta), theta)),
        "differentiable: nothing to separate in θ ↦ L(θ) is differentiable at θ",
    ),
    "differentiable along a condition": (
        lambda: equality.equal_sides(Differentiable(f(x), x), {0: vanishing}),
        "equal_sides: parts must be an equation, found g(x) = 0 ⇒ f(x) = 0",
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
        lambda: any_tonelli(Integrable(f(x), p(x)), Integrable(g(x), p(x))),
        "Tonelli: E_{x~p}[|f(x)|] < ∞ and E_{x~p}[|g(x)|] < ∞ are different integrals",
    ),
    "Tonelli in an order of two": (
        lambda: integrability.tonelli(Integrable(f(x), dx), Integrable(f(y), Lebesgue(y)), (1, 0)),
        "reorder: expected 0 to 0, each once, found (1, 0)",
    ),
    "finite measure": (
        lambda: integrability.finite_measure(Integrable(1, dx)),
        "finite measure: not the integral of a constant: ∫ 1 dx < ∞",
    ),
    "Tonelli of the same symbols": (
        lambda: any_tonelli(Integrable(k(x, z) * f(x), dx, dz), Integrable(k(x, z) * f(z), dx, dz)),
        "Tonelli: ∫∫ |k(x,z) f(x)| dz dx < ∞ and ∫∫ |k(x,z) f(z)| dz dx < ∞ "
        "are different integrals",
    ),
    "Tonelli over fewer variables": (
        lambda: any_tonelli(Integrable(f(x), dx), Integrable(f(x), dx, dz)),
        "Tonelli: ∫ |f(x)| dx < ∞ and ∫∫ |f(x)| dz dx < ∞ are different integrals",
    ),
    "Tonelli over another range": (
        lambda: any_tonelli(Integrable(h(t), dt), Integrable(h(t), Lebesgue(t, 0, 2))),
        "Tonelli: ∫₀¹ |h(t)| dt < ∞ and ∫₀² |h(t)| dt < ∞ are different integrals",
    ),
    "sum": (
        lambda: dominations.sum_of_integrable(Integrable(f(x) * g(x), p(x))),
        "sum: expected a sum, found E_{x~p}[|f(x) g(x)|] < ∞",
    ),
    "constant factor": (
        lambda: dominations.constant_factor(Integrable(f(x), p(x))),
        "constant factor: none in E_{x~p}[|f(x)|] < ∞",
    ),
    "constant factor that is not": (
        lambda: dominations.constant_factor(Integrable(Ratio(h(t), f(x)), p(x))),
        "constant factor: none in E_{x~p}[|(h(t) / f(x))|] < ∞",
    ),
    "ratio": (
        lambda: ratios.cancelled_ratio(Integrable(Ratio(f(x), g(x)), p(x))),
        "ratio: no b·(a/b) in E_{x~p}[|(f(x) / g(x))|] < ∞",
    ),
    "Cauchy–Schwarz": (
        lambda: dominations.cauchy_schwarz(Integrable(norm2(a(x)), p(x))),
        "Cauchy–Schwarz: no inner product in E_{x~p}[‖a(x)‖²] < ∞",
    ),
    "Cauchy–Schwarz for one scalar": (
        lambda: dominations.scalar_cauchy_schwarz(Integrable(f(x) * g(x), p(x)), 1, 1),
        "Cauchy–Schwarz: expected factors 1 and 1, found E_{x~p}[|f(x) g(x)|] < ∞",
    ),
    "Cauchy–Schwarz for a scalar and a vector": (
        lambda: dominations.scalar_cauchy_schwarz(Integrable(f(x) * a(x), p(x)), 0, 1),
        "Cauchy–Schwarz: a(x) and f(x) are not both scalars",
    ),
    "second moment of a scalar": (
        lambda: dominations.scalar_square_integrable(Integrable(a(x), p(x)), 0),
        "second moment: expected a scalar factor 0, found E_{x~p}[‖a(x)‖] < ∞",
    ),
    "parallelogram": (
        lambda: dominations.parallelogram(Integrable(norm2(a(x)), p(x))),
        "parallelogram: no squared norm of a sum in E_{x~p}[‖a(x)‖²] < ∞",
    ),
    "parallelogram of a product": (
        lambda: dominations.parallelogram(Integrable(Inner(a(x), a(x) + b(x)), p(x))),
        "parallelogram: no squared norm of a sum in E_{x~p}[|a(x)·(a(x) + b(x))|] < ∞",
    ),
    "second moment": (
        lambda: dominations.square_integrable(Integrable(f(x), p(x))),
        "second moment: expected a vector, found f(x)",
    ),
    "combination of too few": (
        lambda: integrability.combination_integrable(
            Integrable(f(x), p(x)), [S.One, S.One], [f(x)]
        ),
        "combination: 2 coefficients of 1 functions",
    ),
    "a number of Python's": (
        lambda: integrability.product_integrable(1, f(x), a(x), [p(x)]),  # type: ignore[arg-type]
        "product_integrable: weight must be a term, found an int; write Rational(1)",
    ),
    "combination of others": (
        lambda: integrability.combination_integrable(
            Integrable(f(x) + g(x), p(x)), [S.One, S.NegativeOne], [f(x), g(x)]
        ),
        "combination: f(x) − g(x) is not the integrand of E_{x~p}[|f(x) + g(x)|] < ∞",
    ),
    "combination with what varies": (
        lambda: integrability.combination_integrable(Integrable(f(x) * g(x), p(x)), [f(x)], [g(x)]),
        "combination: f(x) is no constant in E_{x~p}[|f(x) g(x)|] < ∞",
    ),
    "mean square by what is no mass": (
        lambda: integrability.mean_square_integrable(
            S.One, a(x), restatements.reflexivity(a(x)), f_is_g, [dx]
        ),
        "Jensen: expected a mass ∫ j with j ≥ 0, found g(x)",
    ),
    "mean square by a mass that may be negative": (
        lambda: integrability.mean_square_integrable(
            S.One,
            a(x),
            restatements.reflexivity(a(x)),
            sequents.assume(Equals(f(x), Integral(k(x, z), z))),
            [dx],
        ),
        "Jensen: expected a mass ∫ j with j ≥ 0, found ∫ k(x,z) dz",
    ),
    "mean square of no average": (
        lambda: integrability.mean_square_integrable(
            S.One, a(x), restatements.reflexivity(a(x)), mass_of_f, [dx]
        ),
        "Jensen: a(x) is no average by the mass f(x)",
    ),
    "mean square with a weight that would be captured": (
        lambda: integrability.mean_square_integrable(
            f(z), c(x, z), restatements.reflexivity(mean_of_c), mass_of_f, [dx]
        ),
        "Jensen: ∫ |f(x) f(z) ‖∫ c(x|z) (q(z) / f(x)) dz‖²| dx < ∞ is about what ∫ q(z) dz "
        "integrates over",
    ),
    "integral inside": (
        lambda: integrals_inside.integral_inside(Integrable(f(x), p(x))),
        "Tonelli: no integral inside E_{x~p}[|f(x)|] < ∞",
    ),
    "Jensen": (
        lambda: dominations.jensen(Integrable(norm2(a(x)), p(x))),
        "Jensen: no squared conditional expectation with its weight in E_{x~p}[‖a(x)‖²] < ∞",
    ),
    "equal integrands": (
        lambda: equality.equal_sides(Integrable(g(x), p(x)), {0: f_is_g}),
        "equal sides: f(x) is not argument 0 of E_{x~p}[|g(x)|] < ∞",
    ),
    "equal integrands by a condition": (
        lambda: equality.equal_sides(Integrable(f(x), p(x)), {0: vanishing}),
        "equal_sides: parts must be an equation, found g(x) = 0 ⇒ f(x) = 0",
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
        ("sections: prop must be an integrability condition, found f(x) = g(x)"),
    ),
    "an order of two": (
        lambda: null_sets.reorder_almost(almost_equal, (0, 1)),
        ("reorder: expected 0 to 0, each once, found (0, 1)"),
    ),
    "an order of an equation": (
        lambda: null_sets.reorder_almost(f_is_g, (0,)),
        ("reorder: expected a statement for almost every value, found f(x) = g(x)"),
    ),
    "another law": (
        lambda: almost.under_law(almost_equal, [q(z)]),
        (
            "almost everywhere: expected a statement about the variables of the law, found "
            "f(x) = g(x) for almost every x"
        ),
    ),
    "a law of half of the line": (
        lambda: almost.under_law(
            sequents.assume(Almost(Equals(h(t), 0), Lebesgue(t, 0, 1))), [Lebesgue(t)]
        ),
        (
            "almost everywhere: expected a statement about the variables of the law, found "
            "h(t) = 0 for almost every t∈[0,1]"
        ),
    ),
    "a law for another law": (
        lambda: almost.under_law(sequents.assume(Almost(Equals(k(x, z), 0), q(z), dx)), [dz, dx]),
        (
            "almost everywhere: expected a statement about the variables of the law, found "
            "k(x,z) = 0 for almost every z~q, x"
        ),
    ),
    "fewer variables of a law": (
        lambda: almost.under_law(sequents.assume(Almost(Equals(f(x), 0), q(z), dx)), [dx]),
        (
            "almost everywhere: expected a statement about the variables of the law, found "
            "f(x) = 0 for almost every z~q, x"
        ),
    ),
    "the law of an equation": (
        lambda: almost.under_law(f_is_g, [p(x)]),
        "almost everywhere: expected a statement for almost every value, found f(x) = g(x)",
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
        "absolute continuity: expected a marginal at variables, not given any, found m(a(x))",
    ),
    "given its own draw": (
        lambda: almost.support_of_marginal(scaled(f(x), x)),
        ("absolute continuity: expected a marginal at variables, not given any, found n_{f(x)}(x)"),
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
        lambda: ratios.multiple_vanishes(Equals(f(x), g(x)), 0),
        "absolute continuity: expected b = 0 ⇒ a = 0, found f(x) = g(x)",
    ),
    "no factor": (
        lambda: ratios.multiple_vanishes(VanishesWith(f(x) * h(t), g(x)), 2),
        "absolute continuity: expected more than 2 factors, found g(x) = 0 ⇒ f(x) h(t) = 0",
    ),
    "derivative of a function without a rule": (
        lambda: calculus.derivative(Grad(Integral(k(x, z), z), x)),
        "derivative: no rule for ∇_x [∫ k(x,z) dz]",
    ),
    "derivative of a defined density": (
        lambda: calculus.derivative(Grad(marginal(x), x)),
        "derivative: no rule for ∇_x m(x)",
    ),
    "gradient of an inner product with a field": (
        lambda: calculus.derivative(Grad(Inner(a(x), z), x)),
        "derivative: a(x') is not c·x' + m",
    ),
    "no chain rule for a divergence": (
        lambda: calculus.derivative(Div(a(2 * x), x)),
        "derivative: no chain rule for div_x a(2 x)",
    ),
    "differentiability of a definition": (
        lambda: calculus.differentiable(Differentiable(marginal(x), x)),
        "derivative: no rule for m(x')",
    ),
    "differentiability of an integral in its law": (
        lambda: calculus.differentiable(Differentiable(Expect(f(z), r(z, x)), x)),
        "derivative: no rule for E_{z~r(·|x')}[f(z)]",
    ),
    "one variable less than one": (
        lambda: calculus.fewer_variables(Differentiable(f(x), x), x),
        "differentiable: expected a joint differentiability in x, found x ↦ f(x) is "
        "differentiable at x",
    ),
    "a variable less that is not there": (
        lambda: calculus.fewer_variables(Differentiable(h(t) * f(x), t, s, x, y), z),
        "differentiable: expected a joint differentiability in z, found (t,x) ↦ f(x) h(t) is "
        "differentiable at (s,y)",
    ),
    "fewer variables of an equation": (
        lambda: calculus.fewer_variables(Equals(f(x), g(x)), x),
        "fewer_variables: premise must be a differentiability, found f(x) = g(x)",
    ),
    "differentiable along another equation": (
        lambda: equality.equal_sides(Differentiable(g(x), x), {0: f_is_g}),
        "equal sides: f(x) is not argument 0 of x ↦ g(x) is differentiable at x",
    ),
    "exchange without an integral": (
        lambda: calculus.exchange(Grad(f(x), x)),
        "exchange: expected a derivative of an integral, found ∇_x f(x)",
    ),
    "exchange of no derivative": (
        lambda: calculus.exchange(mean),
        "exchange: term must be a derivative, found E_{x~p}[f(x)]",
    ),
    "exchange in the law": (
        lambda: calculus.exchange(Grad(Expect(k(x, z), r(z, x)), x)),
        "exchange: the measure depends on x' in ∇_x E_{z~r(·|x)}[k(x,z)]",
    ),
    "integrable derivative of a function": (
        lambda: derivatives_inside.integrable_derivative(Integrable(f(x), p(x))),
        "domination: expected that a derivative is integrable, found E_{x~p}[|f(x)|] < ∞",
    ),
    "integrable derivative at what is integrated": (
        lambda: derivatives_inside.integrable_derivative(Integrable(Grad(k(x, z), x, y), p(y))),
        "domination: what is integrated moves the place of ∇_y k(y,z)",
    ),
    "integrable derivative of an equation": (
        lambda: derivatives_inside.integrable_derivative(Equals(f(x), g(x))),
        "domination: expected an integrability condition, found f(x) = g(x)",
    ),
    "domination with a variance that moves": (
        lambda: gaussians.gaussian_dominated(Dominated(f(z) * Normal(x, z, f(z)), x, y, q(z))),
        "domination: no Gaussian density in ∇_y (f(z) N(y; z, f(z)·I)) exists and is "
        "dominated near y, "
        "over z~q",
    ),
    "domination with a factor that moves": (
        lambda: gaussians.gaussian_dominated(Dominated(f(x) * Normal(x, z, 1), x, y, q(z))),
        "domination: no Gaussian density in ∇_y (f(y) N(y; z, 1·I)) exists and is "
        "dominated near y, over z~q",
    ),
    "domination at a multiple": (
        lambda: gaussians.gaussian_dominated(Dominated(Normal(2 * x, z, 1), x, y, q(z))),
        "domination: no Gaussian density in ∇_y N(2 y; z, 1·I) exists and is dominated "
        "near y, over z~q",
    ),
    "domination in both arguments": (
        lambda: gaussians.gaussian_dominated(Dominated(Normal(x, x, 1), x, y, q(z))),
        "domination: no Gaussian density in ∇_y N(y; y, 1·I) exists and is dominated near "
        "y, over z~q",
    ),
    "domination of an integral": (
        lambda: gaussians.gaussian_dominated(Integrable(f(x), dx)),
        "domination: expected a domination, found ∫ |f(x)| dx < ∞",
    ),
    "divergence of something else": (
        lambda: derivatives_inside.divergence_theorem(Integral(Div(k(y, x) * a(y), y, x), x)),
        (
            "divergence theorem: not the integral of a derivative: ∫ [div_y (k(y,x) a(y))]_{y"
            " = x} dx"
        ),
    ),
    "divergence at another place": (
        lambda: derivatives_inside.divergence_theorem(Integral(Div(a(y), y, 2 * x), x)),
        ("divergence theorem: not the integral of a derivative: ∫ [div_y a(y)]_{y = 2 x} dx"),
    ),
    "divergence under a law": (
        lambda: derivatives_inside.divergence_theorem(Expect(Div(a(x), x), p(x))),
        "divergence theorem: expected ∫ div F dx, found E_{x~p}[div_x a(x)]",
    ),
    "trace of a drawn field": (
        lambda: derivatives_inside.trace_by_probe(
            Expect(Inner(z, Grad(Inner(z, c(x, z)), x)), q(z))
        ),
        "trace: c(x'|z) at x depends on what is drawn in E_{z~q}[z·(∇_x (z·c(x|z)))]",
    ),
    "trace at a drawn place": (
        lambda: derivatives_inside.trace_by_probe(
            Expect(Inner(z, Grad(Inner(z, a(x)), x, z)), q(z))
        ),
        "trace: a(x) at z depends on what is drawn in E_{z~q}[z·([∇_x (z·a(x))]_{x = z})]",
    ),
    "trace with two probes": (
        lambda: derivatives_inside.trace_by_probe(Expect(Inner(z, Grad(Inner(y, a(x)), x)), q(z))),
        "trace: expected ⟨e, ∇ ⟨e, f⟩⟩ for a drawn e, found z·(∇_x (y·a(x)))",
    ),
    "trace of no average": (
        lambda: derivatives_inside.trace_by_probe(Inner(z, Grad(Inner(z, a(x)), x))),
        "trace: expected E[⟨e, ∇ ⟨e, f⟩⟩], found z·(∇_x (z·a(x)))",
    ),
    "fundamental theorem of something else": (
        lambda: derivatives_inside.fundamental_theorem(
            Integral(Partial(h(s * t), s, t), (t, 0, 1))
        ),
        "fundamental theorem: not the integral of a derivative: ∫₀¹ [∂_s h(s t)]_{s = t} dt",
    ),
    "fundamental theorem at another place": (
        lambda: derivatives_inside.fundamental_theorem(
            Integral(Partial(h(s), s, 2 * t), (t, 0, 1))
        ),
        "fundamental theorem: not the integral of a derivative: ∫₀¹ [∂_s h(s)]_{s = 2 t} dt",
    ),
    "fundamental theorem of the whole line": (
        lambda: derivatives_inside.fundamental_theorem(Integral(Partial(h(t), t), t)),
        "fundamental theorem: expected ∫ₐᵇ ∂F dt, found ∫ ∂_t h(t) dt",
    ),
    "integrable over the whole line": (
        lambda: slopes.integrable_between(Integrable(h(t), Lebesgue(t))),
        "continuity: expected an integrability over an interval, found ∫ |h(t)| dt < ∞",
    ),
    "integrable under a law": (
        lambda: slopes.integrable_between(Integrable(h(t), rho(t))),
        "continuity: expected an integrability over an interval, found E_{t~ρ}[|h(t)|] < ∞",
    ),
    "equal sides inside a quantifier": (
        lambda: equality.equal_sides(ForAll(Positive(f(x)), x), {0: f_is_g}),
        "equal sides: cannot rewrite inside f(x) > 0 for every x at 0",
    ),
    "equal sides of another": (
        lambda: equality.equal_sides(Positive(g(x)), {0: f_is_g}),
        "equal sides: f(x) is not argument 0 of g(x) > 0",
    ),
    "equal sides after the last": (
        lambda: equality.equal_sides(Positive(f(x)), {1: f_is_g}),
        "equal sides: cannot rewrite inside f(x) > 0 at 1",
    ),
    "field": (
        lambda: rings.field(f(x), g(x)),
        "field: f(x) and g(x) are not equal as fractions",
    ),
    "field and a divisor 0": (
        lambda: rings.field(Ratio(f(x), g(x) - g(x)), S.Zero),
        "field: (f(x) / 0) and 0 are not equal as fractions",
    ),
    "substitution without a deterministic draw": (
        lambda: integrals.substitute_draws(mean),
        "substitution: expected an expectation with a deterministic draw, found E_{x~p}[f(x)]",
    ),
    "pull-out of what is not given": (
        lambda: conditional.pull_out(k(x, z), f(x), (x,), law, 0),
        "conditional expectation: k(x,z) is no function of the given",
    ),
    "pull-out with nothing given": (
        lambda: conditional.pull_out(f(x), k(x, z), (), law, 0),
        "conditional expectation: f(x) is no function of the given",
    ),
    "pull-out under no draw": (
        lambda: conditional.pull_out(f(x), k(x, z), (x,), law, 2),
        "conditional expectation: no law after 2 of 2 draws",
    ),
    "pull-out of a vector that is not given": (
        lambda: conditional.pull_out(c(x, z), a(x), (x,), law, 0),
        "conditional expectation: c(x|z) is no function of the given",
    ),
    "pull-out of what is given outside": (
        lambda: conditional.pull_out(k(x, z), f(z), (z,), law, 1),
        "conditional expectation: k(x,z) is no function of the given",
    ),
    "contraction under Lebesgue measure": (
        lambda: conditional.contraction(S.One, k(x, z), (x,), (dx, q(z)), 0),
        "conditional expectation: no law after 0 of 2 draws",
    ),
    "contraction beside what is not given": (
        lambda: conditional.contraction(k(x, z), f(x), (x,), law, 0),
        "conditional expectation: k(x,z) is no function of the given",
    ),
    "contraction of a square beside what is not given": (
        lambda: conditional.contraction_of_square(k(x, z), f(x), (x,), law, 0),
        "conditional expectation: k(x,z) is no function of the given",
    ),
    "take out what is not given": (
        lambda: conditional.take_out(k(x, z), S.One, (x,), law),
        "conditional expectation: k(x,z) is no function of the given",
    ),
    "take out a factor that is not given": (
        lambda: conditional.take_out(k(x, z), f(x), (x,), law),
        "conditional expectation: k(x,z) is no function of the given",
    ),
    "conditional linearity of one": (
        lambda: conditional.conditional_linearity(CondExpect(k(x, z), (x, y), *law)),
        "conditional linearity: nothing to separate in E_{z~q, y~r(·|z)}[k(y,z) | y]",
    ),
    "conditional linearity of an expectation": (
        lambda: conditional.conditional_linearity(mean),
        ("conditional_linearity: term must be a conditional expectation, found E_{x~p}[f(x)]"),
    ),
    "Bayes for another variable": (
        lambda: conditional.bayes(CondExpect(k(x, z), (z, y), *law), f_is_g),
        (
            "Bayes: expected E[f|X = x] where x is drawn last, from a density, found E_{y~q, "
            "x~r(·|y)}[k(x,y) | y]"
        ),
    ),
    "Bayes without a law before": (
        lambda: conditional.bayes(CondExpect(f(x), (x, y), p(x)), f_is_g),
        "Bayes: expected E[f|X = x] where x is drawn last, from a density, found E_{y~p}[f(y) | y]",
    ),
    "Bayes after a deterministic draw": (
        lambda: conditional.bayes(CondExpect(k(x, z), (x, y), q(z), Let(x, a(z))), f_is_g),
        "Bayes: expected E[f|X = x] where x is drawn last, from a density, found E_{z~q, "
        "y:=a(z)}[k(y,z) | y]",
    ),
    "Bayes with another marginal": (
        lambda: conditional.bayes(CondExpect(k(x, z), (x, y), *law), f_is_g),
        "Bayes: f(x) = g(x) is not the marginal of r(x|z)",
    ),
    "equal laws of other functions": (
        lambda: conditional.transfer(Integrable(f(x), p(x)), moved_h, k),
        "equal laws: expected an expectation of k(…), found E_{z~q, x:=a(z)}[H(x,z)]",
    ),
    "equal laws of an equation": (
        lambda: conditional.transfer(Integrable(f(x), p(x)), f_is_g, f),
        "equal laws: expected an expectation of f(…), found f(x)",
    ),
    "equal laws and a function used twice": (
        lambda: conditional.transfer(
            Integrable(f(x), p(x)),
            restatements.reflexivity(Expect(both(x, both(x, z) * z), q(z), p(x))),
            both,
        ),
        "equal laws: H(x,z) z restricts H",
    ),
    "equal laws under a hypothesis on the function": (
        lambda: conditional.transfer(
            Integrable(f(x), p(x)), weakened(same_h, Equals(both(x, z), 1)), both
        ),
        "equal laws: H(x,z) = 1 restricts H",
    ),
    "equal laws of a density": (
        lambda: conditional.transfer(
            Integrable(f(x), p(x)), restatements.reflexivity(Expect(r(x, z), q(z), p(x))), r
        ),
        "equal laws: r is not an arbitrary real function",
    ),
    "equal laws given a value": (
        lambda: conditional.transfer(Integrable(f(z), q(z)), equality.symmetry(moved_h), both),
        "equal laws: expected drawn variables in H(a(z),z)",
    ),
    "transfer of an equation": (
        lambda: conditional.transfer(Equals(f(x), g(x)), moved_h, both),
        "transfer: expected an integrability or almost sure statement, found f(x) = g(x)",
    ),
    "transfer under another law": (
        lambda: conditional.transfer(Integrable(f(x), p(x)), moved_h, both),
        "transfer: E_{x~p}[|f(x)|] < ∞ is not under the law of E_{z~q, x:=a(z)}[H(x,z)]",
    ),
    "transfer of more than is equal in law": (
        lambda: conditional.transfer(
            Integrable(k(x, z), q(z), p(x)), integrals.drop_draw(Expect(f(x), q(z), p(x)), 0), f
        ),
        "transfer: E_{z~q, x~p}[|k(x,z)|] < ∞ is about more than f(x)",
    ),
    "no deterministic draw": (
        lambda: point_masses.draw_equation(law, 0),
        "draw: expected a deterministic draw at 0, found q(z)",
    ),
    "no such draw": (
        lambda: point_masses.draw_equation(law, 2),
        "draw: expected a deterministic draw at 2, found q(z)",
    ),
    "logarithm of a function": (
        lambda: functions_of_products.logarithm(Log(f(x))),
        "logarithm: expected the logarithm of a product or ratio, found log f(x)",
    ),
    "logarithm of a sum": (
        lambda: functions_of_products.logarithm(Log(f(x) + 1)),
        "logarithm: expected the logarithm of a product or ratio, found log (f(x) + 1)",
    ),
    "logarithm of a large power": (
        lambda: functions_of_products.logarithm(Log(f(x) ** 9999)),
        "logarithm: the power in log (f(x)⁹⁹⁹⁹) is too large",
    ),
    "no logarithm": (
        lambda: functions_of_products.logarithm(f(x)),
        "logarithm: expected a logarithm, found f(x)",
    ),
    "exponential of a function": (
        lambda: exponentials.exponential(Exp(f(x))),
        "exponential: expected exp of a sum, of log or of 0, found exp(f(x))",
    ),
    "no exponential": (
        lambda: exponentials.exponential(f(x)),
        "exponential: expected exp of a sum, of log or of 0, found f(x)",
    ),
    "roots of two things": (
        lambda: functions_of_products.root_squared(Sqrt(f(x)) * Sqrt(g(x))),
        "root: expected √a·√a in a product, found √f(x) √g(x)",
    ),
    "root of no product": (
        lambda: functions_of_products.root_of_product(Sqrt(f(x))),
        "root: expected the root of a product, found √f(x)",
    ),
    "root of a fourth power": (
        lambda: functions.absolute_value(Sqrt(f(x) ** 4)),
        "root: expected √(a²) or |a|, found √(f(x)⁴)",
    ),
    "no root": (
        lambda: functions.absolute_value(f(x)),
        "root: expected √(a²) or |a|, found f(x)",
    ),
    "a negative number is not positive": (
        lambda: order.positive(Positive(-2), 0),
        "positive: expected a number > 0, found −2",
    ),
    "what is not clearly positive": (
        lambda: order.positive(Positive(f(x)), 0),
        "positive: expected what is clearly ≥ 0, found f(x)",
    ),
    "a sum with another that may be negative": (
        lambda: order.positive(Positive(f(x) + w(t)), 1),
        "positive: expected other summands that are clearly ≥ 0, found f(x) + w(t)",
    ),
    "a summand that is not there": (
        lambda: order.positive(Positive(f(x) + w(t)), 2),
        "positive: expected a sum with summand 2, found f(x) + w(t)",
    ),
    "positive by an equation": (
        lambda: order.positive(Equals(f(x), g(x)), 0),
        "positive: goal must be 0 < a, found f(x) = g(x)",
    ),
    "nonnegative from the other side": (
        lambda: signs.nonnegative_parts(AtMost(1, f(x))),
        "nonnegative: expected 0 ≤ a, found 1 ≤ f(x)",
    ),
    "nonnegative by an equation": (
        lambda: signs.nonnegative_parts(Equals(f(x), g(x))),
        "nonnegative: expected 0 ≤ a, found f(x) = g(x)",
    ),
    "nonzero by an equation": (
        lambda: order.nonzero(Equals(f(x), g(x))),
        "nonzero: goal must be b = 0 ⇒ a = 0, found f(x) = g(x)",
    ),
    "zero does not vanish with nothing": (
        lambda: order.product_vanishes(VanishesWith(h(t), 0)),
        "nonzero: expected a product or ratio, found 0",
    ),
    "no product vanishes": (
        lambda: order.product_vanishes(VanishesWith(h(t), f(x))),
        "nonzero: expected a product or ratio, found f(x)",
    ),
    "a product vanishes by an equation": (
        lambda: order.product_vanishes(Equals(f(x), g(x))),
        "product_vanishes: goal must be b = 0 ⇒ a = 0, found f(x) = g(x)",
    ),
    "Gaussian density": (
        lambda: gaussian.gaussian_density(p(x)),
        "Gaussian: expected N(x; m, v), found p(x)",
    ),
    "reparametrisation of another density": (
        lambda: gaussian.reparametrise(mean, 0, h(t), e),
        "Gaussian: expected a Gaussian draw, found E_{x~p}[f(x)]",
    ),
    "reparametrisation with another scale": (
        lambda: gaussian.reparametrise(Expect(f(x), Normal(x, z, h(t))), 0, h(t), e),
        "Gaussian: h(t) is not the square of h(t)",
    ),
    "reparametrisation with a noise that is used": (
        lambda: gaussian.reparametrise(Expect(f(x), Normal(x, z, 1)), 0, S.One, z),
        "Gaussian: z is no new vector in E_{x~N(z, 1·I)}[f(x)]",
    ),
    "reparametrisation with a drawn noise": (
        lambda: gaussian.reparametrise(Expect(f(x), Normal(x, z, 1)), 0, S.One, x),
        "Gaussian: x is no new vector in E_{x~N(z, 1·I)}[f(x)]",
    ),
    "reparametrisation with a real noise": (
        lambda: gaussian.reparametrise(Expect(f(x), Normal(x, z, 1)), 0, S.One, t),
        "Gaussian: t is no new vector in E_{x~N(z, 1·I)}[f(x)]",
    ),
    "reparametrisation of no draw": (
        lambda: gaussian.reparametrise(Expect(f(x), Normal(x, z, 1)), 1, S.One, e),
        "Gaussian: expected a Gaussian draw, found E_{x~N(z, 1·I)}[f(x)]",
    ),
    "Gaussian mean of what it draws": (
        lambda: gaussian.gaussian_mean(Normal(x, x, w(t))),
        "Gaussian: N(x; x, w(t)·I) depends on what it draws",
    ),
    "Gaussian mean at a value": (
        lambda: gaussian.gaussian_mean(Normal(a(x), z, w(t))),
        "Gaussian: expected x~N(m, v), found N(a(x); z, w(t)·I)",
    ),
    "Gaussian covariance in a drawn direction": (
        lambda: gaussian.gaussian_covariance(Normal(x, z, w(t)), y, a(x)),
        "Gaussian: y and a(x) depend on x",
    ),
    "Gaussian moments of a function": (
        lambda: gaussian.gaussian_moments(Integrable(f(x), Normal(x, z, w(t)))),
        "Gaussian: f(x) is not a polynomial in x",
    ),
    "Gaussian moments of a mixture": (
        lambda: gaussian.gaussian_moments(Integrable(norm2(x), q(z), Normal(x, z, w(t)))),
        "Gaussian: expected an integrability condition under one N(m, v), found E_{z~q, "
        "x~N(z, w(t)·I)}[‖x‖²] < ∞",
    ),
    "Gaussian product of a curved mean": (
        lambda: gaussian_products.gaussian_product(Normal(x, a(z), w(t)) * Normal(z, y, 2), 0, 1),
        "Gaussian: a(z) is not a z + b",
    ),
    "Gaussian product of one": (
        lambda: gaussian_products.gaussian_product(f(x) * Normal(x, a(z), w(t)), 1, 0),
        "Gaussian: expected two Gaussian densities, found f(x) N(x; a(z), w(t)·I)",
    ),
    "Gaussian product of one with itself": (
        lambda: gaussian_products.gaussian_product(Normal(x, z, 1) * Normal(z, y, 2), 1, 1),
        "Gaussian: expected two Gaussian densities, found N(x; z, 1·I) N(z; y, 2·I)",
    ),
    "Gaussian product with a variance of its draw": (
        lambda: gaussian_products.gaussian_product(Normal(x, z, f(z)) * Normal(z, y, 2), 0, 1),
        "Gaussian: no N(x; a y + b, v)·N(y; m, w) in N(x; z, f(z)·I) N(z; y, 2·I)",
    ),
    "derivative by domination of an integral": (
        lambda: calculus.dominated_differentiable(Integrable(f(x), dx)),
        "dominated_differentiable: premise must be a domination, found ∫ |f(x)| dx < ∞",
    ),
    "integral by domination of an integral": (
        lambda: calculus.dominated_integrable(Integrable(f(x), dx)),
        "dominated_integrable: premise must be a domination, found ∫ |f(x)| dx < ∞",
    ),
    "logarithmic derivative of what may be negative": (
        lambda: calculus.log_derivative(Grad(f(x), x)),
        "logarithm: expected ∇f or ∂f with f ≥ 0, found ∇_x f(x)",
    ),
    "logarithmic derivative of a divergence": (
        lambda: calculus.log_derivative(Div(a(x), x)),
        "logarithm: expected ∇f or ∂f with f ≥ 0, found div_x a(x)",
    ),
    "stationary where another vanishes": (
        lambda: derivatives_inside.stationary_at_zero(
            VanishesWith(Inner(a(x), Grad(p(x), x)), p(y))
        ),
        "stationary: no derivative of what vanishes in p(y) = 0 ⇒ a(x)·(∇_x p(x)) = 0",
    ),
    "stationary of what may be negative": (
        lambda: derivatives_inside.stationary_at_zero(VanishesWith(Partial(h(t), t), h(t))),
        "stationary: expected ∇f or ∂f with f ≥ 0, found ∂_t h(t)",
    ),
    "stationary by an equation": (
        lambda: derivatives_inside.stationary_at_zero(Equals(f(x), g(x))),
        "stationary: expected b = 0 ⇒ a = 0, found f(x) = g(x)",
    ),
    "bounded Gaussian density with a variance that is drawn": (
        lambda: gaussians.gaussian_bounded(Integrable(Normal(x, z, f(z)), q(z))),
        "Gaussian: no bounded density in E_{z~q}[N(x; z, f(z)·I)] < ∞",
    ),
    "ratio of another product": (
        lambda: integrability.ratio_integrable(
            Integrable(g(x) * Ratio(f(x), g(x)), p(x)), f(x), g(x), S.One
        ),
        "ratio: E_{x~p}[|g(x) (f(x) / g(x))|] < ∞ is not about g(x) times f(x)/(g(x)) times 1",
    ),
    "inner product with an integral that is none": (
        lambda: integrals.inner_with_integral(S.One, a(x), f(x)),
        "inner_with_integral: integral must be an integral or expectation, found f(x)",
    ),
    "slope at zero of what may be negative": (
        lambda: calculus.slope_at_zero(S.One, Partial(h(t), t)),
        "stationary: expected ∇f or ∂f with f ≥ 0, found ∂_t h(t)",
    ),
    "slope at zero of a vector": (
        lambda: calculus.slope_at_zero(S.One, Partial(h(t) * x, t)),
        "stationary: expected ∇f or ∂f with f ≥ 0, found ∂_t (h(t) x)",
    ),
    "argmin of a shift that moves": (
        lambda: calculus.argmin_of_shift(loss(theta), 2 * loss(theta), theta),
        "minimisers: 2 L(θ) is not free of θ",
    ),
    "times another density": (
        lambda: gaussian.times_gaussian(p(x), f(x), [dx]),
        "Gaussian: expected N(x; m, v), found p(x)",
    ),
    "times a Gaussian density of another variance": (
        lambda: gaussian.times_gaussian(Normal(x, z, f(z)), S.One, [q(z)]),
        "Gaussian: expected a variance that is not integrated over, found N(x; z, f(z)·I)",
    ),
    "domination of another density": (
        lambda: calculus.times_gaussian_dominated(r(x, z), S.One, x, y, [q(z)]),
        "Gaussian: expected N(x; m, v), found r(x|z)",
    ),
    "domination of the variable itself": (
        lambda: calculus.times_gaussian_dominated(Normal(z, y, 1), x, x, y, [q(z)]),
        (
            "domination: not just the mean or the place moves in "
            "∇_x (N(z; y, 1·I) x) exists and"
            " is dominated near x = y, over z~q"
        ),
    ),
    "domination beside what moves": (
        lambda: calculus.times_gaussian_dominated(Normal(x, z, 1), f(x), x, y, [q(z)]),
        (
            "domination: not just the mean or the place moves in "
            "∇_y (f(y) N(y; z, 1·I)) exists "
            "and is dominated near y, over z~q"
        ),
    ),
    "domination at more than the variable": (
        lambda: calculus.times_gaussian_dominated(Normal(2 * x, z, 1), S.One, x, y, [q(z)]),
        (
            "domination: not just the mean or the place moves in "
            "∇_y N(2 y; z, 1·I) exists and "
            "is dominated near y, over z~q"
        ),
    ),
    "domination where place and mean move": (
        lambda: calculus.times_gaussian_dominated(Normal(x, x, 1), S.One, x, y, [q(z)]),
        (
            "domination: not just the mean or the place moves in "
            "∇_y N(y; y, 1·I) exists and is "
            "dominated near y, over z~q"
        ),
    ),
    "domination with a variance in the variable": (
        lambda: calculus.times_gaussian_dominated(Normal(x, z, f(x)), S.One, x, y, [q(z)]),
        (
            "domination: not just the mean or the place moves in "
            "∇_y N(y; z, f(y)·I) exists and "
            "is dominated near y, over z~q"
        ),
    ),
    "domination with a variance that is integrated": (
        lambda: calculus.times_gaussian_dominated(Normal(x, y, f(z)), S.One, x, y, [q(z)]),
        "Gaussian: expected a variance that is not integrated over, found N(x; y, f(z)·I)",
    ),
    "integral of a divergence under a law": (
        lambda: slopes.integral_of_divergence(a(x), [p(x)]),
        "integral of a derivative: a(x) needs one integrated variable",
    ),
    "integral of a divergence over two": (
        lambda: slopes.integral_of_divergence(a(x), [dx, dz]),
        "integral of a derivative: a(x) needs one integrated variable",
    ),
    "integral of a slope over a line": (
        lambda: slopes.integral_of_slope(h(t), [Lebesgue(t)]),
        "fundamental theorem: expected ∫ₐᵇ ∂F dt, found ∫ ∂_t h(t) dt",
    ),
    "trace of a slope that is drawn": (
        lambda: slopes.trace_of_slope(z, c(x, z), x, y, [q(z)]),
        "trace: c(x|z) at y depends on what is drawn in E_{z~q}[z·(∇_y (z·c(y|z)))]",
    ),
    "trace of a slope at a drawn place": (
        lambda: slopes.trace_of_slope(z, a(x), x, z, [q(z)]),
        "trace: a(x) at z depends on what is drawn in E_{z~q}[z·([∇_x (z·a(x))]_{x = z})]",
    ),
    "trace of a slope with no draw": (
        lambda: slopes.trace_of_slope(y, a(x), x, x, [q(z)]),
        "trace: expected a draw of y, found E_{z~q}[y·(∇_x (y·a(x)))]",
    ),
    "trace of a slope in the probe": (
        lambda: slopes.trace_of_slope(z, a(z), z, x, [q(z)]),
        "trace: expected a draw of z, found E_{z~q}[z·(∇_x (x·a(x)))]",
    ),
    "bounded Gaussian density by an equation": (
        lambda: gaussians.gaussian_bounded(Equals(f(x), g(x))),
        "Gaussian: expected an integrability condition, found f(x) = g(x)",
    ),
}

GOALS = {
    "Tonelli": (
        lambda goal: integrability.tonelli(goal, Integrable(f(x), dx), ()),
        lambda goal: integrability.tonelli(Integrable(f(x), dx), goal, ()),
        integrals_inside.integral_inside,
    ),
    "finite measure": (integrability.finite_measure,),
    "sum": (dominations.sum_of_integrable,),
    "constant factor": (dominations.constant_factor,),
    "ratio": (ratios.cancelled_ratio,),
    "Cauchy–Schwarz": (dominations.cauchy_schwarz,),
    "parallelogram": (dominations.parallelogram,),
    "second moment": (dominations.square_integrable,),
    "Jensen": (dominations.jensen,),
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
        assert str(error.value).endswith(
            " an integrability condition, found f(x) = g(x) for every x"
        )
