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
