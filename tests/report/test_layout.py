"""Breaking formulas over lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmproof.report.layout import formula_lines, hang, prose_lines

words = st.sampled_from(["u(x)", "−", "+", "=", "‖v‖²", "E_{t, x}[a", "b]", "dx", "<", "∞", "for"])
formulas = st.lists(words, min_size=1, max_size=30).map(" ".join)


@given(formulas, st.integers(5, 60))
def test_nothing_is_lost_and_only_spaces_are_broken(formula: str, width: int) -> None:
    lines = formula_lines(formula, width)
    assert " ".join(line.strip() for line in lines) == formula


@given(formulas, st.integers(40, 100))
def test_lines_keep_to_the_width(formula: str, width: int) -> None:
    assert all(len(line) <= width for line in formula_lines(formula, width))


@pytest.mark.parametrize(
    ("formula", "width", "expected"),
    [
        ("a + b", 5, ["a + b"]),
        # Sums come apart between their terms, before brackets are opened.
        (
            "E_{t, x}[‖u‖²] − 2 E_{t, x}[u·v] + C₁",
            30,
            ["E_{t, x}[‖u‖²]", "− 2 E_{t, x}[u·v] + C₁"],
        ),
        # A bracket that is too long by itself is opened, and what follows is indented.
        (
            "E_{t, x}[‖uuuuuuu‖² − 2 u·v + ‖v‖²] + C₁",
            30,
            ["E_{t, x}[‖uuuuuuu‖²", "  − 2 u·v + ‖v‖²] + C₁"],
        ),
        # The relation first, the quantifier before it, and never "< ∞" alone.
        ("L(θ) = aaaaaaaa + bbbbbbbb", 22, ["L(θ)", "= aaaaaaaa + bbbbbbbb"]),
        ("aaaa = bbbb for every θ", 18, ["aaaa = bbbb", "for every θ"]),
        (
            "E[aaaaaaaaaaaaaaaa + bbbbbb] < ∞",
            28,
            ["E[aaaaaaaaaaaaaaaa", "  + bbbbbb] < ∞"],
        ),
        ("∫ aaaaaaaaaa dx < ∞", 17, ["∫ aaaaaaaaaa", "dx < ∞"]),
        # Not within a law, nor within a Gaussian density, nor after a logarithm.
        (
            "E_{q, x~N(0, 1 − b)}[log N(y; m, 1 − c) − log p]",
            40,
            ["E_{q, x~N(0, 1 − b)}[log N(y; m, 1 − c)", "  − log p]"],
        ),
        # Without operators, between factors.
        ("∫∫ p_t(x) u_t(x)·v_t(x) dx dt", 20, ["∫∫ p_t(x)", "u_t(x)·v_t(x) dx dt"]),
        # What cannot be broken overflows.
        ("aaaaaaaaaaaaaaaaaaaa", 5, ["aaaaaaaaaaaaaaaaaaaa"]),
    ],
)
def test_breaks_where_a_person_would(formula: str, width: int, expected: list[str]) -> None:
    assert formula_lines(formula, width) == expected


def test_prose_never_leaves_finiteness_alone() -> None:
    assert prose_lines("needs E[aaaa] < ∞, which", 15) == ["needs", "E[aaaa] < ∞,", "which"]
    assert prose_lines("", 10) == [""]


def test_hang() -> None:
    assert list(hang("H1  ", ["a", "b"])) == ["H1  a", "    b"]
