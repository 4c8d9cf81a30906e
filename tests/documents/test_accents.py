r"""Words in LaTeX whose letters are commands: \"u, \'e, \ss."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.reading.document.accents import with_letters


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"f\"ur", "für"),
        (r"f\"{u}r", "für"),
        (r"hei\ss e", "heiße"),
        (r"gr\"o\ss{}er", "größer"),
        (r"d\'ecroissante, \`a, \^etre", "décroissante, à, être"),
        (r"fa\c con, fa\c{c}on", "façon, façon"),
        (r"se\~nal, \'{\i}ndice", "señal, índice"),
    ],
)
def test_letters_of_words(written: str, meant: str) -> None:
    assert with_letters(written)[0] == meant


@pytest.mark.parametrize(
    "formula",
    [r"$\cos x \c{x}$", r"a \\'b", r"\tilde{n}, \hat a, \css", r"\newcommand{\c}{c} x\c{c}"],
)
def test_other_commands_stay(formula: str) -> None:
    assert with_letters(formula) == (formula, ())


TEXT = r"""
\begin{document}
Sei $x_0$ ein Datenpunkt mit Dichte $q$ und $\epsilon$ standardnormalverteilt, unabh\"angig davon.
\[ x_t = a(t) x_0 + b(t) \epsilon \]
Die Verteilung von $x_t$ hei\ss e $p_t$. Es gilt
$p(x_t | x_0) = \mathcal N(x_t; a(t) x_0, b(t)^2 I)$, f\"ur jedes $t$, und daher
\begin{align}
  \nabla_x \log p_t(x) &= E\Bigl[ \frac{a(t) x_0 - x_t}{b(t)SQUARE} \Bigm| x_t = x \Bigr]
\end{align}
\end{document}
"""


@pytest.mark.parametrize(("square", "right"), [("^2", True), ("", False)])
def test_a_document_says_the_same_either_way(square: str, right: bool) -> None:
    text = TEXT.replace("SQUARE", square)
    found, plain = (check_text(one).rows for one in (text, with_letters(text)[0]))
    assert [row.verdict for row in found] == [row.verdict for row in plain]
    assert (found[-1].verdict == "proved") is right
    law, bare = found[-2], plain[-2]
    assert (law.line, law.column) == (bare.line, bare.column)


def test_columns_are_those_of_the_file() -> None:
    text = (
        '\\begin{document}\nF\\"ur $a$ gr\\"o\\ss er als $0$ gilt $a + a = 2 a$.\n\\end{document}\n'
    )
    (row,) = [row for row in check_text(text).rows if "2 a" in row.latex]
    assert (row.line, row.column) == ("2", text.splitlines()[1].index("=") + 1)
