"""Rows that combine the same two functions on both sides, and differ by one less the other.

u + w (v − u) = (1 + w) v − w u holds only if u = v, whatever these are. A row that takes two
functions together on both sides does not mean to say so: its weights are wrong.
"""

from __future__ import annotations

from sympy import Expr

from fmproof.documents.context import Context
from fmproof.lang.arithmetic import coefficient, summands
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Grad, Log
from fmproof.lang.sorts import Sort
from fmproof.tactics.differences import subtract


def equates_two(context: Context, before: Expr, claim: Expr) -> tuple[Expr, Expr] | None:
    """The functions u and v that a row equates, though both sides are made of both of them; None
    where a row of the document says that they are equal."""
    apart = subtract(before, claim)
    if apart is None or len(summands(apart)) != 2:
        return None
    (one, first), (other, second) = map(coefficient, summands(apart))
    if one + other != 0 or not (is_function(first) and is_function(second)):
        return None
    if not all(side.has(first) and side.has(second) for side in (before, claim)):
        return None
    pair = {first, second}
    said = [set(sides) for sides in context.said.read.values()]
    facts = [{fact.before, fact.claim} for fact in context.facts.known]
    return None if pair in (*said, *facts) else (first, second)


def is_function(term: Expr) -> bool:
    """A field, or the score of a density."""
    inside = term.body.args[0] if isinstance(term, Grad) and isinstance(term.body, Log) else None
    if isinstance(inside, Apply) and inside.head.is_density:
        return True
    return isinstance(term, Apply) and sort_of(term) is Sort.VEC
