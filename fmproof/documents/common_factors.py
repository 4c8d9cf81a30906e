"""Rows that differ by a multiple of one score or field: they hold only where its weight is 0.

f − g² ∇ log p = f − ½ g² ∇ log p says ½ g² ∇ log p = 0. Whatever p is, nobody means that; so it is
enough that numbers refute ½ g² = 0, however little is known of p.
"""

from __future__ import annotations

from sympy import Expr

from fmproof.documents.combinations import is_function
from fmproof.documents.terms import heads_in
from fmproof.lang.arithmetic import add, factors, mul, summands
from fmproof.lang.node import sort_of
from fmproof.lang.sorts import Sort
from fmproof.tactics.differences import subtract


def weight_left_over(before: Expr, claim: Expr) -> tuple[Expr, Expr] | None:
    """The weight c and the function v of ``before`` − ``claim`` = c v, with no symbol of v in c."""
    if sort_of(before) is not Sort.VEC:
        return None
    apart = subtract(before, claim)
    weights: list[Expr] = []
    functions: set[Expr] = set()
    for part in summands(apart) if apart is not None else ():
        vectors = [f for f in factors(part) if is_function(f)]
        if len(vectors) != 1:
            return None
        functions.update(vectors)
        weights.append(mul(*(f for f in factors(part) if f is not vectors[0])))
    if len(functions) != 1:
        return None
    (function,) = functions
    weight = add(*weights)
    if heads_in([weight]) & heads_in([function]) or not heads_in([weight]):
        return None
    return weight, function
