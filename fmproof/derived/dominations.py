"""Inequalities between integrands, |f| ≤ Σ |gᵢ|, from the few that the kernel knows."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from fmproof.derived.joint_integrals import integrable_likewise
from fmproof.derived.restatements import reflexivity, restate
from fmproof.derived.rule import derived, integrability_goal
from fmproof.errors import RuleError
from fmproof.kernel.algebra import bilinearity
from fmproof.kernel.equality import congruence, equal_sides, unfold
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrability import (
    combination_integrable,
    mean_square_integrable,
    product_integrable,
)
from fmproof.kernel.ring import linear_combination, ring_normal
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, factors, mul, summands, without
from fmproof.lang.node import bound_vars, is_nonnegative, sort_of
from fmproof.lang.nodes import Apply, Inner, IntegralOver, Ratio, Var
from fmproof.lang.nodes.measure import against_lebesgue, drawn_by
from fmproof.lang.numbers import number
from fmproof.lang.props import Equals, Integrable
from fmproof.lang.scope import alpha_equal, apart, free_vars
from fmproof.lang.sorts import Sort

_LP = "Folland, Real Analysis, sections 5.5 and 6.1"


# --- sums and constants -------------------------------------------------------------------


@derived("C6", "Folland, Real Analysis, section 2.3")
def sum_of_integrable(goal: Integrable) -> Theorem:
    """{each fᵢ integrable} ⊢ Σ fᵢ integrable."""
    parts = summands(ring_normal(integrability_goal(goal, "sum").body))
    if len(parts) < 2:
        raise RuleError("sum: expected a sum, found %s", goal)
    return combination_integrable(goal, [S.One] * len(parts), parts)


@derived("C7", "Folland, Real Analysis, section 2.2")
def constant_factor(goal: Integrable) -> Theorem:
    """{f integrable} ⊢ c·f and f/c integrable, for c free of the integrated variables."""
    goal = integrability_goal(goal, "constant factor")
    bound = frozenset(bound_vars(goal))
    constants: list[Expr] = []
    kept: list[Expr] = []
    for factor in factors(goal.body):
        if isinstance(factor, Ratio) and not bound & free_vars(factor.args[1]):
            constants.append(Ratio(S.One, factor.args[1]))
            kept.append(factor.args[0])
        elif bound & free_vars(factor) or sort_of(factor) is Sort.VEC:
            kept.append(factor)
        else:
            constants.append(factor)
    if mul(*kept) == goal.body:
        raise RuleError("constant factor: none in %s", goal)
    return combination_integrable(goal, [mul(*constants)], [mul(*kept)])


# --- products -----------------------------------------------------------------------------


@derived("C2", _LP)
def cauchy_schwarz(goal: Integrable) -> Theorem:
    """{w‖a‖², w‖b‖² integrable} ⊢ w⟨a, b⟩ integrable, since 2|⟨a, b⟩| ≤ ‖a‖² + ‖b‖²."""
    goal = integrability_goal(goal, "Cauchy–Schwarz")
    for inner, weight in inner_factors(goal.body):
        if not inner.is_square:
            a, b = inner.args
            return product_integrable(weight, a, b, goal.measure)
    raise RuleError("Cauchy–Schwarz: no inner product in %s", goal)


@derived("C2", _LP)
def scalar_cauchy_schwarz(goal: Integrable, first: int, second: int) -> Theorem:
    """{w a², w b² integrable} ⊢ w·a·b integrable for scalars a and b, since 2|a b| ≤ a² + b²."""
    goal = integrability_goal(goal, "Cauchy–Schwarz")
    parts = factors(goal.body)
    fits = first != second and {first, second} <= set(range(len(parts)))
    require(fits, "Cauchy–Schwarz", f"factors {first} and {second}", goal)
    a, b = parts[first], parts[second]
    if sort_of(a) is not Sort.REAL or sort_of(b) is not Sort.REAL:
        raise RuleError("Cauchy–Schwarz: %s and %s are not both scalars", a, b)
    return product_integrable(mul(*without(parts, first, second)), a, b, goal.measure)


@derived("C5", _LP)
def square_integrable(goal: Integrable) -> Theorem:
    """{w‖f‖², w integrable} ⊢ w·f integrable for a vector f, since ‖f‖ ≤ 1 + ‖f‖²."""
    goal = integrability_goal(goal, "second moment")
    parts = factors(goal.body)
    places = [i for i, f in enumerate(parts) if sort_of(f) is Sort.VEC]
    if len(places) != 1:
        raise RuleError("second moment: expected a vector, found %s", goal.body)
    return product_integrable(mul(*without(parts, *places)), parts[places[0]], S.One, goal.measure)


@derived("C5", _LP)
def scalar_square_integrable(goal: Integrable, place: int) -> Theorem:
    """{w f², w integrable} ⊢ w·f integrable for a scalar f, since |f| ≤ 1 + f²."""
    goal = integrability_goal(goal, "second moment")
    parts = factors(goal.body)
    fits = 0 <= place < len(parts) and sort_of(parts[place]) is Sort.REAL
    require(fits, "second moment", f"a scalar factor {place}", goal)
    return product_integrable(mul(*without(parts, place)), parts[place], S.One, goal.measure)


@derived("C4", _LP)
def parallelogram(goal: Integrable) -> Theorem:
    """{each w‖aᵢ‖² integrable} ⊢ w‖Σ aᵢ‖² integrable, since ‖Σ aᵢ‖² ≤ n Σ ‖aᵢ‖²."""
    goal = integrability_goal(goal, "parallelogram")
    for inner, weight in inner_factors(goal.body):
        if inner.is_square and isinstance(inner.args[0], Add):
            return _spread(goal, inner, weight)
    raise RuleError("parallelogram: no squared norm of a sum in %s", goal)


def _spread(goal: Integrable, inner: Any, weight: Expr) -> Theorem:
    """By multiplying out: each w⟨aᵢ, aⱼ⟩ is integrable by the inequality of Cauchy and Schwarz."""
    vectors = inner.args[0].args
    crossed = [(a, b) for i, a in enumerate(vectors) for b in vectors[i + 1 :]]
    pairs = [*((a, a) for a in vectors), *crossed]
    terms = [mul(weight, Inner(a, b)) for a, b in pairs]
    often = [S.One if a is b else number(2) for a, b in pairs]
    equation = _in_product(goal.body, inner, bilinearity(inner))
    known = combination_integrable(Integrable(equation.rhs, *goal.measure), often, terms)
    theorem = discharge(equal_sides(goal, {0: equation}), known)
    for a, b in crossed:
        theorem = discharge(theorem, product_integrable(weight, a, b, goal.measure))
    return theorem


def _in_product(body: Expr, factor: Expr, equation: Theorem) -> Theorem:
    """⊢ a product = itself with the other side of an equation for one of its factors."""
    if body == factor:
        return equation
    if factor in body.args:
        return congruence(body, {body.args.index(factor): equation})
    k = mul(*without(factors(body), factors(body).index(factor)))  # the factor is in a power
    return linear_combination(equation, k, body, mul(k, equation.rhs))


def inner_factors(body: Expr) -> list[tuple[Any, Expr]]:
    """Each inner product among the factors, with the product of the others."""
    parts = factors(body)
    return [(f, mul(*without(parts, i))) for i, f in enumerate(parts) if isinstance(f, Inner)]


# --- averages -----------------------------------------------------------------------------


@derived("C3", "Jensen; Kallenberg, Foundations of Modern Probability, lemma 4.5")
def jensen(goal: Integrable) -> Theorem:
    """{‖f‖² j integrable over x and z} ⊢ ‖u‖² m integrable over x, for u = ∫ f·(j/m) dz and
    m = ∫ j dz by definition, j ≥ 0.
    """
    goal = integrability_goal(goal, "Jensen")
    body, measures = against_lebesgue(goal.body, goal.measure)
    taken = free_vars(body).union(*map(drawn_by, measures))
    for inner, weight in inner_factors(body):
        split = _average(inner.args[0], taken) if inner.is_square else None
        if split is None:
            continue
        values, average, mass = split
        weights = factors(weight)
        for place, factor in enumerate(weights):
            if alpha_equal(factor, mass.lhs):
                others = mul(*without(weights, place))
                known = mean_square_integrable(others, values, average, mass, measures)
                return integrable_likewise(goal, known)
    raise RuleError("Jensen: no squared conditional expectation with its weight in %s", goal)


def _average(field: Any, taken: frozenset[Var]) -> tuple[Expr, Theorem, Theorem] | None:
    """``(f, ⊢ u = ∫ f·(j/m) dz, ⊢ m = ∫ j dz)`` for such a field u, also by definition, j ≥ 0."""
    defined = isinstance(field, Apply) and field.head.definition is not None
    equation = unfold(field) if defined else reflexivity(field)
    if not isinstance(equation.rhs, IntegralOver):
        return None
    average = apart(equation.rhs, taken)
    parts = factors(average.body)
    for place, ratio in enumerate(parts):
        joint, marginal = ratio.args if isinstance(ratio, Ratio) else (None, None)
        if not isinstance(marginal, Apply) or marginal.head.definition is None:
            continue
        mass, values = unfold(marginal), mul(*without(parts, place))
        total = IntegralOver(joint, *average.measure)
        if is_nonnegative(joint) and alpha_equal(mass.rhs, total) and sort_of(values) is Sort.VEC:
            return values, equation, restate(mass, Equals(marginal, total))
    return None
