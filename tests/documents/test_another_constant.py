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
