"""q(x_t|x_0) beside the step q(x_t|x_{t-1}) of a chain: two densities of one letter."""

from __future__ import annotations

from fmproof.documents.check import check_text

CHAIN = r"""$$ q(x_t | x_{t-1}) = \mathcal N(x_t; \sqrt{1 - \beta_t}\, x_{t-1}, \beta_t I) $$

$$ x_t = a_t\, x_0 + s_t\, \epsilon, \qquad \epsilon \sim \mathcal N(0, I) $$

$$ \nabla_{x_t} \log q(x_t | x_0) = -\frac{x_t - a_t\, x_0}{s_t^2} $$
"""


def test_the_score_given_the_start_is_not_that_of_a_step() -> None:
    assert check_text(CHAIN, "x", ".md").rows[-1].verdict != "refuted"
