"""What several displays say of one conditional mean, each put in by itself."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""
$$
y_t = \alpha_t\, w + \beta_t\, n, \qquad w \sim q, \quad n \sim \mathcal N(0, I)
$$

For a given $y_t$ write $\hat w = \mathbb E[w \mid y_t]$ and $\hat n = \mathbb E[n \mid y_t]$, so

$$
y_t = \alpha_t\, \hat w + \beta_t\, \hat n , \qquad
\hat w = \frac{y_t - \beta_t\, \hat n}{\alpha_t} .
$$

The velocity is $r(y_t) = \mathbb E[\dot y_t \mid y_t]$, so

$$
r = \dot\alpha_t\, \hat w + \dot\beta_t\, \hat n .
$$

Putting the first in,

$$
\begin{aligned}
r &= \dot\alpha_t\, \frac{y_t - \beta_t\, \hat n}{\alpha_t} + \dot\beta_t\, \hat n \\
&= \frac{\dot\alpha_t}{\alpha_t}\, y_t
+ \Big( \dot\beta_t - \frac{\dot\alpha_t}{\alpha_t}\, \beta_t \Big)\, \hat n
\end{aligned}
$$

With the log ratio

$$
\ell_t := \log \frac{\beta_t^2}{\alpha_t^2}, \qquad
\dot\ell_t = 2 \left( \frac{\dot \beta_t}{\beta_t} - \frac{\dot \alpha_t}{\alpha_t} \right)
$$

this is

$$
r = \frac{\dot\alpha_t}{\alpha_t}\, y_t %s \beta_t\, \dot\ell_t\, \hat n .
$$
"""


@pytest.mark.parametrize(
    ("factor", "due"),
    [(r"+ \tfrac12\,", "proved"), (r"- \tfrac12\,", "refuted"), ("+", "refuted")],
)
def test_a_name_for_its_coefficient(factor: str, due: str) -> None:
    assert check_text(TEXT % factor, "x", ".md").rows[-1].verdict == due
