"""A time that nothing draws is lost where the line before averages over it, else it is fixed."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GIVEN = r"""
Let $(X_0, X_1)$ be a coupling with finite second moments, $X_t = (1-t) X_0 + t X_1$ and
$v(x,t) = \mathbb E[X_1 - X_0 \mid X_t = x]$, which minimises
$$ \min_u \int_0^1 \mathbb E\left[\|X_1 - X_0 - u(X_t, t)\|^2\right] dt. $$
"""
TOTAL = r"""
$$ \mathbb E\|X_1 - X_0\|^2 = \mathbb E\|v(X_t,t)\|^2 + \mathbb E\|X_1 - X_0 - v(X_t,t)\|^2. $$
"""
LOSS = r"""
$$ \int_0^1 \mathbb E\|X_1 - X_0 - v(X_t,t)\|^2\,dt
   = \mathbb E\|X_1 - X_0\|^2 - {lost}\mathbb E\|v(X_t,t)\|^2{dt}. $$
"""


def last(text: str) -> str:
    return check_text(text).rows[-1].verdict


@pytest.mark.parametrize(
    ("row", "verdict"), [(TOTAL, "proved"), (TOTAL.replace("+ \\mathbb", "- \\mathbb"), "refuted")]
)
def test_it_is_fixed_where_the_line_before_has_none(row: str, verdict: str) -> None:
    assert last(GIVEN + row) == verdict


def test_it_is_lost_where_the_line_before_averages_over_it() -> None:
    assert last(GIVEN + LOSS.replace("{lost}", "").replace("{dt}", "")) == "scope"
    whole = LOSS.replace("{lost}", r"\int_0^1 ").replace("{dt}", r"\,dt")
    assert last(GIVEN + whole) != "scope"
