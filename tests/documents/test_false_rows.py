"""Rows that are false and look innocent are not proved; the true ones beside them still are.

Each kind was found once as a wrong verdict.
"""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

POINTS = "<!-- fmproof: x vector; y vector; r real; m real -->\n\n"


def judged(text: str, ending: str = ".md") -> list[str]:
    """The verdicts of the displayed rows."""
    return [r.verdict for r in check_text(text, "x", ending).rows if not r.inline]


def displayed(row: str) -> str:
    return f"$$\n{row}\n$$\n\n"


# --- a row behind ≤, ≥, <, ≈ goes on from there ----------------------------------------------

CHAINS = {
    "zero is not a square": (r"0 &\le \|x\|^2 \\ &= 0", "refuted"),
    "a bound is no value": (r"\|x\|^2 &\ge 0 \\ &= x \cdot x", "refuted"),
    "the value of a bound": (r"x \cdot x &\le 3\|x\|^2 \\ &= 3 x \cdot x", "proved"),
    "a bound of a bound": (r"\|x - y\|^2 &\ge 0 \\ &\ge -\|y\|^2", "proved"),
    "no bound of a bound": (r"\|x\|^2 + \|y\|^2 &\ge 2 x \cdot y \\ &\ge 0", "refuted"),
    "behind a strict one": (r"\|x\|^2 + 1 &> \|x\|^2 \\ &= x \cdot x", "proved"),
    "the start behind a strict one": (r"\|x\|^2 + 1 &> \|x\|^2 \\ &= x \cdot x + 1", "refuted"),
    "behind an approximation": (r"2\|x\|^2 &\approx \|x\|^2 \\ &= x \cdot x", "proved"),
    "behind what is not read": (r"\|x\|^2 &\le \foo{x} \\ &= x \cdot x", "open"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_row_behind_an_inequality_goes_on_from_it(name: str) -> None:
    rows, due = CHAINS[name]
    text = POINTS + "\\begin{align}\n" + rows + "\n\\end{align}\n"
    assert judged(text)[-1] == due


def test_what_equals_a_bound_does_not_equal_the_left_side() -> None:
    chain = displayed(r"\|x\|^2 \le \|x\|^2 + \|y\|^2 = x \cdot x + y \cdot y")
    again = displayed(r"\|x\|^2 = x \cdot x + y \cdot y")
    assert judged(POINTS + chain + again)[-1] == "refuted"


# --- every token is in the tree, or the row is not read ---------------------------------------

DROPPED = {
    "a domain": r"\int_{\|x\| < 2} f(x) \,dx = \int f(x) \,dx",
    "a set": r"\int_A f(x) \,dx = \int_B f(x) \,dx",
    "a set below two integrals": r"\iint_A h(x, y) \,dx\,dy = \iint h(x, y) \,dx\,dy",
    "a set and a measure": r"\int_A f(x) P(dx) = \int_B f(x) P(dx)",
    "a norm": r"\|x\|_1 = \|x\|_2",
    "a norm squared": r"\|y\|_M^2 = y^\top y",
    "plus or minus": r"r \pm m = r + m",
    "minus or plus": r"r \mp m = r - m",
    "a closed path": r"\oint f(x) \,dx = \int f(x) \,dx",
    "an inverse function": r"\sin^{-1}(r) \sin(r) = 1",
    "the law of an expectation": r"\mathbb E^{\pi}_{x \sim p}[f(x)] = \mathbb E_{x \sim p}[f(x)]",
    "a law in words": r"\mathbb E_{\text{train}}[f(x)] = \mathbb E_{\text{test}}[f(x)]",
    "where a draw lies": r"\mathbb E_{x \in A}[f(x)] = \mathbb E_{x \in B}[f(x)]",
    "which Gaussian": r"\mathcal N_A(x; y, I) = \mathcal N_B(x; y, I)",
    "what stands above": r"\overset{*}{x} \cdot y = x \cdot y",
    "words in the middle": r"2\,\text{erf}(r) = 2\,\text{sgn}(r)",
    "a convolution": r"(f(x) * g) * h = f(x) * (g * h) + g(x) - g(x)",
    "a second derivative": r"\frac{d^2}{dr^2} (r f(r)) = r \frac{d^2}{dr^2} f(r)",
    "given and together": r"p_{r|m}(x, y) = p_{r,m}(x, y)",
    "infinity": r"\infty - \infty = 0",
    "infinity times nothing": r"0 \cdot \infty = 0",
    "the variable of a maximum": r"\max_x(r, m) = \max_y(r, m)",
}  # fmt: skip


@pytest.mark.parametrize("name", DROPPED)
def test_what_stands_in_a_row_is_not_passed_over(name: str) -> None:
    assert judged(POINTS + displayed(DROPPED[name]))[-1] not in ("proved", "agrees")


WHOLE = {
    "the whole space": r"\int_{\mathbb R^d} f(x) \,dx = \int f(x) \,dx",
    "an Euclidean norm": r"\|x\|_2^2 = x \cdot x",
    "a time": r"\mathbb E_{t \in [0,1], x \sim p} \|f(x, t)\|^2 = \mathbb E_{t, x \sim p} \|f(x, t)\|^2",
    "a dimension": r"\mathcal N_d(x; y, I) = \mathcal N(x; y, I)",
    "a reason": r"\|x\|^2 + \|x\|^2 = 2 x \cdot x \text{ (collected)} + y \cdot y - \|y\|^2",
    "both ends": r"\int_{-\infty}^{\infty} 2 f(r) \,dr = 2 \int f(r) \,dr",
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_what_says_nothing_new_is_no_obstacle(name: str) -> None:
    assert judged(POINTS + displayed(WHOLE[name]))[-1] == "proved"


def test_columns_are_rows_of_their_own() -> None:
    rows = r"r + m &= m + r & x \cdot y &= y \cdot x \\ r &= r & 2 r &= m"
    found = judged(POINTS + "\\begin{align}\n" + rows + "\n\\end{align}\n")
    assert found[:3] == ["proved", "proved", "proved"]
    assert found[3] not in ("proved", "agrees")


def test_true_integrals_over_a_line_are_not_refuted() -> None:
    text = POINTS + displayed(r"\int_{-\infty}^\infty e^{-r^2/2} \,dr = \sqrt{2\pi}")
    text += displayed(r"\int_0^\infty e^{-r} \,dr = 1")
    assert not set(judged(text)) & set(WRONG)
