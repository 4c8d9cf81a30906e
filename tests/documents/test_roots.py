"""Roots of variances: noise losses of variance preserving paths, scores by their noise."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

KERNEL = (
    "The kernel is\n\n$$ p_{0t}(x_t | x_0) = \\mathcal N(x_t; \\sqrt{\\bar\\alpha(t)}\\, x_0, "
    "(1-\\bar\\alpha(t))\\, I) $$\n\nand the loss is\n\n"
    "$$ J(\\theta) = \\mathbb E_t \\mathbb E_{x_0 \\sim p} "
    "\\mathbb E_{x_t\\sim p_{0t}(\\cdot|x_0)} "
    "\\| s_\\theta(x_t,t) - \\nabla_{x_t}\\log p_{0t}(x_t|x_0)\\|^2 . $$\n\n"
    "So $x_t = \\sqrt{\\bar\\alpha(t)}\\, x_0 + \\sqrt{1-\\bar\\alpha(t)}\\, \\epsilon$ with "
    "$\\epsilon \\sim \\mathcal N(0,I)$. "
)
SCORE = "\n\n$$ \\nabla_{{x_t}}\\log p_{{0t}}(x_t|x_0) = - \\frac{{\\epsilon}}{{ {} }} $$\n"
NOISE = (
    "Put $\\epsilon_\\theta(x_t,t) = -\\sqrt{{1 - \\bar\\alpha(t)}}\\ s_\\theta(x_t, t)$. Then\n\n"
    "$$ J(\\theta) = \\mathbb E_t \\frac{{1}}{{ {} }} \\mathbb E_{{x_0,\\epsilon}} "
    "\\|\\epsilon - \\epsilon_\\theta(x_t,t)\\|^2 $$\n"
)
ROOT, VARIANCE = "\\sqrt{1 - \\bar\\alpha(t)}", "1 - \\bar\\alpha(t)"


def last(text: str) -> str:
    return [row.verdict for row in check_text(text).rows if not row.inline][-1]


@pytest.mark.parametrize(
    ("row", "right", "wrong"), [(SCORE, ROOT, VARIANCE), (NOISE, VARIANCE, ROOT)]
)
def test_a_score_and_a_loss_by_noise(row: str, right: str, wrong: str) -> None:
    assert last(KERNEL + row.format(right)) == "proved"
    assert last(KERNEL + row.format(wrong)) not in ("proved", "agrees")


def test_the_mean_square_of_a_score_in_a_space_of_any_letter() -> None:
    text = (
        "Let $k(w|u) = \\mathcal N(w; u, \\tau^2 I)$ in $\\mathbb R^n$, that is "
        "$w = u + \\tau z$ with $z \\sim \\mathcal N(0, I)$ independent of $u \\sim f$. Then\n\n"
        "$$ \\mathbb E_{{u,z}}\\|\\nabla_w\\log k(w|u)\\|^2 = \\frac{{ {} }}{{\\tau^2}} . $$\n"
    )
    assert last(text.format("n")) == "proved"
    assert last(text.format("2n")) == "refuted"


def test_a_letter_that_is_drawn_is_no_dimension() -> None:
    text = (
        "Let $n \\sim \\mathcal N(0, I)$ be noise in $\\mathbb R^n$. Then\n\n"
        "$$ \\mathbb E_n \\|n\\|^2 = \\mathbb E_n \\langle n, n \\rangle . $$\n"
    )
    assert last(text) == "proved"


def test_a_letter_below_another_may_be_a_mark() -> None:
    text = (
        "$$ L_c(\\theta) = \\mathbb E_{x \\sim p} \\| f_\\theta(x) - x \\|^2 $$\n\n"
        "$$ L_c(\\theta) = \\mathbb E_{x \\sim p} \\big[ \\|f_\\theta(x)\\|^2 "
        "- 2 f_\\theta(x)^\\top x + \\|x\\|^2 \\big] $$\n"
    )
    assert last(text) == "proved"


def test_a_trace_in_every_spelling() -> None:
    for name in ("\\operatorname{tr}", "\\operatorname{Tr}", "\\mathrm{trace}"):
        text = (
            "Let $x \\sim p$.\n\n$$ \\mathbb E\\big[ \\|x\\|^2 \\big] = "
            f"{name}\\big( \\mathbb E[ x x^\\top ] \\big) $$\n"
        )
        assert last(text) == "proved", name
