"""Rows that follow from an equation that a document states and nothing shows.

Behind ⇒ or ⇔ a row claims to follow from the one in front of it. An equation for how a density
moves claims to follow from an earlier one for the same density: no world follows either, so that
nothing else could show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Basic, Expr

from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.items import Item
from fmproof.documents.prove import Proof
from fmproof.lang.arithmetic import summands
from fmproof.lang.nodes import Apply, Density, Div, Head, Partial

_FORWARD = {
    "\\Rightarrow",
    "\\Longrightarrow",
    "\\implies",
    "\\iff",
    "\\Leftrightarrow",
    "\\Longleftrightarrow",
    "⇒",
    "⇔",
}


def prove_from_stated(row: ComparedRow) -> Proof | None:
    """A proof of the row from what stands in front of its arrow, or from how its density is said
    to move."""
    if row.relation != "=":
        return None
    context = row.context
    for other in (*_before_arrow(row), *_motions(row)):
        fact = context.assumed(other, *context.said.read[other.index])
        context.prover.begin()
        around = context.chain.standing[:4]
        proof = context.prover.from_facts(row.before, row.claim, around, [fact])
        if proof is not None:
            return replace(proof, rests_on=(f"{other.place}, which is taken to hold",))
    return None


def _before_arrow(row: ComparedRow) -> Iterator[Item]:
    """The row in front of an arrow."""
    item = row.item
    if item.row.arrow not in _FORWARD or not item.index or item.row.left is None:
        return
    other = row.context.reading.items[item.index - 1]
    if other.piece is item.piece and _may_hold(row, other):
        yield other


def _motions(row: ComparedRow) -> Iterator[Item]:
    """Earlier equations for how the density moves of which the row says how it moves."""
    item, context = row.item, row.context
    moved = _moved(row.before, row.claim)
    if moved is None or item.row.left is None:
        return
    for other in context.reading.items[: item.index]:
        proves_it = other.piece.inside == "theorem" and item.piece.inside == "proof"
        if proves_it or other.row.left is None or not _may_hold(row, other):
            continue
        pair = context.said.read[other.index]
        if _moved(*pair) == moved:
            yield other


def _may_hold(row: ComparedRow, other: Item) -> bool:
    """Whether a row was read, and is not called wrong."""
    context = row.context
    pair = context.said.read.get(other.index)
    if pair is None or other.row.relation != "=" or other.denied:
        return False
    settled = other.index in context.said.settled
    return not (settled and context.numbers.of(*pair).status == "refuted")


def _moved(before: Expr, claim: Expr) -> Head | None:
    """The density p of ∂p/∂t = … div(…)."""
    parts = [*summands(before), *summands(claim)]
    slopes = [part for part in parts if isinstance(part, Partial) and _is_density(part.body)]
    if len(slopes) != 1 or not (before.has(Div) or claim.has(Div)):
        return None
    head: Head = slopes[0].body.head
    return head


def _is_density(term: Basic) -> bool:
    return isinstance(term, Apply) and isinstance(term.head, Density)
