"""Averages given a formula, E[y | y + n = x]: a path without a name."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

WORDS = (
    "Let $y \\sim q$ and $n \\sim \\mathcal N(0, \\sigma^2 I)$ be independent, and\n\n"
    "$$ p(x; \\sigma) = \\int q(y)\\, \\mathcal N(x; y, \\sigma^2 I)\\, dy . $$\n\n"
    "Let $D(x; \\sigma) = \\mathbb E[y \\mid y + n = x]$.\n\n"
)
ROWS = {
    "the score": (
        r"\nabla_x \log p(x; \sigma) = \frac{D(x; \sigma) - x}{\sigma^2}",
        r"\nabla_x \log p(x; \sigma) = \frac{D(x; \sigma) - x}{\sigma}",
    ),
    "the noise": (
        r"\mathbb E[n \mid y + n = x] = x - D(x; \sigma)",
        r"\mathbb E[n \mid y + n = x] = D(x; \sigma) - x",
    ),
    "the noise by the score": (
        r"\mathbb E[n \mid y + n = x] = - \sigma^2 \nabla_x \log p(x; \sigma)",
        r"\mathbb E[n \mid y + n = x] = \sigma^2 \nabla_x \log p(x; \sigma)",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_what_a_sum_is_given(name: str) -> None:
    right, wrong = (check_text(f"{WORDS}$$ {row} $$\n").rows[-1].verdict for row in ROWS[name])
    assert (right, wrong) == ("proved", "refuted")


def test_given_a_sum_without_anything_random_it_is_open() -> None:
    row = check_text("Let $y \\sim q$.\n\n$$ \\mathbb E[y \\mid a + b = c] = a $$\n").rows[-1]
    assert row.verdict == "open"
