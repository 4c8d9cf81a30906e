"""∫₀¹ of powers and exponentials in the variable, by functions of which they are the derivative."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Any

from sympy import Expr, S

from fmproof.derived.derivatives_inside import fundamental_theorem
from fmproof.derived.restatements import reflexivity
from fmproof.kernel.calculus import derivative
from fmproof.kernel.equality import symmetry, transitivity
from fmproof.kernel.integrals import linear_parts, linearity
from fmproof.kernel.ring import field, linear_combination, ring
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, add, factors, mul, power_of, without
from fmproof.lang.nodes import Exp, IntegralOver, Partial, Ratio, Var
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.rewriting import at, attempt, then

_slopes = at(Partial)(partial(attempt, derivative))
_constants = at(IntegralOver)(partial(attempt, linearity))


@at(Mul, IntegralOver)
def known_integrals(term: Expr) -> Theorem | None:
    """∫ₐᵇ sⁿ ds = (bⁿ⁺¹ − aⁿ⁺¹)/(n + 1) and k ∫ₐᵇ exp(k s + m) ds = exp(k b + m) − exp(k a + m)."""
    for k, known, beside in _found(term):
        rest = _divided(beside, k)
        if rest is not None:
            return attempt(linear_combination, known, rest, term, mul(rest, known.rhs))
    return None


@at(Mul, IntegralOver)
def known_ratios(term: Expr) -> Theorem | None:
    """The same divided by a k that does not stand beside the integral, and must not be 0."""
    for k, known, beside in _found(term):
        left, below = list(beside), []
        for factor in factors(k):
            same = next((f for f in left if attempt(ring, f, factor) is not None), None)
            if same is None:
                below.append(factor)
            else:
                left.remove(same)
        rest = mul(Ratio(S.One, mul(*below)), *left)
        cleared = attempt(field, term, mul(rest, known.lhs))
        moved = attempt(linear_combination, known, rest, mul(rest, known.lhs), mul(rest, known.rhs))
        return cleared and moved and attempt(transitivity, cleared, moved)
    return None


def _found(term: Expr) -> Iterator[tuple[Expr, Theorem, tuple[Expr, ...]]]:
    """k, k times an integral in a product as a difference, and the other factors."""
    parts = tuple(one for factor in factors(term) for one in _over(factor))
    for place, integral in enumerate(parts):
        if not isinstance(integral, IntegralOver) or len(integral.measure) != 1:
            continue
        item = integral.measure[0]
        if item.var.sort is Sort.REAL and item.bounded:
            found = _of_power(integral, item.var) or _of_exponential(integral, item.var)
            if found is not None:
                yield *found, without(parts, place)


def _divided(beside: tuple[Expr, ...], k: Expr) -> Expr | None:
    """The product of factors over k, where k is a number or the product of some of them."""
    if is_number(k):
        return mul(number(1 / fraction(k)), *beside)
    for size in range(1, min(len(beside), _MOST) + 1):
        for chosen in combinations(range(len(beside)), size):
            product = mul(*(beside[i] for i in chosen))
            for sign in (S.One, S.NegativeOne):
                if attempt(ring, mul(sign, product), k) is not None:
                    return mul(sign, *without(beside, *chosen))
    return None


_MOST = 3


def _over(factor: Expr) -> Iterator[Expr]:
    """a/b as a and 1/b."""
    if isinstance(factor, Ratio) and factor.args[0] is not S.One:
        yield from factors(factor.args[0])
        yield Ratio(S.One, factor.args[1])
    else:
        yield factor


def _of_power(integral: Any, s: Var) -> tuple[Expr, Theorem] | None:
    """(n + 1) ∫ sⁿ ds as a difference."""
    own = () if integral.body is S.One else factors(integral.body)
    if any(part is not s for part in own):
        return None
    return _by(integral, power_of(s, len(own) + 1), s, number(len(own) + 1))


def _of_exponential(integral: Any, s: Var) -> tuple[Expr, Theorem] | None:
    body = integral.body
    if not isinstance(body, Exp) or s not in free_vars(body):
        return None
    (exponent,) = body.args
    k, start = _slope(exponent, s), substitute(exponent, {s: S.Zero})
    if k is None or attempt(ring, exponent, add(mul(k, s), start)) is None:
        return None
    return _by(integral, body, s, k)


def _slope(term: Expr, s: Var) -> Expr | None:
    """k of k s + m, as a product where it is written so; None where it is none."""
    parts = linear_parts(term, (s,))
    if all(moving in (s, S.One) for _, moving in parts):
        return add(*(c for c, moving in parts if moving is s))
    if len(parts) > 1:
        each = [
            _slope(mul(c, moving), s) if s in free_vars(moving) else S.Zero for c, moving in parts
        ]
        return None if any(k is None for k in each) else add(*filter(None, each))
    ((c, moving),) = parts
    k = _slope(moving, s) if moving.is_Add else None
    return None if k is None else mul(c, k)


def _by(integral: Any, whole: Expr, s: Var, k: Expr) -> tuple[Expr, Theorem] | None:
    """(k, k ∫ f ds = F(b) − F(a)) from ∂F = k f."""
    slope = IntegralOver(Partial(whole, s), *integral.measure)
    ends = attempt(fundamental_theorem, slope)
    if ends is None:
        return None
    inside = then(then(reflexivity(slope), _slopes), _constants)
    scaled = attempt(ring, mul(k, integral), inside.rhs)
    if scaled is None:
        return None
    return k, transitivity(transitivity(scaled, symmetry(inside)), ends)
