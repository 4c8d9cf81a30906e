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

from fmproof.documents.beside import places_in_section
from fmproof.documents.cases import in_cases
from fmproof.documents.compare.fairness import is_fair
from fmproof.documents.compare.proofs import prove_row
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.compare.wrong import evidence_shown
from fmproof.documents.context import report
from fmproof.documents.domains import picks_a_part
from fmproof.documents.model import RowReport
from fmproof.documents.patience import clock
from fmproof.documents.residues import Residue, residue_of, without_common_factors
from fmproof.documents.suggest import (
    complements,
    doubled,
    flips,
    powers,
    replaced,
    roots,
    weights,
)
from fmproof.documents.terms import heads_in, sides_fit
from fmproof.documents.vanishing import may_vanish, takes_a_number
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Apply, CondExpect, Grad
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import free_vars

_CASES = 6
"""Ways to put in what other rows say."""
_EDITS = 30
_GLANCE = 1
_SECONDS = 3.0
"""Of processor time for rows one edit away."""


def wrong_by_residue(row: ComparedRow) -> RowReport | None:
    """Refuted where the row holds only if something is 0 that is not."""
    item = row.item
    if row.relation != "=" or _is_qualified(row):
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
    if row.relation != "=" or _is_qualified(row):
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
        places = _proved_from(row, before, candidate, until)
        if places is None or not (turned or (residue is not None and _is_refuted(row, residue))):
            continue
        row.context.chain.add(claim, False)
        row.context.chain.add(candidate, True)
        beside = f"it contradicts line {places}: with {words}, it follows"
        message = beside if places else "the numbers of both sides differ, but for one edit"
        found = report(row.item, "refuted", message, row.reading)
        shown = row.context.numbers.of(candidate, claim, simplify=True)
        return replace(found, numeric=shown, suggestion=f"{words}: that is proved")
    return None


def _edits(claim: Expr) -> Iterator[tuple[str, Expr]]:
    ways = (weights, flips, complements, roots, powers, doubled)
    return chain.from_iterable(way(claim) for way in ways)


def _proved_from(row: ComparedRow, before: Expr, claim: Expr, until: float) -> str | None:
    """The rows from which an equation follows, "" if none is needed; None if it was not proved."""
    context = row.context
    try:
        sides_fit(before, claim, "=")
    except (FmproofError, SortError):
        return None
    if context.numbers.of(before, claim, problems=_GLANCE).status == "agrees":
        context.prover.begin()
        other = ComparedRow(context, row.item, before, claim, "=")
        return "" if prove_row(other, [before]).proved else None
    for sides, places in _in_cases_of_section(row, before, claim):
        if clock() > until:
            return None
        if context.numbers.of(*sides, problems=_GLANCE).status != "agrees":
            continue
        context.prover.begin()
        if context.prover.prove(*sides).proved:
            return places
    return None


def _forms(row: ComparedRow) -> Iterator[tuple[tuple[Expr, Expr], str]]:
    """The sides as they stand, and with what is known of their symbols put in; with the places of
    the rows that say it."""
    sides = (row.before, row.claim)
    yield sides, ""
    yield from _in_cases_of_section(row, *sides)
    context = row.context
    for fact in context.facts.about(sides, row.item.index):
        if not isinstance(fact.before, Apply | Grad | CondExpect):
            continue
        with suppress(FmproofError, SortError, TypeError):
            one, other = (replaced(side, fact.before, fact.claim) for side in sides)
            if (one, other) != sides:
                yield (one, other), fact.place


def _in_cases_of_section(
    row: ComparedRow, before: Expr, claim: Expr
) -> Iterator[tuple[tuple[Expr, Expr], str]]:
    """An equation with what the rows of its section say put in; another one may mean another case,
    and a row that is open may be wrong itself. A letter that comes in by that may be a short name
    of what it says: c of c_skip(σ) = c."""
    context = row.context
    open_rows = {context.reading.items[index].place for index in context.said.left_open}
    sure = places_in_section(context, row.item) - open_rows
    for found, places in islice(in_cases(context, row.item, before, claim), _CASES):
        if set(places.split(", ")) <= sure and _letters(found) <= _letters((before, claim)):
            yield found, places


def _letters(sides: tuple[Expr, Expr]) -> set[str]:
    """The names of numbers and points, also where they stand as symbols without an argument."""
    found = {head.name for head in heads_in(sides) if not head.params}
    found |= {var.name for side in sides for var in free_vars(side)}
    return {name.rstrip("'") for name in found}


def _is_qualified(row: ComparedRow) -> bool:
    """Whether words say how well a row holds, or where."""
    item = row.item
    qualified = item.qualified or item.assumed or item.denied or item.restricted
    return bool(qualified) or picks_a_part(row.context.reading.items, item)


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
    return left.evidence is not None and left.evidence.status == "refuted" and is_fair(left)
