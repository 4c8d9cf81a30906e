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
from fmproof.kernel.algebra import ratio_and_denominator
from fmproof.kernel.equality import lifted
from fmproof.kernel.integrals import integral_argument, is_integral, joint_law
from fmproof.kernel.ring import ring_normal
from fmproof.kernel.rule import Equation, require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import Add, factors, mul, summands, without
from fmproof.lang.node import Lift, bound_vars, is_nonnegative, remembered, sort_of
from fmproof.lang.nodes import Apply, Inner, IntegralOver, Lebesgue, Ratio, Var
from fmproof.lang.nodes.measure import (
    against_lebesgue,
    conditions,
    drawn_by,
    is_density,
    without_lets,
)
from fmproof.lang.numbers import is_number
from fmproof.lang.props import Integrable, Prop
from fmproof.lang.scope import alpha_equal, apart, free_vars
from fmproof.lang.sorts import Sort

_TONELLI = "Tonelli; Folland, Real Analysis, theorem 2.37"
LP = "Folland, Real Analysis, sections 5.5 and 6.1"


def _over(goal: Any, body: Expr) -> Integrable:
    """The same condition for another integrand."""
    return Integrable(body, *goal.measure)


def _require(goal: Any, name: str) -> Any:
    require(type(goal) is Integrable, name, "an integrability condition", goal)
    return goal


# --- Tonelli: the same integral of |f|, written under another law ------------------------


@remembered
def joint_form(goal: Any) -> Integrable | None:
    """``goal`` as an integral against Lebesgue measures, with no density that can be done without.

    ∫ |f| dμ is the same up to a positive factor. None stands for an integral that is finite by
    itself: of zero, or of what depends on no integrated variable, over bounded intervals or none.
    """
    body, measures = against_lebesgue(*without_lets(goal.body, goal.measure))
    if body is S.Zero:
        return None
    parts = [factor for factor in factors(body) if not _is_constant(factor)]
    ranges: dict[Var, Any] = {item.var: item for item in measures if type(item) is Lebesgue}
    laws: list[Any] = [item for item in measures if type(item) is not Lebesgue]
    taken = frozenset(ranges).union(free_vars(goal), *map(drawn_by, laws))
    place = 0
    while place < len(parts):  # a marginal becomes the law whose marginal it is
        law = joint_law(parts[place], taken) if _is_law_of(parts[place], ranges) else None
        if law is None:
            place += 1
            continue
        dense = [draw for draw in law if is_density(draw)]
        laws.extend(draw for draw in law if not is_density(draw))
        ranges |= {item.var: item for draw in dense for item in draw.head.ranges(draw)}
        taken = taken.union(ranges, *map(drawn_by, laws))
        parts[place : place + 1] = [draw for draw in dense if not _is_constant(draw)]
    place = 0
    while place < len(parts) + len(laws):  # one of variables that nothing else has has mass one
        factor = (*parts, *laws)[place]
        own = frozenset(drawn_by(factor)) if _is_law_of(factor, ranges) else None
        others = without((*parts, *laws), place)
        if own is None or any(own & free_vars(other) for other in others):
            place += 1
            continue
        ranges = {var: item for var, item in ranges.items() if var not in own}
        left_over = len(parts) - (place < len(parts))
        parts, laws = list(others[:left_over]), list(others[left_over:])
        place = 0
    used = free_vars(mul(*parts)).union(*(conditions(law) for law in laws))
    left = [item for var, item in ranges.items() if var in used or not item.bounded]
    left.sort(key=lambda item: (item.var.sort.value, str(item.range), item.var.name))
    return Integrable(mul(*parts), *left, *laws) if left or laws else None


def _is_constant(factor: Any) -> bool:
    """A number, or the density of a uniform law: neither is 0 here."""
    return is_number(factor) or (is_density(factor) and factor.head.is_uniform)


def _is_law_of(factor: Any, ranges: dict[Var, Any]) -> bool:
    """Whether a factor is a density of integrated variables, each over its own range, or a law.

    Only then is its integral over them one, and its value finite almost everywhere.
    """
    if not is_density(factor):
        return type(factor) is Apply and factor.head.draws
    drawn = factor.head.drawn(factor)
    return (
        all(type(var) is Var for var in drawn)
        and len(set(drawn)) == len(drawn)
        and not conditions(factor).intersection(drawn)
        and all(ranges.get(item.var) == item for item in factor.head.ranges(factor))
    )


@rule("C1", _TONELLI)
def tonelli(goal: Prop, premise: Prop, order: Sequence[int]) -> Sequent:
    """{f integrable under one law} ⊢ f integrable under another with the same joint density.

    ``order`` matches the variables: the i-th of the premise's joint form is the one of the
    goal's joint form at ``order[i]``.
    """
    first, second = joint_form(_require(goal, "Tonelli")), joint_form(_require(premise, "Tonelli"))
    if first is None or second is None:
        same = first is second and not order
    else:
        places = list(range(len(first.measure)))
        same = sorted(order) == places and alpha_equal(
            Integrable(first.body, *(first.measure[i] for i in order)), second
        )
    if not same:
        raise RuleError("Tonelli: %s and %s are different integrals", goal, premise)
    return infer(goal, premise)


