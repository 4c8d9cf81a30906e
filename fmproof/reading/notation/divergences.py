"""Kullback–Leibler divergences: KL(q ‖ p) is the average of log q/p over q, for two densities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def kullback_leibler(elab: Elaborator, node: t.Function) -> Expr | None:
    """The divergence of two densities of the same variables; None for anything else.

    Raises:
        NotYet: what is drawn is not known.
    """
    sides = (*node.args, *node.given)
    if node.name != "KL" or len(sides) != 2:
        return None
    one, other = sides
    if not (isinstance(one, t.Call) and isinstance(other, t.Call)):
        return None
    if not (elab.is_density(key_of(one.head)) and elab.is_density(key_of(other.head))):
        return None
    letters = [[spelled(a) for a in side.args] for side in (one, other)]
    if letters[0] != letters[1] or not all(isinstance(a, t.Sym) for a in one.args):
        return None
    ratio = t.Function(node.at, "log", (t.Frac(node.at, one, other),))
    return elab.term(t.Expectation(node.at, (t.Draw(node.at, (one,), None),), ratio))
