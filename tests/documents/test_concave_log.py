"""Inequalities by the concavity of the logarithm: Jensen's, Gibbs', variational bounds."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

MARGINAL = r"$$ \log p_\theta(x) = \log \int p_\theta(x, z)\, dz $$"
BOUND = r"\mathbb E_{q(z | x)} \left[ \log \frac{p_\theta(x, z)}{q(z | x)} \right]"
MEAN = r"\log \mathbb E_{q(z | x)} \left[ \frac{p_\theta(x, z)}{q(z | x)} \right]"
KL = r"\mathrm{KL}( q(z | x) \| p_\theta(z | x) )"
PATH = r"\mathrm{KL}( q(x_{1:T} | x_0) \| p_\theta(x_{1:T} | x_0) )"
DENSITIES = r"Let $q(x)$ and $p(x)$ be two densities."
TRUE = {
    "Gibbs": (DENSITIES, r"\mathrm{KL}(q \| p) \ge 0"),
    "entropies": (DENSITIES, r"\mathbb E_{q(x)} [ \log p(x) ] \le \mathbb E_{q(x)} [ \log q(x) ]"),
    "Jensen": (MARGINAL, rf"{MEAN} \ge {BOUND}"),
    "the bound": (MARGINAL, rf"\log p_\theta(x) \ge {BOUND}"),
    "the bound and its gap": (MARGINAL, rf"{BOUND} + {KL} \ge {BOUND}"),
    "of a path": ("", rf"- \log p_\theta(x_0) \le - \log p_\theta(x_0) + {PATH}"),
}
FALSE = {
    "Gibbs": (DENSITIES, r"\mathrm{KL}(q \| p) \le 0"),
    "entropies": (DENSITIES, r"\mathbb E_{q(x)} [ \log p(x) ] \ge \mathbb E_{q(x)} [ \log q(x) ]"),
    "a strict bound": (DENSITIES, r"\mathrm{KL}(q \| p) \ge 1"),
    "of another density": (
        DENSITIES,
        r"\mathbb E_{q(x)} [ \log q(x) ] \le \mathbb E_{p(x)} [ \log p(x) ]",
    ),
    "Jensen": (MARGINAL, rf"{MEAN} \le {BOUND}"),
    "the bound": (MARGINAL, rf"\log p_\theta(x) \le {BOUND}"),
    "of a path": ("", rf"- \log p_\theta(x_0) \ge - \log p_\theta(x_0) + {PATH}"),
}


def last(before: str, row: str) -> str:
    return check_text(f"{before}\n\n$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", TRUE)
def test_a_bound(name: str) -> None:
    assert last(*TRUE[name]) == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_a_false_bound(name: str) -> None:
    assert last(*FALSE[name]) not in ("proved", "agrees")


def test_a_mean_that_is_not_one_bounds_nothing() -> None:
    """Twice the bound is no average of a logarithm of what has the mean 1."""
    assert last(MARGINAL, rf"\log p_\theta(x) \ge 2 {BOUND}") != "proved"
