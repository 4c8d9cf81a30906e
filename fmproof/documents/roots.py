"""Roots of products taken apart, √(a b) as √a·√b, before products are multiplied out.

Multiplied out, √(a (1 − b)) is √(a − a b), which is no root of a product any more.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Basic, Expr

from fmproof.documents import quotients
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.node import rebuilt
from fmproof.lang.nodes import Sqrt
from fmproof.tactics.differences import subtract
from fmproof.tactics.methods import agree
from fmproof.tactics.script import Step


def steps(before: Expr, claim: Expr) -> list[Step] | None:
    """Steps between lines of which the roots are taken apart; None where that fails."""
    try:
        left, right = _apart(before), _apart(claim)
    except (FmproofError, TypeError):
        return None
    if (left, right) == (before, claim):
        return None
    middle = _between(left, right)
    if middle is None:
        return None
    first = [Step("0", left, by="root")] if left != before else []
    last = [Step("6", claim, by="root")] if right != claim else []
    return [*first, *middle, *last]


def _between(left: Expr, right: Expr) -> list[Step] | None:
    if subtract(left, right) == 0:
        return [Step("1", right, by="ring")]
    if agree(left, right, quotients.FORM):
        return [Step("1", right, by=quotients.FORM)]
    found = quotients.steps(left, right)
    return None if found is None else [replace(step, id=f"1.{step.id}") for step in found]


def _apart(term: Basic) -> Expr:
    """A term with √a·√b for each √(a b) in it."""
    made: Expr = rebuilt(term, *map(_apart, term.args)) if term.args else term
    if isinstance(made, Sqrt) and len(set(factors(made.args[0]))) > 1:
        return mul(*map(Sqrt, factors(made.args[0])))
    return made
