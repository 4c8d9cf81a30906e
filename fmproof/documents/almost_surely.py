"""Rows about a conditional expectation at a point, which hold almost surely.

What is said of E[f | X_t = x] at x holds in every average against a function of X_t. There paths
are drawn rather than written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, S

from fmproof.documents.chain import Line
from fmproof.documents.items import Item
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Expect, Field, Inner, Scalar, Var
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.elaborate import Elaborator, NotYet
from fmproof.reading.notation.randomness import as_law


@dataclass(frozen=True)
class PathsDrawn:
    """A row with its paths drawn.

    Attributes:
        averaged: against a function of the point, where the row is about one.
    """

    before: Expr
    claim: Expr
    averaged: bool


def other_readings(
    elab: Elaborator, item: Item, lines: Sequence[Line], written_out: Expr
) -> list[PathsDrawn]:
    """The row as it follows from the last of ``lines`` that stand, and from the first."""
    nodes = [line.node for line in lines if line.stands and line.node is not None]
    if item.right is None or not nodes:
        return []
    try:
        with elab.drawing_paths():
            claim = elab.term(item.right)
            befores = [elab.term(node) for node in dict.fromkeys([nodes[-1], nodes[0]])]
    except (NotYet, SortError, FmproofError):
        return []
    found: list[PathsDrawn] = []
    for before in befores:
        law = as_law(elab, [before, claim])
        if law is None and claim == written_out:
            continue  # no path is in it: that was tried
        sides = (before, claim) if law is None else _tested(before, claim, *law)
        if sides is not None:
            found.append(PathsDrawn(*sides, law is not None))
    return found


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
