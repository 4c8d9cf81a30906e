"""Arithmetic with fractions, from b·(1/b) = 1 for each denominator b.

A term is brought to one fraction together with what it differs from that by, which is a combination
Σ k (b·(1/b) − 1). So the difference of two terms is one, and linear combinations prove them equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sympy import Expr, S

from fmproof.derived.restatements import reflexivity
from fmproof.derived.rule import derived
from fmproof.errors import RuleError
from fmproof.kernel.algebra import cancel_denominator
from fmproof.kernel.equality import congruence, transitivity
from fmproof.kernel.ring import linear_combination, polynomial, ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul, Pow, add, factors, mul
from fmproof.lang.node import admit
from fmproof.lang.nodes import Ratio

Combination = Mapping[Expr, Expr]
"""a -> k, for Σ k (a − b) of equations a = b that are known, each by its left side."""


@dataclass(frozen=True)
class _Fraction:
    """A term as ``above``/``below``, a product; ``rest`` is term·below − above."""

    term: Expr
    above: Expr
    below: Counter[Expr]
    rest: Combination


@derived("E10", "the field axioms; Lang, Algebra, chapter II")
def field(lhs: Expr, rhs: Expr) -> Theorem:
    """{each denominator ≠ 0} ⊢ a = b when they are the same fraction of polynomials."""
    clearing = _Clearing({}, {})
    left, right = (clearing.fraction(admit(side)) for side in (lhs, rhs))
    whole = _sum(left, _product(_plain(S.NegativeOne), right))
    if polynomial(whole.above) is not S.Zero:
        raise RuleError("field: %s and %s are not equal as fractions", lhs, rhs)
    # d·m = rest and m·w = 1 + unit: so the difference d is w·rest − d·unit
    inverse, unit = clearing.inverse(whole.below)
    known = _combined((inverse, whole.rest), (mul(S.NegativeOne, whole.term), unit))
    theorem = reflexivity(lhs)
    for equation in clearing.equations.values():
        k = known.get(equation.lhs, S.Zero)
        now = add(theorem.rhs, mul(S.NegativeOne, k, equation.lhs), mul(k, equation.rhs))
        theorem = transitivity(theorem, linear_combination(equation, k, theorem.rhs, now))
    return transitivity(theorem, ring(theorem.rhs, rhs))


@dataclass(frozen=True)
class _Clearing:
    """What is met while terms are brought to one fraction.

    Attributes:
        equations: b·(1/b) = 1 for the denominators b that are met, in order, and what else is
            used, each by its left side.
        inverses: what a numerator n of theirs has as 1/n, and n·(1/n) − 1.
    """

    equations: dict[Expr, Theorem]
    inverses: dict[Expr, tuple[Expr, Combination]]

    def known(self, equation: Theorem) -> Combination:
        """The difference of its sides."""
        self.equations.setdefault(equation.lhs, equation)
        return {equation.lhs: S.One}

    def fraction(self, term: Any) -> _Fraction:
        if type(term) is Add:
            return reduce(_sum, map(self.fraction, term.args))
        if type(term) is Mul or (type(term) is Pow and factors(term) != (term,)):
            return reduce(_product, map(self.fraction, factors(term)))
        if type(term) is Ratio:
            self.known(cancel_denominator(S.One, term.args[1], S.One))
            above, below = map(self.fraction, term.args)
            whole = _product(above, self.reciprocal(below))
            more = mul(above.term, *whole.below.elements())
            rest = _combined((S.One, whole.rest), (more, self.spread(term.args[1])))
            return _Fraction(term, whole.above, whole.below, rest)
        return _plain(term)

    def spread(self, below: Expr) -> Combination:
        """What a/b, where b is multiplied out, has over a·(1/b), where 1/b is one factor by one."""
        out = ring_normal(below)
        one, split = Ratio(S.One, out), Ratio(S.One, below)
        if polynomial(one) == polynomial(split):
            return {}
        return self.known(congruence(one, {1: ring(out, below)}))

    def reciprocal(self, b: _Fraction) -> _Fraction:
        """1/b. The numerator of b is n = b·m − rest, so 1/b·n is m·(b·(1/b)) − (1/b)·rest."""
        over, m = Ratio(S.One, b.term), mul(*b.below.elements())
        one = self.known(cancel_denominator(S.One, b.term, S.One))
        less = mul(S.NegativeOne, over)
        inverse, unit = self.inverse(b.below)
        turned = ((mul(m, inverse), one), (S.One, unit), (mul(less, inverse), b.rest))
        self.inverses[b.above] = mul(over, inverse), _combined(*turned)
        return _Fraction(over, m, Counter([b.above]), _combined((m, one), (less, b.rest)))

    def inverse(self, below: Counter[Expr]) -> tuple[Expr, Combination]:
        """1/m of a product m of numerators, and m·(1/m) − 1."""
        whole, unit = S.One, _combined()
        for n in below.elements():
            inverse, own = self.inverses[n]
            whole, unit = mul(whole, inverse), _combined((mul(n, inverse), unit), (S.One, own))
        return whole, unit


def _plain(term: Expr) -> _Fraction:
    return _Fraction(term, term, Counter(), {})


def _sum(a: _Fraction, b: _Fraction) -> _Fraction:
    """Over the least denominator that both have."""
    of_a, of_b = (mul(*(n.elements())) for n in (b.below - a.below, a.below - b.below))
    above = add(mul(a.above, of_a), mul(b.above, of_b))
    rest = _combined((of_a, a.rest), (of_b, b.rest))
    return _Fraction(add(a.term, b.term), above, a.below | b.below, rest)


def _product(a: _Fraction, b: _Fraction) -> _Fraction:
    rest = _combined((mul(b.term, *b.below.elements()), a.rest), (a.above, b.rest))
    return _Fraction(mul(a.term, b.term), mul(a.above, b.above), a.below + b.below, rest)


def _combined(*parts: tuple[Expr, Combination]) -> Combination:
    """Σ c·(a combination)."""
    total: dict[Expr, Expr] = {}
    for factor, combination in parts:
        for below, k in combination.items():
            total[below] = add(total.get(below, S.Zero), mul(factor, k))
    return total