@rule("C9", "a constant on a set of finite measure; Folland, Real Analysis, section 2.2")
def finite_measure(goal: Prop) -> Sequent:
    """⊢ constants are integrable under laws and over bounded intervals."""
    if joint_form(_require(goal, "finite measure")) is not None:
        raise RuleError("finite measure: not the integral of a constant: %s", goal)
    return infer(goal)


# --- domination: |f| ≤ Σ |gᵢ| pointwise --------------------------------------------------


@rule("C6", "Folland, Real Analysis, section 2.3")
def sum_of_integrable(goal: Prop) -> Sequent:
    """{each fᵢ integrable} ⊢ Σ fᵢ integrable."""
    parts = summands(ring_normal(_require(goal, "sum").body))
    if len(parts) < 2:
        raise RuleError("sum: expected a sum, found %s", goal)
    return infer(goal, *(_over(goal, part) for part in parts))


@rule("C7", "Folland, Real Analysis, section 2.2")
def constant_factor(goal: Prop) -> Sequent:
    """{f integrable} ⊢ c·f and f/c integrable, for c free of the integrated variables."""
    node = _require(goal, "constant factor")
    bound = frozenset(bound_vars(node))
    kept: list[Expr] = []
    for factor in factors(node.body):
        if type(factor) is Ratio and not bound & free_vars(factor.args[1]):
            kept.append(factor.args[0])
        elif bound & free_vars(factor) or sort_of(factor) is Sort.VEC:
            kept.append(factor)
    rest = mul(*kept)
    if rest == node.body:
        raise RuleError("constant factor: none in %s", goal)
    return infer(goal, _over(node, rest))


@rule("C8", "|b·(a/b)| ≤ |a|, with a/0 = 0")
def cancelled_ratio(goal: Prop) -> Sequent:
    """{a·f integrable} ⊢ b·(a/b)·f integrable, since |b·(a/b)| ≤ |a| with a/0 = 0.

    The densities of the measure count as factors.
    """
    node = _require(goal, "ratio")
    body, measures = against_lebesgue(node.body, node.measure)
    parts = factors(body)
    found = ratio_and_denominator(parts)
    if found is None:
        raise RuleError("ratio: no b·(a/b) in %s", goal)
    numerator: Any = parts[found[0]].args[0]
    return infer(goal, Integrable(mul(numerator, *without(parts, *found)), *measures))


@rule("C2", LP)
def cauchy_schwarz(goal: Prop) -> Sequent:
    """{w‖a‖², w‖b‖² integrable} ⊢ w⟨a, b⟩ integrable, since 2|⟨a, b⟩| ≤ ‖a‖² + ‖b‖²."""
    node = _require(goal, "Cauchy–Schwarz")
    for inner, weight in _inner_factors(node.body):
        if not inner.is_square:
            return infer(goal, *(_over(node, mul(weight, Inner(a, a))) for a in inner.args))
    raise RuleError("Cauchy–Schwarz: no inner product in %s", goal)


@rule("C2", LP)
def scalar_cauchy_schwarz(goal: Prop, first: int, second: int) -> Sequent:
    """{w a², w b² integrable} ⊢ w·a·b integrable for scalars a and b, since 2|a b| ≤ a² + b²."""
    node = _require(goal, "Cauchy–Schwarz")
    parts = factors(node.body)
    fits = first != second and {first, second} <= set(range(len(parts)))
    require(fits, "Cauchy–Schwarz", f"factors {first} and {second}", goal)
    a, b = parts[first], parts[second]
    if sort_of(a) is not Sort.REAL or sort_of(b) is not Sort.REAL:
        raise RuleError("Cauchy–Schwarz: %s and %s are not both scalars", a, b)
    weight = mul(*without(parts, first, second))
    return infer(goal, *(_over(node, mul(weight, f, f)) for f in (a, b)))


@rule("C4", LP)
def parallelogram(goal: Prop) -> Sequent:
    """{each w‖aᵢ‖² integrable} ⊢ w‖Σ aᵢ‖² integrable, since ‖Σ aᵢ‖² ≤ n Σ ‖aᵢ‖²."""
    node = _require(goal, "parallelogram")
    for inner, weight in _inner_factors(node.body):
        if inner.is_square and type(inner.args[0]) is Add:
            parts = inner.args[0].args
            return infer(goal, *(_over(node, mul(weight, Inner(a, a))) for a in parts))
    raise RuleError("parallelogram: no squared norm of a sum in %s", goal)


