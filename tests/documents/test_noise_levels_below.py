"""p_σ, of which words say that it is the density of x = y + n with n ~ N(0, σ² I)."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""
Let $y \sim q$ in $\mathbb{R}^d$ and let $n \sim \mathcal{N}(0, \sigma^2 I)$ be independent of $y$;
the sum $x = y + n$ with density $p_\sigma$ is what a denoiser sees.

$$
\begin{aligned}
\nabla_x\, p_\sigma(x) &= \int q(y)\, \nabla_x\, \mathcal{N}(x; y, \sigma^2 I)\, dy \\
&= ROW
\end{aligned}
$$
"""


@pytest.mark.parametrize(
    ("row", "due"),
    [
        (r"\frac{1}{\sigma^2}\, p_\sigma(x) \left( \mathbb{E}[y\mid x] - x \right)", {"proved"}),
        (
            r"\frac{1}{\sigma}\, p_\sigma(x) \left( \mathbb{E}[y\mid x] - x \right)",
            {"refuted", "open"},
        ),
        (
            r"\frac{1}{\sigma^2}\, p_\sigma(x) \left( x - \mathbb{E}[y\mid x] \right)",
            {"refuted", "open"},
        ),
    ],
)
def test_the_density_at_a_noise_level(row: str, due: set[str]) -> None:
    rows = [r for r in check_text(TEXT.replace("ROW", row), "x", ".md").rows if not r.inline]
    assert rows[0].verdict == "proved"
    assert rows[-1].verdict in due


TWO_LOSSES = r"""
Noise $x_0 \sim \mathcal N(0, I)$ and data $x_1 \sim q$ are independent, $t \sim \mathcal U[0,1]$,
$\sigma > 0$, and $u_t(x|x_1)$ is the field of one point.

$$ p_t(x | x_1) = \mathcal N(x; t x_1, (1 - (1-\sigma) t)^2 I) $$

$$ p_t(x) = \int p_t(x | x_1) q(x_1) dx_1 $$

$$ u_t(x) = \int u_t(x | x_1) \frac{p_t(x | x_1) q(x_1)}{p_t(x)} dx_1 $$

$$ L(\theta) = E_{t, x \sim p_t} \| v_\theta(x, t) - u_t(x) \|^2 $$

$$ M(\theta) = E_{t, x_1 \sim q, x \sim p_t(\cdot|x_1)}
\| v_\theta(x, t) - FACTOR u_t(x|x_1) \|^2 $$

$$ \nabla_\theta L(\theta) = \nabla_\theta M(\theta) $$
"""


@pytest.mark.parametrize(("factor", "proved"), [("", True), ("2", False), ("\\sigma", False)])
def test_losses_keep_their_names_beside_a_number_that_is_not_written(
    factor: str, proved: bool
) -> None:
    found = check_text(TWO_LOSSES.replace("FACTOR", factor)).rows[-1]
    assert (found.verdict == "proved") is proved
    assert found.verdict == ("proved" if proved else "refuted")
