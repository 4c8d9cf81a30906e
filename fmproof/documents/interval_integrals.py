"""Natural hypotheses about integrals with moving ends: their integrands are smooth in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Basic

from fmproof.documents.smoothness import for_every
from fmproof.documents.terms import nodes_in
from fmproof.lang.nodes import Apply, Named, Var
from fmproof.lang.props import Prop
from fmproof.lang.scope import canon, fresh
from fmproof.lang.sorts import Sort
from fmproof.tactics.moving_ends import moving_ends_in, smooth


def conditions(terms: Sequence[Basic]) -> list[Prop]:
    """Of every ∫_a^b g(τ) dτ in ``terms``, and in definitions behind them, that g is smooth."""
    parts = [part for term in terms for part in _with_definitions(term, set())]
    moving = [ends for part in parts for ends in moving_ends_in(part) if ends.symbolic]
    if not moving:
        return []
    taken = {name for part in parts for name in _names_in(part)}
    wanted = (Var(name, Sort.REAL) for name in ("tau", "u", "w"))
    time, end, share = (fresh(var, {Var(name, Sort.REAL) for name in taken}) for var in wanted)
    found = {
        canon(prop): prop
        for ends in moving
        for prop in map(for_every, smooth(ends.g, time, end, share))
    }
    return list(found.values())


def _names_in(term: Basic) -> Iterator[str]:
    """The names of variables, bound ones too, and of symbols."""
    if isinstance(term, Var):
        yield term.name
    elif isinstance(term, Apply):
        yield term.head.name
        yield from (param.name for param in term.head.params)
    for arg in term.args:
        yield from _names_in(arg)


def _with_definitions(term: Basic, seen: set[Basic]) -> Iterator[Basic]:
    yield term
    for part in nodes_in(term, Apply, Named):
        if part in seen:
            continue
        seen.add(part)
        if isinstance(part, Named):
            yield from _with_definitions(part.definition, seen)
        elif part.head.definition is not None:
            yield from _with_definitions(part.head.unfold(part.arguments), seen)
