"""α(0) = β(1) = 1: values of coefficients at the ends, which say nothing of them in between."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

BEFORE = (
    "Let $x_t = \\alpha(t)\\,x_0 + \\beta(t)\\,x_1$, with $\\alpha(0) = \\beta(1) = 1$ and "
    "$\\alpha(1) = \\beta(0) = 0$. Let $v(t,x) = \\mathbb E[\\dot\\alpha(t)\\,x_0 + "
    "\\dot\\beta(t)\\,x_1 \\mid x_t = x]$ and $\\eta(t, x) = \\mathbb E[x_1 \\mid x_t = x]$ where "
    "$\\alpha > 0$.\n\n"
)
FIELD = (
    r"v(t,x) = \frac{\dot\alpha(t)}{\alpha(t)}\,x "
    r"+ \Big(\dot\beta(t) - \frac{\dot\alpha(t)\,\beta(t)}{\alpha(t)}\Big)\,\eta(t,x)"
)


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


def test_a_row_at_any_time_is_decided() -> None:
    assert verdict(BEFORE, FIELD) in ("proved", "agrees")
    assert verdict(BEFORE, FIELD.replace("+ ", "- ", 1)) == "refuted"


@pytest.mark.parametrize("row", [r"\|\alpha(0)\,x\|^2 = \|x\|^2", r"\|\beta(0)\,x\|^2 = 0"])
def test_a_row_at_an_end_may_hold_by_them(row: str) -> None:
    assert verdict(BEFORE, row) not in WRONG
