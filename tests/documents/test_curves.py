"""Curves that follow a field, integrals with moving ends, and densities that a field moves."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

CURVE = (
    "A curve solves $$ \\frac{d y_\\tau}{d \\tau} = c(y_\\tau, \\tau) . $$ "
    "For $r < t$ its mean slope is "
    "$$ m(y_t, r, t) := \\frac{1}{t - r} \\int_r^t c(y_\\tau, \\tau)\\, d\\tau . $$\n\n"
)
FLOW = (
    "Let the density $q_t$ obey $$ \\partial_t q_t(x) = - \\nabla \\cdot ( q_t(x) w_t(x) ) $$ "
    "and let $y_t$ be a trajectory, $\\dot y_t = w_t(y_t)$. Then "
    "$$ \\frac{d}{dt} \\log q_t(y_t) = - \\nabla \\cdot w_t(y_t) . $$\n\n"
)
STEP = "$$ \\int_r^t c(y_\\tau, \\tau)\\, d\\tau = "
SLOPE = "$$ \\frac{d}{dt} \\int_r^t c(y_\\tau, \\tau)\\, d\\tau = "
TRUE = {
    "the length of the step": CURVE + STEP + "y_t - y_r $$",
    "back to the start": CURVE + "$$ y_r = y_t - (t - r)\\, m(y_t, r, t) $$",
    "the upper end": CURVE + SLOPE + "c(y_t, t) $$",
    "along the curve": CURVE
    + "$$ \\frac{d}{dt} m(y_t, r, t) = \\partial_y m(y_t, r, t)\\, c(y_t, t) "
    + "+ \\partial_t m(y_t, r, t) $$",
    "a logarithm along the flow": FLOW,
    "a logarithm at the end": FLOW
    + "$$ \\log q_1(y_1) = \\log q_0(y_0) - \\int_0^1 \\nabla \\cdot w_t(y_t)\\, dt $$",
}
FALSE = {
    "the length of the step": CURVE + STEP + "y_r - y_t $$",
    "back to the start": CURVE + "$$ y_r = y_t + (t - r)\\, m(y_t, r, t) $$",
    "the upper end": CURVE + SLOPE + "c(y_r, r) $$",
    "a logarithm at the end": FLOW
    + "$$ \\log q_1(y_1) = \\log q_0(y_0) + \\int_0^1 \\nabla \\cdot w_t(y_t)\\, dt $$",
}


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name: str) -> None:
    row = check_text(TRUE[name]).rows[-1]
    assert row.verdict == "proved", row.message


@pytest.mark.parametrize("name", FALSE)
def test_its_neighbour_is_not(name: str) -> None:
    assert check_text(FALSE[name]).rows[-1].verdict != "proved"


def test_a_differential_equation_is_assumed() -> None:
    assert check_text(CURVE).rows[0].verdict == "hypothesis"


def test_ends_of_a_path_that_is_defined_are_no_times() -> None:
    """x_0 and x_1 are what x_t is made of, whatever equation it follows as well."""
    text = (
        "Let $x_t = (1 - t) x_0 + t x_1$ with $x_0 \\sim p$, $x_1 \\sim q$. "
        "It solves $\\dot x_t = v_t(x_t)$ and $$ \\frac{d}{dt} x_t = x_1 - x_0 . $$"
    )
    assert check_text(text).rows[-1].verdict != "refuted"
