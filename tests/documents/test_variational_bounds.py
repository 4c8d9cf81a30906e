"""Latent variables: joint densities, their marginals and posteriors, divergences, x_{0:T}."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

JOINT = "$$\n\\log p_\\theta(x) = \\log \\int p_\\theta(x, z)\\, dz\n$$\n\n"
CHAIN = "$$\n\\log p_\\theta(x_0) = \\log \\int p_\\theta(x_{0:T})\\, dx_{1:T}\n$$\n\n"
NORMALS = "For $P = \\mathcal N(m, s^2 I)$ and $Q = \\mathcal N(n, r^2 I)$:\n\n"
DENSITY = "Let $a, b \\in \\mathbb R^d$, $s > 0$.\n\n"
GAP = (
    r"\mathrm{KL}( q(x_{1:T} | x_0) \| p_\theta(x_{1:T} | x_0) ) - \log p_\theta(x_0) ="
    r" \mathbb E_{q(x_{1:T} | x_0)} \Big[ \log \frac{q(x_{1:T} | x_0)}{p_\theta(x_{0:T})} \Big]"
)
SHIFTED = r"\mathrm{KL}(\mathcal N(a, s^2 I) \| \mathcal N(b, s^2 I)) = \frac{\|a - b\|^2}{2 s^2}"
NAMED = r"\mathrm{KL}(P \| Q) = d \log \frac{r}{s} - \frac d2 + \frac{d s^2 + \|m - n\|^2}{2 r^2}"
PAIRS = {
    "a marginal": (
        "",
        r"\int p_\theta(x, z)\, dz = p_\theta(x)",
        r"\int p_\theta(x, z)\, dz = p_\theta(z)",
    ),
    "a posterior": (
        JOINT,
        r"p_\theta(x, z) = p_\theta(z | x)\, p_\theta(x)",
        r"p_\theta(x, z) = p_\theta(z | x)\, p_\theta(z)",
    ),
    "the whole path, and all but its start": (
        CHAIN,
        r"\log p_\theta(x_0) = \log \int q(x_{1:T} | x_0)"
        r" \frac{p_\theta(x_{0:T})}{q(x_{1:T} | x_0)}\, dx_{1:T}",
        r"\log p_\theta(x_0) = \log \int q(x_{1:T} | x_0)\, p_\theta(x_{0:T})\, dx_{1:T}",
    ),
    "the gap of the bound": (
        CHAIN,
        GAP,
        GAP.replace("- \\log", "+ \\log"),
    ),
}
AGREEING = {
    "of Gaussians with names": (
        NORMALS,
        NAMED,
        NAMED.replace(r"\frac{r}{s}", r"\frac{s}{r}"),
    ),
    "of Gaussians": (DENSITY, SHIFTED, SHIFTED.replace("{2 s^2}", "{s^2}")),
}


def last(before: str, row: str) -> str:
    return check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict


@pytest.mark.parametrize("name", PAIRS)
def test_joint_densities(name: str) -> None:
    before, right, wrong = PAIRS[name]
    assert last(before, right) == "proved"
    assert last(before, wrong) in ("refuted", "open")


@pytest.mark.parametrize("name", AGREEING)
def test_divergences_of_gaussians(name: str) -> None:
    before, right, wrong = AGREEING[name]
    assert last(before, right) in ("agrees", "proved")
    assert last(before, wrong) == "refuted"


def test_a_posterior_that_is_defined_is_that() -> None:
    defined = "$$\np(z | x) = \\mathcal N(z; x, I)\n$$\n\n$$\np(x) = \\int p(x, z)\\, dz\n$$\n\n"
    assert last(defined, r"p(x, z) = p(z | x)\, p(x)") != "proved"
