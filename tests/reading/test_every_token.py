"""Every token of a formula is in its tree: without it the tree is another, or there is none."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from fmproof.reading.document.rows import rows_of
from fmproof.reading.document.tokens import Token, Unreadable, tokens
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import LAYOUT
from fmproof.reading.formula.parser import parse

SIDES = [
    r"\int_0^1 \int_{\mathbb R^d} \|u(t, x) - w(x; \eta)\|_2^2 \, r_t(x \mid y) \,dx \,dt",
    r"\iint_{A} f(x) k(x, y) \,dx \,dy + \int_B g(z) \,dz - \int_{-\infty}^{a} h(s) \,ds",
    r"\mathbb E_{s \sim U, y \sim r(\cdot \mid a)}[\langle f_s(y), \nabla_y \log r(y) \rangle]",
    r"\mathbb E_{s \in [1, 2], x = b, y \mid c}[f(x)^\top g(y) \mid X_s = x]",
    r"\frac{\partial}{\partial s} \log q_s(x) + \operatorname{div}(q_s b_s)(x) / q_s(x)",
    r"\frac{d}{ds} \sqrt{1 - \bar\beta_s^2} \cdot \hat f'_{s|r}(x^\ast) - \ddot c",
    r"\mathcal N(x; a_s y, b_s^2 I) \exp(-\tfrac{1}{2} |x|^2) \tanh^2(s)",
    r"\arg\min_\eta \sup_x \underbrace{F(\eta)}_{=: C_1} + \max(a, b) + \sum_{i=1}^n c_i",
    r"\|x\|_1 \|y\|_\infty \sin^{-1}(s) \, K_{\text{in}}(x) \, \text{Var}(y)",
]
BETWEEN = {"{", "}", ",", ";", *LAYOUT}
"""What only sets apart; where that matters, something else changes with it."""
ALONE = {(r"\mathbb", "E"), (r"\mathcal", "N")}
"""Fonts of letters that are an expectation and a Gaussian without them, too."""


def shape(node: Any) -> Any:
    """A tree without its places."""
    if isinstance(node, t.Node):
        values = [shape(getattr(node, f.name)) for f in fields(node) if f.name != "at"]
        return type(node).__name__, *values
    return tuple(map(shape, node)) if isinstance(node, tuple) else node


def read(side: list[Token]) -> Any:
    try:
        return shape(parse(side))
    except Unreadable:
        return None


@pytest.mark.parametrize("latex", SIDES)
def test_no_token_can_be_left_out(latex: str) -> None:
    (row,) = rows_of(tokens(latex))
    side = list(row.right)
    whole = read(side)
    assert whole is not None
    for i, token in enumerate(side):
        known = token.text, side[i + 1].text if i + 1 < len(side) else ""
        if token.text not in BETWEEN and known not in ALONE:
            assert read(side[:i] + side[i + 1 :]) != whole, token


@pytest.mark.parametrize("latex", SIDES)
def test_what_breaks_off_is_unreadable_and_no_defect(latex: str) -> None:
    for stop in range(1, len(latex)):
        try:
            for row in rows_of(tokens(latex[:stop])):
                read(list(row.right))
        except Unreadable:
            continue
