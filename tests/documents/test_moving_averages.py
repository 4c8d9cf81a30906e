"""Averages over what a flow carries: how they change, with false neighbours that are refuted."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

FLOW = r"""Let $x_t$ solve

$$ \frac{d x_t}{dt} = v(x_t, t), \qquad x_0 \sim p_0, $$

and $p_t$ denotes the density of $x_t$. It satisfies the continuity equation

$$ \partial_t p_t(x) + \nabla\cdot\big(p_t(x)\, v(x,t)\big) = 0 . $$

"""
CHANGE = r"\frac{d}{dt}\, \mathbb E[\varphi(x_t)] = "
SQUARE = r"\frac{d}{dt}\, \mathbb E \|x_t\|^2 = "
ALONG = r"\mathbb E[\langle \nabla \varphi(x_t), v(x_t, t)\rangle]"
ROWS = {
    CHANGE + ALONG: "proved",
    f"{CHANGE} - {ALONG}": "refuted",
    CHANGE + r"\mathbb E[\varphi(x_t)]": "open",
    SQUARE + r"2\, \mathbb E \langle x_t, v(x_t, t)\rangle": "proved",
    SQUARE + r"\mathbb E \langle x_t, v(x_t, t)\rangle": "refuted",
    SQUARE + "0": "open",
}


@pytest.mark.parametrize("row", ROWS)
def test_how_an_average_changes(row: str) -> None:
    assert check_text(f"{FLOW}$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict == ROWS[row]


def test_without_an_equation_for_the_density_nothing_is_said() -> None:
    text = FLOW.split("It satisfies")[0]
    for row in (CHANGE + ALONG, f"{CHANGE} - {ALONG}"):
        found = check_text(f"{text}\n\n$$\n{row}\n$$\n", "x", ".md").rows[-1].verdict
        assert found == "open"


LIKELIHOOD = r"""Along a trajectory

$$ \frac{d}{dt} \log p_t(x_t)
 = \partial_t \log p_t(x_t) + \langle \nabla \log p_t(x_t), v(x_t, t)\rangle
 = -\nabla\cdot v(x_t, t) , $$

and so

$$ \log p_1(x_1) = \log p_0(x_0) SIGN \int_0^1 \nabla\cdot v(x_t, t)\, dt . $$
"""


@pytest.mark.parametrize(("sign", "due"), [("-", "proved"), ("+", "refuted")])
def test_the_likelihood_at_the_end_of_a_flow(sign: str, due: str) -> None:
    text = FLOW + LIKELIHOOD.replace("SIGN", sign)
    assert check_text(text, "x", ".md").rows[-1].verdict == due
