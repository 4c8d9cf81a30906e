"""Cases that a sentence only speaks about, and fields that are taken with an equation."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

PAIR = r"""Let $(V, Y)$ have the joint density $q(v, y)$, with the marginal $q(v) > 0$, and let
$k(V) = \mathbb E[Y \mid V]$. We guess $Y$ by $g(V)$.

%s

## Densities

"""
ROW = r"$$ \mathbb E[ g(V) \cdot Y ] = \int g(v) \cdot \Big( \int y\, q(v, y)\, dy \Big) %s dv . $$"


def last(text: str) -> str:
    return [row for row in check_text(text, "x", ".md").rows if not row.inline][-1].verdict


def test_a_case_that_is_spoken_about_holds_no_row_up() -> None:
    words = r"The case $g = \mathbb E[Y]$ is that of a constant."
    assert last(PAIR % words + ROW % "") == "proved"
    assert last(PAIR % words + ROW % r"\, q(v)\,") == "refuted"


FLOW = r"""Let $q_t(z)$ be positive densities that move by

$$ \partial_t q_t(z) = - \operatorname{div} \big( q_t(z)\, a_t(z) \big) . $$

%s Then

$$ - \operatorname{div} \Big( q_t \Big( a_t - \frac{e_t}{q_t} \Big) \Big)
= - \operatorname{div} ( q_t a_t ) %s \operatorname{div} e_t = \partial_t q_t . $$
"""


@pytest.mark.parametrize("words", ["Take any field", "For a field", "Let us choose a field"])
def test_a_field_with_an_equation(words: str) -> None:
    with_it = words + r" $e_t$ with $\operatorname{div} e_t = 0$."
    assert last(FLOW % (with_it, "+")) == "proved"
    assert last(FLOW % (with_it.replace("= 0", "= 1"), "+")) != "proved"


@pytest.mark.parametrize("words", ["", r"Let $e_t$ be a field."])
def test_without_the_equation_it_does_not_follow(words: str) -> None:
    assert last(FLOW % (words, "+")) != "proved"
