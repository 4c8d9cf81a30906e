"""Arithmetic: what two polynomials have in common is their normal form."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod
from typing import Any

from sympy import Add, Expr, Mul, Pow, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import Equation, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, factors, mul, summands
from fmproof.lang.node import declaration, rebuilt, remembered, shown
from fmproof.lang.nodes import Ratio
from fmproof.lang.props import Equals
from fmproof.lang.scope import canon

LARGEST = 100_000
"""Summands that multiplying out may give."""


@remembered
def ring_normal(term: Any) -> Any:
    """Sums of products, with a ratio a/b written a·(1/b); nothing else is moved."""
    if type(term) is Add:
        return add(*map(ring_normal, term.args))
    if type(term) is Mul or type(term) is Pow:
        return _multiplied(ring_normal(factor) for factor in factors(term))
    if type(term) is Ratio and term.args[0] != S.One:
        a, b = map(ring_normal, term.args)
        return _multiplied((a, Ratio(S.One, b)))
    places = declaration(term).places(term)
    args = (ring_normal(arg) if i in places else arg for i, arg in enumerate(term.args))
    return rebuilt(term, *args) if places else term


def _multiplied(parts: Iterable[Expr]) -> Expr:
    """The product of sums as a sum of products."""
    sums = [summands(part) for part in parts]
    if prod(map(len, sums)) > LARGEST:
        raise RuleError(f"ring: multiplying out gives more than {LARGEST:,} summands")
    return add(*(mul(*choice) for choice in product(*sums)))


def polynomial(term: Expr) -> Expr:
    """The normal form up to bound names: names decide an order, and the form decides names."""
    form = canon(term)
    for _ in range(4):
        before, form = form, canon(ring_normal(form))
        if form == before:
            break
    return form


@rule("E5", "a − b = k·(c − d), and c − d = 0")
def linear_combination(theorem: Equation, factor: Expr, lhs: Expr, rhs: Expr) -> Sequent:
    """From ⊢ c = d, where a − b = k·(c − d) by arithmetic: ⊢ a = b."""
    left = add(lhs, mul(S.NegativeOne, rhs))
    right = mul(factor, add(theorem.lhs, mul(S.NegativeOne, theorem.rhs)))
    if polynomial(left) != polynomial(right):
        raise RuleError(
            f"ring: {shown(left)} is not {shown(factor)} times {shown(theorem.conclusion)}"
        )
    return infer(Equals(lhs, rhs), after=(theorem,))


@rule("E5", "the ring axioms; Lang, Algebra, chapter IV")
def ring(lhs: Expr, rhs: Expr) -> Sequent:
    """⊢ a = b when both are the same polynomial: addition, multiplication, distribution."""
    if polynomial(lhs) != polynomial(rhs):
        raise RuleError(f"ring: {shown(lhs)} and {shown(rhs)} are not equal by arithmetic alone")
    return infer(Equals(lhs, rhs))
