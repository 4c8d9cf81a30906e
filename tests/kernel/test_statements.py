"""What each rule gives, word for word: the equation, and exactly the hypotheses that it needs.

A hypothesis too few would be unsound; one too many, or one about another function, would make the
rule useless. The theorems are written as ``fmproof verify --steps`` prints them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import S
from weakened import weakened

from fmproof import (
    Abs,
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
    Latent,
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
    Theorem,
    Vec,
    dim,
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
from fmproof.lang.nodes import IntegralOver
from fmproof.lang.props import (
    Almost,
    AtMost,
    Differentiable,
    Equals,
    ForAll,
    Integrable,
    VanishesWith,
)
from fmproof.tactics.laws import same_law

s, t = Real("s t")
x, y, z, noise = Vec("x y z e")
a0, e = Vec("a"), Latent("e")
theta, eta = Param("θ η")
f, g = Scalar("f", x), Scalar("g", x)
h = Scalar("h", t)
k = Scalar("k", x, z)
w = Scalar("w", t, nonneg=True)
mixed = Scalar("j", a0, e, x)
a, b = Field("a", x), Field("b", x)
c = Field("c", x, given=z)
loss, penalty = Scalar("L", theta), Scalar("R", theta)
p, q = Density("p", x), Density("q", z)
r = Density("r", x, given=z)
rho = Density("ρ", (t, 0, 1))
marginal = Density("m", x, definition=Integral(r(x, z) * q(z), z))
average = Field("ū", x, definition=Integral(c(x, z) * Ratio(r(x, z) * q(z), marginal(x)), z))
timed = Density("r", x, sub=t, given=z)
both, risk = Scalar("H", x, z), Scalar("l", theta, z)
dx, dz, dt = Lebesgue(x), Lebesgue(z), Lebesgue(t, 0, 1)
law = (q(z), r(x, z))

f_is_g = sequents.assume(Equals(f(x), g(x)))
a_is_b = sequents.assume(Equals(a(x), b(x)))
h_is_1 = sequents.assume(Equals(h(t), 1))
loss_is_penalty = sequents.assume(Equals(loss(theta), penalty(theta)))
f_is_g_where_p = ratios.cancel(p(x) * Ratio(f(x), p(x)))
moved = integrals.substitute_draws(Expect(both(x, z), q(z), Let(x, a(z))))

STATEMENTS: dict[str, tuple[Callable[[], Theorem], str]] = {
    "assume": (lambda: sequents.assume(Equals(f(x), 0)), "f(x) = 0 ⊢ f(x) = 0"),
    "discharge": (
        lambda: sequents.discharge(
            equality.transitivity(f_is_g, sequents.assume(Equals(g(x), 1))),
            weakened(equality.symmetry(sequents.assume(Equals(1, g(x)))), Equals(f(y), 0)),
        ),
        "1 = g(x), f(y) = 0, f(x) = g(x) ⊢ f(x) = 1",
    ),
    "discharge nothing": (lambda: sequents.discharge(f_is_g, h_is_1), "f(x) = g(x) ⊢ f(x) = g(x)"),
    "restate": (
        lambda: restatements.restate(
            sequents.assume(Equals(Integral(f(x), x), 1)), Equals(Integral(f(y), y), 1)
        ),
        "∫ f(x) dx = 1 ⊢ ∫ f(y) dy = 1",
    ),
    "reflexivity": (lambda: restatements.reflexivity(f(x)), "⊢ f(x) = f(x)"),
    "symmetry": (lambda: equality.symmetry(f_is_g), "f(x) = g(x) ⊢ g(x) = f(x)"),
    "transitivity": (
        lambda: equality.transitivity(f_is_g, sequents.assume(Equals(g(x), 1))),
        "f(x) = g(x), g(x) = 1 ⊢ f(x) = 1",
    ),
    "transitivity of ≤": (
        lambda: equality.transitivity(f_is_g, sequents.assume(AtMost(g(x), 1))),
        "f(x) = g(x), g(x) ≤ 1 ⊢ f(x) ≤ 1",
    ),
    "transitivity of ≤ and =": (
        lambda: equality.transitivity(
            sequents.assume(AtMost(f(x), g(x))), sequents.assume(Equals(g(x), 1))
        ),
        "f(x) ≤ g(x), g(x) = 1 ⊢ f(x) ≤ 1",
    ),
    "congruence in a sum": (
        lambda: equality.congruence(f(x) + h(t), {(f(x) + h(t)).args.index(f(x)): f_is_g}),
        "f(x) = g(x) ⊢ f(x) + h(t) = g(x) + h(t)",
    ),
    "congruence in both arguments": (
        lambda: equality.congruence(Ratio(f(x), h(t)), {0: f_is_g, 1: h_is_1}),
        "f(x) = g(x), h(t) = 1 ⊢ (f(x) / h(t)) = (g(x) / 1)",
    ),
    "congruence under an integral": (
        lambda: equality.congruence(Integral(f(x), x), {0: f_is_g}),
        "f(x) = g(x) for almost every x ⊢ ∫ f(x) dx = ∫ g(x) dx",
    ),
    "congruence under an expectation": (
        lambda: equality.congruence(Expect(f(x), q(z), r(x, z)), {0: f_is_g}),
        "f(x) = g(x) for almost every z~q, x~r(·|z) ⊢ "
        "E_{z~q, x~r(·|z)}[f(x)] = E_{z~q, x~r(·|z)}[g(x)]",
    ),
    "congruence under another binder": (
        lambda: equality.congruence(Expect(h(t), p(x)), {0: h_is_1}),
        "h(t) = 1 ⊢ E_{x~p}[h(t)] = E_{x~p}[1]",
    ),
    "congruence under a gradient": (
        lambda: equality.congruence(Grad(loss(theta), theta, eta), {0: loss_is_penalty}),
        "L(θ) = R(θ) for every θ ⊢ ∇_η L(η) = ∇_η R(η)",
    ),
    "congruence in the place of a gradient": (
        lambda: equality.congruence(Grad(f(y), y, a(x)), {2: a_is_b}),
        "a(x) = b(x) ⊢ [∇_y f(y)]_{y = a(x)} = [∇_y f(y)]_{y = b(x)}",
    ),
    "congruence under a conditional expectation": (
        lambda: equality.congruence(CondExpect(f(x), (z, y), q(z), r(x, z)), {0: f_is_g}),
        "f(x) = g(x) for almost every z~q, x~r(·|z) ⊢ "
        "E_{y~q, x~r(·|y)}[f(x) | y] = E_{y~q, x~r(·|y)}[g(x) | y]",
    ),
    "congruence under argmin": (
        lambda: equality.congruence(ArgMin(loss(theta), theta), {0: loss_is_penalty}),
        "L(θ) = R(θ) for every θ ⊢ argmin_θ L(θ) = argmin_θ R(θ)",
    ),
    "congruence in an argument": (
        lambda: equality.congruence(f(a(x)), {1: sequents.assume(Equals(a(x), b(x)))}),
        "a(x) = b(x) ⊢ f(a(x)) = f(b(x))",
    ),
    "unfold": (lambda: equality.unfold(marginal(y)), "⊢ m(y) = ∫ r(y|z) q(z) dz"),
    "unfold a name": (
        lambda: equality.unfold(Named("C", Expect(f(x), p(x)))),
        "⊢ C = E_{x~p}[f(x)]",
    ),
    "ring": (
        lambda: rings.ring((f(x) + 2) * (f(x) - 2) * a(x), f(x) ** 2 * a(x) - 4 * a(x)),
        "⊢ (f(x) + 2) (f(x) − 2) a(x) = f(x)² a(x) − 4 a(x)",
    ),
    "ring with a ratio": (
        lambda: rings.ring(Ratio(f(x) + 1, g(x)), Ratio(f(x), g(x)) + Ratio(1, g(x))),
        "⊢ ((f(x) + 1) / g(x)) = (1 / g(x)) + (f(x) / g(x))",
    ),
    "instantiate": (
        lambda: equality.instantiate(f_is_g, {x: y + a(y)}),
        "f(a(y) + y) = g(a(y) + y) ⊢ f(a(y) + y) = g(a(y) + y)",
    ),
    "generalise": (
        lambda: equality.generalise(
            weakened(f_is_g, Equals(h(t), 1)),
            x,
        ),
        "f(x) = g(x) for every x, h(t) = 1 ⊢ f(x) = g(x) for every x",
    ),
    "specialise": (
        lambda: equality.specialise(sequents.assume(ForAll(Equals(f(x), g(y)), x)), z),
        "f(x) = g(y) for every x ⊢ f(z) = g(y)",
    ),
    "instance": (
        lambda: equality.instantiate_head(f_is_g, f, (x,), g(x) + norm2(x)),
        "g(x) + ‖x‖² = g(x) ⊢ g(x) + ‖x‖² = g(x)",
    ),
    "instance of a density": (
        lambda: equality.instantiate_head(
            integrals.expectation_as_integral(Expect(f(x), p(x))), p, (x,), marginal(x)
        ),
        "E_{x~m}[|f(x)|] < ∞ ⊢ E_{x~m}[f(x)] = ∫ f(x) m(x) dx",
    ),
    "square": (
        lambda: algebra.bilinearity(norm2(a(x) - b(x))),
        "⊢ ‖a(x) − b(x)‖² = ‖a(x)‖² + ‖b(x)‖² − 2 a(x)·b(x)",
    ),
    "square of one sum": (
        lambda: algebra.bilinearity(Inner(a(x), x - b(x))),
        "⊢ a(x)·(x − b(x)) = x·a(x) − a(x)·b(x)",
    ),
    "cancel": (
        lambda: ratios.cancel(h(t) * p(x) * Ratio(f(x), p(x))),
        "p(x) = 0 ⇒ f(x) h(t) = 0 ⊢ h(t) p(x) (f(x) / p(x)) = f(x) h(t)",
    ),
    "linearity": (
        lambda: integrals.linearity(Integral(h(t) * f(x) - 2 * g(x), x)),
        "∫ |g(x)| dx < ∞, ∫ |f(x)| dx < ∞ ⊢ "
        "∫ (f(x) h(t) − 2 g(x)) dx = h(t) [∫ f(x) dx] − 2 [∫ g(x) dx]",
    ),
    "linearity with one summand": (
        lambda: integrals.linearity(Integral(h(t) * f(x), x)),
        "⊢ ∫ f(x) h(t) dx = h(t) [∫ f(x) dx]",
    ),
    "linearity of an expectation": (
        lambda: integrals.linearity(Expect(f(x) + h(t) * g(x) + 3, p(x))),
        "E_{x~p}[|g(x)|] < ∞, E_{x~p}[|f(x)|] < ∞ ⊢ "
        "E_{x~p}[f(x) + g(x) h(t) + 3] = E_{x~p}[f(x)] + h(t) E_{x~p}[g(x)] + 3",
    ),
    "linearity of an integral over a constant": (
        lambda: integrals.linearity(Integral(f(x) + h(t), x)),
        "∫ |f(x)| dx < ∞, ∫ 1 dx < ∞ ⊢ ∫ (f(x) + h(t)) dx = h(t) [∫ 1 dx] + [∫ f(x) dx]",
    ),
    "inner product with an integral": (
        lambda: integrals_inside.inner_of_integral(h(t) * Inner(a(y), Integral(c(x, z), x))),
        "∫ ‖h(t) c(x|z)‖ dx < ∞ ⊢ h(t) a(y)·[∫ c(x|z) dx] = ∫ h(t) a(y)·c(x|z) dx",
    ),
    "inner product with an integral on the left": (
        lambda: integrals_inside.inner_of_integral(h(t) * Inner(Expect(b(x), p(x)), y)),
        "E_{x~p}[‖h(t) b(x)‖] < ∞ ⊢ h(t) y·E_{x~p}[b(x)] = E_{x~p}[h(t) y·b(x)]",
    ),
    "inner product before and after other factors": (
        lambda: integrals_inside.inner_of_integral(h(t) * Inner(Expect(b(x), p(x)), y) * t),
        "E_{x~p}[‖h(t) t b(x)‖] < ∞ ⊢ h(t) t y·E_{x~p}[b(x)] = E_{x~p}[h(t) t y·b(x)]",
    ),
    "inner product with an integral on the left inside": (
        lambda: integrals_inside.integral_inside(
            Integrable(h(t) * Inner(Expect(b(x), p(x)), y), Lebesgue(y))
        ),
        "∫∫ |h(t) p(x) y·b(x)| dx dy < ∞ ⊢ ∫ |h(t) y·E_{x~p}[b(x)]| dy < ∞",
    ),
    "inner product with an expectation of the same name": (
        lambda: integrals_inside.inner_of_integral(f(x) * Inner(a(x), Expect(b(x), p(x)))),
        "E_{x'~p}[‖f(x) b(x')‖] < ∞ ⊢ f(x) a(x)·E_{x~p}[b(x)] = E_{x'~p}[f(x) a(x)·b(x')]",
    ),
    "fubini": (
        lambda: joint_integrals.fubini(Integral(Integral(k(x, z), z), x)),
        "∫∫ |k(x,z)| dz dx < ∞ ⊢ ∫∫ k(x,z) dz dx = ∫∫ k(x,z) dx dz",
    ),
    "mass of a density": (
        lambda: masses.unit_mass(Integral(r(x, z), x)),
        "⊢ ∫ r(x|z) dx = 1",
    ),
    "mass of a multiple": (
        lambda: masses.unit_mass(Integral(f(z) * marginal(x), x)),
        "⊢ ∫ f(z) m(x) dx = f(z)",
    ),
    "mass over an interval": (
        lambda: masses.unit_mass(Integral(rho(t), (t, 0, 1))),
        "⊢ ∫₀¹ ρ(t) dt = 1",
    ),
    "joint": (
        lambda: joint_integrals.joint_integral(Integral(Integral(h(t) * k(x, z), z), (t, 0, 1))),
        "∫₀¹∫ |k(x,z) h(t)| dz dt < ∞ ⊢ ∫₀¹∫ k(x,z) h(t) dz dt = ∫₀¹∫ k(x,z) h(t) d(t,z)",
    ),
    "iterated": (
        lambda: integrals.iterated_expectation(
            IntegralOver(h(t) * k(x, z), Lebesgue(t, 0, 1), Lebesgue(z)), 1
        ),
        "∫₀¹∫ |k(x,z) h(t)| dz dt < ∞ ⊢ ∫₀¹∫ k(x,z) h(t) d(t,z) = ∫₀¹∫ k(x,z) h(t) dz dt",
    ),
    "expectation": (
        lambda: integrals.expectation_as_integral(Expect(k(x, z), q(z), r(x, z))),
        "E_{z~q, x~r(·|z)}[|k(x,z)|] < ∞ ⊢ E_{z~q, x~r(·|z)}[k(x,z)] = ∫∫ k(x,z) r(x|z) q(z) dx dz",
    ),
    "tower": (
        lambda: integrals.iterated_expectation(Expect(k(x, z) * h(t), rho(t), q(z), r(x, z)), 2),
        "E_{t~ρ, z~q, x~r(·|z)}[|k(x,z) h(t)|] < ∞ ⊢ "
        "E_{t~ρ, z~q, x~r(·|z)}[k(x,z) h(t)] = E_{t~ρ, z~q}[E_{x~r(·|z)}[k(x,z) h(t)]]",
    ),
    "marginalisation": (
        lambda: integrals.marginal_draw(Expect(h(t) * f(x), rho(t), marginal(x)), 1),
        "⊢ E_{t~ρ, x~m}[f(x) h(t)] = E_{t~ρ, z~q, x~r(·|z)}[f(x) h(t)]",
    ),
    "drop": (
        lambda: integrals.drop_draw(Expect(h(t), q(z), rho(t)), 0),
        "⊢ E_{z~q, t~ρ}[h(t)] = E_{t~ρ}[h(t)]",
    ),
    "drop the only draw": (
        lambda: integrals.drop_draw(Expect(h(t), q(z)), 0),
        "⊢ E_{z~q}[h(t)] = h(t)",
    ),
    "reorder": (
        lambda: integrals.reorder_draws(Expect(h(t) * f(z), rho(t), q(z)), (1, 0)),
        "⊢ E_{t~ρ, z~q}[f(z) h(t)] = E_{z~q, t~ρ}[f(z) h(t)]",
    ),
    "derivative of a sum": (
        lambda: calculus.derivative(Grad(2 * loss(theta) - h(t) * penalty(theta) + f(x), theta)),
        "θ ↦ L(θ) is differentiable at θ, θ ↦ R(θ) is differentiable at θ ⊢ "
        "∇_θ (2 L(θ) − R(θ) h(t) + f(x)) = 2 ∇_θ L(θ) − h(t) ∇_θ R(θ)",
    ),
    "derivative of one summand": (
        lambda: calculus.derivative(Grad(h(t) * loss(theta) + f(x), theta)),
        "⊢ ∇_θ (L(θ) h(t) + f(x)) = h(t) ∇_θ L(θ)",
    ),
    "minimisers": (
        lambda: derivatives_inside.minimisers_of_shift(
            ArgMin(loss(theta) + penalty(theta) + f(x) - 1, theta)
        ),
        "⊢ argmin_θ (L(θ) + R(θ) + f(x) − 1) = argmin_θ (L(θ) + R(θ))",
    ),
    "differentiable": (
        lambda: calculus.differentiable(
            Differentiable(h(t) * loss(theta) - penalty(theta) + f(x), theta)
        ),
        "θ ↦ R(θ) is differentiable at θ, θ ↦ L(θ) is differentiable at θ ⊢ "
        "θ ↦ L(θ) h(t) − R(θ) + f(x) is differentiable at θ",
    ),
    "differentiable constant": (
        lambda: calculus.differentiable(Differentiable(f(x), theta)),
        "⊢ θ ↦ f(x) is differentiable at θ",
    ),
    "equality of differentiable functions": (
        lambda: equality.equal_sides(
            Differentiable(loss(theta), theta, eta),
            {0: weakened(loss_is_penalty, Equals(h(t), 1))},
        ),
        "η ↦ R(η) is differentiable at η, L(θ) = R(θ) for every θ, h(t) = 1 ⊢ "
        "η ↦ L(η) is differentiable at η",
    ),
    "nonnegative": (
        lambda: order.nonnegativity(Expect(norm2(a(x)) * w(t), p(x))),
        "⊢ 0 ≤ E_{x~p}[w(t) ‖a(x)‖²]",
    ),
    "difference": (
        lambda: order.from_difference(sequents.assume(AtMost(0, f(x) - g(x))), g(x), f(x)),
        "0 ≤ f(x) − g(x) ⊢ g(x) ≤ f(x)",
    ),
    "sum": (
        lambda: dominations.sum_of_integrable(Integrable((f(x) - 1) * h(t), p(x), rho(t))),
        "E_{x~p, t~ρ}[|−h(t)|] < ∞, E_{x~p, t~ρ}[|f(x) h(t)|] < ∞ ⊢ "
        "E_{x~p, t~ρ}[|h(t) (f(x) − 1)|] < ∞",
    ),
    "sum over a divisor": (
        lambda: dominations.sum_of_integrable(Integrable(Ratio(f(x) + 1, g(x)), p(x))),
        "E_{x~p}[|f(x) (1 / g(x))|] < ∞, E_{x~p}[|(1 / g(x))|] < ∞ "
        "⊢ E_{x~p}[|((f(x) + 1) / g(x))|] < ∞",
    ),
    "constant factor": (
        lambda: dominations.constant_factor(Integrable(3 * h(t) * Ratio(f(x), w(t)), p(x))),
        "E_{x~p}[|f(x)|] < ∞ ⊢ E_{x~p}[|3 h(t) (f(x) / w(t))|] < ∞",
    ),
    "constant factor of a vector": (
        lambda: dominations.constant_factor(Integrable(h(t) * a(x), dx)),
        "∫ ‖a(x)‖ dx < ∞ ⊢ ∫ ‖h(t) a(x)‖ dx < ∞",
    ),
    "ratio": (
        lambda: ratios.cancelled_ratio(Integrable(h(t) * g(x) * Ratio(f(x), p(x)), p(x), rho(t))),
        "∫∫₀¹ |f(x) g(x) h(t) ρ(t)| dt dx < ∞ ⊢ E_{x~p, t~ρ}[|g(x) h(t) (f(x) / p(x))|] < ∞",
    ),
    "Cauchy–Schwarz": (
        lambda: dominations.cauchy_schwarz(Integrable(w(t) * Inner(a(x), b(x)), rho(t), p(x))),
        "E_{t~ρ, x~p}[w(t) ‖a(x)‖²] < ∞, E_{t~ρ, x~p}[w(t) ‖b(x)‖²] < ∞ ⊢ "
        "E_{t~ρ, x~p}[|w(t) a(x)·b(x)|] < ∞",
    ),
    "Cauchy–Schwarz for scalars": (
        lambda: dominations.scalar_cauchy_schwarz(
            Integrable(w(t) * f(x) * g(x), rho(t), p(x)), 0, 1
        ),
        "E_{t~ρ, x~p}[|w(t) f(x)²|] < ∞, E_{t~ρ, x~p}[|w(t) g(x)²|] < ∞ ⊢ "
        "E_{t~ρ, x~p}[|f(x) g(x) w(t)|] < ∞",
    ),
    "second moment of a scalar": (
        lambda: dominations.scalar_square_integrable(Integrable(w(t) * f(x), rho(t), p(x)), 0),
        "E_{t~ρ, x~p}[|w(t) f(x)²|] < ∞, E_{t~ρ, x~p}[w(t)] < ∞ ⊢ E_{t~ρ, x~p}[|f(x) w(t)|] < ∞",
    ),
    "parallelogram": (
        lambda: dominations.parallelogram(Integrable(w(t) * norm2(a(x) - b(x)), rho(t), p(x))),
        "E_{t~ρ, x~p}[w(t) ‖b(x)‖²] < ∞, E_{t~ρ, x~p}[w(t) ‖a(x)‖²] < ∞ ⊢ "
        "E_{t~ρ, x~p}[w(t) ‖a(x) − b(x)‖²] < ∞",
    ),
    "second moment": (
        lambda: dominations.square_integrable(Integrable(w(t) * f(x) * a(x), rho(t), p(x))),
        "E_{t~ρ, x~p}[|f(x) w(t) ‖a(x)‖²|] < ∞, E_{t~ρ, x~p}[|f(x) w(t)|] < ∞ ⊢ "
        "E_{t~ρ, x~p}[‖f(x) w(t) a(x)‖] < ∞",
    ),
    "integral inside": (
        lambda: integrals_inside.integral_inside(Integrable(f(x) * Integral(k(x, z), z), dx)),
        "∫∫ |k(x,z) f(x)| dz dx < ∞ ⊢ ∫ |f(x) [∫ k(x,z) dz]| dx < ∞",
    ),
    "inner product with an integral inside": (
        lambda: integrals_inside.integral_inside(
            Integrable(f(x) * Inner(a(x), Expect(b(x), p(x))), dx)
        ),
        "∫∫ |f(x) p(x') a(x)·b(x')| dx' dx < ∞ ⊢ ∫ |f(x) a(x)·E_{x~p}[b(x)]| dx < ∞",
    ),
    "Jensen": (
        lambda: dominations.jensen(Integrable(w(t) * norm2(average(x)), rho(t), marginal(x))),
        "∫₀¹∫∫ w(t) r(x|z) q(z) ρ(t) ‖c(x|z)‖² dz dx dt < ∞ ⊢ E_{t~ρ, x~m}[w(t) ‖ū(x)‖²] < ∞",
    ),
    "a mean square": (
        lambda: integrability.mean_square_integrable(
            w(t),
            c(x, z),
            sequents.assume(Equals(a(x), Integral(c(x, z) * Ratio(r(x, z) * q(z), g(x)), z))),
            sequents.assume(Equals(g(x), Integral(r(x, z) * q(z), z))),
            [dx, dt],
        ),
        "∫∫₀¹∫ w(t) r(x|z) q(z) ‖c(x|z)‖² dz dt dx < ∞, a(x) = ∫ c(x|z) (r(x|z) q(z) / g(x)) dz "
        "for almost every x, t∈[0,1], g(x) = ∫ r(x|z) q(z) dz for almost every x, t∈[0,1] ⊢ "
        "∫∫₀¹ |g(x) w(t) ‖a(x)‖²| dt dx < ∞",
    ),
    "combination": (
        lambda: integrability.combination_integrable(
            Integrable(f(x) - h(t) * g(x), p(x)), [S.One, -h(t)], [f(x), g(x)]
        ),
        "E_{x~p}[|f(x)|] < ∞, E_{x~p}[|g(x)|] < ∞ ⊢ E_{x~p}[|f(x) − g(x) h(t)|] < ∞",
    ),
    "product": (
        lambda: integrability.product_integrable(w(t), f(x), a(x), [p(x)]),
        "E_{x~p}[|w(t) f(x)²|] < ∞, E_{x~p}[w(t) ‖a(x)‖²] < ∞ ⊢ E_{x~p}[‖f(x) w(t) a(x)‖] < ∞",
    ),
    "finite measure": (
        lambda: integrability.finite_measure(Integrable(3, rho(t), q(z), r(x, z))),
        "⊢ E_{t~ρ, z~q, x~r(·|z)}[3] < ∞",
    ),
    "finite measure of zero": (
        lambda: integrability.finite_measure(Integrable(0, dx)),
        "⊢ ∫ |0| dx < ∞",
    ),
    "finite measure of an interval": (
        lambda: integrability.finite_measure(Integrable(2, dt)),
        "⊢ ∫₀¹ 2 dt < ∞",
    ),
    "Tonelli": (
        lambda: same_law(Integrable(2 * f(x), marginal(x)), Integrable(f(y), q(z), r(y, z))),
        "E_{z~q, y~r(·|z)}[|f(y)|] < ∞ ⊢ E_{x~m}[|2 f(x)|] < ∞",
    ),
    "Tonelli with two names exchanged around another space": (
        lambda: same_law(
            Integrable(mixed(a0, e, x), Lebesgue(a0), Lebesgue(e), dx),
            Integrable(mixed(x, e, a0), Lebesgue(a0), Lebesgue(e), dx),
        ),
        "∫∫∫ |j(x,e,a)| dx de da < ∞ ⊢ ∫∫∫ |j(a,e,x)| dx de da < ∞",
    ),
    "equal integrands": (
        lambda: equality.equal_sides(
            Integrable(p(x) * Ratio(f(x), p(x)), dx),
            {0: weakened(f_is_g_where_p, Equals(h(t), 1))},
        ),
        "∫ |f(x)| dx < ∞, p(x) = 0 ⇒ f(x) = 0 for almost every x, h(t) = 1 ⊢ "
        "∫ |p(x) (f(x) / p(x))| dx < ∞",
    ),
    "everywhere": (
        lambda: almost.everywhere(weakened(f_is_g_where_p, Equals(h(t), 1)), [dx, dt]),
        (
            "p(x) = 0 ⇒ f(x) = 0 for almost every x, t∈[0,1], h(t) = 1 for almost every x, "
            "t∈[0,1] ⊢ p(x) (f(x) / p(x)) = f(x) for almost every x, t∈[0,1]"
        ),
    ),
    "Fubini": (
        lambda: almost.sections(Integrable(k(x, z), q(z), r(x, z)), 1),
        "E_{z~q, x~r(·|z)}[|k(x,z)|] < ∞ ⊢ E_{x~r(·|z)}[|k(x,z)|] < ∞ for almost every z~q",
    ),
    "reorder almost": (
        lambda: null_sets.reorder_almost(
            sequents.assume(Almost(Equals(k(x, z), h(t)), dx, dz, dt)), (2, 0, 1)
        ),
        (
            "k(x,z) = h(t) for almost every x, z, t∈[0,1] ⊢ k(x,z) = h(t) for almost every "
            "t∈[0,1], x, z"
        ),
    ),
    "under a law of some": (
        lambda: almost.under_law(
            sequents.assume(Almost(Equals(k(x, z), 0), q(z), dt, dx)), [p(x), q(z), dt]
        ),
        "k(x,z) = 0 for almost every z~q, t∈[0,1], x ⊢ k(x,z) = 0 for almost every x~p, z~q, "
        "t∈[0,1]",
    ),
    "integrals in another order": (
        lambda: integrals.reorder_draws(IntegralOver(k(x, z), dx, dz), (1, 0)),
        "⊢ ∫∫ k(x,z) d(x,z) = ∫∫ k(x,z) d(z,x)",
    ),
    "under a law": (
        lambda: almost.under_law(
            sequents.assume(Almost(Equals(k(x, z), 0), dx, dz)), [q(z), r(x, z)]
        ),
        "k(x,z) = 0 for almost every x, z ⊢ k(x,z) = 0 for almost every z~q, x~r(·|z)",
    ),
    "absolute continuity": (
        lambda: almost.support_of_marginal(marginal(y)),
        "⊢ m(y) = 0 ⇒ r(y|z) q(z) = 0 for almost every y, z",
    ),
    "absolute continuity at a clashing name": (
        lambda: almost.support_of_marginal(marginal(z)),
        "⊢ m(z) = 0 ⇒ r(z|z') q(z') = 0 for almost every z, z'",
    ),
    "linear combination": (
        lambda: rings.linear_combination(f_is_g, h(t), h(t) * f(x) + 1, h(t) * g(x) + 1),
        "f(x) = g(x) ⊢ f(x) h(t) + 1 = g(x) h(t) + 1",
    ),
    "support of the law": (
        lambda: almost.support_of_draw(f(x), p(x)),
        "⊢ p(x) = 0 ⇒ f(x) = 0 for almost every x~p",
    ),
    "a multiple vanishes": (
        lambda: ratios.multiple_vanishes(VanishesWith(h(t) * f(x), g(x)), 1),
        "g(x) = 0 ⇒ f(x) = 0 ⊢ g(x) = 0 ⇒ f(x) h(t) = 0",
    ),
    "derivative of a product": (
        lambda: calculus.derivative(Grad(f(x) * g(x), x)),
        "x ↦ f(x) is differentiable at x, x ↦ g(x) is differentiable at x ⊢ ∇_x (f(x) g(x)) = "
        "f(x) ∇_x g(x) + g(x) ∇_x f(x)",
    ),
    "derivative of a scalar times a vector": (
        lambda: calculus.derivative(Partial(h(t) * c(t * x, z), t)),
        "t ↦ h(t) is differentiable at t, t ↦ c(t x|z) is differentiable at t ⊢ ∂_t (h(t) "
        "c(t x|z)) = (∂_t h(t)) c(t x|z) + h(t) ∂_t c(t x|z)",
    ),
    "derivative of a power": (
        lambda: calculus.derivative(Partial(h(t) ** 3, t)),
        "t ↦ h(t) is differentiable at t ⊢ ∂_t h(t)³ = 3 h(t)² ∂_t h(t)",
    ),
    "derivative of the variable": (
        lambda: calculus.derivative(Partial(t, t, s)),
        "⊢ ∂_s s = 1",
    ),
    "derivative of a constant": (
        lambda: calculus.derivative(Grad(f(y), x)),
        "⊢ ∇_x f(y) = 0",
    ),
    "derivative of an inner product": (
        lambda: calculus.derivative(Partial(Inner(t * x, a(t * y)), t)),
        "t ↦ x·a(t y) is differentiable at t ⊢ ∂_t (t x·a(t y)) = t ∂_t (x·a(t y)) "
        "+ (∂_t t) x·a(t y)",
    ),
    "gradient of an inner product": (
        lambda: calculus.derivative(Grad(Inner(h(t) * x - y, 2 * x + z), x)),
        "x ↦ h(t) x − y is differentiable at x, x ↦ 2 x + z is differentiable at x ⊢ ∇_x ((2 x "
        "+ z)·(h(t) x − y)) = h(t) (2 x + z) + 2 h(t) x − 2 y",
    ),
    "gradient of a squared norm": (
        lambda: calculus.derivative(Grad(norm2(x - a(y)), x)),
        "x ↦ x − a(y) is differentiable at x ⊢ ∇_x ‖x − a(y)‖² = 2 x − 2 a(y)",
    ),
    "derivative of a ratio": (
        lambda: calculus.derivative(Grad(Ratio(f(x), g(x)), x, y)),
        "y ↦ f(y) is differentiable at y, y ↦ g(y) is differentiable at y, g(y) ≠ 0 ⊢ ∇_y "
        "(f(y) / g(y)) = (1 / g(y)) ∇_y f(y) − f(y) (1 / g(y)²) ∇_y g(y)",
    ),
    "derivative of exp": (
        lambda: calculus.derivative(Grad(Exp(f(x)), x)),
        "x ↦ f(x) is differentiable at x ⊢ ∇_x exp(f(x)) = exp(f(x)) ∇_x f(x)",
    ),
    "derivative of log": (
        lambda: calculus.derivative(Grad(Log(p(x)), x)),
        "x ↦ p(x) is differentiable at x, p(x) > 0 ⊢ ∇_x log p(x) = (∇_x p(x)) (1 / p(x))",
    ),
    "derivative of a root": (
        lambda: calculus.derivative(Partial(Sqrt(h(t)), t, 2)),
        "t ↦ h(t) is differentiable at 2, h(2) > 0 ⊢ [∂_t √h(t)]_{t = 2} = 1/2 ([∂_t h(t)]_{t "
        "= 2}) (1 / √h(2))",
    ),
    "derivative of an absolute value": (
        lambda: calculus.derivative(Partial(Abs(t), t)),
        "t ≠ 0 ⊢ ∂_t |t| = (∂_t t) (t / |t|)",
    ),
    "derivative of a Gaussian density": (
        lambda: calculus.derivative(Grad(Normal(x, h(t) * z, w(t)), x)),
        "w(t) > 0 ⊢ ∇_x N(x; h(t) z, w(t)·I) = N(x; h(t) z, w(t)·I) ∇_x (−1/2 d log (2 w(t) "
        "π) − 1/2 (1 / w(t)) ‖x − h(t) z‖²)",
    ),
    "chain rule": (
        lambda: calculus.derivative(Partial(k(h(t) * x, z), t)),
        "x' ↦ k(x',z) is differentiable at h(t) x, t ↦ h(t) x is differentiable at t ⊢ ∂_t "
        "k(h(t) x,z) = (∂_t (h(t) x))·([∇_x' k(x',z)]_{x' = h(t) x})",
    ),
    "chain rule in two arguments": (
        lambda: calculus.derivative(Partial(k(t * x, t * z), t)),
        "(x',z') ↦ k(x',z') is differentiable at (t x,t z), t ↦ t x is differentiable at t, t "
        "↦ t z is differentiable at t ⊢ ∂_t k(t x,t z) = (∂_t (t x))·([∇_x' k(x',t z)]_{x' = t "
        "x}) + (∂_t (t z))·([∇_z' k(t x,z')]_{z' = t z})",
    ),
    "chain rule of a gradient": (
        lambda: calculus.derivative(Grad(f(2 * x + z), x)),
        "x'' ↦ f(x'') is differentiable at 2 x + z, x ↦ 2 x + z is differentiable at x ⊢ ∇_x "
        "f(2 x + z) = 2 [∇_x'' f(x'')]_{x'' = 2 x + z}",
    ),
    "divergence of a product": (
        lambda: calculus.derivative(Div(f(x) * a(x), x)),
        "x ↦ a(x) is differentiable at x, x ↦ f(x) is differentiable at x ⊢ div_x (f(x) a(x)) = "
        "f(x) div_x a(x) + a(x)·(∇_x f(x))",
    ),
    "divergence of the variable": (
        lambda: calculus.derivative(Div(x, x)),
        "⊢ div_x x = d",
    ),
    "divergence along a constant": (
        lambda: calculus.derivative(Div(f(x) * z, x)),
        "⊢ div_x (f(x) z) = z·(∇_x f(x))",
    ),
    "divergence of a sum": (
        lambda: calculus.derivative(Div(f(x) * z + h(t) * x - a(x), x)),
        "x ↦ a(x) is differentiable at x, x ↦ f(x) is differentiable at x ⊢ div_x (f(x) z + "
        "h(t) x − a(x)) = h(t) div_x x − div_x a(x) + z·(∇_x f(x))",
    ),
    "differentiable integral": (
        lambda: calculus.differentiable(Differentiable(Integral(k(x, z), z), x)),
        "∇_x k(x,z) exists and is dominated near x, over z ⊢ x ↦ ∫ k(x,z) dz is "
        "differentiable at x",
    ),
    "differentiable product": (
        lambda: calculus.differentiable(Differentiable(h(t) * f(x), t, s, x, y)),
        "(t,x) ↦ f(x) is differentiable at (s,y), (t,x) ↦ h(t) is differentiable at (s,y) ⊢ "
        "(t,x) ↦ f(x) h(t) is differentiable at (s,y)",
    ),
    "differentiable power and norm": (
        lambda: calculus.differentiable(Differentiable(norm2(a(x)), x)),
        "x ↦ a(x) is differentiable at x ⊢ x ↦ ‖a(x)‖² is differentiable at x",
    ),
    "differentiable ratio": (
        lambda: calculus.differentiable(Differentiable(Ratio(f(x), g(x)), x, y)),
        "y ↦ f(y) is differentiable at y, y ↦ g(y) is differentiable at y, g(y) ≠ 0 ⊢ y ↦ "
        "(f(y) / g(y)) is differentiable at y",
    ),
    "differentiable exp": (
        lambda: calculus.differentiable(Differentiable(Exp(f(x) * g(x)), x)),
        "x ↦ f(x) g(x) is differentiable at x ⊢ x ↦ exp(f(x) g(x)) is differentiable at x",
    ),
    "differentiable log": (
        lambda: calculus.differentiable(Differentiable(Log(f(x)), x, y)),
        "y ↦ f(y) is differentiable at y, f(y) > 0 ⊢ y ↦ log f(y) is differentiable at y",
    ),
    "differentiable root": (
        lambda: calculus.differentiable(Differentiable(Sqrt(f(x)), x, y)),
        "y ↦ f(y) is differentiable at y, f(y) > 0 ⊢ y ↦ √f(y) is differentiable at y",
    ),
    "differentiable absolute value": (
        lambda: calculus.differentiable(Differentiable(Abs(f(x)), x, y)),
        "y ↦ f(y) is differentiable at y, f(y) ≠ 0 ⊢ y ↦ |f(y)| is differentiable at y",
    ),
    "differentiable Gaussian density": (
        lambda: calculus.differentiable(Differentiable(Normal(x, h(t) * z, w(t)), x, y, t, s)),
        "(x,t) ↦ h(t) z is differentiable at (y,s), (x,t) ↦ w(t) is differentiable at (y,s), "
        "w(s) > 0 ⊢ (x,t) ↦ N(x; h(t) z, w(t)·I) is differentiable at (y,s)",
    ),
    "differentiable composition": (
        lambda: calculus.differentiable(Differentiable(k(2 * x, x), x)),
        "(x'',z) ↦ k(x'',z) is differentiable at (2 x,x), x ↦ 2 x is differentiable at x ⊢ x "
        "↦ k(2 x,x) is differentiable at x",
    ),
    "differentiable in fewer variables": (
        lambda: calculus.fewer_variables(Differentiable(c(t * x, z), t, s, x, y), t),
        "(t,x) ↦ c(t x|z) is differentiable at (s,y) ⊢ y ↦ c(s y|z) is differentiable at y",
    ),
    "exchange with an expectation": (
        lambda: calculus.exchange(Grad(Expect(k(x, z), q(z)), x)),
        "∇_x k(x,z) exists and is dominated near x, over z~q ⊢ ∇_x E_{z~q}[k(x,z)] = "
        "E_{z~q}[∇_x k(x,z)]",
    ),
    "exchange with an integral": (
        lambda: calculus.exchange(Partial(Integral(k(t * x, z), z), t, 0)),
        "∂_t k(t x,z) exists and is dominated near t = 0, over z ⊢ [∂_t [∫ k(t x,z) "
        "dz]]_{t = 0} = ∫ "
        "[∂_t k(t x,z)]_{t = 0} dz",
    ),
    "exchange of a divergence": (
        lambda: calculus.exchange(Div(Expect(c(x, z), q(z)), x, z)),
        "∇_z c(z|z') exists and is dominated near z, over z'~q ⊢ div_z E_{z'~q}[c(z|z')] = "
        "E_{z'~q}[div_z c(z|z')]",
    ),
    "exchange in a parameter": (
        lambda: calculus.exchange(Grad(Expect(risk(theta, z), q(z)), theta)),
        "∇_θ l(θ,z) exists and is dominated near θ, over z~q ⊢ ∇_θ E_{z~q}[l(θ,z)] = "
        "E_{z~q}[∇_θ l(θ,z)]",
    ),
    "integrable derivative": (
        lambda: derivatives_inside.integrable_derivative(Integrable(Grad(k(x, z), x, y), q(z))),
        "∇_y k(y,z) exists and is dominated near y, over z~q ⊢ E_{z~q}[‖∇_y k(y,z)‖] < ∞",
    ),
    "dominated derivative": (
        lambda: calculus.dominated_derivative(Grad(k(x, z), x, y), [q(z)]),
        "∇_y k(y,z) exists and is dominated near y, over z~q ⊢ E_{z~q}[‖∇_y k(y,z)‖] < ∞",
    ),
    "dominated Gaussian density": (
        lambda: gaussians.gaussian_dominated(Dominated(f(z) * Normal(x, z, w(t)), x, y, q(z))),
        "w(t) > 0, E_{z~q}[|f(z)|] < ∞ ⊢ ∇_y (f(z) N(y; z, w(t)·I)) exists and is "
        "dominated near y, over z~q",
    ),
    "dominated Gaussian density in its mean": (
        lambda: gaussians.gaussian_dominated(Dominated(f(z) * Normal(z, x, 2), x, y, dz)),
        "2 > 0, ∫ |f(z)| dz < ∞ ⊢ ∇_y (f(z) N(z; y, 2·I)) exists and is dominated near y, over z",
    ),
    "divergence theorem": (
        lambda: derivatives_inside.divergence_theorem(Integral(Div(f(x) * a(x), x), x)),
        "x ↦ f(x) a(x) is differentiable, ∫ ‖f(x) a(x)‖ dx < ∞, ∫ |div_x (f(x) a(x))| dx < ∞ ⊢ "
        "∫ div_x (f(x) a(x)) dx = 0",
    ),
    "trace by a probe": (
        lambda: derivatives_inside.trace_by_probe(
            Expect(Inner(z, Grad(Inner(z, a(x)), x, h(t) * y)), q(z))
        ),
        "E_{z~q}[a·z b·z] = a·b for every b for every a, x ↦ a(x) is differentiable at h(t) y "
        "⊢ E_{z~q}[z·([∇_x (z·a(x))]_{x = h(t) y})] = [div_x a(x)]_{x = h(t) y}",
    ),
    "fundamental theorem": (
        lambda: derivatives_inside.fundamental_theorem(Integral(Partial(h(t) * x, t), (t, 0, 2))),
        "t ↦ h(t) x is differentiable, ∫₀² ‖∂_t (h(t) x)‖ dt < ∞ ⊢ "
        "∫₀² ∂_t (h(t) x) dt = h(2) x − h(0) x",
    ),
    "integrable over an interval": (
        lambda: slopes.integrable_between(Integrable(h(t) * x, Lebesgue(t, 0, 2))),
        "t ↦ h(t) x is differentiable ⊢ ∫₀² ‖h(t) x‖ dt < ∞",
    ),
    "equal sides": (
        lambda: equality.equal_sides(Positive(f(x)), {0: f_is_g}),
        "g(x) > 0, f(x) = g(x) ⊢ f(x) > 0",
    ),
    "equal sides of a condition": (
        lambda: equality.equal_sides(VanishesWith(h(t), f(x)), {1: f_is_g}),
        "g(x) = 0 ⇒ h(t) = 0, f(x) = g(x) ⊢ f(x) = 0 ⇒ h(t) = 0",
    ),
    "field": (
        lambda: rings.field(
            Ratio(f(x), g(x)) + Ratio(1, h(t)), Ratio(f(x) * h(t) + g(x), g(x) * h(t))
        ),
        (
            "h(t) ≠ 0, g(x) ≠ 0, g(x) h(t) ≠ 0 ⊢ (1 / h(t)) + (f(x) / g(x)) = ((f(x) h(t) + g(x))"
            " / (g(x) h(t)))"
        ),
    ),
    "field with vectors": (
        lambda: rings.field(Ratio(f(x), g(x)) * a(x) + a(x), Ratio(f(x) + g(x), g(x)) * a(x)),
        "g(x) ≠ 0 ⊢ (f(x) / g(x)) a(x) + a(x) = ((f(x) + g(x)) / g(x)) a(x)",
    ),
    "field and a double ratio": (
        lambda: rings.field(Ratio(f(x), Ratio(g(x), h(t))), Ratio(f(x) * h(t), g(x))),
        "(g(x) / h(t)) ≠ 0, h(t) ≠ 0, g(x) ≠ 0 ⊢ (f(x) / (g(x) / h(t))) = (f(x) h(t) / g(x))",
    ),
    "substitution": (
        lambda: integrals.substitute_draws(Expect(k(x, z), q(z), Let(x, a(z)), rho(t))),
        "⊢ E_{z~q, x:=a(z), t~ρ}[k(x,z)] = E_{z~q, t~ρ}[k(a(z),z)]",
    ),
    "substitution in a later draw": (
        lambda: integrals.substitute_draws(Expect(f(y), q(z), Let(x, a(z)), r(y, x))),
        "⊢ E_{z~q, x:=a(z), y~r(·|x)}[f(y)] = E_{z~q, y~r(·|a(z))}[f(y)]",
    ),
    "substitution of the only draw": (
        lambda: integrals.substitute_draws(Expect(k(x, y), Let(x, a(z)))),
        "⊢ E_{x:=a(z)}[k(x,y)] = k(a(z),y)",
    ),
    "pull-out": (
        lambda: conditional.pull_out(f(x), k(x, z), (x,), law, 0),
        "E_{z~q, x~r(·|z)}[|k(x,z)|] < ∞, E_{z~q, x~r(·|z)}[|k(x,z) f(x)|] < ∞ ⊢ E_{z~q, "
        "x~r(·|z)}[k(x,z) f(x)] = E_{z~q, x~r(·|z)}[f(x) E_{z~q, x~r(·|z)}[k(x,z) | x]]",
    ),
    "pull-out of an inner product": (
        lambda: conditional.pull_out(h(t) * a(x), c(x, z), (x,), law, 0),
        "E_{z~q, x~r(·|z)}[‖c(x|z)‖] < ∞, E_{z~q, x~r(·|z)}[|h(t) a(x)·c(x|z)|] < ∞ ⊢ E_{z~q, "
        "x~r(·|z)}[h(t) a(x)·c(x|z)] = E_{z~q, x~r(·|z)}[h(t) a(x)·E_{z~q, x~r(·|z)}[c(x|z) | "
        "x]]",
    ),
    "pull-out under a draw that is held": (
        lambda: conditional.pull_out(h(t), k(x, z), (x,), (rho(t), q(z), timed(t, x, z)), 1),
        "E_{z~q, x~r_t(·|z)}[|k(x,z)|] < ∞ for almost every t~ρ, E_{t~ρ, z~q, "
        "x~r_t(·|z)}[|k(x,z) h(t)|] < ∞ ⊢ E_{t~ρ, z~q, x~r_t(·|z)}[k(x,z) h(t)] = E_{t~ρ, "
        "z~q, x~r_t(·|z)}[h(t) E_{z~q, x~r_t(·|z)}[k(x,z) | x]]",
    ),
    "contraction": (
        lambda: conditional.contraction(f(x), k(x, z), (x,), law, 0),
        "E_{z~q, x~r(·|z)}[|k(x,z) f(x)|] < ∞ ⊢ E_{z~q, x~r(·|z)}[|f(x) E_{z~q, "
        "x~r(·|z)}[k(x,z) | x]|] < ∞",
    ),
    "contraction of a squared norm": (
        lambda: conditional.contraction_of_square(f(x), c(x, z), (x,), law, 0),
        "E_{z~q, x~r(·|z)}[|f(x) ‖c(x|z)‖²|] < ∞ ⊢ E_{z~q, x~r(·|z)}[|f(x) ‖E_{z~q, "
        "x~r(·|z)}[c(x|z) | x]‖²|] < ∞",
    ),
    "contraction of a square": (
        lambda: conditional.contraction_of_square(S.One, k(x, z), (x,), law, 0),
        "E_{z~q, x~r(·|z)}[|k(x,z)²|] < ∞ ⊢ E_{z~q, x~r(·|z)}[|E_{z~q, x~r(·|z)}[k(x,z) | "
        "x]²|] < ∞",
    ),
    "contraction of an inner product": (
        lambda: conditional.contraction(a(x), c(x, z), (x,), law, 0),
        "E_{z~q, x~r(·|z)}[|a(x)·c(x|z)|] < ∞ ⊢ E_{z~q, x~r(·|z)}[|a(x)·E_{z~q, "
        "x~r(·|z)}[c(x|z) | x]|] < ∞",
    ),
    "take out": (
        lambda: conditional.take_out(f(x), k(x, z), (x,), law),
        "E_{z~q, x~r(·|z)}[|k(x,z)|] < ∞, E_{z~q, x~r(·|z)}[|k(x,z) f(x)|] < ∞ ⊢ E_{z~q, "
        "x~r(·|z)}[k(x,z) f(x) | x] = f(x) E_{z~q, x~r(·|z)}[k(x,z) | x] for almost every "
        "z~q, x~r(·|z)",
    ),
    "take out of an inner product": (
        lambda: conditional.take_out(a(x), c(x, z), (x,), law),
        "E_{z~q, x~r(·|z)}[‖c(x|z)‖] < ∞, E_{z~q, x~r(·|z)}[|a(x)·c(x|z)|] < ∞ ⊢ E_{z~q, "
        "x~r(·|z)}[a(x)·c(x|z) | x] = a(x)·E_{z~q, x~r(·|z)}[c(x|z) | x] for almost every "
        "z~q, x~r(·|z)",
    ),
    "take out all": (
        lambda: conditional.take_out(f(x), S.One, (x,), law),
        "E_{z~q, x~r(·|z)}[|f(x)|] < ∞ ⊢ E_{z~q, x~r(·|z)}[f(x) | x] = f(x) for almost every "
        "z~q, x~r(·|z)",
    ),
    "conditional linearity": (
        lambda: conditional.conditional_linearity(
            CondExpect(2 * k(x, z) + h(t) * f(x), (x, y), *law)
        ),
        "E_{z~q, x~r(·|z)}[|k(x,z)|] < ∞, E_{z~q, x~r(·|z)}[|f(x)|] < ∞ ⊢ E_{z~q, "
        "x~r(·|z)}[f(x) h(t) + 2 k(x,z) | x] = 2 E_{z~q, x~r(·|z)}[k(x,z) | x] + h(t) E_{z~q, "
        "x~r(·|z)}[f(x) | x] for almost every z~q, x~r(·|z)",
    ),
    "conditional linearity of vectors": (
        lambda: conditional.conditional_linearity(
            CondExpect(f(x) * y + h(t) * c(x, z), (x, y), *law)
        ),
        "E_{z~q, x~r(·|z)}[|f(x)|] < ∞, E_{z~q, x~r(·|z)}[‖c(x|z)‖] < ∞ ⊢ E_{z~q, "
        "x~r(·|z)}[f(x) y + h(t) c(x|z) | x] = E_{z~q, x~r(·|z)}[f(x) | x] y + h(t) E_{z~q, "
        "x~r(·|z)}[c(x|z) | x] for almost every z~q, x~r(·|z)",
    ),
    "Bayes": (
        lambda: conditional.bayes(
            CondExpect(k(x, z), (x, y), *law), sequents.assume(Equals(p(x), Expect(r(x, z), q(z))))
        ),
        "E_{z~q, x~r(·|z)}[|k(x,z)|] < ∞, p(x) = E_{z~q}[r(x|z)] for almost every z~q, "
        "x~r(·|z) ⊢ E_{z~q, x~r(·|z)}[k(x,z) | x] = E_{z~q}[k(x,z) (r(x|z) / p(x))] for "
        "almost every z~q, x~r(·|z)",
    ),
    "Bayes with the marginal written out": (
        lambda: conditional.bayes(
            CondExpect(c(x, z), (x, y), *law), restatements.reflexivity(Expect(r(x, z), q(z)))
        ),
        "E_{z~q, x~r(·|z)}[‖c(x|z)‖] < ∞ ⊢ E_{z~q, x~r(·|z)}[c(x|z) | x] = E_{z~q}[c(x|z) "
        "(r(x|z) / E_{z~q}[r(x|z)])] for almost every z~q, x~r(·|z)",
    ),
    "transfer of integrability": (
        lambda: conditional.transfer(Integrable(k(x, z), q(z), Let(x, a(z))), moved, both),
        "E_{z~q}[|k(a(z),z)|] < ∞ ⊢ E_{z~q, x:=a(z)}[|k(x,z)|] < ∞",
    ),
    "transfer beside a name of the other law": (
        lambda: conditional.transfer(
            Integrable(k(x, z), marginal(x)),
            integrals.marginal_draw(Expect(f(x), marginal(x)), 0),
            f,
        ),
        "E_{z'~q, x~r(·|z')}[|k(x,z)|] < ∞ ⊢ E_{x~m}[|k(x,z)|] < ∞",
    ),
    "transfer of what holds almost surely": (
        lambda: conditional.transfer(
            Almost(Equals(f(x), k(x, z)), q(z), Let(x, a(z))), moved, both
        ),
        "f(a(z)) = k(a(z),z) for almost every z~q ⊢ f(x) = k(x,z) for almost every z~q, x:=a(z)",
    ),
    "a deterministic draw": (
        lambda: point_masses.draw_equation((q(z), Let(x, a(z))), 1),
        "⊢ x = a(z) for almost every z~q, x:=a(z)",
    ),
    "logarithm of a product": (
        lambda: functions_of_products.logarithm(Log(f(x) * Ratio(g(x), h(t)))),
        "f(x) > 0, (g(x) / h(t)) > 0 ⊢ log (f(x) (g(x) / h(t))) = log (g(x) / h(t)) + log f(x)",
    ),
    "logarithm of a ratio": (
        lambda: functions_of_products.logarithm(Log(Ratio(g(x), h(t)))),
        "h(t) > 0, g(x) > 0 ⊢ log (g(x) / h(t)) = log g(x) − log h(t)",
    ),
    "logarithm of a square": (
        lambda: functions_of_products.logarithm(Log(f(x) ** 2)),
        "f(x) > 0 ⊢ log (f(x)²) = 2 log f(x)",
    ),
    "logarithm of exp": (
        lambda: functions_of_products.logarithm(Log(Exp(f(x)))),
        "⊢ log exp(f(x)) = f(x)",
    ),
    "logarithm of one": (
        lambda: functions_of_products.logarithm(Log(1)),
        "⊢ log 1 = 0",
    ),
    "log undoes exp": (lambda: functions.log_exp(f(x)), "⊢ log exp(f(x)) = f(x)"),
    "a root squared alone": (
        lambda: functions.square_of_root(f(x)),
        "0 ≤ f(x) ⊢ (√f(x))² = f(x)",
    ),
    "exponential of two": (
        lambda: functions.exp_of_sum(f(x), g(x)),
        "⊢ exp(f(x) + g(x)) = exp(f(x)) exp(g(x))",
    ),
    "exponential of what cancels": (
        lambda: functions.exp_of_sum(f(x), -f(x)),
        "⊢ exp(0) = exp(f(x)) exp(−f(x))",
    ),
    "exp undoes log": (lambda: functions.exp_log(f(x)), "f(x) > 0 ⊢ exp(log f(x)) = f(x)"),
    "exponential of three": (
        lambda: exponentials.exponential(Exp(f(x) + g(x) + 1)),
        "⊢ exp(f(x) + g(x) + 1) = exp(1) exp(f(x)) exp(g(x))",
    ),
    "exponential of a sum": (
        lambda: exponentials.exponential(Exp(f(x) + g(x))),
        "⊢ exp(f(x) + g(x)) = exp(f(x)) exp(g(x))",
    ),
    "exponential of zero": (
        lambda: exponentials.exponential(Exp(0)),
        "⊢ exp(0) = 1",
    ),
    "exponential of log": (
        lambda: exponentials.exponential(Exp(Log(f(x)))),
        "f(x) > 0 ⊢ exp(log f(x)) = f(x)",
    ),
    "root squared": (
        lambda: functions_of_products.root_squared(Sqrt(f(x)) ** 2 * g(x)),
        "0 ≤ f(x) ⊢ g(x) (√f(x))² = f(x) g(x)",
    ),
    "root squared once": (
        lambda: functions_of_products.root_squared(Sqrt(f(x)) ** 3),
        "0 ≤ f(x) ⊢ (√f(x))³ = f(x) √f(x)",
    ),
    "root of a product": (
        lambda: functions_of_products.root_of_product(Sqrt(f(x) * g(x))),
        "0 ≤ f(x), 0 ≤ g(x) ⊢ √(f(x) g(x)) = √f(x) √g(x)",
    ),
    "root of a square": (
        lambda: functions.absolute_value(Sqrt(f(x) ** 2)),
        "⊢ √(f(x)²) = |f(x)|",
    ),
    "absolute value": (
        lambda: functions.absolute_value(Abs(f(x))),
        "0 ≤ f(x) ⊢ |f(x)| = f(x)",
    ),
    "positive product": (
        lambda: order.positive(Positive(f(x) * g(x)), 0),
        "f(x) > 0, g(x) > 0 ⊢ f(x) g(x) > 0",
    ),
    "positive ratio": (
        lambda: order.positive(Positive(Ratio(f(x), g(x))), 0),
        "f(x) > 0, g(x) > 0 ⊢ (f(x) / g(x)) > 0",
    ),
    "positive cube": (
        lambda: order.positive(Positive(f(x) ** 3), 0),
        "f(x) > 0 ⊢ f(x)³ > 0",
    ),
    "positive square": (
        lambda: order.positive(Positive(f(x) ** 2), 0),
        "f(x)² ≠ 0 ⊢ f(x)² > 0",
    ),
    "positive sum": (
        lambda: order.positive(Positive(f(x) + w(t)), 0),
        "f(x) > 0 ⊢ f(x) + w(t) > 0",
    ),
    "positive exponential": (
        lambda: order.positive(Positive(Exp(f(x))), 0),
        "⊢ exp(f(x)) > 0",
    ),
    "positive Gaussian density": (
        lambda: order.positive(Positive(Normal(x)), 0),
        "⊢ N(x; 0, 1·I) > 0",
    ),
    "positive dimension": (
        lambda: order.positive(Positive(dim), 0),
        "⊢ d > 0",
    ),
    "positive number": (
        lambda: order.positive(Positive(2), 0),
        "⊢ 2 > 0",
    ),
    "positive root": (
        lambda: order.positive(Positive(Sqrt(f(x))), 0),
        "f(x) > 0 ⊢ √f(x) > 0",
    ),
    "positive absolute value": (
        lambda: order.positive(Positive(Abs(f(x))), 0),
        "f(x) ≠ 0 ⊢ |f(x)| > 0",
    ),
    "positive density": (
        lambda: order.positive(Positive(p(x)), 0),
        "p(x) ≠ 0 ⊢ p(x) > 0",
    ),
    "positive, so nonnegative": (
        lambda: signs.nonnegative_parts(AtMost(0, f(x))),
        "f(x) > 0 ⊢ 0 ≤ f(x)",
    ),
    "nonzero": (
        lambda: order.nonzero(VanishesWith(f(x), g(x))),
        "g(x) > 0 ⊢ g(x) = 0 ⇒ f(x) = 0",
    ),
    "a product vanishes": (
        lambda: order.product_vanishes(VanishesWith(h(t), f(x) * g(x))),
        "f(x) = 0 ⇒ h(t) = 0, g(x) = 0 ⇒ h(t) = 0 ⊢ f(x) g(x) = 0 ⇒ h(t) = 0",
    ),
    "a ratio vanishes": (
        lambda: order.product_vanishes(VanishesWith(h(t), Ratio(f(x), g(x)))),
        "f(x) = 0 ⇒ h(t) = 0, g(x) = 0 ⇒ h(t) = 0 ⊢ (f(x) / g(x)) = 0 ⇒ h(t) = 0",
    ),
    "a number does not vanish": (
        lambda: order.product_vanishes(VanishesWith(h(t), 3)),
        "⊢ 3 = 0 ⇒ h(t) = 0",
    ),
    "Gaussian density": (
        lambda: gaussian.gaussian_density(Normal(x, z, w(t))),
        "w(t) > 0 ⊢ N(x; z, w(t)·I) = exp(−1/2 d log (2 w(t) π) − 1/2 (1 / w(t)) ‖x − z‖²)",
    ),
    "reparametrisation": (
        lambda: gaussian.reparametrise(
            Expect(k(x, z), q(z), Normal(x, h(t) * z, h(t) ** 2)), 1, h(t), noise
        ),
        "h(t) ≠ 0 ⊢ E_{z~q, x~N(h(t) z, h(t)²·I)}[k(x,z)] = E_{z~q, e~N(0, 1·I), x:=h(t) e + "
        "h(t) z}[k(x,z)]",
    ),
    "reparametrisation with a drawn scale": (
        lambda: gaussian.reparametrise(
            Expect(k(x, z), q(z), Normal(x, z, norm2(z) ** 2)), 1, norm2(z), noise
        ),
        "‖z‖² ≠ 0 for almost every z~q ⊢ E_{z~q, x~N(z, (‖z‖²)²·I)}[k(x,z)] = E_{z~q, e~N(0, "
        "1·I), x:=z + e ‖z‖²}[k(x,z)]",
    ),
    "Gaussian mean": (
        lambda: gaussian.gaussian_mean(Normal(x, z, w(t))),
        "⊢ E_{x~N(z, w(t)·I)}[x] = z",
    ),
    "Gaussian variance": (
        lambda: gaussian.gaussian_variance(Normal(x, z, w(t))),
        "w(t) > 0 ⊢ E_{x~N(z, w(t)·I)}[‖x − z‖²] = w(t) d",
    ),
    "Gaussian covariance": (
        lambda: gaussian.gaussian_covariance(Normal(x, z, w(t)), y, a(z)),
        "w(t) > 0 ⊢ E_{x~N(z, w(t)·I)}[a(z)·(x − z) y·(x − z)] = w(t) y·a(z)",
    ),
    "Gaussian moments": (
        lambda: gaussian.gaussian_moments(
            Integrable(Inner(x, z) ** 3 * norm2(x - a(z)) * h(t), Normal(x, z, w(t)))
        ),
        "⊢ E_{x~N(z, w(t)·I)}[|h(t) (x·z)³ ‖x − a(z)‖²|] < ∞",
    ),
    "Gaussian product": (
        lambda: gaussian_products.gaussian_product(
            f(z) * Normal(x, h(t) * z + a(y), w(t)) * Normal(z, y, 2), 1, 2
        ),
        "w(t) > 0, 2 > 0 ⊢ f(z) N(x; a(y) + h(t) z, w(t)·I) N(z; y, 2·I) = f(z) N(x; a(y) + "
        "h(t) y, (2 h(t)² + w(t))·I) N(z; (1 / (2 h(t)² + w(t))) "
        "(2 h(t) (x − a(y)) + w(t) y), (2 w(t) / (2 h(t)² + w(t)))·I)",
    ),
    "domination gives a derivative": (
        lambda: calculus.dominated_differentiable(Dominated(k(x, z), x, y, q(z))),
        "∇_y k(y,z) exists and is dominated near y, over z~q ⊢ y ↦ k(y,z) is "
        "differentiable at y for "
        "almost every z~q",
    ),
    "domination gives an integral": (
        lambda: calculus.dominated_integrable(Dominated(k(x, z), x, y, q(z))),
        "∇_y k(y,z) exists and is dominated near y, over z~q ⊢ E_{z~q}[|k(y,z)|] < ∞",
    ),
    "logarithmic derivative": (
        lambda: calculus.log_derivative(Grad(p(x), x)),
        "x ↦ p(x) is differentiable at x ⊢ ∇_x p(x) = p(x) ∇_x log p(x)",
    ),
    "logarithmic derivative in time": (
        lambda: calculus.log_derivative(Partial(w(t), t, 2)),
        "t ↦ w(t) is differentiable at 2 ⊢ [∂_t w(t)]_{t = 2} = w(2) [∂_t log w(t)]_{t = 2}",
    ),
    "stationary at zero": (
        lambda: derivatives_inside.stationary_at_zero(
            VanishesWith(h(t) * Inner(a(x), Grad(p(x), x)), p(x))
        ),
        "⊢ p(x) = 0 ⇒ h(t) a(x)·(∇_x p(x)) = 0",
    ),
    "stationary at zero in time": (
        lambda: derivatives_inside.stationary_at_zero(VanishesWith(Partial(w(t), t, s), w(s))),
        "⊢ w(s) = 0 ⇒ ∂_s w(s) = 0",
    ),
    "cancel a denominator": (
        lambda: algebra.cancel_denominator(f(x), g(x), h(t)),
        "g(x) = 0 ⇒ f(x) h(t) = 0 ⊢ g(x) h(t) (f(x) / g(x)) = f(x) h(t)",
    ),
    "cancel a denominator beside a vector": (
        lambda: algebra.cancel_denominator(f(x), g(x), a(x)),
        "g(x) = 0 ⇒ f(x) = 0 ⊢ g(x) (f(x) / g(x)) a(x) = f(x) a(x)",
    ),
    "ratio, its parts": (
        lambda: integrability.ratio_integrable(
            Integrable(Ratio(f(x), p(x)) * h(t), p(x)), f(x), p(x), h(t)
        ),
        "∫ |f(x) h(t)| dx < ∞ ⊢ E_{x~p}[|h(t) (f(x) / p(x))|] < ∞",
    ),
    "inner product with an integral, its parts": (
        lambda: integrals.inner_with_integral(h(t), a(x), Integral(a(x), x)),
        "∫ ‖h(t) a(x')‖ dx' < ∞ ⊢ h(t) a(x)·[∫ a(x) dx] = ∫ h(t) a(x')·a(x) dx'",
    ),
    "an integral inside, its parts": (
        lambda: integrability.inside_integrable(f(x), Integral(k(x, z), z), [p(x)]),
        "∫∫ |k(x,z) f(x) p(x)| dz dx < ∞ ⊢ E_{x~p}[|f(x) [∫ k(x,z) dz]|] < ∞",
    ),
    "vanishing multiple": (
        lambda: almost.vanishing_multiple(h(t), f(x), g(x)),
        "g(x) = 0 ⇒ f(x) = 0 ⊢ g(x) = 0 ⇒ f(x) h(t) = 0",
    ),
    "slope at zero": (
        lambda: calculus.slope_at_zero(a(x), Grad(p(x), x)),
        "⊢ p(x) = 0 ⇒ a(x)·(∇_x p(x)) = 0",
    ),
    "argmin of a shift": (
        lambda: calculus.argmin_of_shift(loss(theta), f(x), theta),
        "⊢ argmin_θ (L(θ) + f(x)) = argmin_θ L(θ)",
    ),
    "times a Gaussian density": (
        lambda: gaussian.times_gaussian(Normal(x, z, w(t)), f(z), [q(z)]),
        "E_{z~q}[|f(z)|] < ∞ ⊢ E_{z~q}[|f(z) N(x; z, w(t)·I)|] < ∞",
    ),
    "dominated, times a Gaussian density": (
        lambda: calculus.times_gaussian_dominated(Normal(x, z, w(t)), f(z), x, y, [q(z)]),
        "w(t) > 0, E_{z~q}[|f(z)|] < ∞ ⊢ ∇_y (f(z) N(y; z, w(t)·I)) exists and is dominated "
        "near y, over z~q",
    ),
    "integral of a divergence": (
        lambda: slopes.integral_of_divergence(a(x), [dx]),
        "x ↦ a(x) is differentiable, ∫ ‖a(x)‖ dx < ∞, ∫ |div_x a(x)| dx < ∞ ⊢ ∫ div_x a(x) dx = 0",
    ),
    "integral of a slope": (
        lambda: slopes.integral_of_slope(h(t), [dt]),
        "t ↦ h(t) is differentiable, ∫₀¹ |∂_t h(t)| dt < ∞ ⊢ ∫₀¹ ∂_t h(t) dt = h(1) − h(0)",
    ),
    "trace of a slope": (
        lambda: slopes.trace_of_slope(z, a(x), x, y, [q(z)]),
        (
            "E_{z~q}[a·z b·z] = a·b for every b for every a, y ↦ a(y) is differentiable at y ⊢ "
            "E_{z~q}[z·(∇_y (z·a(y)))] = div_y a(y)"
        ),
    ),
    "bounded Gaussian density": (
        lambda: gaussians.gaussian_bounded(Integrable(f(z) * Normal(x, z, w(t)), q(z))),
        "E_{z~q}[|f(z)|] < ∞ ⊢ E_{z~q}[|f(z) N(x; z, w(t)·I)|] < ∞",
    ),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_rule_states_just_this(name: str) -> None:
    derive, statement = STATEMENTS[name]
    assert repr(derive()) == statement


def test_a_notebook_shows_hypotheses_and_conclusion() -> None:
    theorem = weakened(f_is_g, Equals(h(t), 1))
    assert theorem._repr_latex_() == (
        r"$\displaystyle f(x) = g(x),\; h(t) = 1 \;\vdash\; f(x) = g(x)$"
    )
    assert (
        restatements.reflexivity(f(x))._repr_latex_() == r"$\displaystyle  \;\vdash\; f(x) = f(x)$"
    )


def test_every_rule_is_stated() -> None:
    from fmproof.catalogue import catalogue

    used = {code for derive, _ in STATEMENTS.values() for code in _names(derive)}
    used |= {"tonelli"} if "same_law" in used else set()
    rules = {
        function.split(":")[1]
        for record in catalogue()
        for function in (*record.kernel, *record.derived)
    }
    assert rules <= used


def _names(derive: Callable[[], Theorem]) -> tuple[str, ...]:
    return derive.__code__.co_names
