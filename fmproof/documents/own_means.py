"""The point at which a posterior mean is taken, as such a mean itself: x = E[x_t | x_t = x].

With it E[x_1 | x_t = x] = x + (1 − t) E[x_1 − x_0 | x_t = x] is an equation of averages: both sides
are conditional expectations under one law, and x_t = (1 − t) x_0 + t x_1.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from fmproof.documents.terms import nodes_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors, plus_of, summands, times_of, without
from fmproof.lang.nodes import Apply, CondExpect, Let, Var
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Part, Step

_MOST = 2
"""Laws that are tried."""


def parts_averaged(before: Expr, claim: Expr) -> Iterator[tuple[Part, ...]]:
    """Proofs of ``before = claim`` with the point as a mean, in a part of its own."""
    found = dict.fromkeys(mean for side in (before, claim) for mean in _means(side))
    for own in list(found)[:_MOST]:
        point = own.given[0].at
        lines = [_with(side, point, own) for side in (before, claim)]
        if lines == [before, claim]:
            continue
        mean = Part("mean", point, [Step("m", own, by="auto")], name="own mean")
        steps = [
            Step("1", lines[0], by="lemma", using="own mean"),
            Step("2", lines[1], by="auto"),
            Step("3", claim, by="lemma", using="own mean"),
        ]
        yield (mean, Part("row", before, [s for s in steps if not _idle(s, lines, before, claim)]))


def _idle(step: Step, lines: list[Expr], before: Expr, claim: Expr) -> bool:
    """Whether a step changes nothing."""
    return (step.id == "1" and lines[0] == before) or (step.id == "3" and lines[1] == claim)


def _means(term: Expr) -> Iterator[CondExpect]:
    """E[x_t | x_t = x], for the laws of the conditional expectations in a line of vectors."""
    for part in summands(term):
        for factor in factors(part):
            mean = factor
            if isinstance(mean, Apply) and isinstance(mean.head.definition, CondExpect):
                mean = mean.head.unfold(mean.arguments)
            if isinstance(mean, CondExpect):
                yield from _own(mean)


def _own(mean: CondExpect) -> Iterator[CondExpect]:
    if len(mean.given) != 1:
        return
    (given,) = mean.given
    for item in nodes_in(mean, Let):
        if item.var is given.var and isinstance(given.at, Var) and given.at.sort is Sort.VEC:
            try:
                made = CondExpect(item.value, given, *mean.measure)
            except FmproofError:
                continue
            if isinstance(made, CondExpect):
                yield made


def _with(term: Expr, point: Expr, mean: Expr) -> Expr:
    """A sum with ``mean`` for ``point``, where that stands outside of averages."""
    made = []
    for part in summands(term):
        some = factors(part)
        places = [i for i, factor in enumerate(some) if factor == point]
        if len(places) == 1:
            part = times_of(*without(some, places[0]), mean)
        made.append(part)
    return plus_of(*made)
