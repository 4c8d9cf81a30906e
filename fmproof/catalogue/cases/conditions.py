"""Counterexamples to the premises from which side conditions are derived."""

from __future__ import annotations

from fmproof.catalogue.cases.symbols import (
    a,
    b,
    f,
    g,
    over_s,
    over_t,
    p,
    q,
    s,
    t,
    theta,
    unit_s,
    unit_t,
    x,
    z,
)
from fmproof.catalogue.record import Case
from fmproof.lang.nodes import (
    Apply,
    Density,
    Field,
    Inner,
    Integral,
    Lebesgue,
    Ratio,
    Scalar,
    norm2,
)
from fmproof.lang.props import (
    Almost,
    Differentiable,
    Equals,
    ForAll,
    Integrable,
    Prop,
    VanishesWith,
)

_GAUSS = "exp(-{0}**2 / 2) / sqrt(2 * pi)"
_two = Scalar("f", s, t)


def _on_unit(body: object) -> Prop:
    return Integrable(body, over_t)


def first_square() -> Case:
    return Case(
        _on_unit(Inner(a(t), b(t))),
        {a: "1 / t", b: "1"},
        given=(_on_unit(norm2(b(t))),),
        missing=(_on_unit(norm2(a(t))),),
    )


def second_square() -> Case:
    return Case(
        _on_unit(Inner(a(t), b(t))),
        {a: "1", b: "1 / t"},
        given=(_on_unit(norm2(a(t))),),
        missing=(_on_unit(norm2(b(t))),),
    )


def square_of_one_summand() -> Case:
    return Case(
        _on_unit(norm2(a(t) + b(t))),
        {a: "1", b: "1 / sqrt(t)"},
        given=(_on_unit(norm2(a(t))),),
        missing=(_on_unit(norm2(b(t))),),
    )


_path = Density("p", x, given=z)
_marginal = Density("p", x, definition=Integral(_path(x, z) * q(z), z))
_target = Field("u", x, given=z)
_INTERVAL = "1 if 0 < {0} < 1 else 0"


def _average(weight: Apply) -> Apply:
    """∫ u(x|z) p(x|z) q(z) / weight dz, as a field u(x)."""
    mass = Ratio(_path(x, z) * q(z), weight)
    averaged: Apply = Field("u", x, definition=Integral(_target(x, z) * mass, z))(x)
    return averaged


def values_not_square_integrable() -> Case:
    return Case(
        Integrable(norm2(_average(_marginal(x))), _marginal(x)),
        {
            _path: _INTERVAL.format("x"),
            q: _INTERVAL.format("z"),
            _target: "1 / sqrt(abs(x))",
        },
        missing=(Integrable(norm2(_target(x, z)), q(z), _path(x, z)),),
    )


def weight_not_the_marginal() -> Case:
    path = Density("r", x, given=z)
    other = Density("m", x, definition=Integral(path(x, z) * q(z), z))
    return Case(
        Integrable(norm2(_average(other(x))), other(x)),
        {
            _path: "1 / (pi * (1 + x**2))",
            q: _INTERVAL.format("z"),
            _target: "1",
            path: "2 / (pi * (1 + x**2)**2)",
        },
        given=(Integrable(norm2(_target(x, z)), q(z), _path(x, z)),),
    )


def weight_changes_sign() -> Case:
    values, signed = Field("f", s), Scalar("j", s, t)
    mass = Scalar("m", t, definition=Integral(signed(s, t), unit_s))
    average = Field(
        "u", sub=t, definition=Integral(values(s) * Ratio(signed(s, t), mass(t)), unit_s)
    )
    return Case(
        _on_unit(mass(t) * norm2(average(t))),
        {values: "cos(pi * s)", signed: "cos(pi * s) + t"},
        given=(Integrable(norm2(values(s)) * signed(s, t), over_s, over_t),),
    )


def inner_integral_too_large() -> Case:
    return Case(
        Integrable(Integral(_two(s, t), unit_t), over_s),
        {_two: "1 / s"},
        given=(Almost(Integrable(_two(s, t), over_t), over_s),),
        missing=(Integrable(_two(s, t), over_s, over_t),),
    )


