"""The density of a path, said in other words, by another letter, beside laws at its ends."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GIVEN = (
    "Let $x_0 \\sim \\rho_0$, $x_1 \\sim \\rho_1$, and let $z \\sim \\mathsf{N}(0, \\mathrm{Id})$ "
    "be independent of $(x_0, x_1)$. We put\n\n"
    "$$ x_t = \\alpha_t x_0 + \\beta_t x_1 + \\gamma_t z $$\n\nwhere $\\gamma_t > 0$. "
)
MOVES = "Then $\\partial_t \\rho_t + \\nabla \\cdot (b_t \\rho_t) = 0$. "
SCORE = "Its score is\n\n$$ \\nabla \\log \\rho_t(x) = -\\frac{1}{\\gamma_t} "
SCORE += "\\mathbb{E}[z \\mid x_t = x] . $$\n"
INSIDE = (
    "And\n\n$$ \\mathbb{E}[\\dot x_t \\mid x_t = x] = \\dot\\alpha_t "
    "\\mathbb{E}[x_0 \\mid x_t = x] + \\dot\\beta_t \\mathbb{E}[x_1 \\mid x_t = x] "
    "+ \\dot\\gamma_t \\mathbb{E}[z \\mid x_t = x] $$"
    "\n\n$$ \\nabla \\log \\rho_t(x) = \\mathbb{E}\\Bigl[-\\frac{x_t - \\alpha_t x_0 "
    "- \\beta_t x_1}{\\gamma_t^2} \\Bigm| x_t = x\\Bigr] . $$\n"
)
WORDS = (
    "We denote the density of $x_t$ by $\\rho_t$. ",
    "The density of $x_t$ is called $\\rho_t$. ",
    "On note la densité de $x_t$ par $\\rho_t$. ",
)


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text).rows if not row.inline]


@pytest.mark.parametrize("words", WORDS)
def test_words_say_how_the_density_of_a_path_is_called(words: str) -> None:
    assert verdicts(GIVEN + words + MOVES + SCORE) == ["definition", "proved"]


def test_a_false_neighbour_is_no_proof() -> None:
    wrong = SCORE.replace("\\frac{1}{\\gamma_t}", "\\frac{1}{\\gamma_t^2}")
    assert verdicts(GIVEN + WORDS[0] + wrong) == ["definition", "refuted"]


def test_coefficients_given_a_path_are_coefficients() -> None:
    found = verdicts(GIVEN + WORDS[0] + INSIDE)
    assert found == ["definition", "proved", "proved"]
    assert verdicts(GIVEN + WORDS[0] + INSIDE.replace("_t^2", "_t"))[-1] != "proved"


def test_a_score_by_itself_is_not_called_wrong_whatever_the_letter() -> None:
    """Words that are not understood may say what f is."""
    other = SCORE.replace("\\rho", "f")
    assert verdicts(GIVEN + "Its density is what we call $f_t$. " + other)[-1] in ("open", "proved")


def test_values_at_the_ends_hold_no_numbers_back() -> None:
    """The mean 0 of a Gaussian is no time."""
    ends = GIVEN.replace("$\\gamma_t > 0$", "$\\alpha_0 = \\beta_1 = 1$ and $\\gamma_t > 0$")
    wrong = SCORE.replace("\\frac{1}{\\gamma_t}", "\\frac{1}{\\gamma_t^2}")
    assert verdicts(ends + WORDS[0] + wrong) == ["definition", "refuted"]
