"""Gradients and minimisers in a parameter."""

from __future__ import annotations

from sympy import Add, Expr, Mul, S

from fmproof.errors import RuleError
from fmproof.kernel.theorem import Theorem, _theorem, require_equation
from fmproof.lang.binders import ArgMin, Grad
from fmproof.lang.props import Differentiable, Equals, ForAll
from fmproof.lang.scope import free_vars
from fmproof.lang.terms import Var
from fmproof.lang.text import text


def gradient_of_sum(term: Expr) -> Theorem:
    """{each fᵢ differentiable} ⊢ ∇_θ (Σ cᵢ fᵢ + k) = Σ cᵢ ∇_θ fᵢ, for cᵢ and k free of θ.

    With one θ-dependent summand there is no condition: a multiple of f plus a constant is
    differentiable when f is.
    """
    if not isinstance(term, Grad):
        raise RuleError(f"gradient: expected a gradient, found {text(term)}")
    result, conditions = [], []
    for summand in Add.make_args(term.body):
        constant, rest = _split(summand, term.var)
        if rest is not S.One:
            result.append(Mul(constant, Grad(rest, term.var)))
            conditions.append(Differentiable(rest, term.var))
    whole = Add(*result)
    if whole == term:
        raise RuleError(f"gradient: nothing to separate in {text(term)}")
    if len(conditions) == 1:
        conditions = []
    return _theorem(Equals(term, whole), *conditions)


def minimisers_of_shift(term: Expr) -> Theorem:
    """⊢ argmin_θ (f + k) = argmin_θ f, for k free of θ."""
    if not isinstance(term, ArgMin):
        raise RuleError(f"minimisers: expected argmin, found {text(term)}")
    summands = Add.make_args(term.body)
    kept = [s for s in summands if term.var in free_vars(s)]
    if len(kept) == len(summands):
        raise RuleError(f"minimisers: no summand of {text(term.body)} is free of {text(term.var)}")
    return _theorem(Equals(term, ArgMin(Add(*kept), term.var)))


def _split(summand: Expr, var: Var) -> tuple[Expr, Expr]:
    factors = Mul.make_args(summand)
    constant = Mul(*(f for f in factors if var not in free_vars(f)))
    return constant, Mul(*(f for f in factors if var in free_vars(f)))


def differentiable_sum(goal: Differentiable) -> Theorem:
    """{each fᵢ differentiable} ⊢ Σ cᵢ fᵢ + k differentiable, for cᵢ and k free of θ."""
    if not isinstance(goal, Differentiable):
        raise RuleError(f"differentiable: expected a differentiability, found {text(goal)}")
    premises = []
    for summand in Add.make_args(goal.body):
        _, rest = _split(summand, goal.var)
        if rest is not S.One:
            premises.append(Differentiable(rest, goal.var))
    if premises == [goal]:
        raise RuleError(f"differentiable: nothing to separate in {text(goal)}")
    return _theorem(goal, *premises)


def differentiable_equal(theorem: Theorem, var: Var) -> Theorem:
    """From ⊢ f = g for every θ: {g differentiable} ⊢ f differentiable."""
    equation = require_equation(theorem, "differentiable")
    lifted = (ForAll(h, var) if var in free_vars(h) else h for h in theorem.hypotheses)
    premise = Differentiable(equation.rhs, var)
    return _theorem(Differentiable(equation.lhs, var), premise, *lifted)
