"""Values at places: f |_{x = a}, a(0), a'(0); none of them is a product with 0."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

BEFORE = (
    "Let $a(t)$ be a schedule, $\\epsilon \\sim \\mathcal N(0, I)$, $x_t = a(t)\\, x_0 + s\\,"
    "\\epsilon$ with $s > 0$, and $p_t(x \\mid x_0) = \\mathcal N(x;\\, a(t)\\, x_0,\\, s^2 I)$."
    "\n\n"
)
TRUE = {
    "a point of a path": r"\nabla_x \log p_t(x \mid x_0) \Big|_{x = x_t} = - 2 \epsilon / (2 s)",
    "a time": r"- 2 a(1 - t)\, \frac{d a(r)}{dr} \Big|_{r = 1 - t} = \frac{d}{dt} a(1 - t)^2",
    "a bar on the right": r"\left. \frac{d}{dr} a(r)^2 \right|_{r = 0} = 2 a(0)\, a'(0)",
    "a dot": r"\frac{d}{dr} a(r)^2 \big|_{r = 1} = 2 a(1)\, \dot a(1)",
    "a partial derivative": r"\partial_r a(r)^2 \big|_{r = 0} = 2 a(0)\, a'(0)",
    "a direction": r"\frac{d}{dh} \| x_0 + h\epsilon \|^2 \Big|_{h = 0} = 2\, x_0 \cdot \epsilon",
}


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_a_value_is_put_in_behind_the_bar(name: str) -> None:
    left, right = TRUE[name].rsplit(" = ", 1)
    assert verdict(BEFORE, f"{left} = {right}") == "proved"
    other = verdict(BEFORE, f"{left} = {right.replace('2', '3', 1)}")
    assert other not in ("proved", "agrees")  # of schedules words may say something special
    assert other == "refuted" or "epsilon" not in right


@pytest.mark.parametrize("slope", ["a'(0)", r"\dot a(0)", "c(0)"])
def test_a_letter_at_0_is_not_0(slope: str) -> None:
    before = "Let $a(t)$ be a schedule.\n\n"
    assert verdict(before, rf"2\, a(t)\, {slope} = 3\, a(t)\, {slope}") not in ("proved", "agrees")
    assert verdict(before, rf"2\, a(t)\, {slope} = 0") not in ("proved", "agrees")


def test_what_is_drawn_is_no_factor_of_a_number() -> None:
    before = "Let $x \\sim p$.\n\n$$\nL = \\mathbb E_{x \\sim p} \\|x\\|^2\n$$\n\n"
    assert verdict(before, r"\| x(0) \|^2 = 0") not in ("proved", "agrees", *WRONG)
