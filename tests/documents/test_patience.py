"""Limits of time: what they cut short is said, and patience makes them longer."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.patience import clock, lasting, patient

LOSS = r"""
Let $x_1 \sim q$, $x \sim p_t(x\mid x_1)$, and $p_t(x) = \int p_t(x\mid x_1) q(x_1)\,dx_1$.
$$
\mathbb E_{x_1 \sim q, x \sim p_t(\cdot\mid x_1)} \|v_\theta(x, t)\|^2
= \mathbb E_{x \sim p_t} \|v_\theta(x, t)\|^2
$$
"""


def test_a_row_that_time_was_too_short_for_says_so() -> None:
    with patient(1e-6):
        (row,) = [row for row in check_text(LOSS).rows if not row.inline]
    assert row.verdict in ("agrees", "open")
    assert "--patience" in row.message
    (row,) = [row for row in check_text(LOSS).rows if not row.inline]
    assert row.verdict == "proved"
    assert "--patience" not in row.message


def test_a_row_without_a_proof_does_not_speak_of_time() -> None:
    text = r"Let $x \sim q$. $$\mathbb E_{x \sim q}\|x\|^2 = c$$"
    rows = check_text(text).rows
    assert rows
    assert not any("--patience" in row.message for row in rows)


def test_the_clock_goes_slower_with_patience() -> None:
    with patient(8.0):
        eight = clock()
        assert lasting(0.5) == 4.0
        with patient(None):
            assert lasting(0.5) == 4.0
        with patient(1.0):
            assert clock() == pytest.approx(8 * eight, rel=0.2)
