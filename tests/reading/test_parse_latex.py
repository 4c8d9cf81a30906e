r"""parse_latex: what the printer writes comes back, common spellings are read, errors say where."""

from __future__ import annotations

from contextlib import suppress

import pytest
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Expr, Rational, preorder_traversal

from fmproof import (
    Abs,
    ArgMin,
    CondExpect,
    Density,
    Div,
    Exp,
    Expect,
    Field,
    Grad,
    Inner,
    Integral,
    IntegralOver,
    Law,
    Lebesgue,
    Let,
    Log,
    Named,
    Normal,
    Param,
    Partial,
    Ratio,
    Real,
    Scalar,
    Sqrt,
    Vec,
    alpha_equal,
    dim,
    latex,
    norm,
    norm2,
    parse_latex,
    pi,
    plus,
    uniform,
)
from fmproof.derivations import BUILTIN, load
from fmproof.errors import InputError
from fmproof.lang.sorts import Sort
from fmproof.reading.latex import LatexError
from fmproof.reading.statement import parse_statement
from fmproof.testing.strategies.language import terms

t, s = Real("t s")
x, y, z, x0, x1 = Vec("x y z x0 x1")
theta = Param("theta")
u = Field("u", x, sub=t)
u_z = Field("u", x, sub=t, given=z)
v = Field("u", x, sub=t, sup=theta)
p = Density("p", x, sub=t, given=z)
p_data = Density("p_data", z)
time = uniform(t)
w = Scalar("w", t, nonneg=True)
loss = Scalar("L_FM", theta)
C_1 = Named("C_1", Expect(norm2(z), p_data(z)))
pair = Density("q", x0, x1)
Q = Law("Q", x0, x1)
SYMBOLS = [Q, t, s, x, y, z, u, u_z, v, p, p_data, time, w, loss, C_1, pair]


def read(source: str) -> Expr:
    return parse_latex(source, SYMBOLS)


def names_have_one_meaning(term: Expr) -> bool:
    meaning: dict[str, Expr] = {}
    named = (node for node in preorder_traversal(term) if isinstance(node, Named))
    return all(meaning.setdefault(node.name, node) == node for node in named)


@examples(300)
@given(terms(max_depth=4))
def test_random_terms_come_back(term: Expr) -> None:
    assume(names_have_one_meaning(term))
    assert alpha_equal(parse_latex(latex(term), term), term)


@examples(300)
@given(terms(max_depth=4, field=True))
def test_random_terms_of_the_whole_language_come_back(term: Expr) -> None:
    assume(names_have_one_meaning(term))
    assert alpha_equal(parse_latex(latex(term), term), term)


@examples(100)
@given(terms((Sort.REAL,), max_depth=3), st.sampled_from([Grad, ArgMin]), st.booleans())
def test_gradients_and_minimisers_come_back(body: Expr, kind: type, multiplied: bool) -> None:
    assume(names_have_one_meaning(body))
    term = kind(body, theta)
    if kind is Grad and multiplied:
        term = w(t) * term * Ratio(t, w(t))
    assert alpha_equal(parse_latex(latex(term), [term, theta]), term)


@pytest.mark.parametrize("name", BUILTIN)
def test_every_line_of_the_derivations_comes_back(name: str) -> None:
    derivation = load(name)
    for part in derivation.parts:
        for term in (part.start, *(step.claim for step in part.steps)):
            assert alpha_equal(parse_latex(latex(term), derivation), term)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (IntegralOver(norm2(x + y), Lebesgue(x), Lebesgue(y)), Integral(norm2(x + y), y, x)),
        (Ratio(1, 2), Rational(1, 2)),
        (Ratio(t, 2), t / 2),
        (norm2(x) ** 2, norm2(norm2(x) * x)),
        (norm2(x), norm(x) ** 2),
        (norm2(x) ** 2, norm(x) ** 4),
        (Log(t**2), Log(t) ** 2),
        (Grad(w(t) * norm2(x), x), w(t) * Grad(norm2(x), x)),
        (Partial(t * w(t), t, s), t * Partial(w(t), t, s)),
        (w(t) * Ratio(1, t), Ratio(w(t), t)),
        (Inner(x, y) * Inner(x, z), Inner(Inner(x, y) * x, z) + 1),
        (plus(t, s, -s), plus(t, -s, s) + 1),
    ],
)
def test_different_terms_are_written_differently(one: Expr, other: Expr) -> None:
    assert latex(one) != latex(other)
    for term in (one, other):
        assert alpha_equal(parse_latex(latex(term), SYMBOLS), term)


