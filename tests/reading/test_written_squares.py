"""Powers in front of subscripts, indices that are none, and the normal law by a plain letter."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text


def verdicts(text: str) -> list[str]:
    return [row.verdict for row in check_text(text, "x", ".md").rows if not row.inline]


def test_a_power_in_front_of_a_subscript() -> None:
    row = r"$$ \sigma^2_t + \alpha_t^2 = (\sigma_t - \alpha_t)^2 + 2 \alpha_t \sigma_t $$"
    assert verdicts(row) == ["proved"]
    assert verdicts(row.replace("+ 2", "- 2")) != ["proved"]


def test_zero_and_one_in_front_of_a_subscript_are_indices() -> None:
    text = r"""Let $x_t = \alpha_t x_0 + \sigma_t z$, $z \sim \mathcal N(0, I)$ independent of
$x_0$.
Let $m^0_t(x) = \mathbb E[x_0 \mid x_t = x]$ and $m^1_t(x) = \mathbb E[z \mid x_t = x]$.

$$ x = \alpha_t\, m^0_t(x) + \sigma_t\, m^1_t(x) $$

$$ x = \sigma_t\, m^0_t(x) + \alpha_t\, m^1_t(x) $$
"""
    found = verdicts(text)
    assert found[0] == "proved"
    assert found[1] != "proved"


@pytest.mark.parametrize(
    "law", [r"N(0, I)", r"N(0, \mathbf{I})", r"N(0, I_d)", r"\mathcal N(0, I)"]
)
def test_the_normal_law(law: str) -> None:
    text = rf"Let $z \sim {law}$ be independent of $x_0$."
    norm = r"$$ \mathbb E \|x_0 - z\|^2 = d + \mathbb E\|x_0\|^2 $$"
    assert verdicts(f"{text}\n\n{norm}") == ["proved"]
    assert verdicts(f"{text}\n\n{norm.replace('d +', '2 d +')}") == ["refuted"]


def test_a_plain_n_is_a_number_elsewhere() -> None:
    assert verdicts(r"$$ N (a + b) = N a + N b $$") == ["proved"]


ENTROPY = r"""The entropy is $H(p_t) = -\int p_t(x) \log p_t(x)\, dx$. With another density $q$,

$$ -\mathbb E_{x\sim q}[\log p_1(x)] = \mathrm{KL}(q\,\|\,p_1) + H(q) $$

$$ -\mathbb E_{x\sim q}[\log p_1(x)] = \mathrm{KL}(p_1\,\|\,q) + H(q) $$
"""


def test_the_entropy_of_another_density_has_no_time() -> None:
    assert verdicts(ENTROPY) == ["proved", "refuted"]
