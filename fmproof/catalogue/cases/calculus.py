"""Counterexamples to the conditions of the rules about derivatives and minimisers."""

from __future__ import annotations

from sympy import Expr, Rational

from fmproof.catalogue.cases.symbols import f, g, over_t, s, t, theta, unit_t, x
from fmproof.catalogue.record import Case
from fmproof.derived import derivatives_inside, gaussians
from fmproof.kernel import calculus, slopes
from fmproof.lang.nodes import (
    Abs,
    ArgMin,
    Density,
    Div,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    IntegralOver,
    Lebesgue,
    Log,
    Normal,
    Partial,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    Vec,
    dim,
    norm2,
    pi,
)
from fmproof.lang.props import (
    Differentiable,
    Dominated,
    Equals,
    ForAll,
    Integrable,
    Positive,
    Prop,
    VanishesWith,
)

_first, _second = Scalar("f", theta), Scalar("g", theta)
_two = Scalar("f", s, t)
_r = Real("r")
_v = Scalar("v")()
_ESCAPES = "t / {0} * exp(-t / abs(s)) if s else 0"
"""As s → 0 its mass moves to t = 0, where no single t sees it: ∫₀¹ is nearly s²/{0}."""


# --- what derivatives are -----------------------------------------------------------------


def summand_not_differentiable() -> Case:
    whole = _first(theta) + _second(theta)
    return Case(
        Equals(Grad(whole, theta), Grad(_first(theta), theta) + Grad(_second(theta), theta)),
        {_first: "abs(theta)", _second: "theta - abs(theta)"},
        sides=("1", "diverges"),
        by=("derivative",),
        given=(Differentiable(whole, theta),),
        missing=(Differentiable(_first(theta), theta), Differentiable(_second(theta), theta)),
        at={theta: 0},
    )


def factor_depends_on_parameter() -> Case:
    product = _first(theta) * _second(theta)
    return Case(
        Equals(Grad(product, theta), _first(theta) * Grad(_second(theta), theta)),
        {_first: "theta", _second: "theta"},
        sides=("2", "1"),
        by=("derivative",),
        given=(Differentiable(product, theta), Differentiable(_second(theta), theta)),
        at={theta: 1},
    )


def factor_not_differentiable() -> Case:
    left = Partial(f(t) * g(t), t, 0)
    return Case(
        Equals(left, g(0) * Partial(f(t), t, 0) + f(0) * Partial(g(t), t, 0)),
        {f: "sqrt(abs(t))", g: "t / sqrt(abs(t)) if t else 0"},
        sides=("1", "diverges"),
        missing=(Differentiable(f(t), t, 0), Differentiable(g(t), t, 0)),
        kernel=lambda: calculus.derivative(left),
    )


def quotient_at_zero() -> Case:
    left = Partial(Ratio(f(t), g(t)), t, 0)
    slopes = Partial(f(t), t, 0), Partial(g(t), t, 0)
    right = Ratio(1, g(0)) * slopes[0] - f(0) * Ratio(1, g(0) * g(0)) * slopes[1]
    return Case(
        Equals(left, right),
        {f: "t**2", g: "t"},
        sides=("1", "0"),
        given=(Differentiable(f(t), t, 0), Differentiable(g(t), t, 0)),
        missing=(VanishesWith(1, g(0)),),
        kernel=lambda: calculus.derivative(left),
    )


def logarithm_of_negative() -> Case:
    left = Partial(Log(f(t)), t, -1)
    return Case(
        Equals(left, Ratio(1, f(-1)) * Partial(f(t), t, -1)),
        {f: "t"},
        sides=("0", "-1"),
        given=(Differentiable(f(t), t, -1),),
        missing=(Positive(f(-1)),),
        kernel=lambda: calculus.derivative(left),
    )


