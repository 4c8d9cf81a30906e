"""What words or lines say of another row or of a law, and not of the row beside it."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


ENDS = (
    "Let $x_t = (1 - t) x_0 + t x_1$ with $x_0 \\sim \\mathcal N(0, I)$, $x_1 \\sim q$ "
    "independent. Then\n\n$$ \\mathbb E[x_1 - x_0 \\mid x_t = x] = {} . $$\n\n{} $t = 0$\n\n"
    "$$ \\mathbb E[x_1 - x_0 \\mid x_0 = x] = \\mathbb E[x_1] - x . $$\n"
)
AT_ANY = r"\frac{x - \mathbb E[x_0 \mid x_t = x]}{t}"


@pytest.mark.parametrize(
    ("value", "wrong"), [(AT_ANY, False), (AT_ANY.replace("{t}", "{1 - t}"), True)]
)
def test_an_end_of_the_next_display(value: str, wrong: bool) -> None:
    words = "**Exercise.** Show that the mean is linear and that at"
    assert (verdicts(ENDS.format(value, words))[0] in WRONG) is wrong


def test_an_end_of_the_display_before() -> None:
    text = "Let $\\sigma_t = 1 - t + c t$.\n\n$$ \\sigma_t^2 = 1 $$\n\nat $t = 0$, as we saw.\n"
    assert verdicts(text)[0] not in WRONG


MOMENTS = (
    "The data have {}. Let $y \\sim p$ and $k(x) = \\int p(y)\\, \\mathcal N(x; y, s^2 I)\\, dy$."
    "\n\n$$ {} $$\n"
)


@pytest.mark.parametrize("words", ["unit variance", "zero mean and unit variance"])
@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (r"\int \|x\|^2 p(x) dx = d", False),
        (r"\int \|x\|^2 k(x) dx = d (1 + s^2)", False),
        (r"\int \|x\|^2 k(x) dx = d (1 + s)", True),
    ],
)
def test_moments_that_a_standard_normal_density_has(words: str, row: str, wrong: bool) -> None:
    assert (verdicts(MOMENTS.format(words, row))[-1] in WRONG) is wrong


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (r"x = (1 - t) \mathbb E[A \mid X = x] + t \mathbb E[B \mid X = x]", "proved"),
        (r"x = (1 - t) \mathbb E[A \mid X = x]", "refuted"),
        (r"m = t\, \mathbb E[B]", "definition"),
        (r"x = t\, \mathbb E[B \mid X = 0]", "definition"),
    ],
)
def test_a_point_that_is_given_is_not_said_by_its_means(row: str, said: str) -> None:
    words = "Let $X = (1 - t) A + t B$ with $A \\sim \\mathcal N(0, I)$, $B \\sim q$ independent."
    assert verdicts(f"{words} Then\n\n$$ {row} $$\n") == [said]


def test_a_point_that_is_drawn_apart_from_its_noise_is_tied_to_it_by_the_line() -> None:
    """The row draws n beside (y, x), and the line says that x is y + s n: it is true."""
    text = (
        "Let $k_s(x \\mid y)$ be a kernel and\n\n"
        "$$ k_s(y, x) = k_s(x \\mid y)\\, p(y), \\qquad "
        "k_s(x) = \\int k_s(x \\mid y)\\, p(y)\\, dy . $$\n\n"
        "$$ J = \\mathbb E_{k_s(y, x)}\\|\\nabla_x \\log k_s(x \\mid y)\\|^2 $$\n\n"
        "Take $k_s(x \\mid y) = \\mathcal N(x; y, s^2 I)$, that is $x = y + s\\, n$ with "
        "$n \\sim \\mathcal N(0, I)$. Then\n\n"
        "$$ \\mathbb E[n \\mid x] = - s\\, \\nabla_x \\log k_s(x) $$\n"
    )
    assert not {*WRONG} & {*verdicts(text)}
