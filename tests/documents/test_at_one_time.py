"""Rows about one time, beside an equation for how a density goes on from there."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

MOVES = (
    "Let $p(x,t)$ be a density, $f(x,t)$ a field and $g(t) > 0$, where\n\n$$\n\\partial_t p(x,t) = "
    "- \\nabla\\cdot\\big(f(x,t)\\,p(x,t)\\big) + \\tfrac12 g(t)^2\\,\\Delta p(x,t) .\n$$\n\n"
)
FIELD = (
    "Put\n\n$$\nu(x,t) = f(x,t) - \\tfrac12 g(t)^2\\,\\nabla\\log p(x,t) .\n$$\n\n"
    "Here $f(x,t) = -\\tfrac12\\beta(t)\\,x$ and $g(t) = \\sqrt{\\beta(t)}$.\n\n"
)
FAMILY = (
    "For any $\\kappa(t) \\ge 0$ put\n\n$$\nf_\\kappa(x,t) = f(x,t) - \\tfrac12\\big(g(t)^2 - "
    "\\kappa(t)^2\\big)\\nabla\\log p(x,t) .\n$$\n\n"
)
SPREADS = (
    r"\partial_t p(x,t) = - \nabla\cdot\big(f_\kappa(x,t)\,p(x,t)\big) "
    r"+ \tfrac12 \kappa(t)^2\,\Delta p(x,t)"
)


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


def test_a_row_about_a_field_is_decided() -> None:
    row = r"u(x,t) = -\tfrac12 \beta(t)\,\big(x + \nabla\log p(x,t)\big)"
    assert verdict(MOVES + FIELD, row) == "proved"
    assert verdict(MOVES + FIELD, row.replace("x +", "x -")) == "refuted"


def test_what_is_defined_by_the_motion_is_not() -> None:
    before = "Let $p(x,t)$ be a density with $\\partial_t p(x,t) = 0$, and put\n\n$$\nw(x,t) = "
    before += "\\partial_t \\log p(x,t) .\n$$\n\n"
    assert verdict(before, r"w(x,t) = 0") not in WRONG


@pytest.mark.parametrize("number", [r"\kappa(t)", r"\lambda"])
def test_fields_for_each_number_beside_the_first_are_defined(number: str) -> None:
    def written(text: str) -> str:
        letter = number.removesuffix("(t)")
        return text.replace(r"\kappa(t)", number).replace(r"_\kappa", "_" + letter)

    before, row = MOVES + written(FAMILY), written(SPREADS)
    assert verdict(before, row) == "proved"
    assert verdict(before, row.replace("+ ", "- ")) not in ("proved", "agrees")