E_xz = Expect(Inner(v(t, theta, x), u_z(t, x, z)), time(t), p_data(z), p(t, x, z))


@pytest.mark.parametrize(
    ("source", "term"),
    [
        (r"\|x\|^2", norm2(x)),
        (r"\lVert x \rVert_2^2", norm2(x)),
        (r"\left\| x - y \right\|^{2}", norm2(x - y)),
        (r"\Vert x\Vert_{2}^{2}", norm2(x)),
        (r"||x||^2", norm2(x)),
        (r"\big\|\,x\,\big\|^2\|y\|^2", norm2(x) * norm2(y)),
        (r"\|x\|^4", norm2(x) ** 2),
        (r"\|\|x\|^2 y\|^2", norm2(norm2(x) * y)),
        (r"x^\top y", Inner(x, y)),
        (r"x^{\top}y", Inner(x, y)),
        (r"x^T y", Inner(x, y)),
        (r"x \cdot y", Inner(x, y)),
        (r"\langle x, y\rangle", Inner(x, y)),
        (r"\left\langle x,\, y \right\rangle", Inner(x, y)),
        (r"t \cdot s", t * s),
        (r"2t", 2 * t),
        (r"\frac{1}{2} t", t / 2),
        (r"\frac 1 2 t", t / 2),
        (r"\frac12 t", t / 2),
        (r"\tfrac12t", t / 2),
        (r"\frac123 t", 3 * t / 2),
        (r"\norm{x - y}^2", norm2(x - y)),
        (r"\norm{x}_2^2 t", t * norm2(x)),
        (r"\underset{z\sim p_{data}}{\mathbb{E}}[\|z\|^2]", Expect(norm2(z), p_data(z))),
        (r"\mathbf{E}_{z\sim p_{\rm data}}\|z\|^2", Expect(norm2(z), p_data(z))),
        (r"\int_{\mathbb{R}^d} p_{data}(z) \, \mathrm d z", Integral(p_data(z), z)),
        (r"\int_{\R^d}p_{data}(z)\text{d}z", Integral(p_data(z), z)),
        (r"\int p_{data}(z) \mathrm dz", Integral(p_data(z), z)),
        (r"E_{z\sim p_{data}} \left[\|z\|^2\right]", Expect(norm2(z), p_data(z))),
        (r"t/2", t / 2),
        (r"0.25 t", t / 4),
        (r"\frac{t}{s}", Ratio(t, s)),
        (r"u_t(x|z)", u_z(t, x, z)),
        (r"u_t(x \mid z)", u_z(t, x, z)),
        (r"u_t(x\vert z)", u_z(t, x, z)),
        (r"u_{t}\left(x \,\middle|\, z\right)", u_z(t, x, z)),
        (r"u_t^\theta(x)", v(t, theta, x)),
        (r"u^{\theta}_{t}(x)", v(t, theta, x)),
        (r"u_s(x)^\top u_t^\theta(x)", Inner(u(s, x), v(t, theta, x))),
        (r"\mathcal{L}_{\text{FM}}(\theta)", loss(theta)),
        (r"L_\mathrm{FM}(\theta)", loss(theta)),
        (r"p_{\text{data}}(z)", p_data(z)),
        (r"w^2(t)", w(t) ** 2),
        (r"w(t)^2", w(t) ** 2),
        (r"C_1 (t + s)", C_1 * (t + s)),
        (r"t (t + s)", t * (t + s)),
        (r"-x + y - 2z", y - x - 2 * z),
        (r"t^2 - t + t", plus(t**2, -t, t)),
        (r"\mathbb E_{z\sim p_\text{data}} \|z\|^2", Expect(norm2(z), p_data(z))),
        (r"\E_{z\sim p_{data}}[\|z\|^2]", Expect(norm2(z), p_data(z))),
        (r"\operatorname{E}_{z\sim p_{data}}\left\{\|z\|^2\right\}", Expect(norm2(z), p_data(z))),
        (r"\mathbb{E}_{t\sim U[0,1], z\sim p_{\rm data}, x\sim p_t(\cdot|z)}[x^\top z]".replace(
            r"\rm data", r"\mathrm{data}"),
         Expect(Inner(x, z), time(t), p_data(z), p(t, x, z))),
        (r"\mathbb{E}_{t\sim\mathrm{Unif}(0,1),\,z\sim p_{\mathrm{data}},\,x\sim p_t(\cdot\mid z)}"
         r"\left[u_t^\theta(x)^\top u_t(x|z)\right]", E_xz),
        (r"\mathbb{E}_{x_0, x_1 \sim q} \|x_0\|^2", Expect(norm2(x0), pair(x0, x1))),
        (r"\int_0^1 t \, dt", Integral(t, (t, 0, 1))),
        (r"\int\limits_0^1\int \|x\|^2 \mathrm{d}x\,\mathrm{d}t", Integral(norm2(x), x, (t, 0, 1))),
        (r"\iint \|x - y\|^2 dx dy", Integral(norm2(x - y), x, y)),
        (r"\int p_{data}(z) \int p_t(x|z) \|x\|^2 dx dz",
         Integral(p_data(z) * Integral(p(t, x, z) * norm2(x), x), z)),
        (r"\nabla_\theta \mathcal{L}_{\mathrm{FM}}(\theta)", Grad(loss(theta), theta)),
        (r"\arg\min_\theta L_{FM}(\theta)", ArgMin(loss(theta), theta)),
        ("t % a remark\n + s", t + s),
        (r"\|x\|", norm(x)),
        (r"\lVert x \rVert^3", norm(x) ** 3),
        (r"(\|x\|)^2", norm(x) ** 2),
        (r"\sqrt{t} + \sqrt2", Sqrt(t) + Sqrt(2)),
        (r"|t| + \lvert s\rvert + \left| t - s \right|", Abs(t) + Abs(s) + Abs(t - s)),
        (r"\abs{t}\,\lvert s - |t| + t\rvert + |s - |t| + t|",
         Abs(t) * Abs(s - Abs(t) + t) + Abs(s - Abs(t) + t)),
        (r"|p_{data}(z) - u_t(x|z)^\top x|", Abs(p_data(z) - Inner(u_z(t, x, z), x))),
        (r"\exp(-t) + e^{-t}", 2 * Exp(-t)),
        (r"\ln t - \log \frac{t}{s}", Log(t) - Log(Ratio(t, s))),
        (r"2 \pi d", 2 * pi * dim),
        (r"\partial_t w(t) + \dot w(t) + \dot{w}(t)", 3 * Partial(w(t), t)),
        (r"\frac{\partial}{\partial t} w(t) + \frac{\partial w(t)}{\partial t}",
         2 * Partial(w(t), t)),
        (r"\frac{d}{dt} w(t)", Partial(w(t), t)),
        (r"\nabla_x \log p_t(x|z)^\top u_t(x)",
         Inner(Grad(Log(p(t, x, z)), x), u(t, x))),
        (r"\nabla_x \cdot u_t(x) + \operatorname{div}_x u_t(x) + \div_x u_t(x)",
         3 * Div(u(t, x), x)),
        (r"[\nabla_x \cdot u_t(x)]_{x = y}", Div(u(t, x), x, y)),
        (r"[\partial_t w(t)]_{t = s}^2", Partial(w(t), t, s) ** 2),
        (r"\mathcal N(x; t z, t^2 I)", Normal(x, t * z, t**2)),
        (r"\mathcal{N}(x \mid 0, \mathbf{I}_d)", Normal(x)),
        (r"\mathbb{E}_{x \sim \mathcal{N}(0, I)} \|x\|^2", Expect(norm2(x), Normal(x))),
        (r"\mathbb{E}_{z \sim p_{data}, x = t z}[\|x\|^2]",
         Expect(norm2(x), p_data(z), Let(x, t * z))),
        (r"\mathbb{E}_{z \sim p_{data}, x \coloneqq t z}[z \mid x]",
         CondExpect(z, x, p_data(z), Let(x, t * z))),
        (r"\mathbb{E}_{z \sim p_{data}, x \sim p_t(\cdot|z)}[z | x = y]",
         CondExpect(z, (x, y), p_data(z), p(t, x, z))),
        (r"\mathbb{E}_{(x_0, x_1) \sim Q} \|x_1 - x_0\|^2", Expect(norm2(x1 - x0), Q(x0, x1))),
    ],
)  # fmt: skip
def test_common_spellings(source: str, term: Expr) -> None:
    assert alpha_equal(read(source), term), latex(read(source))


