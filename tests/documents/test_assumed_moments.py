"""What a document assumes of the moments of a law: E[y] = 0, E‖y‖² = s² d."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

WORDS = (
    "Let $y \\sim p$ and $n \\sim \\mathcal N(0, \\sigma^2 I)$ be independent. Suppose "
    "$\\mathbb E[y] = 0$ and $\\mathbb E \\|y\\|^2 = s^2 d$. "
    "Let $g = 1/\\sqrt{s^2 + \\sigma^2}$.\n\n"
)
ROWS = {
    "with noise": (
        r"\mathbb E\|y + n\|^2 = (s^2 + \sigma^2) d",
        r"\mathbb E\|y + n\|^2 = (s^2 - \sigma^2) d",
    ),
    "with weights": (
        r"\mathbb E\|(1 - \gamma) y + \gamma n\|^2 = ((1 - \gamma)^2 s^2 + \gamma^2 \sigma^2) d",
        r"\mathbb E\|(1 - \gamma) y + \gamma n\|^2 = ((1 - \gamma)^2 s^2 + \gamma \sigma^2) d",
    ),
    "without the dimension": (
        r"\mathbb E\|y + n\|^2 = d s^2 + d \sigma^2",
        r"\mathbb E\|y + n\|^2 = 2 d s^2 + d \sigma^2",
    ),
}


def last(row: str) -> str:
    return check_text(f"{WORDS}$$ {row} $$\n").rows[-1].verdict


@pytest.mark.parametrize("name", ROWS)
def test_a_moment_that_is_assumed_is_used_and_is_put_in(name: str) -> None:
    right, wrong = ROWS[name]
    assert last(right) == "proved"
    assert last(wrong) == "refuted"


def test_what_needs_a_root_is_not_refuted_and_twice_it_is() -> None:
    assert last(r"\mathbb E\|g (y + n)\|^2 = d") in ("proved", "open")
    assert last(r"\mathbb E\|g (y + n)\|^2 = 2 d") == "refuted"


def test_a_law_with_mean_0_is_one_in_every_world() -> None:
    assert last(r"\mathbb E\|y - w\|^2 = s^2 d + \|w\|^2") in ("proved", "open")
    assert last(r"\mathbb E\|y - w\|^2 = s^2 d - \|w\|^2") == "refuted"
    assert last(r"\mathbb E[(y + w)^\top w] = \|w\|^2") in ("proved", "open")
    assert last(r"\mathbb E[(y + w)^\top w] = 2 \|w\|^2") == "refuted"
