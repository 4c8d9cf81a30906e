"""What a row is compared with: what stands, the row above where it is open, a bound."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import RowReport


def rows(text: str, ending: str = ".md") -> list[RowReport]:
    return [row for row in check_text(text, "x", ending).rows if not row.inline]


def test_a_row_may_follow_from_an_open_one() -> None:
    text = (
        "Here $h$ is a convex function of $g_0$ and $g_1$.\n\n$$\n\\begin{aligned}"
        "\n\\| h(x) \\|^2 &= \\| g_0(x) \\|^2 + \\| g_1(x) \\|^2 \\\\\n"
        "&= \\| g_1(x) \\|^2 + \\| g_0(x) \\|^2"
        "\n\\end{aligned}\n$$\n"
    )
    above, row = rows(text)
    assert above.verdict == "open"
    assert row.verdict == "proved"
    assert "the row above, which is open" in row.message
    wrong = text.replace("&= \\| g_1(x) \\|^2 + ", "&= \\| g_1(x) \\|^2 - ")
    assert rows(wrong)[-1].verdict not in ("proved", "agrees")


def test_what_follows_from_a_refuted_row_is_not_proved() -> None:
    text = (
        "$$\n\\begin{aligned}\n\\| a - b \\|^2 &= \\|a\\|^2 + 2 a \\cdot b + \\|b\\|^2 \\\\\n"
        "&= \\|b\\|^2 + 2 a \\cdot b + \\|a\\|^2\n\\end{aligned}\n$$\n"
    )
    assert [row.verdict for row in rows(text)] == ["refuted", "refuted"]


def test_after_a_bound_a_row_is_compared_with_the_bound() -> None:
    text = (
        "$$\n\\begin{aligned}\n\\| a - b \\|^2 + \\| a + b \\|^2 &\\ge \\| a - b \\|^2 \\\\\n"
        "&= \\|a\\|^2 - 2 a \\cdot b + \\|b\\|^2\n\\end{aligned}\n$$\n"
    )
    assert [row.verdict for row in rows(text)] == ["proved", "proved"]
    wrong = text.replace("- 2 a", "+ 2 a")
    assert [row.verdict for row in rows(wrong)] == ["proved", "refuted"]


@pytest.mark.parametrize(
    ("last", "verdict"),
    [(r"\frac{x - t D(x, t)}{1 - t}", "proved"), (r"\frac{x + t D(x, t)}{1 - t}", "refuted")],
)
def test_a_chain_in_a_line_is_checked_to_its_end(last: str, verdict: str) -> None:
    document = rf"""Let $x_1 \sim p$ and $x_0 \sim \mathcal N(0, I)$ be independent, $0 < t < 1$ and
$x_t = (1-t) x_0 + t x_1$. Put $D(x, t) = \mathbb E[x_1 \mid x_t = x]$.

The noise is $e(x, t) = \mathbb E[x_0 \mid x_t = x] = {last}$ then.
"""
    found = check_text(document, "x", ".md").rows
    assert [row.verdict for row in found][-2:] == ["definition", verdict]


def test_numbers_in_a_line_are_no_claims() -> None:
    document = r"Take $N = T = 1000$ steps, $\beta_1 = a = 10^{-4}$ and $k(T) = 0.02 = b$."
    found = check_text(document, "x", ".md").rows
    assert not [row for row in found if row.verdict in ("refuted", "scope", "constant")]
