"""Words or equations that say that a symbol is special: even, radial, of length one.

A row that holds for such symbols alone is not called wrong, and one that fails for the standard
normal density, which is all of that, still is.
"""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

TRUE = r"\int x\, p(x)\, dx = - \int x\, p(x)\, dx"
FALSE = r"\int \|x\|^2\, p(x)\, dx = - \int \|x\|^2\, p(x)\, dx"


def last(words: str, row: str) -> str:
    return check_text(f"{words}\n\n$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


EVEN = {
    "even": "Suppose that $p$ is even, so $p(-x) = p(x)$.",
    "an adjective": "We start from a radial density $p$.",
    "an equation": "For each $x$ we have $p(x) = p(-x)$.",
    "behind": "The density $p(x)$ is spherically symmetric.",
    "isotropic": "Let $p$ be isotropic.",
    "german": "Sei $p$ gerade.",
    "french": "Soit $p$ une densité paire.",
    "spanish": "Sea $p$ par, y sea $f$ un campo.",
    "chinese": "设 $p$ 是偶的。",
}


@pytest.mark.parametrize("name", EVEN)
def test_an_even_density_has_no_mean(name: str) -> None:
    assert last(EVEN[name], TRUE) not in WRONG
    assert last(EVEN[name], r"\mathbb E_{x \sim p}[x] = 0") not in WRONG


@pytest.mark.parametrize("name", EVEN)
def test_what_fails_for_a_standard_normal_density_is_wrong(name: str) -> None:
    assert last(EVEN[name], FALSE) == "refuted"


@pytest.mark.parametrize(
    "words",
    [
        "Let $p$ be a density.",
        "Let $p$ be given, even if it is small.",
        "On remplace la loi $p$ par une densité.",
    ],
)
def test_other_words_say_no_such_thing(words: str) -> None:
    assert last(words, TRUE) == "refuted"


NOT_STANDARD = {
    "elsewhere": ("Let $p$ be symmetric about $m$.", r"\int (x - m)\, p(x)\, dx = 0"),
    "both": ("The density $p$ is even and has compact support.", r"\int x\, p(x)\, dx = 0"),
    "a variance": ("Let $p$ be even with variance three.", r"\int \|x\|^2 p(x)\, dx = 3 d"),
    "a second moment": ("Let $p$ be even with second moment three.", r"\int \|x\|^2 p(x)\, dx = 3"),
    "a map": (
        "Let $p$ be invariant under $f$.",
        r"\int \|f(x)\|^2 p(x)\, dx = \int \|x\|^2 p(x)\, dx",
    ),
}


@pytest.mark.parametrize("name", NOT_STANDARD)
def test_the_standard_normal_density_does_not_stand_for_these(name: str) -> None:
    assert last(*NOT_STANDARD[name]) not in WRONG


FIELDS = {
    "odd": ("Let $f$ be odd.", r"\int f(x)\, dx = - \int f(x)\, dx"),
    "tangential": ("The field $f$ is tangential.", r"\|f(x) + x\|^2 = \|f(x)\|^2 + \|x\|^2"),
    "laid down": (
        r"Let $\langle f(x), x \rangle = 0$ for all $x$.",
        r"\|f(x) + x\|^2 = \|f(x)\|^2 + \|x\|^2",
    ),
    "of length one": (r"Let $\|f(x)\| = 1$.", r"\mathbb E_{x \sim p} \|f(x)\|^2 = 1"),
    "periodic": ("Let $f(x + a) = f(x)$.", r"\|f(x + 2 a)\|^2 = \|f(x)\|^2"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_said_of_a_field_holds_everywhere(name: str) -> None:
    words, row = FIELDS[name]
    text = f"{words}\n\n$$\n{row}\n$$\n"
    assert not {one.verdict for one in check_text(text, "x", ".md").rows} & set(WRONG)


@pytest.mark.parametrize("words", ["Let $f$ be odd.", "Assume that $f(x) = -f(-x)$."])
def test_an_odd_field_is_not_twice_itself(words: str) -> None:
    row = r"\int \langle f(x), x \rangle\, dx = 2 \int \langle f(x), x \rangle\, dx"
    assert last(words, row) == "refuted"


MOVED = r"\int p(x)\, \|f(x)\|^2\, dx = \int p(x)\, \|f(x)\|\, dx"
STILL = r"\int p_t(x)\, \|f(x)\|^2\, dx = \int p_0(x)\, \|f(x)\|^2\, dx"


def test_what_is_written_without_a_letter_is_not_special_by_that() -> None:
    said = "Let $p_t(x)$ be a density. The factor $p(x)$ does not depend on $z$, so it cancels."
    assert last(said, MOVED) == "refuted"
    assert last("Der Faktor $p(x)$ hängt nicht von $z$ ab.", MOVED) == "refuted"


@pytest.mark.parametrize(
    "words", ["does not depend on $t$", "does not depend, as we saw, on $z$ nor on $t$"]
)
def test_what_is_written_with_it_is(words: str) -> None:
    assert last(f"Here $p_t(x)$ {words}.", STILL) not in WRONG


SHORT = (
    "Time indices are dropped: $\\alpha = \\alpha_t$, $\\sigma = {}$. Let "
    "$z_t = \\alpha_t x + \\sigma_t \\epsilon$ with $\\epsilon \\sim \\mathcal N(0, I)$, "
    "$x \\sim q$, $\\hat x = \\mathbb E[x \\mid z_t]$, "
    "$\\hat\\epsilon = \\mathbb E[\\epsilon \\mid z_t]$."
)


def test_another_spelling_of_a_coefficient_says_nothing_of_it() -> None:
    right, wrong = (rf"\hat x = \frac{{z_t {sign} \sigma \hat\epsilon}}{{\alpha}}" for sign in "-+")
    assert last(SHORT.format("\\sigma_t"), right) == "proved"
    assert last(SHORT.format("\\sigma_t"), wrong) == "refuted"
    assert last(SHORT.format("0"), wrong) not in WRONG
