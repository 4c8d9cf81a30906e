"""What a section says of its symbols, put in: no drift, a time that runs back, a root's slope."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

FORWARD = r"""# Diffusions

The density $h_s > 0$ moves by

$$ \partial_s h_s(z) = -\nabla \cdot \big( a(z, s)\, h_s(z) \big)
+ \tfrac12\, k(s)^2\, \Delta h_s(z) , $$

and a particle of the flow by

$$ \frac{\mathrm d z}{\mathrm d s} = a(z, s) - \tfrac12\, k(s)^2\, \nabla_z \log h_s(z) . $$

"""


def last(text: str) -> str:
    return [row for row in check_text(text, "x", ".md").rows if not row.inline][-1].verdict


@pytest.mark.parametrize(("sign", "due"), [("-", {"proved"}), ("", {"open", "refuted"})])
def test_a_time_that_runs_back(sign: str, due: set[str]) -> None:
    back = (
        "## Backwards\n\nLet $r = S - s$ and $g_r := h_{S-r}$. By the chain rule\n\n"
        rf"$$ \partial_r g_r = {sign}\partial_s h_s . $$"
    )
    assert last(FORWARD + back) in due


OTHER = "## With a pull\n\nLet $a(z, s) = -z$ and $k(s) = \\sqrt 2$.\n\n"
STILL = (
    "## Noise alone\n\nLet $a = 0$ and let the noise have the variance $v(s)$, so that\n\n"
    "$$ k(s)^2 = \\frac{\\mathrm d}{\\mathrm d s} v(s) . $$\n\nThen\n\n"
)


@pytest.mark.parametrize(
    ("factor", "due"),
    [(r"-\tfrac12", {"proved"}), ("-", {"open", "refuted"}), (r"\tfrac12", {"open", "refuted"})],
)
def test_no_drift_in_a_section(factor: str, due: set[str]) -> None:
    row = (
        rf"$$ \frac{{\mathrm d z}}{{\mathrm d s}} = {factor}\, "
        r"\frac{\mathrm d v(s)}{\mathrm d s}\, \nabla_z \log h_s(z) . $$"
    )
    assert last(FORWARD + OTHER + STILL + row) in due


def test_there_is_a_drift_again_in_the_next_section() -> None:
    row = (
        "## In general again\n\n"
        r"$$ \frac{\mathrm d z}{\mathrm d s} = -\tfrac12\, k(s)^2 \, \nabla_z \log h_s(z) . $$"
    )
    assert last(FORWARD + STILL + row) != "proved"


@pytest.mark.parametrize(("factor", "due"), [("", {"proved"}), ("2", {"open", "refuted"})])
def test_the_slope_of_a_root(factor: str, due: set[str]) -> None:
    text = (
        r"The kernel of $\dot x = -\eta(t)\, x$ with noise is $\mathcal N(a\, y, b^2 I)$ with "
        r"$a^2 = \bar\gamma(t) = e^{-2 \int_0^t \eta(s) ds}$ and $b^2 = 1 - \bar\gamma(t)$, so"
        "\n\n"
        rf"$$ \frac{{\dot a}}{{a}} = -\eta , \qquad \dot b\, b = {factor} \eta\, a^2 . $$"
    )
    assert last(text) in due
