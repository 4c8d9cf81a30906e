"""Functions that an equation defines, dv/dt = f(v, t) with v(0) = c, and their closed forms."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GROWS = "Mean and variance obey\n\n$$ \\frac{dm}{dt} = -\\tfrac12\\beta(t)\\,m $$\n\nand\n\n"
SPREADS = "$$ \\frac{dv}{dt} = -\\beta(t)\\,v + \\beta(t) . $$\n\n"
MEAN = "$$ m(t) = x(0)\\,e^{-\\frac12\\int_0^t\\beta(s)ds} $$\n\n"


def spread(factor: str = "") -> str:
    return f"$$ v(t) = 1 - e^{{-{factor}\\int_0^t\\beta(s)ds}} . $$\n\n"


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text).rows if not row.inline]


def test_what_solves_them_and_starts_so_is_proved() -> None:
    text = GROWS + SPREADS + "With $m(0) = x(0)$ and $v(0) = 0$ we find\n\n" + MEAN + spread()
    assert verdicts(text) == ["hypothesis", "hypothesis", "proved", "proved"]


@pytest.mark.parametrize("start", ["v(0) = 0", "v(0) = 1"])
@pytest.mark.parametrize("factor", ["", "\\frac12"])
def test_what_breaks_one_is_refuted_and_not_the_equation(start: str, factor: str) -> None:
    text = SPREADS + f"With ${start}$ we find\n\n" + spread(factor)
    right = start == "v(0) = 0" and not factor
    assert verdicts(text) == ["hypothesis", "proved" if right else "refuted"]


def test_without_a_start_it_only_says_what_the_function_is() -> None:
    assert verdicts(SPREADS + "A solution is\n\n" + spread()) == ["hypothesis", "definition"]


def test_a_function_that_was_defined_before_is_claimed_to_grow_so() -> None:
    assert verdicts(spread() + SPREADS) == ["definition", "proved"]
    assert verdicts(spread("\\frac12") + SPREADS) == ["definition", "refuted"]


def test_a_path_that_moves_is_no_such_function() -> None:
    text = (
        "$$ \\frac{dx_t}{dt} = v(x_t, t) $$\n\nLet $x_0$ and $x_1$ be independent and\n\n"
        "$$ x_t = (1-t) x_0 + t x_1 . $$"
    )
    assert "refuted" not in verdicts(text)
