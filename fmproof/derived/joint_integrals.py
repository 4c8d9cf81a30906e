"""Nested integrals as one over all their variables, and in the other order."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from fmproof.derived.restatements import restate
from fmproof.derived.rule import derived
from fmproof.kernel.equality import symmetry, transitivity
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.integrability import finite_measure, joint_form, tonelli
from fmproof.kernel.integrals import iterated_expectation, reorder_draws
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import admit, bound_vars
from fmproof.lang.nodes import IntegralOver
from fmproof.lang.props import Integrable
from fmproof.lang.scope import alpha_equal, apart


def _joined(term: Expr, name: str) -> tuple[IntegralOver, int]:
    """∫ f d(x, y) for ∫(∫ f dy) dx, and how many variables x are."""
    outer: Any = admit(term)
    fits = isinstance(outer, IntegralOver) and isinstance(outer.body, IntegralOver)
    require(fits, name, "two nested integrals", term)
    inner: Any = apart(outer.body, bound_vars(outer))
    return IntegralOver(inner.body, *outer.measure, *inner.measure), len(outer.measure)


def integrable_likewise(goal: Integrable, known: Theorem) -> Theorem:
    """``goal`` from the integral of the same, written in another order or with densities as
    factors."""
    prop: Any = known.conclusion
    if alpha_equal(goal, prop):
        return restate(known, goal)
    form = joint_form(goal)
    if form is None:
        return finite_measure(goal)
    return discharge(tonelli(goal, prop, range(len(form.measure))), known)


@derived("I4", "Folland, Real Analysis, theorem 2.37")
def joint_integral(term: Expr) -> Theorem:
    """{f integrable over both} ⊢ ∫(∫ f dy) dx = ∫ f d(x, y)."""
    return symmetry(iterated_expectation(*_joined(term, "joint")))


@derived("I4", "Folland, Real Analysis, theorem 2.37")
def fubini(term: Expr) -> Theorem:
    """{f integrable over both} ⊢ ∫(∫ f dy) dx = ∫(∫ f dx) dy."""
    joint, outside = _joined(term, "fubini")
    there = symmetry(iterated_expectation(joint, outside))
    places = range(len(joint.measure))
    turned = reorder_draws(joint, (*places[outside:], *places[:outside]))
    back = iterated_expectation(turned.rhs, len(places) - outside)
    theorem = transitivity(transitivity(there, turned), back)
    known, wanted = (Integrable(node.body, *node.measure) for node in (joint, turned.rhs))
    return discharge(theorem, integrable_likewise(wanted, assume(known)))
