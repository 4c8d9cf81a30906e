"""Rows of matrices are read as what they do to any two vectors; traces as what they are."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport

SMOOTHED = """Let $Y = X + \\sigma N$ with $X \\sim P$ and $N \\sim \\mathcal N(0, I)$, with the
kernel
$k_\\sigma(u) = \\mathcal N(u; 0, \\sigma^2 I)$ and $g(y) = \\int k_\\sigma(y - x)\\, p(x)\\, dx$.

"""


SLOPE = "$$\n\\nabla k_\\sigma(u) = - \\frac{u}{\\sigma^2}\\, k_\\sigma(u)\n$$\n\n"


def last(row: str, before: str = SMOOTHED + SLOPE) -> RowReport:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1]


HESSIANS = {
    "of a kernel": (
        r"\nabla^2 k_\sigma(u) = \Big( \frac{u u^\top}{\sigma^4} -"
        r" \frac{I}{\sigma^2} \Big) k_\sigma(u)",
        r"\nabla^2 k_\sigma(u) = \Big( \frac{u u^\top}{\sigma^4} +"
        r" \frac{I}{\sigma^2} \Big) k_\sigma(u)",
    ),
    "of a logarithm": (
        r"\nabla^2 \log g(y) = \frac{\nabla^2 g(y)}{g(y)} - \nabla \log g(y)\,"
        r" \nabla \log g(y)^\top",
        r"\nabla^2 \log g(y) = \frac{\nabla^2 g(y)}{g(y)} + \nabla \log g(y)\,"
        r" \nabla \log g(y)^\top",
    ),
    "times a vector": (
        r"\nabla \Phi(b) - \nabla^2 \Phi(b)\,(a - b) = - \nabla^2 \Phi(b)\,(a - b) +"
        r" \nabla \Phi(b)",
        r"\nabla \Phi(b) - \nabla^2 \Phi(b)\,(a - b) = \nabla^2 \Phi(b)\,(a - b) + \nabla \Phi(b)",
    ),
}


@pytest.mark.parametrize("name", HESSIANS)
def test_a_hessian(name: str) -> None:
    right, wrong = HESSIANS[name]
    assert last(right).verdict == "proved"
    assert last(wrong).verdict == "refuted"


COVARIANCES = (
    r"\operatorname{Cov}(Y \mid X) = \mathbb E[ Y Y^\top \mid X ] - m(X)\, m(X)^\top",
    r"\operatorname{Cov}(Y \mid X) = \mathbb E[ Y Y^\top \mid X ] + m(X)\, m(X)^\top",
)
MEANS = "Let $X$, $Y$ be random vectors and $m(x) = \\mathbb E[Y \\mid X = x]$.\n\n"


def test_a_covariance() -> None:
    right, wrong = COVARIANCES
    assert last(right, MEANS).verdict == "proved"
    assert last(wrong, MEANS).verdict != "proved"


TRACES = {
    "a Jacobian": r"\operatorname{tr}\big( \nabla_x s_\theta(x) \big) = {sign}\nabla_x \cdot"
    r" s_\theta(x)",
    "a Hessian": r"\operatorname{tr}\big( \nabla_x^2 \log p(x) \big) = {sign}\Delta_x \log p(x)",
    "a product": r"\operatorname{tr}\big( 2\, x\, y^\top \big) = {sign}2 x \cdot y",
}


def test_a_letter_for_matrices_is_no_number() -> None:
    before = "<!-- fmproof: x vector; y vector -->\n\n"
    row = last(r"\operatorname{tr}( A\, x\, y^\top ) = A\, x^\top y", before)
    assert row.verdict not in ("proved", *WRONG)


@pytest.mark.parametrize("name", TRACES)
def test_a_trace(name: str) -> None:
    before = "<!-- fmproof: x vector; y vector -->\n\n$$\n\\| s_\\theta(x) \\|^2 \\ge 0\n$$\n\n"
    assert last(TRACES[name].replace("{sign}", ""), before).verdict == "proved"
    assert last(TRACES[name].replace("{sign}", "-"), before).verdict == "refuted"


def test_an_i_that_is_defined_is_no_identity() -> None:
    before = "$$\nI = \\int \\|x\\|^2 q(x)\\, dx\n$$\n\n"
    assert last(r"2 I = \int 2 \|x\|^2 q(x)\, dx", before).verdict == "proved"
    assert last(r"I = \int 2 \|x\|^2 q(x)\, dx", before).verdict == "refuted"


def test_a_matrix_beside_what_is_none_is_not_compared() -> None:
    """Some write ∇² for the Laplacian, some I for an integral."""
    assert last(r"\partial_t p_t(x) = \nabla^2 p_t(x)", "").verdict not in ("proved", *WRONG)
    assert last(r"2 I = \int q(x) \|x\|^2 dx", "").verdict not in ("proved", *WRONG)
