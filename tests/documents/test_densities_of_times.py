"""A density that times are drawn from is any density, unless the document says otherwise."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $\pi$ and $\rho > 0$ be densities on $[0, 1]$, $x_t \sim p_t$ and
$\ell(t) = \mathbb E\|v_\theta(x_t, t)\|^2$.
"""
TRUE = {
    "its integral": r"\mathbb E_{t\sim\pi}[\ell(t)] = \int_0^1 \pi(t)\,\ell(t)\,dt",
    "uniform times with a weight": (
        r"\mathbb E_{t\sim\pi}[\ell(t)] = \mathbb E_{t\sim\mathcal U(0,1)}[\pi(t)\,\ell(t)]"
    ),
    "importance sampling": (
        r"\mathbb E_{t\sim\pi}[\ell(t)]"
        r" = \mathbb E_{t\sim\rho}\Big[\frac{\pi(t)}{\rho(t)}\,\ell(t)\Big]"
    ),
}
FALSE = {
    "as if it were uniform": r"\mathbb E_{t\sim\pi}[\ell(t)] = \int_0^1 \ell(t)\,dt",
    "another density": r"\mathbb E_{t\sim\pi}[\ell(t)] = \mathbb E_{t\sim\rho}[\ell(t)]",
    "the ratio upside down": (
        r"\mathbb E_{t\sim\pi}[\ell(t)]"
        r" = \mathbb E_{t\sim\rho}\Big[\frac{\rho(t)}{\pi(t)}\,\ell(t)\Big]"
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(name: str) -> None:
    assert check_text(f"{BEGIN}$$ {TRUE[name]} $$").rows[-1].verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_refuted(name: str) -> None:
    assert check_text(f"{BEGIN}$$ {FALSE[name]} $$").rows[-1].verdict == "refuted"
