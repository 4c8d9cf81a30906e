"""Rows that hold by an equation of coefficients: the multiple of it by which the sides differ.

With α² + σ² = 1, the sides of a row may differ by q (α² + σ² − 1). Then the row is shown in two
steps: the sides differ by q (α² + σ²) − q, and α² + σ² is 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sympy import Expr, S

from fmproof.documents.left_over import normal_difference
from fmproof.documents.terms import heads_in, vanish
from fmproof.lang.arithmetic import add, factors, mul, summands
from fmproof.lang.nodes import Apply, CondExpect, Expect, IntegralOver, Scalar
from fmproof.lang.scope import replace_head
from fmproof.tactics.differences import subtract

_MOST = 60
"""Summands that are divided by an equation."""


def by_multiple(before: Expr, claim: Expr, left: Expr, right: Expr) -> Iterator[Expr]:
    """claim + q left − q right, where the sides of a row differ by q (left − right)."""
    one, other = _opened(before), _opened(claim)
    if isinstance(one, Expect) and isinstance(other, Expect) and one.measure == other.measure:
        for body in by_multiple(one.body, other.body, left, right):
            yield Expect(body, *one.measure)
    difference = normal_difference(one, other)
    if difference is None or difference is S.Zero:
        return
    for lead in _leads(left):
        quotient = _quotient(difference, lead, left, right)
        if quotient is not None:
            yield add(claim, mul(quotient, left), mul(S.NegativeOne, quotient, right))


def _opened(term: Expr) -> Expr:
    """With numbers such as SNR = α²/σ² written out, and averages that have a name."""
    if isinstance(term, Apply) and isinstance(term.head.definition, Expect):
        term = term.head.unfold(term.arguments)
    for head in heads_in([term]):
        value = head.definition if isinstance(head, Scalar) else None
        if value is not None and not value.has(Expect, IntegralOver, CondExpect):
            term = replace_head(term, head, head.params, value)
    return term


def _spread(term: Expr) -> tuple[Expr, ...]:
    """The summands of a term that is multiplied out."""
    spread = subtract(term, S.Zero)
    return summands(term if spread is None else spread)


def _leads(left: Expr) -> list[Expr]:
    """The coefficients that stand in a summand by themselves, squared or not."""
    found = []
    for part in summands(left):
        inside = factors(part)
        if len(set(inside)) == 1 and isinstance(inside[0], Apply):
            found.append(part)
    return found


def _quotient(difference: Expr, lead: Expr, left: Expr, right: Expr) -> Expr | None:
    """q with ``difference`` = q (left − right), by putting right − (the rest) for ``lead``."""
    wanted = Counter(factors(lead))
    rest = add(left, mul(S.NegativeOne, right), mul(S.NegativeOne, lead))
    waiting, kept, quotient = [*_spread(difference)], list[Expr](), list[Expr]()
    while waiting:
        if len(waiting) + len(kept) > _MOST:
            return None
        part = waiting.pop()
        own = Counter(factors(part))
        if any(own[factor] < count for factor, count in wanted.items()):
            kept.append(part)
            continue
        cofactor = mul(*(own - wanted).elements())
        quotient.append(cofactor)
        waiting += _spread(mul(S.NegativeOne, cofactor, rest))
        waiting = [*summands(add(*waiting))] if waiting else []
        waiting = [one for one in waiting if one is not S.Zero]
    return add(*quotient) if quotient and vanish(kept) else None