@rule("C5", LP)
def square_integrable(goal: Prop) -> Sequent:
    """{w‖f‖², w integrable} ⊢ w·f integrable for a vector f, since ‖f‖ ≤ 1 + ‖f‖²."""
    node = _require(goal, "second moment")
    parts = factors(node.body)
    places = [i for i, f in enumerate(parts) if sort_of(f) is Sort.VEC]
    if len(places) != 1:
        raise RuleError("second moment: expected a vector, found %s", node.body)
    vector, weight = parts[places[0]], mul(*without(parts, *places))
    return infer(goal, _over(node, mul(weight, Inner(vector, vector))), _over(node, weight))


@rule("C5", LP)
def scalar_square_integrable(goal: Prop, place: int) -> Sequent:
    """{w f², w integrable} ⊢ w·f integrable for a scalar f, since |f| ≤ 1 + f²."""
    node = _require(goal, "second moment")
    parts = factors(node.body)
    fits = 0 <= place < len(parts) and sort_of(parts[place]) is Sort.REAL
    require(fits, "second moment", f"a scalar factor {place}", goal)
    f, weight = parts[place], mul(*without(parts, place))
    return infer(goal, _over(node, mul(weight, f, f)), _over(node, weight))


def _inner_factors(body: Expr) -> list[tuple[Any, Expr]]:
    """Each inner product among the factors, with the product of the others."""
    parts = factors(body)
    return [(f, mul(*without(parts, i))) for i, f in enumerate(parts) if type(f) is Inner]


# --- integrals inside the integrand ------------------------------------------------------


@rule("C1", _TONELLI)
def integral_inside(goal: Prop) -> Sequent:
    """{f integrable over x and y} ⊢ ∫ f dy integrable over x; likewise ⟨a, ∫ f dy⟩."""
    node = _require(goal, "Tonelli")
    parts = factors(node.body)
    outer = frozenset(bound_vars(node)) | free_vars(node.body)
    for place, factor in enumerate(parts):
        integral, other = integral_argument(factor) or (factor, None)
        if is_integral(integral):
            inner = apart(integral, outer)
            body = inner.body if other is None else Inner(other, inner.body)
            joint = mul(*without(parts, place), body)
            return infer(goal, Integrable(joint, *node.measure, *inner.measure))
    raise RuleError("Tonelli: no integral inside %s", goal)


@rule("C3", "Jensen; Kallenberg, Foundations of Modern Probability, lemma 4.5")
def jensen(goal: Prop) -> Sequent:
    """{‖f‖² j integrable over x and z} ⊢ ‖u‖² m integrable over x, for u = ∫ f·(j/m) dz and
    m = ∫ j dz by definition, j ≥ 0.

    Where m > 0, j/m is a probability density in z and ‖u‖² ≤ ∫ ‖f‖² (j/m) dz. This is what
    makes a marginal field square integrable when the conditional field is.
    """
    node = _require(goal, "Jensen")
    body, measures = against_lebesgue(node.body, node.measure)
    taken = free_vars(body).union(*map(drawn_by, measures))
    for inner, weight in _inner_factors(body):
        split = _average(inner.args[0], taken) if inner.is_square else None
        if split is None:
            continue
        values, joint, marginal, integrated = split
        weights = factors(weight)
        for place, factor in enumerate(weights):
            if alpha_equal(factor, marginal):
                inside = mul(*without(weights, place), joint, Inner(values, values))
                return infer(goal, Integrable(inside, *measures, *integrated))
    raise RuleError("Jensen: no squared conditional expectation with its weight in %s", goal)


def _average(field: Any, taken: frozenset[Var]) -> tuple[Expr, Expr, Any, Any] | None:
    """``(f, j, m, dz)`` when a field is ∫ f·(j/m) dz, also by definition, m is ∫ j dz, j ≥ 0."""
    if type(field) is Apply and field.head.definition is not None:
        field = field.head.unfold(field.arguments)
    if type(field) is not IntegralOver:
        return None
    average = apart(field, taken)
    parts = factors(average.body)
    for place, ratio in enumerate(parts):
        joint, marginal = ratio.args if type(ratio) is Ratio else (None, None)
        if type(marginal) is not Apply or marginal.head.definition is None:
            continue
        mass = marginal.head.unfold(marginal.arguments)
        values = mul(*without(parts, place))
        if (
            is_nonnegative(joint)
            and alpha_equal(mass, IntegralOver(joint, *average.measure))
            and sort_of(values) is Sort.VEC
        ):
            return values, joint, marginal, average.measure
    return None


@rule("C13", "equal functions have equal integrals; Folland, Real Analysis, proposition 2.23")
def equal_integrand(goal: Prop, theorem: Equation) -> Sequent:
    """From ⊢ f = g: {g integrable} ⊢ f integrable; what that needs holds almost everywhere."""
    node = _require(goal, "equal integrands")
    if not alpha_equal(node.body, theorem.lhs):
        raise RuleError("equal integrands: %s is not in %s", theorem.lhs, goal)
    hypotheses = (lifted(h, node, Lift.ALMOST) for h in theorem.hypotheses)
    return infer(goal, _over(node, theorem.rhs), *hypotheses)
