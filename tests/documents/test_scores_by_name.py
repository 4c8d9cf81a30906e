"""Rows about the score at Y = X + σ Z by its name: nothing of it is written out."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GIVEN = r"""
Let $Y = X + \sigma Z$ where $X \sim p$ on $\mathbb R^d$, $Z \sim \mathcal N(0, I_d)$ is independent
of $X$ and $\sigma > 0$.
"""
DENSITY = r"""The density of $Y$ is
$$ p_\sigma(y) = \int \mathcal N(y; x, \sigma^2 I)\, p(x)\, dx . $$
"""
ROW = r"""
$$ \mathbb E \|\sigma Z + \sigma^2 \nabla\log p_\sigma(Y)\|^2 = \sigma^2 d
   + 2\sigma^3\,\mathbb E\langle Z, \nabla\log p_\sigma(Y)\rangle
   + \sigma^4\,\mathbb E\|\nabla\log p_\sigma(Y)\|^2 . $$
"""


def last(text: str) -> str:
    return check_text(text).rows[-1].verdict


def test_its_square_is_expanded_and_the_moments_of_the_noise_put_in() -> None:
    assert last(GIVEN + DENSITY + ROW) == "proved"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(r"\sigma^2 d", r"\sigma d"), (r"+ 2\sigma^3", r"- 2\sigma^3"), (r"2\sigma^3", r"2\sigma^2")],
)
def test_a_wrong_one_is_not_proved(right: str, wrong: str) -> None:
    assert last(GIVEN + DENSITY + ROW.replace(right, wrong)) in ("refuted", "open")


def test_what_a_density_at_a_path_is_may_be_said_in_words_that_are_not_read() -> None:
    """Of any density p_σ the row is false; it is true of that of Y."""
    row = r"$$ \mathbb E\langle Z, \nabla\log p_\sigma(Y)\rangle = -\sigma\, "
    row += r"\mathbb E\|\nabla\log p_\sigma(Y)\|^2 . $$"
    assert last(GIVEN + "Integrating by parts under the noised law,\n" + row) == "open"
    assert last(GIVEN + DENSITY + row) == "proved"
    assert last(GIVEN + DENSITY + row.replace("-\\sigma", "\\sigma")) == "refuted"


def test_the_density_of_what_is_made_is_said_beside_that_of_the_data() -> None:
    """p_σ is the density of Y, p that of X: the formula for p_σ is a claim."""
    assert last(GIVEN + DENSITY) == "proved"
    assert last(GIVEN + DENSITY.replace("sigma^2 I", "sigma I")) in ("refuted", "open")
