"""p_t(x), of which a document says nothing, beside a path x_t with noise: the density of x_t."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GIVEN = (
    "Let $x_1 \\sim q$ and $x_0 \\sim \\mathcal{N}(0, I)$ be independent and "
    "$x_t = (1-t) x_0 + t x_1$ with $u_t(x) = \\mathbb{E}[x_1 - x_0 \\mid x_t = x]$.\n\n"
)
ROW = "$$ u_t(x) = \\frac{x + (1-t)\\, \\nabla \\log p_t(x)}{t} . $$\n"
WRONG = ROW.replace("(1-t)", "(1-t)^2")
SCORE = "$$ \\nabla \\log p_t(x) = -\\frac{\\mathbb{E}[x_0 \\mid x_t = x]}{1-t} . $$\n\n"


def verdicts(text: str, **options: bool) -> list[str]:
    return [row.verdict for row in check_text(text, **options).rows if not row.inline]


@pytest.mark.parametrize(("row", "verdict"), [(ROW, "proved"), (WRONG, "refuted")])
def test_it_is_that_of_the_path_of_its_letter_and_time(row: str, verdict: str) -> None:
    assert verdicts(GIVEN + SCORE + row) == ["proved", verdict]


@pytest.mark.parametrize(("row", "verdict"), [(ROW, "proved"), (WRONG, "refuted")])
def test_the_path_may_be_a_capital_letter(row: str, verdict: str) -> None:
    given = GIVEN.replace("x_", "X_")
    found = verdicts(given + SCORE.replace("x_", "X_") + row)
    assert found == ["proved", verdict]


def test_the_table_says_that_it_is_guessed() -> None:
    symbols = check_text(GIVEN + ROW).symbols
    assert any(s.symbol == "p_t(x)" and s.guessed and "x_t" in s.reading for s in symbols)


ENDS = GIVEN.replace("$x_1 \\sim q$", "$x_1 \\sim p_1$").replace(
    "$x_0 \\sim \\", "$x_0 \\sim p_0 = \\"
)


@pytest.mark.parametrize(("row", "verdict"), [(ROW, "proved"), (WRONG, "refuted")])
def test_what_it_is_at_the_ends_does_not_speak_against_it(row: str, verdict: str) -> None:
    assert "p_0 = " in ENDS
    assert "p_1" in ENDS
    assert verdicts(ENDS + SCORE + row) == ["proved", verdict]


def test_ends_at_which_the_path_is_not_do() -> None:
    """p_0 would be the law of x_1."""
    turned = ENDS.replace("(1-t) x_0 + t x_1", "(1-t) x_1 + t x_0")
    assert verdicts(turned + SCORE.replace("1-t}", "t}")) == ["open"]
    assert verdicts(turned + WRONG) == ["open"]


def test_not_where_nothing_may_be_guessed() -> None:
    assert verdicts(GIVEN + WRONG, strict=True) == ["open"]


def test_not_where_something_else_is_said_of_it() -> None:
    moved = "$$ \\partial_t p_t(x) = -\\nabla \\cdot (p_t(x)\\, w_t(x)) . $$\n\n"
    assert "refuted" not in verdicts(GIVEN + moved + WRONG)


OTHERS = [
    "Let $p_t$ be any other path of densities with $p_0$, $p_1$ at the ends.",
    "In this section $p_t$ is the geometric path between the ends.",
    "Let $p_t$ be the Wasserstein geodesic.",
    "Here $p_t$ need not be the law of $x_t$.",
    "设 $p_t$ 为另一条密度路径。",
    "Sei $p_t$ ein anderer Pfad von Dichten.",
]


@pytest.mark.parametrize("words", OTHERS)
def test_not_where_words_say_that_it_is_another(words: str) -> None:
    text = f"{ENDS}{words}\n\n{ROW}"
    assert not any("density of x_t" in symbol.reading for symbol in check_text(text).symbols)
    assert "proved" not in verdicts(text)


BETWEEN = (
    "Let $x_0 \\sim p_0$, $x_1 \\sim p_1$ be independent, "
    "$x_t = (1-t) x_0 + t x_1$. {}\n\n$$ {} $$\n"
)
OF_THE_PATH = r"\mathbb E\|x_t\|^2 = \int \|x\|^2\, p_t(x)\, dx"
OF_MIXTURES = r"\int \|x\|^2 p_t(x) dx = (1-t) \int \|x\|^2 p_0(x) dx + t \int \|x\|^2 p_1(x) dx"


def test_it_may_be_so_without_noise() -> None:
    assert verdicts(BETWEEN.format("", OF_THE_PATH)) == ["open"]
    assert verdicts(BETWEEN.format(OTHERS[0], OF_THE_PATH)) == ["refuted"]
    assert verdicts(BETWEEN.format("", r"\nabla_x \log p_t(x) = \nabla_x p_t(x)")) == ["refuted"]


@pytest.mark.parametrize("words", ["The path $p_t$ is the mixture of $p_0$ and $p_1$.", ""])
def test_words_that_say_what_it_is_hold_numbers_back(words: str) -> None:
    assert "refuted" not in verdicts(BETWEEN.format(words, OF_MIXTURES))
