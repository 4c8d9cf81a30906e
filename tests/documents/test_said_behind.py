"""What the line behind a display says its symbols are: "…, where D(x, t) = …"."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $x_0 \sim p$, $\epsilon \sim \mathcal N(0, I)$, $x_t = \alpha_t x_0 + \sigma_t \epsilon$.
In terms of losses,
$$ \mathbb E\|x_0 - D(x_t,t)\|^2
   = {factor}\,\mathbb E\|\epsilon - e(x_t,t)\|^2, $$
"""
BEHIND = r"where $D(x,t) = (x - \sigma_t\,e(x,t))/\alpha_t$."
FACTOR = r"\frac{\sigma_t^2}{\alpha_t^2}"


def verdict(factor: str, behind: str) -> str:
    rows = check_text(BEGIN.replace("{factor}", factor) + behind).rows
    return next(row for row in rows if not row.inline).verdict


@pytest.mark.parametrize("word", ["where", "with"])
def test_it_is_known_in_the_display(word: str) -> None:
    assert verdict(FACTOR, BEHIND.replace("where", word)) == "proved"


@pytest.mark.parametrize(
    ("factor", "behind"),
    [
        (r"\frac{\sigma_t}{\alpha_t}", BEHIND),
        (r"\frac{\alpha_t^2}{\sigma_t^2}", BEHIND),
        (FACTOR, BEHIND.replace("- \\sigma_t", "+ \\sigma_t")),
        (FACTOR, BEHIND.replace("/\\alpha_t", "")),
    ],
)
def test_a_wrong_row_or_definition_is_refuted(factor: str, behind: str) -> None:
    assert verdict(factor, behind) == "refuted"


def test_another_paragraph_says_it_from_there_on() -> None:
    behind = r"This is well known." + "\n\n" + r"Later, $D(x,t) = (x - \sigma_t\,e(x,t))/\alpha_t$."
    assert verdict(FACTOR, behind) == "open"


def test_a_number_in_a_sentence_of_its_own_is_said_of_that_sentence() -> None:
    """s = 1 makes the row true; it is another sentence that puts it in."""
    row = "$$ \\int_0^1 2 s^2 t \\, dt = s{end} $$\n\n"
    behind = "So a value of one is what it has for $s = 1$."

    def verdict(text: str) -> str:
        return [one for one in check_text(text, "x", ".md").rows if not one.inline][-1].verdict

    assert verdict(row.replace("{end}", " .") + behind) == "refuted"
    assert verdict(row.replace("{end}", "") + "where $s = 1$.") != "refuted"


BESIDE = r"""
Let $a_t, s_t > 0$.
$$ \|x/a_t\|^2 s_t^2 = {left}, \qquad \mathrm{SNR}(t) = {right} . $$
"""


@pytest.mark.parametrize(
    ("left", "right", "verdicts"),
    [
        (r"\mathrm{SNR}(t)^{-1}\|x\|^2", "a_t^2/s_t^2", ["proved", "definition"]),
        (r"\mathrm{SNR}(t)\,\|x\|^2", "s_t^2/a_t^2", ["proved", "definition"]),
        (r"\mathrm{SNR}(t)\,\|x\|^2", "a_t^2/s_t^2", ["refuted", "definition"]),
        (r"\mathrm{SNR}(t)^{-1}\|x\|^2", "a_t/s_t", ["refuted", "definition"]),
    ],
)
def test_it_is_known_in_front_of_it_on_the_same_line(
    left: str, right: str, verdicts: list[str]
) -> None:
    rows = check_text(BESIDE.replace("{left}", left).replace("{right}", right)).rows
    assert [row.verdict for row in rows if not row.inline] == verdicts


def test_a_row_about_a_symbol_that_was_used_before_is_a_claim() -> None:
    text = "Let $a, b > 0$.\n$$ f(x) = a x $$\n"
    text += "$$ \\|f(x)\\|^2 = a^2 \\|x\\|^2, \\qquad f(x) = b x . $$"
    rows = [row.verdict for row in check_text(text).rows if not row.inline]
    assert rows[:2] == ["definition", "proved"]
    assert rows[2] != "definition"
