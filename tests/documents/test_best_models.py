"""What a model is at the minimum of its loss: rows about every model do not hold by it alone."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

START = (
    "Let $x_0 \\sim \\mathcal N(0, I)$ be noise and $x_1 \\sim q$ data, independent, and"
    " $x_t = (1-t) x_0 + t x_1$. Let\n\n"
    "$$u_t(x) = \\mathbb E[x_1 - x_0 | x_t = x]$$\n\nand\n\n"
    "$$L(\\theta) = \\mathbb E\\|v_\\theta(x_t, t) - (x_1 - x_0)\\|^2, \\qquad"
    " M(\\theta) = \\mathbb E\\|v_\\theta(x_t, t) - u_t(x_t)\\|^2.$$\n\n"
    "At the minimum\n\n$$v_\\theta(x, t) = u_t(x)$$\n\nand\n\n"
)
LEAST = r"\mathbb E\|x_1 - x_0 - u_t(x_t)\|^2"


def verdict(row: str) -> str:
    return check_text(f"{START}$${row}.$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize(
    "row",
    [
        f"L(\\theta) - M(\\theta) = {LEAST}",
        f"L(\\theta) = M(\\theta) + {LEAST}",
        f"L(\\theta) = {LEAST}",
        r"v_\theta(x, t) - \mathbb E[x_1 | x_t = x] = - \mathbb E[x_0 | x_t = x]",
    ],
)
def test_of_every_model_or_of_the_best_one(row: str) -> None:
    assert verdict(row) == "proved"


@pytest.mark.parametrize(
    "row",
    [
        f"L(\\theta) + M(\\theta) = {LEAST}",  # true of the best model alone, where M is 0
        f"L(\\theta) - 2 M(\\theta) = {LEAST}",
        f"L(\\theta) + \\mathbb E\\|v_\\theta(x_t, t) - u_t(x_t)\\|^2 = {LEAST}",
    ],
)
def test_of_the_best_model_alone(row: str) -> None:
    assert verdict(row) not in ("proved", "agrees")


def test_wrong_of_the_best_model() -> None:
    assert verdict(r"L(\theta) = \mathbb E\|x_1 - x_0 + u_t(x_t)\|^2") == "refuted"
