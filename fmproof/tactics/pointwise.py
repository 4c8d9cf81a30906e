"""Signs, zeros, derivatives: how conditions at a point follow. Search, untrusted.

Each function takes a goal and gives theorems that conclude it, the simplest first; the prover then
looks for a proof of what they assume.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Expr, S

from fmproof.derived.derivatives_inside import DERIVATIVES, stationary_at_zero
from fmproof.derived.gaussians import gaussian_dominated
from fmproof.derived.ratios import multiple_vanishes
from fmproof.derived.signs import nonnegative_parts
from fmproof.kernel.calculus import (
    derivative,
    differentiable,
    fewer_variables,
    log_derivative,
)
from fmproof.kernel.equality import equal_sides, symmetry, unfold
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.integrals import linear_parts
from fmproof.kernel.order import nonnegativity, nonzero, positive, product_vanishes
from fmproof.kernel.ring import ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul, factors, mul, summands, without
from fmproof.lang.node import remembered
from fmproof.lang.nodes import Apply, Density, Gaussian, Grad, Named, Partial
from fmproof.lang.nodes.derivative import Derivative
from fmproof.lang.props import (
    AtMost,
    Differentiable,
    Dominated,
    Positive,
    Prop,
    VanishesWith,
)
from fmproof.lang.scope import alpha_equal, free_vars
from fmproof.tactics.rewriting import Conversion, at, attempt, cancel_ratio, sweep


def pointwise(goal: Prop) -> Iterator[tuple[str, Theorem]]:
    """Theorems that conclude a condition at a point, with the word that a report says."""
    if isinstance(goal, Positive):
        yield from _positive(goal)
    elif isinstance(goal, AtMost):
        if goal.lhs is S.Zero:
            yield from _named("nonnegative", attempt(nonnegativity, goal.rhs))
            yield from _named("positive", attempt(nonnegative_parts, goal))
    elif isinstance(goal, VanishesWith):
        yield from _vanishes(goal)
    elif isinstance(goal, Differentiable):
        yield from _named("derivatives", attempt(differentiable, goal))
    elif isinstance(goal, Dominated):
        yield from _named("bounded gradients", attempt(gaussian_dominated, goal))


def _named(word: str, theorem: Theorem | None) -> Iterator[tuple[str, Theorem]]:
    if theorem is not None:
        yield word, theorem


def _positive(goal: Positive) -> Iterator[tuple[str, Theorem]]:
    (term,) = goal.args
    count = len(summands(term)) if isinstance(term, Add) else 1
    for place in range(count):
        yield from _named("positive", attempt(positive, goal, place))
    yield from _rewritten(goal, 0)


def _vanishes(goal: VanishesWith) -> Iterator[tuple[str, Theorem]]:
    """b = 0 ⇒ a = 0 from b ≠ 0, and b ≠ 0 from its factors or its sign."""
    yield from _named("minimum", attempt(stationary_at_zero, goal))
    if goal.args[0] is not S.One:
        theorem: Theorem = assume(goal)
        while theorem.hypotheses[0].args[0] is not S.One:
            theorem = discharge(theorem, multiple_vanishes(theorem.hypotheses[0], 0))
        yield "nonzero", theorem
        return
    yield from _named("nonzero", attempt(product_vanishes, goal))
    yield from _named("positive", attempt(nonzero, goal))
    yield from _rewritten(goal, 1)


def _rewritten(goal: Prop, place: int) -> Iterator[tuple[str, Theorem]]:
    """With definitions unfolded, or multiplied out, in one place."""
    term = goal.args[place]
    for unfolded in (defined(term), sweep(term, defined)):  # itself, or all that is in it
        if unfolded is not None:
            yield from _named("definition", attempt(equal_sides, goal, {place: unfolded}))
    normal = ring_normal(term)
    if normal != term:
        same = attempt(ring, term, normal)
        if same is not None:
            yield from _named("", attempt(equal_sides, goal, {place: same}))


@at(Named, Apply)
def defined(term: Expr) -> Theorem | None:
    """A name or a symbol with a definition, unfolded."""
    if isinstance(term, Named) or (isinstance(term, Apply) and term.head.definition is not None):
        return unfold(term)
    return None


@at(*DERIVATIVES, Mul)
def slopes(term: Expr) -> Theorem | None:
    """A derivative by the rules of calculus, and the ratios that this leaves, cancelled.

    Derivatives of densities stay as they are: they may be dominated.
    """
    if isinstance(term, Derivative):
        body = term.body
        if isinstance(body, Apply) and isinstance(body.head, Density):
            return None
        return _computed(term)
    return cancel_ratio(term)


def _computed(term: Derivative) -> Theorem | None:
    """A derivative by the rules of calculus, if there is one for what stands under it."""
    return None if _is_elementary(term) else attempt(derivative, term)


def _is_elementary(term: Derivative) -> bool:
    """Whether it is the derivative of an unknown function in one of its arguments."""
    body, var = term.body, term.var
    if not isinstance(body, Apply) or isinstance(body.head, Gaussian):
        return False
    if body.head.definition is not None:
        return False
    return [arg for arg in body.arguments if var in free_vars(arg)] == [var]


@at(Grad, Partial)
def density_slope(term: Any) -> Theorem | None:
    """∇p as p ∇log p, for a density p."""
    if isinstance(term.body, Apply):
        return attempt(log_derivative, term) if isinstance(term.body.head, Density) else None
    return None


@at(*DERIVATIVES)
def linear_slope(term: Any) -> Theorem | None:
    """A derivative of a sum, or of a constant multiple: linearity alone."""
    parts = linear_parts(term.body, (term.var,))
    if len(parts) == 1 and parts[0][0] == 1:
        return None
    return attempt(derivative, term)


def scaled_slope(body: Expr) -> Theorem | None:
    """k ∇f as ∇(k f), for a product in which one factor is a derivative."""
    parts = factors(body)
    for place, slope in enumerate(parts):
        if isinstance(slope, Derivative) and len(parts) > 1:
            rest = mul(*without(parts, place))
            whole = attempt(type(slope), mul(rest, slope.body), slope.var, slope.at)
            theorem = whole and attempt(derivative, whole)
            if theorem is not None and alpha_equal(theorem.rhs, body):
                return symmetry(theorem)
    return None


def fewer(goal: Differentiable, fact: Theorem) -> Theorem | None:
    """``goal`` from a joint differentiability in more variables, if that is what it is."""
    known = fact.conclusion
    if not isinstance(known, Differentiable) or len(known.pairs) <= len(goal.pairs):
        return fact if alpha_equal(known, goal) else None
    for var, _ in known.pairs:
        step = attempt(fewer_variables, known, var)
        found = step and fewer(goal, discharge(step, fact))
        if found is not None:
            return found
    return None


@at(*DERIVATIVES, Mul)
def all_slopes(term: Expr) -> Theorem | None:
    """The same, also of densities."""
    return _computed(term) if isinstance(term, Derivative) else slopes(term)


def _swept(conversion: Conversion) -> Callable[[Expr], Theorem | None]:
    """A conversion applied everywhere, worked out once for each term."""

    @remembered
    def rewritten(term: Expr) -> Theorem | None:
        return sweep(term, conversion)

    return rewritten


computed_slopes = _swept(slopes)
logarithmic_slopes = _swept(density_slope)
all_computed_slopes = _swept(all_slopes)
