"""Equations put into a row that have a number which the row has not: it may be 0 by words."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text
from fmproof.documents.model import WRONG

FIELDS = r"""
## Any path

Let

$$
p_t(x \mid y) = \mathcal N\big(x; \mu_t(y), \sigma_t(y)^2 I\big), \qquad
\psi_t(x) = \sigma_t(y)\, x + \mu_t(y), \qquad
\frac{d}{dt} \psi_t(x) = u_t\big(\psi_t(x) \mid y\big) .
$$

**Theorem.** The field that does this is

$$
u_t(x \mid y) = \frac{\sigma_t'(y)}{\sigma_t(y)} \big(x - \mu_t(y)\big) + \mu_t'(y).
$$

**Proof.** The map has the inverse and the derivative

$$
\psi_t^{-1}(z) = \frac{z - \mu_t(y)}{\sigma_t(y)}, \qquad
\frac{d}{dt} \psi_t(x) = \sigma_t'(y)\, x + \mu_t'(y).
$$

With $x = \psi_t^{-1}(z)$

$$
\begin{aligned}
u_t(z \mid y) &= \sigma_t'(y)\, \psi_t^{-1}(z) + \mu_t'(y) \\
&= \frac{\sigma_t'(y)}{\sigma_t(y)} \big(z - \mu_t(y)\big) + \mu_t'(y).
\end{aligned}
$$

## Straight paths

$$
\mu_t(y) = t\, y, \qquad \sigma_t(y) = 1 - (1 - s)\, t.
$$

Then

$$
u_t(x \mid y) = VALUE .
$$
"""


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (r"\frac{y - (1 - s)\, x}{1 - (1 - s)\, t}", False),
        (r"\frac{y - x}{1 - t}", False),  # where s is 0
        ("y", False),  # where s is 1
        (r"\frac{y + x}{1 - t}", True),
    ],
)
def test_a_number_that_words_may_make_zero(value: str, wrong: bool) -> None:
    row = check_text(FIELDS.replace("VALUE", value), "x", ".md").rows[-1]
    assert (row.verdict in WRONG) is wrong


READ_OFF = (
    r"Let $\alpha_t^2 + \sigma_t^2 = 1$, $z_t = \alpha_t x + \sigma_t \epsilon$, $x \sim q$, "
    r"$\epsilon \sim \mathcal N(0, I)$. If a network predicts $\epsilon_\theta$ and we read off "
    r"$x_\theta = (z_t - \sigma_t \epsilon_\theta)/\alpha_t$, then"
    "\n\n$$\n\\| x - x_\\theta \\|^2 = VALUE \\| \\epsilon - \\epsilon_\\theta \\|^2 .\n$$\n"
)


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (r"\frac{\sigma_t^2}{\alpha_t^2}", False),
        (r"\frac{1 - \alpha_t^2}{\alpha_t^2}", False),
        (r"\frac{\sigma_t}{\alpha_t^2}", True),
        (r"\frac{1 - \alpha_t}{\alpha_t^2}", True),
    ],
)
def test_an_estimate_at_the_points_of_a_row(value: str, wrong: bool) -> None:
    row = check_text(READ_OFF.replace("VALUE", value), "x", ".md").rows[-1]
    assert (row.verdict in WRONG) is wrong


MEANS = (
    "Let $z = a x + b e$ with $x \\sim q$, $e \\sim \\mathcal N(0, I)$, "
    "$\\hat x = \\mathbb E[x \\mid z]$ and {}.\n\n## Between them\n\n$$ \\hat x = {} $$\n"
)


@pytest.mark.parametrize(
    ("noise", "value", "said"),
    [
        (r"$\hat e = \mathbb E[e \mid z]$", r"\frac{z - b \hat e}{a}", "proved"),
        (r"$\hat e = \mathbb E[e \mid z]$", r"\frac{z + b \hat e}{a}", "refuted"),
        (r"a network $\hat e$", r"\frac{z + b \hat e}{a}", "definition"),
    ],
)
def test_a_mean_by_another_one_is_no_definition(noise: str, value: str, said: str) -> None:
    assert check_text(MEANS.format(noise, value), "x", ".md").rows[-1].verdict == said
