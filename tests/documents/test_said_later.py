"""What a document says of a symbol after it has used it: laws, where-clauses, points of a list."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

COUPLING = (
    "Let $(A, B) \\sim \\kappa$ with finite second moments and $V = B - A$. Then\n\n"
    "$$ \\mathbb{E}\\| V \\|^2 = \\mathbb{E}\\|A\\|^2 - 2\\,\\mathbb{E}\\langle A, B\\rangle "
    "+ \\mathbb{E}\\|B\\|^2 . $$\n\n"
)
SPECIAL = (
    "Now let $A \\sim \\mathcal{N}(0, I)$ and $B \\sim \\mathcal{N}(0, \\tau^2 I)$ be "
    "independent. Then\n\n"
)


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text).rows if not row.inline]


@pytest.mark.parametrize(
    ("value", "verdict"), [("d\\,(1+\\tau^2)", "proved"), ("d\\,(1+\\tau)", "refuted")]
)
def test_laws_that_are_said_of_a_coupling_hold_from_there_on(value: str, verdict: str) -> None:
    row = f"$$ \\mathbb{{E}}\\| V \\|^2 = {value} . $$\n"
    assert verdicts(COUPLING + SPECIAL + row) == ["proved", verdict]


def test_a_row_before_a_special_law_is_about_any_coupling() -> None:
    row = "$$ \\mathbb{E}\\| V \\|^2 = d\\,(1+\\tau^2) . $$\n\n"
    both = "$$ \\mathbb{E}\\| V \\|^2 = \\mathbb{E}\\| B - A \\|^2 . $$\n"
    assert verdicts(COUPLING + row + SPECIAL + both)[1:] == ["refuted", "proved"]


def test_a_law_of_one_of_two_holds_the_numbers_back() -> None:
    special = "Now let $A \\sim \\mathcal{N}(0, I)$. Then\n\n"
    row = "$$ \\mathbb{E}\\| A \\|^2 = d . $$\n"
    assert verdicts(COUPLING + special + row)[1] != "refuted"


EQUATION = (
    "The densities solve\n\n$$ \\partial_t p_t(x) = \\tfrac12\\beta(t)\\,\\nabla\\cdot(x\\,p_t(x)) "
    "+ \\tfrac12\\beta(t)\\,\\Delta p_t(x) $$\n\nThat is\n\n"
    "$$ \\partial_t p_t(x) = -\\nabla\\cdot\\big(v_t(x)\\,p_t(x)\\big) $$\n\nwith the velocity\n\n"
)
FIELD = "$$ v_t(x) = -\\tfrac12\\beta(t)\\,\\big(x {} \\nabla\\log p_t(x)\\big). $$\n"


def test_a_where_clause_defines_what_was_used_before_it() -> None:
    assert verdicts(EQUATION + FIELD.format("+")) == ["hypothesis", "proved", "definition"]


def test_a_wrong_where_clause_does_not_make_the_row_before_it_wrong() -> None:
    said = verdicts(EQUATION + FIELD.format("-"))
    assert said[1] == "open"


def test_a_second_equation_of_motion_is_a_claim() -> None:
    second = (
        "Hence\n\n$$ \\partial_t p_t(x) = \\tfrac12\\beta(t)\\,\\nabla\\cdot(x\\,p_t(x)) . $$\n"
    )
    first = EQUATION.split("That is")[0]
    assert verdicts(first + second)[1] not in ("hypothesis", "proved")


CHOICES = (
    "For $a_t, b_t > 0$ let $x_t = a_t y + b_t \\xi$ with $\\xi \\sim \\mathcal{N}(0, I)$ and\n\n"
    "$$ u_t(x) = \\frac{b_t'}{b_t}\\,x + \\Bigl(a_t' - \\frac{b_t'}{b_t}\\,a_t\\Bigr) y . $$\n\n"
    "* **Straight.** $a_t = t$, $b_t = 1 - t$. Then\n\n  $$ u_t(x) = \\frac{y - x}{1 - t} . $$\n\n"
    "* **Other.** If $b_t = \\sqrt{1 - a_t^2}$, then\n\n  $$ u_t(x) = "
)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("\\frac{a_t'}{1 - a_t^2}\\,(y - a_t x)", "proved"),
        ("\\frac{a_t'}{1 - a_t^2}\\,(y - x)", "refuted"),
    ],
)
def test_a_choice_holds_in_its_point_of_a_list(value: str, verdict: str) -> None:
    assert verdicts(f"{CHOICES}{value} . $$\n") == ["definition", "proved", verdict]


def test_a_square_says_what_a_coefficient_is() -> None:
    text = "Let\n\n$$ \\sigma_t^2 = 1 - \\alpha_t^2 . $$\n\n"
    text += "Then\n\n$$ \\alpha_t^2 + \\sigma_t^2 = {} . $$\n"
    assert verdicts(text.format(1)) == ["definition", "proved"]
    assert verdicts(text.format(2))[1] not in ("proved", "agrees", "hypothesis")


def test_a_value_of_a_random_variable_defines_nothing() -> None:
    text = (
        "Given $X_0 = x_0$ the density is\n\n"
        "$$ p_t(x | x_0) = \\mathcal{N}(x; a_t x_0, b_t^2 I) $$\n\nand\n\n"
        "$$ \\nabla_x \\log p_t(x | x_0) = -\\frac{x - a_t x_0}{b_t} . $$\n"
    )
    assert verdicts(text) == ["definition", "refuted"]
    assert verdicts(text.replace("}{b_t} .", "}{b_t^2} .")) == ["definition", "proved"]


@pytest.mark.parametrize(("power", "verdict"), [("", "proved"), ("^2", "open")])
def test_a_running_product_is_the_one_before_times_a_factor(power: str, verdict: str) -> None:
    for product in ("\\prod_{s=1}^t \\alpha_s", "\\alpha_1 \\alpha_2 \\cdots \\alpha_t"):
        text = (
            f"Let $\\bar\\alpha_t = {product}$. Then\n\n$$ \\alpha_t (1 - \\bar\\alpha_{{t-1}}) "
            f"+ 1 - \\alpha_t = 1 - \\bar\\alpha_t{power} . $$\n"
        )
        assert verdicts(text) == [verdict]


CHAIN = (
    "The forward process is a {} with\n\n"
    "$$ q(x_t|x_{{t-1}}) = \\mathcal N(x_t; \\sqrt{{\\alpha_t}} x_{{t-1}}, \\beta_t I) . $$\n\n"
    "$$ q(x_{{t-1}}|x_t,x_0) = \\frac{{q(x_t|x_{{t-1}},x_0)\\, q(x_{{t-1}}|x_0)}}{{q(x_t|x_0)}} "
    "= \\frac{{q(x_t|x_{{t-1}})\\, {} }}{{q(x_t|x_0)}} $$\n"
)


def test_bayes_rule_and_the_step_of_a_markov_chain() -> None:
    assert verdicts(CHAIN.format("Markov chain", "q(x_{t-1}|x_0)"))[1:] == ["proved", "proved"]
    assert verdicts(CHAIN.format("Markov chain", "q(x_t|x_0)"))[2] == "open"
    assert verdicts(CHAIN.format("process", "q(x_{t-1}|x_0)"))[1:] == ["proved", "open"]


SCHEDULES = (
    "## Any noise\n\nLet $x = y + \\sigma n$ with $n \\sim \\mathcal N(0, I)${}, and\n\n"
    "$$ k_\\sigma(x \\mid y) = \\mathcal N(x; y, \\sigma^2 I) . $$\n\nThen\n\n"
    "$$ \\nabla_x \\log k_\\sigma(x \\mid y) = \\frac{{y - x}}{{{}}} . $$\n\n"
    "## Growing noise\n\nWith $\\sigma(t) = t$ this is\n\n"
    "$$ \\nabla_x \\log k_\\sigma(x \\mid y) = \\frac{{y - x}}{{t^2}} . $$\n"
)


@pytest.mark.parametrize(
    ("beside", "value", "wrong"),
    [
        ("", "\\sigma^2", False),
        ("", "\\sigma", True),
        ("", "t^2", False),  # by what the other section says
        (" and $\\sigma^2 = 1 - \\alpha^2$", "1 - \\alpha^2", False),  # by what this one says
        (" and $\\sigma^2 = 1 - \\alpha^2$", "1 - \\alpha", True),
    ],
)
def test_a_schedule_of_another_section(beside: str, value: str, wrong: bool) -> None:
    assert (verdicts(SCHEDULES.format(beside, value))[1] == "refuted") is wrong
