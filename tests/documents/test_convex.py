"""Functions that words call convex: Jensen's inequality, tangents, and what is not so."""

from __future__ import annotations

import pytest

from fmproof.documents.check import check_text

WORDS = r"""
Let WHAT on $\mathbb R^d$, and $m(X) = \mathbb E[Y \mid X]$ of random vectors $X$, $Y$.

$$ ROW $$
"""


def verdict(row: str, what: str = r"$\Phi$ be a convex function") -> str:
    text = WORDS.replace("WHAT", what).replace("ROW", row)
    return check_text(text, "x", ".md").rows[-1].verdict


JENSEN = r"\mathbb E[\Phi(m(X))] \le \mathbb E[\Phi(Y)]"
TANGENT = r"\Phi(a) - \Phi(b) - \langle \nabla \Phi(b), a - b\rangle \ge 0"
RIGHT = {
    "given X": JENSEN,
    "of the mean": r"\Phi(\mathbb E[Y]) \le \mathbb E[\Phi(Y)]",
    "twice": r"\Phi(\mathbb E[Y]) \le \mathbb E[\mathbb E[\Phi(Y) \mid X]]",
    "a tangent": TANGENT,
    "the other tangent": r"\Phi(a) - \Phi(b) \le \langle \nabla \Phi(a), a - b\rangle",
}
WRONG = {
    "the other way round": r"\mathbb E[\Phi(m(X))] \ge \mathbb E[\Phi(Y)]",
    "another variable": r"\mathbb E[\Phi(X)] \le \mathbb E[\Phi(Y)]",
    "above the curve": TANGENT.replace("ge", "le"),
    "a sign": r"\Phi(a) - \Phi(b) + \langle \nabla \Phi(b), a - b\rangle \ge 0",
    "at the other place": r"\Phi(a) - \Phi(b) \ge \langle \nabla \Phi(a), a - b\rangle",
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_convex_functions_fulfil_is_proved(name: str) -> None:
    assert verdict(RIGHT[name]) == "proved"


@pytest.mark.parametrize("name", WRONG)
def test_what_they_do_not_is_not(name: str) -> None:
    assert verdict(WRONG[name]) in ("refuted", "open")


@pytest.mark.parametrize("name", ["a sign", "at the other place"])
def test_a_wrong_tangent_is_refuted(name: str) -> None:
    assert verdict(WRONG[name]) == "refuted"


@pytest.mark.parametrize(
    "what",
    [
        r"$\Phi$ be a function",
        r"$\Phi$ be a non-convex function",
        r"$\Phi$ be no convex function",
        r"$\Phi$ be a function, $K$ a convex set",
        r"a convex set $K$, and $\Phi$",
    ],
)
@pytest.mark.parametrize("row", [JENSEN, TANGENT])
def test_it_has_to_be_said_of_the_function(what: str, row: str) -> None:
    assert verdict(row, what) != "proved"


@pytest.mark.parametrize(
    "what",
    [r"the function $\Phi$ be convex", r"a convex $\Phi$ be given", r"$\Phi$ be strictly convex"],
)
def test_it_is_said_in_many_ways(what: str) -> None:
    assert verdict(JENSEN, what) == "proved"
