"""Rows that say what a symbol is which rows before them used, and what else is said of it."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

USED = (
    "Let $z \\sim q$ and $p_t(x \\mid z)$ a density. With a field $u_t(x \\mid z)$ the loss is\n\n"
    "$$ L(\\theta) = \\mathbb{E}_{t, z \\sim q, x \\sim p_t(x \\mid z)} "
    "\\| v_\\theta(x, t) - u_t(x \\mid z) \\|^2 . $$\n\n"
    "$$ \\nabla_\\theta L(\\theta) = \\nabla_\\theta \\mathbb{E}_{t, z \\sim q, "
    "x \\sim p_t(x \\mid z)} \\| u_t(x \\mid z) - v_\\theta(x, t) \\|^2 . $$\n\n"
)
SAID = "$$ u_t(x \\mid z) = \\frac{z - x}{1 - t} . $$\n\n"
MOVED = (
    "Let $\\rho_t(x) = \\mathcal{N}(x; m_t, s_t^2 I)$ with smooth $m_t$ and $s_t > 0$. "
    "It satisfies\n\n"
    "$$ \\partial_t \\rho_t(x) + \\operatorname{div}(\\rho_t(x)\\, b_t(x)) = 0 . $$\n\n"
)
FIELD = "The field is\n\n$$ b_t(x) = \\dot m_t {} \\frac{{\\dot s_t}}{{s_t}} (x - m_t) . $$\n\n"


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text).rows if not row.inline]


def test_it_is_no_claim_where_nothing_else_is_said_of_the_symbol() -> None:
    assert verdicts(USED + SAID) == ["definition", "proved", "definition"]


@pytest.mark.parametrize(("right", "verdict"), [("z - x", "proved"), ("z + x", "refuted")])
def test_what_follows_may_rest_on_it(right: str, verdict: str) -> None:
    row = f"$$ (1 - t)\\, u_t(x \\mid z) = {right} . $$\n"
    assert verdicts(USED + SAID + row)[-1] == verdict


@pytest.mark.parametrize(("sign", "verdict"), [("+", "definition"), ("-", "open")])
def test_it_has_to_agree_with_what_is_said(sign: str, verdict: str) -> None:
    assert verdicts(MOVED + FIELD.format(sign))[-1] == verdict


def test_an_equation_that_moves_a_known_density_is_an_assumption_about_the_field() -> None:
    assert verdicts(MOVED) == ["hypothesis"]


def test_an_assumed_row_is_a_hypothesis() -> None:
    words = "If we assume $u_t(x \\mid z) = (z - x)/(1 - t)$, then\n\n"
    row = "$$ (1 - t)\\, u_t(x \\mid z) = z - x . $$\n"
    assert verdicts(USED + words + row)[-1] == "proved"


# --- equations put in ---------------------------------------------------------------------

LINE = (
    "Let $x_1 \\sim q$ and $\\epsilon \\sim \\mathcal{N}(0, I)$ be independent, and "
    "$x_t = (1-t)\\epsilon + t x_1$. A network $D_\\theta(x, t)$ gives a velocity, "
    "$v_\\theta(x,t) = (D_\\theta(x,t)-x)/(1-t)$.\n\n"
    "At a fixed time, a network $v_\\theta(x, t)$ has the loss\n\n"
)
SQUARES = (
    "$$ \\mathbb{{E}}\\, \\| v_\\theta(x_t,t) - (x_1-\\epsilon)\\|^2 = \\frac{{1}}{{{}}}\\; "
    "\\mathbb{{E}}\\, \\| D_\\theta(x_t,t) - x_1\\|^2 . $$\n"
)


@pytest.mark.parametrize(("over", "verdict"), [("(1-t)^2", "proved"), ("1-t", "refuted")])
def test_what_the_document_says_of_a_symbol_is_put_in(over: str, verdict: str) -> None:
    use = "We train $v_\\theta$ by\n\n$$ v_\\theta(x, t) = v_\\theta(x, t) . $$\n\n"
    assert verdicts(use + LINE + SQUARES.format(over))[-1] == verdict


def test_an_equation_that_is_not_met_holds_the_numbers_back() -> None:
    tied = "We assume that $\\|f(x)\\| = \\|g(x)\\|$ for every $x$.\n\n"
    row = (
        "$$ \\mathbb{E}_{x \\sim p} \\| f(x) \\|^2 = \\mathbb{E}_{x \\sim p} \\| g(x) \\|^2 . $$\n"
    )
    assert verdicts(tied + row)[-1] != "refuted"


# --- averages that do not say what they are over ------------------------------------------

LOSS = (
    "Let $x_1 \\sim q$ and $\\epsilon \\sim \\mathcal{N}(0, I)$ be independent, and "
    "$x_t = (1-t)\\epsilon + t x_1$.\n\n"
    "$$ L(\\theta) = \\mathbb{E}_{t, x_1, \\epsilon}\\| v_\\theta(x_t, t) - x_1 \\|^2 $$\n\n"
    "where $t$ is uniform. So\n\n"
)


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        ("\\mathbb{E} \\| x_1 - v_\\theta(x_t, t) \\|^2", "proved"),
        ("\\mathbb{E} \\| x_1 + v_\\theta(x_t, t) \\|^2", "refuted"),
        ("\\mathbb{E}_{x_1, \\epsilon} \\| x_1 - v_\\theta(x_t, t) \\|^2", "scope"),
    ],
)
def test_an_average_without_draws_is_over_what_the_loss_is_over(right: str, verdict: str) -> None:
    assert verdicts(f"{LOSS}$$ L(\\theta) = {right} . $$\n")[-1] == verdict


def test_a_chain_at_a_fixed_time_stays_at_it() -> None:
    row = "\\mathbb{E}\\| x_t - x_1 \\|^2 = (1 - t)^2\\, \\mathbb{E}\\| \\epsilon - x_1 \\|^2"
    assert verdicts(f"{LOSS}$$ {row} . $$\n")[-1] == "proved"


# --- functions of a point and a time without their arguments ------------------------------

ALONG = (
    "Let $\\dot x_t = f(x_t, t)$ be the ODE, and let $q_t$ be the density of $x_t$, which "
    "satisfies\n$\\partial_t q_t(x)=-\\nabla\\cdot(f(x,t)\\,q_t(x))$. Along a trajectory,\n\n"
    "$$\n\\begin{{align}}\n\\frac{{d}}{{dt}}\\log q_t(x_t)\n"
    "&=\\frac{{\\partial_t q_t(x_t)+\\dot x_t\\cdot\\nabla q_t(x_t)}}{{q_t(x_t)}}\\\\\n"
    "&=\\frac{{{}\\nabla\\cdot(f\\,q_t)(x_t)+f(x_t,t)\\cdot\\nabla q_t(x_t)}}{{q_t(x_t)}}\n"
    "\\end{{align}}\n$$\n"
)


@pytest.mark.parametrize(("sign", "verdict"), [("-", "proved"), ("", "refuted")])
def test_a_field_without_arguments_is_the_one_of_point_and_time(sign: str, verdict: str) -> None:
    assert verdicts(ALONG.format(sign)) == ["proved", verdict]


POSTERIOR = (
    "Let $X \\sim q$ and $E \\sim \\mathcal N(0, I)$ be independent and $Y = X + E$. Then\n\n"
    "$$\n\\mathbb E[ X \\mid Y = y ] = \\int %s\\, dx\n$$\n"
)


@pytest.mark.parametrize(
    ("inside", "due"),
    [
        (r"x\, \pi(x | y)", {"definition"}),
        (r"2 x\, \pi(x | y)", {"open", "refuted"}),
        (r"x\, \pi(y | x)", {"open", "refuted", "scope"}),
        (r"y\, \pi(x | y)", {"open", "refuted", "scope"}),
    ],
)
def test_a_posterior_is_what_a_mean_is_taken_with(inside: str, due: set[str]) -> None:
    assert check_text(POSTERIOR % inside, "x", ".md").rows[-1].verdict in due