def variance_not_positive() -> Case:
    exponent = Rational(-1, 2) * norm2(x) * Ratio(1, _v) - Rational(1, 2) * dim * Log(2 * pi * _v)
    left = Grad(Normal(x, 0, _v), x)
    return Case(
        Equals(left, Normal(x, 0, _v) * Grad(exponent, x)),
        {_v.head: "0"},
        sides=("-exp(-1 / 2) / sqrt(2 * pi)", "0"),
        missing=(Positive(_v),),
        at={x: 1},
        kernel=lambda: calculus.derivative(left),
    )


def not_jointly_differentiable() -> Case:
    left, inner = Partial(_two(t, t), t, 0), Partial(t, t, 0)
    first, second = Partial(_two(s, 0), s, 0), Partial(_two(0, t), t, 0)
    return Case(
        Equals(left, first * inner + second * inner),
        {_two: "s**2 * t / (s**2 + t**2) if s or t else 0"},
        sides=("1 / 2", "0"),
        missing=(Differentiable(_two(s, _r), s, 0, _r, 0),),
        kernel=lambda: calculus.derivative(left),
    )


# --- where they exist ---------------------------------------------------------------------


def one_summand_not_differentiable() -> Case:
    first, second = _first(theta), _second(theta)
    return Case(
        Differentiable(first + second, theta),
        {_first: "theta", _second: "abs(theta)"},
        given=(Differentiable(first, theta),),
        missing=(Differentiable(second, theta),),
        at={theta: 0},
    )


def continuous_in_each_variable_only() -> Case:
    goal = Differentiable(_two(t, t), t, 0)
    return Case(
        goal,
        {_two: "s * t / (s**2 + t**2) + abs(s) if s or t else 0"},
        missing=(Differentiable(_two(s, _r), s, 0, _r, 0),),
        kernel=lambda: calculus.differentiable(goal),
    )


def reciprocal_at_zero() -> Case:
    goal = Differentiable(Ratio(1, g(t)), t, 0)
    return Case(
        goal,
        {g: "t"},
        given=(Differentiable(g(t), t, 0),),
        missing=(VanishesWith(1, g(0)),),
        kernel=lambda: calculus.differentiable(goal),
    )


def logarithm_at_zero() -> Case:
    goal = Differentiable(Log(f(t)), t, 0)
    return Case(
        goal,
        {f: "t"},
        given=(Differentiable(f(t), t, 0),),
        missing=(Positive(f(0)),),
        kernel=lambda: calculus.differentiable(goal),
    )


def root_at_zero() -> Case:
    goal = Differentiable(Sqrt(f(t)), t, 0)
    return Case(
        goal,
        {f: "t"},
        given=(Differentiable(f(t), t, 0),),
        missing=(Positive(f(0)),),
        kernel=lambda: calculus.differentiable(goal),
    )


def modulus_at_zero() -> Case:
    goal = Differentiable(Abs(f(t)), t, 0)
    return Case(
        goal,
        {f: "t"},
        given=(Differentiable(f(t), t, 0),),
        missing=(VanishesWith(1, f(0)),),
        kernel=lambda: calculus.differentiable(goal),
    )


def variance_reaches_zero() -> Case:
    goal = Differentiable(Normal(x, 0, f(t)), t, 0)
    return Case(
        goal,
        {f: "t"},
        given=(Differentiable(f(t), t, 0),),
        missing=(Positive(f(0)),),
        at={x: 1},
        kernel=lambda: calculus.differentiable(goal),
    )


def integral_of_escaping_mass() -> Case:
    goal = Differentiable(Integral(_two(s, t), unit_t), s, 0)
    return Case(
        goal,
        {_two: _ESCAPES.format("abs(s)")},
        missing=(Dominated(_two(s, t), s, 0, over_t),),
        kernel=lambda: calculus.differentiable(goal),
    )


# --- under an integral --------------------------------------------------------------------


