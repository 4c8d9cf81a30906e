"""The text renderer: layout, detail levels, colour."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fmproof.report.model import Formula, Report, Symbol
from fmproof.report.text import Detail, render

PROVED = """\
mine: Expanding a mean square
arXiv 2210.02747
  Theorem  0 ≤ loss

  Part 1
         E_{x~p}[‖u(x) − v(x)‖²]
  ✓ 1  = E_{x~p}[‖u(x)‖² − 2 u(x)·v(x) + ‖v(x)‖²]                       square
  ✓ 2  ≥ 0                                                         nonnegative

  Hypotheses
  H1  E_{x~p}[‖u(x)‖²] < ∞
      the field is square integrable
      used by 1

  Constants
  C₁ = E_{x~p}[‖v(x)‖²]

  ✓ proved, 2 steps in 0.50 s

✓ proved: 1 derivation, 2 steps in 0.75 s
"""

FAILED = """\
mine: Expanding a mean square
  Theorem  loss = wrong

  Part 1
         E_{x~p}[‖u(x) − v(x)‖²]
  ✓ 1  = E_{x~p}[‖u(x)‖² − 2 u(x)·v(x) + ‖v(x)‖²]                       square
         the square of a difference
         needs E_{x~p}[‖u(x)‖²] < ∞
               by Cauchy–Schwarz, H1
  ✗ 2  = E_{x~p}[‖u(x)‖²] − E_{x~p}[u(x)·v(x)] + C₁                  linearity
         needs E_{x~p}[‖u(x)‖²] < ∞
               not derived from the hypotheses
         the claim is not what linearity gives
         rule gives   E_{x~p}[‖u(x)‖²] − 2 E_{x~p}[u(x)·v(x)]
                      + E_{x~p}[‖v(x)‖²]
         claim gives  found
         difference   −E_{x~p}[u(x)·v(x)]
         where        under E_{x~p}
         hint         the factor is 2
         written at   mine.py:12

  Assumed but not declared
  ✗ E_{x~p}[‖u(x)‖²] < ∞
    used by 2

  ✗ failed: 1 of 2 steps failed (2); no part proves the statement loss = wrong

✗ failed: 1 of 1 derivation, 1 of 2 steps in 0.75 s
"""


def test_a_proof(proved: Report) -> None:
    assert render(proved, width=78) == PROVED


def test_a_failure_with_all_details(failed: Report) -> None:
    assert render(failed, Detail.STEPS, width=78) == FAILED


def test_quiet_is_one_line_a_derivation(proved: Report, failed: Report) -> None:
    both = Report("1", (*proved.derivations, *failed.derivations), 1.0)
    assert render(both, Detail.QUIET).splitlines() == [
        "✓ mine  proved, 2 steps in 0.50 s",
        "✗ mine  failed: 1 of 2 steps failed (2); no part proves the statement loss = wrong",
    ]


def test_failures_among_several_are_repeated_at_the_end(proved: Report, failed: Report) -> None:
    both = Report("1", (*proved.derivations, *failed.derivations), 1.0)
    assert render(both).splitlines()[-2:] == [
        "✗ mine  failed: 1 of 2 steps failed (2); no part proves the statement loss = wrong",
        "✗ failed: 1 of 2 derivations, 1 of 4 steps in 1.00 s",
    ]


@pytest.mark.parametrize("detail", Detail)
def test_colour_changes_nothing_but_colour(failed: Report, detail: Detail) -> None:
    coloured = render(failed, detail, colour=True)
    plain = render(failed, detail)
    assert "\x1b[" in coloured
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


@pytest.mark.parametrize("width", [60, 80, 100])
def test_lines_keep_to_the_width(failed: Report, width: int) -> None:
    lines = render(failed, Detail.STEPS, width).splitlines()
    assert max(map(len, lines)) <= width
    assert not any(line.endswith(" ") for line in lines)


def test_long_titles_and_notes_are_filled(proved: Report) -> None:
    (derivation,) = proved.derivations
    long = replace(derivation, title="word " * 40, source="two\nlines and\ttabs")
    lines = render(replace(proved, derivations=(long,)), width=60).splitlines()
    assert max(map(len, lines)) <= 60
    assert "two lines and tabs" in lines


def test_used_by_runs_of_neighbours(proved: Report) -> None:
    (derivation,) = proved.derivations
    (part,) = derivation.parts
    step = part.steps[1]
    part = replace(part, steps=tuple(replace(step, id=str(i)) for i in range(1, 8)))
    used = replace(derivation.hypotheses[0], used_by=("1", "2", "4", "5", "6", "7"))
    shown = render(
        replace(proved, derivations=(replace(derivation, parts=(part,), hypotheses=(used,)),))
    )
    assert "used by 1, 2, 4–7" in shown


def test_a_single_chain_does_not_repeat_its_title(proved: Report) -> None:
    (derivation,) = proved.derivations
    part = replace(derivation.parts[0], title=derivation.title)
    shown = render(replace(proved, derivations=(replace(derivation, parts=(part,)),)))
    assert shown.count(derivation.title) == 1


def test_an_empty_report_proves_nothing() -> None:
    assert render(Report("1", (), 0.0)) == "✗ failed: 0 of 0 derivations, 0 of 0 steps in 0.00 s\n"


@pytest.mark.parametrize(
    ("name", "meaning", "words", "described"),
    [
        ("u_t(x|z)", "vector field", "a vector field", "a vector field"),
        ("p(t)", "uniform density in t on [0, 1] (the constant 1)", "the uniform density on [0, 1]",
         "the uniform density on [0, 1] (the constant 1)"),
        ("ρ(t)", "probability density in t on [0, 1]", "a density on [0, 1]",
         "a density on [0, 1], a probability density in t"),
        ("w(t)", "nonnegative function", "a weight", "a weight, a nonnegative function"),
        ("p(z)", "probability density in z", "", "probability density in z"),
        ("q(z)", "any law, which need not have a density", "the data",
         "the data, any law, which need not have a density"),
        ("t", "real numbers", "", "real number"),
        ("s, t", "real numbers", "", "real numbers"),
    ],
)  # fmt: skip
def test_a_symbol_is_described_without_saying_a_thing_twice(
    name: str, meaning: str, words: str, described: str
) -> None:
    assert Symbol(Formula(name, name), meaning, None, words).described == described
