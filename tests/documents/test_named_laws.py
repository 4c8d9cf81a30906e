"""x ~ p = N(0, I): one formula says who is drawn and what p is."""

from __future__ import annotations

from fmproof.documents.check import check_text

WORDS = (
    "Let $\\psi_t(x) = \\sigma_t x + m_t(y)$ and "
    "$k_t(x|y) = \\mathcal N(x; m_t(y), \\sigma_t^2 I)$. "
    "With $\\epsilon \\sim p = \\mathcal N(0, {} I)$,\n\n"
)
ROW = (
    "$$ L(\\theta) = \\mathbb E_{t, q(y), k_t(x | y)} \\| v_\\theta(x) \\|^2 "
    "= \\mathbb E_{t, q(y), p(\\epsilon)} \\| v_\\theta(\\psi_t(\\epsilon)) \\|^2 $$\n"
)


def last(text: str) -> str:
    return check_text(text).rows[-1].verdict


def test_the_density_is_that_of_the_law() -> None:
    assert last(WORDS.replace("{}", "") + ROW) in ("proved", "agrees")
    assert last(WORDS.replace("{}", "4") + ROW) == "refuted"


def test_what_a_sentence_mentions_and_then_defines_is_defined() -> None:
    words = "Let $X = z_t$, $u_t(z) = \\mathbb E[b - a | z_t = z]$ and $z_t = (1-t) a + t b$.\n\n"
    row = (
        "$$ \\mathbb E_{{a, b}} \\| v_\\theta(z_t) - (b - a) \\|^2 = \\mathbb E_{{a, b}} "
        "\\| v_\\theta(z_t) - u_t(z_t) \\|^2 {} \\mathbb E_{{a, b}} "
        "\\| u_t(z_t) - (b - a) \\|^2 $$\n"
    )
    assert last(words + row.format("+")) == "proved"
    assert last(words + row.format("-")) != "proved"


def test_a_number_that_words_pick_holds_for_the_display_behind_them() -> None:
    words = "The weight is\n\n$$ w_t = \\frac{1}{1 - \\kappa t} . $$\n\nWhen $\\kappa = 1$\n\n"
    assert last(words + "$$ w_t = \\frac{1}{1 - t} $$\n") == "proved"
    assert last(words + "$$ w_t = \\frac{1}{1 + t} $$\n") != "proved"
    assert last(words + "$$ a = a $$\n\n$$ w_t = \\frac{1}{1 - t} $$\n") != "proved"
    general = words.replace("When $\\kappa = 1$", "When $\\kappa = 1$ this is easy; in general")
    assert last(general + "$$ w_t = \\frac{1}{1 - t} $$\n") != "proved"
