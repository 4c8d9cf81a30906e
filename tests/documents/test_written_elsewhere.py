"""Notations that the corpus uses: a true row in each is decided, and its false neighbour is not."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

MIXED = (
    "Let $p_t(x) = \\int p_t(x|z) q(z) dz$ and\n\n$$\n"
    "u_t(x) = \\mathbb{E}_{q(z)} \\left[ \\frac{u_t(x|z) p_t(x|z)}{p_t(x)} \\right]\n$$\n\n"
)
FLOW = (
    "Let $\\psi_t(x) = \\sigma_t x + \\mu_t$ and\n\n$$\n"
    "\\frac{d}{dt} \\psi_t(x) = u_t(\\psi_t(x))\n$$\n\n"
)
PAIR = (
    "Let $X_t = (1-t) X_0 + t X_1$ and\n\n$$\n"
    "v^X(x,t) := \\mathbb E[X_1 - X_0 \\mid X_t = x]\n$$\n\n"
)
PAIRS = {
    "total variance with a posterior mean": (
        MIXED,
        r"\mathbb{E}_{t, q(z), p_t(x|z)} \|u_t(x|z)\|^2 - \mathbb{E}_{t, p_t(x)} \|u_t(x)\|^2"
        r" = \mathbb{E}_{t, q(z), p_t(x|z)} \|u_t(x|z) - u_t(x)\|^2",
        r"\mathbb{E}_{t, q(z), p_t(x|z)} \|u_t(x|z)\|^2 + \mathbb{E}_{t, p_t(x)} \|u_t(x)\|^2"
        r" = \mathbb{E}_{t, q(z), p_t(x|z)} \|u_t(x|z) - u_t(x)\|^2",
    ),
    "a cross term in one step": (
        MIXED,
        r"\mathbb{E}_{p_t(x)} \langle v_\theta(x,t), u_t(x) \rangle"
        r" = \mathbb{E}_{q(z), p_t(x|z)} \langle v_\theta(x,t), u_t(x|z) \rangle",
        r"\mathbb{E}_{p_t(x)} \langle v_\theta(x,t), u_t(x) \rangle"
        r" = \mathbb{E}_{q(z), p_t(x)} \langle v_\theta(x,t), u_t(x|z) \rangle",
    ),
    "gradients of two losses": (
        MIXED,
        r"\nabla_\theta \mathbb{E}_{p_t(x)} \|v_\theta(x,t) - u_t(x)\|^2"
        r" = \nabla_\theta \mathbb{E}_{q(z), p_t(x|z)} \|v_\theta(x,t) - u_t(x|z)\|^2",
        r"\nabla_\theta \mathbb{E}_{p_t(x)} \|v_\theta(x,t) - u_t(x)\|^2"
        r" = \nabla_\theta \mathbb{E}_{q(z), p_t(x|z)} \|v_\theta(x,t) + u_t(x|z)\|^2",
    ),
    "the inverse of an affine map": (
        FLOW,
        r"\psi_t^{-1}(y) = \frac{y - \mu_t}{\sigma_t}",
        r"\psi_t^{-1}(y) = \frac{y + \mu_t}{\sigma_t}",
    ),
    "the field that moves an affine flow": (
        FLOW,
        r"u_t(x) = \frac{\dot\sigma_t}{\sigma_t} (x - \mu_t) + \dot\mu_t",
        r"u_t(x) = \frac{\dot\sigma_t}{\sigma_t} (x - \mu_t) - \dot\mu_t",
    ),
    "a letter above another as a mark": (
        PAIR,
        r"v^X(x,t) = \frac{\mathbb E[X_1 \mid X_t = x] - x}{1-t}",
        r"v^X(x,t) = \frac{\mathbb E[X_1 \mid X_t = x] + x}{1-t}",
    ),
    "Bayes, with densities of one letter": (
        "",
        r"\nabla_x \log p(x|y) = \nabla_x \log p(x) + \nabla_x \log p(y|x)",
        r"\nabla_x \log p(x|y) = \nabla_x \log p(x) - \nabla_x \log p(y|x)",
    ),
    "Bayes at a time, the gradient in the letter of the row": (
        "",
        r"\nabla \log p_t(x|y) = \nabla \log p_t(x) + \nabla \log p_t(y|x)",
        r"\nabla \log p_t(x|y) = \nabla \log p_t(x) - \nabla \log p_t(y|x)",
    ),
    "a Gaussian kernel at a dot": (
        "$$\np_t(\\cdot|z) = \\mathcal{N}(\\alpha_t z, \\beta_t^2 I_d)\n$$\n\n",
        r"\nabla \log p_t(x|z) = - \frac{x - \alpha_t z}{\beta_t^2}",
        r"\nabla \log p_t(x|z) = \frac{x - \alpha_t z}{\beta_t^2}",
    ),
    "a process with its time in brackets": (
        "$$\np_{0t}(x(t) \\mid x(0)) = \\mathcal{N}(x(t); m(t) x(0), \\sigma(t)^2 I)\n$$\n\n",
        r"\nabla_{x(t)} \log p_{0t}(x(t) \mid x(0)) = - \frac{x(t) - m(t) x(0)}{\sigma(t)^2}",
        r"\nabla_{x(t)} \log p_{0t}(x(t) \mid x(0)) = \frac{x(t) - m(t) x(0)}{\sigma(t)^2}",
    ),
    "a word below a letter, in italics": (
        "Let $\\psi_t(x) = (1 - (1-\\sigma_{min}) t) x + t x_1$.\n\n",
        r"\frac{d}{dt} \psi_t(x) = x_1 - (1 - \sigma_{min}) x",
        r"\frac{d}{dt} \psi_t(x) = x_1 + (1 - \sigma_{min}) x",
    ),
    "a coefficient times a bracketed quotient": (
        "",
        r"\dot\beta_t \left( \frac{x - \alpha_t z}{\beta_t} \right) + \alpha_t x"
        r" = \frac{\dot\beta_t}{\beta_t} x - \frac{\dot\beta_t}{\beta_t} \alpha_t z + \alpha_t x",
        r"\dot\beta_t \left( \frac{x - \alpha_t z}{\beta_t} \right) + \alpha_t x"
        r" = \frac{\dot\beta_t}{\beta_t} x + \frac{\dot\beta_t}{\beta_t} \alpha_t z + \alpha_t x",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_right_row_is_proved_and_its_neighbour_is_not(name: str) -> None:
    before, right, wrong = PAIRS[name]
    verdicts = [
        check_text(f"{before}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict
        for row in (right, wrong)
    ]
    assert verdicts[0] == "proved"
    assert verdicts[1] not in ("proved", "agrees")


ASIDES = {
    "what is conditioned on": (
        "Let $I_t = \\alpha(t) x_0 + \\beta(t) x_1$ with $x_0 \\sim \\rho_0$, $x_1 \\sim \\rho_1$. "
        "Given $I_t = x$,\n\n$$\n\\mathbb E[x_0 + x_1 \\mid I_t = x]"
        " = \\mathbb E[x_0 \\mid I_t = x] + \\mathbb E[x_1 \\mid I_t = x]\n$$\n"
    ),
    "values at the ends": (
        "With $\\alpha_0 = \\beta_1 = 0$,\n\n$$\n\\alpha_t \\beta_t = \\beta_t \\alpha_t\n$$\n"
    ),
    "a loss at a time": (
        "$$\nJ(\\theta) = \\mathbb{E}_{t, p_t(x)} \\| s_\\theta(x,t) \\|^2\n$$\n\n$$\n"
        "J^t(\\theta) = \\mathbb{E}_{p_t(x)} \\| s_\\theta(x,t) \\|^2\n$$\n\n$$\n"
        "J(\\theta) = \\mathbb{E}_t [ J^t(\\theta) ]\n$$\n"
    ),
}


@pytest.mark.parametrize("name", ASIDES)
def test_what_is_no_claim_is_not_called_wrong(name: str) -> None:
    rows = check_text(ASIDES[name], "x", ".md").rows
    assert not {row.verdict for row in rows} & set(WRONG)
    assert rows[-1].verdict == "proved"


def test_densities_that_could_be_mixed_of_each_other_are_read() -> None:
    text = (
        "The data are $x_0 \\sim q(x_0)$, and $q(x_{t-1} | x_t, x_0)$, $q(x_t | x_{t-1})$,"
        " $q(x_t | x_0)$, $q(x_0 | x_t)$ and $q(x_t)$ are given.\n\n$$\n"
        "\\nabla_{x_t} \\log q(x_t | x_0) = \\frac{\\nabla_{x_t} q(x_t|x_0)}{q(x_t|x_0)}\n$$\n"
    )
    assert check_text(text, "x", ".md").rows[-1].verdict == "proved"
