"""What words say by "X_t has the density p_t": the average of f(X_t) is the integral of f p_t.

Of a path with Gaussian noise p_t is a mixture, and defined so. Of any other path it is a symbol of
which nothing else is known, and the words are an equation for each f in the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Expr

from fmproof.documents.context import Context
from fmproof.documents.facts import Fact
from fmproof.documents.ties.symbols import key_of_head
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.nodes import Apply, Expect, IntegralOver, Lebesgue, Var
from fmproof.lang.nodes.measure import drawn_by, parents_of
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort


def density_facts(context: Context, sides: Sequence[Expr]) -> list[Fact]:
    """∫ f p_t = E[f(X_t)] for what is integrated against such a p_t in ``sides``."""
    elab = context.elab
    found: list[Fact] = []
    for key, symbol in elab.density_of.items():
        value = elab.path(symbol)
        if value is None or not elab.joint:
            continue
        law = [one for one in elab.joint if one.head not in elab.moving_laws]
        drawn = {v for one in law for v in drawn_by(one)}
        if not {v for v in free_vars(value) if v.sort is Sort.VEC} <= drawn:
            continue
        if not {v for one in law for v in parents_of(one)} <= drawn:
            continue
        for node, density, var, rest in _against(sides):
            head = density.head
            if head.definition is not None or key_of_head(context.elab, head) != key:
                continue
            times = [at for at in density.arguments if at is not var]
            moved = sorted((v for v in free_vars(value) if v.sort is Sort.REAL), key=str)
            if len(times) != len(moved) or len(times) > 1:
                continue
            there = substitute(value, dict(zip(moved, times, strict=True)))
            try:
                average = Expect(substitute(rest, {var: there}), *law)
            except FmproofError:
                continue
            every = frozenset(v for v in free_vars(node) if v.sort is Sort.REAL)
            found.append(Fact(elab.place(symbol.at), node, average, every=every))
    return found


def _against(sides: Sequence[Expr]) -> Iterator[tuple[Expr, Apply, Var, Expr]]:
    """(∫ f p dx, p at x, x, f) for each density p in an integral over x alone."""
    nodes: set[Any] = {node for side in sides for node in side.atoms(IntegralOver)}
    for node in sorted(nodes, key=str):
        items = node.measure
        if len(items) != 1 or type(items[0]) is not Lebesgue or items[0].bounded:
            continue
        parts = factors(node.body)
        for place, part in enumerate(parts):
            if isinstance(part, Apply) and part.head.is_density and items[0].var in part.arguments:
                yield node, part, items[0].var, mul(*without(parts, place))
