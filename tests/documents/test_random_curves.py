"""Random curves X_t with a velocity Ẋ_t: averages along them, and the density that words give."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

CURVE = r"""
Let $X_t$ be a random curve with $v_t(x) := \mathbb E[\dot X_t \mid X_t = x]$.{more}

$$
\frac{d}{dt} \mathbb E[f(X_t)] = \mathbb E[\nabla f(X_t) \cdot \dot X_t]
= \mathbb E[\nabla f(X_t) \cdot v_t(X_t)]
$$

"""
DENSITY = r" If $X_t$ has a density $p_t(x)$, that is smooth."
BESIDE = (
    r" Let $Z$ have the density $\pi(z)$,"
    r" and $u_t(x, z) := \mathbb E[\dot X_t \mid X_t = x, Z = z]$."
)


def verdicts(*rows: str, more: str = "") -> list[str]:
    text = CURVE.replace("{more}", more) + "".join(f"$$\n{row}\n$$\n\n" for row in rows)
    return [one.verdict for one in check_text(text, "x", ".md").rows if not one.inline]


def test_an_average_along_a_curve_is_differentiated_by_its_velocity() -> None:
    assert verdicts() == ["proved", "proved"]


WRONG = {
    "a sign": r"\frac{d}{dt} \mathbb E[f(X_t)] = -\mathbb E[\nabla f(X_t) \cdot v_t(X_t)]",
    "a factor": r"\frac{d}{dt} \mathbb E\|X_t\|^2 = \mathbb E[X_t \cdot \dot X_t]",
    "a product of means": r"\frac{d}{dt} \mathbb E[f(X_t)]"
    r" = \mathbb E[\nabla f(X_t)] \cdot \mathbb E[\dot X_t]",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_velocity_is_refuted(name: str) -> None:
    assert verdicts(WRONG[name])[-1] == "refuted"


ALONG = r"\frac{d}{dt} \int f(x) p_t(x) \,dx = SIGN\int \nabla f(x) \cdot v_t(x) p_t(x) \,dx"


def test_words_say_whose_density_it_is() -> None:
    assert verdicts(ALONG.replace("SIGN", ""), more=DENSITY)[-1] == "proved"
    assert verdicts(ALONG.replace("SIGN", "-"), more=DENSITY)[-1] != "proved"
    assert verdicts(ALONG.replace("SIGN", ""))[-1] != "proved"


@pytest.mark.parametrize(
    ("right", "due"),
    [
        (r"\mathbb E[\mathbb E[\dot X_t \mid X_t, Z] \mid X_t = x]", {"proved"}),
        (r"\mathbb E[u_t(X_t, Z) \mid X_t = x]", {"proved"}),
        (r"\mathbb E[u_t(x, Z)]", {"open", "refuted", "agrees"}),  # unless Z is independent of X_t
    ],
)
def test_a_variable_with_a_law_need_not_be_independent_of_it(right: str, due: set[str]) -> None:
    assert verdicts(rf"v_t(x) = {right}", more=BESIDE)[-1] in due


MARGINAL = r"""
Let $\xi$ have the density $\mu(\xi)$ and let the density $p_t(y|\xi)$ be positive, and
$p_t(y) = \int p_t(y|\xi) \mu(\xi) d\xi$.

$$ \mathbb E_{y \sim p_t(y)} [2 f(y)] = 2\, \mathbb E_{y \sim p_t(y)} [f(y)] $$

$$ \nabla \log p_t(y) = SIGN\mathbb E[\nabla \log p_t(y|\xi) \mid y] $$
"""


@pytest.mark.parametrize(("sign", "due"), [("", "proved"), ("-", "refuted")])
def test_a_point_is_drawn_by_its_kernel_beside_what_it_is_given(sign: str, due: str) -> None:
    assert check_text(MARGINAL.replace("SIGN", sign), "x", ".md").rows[-1].verdict == due
