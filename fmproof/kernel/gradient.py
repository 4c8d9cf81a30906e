"""Gradients and minimisers in a parameter."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.equality import lifted
from fmproof.kernel.rule import Equation, require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, factors, mul, summands
from fmproof.lang.node import Lift, shown
from fmproof.lang.nodes import ArgMin, Grad, Var
from fmproof.lang.props import Differentiable, Equals, Prop
from fmproof.lang.scope import free_vars

CALCULUS = "Rudin, Principles of Mathematical Analysis, theorem 5.3"


def _split(summand: Expr, var: Var) -> tuple[Expr, Expr]:
    parts = factors(summand)
    constant = mul(*(f for f in parts if var not in free_vars(f)))
    return constant, mul(*(f for f in parts if var in free_vars(f)))


@rule("G1", CALCULUS)
def gradient_of_sum(term: Expr) -> Sequent:
    """{each fᵢ differentiable} ⊢ ∇_θ (Σ cᵢ fᵢ + k) = Σ cᵢ ∇_θ fᵢ, for cᵢ and k free of θ.

    With one θ-dependent summand there is no condition: a multiple of f plus a constant is
    differentiable when f is.
    """
    require(type(term) is Grad, "gradient", "a gradient", term)
    body, var = term.args
    split = [_split(summand, var) for summand in summands(body)]
    moving = [(c, f) for c, f in split if f is not S.One]
    whole = add(*(mul(c, Grad(f, var)) for c, f in moving))
    if whole == term:
        raise RuleError(f"gradient: nothing to separate in {shown(term)}")
    conditions = [Differentiable(f, var) for _, f in moving] if len(moving) > 1 else []
    return infer(Equals(term, whole), *conditions)


@rule("G2", "f + k ≤ g + k if and only if f ≤ g")
def minimisers_of_shift(term: Expr) -> Sequent:
    """⊢ argmin_θ (f + k) = argmin_θ f, for k free of θ."""
    require(type(term) is ArgMin, "minimisers", "argmin", term)
    body, var = term.args
    kept = [s for s in summands(body) if var in free_vars(s)]
    if len(kept) == len(summands(body)):
        raise RuleError(f"minimisers: no summand of {shown(body)} is free of {shown(var)}")
    return infer(Equals(term, ArgMin(add(*kept), var)))


@rule("C6", CALCULUS)
def differentiable_sum(goal: Prop) -> Sequent:
    """{each fᵢ differentiable} ⊢ Σ cᵢ fᵢ + k differentiable, for cᵢ and k free of θ."""
    require(type(goal) is Differentiable, "differentiable", "a differentiability", goal)
    body, var = goal.args
    moving = (_split(summand, var)[1] for summand in summands(body))
    premises = [Differentiable(f, var) for f in moving if f is not S.One]
    if premises == [goal]:
        raise RuleError(f"differentiable: nothing to separate in {shown(goal)}")
    return infer(goal, *premises)


@rule("C13", "a function has one derivative")
def differentiable_equal(theorem: Equation, var: Var) -> Sequent:
    """From ⊢ f = g for every θ: {g differentiable} ⊢ f differentiable."""
    goal: Any = Differentiable(theorem.lhs, var)
    hypotheses = (lifted(h, goal, Lift.EVERY) for h in theorem.hypotheses)
    return infer(goal, Differentiable(theorem.rhs, var), *hypotheses)
