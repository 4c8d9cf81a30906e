"""What differs between two formulas, by units, and cut to the smallest piece."""

from __future__ import annotations

import itertools

import pytest

from fmproof import check
from fmproof.derivations import BUILTIN, load
from fmproof.report.breaking import piece_bounds, tokenised
from fmproof.report.changes import changed, runs, smallest, symbol_ranges

LINE = "E_{t~U[0,1], x~p_t}[‖u_t(x)‖² − 2 u_t(x)·v_t(x|z)] + C₁"


@pytest.mark.parametrize(
    ("other", "here", "there"),
    [
        (LINE.replace("− 2", "− 3"), "… − 2 u_t(x)·v_t(x|z) …", "… − 3 u_t(x)·v_t(x|z) …"),
        (LINE.replace("− 2", "+ 2"), "… − 2 u_t(x)·v_t(x|z) …", "… + 2 u_t(x)·v_t(x|z) …"),
        (LINE.replace("x|z", "x"), "… − 2 u_t(x)·v_t(x|z) …", "… − 2 u_t(x)·v_t(x) …"),
        (LINE.replace("C₁", "C₂"), "… + C₁", "… + C₂"),
        (LINE.replace("‖u_t(x)‖", "‖u_t(x) − w‖"), "… u_t(x) …", "… u_t(x) − w …"),
        ("L_FM(θ)", LINE, "L_FM(θ)"),
        ("", LINE, ""),
        ("[[[", LINE, "[[["),
        ("]", LINE, "]"),
    ],
)
def test_the_smallest_piece(other: str, here: str, there: str) -> None:
    assert smallest(LINE, other) == (here, there)


def test_what_is_left_out_is_the_same_on_both_sides() -> None:
    claims = [s.claim.text for d in _reports() for s in d.steps]
    for one, other in itertools.pairwise(claims):
        first, second = smallest(one, other)
        inside = [piece.strip("… ") for piece in (first, second)]
        before = one[: one.index(inside[0])] if first.startswith("…") else ""
        after = one[len(before) + len(inside[0]) :] if first.endswith("…") else ""
        assert before + inside[0] + after == one
        assert before + inside[1] + after == other


def _reports():
    return check([load(name) for name in BUILTIN]).derivations


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("a + b", "a + c", ["b"], ["c"]),
        (r"p_t(x) \, p(t) \, u_t(x)", r"p_t(x) \, u_t(x)", ["p(t)"], []),
        (r"\frac{a}{b} x", r"\frac{a}{c} x", [r"\frac{a}{b}"], [r"\frac{a}{c}"]),
        (r"u_t^{\theta}(x)", r"u_t(x)", [r"u_t^{\theta}(x)"], ["u_t(x)"]),
        (r"\bigl[x\bigr]", r"\bigl[x\bigr]", [], []),
        ("a", "a + b - c", [], ["+ b - c"]),
    ],
)
def test_units_that_changed(before: str, after: str, gone: list[str], new: list[str]) -> None:
    found = []
    for formula, ranges in zip((before, after), changed(before, after), strict=True):
        tokens = tokenised(formula)
        found.append(["".join(tokens[a:b]) for a, b in runs(ranges, tokens)])
    assert found == [gone, new]


def test_units_and_pieces_cover_every_formula_without_cutting_a_group() -> None:
    for d in _reports():
        for step in d.steps:
            tokens = tokenised(step.claim.latex)
            found = symbol_ranges(tokens)
            held = "".join("".join(tokens[a:b]) for a, b in found)
            assert held.count("{") == held.count("}") == step.claim.latex.count("{")
            assert all(a < b for a, b in found)
            assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
            pieces = piece_bounds(tokens)
            assert "".join("".join(tokens[a:b]) for a, b in pieces) == "".join(tokens)
            for a, b in pieces:
                piece = "".join(tokens[a:b])
                assert piece.count("{") == piece.count("}")
