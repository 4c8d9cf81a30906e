"""Models known up to a factor, p = q/Z, and score matching as its authors write it."""

from __future__ import annotations

import re

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

MODEL = (
    "The model is $p(x;\\theta) = \\frac{1}{Z(\\theta)} q(x;\\theta)$, where\n\n"
    "$$\nZ(\\theta) = \\int q(x;\\theta)\\, dx .\n$$\n\n"
)
TRUE = {
    "the model has mass one": r"\int p(x;\theta)\, dx = 1",
    "its score is that of q": r"\nabla_x \log p(x;\theta) = \nabla_x \log q(x;\theta)",
    "with the constant, whose slope is 0": (
        r"\nabla_x \log p(x;\theta) = \nabla_x \log q(x;\theta) - \nabla_x \log Z(\theta)"
    ),
}
FALSE = {
    "the factor has mass one": r"\int q(x;\theta)\, dx = 1",
    "the slope of the constant in the parameters": (
        r"\nabla_\theta \log p(x;\theta) = \nabla_\theta \log q(x;\theta)"
    ),
    "a sign": r"\nabla_x \log p(x;\theta) = - \nabla_x \log q(x;\theta)",
}


def rows(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


def last(row: str, before: str = MODEL) -> str:
    return rows(f"{before}$$\n{row}\n$$\n")[-1]


@pytest.mark.parametrize("name", TRUE)
def test_a_model_up_to_a_factor(name: str) -> None:
    assert last(TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_a_factor_is_no_density(name: str) -> None:
    assert last(FALSE[name]) == "refuted"


def test_a_marginal_is_a_density() -> None:
    marginal = "$$\nq(x) = \\int q(x, z)\\, dz\n$$\n\n"
    assert last(r"\int q(x)\, dx = 2", marginal) == "refuted"


SCORES = r"""Let $p_x(@x)$ be the density of the data and
$p(@x; \theta) = q(@x; \theta) / Z(\theta)$ with

$$
Z(\theta) = \int q(@x; \theta)\, d@x .
$$

$$
@s(@x; \theta) = \nabla_{@x} \log p(@x; \theta)
$$

$$
@s_x(@x) = \nabla_{@x} \log p_x(@x)
$$

$$
K(\theta) = \int p_x(@x)\, \| @s(@x; \theta) - @s_x(@x) \|^2 d@x
$$

"""
SQUARE = (
    r"K(\theta) = \int p_x(@x) \big[ \| @s(@x; \theta) \|^2"
    r" - 2\, @s_x(@x)^T @s(@x; \theta) + \| @s_x(@x) \|^2 \big] d@x"
)
COORDINATES = (
    r"\int p_x(@x) \operatorname{tr}( \nabla_{@x} @s(@x; \theta) )\, d@x = \sum_{i=1}^d"
    r" \int p_x(@x)\, \frac{\partial s_i(@x; \theta)}{\partial x_i}\, d@x"
)
NAMED = r"\mathbb E_{p_x} \| @x - @m \|^2 = \int p_x(@x)\, \| @x - @m \|^2 d@x"
SLOPE = (
    r"\nabla_{@m} \frac{\lambda^2}{2}\, \mathbb E_{p_x} \| @x - @m \|^2"
    r" = - \lambda^2\, \mathbb E_{p_x}[ @x - @m ]"
)
PAIRS = {
    "a square with scores that have names": (SQUARE, SQUARE.replace("- 2", "+ 2")),
    "coordinates of what is written in bold": (
        COORDINATES,
        COORDINATES.replace("= \\sum", "= - \\sum"),
    ),
    "a law that an E names": (NAMED, NAMED.replace("= \\int", "= 2 \\int")),
    "what stands behind a factor is differentiated": (
        SLOPE,
        SLOPE.replace("= - ", "= "),
    ),
}


def in_bold(text: str) -> str:
    return re.sub("@(.)", r"\\mathbf{\1}", text)


@pytest.mark.parametrize("name", PAIRS)
def test_score_matching(name: str) -> None:
    right, wrong = map(in_bold, PAIRS[name])
    assert last(right, in_bold(SCORES)) == "proved"
    assert last(wrong, in_bold(SCORES)) == "refuted"


def test_another_law_is_not_named() -> None:
    row = in_bold(r"\mathbb E_{p_x} \| @x \|^2 = \int p(@x; \theta)\, \| @x \|^2 d@x")
    assert last(row, in_bold(SCORES)) in ("open", *WRONG)
