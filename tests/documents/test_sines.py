"""Sines and cosines by their rules: schedules on the circle, steps that turn by an angle."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

CIRCLE = "Let $c_t = \\cos\\frac{\\pi t}{2}$ and $r_t = \\sin\\frac{\\pi t}{2}$.\n\n"
PATH = "Let $z_\\phi = \\cos(\\phi) x + \\sin(\\phi) n$.\n\n"

RIGHT_AND_WRONG = {
    "a slope": (CIRCLE, r"\dot r_t = \frac{\pi}{2} c_t", r"\dot r_t = -\frac{\pi}{2} c_t"),
    "a slope with a factor": (CIRCLE, r"\dot c_t = -\frac{\pi}{2} r_t", r"\dot c_t = -\pi r_t"),
    "what stays": (CIRCLE, r"c_t \dot c_t + r_t \dot r_t = 0", r"c_t \dot c_t - r_t \dot r_t = 0"),
    "squares": (CIRCLE, r"c_t^2 + r_t^2 = 1", r"c_t^2 - r_t^2 = 1"),
    "a quotient": (
        CIRCLE,
        r"\dot r_t - \frac{\dot c_t}{c_t} r_t = \frac{\pi}{2 c_t}",
        r"\dot r_t + \frac{\dot c_t}{c_t} r_t = \frac{\pi}{2 c_t}",
    ),
    "a path that turns": (
        PATH,
        r"\frac{d z_\phi}{d\phi} = \cos(\phi) n - \sin(\phi) x",
        r"\frac{d z_\phi}{d\phi} = \cos(\phi) n + \sin(\phi) x",
    ),
    "a difference of angles": (
        "",
        r"\sin(\phi_t - \phi_s) = \sin\phi_t \cos\phi_s - \cos\phi_t \sin\phi_s",
        r"\sin(\phi_t - \phi_s) = \sin\phi_t \cos\phi_s + \cos\phi_t \sin\phi_s",
    ),
    "a double angle": (
        "",
        r"\cos(2 \phi) = 1 - 2 \sin(\phi)^2",
        r"\cos(2 \phi) = 1 - \sin(\phi)^2",
    ),
}


def last(words: str, row: str) -> str:
    return check_text(f"{words}Then\n\n$$\n{row}\n$$\n").rows[-1].verdict


@pytest.mark.parametrize("name", RIGHT_AND_WRONG)
def test_a_row_is_proved_by_the_rules_and_its_neighbour_is_refuted(name: str) -> None:
    words, right, wrong = RIGHT_AND_WRONG[name]
    assert last(words, right) == "proved"
    assert last(words, wrong) == "refuted"


def test_numbers_know_a_sine_where_no_rule_leads() -> None:
    assert last("", r"\sin(s)^4 = 1 - 2\cos(s)^2 + \cos(s)^4") == "proved"
    assert last("", r"\cos(1) = \frac{1}{2}") == "refuted"


def test_the_rules_are_said() -> None:
    text = "$$ \\cos(\\phi)^2 + \\sin(\\phi)^2 = 1 $$\n"
    (row,) = check_text(text).rows
    assert any("sin" in need for need in row.needs)


def test_how_much_a_sine_is_of_is_not_guessed() -> None:
    assert check_text("$$ a = \\sin\\phi \\psi $$\n").rows[-1].verdict == "unread"


@pytest.mark.parametrize("point", [r"\,x", r" \mathbf{x}", r"\;x"])
def test_a_sine_ends_before_a_bold_letter_or_behind_a_space_that_shows(point: str) -> None:
    text = f"$$ w = \\cos\\phi{point} $$\n\n$$ \\frac{{dw}}{{d\\phi}} = -\\sin\\phi{point} $$\n"
    assert check_text(text).rows[-1].verdict == "proved"
    wrong = text.replace("-\\sin", "\\sin")
    assert check_text(wrong).rows[-1].verdict == "refuted"
