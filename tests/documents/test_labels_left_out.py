"""u(x|z) for u^target(x|z), once it is known what is meant; and p(t) of times drawn uniformly."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

BEGIN = r"""
Let $z \sim q$ and $x \sim p_t(\cdot \mid z)$. The target $u_t^{\text{target}}(x \mid z)$ moves
$x$. Then
$$
\mathbb E_{t \sim \mathcal U[0,1], z \sim q, x \sim p_t(\cdot|z)}\left[
\|v_\theta(x, t)\|^2 - 2 v_\theta(x, t)^T u_t^{\text{target}}(x \mid z) \right]
$$
is, by completing the square,
$$
= \mathbb E_{t \sim \mathcal U[0,1], z \sim q, x \sim p_t(\cdot|z)}\left[
\|v_\theta(x, t) - {short}(x \mid z)\|^2 {sign} \|u_t^{\text{target}}(x \mid z)\|^2 \right]
$$
"""


@pytest.mark.parametrize(
    ("short", "sign", "verdict"),
    [
        ("u_t", "-", "proved"),
        ("u_t", "+", "constant"),
        (r"u_t^{\text{target}}", "-", "proved"),
        ("w_t", "-", "refuted"),
    ],
)
def test_a_target_without_its_word(short: str, sign: str, verdict: str) -> None:
    text = BEGIN.replace("{short}", short).replace("{sign}", sign)
    assert check_text(text).rows[-1].verdict == verdict


TIMES = r"""
Let $x \sim p_t$ and $f$ a function.
$$ \mathbb E_{t \sim {law}, x \sim p_t}\|v(x, t)\|^2
   = \int_0^1 \int p_t(x)\,{p}\|v(x, t)\|^2 dx\,dt $$
"""


@pytest.mark.parametrize(
    ("law", "p", "verdict"),
    [
        (r"\mathcal U[0, 1]", "p(t)", "proved"),
        (r"\mathcal U[0, 1]", "", "proved"),
        ("p(t)", "p(t)", "proved"),
        ("p(t)", "", "refuted"),
        (r"\mathcal U[0, 1]", r"\pi(t)", "refuted"),
    ],
)
def test_the_density_of_the_times(law: str, p: str, verdict: str) -> None:
    assert check_text(TIMES.replace("{law}", law).replace("{p}", p)).rows[-1].verdict == verdict


@pytest.mark.parametrize(("factor", "verdicts"), [("2", ["proved"]), ("", ["refuted", "constant"])])
def test_what_is_done_next_defines_nothing_anew(factor: str, verdicts: list[str]) -> None:
    """ "Now let's put it back": the loss stays what it was."""
    text = r"""
Let $z \sim q$, $x \sim p_t(\cdot \mid z)$ and
$$ L(\theta) = \mathbb E_{z, x} \|v_\theta(x) - u(x \mid z)\|^2 . $$

## Back again

Now let's put it back into the first line:
$$ L(\theta) = \mathbb E_{z, x} \|v_\theta(x)\|^2
   - {factor} \mathbb E_{z, x}[v_\theta(x)^T u(x \mid z)] + \mathbb E_{z, x} \|u(x \mid z)\|^2 $$
"""
    assert check_text(text.replace("{factor}", factor)).rows[-1].verdict in verdicts
