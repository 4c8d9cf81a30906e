"""Functions and laws at which careless calculus breaks: what they break is refused, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sympy import Rational

from fmproof import (
    Abs,
    CondExpect,
    Derivation,
    Differentiable,
    Expect,
    Field,
    Grad,
    Hypothesis,
    Inner,
    Integrable,
    Law,
    Log,
    Normal,
    Partial,
    Ratio,
    Real,
    Scalar,
    Step,
    VanishesWith,
    Vec,
    check,
    norm2,
)

t = Real("t")
x, y, m = Vec("x y m")
f, g = Scalar("f", t), Field("g", x)
q = Law("q", x, y)
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
