"""Paths with Gaussian noise: their densities, scores and posteriors, by words and by formulas."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

PATH = r"""Let $x_1 \sim q$ and $z \sim \mathcal N(0, I)$ be independent of it,

$$ x_t = t x_1 + \gamma(t) z . $$

The density $\rho(t,x)$ of $x_t$ is smooth.

"""
KERNEL = r"""Write $\phi_\gamma$ for the density of $\gamma z$, that
is of $\mathcal N(0, \gamma^2 I)$.

"""
SCORE = r"""Let $(X_0, X_1)$ be independent, $X_0 \sim \mathcal N(0, I)$, and
$X_t = (1-t) X_0 + t X_1$. Write $q$ for the density of $X_1$ and $p_t$ for that of $X_t$.

"""
FIELD = r"""Let $(X_0, X_1)$ be any coupling, $X_t = (1-t) X_0 + t X_1$ and

$$ v(x, t) := \mathbb E[ X_1 - X_0 \mid X_t = x ] . $$

$$ \mathcal J[w] = \int_0^1 \mathbb E [ \tfrac12 \|w(X_t, t)\|^2 - \dot X_t \cdot w(X_t, t) ] dt $$

"""
LEFT = r"\int_0^1 \mathbb E \| X_1 - X_0 - w(X_t, t) \|^2 dt"
OWN = r"\int_0^1 \mathbb E \| X_1 - X_0 - v(X_t, t) \|^2 dt"
APART = r"\int_0^1 \mathbb E \| v(X_t, t) - w(X_t, t) \|^2 dt"
ROWS = {
    "the score": (
        PATH,
        r"\nabla \log \rho(t, x) = -\gamma^{-1}(t) E[ z | x_t = x ]",
        r"\nabla \log \rho(t, x) = \gamma^{-1}(t) E[ z | x_t = x ]",
    ),
    "the mean of the data": (
        PATH,
        r"E[ x_1 | x_t = x ] = \frac1t (x + \gamma^2(t) \nabla \log \rho(t, x))",
        r"E[ x_1 | x_t = x ] = \frac1t (x + \gamma(t) \nabla \log \rho(t, x))",
    ),
    "the slope of the density": (
        PATH,
        r"\nabla \rho(t, x) = -\gamma^{-2}(t) \rho(t, x) E[ x - t x_1 | x_t = x ]",
        r"\nabla \rho(t, x) = -\gamma^{-2}(t) \rho(t, x) E[ x - x_1 | x_t = x ]",
    ),
    "the density as an average": (
        PATH + KERNEL,
        r"\rho(t, x) = E_q [ \phi_\gamma(x - t x_1) ]",
        r"\rho(t, x) = E_q [ \phi_\gamma(x - x_1) ]",
    ),
    "a slope at a place": (
        PATH + KERNEL,
        r"\nabla \rho(t, x) = E_q [ \nabla \phi_\gamma(x - t x_1) ]",
        r"\nabla \rho(t, x) = - E_q [ \nabla \phi_\gamma(x - t x_1) ]",
    ),
    "one prediction is enough": (
        SCORE,
        r"\nabla \log p_t(x) = - \frac{ E[ X_0 \mid X_t = x ] }{ 1 - t }",
        r"\nabla \log p_t(x) = - \frac{ E[ X_1 \mid X_t = x ] }{ 1 - t }",
    ),
    "the loss of another field": (
        FIELD,
        rf"{LEFT} = {OWN} + {APART}",
        rf"{LEFT} = {OWN} - {APART}",
    ),
    "its value": (
        FIELD,
        r"\mathcal J[v] = - \tfrac12 \int_0^1 \mathbb E \|v(X_t, t)\|^2 dt",
        r"\mathcal J[v] = \tfrac12 \int_0^1 \mathbb E \|v(X_t, t)\|^2 dt",
    ),
    "the tower": (
        FIELD,
        r"\int_0^1 \mathbb E\, \mathbb E[ h(X_1 - X_0) \mid X_t ]\, dt = \mathbb E\, h(X_1 - X_0)",
        r"\int_0^1 \mathbb E\, \mathbb E[ h(X_1 - X_0) \mid X_t ]\, dt = \mathbb E\, h(X_1)",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_true_and_false(name: str) -> None:
    before, *rows = ROWS[name]
    found = [check_text(f"{before}$$ {row} $$").rows[-1].verdict for row in rows]
    assert found[0] == "proved"
    assert found[1] not in ("proved", "agrees")


def test_words_that_say_nothing_of_a_density_define_none() -> None:
    other = PATH.replace(
        "The density $\\rho(t,x)$ of $x_t$", "The density $\\rho(t,x)$ beside $x_t$"
    )
    row = r"$$ \nabla \log \rho(t, x) = -\gamma^{-1}(t) E[ z | x_t = x ] $$"
    assert check_text(other + row).rows[-1].verdict == "open"


TWEEDIE = r"""$X$ has any law $P$, $N \sim \mathcal N(0, I)$ is independent of it,
$Y = X + \sigma N$.

$$ \varphi_\sigma(u) = (2\pi\sigma^2)^{-d/2} \exp\left( -\frac{\|u\|^2}{2\sigma^2} \right) $$

and $Y$ has the smooth positive density

$$ g(y) = \int \varphi_\sigma(y - x) P(dx) . $$

"""


@pytest.mark.parametrize(("sign", "due"), [("+", "proved"), ("-", "refuted")])
def test_a_gaussian_density_that_is_written_out(sign: str, due: str) -> None:
    row = rf"$$ E[ X \mid Y = y ] = y {sign} \sigma^2 \nabla \log g(y) $$"
    assert [r.verdict for r in check_text(TWEEDIE + row).rows][-2:] == ["proved", due]


def test_another_formula_is_no_gaussian_density() -> None:
    other = TWEEDIE.replace("2\\pi\\sigma^2", "2\\pi\\sigma")
    assert [r.verdict for r in check_text(other).rows][-1] != "proved"


SCALED = r"""Let $y \sim q$ be data,
$n\sim\mathcal{N}(0,\sigma^2 I)$ independent noise, and $x=y+n$.
Write $p(x;\sigma)$ for the density of $x$, and $D(x;\sigma)=\mathbb{E}[y\mid x]$.

$$ {row} $$
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            r"p(x;\sigma)=\int q(y)\,\mathcal{N}(x;y,\sigma^2 I)\,dy",
            r"p(x;\sigma)=\int q(y)\,\mathcal{N}(x;y,\sigma I)\,dy",
        ),
        (
            r"\nabla_x\log p(x;\sigma)=\frac{D(x;\sigma)-x}{\sigma^2}",
            r"\nabla_x\log p(x;\sigma)=\frac{x-D(x;\sigma)}{\sigma^2}",
        ),
    ],
)
def test_noise_of_any_variance_makes_a_density_that_words_name(right: str, wrong: str) -> None:
    assert check_text(SCALED.replace("{row}", right)).rows[-1].verdict == "proved"
    assert check_text(SCALED.replace("{row}", wrong)).rows[-1].verdict in ("refuted", "open")
