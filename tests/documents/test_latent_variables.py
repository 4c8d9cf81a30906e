"""Decoders, encoders and posteriors of latent variables, and steps between two times."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

MODEL = r"""
Data $x \sim p_{\text{data}}$ in $\mathbb{R}^d$. Let $p(z) = \mathcal{N}(z; 0, I)$ be the prior,
$p_\theta(x|z)$ the decoder and $q_\phi(z|x)$ the encoder. Then

$$
\log p_\theta(x) - \mathbb{E}_{q_\phi(z|x)}\left[\log \frac{p_\theta(x,z)}{q_\phi(z|x)}\right] =
"""

ENCODER = r"""
Let $p(z) = \mathcal{N}(z; 0, I)$, and let $q_\phi(z|x)$ be an encoder of a decoder
$p_\theta(x|z)$. So

$$
\log \mathbb{E}_{q_\phi(z|x)}\left[\frac{p_\theta(x|z)\, p(z)}{q_\phi(z|x)}\right]
\geq \mathbb{E}_{q_\phi(z|x)}\left[\log \frac{p_\theta(x|z)\, p(z)}{q_\phi(z|x)}\right].
$$

For $q_\phi(z|x) = \mathcal{N}(z; \mu_\phi(x), s_\phi(x)^2 I)$,

$$
\mathrm{KL}\left(q_\phi(z|x)\,\|\,p(z)\right) =
"""

STEPS = r"""
Data $x \sim p(x)$. We set $z_t = \alpha_t x + \sigma_t \epsilon$ with
$\epsilon \sim \mathcal{N}(0,I)$ independent of $x$ and $\alpha_{t|s} = \alpha_t/\alpha_s$.
The posterior is
$q(z_s|z_t,x) = \mathcal{N}(z_s; \mu_Q(z_t,x;s,t), \sigma_Q^2(s,t) I)$. Then

$$
\mathrm{KL}\left(q(z_s|z_t,x)\,\|\,p_\theta(z_s|z_t)\right) =
"""

BEHIND = r"""

where $p_\theta(z_s|z_t) = \mathcal{N}(z_s; \mu_\theta(z_t;s,t), \sigma_Q^2(s,t) I)$.
"""

CASES = {
    "the gap of the bound": (
        MODEL,
        r"\mathrm{KL}\left(q_\phi(z|x)\,\|\,p_\theta(z|x)\right)",
        "",
        "proved",
    ),
    "the gap the other way round": (
        MODEL,
        r"\mathrm{KL}\left(p_\theta(z|x)\,\|\,q_\phi(z|x)\right)",
        "",
        "refuted",
    ),
    "the gap to the prior": (
        MODEL,
        r"\mathrm{KL}\left(q_\phi(z|x)\,\|\,p(z)\right)",
        "",
        "refuted",
    ),
    "an encoder that is Gaussian from here on": (
        ENCODER,
        r"\frac{1}{2}\left(\|\mu_\phi(x)\|^2 + d\, s_\phi(x)^2 - d - 2 d \log s_\phi(x)\right)",
        "",
        "proved",
    ),
    "and its logarithm without the 2": (
        ENCODER,
        r"\frac{1}{2}\left(\|\mu_\phi(x)\|^2 + d\, s_\phi(x)^2 - d - d \log s_\phi(x)\right)",
        "",
        "refuted",
    ),
    "two Gaussians of one variance, one of them said behind": (
        STEPS,
        r"\frac{1}{2\sigma_Q^2(s,t)}\,\|\mu_Q(z_t,x;s,t)-\mu_\theta(z_t;s,t)\|^2",
        BEHIND,
        "proved",
    ),
    "and without the 2": (
        STEPS,
        r"\frac{1}{\sigma_Q^2(s,t)}\,\|\mu_Q(z_t,x;s,t)-\mu_\theta(z_t;s,t)\|^2",
        BEHIND,
        "refuted",
    ),
    "of a density of which nothing is said": (
        STEPS,
        r"\frac{1}{2\sigma_Q^2(s,t)}\,\|\mu_Q(z_t,x;s,t)-\mu_\theta(z_t;s,t)\|^2",
        "",
        "open",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_divergence_of_latent_variables(name: str) -> None:
    before, claim, behind, due = CASES[name]
    rows = check_text(before + claim + "\n$$\n" + behind, "x", ".md").rows
    assert [r.verdict for r in rows if not r.inline][-1] == due


LOSS = r"""
Data $x \sim p(x)$, noise $\epsilon \sim \mathcal{N}(0,I)$ and
$z_t = \alpha_t x + \sigma_t \epsilon$. Let

$$
\mathcal{L}(x) = \mathbb{E}_{\epsilon}\int_0^1 w_t \,\|x - \hat x_\theta(z_t, t)\|^2\,dt .
$$

With $\hat\epsilon_\theta(z_t,t) = (z_t - \alpha_t \hat x_\theta(z_t,t))/\sigma_t$ this is

$$
\mathcal{L}(x) = \mathbb{E}_{\epsilon}\int_0^1 w_t \,
"""


@pytest.mark.parametrize(
    ("weight", "wrong"),
    [(r"\frac{\sigma_t^2}{\alpha_t^2}", False), (r"\frac{\sigma_t}{\alpha_t}", True)],
)
def test_what_a_loss_is_a_function_of_is_not_drawn(weight: str, wrong: bool) -> None:
    text = LOSS + weight + r"\,\|\epsilon - \hat\epsilon_\theta(z_t,t)\|^2\,dt" + "\n$$\n"
    row = [r for r in check_text(text, "x", ".md").rows if not r.inline][-1]
    assert (row.verdict == "refuted") is wrong
    assert row.verdict in ("refuted", "agrees", "proved")


@pytest.mark.parametrize(
    ("row", "due"),
    [
        (r"\mu_Q(z_t, x) = \frac{\tau^2(s,t)}{\tau^2(s,t) + 1} x", "definition"),
        (r"\frac{1}{\tau^2(s,t)} = \frac{\sigma_t^2}{\sigma_s^2 \sigma_{t|s}^2}", "proved"),
        (r"\frac{1}{\tau^2(s,t)} = \frac{\sigma_t}{\sigma_s \sigma_{t|s}}", "open"),
    ],
)
def test_a_variance_of_two_times_is_a_square(row: str, due: str) -> None:
    text = (
        r"""
For $s < t$ put

$$
\tau^2(s,t) = \frac{\sigma_s^2\,\sigma_{t|s}^2}{\sigma_t^2} .
$$

So

$$
"""
        + row
        + "\n$$\n"
    )
    assert [r.verdict for r in check_text(text, "x", ".md").rows if not r.inline][-1] == due
