"""Determinants of Jacobians along a flow, with false neighbours beside true rows."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

FLOW = (
    "The flow $\\psi_t$ of a smooth field $u_t$ is defined by\n\n"
    "$$\n\\frac{d}{dt} \\psi_t(x) = u_t(\\psi_t(x)), \\qquad \\psi_0(x) = x\n$$\n\n"
)
CARRIED = (
    FLOW + "and it pushes $p_0$ to $p_t$, that is\n\n"
    "$$\np_t(\\psi_t(x))\\, | \\det D\\psi_t(x) | = p_0(x) .\n$$\n\n"
)
INVERSE = r"\operatorname{tr}\big( ( D\psi_t(x) )^{-1}"
LOGARITHM = r"\log p_t(\psi_t(x)) = \log p_0(x) - \log | \det D\psi_t(x) |"
JACOBI = rf"\frac{{d}}{{dt}} \log \det D\psi_t(x) = {INVERSE} \frac{{d}}{{dt}} D\psi_t(x) \big)"
TURNED = rf"{INVERSE} D u_t(\psi_t(x))\, D\psi_t(x) \big) = (\nabla \cdot u_t)(\psi_t(x))"
DENSITY = r"\frac{d}{dt} \log p_t(\psi_t(x)) = - (\nabla \cdot u_t)(\psi_t(x))"
WHOLE = (
    r"\log p_1(\psi_1(x)) = \log p_0(x)"
    r" - \int_0^1 (\nabla \cdot u_t)(\psi_t(x))\, dt"
)
PAIRS = {
    "from the start to the end": (
        f"{CARRIED}$$\n{DENSITY}\n$$\n\n",
        WHOLE,
        WHOLE.replace(" - ", " + "),
    ),
    "the logarithm of a change of variables": (CARRIED, LOGARITHM, LOGARITHM.replace("- ", "+ ")),
    "a product turned round": (FLOW, TURNED, TURNED.replace(r"= (", r"= -(")),
    "a slope along a flow": (
        FLOW,
        r"\frac{d}{dt} \log \det D\psi_t(x) = (\nabla \cdot u_t)(\psi_t(x))",
        r"\frac{d}{dt} \log \det D\psi_t(x) = - (\nabla \cdot u_t)(\psi_t(x))",
    ),
    "a density along a flow": (CARRIED, DENSITY, DENSITY.replace("= -", "=")),
    "Jacobi's formula": (FLOW, JACOBI, JACOBI.replace("= ", "= -")),
}


def rows(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


@pytest.mark.parametrize("name", PAIRS)
def test_along_a_flow(name: str) -> None:
    before, right, wrong = PAIRS[name]
    assert rows(f"{before}$$\n{right}\n$$\n")[-1] == "proved"
    assert rows(f"{before}$$\n{wrong}\n$$\n")[-1] not in ("proved", "agrees")


def test_a_change_of_variables_is_assumed_if_it_is_one() -> None:
    assert rows(CARRIED) == ["hypothesis"] * 3
    wrong = CARRIED.replace("| = p_0(x)", "|^{-1} = p_0(x)")
    assert rows(wrong)[-1] == "open"


def test_without_a_flow_nothing_is_known_of_a_determinant() -> None:
    row = r"\frac{d}{dt} \log \det D\psi_t(x) = (\nabla \cdot u_t)(\psi_t(x))"
    assert rows(f"Let $\\psi_t$, $u_t$ be fields.\n\n$$\n{row}\n$$\n")[-1] == "open"


def test_another_matrix_does_not_cancel() -> None:
    row = TURNED.replace(r"D\psi_t(x) \big)", r"D\psi_t(y) \big)")
    assert rows(f"{FLOW}$$\n{row}\n$$\n")[-1] == "open"
