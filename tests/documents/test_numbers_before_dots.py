r"""β/(1 − ᾱ) \cdot x is a multiple of x, where the document has 1 − β: β is a number."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""
Let $\alpha_t = 1-\beta_t$ and $\bar\alpha_t = \prod_{s=1}^t \alpha_s$. For
$x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon$
with $\epsilon \sim \mathcal{N}(0, I)$ in $\mathbb{R}^d$ the mean of the posterior is

$$
\begin{aligned}
\tilde\mu_t(x_t, x_0) &= \frac{\sqrt{\bar\alpha_{t-1}}\,\beta_t}{1-\bar\alpha_t}\,x_0
 + \frac{\sqrt{\alpha_t}\,(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}\,x_t \\
&= \frac{\sqrt{\bar\alpha_{t-1}}\,\beta_t}{1-\bar\alpha_t}\cdot
 \frac{x_t - \sqrt{1-\bar\alpha_t}\,\epsilon}{\sqrt{\bar\alpha_t}}
 + \frac{\sqrt{\alpha_t}\,(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}\,x_t \\
&= ROW
\end{aligned}
$$
"""


@pytest.mark.parametrize(
    ("row", "due"),
    [
        (
            r"\frac{1}{\sqrt{\alpha_t}}\Big(x_t -"
            r" \frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\,\epsilon\Big)",
            "proved",
        ),
        (
            r"\frac{1}{\sqrt{\alpha_t}}\Big(x_t - \frac{\beta_t}{1-\bar\alpha_t}\,\epsilon\Big)",
            "refuted",
        ),
    ],
)
def test_a_fraction_before_a_dot_scales(row: str, due: str) -> None:
    rows = [r for r in check_text(TEXT.replace("ROW", row), "x", ".md").rows if not r.inline]
    assert [r.verdict for r in rows] == ["definition", "proved", due]


def test_a_dot_between_vectors_stays_an_inner_product() -> None:
    text = "$$\n\\|x\\|^2 + f(x) \\cdot x = x \\cdot (x + f(x))\n$$\n"
    assert [r.verdict for r in check_text(text, "x", ".md").rows][-1] == "proved"
