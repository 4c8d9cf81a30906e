"""min, max, tanh and the like, which are terms of absolute values and exponentials."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

SNR = "Let $s > 0$ and $g > 0$ be numbers.\n\n"

WRONG = ("refuted",)
HELD = ("refuted", "open")
"""What a wrong row says where coefficients may be tied to each other, or numbers try small ones."""

ROWS = {
    "a maximum with 0": (
        r"\max(s, 1) = 1 + \max(s - 1, 0)",
        r"\max(s, 1) = 1 - \max(s - 1, 0)",
        HELD,
    ),
    "both of them": (
        r"\min\{s, g\} + \max\{s, g\} = s + g",
        r"\min\{s, g\} + \max\{s, g\} = s - g",
        WRONG,
    ),
    "a factor inside": (
        r"\frac{1}{s}\min\{s, g\} = \min\Big\{1, \frac{g}{s}\Big\}",
        r"\frac{1}{s}\min\{s, g\} = \min\{1, g s\}",
        HELD,
    ),
    "of three": (r"\min(s, g, s) = \min(g, s)", r"\min(s, g, 0) = \min(g, s)", HELD),
    "a bound": (r"\min(s, g) \le g", r"\max(s, g) \le g", HELD),
    "tanh": (r"\tanh(s) = \frac{e^{2s}-1}{e^{2s}+1}", r"\tanh(s) = \frac{e^{s}-1}{e^{s}+1}", WRONG),
    "its slope": (
        r"\frac{d}{ds}\tanh(s) = 1 - \tanh^2(s)",
        r"\frac{d}{ds}\tanh(s) = 1 - \tanh(s)",
        WRONG,
    ),
    "hyperbolic ones": (r"\cosh(s) + \sinh(s) = e^{s}", r"\cosh(s) - \sinh(s) = e^{s}", WRONG),
    "a clipped weight": (
        r"\min\{s, g\}\, \|x - y\|^2 = s \min\{1, g/s\}\, \|y - x\|^2",
        r"\min\{s, g\}\, \|x - y\|^2 = s \min\{1, g s\}\, \|y - x\|^2",
        WRONG,
    ),
}


def last(row: str) -> str:
    return check_text(f"{SNR}$$\n{row}\n$$\n").rows[-1].verdict


@pytest.mark.parametrize("name", ROWS)
def test_a_true_row_and_its_neighbour(name: str) -> None:
    right, wrong, held = ROWS[name]
    assert last(right) in ("proved", "agrees")
    assert last(wrong) in held


@pytest.mark.parametrize("name", ["both of them", "tanh", "its slope", "hyperbolic ones"])
def test_what_follows_from_what_they_are_is_proved(name: str) -> None:
    assert last(ROWS[name][0]) == "proved"


def test_numbers_that_are_small_do_not_decide_about_a_maximum() -> None:
    (row,) = check_text("$$ \\max(s, 1) = 1 $$\n").rows
    assert row.verdict == "open"
    assert "the size of s" in row.message
