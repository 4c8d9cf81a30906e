"""Densities along a flow: their logarithms, entropy, mass, scale; each with a false neighbour."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG, RowReport


def rows_of(*parts: str) -> list[RowReport]:
    text = "\n\n".join(f"$$\n{p[2:]}\n$$" if p.startswith("$:") else p for p in parts)
    return list(check_text(text, "x", ".md").rows)


def last(*parts: str) -> RowReport:
    return rows_of(*parts)[-1]


FLOW = (
    "Let $p_t$ be the density of $x_t$, where",
    r"$:\frac{dx_t}{dt} = v_t(x_t), \qquad x_0 \sim p_0 .",
    "It solves the continuity equation",
    r"$:\partial_t p_t(x) + \nabla\cdot\big(p_t(x) v_t(x)\big) = 0 .",
)
SLOPE = (
    "Along the trajectory",
    r"$:\frac{d}{dt}\log p_t(x_t) = \partial_t \log p_t(x_t) + \nabla\log p_t(x_t)\cdot v_t(x_t)"
    r" = -\nabla\cdot v_t(x_t) .",
)


@pytest.mark.parametrize(("sign", "due"), [("-", True), ("+", False)])
def test_the_logarithm_at_the_end_of_a_flow(sign: str, due: bool) -> None:
    rows = rows_of(
        *FLOW,
        *SLOPE,
        rf"$:\log p_1(x_1) = \log p_0(x_0) {sign} \int_0^1 \nabla\cdot v_t(x_t)\,dt .",
    )
    assert rows[-2].verdict == "proved"
    assert (rows[-1].verdict == "proved") is due


ENTROPY = (
    r"$:\frac{d}{dt}H(p_t) = -\int \partial_t p_t(x) \log p_t(x) dx - \int \partial_t p_t(x) dx"
)


@pytest.mark.parametrize(("sign", "due"), [("", True), ("-", False)])
def test_entropy_along_a_flow_keeps_the_mass(sign: str, due: bool) -> None:
    rows = rows_of(
        *FLOW,
        r"With $H(p_t) = -\int p_t(x)\log p_t(x)\,dx$",
        ENTROPY + rf" = {sign} \int \nabla\cdot\big(p_t(x) v_t(x)\big) \log p_t(x) dx .",
    )
    assert rows[-2].verdict == "proved"
    assert (rows[-1].verdict == "proved") is due


SCALE = r"$:p_X(x) = s^d p_Z(s x) ."


@pytest.mark.parametrize(("sign", "due"), [("+", "proved"), ("-", "refuted")])
def test_the_dimension_as_a_power(sign: str, due: str) -> None:
    row = last(
        r"Let $z = s x$ with $s > 0$ and $x \in \mathbb{R}^d$. The densities fulfil",
        SCALE,
        rf"$:\log p_X(x) = \log p_Z(s x) {sign} d \log s .",
    )
    if due == "refuted":
        assert row.verdict == due
    else:
        assert row.verdict not in WRONG


MIDDLE = r"For $s = \tfrac12 (r + t)$ and a vector $y$"


@pytest.mark.parametrize(("half", "due"), [("", "refuted"), (r"\tfrac12", "proved")])
def test_a_time_between_two_others_is_put_in(half: str, due: str) -> None:
    row = last("Let $r < t$ be times.", MIDDLE, rf"$:(t - s) y = {half} (t - r) y .")
    assert row.verdict == due


COST = (
    r"Pairs $(x_0, x_1) \sim \pi$ are drawn from a coupling of two laws. Its cost is",
    r"$:C(\pi) = \mathbb{E}_{(x_0, x_1) \sim \pi} \|x_1 - x_0\|^2 .",
)


@pytest.mark.parametrize(("sign", "due"), [("-", True), ("+", False)])
def test_the_cost_of_a_law(sign: str, due: bool) -> None:
    right = (
        r"\mathbb{E}_{(x_0, x_1) \sim \pi} \|x_0\|^2 + \mathbb{E}_{(x_0, x_1) \sim \pi} \|x_1\|^2"
        rf" {sign} 2 \mathbb{{E}}_{{(x_0, x_1) \sim \pi}} \langle x_0, x_1 \rangle"
    )
    assert (last(*COST, rf"$:C(\pi) = {right} .").verdict == "proved") is due


# --- where a flow starts -------------------------------------------------------------------

STRAIGHT = (
    r"Let $X_0 \sim \pi_0$ and $X_1 \sim \pi_1$ be random vectors, possibly dependent. Let",
    r"$:X_t = t X_1 + (1-t) X_0, \qquad v(x,t) = \mathbb E[X_1 - X_0 \mid X_t = x] .",
    r"The flow $Z = (Z_t)$ solves $\dot Z_t = v(Z_t, t)$ from $Z_0 = X_0$. Then",
)


@pytest.mark.parametrize(("over", "due"), [("t", "proved"), ("1-t", "refuted")])
def test_the_start_of_a_flow_says_nothing_of_what_it_starts_from(over: str, due: str) -> None:
    mean = r"\mathbb E[X_0 \mid X_t = x]"
    assert last(*STRAIGHT, rf"$:v(x,t) = \frac{{x - {mean}}}{{{over}}} .").verdict == due


def test_what_a_flow_starts_from_may_still_be_equated() -> None:
    said = r"Let $X_0 = X_1$. Then"
    assert last(*STRAIGHT[:2], said, r"$:v(x, t) = 0 .").verdict not in WRONG


# --- a score of which nothing else is said --------------------------------------------------

BRIDGE = (
    r"Pairs $(x_0, x_1) \sim \pi$ and noise $\epsilon \sim \mathcal N(0, I)$ give",
    r"$:x_t = (1-t) x_0 + t x_1 + \sigma \sqrt{t(1-t)} \epsilon .",
    r"With $m_t = (1-t)x_0 + t x_1$ the score is",
)


def test_a_score_of_a_density_without_a_definition_is_no_claim() -> None:
    row = r"\nabla_x \log p_t(x \mid x_0, x_1) = \frac{m_t - x}{\sigma^2 t (1-t)}"
    assert last(*BRIDGE, f"$:{row} .").verdict not in WRONG
    at = r" = - \frac{\epsilon}{\sigma \sqrt{t(1-t)}} \quad \text{at } x = x_t ."
    assert all(found.verdict not in WRONG for found in rows_of(*BRIDGE, f"$:{row}{at}"))
