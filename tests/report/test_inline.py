"""Formulas among the words of an author."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmproof.report.inline import with_formulas
from fmproof.report.model import Formula


@pytest.mark.parametrize(
    ("words", "formulas"),
    [
        ("it moves x = α_t z + σ_t along t", [r"x = \alpha _{t} \, z + \sigma _{t}", "t"]),
        ("such as (1 − t) x₀ + t x₁", [r"(1 - t) \, x_{0} + t \, x_{1}"]),
        ("p(t) is 1 on [0, 1]", ["p(t)", "[0, 1]"]),
        ("the density p_data of u_t(x)", [r"p_{\mathrm{data}}", "u_{t}(x)"]),
        ("v-prediction, and x² too", ["v", "x^2"]),
        ("φ of the target has a mean", [r"\phi"]),
        ("the other density is 0 only where p is", ["p"]),
        ("a name, I think: i.e. a thing, e.g. it's 2 of H1, 3.7 and mine.py", []),
    ],
)  # fmt: skip
def test_what_is_a_symbol(words: str, formulas: list[str]) -> None:
    found = [piece.latex for piece in with_formulas(words) if isinstance(piece, Formula)]
    assert [" ".join(latex.split()) for latex in found] == formulas


@given(st.text("abx αφ₀_()[]=+−,.'^0123456789²", max_size=40))
def test_no_word_is_lost(words: str) -> None:
    pieces = with_formulas(words)
    assert "".join(p if isinstance(p, str) else p.text for p in pieces) == words


def test_what_is_a_formula_already_stays() -> None:
    formula = Formula("x", "x")
    assert with_formulas((formula, " is x")) == (formula, " is ", formula)
