"""Equations of coefficients: the first about one of them says what it is, later ones follow."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

INPUT = (
    "Inputs are scaled by $c_i(\\sigma)$ to have unit variance,\n\n"
    "$$ c_i(\\sigma)^2 (\\tau^2 + \\sigma^2) = 1 . $$\n\n"
)
OUTPUT = (
    "The gate $c_g(\\sigma)$ and the scale of the target satisfy\n\n"
    "$$ c_o(\\sigma)^2 = (1 - c_g(\\sigma))^2 \\tau^2 + c_g(\\sigma)^2 \\sigma^2 . $$\n\n"
    "The best gate is where\n\n"
    "$$ 0 = 2 c_g(\\sigma) \\sigma^2 - 2 (1 - c_g(\\sigma)) \\tau^2 , $$\n\n"
)
KEEPS_VARIANCE = "Let\n\n$$ \\alpha_t^2 + \\sigma_t^2 = 1 . $$\n\n"
KERNEL = (
    "The kernel is $p_t(x | y) = \\mathcal N(x; m(t) y, \\sigma(t)^2 I)$ with\n\n"
    "$$ m(t) = \\exp\\Big( -\\tfrac12 \\int_0^t \\beta(s)\\, ds \\Big), \\qquad"
    " \\sigma(t)^2 = 1 - \\exp\\Big( - \\int_0^t \\beta(s)\\, ds \\Big) , $$\n\n"
)
NAMED = (
    "The path has $a^2 = \\bar\\alpha(t) = e^{-\\int_0^t \\beta(s) ds}$ and"
    " $b^2 = 1 - \\bar\\alpha(t)$, with $\\beta(t) > 0$,\n\n"
)
DECAY = (
    "The schedules satisfy\n\n$$ \\frac{\\dot m_t}{m_t} = -\\tfrac12 \\beta(t) , "
    "\\qquad m_t^2 + s_t^2 = 1 . $$\n\n"
)
TAKE = "Take $\\gamma(t) = \\sqrt{2 t (1-t)}$.\n\n"
SCALE = "With $s_t = e^{-\\lambda t}$\n\n"

FOLLOWS = {
    "what keeps the variance": (KERNEL, r"m(t)^2 + \sigma(t)^2 = 1"),
    "a rate that has a name": (NAMED, r"\frac{\dot a}{a} = -\tfrac12 \beta(t)"),
    "the other rate": (NAMED, r"\frac{\dot b}{b} = - \frac{a^2}{b^2} \frac{\dot a}{a}"),
    "the positive root": (INPUT, r"c_i(\sigma) = \frac{1}{\sqrt{\sigma^2 + \tau^2}}"),
    "what is linear": (OUTPUT, r"c_g(\sigma) = \frac{\tau^2}{\sigma^2 + \tau^2}"),
    "one put into another": (
        OUTPUT,
        r"c_o(\sigma)^2 = \frac{\sigma^2 \tau^2}{\sigma^2 + \tau^2}",
    ),
    "a root of a quotient": (OUTPUT, r"c_o(\sigma) = \frac{\sigma \tau}{\sqrt{\sigma^2 + \tau^2}}"),
    "a weight": (OUTPUT, r"\frac{1}{c_o(\sigma)^2} = \frac{\sigma^2 + \tau^2}{(\sigma \tau)^2}"),
    "differentiated": (KEEPS_VARIANCE, r"\alpha_t \dot\alpha_t + \sigma_t \dot\sigma_t = 0"),
    "two equations": (DECAY, r"s_t \dot s_t = \tfrac12 \beta(t) m_t^2"),
    "a dot of what words give": (TAKE, r"\dot\gamma(t) = \frac{1 - 2t}{\sqrt{2 t (1 - t)}}"),
    "a logarithm's slope": (SCALE, r"\frac{\dot s_t}{s_t} = - \lambda"),
}
WRONG = {
    "what keeps the variance": (KERNEL, r"m(t) + \sigma(t)^2 = 1"),
    "a rate that has a name": (NAMED, r"\frac{\dot a}{a} = - \beta(t)"),
    "the other rate": (NAMED, r"\frac{\dot b}{b} = \frac{a^2}{b^2} \frac{\dot a}{a}"),
    "the positive root": (INPUT, r"c_i(\sigma) = \frac{1}{\sqrt{\sigma^2 - \tau^2}}"),
    "what is linear": (OUTPUT, r"c_g(\sigma) = \frac{\sigma^2}{\sigma^2 + \tau^2}"),
    "one put into another": (
        OUTPUT,
        r"c_o(\sigma)^2 = \frac{\sigma^2 + \tau^2}{\sigma^2 \tau^2}",
    ),
    "a root of a quotient": (
        OUTPUT,
        r"c_o(\sigma) = \frac{\sigma^2 \tau}{\sqrt{\sigma^2 + \tau^2}}",
    ),
    "a weight": (OUTPUT, r"\frac{1}{c_o(\sigma)^2} = \frac{\sigma^2 - \tau^2}{(\sigma \tau)^2}"),
    "differentiated": (KEEPS_VARIANCE, r"\alpha_t \dot\alpha_t - \sigma_t \dot\sigma_t = 0"),
    "two equations": (DECAY, r"s_t \dot s_t = \beta(t) m_t^2"),
    "a dot of what words give": (TAKE, r"\dot\gamma(t) = \frac{2 - 2t}{\sqrt{2 t (1 - t)}}"),
    "a logarithm's slope": (SCALE, r"\frac{\dot s_t}{s_t} = \lambda"),
}


def last(words: str, row: str) -> str:
    return check_text(f"{words}so that\n\n$$\n{row}\n$$\n").rows[-1].verdict


@pytest.mark.parametrize("name", FOLLOWS)
def test_what_follows_is_proved_and_its_neighbour_is_not(name: str) -> None:
    assert last(*FOLLOWS[name]) == "proved"
    assert last(*WRONG[name]) not in ("proved", "agrees")


def test_a_second_equation_for_a_coefficient_is_a_claim() -> None:
    text = INPUT + "$$ c_i(\\sigma)^2 (\\tau^2 + 2 \\sigma^2) = 1 $$\n"
    verdicts = [row.verdict for row in check_text(text).rows]
    assert verdicts[-2:] == ["hypothesis", "open"]


def test_what_one_section_says_is_not_known_in_the_next() -> None:
    text = (
        "## One\n\n$$ g(t)^2 = \\beta(t) $$\n\n## Two\n\n$$ g(t)^2 = 2 t $$\n\n"
        "so\n\n$$ g(t) \\dot g(t) = 1 $$\n"
    )
    assert [row.verdict for row in check_text(text).rows][-2:] == ["hypothesis", "proved"]


def test_no_sign_is_taken_of_a_sum() -> None:
    """√((1 − 2t)²) is |1 − 2t|."""
    row = "$$ \\sqrt{\\frac{(1-2t)^2}{\\sigma^2}} = \\frac{1-2t}{\\sigma} $$\n"
    assert check_text(row).rows[-1].verdict != "proved"


def test_a_derivative_in_a_function_is_not_zero() -> None:
    text = OUTPUT + "$$ 0 = \\frac{d c_o^2}{d c_g} $$\n"
    assert check_text(text).rows[-1].verdict == "open"


@pytest.mark.parametrize("last", ["t", "t^2"])
def test_what_holds_at_one_value_says_nothing_of_others(last: str) -> None:
    text = (
        "With functions $a, b$ we set $$ Z_t = a(t) X + b(t) Y $$ and ask that $a(0) = b(1) = 1$"
        " and $a(1) = b(0) = 0$.\n\n"
        f"A popular choice is $a(t) = 1 - t$, $b(t) = {last}$.\n"
    )
    assert not {"refuted", "constant", "scope"} & {row.verdict for row in check_text(text).rows}


@pytest.mark.parametrize("letter", ["c", "r", "k"])
def test_the_slope_of_a_function_that_a_line_of_words_defines(letter: str) -> None:
    text = f"Put $g({letter})=(1-{letter})^2 \\tau^2+{letter}^2 \\sigma^2$; then\n\n"
    row = f"$$ g'({letter})=-2(1-{letter})\\tau^2+2{letter}\\,\\sigma^2 $$\n"
    assert check_text(text + row).rows[-1].verdict == "proved"
    assert check_text(text + row.replace("-2(", "2(")).rows[-1].verdict == "refuted"
