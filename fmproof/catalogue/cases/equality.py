"""Counterexamples to the conditions of the rules about equality and earlier results."""

from __future__ import annotations

from fmproof.catalogue.cases.symbols import (
    DIPOLE,
    dipole,
    f,
    g,
    on_square,
    over_t,
    p,
    s,
    t,
    theta,
    time,
    unit_s,
    unit_t,
    x,
)
from fmproof.catalogue.record import Case
from fmproof.lang.nodes import (
    Density,
    Expect,
    Field,
    Grad,
    Integral,
    Named,
    Ratio,
    Scalar,
    norm2,
    uniform,
)
from fmproof.lang.props import (
    Almost,
    AtMost,
    Differentiable,
    Equals,
    ForAll,
    Integrable,
    VanishesWith,
)

_model = Field("v", x, sup=theta)


def constant_with_parameter() -> Case:
    second_moment = Expect(norm2(_model(theta, x)), p(x))
    return Case(
        Equals(second_moment, Named("C", second_moment)),
        {p: "exp(-x**2 / 2) / sqrt(2 * pi)", _model: "theta * x"},
        sides=("4", "1"),
        by=("constant",),
        given=(ForAll(Integrable(norm2(_model(theta, x)), p(x)), theta),),
        at={theta: 2},
        right_at={theta: 1},
    )


def lemma_without_its_hypothesis() -> Case:
    swapped = Equals(Integral(dipole(s, t), unit_t, unit_s), Integral(dipole(s, t), unit_s, unit_t))
    return Case(
        swapped,
        {dipole: DIPOLE},
        sides=("pi / 4", "-pi / 4"),
        by=("lemma",),
        missing=(on_square,),
        lemma=swapped,
    )


_weight = Scalar("w", t, nonneg=True)


def negative_weight() -> Case:
    return Case(
        AtMost(0, Expect(-1 * f(t) ** 2, time(t))),
        {f: "1"},
        sides=("0", "-1"),
        by=("nonnegative",),
        given=(Integrable(f(t) ** 2, time(t)),),
        lemma=AtMost(0, Expect(_weight(t) * f(t) ** 2, time(t))),
        replace={_weight: -1},
    )


_any_law = Density("r", unit_t)


def density_not_normalised() -> Case:
    return Case(
        Equals(Integral(2 * time(t), unit_t), 1),
        {},
        sides=("2", "1"),
        by=("expectation", "linearity"),
        lemma=Equals(Integral(_any_law(t), unit_t), 1),
        replace={_any_law: 2 * time(t)},
    )


def density_on_another_range() -> Case:
    wider = uniform(t, 0, 2)
    return Case(
        Equals(Integral(wider(t), unit_t), 1),
        {},
        sides=("1 / 2", "1"),
        by=("expectation", "linearity"),
        lemma=Equals(Integral(_any_law(t), unit_t), 1),
        replace={_any_law: wider(t)},
    )


def captured_variable() -> Case:
    k = Scalar("k")
    return Case(
        Equals(Expect(f(t) ** 2, time(t)), f(t) * Expect(f(t), time(t))),
        {f: "t"},
        sides=("1 / 3", "1 / 2"),
        by=("linearity",),
        given=(Integrable(f(t), time(t)), Integrable(f(t) ** 2, time(t))),
        at={t: 1},
        lemma=Equals(Expect(k() * f(t), time(t)), k() * Expect(f(t), time(t))),
        replace={k: f(t)},
    )


def equation_on_half_the_interval() -> Case:
    ratio = g(t) * Ratio(f(t), g(t))
    return Case(
        Equals(Integral(ratio, unit_t), Integral(f(t), unit_t)),
        {f: "1", g: "1 if t < 1 / 2 else 0"},
        sides=("1 / 2", "1"),
        by=("cancel",),
        given=(Integrable(f(t), over_t),),
        missing=(Almost(VanishesWith(f(t), g(t)), over_t),),
    )


def equation_at_one_parameter() -> Case:
    value, switch = Scalar("f", theta), Scalar("g", theta)
    ratio = switch(theta) * Ratio(value(theta), switch(theta))
    return Case(
        Equals(Grad(ratio, theta), Grad(value(theta), theta)),
        {value: "theta", switch: "1 if theta == 0 else 0"},
        sides=("0", "1"),
        by=("cancel",),
        given=(
            Differentiable(ratio, theta),
            Differentiable(value(theta), theta),
            VanishesWith(value(theta), switch(theta)),
        ),
        missing=(ForAll(VanishesWith(value(theta), switch(theta)), theta),),
        at={theta: 0},
    )


def true_at_one_parameter() -> Case:
    squared = norm2(_model(theta, x))
    return Case(
        ForAll(Integrable(squared, p(x)), theta),
        {p: "1 / (pi * (1 + x**2))", _model: "theta * x"},
        given=(Integrable(squared, p(x)),),
        missing=(ForAll(Integrable(squared, p(x)), theta),),
        at={theta: 0},
    )
