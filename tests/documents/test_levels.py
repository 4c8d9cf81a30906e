"""A noise level that a later section makes a function of the time is a number before."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

ONE = r"""
# One level

Let $y \sim q$ and $x = y + \sigma n$ with $n \sim \mathcal N(0, I)$, and
$D(x; \sigma) = \mathbb E[y \mid x]$. Then

$$ \nabla_x \log p(x; \sigma) = {row} $$

# All levels

Now take $\sigma(t) = t$.

$$ \dot\sigma(t) = 1 $$
"""


@pytest.mark.parametrize(
    ("row", "verdicts"),
    [
        (r"\frac{D(x; \sigma) - x}{\sigma^2}", ("proved",)),
        (r"\frac{x - D(x; \sigma)}{\sigma^2}", ("refuted", "open")),
        (r"\frac{D(x; \sigma) - x}{\sigma}", ("refuted", "open")),
    ],
)
def test_a_level_before_it_is_a_curve(row: str, verdicts: tuple[str, ...]) -> None:
    rows = [r for r in check_text(ONE.replace("{row}", row)).rows if not r.inline]
    assert rows[0].verdict in verdicts
    assert rows[1].verdict == "proved"
