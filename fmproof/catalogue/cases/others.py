"""Counterexamples to the conditions of the rules of algebra and order."""

from __future__ import annotations

from fmproof.catalogue.cases.symbols import a, b, f, over_t, p, t, time, unit_t, x
from fmproof.catalogue.record import Case
from fmproof.derived import signs
from fmproof.kernel import order
from fmproof.kernel.equality import equal_sides
from fmproof.kernel.hypotheses import assume
from fmproof.kernel.ring import field
from fmproof.lang.nodes import Abs, Expect, Inner, Integral, Lebesgue, Ratio, Scalar
from fmproof.lang.props import Almost, AtMost, Equals, Integrable, Positive, VanishesWith

_a, _b = Scalar("a")(), Scalar("b")()


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


def fraction_over_zero() -> Case:
    left = Ratio(_a * _b, _b)
    return Case(
        Equals(left, _a),
        {_a.head: "1", _b.head: "0"},
        sides=("0", "1"),
        missing=(VanishesWith(1, _b),),
        kernel=lambda: field(left, _a),
    )


def equal_to_something_negative() -> Case:
    equation = Equals(_a, _b)
    return Case(
        Positive(_a),
        {_a.head: "-1", _b.head: "-1"},
        given=(equation,),
        missing=(Positive(_b),),
        kernel=lambda: equal_sides(Positive(_a), {0: assume(equation)}),
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


def factor_not_positive() -> Case:
    goal = Positive(_a * _b)
    return Case(
        goal,
        {_a.head: "-1", _b.head: "1"},
        given=(Positive(_b),),
        missing=(Positive(_a),),
        kernel=lambda: order.positive(goal, 0),
    )


def modulus_of_zero() -> Case:
    goal = Positive(Abs(_a))
    return Case(
        goal,
        {_a.head: "0"},
        missing=(VanishesWith(1, _a),),
        kernel=lambda: order.positive(goal, 0),
    )


def other_summand_negative() -> Case:
    goal = Positive(_a + _b)
    return Case(
        goal,
        {_a.head: "1", _b.head: "-2"},
        given=(Positive(_a),),
        kernel=lambda: order.positive(goal, goal.args[0].args.index(_a)),
    )


def integrand_negative() -> Case:
    goal = Positive(Integral(f(t), unit_t))
    return Case(
        goal,
        {f: "-1"},
        given=(Integrable(f(t), over_t),),
        missing=(Almost(Positive(f(t)), over_t),),
        kernel=lambda: order.positive(goal, 0),
    )


def positive_and_not_integrable() -> Case:
    goal = Positive(Integral(f(t), unit_t))
    return Case(
        goal,
        {f: "1 / t"},
        given=(Almost(Positive(f(t)), over_t),),
        missing=(Integrable(f(t), over_t),),
        kernel=lambda: order.positive(goal, 0),
    )


def below_zero() -> Case:
    goal = AtMost(0, _a)
    return Case(
        goal,
        {_a.head: "-1"},
        missing=(Positive(_a),),
        kernel=lambda: signs.nonnegative_parts(goal),
    )


def product_below_zero() -> Case:
    goal = AtMost(0, _a * _b)
    return Case(
        goal,
        {_a.head: "-1", _b.head: "1"},
        given=(AtMost(0, _b),),
        missing=(AtMost(0, _a),),
        kernel=lambda: signs.nonnegative_parts(goal),
    )


def denominator_is_zero() -> Case:
    goal = VanishesWith(_a, _b)
    return Case(
        goal,
        {_a.head: "1", _b.head: "0"},
        missing=(Positive(_b),),
        kernel=lambda: order.nonzero(goal),
    )


def factor_is_zero() -> Case:
    other = Scalar("c")()
    goal = VanishesWith(_a, _b * other)
    return Case(
        goal,
        {_a.head: "1", _b.head: "0", other.head: "1"},
        given=(VanishesWith(_a, other),),
        missing=(VanishesWith(_a, _b),),
        kernel=lambda: order.product_vanishes(goal),
    )
