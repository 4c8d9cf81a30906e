"""What holds in one dimension alone agrees with nothing."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

NOISE = r"\mathbb E_{n \sim \mathcal N(0, I)}"

ON_A_LINE = {
    "the dimension": NOISE + r"\|n\|^2 = 1",
    "a covariance": NOISE + r"[n n^\top] = d I",
    "a product": r"\|x\|^2 \|y\|^2 = (x \cdot y)^2",
    "vectors in another order": r"(x \cdot y)\, z = (y \cdot z)\, x",
    "a fourth moment": NOISE + r"\|n\|^4 = 3 d",
}


def verdict(row: str, words: str = "") -> str:
    text = f"<!-- fmproof: x vector; y vector; z vector -->\n\n{words}$$\n{row}\n$$\n"
    return [found for found in check_text(text, "x", ".md").rows if not found.inline][-1].verdict


@pytest.mark.parametrize("name", ON_A_LINE)
def test_what_holds_on_a_line_is_refuted_in_the_plane(name: str) -> None:
    assert verdict(ON_A_LINE[name]) == "refuted"


@pytest.mark.parametrize("words", ["In one dimension,\n", "Sei $d = 1$.\n", "一维情形：\n"])
def test_unless_the_document_speaks_of_one_dimension(words: str) -> None:
    assert verdict(ON_A_LINE["the dimension"], words) == "open"


def test_what_holds_in_every_dimension_agrees() -> None:
    assert verdict(NOISE + r"\|n\|^4 = d^2 + 2 d") in ("proved", "agrees")
