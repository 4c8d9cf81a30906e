"""What holds the numbers back, beside the same wrong row where nothing does."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

PATH = "Let $X_t = (1-t) X_0 + t X_1$, with $X_0 \\sim q$ and $X_1 \\sim p$ independent.\n\n"
WRONG_ROWS = {
    "a derivative": ("", r"\nabla_x \log p(x) = \nabla_x p(x)"),
    "the variable of a derivative": (
        "",
        r"\int f(y) \cdot \nabla_y \int k(y \mid x) q(x) \,dx \,dy"
        r" = \int f(y) \cdot \int q(x) \nabla_x k(y \mid x) \,dx \,dy",
    ),
    "a divergence": (
        "",
        r"\nabla_x \cdot (p(x) f(x)) = p(x) \nabla_x \cdot f(x)",
    ),
    "a conditional mean": (
        PATH,
        r"\mathbb E[X_1 - X_0 \mid X_t = x]"
        r" = \mathbb E[X_1 \mid X_t = x] + \mathbb E[X_0 \mid X_t = x]",
    ),
    "independent draws": (
        "",
        r"\int \int f(x) \cdot g(x, z) k(x \mid z) q(z) \,dz \,dx"
        r" = \int \int f(x) \cdot g(x, z) k(x \mid z) q(z) q(z) \,dz \,dx",
    ),
}


def last(text: str) -> str:
    return check_text(text, "x", ".md").rows[-1].verdict


def displayed(row: str) -> str:
    return f"$$\n{row}\n$$\n"


@pytest.mark.parametrize("name", WRONG_ROWS)
def test_a_wrong_row_is_refuted(name: str) -> None:
    words, row = WRONG_ROWS[name]
    assert last(words + displayed(row)) == "refuted"


VARIANCE = (
    r"\mathbb E_{x \sim p} \| \alpha f(x) \|^2 + \mathbb E_{x \sim p} \| \sigma f(x) \|^2"
    r" = \mathbb E_{x \sim p} \| f(x) \|^2"
)
TIED = {
    "an equation that is assumed": r"We assume that $\alpha^2 + \sigma^2 = 1$." + "\n\n",
    "an equation that is claimed": r"Here $\alpha^2 + \sigma^2 = 1$." + "\n\n",
    "an equation that cannot be read": r"Here $$\sigma^2 = 1 - \foo{\alpha}^2$$ is known." + "\n\n",
    "a convention that only words name": "The coefficients preserve the variance.\n\n",
}


@pytest.mark.parametrize("name", TIED)
def test_what_the_document_says_elsewhere_holds_the_numbers_back(name: str) -> None:
    assert last(TIED[name] + displayed(VARIANCE)) not in WRONG


def test_what_no_convention_mends_is_refuted() -> None:
    assert last(displayed(VARIANCE.replace("+", "+ 3", 1))) == "refuted"


def test_a_row_that_says_what_a_symbol_is_is_not_refuted() -> None:
    row = r"s(x) = \mathbb E_{z \sim q} [ f(x) + z ]"
    assert last(displayed(row)) not in WRONG


def test_what_is_said_behind_a_row_counts_and_what_comes_later_does_not() -> None:
    row = r"\mathbb E_{x \sim p} \| f(x) \|^2 = \mathbb E_{x \sim p} \| g(x) \|^2"
    tie = "$f(x) = g(x)$"
    behind = check_text(f"{displayed(row)}\nwhere {tie}.\n", "x", ".md").rows
    assert behind[0].verdict not in WRONG
    later = f"{displayed(row)}\nand so on.\n\n{displayed('a = a')}\nIn a special case {tie}.\n"
    assert check_text(later, "x", ".md").rows[0].verdict == "refuted"


def test_an_assumed_equation_proves_a_row_and_is_named() -> None:
    text = TIED["an equation that is assumed"] + displayed(
        r"(\alpha^2 + \sigma^2)\, \mathbb E_{x \sim p} [ x \cdot f(x) ]"
        r" = \mathbb E_{x \sim p} [ x \cdot f(x) ]"
    )
    assumed, row = check_text(text, "x", ".md").rows
    assert assumed.verdict == "hypothesis"
    assert (row.verdict, row.message) == ("proved", "from line 1")
    alone = check_text(text.split("\n\n", 1)[1], "x", ".md").rows[0]
    assert alone.verdict not in ("proved", *WRONG)


def test_a_vector_that_equals_a_number_is_out_of_scope_where_no_letter_is_guessed() -> None:
    gradient = r"\int q(z) \nabla_x k(x \mid z) \,dz"
    sure = rf"{gradient} = \int q(z)\, k(x \mid z) \log k(x \mid z) \,dz"
    assert last(displayed(sure)) == "scope"
    unsure = rf"{gradient} = \int q(z)\, k(x \mid z)\, \psi_t(x, z) \,dz"
    assert last(displayed(unsure)) != "scope"


def test_a_continuity_equation_of_given_symbols_is_assumed_and_serves_later_rows() -> None:
    given = r"\partial_t p_t(x \mid y) + \nabla_x \cdot (p_t(x \mid y)\, u_t(x \mid y)) = 0"
    row = (
        r"\int q(y)\, \partial_t p_t(x \mid y) \,dy"
        r" = - \int q(y)\, \nabla_x \cdot (p_t(x \mid y)\, u_t(x \mid y)) \,dy"
    )
    first, second = check_text(displayed(given) + "\n" + displayed(row), "x", ".md").rows
    assert first.verdict == "hypothesis"
    assert (second.verdict, second.message) == ("proved", "from line 2")
    wrong = row.replace("= -", "=")
    assert check_text(displayed(given) + "\n" + displayed(wrong), "x", ".md").rows[
        1
    ].verdict not in (
        "proved",
        "agrees",
    )


def test_an_equation_of_motion_holds_at_every_time() -> None:
    """At one time a random world can follow it, and then differ from what it says at others."""
    motion = r"A path moves by $$\frac{d y_s}{ds} = w(y_s, s).$$" + "\n\n"
    row = r"\int_r^t w(y_s, s) \,ds = y_t - y_r"
    assert last(motion + displayed(row)) not in WRONG


def test_a_kernel_at_a_point_that_is_put_in_is_not_arbitrary() -> None:
    text = (
        "Given $X_0=x_0$ the mean is $m_t = a_t x_0$.\n\nHence we can sample "
        "$x_t = a_t x_0 + b_t \\epsilon$, $\\epsilon\\sim\\mathcal N(0,I)$, and\n\n"
        "$$\\nabla_{x_t}\\log p_{t|0}(x_t|x_0) = -\\frac{x_t-a_t x_0}{b_t^2}$$\n"
    )
    assert check_text(text).rows[-1].verdict not in WRONG
