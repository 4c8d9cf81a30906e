"""How integrability follows from integrability: the rules that derive side conditions.

Each takes a goal ``Integrable(f, μ)`` and gives a theorem with that conclusion whose
hypotheses are what the goal follows from. None of them searches; the search is in
:mod:`fmproof.tactics.conditions` and need not be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.algebra import paired
from fmproof.kernel.almost import over
from fmproof.kernel.integrals import draws_variables, in_order, joint_law, with_body
from fmproof.kernel.ring import polynomial
from fmproof.kernel.rule import Equation, Integrated, require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, factors, mul, without
from fmproof.lang.node import bound_vars, is_nonnegative, remembered
from fmproof.lang.nodes import Apply, Draw, Inner, IntegralOver, Lebesgue, Ratio, Var
from fmproof.lang.nodes.measure import (
    against_lebesgue,
    drawn_by,
    is_density,
    parents_of,
    without_lets,
)
from fmproof.lang.numbers import is_number
from fmproof.lang.props import Integrable
from fmproof.lang.scope import alpha_equal, apart, free_vars

_TONELLI = "Tonelli; Folland, Real Analysis, theorem 2.37"
LP = "Folland, Real Analysis, sections 5.5 and 6.1"


# --- Tonelli: the same integral of |f|, written under another law ------------------------


@remembered
def joint_form(goal: Any) -> Integrable | None:
    """``goal`` as an integral against Lebesgue measures, with no density that can be done without.

    ∫ |f| dμ is the same up to a positive factor. None stands for an integral that is finite by
    itself: of zero, or of what depends on no integrated variable, over bounded intervals, under
    laws, or over nothing. A marginal may become its law, since it is finite almost everywhere; a
    factor that is a number or a uniform density is nowhere 0 and bounded; an unbounded range stays,
    for over it a constant is not integrable.
    """
    body, measures = against_lebesgue(*without_lets(goal.body, goal.measure))
    if body is S.Zero:
        return None
    laws: list[Any] = [item for item in measures if type(item) is not Lebesgue]
    parts = [*laws, *(factor for factor in factors(body) if not _is_constant(factor))]
    ranges: dict[Var, Any] = {item.var: item for item in measures if type(item) is Lebesgue}
    taken = frozenset(ranges).union(free_vars(goal), *map(drawn_by, laws))
    place = 0
    while place < len(parts):  # a marginal becomes the law whose marginal it is
        law = joint_law(parts[place], taken) if _is_law_of(parts[place], ranges) else None
        if law is None:
            place += 1
            continue
        ranges |= {i.var: i for draw in law if is_density(draw) for i in draw.head.ranges(draw)}
        taken = taken.union(ranges, *map(drawn_by, law))
        parts[place : place + 1] = [draw for draw in law if not _is_constant(draw)]
    place = 0
    while place < len(parts):  # one of variables that nothing else has has mass one
        own = frozenset(drawn_by(parts[place]) if _is_law_of(parts[place], ranges) else ())
        others = without(tuple(parts), place)
        if not own or any(own & free_vars(other) for other in others):
            place += 1
            continue
        ranges = {var: item for var, item in ranges.items() if var not in own}
        parts, place = list(others), 0
    laws = [part for part in parts if _draws(part) and not is_density(part)]
    parts = [part for part in parts if part not in laws]
    used = frozenset[Var]().union(*map(free_vars, parts), *map(parents_of, laws))
    left = [item for var, item in ranges.items() if var in used or not item.bounded]
    left.sort(key=lambda item: (item.var.sort.value, str(item.range), item.var.name))
    return Integrable(mul(*parts), *left, *laws) if left or laws else None


def _is_constant(factor: Any) -> bool:
    """A number, or the density of a uniform law: neither is 0 here."""
    return is_number(factor) or (is_density(factor) and factor.head.is_uniform)


def _draws(factor: Any) -> bool:
    return type(factor) is Apply and factor.head.draws


def _is_law_of(factor: Any, ranges: dict[Var, Any]) -> bool:
    """Whether a factor is a density of integrated variables, each over its own range, or a law.

    Only then is its integral over them one, and its value finite almost everywhere.
    """
    if not is_density(factor):
        return _draws(factor)
    each = zip(factor.head.drawn(factor), factor.head.over, strict=True)
    return draws_variables(factor) and all(
        v in ranges and ranges[v].range == o.range for v, o in each
    )


@rule("C1", _TONELLI)
def tonelli(goal: Integrable, premise: Integrable, order: Sequence[int]) -> Sequent:
    """{f integrable under one law} ⊢ f integrable under another with the same joint density.

    ``order`` matches the variables: the i-th of the premise's joint form is the one of the
    goal's joint form at ``order[i]``.
    """
    form, other = joint_form(goal), joint_form(premise)
    there = Integrable(form.body, *in_order(form.measure, order)) if form else None
    if there is None or other is None or not alpha_equal(there, other):
        raise RuleError("Tonelli: %s and %s are different integrals", goal, premise)
    return infer(goal, premise)


@rule("C9", "a constant on a set of finite measure; Folland, Real Analysis, section 2.2")
def finite_measure(goal: Integrable) -> Sequent:
    """⊢ constants are integrable under laws and over bounded intervals, and 0 is over anything."""
    if joint_form(goal) is not None:
        raise RuleError("finite measure: not the integral of a constant: %s", goal)
    return infer(goal)


# --- domination: |f| ≤ Σ |gᵢ| pointwise --------------------------------------------------


@rule("C6", "Folland, Real Analysis, sections 2.2 and 2.3")
def combination_integrable(
    goal: Integrable, coefficients: Sequence[Expr], parts: Sequence[Expr]
) -> Sequent:
    """{each fᵢ integrable} ⊢ f integrable, where f = Σ cᵢ fᵢ by arithmetic, for cᵢ free of the
    integrated variables.
    """
    if len(coefficients) != len(parts):
        raise RuleError(f"combination: {len(coefficients)} coefficients of {len(parts)} functions")
    whole = add(*map(mul, coefficients, parts))
    if whole != goal.body and polynomial(whole) != polynomial(goal.body):
        raise RuleError("combination: %s is not the integrand of %s", whole, goal)
    for constant in coefficients:
        if free_vars(constant).intersection(bound_vars(goal)):
            raise RuleError("combination: %s is no constant in %s", constant, goal)
    return infer(goal, *(Integrable(part, *goal.measure) for part in parts))


@rule("C8", "|b·(a/b)| ≤ |a|, with a/0 = 0")
def ratio_integrable(goal: Integrable, a: Expr, b: Expr, k: Expr) -> Sequent:
    """{a·f integrable} ⊢ b·(a/b)·f integrable, since |b·(a/b)| ≤ |a| with a/0 = 0.

    The densities of the measure count as factors.
    """
    body, measures = against_lebesgue(goal.body, goal.measure)
    if body != mul(b, Ratio(a, b), k):
        raise RuleError("ratio: %s is not about %s times %s/(%s) times %s", goal, b, a, b, k)
    return infer(goal, Integrable(mul(a, k), *measures))


@rule("C2", LP)
def product_integrable(weight: Expr, a: Expr, b: Expr, measure: Sequence[Draw]) -> Sequent:
    """{w|a|², w|b|² integrable} ⊢ w·a·b integrable, since 2|a b| ≤ |a|² + |b|²; a and b are scalars
    or vectors, and of two vectors a·b is ⟨a, b⟩.
    """
    product, *squares = (mul(weight, paired(*pair)) for pair in ((a, b), (a, a), (b, b)))
    needed = (Integrable(square, *measure) for square in squares)
    return infer(Integrable(product, *measure), *needed)


# --- integrals inside the integrand ------------------------------------------------------


@rule("C1", _TONELLI)
def inside_integrable(k: Expr, integral: Integrated, measure: Sequence[Draw]) -> Sequent:
    """{k·f integrable over x and y} ⊢ k·∫ f dy integrable over x; of two vectors k·f is ⟨k, f⟩. The
    same for E.
    """
    goal = Integrable(paired(k, integral), *measure)
    inner: Any = apart(integral, free_vars(goal).union(bound_vars(goal), free_vars(goal.body)))
    return infer(goal, Integrable(paired(k, inner.body), *measure, *inner.measure))


@rule("C3", "Jensen; Kallenberg, Foundations of Modern Probability, lemma 4.5")
def mean_square_integrable(
    weight: Expr, values: Expr, average: Equation, mass: Equation, measure: Sequence[Draw]
) -> Sequent:
    """From ⊢ u = ∫ f·(j/m) dz and ⊢ m = ∫ j dz, j ≥ 0: {w‖f‖² j integrable over x and z} ⊢ w‖u‖² m
    integrable over x, for w, u and m free of z; what the equations assume is needed for almost
    every x.

    Where m > 0, j/m is a probability density in z and ‖u‖² ≤ ∫ ‖f‖² (j/m) dz. This is what
    makes a marginal field square integrable when the conditional field is.
    """
    m, total, u = mass.lhs, mass.rhs, average.lhs
    fits = type(total) is IntegralOver and is_nonnegative(total.body)
    require(fits, "Jensen", "a mass ∫ j with j ≥ 0", total)
    if not alpha_equal(average.rhs, with_body(total, mul(values, Ratio(total.body, m)))):
        raise RuleError("Jensen: %s is no average by the mass %s", u, m)
    goal = Integrable(mul(weight, m, Inner(u, u)), *measure)
    if free_vars(goal.body).intersection(bound_vars(total)):
        raise RuleError("Jensen: %s is about what %s integrates over", goal, total)
    inside = mul(weight, total.body, Inner(values, values))
    needed = (over(measure, h) for th in (average, mass) for h in th.hypotheses)
    return infer(goal, Integrable(inside, *measure, *total.measure), *needed)