@pytest.mark.parametrize("name", ["E_1", "E_n"])
def test_a_symbol_called_e_is_no_expectation(name: str) -> None:
    energy = Named(name, Integral(t, (t, 0, 1)))
    assert parse_latex(latex(energy) + " t", symbols=[energy, t]) == energy * t


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        (r"\|x - f\|^2", 7, "no symbol is written f"),
        (r"\|x - vv\|^2", 7, "no symbol is written v"),
        (r"x + t", 1, "cannot add a vector and a real"),
        (r"t + x y", 5, "cannot multiply a vector and a vector"),
        (r"\|x\|_1^2", 7, "Euclidean"),
        (r"\frac{t}{s", 11, "the formula ends too early; expected '}'"),
        (r"(t + s", 7, r"expected '\)'"),
        (r"t + ", 4, "the formula ends too early"),
        (r"t = s", 3, "unexpected '='"),
        (r"\mathbb{E}[t]", 1, "needs its law"),
        (r"\mathbb{E}_{z}[t]", 12, "needs a law for each variable"),
        (r"\mathbb{E}_{x \sim p_t(\cdot|x)}[t]", 1, "depends on x"),
        (r"\mathbb{E}_{x \sim f}[t]", 20, "no density is written f"),
        (r"\int t + s \, dt", 1, "no differential"),
        (r"\int \, t\, dt ds", 16, "does not fit here"),
        (r"u_t(x, y)", 1, r"does not take these arguments; known: u_t\(x\)"),
        (r"x^\top", 3, "expected a vector after"),
        (r"x^{\top} t", 1, "must be a vector"),
        (r"t^{s}", 3, "positive integer exponent"),
        (r"t_{1}_{2}", 7, "second subscript"),
        (r"\int_{A} p_{data}(z) dz", 7, "no symbol is written A"),
        (r"\int_{s} p_{data}(z) dz", 1, "both limits of the integral, or none"),
        (r"\frac1", 7, "the formula ends too early"),
        (r"\sqrt t", 7, "unexpected 't'"),
        (r"\nabla_x t s", 1, "stands before a product; put brackets"),
        (r"2 |t|", 3, r"an absolute value is \\lvert a \\rvert"),
        (r"\nabla t", 1, "expected the variable"),
        (r"\nabla_x", 1, "expected a term after"),
        (r"\nabla_x^2 t", 10, "write it twice"),
        (r"\partial_t x^\top y", 14, "put brackets around what it acts on"),
        (r"\partial_x t", 1, "is taken in a real variable, found x"),
        (r"\log t s", 1, "stands before a product"),
        (r"\log (t)^2", 10, "which differ"),
        (r"\log w(t)^\top", 11, "only a vector is transposed"),
        (r"\log^2 t", 1, "put it in brackets"),
        (r"\exp t", 1, "expected brackets"),
        (r"\dot x", 1, "does not say in what"),
        (r"[x]_{x = y}", 1, "only a derivative is taken at a place"),
        (r"[\nabla_x t]_{y = z}", 15, "expected the place of x"),
        (r"\mathcal{N}(x; y, t)", 19, r"ends with I, found t"),
        (r"\mathcal{N}(x, y)", 12, "expected a Gaussian density"),
        (r"\mathcal{N}(x, y; z, I)", 12, "expected a Gaussian such as"),
        (r"\mathbb{E}_{x := x}[t]", 1, "depends on the x that it draws"),
        (r"\mathbb{E}_{(x, y) := z}[t]", 13, "expected one variable before its value"),
        (r"\mathbb{E}_{z \sim p_{data}}[t \mid x]", 1, "a variable that the law draws"),
        (r"\mathbb{E}_{z \sim p_{data}}[t \mid z := x]", 37, "expected x or x = s"),
        (r"\lvert t", 9, "too early"),
        ("", 1, "too early"),
        (r"\lVert x", 9, "too early"),
    ],
)  # fmt: skip
def test_errors_say_where(source: str, column: int, message: str) -> None:
    with pytest.raises(LatexError, match=message) as caught:
        read(source)
    assert (caught.value.line, caught.value.column) == (1, column), str(caught.value)
    shown = str(caught.value).splitlines()
    assert shown[-2] == "  " + source
    assert shown[-1] == " " * (column + 1) + "^"


