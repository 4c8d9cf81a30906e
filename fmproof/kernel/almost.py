"""What holds almost everywhere: null sets, sections, supports."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Mul, S

from fmproof.errors import RuleError
from fmproof.kernel.order import is_nonnegative
from fmproof.kernel.theorem import Theorem, _theorem, require_theorem
from fmproof.lang.binders import Draw, IntegralOver, against_lebesgue, drawn_by
from fmproof.lang.heads import Density, conditions
from fmproof.lang.props import Almost, Integrable, VanishesWith
from fmproof.lang.scope import apart, free_vars
from fmproof.lang.terms import Apply, Var
from fmproof.lang.text import text


def everywhere(theorem: Theorem, measure: Sequence[Draw]) -> Theorem:
    """From A ⊢ P: A' ⊢ P almost everywhere; hypotheses about the variables likewise."""
    require_theorem(theorem, "almost everywhere")
    bound = {var for item in measure for var in drawn_by(item)}
    hypotheses = [Almost(h, *measure) if bound & free_vars(h) else h for h in theorem.hypotheses]
    return _theorem(Almost(theorem.conclusion, *measure), *hypotheses)


def sections(prop: Integrable, split: int) -> Theorem:
    """{f integrable over x and y} ⊢ f integrable over y for almost every x (Fubini)."""
    if not (isinstance(prop, Integrable) and 0 < split < len(prop.measure)):
        raise RuleError(f"sections: cannot split {text(prop)} after {split}")
    outer, inner = prop.measure[:split], prop.measure[split:]
    return _theorem(Almost(Integrable(prop.body, *inner), *outer), prop)


def reorder_almost(theorem: Theorem, order: Sequence[int]) -> Theorem:
    """The same statement with its variables in another order (Fubini for null sets)."""
    prop = require_theorem(theorem, "almost everywhere").conclusion
    if not (isinstance(prop, Almost) and sorted(order) == list(range(len(prop.measure)))):
        raise RuleError(f"almost everywhere: not an order of the variables of {text(prop)}")
    measure = (prop.measure[i] for i in order)
    return _theorem(Almost(prop.body, *measure), after=(theorem,))


def under_law(theorem: Theorem, measure: Sequence[Draw]) -> Theorem:
    """From ⊢ P for Lebesgue-almost every x: ⊢ P for almost every x~p, since p has a density."""
    prop = require_theorem(theorem, "almost everywhere").conclusion
    _, lebesgue = against_lebesgue(S.One, measure)
    if not (isinstance(prop, Almost) and set(lebesgue) == set(prop.measure)):
        raise RuleError(f"almost everywhere: {text(prop)} does not fit the law")
    return _theorem(Almost(prop.body, *measure), after=(theorem,))


def support_of_marginal(marginal: Apply) -> Theorem:
    """⊢ m(x) = 0 ⇒ j(x, z) = 0 for almost every x and z, where m(x) is defined as ∫ j dz, j ≥ 0.

    For every x with ∫ j dz < ∞ by the integral of a nonnegative function; the other x have
    measure zero, because m is a density.
    """
    fits = isinstance(marginal, Apply) and isinstance(marginal.head, Density)
    mass = (
        marginal.head.unfold(marginal.arguments)
        if fits and marginal.head.definition is not None
        else None
    )
    if not isinstance(mass, IntegralOver):
        raise RuleError(f"absolute continuity: {text(marginal)} is not defined as a marginal")
    drawn = marginal.head.drawn(marginal)
    if not (all(isinstance(v, Var) for v in drawn) and len(set(drawn)) == len(drawn)):
        raise RuleError(f"absolute continuity: {text(marginal)} is not taken at variables")
    if conditions(marginal) & set(drawn):
        raise RuleError(f"absolute continuity: {text(marginal)} is a density given its own draws")
    if not is_nonnegative(mass.body):
        raise RuleError(f"absolute continuity: {text(mass.body)} ≥ 0 is not clear")
    mass = apart(mass, free_vars(marginal))
    measure = (*marginal.head.measure(marginal), *mass.measure)
    return _theorem(Almost(VanishesWith(mass.body, marginal), *measure))


def support_of_draw(numerator: Expr, draw: Apply) -> Theorem:
    """⊢ p(x) ≠ 0 for almost every x~p; stated as: p(x) = 0 ⇒ a = 0."""
    if not (isinstance(draw, Apply) and isinstance(draw.head, Density)):
        raise RuleError(f"support: expected a density, found {text(draw)}")
    return _theorem(Almost(VanishesWith(numerator, draw), draw))


def multiple_vanishes(goal: VanishesWith, factor: Expr) -> Theorem:
    """{b = 0 ⇒ a = 0} ⊢ b = 0 ⇒ k·a = 0."""
    if not isinstance(goal, VanishesWith):
        raise RuleError(f"absolute continuity: expected b = 0 ⇒ a = 0, found {text(goal)}")
    factors = list(Mul.make_args(goal.args[0]))
    if factor not in factors:
        raise RuleError(f"absolute continuity: {text(factor)} is not a factor in {text(goal)}")
    factors.remove(factor)
    return _theorem(goal, VanishesWith(Mul(*factors), goal.args[1]))
