"""Sums over coordinates are inner products, divergences and squared norms."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

FIELD = "Let $p$ be a density on $\\mathbb{R}^d$ and $s(x;\\theta)$ a smooth field.\n\n"
ROWS = (
    (
        "\\int \\nabla p(x) \\cdot s(x;\\theta)\\, dx",
        "\\sum_{i=1}^d \\int \\partial_i p(x)\\, s_i(x;\\theta)\\, dx",
    ),
    (
        "\\int p(x)\\, \\nabla\\cdot s(x;\\theta)\\, dx",
        "\\int \\sum_{i=1}^d p(x)\\, \\frac{\\partial s_i(x;\\theta)}{\\partial x_i}\\, dx",
    ),
    ("\\|s(x;\\theta)\\|^2", "\\sum_{i=1}^d s_i(x;\\theta)^2"),
)


@pytest.mark.parametrize(("left", "right"), ROWS)
def test_a_sum_over_coordinates(left: str, right: str) -> None:
    said = [check_text(f"{FIELD}$$ {left} = {sign}{right} $$\n").rows[-1] for sign in ("", "-")]
    assert [row.verdict for row in said] == ["proved", "refuted"]


def test_a_sum_over_points_is_none_over_coordinates() -> None:
    text = f"{FIELD}$$ \\|s(x;\\theta)\\|^2 = \\sum_{{i=1}}^K s_i(x;\\theta)^2 $$\n"
    assert check_text(text).rows[-1].verdict not in ("proved", "agrees")
