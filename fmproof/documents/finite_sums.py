"""Natural hypotheses about finite sums: each product in a sum over an index is summable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents.smoothness import for_every
from fmproof.documents.terms import nodes_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors, summands, times_of
from fmproof.lang.node import rebuilt
from fmproof.lang.nodes import Apply, CondExpect, Density, Expect, IntegralOver, Named
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Integrable, Prop
from fmproof.lang.scope import canon, free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.differences import subtract

_MOST = 24


def conditions(terms: Sequence[Basic]) -> list[Prop]:
    """Of every sum over an index in ``terms``, with definitions put in, that what it multiplies
    out to is summable, product by product."""
    found: dict[Basic, Prop] = {}
    for total in dict.fromkeys(total for term in terms for total in _sums_in(_opened(term))):
        for prop in _summable(total):
            found.setdefault(canon(prop), prop)
            if len(found) == _MOST:
                return list(found.values())
    return list(found.values())


def _sums_in(term: Basic) -> Iterator[Any]:
    for total in nodes_in(term, IntegralOver, Expect):
        drawn = [v for item in total.measure for v in drawn_by(item)]
        if all(v.sort is Sort.LATENT for v in drawn):
            yield total


def _summable(total: Any) -> Iterator[Prop]:
    drawn = {v for item in total.measure for v in drawn_by(item)}
    body = subtract(total.body, S.Zero)
    for part in summands(body) if body is not None else ():
        moving = [factor for factor in factors(part) if drawn & free_vars(factor)]
        if moving:
            try:
                yield for_every(Integrable(times_of(*moving), *total.measure))
            except FmproofError:
                continue


def _opened(term: Any) -> Expr:
    """A term with all that is defined put in, but for densities and averages given something."""
    if isinstance(term, Named):
        return _opened(term.definition)
    if isinstance(term, CondExpect) or not term.args:
        return term
    if isinstance(term, Apply):
        definition = term.head.definition
        kept = definition is None or isinstance(term.head, Density) or definition.has(CondExpect)
        if not kept:
            return _opened(term.head.unfold(term.arguments))
    args = [_opened(arg) if isinstance(arg, Expr) else arg for arg in term.args]
    made: Expr = term if tuple(args) == tuple(term.args) else rebuilt(term, *args)
    return made
