"""Draws from a coupling beside draws from its ends, and random points made with a score."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

WRONG = ("refuted", "scope", "constant")
COUPLING = "Let $(x_0, x_1) \\sim \\pi$ be a coupling of $p_0$ and $p_1$.\n\n"
COST = (
    r"\mathbb E_{(x_0,x_1)\sim\pi}\|x_1 - x_0\|^2 = \mathbb E_{x_0 \sim p_0}\|x_0\|^2"
    r" + \mathbb E_{x_1\sim p_1}\|x_1\|^2"
    r" - 2\,\mathbb E_{(x_0,x_1)\sim\pi}\langle x_0, x_1\rangle"
)
STEP = (
    "Let $y = x + \\eta \\nabla\\log p(x) + \\sqrt{2\\eta}\\,\\xi$ with $\\xi\\sim\\mathcal N(0,I)$"
    " independent of $x \\sim p$.\n\n"
)
STEPS = {
    "the mean": (
        r"\mathbb E[y] = \mathbb E[x] + \eta\, \mathbb E[\nabla\log p(x)]",
        r"\mathbb E[y] = \mathbb E[x] - \eta\, \mathbb E[x]",
    ),
    "Stein": (r"\mathbb E[x^\top\nabla\log p(x)] = -d", r"\mathbb E[x^\top\nabla\log p(x)] = d"),
    "the distance": (
        r"\mathbb E\|y - x\|^2 = \eta^2\, \mathbb E\|\nabla\log p(x)\|^2 + 2\eta d",
        r"\mathbb E\|y - x\|^2 = \eta^2\, \mathbb E\|\nabla\log p(x)\|^2 + \eta d",
    ),
    "the second moment": (
        r"\mathbb E\|y\|^2 = \mathbb E\|x\|^2 + \eta^2\,\mathbb E\|\nabla\log p(x)\|^2",
        r"\mathbb E\|y\|^2 = \mathbb E\|x\|^2 + \eta\,\mathbb E\|\nabla\log p(x)\|^2",
    ),
}


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$${row}$$\n", "x", ".md").rows[-1].verdict


def test_the_ends_of_a_coupling_have_its_laws() -> None:
    assert verdict(COUPLING, COST) == "proved"
    assert verdict(COUPLING, COST.replace("- 2", "+ 2")) == "refuted"


def test_a_law_by_another_letter_may_be_a_part_of_a_coupling() -> None:
    other = COST.replace("p_0", "q").replace("p_1", "r")
    assert verdict(COUPLING.replace("p_0", "q").replace("p_1", "r"), other) not in WRONG


def test_a_model_of_the_same_letter_is_no_part_of_a_joint_law() -> None:
    text = "Let $(x_0, c) \\sim \\pi$ and let $p_\\theta$ be a model.\n\n"
    row = r"\mathbb E_{(x_0, c)\sim\pi}\|x_0\|^2 = \mathbb E_{x_0 \sim p_\theta}\|x_0\|^2"
    assert verdict(text, row) != "proved"


@pytest.mark.parametrize("name", STEPS)
def test_a_step_with_a_score(name: str) -> None:
    true, false = STEPS[name]
    before = STEP + (f"$${STEPS['Stein'][0]}$$\n\n" if name == "the second moment" else "")
    assert verdict(before, true) == "proved"
    assert verdict(before, false) not in ("proved", "agrees")
