"""Sums over an index whose weights sum to one, and over data points: true rows, and false ones."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

SHARES = (
    "A mixture has the density $p(x) = \\sum_{k=1}^K \\pi_k \\mathcal N(x; \\mu_k, s_k^2 I)$ with"
    " weights $\\pi_k$, $\\sum_{k=1}^K \\pi_k = 1$, and responsibilities\n\n"
    "$$r_k(x) = \\frac{\\pi_k \\mathcal N(x; \\mu_k, s_k^2 I)}"
    "{\\sum_{j=1}^K \\pi_j \\mathcal N(x; \\mu_j, s_j^2 I)}.$$\n\n"
)
CLASSES = (
    "The data come in classes, $p(x) = \\sum_{k=1}^K p(k) p(x|k)$, and\n\n"
    "$$p(k|x) = \\frac{p(k) p(x|k)}{p(x)}.$$\n\n"
)
POINTS = (
    "For data points $y^{(1)}, \\dots, y^{(n)}$ put"
    " $p(x) = \\frac1n \\sum_{i=1}^n \\mathcal N(x; y^{(i)}, \\sigma^2 I)$ and\n\n"
    "$$w_i(x) = \\frac{\\mathcal N(x; y^{(i)}, \\sigma^2 I)}"
    "{\\sum_j \\mathcal N(x; y^{(j)}, \\sigma^2 I)}.$$\n\n"
)
WEIGHTS = (
    "For weights $w_i \\ge 0$ with $\\sum_{i=1}^n w_i = 1$ let $m = \\sum_{i=1}^n w_i y_i$.\n\n"
)
OF_A_POINT = "For vectors $u$, $v_i$ and every $x$ let $\\sum_{i=1}^n w_i(x) = 1$.\n\n"
PATH = (
    "Let $z$ be data with the density $q$ and"
    " $p(x) = \\int q(z) \\mathcal N(x; z, \\sigma^2 I) dz$.\n\n"
)

ENERGY = (
    "For patterns $y_1, \\dots, y_N$ and $\\beta > 0$ let"
    " $E(x) = \\frac12\\|x\\|^2 - \\frac1\\beta \\log \\sum_{i=1}^N e^{\\beta y_i^\\top x}$ and\n\n"
    "$$s_i(x) = \\frac{e^{\\beta y_i^\\top x}}{\\sum_{j=1}^N e^{\\beta y_j^\\top x}}.$$\n\n"
)

TRUE = {
    "a log-sum-exp": (ENERGY, r"\nabla E(x) = x - \sum_{i=1}^N s_i(x)\, y_i"),
    "they sum to one": (SHARES, r"\sum_{k=1}^K r_k(x) = 1"),
    "the score of a mixture": (
        SHARES,
        r"\nabla \log p(x) = \sum_{k=1}^K r_k(x) \frac{\mu_k - x}{s_k^2}",
    ),
    "the mean of a mixture": (SHARES, r"\mathbb E_{x \sim p}[x] = \sum_{k=1}^K \pi_k \mu_k"),
    "its second moment": (
        SHARES,
        r"\mathbb E_{x \sim p}\|x\|^2 = \sum_{k=1}^K \pi_k (\|\mu_k\|^2 + d s_k^2)",
    ),
    "a posterior of classes": (CLASSES, r"\sum_{k=1}^K p(k|x) = 1"),
    "a score by classes": (
        CLASSES,
        r"\nabla_x \log p(x) = \sum_{k=1}^K p(k|x) \nabla_x \log p(x|k)",
    ),
    "softmax weights": (POINTS, r"\sum_{i=1}^n w_i(x) = 1"),
    "the score of data points": (
        POINTS,
        r"\nabla \log p(x) = \frac{1}{\sigma^2} \Big( \sum_{i=1}^n w_i(x) y^{(i)} - x \Big)",
    ),
    "the variance about a mean": (
        WEIGHTS,
        r"\sum_{i=1}^n w_i \|y_i - m\|^2 = \sum_{i=1}^n w_i \|y_i\|^2 - \|m\|^2",
    ),
    "weights at a point": (
        OF_A_POINT,
        r"\sum_{i=1}^n w_i(x) (u - v_i) = u - \sum_{i=1}^n w_i(x) v_i",
    ),
    "the second moment of noisy data": (
        PATH,
        r"\mathbb E_{x \sim p}\|x\|^2 = \mathbb E_{z \sim q}\|z\|^2 + d \sigma^2",
    ),
}
FALSE: dict[str, str] = {
    "a log-sum-exp": r"\nabla E(x) = x - \beta \sum_{i=1}^N s_i(x)\, y_i",
    "they sum to one": r"\sum_{k=1}^K r_k(x) = 2",
    "the score of a mixture": (r"\nabla \log p(x) = \sum_{k=1}^K r_k(x) \frac{x - \mu_k}{s_k^2}"),
    "the mean of a mixture": r"\mathbb E_{x \sim p}[x] = \sum_{k=1}^K \mu_k",
    "its second moment": (
        r"\mathbb E_{x \sim p}\|x\|^2 = \sum_{k=1}^K \pi_k (\|\mu_k\|^2 + s_k^2 - d)"
    ),
    "a posterior of classes": r"\sum_{k=1}^K p(x|k) = 1",
    "a score by classes": r"\nabla_x \log p(x) = \sum_{k=1}^K p(k) \nabla_x \log p(x|k)",
    "softmax weights": r"\sum_{i=1}^n w_i(x) = n",
    "the score of data points": (
        r"\nabla \log p(x) = \frac{1}{\sigma^2} \Big( x - \sum_{i=1}^n w_i(x) y^{(i)} \Big)"
    ),
    "the variance about a mean": (
        r"\sum_{i=1}^n w_i \|y_i - m\|^2 = \sum_{i=1}^n w_i \|y_i\|^2 + \|m\|^2"
    ),
    "weights at a point": r"\sum_{i=1}^n w_i(x) (u - v_i) = u + \sum_{i=1}^n w_i(x) v_i",
    "the second moment of noisy data": (
        r"\mathbb E_{x \sim p}\|x\|^2 = \mathbb E_{z \sim q}\|z\|^2 - d \sigma^2"
    ),
}


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}Then\n\n$${row}$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_true(name: str) -> None:
    assert verdict(*TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false(name: str) -> None:
    assert verdict(TRUE[name][0], FALSE[name]) == "refuted"


def test_that_weights_sum_to_one_is_said_once() -> None:
    text = WEIGHTS + "$$\\sum_{i=1}^n w_i = 2$$\n"
    rows = check_text(text, "x", ".md").rows
    assert [row.verdict for row in rows if row.latex in ("1", "2")] == ["hypothesis", "refuted"]


def test_weights_with_a_formula_are_no_shares() -> None:
    text = "Let $w_k = \\frac{k}{K}$ and suppose that $\\sum_{k=1}^K w_k = 1$.\n\n"
    row = r"\sum_{k=1}^K w_k \|y_k - a\|^2 = \sum_{k=1}^K w_k \|y_k\|^2 - \|a\|^2"
    assert verdict(text, row) != "proved"


def test_a_power_is_no_index() -> None:
    row = r"\sum_{k=1}^K \gamma^k \|y_k\|^2 = \sum_{k=1}^K \gamma \|y_k\|^2"
    assert verdict("", row) not in ("proved", "agrees")
