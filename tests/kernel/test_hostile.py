"""Functions and laws at which careless calculus breaks: what they break is refused, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sympy import Rational

from fmproof import (
    Abs,
    CondExpect,
    Density,
    Derivation,
    Differentiable,
    Dominated,
    Expect,
    Field,
    ForAll,
    Grad,
    Hypothesis,
    Inner,
    Integrable,
    Integral,
    Law,
    Lebesgue,
    Let,
    Log,
    Normal,
    Part,
    Partial,
    Positive,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    Step,
    VanishesWith,
    Vec,
    check,
    norm,
    norm2,
)
from fmproof.derivations import load

t = Real("t")
x, y, m = Vec("x y m")
f, g, h = Scalar("f", t), Field("g", x), Scalar("h", t, x)
p, q = Density("p", x), Law("q", x, y)
mean = Field("u", x, definition=CondExpect(y, x, q(x, y)))


def status(start: Any, claim: Any, by: str | Sequence[str], *hypotheses: Any, **more: Any) -> str:
    """Of one step, under some hypotheses."""
    derivation = Derivation(
        "hostile",
        hypotheses=[Hypothesis(f"H{i}", prop) for i, prop in enumerate(hypotheses)],
        variables=[t, x, m],
        start=start,
        steps=[Step("1", claim, by=by, **more)],
    )
    (found,) = check([derivation], hints=False).derivations
    return found.status


smooth = Differentiable(f(t), t)
ABSOLUTE = (Partial(Abs(f(t)), t), Ratio(f(t), Abs(f(t))) * Partial(f(t), t), "derivative")


def test_an_absolute_value_has_a_kink_where_it_vanishes() -> None:
    assert status(*ABSOLUTE, smooth) == "failed"
    assert status(*ABSOLUTE, smooth, VanishesWith(1, f(t))) == "proved"


def test_an_absolute_value_of_what_has_no_derivative_has_none() -> None:
    """x² sin(1/x) beside a jump: nothing is known of f but that it does not vanish."""
    assert status(*ABSOLUTE, VanishesWith(1, f(t))) == "failed"


def test_a_gaussian_without_width_has_no_score() -> None:
    at = Normal(x, m, t**2)
    score = (Grad(Log(at), x), Ratio(1, t**2) * (m - x), ["derivative", "cancel"])
    assert status(*score) == "failed"
    assert status(*score, VanishesWith(1, t)) == "proved"
    still = (Expect(norm2(x), Normal(x, m, 0 * t)), norm2(m), "auto")
    assert status(*still) == "failed"


def test_a_mean_given_x_of_what_is_not_integrable_averages_nothing() -> None:
    cross = (Expect(Inner(g(x), mean(x)), q(x, y)), Expect(Inner(g(x), y), q(x, y)), "pull-out")
    both = Integrable(norm2(g(x)), q(x, y)), Integrable(norm2(y), q(x, y))
    assert status(*cross) == "failed"
    assert status(*cross, both[0]) == "failed"
    assert status(*cross, *both) == "proved"


@pytest.mark.parametrize("factor", [2, Rational(1, 2), -1])
def test_a_kink_excuses_no_factor(factor: Any) -> None:
    start, claim, by = ABSOLUTE
    assert status(start, factor * claim, by, smooth, VanishesWith(1, f(t))) == "failed"


@pytest.mark.parametrize("slope", [0, 1, -1])
def test_an_absolute_value_has_no_slope_at_0(slope: int) -> None:
    assert status(Partial(Abs(t), t, 0), slope + 0 * t, "derivative") == "failed"
    assert status(Partial(Sqrt(t), t, 0), slope + 0 * t, "derivative") == "failed"


def test_a_norm_has_a_kink_at_0() -> None:
    direction = Ratio(1, norm(x)) * x
    assert status(Grad(norm(x), x), direction, "derivative") == "failed"
    away = VanishesWith(1, norm2(x))
    assert status(Grad(norm(x), x), direction, "derivative", away) == "proved"
    assert status(Grad(norm(x), x), -direction, "derivative", away) == "failed"


def test_a_derivative_that_jumps_about_need_not_be_integrable() -> None:
    """t² sin(1/t²) is differentiable everywhere, and its derivative has no integral."""
    everywhere = ForAll(Differentiable(f(t), t), t)
    rate = Integral(Partial(f(t), t), (t, 0, 1))
    change = f(1 + 0 * t) - f(0 * t)
    assert status(rate, change, "fundamental", everywhere) == "failed"
    integrable = Integrable(Partial(f(t), t), Lebesgue(t, 0, 1))
    assert status(rate, change, "fundamental", integrable) == "failed"
    assert status(rate, change, "fundamental", everywhere, integrable) == "proved"
    assert status(rate, -change, "fundamental", everywhere, integrable) == "failed"


def test_a_derivative_passes_under_an_integral_by_domination_alone() -> None:
    swap = Partial(Integral(h(t, x), x), t), Integral(Partial(h(t, x), t), x), "exchange"
    finite = Integrable(h(t, x), Lebesgue(x)), Integrable(Partial(h(t, x), t), Lebesgue(x))
    smooth = ForAll(ForAll(Differentiable(h(t, x), t), x), t)
    assert status(*swap, *finite, smooth) == "failed"
    assert status(*swap, Dominated(h(t, x), t, t, Lebesgue(x))) == "proved"


def test_a_density_that_vanishes_has_no_score_there() -> None:
    """Outside a compact support log p is 0 by convention, and p may have a kink at its end."""
    score = p(x) * Grad(Log(p(x)), x), Grad(p(x), x), "log-derivative"
    slope = Differentiable(p(x), x)
    assert status(*score, Positive(p(x))) == "failed"
    assert status(*score, slope) == "failed"
    assert status(*score, slope, Positive(p(x))) == "proved"
    quotient = Grad(Log(p(x)), x), Ratio(1, p(x)) * Grad(p(x), x), "derivative"
    assert status(*quotient, slope) == "failed"
    assert status(*quotient, slope, Positive(p(x))) == "proved"


def test_parts_take_smooth_densities_and_integrable_products() -> None:
    """The uniform density of a ball jumps (no H1); p·s need not be integrable (no H3, no H4)."""
    whole = load("implicit-score-matching")
    by_parts = whole.parts[0]
    claim = by_parts.steps[-1].claim

    def proves(steps: Sequence[Step], without: str = "") -> bool:
        kept = [item for item in whole.hypotheses if item.name != without]
        part = Part("parts", start=by_parts.start, steps=steps)
        made = Derivation("parts", hypotheses=kept, parts=[part])
        return check([made], hints=False).status == "proved"

    assert proves(by_parts.steps)
    for name in ("H1", "H2", "H3", "H4", "H5"):
        assert not proves(by_parts.steps, name), name
    wrong = Step("B.5", -claim, by=by_parts.steps[-1].by)
    assert not proves([*by_parts.steps[:-1], wrong])


def test_what_is_given_may_be_a_constant() -> None:
    """Under x := m nothing is learned from x: E[y|x] is E[y] there, and anything elsewhere."""
    law = Law("k", y)(y), Let(x, m)
    plain, given = Expect(y, law[0]), CondExpect(y, x, *law)
    finite = Integrable(norm2(y), law[0])
    beside = Expect(Inner(g(x), given), *law)
    at_m = CondExpect(y, (x, m), *law)
    assert status(Expect(given, *law), plain, "auto", finite) == "proved"
    assert status(Expect(given, *law), at_m, "auto", finite) == "proved"
    assert status(beside, Inner(g(m), plain), "auto", finite) == "proved"
    assert status(Expect(norm2(given), *law), norm2(at_m), "auto", finite) == "proved"
    wrong = [
        (beside, Expect(Inner(g(y), y), law[0])),
        (given, plain),  # for every x
        (CondExpect(y, (x, 2 * m), *law), plain),
        (Expect(norm2(given), *law), Expect(norm2(y), law[0])),  # Jensen is strict
        (Expect(given, *law), 2 * plain),
    ]
    for start, claim in wrong:
        assert status(start, claim, "auto", finite) == "failed", claim
    assert status(Expect(given, *law), plain, "auto") == "failed"
