"""A letter that is drawn, and a model of it by the same letter: ε beside ε_θ(x_t, t)."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

WORDS = (
    "Let $x_t = a_t x_0 + b_t \\epsilon$ with $\\epsilon \\sim \\mathcal N(0, I)$ independent of "
    "$x_0$. The model is $\\epsilon_\\theta(x_t, t)$, and\n\n"
    "$$ \\hat x_0(x_t) = \\frac{x_t - b_t \\epsilon_\\theta(x_t, t)}{a_t} . $$\n\n"
)
ROWS = {
    "the same square": (
        r"\mathbb E\|\epsilon - \epsilon_\theta(x_t, t)\|^2"
        r" = \mathbb E\|\epsilon_\theta(x_t, t) - \epsilon\|^2",
        r"\mathbb E\|\epsilon - \epsilon_\theta(x_t, t)\|^2"
        r" = \mathbb E\|\epsilon_\theta(x_t, t) + \epsilon\|^2",
    ),
    "the error of the data": (
        r"\mathbb E\|\hat x_0(x_t) - x_0\|^2"
        r" = \frac{b_t^2}{a_t^2} \mathbb E\|\epsilon - \epsilon_\theta(x_t, t)\|^2",
        r"\mathbb E\|\hat x_0(x_t) - x_0\|^2"
        r" = \frac{b_t}{a_t} \mathbb E\|\epsilon - \epsilon_\theta(x_t, t)\|^2",
    ),
    "the residual of its mean": (
        r"\mathbb E\|\epsilon - \epsilon_\theta(x_t, t)\|^2"
        r" = \mathbb E\|\mathbb E[\epsilon|x_t] - \epsilon_\theta(x_t, t)\|^2"
        r" + \mathbb E\|\epsilon - \mathbb E[\epsilon|x_t]\|^2",
        r"\mathbb E\|\epsilon - \epsilon_\theta(x_t, t)\|^2"
        r" = \mathbb E\|\mathbb E[\epsilon|x_t] - \epsilon_\theta(x_t, t)\|^2"
        r" - \mathbb E\|\epsilon - \mathbb E[\epsilon|x_t]\|^2",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_letter_is_drawn_whatever_model_has_it(name: str) -> None:
    right, wrong = (check_text(f"{WORDS}$$ {row} $$\n").rows[-1].verdict for row in ROWS[name])
    assert (right, wrong) == ("proved", "refuted")


PATH = (
    "Let $x_t = a_t x_0 + b_t \\epsilon$ with $\\epsilon \\sim \\mathcal N(0, I)$ independent of "
    "$x_0$.\n\n"
)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"\mathbb E[x_t \mid x_0] = a_t x_0", "proved"),
        (r"\mathbb E\|x_t\|^2 = a_t^2 \mathbb E\|x_0\|^2 + b_t^2 d", "proved"),
        (r"\mathbb E\|x_t\|^2 = a_t^2 \mathbb E\|x_0\|^2 + b_t d", "refuted"),
        (r"\mathbb E[x_t] = a_t x_0", "open"),  # some mean it for a fixed x_0
    ],
)
def test_what_noise_is_independent_of_is_drawn_as_well(row: str, said: str) -> None:
    assert check_text(f"{PATH}$$ {row} $$\n").rows[-1].verdict == said


def test_what_a_constant_is_independent_of_is_not() -> None:
    row = r"\|x + y\|^2 = \|x\|^2 + 2 x^\top y + \|y\|^2"
    text = f"The constant $K$ is independent of $x$.\n\n$$ {row} $$\n"
    assert check_text(text).rows[-1].verdict == "proved"


@pytest.mark.parametrize(("factor", "right"), [(r"\sigma^2", True), (r"\alpha^2", False)])
def test_data_are_drawn_beside_a_model_of_them(factor: str, right: bool) -> None:
    words = (
        "Let $z = \\alpha x + \\sigma \\epsilon$ with $\\alpha^2 + \\sigma^2 = 1$, data $x$ and "
        "noise $\\epsilon \\sim \\mathcal N(0, I)$. The velocity is $v = \\alpha \\epsilon - "
        "\\sigma x$, and a network $v_\\theta(z)$ gives "
        "$x_\\theta(z) = \\alpha z - \\sigma v_\\theta(z)$.\n\n"
    )
    error = r"\mathbb E\|v_\theta(z) - v\|^2"
    row = rf"\mathbb E\|x_\theta(z) - x\|^2 = {factor}\, {error}"
    assert check_text(f"{words}$$ {row} $$\n").rows[-1].verdict in (
        ["proved"] if right else ["refuted", "open"]
    )
