"""Letters of times for random vectors: a sort that is guessed calls no true row wrong."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

SPLIT = r"""
\mathbb E[\langle g(%s), %s \rangle]
= %s \int \Big\langle g(%s), \int %s\, h(%s, %s)\, d%s \Big\rangle d%s
"""


def joint(a: str, b: str, factor: str = "") -> str:
    one, other = a.lower(), b.lower()
    row = SPLIT % (a, b, factor, one, other, one, other, other, one)
    return f"Let $({a}, {b})$ have the joint density $h({one}, {other})$.\n\n$$\n{row}\n$$\n"


def alone(letter: str, factor: str = "") -> str:
    small = letter.lower()
    row = rf"\mathbb E\|f({letter})\|^2 = {factor} \int \|f({small})\|^2 k({small})\, d{small}"
    return f"Let ${letter} \\sim k$.\n\n$$\n{row}\n$$\n"


def last(text: str) -> str:
    return check_text(text, "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("text", [joint("S", "R"), joint("R", "S"), joint("S", "Y"), alone("S")])
def test_the_small_letter_is_a_point_where_its_capital_is_one(text: str) -> None:
    assert last(text) == "proved"


@pytest.mark.parametrize(
    "text", [joint("S", "R", "2"), joint("R", "S", "2"), joint("S", "Y", "2"), alone("S", "2")]
)
def test_with_a_factor_it_is_wrong(text: str) -> None:
    assert last(text) == "refuted"


@pytest.mark.parametrize("letters", ["TR", "TY", "TS"])
def test_a_guess_holds_numbers_back(letters: str) -> None:
    assert last(joint(*letters)) not in WRONG


def test_a_vector_by_words() -> None:
    text = r"""Let $T$ be a random vector with density $h(t)$.

$$
\mathbb E\|g(T)\|^2 = \int \|g(t)\|^2 h(t)\,dt
$$
"""
    assert last(text) not in WRONG
    assert (
        last(
            "Let $t$ be uniform on $[0,1]$.\n\n$$ \\int_0^1 f(t)\\, dt = 2 \\int_0^1 f(t)\\, dt $$"
        )
        == "refuted"
    )
