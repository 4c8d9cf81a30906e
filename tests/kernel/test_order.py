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
from fmproof.errors import RuleError
from fmproof.kernel.order import nonnegativity
from fmproof.lang.node import is_nonnegative
from fmproof.lang.props import AtMost

t = Real("t")
x, z = Vec("x z")
h, w = Scalar("h", t)(t), Scalar("w", t, nonneg=True)(t)
a, b = Field("a", x)(x), Field("b", x)(x)
p, q, r = Density("p", x), Density("q", z), Density("r", x, given=z)
marginal = Density("m", x, definition=Integral(r(x, z) * q(z), z))
energy, deficit = Scalar("e", x, definition=norm2(x)), Scalar("d", x, definition=-norm2(x))


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
