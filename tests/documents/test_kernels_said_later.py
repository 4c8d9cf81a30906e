"""p_t(z|x) = N(…) that a line says behind rows with p_t(z): it says nothing of p(x)."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""
We write $z_t = \alpha_t x + \sigma_t \epsilon$ where $x \sim p(x)$ and
$\epsilon\sim\mathcal N(0,I)$ are independent, in $\mathbb R^d$; $\alpha_t,\sigma_t>0$.
We write $p_t$ for the density of $z_t$.

$$
\mathbb{E}_{x\sim p(x)} \|x - m\|^2
= \mathbb{E}_{x\sim p(x)} \|x\|^2 - 2 m \cdot \mathbb{E}_{x\sim p(x)}[x] + \|m\|^2
$$

The transition density is $p_t(z\mid x) = \mathcal N(z;\alpha_t x,\sigma_t^2 I)$. Then

$$
\begin{aligned}
\nabla_z\log p_t(z) &= \frac{1}{p_t(z)}\int p(x)\,\nabla_z p_t(z\mid x)\,dx\\
&= -\frac{z-\alpha_t\,\mathbb E[x\mid z_t=z]}{\sigma_t^2}\\
&= -\frac{\mathbb E[\epsilon\mid z_t=z]}{SCALE}.
\end{aligned}
$$
"""


@pytest.mark.parametrize(("scale", "due"), [(r"\sigma_t", "proved"), (r"\sigma_t^2", "refuted")])
def test_a_score_as_an_average_of_noise(scale: str, due: str) -> None:
    rows = [r for r in check_text(TEXT.replace("SCALE", scale), "x", ".md").rows if not r.inline]
    assert [r.verdict for r in rows] == ["proved", "proved", "proved", due]


GUIDANCE = r"""
We write $z_t = \alpha_t x + \sigma_t \epsilon$ where $x \sim p(x)$ and
$\epsilon\sim\mathcal N(0,I)$ are independent. We write $p_t$ for the density of $z_t$,
 and $p_t(z\mid c)$ for the one of a class $c$.

$$
\nabla_z\log p_t(z)+\omega\,\big(\nabla_z\log p_t(z\mid c)-\nabla_z\log p_t(z)\big) = ROW
$$
"""


@pytest.mark.parametrize(
    ("row", "due"),
    [
        (r"\omega\,\nabla_z\log p_t(z\mid c) + (1-\omega)\,\nabla_z\log p_t(z)", "proved"),
        (r"(1+\omega)\,\nabla_z\log p_t(z\mid c) - \omega\,\nabla_z\log p_t(z)", "refuted"),
    ],
)
def test_two_scores_are_not_one(row: str, due: str) -> None:
    rows = check_text(GUIDANCE.replace("ROW", row), "x", ".md").rows
    assert [r.verdict for r in rows if not r.inline] == [due]