def mass_escapes() -> Case:
    left = Partial(Integral(_two(s, t), unit_t), s, 0)
    return Case(
        Equals(left, Integral(Partial(_two(s, t), s, 0), unit_t)),
        {_two: _ESCAPES.format("s")},
        sides=("1", "0"),
        missing=(Dominated(_two(s, t), s, 0, over_t),),
        kernel=lambda: calculus.exchange(left),
    )


def law_depends_on_variable() -> Case:
    law = Density("p", unit_t, given=s)
    left = Partial(Expect(f(t), law(t, s)), s, 0)
    return Case(
        Equals(left, Expect(Partial(f(t), s, 0), law(t, 0))),
        {law: "1 + s * (2 * t - 1)", f: "t"},
        sides=("1 / 6", "0"),
        kernel=lambda: calculus.exchange(left),
    )


def derivative_not_integrable() -> Case:
    goal = Integrable(Partial(_two(s, t), s, 0), over_t)
    return Case(
        goal,
        {_two: "s / t"},
        given=(Integrable(_two(0, t), over_t),),
        missing=(Dominated(_two(s, t), s, 0, over_t),),
        kernel=lambda: derivatives_inside.integrable_derivative(goal),
    )


def weight_of_gaussian_not_integrable() -> Case:
    goal = Dominated(f(t) * Normal(x, 0, 1), x, x, over_t)
    return Case(
        goal,
        {f: "1 / t"},
        given=(Positive(1),),
        missing=(Integrable(f(t), over_t),),
        at={x: 1},
        kernel=lambda: gaussians.gaussian_dominated(goal),
    )


def weight_of_gaussian_moves() -> Case:
    weight = Scalar("k", x, t)
    goal = Dominated(weight(x, t) * Normal(x, 0, 1), x, 0, over_t)
    return Case(
        goal,
        {weight: "x / t"},
        given=(Integrable(weight(0, t), over_t),),
        kernel=lambda: gaussians.gaussian_dominated(goal),
    )


def variance_integrated_to_zero() -> Case:
    goal = Dominated(Normal(x, 0, t), x, 0, over_t)
    return Case(
        goal,
        {},
        given=(Integrable(Normal(0, 0, t), over_t),),
        kernel=lambda: gaussians.gaussian_dominated(goal),
    )


_field = Field("F", x)


def _flux(
    value: str, sides: tuple[str, str], smooth: bool = True, small: bool = True, mild: bool = True
) -> Case:
    divergence = Div(_field(x), x)
    total = Integral(divergence, x)
    conditions = (
        (smooth, ForAll(Differentiable(_field(x), x), x)),
        (small, Integrable(_field(x), Lebesgue(x))),
        (mild, Integrable(divergence, Lebesgue(x))),
    )
    return Case(
        Equals(total, 0),
        {_field: value},
        sides=sides,
        given=tuple(prop for holds, prop in conditions if holds),
        missing=tuple(prop for holds, prop in conditions if not holds),
        kernel=lambda: derivatives_inside.divergence_theorem(total),
    )


def field_jumps() -> Case:
    return _flux("2 * x if 0 < x < 1 else 0", ("2", "0"), smooth=False)


def field_not_integrable() -> Case:
    return _flux("x / sqrt(1 + x**2)", ("2", "0"), small=False)


def divergence_not_integrable() -> Case:
    return _flux("sin(x**2) / (1 + x**2)", ("diverges", "0"), mild=False)


def changes_sign_at_zero() -> Case:
    goal = VanishesWith(Partial(f(t), t, 0), f(0))
    return Case(goal, {f: "t"}, kernel=lambda: derivatives_inside.stationary_at_zero(goal))


def weight_is_negative() -> Case:
    left = Partial(f(t), t, -1)
    return Case(
        Equals(left, f(-1) * Partial(Log(f(t)), t, -1)),
        {f: "t"},
        sides=("1", "0"),
        given=(Differentiable(f(t), t, -1),),
        kernel=lambda: calculus.log_derivative(left),
    )


