"""⟨a, ∫ f⟩ and ∫ f among the factors of a product."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.derived.rule import derived, integrability_goal
from fmproof.errors import RuleError
from fmproof.kernel.integrability import inside_integrable
from fmproof.kernel.integrals import inner_with_integral, is_integral
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import admit
from fmproof.lang.nodes import Inner
from fmproof.lang.props import Integrable


def integral_argument(factor: Any) -> tuple[Any, Expr] | None:
    """``(∫ f, a)`` when a factor is ⟨a, ∫ f⟩; the second argument is looked at first."""
    if isinstance(factor, Inner):
        for side in (1, 0):
            if is_integral(factor.args[side]):
                return factor.args[side], factor.args[1 - side]
    return None


@derived("I1", "Folland, Real Analysis, proposition 2.22")
def inner_of_integral(term: Expr) -> Theorem:
    """{k·f integrable} ⊢ k ⟨a, ∫ f⟩ = ∫ k ⟨a, f⟩, found in a product."""
    parts = factors(admit(term))
    for place, factor in enumerate(parts):
        found = integral_argument(factor)
        if found is not None:
            integral, other = found
            return inner_with_integral(mul(*without(parts, place)), other, integral)
    raise RuleError("linearity: expected an inner product with an integral, found %s", term)


@derived("C1", "Tonelli; Folland, Real Analysis, theorem 2.37")
def integral_inside(goal: Integrable) -> Theorem:
    """{f integrable over x and y} ⊢ ∫ f dy integrable over x; likewise ⟨a, ∫ f dy⟩."""
    goal = integrability_goal(goal, "Tonelli")
    parts = factors(goal.body)
    for place, factor in enumerate(parts):
        integral, other = integral_argument(factor) or (factor, None)
        if is_integral(integral):
            rest = mul(*without(parts, place), *(() if other is None else (other,)))
            return inside_integrable(rest, integral, goal.measure)
    raise RuleError("Tonelli: no integral inside %s", goal)
