"""What has no value is not true by a convention: 1/0, log 0, √(−1), ∞ − ∞, or a chosen sign."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

POINTS = "<!-- fmproof: x vector; y vector; a real; b real -->\n\n"


def last(text: str) -> str:
    return [row.verdict for row in check_text(POINTS + text, "x", ".md").rows if not row.inline][-1]


def displayed(row: str) -> str:
    return f"$$\n{row}\n$$\n\n"


NONE = {
    "log 0": r"\log 0 + \|x\|^2 = \|x\|^2",
    "0 log 0": r"0 \cdot \log 0 = 0",
    "log of a difference": r"\log(2 - 2) = 0",
    "a root": r"\sqrt{-4}\, \|x\|^2 = 0",
    "a power": r"(-1)^{1/2} = 0",
    "a quotient": r"\frac{1}{3 - 3} \|x\|^2 = 0",
    "a divergent integral": r"\int_0^1 \frac1s \,ds - \int_0^1 \frac1s \,ds = 0",
    "in a sum": r"a + \int_0^1 \frac{1}{s^2} \,ds = \int_0^1 \frac{1}{s^2} \,ds + a - 0",
}


@pytest.mark.parametrize("name", NONE)
def test_what_has_no_value_is_not_0(name: str) -> None:
    assert last(displayed(NONE[name])) not in ("proved", "agrees")


def test_integrals_that_converge_cancel() -> None:
    assert last(displayed(r"\int_0^1 s^2 \,ds - \int_0^1 s^2 \,ds + a = a")) == "proved"
    unknown = r"\int \|g(y)\|^2 \,dy - \int \|g(y)\|^2 \,dy + a = a"
    assert last(displayed(unknown)) == "proved"


DIVERGES = [
    "Here $\\int g(y) \\,dy$ diverges.\n\n",
    "Recall that $\\int g(y) \\,dy = \\infty$.\n\n",
    "Das Integral $\\int g(y) \\,dy$ existiert nicht.\n\n",
    "The function $g$ is not integrable.\n\n",
]


@pytest.mark.parametrize("words", DIVERGES)
def test_what_is_said_to_diverge_is_not_assumed_to_exist(words: str) -> None:
    row = displayed(r"\int (f(y) + g(y)) \,dy - \int g(y) \,dy = \int f(y) \,dy")
    assert last(words + row) not in ("proved", "agrees")
    assert last(row) == "proved"


def test_at_an_end_where_a_quotient_has_no_value() -> None:
    path = "Let $x_t = (1 - t) x + t y$.\n\n"
    row = displayed(r"\frac{y - x_t}{1 - t} = y - x")
    assert last(path + "For $t < 1$,\n\n" + row) == "proved"
    assert last(path + "At the end $t = 1$, too,\n\n" + row) not in ("proved", "agrees")
    twice = displayed(r"x_t = y") + row
    assert last(path + "At $t = 1$ we have\n\n" + twice) not in ("proved", "agrees")


SIGNS = {
    "a number": r"\sqrt{a^2} = a",
    "a product": r"\sqrt{a^2 b^2} \|x\| = a b \|x\|",
    "a length": r"\|a x\| = a \|x\|",
    "a function of the time": r"\frac{d}{dt} |h(t)| = \frac{d}{dt} h(t)",
}


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_that_nobody_says_is_not_agreed_on(name: str) -> None:
    assert last(displayed(SIGNS[name])) not in ("proved", "agrees", "refuted")


def test_scales_are_positive() -> None:
    assert last(displayed(r"\sqrt{\sigma_t^2} = \sigma_t")) in ("proved", "agrees")


def test_an_inequality_holds_for_both_signs_of_a_function() -> None:
    row = r"\phi(\mathbb E_{x \sim p}[x]) \ge \mathbb E_{x \sim p}[\phi(x)]"
    assert last(displayed(row)) not in ("proved", "agrees")


# --- names that are words -----------------------------------------------------------------------

WORDS = [r"\mathrm{sg}", r"\operatorname{stopgrad}", r"\text{detach}"]


@pytest.mark.parametrize("name", WORDS)
def test_a_function_that_is_named_by_a_word_is_not_arbitrary(name: str) -> None:
    half = (
        rf"\nabla_\theta\, \mathbb E_{{x \sim p}}[{name}(v_\theta(x)) \cdot v_\theta(x)]"
        r" = \tfrac12 \nabla_\theta\, \mathbb E_{x \sim p} \|v_\theta(x)\|^2"
    )
    assert last(displayed(half)) not in ("refuted", "constant", "scope")
    assert last(displayed(half.replace(name, "w"))) == "refuted"


@pytest.mark.parametrize("letter", [r"\kappa", r"\Phi", r"\chi", r"\zeta"])
def test_a_greek_letter_is_no_word(letter: str) -> None:
    row = rf"\mathbb E_{{x \sim p}}[{letter}(x)] = 2\, \mathbb E_{{x \sim p}}[{letter}(x)]"
    assert last(displayed(row)) == "refuted"


# --- sums over a part ---------------------------------------------------------------------------

SUMS = {
    "the first by itself": r"\sum_{i=1}^n \|y_i\|^2 = \|y_1\|^2 + \sum_{i=2}^n \|y_i\|^2",
    "the last by itself": r"\sum_{i=1}^n \|y_i\|^2 = \|y_n\|^2 + \sum_{i=1}^{n-1} \|y_i\|^2",
    "a shift": r"\sum_{i=1}^n \|y_i\|^2 = \sum_{j=0}^{n-1} \|y_{j+1}\|^2",
}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
def test_sums_over_other_ranges_are_not_refuted(name: str) -> None:
    assert last(displayed(SUMS[name])) not in ("refuted", "constant", "scope")


def test_sums_over_one_range_are() -> None:
    row = r"\frac1n \sum_{i=1}^n \|y_i\|^2 = \sum_{i=1}^n \|y_i\|^2"
    assert last(displayed(row)) == "refuted"
