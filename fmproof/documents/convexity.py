"""Convex functions: c(a) ≥ c(b) + ⟨∇c(b), a − b⟩, where words say that c is convex.

Jensen's inequality is that at a = Y and b = E[Y | X], averaged. The kernel has no rule that lifts
an inequality below an average, but knows the sign of what is declared ≥ 0: so the gap is a symbol
D ≥ 0, of which c(a) − c(b) − ⟨∇c(b), a − b⟩ = D(a, b) is the hypothesis, and a line with ≥ is one
with = and a mean of D more. That the gap is ≥ 0 is what it means that c, which is differentiable,
is convex.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents.terms import heads_in
from fmproof.documents.ways import Way
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import Add, add, factors, mul, plus_of
from fmproof.lang.node import bound_vars, rebuilt
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Expect,
    Grad,
    Head,
    Inner,
    IntegralOver,
    Named,
    Scalar,
    Var,
)
from fmproof.lang.props import AtMost, Equals, ForAll, Prop
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Part, Step

TRIED = 8
"""Gaps that are tried."""
_A, _B = Var("a'", Sort.VEC), Var("b'", Sort.VEC)


def may_be_convex(head: Head) -> bool:
    """Whether a symbol is a real function of one vector, of which nothing else is said."""
    sorts = [v.sort for v in head.params]
    return isinstance(head, Scalar) and sorts == [Sort.VEC] and head.definition is None


def is_convex(head: Head) -> Prop:
    """0 ≤ c(a) − c(b) − ⟨∇c(b), a − b⟩ for every a and b."""
    return ForAll(ForAll(AtMost(S.Zero, _above_tangent(head, _A, _B)), _A), _B)


def convex_ways(before: Expr, claim: Expr, relation: str, convex: Sequence[Head]) -> Iterator[Way]:
    """Ways to an inequality between averages of values of functions that are convex."""
    if relation not in ("≤", "≥"):
        return
    lower, upper = (before, claim) if relation == "≤" else (claim, before)
    for head in convex:
        if head not in heads_in([before, claim]):
            continue
        gap = Scalar(f"D{head.name}'", _A, _B, nonneg=True)
        equation = Equals(gap(_A, _B), _above_tangent(head, _A, _B))
        more = (ForAll(ForAll(equation, _A), _B),)
        for place, one, other in islice(_gaps(lower, upper, head), TRIED):
            try:
                between = plus_of(lower, place.around(gap(one, other)))
                slope = Grad(head(_B), _B, other)
                parts = [Inner(slope, one), Inner(slope, other), head(one), head(other)]
                context = tuple(place.around(part) for part in parts)
            except FmproofError:
                continue
            by_form: dict[str, Any] = {"by": "nonnegative", "relation": relation}
            if relation == "≤":
                steps = [Step("1", between, **by_form), Step("2", claim, by="auto")]
            else:
                steps = [Step("1", between, by="auto"), Step("2", claim, **by_form)]
            yield Way((Part("row", before, steps),), ("auto", "nonnegative"), more, context)


def _above_tangent(head: Head, a: Expr, b: Var) -> Expr:
    return add(
        head(a),
        mul(S.NegativeOne, head(b)),
        mul(S.NegativeOne, Inner(Grad(head(b), b), plus_of(a, mul(S.NegativeOne, b)))),
    )


@dataclass(frozen=True)
class _Place:
    """What stands around a value c(a): averages and integrals, the outermost first."""

    wrappers: tuple[Any, ...]

    def around(self, body: Expr) -> Expr:
        for node in reversed(self.wrappers):
            if set(bound_vars(node)) & free_vars(body):
                body = rebuilt(node, body, *node.args[1:])
        return body

    @property
    def bound(self) -> set[Var]:
        return {v for node in self.wrappers for v in bound_vars(node)}


def _gaps(lower: Expr, upper: Expr, head: Head) -> Iterator[tuple[_Place, Expr, Expr]]:
    """(around what, a, b): where a and b are arguments of c in the two lines."""
    found = [*_values(upper, head, ()), *_values(lower, head, ())]
    free = free_vars(lower) | free_vars(upper)
    places = list(dict.fromkeys(place for place, _ in found))
    arguments = list(dict.fromkeys(arg for _, arg in found))
    for place in sorted(places, key=lambda one: -len(one.bound)):
        for one in arguments:
            for other in arguments:
                own = free_vars(one) | free_vars(other)
                if one != other and own <= place.bound | free:
                    yield place, one, other


def _values(term: Basic, head: Head, around: tuple[Any, ...]) -> Iterator[tuple[_Place, Expr]]:
    """The arguments of ``head`` in a term, definitions and sums looked through."""
    if isinstance(term, Named):
        yield from _values(term.definition, head, around)
    elif isinstance(term, Apply) and term.head == head:
        yield _Place(around), term.arguments[0]
    elif isinstance(term, Apply) and term.head.definition is not None:
        yield from _values(term.head.unfold(term.arguments), head, around)
    elif isinstance(term, Add):
        for part in term.args:
            yield from _values(part, head, around)
    elif isinstance(term, CondExpect):  # what is given is drawn outside
        yield from _values(term.body, head, around)
    elif isinstance(term, Expect | IntegralOver):
        yield from _values(term.body, head, (*around, term))
    else:
        for part in factors(term):
            if part != term:
                yield from _values(part, head, around)
