"""A condition that stands beside a row without an "if" restricts what the row says."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG


def last(text: str) -> str:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline][-1]


PARTS = {
    "behind a space": r"h(r) = 1, \quad r > 0",
    "in brackets": r"h(r) = 1 \quad (r > \tfrac13)",
    "in words": r"h(r) = 1 \text{ for } r < 1/2",
    "an interval": r"h(r) = 1, \qquad r \in [\tfrac12, 1]",
    "two bounds": r"h(r) = 1, \quad \tfrac14 \le r \le \tfrac12",
    "not there": r"h(r) = 1 \quad (r \ne 0)",
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_a_value_in_a_part_is_no_definition(name: str) -> None:
    text = f"<!-- fmproof: r time -->\n\nThe weight is\n\n$$\n{PARTS[name]}\n$$\n\nso that\n\n"
    assert last(text + "$$\n\\int_0^1 h(r) \\,dr = 1\n$$\n") not in ("proved", "agrees", *WRONG)


WHOLE = {
    "the unit interval": r"h(r) = 2 r, \quad r \in [0, 1]",
    "two bounds": r"h(r) = 2 r, \quad 0 \le r \le 1",
    "positive times": r"h(r) = 2 r, \quad r > 0",
    "another letter": r"h(r) = 2 r, \qquad a > 3",
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_domain_restricts_nothing(name: str) -> None:
    text = f"<!-- fmproof: r time -->\n\nThe weight is\n\n$$\n{WHOLE[name]}\n$$\n\n"
    right, wrong = (f"$$\nh(r) = {value} r\n$$\n" for value in ("r + ", "3"))
    assert last(text + right) == "proved"
    assert last(text + wrong) == "refuted"


def test_two_values_on_two_sides() -> None:
    text = "$$\nh(r) = r, \\quad r > 0\n$$\n\n$$\nh(r) = -r, \\quad r \\le 0\n$$\n\n"
    assert last(text + "$$\nh(r) + h(r) = 2 r\n$$\n") not in ("proved", "agrees", *WRONG)


@pytest.mark.parametrize("beside", [r", \quad b < 0", r"\quad (b \le -1)"])
def test_a_claim_under_a_condition_is_not_refuted(beside: str) -> None:
    text = "Let $b$ be a real number and $x$ a vector.\n\n"
    assert last(f"{text}$$\n\\|b x\\| = -b \\|x\\|{beside}\n$$\n") not in WRONG


# --- what is assumed in one case is not known in the next ----------------------------------------

CASE = r"""Let $(a, b) \sim \pi$. If the pair is drawn independently,
$$
\mathbb E[a \cdot b] = \mathbb E[a] \cdot \mathbb E[b].
$$
"""
AGAIN = CASE[CASE.index("$$") :]

CASES = ["For other pairs", "In general,", "Otherwise", "However, we also have"]


@pytest.mark.parametrize("words", CASES)
def test_another_case_begins_with_its_sentence(words: str) -> None:
    assert last(f"{CASE}{words}\n\n{AGAIN}") not in ("proved", "agrees")


def test_in_the_same_case_it_is_known() -> None:
    assert last(f"{CASE}and hence\n\n{AGAIN}") == "proved"
