"""Signs below letters, b_+ and b_{-}: names of two fields."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

BEFORE = (
    "Let $\\rho$ be a density, $b$ a field, $\\epsilon > 0$, $b_{+}(x) = b(x) + \\epsilon\\,"
    "\\nabla\\log\\rho(x)$ and $b_{-}(x) = b(x) - \\epsilon\\,\\nabla\\log\\rho(x)$.\n\n"
)
TRUE = (
    r"\nabla\cdot(b_+(x)\,\rho(x)) - \epsilon\,\Delta\rho(x) = \nabla\cdot(b(x)\,\rho(x))",
    r"\nabla\cdot(b_{-}(x)\,\rho(x)) + \epsilon\,\Delta\rho(x) = \nabla\cdot(b(x)\,\rho(x))",
)


def verdict(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("row", TRUE)
def test_fields_with_a_sign_below_are_told_apart(row: str) -> None:
    assert verdict(BEFORE, row) == "proved"
    other = row.replace("b_+", "b_-") if "b_+" in row else row.replace("b_{-}", "b_{+}")
    assert verdict(BEFORE, other) == "refuted"


def test_a_part_by_its_sign_is_not_known() -> None:
    assert verdict("", r"x_+ - x_- = 0") not in ("proved", *WRONG)
