"""Rows behind "if A and B are independent", and beside words about moments."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

PAIR = "Let $(A, B)$ be drawn from a coupling $\\pi$ of two laws.\n\n"
SQUARE = r"\mathbb E \|A - B\|^2 = \mathbb E\|A\|^2 + \mathbb E\|B\|^2"


def verdict(text: str) -> str:
    rows = [one for one in check_text(text, "x", ".md").rows if not one.inline]
    return rows[-1].verdict


@pytest.mark.parametrize(
    ("words", "factor", "due"),
    [
        ("If $A$ and $B$ are independent, then", "2", "proved"),
        ("If $A$ and $B$ are independent, then", "", "open"),
        ("Whatever the coupling is,", "2", "open"),
        ("If $A$ and $B$ are not independent, then", "2", "open"),
        ("If $A$ and $D$ are independent, then", "2", "open"),
    ],
)
def test_independent_draws_hold_for_what_the_words_name(words: str, factor: str, due: str) -> None:
    row = rf"{SQUARE} - {factor} \mathbb E[A]^\top \mathbb E[B]"
    assert verdict(f"{PAIR}{words}\n\n$$\n{row}\n$$\n") == due


def test_the_case_ends_with_its_display() -> None:
    first = rf"{SQUARE} - 2\, \mathbb E[A]^\top \mathbb E[B]"
    later = r"\mathbb E[A^\top B] = \mathbb E[A]^\top \mathbb E[B]"
    text = f"{PAIR}If $A$ and $B$ are independent, then\n\n$$\n{first}\n$$\n\nSo much for that.\n\n"
    assert verdict(f"{text}$$\n{later}\n$$\n") == "open"


NOISE = r"""Noise $\epsilon \sim \mathcal N(0, I)$ and data $y \sim q$ are drawn independently, and
the noise is centred{more}. Let $m = \mathbb E \|y\|^2$.

$$
\mathbb E \|y + 2 \epsilon\|^2 = \mathbb E\|y\|^2 + {factor}\, \mathbb E \|\epsilon\|^2
$$
"""


@pytest.mark.parametrize(
    ("factor", "more", "due"),
    [
        ("4", "", "proved"),
        ("3", "", "refuted"),
        ("3", "; the data have variance two", "open"),
    ],
)
def test_words_that_a_standard_law_fulfils_hold_no_other_row_up(
    factor: str, more: str, due: str
) -> None:
    assert verdict(NOISE.replace("{factor}", factor).replace("{more}", more)) == due


def test_a_row_that_centred_data_fulfil_is_open() -> None:
    row = (
        r"\mathbb E \|y + \epsilon\|^2 = \mathbb E\|y - \mathbb E[y]\|^2 + \mathbb E \|\epsilon\|^2"
    )
    text = NOISE.split("$$")[0].replace("the noise is centred{more}", "the data are centred")
    assert verdict(f"{text}$$\n{row}\n$$\n") == "open"
