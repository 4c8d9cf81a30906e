"""Rows about a conditional expectation at a point, which hold almost surely.

What is said of E[f | X_t = x] at x holds in every average against a function of X_t. There paths
are drawn rather than written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from sympy import Expr, S

from fmproof.documents import chain
from fmproof.documents.items import Item
from fmproof.documents.named_kernels import kernels_written_out
from fmproof.documents.terms import nodes_in
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import add, factors, mul, summands, times_of
from fmproof.lang.node import rebuilt, sort_of
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Expect,
    Field,
    Inner,
    IntegralOver,
    Let,
    Ratio,
    Scalar,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.elaborate import Elaborator, NotYet
from fmproof.reading.notation.randomness import as_law
from fmproof.tactics.methods import Line
from fmproof.tactics.normal import decide


@dataclass(frozen=True)
class PathsDrawn:
    """A row with its paths drawn.

    Attributes:
        averaged: against a function of the point, where the row is about one.
        noised: whether they are drawn from Gaussian densities, N(m, s² I).
    """

    before: Expr
    claim: Expr
    averaged: bool
    noised: bool = False

    @cached_property
    def pulled(self) -> tuple[Expr, ...]:
        """Both sides with what is averaged for E[· | X]: against any function that is finite."""
        if not self.averaged:
            return ()
        found = []
        for side in (self.before, self.claim):
            if isinstance(side, Expect) and side.body.has(CondExpect):
                with suppress(FmproofError):
                    found.append(Expect(pulled_out(side.body), *side.measure))
            if isinstance(side, Expect) and side.body.has(IntegralOver):
                with suppress(FmproofError):
                    found.append(Expect(_averages(side.body), *side.measure))
        return tuple(found)

    @cached_property
    def monomials(self) -> tuple[Expr, ...]:
        """The averages that both sides fall apart into: those against any function are finite."""
        try:
            common = decide(Line(self.before, self.claim))
        except (FmproofError, RecursionError, AttributeError, TypeError):
            return ()
        sides = (common.left.rhs, common.right.rhs)
        return tuple(dict.fromkeys(term for side in sides for term in nodes_in(side, Expect)))


def pulled_out(term: Any) -> Expr:
    """``term`` with f at x for each E[f | X = x] in it."""
    if isinstance(term, CondExpect):
        return substitute(term.body, {item.var: item.at for item in term.given})
    if isinstance(term, Inner):
        return Inner(*map(pulled_out, term.args))
    if len(summands(term)) > 1:
        return add(*map(pulled_out, summands(term)))
    parts = factors(term)
    return mul(*map(pulled_out, parts)) if len(parts) > 1 else term


def _averages(term: Any) -> Expr:
    """``term`` with E_{x ~ p}[f] for each ∫ f(x) p(x) dx in it, by a posterior over its prior."""
    if isinstance(term, IntegralOver) and len(term.measure) == 1:
        (over,) = drawn_by(term.measure[0])
        for part in factors(term.body):
            others = [one for one in factors(term.body) if one is not part]
            above = part.args[0] if isinstance(part, Ratio) else part
            for law in factors(above):
                density = isinstance(law, Apply) and isinstance(law.head, Density)
                if density and drawn_by(law) == (over,) == law.arguments:
                    rest = mul(*(one for one in factors(above) if one is not law))
                    share = Ratio(rest, part.args[1]) if isinstance(part, Ratio) else rest
                    return Expect(mul(*others, share), law)
        return term
    if not term.args or isinstance(term, Expect | CondExpect | Apply):
        return term
    return rebuilt(term, *map(_averages, term.args))


def other_readings(
    elab: Elaborator, item: Item, lines: Sequence[chain.ChainLine], written_out: Expr
) -> list[PathsDrawn]:
    """The row as it follows from the last of ``lines`` that stand, and from the first."""
    nodes = [line.node for line in lines if line.stands and line.node is not None]
    if item.right is None or not nodes:
        return []
    found: list[PathsDrawn] = []
    for drawing, noised in (
        (elab.drawing_noised, True),
        (partial(elab.drawing_noised, roots=True), True),
        (elab.drawing_paths, False),
    ):
        try:
            with drawing():
                claim = elab.side(item.right)
                befores = [elab.side(node) for node in dict.fromkeys([nodes[-1], nodes[0]])]
        except (NotYet, SortError, FmproofError):
            continue
        for one in _drawn(elab, befores, claim, written_out):
            drawn = replace(one, noised=noised)
            before, after = kernels_written_out([one.before, one.claim])
            named = noised and (before, after) != (one.before, one.claim)
            opened = [replace(drawn, before=before, claim=after)] if named else []
            for other in (*opened, drawn):
                if other not in found:
                    found.append(other)
    return found


def _drawn(
    elab: Elaborator, befores: Sequence[Expr], claim: Expr, written_out: Expr
) -> list[PathsDrawn]:
    found: list[PathsDrawn] = []
    for before in befores:
        law = as_law(elab, [before, claim])
        if law is None and claim == written_out and not _draws_paths(before):
            continue  # no path is in it: that was tried
        sides = (before, claim) if law is None else _tested(before, claim, *law)
        if sides is not None:
            found.append(PathsDrawn(*sides, law is not None))
    return found


def _draws_paths(term: Expr) -> bool:
    return any(isinstance(item, Let) for mean in term.atoms(Expect) for item in mean.measure)


def _tested(
    before: Expr, claim: Expr, draws: tuple[Any, ...], drawn: tuple[Var, ...]
) -> tuple[Expr, Expr] | None:
    """Both sides averaged against an arbitrary function of what is drawn in them."""
    if not drawn:
        return None
    try:
        vectors = Sort.VEC in (sort_of(before), sort_of(claim))
        test = (Field if vectors else Scalar)("g''", *drawn)(*drawn)
        sides = [
            S.Zero
            if side is S.Zero
            else Expect(Inner(test, side) if vectors else times_of(test, side), *draws)
            for side in (before, claim)
        ]
        return sides[0], sides[1]
    except FmproofError:
        return None
