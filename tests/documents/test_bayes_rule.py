"""Bayes' rule as a row of its own: it says what a posterior is, where nothing else does."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

TEXT = (
    "A Gaussian path $x_t = \\alpha_t x + \\sigma_t \\epsilon$, $\\epsilon \\sim \\mathcal N(0, I)$"
    " independent of $(x, c)$. By Bayes\n\n$$ RULE $$\n"
)


@pytest.mark.parametrize(
    ("rule", "definition"),
    [
        ("p_t(c \\mid x_t) = \\frac{p_t(x_t \\mid c)\\, p(c)}{p_t(x_t)}", True),
        ("p_t(c \\mid x_t) = \\frac{p(c)\\, p_t(x_t \\mid c)}{p_t(x_t)}", True),
        ("p_t(c \\mid x_t) = \\frac{p_t(x_t \\mid c)\\, p_t(x_t)}{p(c)}", False),
        ("p_t(c \\mid x_t) = \\frac{p_t(x_t \\mid c)\\, p(c)}{p(c)}", False),
        ("p_t(c \\mid x_t) = \\frac{p_t(x_t \\mid c)}{p_t(x_t)}", False),
        ("p_\\phi(c \\mid x_t) = \\frac{p_t(x_t \\mid c)\\, q(c)}{p_t(x_t)}", False),
    ],
)
def test_it_defines_and_its_neighbours_do_not(rule: str, definition: bool) -> None:
    found = check_text(TEXT.replace("RULE", rule)).rows[-1].verdict
    assert (found == "definition") is definition
    assert found not in ("proved", "agrees")
