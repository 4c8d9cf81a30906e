"""What ``auto`` finds: inequalities by a square, integration by parts, equations to be solved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sympy import Expr, Rational

from fmproof import (
    Density,
    Derivation,
    Differentiable,
    Equals,
    Expect,
    Field,
    ForAll,
    Grad,
    Hypothesis,
    Inner,
    Integrable,
    Integral,
    Lebesgue,
    Param,
    Part,
    Real,
    Scalar,
    Step,
    Vec,
    check,
    norm2,
)
from fmproof.lang.nodes import CondExpect, Div, Law, Let, Log, Partial, uniform
from fmproof.lang.props import Almost, Positive
from fmproof.meaning.witness import Witness
from fmproof.report import json as as_json
from fmproof.report import text
from fmproof.report.document import report_sections
from fmproof.report.model import StepReport

x, y, z = Vec("x y z")
s, t = Real("s t")
theta = Param("theta")
E = Expect

law = Law("P", y, x)(y, x)
mean = Field("m", x, definition=CondExpect(y, x, law))(x)
f = Field("f", x)(x)
given = CondExpect(norm2(y), x, law)
SQUARES = [Integrable(norm2(y), law), Integrable(norm2(f), law)]

p = Density("p", x)
model = Field("s", x, sup=theta)(theta, x)
score, divergence = Grad(Log(p(x)), x), Div(model, x)
SMOOTH = [
    ForAll(Differentiable(p(x), x), x),
    ForAll(ForAll(Differentiable(model, x), x), theta),
    ForAll(Integrable(norm2(model), p(x)), theta),
    Integrable(norm2(score), p(x)),
    ForAll(Integrable(divergence, p(x)), theta),
]


def one(
    start: Expr, claim: Expr, hypotheses: Sequence[Any], relation: Any = "=", **others: Any
) -> Derivation:
    named = [Hypothesis(f"H{i}", prop) for i, prop in enumerate(hypotheses)]
    step = Step("1", claim, by="auto", relation=relation)
    return Derivation("one", hypotheses=named, start=start, steps=[step], **others)


def checked(derivation: Derivation) -> StepReport:
    (report,) = check([derivation]).derivations
    return report.steps[0]


def numbers(derivation: Derivation) -> str:
    return Witness(4, 20261129).check(derivation)["1"].status


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (E(norm2(mean), law), E(given, law)),
        (E(norm2(mean), law), E(norm2(y), law)),
        (E(norm2(y - mean), law), E(norm2(y - f), law)),
        (E(norm2(y - mean), law), E(norm2(y), law)),
        (norm2(E(y, law)), E(norm2(y), law)),
        (E(norm2(y - E(y, law)), law), E(norm2(y), law)),
    ],
    ids=["Jensen", "Jensen, tower", "best predictor", "residual", "mean", "variance"],
)
def test_an_inequality_by_the_square_that_makes_it_up(lower: Expr, upper: Expr) -> None:
    for derivation in (one(lower, upper, SQUARES, "≤"), one(upper, lower, SQUARES, "≥")):
        assert checked(derivation).status == "proved"
        assert numbers(derivation) == "agrees"
    for derivation in (one(upper, lower, SQUARES, "≤"), one(lower, upper, SQUARES, "≥")):
        assert checked(derivation).status == "failed"
        assert numbers(derivation) == "refuted"
    assert checked(one(lower, upper, [], "≤")).status == "failed"


def test_an_expectation_is_integrated_by_parts() -> None:
    derivation = one(E(Inner(model, score), p(x)), -E(divergence, p(x)), SMOOTH)
    assert checked(derivation).status == "proved"
    assert numbers(derivation) == "agrees"
    wrong = one(E(Inner(model, score), p(x)), E(divergence, p(x)), SMOOTH)
    assert checked(wrong).status == "failed"
    assert numbers(wrong) == "refuted"
    for place in (0, 1, 4):  # of the others each is what makes a line finite
        rest = [h for i, h in enumerate(SMOOTH) if i != place]
        less = one(E(Inner(model, score), p(x)), -E(divergence, p(x)), rest)
        assert checked(less).status == "failed"


def test_implicit_score_matching_in_one_step() -> None:
    half = Rational(1, 2)
    explicit = half * E(norm2(model - score), p(x))
    rest = half * E(norm2(score), p(x))
    implicit = E(divergence + half * norm2(model), p(x))
    assert checked(one(explicit, implicit + rest, SMOOTH)).status == "proved"
    assert checked(one(explicit, implicit - rest, SMOOTH)).status == "failed"


def test_a_sum_that_is_zero_is_solved_for_a_derivative() -> None:
    density, field, mu = (
        Density("r", x, sub=t, given=y)(t, x, y),
        Field("b", x, sub=t, given=y)(t, x, y),
        Density("mu", y)(y),
    )
    flux, change = Div(density * field, x), Partial(density, t)

    def everywhere(prop: Any) -> Any:
        return ForAll(ForAll(ForAll(prop, x), t), y)

    hypotheses = [
        everywhere(Equals(2 * change + 2 * flux, 0)),
        everywhere(Differentiable(density, t)),
        everywhere(Differentiable(density * field, x)),
        ForAll(ForAll(Integrable(mu * change, Lebesgue(y)), x), t),
        ForAll(ForAll(Integrable(mu * flux, Lebesgue(y)), x), t),
    ]
    right = -Integral(mu * flux, y)
    assert (
        checked(one(Integral(mu * change, y), right, hypotheses, variables=[t, x])).status
        == "proved"
    )
    wrong = one(Integral(mu * change, y), -right, hypotheses, variables=[t, x])
    assert checked(wrong).status == "failed"


def test_what_a_mean_leaves_averages_to_nothing_almost_surely() -> None:
    def almost(claim: Expr) -> str:
        part = Part(
            "Residual",
            start=CondExpect(y - mean, x, law),
            steps=[Step("1", claim, by="auto")],
            almost=(law,),
        )
        hypotheses = [Hypothesis("H", SQUARES[0])]
        (report,) = check([Derivation("one", hypotheses=hypotheses, parts=[part])]).derivations
        return report.status

    assert almost(0 * x) == "proved"
    assert almost(mean) == "failed"


def test_lines_that_hold_almost_surely_say_so() -> None:
    part = Part(
        "Residual",
        start=CondExpect(y - mean, x, law),
        steps=[Step("1", 0 * x, by="auto")],
        almost=(law,),
    )
    hypotheses = [Hypothesis("H", SQUARES[0])]
    report = check([Derivation("one", hypotheses=hypotheses, parts=[part])])
    assert "for almost every (y,x)~P:" in text.render(report)
    (step,) = json.loads(as_json.render(report))["derivations"][0]["steps"]
    assert step["for_almost_every"]["text"] == "(y,x)~P"
    (section,) = report_sections(report)
    assert section.chains[0].says[0] == "Its lines hold for almost every "


def test_a_scalar_square() -> None:
    k, c = Scalar("k", x)(x), Scalar("c", x)(x)
    hypotheses = [Integrable(k**2, p(x)), Integrable(c**2, p(x))]
    below = one(2 * E(k * c, p(x)), E(k**2, p(x)) + E(c**2, p(x)), hypotheses, "≤")
    assert checked(below).status == "proved"
    above = one(2 * E(k * c, p(x)), E(k**2, p(x)) + E(c**2, p(x)), hypotheses, "≥")
    assert checked(above).status == "failed"


def test_what_follows_from_the_rest_is_not_missing() -> None:
    kernel = Density("k", y, given=x)
    joint = Density("j", x, y, definition=p(x) * kernel(y, x))
    inner = Inner(Field("s", y)(y), Grad(Log(kernel(y, x)), y))
    derivation = one(
        Integral(Integral(p(x) * kernel(y, x) * inner, x), y),
        E(inner, joint(x, y)),
        [Integrable(inner, joint(x, y))],
    )
    (report,) = check([derivation]).derivations
    assert [item.formula.text for item in report.missing] == [
        "k(y|x) > 0 for almost every y, x",
        "y ↦ k(y|x) is differentiable at y for almost every y, x",
    ]  # and not again for almost every (x,y)~j, which follows
    proved = one(
        derivation.parts[0].start,
        derivation.parts[0].steps[0].claim,
        [
            Integrable(inner, joint(x, y)),
            Almost(Positive(kernel(y, x)), Lebesgue(x), Lebesgue(y)),
            Almost(Differentiable(kernel(y, x), y, y), Lebesgue(x), Lebesgue(y)),
        ],
    )
    assert checked(proved).status == "proved"


def test_an_integral_over_time_is_an_average_over_a_uniform_time() -> None:
    x0, x1 = Vec("x0 x1")
    ends = Law("Q", x0, x1)(x0, x1)
    point = Field("I", x0, x1, sub=t)(t, x0, x1)
    speed = Partial(point, t)
    path = (ends, Let(x, point))
    drift = Field("b", x, sub=t, definition=CondExpect(speed, x, *path))(t, x)
    guess = Field("g", x, sub=t)(t, x)
    clock = uniform(t)(t)

    def loss(target: Expr, sign: int = -1) -> Expr:
        half = Rational(1, 2)
        return Integral(E(half * norm2(guess) + sign * Inner(target, guess), *path), (t, 0, 1))

    hypotheses = [
        Integrable(norm2(speed), clock, ends),
        Integrable(norm2(guess), clock, *path),
        ForAll(ForAll(ForAll(Differentiable(point, t), t), x0), x1),
    ]
    right, wrong = (one(loss(speed), loss(drift, sign), hypotheses) for sign in (-1, 1))
    assert checked(right).status == "proved"
    assert checked(wrong).status == "failed"
    assert numbers(wrong) == "refuted"
