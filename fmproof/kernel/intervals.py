"""Rules about integrals over an interval of numbers."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.nodes import IntegralOver, Lebesgue, Partial
from fmproof.lang.props import Differentiable, Equals, ForAll, Integrable, Prop
from fmproof.lang.scope import free_vars, substitute


@rule("D7", "Rudin, Real and Complex Analysis, theorem 7.21")
def fundamental_theorem(term: Expr) -> Sequent:
    """{F differentiable everywhere, ∂F integrable} ⊢ ∫ₐᵇ ∂F dt = F(b) − F(a). That ∂F is continuous
    is not asked.
    """
    node: Any = term
    fits = type(term) is IntegralOver and len(node.measure) == 1 and type(node.body) is Partial
    require(fits and node.measure[0].bounded, "fundamental theorem", "∫ₐᵇ ∂F dt", term)
    (item,), inner = node.measure, node.body
    if inner.at is not item.var or item.var in free_vars(inner.body):
        raise RuleError("fundamental theorem: not the integral of a derivative: %s", term)
    high, low = (substitute(inner.body, {inner.var: end}) for end in (item.high, item.low))
    smooth = ForAll(Differentiable(*inner.args), item.var)
    difference = add(high, mul(S.NegativeOne, low))
    return infer(Equals(term, difference), smooth, Integrable(inner, item))


@rule("D8", "Rudin, Principles of Mathematical Analysis, theorems 5.2, 6.8 and 6.13")
def integrable_between(goal: Prop) -> Sequent:
    """{f differentiable everywhere} ⊢ f integrable over [a, b], where it is continuous."""
    node: Any = goal
    fits = type(goal) is Integrable and len(node.measure) == 1 and type(node.measure[0]) is Lebesgue
    fits = fits and node.measure[0].bounded
    require(fits, "continuity", "an integrability over an interval", goal)
    (item,) = node.measure
    return infer(goal, ForAll(Differentiable(node.body, item.var), item.var))
