"""One letter for two things, and what else only the whole document tells of a letter."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


def displayed(*rows: str) -> str:
    return "".join(f"$$\n{row}\n$$\n\n" for row in rows)


NOISED = r"Let $x_t = a_t x_0 + b_t \epsilon$ with $\epsilon \sim \mathcal N(0, I)$. "
MODEL = (
    NOISED + r"Put $x_\theta = (x_t - b_t \epsilon_\theta)/a_t$. The model is $x_\theta(x_t, t)$."
)
LEVEL = (
    r"Let $n \sim \mathcal N(0, \sigma^2 I)$. The loss is $\mathbb E_{\sigma, y, n}"
    r"[\| D_\theta(y + n; \sigma) - y \|^2]$. Take $\sigma(t)^2 = e^{a t} - 1$."
)
ENERGY = (
    r"Let $p(x) = e^{-E_\theta(x)} / Z(\theta)$ with $Z(\theta) = \int e^{-E_\theta(x)}\, dx$, "
    r"and $\mathbb E_{x \sim p}[x]$ its mean."
)
SHARPENED = (
    r"For the densities $p_t(x_t)$ and $p_t(x_t \mid y)$ let "
    r"$p_w(x_t \mid y) = \frac{1}{Z_w(y)} p_t(x_t)\, p_t(x_t \mid y)^w$."
)
MARGINAL = (
    r"Let $y = x + \sigma n$ with $x \sim p(x)$ and $n \sim \mathcal N(0, I)$, and "
    r"$p(y \mid x) = \mathcal N(y; x, \sigma^2 I)$."
    + "\n\n"
    + displayed(r"p(y) = \int p(y \mid x)\, p(x)\, dx")
)

TRUE = {
    "a model beside a point": (
        MODEL,
        r"\| x_0 - x_\theta(x_t, t) \|^2 ="
        r" \frac{b_t^2}{a_t^2} \| \epsilon - \epsilon_\theta(x_t, t) \|^2",
    ),
    "a curve beside a level": (
        LEVEL,
        r"\dot\sigma(t)\, \sigma(t) = \frac{a}{2} \big( \sigma(t)^2 + 1 \big)",
    ),
    "an energy": (ENERGY, r"\nabla_x \log p(x) = -\nabla_x E_\theta(x)"),
    "a sharpened density": (
        SHARPENED,
        r"\nabla_{x_t} \log p_w(x_t \mid y) ="
        r" \nabla_{x_t} \log p_t(x_t) + w\, \nabla_{x_t} \log p_t(x_t \mid y)",
    ),
    "a point that is a path elsewhere": (
        MARGINAL,
        r"\nabla_y p(y) = \int \frac{x - y}{\sigma^2}\, p(y \mid x)\, p(x)\, dx",
    ),
    "a model of a sum": (
        NOISED + r"There are models $s_\theta(x_0)$ and $\epsilon_\theta(x_0)$.",
        r"\mathbb E_{x_0, \epsilon} \| b_t\, s_\theta(a_t x_0 + b_t \epsilon) + \epsilon \|^2 ="
        r" \mathbb E_{x_0, \epsilon} \| \epsilon + b_t\, s_\theta(a_t x_0 + b_t \epsilon) \|^2",
    ),
}
FALSE = {
    "a model beside a point": r"\| x_0 - x_\theta(x_t, t) \|^2 ="
    r" \frac{b_t}{a_t} \| \epsilon - \epsilon_\theta(x_t, t) \|^2",
    "a curve beside a level": r"\dot\sigma(t)\, \sigma(t) ="
    r" \frac{a}{2} \big( \sigma(t)^2 - 1 \big)",
    "an energy": r"\nabla_x \log p(x) = \nabla_x E_\theta(x)",
    "a sharpened density": r"\nabla_{x_t} \log p_w(x_t \mid y) ="
    r" \nabla_{x_t} \log p_t(x_t) + \nabla_{x_t} \log p_t(x_t \mid y)",
    "a point that is a path elsewhere": r"\nabla_y p(y) ="
    r" \int \frac{y - x}{\sigma^2}\, p(y \mid x)\, p(x)\, dx",
    "a model of a sum": r"\mathbb E_{x_0, \epsilon} \| b_t\, s_\theta(a_t x_0 + b_t \epsilon)"
    r" + \epsilon \|^2 = \mathbb E_{x_0, \epsilon} \| \epsilon - b_t\, s_\theta(a_t x_0 + b_t"
    r" \epsilon) \|^2",
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_proved(name: str) -> None:
    before, row = TRUE[name]
    assert verdicts(f"{before}\n\n{displayed(row)}")[-1] == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name: str) -> None:
    before = TRUE[name][0]
    assert verdicts(f"{before}\n\n{displayed(FALSE[name])}")[-1] in ("refuted", "open")


def test_falls_is_an_english_verb() -> None:
    before = NOISED.replace("a_t", r"\alpha_t").replace("b_t", r"\sigma_t")
    text = before + r"The ratio $\rho(t) = \alpha_t^2 / \sigma_t^2$ falls in $t$."
    row = r"\frac{\alpha_t^2}{\sigma_t^2} - \frac{\alpha_s^2}{\sigma_s^2} = \rho(t) - \rho(s)"
    assert verdicts(f"{text}\n\n{displayed(row)}") == ["proved"]
    flipped = row.replace(r"\rho(t) - \rho(s)", r"\rho(s) - \rho(t)")
    assert verdicts(f"{text}\n\n{displayed(flipped)}") != ["proved"]