def another_law() -> Case:
    squared = norm2(x)
    other = Density("m", x)
    return Case(
        Integrable(squared, p(x)),
        {p: "1 / (pi * (1 + x**2))", other: _GAUSS.format("x")},
        given=(Integrable(squared, other(x)),),
    )


def infinite_measure() -> Case:
    return Case(Integrable(1, Lebesgue(x)), {})


def one_summand_not_integrable() -> Case:
    return Case(
        _on_unit(f(t) + g(t)),
        {f: "1", g: "1 / t"},
        given=(_on_unit(f(t)),),
        missing=(_on_unit(g(t)),),
    )


def multiple_of_not_integrable() -> Case:
    return Case(_on_unit(2 * f(t)), {f: "1 / t"}, missing=(_on_unit(f(t)),))


def factor_not_constant() -> Case:
    return Case(
        _on_unit(f(t) * g(t)),
        {f: "1 / sqrt(t)", g: "1 / sqrt(t)"},
        given=(_on_unit(f(t)), _on_unit(g(t))),
    )


def numerator_not_integrable() -> Case:
    return Case(
        _on_unit(g(t) * Ratio(f(t), g(t))),
        {f: "1 / t", g: "1"},
        missing=(_on_unit(f(t)),),
    )


def another_denominator() -> Case:
    h = Scalar("h", t)
    return Case(
        _on_unit(g(t) * Ratio(f(t), h(t))),
        {f: "1", g: "1", h: "t"},
        given=(_on_unit(f(t)), _on_unit(g(t)), _on_unit(h(t))),
    )


def weight_not_integrable() -> Case:
    field = Field("a", x)
    return Case(
        Integrable(field(x), Lebesgue(x)),
        {field: "1 / (1 + abs(x))"},
        given=(Integrable(norm2(field(x)), Lebesgue(x)),),
        missing=(Integrable(1, Lebesgue(x)),),
    )


def second_moment_infinite() -> Case:
    return Case(_on_unit(a(t)), {a: "1 / t"}, missing=(_on_unit(norm2(a(t))),))


def no_section_integrable() -> Case:
    return Case(
        Almost(Integrable(_two(s, t), over_t), over_s),
        {_two: "1 / t"},
        missing=(Integrable(_two(s, t), over_s, over_t),),
    )


def section_at_one_point() -> Case:
    return Case(
        Integrable(_two(s, t), over_t),
        {_two: "1 / t if s == 1 / 2 else 0"},
        given=(Integrable(_two(s, t), over_s, over_t),),
        at={s: 0.5},
    )


def unrelated_density() -> Case:
    numerator = Scalar("g", x)(x)
    return Case(
        Almost(VanishesWith(numerator, p(x)), Lebesgue(x)),
        {p: "1 if 0 < x < 1 else 0", numerator.head: "exp(-abs(x)) / 2"},
    )


def off_the_support() -> Case:
    numerator, other = Scalar("g", x)(x), Density("m", x)
    return Case(
        Almost(VanishesWith(numerator, p(x)), other(x)),
        {
            p: "1 if 0 < x < 1 else 0",
            other: "exp(-abs(x)) / 2",
            numerator.head: "1",
        },
    )


_loss, _other_loss = Scalar("f", theta)(theta), Scalar("g", theta)(theta)
_ABS = "abs(theta)"


def equal_to_something_rough() -> Case:
    return Case(
        Differentiable(_loss, theta),
        {_loss.head: _ABS, _other_loss.head: _ABS},
        given=(ForAll(Equals(_loss, _other_loss), theta),),
        missing=(Differentiable(_other_loss, theta),),
        at={theta: 0},
    )


def equal_at_one_parameter() -> Case:
    return Case(
        Differentiable(_loss, theta),
        {_loss.head: _ABS, _other_loss.head: "theta**2"},
        given=(Equals(_loss, _other_loss), Differentiable(_other_loss, theta)),
        missing=(ForAll(Equals(_loss, _other_loss), theta),),
        at={theta: 0},
    )
