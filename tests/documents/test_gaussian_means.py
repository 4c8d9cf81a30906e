"""Averages given a Gaussian variable, of Gaussian ones: what regression on it says."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

PATH = r"""Noise $x_0 \sim \mathcal N(0, I)$ and data $x_1 \sim \mathcal N(0, s^2 I)$ are drawn
independently, and $x_t = (1-t)\, x_0 + t\, x_1$. Let $D_t = (1-t)^2 + t^2 s^2$.

"""
ROWS = {
    r"\mathbb E[x_1 \mid x_t = x] = \frac{t s^2}{D_t}\, x": "proved",
    r"\mathbb E[x_0 \mid x_t = x] = \frac{1-t}{D_t}\, x": "proved",
    r"\mathbb E[x_1 - x_0 \mid x_t = x] = \frac{t s^2 - (1-t)}{D_t}\, x": "proved",
    r"\mathbb E[x_1 \mid x_t = x] = \frac{t s}{D_t}\, x": "refuted",
    r"\mathbb E[x_1 - x_0 \mid x_t = x] = \frac{t s^2 + (1-t)}{D_t}\, x": "refuted",
}


@pytest.mark.parametrize("row", ROWS)
def test_the_mean_of_one_given_a_sum(row: str) -> None:
    assert check_text(f"{PATH}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict == ROWS[row]


def test_of_other_laws_it_is_not_proved() -> None:
    text = PATH.replace(r"x_1 \sim \mathcal N(0, s^2 I)", r"x_1 \sim q")
    row = next(iter(ROWS))
    assert check_text(f"{text}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict != "proved"


SQUARES = {
    r"d\,(1 + s^2) - d\,\frac{(t s^2 - (1-t))^2}{D_t}": "proved",
    r"d\,(1 + s^2) - d\,\frac{(t s^2 + (1-t))^2}{D_t}": "refuted",
}


@pytest.mark.parametrize("value", SQUARES)
def test_the_mean_square_of_what_regression_leaves(value: str) -> None:
    """A square with quotients before the noises: it is shown for letters in their place."""
    residue = r"x_1 - x_0 - \frac{t s^2 - (1-t)}{D_t} \big((1-t)\, x_0 + t\, x_1\big)"
    row = rf"\mathbb E \Big\lVert {residue} \Big\rVert^2 = {value}"
    assert check_text(f"{PATH}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict == SQUARES[value]
