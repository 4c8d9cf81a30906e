"""What is left of two sides in normal form: the first thing that many proofs ask."""

from __future__ import annotations

from sympy import Expr

from fmproof.errors import FmproofError
from fmproof.tactics.differences import subtract
from fmproof.tactics.methods import Line
from fmproof.tactics.normal import decide


def normal_sides(before: Expr, claim: Expr) -> tuple[Expr, Expr] | None:
    """Both sides in normal form, or as far as they get there."""
    try:
        common = decide(Line(before, claim))
        return common.left.rhs, common.right.rhs
    except (FmproofError, RecursionError, AttributeError, TypeError):
        return None


def normal_difference(before: Expr, claim: Expr) -> Expr | None:
    """What is left of ``before − claim`` when both are in normal form."""
    try:
        sides = normal_sides(before, claim)
        return None if sides is None else subtract(*sides)
    except (FmproofError, RecursionError, AttributeError, TypeError):
        return None
