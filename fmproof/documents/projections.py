"""Averages against a posterior mean: E[⟨a(x), u(x)⟩] = E[⟨a(x), u(x|z)⟩], where it is skipped.

A document defines u(x) = ∫ u(x|z) p(x|z) q(z) / p(x) dz, expands two squares, and has one cross
term for the other. Here that equation is a part of the proof, with a step between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sympy import Expr

from fmproof.documents.terms import nodes_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    Density,
    Expect,
    Field,
    Inner,
    IntegralOver,
    Named,
    Ratio,
    Scalar,
)
from fmproof.lang.nodes.measure import law_order
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Part, Step

_MOST = 3
"""Fields that are multiplied with the mean."""


class Projection(NamedTuple):
    """u(x), what it averages, its law, and the density of x."""

    mean: Apply
    averaged: Apply
    law: tuple[Apply, ...]
    marginal: Apply


def projections(terms: Sequence[Expr]) -> Iterator[Projection]:
    """The posterior means in ``terms``."""
    calls = {call for term in terms for call in term.atoms(Apply)}
    for mean in sorted(calls, key=str):
        head = mean.head
        if not isinstance(head, Field) or not isinstance(head.definition, IntegralOver):
            continue
        inside = head.unfold(mean.arguments)
        parts = factors(inside.body)
        averaged = [f for f in parts if isinstance(f, Apply) and sort_of(f) is Sort.VEC]
        law = [f for f in parts if isinstance(f, Apply) and isinstance(f.head, Density)]
        below = [f.args[1] for f in parts if isinstance(f, Ratio)]
        law += [f.args[0] for f in parts if isinstance(f, Ratio) and isinstance(f.args[0], Apply)]
        if len(averaged) != 1 or len(below) != 1 or not isinstance(below[0], Apply):
            continue
        (marginal,) = below
        order = law_order(tuple(law))
        if order and isinstance(marginal.head, Density) and len(inside.measure) == 1:
            yield Projection(mean, averaged[0], tuple(order), marginal)


def behind_names(terms: Sequence[Expr]) -> list[Expr]:
    """``terms``, and what is behind the losses and constants in them."""
    found: dict[Expr, None] = {}
    waiting = list(terms)
    while waiting:
        term = waiting.pop()
        if term in found:
            continue
        found[term] = None
        waiting += [named.definition for named in nodes_in(term, Named)]
        for call in nodes_in(term, Apply):
            if isinstance(call.head, Scalar) and call.head.definition is not None:
                waiting.append(call.head.unfold(call.arguments))
    return list(found)


def parts_for(before: Expr, claim: Expr) -> Iterator[Part]:
    """Named parts that show the averages of products with posterior means."""
    terms = behind_names([before, claim])
    calls = {call for term in terms for call in term.atoms(Apply)}
    for found in projections(terms):
        times = _times(terms, found.mean)
        drawn = found.marginal.head.drawn(found.marginal)
        fields = {
            call
            for call in calls
            if isinstance(call.head, Field) and set(drawn) <= free_vars(call)
            if call != found.averaged and free_vars(call) <= free_vars(found.mean) | _weights(call)
        }
        for i, other in enumerate(sorted(fields, key=str)[:_MOST]):
            try:
                product = Inner(other, found.mean)
                unfolded = Inner(other, found.mean.head.unfold(found.mean.arguments))
                written = Expect(unfolded, *times, found.marginal)
                averaged = Expect(Inner(other, found.averaged), *times, *found.law)
                steps = [
                    Step(f"{i}.1", written, by="auto"),
                    Step(f"{i}.2", Expect(product, *times, found.marginal), by="auto"),
                    Step(f"{i}.3", Expect(product, *times, *found.law), by="auto"),
                ]
                yield Part(f"cross term {i}", averaged, steps, name=f"cross{i}")
            except FmproofError:
                continue


def _times(terms: Sequence[Expr], mean: Apply) -> list[Apply]:
    """The draws of times at which the mean is taken."""
    drawn = dict.fromkeys(
        draw
        for term in terms
        for average in nodes_in(term, Expect)
        for draw in average.measure
        if isinstance(draw, Apply) and isinstance(draw.head, Density)
        if draw.head.definition is not None
        if all(v.sort is Sort.REAL and v in free_vars(mean) for v in draw.head.drawn(draw))
    )
    return list(drawn)


def _weights(call: Expr) -> set[Expr]:
    return {v for v in free_vars(call) if v.sort is Sort.PARAM}
