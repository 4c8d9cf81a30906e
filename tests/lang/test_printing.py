"""Terms print as people write them, as text and as LaTeX, and read back."""

from __future__ import annotations

import pytest
from sympy import Expr

from fmproof import (
    Density,
    Field,
    Grad,
    Inner,
    Law,
    Let,
    Log,
    Param,
    Ratio,
    Real,
    Scalar,
    Vec,
    alpha_equal,
    latex,
    norm,
    norm2,
    parse_latex,
    plus,
    text,
)
from fmproof.lang.nodes import Expect

t = Real("t")
x, z, x0, x1, eps = Vec("x z x0 x1 epsilon")
theta = Param("theta")
v = Field("v", x, sub=t, sup=theta)(t, theta, x)
u, g = Field("u", x), Field("g", x)
sigma, alpha, w = Scalar("sigma", sub=t), Scalar("alpha", sub=t), Scalar("w", t)
p, q = Density("p", x), Law("q", x0, x1)


@pytest.mark.parametrize(
    ("term", "as_text", "as_latex"),
    [
        (1 - t, "1 − t", "1 - t"),
        ((1 - t) * x0 + t * x1, "(1 − t) x₀ + t x₁", r"(1 - t) \, x_0 + t \, x_1"),
        (x1 - x0, "x₁ − x₀", "x_1 - x_0"),
        (v - (x1 - x0), "v_t^θ(x) − (x₁ − x₀)", r"v_t^{\theta}(x) - (x_1 - x_0)"),
        (v - (z - eps), "v_t^θ(x) − (z − ε)", r"v_t^{\theta}(x) - (z - \epsilon)"),
        (v + x1 - x0, "v_t^θ(x) + x₁ − x₀", r"v_t^{\theta}(x) + x_1 - x_0"),
        (norm2(u(x) - (x1 - x0)), "‖u(x) − (x₁ − x₀)‖²", r"\lVert u(x) - (x_1 - x_0)\rVert^2"),
        (Inner(g(x), v - (x1 - x0)), "(v_t^θ(x) − (x₁ − x₀))·g(x)",
         r"(v_t^{\theta}(x) - (x_1 - x_0))^{\top} g(x)"),
        (2 * (v - (x1 - x0)), "2 v_t^θ(x) + 2 x₀ − 2 x₁", r"2 v_t^{\theta}(x) + 2 x_0 - 2 x_1"),
        (u(x) - g(x) + z, "u(x) + z − g(x)", "u(x) + z - g(x)"),
        (v - x1, "v_t^θ(x) − x₁", r"v_t^{\theta}(x) - x_1"),
        (-Ratio(1, sigma(t) ** 2) * (x - alpha(t) * z), "−(1 / σ_t²) (x − α_t z)",
         r"-\frac{1}{\sigma_t^{2}} \, (x - \alpha_t \, z)"),
        (Ratio(1, p(x)) * Grad(p(x), x), None, None),
        (plus(w(t), -w(t), 1), "w(t) − w(t) + 1", "w(t) - w(t) + 1"),
        (norm(x) ** 2, "(‖x‖)²", r"\bigl(\lVert x\rVert\bigr)^{2}"),
        (norm2(x) ** 2, "(‖x‖²)²", r"\bigl(\lVert x\rVert^2\bigr)^{2}"),
        (Log(w(t)) * w(t), "w(t) log w(t)", r"w(t) \, \log w(t)"),
        (Expect(norm2(v - (x1 - x0)), q(x0, x1), Let(x, (1 - t) * x0 + t * x1)),
         "E_{(x₀,x₁)~q, x:=(1 − t) x₀ + t x₁}[‖v_t^θ(x) − (x₁ − x₀)‖²]", None),
    ],
)  # fmt: skip
def test_spelling(term: Expr, as_text: str | None, as_latex: str | None) -> None:
    assert as_text in (None, text(term))
    assert as_latex in (None, latex(term))
    assert alpha_equal(parse_latex(latex(term), [term, x, z, t]), term)


@pytest.mark.parametrize(
    "written",
    [
        r"v_t^{\theta}(x) - (x_1 - x_0)",
        r"\lVert u(x) - (x_1 - x_0)\rVert^2",
        r"(g(x) - u(x)) + (u(x) - x)",
        r"(1 - t) \, x_0 + t \, x_1",
        "w(t) - w(t) + 1",
    ],
)
def test_latex_prints_as_it_was_written(written: str) -> None:
    assert latex(parse_latex(written, [v, u, g, x, x0, x1, w, t])) == written
