"""A row that is wrong: the numbers to show, and what would be right, where that is proved."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from sympy import Expr

from fmproof.documents import beside
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.context import as_read, report
from fmproof.documents.model import NumericEvidence, RowReport
from fmproof.documents.motion import moved_point
from fmproof.documents.patience import clock
from fmproof.documents.prove import Proof
from fmproof.documents.suggest import neighbours
from fmproof.documents.terms import free_of_parameters, heads_in, nodes_in, sides_fit
from fmproof.documents.vanishing import may_vanish
from fmproof.documents.ways import constant_difference
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Expect, Grad, Head
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.tactics.differences import subtract

_NEAR = 40


_FEW_NEAR = 12
"""Rows one edit away that are looked at; fewer where little is known of a row."""


_TURNED = {"≤": "≥", "≥": "≤"}
_SECONDS_NEAR = 3.0
"""Of processor time for those, and for the cases of a document: rarely reached."""


def refuted(row: ComparedRow) -> RowReport:
    """Refuted, or equal up to a constant; with what would be right, where that is proved."""
    context, item, before, claim = row.context, row.item, row.before, row.claim
    context.chain.add(claim, False)
    tried = context.prover.derivation(before, claim, row.relation, ())
    context.keep(item, Proof(False, derivation=tried))
    constant = _constant(row)
    if constant is not None:
        return constant
    suggestion = ""
    turned = _TURNED.get(row.relation, "")
    if turned and _is_proved_as(row, turned):
        suggestion = f"{turned}, not {row.relation}: that is proved"
    near = None if turned else _right_one(row, _NEAR)
    if near is not None:
        words, candidate = near
        suggestion = f"{words}: that is proved"
        if not row.averaged:
            context.chain.add(candidate, row.relation == "=")
    found = report(item, "refuted", "the numbers of both sides differ", row.reading)
    return replace(found, numeric=evidence_shown(row), suggestion=suggestion)


def _is_proved_as(row: ComparedRow, relation: str) -> bool:
    """Whether the row is proved with another relation."""
    prover = row.context.prover
    prover.begin()
    drawn = ((o.before, o.claim, o.pulled) for o in row.others if not o.averaged)
    readings = ((row.before, row.claim, ()), *drawn)
    return any(prover.prove(a, b, relation, around).proved for a, b, around in readings)


def wrong_beside(row: ComparedRow) -> RowReport | None:
    """Wrong beside what other rows say, although these may be open."""
    if row.relation != "=":
        return None
    found = beside.wrong_beside(row.context, row.item, row.before, row.claim)
    if found is None:
        return None
    shown = row.context.numbers.of(found.before, found.claim, simplify=True)
    return replace(
        report(row.item, "refuted", found.message, as_read(found.before, "=", found.claim)),
        numeric=shown,
        suggestion=f"{found.suggestion}: that is proved" if found.suggestion else "",
    )


def wrong_by_neighbour(row: ComparedRow) -> RowReport | None:
    """Wrong although little is known of its symbols: with another sign it is proved.

    So the row is true only where the summand with that sign vanishes.
    """
    if row.relation != "=" or moved_point(row.context.elab, row.item.left):
        return None  # another dx/dt may be of another point
    near = _right_one(row, _FEW_NEAR, strict=True)
    if near is None:
        return None
    words, candidate = near
    apart = subtract(candidate, row.claim)
    if apart is None or may_vanish(row.context, nodes_in(apart, Apply, Grad)):
        return None
    ties = row.context.ties
    told = bool(row.assumed or row.special or ties.moments or ties.independent)
    if told and apart.has(Expect):
        return None  # an average may be 0 by what is said of a law
    if not row.averaged:
        row.context.chain.add(candidate, True)
    message = "the numbers of both sides differ, and a row one edit away is proved"
    found = report(row.item, "refuted", message, row.reading)
    return replace(found, numeric=evidence_shown(row), suggestion=f"{words}: that is proved")


def _right_one(row: ComparedRow, most: int, strict: bool = False) -> tuple[str, Expr] | None:
    """What to change, and a row that is proved with it.

    Args:
        strict: only what numbers corroborate, nothing left out, no symbol for another.
    """
    context = row.context
    good = ("agrees",) if strict else ("agrees", "inconclusive")
    until = clock() + _SECONDS_NEAR
    before, claim = row.before, row.claim
    if row.averaged:
        before, claim = row.averaged[0].before, row.averaged[0].claim
    for words, candidate in islice(neighbours(before, claim, not strict), most):
        if strict and clock() > until:
            return None
        if strict and words.startswith("without"):
            continue
        try:
            sides_fit(before, candidate, row.relation)
        except (SortError, FmproofError):
            continue
        problems = 1 if strict else None
        found = context.numbers.of(before, candidate, row.relation, (), problems)
        if found.status not in good:
            continue
        tried = context.prover.prove(before, candidate, row.relation, thorough=strict)
        if tried.proved:
            return words, candidate
    return None


def _constant(row: ComparedRow) -> RowReport | None:
    """Equal up to a term that is free of the parameters."""
    before, claim = row.before, row.claim
    if row.relation != "=" or sort_of(claim) is not Sort.REAL or free_of_parameters(before):
        return None
    if any(map(_hides_a_parameter, heads_in([before, claim]))):
        return None
    left_over = constant_difference(before, claim)
    if left_over is None or free_vars(left_over):
        return None
    if not row.context.prover.prove(before, claim + left_over).proved:
        return None
    shown = text(left_over)
    words = f"the sides differ by {shown}, which is free of the parameters"
    found = report(row.item, "constant", words, row.reading)
    mended = f"add {shown}: that is proved"
    return replace(found, numeric=evidence_shown(row), suggestion=mended)


def _hides_a_parameter(head: Head) -> bool:
    """Whether a loss L(θ) is defined by a model that is written without θ: then a term without θ
    may depend on it, too."""
    named = {v for v in head.params if v.sort is Sort.PARAM}
    return head.definition is not None and not named <= free_vars(head.definition)


def evidence_shown(row: ComparedRow) -> NumericEvidence:
    """The evidence with a counterexample for readers, in a world that follows the document."""
    numbers, assumed = row.context.numbers, () if row.tied else row.assumed
    compared = (row.before, row.claim, row.relation, assumed)
    return numbers.of(*compared, simplify=True, in_plane=row.in_plane)
