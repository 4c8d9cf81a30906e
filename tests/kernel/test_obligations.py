"""What a term obliges: derivatives under binders, and names that are met twice."""

from __future__ import annotations

import pytest
from sympy import Expr

from fmproof import Density, Expect, Grad, Inner, Integral, Partial, Real, Scalar, Vec, text
from fmproof.kernel.obligations import obligations

t, s = Real("t s")
x, y, z = Vec("x y z")
f, k = Scalar("f", x), Scalar("k", x, z)
p, q = Density("p", x), Density("q", z)
rho = Density("rho", (t, 0, 1))
score = Grad(Expect(k(x, z), q(z)), x)
elsewhere = Grad(Expect(k(x, z), q(z)), x, y)
moving = Partial(Expect(k(x * s, z), q(z)), s, t)

OBLIGED: dict[str, tuple[Expr, list[str]]] = {
    "at the variable of the expectation": (
        Expect(f(x) * Inner(y, score), p(x)),
        [
            "E_{x~p}[|f(x) y·(∇_x E_{z~q}[k(x,z)])|] < ∞",
            "x ↦ E_{z~q}[k(x,z)] is differentiable at x for almost every x~p",
            "E_{z~q}[|k(x',z)|] < ∞ for every x'",
        ],
    ),
    # f(x) is about another x than the one that is differentiated in, and excuses nothing.
    "in a variable of the same name": (
        Expect(f(x) * Inner(y, elsewhere), p(x)),
        [
            "E_{x~p}[|f(x) y·(∇_y E_{z~q}[k(y,z)])|] < ∞",
            "y ↦ E_{z~q}[k(y,z)] is differentiable at y",
            "E_{z~q}[|k(x,z)|] < ∞ for every x",
        ],
    ),
    # "Almost every" is not said of a "for every", so it is asked for every value outside, too.
    "for every value outside": (
        Expect(Integral(moving, t), p(x)),
        [
            "E_{x~p}[|∫ ∂_t E_{z~q}[k(t x,z)] dt|] < ∞",
            "∫ |∂_t E_{z~q}[k(t x,z)]| dt < ∞ for almost every x~p",
            "t ↦ E_{z~q}[k(t x,z)] is differentiable at t for almost every x~p, t",
            "E_{z~q}[|k(s x,z)|] < ∞ for every s for every x",
        ],
    ),
}


@pytest.mark.parametrize("name", OBLIGED)
def test_a_derivative_obliges(name: str) -> None:
    term, wanted = OBLIGED[name]
    assert list(map(text, obligations(term))) == wanted
