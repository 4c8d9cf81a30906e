"""Words beside a display that say in which case, or how well, it holds: it is not refuted there."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

WRONG_ROW = r"\mathbb E_{x \sim p} \|x\|^2 = \|\mathbb E_{x \sim p}[x]\|^2"

QUALIFIED = {
    "neglected": ("If we neglect the variance, we have", ""),
    "a point mass": ("Suppose that $p$ is a point mass. Then", ""),
    "a limit": ("In the limit of no spread", ""),
    "behind": ("We have", "to leading order."),
    "german": ("Im Grenzfall gilt", ""),
    "chinese": ("忽略高阶项，", ""),
    "french": ("Si $p$ est une masse de Dirac,", ""),
}


def only(ahead: str, row: str, behind: str = "") -> str:
    (found,) = check_text(f"{ahead}\n$$\n{row}\n$$\n{behind}\n", "x", ".md").rows
    return found.verdict


@pytest.mark.parametrize("name", QUALIFIED)
def test_a_row_that_words_qualify_is_not_refuted(name: str) -> None:
    assert only(QUALIFIED[name][0], WRONG_ROW, QUALIFIED[name][1]) not in (*WRONG, "proved")


@pytest.mark.parametrize(
    "words", ["We have", "Since $p$ is smooth,", "A limit was taken above. So"]
)
def test_other_words_do_not(words: str) -> None:
    assert only(words, WRONG_ROW) == "refuted"


def test_a_true_row_stays_true() -> None:
    row = r"\mathbb E_{x \sim p} \|2 x\|^2 = 4\, \mathbb E_{x \sim p} \|x\|^2"
    assert only("In the limit of no spread", row) == "proved"


def test_a_density_by_its_name_is_no_arbitrary_one() -> None:
    text = "Let $p = \\mathcal N(0, I)$.\n\n$$\n\\nabla \\log p(x) = {}x\n$$\n"
    rows = check_text(text.format("-"), "x", ".md").rows
    assert [row.verdict for row in rows if not row.inline][-1] not in WRONG
    rows = check_text(text.format("2"), "x", ".md").rows
    assert [row.verdict for row in rows if not row.inline][-1] not in ("proved", "agrees")
