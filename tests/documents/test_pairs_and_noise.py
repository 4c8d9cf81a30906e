"""A loss over a joint density, and over noise once the kernel is Gaussian."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = r"""A clean point $x \sim p$ is blurred by a kernel $q_\sigma(\tilde x \mid x)$, and

$$
q_\sigma(x, \tilde x) = q_\sigma(\tilde x \mid x)\, p(x) , \qquad
q_\sigma(\tilde x) = \int q_\sigma(\tilde x \mid x)\, p(x)\, dx .
$$

The loss is

$$
L(\theta) = \mathbb{E}_{q_\sigma(x, \tilde x)}
\Big[ \| s_\theta(\tilde x) - \nabla_{\tilde x} \log q_\sigma(\tilde x \mid x) \|^2 \Big] .
$$

## A Gaussian kernel

Take $q_\sigma(\tilde x \mid x) = \mathcal{N}(\tilde x; x, \sigma^2 I)$, that is
$\tilde x = x + \sigma \varepsilon$ with $\varepsilon \sim \mathcal{N}(0, I)$. Then

$$
L(\theta)
= \mathbb{E}_{x, \varepsilon} \Big[ \Big\| s_\theta(x + \sigma \varepsilon) %s
\frac{\varepsilon}{\sigma} \Big\|^2 \Big]
= \frac{%s}{\sigma^2}\, \mathbb{E}_{x, \varepsilon} \Big[ \| \varepsilon
- r_\theta(x + \sigma \varepsilon) \|^2 \Big]
$$

%s $r_\theta = %s \sigma\, s_\theta$.
"""


def verdicts(sign: str, factor: str, words: str, other: str) -> list[str]:
    rows = check_text(TEXT % (sign, factor, words, other), "x", ".md").rows
    return [row.verdict for row in rows if not row.inline][3:]


@pytest.mark.parametrize("words", ["for the noise network", "where", "with the model"])
def test_noise_for_a_pair_and_a_network_for_another(words: str) -> None:
    assert verdicts("+", "1", words, "-") == ["proved", "proved"]


def test_a_wrong_sign_or_factor_is_not() -> None:
    assert verdicts("-", "1", "where", "-")[0] != "proved"
    assert verdicts("+", "2", "where", "-")[1] != "proved"
    assert verdicts("+", "1", "where", "")[1] != "proved"


def test_noise_that_a_row_averages_ties_its_point() -> None:
    best = (
        "\nIts best value is\n\n$$\nr^\\star(\\tilde x) = \\mathbb{E}[\\varepsilon \\mid \\tilde x]"
        " = - \\sigma\\, \\nabla_{\\tilde x} \\log q_\\sigma(\\tilde x) .\n$$\n"
    )
    text = TEXT % ("+", "1", "for the noise network", "-") + best
    assert check_text(text, "x", ".md").rows[-1].verdict in ("open", "proved")
