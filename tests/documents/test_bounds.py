"""Rows with ≤: averages over a time, bounds that are assumed, and which way a wrong one goes."""

from __future__ import annotations

from fmproof.documents.check import check_text
from fmproof.documents.model import RowReport

PATH = r"""
Let $(X_0, X_1) \sim \pi$, $X_t = (1-t) X_0 + t X_1$ and
$v^*(x,t) = \mathbb E[X_1 - X_0 \mid X_t = x]$. Then
"""
ENERGY = r"\int_0^1 \mathbb E\|v^*(X_t,t)\|^2\,dt"
COST = r"\mathbb E\|X_1 - X_0\|^2"


def last(text: str) -> RowReport:
    return check_text(text).rows[-1]


def test_the_energy_of_a_path_is_below_its_cost() -> None:
    assert last(rf"{PATH}$$ {ENERGY} \le {COST} $$").verdict == "proved"
    assert last(rf"{PATH}$$ {ENERGY} \le \int_0^1 {COST}\,dt $$").verdict == "proved"
    assert last(rf"{PATH}$$ {COST} \ge {ENERGY} $$").verdict == "proved"


def test_the_wrong_way_round() -> None:
    row = last(rf"{PATH}$$ {ENERGY} \ge {COST} $$")
    assert row.verdict == "refuted"
    assert row.suggestion == "≤, not ≥: that is proved"
    assert last(rf"{PATH}$$ {ENERGY} \le \frac12 {COST} $$").verdict == "agrees"  # not in general


BOUND = r"""
Let $f(t) = \mathbb E\|v(X_t,t)\|^2$, where $X_t \sim p_t$, and $c = \mathbb E\|X_1\|^2$.
"""
ROW = r"$$ \int_0^1 f(t)\, dt \le c . $$"


def test_a_bound_that_is_assumed_is_not_refuted_by_worlds_without_it() -> None:
    assumed = rf"{BOUND}Suppose that $f(t) \le c$ for every $t \in [0, 1]$. Then {ROW}"
    assert last(assumed).verdict == "open"
    assert last(rf"{BOUND}Then {ROW}").verdict == "refuted"
    other = rf"{BOUND}Suppose that $f(t) \le 7$ for every $t \in [0, 1]$. Then {ROW}"
    assert last(other).verdict == "refuted"
