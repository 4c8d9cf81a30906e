"""Words beside a display that call it false, or true up to a constant, are heard.

They turn no row into a true one: only rows that are wrong as they stand are passed over.
"""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport

WRONG_ROW = r"\mathbb E_{x \sim p} \|g(x)\|^2 = \|\mathbb E_{x \sim p}\, g(x)\|^2"
RIGHT_ROW = r"\mathbb E_{x \sim p} \|2 g(x)\|^2 = 4\, \mathbb E_{x \sim p} \|g(x)\|^2"

DENIED = {
    "tempting": ("It is tempting to write\n\n", "\n"),
    "i.e.": ("A common bug is to swap both, i.e. to use\n", "\n"),
    "naive": ("A naive reader would put\n", "\n"),
    "behind": ("One could hope for\n", "\n\nThis does not hold, since a variance is positive.\n"),
    "within the sentence": ("Note that\n", ",\nwhich is false in general.\n"),
    "german": ("Die Gleichung\n", "\nist falsch.\n"),
    "french": ("On pourrait croire que\n", "\nmais non.\n"),
    "spanish": ("Un error común es escribir\n", "\n"),
    "italian": ("Sarebbe sbagliato scrivere\n", "\n"),
    "portuguese": ("É falso que\n", "\n"),
    "chinese": ("下面的等式是错误的：\n", "\n"),
    "japanese": ("次の式は\n", "\n一般には成り立たない。\n"),
    "korean": ("다음은 흔히 하는 잘못된 계산이다:\n", "\n"),
    "russian": ("Неверно, что\n", "\n"),
    "vietnamese": ("Đẳng thức\n", "\nlà sai.\n"),
}  # fmt: skip

NOT_DENIED = {
    "something else is wrong": ("Let $g$ be.\n", "\nIt would be wrong to drop it. So be it.\n"),
    "a sentence before": ("Some texts are wrong. Here,\n", "\n"),
    "a sentence behind": ("We have\n", "\nWe turn to the next term. That one is false.\n"),
    "a variance": ("Với phương sai hữu hạn,\n", "\n"),
}  # fmt: skip


def only(ahead: str, row: str, behind: str) -> RowReport:
    (found,) = check_text(f"{ahead}\n$$\n{row}\n$$\n{behind}", "x", ".md").rows
    return found


@pytest.mark.parametrize("name", DENIED)
def test_a_wrong_row_that_is_called_false_is_no_error(name: str) -> None:
    ahead, behind = DENIED[name]
    assert only(ahead, WRONG_ROW, behind).verdict == "skip"


@pytest.mark.parametrize("name", ["tempting", "behind", "german"])
def test_a_true_row_that_is_called_false_is_true(name: str) -> None:
    ahead, behind = DENIED[name]
    assert only(ahead, RIGHT_ROW, behind).verdict == "proved"


@pytest.mark.parametrize("name", NOT_DENIED)
def test_words_that_call_something_else_false_are_no_excuse(name: str) -> None:
    ahead, behind = NOT_DENIED[name]
    assert only(ahead, WRONG_ROW, behind).verdict == "refuted"


def test_what_is_called_false_in_an_equation_environment() -> None:
    text = f"One might think that\n\\begin{{equation}}\n{WRONG_ROW}\n\\end{{equation}}\nholds.\n"
    (found,) = check_text(text, "x", ".tex").rows
    assert found.verdict == "skip"


LOSS = (
    r"\mathbb E_{x \sim p} \|v_\theta(x) - u(x)\|^2 = "
    r"\mathbb E_{x \sim p}[\|v_\theta(x)\|^2 - 2 v_\theta(x) \cdot u(x)]"
)

CONSTANTS = {
    "before": ("Up to a constant that is free of $\\theta$,\n", "\n"),
    "behind": ("We get\n", "\nwhere terms independent of $\\theta$ are dropped.\n"),
    "german": ("Bis auf eine Konstante gilt\n", "\n"),
    "french": ("À une constante près,\n", "\n"),
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_row_may_be_said_to_hold_up_to_a_constant(name: str) -> None:
    ahead, behind = CONSTANTS[name]
    assert only(ahead, LOSS, behind).verdict == "skip"
    assert only(ahead, LOSS.replace("- 2", "+ 2"), behind).verdict == "refuted"


def test_where_nobody_says_so_a_constant_is_missing() -> None:
    assert only("We get\n", LOSS, "\n").verdict == "constant"
    assert "constant" in WRONG
