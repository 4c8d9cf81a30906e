"""How integrability follows from integrability: the rules that derive side conditions.

Each takes a goal ``Integrable(f, μ)`` and gives a theorem with that conclusion whose
hypotheses are what the goal follows from. None of them searches; the search is in
:mod:`fmproof.tactics.conditions` and need not be trusted.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations, product

from sympy import Add, Basic, Expr, Mul, Rational, S

from fmproof.errors import RuleError
from fmproof.kernel.equality import ring_normal
from fmproof.kernel.integrals import joint_law
from fmproof.kernel.theorem import Theorem, _theorem, require_equation
from fmproof.lang.binders import (
    Expect,
    IntegralOver,
    Lebesgue,
    against_lebesgue,
    bound_vars,
)
from fmproof.lang.heads import Density, conditions
from fmproof.lang.props import Almost, Integrable, Prop
from fmproof.lang.scope import alpha_equal, apart, canon, free_vars
from fmproof.lang.sorts import Sort, sort_of
from fmproof.lang.terms import Apply, Inner, Ratio, Var
from fmproof.lang.text import text


def _follows(goal: Integrable, *premises: Prop) -> Theorem:
    return _theorem(goal, *premises)


def _require(goal: Prop, rule: str) -> Integrable:
    if not isinstance(goal, Integrable):
        raise RuleError(f"{rule}: expected an integrability condition, found {text(goal)}")
    return goal


# --- Tonelli: the same integral of |f|, written under another law ------------------------


@lru_cache(maxsize=20_000)
def joint_form(goal: Integrable) -> Integrable | None:
    """``goal`` with every density a factor, marginals written out, and unused draws removed.

    The value of ∫ |f| dμ is the same up to a positive factor. None stands for an integral that
    is finite by itself: of zero, or of a constant over bounded intervals or none.
    """
    body, measures = against_lebesgue(goal.body, goal.measure)
    if body is S.Zero:
        return None
    items: dict[Basic, Lebesgue] = {item.var: item for item in measures}
    factors = list(Mul.make_args(body))
    while (found := _marginal_factor(factors, items, free_vars(goal))) is not None:
        place, law = found
        factors[place : place + 1] = law
        for factor in law:
            for item in factor.head.measure(factor):
                items[item.var] = item
    factors = [f for f in factors if not _is_constant(f)]
    while (unused := _unused_density(factors, items)) is not None:
        for var in unused.head.drawn(unused):
            del items[var]
        factors.remove(unused)
    used = free_vars(Mul(*factors))
    items = {var: item for var, item in items.items() if var in used or not item.bounded}
    if not items:
        return None
    return Integrable(Mul(*factors), *sorted(items.values(), key=_space_and_name))


def _space_and_name(item: Lebesgue) -> tuple[str, str, str]:
    return item.var.sort.value, str(item.args[1:]), item.var.name


def _is_constant(factor: Expr) -> bool:
    """A nonzero number, or a density that is a constant by definition."""
    if isinstance(factor, Rational):
        return True
    return (
        isinstance(factor, Apply)
        and isinstance(factor.head, Density)
        and isinstance(factor.head.definition, Rational)
    )


def _integrated(factor: Expr, items: dict[Basic, Lebesgue]) -> bool:
    """Whether a factor is a density of integrated variables, over its own range.

    Only then is its integral over them one, and its value finite almost everywhere.
    """
    if not (isinstance(factor, Apply) and isinstance(factor.head, Density)):
        return False
    drawn = factor.head.drawn(factor)
    return (
        len(set(drawn)) == len(drawn)
        and all(
            items.get(var) == item
            for var, item in zip(drawn, factor.head.measure(factor), strict=True)
        )
        and not conditions(factor) & set(drawn)
    )


def _marginal_factor(
    factors: list[Expr], items: dict[Basic, Lebesgue], free: frozenset[Var]
) -> tuple[int, tuple[Apply, ...]] | None:
    for place, factor in enumerate(factors):
        if _integrated(factor, items):
            law = joint_law(factor, frozenset(items) | free)
            if law is not None:
                return place, law
    return None


def _unused_density(factors: list[Expr], items: dict[Basic, Lebesgue]) -> Apply | None:
    for factor in factors:
        if _integrated(factor, items):
            drawn = set(factor.head.drawn(factor))
            others = (f for f in factors if f is not factor)
            if not any(drawn & free_vars(other) for other in others):
                return factor
    return None


def tonelli(goal: Integrable, premise: Integrable) -> Theorem:
    """{f integrable under one law} ⊢ f integrable under another with the same joint density."""
    first, second = joint_form(_require(goal, "Tonelli")), joint_form(_require(premise, "Tonelli"))
    if not same_integral(first, second):
        raise RuleError(f"Tonelli: {text(goal)} and {text(premise)} are different integrals")
    return _follows(goal, premise)


def same_integral(first: Integrable | None, second: Integrable | None) -> bool:
    """Whether two joint forms agree up to names and order of the integrated variables."""
    if first is None or second is None:
        return first is second
    if len(first.measure) != len(second.measure) or _heads(first) != _heads(second):
        return False
    target = canon(second)
    groups: dict[tuple[str, ...], list[Lebesgue]] = {}
    for item in first.measure:
        groups.setdefault(_space_and_name(item)[:2], []).append(item)
    for choice in product(*(permutations(group) for group in groups.values())):
        items = [item for group in choice for item in group]
        if canon(Integrable(first.body, *items)) == target:
            return True
    return False


@lru_cache(maxsize=20_000)
def _heads(node: Basic) -> frozenset[Basic]:
    """The symbols applied in a term or proposition: the same whatever variables are called."""
    own = frozenset((node.head,)) if isinstance(node, Apply) else frozenset()
    return own.union(*(_heads(arg) for arg in node.args))


def finite_measure(goal: Integrable) -> Theorem:
    """⊢ constants are integrable under laws and over bounded intervals."""
    if joint_form(_require(goal, "finite measure")) is not None:
        raise RuleError(f"finite measure: not the integral of a constant: {text(goal)}")
    return _follows(goal)


# --- domination: |f| ≤ Σ |gᵢ| pointwise --------------------------------------------------


def sum_of_integrable(goal: Integrable) -> Theorem:
    """{each fᵢ integrable} ⊢ Σ fᵢ integrable."""
    summands = Add.make_args(ring_normal(_require(goal, "sum").body))
    if len(summands) < 2:
        raise RuleError(f"sum: expected a sum, found {text(goal.body)}")
    return _follows(goal, *(Integrable(s, *goal.measure) for s in summands))


def constant_factor(goal: Integrable) -> Theorem:
    """{f integrable} ⊢ c·f and f/c integrable, for c free of the integrated variables."""
    bound = frozenset(bound_vars(_require(goal, "constant factor")))
    kept: list[Expr] = []
    for factor in Mul.make_args(goal.body):
        if isinstance(factor, Ratio) and not bound & free_vars(factor.args[1]):
            kept.append(factor.args[0])
        elif bound & free_vars(factor) or sort_of(factor) is Sort.VEC:
            kept.append(factor)
    rest = Mul(*kept)
    if rest == goal.body:
        raise RuleError(f"constant factor: none in {text(goal)}")
    return _follows(goal, Integrable(rest, *goal.measure))


def cancelled_ratio(goal: Integrable) -> Theorem:
    """{a·f integrable} ⊢ b·(a/b)·f integrable, since |b·(a/b)| ≤ |a| with a/0 = 0.

    The densities of the measure count as factors.
    """
    body, measures = against_lebesgue(_require(goal, "ratio").body, goal.measure)
    factors = list(Mul.make_args(body))
    for ratio in factors:
        if isinstance(ratio, Ratio):
            for factor in factors:
                if factor is not ratio and alpha_equal(factor, ratio.args[1]):
                    rest = [f for f in factors if f is not ratio and f is not factor]
                    return _follows(goal, Integrable(Mul(ratio.args[0], *rest), *measures))
    raise RuleError(f"ratio: no b·(a/b) in {text(goal)}")


def cauchy_schwarz(goal: Integrable) -> Theorem:
    """{w‖a‖², w‖b‖² integrable} ⊢ w⟨a, b⟩ integrable, since 2|⟨a, b⟩| ≤ ‖a‖² + ‖b‖²."""
    for inner, weight in _inner_factors(_require(goal, "Cauchy–Schwarz").body):
        if not inner.is_square:
            a, b = inner.args
            return _follows(
                goal,
                Integrable(Mul(weight, Inner(a, a)), *goal.measure),
                Integrable(Mul(weight, Inner(b, b)), *goal.measure),
            )
    raise RuleError(f"Cauchy–Schwarz: no inner product in {text(goal)}")


def parallelogram(goal: Integrable) -> Theorem:
    """{each w‖aᵢ‖² integrable} ⊢ w‖Σ aᵢ‖² integrable, since ‖Σ aᵢ‖² ≤ n Σ ‖aᵢ‖²."""
    for inner, weight in _inner_factors(_require(goal, "parallelogram").body):
        if inner.is_square and isinstance(inner.args[0], Add):
            return _follows(
                goal,
                *(Integrable(Mul(weight, Inner(a, a)), *goal.measure) for a in inner.args[0].args),
            )
    raise RuleError(f"parallelogram: no squared norm of a sum in {text(goal)}")


def square_integrable(goal: Integrable) -> Theorem:
    """{w‖f‖², w integrable} ⊢ w·f integrable for a vector f, since ‖f‖ ≤ 1 + ‖f‖²."""
    factors = Mul.make_args(_require(goal, "second moment").body)
    vectors = [f for f in factors if sort_of(f) is Sort.VEC]
    if len(vectors) != 1:
        raise RuleError(f"second moment: expected a vector, found {text(goal.body)}")
    weight = Mul(*(f for f in factors if sort_of(f) is not Sort.VEC))
    return _follows(
        goal,
        Integrable(Mul(weight, Inner(vectors[0], vectors[0])), *goal.measure),
        Integrable(weight, *goal.measure),
    )


def _inner_factors(body: Expr) -> list[tuple[Inner, Expr]]:
    factors = Mul.make_args(body)
    return [
        (f, Mul(*factors[:i], *factors[i + 1 :]))
        for i, f in enumerate(factors)
        if isinstance(f, Inner)
    ]


# --- integrals inside the integrand ------------------------------------------------------


def integral_inside(goal: Integrable) -> Theorem:
    """{f integrable over x and y} ⊢ ∫ f dy integrable over x; likewise ⟨a, ∫ f dy⟩."""
    factors = list(Mul.make_args(_require(goal, "Tonelli").body))
    outer = frozenset(bound_vars(goal)) | free_vars(goal.body)
    for place, factor in enumerate(factors):
        inner = factor
        other: Expr | None = None
        if isinstance(factor, Inner):
            for side in (0, 1):
                if isinstance(factor.args[side], IntegralOver | Expect):
                    inner, other = factor.args[side], factor.args[1 - side]
                    break
        if not isinstance(inner, IntegralOver | Expect):
            continue
        inner = apart(inner, outer)
        body = inner.body if other is None else Inner(other, inner.body)
        rest = (*factors[:place], *factors[place + 1 :])
        return _follows(goal, Integrable(Mul(*rest, body), *goal.measure, *inner.measure))
    raise RuleError(f"Tonelli: no integral inside {text(goal)}")


def jensen(goal: Integrable) -> Theorem:
    """{‖f‖² j integrable over x and z} ⊢ ‖u‖² m integrable over x, for u = ∫ f·(j/m) dz and
    m = ∫ j dz by definition, j ≥ 0.

    Where m > 0, j/m is a probability density in z and ‖u‖² ≤ ∫ ‖f‖² (j/m) dz. This is what
    makes a marginal field square integrable when the conditional field is.
    """
    body, measures = against_lebesgue(_require(goal, "Jensen").body, goal.measure)
    taken = frozenset(item.var for item in measures) | free_vars(body)
    for inner, weight in _inner_factors(body):
        field = inner.args[0]
        if not (inner.is_square and isinstance(field, Apply) and field.head.definition is not None):
            continue
        average = field.head.unfold(field.arguments)
        if not isinstance(average, IntegralOver):
            continue
        average = apart(average, taken)
        split = _average(average)
        if split is None:
            continue
        values, joint, marginal = split
        weights = list(Mul.make_args(weight))
        for w in weights:
            if alpha_equal(w, marginal):
                weights.remove(w)
                inside = Mul(*weights, joint, Inner(values, values))
                return _follows(goal, Integrable(inside, *measures, *average.measure))
    raise RuleError(f"Jensen: no squared conditional expectation with its weight in {text(goal)}")


def _average(term: IntegralOver) -> tuple[Expr, Expr, Expr] | None:
    """``(f, j, m)`` when the term is ∫ f·(j/m) dz with m defined as ∫ j dz and j ≥ 0."""
    from fmproof.kernel.order import is_nonnegative

    factors = Mul.make_args(term.body)
    for ratio in factors:
        if not isinstance(ratio, Ratio):
            continue
        joint, marginal = ratio.args
        if not (isinstance(marginal, Apply) and marginal.head.definition is not None):
            continue
        mass = marginal.head.unfold(marginal.arguments)
        if alpha_equal(mass, IntegralOver(joint, *term.measure)) and is_nonnegative(joint):
            values = Mul(*(f for f in factors if f is not ratio))
            if sort_of(values) is Sort.VEC:
                return values, joint, marginal
    return None


def equal_integrand(goal: Integrable, theorem: Theorem) -> Theorem:
    """From ⊢ f = g: {g integrable} ⊢ f integrable; what that needs holds almost everywhere."""
    equation = require_equation(theorem, "equal integrands")
    if not alpha_equal(_require(goal, "equal integrands").body, equation.lhs):
        raise RuleError(f"equal integrands: {text(equation.lhs)} is not in {text(goal)}")
    bound = frozenset(bound_vars(goal))
    lifted = (Almost(h, *goal.measure) if bound & free_vars(h) else h for h in theorem.hypotheses)
    return _follows(goal, Integrable(equation.rhs, *goal.measure), *lifted)
