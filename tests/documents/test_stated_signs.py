"""Inequalities with weights of which a line says the sign, and values beside random variables."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

MEAN = r"Let $m(x) = \mathbb E[Y \mid X = x]$."
BOUND = r"""$$ \mathbb E[w(X) \|f(X) - Y\|^2]
= \mathbb E[w(X) \|f(X) - m(X)\|^2] + \mathbb E[w(X) \|m(X) - Y\|^2]
\ge \mathbb E[w(X) \|m(X) - Y\|^2] $$"""


def verdicts(*parts: str) -> list[str]:
    report = check_text("\n\n".join(parts), "x", ".md")
    return [row.verdict for row in report.rows if not row.inline]


@pytest.mark.parametrize("sign", [r"$w(X) > 0$", r"$w(X) \ge 0$"])
def test_a_weight_of_which_the_sign_is_said(sign: str) -> None:
    assert verdicts(MEAN, f"For weights {sign},", BOUND) == ["proved", "proved"]


@pytest.mark.parametrize("words", ["For any weights,", "For weights $w(X) < 0$,"])
def test_without_it_nothing_follows(words: str) -> None:
    assert verdicts(MEAN, words, BOUND)[1] != "proved"


def test_the_other_way_round_is_not_proved() -> None:
    found = verdicts(MEAN, "For weights $w(X) > 0$,", BOUND.replace(r"\ge", r"\le"))
    assert found[1] != "proved"


BREGMAN = r"""Let $\phi$ be a differentiable convex function and

$$ D_\phi(y, z) = \phi(y) - \phi(z) - \langle \nabla\phi(z), y - z \rangle \ge 0 $$

Given $X$ and for any $z$,

$$ \mathbb E[D_\phi(Y, z) \mid X] - \mathbb E[D_\phi(Y, m(X)) \mid X] = D_\phi(m(X), z) \ge 0 $$

$$ \mathbb E[D_\phi(Y, z) \mid X] = D_\phi(m(X), z) $$"""


def test_a_small_letter_beside_capitals_is_a_value() -> None:
    found = verdicts(MEAN, BREGMAN)
    assert found[:2] == ["definition", "proved"]
    assert found[2] in ("proved", "agrees")
    assert found[3] == "proved"
    assert found[4] == "refuted"
