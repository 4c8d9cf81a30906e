"""Rows that are false and look innocent are not proved; the true ones beside them still are.

Each kind was found once as a wrong verdict.
"""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

POINTS = "<!-- fmproof: x vector; y vector; r real; m real -->\n\n"


def judged(text: str, ending: str = ".md") -> list[str]:
    """The verdicts of the displayed rows."""
    return [r.verdict for r in check_text(text, "x", ending).rows if not r.inline]


def displayed(row: str) -> str:
    return f"$$\n{row}\n$$\n\n"


# --- a row behind ≤, ≥, <, ≈ goes on from there ----------------------------------------------

CHAINS = {
    "zero is not a square": (r"0 &\le \|x\|^2 \\ &= 0", "refuted"),
    "a bound is no value": (r"\|x\|^2 &\ge 0 \\ &= x \cdot x", "refuted"),
    "the value of a bound": (r"x \cdot x &\le 3\|x\|^2 \\ &= 3 x \cdot x", "proved"),
    "a bound of a bound": (r"\|x - y\|^2 &\ge 0 \\ &\ge -\|y\|^2", "proved"),
    "no bound of a bound": (r"\|x\|^2 + \|y\|^2 &\ge 2 x \cdot y \\ &\ge 0", "refuted"),
    "behind a strict one": (r"\|x\|^2 + 1 &> \|x\|^2 \\ &= x \cdot x", "proved"),
    "the start behind a strict one": (r"\|x\|^2 + 1 &> \|x\|^2 \\ &= x \cdot x + 1", "refuted"),
    "behind an approximation": (r"2\|x\|^2 &\approx \|x\|^2 \\ &= x \cdot x", "proved"),
    "behind what is not read": (r"\|x\|^2 &\le \foo{x} \\ &= x \cdot x", "open"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_row_behind_an_inequality_goes_on_from_it(name: str) -> None:
    rows, due = CHAINS[name]
    text = POINTS + "\\begin{align}\n" + rows + "\n\\end{align}\n"
    assert judged(text)[-1] == due


def test_what_equals_a_bound_does_not_equal_the_left_side() -> None:
    chain = displayed(r"\|x\|^2 \le \|x\|^2 + \|y\|^2 = x \cdot x + y \cdot y")
    again = displayed(r"\|x\|^2 = x \cdot x + y \cdot y")
    assert judged(POINTS + chain + again)[-1] == "refuted"


# --- every token is in the tree, or the row is not read ---------------------------------------

DROPPED = {
    "a domain": r"\int_{\|x\| < 2} f(x) \,dx = \int f(x) \,dx",
    "a set": r"\int_A f(x) \,dx = \int_B f(x) \,dx",
    "a set below two integrals": r"\iint_A h(x, y) \,dx\,dy = \iint h(x, y) \,dx\,dy",
    "a set and a measure": r"\int_A f(x) P(dx) = \int_B f(x) P(dx)",
    "a norm": r"\|x\|_1 = \|x\|_2",
    "a norm squared": r"\|y\|_M^2 = y^\top y",
    "plus or minus": r"r \pm m = r + m",
    "minus or plus": r"r \mp m = r - m",
    "a closed path": r"\oint f(x) \,dx = \int f(x) \,dx",
    "an inverse function": r"\sin^{-1}(r) \sin(r) = 1",
    "the law of an expectation": r"\mathbb E^{\pi}_{x \sim p}[f(x)] = \mathbb E_{x \sim p}[f(x)]",
    "a law in words": r"\mathbb E_{\text{train}}[f(x)] = \mathbb E_{\text{test}}[f(x)]",
    "where a draw lies": r"\mathbb E_{x \in A}[f(x)] = \mathbb E_{x \in B}[f(x)]",
    "which Gaussian": r"\mathcal N_A(x; y, I) = \mathcal N_B(x; y, I)",
    "what stands above": r"\overset{*}{x} \cdot y = x \cdot y",
    "words in the middle": r"2\,\text{erf}(r) = 2\,\text{sgn}(r)",
    "a convolution": r"(f(x) * g) * h = f(x) * (g * h) + g(x) - g(x)",
    "a second derivative": r"\frac{d^2}{dr^2} (r f(r)) = r \frac{d^2}{dr^2} f(r)",
    "given and together": r"p_{r|m}(x, y) = p_{r,m}(x, y)",
    "infinity": r"\infty - \infty = 0",
    "infinity times nothing": r"0 \cdot \infty = 0",
    "the variable of a maximum": r"\max_x(r, m) = \max_y(r, m)",
}  # fmt: skip


SEEN = {
    "a sign in braces": r"r {- m} = -r m",
    "a sign in braces alone": r"r {+ 1} = r",
    "a sum in braces": r"r - {m + 1} = r - m - 1",
    "a power of braces": r"{r m}^2 = r^2 m^2",
    "a coloured sign": r"r \textcolor{red}{- m} = -r m",
    "a colour and a sign": r"r {\color{red} - m} = -r m",
    "white on white": r"r \textcolor{white}{+ m} = r + m",
    "white from here": r"r \color{white} + m = r + m",
    "a logarithm without brackets": r"\log 2 \pi = \pi \log 2",
    "a logarithm of a quotient": r"\log f(x) / g(x) = \frac{\log f(x)}{g(x)}",
    "a quotient without brackets": r"\|x\|^2 / 2 r^2 = \tfrac12 r^2 \|x\|^2",
    "a power T": r"r^T m^T = r m",
    "a frame around a sum": r"\boxed{r + 1} m = r m + m",
    "words that deny it": r"\text{It is false that } r + m = m + r",
    "a not before the sign": r"r + m \text{ is not } = m + r",
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_a_row_is_read_as_the_page_shows_it(name: str) -> None:
    found = judged(POINTS + displayed(SEEN[name]))
    assert not {"proved", "agrees"} & set(found[-1:])  # a display that is not read has no rows


SEEN_TRUE = {
    "a coloured sign": r"r \textcolor{red}{- m} = -m + r",
    "a coloured factor": r"\color{blue}{r} m + \textcolor{red}{m} r = 2 r m",
    "braces around it all": r"{r + m} = m + r",
    "a frame around it all": r"\boxed{r + m = m + r}",
    "half of it": r"1/2 \|x\|^2 = \frac{x \cdot x}{2}",
    "brackets": r"\log(m) r = r \log m",
    "a reason above": r"r + m \overset{\text{(a)}}{=} m + r",
    "a star above": r"r + m \overset{\star}{=} m + r",
}


@pytest.mark.parametrize("name", SEEN_TRUE)
def test_colours_and_braces_are_no_obstacle(name: str) -> None:
    assert judged(POINTS + displayed(SEEN_TRUE[name]))[-1] == "proved"


@pytest.mark.parametrize("sign", ["²", "⁰", "½", "٣", "ſ²"])
def test_digits_of_other_kinds_are_not_read(sign: str) -> None:
    text = POINTS + displayed(f"r{sign} = r + r - r") + displayed("r + m = m + r")
    assert judged(text) == ["unread", "proved"]


@pytest.mark.parametrize("above", ["d", r"\text{d}", r"\mathcal D", r"\text{law}", "?", "!"])
def test_equal_in_law_is_not_equal(above: str) -> None:
    said = displayed(rf"y \overset{{{above}}}{{=}} x")
    assert judged(POINTS + said + displayed("y - x = 0"))[-1] not in ("proved", "agrees")


@pytest.mark.parametrize("name", DROPPED)
def test_what_stands_in_a_row_is_not_passed_over(name: str) -> None:
    assert judged(POINTS + displayed(DROPPED[name]))[-1] not in ("proved", "agrees")


WHOLE = {
    "the whole space": r"\int_{\mathbb R^d} f(x) \,dx = \int f(x) \,dx",
    "an Euclidean norm": r"\|x\|_2^2 = x \cdot x",
    "a time": r"\mathbb E_{t \in [0,1], x \sim p} |u_t(x)|^2 = \mathbb E_{t, x \sim p} |u_t(x)|^2",
    "a dimension": r"\mathcal N_d(x; y, I) = \mathcal N(x; y, I)",
    "a reason": r"\|x\|^2 + \|x\|^2 = 2 x \cdot x \text{ (collected)} + y \cdot y - \|y\|^2",
    "both ends": r"\int_{-\infty}^{\infty} 2 f(r) \,dr = 2 \int f(r) \,dr",
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_what_says_nothing_new_is_no_obstacle(name: str) -> None:
    assert judged(POINTS + displayed(WHOLE[name]))[-1] == "proved"


def test_columns_are_rows_of_their_own() -> None:
    rows = r"r + m &= m + r & x \cdot y &= y \cdot x \\ r &= r & 2 r &= m"
    found = judged(POINTS + "\\begin{align}\n" + rows + "\n\\end{align}\n")
    assert found[:3] == ["proved", "proved", "proved"]
    assert found[3] not in ("proved", "agrees")


def test_true_integrals_over_a_line_are_not_refuted() -> None:
    text = POINTS + displayed(r"\int_{-\infty}^\infty e^{-r^2/2} \,dr = \sqrt{2\pi}")
    text += displayed(r"\int_0^\infty e^{-r} \,dr = 1")
    assert not set(judged(text)) & set(WRONG)


# --- what is assumed: of symbols, at the values that are meant --------------------------------

NATURAL = {
    "a root of a square": r"\sqrt{(x \cdot y)^2} = x \cdot y",
    "a root of a square of a symbol": r"\sqrt{f(x)^2} = f(x)",
    "signs that contradict each other": r"\sqrt{(1 - r)^2} + \sqrt{(r - 1)^2} = 0",
    "a range that is empty": r"\log(1 - r) + \log(r - 1) = \log(r - 1) + \log(1 - r)",
    "a logarithm of a square": r"\log((1 - r)^2) = 2 \log(r - 1)",
    "an order of integration": (
        r"\int_0^1 \int_0^1 \frac{r^2 - m^2}{(r^2 + m^2)^2} \,dr\,dm"
        r" = \int_0^1 \int_0^1 \frac{r^2 - m^2}{(r^2 + m^2)^2} \,dm\,dr"
    ),
    "an order of integration beside a symbol": (
        r"\int_0^1 \int_0^1 \alpha_t \frac{r^2 - m^2}{(r^2 + m^2)^2} \,dr\,dm"
        r" = \int_0^1 \int_0^1 \alpha_t \frac{r^2 - m^2}{(r^2 + m^2)^2} \,dm\,dr"
    ),
    "a derivative below an integral": (
        r"\frac{d}{dr} \int_0^1 \frac{r^3}{m^2} \exp(-r^2/m) \,dm"
        r" = \int_0^1 \frac{d}{dr} \left( \frac{r^3}{m^2} \exp(-r^2/m) \right) dm"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NATURAL)
def test_nothing_false_is_assumed_of_a_formula(name: str) -> None:
    assert judged(POINTS + displayed(NATURAL[name]))[-1] != "proved"


MEANT = {
    "a root where it is one": r"\sqrt{1 - r} \sqrt{1 - r} = 1 - r",
    "a scale": r"\sqrt{\sigma_t^2} = \sigma_t",
    "a logarithm": r"\log((1 - r)^2) = 2 \log(1 - r)",
    "densities": r"\log \frac{p(x)}{q(x)} = \log p(x) - \log q(x)",
    "an order of integration": (
        r"\int \int f(x, y) q(y) p(x) \,dx\,dy = \int p(x) \int f(x, y) q(y) \,dy\,dx"
    ),
    "a derivative below an integral": (
        r"\frac{d}{dt} \int f(x, t) \,dx = \int \frac{\partial}{\partial t} f(x, t) \,dx"
    ),
}


@pytest.mark.parametrize("name", MEANT)
def test_what_symbols_are_meant_to_be_is_assumed(name: str) -> None:
    assert judged(POINTS + displayed(MEANT[name]))[-1] == "proved"


CONDITIONS = {
    "two numbers": (r"Assume $r^2 = m$. Then", r"(r + 1)^2 = m"),
    "other numbers": (r"Suppose that $r^2 + m^2 = 1$. Then", r"a^2 + b^2 = 1"),
    "one point": (r"Let $y$ be such that $f(y) = 0$. Then", r"f(x) = 0"),
    "one time": (r"Pick $t$ such that $\alpha_t^2 = \sigma_t$. Then", r"\alpha_s^2 - \sigma_s = 0"),
    "a mistake": (r"It is wrong to assume that $r^2 = m$.", r"r^2 + 1 = m + 1"),
    "a claim behind a condition": (r"If $x$ is data, then $f(x) + g(x) = 0$.", r"f(y) + g(y) = 0"),
    "a zero": (r"At one time $t$ we have $h(t) = 0$. Then", r"h(s)^2 + h(s + 1) = 0"),
    "a zero that is said to be everywhere": (
        r"At one time $t$ we have $h(t) = 0$. Then $$h(s) = 0$$ and", r"\frac{d}{ds} h(s) = 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_holds_for_what_it_says(name: str) -> None:
    words, row = CONDITIONS[name]
    text = POINTS.replace("r real", "a real; b real; r real") + words + "\n\n"
    assert judged(text + displayed(row))[-1] not in ("proved", "definition")


def test_a_condition_holds_in_its_paragraph() -> None:
    row = displayed(
        r"(\alpha^2 + \sigma^2)\, \mathbb E_{x \sim p}[f(x)] = \mathbb E_{x \sim p}[f(x)]"
    )
    if_so = "If $\\alpha^2 + \\sigma^2 = 1$ then\n\n"
    found = judged(if_so + row + "Without this condition, that is another matter:\n\n" + row)
    assert found[0] == "proved"
    assert found[1] != "proved"


def test_an_equation_of_coefficients_holds_at_every_time() -> None:
    row = displayed(
        r"\mathbb E_{t, x \sim p}[(\alpha_t^2 + \sigma_t^2) f(x)] = \mathbb E_{x \sim p}[f(x)]"
    )
    assert judged("We assume that $\\alpha_t^2 + \\sigma_t^2 = 1$.\n\n" + row)[-1] == "proved"


# --- macros ------------------------------------------------------------------------------------

ARTICLE = (
    "\\documentclass{article}\n%s\n\\begin{document}\n"
    "%% fmproof: x vector\n\\[ \\part + \\part = \\|x\\|^2 \\]\n%s\n\\end{document}\n"
)
HALF, THIRD = r"\newcommand{\part}{\frac12 \|x\|^2}", r"\newcommand{\part}{\frac13 \|x\|^2}"
MACROS = {
    "one definition": (HALF, "", "proved"),
    "the same one twice": (HALF, HALF, "proved"),
    "the last one of a preamble": (THIRD + "\n" + HALF.replace("new", "renew"), "", "proved"),
    "a comment": (HALF + "\n% " + THIRD, "% " + THIRD, "proved"),
    "what is never read": (HALF, r"\iffalse " + THIRD + r" \fi", "proved"),
    "one that is there already": (HALF, THIRD.replace("new", "provide"), "proved"),
    "another one below": (THIRD, HALF.replace("new", "renew"), ""),
    "one in a group": (THIRD, r"{\def\part{\frac12 \|x\|^2} $x = x$}", ""),
}


@pytest.mark.parametrize("name", MACROS)
def test_a_macro_with_two_meanings_is_not_read(name: str) -> None:
    preamble, behind, due = MACROS[name]
    rows = judged(ARTICLE % (preamble, behind), ".tex")
    assert rows == ([due] if due else [])  # a display that cannot be taken apart has no rows


# --- words that tie a symbol: true rows are not refuted ----------------------------------------

SPECIAL = {
    "length": ("Let $x$ be a unit vector.", r"x^\top x = 1"),
    "a corner": ("Let $y$ be orthogonal to $x$.", r"\|x - y\|^2 = \|x\|^2 + \|y\|^2"),
    "a function": ("The function $f$ is odd.", r"f(-x) + f(x) = 0"),
    "a density": ("Die Dichte $p$ ist symmetrisch.", r"p(-x) = p(x)"),
    "behind the row": ("", r"\|x - y\|^2 = \|x\|^2 + \|y\|^2"),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_what_words_say_of_a_symbol_holds_numbers_back(name: str) -> None:
    words, row = SPECIAL[name]
    text = POINTS + words + "\n\n" + displayed(row)
    text += "" if words else "where $x$ and $y$ are orthogonal."
    assert judged(text)[-1] not in WRONG


def test_what_words_say_of_another_symbol_does_not() -> None:
    words = "Let $z$ be a unit vector.\n\n"
    assert judged(POINTS + words + displayed(r"x^\top y = \|y\|^2"))[-1] == "refuted"
    words = "The sum does not depend on $y$.\n\n"
    assert judged(POINTS + words + displayed(r"x^\top y = \|y\|^2"))[-1] == "refuted"


def test_the_signs_of_an_earlier_row_do_not_hold_in_a_later_one() -> None:
    logs = displayed(r"\log(r m) = \log r + \log m") + displayed(r"\sqrt{r m} = \sqrt r \sqrt m")
    assert judged(POINTS + logs) == ["proved", "proved"]
    assert judged(POINTS + logs + displayed(r"\sqrt{r^2 m^2} = r m"))[-1] not in ("proved", *WRONG)


def test_draws_of_which_one_has_no_law_are_not_independent() -> None:
    mean = displayed(r"\mathbb E_{x \sim p}[2 x] = 2 \mathbb E_{x \sim p}[x]")
    given = displayed(r"\mathbb E[2 f(x) \mid y] = 2 \mathbb E[f(x) \mid y]")
    row = displayed(r"\mathbb E[x] \cdot \mathbb E[y] = \mathbb E[x \cdot y]")
    assert judged(POINTS + mean + given + row)[-1] == "open"


# --- what is said of one value, or denied, defines nothing ------------------------------------

SAID_OF_A_CASE = {
    "a condition": (displayed(r"l(r) = 1 \quad \text{if } r > 0"), r"l(r) - 1 = 0"),
    "one value": (displayed(r"l(r) = 1 \text{ for } r = 0"), r"l(m) - 1 = 0"),
    "a condition among words": (
        "Set $l(r) = 1$ if $r > 0$ and $l(r) = 0$ otherwise.\n\n",
        "l(r) = 1",
    ),
    "what does not hold": ("Recall that $l(r) = l(-r)$ does not hold.\n\n", "l(r) - l(-r) = 0"),
    "two of its values": (displayed("l(r) = l(m)"), "l(r) - l(m) = 0"),
}


@pytest.mark.parametrize("name", SAID_OF_A_CASE)
def test_what_is_said_of_a_case_defines_nothing(name: str) -> None:
    said, row = SAID_OF_A_CASE[name]
    assert judged(POINTS + said + displayed(row))[-1] not in ("proved", "definition")


def test_what_is_said_for_every_value_defines() -> None:
    said = displayed(r"l(r) = r^2 \quad \text{for all } r")
    assert judged(POINTS + said + displayed("l(m) - m^2 = 0"))[-1] == "proved"
