"""What holds almost everywhere: null sets, sections, supports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, S

from fmproof.kernel.integrals import draws_variables
from fmproof.kernel.rule import require, rule
from fmproof.kernel.theorem import Sequent, Theorem, infer
from fmproof.lang.arithmetic import mul
from fmproof.lang.nodes import Draw, IntegralOver
from fmproof.lang.nodes.measure import against_lebesgue, drawn_by, is_density
from fmproof.lang.props import Almost, Integrable, Prop, VanishesWith
from fmproof.lang.scope import apart, free_vars

NULL_SETS = "Folland, Real Analysis, theorem 2.37 and section 2.5"
_SUPPORT = "Folland, Real Analysis, proposition 2.16"


def over(measure: Sequence[Draw], prop: Prop) -> Prop:
    """``prop``, for almost every value if it is about what the measure draws."""
    drawn = {var for item in measure for var in drawn_by(item)}
    return Almost(prop, *measure) if drawn & free_vars(prop) else prop


@rule("C10", NULL_SETS)
def everywhere(theorem: Theorem, measure: Sequence[Draw]) -> Sequent:
    """From A ⊢ P: A' ⊢ P almost everywhere; hypotheses about the variables likewise."""
    hypotheses = (over(measure, h) for h in theorem.hypotheses)
    return infer(Almost(theorem.conclusion, *measure), *hypotheses)


@rule("C10", NULL_SETS)
def sections(prop: Integrable, split: int) -> Sequent:
    """{f integrable over x and y} ⊢ f integrable over y for almost every x (Fubini)."""
    fits = 0 < split < len(prop.measure)
    require(fits, "sections", f"an integrability condition over more than {split}", prop)
    inner = Integrable(prop.body, *prop.measure[split:])
    return infer(Almost(inner, *prop.measure[:split]), prop)


@rule("C10", "a law with a density has the null sets of Lebesgue measure, and more; Fubini")
def under_law(theorem: Theorem, measure: Sequence[Draw]) -> Sequent:
    """From ⊢ P for almost every x and y: ⊢ P for almost every x~p and y in any order, where p is a
    density of what was integrated and the other items are the same.
    """
    prop: Any = theorem.conclusion
    require(type(prop) is Almost, "almost everywhere", "a statement for almost every value", prop)
    kept = set(measure).intersection(prop.measure)
    _, drawn = against_lebesgue(S.One, [item for item in measure if item not in kept])
    fits = kept.union(drawn) == set(prop.measure)
    require(fits, "almost everywhere", "a statement about the variables of the law", prop)
    return infer(Almost(prop.body, *measure), after=(theorem,))


@rule("C11", _SUPPORT)
def support_of_marginal(marginal: Expr) -> Sequent:
    """⊢ m(x) = 0 ⇒ j(x, z) = 0 for almost every x and z, for a density m at different variables x,
    not given any of them, that is defined as ∫ j dz.

    A density by definition is an integral of densities, so j ≥ 0. For every x with ∫ j dz < ∞ by
    the integral of a nonnegative function; the other x have measure zero, because m is a density.
    """
    m: Any = marginal
    defined = is_density(m) and m.head.definition is not None
    mass: Any = m.head.unfold(m.arguments) if defined else None
    require(type(mass) is IntegralOver, "absolute continuity", "a marginal by definition", m)
    require(draws_variables(m), "absolute continuity", "a marginal at variables, not given any", m)
    mass = apart(mass, free_vars(m))
    measure = (*m.head.ranges(m), *mass.measure)
    return infer(Almost(VanishesWith(mass.body, m), *measure))


@rule("C12", "∫_{p = 0} p = 0")
def support_of_draw(numerator: Expr, draw: Expr) -> Sequent:
    """⊢ p(x) ≠ 0 for almost every x~p; stated as: p(x) = 0 ⇒ a = 0."""
    require(is_density(draw), "support", "a density", draw)
    return infer(Almost(VanishesWith(numerator, draw), draw))


@rule("C11", "k·0 = 0")
def vanishing_multiple(k: Expr, a: Expr, b: Expr) -> Sequent:
    """{b = 0 ⇒ a = 0} ⊢ b = 0 ⇒ k·a = 0."""
    return infer(VanishesWith(mul(k, a), b), VanishesWith(a, b))
