"""p(t) = 1, of a time that is uniform, says nothing of p_t(x)."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""
Let $p_t(x) = \int p_t(x \mid z)\, p_{\rm data}(z)\, dz$ and
$u_t(x) = \int u_t(x \mid z) \frac{p_t(x \mid z)\, p_{\rm data}(z)}{p_t(x)}\, dz$. Then

$$
\mathbb E_{t \sim \mathcal U[0,1], x \sim p_t}[v(x, t)^\top u_t(x)]
= \int_0^1 \int p_t(x)\, p(t)\, v(x, t)^\top u_t(x)\, dx\, dt
$$

and since $p(t) = 1$ for $t \in [0, 1]$,

$$
= \int_0^1 \int\int v(x, t)^\top u_t(x \mid z)\, ROW\, dz\, dx\, dt
$$
"""


@pytest.mark.parametrize(
    ("densities", "said"),
    [
        (r"p_t(x \mid z)\, p_{\rm data}(z)", "proved"),
        (r"p_t(x \mid z)", "refuted"),
        (r"2\, p_t(x \mid z)\, p_{\rm data}(z)", "refuted"),
    ],
)
def test_a_dropped_density_behind_the_law_of_the_time(densities: str, said: str) -> None:
    assert check_text(TEXT.replace("ROW", densities)).rows[-1].verdict == said


def test_a_value_of_the_symbol_itself_holds_a_row_back() -> None:
    text = (
        "Let $w(t) = 1/(1 - t)$ and $x, y$ be vectors.\n\nFor $w(t) = 1$,\n\n"
        "$$ w(t)\\, \\|x - y\\|^2 = \\|x - y\\|^2 $$\n"
    )
    assert check_text(text).rows[-1].verdict not in ("refuted", "scope", "constant")
