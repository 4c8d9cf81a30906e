"""E‖v − u‖² for E‖v(x_t, t) − u(x_t, t)‖²: functions in an average, without their place."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

WORDS = (
    "Sample $x_0 \\sim p_0$ and $x_1 \\sim p_1$ independently, $t \\sim \\mathcal U[0,1]$, and set "
    "$x_t = (1-t) x_0 + t x_1$. Train\n\n"
    "$$ L(\\theta) = {} \\| v_\\theta(x_t, t) - (x_1 - x_0) \\|^2 . $$\n\n"
    "Let $v^*(x, t) = \\mathbb E[x_1 - x_0 \\mid x_t = x]$.\n\n"
)
PLAIN, DRAWN = r"\mathbb E", r"\mathbb E_{t, x_0, x_1}"
ROWS = {
    "plain": (
        PLAIN,
        r"L(\theta) = \mathbb E\|v_\theta - v^*\|^2 + \mathbb E\|v^* - (x_1 - x_0)\|^2",
        "proved",
    ),
    "plain, with a sign": (
        PLAIN,
        r"L(\theta) = \mathbb E\|v_\theta - v^*\|^2 - \mathbb E\|v^* - (x_1 - x_0)\|^2",
        "refuted",
    ),
    "one letter alone": (
        PLAIN,
        r"\mathbb E\|v_\theta\|^2 = \mathbb E\|v_\theta(x_t, t)\|^2",
        "proved",
    ),
    "one letter and a factor": (
        PLAIN,
        r"\mathbb E\|v_\theta\|^2 = 2\, \mathbb E\|v_\theta(x_t, t)\|^2",
        "refuted",
    ),
    "what is drawn is said": (
        DRAWN,
        r"L(\theta) = \mathbb E_{t, x_0, x_1}\|v_\theta - v^*\|^2"
        r" + \mathbb E_{t, x_0, x_1}\|v^* - (x_1 - x_0)\|^2",
        "proved",
    ),
    "the path is said": (
        DRAWN,
        r"L(\theta) = \mathbb E_{t, x_t}\|v_\theta - v^*\|^2"
        r" + \mathbb E_{t, x_0, x_1}\|v^* - (x_1 - x_0)\|^2",
        "proved",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_they_are_taken_at_the_path(name: str) -> None:
    law, row, said = ROWS[name]
    words = WORDS.replace("{}", law)
    assert check_text(f"{words}$$ {row} $$\n").rows[-1].verdict == said
