"""Integrals and averages of derivatives, by theorems about the whole function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import Div, Draw, Expect, Grad, Inner, IntegralOver, Lebesgue, Partial, Var
from fmproof.lang.props import Differentiable, Equals, ForAll, Integrable, Prop
from fmproof.lang.scope import free_vars, fresh, substitute
from fmproof.lang.sorts import Sort


@rule("D4", "the divergence theorem on growing boxes; Mathlib, integral_divergence_of_hasFDerivAt")
def integral_of_divergence(field: Expr, measure: Sequence[Draw]) -> Sequent:
    """{F differentiable everywhere, F and div F integrable} ⊢ ∫ div F dx = 0. No decay is assumed:
    the flux through the sides of a box is integrable in its size, so it is small for some large
    boxes.
    """
    item, slope, smooth = _slope(Div, field, measure)
    whole = IntegralOver(slope, item)
    return infer(Equals(whole, S.Zero), smooth, Integrable(field, item), Integrable(slope, item))


@rule("D7", "Rudin, Real and Complex Analysis, theorem 7.21")
def integral_of_slope(body: Expr, measure: Sequence[Draw]) -> Sequent:
    """{F differentiable everywhere, ∂F integrable} ⊢ ∫ₐᵇ ∂F dt = F(b) − F(a). That ∂F is continuous
    is not asked.
    """
    item, slope, smooth = _slope(Partial, body, measure)
    whole = IntegralOver(slope, item)
    require(item.bounded, "fundamental theorem", "∫ₐᵇ ∂F dt", whole)
    high, low = (substitute(body, {item.var: end}) for end in (item.high, item.low))
    difference = add(high, mul(S.NegativeOne, low))
    return infer(Equals(whole, difference), smooth, Integrable(slope, item))


def _slope(kind: Any, body: Expr, measure: Any) -> tuple[Any, Expr, Prop]:
    """The one variable of a measure, the derivative in it, and that it exists everywhere."""
    item = measure[0] if len(measure) == 1 else None
    if type(item) is not Lebesgue:
        raise RuleError("integral of a derivative: %s needs one integrated variable", body)
    return item, kind(body, item.var, item.var), ForAll(Differentiable(body, item.var), item.var)


@rule("D8", "Rudin, Principles of Mathematical Analysis, theorems 5.2, 6.8 and 6.13")
def integrable_between(goal: Integrable) -> Sequent:
    """{f differentiable everywhere} ⊢ f integrable over [a, b], where it is continuous."""
    item, *more = goal.measure
    fits = not more and type(item) is Lebesgue and item.bounded
    require(fits, "continuity", "an integrability over an interval", goal)
    return infer(goal, ForAll(Differentiable(goal.body, item.var), item.var))


@rule("D9", "Hutchinson, Communications in Statistics 18 (1989), equation 2.3")
def trace_of_slope(e: Var, field: Expr, var: Var, at: Expr, measure: Sequence[Draw]) -> Sequent:
    """{E[⟨a, e⟩ ⟨b, e⟩] = ⟨a, b⟩ for all a and b, f differentiable at c} ⊢ E[⟨e, ∇_z ⟨e, f⟩⟩] =
    div_z f at c, for f and c free of what is drawn. Nothing has to be integrable: by the first
    condition the square of each coordinate of e is, and what is averaged is made of these.
    """
    slope = Grad(Inner(e, field), var, at)
    term = Expect(Inner(e, slope), *measure)
    drawn = set(bound_vars(term))
    require(e in drawn and e is not var, "trace", f"a draw of {e.name}", term)
    if (free_vars(field) - {var} | free_vars(at)) & drawn:
        raise RuleError("trace: %s at %s depends on what is drawn in %s", field, at, term)
    a = fresh(Var("a", Sort.VEC), free_vars(term) | drawn)
    b = fresh(Var("b", Sort.VEC), free_vars(term) | drawn | {a})
    moment = Expect(mul(Inner(a, e), Inner(b, e)), *measure)
    identity = ForAll(ForAll(Equals(moment, Inner(a, b)), b), a)
    smooth = Differentiable(field, var, at)
    return infer(Equals(term, Div(field, var, at)), identity, smooth)
