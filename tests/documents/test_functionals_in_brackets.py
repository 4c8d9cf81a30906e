"""Losses of fields by a plain capital letter, with the field in square brackets: L[b], L_b[b̂]."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEFORE = (
    "Let $x_t = (1 - t)\\, x_0 + t\\, x_1 + \\gamma(t)\\, z$ with $z \\sim \\mathcal N(0, I)$, "
    "and $b(t, x) = \\mathbb E[\\dot x_t \\mid x_t = x]$. For a field $\\hat b$ let\n\n$$\n"
    "L[\\hat b] = \\int_0^1 \\mathbb E\\big[ \\tfrac12 \\| \\hat b(t, x_t) \\|^2 - "
    "\\dot x_t \\cdot \\hat b(t, x_t) \\big]\\, dt\n$$\n\n"
)
TRUE = (
    r"2\,L[\hat b] + \int_0^1 \mathbb E \| \dot x_t \|^2\, dt = \int_0^1 \mathbb E \| "
    r"\hat b(t, x_t) - \dot x_t \|^2\, dt"
)


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", ["L", "L_b", "J", r"\mathcal L_b"])
def test_a_loss_of_a_field_is_no_product(name: str) -> None:
    before, row = (part.replace(r"L[\hat b]", rf"{name}[\hat b]") for part in (BEFORE, TRUE))
    assert verdict(before, row) == "proved"
    assert verdict(before, row.replace("2", "", 1)) == "refuted"
