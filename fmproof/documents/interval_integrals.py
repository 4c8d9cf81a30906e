"""Natural hypotheses about integrals with moving ends: their integrands are smooth in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Basic, Expr

from fmproof.documents.smoothness import for_every
from fmproof.lang.nodes import Apply, Named, Var
from fmproof.lang.props import Prop
from fmproof.lang.scope import canon, free_vars, fresh
from fmproof.lang.sorts import Sort
from fmproof.tactics.moving_ends import moving_ends_in, smooth


def conditions(terms: Sequence[Basic]) -> list[Prop]:
    """Of every ∫_a^b g(τ) dτ in ``terms``, and in definitions behind them, that g is smooth."""
    found = {
        canon(prop): prop
        for term in terms
        for part in _with_definitions(term, set())
        for moving in moving_ends_in(part)
        if moving.symbolic
        for prop in map(for_every, smooth(moving.g, *_names(moving.g)))
    }
    return list(found.values())


def _names(g: Expr) -> tuple[Var, ...]:
    """Names for a time, an end and a share of the way that are not in g."""
    wanted = [Var(name, Sort.REAL) for name in ("τ", "t", "s")]
    return tuple(fresh(v, free_vars(g)) if v in free_vars(g) else v for v in wanted)


def _with_definitions(term: Basic, seen: set[Basic]) -> Iterator[Basic]:
    yield term
    for part in term.atoms(Apply, Named):
        if part in seen:
            continue
        seen.add(part)
        if isinstance(part, Named):
            yield from _with_definitions(part.definition, seen)
        elif part.head.definition is not None:
            yield from _with_definitions(part.head.unfold(part.arguments), seen)
