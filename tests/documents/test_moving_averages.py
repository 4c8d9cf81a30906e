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


MOVED = r"""Let $p(x,t)$ be the density of $X_t$, and $f(x,t)$ a field, with

$$ \partial_t p(x,t) = -\nabla\cdot\big(f(x,t)\,p(x,t)\big) + \tfrac12\,\Delta p(x,t) . $$

With the field

$$ u(x,t) = f(x,t) - \tfrac12\,\nabla\log p(x,t) $$

we have

$$ \partial_t p(x,t) = -\nabla\cdot\big(u(x,t)\,p(x,t)\big) $$

as well as

$$ \partial_t p(x,t) = -\nabla\cdot\big((f(x,t) - \nabla\log p(x,t))\,p(x,t)\big)
- \tfrac12\,\Delta p(x,t) . $$

Let $\varphi$ be a test function, and $M(t) = \int \|x\|^2\,p(x,t)\,dx$.

"""
INTEGRALS = {
    "one of several fluxes": (
        r"\int\varphi(x)\,\partial_t p(x,t)\,dx "
        r"= -\int\varphi(x)\,\nabla\cdot\big(u(x,t)\,p(x,t)\big)\,dx"
    ),
    "a test function": (
        r"\frac{d}{dt}\int\varphi(x)\,p(x,t)\,dx "
        r"= \int \nabla\varphi(x)\cdot u(x,t)\,p(x,t)\,dx"
    ),
    "a moment by its name": r"\frac{d}{dt} M(t) = 2\int x\cdot u(x,t)\,p(x,t)\,dx",
}


@pytest.mark.parametrize("name", INTEGRALS)
def test_how_an_integral_changes(name: str) -> None:
    left, right = INTEGRALS[name].split(" = ")
    other = right.replace("2", "3") if "2" in right else right.replace("int", "int 2", 1)
    for side, due in ((right, {"proved"}), (other, {"refuted", "open"})):
        rows = check_text(f"{MOVED}$$ {left} = {side} $$\n", "x", ".md").rows
        assert rows[-1].verdict in due


def test_a_density_that_moves_is_one_at_each_time() -> None:
    row = r"\int x\cdot\nabla p(x,t)\,dx = %s\, d"
    for sign, due in (("-", ("proved", "agrees")), ("", ("refuted", "open"))):
        assert check_text(f"{MOVED}$$ {row % sign} $$\n", "x", ".md").rows[-1].verdict in due
