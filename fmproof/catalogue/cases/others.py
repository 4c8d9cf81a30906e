"""Counterexamples to the conditions of the rules of algebra, gradients and order."""

from __future__ import annotations

from fmproof.catalogue.cases.symbols import a, b, p, t, theta, time, x
from fmproof.catalogue.record import Case
from fmproof.lang.nodes import ArgMin, Expect, Grad, Inner, Integral, Lebesgue, Ratio, Scalar
from fmproof.lang.props import Almost, AtMost, Differentiable, Equals, Integrable, VanishesWith

_first = Scalar("f", theta)
_second = Scalar("g", theta)


def denominator_vanishes() -> Case:
    numerator = Scalar("g", x)(x)
    return Case(
        Equals(Integral(p(x) * Ratio(numerator, p(x)), x), Integral(numerator, x)),
        {p: "1 if 0 < x < 1 else 0", numerator.head: "exp(-abs(x)) / 2"},
        sides=("(1 - exp(-1)) / 2", "1"),
        by=("cancel",),
        given=(Integrable(numerator, Lebesgue(x)),),
        missing=(Almost(VanishesWith(numerator, p(x)), Lebesgue(x)),),
    )


def summand_not_differentiable() -> Case:
    whole = _first(theta) + _second(theta)
    return Case(
        Equals(Grad(whole, theta), Grad(_first(theta), theta) + Grad(_second(theta), theta)),
        {_first: "abs(theta)", _second: "theta - abs(theta)"},
        sides=("1", "diverges"),
        by=("gradient",),
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
        by=("gradient",),
        given=(Differentiable(product, theta), Differentiable(_second(theta), theta)),
        at={theta: 1},
    )


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


def sign_not_clear() -> Case:
    product = Inner(a(t), b(t))
    return Case(
        AtMost(0, Expect(product, time(t))),
        {a: "1", b: "-1"},
        sides=("0", "-1"),
        by=("nonnegative",),
        given=(Integrable(product, time(t)),),
    )
