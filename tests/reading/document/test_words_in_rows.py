"""Words in a display: scripts, names, and remarks with formulas of their own."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $x_t = a_t x + b_t e$ with $e \sim N(0, I)$ and data $x \sim q$, independent, and
$E\|x\|^2 < \infty$.
"""
SQUARE = r"\text{expanding the square of } a_t x + b_t e"
SUM = r"a_t^2 E\|x\|^2 + b_t^2"
TRUE = {
    "a reason in a column": rf"E\|x_t\|^2 &= {SUM} d & {SQUARE}",
    "a law in a column": rf"E\|x_t\|^2 &= {SUM} E\|w\|^2 & \text{{ ;where }} w \sim N(0, I)",
    "a remark in parentheses": rf"E\|x_t\|^2 &= {SUM} d \quad \text{{(the path at }} t \text{{)}}",
    "a law in parentheses": (
        rf"E\|x_t\|^2 &= {SUM} E\|w\|^2 \quad \text{{(where }} w \sim N(0, I) \text{{)}}"
    ),
    "a script without braces": (
        r"E\|x_t\|^2 &= \underbrace{a_t^2 E\|x\|^2}_\text{of the data} + b_t^2 d"
    ),
    "a script at the end": r"\|x_\text{a}\|^2 &= \langle x_\text{a}, x_\text{a}\rangle",
    "scripts and signs": (
        r"\|x_\text{a} - x_\text{b}\|^2 &= \|x_\text{a}\|^2"
        r" - 2\langle x_\text{a}, x_\text{b}\rangle + \|x_\text{b}\|^2"
    ),
    "a function with a name": r"\text{snr}(t) b_t^2 + b_t^2 &= b_t^2 (\text{snr}(t) + 1)",
}
FALSE = {
    "a reason in a column": rf"E\|x_t\|^2 &= {SUM} & {SQUARE}",
    "a law in a column": rf"E\|x_t\|^2 &= {SUM} E\|w\|^2 & \text{{ ;where }} w \sim N(0, 2 I)",
    "a remark in parentheses": rf"E\|x_t\|^2 &= {SUM} \quad \text{{(the path at }} t \text{{)}}",
    "a script without braces": (
        r"E\|x_t\|^2 &= \underbrace{a_t^2 E\|x\|^2}_\text{of the data} - b_t^2 d"
    ),
    "scripts and signs": (
        r"\|x_\text{a} - x_\text{b}\|^2 &= \|x_\text{a}\|^2"
        r" + 2\langle x_\text{a}, x_\text{b}\rangle + \|x_\text{b}\|^2"
    ),
}


def verdict(row: str) -> str:
    text = f"{BEGIN}\n$$\n\\begin{{aligned}}\n{row}\n\\end{{aligned}}\n$$"
    return check_text(text).rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(name: str) -> None:
    assert verdict(TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_refuted(name: str) -> None:
    assert verdict(FALSE[name]) == "refuted"
