"""A number that words give a symbol, and a letter inside a symbol that has a number."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG
from fmproof.reading.notation.values_in_words import number_said

SAID = r"""Let $u = y + \tau z$ with $y \sim q$ and $z \sim \mathcal N(0, I)$.

$$
\mathbb E_{y,z} \| \tau\, h_\theta(y + \tau z) \|^2
= \tau^2\, \mathbb E_{y,z} \| h_\theta(y + \tau z) \|^2 $$

"""
ROW = r"""
$$
\mathbb E_{y,z} \| \tau\, h_\theta(y + \tau z) \|^2
= %s \mathbb E_{y,z} \| h_\theta(y + \tau z) \|^2 $$
"""
ONE = {
    "kept": r"Since $\tau$ is kept at one throughout,",
    "set": r"We set $\tau$ to $1$, so",
    "equal": r"With $\tau$ equal to one,",
    "unit": r"For unit $\tau$,",
    "the value of": r"As the value of $\tau$ is unity,",
    "german": r"Da $\tau$ eins ist,",
    "french": r"Comme $\tau$ vaut un,",
    "chinese": r"因为 $\tau$ 取为 1,",
}


def last(text: str) -> str:
    return check_text(text, "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", ONE)
def test_words_give_a_number(name: str) -> None:
    assert last(SAID + ONE[name] + ROW % "") == "proved"


@pytest.mark.parametrize("name", ONE)
def test_with_that_number_the_row_is_still_wrong(name: str) -> None:
    assert last(SAID + ONE[name] + ROW % "3") == "refuted"


@pytest.mark.parametrize("words", ["So", r"As $\tau$ is one of the levels,", r"$\tau$ is not one."])
def test_other_words_give_none(words: str) -> None:
    assert last(SAID + words + ROW % "") == "refuted"


@pytest.mark.parametrize(
    "words",
    [
        "The mean of $x$ is zero, so",
        "$k$ is one, two or three.",
        "The field $f$ is zero outside the ball.",
        "$s$ is 1.5, so",
        "$N$ is 1,000.",
        "$x$ is one-dimensional.",
    ],
)
def test_no_number_is_heard(words: str) -> None:
    start = words.index("$")
    assert number_said(words, start, words.index("$", start + 1) + 1) is None


GUIDED = r"""The score is $\nabla_x \log p(x)$, and with a label $\nabla_x \log p(x \mid c)$.
$$ g_k(x, c) = (1 + k) \nabla_x \log p(x \mid c) - k \nabla_x \log p(x) $$
%s
$$ g_k(x, c) = \lambda \nabla_x \log p(x \mid c) + (1 - \lambda) \nabla_x \log p(x) $$
%s
$$ g_k(x, c) = %s $$
"""
COUNTED = {
    "written": (r"Others write $\lambda = 1 + k$:", r"With $\lambda = %d$ we have"),
    "defined": (r"We put $\lambda := k + 1$.", r"For $\lambda = %d$,"),
    "in words": (r"Others write $\lambda = 1 + k$:", r"When we set $\lambda$ to %d,"),
    "the other one": (r"Here $k = \lambda - 1$.", r"For $\lambda = %d$,"),
    "doubled": (r"Let $\lambda = 1 + k$.", r"At $\lambda = %d$ it is"),
}
SCORES = {0: r"\nabla_x \log p(x)", 1: r"\nabla_x \log p(x \mid c)"}


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("value", SCORES)
def test_the_letter_inside_has_a_number_then(name: str, value: int) -> None:
    said, case = COUNTED[name]
    text = GUIDED % (said, case % value, SCORES[value])
    assert not {row.verdict for row in check_text(text, "x", ".md").rows} & set(WRONG)
    assert last(GUIDED % (said, case % value, SCORES[1 - value])) not in ("proved", "agrees")


def test_a_row_that_fails_with_it_is_wrong() -> None:
    said, case = COUNTED["written"]
    assert last(GUIDED % (said, case % 0, "3 " + SCORES[0])) == "refuted"
    assert last(GUIDED % (said, "So", SCORES[0])) == "refuted"
