"""Words that say which field moves a density: "u_t(x|z) generates p_t(x|z)"."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GENERATES = (
    "choose a path of densities $p_t(x \\mid z)$, and let $u_t(x \\mid z)$ be a field that "
    "generates it. ",
    "let $u_t(x \\mid z)$ generate the conditional path $p_t(x \\mid z)$. ",
    "sei $u_t(x \\mid z)$ ein Feld; $u_t(x \\mid z)$ erzeugt $p_t(x \\mid z)$. ",
)
NOT = "let $u_t(x \\mid z)$ be any field, which need not generate $p_t(x \\mid z)$. "
MIXED = (
    "Put\n\n$$ p_t(x) = \\int p_t(x \\mid z)\\, q(z)\\, dz. $$\n\nThen\n\n"
    "$$ \\frac{\\partial}{\\partial t} p_t(x) "
    "= \\int \\frac{\\partial}{\\partial t} p_t(x \\mid z)\\, q(z)\\, dz "
    "= - \\int \\nabla \\cdot \\big( u_t(x \\mid z) p_t(x \\mid z) \\big) q(z)\\, dz. $$\n"
)


def last(words: str, rows: str = MIXED) -> str:
    return check_text("Let $z \\sim q$; " + words + rows).rows[-1].verdict


@pytest.mark.parametrize("words", GENERATES)
def test_it_is_the_continuity_equation(words: str) -> None:
    assert last(words) == "proved"


def test_of_nothing_else() -> None:
    assert last(NOT) != "proved"
    assert last(GENERATES[0].replace("u_t(x", "w_t(x")) != "proved"
    assert last(GENERATES[0], MIXED.replace("= - \\int", "= \\int")) != "proved"
    assert last(GENERATES[0], MIXED.replace("u_t(x \\mid z) p", "u_t(x \\mid z)^2 p")) != "proved"


def test_the_value_of_a_random_variable_says_nothing_of_it() -> None:
    """Given $X_t = x$."""
    text = (
        "Let $X_0 \\sim \\mathcal N(0, I)$ and $X_1 \\sim q$ be independent, "
        "$X_t = t X_1 + (1-t) X_0$ and\n\n"
        "$$ v(x, t) := \\mathbb E[X_1 - X_0 \\mid X_t = x]. $$\n\nThus, given $X_t = x$,\n\n"
        "$$ \\mathbb E[X_0 \\mid X_t = x] = x - t\\, v(x, t). $$\n"
    )
    assert check_text(text).rows[-1].verdict == "proved"
    assert check_text(text.replace("x - t\\,", "x + t\\,")).rows[-1].verdict == "refuted"
