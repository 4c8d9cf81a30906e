"""E without a law averages over the time as well, where the document draws it and no side fixes it."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

GIVEN = (
    "Let $x_1 \\sim q$ and $x_0 \\sim \\mathcal{N}(0, I)$ be independent, $t \\sim U[0,1]$, and "
    "$x_t = (1-t) x_0 + t x_1$ with $u_t(x) = \\mathbb{E}[x_1 - x_0 \\mid x_t = x]$.\n\n"
)
LOSS = "\\mathbb{E}\\, \\|v_\\theta(x_t, t) - (x_1 - x_0)\\|^2"
PARTS = (
    "\\mathbb{E}\\, \\|v_\\theta(x_t, t) - u_t(x_t)\\|^2 + "
    "\\mathbb{E}\\, \\|u_t(x_t) - (x_1 - x_0)\\|^2"
)
OTHER = PARTS.replace("+ \\m", "- \\m")


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(GIVEN + text).rows if not row.inline]


@pytest.mark.parametrize(("parts", "verdict"), [(PARTS, "proved"), (OTHER, "refuted")])
def test_a_loss_without_subscripts_is_an_average_over_time(parts: str, verdict: str) -> None:
    rows = f"$$ L(\\theta) = {LOSS} . $$\n\n$$ L(\\theta) = {parts} . $$\n"
    assert verdicts(rows) == ["definition", verdict]


@pytest.mark.parametrize(("parts", "verdict"), [(PARTS, "proved"), (OTHER, "refuted")])
def test_so_it_is_beside_one_that_names_all(parts: str, verdict: str) -> None:
    named = LOSS.replace("\\mathbb{E}", "\\mathbb{E}_{t, x_0, x_1}")
    assert verdicts(f"$$ {named} = {parts} . $$\n") == [verdict]


@pytest.mark.parametrize(("parts", "verdict"), [(PARTS, "proved"), (OTHER, "refuted")])
def test_averages_on_all_sides_hold_at_every_time(parts: str, verdict: str) -> None:
    assert verdicts(f"$$ {LOSS} = {parts} . $$\n") == [verdict]


def test_a_time_that_a_side_has_is_fixed() -> None:
    rows = f"$$ L_t(\\theta) = {LOSS} . $$\n\n$$ L_t(\\theta) = {PARTS} . $$\n"
    assert verdicts(rows) == ["definition", "proved"]
    norm = "$$ \\mathbb{E}\\, \\|t x_0\\|^2 = t^2 \\, \\mathbb{E}\\, \\|x_0\\|^2 . $$\n"
    assert verdicts(norm) == ["proved"]
    assert verdicts(norm.replace("t^2", "\\tfrac13")) == ["agrees"]  # E t^2: no side fixes t
    assert verdicts(norm.replace("t^2", "\\tfrac12")) == ["refuted"]


def test_a_law_that_leaves_the_time_out_is_still_out_of_scope() -> None:
    named = LOSS.replace("\\mathbb{E}", "\\mathbb{E}_{x_0, x_1}")
    assert verdicts(f"$$ L(\\theta) = {named} . $$\n") == ["scope"]
