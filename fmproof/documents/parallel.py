"""Two lines of one form that differ in a few parts, by quotients: E‖v − (x − m)/s‖², E‖v − e‖².

The parts are shown to be equal where they stand. So an average need not be taken apart, which asks
for averages of quotients that may not exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sympy import Expr

from fmproof.documents import quotients
from fmproof.documents.suggest import replaced_along
from fmproof.lang.arithmetic import Add, Mul, add, factors, mul, summands
from fmproof.lang.nodes import Apply, Expect, IntegralOver
from fmproof.tactics.script import Step

TwoParts = tuple[Expr, Expr]
_MOST = 3
"""Parts in which two lines may differ."""


def steps(before: Expr, claim: Expr, number: str = "") -> list[Step] | None:
    """Steps from ``before`` to ``claim``, part after part; None where that fails."""
    pairs = list(dict.fromkeys(_differing(before, claim) or ()))
    if not 0 < len(pairs) <= _MOST or (before, claim) in pairs:
        return None
    found: list[Step] = []
    line = before
    for part, other in pairs:
        terms = quotients.between(part, other)
        if terms is None:
            return None
        along = replaced_along(line, part, terms)
        if along is None:
            return None
        for line, words in along:
            found.append(Step(f"{number}{len(found) + 1}", line, by=words))
    return found if line == claim else None


def _differing(one: Any, other: Any) -> list[TwoParts] | None:
    """The parts in which two terms of one form differ; None where they have no form in common."""
    if one == other:
        return []
    if not isinstance(one, Expr) or not isinstance(other, Expr):
        return None
    if isinstance(one, Add) and isinstance(other, Add):
        return _but_for_common((one, other), (summands(one), summands(other)), add)
    if isinstance(one, Mul) and isinstance(other, Mul):
        return _but_for_common((one, other), (factors(one), factors(other)), mul)
    averages = isinstance(one, Expect | IntegralOver)
    same = type(one) is type(other) and len(one.args) == len(other.args)
    if not same or (averages and one.args[1:] != other.args[1:]):
        return [(one, other)] if not averages else None
    if isinstance(one, Apply) and one.head is not other.head:
        return [(one, other)]
    found: list[TwoParts] = []
    for mine, theirs in zip(one.args, other.args, strict=True):
        pairs = _differing(mine, theirs)
        if pairs is None:
            return [(one, other)] if not averages else None
        found += pairs
    return found


def _but_for_common(
    terms: TwoParts, parts: tuple[Sequence[Expr], Sequence[Expr]], whole: Any
) -> list[TwoParts] | None:
    """Of two sums, or two products, without the parts that both have."""
    mine, theirs = (Counter(side) for side in parts)
    one, other = ([*rest.elements()] for rest in (mine - theirs, theirs - mine))
    if len(one) == len(other) == 1:
        return _differing(one[0], other[0])
    if whole is mul or len(one) != 1 or not other:
        return [terms]  # else what differs is no part of the line
    return [(one[0], whole(*other))]
