"""What a document says of a symbol that it does not define is put in where a row needs it."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import RowReport

FLOW = """The map $\\phi_t(x) = a_t(y) + c_t(y)\\, x$ moves noise to $y$, with the velocity

$$
w_t(x \\mid y) = \\frac{\\dot c_t(y)}{c_t(y)} \\big( x - a_t(y) \\big) + \\dot a_t(y).
$$

Take the straight line, $a_t(y) = t\\, y$ and $c_t(y) = 1 - t$:

"""


def last(row: str, before: str = FLOW) -> RowReport:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1]


def test_a_case_of_a_general_formula_is_proved_from_it() -> None:
    row = last(r"w_t(x \mid y) = \frac{ y - x }{ 1 - t }")
    assert row.verdict == "proved"
    assert "is taken to hold" in row.message


@pytest.mark.parametrize(
    "row",
    [
        r"w_t(x \mid y) = \frac{ y + x }{ 1 - t }",
        r"w_t(x \mid y) = \frac{ y - x }{ t }",
        r"w_t(x \mid y) = \frac{ x - y }{ 1 - t }",
    ],
)
def test_a_wrong_case_is_not(row: str) -> None:
    assert last(row).verdict != "proved"


def test_a_case_holds_behind_it_only() -> None:
    general, _, _ = FLOW.partition("Take the")
    row = last(r"w_t(x \mid y) = \frac{ y - x }{ 1 - t }", general)
    assert row.verdict != "proved"


def test_a_number_for_a_constant() -> None:
    before = "$$\ng(x) = (1 - \\sigma_0)\\, \\|x\\|^2\n$$\n\nand for $\\sigma_0 = 0$ it is\n\n"
    assert last(r"g(x) = \|x\|^2", before).verdict == "proved"
    assert last(r"g(x) = - \|x\|^2", before).verdict != "proved"


def test_a_passing_number_is_no_case_for_later_rows() -> None:
    before = (
        "$$\ng(x) = f(x) + \\omega\\, h(x)\n$$\n\nAt $\\omega = 0$ nothing is added:\n\n"
        "$$\n\\|x\\|^2 = x \\cdot x\n$$\n\nIn general\n\n"
    )
    assert last(r"g(x) = f(x) - \omega\, h(x)", before).verdict != "proved"


UNDERBRACE = r"""$$
\| a + b \|^2 = \|a\|^2 + \underbrace{ 2 \langle a, b \rangle }_{=: M(b)} + \|b\|^2
$$

where

$$
M(b) = \langle a, b \rangle + \langle b, a \rangle
$$
"""


def test_an_underbrace_defines() -> None:
    rows = check_text(UNDERBRACE, "x", ".md").rows
    assert [row.verdict for row in rows] == ["proved", "proved"]
    wrong = UNDERBRACE.replace(r"+ \langle b, a", r"- \langle b, a")
    assert check_text(wrong, "x", ".md").rows[-1].verdict == "refuted"
