""" "If p = N(0, I), then": what was drawn from p has that law from there on."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"Let $X_0 \sim p_0$ and $X_1 \sim p_1$ be independent."
ROW = r"$$ \mathbb E\|X_1 - X_0\|^2 = d + \mathbb E\|X_1\|^2 $$"


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (r"If $p_0 = \mathcal N(0, I_d)$, then", "proved"),
        (r"Suppose $p_0 = \mathcal{N}(0, I)$. Then", "proved"),
        (r"If $p_0 = \mathcal N(0, 2 I_d)$, then", "refuted"),
        (r"If $p_1 = \mathcal N(0, I_d)$, then", "refuted"),
        ("Then", "refuted"),
    ],
)
def test_the_law_of_a_case(words: str, verdict: str) -> None:
    assert check_text(f"{BEGIN} {words} {ROW}").rows[-1].verdict == verdict


def test_it_holds_from_there_on() -> None:
    text = f"{BEGIN} {ROW} If $p_0 = \\mathcal N(0, I_d)$, then {ROW}"
    assert [row.verdict for row in check_text(text).rows] == ["refuted", "proved"]


@pytest.mark.parametrize(
    ("value", "verdict"), [("s^2 d + d", "proved"), ("s^2 d + \\mathbb E\\|X_1\\|^2", "refuted")]
)
def test_a_law_with_a_letter_that_nothing_draws(value: str, verdict: str) -> None:
    words = "Let the data be Gaussian, $p_1 = \\mathcal N(0, s^2 I)$. Then"
    begin = BEGIN.replace("X_0 \\sim p_0", "X_0 \\sim \\mathcal N(0, I)")
    row = f"$$ \\mathbb E\\|X_1 - X_0\\|^2 = {value} $$"
    rows = check_text(f"{begin} {ROW}\n\n## A case\n\n{words} {row}").rows
    assert [one.verdict for one in rows] == ["proved", verdict]
