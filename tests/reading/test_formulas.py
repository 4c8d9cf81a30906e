"""The syntax tree: many spellings of one formula are one tree."""

from __future__ import annotations

import pytest

from fmproof.reading.document.rows import rows_of
from fmproof.reading.document.tokens import Unreadable, tokens
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.parser import parse
from fmproof.reading.notation.symbols import spelled


def read(latex: str) -> t.Node:
    (row,) = rows_of(tokens(latex))
    return parse(row.right)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\|a\|^2", r"\left\lVert a \right\rVert^{2}"),
        (r"\|a - b\|^2", r"\big\| a-b \big\|^2"),
        (r"p_t(x|z)", r"p_t(x \mid z)"),
        (r"p_t(x|z)", r"p_t\left(x \,\middle|\, z\right)"),
        (r"a^T b", r"a^{\top} b"),
        (r"a^T b", r"a^{\mathsf{T}} b"),
        (r"\frac12 a", r"\tfrac{1}{2} a"),
        (r"\int f(x) \mathrm{d}x", r"\int f(x)\, dx"),
        (r"\int f(x) \text{d}x", r"\int dx\, f(x)"),
        (r"\int_0^1 \int f dx dt", r"\int_0^1\!\!\int f\,\mathrm dx\,\mathrm dt"),
        (r"\mathbb{E}_{x \sim p}[f]", r"\underset{x \sim p}{\mathbb E} \big[ f \big]"),
        (r"\mathbb{E}_{x \sim p} f(x)", r"{\mathbb{E}}_{x\sim p} f(x)"),
        (r"\hat{x}_t", r"\hat x_{t}"),
        (r"v_\theta(x,t)", r"v_{\theta}( x ,\, t )"),
        (r"\nabla_\theta L(\theta)", r"\nabla_{\theta}\, L(\theta)"),
        (r"\nabla \log p_t \; q_t", r"\nabla \log(p_t)\, q_t"),
        (r"\arg\min_\theta L(\theta)", r"\operatorname{argmin}_\theta L(\theta)"),
    ],
)
def test_spellings_of_one_formula(one: str, other: str) -> None:
    assert spelled(read(one)) == spelled(read(other))


@pytest.mark.parametrize(
    ("latex", "kind"),
    [
        (r"\nabla_x \log p(x)", t.Derivative),
        (r"\partial_t p_t(x)", t.Derivative),
        (r"\frac{d}{dt} x_t", t.Derivative),
        (r"\operatorname{div}(p u)", t.Derivative),
        (r"\nabla \cdot (p u)", t.Derivative),
        (r"\mathbb{E}[ |x|^2 | z ]", t.Expectation),
        (r"\mathcal{N}(x; m, \sigma^2 I)", t.Normal),
        (r"\sum_{i=1}^n a_i", t.Series),
        (r"\mathrm{KL}(p \| q)", t.Function),
        (r"\underbrace{a + b}_{=: C_1}", t.Braced),
        (r"p_{t|1}(x|x_1)", t.Call),
        (r"s(x;\theta)", t.Call),
        (r"\int f \, P(dx)", t.Integral),
        (r"\left. f \,\right|_{x=0}", t.Node),
    ],
)
def test_what_the_field_writes_has_a_node(latex: str, kind: type) -> None:
    try:
        assert isinstance(read(latex), kind)
    except Unreadable:
        assert latex.startswith(r"\left.")  # an evaluation is said to be unread, with its place


def test_a_bar_is_told_by_what_is_open() -> None:
    node = read(r"\mathbb{E}[ |a|^2 \,|\, X_t = x ]")
    assert isinstance(node, t.Expectation)
    assert isinstance(node.body, t.Pow)
    assert isinstance(node.given[0], t.Observation)


def test_draws_of_an_expectation() -> None:
    node = read(r"\mathbb{E}_{t, q(z), x \sim p_t(\cdot|z)} f")
    assert isinstance(node, t.Expectation)
    assert [draw.law is None for draw in node.draws] == [True, True, False]


@pytest.mark.parametrize("latex", [r"a + ", r"\frac{a}{", r"\|a", r"\int f", r"a = \sqrt", r"x^"])
def test_what_cannot_be_read_says_where(latex: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(latex)
    assert 0 <= error.value.at <= len(latex)


@pytest.mark.parametrize(
    "latex",
    [
        r"\log p(x|c)^{1+w} p(x)^{-w}",
        r"\log x y",
        r"\log x \; y",
        r"\nabla \log p q",
        r"\log x / y",
    ],
)
def test_how_far_a_logarithm_goes_is_not_guessed(latex: str) -> None:
    with pytest.raises(Unreadable, match="how much of what follows"):
        read(latex)


@pytest.mark.parametrize("latex", [r"\log p(x)^2 + a", r"\log (p(x)^2 q(x))", r"\log p(x) \, a"])
def test_a_logarithm_that_ends_is_read(latex: str) -> None:
    assert isinstance(read(latex), t.Node)


def test_a_divergence_has_its_variable_below_its_name() -> None:
    node = parse(tokens(r"\operatorname{div}_y (b(y))"))
    assert isinstance(node, t.Derivative)
    assert node.kind == "div"
    assert isinstance(node.var, t.Sym)
    assert node.var.name == "y"


BETWEEN = (r"\|", "||", r"\parallel", r"\Vert", ",")


@pytest.mark.parametrize("bars", BETWEEN)
def test_a_divergence_of_densities_has_two_sides(bars: str) -> None:
    node = parse(tokens(rf"D_{{\mathrm{{KL}}}}(q(x|z) {bars} p(x))"))
    assert isinstance(node, t.Function)
    assert node.name == "KL"
    sides = (*node.args, *node.given)
    assert [side.head.name for side in sides if isinstance(side, t.Call)] == ["q", "p"]


def test_an_average_behind_brackets_goes_on_over_a_dot() -> None:
    node = parse(tokens(r"\mathbb{E} (a - b) \cdot (b - c) + d"))
    assert isinstance(node, t.Add)
    first = node.parts[0][1]
    assert isinstance(first, t.Expectation)
    assert isinstance(first.body, t.Mul)
    apart = parse(tokens(r"\mathbb{E} (a) \cdot \mathbb{E} (b)"))
    assert isinstance(apart, t.Mul)


def test_one_letter_in_square_brackets_is_no_factor() -> None:
    assert isinstance(read(r"L_b[\hat b]"), t.Call)
    assert isinstance(read(r"L_b[\hat b + c]"), t.Mul)
    assert isinstance(read(r"a[b]"), t.Mul)
