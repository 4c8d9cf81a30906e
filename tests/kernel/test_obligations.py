"""What a derivative obliges under binders, where names are met twice and factors vanish."""

from __future__ import annotations

import pytest
from sympy import Expr

from fmproof import (
    Density,
    Div,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    Log,
    Normal,
    Param,
    Partial,
    Real,
    Scalar,
    Sqrt,
    Vec,
    text,
)
from fmproof.kernel.obligations import obligations

t, s = Real("t s")
x, y, z = Vec("x y z")
theta = Param("θ")
f, k, h = Scalar("f", x), Scalar("k", x, z), Scalar("h", x, y)
loss = Scalar("l", theta, x, z)
p, q = Density("p", x), Density("q", z)
w, a, r = Scalar("w", t, x), Scalar("a", t), Density("r", x, sub=t)
u = Field("u", x, definition=Integral(h(x, y) * y, y))

OBLIGED: dict[str, tuple[Expr, list[str]]] = {
    # f(x) is about another x than the one that is differentiated in, and excuses nothing.
    "in a variable of the same name": (
        Expect(f(x) * Inner(y, Grad(Expect(k(x, z), q(z)), x, y)), p(x)),
        [
            "E_{x~p}[|f(x) y·(∇_y E_{z~q}[k(y,z)])|] < ∞",
            "∇_y k(y,z) exists and is dominated near y, over z~q",
        ],
    ),
    "at the variable of the expectation": (
        Expect(f(x) * Inner(y, Grad(Expect(k(x, z), q(z)), x)), p(x)),
        [
            "E_{x~p}[|f(x) y·(∇_x E_{z~q}[k(x,z)])|] < ∞",
            "∇_x k(x,z) exists and is dominated near x, over z~q for almost every x~p",
        ],
    ),
    # t vanishes at 0, and yet u(x) is the derivative there.
    "of a product with a factor that vanishes": (
        Partial(t * u(x), t, 0),
        ["t ↦ t u(x) is differentiable at 0", "∫ ‖h(x,y) y‖ dy < ∞"],
    ),
    # For every θ almost everywhere is not almost everywhere for every θ.
    "in a parameter, under an expectation": (
        Expect(Grad(Expect(loss(theta, x, z), q(z)), theta), p(x)),
        [
            "E_{x~p}[|∇_θ E_{z~q}[l(θ,x,z)]|] < ∞",
            "θ ↦ E_{z~q}[l(θ,x,z)] is differentiable at θ for almost every x~p",
            "E_{z~q}[|l(θ',x,z)|] < ∞ for every θ' for every x",
        ],
    ),
    # Of what is 0 by convention beside the place the derivative may be there, too.
    "of a gradient": (
        Div(Grad(f(x), x), x, y),
        [
            "y ↦ ∇_y f(y) is differentiable at y",
            "x ↦ f(x) is differentiable",
        ],
    ),
    "in time of a score": (
        Partial(Grad(Log(w(t, x)), x), t),
        [
            "t ↦ ∇_x log w(t,x) is differentiable at t",
            "x ↦ log w(t',x) is differentiable at x for every t'",
            "w(t,x) > 0",
            "t ↦ w(t,x) is differentiable at t",
            "x ↦ w(t',x) is differentiable at x for every t'",
        ],
    ),
    "of a root": (
        Partial(Sqrt(a(t)), t, 0),
        ["t ↦ √a(t) is differentiable at 0", "a(0) > 0", "t ↦ a(t) is differentiable at 0"],
    ),
    "of a Gaussian density in its variance": (
        Partial(Normal(x, y, a(t)), t, s),
        [
            "s ↦ N(x; y, a(s)·I) is differentiable at s",
            "a(s) > 0",
            "s ↦ a(s) is differentiable at s",
        ],
    ),
    "of a logarithm that does not move": (
        Partial(t * Log(a(s)), t),
        ["t ↦ (log a(s)) t is differentiable at t", "a(s) > 0"],
    ),
    "of a mean of logarithms under a law that moves": (
        Partial(Expect(Log(w(t, x)), r(t, x)), t),
        [
            "t ↦ E_{x~r_t}[log w(t,x)] is differentiable at t",
            "E_{x~r_{t'}}[|log w(t',x)|] < ∞ for every t'",
            "w(t,x) > 0 for almost every x~r_t",
        ],
    ),
}


@pytest.mark.parametrize("name", OBLIGED)
def test_a_derivative_obliges(name: str) -> None:
    term, wanted = OBLIGED[name]
    assert list(map(text, obligations(term))) == wanted
