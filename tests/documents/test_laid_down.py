"""What a document lays down of its symbols, put into a row that numbers refute in general."""

from __future__ import annotations

import pytest
from sympy import S

from fmproof.documents.check import check_text
from fmproof.documents.following import with_equations
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.nodes import Expect, Field, Inner, Var, uniform
from fmproof.lang.props import Equals
from fmproof.lang.sorts import Sort


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


LOSS = (
    "Let $z \\sim q$ and $x \\sim p_t(x | z)$.\n\n$$ L(\\theta) ="
    r" \mathbb E_{t, q(z), p_t(x | z)} \| v_\theta(x, t) - \nabla_x \log p_t(x | z) \|^2 $$"
)
FROM_HERE = "Now take\n\n$$ p_t(x | z) = \\mathcal N(x; z, (1 + t)^2 I). $$\n\nThen"
NOISE = (
    r"\mathbb E_{t, q(z), e \sim \mathcal N(0, I)}"
    r" \| v_\theta(z + (1 + t) e, t) + \frac{e}{1 + t} \|^2"
)


def test_a_loss_of_any_density_with_the_one_that_is_chosen() -> None:
    right = f"{LOSS}\n\n{FROM_HERE}\n\n$$ L(\\theta) = {NOISE} $$"
    assert verdicts(right)[-1] not in ("refuted", "constant", "scope")
    assert verdicts(right.replace(r"+ \frac{e}", r"- \frac{e}"))[-1] == "refuted"


SCHEDULE = r"Let $x_t = a_t x_1 + b_t x_0$. For the straight path $a_t = t$ and $b_t = 1 - t$:"


def test_coefficients_in_a_line_of_words() -> None:
    right = r"$$ \frac{d}{dt} x_t = x_1 - x_0 $$"
    assert verdicts(f"{SCHEDULE}\n\n{right}")[-1] not in ("refuted", "constant", "scope")
    assert verdicts(f"{SCHEDULE}\n\n{right.replace('- x_0', '+ x_0')}")[-1] == "refuted"


SAMPLE = r"$$ x = (1 - t)\, n + t\, z , \qquad n \sim \mathcal N(0, I) $$"
SCORE = r"$$ \nabla_x \log \rho_t(x | z) = \frac{t z - x}{(1 - t)^2} = - \frac{n}{1 - t} $$"
KERNEL = r"With $\rho_t(x | z) = \mathcal N(x | t z, (1 - t)^2 I)$ a sample is"


def test_a_point_by_its_noise() -> None:
    assert "refuted" not in verdicts(f"{KERNEL}\n\n{SAMPLE}\n\nand\n\n{SCORE}")
    wrong = SCORE.replace(r"= - \frac{n}", r"= \frac{n}")
    assert verdicts(f"{KERNEL}\n\n{SAMPLE}\n\nand\n\n{wrong}")[-1] == "refuted"


def test_a_function_with_a_letter_in_it() -> None:
    """D(y) = y + s S(y) is put in for D, with s as the number that it is."""
    y, z, scale = Var("y", Sort.VEC), Var("z", Sort.VEC), Var("s", Sort.REAL)
    one, other = Field("D", y), Field("S", y)
    said = Equals(one(y), add(y, mul(scale, other(y))))
    row = (one(z), add(z, mul(scale, other(z))))
    (before, claim), rest = with_equations(row, [said])
    assert (before, rest) == (claim, ())
    alone = (one(z), z)  # what else is said of s was not asked
    assert with_equations(alone, [said]) == (alone, (said,))
    bound = (Expect(Inner(one(z), z), uniform(scale)(scale)), S.Zero)
    assert with_equations(bound, [said]) == (bound, (said,))  # another s


def test_a_letter_that_the_row_has_not_may_be_anything() -> None:
    x, y, z = (Var(name, Sort.VEC) for name in "xyz")
    field = Field("v", x)
    said = Equals(y, add(x, z))
    assert with_equations((field(x), x), [said]) == ((field(x), x), ())
    (before, claim), rest = with_equations((field(y), add(x, z)), [said])
    assert (before, claim, rest) == (field(add(x, z)), add(x, z), ())


COUPLING = (
    r"Let $(x_0, x_1) \sim \pi$ and $x_t = (1 - t) x_0 + t x_1$, and"
    "\n\n$$ m(t, x) = \\mathbb E[ x_0 \\mid x_t = x ] $$\n\n"
)
APART = (
    r"Suppose now that $x_0$ is standard normal and independent of $x_1$. Then the"
    r" density $p_t$ of $x_t$ satisfies"
)
TWEEDIE = r"$$ \nabla \log p_t(x) = - \frac{m(t, x)}{1 - t} $$"


def test_what_is_independent_of_noise_has_any_law() -> None:
    assert verdicts(f"{COUPLING}{APART}\n\n{TWEEDIE}")[-1] == "proved"
    assert verdicts(f"{COUPLING}{APART}\n\n{TWEEDIE.replace('= -', '=')}")[-1] == "refuted"


@pytest.mark.parametrize("word", ["not independent of", "tied to"])
def test_what_is_not_may_be_tied_to_it(word: str) -> None:
    assert verdicts(f"{COUPLING}{APART.replace('independent of', word)}\n\n{TWEEDIE}")[-1] not in (
        "proved",
        "refuted",
    )


CONVEX = r"The integrand is convex in $D(x)$."
SQUARE = (
    r"$$ E_{y \sim q} \| D(y) + y \|^2 = E_{y \sim q} [\| D(y) \|^2 + 2 D(y)^\top y + \| y \|^2] $$"
)


def test_convex_in_a_function_says_nothing_of_it() -> None:
    assert verdicts(f"{CONVEX}\n\n{SQUARE}") == ["proved"]
    assert verdicts(f"{CONVEX}\n\n{SQUARE.replace('+ 2 D', '+ D')}") == ["refuted"]
