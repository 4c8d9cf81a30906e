"""Scores and posterior means of a mixture with a Gaussian kernel, without the lines between."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

KERNEL = r"""Let $p(x)$ be the density of the data and $k_s(y\mid x)=\mathcal N(y;\,x,s^2 I)$.

$$ p_s(y)=\int p(x)\,k_s(y\mid x)\,dx $$

The loss is $$ J(D) = \mathbb E_{p(x)k_s(y\mid x)}\|D(y) - x\|^2 $$

"""
WEIGHTS = r"\frac{1}{p_s(y)}\int p(x)\,k_s(y\mid x)"
MEAN = r"\mathbb{E}[x \mid y]"
SCORE = r"\nabla_y \log p_s(y)"
RIGHT_AND_WRONG = {
    "the score of the kernel put in": (
        rf"{SCORE} = {WEIGHTS}\,\frac{{x-y}}{{s^2}}\,dx",
        rf"{SCORE} = {WEIGHTS}\,\frac{{x-y}}{{s}}\,dx",
    ),
    "the slope of the density": (
        r"\nabla_y p_s(y) = \int p(x)\,k_s(y\mid x)\,\frac{x-y}{s^2}\,dx",
        r"\nabla_y p_s(y) = \int p(x)\,k_s(y\mid x)\,\frac{y-x}{s^2}\,dx",
    ),
    "a mean by its weights": (rf"{WEIGHTS}\, x \,dx = {MEAN}", rf"{WEIGHTS}\, x \,dx = {MEAN} - y"),
    "weights that sum to one": (
        rf"{WEIGHTS}\,\frac{{x-y}}{{s^2}}\,dx = \frac{{{MEAN} - y}}{{s^2}}",
        rf"{WEIGHTS}\,\frac{{x-y}}{{s^2}}\,dx = \frac{{y - {MEAN}}}{{s^2}}",
    ),
    "Tweedie's formula": (rf"{MEAN} = y + s^2 {SCORE}", rf"{MEAN} = y - s^2 {SCORE}"),
    "Tweedie's formula, solved": (
        rf"{SCORE} = \frac{{{MEAN} - y}}{{s^2}}",
        rf"{SCORE} = \frac{{{MEAN} - y}}{{s}}",
    ),
}


def verdict(row: str) -> str:
    return check_text(f"{KERNEL}Then\n\n$$ {row} $$\n").rows[-1].verdict


@pytest.mark.parametrize("name", RIGHT_AND_WRONG)
def test_the_row_is_proved_and_its_neighbour_refuted(name: str) -> None:
    right, wrong = RIGHT_AND_WRONG[name]
    assert verdict(right) == "proved"
    assert verdict(wrong) == "refuted"
