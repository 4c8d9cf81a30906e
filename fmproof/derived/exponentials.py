"""Exponentials of sums, of 0 and of logarithms."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Expr, S

from fmproof.derived.rule import derived
from fmproof.errors import RuleError
from fmproof.kernel.algebra import cancel_denominator
from fmproof.kernel.equality import symmetry, transitivity
from fmproof.kernel.functions import exp_log, exp_of_sum
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.order import nonzero, positive
from fmproof.kernel.ring import linear_combination
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, add, mul
from fmproof.lang.node import admit
from fmproof.lang.nodes import Exp, Log, Ratio
from fmproof.lang.props import Positive


@derived("F2", "Rudin, Principles of Mathematical Analysis, theorem 8.6")
def exponential(term: Expr) -> Theorem:
    """⊢ exp(a + b) = exp a·exp b; ⊢ exp 0 = 1; {a > 0} ⊢ exp log a = a."""
    whole: Any = admit(term)
    a: Any = whole.args[0] if isinstance(whole, Exp) else None
    if a is S.Zero:
        return _of_zero()
    if isinstance(a, Log):
        return exp_log(a.args[0])
    if isinstance(a, Add):
        return _of_sum(a.args)
    raise RuleError("exponential: expected exp of a sum, of log or of 0, found %s", term)


def _of_sum(parts: tuple[Expr, ...]) -> Theorem:
    """The first is split off, until there are two."""
    first, *others = parts
    theorem = exp_of_sum(first, add(*others))
    if len(others) == 1:
        return theorem
    rest = _of_sum(tuple(others))
    split = mul(Exp(first), rest.rhs)
    return transitivity(theorem, linear_combination(rest, Exp(first), theorem.rhs, split))


@cache
def _of_zero() -> Theorem:
    """exp 0 = 1, since exp 0 = exp 0·exp 0 is not 0."""
    one, twice = Exp(S.Zero), exp_of_sum(S.Zero, S.Zero)
    inverse = Ratio(S.One, one)
    cancelled = [cancel_denominator(S.One, one, k) for k in (one, S.One)]
    whole = linear_combination(twice, inverse, mul(one, inverse), mul(one, one, inverse))
    theorem = transitivity(symmetry(transitivity(whole, cancelled[0])), cancelled[1])
    for hypothesis in theorem.hypotheses:
        goal: Any = hypothesis
        known = discharge(nonzero(goal), positive(Positive(one), 0))
        theorem = discharge(theorem, known)
    return theorem
