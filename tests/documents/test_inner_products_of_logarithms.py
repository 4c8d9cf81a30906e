"""A gradient that is left out of an inner product: ⟨s(x), log p(x)⟩ has no value."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

BEFORE = (
    "Let $p$ be a density, and $s$ a model of its score, with the loss\n\n$$\nJ = \\mathbb E_{x "
    "\\sim p} \\| s(x) - \\nabla \\log p(x) \\|^2 .\n$$\n\n"
)
ROW = (
    r"\mathbb E_{x \sim p} \langle s(x), \nabla \log p(x) \rangle = \int \langle s(x), "
    r"%s \log p(x) \rangle\, p(x)\, dx"
)


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


def test_a_gradient_that_is_left_out_is_seen() -> None:
    assert verdict(BEFORE, ROW % r"\nabla") == "proved"
    assert verdict(BEFORE, ROW % "") == "scope"
    for written in (r"s(x)^\top %s \log p(x)", r"s(x) \cdot %s \log p(x)"):
        row = ROW.replace(r"\langle s(x), %s \log p(x) \rangle", written)
        assert verdict(BEFORE, row % r"\nabla") == "proved"
        assert verdict(BEFORE, row % "") == "scope"
    turned = ROW.replace(r"\langle s(x), %s \log p(x) \rangle", r"\langle \log p(x), s(x) \rangle")
    assert verdict(BEFORE, turned) == "scope"


@pytest.mark.parametrize(
    "before",
    ["", "In one dimension, let $p$ be a density.\n\n", "Let $x \\in \\mathbb R$ be a number.\n\n"],
)
def test_what_may_be_a_number_is_not_called_wrong(before: str) -> None:
    assert verdict(before, r"\langle f(x), \log p(x) \rangle = f(x)\, \log p(x)") not in WRONG
    assert verdict(before, r"f(x) \cdot \log p(x) = f(x)\, \log p(x)") not in WRONG


def test_a_vector_by_a_number_is_one() -> None:
    row = r"\mathbb E_{x \sim p} [ s(x) \cdot \log p(x) ] = \int s(x)\, p(x) \log p(x)\, dx"
    assert verdict(BEFORE, row) not in WRONG
