"""Averages that are written as integrals against a posterior density, ∫ f·(j/m) dz with m = ∫ j dz.

A field that is defined so counts as one. Under a law in which x is drawn from m, such an average
stands for what it averages, beside whatever depends on x alone. Untrusted: it is proved for unknown
symbols in place of the other factors and of f, by the rules for integrals, and they are put back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sympy import Expr, S

from fmproof.derived.restatements import reflexivity
from fmproof.errors import RuleError, SortError
from fmproof.kernel.equality import instantiate_head, symmetry, transitivity, unfold
from fmproof.kernel.integrals import marginal_draw, reorder_draws
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import bound_vars, sort_of
from fmproof.lang.nodes import Apply, Expect, Field, Inner, IntegralOver, Ratio, Scalar, Var
from fmproof.lang.nodes.measure import is_density, law_order
from fmproof.lang.scope import alpha_equal, apart, free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.averages import assigned
from fmproof.tactics.rewriting import at, attempt, sweep
from fmproof.tactics.written_out import plain_integrals


class Posterior(NamedTuple):
    """∫ f·(j/m) dz, taken apart."""

    values: Expr  #: f
    ratio: Ratio  #: j/m
    measure: tuple[Any, ...]  #: dz

    @property
    def marginal(self) -> Any:
        """m at its arguments."""
        return self.ratio.args[1]


def posterior(term: Any, taken: frozenset[Var] = frozenset()) -> Posterior | None:
    """A term read as an average against a posterior, with its variables outside ``taken``."""
    if isinstance(term, Apply) and isinstance(term.head.definition, IntegralOver):
        term = term.head.unfold(term.arguments)
    if not isinstance(term, IntegralOver):
        return None
    term = apart(term, taken)
    parts = factors(term.body)
    for place, part in enumerate(parts):
        if isinstance(part, Ratio) and is_density(part.args[1]):
            marginal: Any = part.args[1]
            if marginal.head.definition is not None and not marginal.head.is_uniform:
                values = mul(*without(parts, place))
                return Posterior(values, part, tuple(term.measure))
    return None


class _Place(NamedTuple):
    """An average among the factors of a monomial."""

    average: Expr
    kept: tuple[Expr, ...]
    other: Expr | None  #: what it is multiplied with in an inner product


def _places(body: Expr) -> Iterator[_Place]:
    parts = factors(body)
    for i, part in enumerate(parts):
        rest = without(parts, i)
        if posterior(part) is not None:
            yield _Place(part, rest, None)
        if isinstance(part, Inner):
            for side in (0, 1):
                if posterior(part.args[side]) is not None:
                    yield _Place(part.args[side], rest, part.args[1 - side])


@at(Expect)
def average_out(term: Any) -> Theorem | None:
    """E[k⟨a, ∫ f·(j/m) dz⟩] = E[k⟨a, f⟩], for the first average that can be replaced."""
    for place in _places(term.body):
        try:
            theorem = _averaged(term, place)
        except (RuleError, SortError):
            continue
        if theorem is not None:
            return theorem
    return None


def _averaged(term: Expect, place: _Place) -> Theorem | None:
    taken = free_vars(term) | frozenset(bound_vars(term))
    average = posterior(place.average, taken)
    if average is None:
        return None
    drawn = average.marginal.head.drawn(average.marginal)
    if not all(isinstance(v, Var) and v in bound_vars(term) for v in drawn):
        return None
    base = _all_draws(Expect(S.One, average.marginal))
    law = law_order(factors(average.ratio.args[0]))
    if law is None:
        return None
    for chosen, renaming in assigned(term.measure, list(base), (), {v: v for v in drawn}):
        if any(renaming[v] is not v for v in drawn):
            continue
        hidden = set(renaming.values()) - set(drawn)
        kept = free_vars(mul(*place.kept)) | (free_vars(place.other) if place.other else set())
        if hidden & kept:
            continue
        others = tuple(i for i in range(len(term.measure)) if i not in chosen)
        start = attempt(reorder_draws, term, (*others, *chosen))
        if start is None:
            continue
        outside = tuple(term.measure[i] for i in others)
        theorem = _by_integrals(place, average, outside, law)
        if theorem is None:
            continue
        spelled = _spelled(Expect(term.body, *outside, average.marginal), len(outside))
        if not alpha_equal(spelled.rhs, start.rhs):
            continue
        start = transitivity(start, symmetry(spelled))
        ours, theirs = (_folded(side, place.average) for side in (start.rhs, theorem.lhs))
        if alpha_equal(ours.rhs, theirs.rhs):
            joined = transitivity(transitivity(start, ours), symmetry(theirs))
            return transitivity(joined, theorem)
    return None


def _by_integrals(
    place: _Place, average: Posterior, outside: Sequence[Any], law: Sequence[Any]
) -> Theorem | None:
    """E[k⟨a, ∫ f·(j/m)⟩] = E[k⟨a, f⟩] under the joint law, for unknown k, a and f."""
    unknown: list[tuple[Any, tuple[Var, ...], Expr]] = []

    def symbol(name: str, body: Expr) -> Expr:
        if body is S.One:
            return body
        params = tuple(sorted(free_vars(body), key=lambda v: v.name)) or (_ANY,)
        kind = Field if sort_of(body) is Sort.VEC else Scalar
        head = kind(name, *params)
        unknown.append((head, params, body))
        return head(*params)

    kept = symbol("k''''''", mul(*place.kept))
    other = None if place.other is None else symbol("a''''''", place.other)
    values = symbol("f''''''", average.values)

    def beside(inner: Expr) -> Expr:
        return mul(kept, inner if other is None else Inner(other, inner))

    from fmproof.tactics.methods.line import Line

    integral = IntegralOver(mul(values, average.ratio), *average.measure)
    below = Expect(beside(integral), *outside, average.marginal)
    joint = Expect(beside(values), *outside, *law)
    theorem = plain_integrals(Line(below, joint)).equation
    if theorem is None:
        return None
    for head, params, body in unknown:
        theorem = instantiate_head(theorem, head, params, body)
    return theorem


_ANY = Var("o''''''", Sort.REAL)
"""What a constant is a function of."""


def _folded(term: Expr, average: Expr) -> Theorem:
    """What a field that is an average by definition stands for, as that field."""
    if isinstance(average, IntegralOver):
        return reflexivity(term)
    unfolded = unfold(average)

    @at(IntegralOver)
    def fold(part: Expr) -> Theorem | None:
        return symmetry(unfolded) if alpha_equal(part, unfolded.rhs) else None

    return sweep(term, fold) or reflexivity(term)


def _spelled(term: Expect, place: int) -> Theorem:
    """The draws from ``place`` on as the laws whose marginals they are, all the way."""
    theorem = reflexivity(term)
    while place < len(theorem.rhs.measure):
        step = attempt(marginal_draw, theorem.rhs, place)
        if step is None:
            place += 1
        else:
            theorem = transitivity(theorem, step)
    return theorem


def _all_draws(term: Expect) -> tuple[Any, ...]:
    return tuple(_spelled(term, 0).rhs.measure)
