"""b·(a/b) among the factors of a product, and what vanishes with b."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.derived.rule import derived, integrability_goal
from fmproof.errors import RuleError
from fmproof.kernel.algebra import cancel_denominator
from fmproof.kernel.almost import vanishing_multiple
from fmproof.kernel.integrability import ratio_integrable
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import admit
from fmproof.lang.nodes import Ratio
from fmproof.lang.nodes.measure import against_lebesgue
from fmproof.lang.props import Integrable, VanishesWith
from fmproof.lang.scope import alpha_equal


def ratio_and_denominator(parts: tuple[Expr, ...]) -> tuple[int, int] | None:
    """The positions of a ratio a/b and of a b among factors."""
    for i, ratio in enumerate(parts):
        if isinstance(ratio, Ratio):
            for j, factor in enumerate(parts):
                if j != i and alpha_equal(factor, ratio.args[1]):
                    return i, j
    return None


def _split(body: Expr) -> tuple[Expr, Expr, Expr] | None:
    """``(a, b, k)`` of b·(a/b)·k."""
    parts = factors(body)
    found = ratio_and_denominator(parts)
    if found is None:
        return None
    ratio: Any = parts[found[0]]
    return *ratio.args, mul(*without(parts, *found))


@derived("A2", "b·(a/b) = a for b ≠ 0, and for b = 0 both sides are 0")
def cancel(term: Expr) -> Theorem:
    """{b = 0 ⇒ a·k = 0} ⊢ b·(a/b)·k = a·k, found in a product."""
    split = _split(admit(term))
    if split is None:
        raise RuleError("cancel: expected a product with b and a/b, found %s", term)
    return cancel_denominator(*split)


@derived("C8", "|b·(a/b)| ≤ |a|, with a/0 = 0")
def cancelled_ratio(goal: Integrable) -> Theorem:
    """{a·f integrable} ⊢ b·(a/b)·f integrable, found among the factors and densities."""
    goal = integrability_goal(goal, "ratio")
    split = _split(against_lebesgue(goal.body, goal.measure)[0])
    if split is None:
        raise RuleError("ratio: no b·(a/b) in %s", goal)
    return ratio_integrable(goal, *split)


@derived("C11", "k·0 = 0")
def multiple_vanishes(goal: VanishesWith, place: int) -> Theorem:
    """{b = 0 ⇒ a = 0} ⊢ b = 0 ⇒ k·a = 0, where k is the factor at a place."""
    require(isinstance(goal, VanishesWith), "absolute continuity", "b = 0 ⇒ a = 0", goal)
    above, below = admit(goal).args
    parts = factors(above)
    require(0 <= place < len(parts), "absolute continuity", f"more than {place} factors", goal)
    return vanishing_multiple(parts[place], mul(*without(parts, place)), below)
