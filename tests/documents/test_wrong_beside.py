"""Rows that are wrong beside what else the document says, and true ones that look like them."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport


def last(*rows: str) -> RowReport:
    """The report of the last display of a document."""
    text = "".join(row if row.startswith("<!--") else f"$$\n{row}\n$$\n\n" for row in rows)
    return check_text(text, "x", ".md").rows[-1]


POINTS = "<!-- fmproof: x vector; v vector; t time -->\n\n"


# --- sums of a vector and a time ----------------------------------------------------------

FIELD = r"u_t(x) := \frac{x - v}{1 - t}"
NORM = r"\|x - v\|^2 = x \cdot x - 2 x \cdot v + v \cdot v"


def test_a_time_for_a_point_is_out_of_scope() -> None:
    row = last(NORM, FIELD, r"u_t(x) = \frac{t - v}{1 - t}")
    assert row.verdict == "scope"
    assert "is a vector" in row.message
    assert last(NORM, FIELD, r"u_t(x) = \frac{1}{1 - t} (x - v)").verdict == "proved"


def test_in_one_dimension_a_time_may_be_added_to_a_position() -> None:
    row = last(r"y_t := y + t", r"y_t = t + y")
    assert row.verdict not in WRONG


# --- a variable that nothing draws --------------------------------------------------------

LOSS = r"L(\theta) := \mathbb E_{z \sim q, y \sim p(\cdot|z)} \| v_\theta(y) - f(y, z) \|^2"


def test_a_variable_that_nothing_draws_is_out_of_scope() -> None:
    wrong = r"L(\theta) = \mathbb E_{z \sim q, y \sim p(\cdot|z)} \| v_\theta(y) - f(y, x) \|^2"
    row = last(LOSS, wrong)
    assert row.verdict == "scope"
    assert "neither drawn nor bound" in row.message
    right = r"L(\theta) = \mathbb E_{z \sim q, y \sim p(\cdot|z)} \| f(y, z) - v_\theta(y) \|^2"
    assert last(LOSS, right).verdict == "proved"


# --- a chain that goes astray behind an open row ------------------------------------------

REVERSED = r"""
Let $\tau = T - t$ and $q_\tau := p_{T-\tau}$. Then

$$
\begin{aligned}
\partial_\tau q_\tau &= -\partial_t p_t \\
&= \nabla \cdot ( f(x,t)\, p_t(x) ) - \tfrac12\, g(t)^2\, \Delta p_t(x) \\
&= \nabla \cdot ( f(x,t)\, p_t(x) ) - g(t)^2\, \Delta p_t(x) + \tfrac12\, g(t)^2\, \Delta p_t(x) \\
&= ROW
\end{aligned}
$$
"""


def test_a_row_that_leaves_an_open_chain_is_refuted() -> None:
    wrong = r"\nabla \cdot ( f(x,t)\, p_t(x) ) + \tfrac12\, g(t)^2\, \Delta p_t(x)"
    right = r"\nabla \cdot ( p_t(x) f(x,t) ) - \tfrac12\, g(t)^2\, \Delta p_t(x)"
    found = check_text(REVERSED.replace("ROW", wrong), "x", ".md").rows[-1]
    assert found.verdict == "refuted", found.message
    found = check_text(REVERSED.replace("ROW", right), "x", ".md").rows[-1]
    assert found.verdict not in WRONG, found.message


# --- one defined coefficient for another --------------------------------------------------

PATH = (
    r"\alpha_t := 1 - \beta_t, \qquad a_t := \sqrt{1 - b_t^2}",
    r"y_t = a_t x + b_t z, \qquad z \sim \mathcal N(0, I), \qquad x \sim q",
)


@pytest.mark.parametrize(("letter", "wrong"), [(r"\alpha", True), ("a", False)])
def test_one_coefficient_for_another(letter: str, wrong: bool) -> None:
    row = last(*PATH, rf"b_t \mathbb E[z | y_t] = y_t - {letter}_t \mathbb E[x | y_t]")
    assert (row.verdict in WRONG) == wrong, (row.verdict, row.message)
