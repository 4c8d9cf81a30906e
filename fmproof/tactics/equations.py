"""Equations solved for one of their summands: from a + b = c, a = c − b."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, S

from fmproof.kernel.ring import linear_combination
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import add, coefficient, mul, summands
from fmproof.lang.nodes import Apply, Partial
from fmproof.lang.nodes.derivative import Derivative
from fmproof.tactics.rewriting import attempt


def solved(equation: Theorem) -> Iterator[Theorem]:
    """An equation of a sum, solved for a partial derivative in it, or else another, or a symbol.

    A continuity equation ∂p/∂t + div(p u) = 0 is used as ∂p/∂t = −div(p u).
    """
    parts = summands(equation.lhs)
    if len(parts) < 2:
        return
    for kind in (Partial, Derivative, Apply):
        for place, part in enumerate(parts):
            scale, alone = coefficient(part)
            if not isinstance(alone, kind):
                continue
            found = _alone(equation, alone, scale, (*parts[:place], *parts[place + 1 :]))
            if found is not None:
                yield found
                return


def _alone(equation: Theorem, alone: Expr, scale: Expr, others: tuple[Expr, ...]) -> Theorem | None:
    share = S.One / scale
    value = mul(share, add(equation.rhs, *(mul(S.NegativeOne, other) for other in others)))
    return attempt(linear_combination, equation, share, alone, value)
