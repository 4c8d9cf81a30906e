"""Denoising score matching as documents write it: marginal scores by those of the kernels."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

KERNEL = (
    "Data $x_0 \\sim q$ are noised by\n\n$$ p_{0t}(x_t \\mid x_0) = "
    "\\mathcal{N}(x_t; \\sqrt{\\bar\\alpha(t)}\\, x_0, (1-\\bar\\alpha(t)) I), \\qquad "
    "p_t(x_t) = \\int p_{0t}(x_t \\mid x_0)\\, q(x_0)\\, dx_0 . $$\n\n"
)
LOSSES = (
    "With a weight $\\lambda(t) > 0$:\n\n"
    "$$ J(\\theta) = \\mathbb{E}_t\\, \\lambda(t)\\, \\mathbb{E}_{x_t \\sim p_t} "
    "\\| s_\\theta(x_t, t) - \\nabla_{x_t} \\log p_t(x_t) \\|^2 $$\n\n"
    "$$ K(\\theta) = \\mathbb{E}_t\\, \\lambda(t)\\, \\mathbb{E}_{x_0 \\sim q}\\, "
    "\\mathbb{E}_{x_t \\sim p_{0t}(\\cdot \\mid x_0)} "
    "\\| s_\\theta(x_t, t) - \\nabla_{x_t} \\log p_{0t}(x_t \\mid x_0) \\|^2 $$\n\n"
)
INTEGRAL = "Let $$ \\bar\\alpha(t) := \\exp\\Big( -\\int_0^t \\beta(s)\\, ds \\Big) . $$\n\n"
NOISE = (
    "So $x_t = \\sqrt{\\bar\\alpha(t)}\\, x_0 + \\sqrt{1-\\bar\\alpha(t)}\\, \\epsilon$ "
    "with $\\epsilon \\sim \\mathcal{N}(0, I)$.\n\n"
)
SCORE = r"\nabla_{x_t} \log p_t(x_t)"
GIVEN = r"\nabla_{x_t} \log p_{0t}(x_t \mid x_0)"
AVERAGE = r"\mathbb{E}_{x_0 \sim q}\, \mathbb{E}_{x_t \sim p_{0t}(\cdot \mid x_0)}"
TRUE = {
    "a quotient": (
        rf"{SCORE} = \frac{{1}}{{p_t(x_t)}}"
        r" \int \nabla_{x_t} p_{0t}(x_t \mid x_0)\, q(x_0)\, dx_0"
    ),
    "a conditional expectation": rf"{SCORE} = \mathbb{{E}}[ {GIVEN} \mid x_t ]",
    "the cross term": (
        rf"\mathbb{{E}}_{{x_t \sim p_t}} [ s_\theta(x_t, t)^\top {SCORE} ]"
        rf" = {AVERAGE} [ s_\theta(x_t, t)^\top {GIVEN} ]"
    ),
    "the losses": r"J(\theta) = K(\theta) + \text{const}",
}
FALSE = {
    "no logarithm": rf"\nabla_{{x_t}} p_t(x_t) = \mathbb{{E}}[ {GIVEN} \mid x_t ]",
    "a sign": (
        rf"\mathbb{{E}}_{{x_t \sim p_t}} [ s_\theta(x_t, t)^\top {SCORE} ]"
        rf" = - {AVERAGE} [ s_\theta(x_t, t)^\top {GIVEN} ]"
    ),
}


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}Then\n\n$$ {row} $$\n").rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(name: str) -> None:
    assert verdict(KERNEL + LOSSES, TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_rows_are_refuted(name: str) -> None:
    assert verdict(KERNEL + LOSSES, FALSE[name]) == "refuted"


@pytest.mark.parametrize("name", ["a conditional expectation", "the losses"])
def test_a_coefficient_by_an_integral_is_any_coefficient(name: str) -> None:
    assert verdict(INTEGRAL + KERNEL + LOSSES, TRUE[name]) == "proved"


def test_a_row_about_one_is_refuted_too() -> None:
    assert verdict(INTEGRAL + KERNEL + LOSSES, FALSE["no logarithm"]) == "refuted"


@pytest.mark.parametrize(
    "row",
    [
        r"\frac{d}{dt} \bar\alpha(t) = -\beta(t)\, \bar\alpha(t)",
        r"\bar\alpha(0) = 1",
        r"\bar\alpha(t) = \exp\Big( -\int_0^t \beta(s)\, ds \Big)",
        r"\frac{d}{dt} \big( \bar\alpha(t) \| x_0 \|^2 \big) \le 0",
        r"\bar\alpha(0) + \| x_0 \|^2 = 1 + \| x_0 \|^2",
        r"\| x_0 \|^2 \bar\alpha(t) = \| x_0 \|^2 \exp\Big( -\int_0^t \beta(s)\, ds \Big)",
    ],
)
def test_what_follows_from_the_integral_is_not_refuted(row: str) -> None:
    assert verdict(INTEGRAL + KERNEL + LOSSES, row) not in ("refuted", "constant", "scope")


def test_roots_of_variances_cancel() -> None:
    row = (
        rf"{GIVEN} = - \frac{{x_t - \sqrt{{\bar\alpha(t)}}\, x_0}}{{1 - \bar\alpha(t)}}"
        r" = - \frac{\epsilon}{\sqrt{1 - \bar\alpha(t)}}"
    )
    rows = check_text(f"{KERNEL}{NOISE}Then\n\n$$ {row} $$\n").rows
    assert [r.verdict for r in rows[-2:]] == ["proved", "proved"]


def test_a_wrong_root_is_not_proved() -> None:
    row = rf"{GIVEN} = - \frac{{\epsilon}}{{1 - \bar\alpha(t)}}"
    assert verdict(KERNEL + NOISE, row) != "proved"


def test_a_marginal_is_not_drawn_beside_what_it_averages() -> None:
    before = (
        "Let $x_0 \\sim q$. Put\n\n"
        "$$ p(x) = \\int \\mathcal N(x; x_0, I)\\, q(x_0)\\, dx_0 . $$\n\n"
    )
    row = (
        r"\frac{1}{p(x)} \int x_0\, \mathcal N(x; x_0, I)\, q(x_0)\, dx_0"
        r" = \mathbb{E}[ x_0 \mid x ]"
    )
    assert verdict(before, row) == "open"


def test_an_equation_of_differentials_is_a_law_of_motion() -> None:
    row = r"\mathrm{d}x = -\tfrac12 \beta(t)\, x\, \mathrm{d}t + \sqrt{\beta(t)}\, \mathrm{d}w"
    assert verdict("", row) == "hypothesis"
