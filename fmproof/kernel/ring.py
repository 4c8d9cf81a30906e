"""Arithmetic: what two polynomials have in common is their normal form."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod
from operator import is_
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import Equation, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, Mul, Pow, add, coefficient, factors, mul, summands
from fmproof.lang.node import declaration, rebuilt, remembered
from fmproof.lang.nodes import Ratio
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.props import Equals, VanishesWith
from fmproof.lang.scope import alpha_equal, canon

_LARGEST = 100_000
"""Summands that multiplying out may give."""


@remembered
def ring_normal(term: Any) -> Any:
    """Sums of products, with a ratio a/b written a·(1/b); nothing else is moved."""
    if type(term) is Add:
        parts = [ring_normal(arg) for arg in term.args]
        return term if all(map(is_, parts, term.args)) else add(*parts)
    if type(term) is Pow and factors(term) == (term,):  # too large to be multiplied out
        return rebuilt(term, ring_normal(term.args[0]), term.args[1])
    if type(term) is Mul or type(term) is Pow:
        parts = [ring_normal(factor) for factor in factors(term)]
        normal = all(map(is_, parts, factors(term))) and Add not in map(type, parts)
        return term if normal else _multiplied(parts)
    if type(term) is Ratio and term.args[0] != S.One:
        a, b = map(ring_normal, term.args)
        return _multiplied((a, ring_normal(Ratio(S.One, b))))
    if type(term) is Ratio and len(_split(term.args[1])) > 1:
        return _multiplied(map(_inverse, _split(term.args[1])))
    places = declaration(term).places(term)
    args = (ring_normal(arg) if i in places else arg for i, arg in enumerate(term.args))
    return rebuilt(term, *args) if places else term


def _split(denominator: Expr) -> tuple[Expr, ...]:
    """The factors of a denominator: 1/(b c) is (1/b)(1/c), also where one of them is 0."""
    c, rest = coefficient(denominator)
    return tuple(f for f in (c, *factors(rest)) if f is not S.One) or (S.One,)


def _inverse(factor: Expr) -> Expr:
    return number(1 / fraction(factor)) if is_number(factor) else ring_normal(Ratio(S.One, factor))


def _multiplied(parts: Iterable[Expr]) -> Expr:
    """The product of sums as a sum of products."""
    sums = [summands(part) for part in parts]
    if prod(map(len, sums)) > _LARGEST:
        raise RuleError(f"ring: multiplying out gives more than {_LARGEST:,} summands")
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
        raise RuleError("ring: %s is not %s times %s", left, factor, theorem.conclusion)
    return infer(Equals(lhs, rhs), after=(theorem,))


@rule("E5", "the ring axioms; Lang, Algebra, chapter IV")
def ring(lhs: Expr, rhs: Expr) -> Sequent:
    """⊢ a = b when both are the same polynomial: addition, multiplication, distribution."""
    if not alpha_equal(lhs, rhs) and polynomial(lhs) != polynomial(rhs):
        raise RuleError("ring: %s and %s are not equal by arithmetic alone", lhs, rhs)
    return infer(Equals(lhs, rhs))


@rule("E10", "the field axioms; Lang, Algebra, chapter II")
def field(lhs: Expr, rhs: Expr) -> Sequent:
    """{each denominator ≠ 0} ⊢ a = b when they are the same fraction of polynomials."""
    denominators: dict[Expr, None] = {}
    (a, b), (c, d) = (_fraction(side, denominators) for side in (lhs, rhs))
    if polynomial(mul(a, d)) != polynomial(mul(c, b)):
        raise RuleError("field: %s and %s are not equal as fractions", lhs, rhs)
    return infer(Equals(lhs, rhs), *(VanishesWith(S.One, below) for below in denominators))


def _fraction(term: Any, denominators: dict[Expr, None]) -> tuple[Expr, Expr]:
    """``(n, m)`` with term = n/m where the denominators, which are noted, are not 0."""
    if type(term) is Add:
        above, below = S.Zero, S.One
        for n, m in (_fraction(part, denominators) for part in term.args):
            if m == below:
                above = add(above, n)
            else:
                above, below = add(mul(above, m), mul(n, below)), mul(below, m)
        return above, below
    if type(term) is Mul or (type(term) is Pow and factors(term) != (term,)):
        split = [_fraction(part, denominators) for part in factors(term)]
        return mul(*(n for n, _ in split)), mul(*(m for _, m in split))
    if type(term) is Ratio:
        denominators[term.args[1]] = None
        (a, b), (c, d) = (_fraction(part, denominators) for part in term.args)
        return mul(a, d), mul(b, c)
    return term, S.One