def test_the_line_of_an_error_is_counted_and_shown_alone() -> None:
    with pytest.raises(LatexError) as caught:
        read("t +\n  f +\n s")
    assert str(caught.value).splitlines()[0].startswith("line 2, column 3: no symbol is written f")
    assert str(caught.value).splitlines()[1:] == ["    f +", "    ^"]


def test_symbols_must_be_symbols() -> None:
    with pytest.raises(InputError, match="expected symbols"):
        parse_latex("x", ["x"])
    with pytest.raises(LatexError, match="no symbols were given"):
        parse_latex("x", [])


def test_two_symbols_that_look_the_same_are_not_guessed_between() -> None:
    other = Field("u", x, sub=t, definition=t * x)
    with pytest.raises(LatexError, match="more than one"):
        parse_latex("u_t(x)", [u, other, t, x])


def test_the_text_of_a_program_never_crashes_the_reader() -> None:
    @examples(300)
    @given(st.text(alphabet=r"xtzu_^{}()[]|\ +-2,.dE~'&$", max_size=30))
    def run(source: str) -> None:
        with suppress(LatexError):
            read(source)

    run()


TOKENS = (
    r"\nabla \partial \operatorname{div} \log \exp \sqrt \frac \dot \mathcal{N} \mathbb{E} \int "
    r"_x _{x} _t _{t} ^2 ^\top ^{\theta} ^{ _{ } { ( ) [ ] | \lvert \rvert \| \mid ; , = := \sim "
    r"\in < > \le \infty \mapsto \forall \text{for every} \text{is differentiable} \Rightarrow "
    r"\cdot + - / 0 2 x y t s \pi \theta u_t(x) u_t(x|z) p_t(x|z) p_{data} z w(t) C_1 d dx I e"
).split(" ")


def test_tokens_in_any_order_never_crash_the_readers() -> None:
    @examples(400)
    @given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
    def run(source: str) -> None:
        for parse in (parse_latex, parse_statement):
            with suppress(LatexError):
                parse(source, SYMBOLS)

    run()


def test_very_deep_brackets_are_an_error_and_not_a_crash() -> None:
    with pytest.raises(LatexError, match="nested too deeply"):
        read("(" * 5000 + "t" + ")" * 5000)
