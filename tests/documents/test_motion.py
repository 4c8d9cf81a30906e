"""Points that move, dx/dt = …, and times that are counted otherwise, τ = T − t."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

FORWARD = (
    "The marginals obey\n\n$$ \\partial_t p_t(x) = -\\nabla \\cdot ( f(x,t) p_t(x) ) "
    "+ \\tfrac12 g(t)^2 \\Delta p_t(x) . $$\n\n"
)
ODE = "$$ \\frac{d x}{d t} = f(x,t) - \\tfrac12 g(t)^2 \\nabla_x \\log p_t(x) $$\n\n"
CASE = "Here $f(x,t) = -\\tfrac12 \\beta(t) x$ and $g(t) = \\sqrt{\\beta(t)}$, so this reads\n\n"
BACKWARDS = "Let $\\tau = T - t$ and $q_\\tau := p_{T-\\tau}$.\n\n"


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text).rows if not row.inline]


def test_the_first_equation_says_how_a_point_moves() -> None:
    assert verdicts(FORWARD + ODE) == ["hypothesis", "definition"]


@pytest.mark.parametrize(("sign", "proved"), [("+", True), ("-", False)])
def test_a_later_one_is_a_claim(sign: str, proved: bool) -> None:
    again = f"$$ \\frac{{dx}}{{dt}} = -\\tfrac12 \\beta(t) [ x {sign} \\nabla_x \\log p_t(x) ] $$"
    found = verdicts(FORWARD + ODE + CASE + again)[-1]
    assert (found == "proved") is proved
    assert found != "refuted"  # it may be of another point


@pytest.mark.parametrize(("sign", "proved"), [("-", True), ("", False)])
def test_a_time_that_runs_backwards(sign: str, proved: bool) -> None:
    row = f"$$ \\partial_\\tau q_\\tau = {sign} \\partial_t p_t $$"
    assert (verdicts(FORWARD + BACKWARDS + row)[-1] == "proved") is proved
