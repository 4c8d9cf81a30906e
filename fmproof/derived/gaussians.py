"""Gaussian densities among the factors of a product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr

from fmproof.derived.rule import derived, integrability_goal
from fmproof.errors import RuleError
from fmproof.kernel.calculus import times_gaussian_dominated
from fmproof.kernel.gaussian import is_gaussian, times_gaussian
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import admit
from fmproof.lang.props import Dominated, Integrable


def _with_others(body: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Each Gaussian density among the factors, with the product of the others."""
    parts = factors(body)
    for place, part in enumerate(parts):
        if is_gaussian(part):
            yield part, mul(*without(parts, place))


@derived("N4", "a Gaussian density is bounded, uniformly in x and m")
def gaussian_bounded(goal: Integrable) -> Theorem:
    """{k integrable} ⊢ k·N(x; m, v) integrable, for such a product."""
    goal = integrability_goal(goal, "Gaussian")
    for density, k in _with_others(goal.body):
        try:
            return times_gaussian(density, k, goal.measure)
        except RuleError:
            continue
    raise RuleError("Gaussian: no bounded density in %s", goal)


@derived("D3", "the gradient of a Gaussian density is bounded, in x and in m")
def gaussian_dominated(goal: Dominated) -> Theorem:
    """{v > 0, k integrable} ⊢ domination of the gradient of k·N(x; m, v), for such a product."""
    require(isinstance(goal, Dominated), "domination", "a domination", goal)
    whole: Any = admit(goal)
    for density, k in _with_others(whole.body):
        try:
            return times_gaussian_dominated(density, k, whole.var, whole.at, whole.measure)
        except RuleError:
            continue
    raise RuleError("domination: no Gaussian density in %s", goal)
