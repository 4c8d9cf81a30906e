"""Jacobians in parameters: no vectors, whatever name a row gives them; ∂f/∂t with a slash."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

BEFORE = (
    "Let $x$ have density $\\rho$, let $f_\\theta(x)$ be a network and $b(x)$ a field.\n\n"
    "$$\nF(\\theta) = \\mathbb E_{x\\sim\\rho} \\| f_\\theta(x) - b(x) \\|^2\n$$\n\n"
)
NAMED = {
    "a slash": r"G_\theta(x) = \partial f_\theta(x) / \partial\theta",
    "a fraction": r"G_\theta(x) = \frac{\partial f_\theta(x)}{\partial\theta}",
    "a gradient, transposed": r"G_\theta(x) = \nabla_\theta f_\theta(x)^\top",
}
LOSS_SLOPE = (
    r"\nabla_\theta F(\theta) = 2\, \mathbb E_{x\sim\rho}\big[ %s^\top (f_\theta(x) - b(x)) \big]"
)
SCHEDULE = "Let $a(t)$ be a schedule and $m(t) = a(t)^2$.\n\n"


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", NAMED)
def test_the_name_of_a_jacobian_in_parameters_is_no_vector(name: str) -> None:
    before = f"{BEFORE}Let ${NAMED[name]}$.\n\n"
    assert verdict(before, LOSS_SLOPE % r"G_\theta(x)") not in ("proved", "agrees", *WRONG)


@pytest.mark.parametrize("slope", [r"\nabla_\theta f_\theta(x)", r"f_\theta(x)"])
def test_a_gradient_that_is_left_out_is_seen(slope: str) -> None:
    said = verdict(BEFORE, LOSS_SLOPE % slope)
    assert (said in WRONG) is ("nabla" not in slope)


def test_a_derivative_with_a_slash_is_one() -> None:
    true = r"\partial m(t)/\partial t = 2\, a(t)\, \partial a(t)/\partial t"
    assert verdict(SCHEDULE, true) == "proved"
    assert verdict(SCHEDULE, true.replace("2", "")) == "refuted"
