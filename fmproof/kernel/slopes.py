"""Integrals and averages of derivatives, by theorems about the whole function."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import Div, Expect, Grad, Inner, IntegralOver, Lebesgue, Partial, Var
from fmproof.lang.props import Differentiable, Equals, ForAll, Integrable, Prop
from fmproof.lang.scope import free_vars, fresh, substitute
from fmproof.lang.sorts import Sort


def _slope(term: IntegralOver, kind: type, name: str, words: str) -> tuple[Any, Any, Prop]:
    """The range of the integral of a derivative, the derivative, and that it exists everywhere."""
    (item, *more), inner = term.measure, term.body
    require(not more and type(inner) is kind, name, words, term)
    if inner.at is not item.var or item.var in free_vars(inner.body):
        raise RuleError("%s: not the integral of a derivative: %s", name, term)
    return item, inner, ForAll(Differentiable(*inner.args), item.var)


@rule("D4", "the divergence theorem on growing boxes; Mathlib, integral_divergence_of_hasFDerivAt")
def divergence_theorem(term: IntegralOver) -> Sequent:
    """{F differentiable, F and div F integrable} ⊢ ∫ div F dx = 0. No decay is assumed: the flux
    through the sides of a box is integrable in its size, so it is small for some large boxes.
    """
    item, inner, smooth = _slope(term, Div, "divergence theorem", "∫ div F dx")
    field = substitute(inner.body, {inner.var: item.var})
    return infer(Equals(term, S.Zero), smooth, Integrable(field, item), Integrable(inner, item))


@rule("D7", "Rudin, Real and Complex Analysis, theorem 7.21")
def fundamental_theorem(term: IntegralOver) -> Sequent:
    """{F differentiable everywhere, ∂F integrable} ⊢ ∫ₐᵇ ∂F dt = F(b) − F(a). That ∂F is continuous
    is not asked.
    """
    item, inner, smooth = _slope(term, Partial, "fundamental theorem", "∫ₐᵇ ∂F dt")
    require(item.bounded, "fundamental theorem", "∫ₐᵇ ∂F dt", term)
    high, low = (substitute(inner.body, {inner.var: end}) for end in (item.high, item.low))
    difference = add(high, mul(S.NegativeOne, low))
    return infer(Equals(term, difference), smooth, Integrable(inner, item))


@rule("D8", "Rudin, Principles of Mathematical Analysis, theorems 5.2, 6.8 and 6.13")
def integrable_between(goal: Integrable) -> Sequent:
    """{f differentiable everywhere} ⊢ f integrable over [a, b], where it is continuous."""
    item, *more = goal.measure
    fits = not more and type(item) is Lebesgue and item.bounded
    require(fits, "continuity", "an integrability over an interval", goal)
    return infer(goal, ForAll(Differentiable(goal.body, item.var), item.var))


@rule("D9", "Hutchinson, Communications in Statistics 18 (1989), equation 2.3")
def trace_by_probe(term: Expect) -> Sequent:
    """{E[⟨a, e⟩ ⟨b, e⟩] = ⟨a, b⟩ for all a and b, f differentiable at c} ⊢ E[⟨e, ∇_z ⟨e, f⟩⟩] =
    div_z f at c, for f and c free of what is drawn. Nothing has to be integrable: by the first
    condition the square of each coordinate of e is, and what is averaged is made of these.
    """
    require(type(term.body) is Inner, "trace", "E[⟨e, ∇ ⟨e, f⟩⟩]", term)
    e, field, slope = _probe(term)
    drawn = set(bound_vars(term))
    if (free_vars(field) - {slope.var} | free_vars(slope.at)) & drawn:
        raise RuleError("trace: %s at %s depends on what is drawn in %s", field, slope.at, term)
    a = fresh(Var("a", Sort.VEC), free_vars(term) | drawn)
    b = fresh(Var("b", Sort.VEC), free_vars(term) | drawn | {a})
    moment = Expect(mul(Inner(a, e), Inner(b, e)), *term.measure)
    identity = ForAll(ForAll(Equals(moment, Inner(a, b)), b), a)
    smooth = Differentiable(field, slope.var, slope.at)
    return infer(Equals(term, Div(field, slope.var, slope.at)), identity, smooth)


def _probe(node: Any) -> tuple[Var, Expr, Any]:
    """(e, f, ∇_z ⟨e, f⟩) of E[⟨e, ∇_z ⟨e, f⟩⟩], for an e that is drawn."""
    for e, slope in (node.body.args, node.body.args[::-1]):
        if e in bound_vars(node) and type(slope) is Grad and type(slope.body) is Inner:
            for one, field in (slope.body.args, slope.body.args[::-1]):
                if one is e and slope.var not in (e, one) and slope.var.sort is Sort.VEC:
                    return e, field, slope
    raise RuleError("trace: expected ⟨e, ∇ ⟨e, f⟩⟩ for a drawn e, found %s", node.body)
