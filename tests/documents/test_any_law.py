"""Random variables of which the document says no law: what is proved, and what is wrong, of all."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

WORDS = "Let $X$, $Y$ and $Z$ be random vectors, and $m(X) = \\mathbb E[Y \\mid X]$.{more}\n\n"


def verdict(row: str, more: str = "") -> str:
    text = WORDS.replace("{more}", more) + f"$$\n{row}\n$$\n"
    return [one.verdict for one in check_text(text, "x", ".md").rows if not one.inline][-1]


WRONG = {
    "a factor": r"\mathbb E \|Y - f(X)\|^2"
    r" = \mathbb E \|Y - m(X)\|^2 + 2\, \mathbb E \|m(X) - f(X)\|^2",
    "the sign of a product": r"\mathbb E \|f(X) - Y\|^2"
    r" = \mathbb E \|f(X)\|^2 + 2\, \mathbb E[f(X)^\top Y] + \mathbb E \|Y\|^2",
    "a product of means": r"\mathbb E[f(X)^\top g(X)] = \mathbb E[f(X)]^\top \mathbb E[g(X)]",
}
MAY_BE_TRUE = {
    "of independent ones": r"\mathbb E[f(X)^\top Y] = \mathbb E[f(X)]^\top \mathbb E[Y]",
    "of zero mean": r"\mathbb E \|X + Y\|^2 = \mathbb E \|X\|^2 + \mathbb E \|Y\|^2",
    "of another variable": r"\mathbb E[g(X)^\top Z] = \mathbb E[g(X)^\top m(X)]",
    "of one law": r"\mathbb E \|X\|^2 = \mathbb E \|Y\|^2",
    "given a third": r"\mathbb E[X^\top Y \mid Z] = \mathbb E[X \mid Z]^\top \mathbb E[Y \mid Z]",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_fails_for_every_kind_of_law_is_wrong(name: str) -> None:
    assert verdict(WRONG[name]) == "refuted"


@pytest.mark.parametrize("name", MAY_BE_TRUE)
def test_what_independent_or_standard_variables_fulfil_is_open(name: str) -> None:
    assert verdict(MAY_BE_TRUE[name]) == "open"


@pytest.mark.parametrize("more", [" Here $X = Y - Z$.", " All are whitened."])
def test_what_is_said_of_the_variables_holds_numbers_back(more: str) -> None:
    row = r"\mathbb E \|X\|^2 = 2\, \mathbb E \|Y\|^2"
    assert verdict(row) == "refuted"
    assert verdict(row, more) == "open"


def test_a_velocity_is_tied_to_its_path() -> None:
    row = r"\mathbb E[f(X_t)^\top \dot X_t] = \mathbb E[f(X_t)^\top g(X_t)]"
    assert verdict(row) == "open"


BREGMAN = r"""
$$ D_\phi(u, v) = \phi(u) - \phi(v) - \langle \nabla \phi(v), u - v \rangle $$

$$ \mathbb E D_\phi(U, w) = \mathbb E D_\phi(U, \mathbb E[U]) SIGN D_\phi(\mathbb E[U], w) $$
"""


@pytest.mark.parametrize(("sign", "due"), [("+", "proved"), ("-", "refuted")])
def test_a_function_below_a_letter_is_a_mark(sign: str, due: str) -> None:
    assert check_text(BREGMAN.replace("SIGN", sign), "x", ".md").rows[-1].verdict == due


VARIANCE = r"""
Here $\mathrm{Var}(Y) = \mathbb E \|Y - \mathbb E[Y]\|^2$ and $m(X) = \mathbb E[Y \mid X]$.

$$ ROW $$
"""
ROWS = {
    r"\mathrm{Var}(Y) = \mathbb E \|Y\|^2 - \|\mathbb E[Y]\|^2": "proved",
    r"\mathrm{Var}(Y) = \mathbb E \|Y\|^2 + \|\mathbb E[Y]\|^2": "refuted",
    r"\mathrm{Var}(Y) = \mathbb E[\mathrm{Var}(Y \mid X)] + \mathrm{Var}(m(X))": "proved",
    r"\mathrm{Var}(Y) = \mathbb E[\mathrm{Var}(Y \mid X)] - \mathrm{Var}(m(X))": "refuted",
    r"\mathrm{Var}(Y) \ge -\mathrm{Var}(m(X))": "proved",
    r"\mathrm{Var}(m(X)) = \mathrm{Var}(Y) - \mathbb E[\mathrm{tr} \mathrm{Cov}(Y | X)]": "proved",
}


@pytest.mark.parametrize("row", ROWS)
def test_a_variance_is_the_mean_square_that_the_document_says(row: str) -> None:
    assert check_text(VARIANCE.replace("ROW", row), "x", ".md").rows[-1].verdict == ROWS[row]


@pytest.mark.parametrize("words", ["", r"Here $\mathrm{Var}(Y) = \mathbb E[Y Y^\top]$."])
def test_a_variance_of_which_nothing_is_said_is_unknown(words: str) -> None:
    row = r"$$ \mathrm{Var}(Y) = \mathbb E \|Y\|^2 - \|\mathbb E[Y]\|^2 $$"
    assert check_text(words + "\n\n" + row, "x", ".md").rows[-1].verdict == "open"
