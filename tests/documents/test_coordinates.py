"""Sums over coordinates, and integration by parts, with false neighbours beside true rows."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

FIELD = "Let $p$ be a smooth density on $\\mathbb R^d$ and $s_\\theta(x)$ a smooth field.\n\n"
TRUE = {
    "a divergence": (
        r"\nabla \cdot s_\theta(x) = \sum_{i=1}^d \frac{\partial s_{\theta,i}(x)}{\partial x_i}"
    ),
    "a Laplacian": r"\Delta \log p(x) = \sum_{j=1}^d \partial_j \partial_j \log p(x)",
    "an inner product": (
        r"\nabla p(x) \cdot s_\theta(x) = \sum_{i=1}^d \partial_i p(x)\, s_{\theta,i}(x)"
    ),
    "a square": (
        r"\| s_\theta(x) - \nabla \log p(x) \|^2"
        r" = \sum_i \Big( s_{\theta,i}(x) - \frac{\partial \log p(x)}{\partial x_i} \Big)^2"
    ),
    "the product rule": (
        r"\sum_{i=1}^d \partial_i \big( p(x)\, s_{\theta,i}(x) \big)"
        r" = \nabla p(x) \cdot s_\theta(x) + p(x)\, \nabla \cdot s_\theta(x)"
    ),
    "parts, coordinate by coordinate": (
        r"\sum_{i=1}^d \int \partial_i p(x)\, s_{\theta,i}(x) \, dx"
        r" = - \sum_{i=1}^d \int p(x)\, \partial_i s_{\theta,i}(x) \, dx"
    ),
    "parts": (
        r"\int \nabla p(x) \cdot s_\theta(x) \, dx"
        r" = - \int p(x)\, \nabla \cdot s_\theta(x) \, dx"
    ),
}
FALSE = {
    "a sign in a square": (
        r"\| s_\theta(x) - \nabla \log p(x) \|^2"
        r" = \sum_i \Big( s_{\theta,i}(x) + \frac{\partial \log p(x)}{\partial x_i} \Big)^2"
    ),
    "half of the product rule": (
        r"\sum_{i=1}^d \partial_i \big( p(x)\, s_{\theta,i}(x) \big)"
        r" = p(x)\, \nabla \cdot s_\theta(x)"
    ),
    "a sign in parts": (
        r"\sum_{i=1}^d \int \partial_i p(x)\, s_{\theta,i}(x) \, dx"
        r" = \sum_{i=1}^d \int p(x)\, \partial_i s_{\theta,i}(x) \, dx"
    ),
}


def verdict(row: str) -> str:
    return check_text(f"{FIELD}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(name: str) -> None:
    assert verdict(TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_rows_are_refuted(name: str) -> None:
    assert verdict(FALSE[name]) == "refuted"


def test_a_coordinate_by_itself_is_open() -> None:
    assert verdict(r"\sum_{i=1}^d \partial_i p(x)\, \log s_{\theta,i}(x) = 0") not in (
        "proved",
        "refuted",
    )


WEAK = """Let $\\partial_t p_t(x) = -\\nabla \\cdot (p_t(x) v_t(x))$, $\\varphi$ a test function.

$$
\\begin{aligned}
\\frac{d}{dt} \\int \\varphi(x)\\, p_t(x)\\, dx
&= \\int \\varphi(x)\\, \\partial_t p_t(x)\\, dx \\\\
&= - \\int \\varphi(x)\\, \\nabla \\cdot (p_t(x) v_t(x))\\, dx \\\\
&= SIGN \\int \\nabla \\varphi(x) \\cdot v_t(x)\\, p_t(x)\\, dx
\\end{aligned}
$$
"""


@pytest.mark.parametrize(("sign", "found"), [("", "proved"), ("-", "refuted")])
def test_the_weak_form_of_the_continuity_equation(sign: str, found: str) -> None:
    rows = [r.verdict for r in check_text(WEAK.replace("SIGN", sign)).rows if not r.inline]
    assert rows == ["proved", "proved", found]


BREGMAN = (
    "For a convex $\\Phi$ let $D(a, b) = \\Phi(a) - \\Phi(b)"
    " - \\langle \\nabla \\Phi(b), a - b \\rangle$. "
    "Take $\\Phi(a) = \\sum_i a_i \\log a_i$. Then\n\n"
)
ENTROPY = r"D(a, b) = \sum_i \big( a_i \log a_i - b_i \log b_i - (1 + \log b_i)(a_i - b_i) \big)"
QUOTIENTS = r"D(a, b) = \sum_i \Big( a_i \log \frac{a_i}{b_i} - a_i + b_i \Big)"


@pytest.mark.parametrize("row", [ENTROPY, ENTROPY + r" = " + QUOTIENTS.split(" = ")[1]])
def test_functions_of_coordinates(row: str) -> None:
    rows = check_text(f"{BREGMAN}$$\n{row}\n$$\n", "x", ".md").rows
    assert rows[-1].verdict == "proved"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(r"(1 + \log b_i)", r"\log b_i"), (r"(a_i - b_i)", r"(a_i + b_i)"), ("= ", "= -")],
)
def test_wrong_functions_of_coordinates_are_not_proved(right: str, wrong: str) -> None:
    row = ENTROPY.replace(right, wrong)
    rows = check_text(f"{BREGMAN}$$\n{row}\n$$\n", "x", ".md").rows
    assert rows[-1].verdict not in ("proved", "agrees")
