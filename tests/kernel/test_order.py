"""Which terms the kernel sees to be ≥ 0 from their form, and which it must not."""

from __future__ import annotations

import pytest
from sympy import Expr, Rational, S

from fmproof import (
    Density,
    Expect,
    Field,
    Inner,
    Integral,
    Named,
    Ratio,
    Real,
    Scalar,
    Vec,
    norm2,
)
from fmproof.derived.signs import nonnegative_parts
from fmproof.errors import RuleError
from fmproof.kernel.order import nonnegativity, positive
from fmproof.lang.node import is_nonnegative
from fmproof.lang.nodes import pi
from fmproof.lang.props import AtMost, Positive, Prop, VanishesWith
from fmproof.tactics.conditions.prover import Prover

t = Real("t")
x, z = Vec("x z")
h, w = Scalar("h", t)(t), Scalar("w", t, nonneg=True)(t)
a, b = Field("a", x)(x), Field("b", x)(x)
p, q, r = Density("p", x), Density("q", z), Density("r", x, given=z)
marginal = Density("m", x, definition=Integral(r(x, z) * q(z), z))
energy, deficit = Scalar("e", x, definition=norm2(x)), Scalar("b", x, definition=-norm2(x))


@pytest.mark.parametrize(
    "term",
    [
        S.Zero,
        Rational(1, 3),
        h**2,
        h**4,
        w**3,
        w * p(x) + 2,
        norm2(a - b),
        Ratio(w, p(x)),
        Expect(norm2(a), p(x)),
        Integral(h**2, (t, 0, 1)),
        Named("C", w + 1),
        marginal(x),
        energy(x),
    ],
    ids=str,
)
def test_nonnegative(term: Expr) -> None:
    assert is_nonnegative(term)
    assert nonnegativity(term).conclusion == AtMost(0, term)
    assert nonnegativity(term).hypotheses == ()


@pytest.mark.parametrize(
    "term",
    [
        S.NegativeOne,
        t,
        h,
        h**3,
        -w,
        w - 1,
        h * w,
        Inner(a, b),
        Ratio(h, w),
        Ratio(w, h),
        Expect(h, p(x)),
        Integral(h, (t, 0, 1)),
        Named("C", w - 1),
        deficit(x),
    ],
    ids=str,
)
def test_not_clear(term: Expr) -> None:
    assert not is_nonnegative(term)
    with pytest.raises(RuleError, match="it is not clear from its form"):
        nonnegativity(term)


s, k = Real("s k")
NONZERO, SIGN = VanishesWith(S.One, s), AtMost(S.Zero, k)


@pytest.mark.parametrize(
    ("goal", "needs"),
    [
        (Positive(2 * pi * s**2), (Positive(Rational(2)), Positive(s**2), Positive(pi))),
        (Positive(s**3), (Positive(s),)),
        (Positive(s**2), (VanishesWith(S.One, s**2),)),
        (AtMost(S.Zero, k * s**2), (AtMost(S.Zero, k), AtMost(S.Zero, s**2))),
    ],
    ids=str,
)
def test_the_sign_of_a_product_is_that_of_its_factors_as_written(
    goal: Prop, needs: tuple[Prop, ...]
) -> None:
    """A square in it is ≥ 0 by its form: nothing is asked of the sign of s."""
    theorem = positive(goal, 0) if type(goal) is Positive else nonnegative_parts(goal)
    assert set(theorem.hypotheses) == set(needs)


def test_the_search_finds_the_sign_of_a_variance() -> None:
    prover = Prover([("H", NONZERO), ("K", SIGN)])
    for goal in (Positive(2 * pi * s**2), Positive(s**2 / (2 * pi)), AtMost(S.Zero, k * s**2)):
        assert prover.prove(goal) is not None
    for goal in (Positive(2 * pi * s**3), Positive(k * s**2), AtMost(S.Zero, k * s)):
        assert prover.prove(goal) is None
