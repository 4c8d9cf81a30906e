"""Rows that integrate a density: its mass is one over all that it draws, and over nothing less."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $q(z|x)$ be a density of $z$ for every $x$, $p(z)$ a density and $\rho(t)$ one on $[0, 1]$.
"""
TRUE = {
    "a density": r"\int p(z)\,dz = 1",
    "given another variable": r"\int q(z|x)\,dz = 1",
    "beside a factor": r"g(x) = g(x) \int q(z|x)\,dz",
    "a factor inside": r"\log g(x) = \int q(z|x) \log g(x)\,dz",
    "over an interval": r"\int_0^1 \rho(t)\,dt = 1",
    "one after the other": r"\int\int q(z|x)\,p(x)\,dz\,dx = 1",
}
FALSE = {
    "another mass": r"\int p(z)\,dz = 2",
    "a factor left out": r"\|x\|^2 = \int q(z|x)\,dz",
    "a factor that it integrates": r"\|x\|^2 = \int p(z)\,\|z\|^2\,dz",
    "a part": r"\int_0^{1/2} \rho(t)\,dt = 1",
    "squared": r"\int p(z)^2\,dz = 1",
    "over what is given": r"\int q(z|x)\,dx = 1",
}


@pytest.mark.parametrize("name", TRUE)
def test_true_rows_are_proved(name: str) -> None:
    assert check_text(f"{BEGIN}$$ {TRUE[name]} $$").rows[-1].verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_neighbours_are_not_proved(name: str) -> None:
    assert check_text(f"{BEGIN}$$ {FALSE[name]} $$").rows[-1].verdict in ("refuted", "scope")
