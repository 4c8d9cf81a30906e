"""Rows whose sides differ by a multiple of one score: wrong, whatever the density is."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""
Let $X_t \in \mathbb{R}^d$ solve $dX_t = g(t)\,dW_t$, and let $p_t$ be the density of $X_t$, where
$$
g(t) = \sqrt{2\,\sigma(t)\,\dot\sigma(t)} .
$$
The drift is
$$
-\frac12\,g(t)^2\,\nabla_x\log p_t(x) = ROW
$$
"""

CASES = {
    "right": (r"-\sigma(t)\,\dot\sigma(t)\,\nabla_x\log p_t(x)", {"proved"}),
    "a factor lost": (r"-\dot\sigma(t)\,\nabla_x\log p_t(x)", {"refuted"}),
    "twice as much": (r"-2 \sigma(t)\,\dot\sigma(t)\,\nabla_x\log p_t(x)", {"refuted"}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_weight_of_a_score(name: str) -> None:
    row, due = CASES[name]
    rows = check_text(TEXT.replace("ROW", row), "x", ".md").rows
    assert [r.verdict for r in rows if not r.inline][-1] in due


@pytest.mark.parametrize(
    "row",
    [
        r"\alpha_t^2\,\nabla_x \log p_t(x) = (1 - \sigma_t^2)\,\nabla_x \log p_t(x)",
        r"\dot\alpha_t\,\nabla_x \log p_t(x) = -\beta_t\,\nabla_x \log p_t(x)",
    ],
)
def test_weights_may_be_tied(row: str) -> None:
    text = "We write $p_t$ for the density of $x_t$, which nobody knows.\n\n$$\n" + row + "\n$$\n"
    assert [r.verdict for r in check_text(text, "x", ".md").rows][-1] == "open"
