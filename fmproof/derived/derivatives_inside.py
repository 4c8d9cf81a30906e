"""Derivatives in a term, whose parts the kernel's rules are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Expr, S

from fmproof.derived.restatements import restate
from fmproof.derived.rule import derived, integrability_goal
from fmproof.errors import RuleError
from fmproof.kernel.calculus import argmin_of_shift, dominated_derivative, slope_at_zero
from fmproof.kernel.rule import require
from fmproof.kernel.slopes import integral_of_divergence, integral_of_slope, trace_of_slope
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import add, factors, mul, summands, without
from fmproof.lang.node import admit, bound_vars
from fmproof.lang.nodes import ArgMin, Div, Expect, Grad, Inner, IntegralOver, Partial, Var
from fmproof.lang.props import Equals, Integrable, VanishesWith
from fmproof.lang.scope import alpha_equal, free_vars, substitute

DERIVATIVES = (Grad, Partial, Div)


@derived("D3", "Folland, Real Analysis, theorem 2.27")
def integrable_derivative(goal: Integrable) -> Theorem:
    """{domination} ⊢ ∇f integrable; the same for ∂ and div."""
    whole = integrability_goal(goal, "domination")
    slope: Any = whole.body
    fits = isinstance(slope, DERIVATIVES)
    require(fits, "domination", "that a derivative is integrable", whole)
    return dominated_derivative(slope, whole.measure)


def _integrated(
    term: Any, kind: type, rule: Callable[..., Theorem], name: str, words: str
) -> Theorem:
    """What a rule makes of the integral of a derivative in the variable of the integral."""
    term = admit(term)
    fits = isinstance(term, IntegralOver) and isinstance(term.body, kind)
    require(fits and len(term.measure) == 1, name, words, term)
    (item,), inner = term.measure, term.body
    if inner.at is not item.var or item.var in free_vars(inner.body):
        raise RuleError("%s: not the integral of a derivative: %s", name, term)
    theorem = rule(substitute(inner.body, {inner.var: item.var}), term.measure)
    return restate(theorem, Equals(term, theorem.rhs))


@derived("D4", "Mathlib, integral_divergence_of_hasFDerivAt")
def divergence_theorem(term: Expr) -> Theorem:
    """{F differentiable, F and div F integrable} ⊢ ∫ div F dx = 0, of an integral."""
    return _integrated(term, Div, integral_of_divergence, "divergence theorem", "∫ div F dx")


@derived("D7", "Rudin, Real and Complex Analysis, theorem 7.21")
def fundamental_theorem(term: Expr) -> Theorem:
    """{F differentiable everywhere, ∂F integrable} ⊢ ∫ₐᵇ ∂F dt = F(b) − F(a), of an integral."""
    return _integrated(term, Partial, integral_of_slope, "fundamental theorem", "∫ₐᵇ ∂F dt")


@derived("D9", "Hutchinson, Communications in Statistics 18 (1989), equation 2.3")
def trace_by_probe(term: Expr) -> Theorem:
    """{E[⟨a, e⟩ ⟨b, e⟩] = ⟨a, b⟩ for all a and b, f differentiable at c} ⊢ E[⟨e, ∇_z ⟨e, f⟩⟩] =
    div_z f at c, for such an average.
    """
    whole: Any = admit(term)
    fits = isinstance(whole, Expect) and isinstance(whole.body, Inner)
    require(fits, "trace", "E[⟨e, ∇ ⟨e, f⟩⟩]", whole)
    for e, field, slope in _probes(whole):
        theorem = trace_of_slope(e, field, slope.var, slope.at, whole.measure)
        return restate(theorem, Equals(whole, theorem.rhs))
    raise RuleError("trace: expected ⟨e, ∇ ⟨e, f⟩⟩ for a drawn e, found %s", whole.body)


def _probes(node: Any) -> Iterator[tuple[Var, Expr, Any]]:
    """(e, f, ∇_z ⟨e, f⟩) of E[⟨e, ∇_z ⟨e, f⟩⟩], for an e that is drawn."""
    for e, slope in (node.body.args, node.body.args[::-1]):
        if e in bound_vars(node) and isinstance(slope, Grad) and isinstance(slope.body, Inner):
            for one, field in (slope.body.args, slope.body.args[::-1]):
                if one is e and slope.var is not e:
                    yield e, field, slope


@derived("D5", "Rudin, Principles of Mathematical Analysis, theorem 5.8")
def stationary_at_zero(goal: VanishesWith) -> Theorem:
    """⊢ f(s) = 0 ⇒ k⟨a, ∇f(s)⟩ = 0 for f that is clearly ≥ 0, and so with ∂f(s)."""
    require(isinstance(goal, VanishesWith), "stationary", "b = 0 ⇒ a = 0", goal)
    above, below = admit(goal).args
    parts = factors(above)
    for place, part in enumerate(parts):
        pairs = (part.args, part.args[::-1]) if isinstance(part, Inner) else ((S.One, part),)
        for other, slope in pairs:
            if not isinstance(slope, Grad | Partial):
                continue
            if alpha_equal(substitute(slope.body, {slope.var: slope.at}), below):
                return slope_at_zero(mul(*without(parts, place), other), slope)
    raise RuleError("stationary: no derivative of what vanishes in %s", goal)


@derived("G2", "f + k ≤ g + k if and only if f ≤ g")
def minimisers_of_shift(term: Expr) -> Theorem:
    """⊢ argmin_θ (f + k) = argmin_θ f, for the summands k that are free of θ."""
    require(isinstance(term, ArgMin), "minimisers", "argmin", term)
    body, var = admit(term).args
    kept = [s for s in summands(body) if var in free_vars(s)]
    free = [s for s in summands(body) if var not in free_vars(s)]
    if not free:
        raise RuleError("minimisers: no summand of %s is free of %s", body, var)
    return argmin_of_shift(add(*kept), add(*free), var)
