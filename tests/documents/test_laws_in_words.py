"""Who is drawn from what, and what words say of a law, anywhere in a document."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


def displayed(*rows: str) -> str:
    return "".join(f"$$\n{row}\n$$\n\n" for row in rows)


# --- "x, y ~ p" are two draws from one law ------------------------------------------------------

TWO = {
    "equal moments": (r"\mathbb E \|a\|^2 = \mathbb E \|b\|^2", "proved"),
    "a sum": (r"\mathbb E [a + b] = 2\, \mathbb E [a]", "proved"),
    "two draws": (r"\mathbb E [a \cdot b] = \|\mathbb E [a]\|^2", "proved"),
    "not one draw": (r"\mathbb E [a \cdot b] = \mathbb E \|a\|^2", "refuted"),
    "no other law": (r"\mathbb E [a + b] = \mathbb E [a]", "refuted"),
}


@pytest.mark.parametrize("name", TWO)
def test_a_list_of_letters_is_drawn_from_one_law(name: str) -> None:
    row, due = TWO[name]
    assert verdicts("Let $a, b \\sim p$ be samples.\n\n" + displayed(row)) == [due]


def test_they_are_independent_only_where_words_say_so() -> None:
    apart, norms = TWO["two draws"][0], TWO["equal moments"][0]
    assert verdicts("Let $a, b \\sim p$.\n\n" + displayed(apart, norms)) == ["open", "proved"]
    said = "Let $a, b \\sim p$ be independent.\n\n"
    assert verdicts(said + displayed(apart, norms)) == ["proved", "proved"]


@pytest.mark.parametrize(
    ("letters", "law"), [("(a, b)", "p"), ("a, b", r"\pi"), ("a, b", "p_{0,1}")]
)
def test_a_coupling_draws_both(letters: str, law: str) -> None:
    rows = (r"\mathbb E [a \cdot b] = \mathbb E [a] \cdot \mathbb E [b]",)
    assert verdicts(f"Let ${letters} \\sim {law}$.\n\n" + displayed(*rows)) == ["refuted"]
    same = r"\mathbb E \|a\|^2 = \mathbb E \|b\|^2"
    assert verdicts(f"Let ${letters} \\sim {law}$.\n\n" + displayed(same)) != ["proved"]


def test_two_standard_noises() -> None:
    text = "Let $a, b \\sim \\mathcal N(0, I)$ be independent.\n\n"
    right, wrong = (rf"\mathbb E \|a - b\|^2 = {value}" for value in ("2d", "d"))
    assert verdicts(text + displayed(right, wrong)) == ["proved", "refuted"]


def test_a_law_without_arguments_is_one_law_for_all_letters() -> None:
    right = (
        r"\mathbb E_{a \sim p} \|f(a)\|^2 - \|\mathbb E_{a \sim p} f(a)\|^2"
        r" = \mathbb E_{a \sim p} \|f(a) - \mathbb E_{b \sim p} f(b)\|^2"
    )
    wrong = right.replace("b \\sim p", "b \\sim q")
    assert verdicts(displayed(right, wrong)) == ["proved", "refuted"]


# --- moments that words fix, wherever they do ---------------------------------------------------

INDEPENDENT = "Let $x_0 \\sim p$ and $x_1 \\sim q${note}, and $x_t = (1-t) x_0 + t x_1$.\n\n"
ROW = r"\mathbb E \|x_t\|^2 = (1-t)^2\, \mathbb E \|x_0\|^2 + t^2\, \mathbb E \|x_1\|^2"

SAID = {
    "in a footnote": ("[^1]", "[^1]: Drawn independently, with mean zero.\n"),
    "behind": ("", "Here and below, data are centred.\n"),
    "as a formula behind": ("", "Recall that $\\mathbb E[x_1] = 0$ throughout.\n"),
    "as a formula before": (" with $\\mathbb E[x_0] = 0$", ""),
    "in german": ("", "Die Daten sind zentriert.\n"),
    "in chinese": ("", "数据是零均值的。\n"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_words_say_of_moments_holds_numbers_back(name: str) -> None:
    note, behind = SAID[name]
    found = check_text(INDEPENDENT.format(note=note) + displayed(ROW) + behind, "x", ".md").rows
    assert not [row for row in found if row.verdict in WRONG]


def test_without_them_numbers_refute() -> None:
    assert verdicts(INDEPENDENT.format(note="") + displayed(ROW)) == ["refuted"]


def test_they_say_nothing_of_functions_that_are_averaged() -> None:
    text = "Data $x \\sim p$ are centred.\n\n"
    row = r"\mathbb E \|v_\theta(x) - x\|^2 = \mathbb E \|v_\theta(x)\|^2 + \mathbb E \|x\|^2"
    assert verdicts(text + displayed(row)) == ["refuted"]


def test_the_second_moment_defines_no_dimension() -> None:
    text = "Let $x \\sim p$ with $\\mathbb E\\|x\\|^2 = d$ and $n \\sim \\mathcal N(0, I)$.\n\n"
    right, wrong = (rf"\mathbb E \|n\|^2 = {value}" for value in ("d", r"\mathbb E\|x\|"))
    assert verdicts(text + displayed(right))[-1] == "proved"
    assert verdicts(text + displayed(wrong))[-1] != "proved"


def test_a_letter_without_a_law_may_be_random() -> None:
    text = "Let $n \\sim \\mathcal N(0, I)$ and $x_t = (1 - t) x + t n$.\n\n"
    row = r"\mathbb E \|x_t\|^2 = ((1 - t)^2 + t^2) d"
    assert verdicts(text + displayed(row))[-1] not in WRONG


def test_letters_that_are_no_times_are_tied_at_their_values() -> None:
    noises = "independent $n, m \\sim \\mathcal N(0, I)$"
    text = f"Take numbers $a$ and $b$ with $a^2 + b^2 = 1$, and {noises}.\n\n"
    right, wrong = (rf"\mathbb E \|a n + b m\|^2 = {value}" for value in ("d", "2 d"))
    assert verdicts(text + displayed(right))[-1] not in WRONG
    assert verdicts(text + displayed(wrong))[-1] not in ("proved", "agrees")


# --- a coupling that words call independent -----------------------------------------------------

APART = [
    ("where $\\pi$ is the independent coupling", ""),
    ("with $\\pi = p \\otimes q$", ""),
    ("as above", "since both are drawn independently.\n"),
    ("wobei $a$ und $b$ unabhängig sind", ""),
]


@pytest.mark.parametrize(("ahead", "behind"), APART)
def test_the_parts_of_an_independent_coupling_may_factor(ahead: str, behind: str) -> None:
    row = displayed(r"\mathbb E[a \cdot b] = \mathbb E[a] \cdot \mathbb E[b]")
    assert verdicts(f"Let $(a, b) \\sim \\pi$, {ahead}.\n\n{row}{behind}")[-1] not in WRONG


def test_the_parts_of_any_coupling_do_not() -> None:
    row = displayed(r"\mathbb E[a \cdot b] = \mathbb E[a] \cdot \mathbb E[b]")
    assert verdicts(f"Let $(a, b) \\sim \\pi$.\n\n{row}")[-1] == "refuted"


def test_noise_without_a_law_is_not_fixed() -> None:
    text = (
        "Let $x_t = \\alpha_t x_0 + \\sigma_t n$.\n\n"
        "$$\np_t(x) = \\int \\mathcal N(x; \\alpha_t x_0, \\sigma_t^2 I) p_0(x_0) \\,dx_0\n$$\n\n"
    )
    row = r"\alpha_t\, \mathbb E[x_0 | x_t] = x_t + \sigma_t^2 \nabla \log p_t(x_t)"
    assert verdicts(text + displayed(row))[-1] not in WRONG
