"""Rows that would have to say that a function is 0, or a multiple of another one: see ``residues``.

Little may be known of the functions. So numbers are asked of the weights alone, in worlds that
follow what the document says of those; the row is looked at as it is written, and with what is
assumed or defined elsewhere put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice

from sympy import Expr, S

from fmproof.documents.compare.fairness import is_fair
from fmproof.documents.compare.in_section import failing_case, in_cases_of_section, is_qualified
from fmproof.documents.compare.proofs import prove_row
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.compare.wrong import evidence_shown, refuted
from fmproof.documents.context import report
from fmproof.documents.model import RowReport
from fmproof.documents.patience import clock
from fmproof.documents.residues import Residue, residue_of, without_common_factors
from fmproof.documents.suggest import (
    as_a_whole,
    complements,
    doubled,
    flips,
    inverted,
    powers,
    replaced,
    roots,
    under_root,
    weights,
)
from fmproof.documents.terms import sides_fit
from fmproof.documents.vanishing import may_vanish, takes_a_number
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Apply, CondExpect, Grad
from fmproof.lang.numbers import is_number

_EDITS = 30
_GLANCE = 1
_SECONDS = 3.0
"""Of processor time for rows one edit away."""


def wrong_by_residue(row: ComparedRow) -> RowReport | None:
    """Refuted where the row holds only if something is 0 that is not."""
    item = row.item
    if row.relation != "=" or is_qualified(row):
        return None
    for (before, claim), places in _forms(row):
        residue = residue_of(before, claim)
        if residue is None or (row.laws_are_special and not residue.sure):
            continue
        if not _is_refuted(row, residue):
            continue
        row.context.chain.add(row.claim, False)
        message = f"with line {places}, {residue.words}" if places else residue.words
        return replace(report(item, "refuted", message, row.reading), numeric=evidence_shown(row))
    return None


def wrong_by_edit(row: ComparedRow) -> RowReport | None:
    """Refuted where a row with another power, denominator or sign is proved, perhaps with what its
    section says put in, and the row itself would have to say that something else is 0.

    Others that are one edit away are looked at where all is known: see ``wrong_by_neighbour``.
    """
    if row.relation != "=" or is_qualified(row):
        return None
    until = clock() + _SECONDS
    before, claim = row.before, row.claim
    signs = {words for words, _ in flips(claim)}
    for words, candidate in islice(_edits(claim), _EDITS):
        if clock() > until:
            return None
        residue = residue_of(candidate, claim)
        turned = words in signs and not row.laws_are_special  # a summand would have to vanish
        if residue is None and not turned:
            continue
        if row.laws_are_special and residue is not None and not residue.sure:
            continue
        found = _holds_by(row, before, candidate, until)
        if found is None or not (turned or (residue is not None and _is_refuted(row, residue))):
            continue
        places, proved = found
        row.context.chain.add(claim, False)
        row.context.chain.add(candidate, True)
        beside = f"it contradicts line {places}: with {words}, it follows"
        message = beside if places else "the numbers of both sides differ, but for one edit"
        suggestion = f"{words}: that is proved" if proved else ""
        shown = row.context.numbers.of(candidate, claim, simplify=True)
        wrong = report(row.item, "refuted", message, row.reading)
        return replace(wrong, numeric=shown, suggestion=suggestion)
    return None


def wrong_in_section(row: ComparedRow) -> RowReport | None:
    """Refuted where the row fails with what its section says of its coefficients put in, too."""
    if row.relation != "=" or row.laws_are_special or is_qualified(row):
        return None
    case = failing_case(row)
    return None if case is None else refuted(case)


def _edits(claim: Expr) -> Iterator[tuple[str, Expr]]:
    ways = (weights, flips, complements, roots, powers, doubled, inverted, as_a_whole, under_root)
    return chain.from_iterable(way(claim) for way in ways)


def _holds_by(row: ComparedRow, before: Expr, claim: Expr, until: float) -> tuple[str, bool] | None:
    """The rows by which an equation holds, "" if none is needed, and whether it is proved; else the
    numbers agree in every world. None where it may not hold."""
    context = row.context
    try:
        sides_fit(before, claim, "=")
    except (FmproofError, SortError):
        return None
    if context.numbers.of(before, claim, problems=_GLANCE).status == "agrees":
        context.prover.begin()
        other = ComparedRow(context, row.item, before, claim, "=")
        if prove_row(other, [before]).proved:
            return "", True
        agrees = other.evidence is not None and other.evidence.status == "agrees"
        return ("", False) if agrees and not other.unknown else None
    for sides, places in in_cases_of_section(row, before, claim):
        if clock() > until:
            return None
        if context.numbers.of(*sides, problems=_GLANCE).status != "agrees":
            continue
        context.prover.begin()
        if context.prover.prove(*sides).proved:
            return places, True
    return None


def _forms(row: ComparedRow) -> Iterator[tuple[tuple[Expr, Expr], str]]:
    """The sides as they stand, and with what is known of their symbols put in; with the places of
    the rows that say it."""
    sides = (row.before, row.claim)
    yield sides, ""
    yield from in_cases_of_section(row, *sides)
    context = row.context
    for fact in context.facts.about(sides, row.item.index):
        if not isinstance(fact.before, Apply | Grad | CondExpect):
            continue
        with suppress(FmproofError, SortError, TypeError):
            one, other = (replaced(side, fact.before, fact.claim) for side in sides)
            if (one, other) != sides:
                yield (one, other), fact.place


def _is_refuted(row: ComparedRow, residue: Residue) -> bool:
    """Whether numbers refute one of the weights, and nothing says that the functions vanish."""
    if may_vanish(row.context, residue.vanishing):
        return False
    return any(_is_not_zero(row, weight) for weight in residue.weights)


def _is_not_zero(row: ComparedRow, weight: Expr) -> bool:
    rest = without_common_factors(weight)
    if is_number(rest):
        return bool(rest != S.Zero)
    if takes_a_number(row.context, rest):
        return False
    left = ComparedRow(row.context, row.item, rest, S.Zero, "=")
    if left.evidence is None or left.evidence.status != "refuted":
        return False
    return is_fair(left) or failing_case(left, of_weight=True) is not None
