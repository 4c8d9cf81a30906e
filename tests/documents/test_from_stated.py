"""Rows that follow from an equation of motion that is stated, and from what stands before ⇔."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

SETTING = r"""
Let $R_s$, $0 \le s \le 1$, be a random curve with $\mathbb E |\dot R_s| < \infty$ and let
$w_s(r) := \mathbb E[ \dot R_s \mid R_s = r ]$. Let $R_s$ have the density $h_s(r)$.

\begin{theorem}
\begin{equation}
\partial_s h_s + \operatorname{div}( h_s w_s ) = 0 .
\end{equation}
\end{theorem}

\subsection*{Noise}

Let $\kappa > 0$ and put $a_s := w_s - \kappa\, \nabla \log h_s$. So
"""


def last(text: str) -> str:
    return [row for row in check_text(text, "x", ".tex").rows if not row.inline][-1].verdict


@pytest.mark.parametrize(
    ("right", "due"),
    [
        (r"- \operatorname{div}( h_s a_s ) - \kappa\, \Delta h_s", {"proved"}),
        (r"- \operatorname{div}( h_s a_s ) + \kappa\, \Delta h_s", {"hypothesis", "refuted"}),
        (r"- \operatorname{div}( h_s a_s ) - 2 \kappa\, \Delta h_s", {"hypothesis", "refuted"}),
    ],
)
def test_a_density_moves_as_the_theorem_says(right: str, due: set[str]) -> None:
    row = rf"\begin{{equation*}} \partial_s h_s = {right} \end{{equation*}}"
    assert last(SETTING + row) in due


def test_the_field_by_its_name_is_what_it_is_at_points() -> None:
    row = (
        r"\[ \mathbb E |a_s(R_s)|^2 = \mathbb E | w_s(R_s) %s \kappa\, \nabla \log h_s(R_s) |^2 \]"
    )
    assert last(SETTING + row % "-") == "proved"
    assert last(SETTING + row % "+") != "proved"


@pytest.mark.parametrize(
    ("sign", "due"), [("-", {"proved"}), ("+", {"open", "refuted", "hypothesis"})]
)
def test_behind_an_arrow_it_follows_from_what_stands_before(sign: str, due: set[str]) -> None:
    row = (
        r"\[ \partial_s h_s + \nabla \cdot ( w_s h_s ) = 0 \iff "
        r"\partial_s h_s + \nabla \cdot \big( ( w_s - \kappa \nabla \log h_s ) h_s \big) "
        rf"= {sign} \kappa\, \Delta h_s \]"
    )
    assert last(SETTING.split(r"\begin{theorem}")[0] + r"Let $\kappa > 0$. Then" + row) in due


def test_a_proof_does_not_rest_on_its_theorem() -> None:
    proof = (
        r"\begin{theorem} \[ \partial_s h_s + \operatorname{div}( h_s w_s ) = 0 \] \end{theorem}"
        r"\begin{proof} It is plain that \[ \partial_s h_s = - \operatorname{div}( h_s w_s ) \]"
        r"\end{proof}"
    )
    assert last(SETTING.split(r"\begin{theorem}")[0] + proof) != "proved"
