"""Inequalities that take an integrand apart: |f| ≤ Σ |gᵢ|."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import combinations

from sympy import Expr, S

from fmproof.derived.derivatives_inside import DERIVATIVES, integrable_derivative
from fmproof.derived.dominations import (
    cauchy_schwarz,
    constant_factor,
    jensen,
    parallelogram,
    scalar_cauchy_schwarz,
    scalar_square_integrable,
    square_integrable,
    sum_of_integrable,
)
from fmproof.derived.gaussians import gaussian_bounded
from fmproof.derived.integrals_inside import integral_inside
from fmproof.derived.ratios import cancelled_ratio
from fmproof.kernel.integrability import product_integrable
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, factors, mul, without
from fmproof.lang.node import bound_vars, sort_of
from fmproof.lang.nodes import Apply, Expect, Inner, IntegralOver, Ratio, Scalar
from fmproof.lang.nodes.heads import gaussian
from fmproof.lang.props import Integrable
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.rewriting import RootSymbol, attempt, symbols_inside

DOMINATIONS: tuple[tuple[str, Callable[[Integrable], Theorem], tuple[RootSymbol, ...]], ...] = (
    ("domination", integrable_derivative, DERIVATIVES),
    ("bounded", gaussian_bounded, (gaussian,)),
    ("sums", sum_of_integrable, (Add,)),
    ("cancelling", cancelled_ratio, (Ratio,)),
    ("constant factors", constant_factor, ()),
    ("Tonelli", integral_inside, (IntegralOver, Expect)),
    ("Cauchy–Schwarz", cauchy_schwarz, (Inner,)),
    ("parallelogram", parallelogram, (Inner,)),
    ("Jensen", jensen, (Inner,)),
    ("second moments", square_integrable, ()),
)
"""Each with the word that a report says, in the order in which they are tried, and the symbols of
which one must occur in the integrand; () for any integrand."""

Move = tuple[str, Theorem | None]
"""The word that a report says, and a theorem that concludes the goal, if there is one."""


def dominations(goal: Integrable) -> Iterator[tuple[str, Theorem]]:
    """The inequalities that fit a goal."""
    inside = symbols_inside(goal.body)
    for word, rule, symbols in DOMINATIONS:
        if rule is constant_factor and not has_constant(goal):
            continue
        if not symbols or not inside.isdisjoint(symbols):
            theorem = attempt(rule, goal)
            if theorem is not None:
                yield word, theorem


def has_constant(goal: Integrable) -> bool:
    """Whether there is a scalar factor, or a denominator, that is free of what is integrated."""
    bound = frozenset(bound_vars(goal))
    return any(
        (not bound & free_vars(part) and sort_of(part) is Sort.REAL)
        or (isinstance(part, Ratio) and not bound & free_vars(part.args[1]))
        for part in factors(goal.body)
    )


def scalar_dominations(goal: Integrable, squared: Collection[object]) -> Iterator[Move]:
    """|a b| ≤ a² + b² and |f| ≤ 1 + f², for functions that are no densities and no squares.

    ``squared`` are the symbols of whose squares something is known; what is defined may be a mean
    of such, but alone it is integrable as a mean.
    """
    parts, bound = factors(goal.body), frozenset(bound_vars(goal))
    functions = [
        (i, part.head)
        for i, part in enumerate(parts)
        if isinstance(part, Apply) and isinstance(part.head, Scalar)
        if bound & free_vars(part) and parts.count(part) == 1
    ]
    known = [i for i, head in functions if head in squared]
    pairs = [i for i, head in functions if head in squared or head.definition is not None]
    for first, second in combinations(pairs, 2):
        yield "Cauchy–Schwarz", attempt(scalar_cauchy_schwarz, goal, first, second)
    for place in known:
        yield "second moments", attempt(scalar_square_integrable, goal, place)


def shared_dominations(goal: Integrable, facts: Iterable[Theorem]) -> Iterator[Move]:
    """|k l ⟨a, b⟩| ≤ ‖k a‖² + ‖l b‖², where something is known of one of these squares."""
    parts, bound = factors(goal.body), frozenset(bound_vars(goal))
    places = [i for i, part in enumerate(parts) if isinstance(part, Inner) and not part.is_square]
    scalars = [i for i, part in enumerate(parts) if i not in places and bound & free_vars(part)]
    if len(places) != 1 or not 0 < len(scalars) <= _SCALARS:
        return
    said = (fact.conclusion for fact in facts)
    known = {prop.body for prop in said if isinstance(prop, Integrable)}
    a, b = parts[places[0]].args
    for count in range(len(scalars) + 1):
        for mine in combinations(scalars, count):
            k = mul(*(parts[i] for i in mine))
            rest = mul(*without(parts, places[0], *mine))
            if {mul(k, k, Inner(a, a)), mul(rest, rest, Inner(b, b))} & known:
                sides = mul(k, a), mul(rest, b)
                yield "Cauchy–Schwarz", attempt(product_integrable, S.One, *sides, goal.measure)


_SCALARS = 4
"""So many factors are shared out between the sides of an inner product."""


def is_compound(body: Expr) -> bool:
    """Whether inequalities can take a body apart: a sum, or an inner product of two vectors."""
    return any(
        isinstance(part, Add)
        or (isinstance(part, Inner) and (not part.is_square or part.args[0].is_Add))
        for part in factors(body)
    )
