"""What each rule gives, word for word: the equation, and exactly the hypotheses that it needs.

A hypothesis too few would be unsound; one too many, or one about another function, would make the
rule useless. The theorems are written as ``fmproof verify --steps`` prints them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fmproof import (
    ArgMin,
    Density,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    Latent,
    Lebesgue,
    Named,
    Param,
    Ratio,
    Real,
    Scalar,
    Theorem,
    Vec,
    norm2,
)
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
a0, e, theta = Vec("a"), Latent("e"), Param("θ")
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
dx, dz, dt = Lebesgue(x), Lebesgue(z), Lebesgue(t, 0, 1)

f_is_g = sequents.assume(Equals(f(x), g(x)))
h_is_1 = sequents.assume(Equals(h(t), 1))
loss_is_penalty = sequents.assume(Equals(loss(theta), penalty(theta)))
f_is_g_where_p = algebra.cancel(p(x) * Ratio(f(x), p(x)))

STATEMENTS: dict[str, tuple[Callable[[], Theorem], str]] = {
    "assume": (lambda: sequents.assume(Equals(f(x), 0)), "f(x) = 0 ⊢ f(x) = 0"),
    "weaken": (
        lambda: sequents.weaken(f_is_g, Integrable(f(x), dx)),
        "f(x) = g(x), ∫ |f(x)| dx < ∞ ⊢ f(x) = g(x)",
    ),
    "discharge": (
        lambda: sequents.discharge(
            equality.transitivity(f_is_g, sequents.assume(Equals(g(x), 1))),
            sequents.weaken(equality.symmetry(sequents.assume(Equals(1, g(x)))), Equals(f(y), 0)),
        ),
        "1 = g(x), f(y) = 0, f(x) = g(x) ⊢ f(x) = 1",
    ),
    "discharge nothing": (lambda: sequents.discharge(f_is_g, h_is_1), "f(x) = g(x) ⊢ f(x) = g(x)"),
    "restate": (
        lambda: sequents.restate(
            sequents.assume(Equals(Integral(f(x), x), 1)), Equals(Integral(f(y), y), 1)
        ),
        "∫ f(x) dx = 1 ⊢ ∫ f(y) dy = 1",
    ),
    "reflexivity": (lambda: equality.reflexivity(f(x)), "⊢ f(x) = f(x)"),
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
        lambda: equality.congruence(Grad(loss(theta), theta), {0: loss_is_penalty}),
        "L(θ) = R(θ) for every θ ⊢ ∇_θ L(θ) = ∇_θ R(θ)",
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
            equality.transitivity(
                f_is_g, sequents.weaken(equality.reflexivity(g(x)), Equals(h(t), 1))
            ),
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
        lambda: algebra.cancel(h(t) * p(x) * Ratio(f(x), p(x))),
        "p(x) = 0 ⇒ f(x) = 0 ⊢ h(t) p(x) (f(x) / p(x)) = f(x) h(t)",
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
        lambda: integrals.inner_of_integral(h(t) * Inner(a(y), Integral(c(x, z), x))),
        "∫ ‖h(t) c(x|z)‖ dx < ∞ ⊢ h(t) a(y)·[∫ c(x|z) dx] = ∫ h(t) a(y)·c(x|z) dx",
    ),
    "inner product with an integral on the left": (
        lambda: integrals.inner_of_integral(h(t) * Inner(Expect(b(x), p(x)), y)),
        "E_{x~p}[‖h(t) b(x)‖] < ∞ ⊢ h(t) y·E_{x~p}[b(x)] = E_{x~p}[h(t) y·b(x)]",
    ),
    "inner product before and after other factors": (
        lambda: integrals.inner_of_integral(h(t) * Inner(Expect(b(x), p(x)), y) * t),
        "E_{x~p}[‖h(t) t b(x)‖] < ∞ ⊢ h(t) t y·E_{x~p}[b(x)] = E_{x~p}[h(t) t y·b(x)]",
    ),
    "inner product with an integral on the left inside": (
        lambda: integrability.integral_inside(
            Integrable(h(t) * Inner(Expect(b(x), p(x)), y), Lebesgue(y))
        ),
        "∫∫ |h(t) p(x) y·b(x)| dx dy < ∞ ⊢ ∫ |h(t) y·E_{x~p}[b(x)]| dy < ∞",
    ),
    "inner product with an expectation of the same name": (
        lambda: integrals.inner_of_integral(f(x) * Inner(a(x), Expect(b(x), p(x)))),
        "E_{x'~p}[‖f(x) b(x')‖] < ∞ ⊢ f(x) a(x)·E_{x~p}[b(x)] = E_{x'~p}[f(x) a(x)·b(x')]",
    ),
    "fubini": (
        lambda: integrals.fubini(Integral(Integral(k(x, z), z), x)),
        "∫∫ |k(x,z)| dz dx < ∞ ⊢ ∫∫ k(x,z) dz dx = ∫∫ k(x,z) dx dz",
    ),
    "joint": (
        lambda: integrals.joint_integral(Integral(Integral(h(t) * k(x, z), z), (t, 0, 1))),
        "∫₀¹∫ |k(x,z) h(t)| dz dt < ∞ ⊢ ∫₀¹∫ k(x,z) h(t) dz dt = ∫₀¹∫ k(x,z) h(t) d(t,z)",
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
    "gradient": (
        lambda: calculus.derivative(Grad(2 * loss(theta) - h(t) * penalty(theta) + f(x), theta)),
        "θ ↦ L(θ) is differentiable, θ ↦ R(θ) is differentiable ⊢ "
        "∇_θ (2 L(θ) − R(θ) h(t) + f(x)) = 2 ∇_θ L(θ) − h(t) ∇_θ R(θ)",
    ),
    "gradient of one summand": (
        lambda: calculus.derivative(Grad(h(t) * loss(theta) + f(x), theta)),
        "⊢ ∇_θ (L(θ) h(t) + f(x)) = h(t) ∇_θ L(θ)",
    ),
    "minimisers": (
        lambda: calculus.minimisers_of_shift(
            ArgMin(loss(theta) + penalty(theta) + f(x) - 1, theta)
        ),
        "⊢ argmin_θ (L(θ) + R(θ) + f(x) − 1) = argmin_θ (L(θ) + R(θ))",
    ),
    "differentiable": (
        lambda: calculus.differentiable(
            Differentiable(h(t) * loss(theta) - penalty(theta) + f(x), theta)
        ),
        "θ ↦ R(θ) is differentiable, θ ↦ L(θ) is differentiable ⊢ "
        "θ ↦ L(θ) h(t) − R(θ) + f(x) is differentiable",
    ),
    "differentiable constant": (
        lambda: calculus.differentiable(Differentiable(f(x), theta)),
        "⊢ θ ↦ f(x) is differentiable",
    ),
    "equality of differentiable functions": (
        lambda: calculus.differentiable_equal(
            sequents.weaken(loss_is_penalty, Equals(h(t), 1)), theta
        ),
        "θ ↦ R(θ) is differentiable, L(θ) = R(θ) for every θ, h(t) = 1 ⊢ "
        "θ ↦ L(θ) is differentiable",
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
        lambda: integrability.sum_of_integrable(Integrable((f(x) - 1) * h(t), p(x), rho(t))),
        "E_{x~p, t~ρ}[|−h(t)|] < ∞, E_{x~p, t~ρ}[|f(x) h(t)|] < ∞ ⊢ "
        "E_{x~p, t~ρ}[|h(t) (f(x) − 1)|] < ∞",
    ),
    "sum over a divisor": (
        lambda: integrability.sum_of_integrable(Integrable(Ratio(f(x) + 1, g(x)), p(x))),
        "E_{x~p}[|f(x) (1 / g(x))|] < ∞, E_{x~p}[|(1 / g(x))|] < ∞ "
        "⊢ E_{x~p}[|((f(x) + 1) / g(x))|] < ∞",
    ),
    "constant factor": (
        lambda: integrability.constant_factor(Integrable(3 * h(t) * Ratio(f(x), w(t)), p(x))),
        "E_{x~p}[|f(x)|] < ∞ ⊢ E_{x~p}[|3 h(t) (f(x) / w(t))|] < ∞",
    ),
    "constant factor of a vector": (
        lambda: integrability.constant_factor(Integrable(h(t) * a(x), dx)),
        "∫ ‖a(x)‖ dx < ∞ ⊢ ∫ ‖h(t) a(x)‖ dx < ∞",
    ),
    "ratio": (
        lambda: integrability.cancelled_ratio(
            Integrable(h(t) * g(x) * Ratio(f(x), p(x)), p(x), rho(t))
        ),
        "∫∫₀¹ |f(x) g(x) h(t) ρ(t)| dt dx < ∞ ⊢ E_{x~p, t~ρ}[|g(x) h(t) (f(x) / p(x))|] < ∞",
    ),
    "Cauchy–Schwarz": (
        lambda: integrability.cauchy_schwarz(Integrable(w(t) * Inner(a(x), b(x)), rho(t), p(x))),
        "E_{t~ρ, x~p}[w(t) ‖a(x)‖²] < ∞, E_{t~ρ, x~p}[w(t) ‖b(x)‖²] < ∞ ⊢ "
        "E_{t~ρ, x~p}[|w(t) a(x)·b(x)|] < ∞",
    ),
    "parallelogram": (
        lambda: integrability.parallelogram(Integrable(w(t) * norm2(a(x) - b(x)), rho(t), p(x))),
        "E_{t~ρ, x~p}[w(t) ‖b(x)‖²] < ∞, E_{t~ρ, x~p}[w(t) ‖a(x)‖²] < ∞ ⊢ "
        "E_{t~ρ, x~p}[w(t) ‖a(x) − b(x)‖²] < ∞",
    ),
    "second moment": (
        lambda: integrability.square_integrable(Integrable(w(t) * f(x) * a(x), rho(t), p(x))),
        "E_{t~ρ, x~p}[|f(x) w(t) ‖a(x)‖²|] < ∞, E_{t~ρ, x~p}[|f(x) w(t)|] < ∞ ⊢ "
        "E_{t~ρ, x~p}[‖f(x) w(t) a(x)‖] < ∞",
    ),
    "integral inside": (
        lambda: integrability.integral_inside(Integrable(f(x) * Integral(k(x, z), z), dx)),
        "∫∫ |k(x,z) f(x)| dz dx < ∞ ⊢ ∫ |f(x) [∫ k(x,z) dz]| dx < ∞",
    ),
    "inner product with an integral inside": (
        lambda: integrability.integral_inside(
            Integrable(f(x) * Inner(a(x), Expect(b(x), p(x))), dx)
        ),
        "∫∫ |f(x) p(x') a(x)·b(x')| dx' dx < ∞ ⊢ ∫ |f(x) a(x)·E_{x~p}[b(x)]| dx < ∞",
    ),
    "Jensen": (
        lambda: integrability.jensen(Integrable(w(t) * norm2(average(x)), rho(t), marginal(x))),
        "∫₀¹∫∫ w(t) r(x|z) q(z) ρ(t) ‖c(x|z)‖² dz dx dt < ∞ ⊢ E_{t~ρ, x~m}[w(t) ‖ū(x)‖²] < ∞",
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
        lambda: integrability.equal_integrand(
            Integrable(p(x) * Ratio(f(x), p(x)), dx),
            sequents.weaken(f_is_g_where_p, Equals(h(t), 1)),
        ),
        "∫ |f(x)| dx < ∞, p(x) = 0 ⇒ f(x) = 0 for almost every x, h(t) = 1 ⊢ "
        "∫ |p(x) (f(x) / p(x))| dx < ∞",
    ),
    "everywhere": (
        lambda: almost.everywhere(sequents.weaken(f_is_g_where_p, Equals(h(t), 1)), [dx, dt]),
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
        lambda: almost.reorder_almost(
            sequents.assume(Almost(Equals(k(x, z), h(t)), dx, dz, dt)), (2, 0, 1)
        ),
        (
            "k(x,z) = h(t) for almost every x, z, t∈[0,1] ⊢ k(x,z) = h(t) for almost every "
            "t∈[0,1], x, z"
        ),
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
        lambda: almost.multiple_vanishes(VanishesWith(h(t) * f(x), g(x)), 1),
        "g(x) = 0 ⇒ f(x) = 0 ⊢ g(x) = 0 ⇒ f(x) h(t) = 0",
    ),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_rule_states_just_this(name: str) -> None:
    derive, statement = STATEMENTS[name]
    assert repr(derive()) == statement


def test_a_notebook_shows_hypotheses_and_conclusion() -> None:
    theorem = sequents.weaken(f_is_g, Equals(h(t), 1))
    assert theorem._repr_latex_() == (
        r"$\displaystyle f(x) = g(x),\; h(t) = 1 \;\vdash\; f(x) = g(x)$"
    )
    assert equality.reflexivity(f(x))._repr_latex_() == r"$\displaystyle  \;\vdash\; f(x) = f(x)$"


def test_every_rule_is_stated() -> None:
    from fmproof.catalogue import catalogue

    used = {code for derive, _ in STATEMENTS.values() for code in _names(derive)}
    used |= {"tonelli"} if "same_law" in used else set()
    rules = {function.split(":")[1] for record in catalogue() for function in record.kernel}
    assert rules <= used


def _names(derive: Callable[[], Theorem]) -> tuple[str, ...]:
    return derive.__code__.co_names
