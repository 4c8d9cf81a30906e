r"""parse_statement: equations, inequalities, finiteness and "for every" come back."""

from __future__ import annotations

import pytest
from sympy import Basic

from fmproof import (
    Almost,
    AtMost,
    Density,
    Differentiable,
    Equals,
    Expect,
    Field,
    ForAll,
    Inner,
    Integrable,
    Law,
    Lebesgue,
    Let,
    Param,
    Positive,
    Real,
    Scalar,
    VanishesWith,
    Vec,
    alpha_equal,
    latex,
    norm2,
    uniform,
)
from fmproof.derivations import BUILTIN, load
from fmproof.reading.latex import LatexError
from fmproof.reading.statement import parse_statement

t = Real("t")
x, y = Vec("x y")
theta = Param("theta")
p, q, time = Density("p", x), Law("q", x, y), uniform(t)
u, w, L = Field("u", x), Scalar("w", t), Scalar("L", theta)
SYMBOLS = [t, x, y, theta, p, q, time, u, w, L]


@pytest.mark.parametrize("name", BUILTIN)
def test_the_statements_of_the_derivations_come_back(name: str) -> None:
    derivation = load(name)
    stated = [*(h.prop for h in derivation.hypotheses), derivation.proposition]
    for prop in (*stated, *(part.proposition for part in derivation.parts)):
        back = parse_statement(latex(prop), [derivation, prop])
        assert alpha_equal(back, prop), latex(back)


@pytest.mark.parametrize(
    ("source", "prop"),
    [
        (r"\|x\|^2 = t", Equals(norm2(x), t)),
        (r"t \leq L(\theta)", AtMost(t, L(theta))),
        (r"t \ge 0", AtMost(0, t)),
        (r"w(t) > 0", Positive(w(t))),
        (r"w(t) \neq 0", VanishesWith(1, w(t))),
        (r"t = 0 \implies w(t) = 0", VanishesWith(w(t), t)),
        (r"\mathbb{E}_{x \sim p} \|u(x)\|^2 < \infty", Integrable(norm2(u(x)), p(x))),
        (r"\mathbb{E}_{x \sim p}[\|u(x)\|] < \infty", Integrable(u(x), p(x))),
        (r"\mathbb{E}_{x \sim p}[|x^\top u(x)|] < \infty", Integrable(Inner(x, u(x)), p(x))),
        (r"\int \|u(x)\| dx < \infty", Integrable(u(x), Lebesgue(x))),
        (r"L(\theta) = t \quad \text{for all } \theta", ForAll(Equals(L(theta), t), theta)),
        (r"L(\theta) = t \;\forall \theta, t", ForAll(ForAll(Equals(L(theta), t), theta), t)),
        (r"\theta \mapsto L(\theta) \text{ is differentiable}",
         ForAll(Differentiable(L(theta), theta), theta)),
        (r"t \mapsto w(t) \text{ is differentiable at } 1",
         Differentiable(w(t), t, 1)),
        (r"w(t) > 0 \text{for almost every } t \in [0, 1], x \sim p",
         Almost(Positive(w(t)), Lebesgue(t, 0, 1), p(x))),
        (r"u(x) = x \text{for almost every } (x, y) \sim q", Almost(Equals(u(x), x), q(x, y))),
        (r"u(x) = y \text{for almost every } y \sim p, x := u(y)",
         Almost(Equals(u(x), y), p(y), Let(x, u(y)))),
        (r"\mathbb{E}_{x \sim p}[\|x\|^2] \le t", AtMost(Expect(norm2(x), p(x)), t)),
    ],
)  # fmt: skip
def test_spellings(source: str, prop: Basic) -> None:
    found = parse_statement(source, SYMBOLS)
    assert alpha_equal(found, prop), latex(found)


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        (r"t", 1, "expected a statement, such as a = b, found a term"),
        (r"t = x", 1, "vector"),
        (r"t = f", 5, "no symbol is written f"),
        (r"t < 1", 1, "strict sign"),
        (r"t > 1", 1, "strict sign"),
        (r"t < \infty", 1, "expected the mean or the integral"),
        (r"\mathbb{E}_{x \sim p}[x^\top u(x)] < \infty", 1, "needs bars"),
        (r"t = t \text{for every } \phi", 25, "no variable is written"),
        (r"t = t \text{for every } x \sim p", 25, "takes variables"),
        (r"t = t \text{for almost every } x \sim f", 39, "no density is written f"),
        (r"t = t \text{for every } ", 25, "too early"),
        (r"t \mapsto w(t)", 3, "is differentiable"),
        (r"t \mapsto \text{is differentiable}", 11, "too early"),
        (r"t + \Rightarrow t = 0", 4, "too early"),
        (r"t = t \Rightarrow t = 0", 1, r"between b = 0 and a = 0"),
    ],
)
def test_errors_say_where(source: str, column: int, message: str) -> None:
    with pytest.raises(LatexError, match=message) as caught:
        parse_statement(source, SYMBOLS)
    assert caught.value.column == column, str(caught.value)
    assert str(caught.value).splitlines()[1] == "  " + source
