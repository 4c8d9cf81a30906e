"""Velocities of paths: a path and its velocity are drawn together."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import RowReport

TEXT = """Couple $(Y_0, Y_1) \\sim \\pi$ and put

$$
Y_t = a_t Y_1 + b_t Y_0, \\qquad \\dot Y_t = \\dot a_t Y_1 + \\dot b_t Y_0 .
$$

The mean velocity is

$$
w_t(y) := \\mathbb{E}[ \\dot Y_t \\mid Y_t = y ] .
$$

With $t \\sim \\mathcal U[0,1]$ the losses are

$$
\\mathcal{L}_{\\rm M}(\\theta) = \\mathbb{E}_{t, Y_t} \\| w_t^\\theta(Y_t) - w_t(Y_t) \\|^2
$$

$$
\\mathcal{L}_{\\rm C}(\\theta) = \\mathbb{E}_{t, Y_0, Y_1} \\| w_t^\\theta(Y_t) - \\dot Y_t \\|^2
$$

$$
V := \\mathbb{E}_{t, Y_0, Y_1} \\| \\dot Y_t - w_t(Y_t) \\|^2
$$

"""
TRUE = (
    r"\mathcal{L}_{\rm C}(\theta) = \mathcal{L}_{\rm M}(\theta) + V",
    r"V = \mathbb{E}_{t, Y_0, Y_1} \| \dot Y_t \|^2 - \mathbb{E}_{t, Y_t} \| w_t(Y_t) \|^2",
    r"\nabla_\theta \mathcal{L}_{\rm C}(\theta) = \nabla_\theta \mathcal{L}_{\rm M}(\theta)",
    r"\mathcal{L}_{\rm C}(\theta) \ge V",
)
FALSE = (
    r"\mathcal{L}_{\rm C}(\theta) = \mathcal{L}_{\rm M}(\theta) - V",
    r"V = \mathbb{E}_{t, Y_0, Y_1} \| \dot Y_t \|^2 + \mathbb{E}_{t, Y_t} \| w_t(Y_t) \|^2",
    r"\nabla_\theta \mathcal{L}_{\rm C}(\theta) = 2 \nabla_\theta \mathcal{L}_{\rm M}(\theta)",
)


def last(row: str) -> RowReport:
    return check_text(f"{TEXT}$$\n{row}\n$$\n", "x", ".md").rows[-1]


ENDS = """Let $(Y_0, Y_1) \\sim \\pi$, $Y_t = (1-t) Y_0 + t Y_1$, $\\dot Y_t = Y_1 - Y_0$ and

$$
w_t(y) := \\mathbb E[ \\dot Y_t \\mid Y_t = y ] .
$$

"""


def test_one_end_is_eliminated() -> None:
    """The velocity is drawn in one mean and not in the other."""
    row = r"w_t(y) = \frac{ \mathbb E[Y_1 \mid Y_t = y] - y }{ 1 - t }"
    found = check_text(f"{ENDS}$$\n{row}\n$$\n", "x", ".md").rows[-1]
    assert found.verdict == "proved"
    wrong = row.replace("- y }{ 1 - t }", "- y }{ t }")
    assert check_text(f"{ENDS}$$\n{wrong}\n$$\n", "x", ".md").rows[-1].verdict == "refuted"


@pytest.mark.parametrize("row", TRUE)
def test_rows_about_mean_velocities_are_proved(row: str) -> None:
    assert last(row).verdict == "proved"


@pytest.mark.parametrize("row", FALSE)
def test_wrong_ones_are_refuted(row: str) -> None:
    assert last(row).verdict in ("refuted", "constant")