def kink_of_positive() -> Case:
    weight = Scalar("w", t, nonneg=True)
    left = Partial(weight(t), t, 0)
    return Case(
        Equals(left, weight(0) * Partial(Log(weight(t)), t, 0)),
        {weight: "1 + abs(t)"},
        sides=("diverges", "diverges"),
        missing=(Differentiable(weight(t), t, 0),),
        kernel=lambda: calculus.log_derivative(left),
    )


# --- traces -------------------------------------------------------------------------------

_e, _a, _b = Vec("e"), Vec("a"), Vec("b")


def _probed(field: Expr, at: Expr, variance: int = 1) -> tuple[Expr, Expr, Prop]:
    """E[⟨e, ∇⟨e, f⟩⟩], div f, and that the probe has the second moments of N(0, I)."""
    law = Normal(_e, 0, variance)
    average = Expect(Inner(_e, Grad(Inner(_e, field), x, at)), law)
    moment = Expect(Inner(_a, _e) * Inner(_b, _e), law)
    return average, Div(field, x, at), ForAll(ForAll(Equals(moment, Inner(_a, _b)), _b), _a)


def probe_of_another_variance() -> Case:
    left, right, identity = _probed(_field(x), x, 2)
    return Case(
        Equals(left, right),
        {_field: "x"},
        sides=("2", "1"),
        given=(Differentiable(_field(x), x),),
        missing=(identity,),
        at={x: 0},
        kernel=lambda: derivatives_inside.trace_by_probe(left),
    )


def probe_of_a_kink() -> Case:
    left, right, identity = _probed(_field(x), x)
    return Case(
        Equals(left, right),
        {_field: "abs(x)"},
        sides=("diverges", "diverges"),
        given=(identity,),
        missing=(Differentiable(_field(x), x),),
        at={x: 0},
        kernel=lambda: derivatives_inside.trace_by_probe(left),
    )


def probe_in_the_field() -> Case:
    left, right, _ = _probed(norm2(_e) * x, x)
    return Case(
        Equals(left, right),
        {},
        sides=("3", "1"),
        at={x: 0},
        right_at={x: 0, _e: 1},
        kernel=lambda: derivatives_inside.trace_by_probe(left),
    )


def _between(
    low: int, value: str, sides: tuple[str, str], smooth: bool = True, mild: bool = True
) -> Case:
    slope, over = Partial(f(t), t), Lebesgue(t, low, 1)
    total = IntegralOver(slope, over)
    conditions = ((smooth, ForAll(Differentiable(f(t), t), t)), (mild, Integrable(slope, over)))
    return Case(
        Equals(total, f(1) - f(low)),
        {f: value},
        sides=sides,
        given=tuple(prop for holds, prop in conditions if holds),
        missing=tuple(prop for holds, prop in conditions if not holds),
        kernel=lambda: derivatives_inside.fundamental_theorem(total),
    )


def function_jumps() -> Case:
    return _between(-1, "1 if t > 0 else 0", ("0", "1"), smooth=False)


def slope_not_integrable() -> Case:
    return _between(0, "t**2 * sin(1 / t**2) if t else 0", ("diverges", "sin(1)"), mild=False)


def pole_in_interval() -> Case:
    goal = Integrable(f(t), over_t)
    return Case(
        goal,
        {f: "1 / t if t else 0"},
        missing=(ForAll(Differentiable(f(t), t), t),),
        kernel=lambda: slopes.integrable_between(goal),
    )


# --- minimisers ---------------------------------------------------------------------------


def shift_depends_on_parameter() -> Case:
    return Case(
        Equals(
            ArgMin(_first(theta) + _second(theta), theta),
            ArgMin(_first(theta), theta),
        ),
        {_first: "theta**2", _second: "(theta - 2)**2"},
        sides=("1", "0"),
        by=("minimisers",),
    )
