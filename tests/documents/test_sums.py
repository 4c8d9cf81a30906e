"""Finite sums over data points: means over an index, with false neighbours beside true rows."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

POINTS = """Take data points $b_1, \\dots, b_M$ and a bandwidth $h$.

$$
f(x) = \\frac{1}{M} \\sum_{j=1}^M \\mathcal N(x; b_j, h^2 I)
$$

"""
TRUE = {
    "the gradient of a kernel estimate": (
        r"\nabla_x f(x) = \frac{1}{M h^2} \sum_{j=1}^M (b_j - x)\, \mathcal N(x; b_j, h^2 I)"
    ),
    "a square multiplied out": (
        r"\sum_{j=1}^M c_j \| x - b_j \|^2 = \|x\|^2 \sum_{j=1}^M c_j"
        r" - 2 \sum_{j=1}^M c_j \langle x, b_j \rangle + \sum_{j=1}^M c_j \|b_j\|^2"
    ),
    "a mean of a constant": r"\frac{1}{M} \sum_{j=1}^M \|x\|^2 = \|x\|^2",
    "a quotient, whose number of summands cancels": (
        r"\nabla_x \log f(x) = \frac{ \sum_j \nabla_x \mathcal N(x; b_j, h^2 I) }"
        r"{ \sum_j \mathcal N(x; b_j, h^2 I) }"
    ),
    "two terms written out": r"\sum_{k=1}^2 k\, \|x\|^2 = 3 \|x\|^2",
}
FALSE = {
    "a weight lost": (
        r"\sum_{j=1}^M c_j \| x - b_j \|^2 = \|x\|^2 \sum_{j=1}^M c_j"
        r" - 2 \sum_{j=1}^M c_j \langle x, b_j \rangle + \sum_{j=1}^M \|b_j\|^2"
    ),
    "a mean that is a sum": r"\frac{1}{M} \sum_{j=1}^M \|b_j\|^2 = \sum_{j=1}^M \|b_j\|^2",
    "the sign of a gradient": (
        r"\nabla_x f(x) = \frac{1}{M h^2} \sum_{j=1}^M (x - b_j)\, \mathcal N(x; b_j, h^2 I)"
    ),
    "a product of sums": (
        r"\frac{1}{M} \sum_{j=1}^M c_j \langle x, b_j \rangle"
        r" = \Big( \frac{1}{M} \sum_{j=1}^M c_j \Big)"
        r" \frac{1}{M} \sum_{j=1}^M \langle x, b_j \rangle"
    ),
}


def verdict(row: str, before: str = POINTS) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_sums_are_proved(name: str) -> None:
    assert verdict(TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_wrong_sums_are_refuted(name: str) -> None:
    assert verdict(FALSE[name]) == "refuted"


@pytest.mark.parametrize(
    "row",
    [
        r"\sum_{i \ne j} \langle b_i, b_j \rangle = \sum_{i} \langle b_i, b_j \rangle",
        r"\sum_{j \in B} \|b_j\|^2 = \sum_{j=1}^M \|b_j\|^2",
        r"\prod_{j=1}^M c_j = \sum_{j=1}^M c_j",
    ],
)
def test_other_sums_are_left_open(row: str) -> None:
    found = verdict(row)
    assert found != "proved"
    assert found not in WRONG


def test_random_samples_are_no_data_points() -> None:
    row = r"\mathbb E_{b_j \sim p} \Big[ \frac1M \sum_{j=1}^M \|b_j\|^2 \Big] = 0"
    assert verdict(row, "") == "open"


def test_a_sum_over_classes_is_over_their_values() -> None:
    mixture = "$$\np_t(x) = \\sum_{c} p(c)\\, p_t(x \\mid c)\n$$\n\n"
    row = r"\nabla_x \log p_t(x) = \frac{ \sum_c p(c)\, \nabla_x p_t(x \mid c) }{ p_t(x) }"
    drawn = "with $c \\sim p$.\n\n"
    assert verdict(row, mixture + drawn) == "proved"
    wrong = row.replace(r"\nabla_x \log", r"\nabla_x")
    assert verdict(wrong, mixture + drawn) != "proved"


def test_a_letter_of_losses_in_a_norm_is_a_vector() -> None:
    row = (
        r"\sum_{j=1}^M c_j \| F(x) - b_j \|^2 = \|F(x)\|^2 \sum_{j=1}^M c_j"
        r" - 2 \Big\langle F(x), \sum_{j=1}^M c_j b_j \Big\rangle + \sum_{j=1}^M c_j \|b_j\|^2"
    )
    assert verdict(row) == "proved"
    assert verdict(row.replace("- 2", "+ 2")) == "refuted"
