"""… + C, where an earlier row brought in a C of its own."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

FIRST = (
    "Let $J(\\theta) = \\frac12 \\mathbb{E}_{x \\sim p} \\|s_\\theta(x) - \\nabla \\log p(x)\\|^2$."
    " Then\n\n$$ J(\\theta) = \\mathbb{E}_{x \\sim p}\\Big[ \\frac12 \\|s_\\theta(x)\\|^2 "
    "- \\langle s_\\theta(x), \\nabla \\log p(x) \\rangle \\Big] + C. $$\n\n"
)
SECOND = (
    "Let $q(y) = \\int k(y|x) p(x) dx$ and\n\n"
    "$$ E(\\theta) = \\frac12 \\mathbb{E}_{y \\sim q} \\|s_\\theta(y) - \\nabla \\log q(y)\\|^2, "
    "\\qquad D(\\theta) = \\frac12 \\mathbb{E}_{x \\sim p, y \\sim k(\\cdot|x)} "
    "\\|s_\\theta(y) - \\nabla_y \\log k(y|x)\\|^2. $$\n\nThen\n\n"
    "$$ E(\\theta) = D(\\theta) + C$$"
)
BEHIND = ", where $C$ does not depend on $\\theta$.\n"


def last(text: str) -> str:
    return check_text(text).rows[-1].verdict


@pytest.mark.parametrize(
    "text",
    [FIRST + SECOND + BEHIND, FIRST + "## Noise\n\n" + SECOND + ".\n"],
    ids=["words behind it", "another section"],
)
def test_it_is_another_one(text: str) -> None:
    assert last(text) == "proved"
    assert last(text.replace("= D(", "= 2 D(")) == "refuted"


def test_the_same_one_is_the_same() -> None:
    assert last(FIRST + SECOND + ", with the same constant $C$.\n") == "constant"


NOISE = r"""Let $n \sim \mathcal N(0, I)$, $y \sim q$ and $u = y + \tau n$.
$$ F(\theta) := \mathbb E_{y,n} \| r_\theta(u) - n \|^2 $$
$$ F(\theta) = \mathbb E_{y,n} [ \| r_\theta(u) \|^2 - 2 \langle r_\theta(u), n \rangle ] + C $$
"""
OTHER = r"""
$$ G(\theta) := \mathbb E_{y,n} \| r_\theta(u) - y \|^2 $$
$$ G(\theta) = \mathbb E_{y,n} [ \| r_\theta(u) \|^2 - %s \langle r_\theta(u), y \rangle ] + C $$
"""
WORDS = [
    "",
    "Now the other one.",
    "In the same way,",
    "Likewise for the denoiser,",
    "Now $C$ is free.",
]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("letter", ["C", "c", "K", "C_0"])
def test_a_row_about_something_else_has_its_own(words: str, letter: str) -> None:
    text = (NOISE + words + OTHER % 2).replace("+ C", f"+ {letter}")
    assert last(text) == "proved"


@pytest.mark.parametrize("words", WORDS)
def test_what_hides_the_parameter_is_no_constant(words: str) -> None:
    assert last(NOISE + words + OTHER % 3) == "refuted"


@pytest.mark.parametrize("words", ["with the same constant $C$,", "again the constant from above"])
def test_words_between_say_that_it_is_the_same(words: str) -> None:
    assert last(NOISE + words + OTHER % 2) == "constant"


MORE = "\n$$ H(\\theta) := \\mathbb E_{y,n} \\| r_\\theta(u) - n \\|^2 + 1 $$\n"


def test_a_difference_of_two_losses_has_its_own() -> None:
    assert last(NOISE + MORE + "$$ H(\\theta) - F(\\theta) = C $$") == "proved"


def test_one_display_has_one_constant() -> None:
    row = r"\mathbb E_{y,n} [ \| r_\theta(u) \|^2 - 2 \langle r_\theta(u), n \rangle ]"
    chain = f"\\begin{{align}} H(\\theta) &= {row} + C \\\\ &= F(\\theta) + C \\end{{align}}"
    assert last(NOISE.partition("$$ F(\\theta) = ")[0] + MORE + chain) == "constant"
    assert last(NOISE + f"$$ F(\\theta) = {row} + 1 + C $$") == "constant"
