"""Plain letters that a line of words ties: "with a² + s² = 1"."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $x \sim p$, $n \sim \mathcal N(0, I)$, $y = a x + s n$ with $a^2 + s^2 = 1$,
and $v = a n - s x$.
Let $e(y, t) = s\,y + a\,w(y, t)$. Then
"""


@pytest.mark.parametrize(
    ("row", "right"),
    [
        (r"\mathbb E\|n - e(y, t)\|^2 = a^2\,\mathbb E\|v - w(y, t)\|^2", True),
        (r"\mathbb E\|n - e(y, t)\|^2 = s^2\,\mathbb E\|v - w(y, t)\|^2", False),
        (r"a^2 \mathbb E\|x\|^2 + s^2 d = a^2\,\mathbb E\|x\|^2 + (1 - a^2)\,d", True),
        (r"a^2 \mathbb E\|x\|^2 + s^2 d = a^2\,\mathbb E\|x\|^2 + (1 - a)\,d", False),
    ],
)
def test_rows_rest_on_it(row: str, right: bool) -> None:
    rows = check_text(f"{BEGIN}$$ {row} $$").rows
    assert [r.verdict for r in rows if r.latex.strip() == "1"] == ["hypothesis"]
    assert (rows[-1].verdict == "proved") is right
    if right:
        assert "taken to hold" in rows[-1].message


def test_a_display_claims_it() -> None:
    text = r"""
Let $x \sim p$.
$$ (a + b)^2 = a^2 + b^2 $$
$$ \mathbb E\|(a + b) x\|^2 = (a^2 + b^2)\,\mathbb E\|x\|^2 $$
"""
    assert [row.verdict for row in check_text(text).rows] == ["refuted", "refuted"]
