"""A row with what its section says of its symbols put in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sympy import Expr

from fmproof.documents.beside import places_in_section
from fmproof.documents.cases import in_cases
from fmproof.documents.compare.fairness import is_fair
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.domains import picks_a_part
from fmproof.documents.terms import heads_in
from fmproof.documents.ties.symbols import SOMETHING
from fmproof.documents.ties.world import TIED_COEFFICIENTS
from fmproof.lang.nodes import CondExpect, Density, Expect, IntegralOver
from fmproof.lang.scope import free_vars

_CASES = 6
"""Ways to put in what other rows say."""
_AVERAGES = (Expect, CondExpect, IntegralOver)


def failing_case(row: ComparedRow, of_weight: bool = False) -> ComparedRow | None:
    """A row that is held back by a line about its coefficients, with all such lines put in, where
    it fails all the same, and in each other case that its section makes.

    A row with a law in it is none: of that, lines may say more than what is put in.

    Args:
        of_weight: whether it says that a weight is 0, so that only a convention could tie what is
            left in it.
    """
    sides = (row.before, row.claim)
    laws = any(head.draws or isinstance(head, Density) for head in heads_in(sides))
    if SOMETHING not in row.tied or laws or any(side.has(*_AVERAGES) for side in sides):
        return None
    found: ComparedRow | None = None
    for put, _ in in_cases_of_section(row, *sides):
        case = ComparedRow(row.context, row.item, *put, row.relation)
        if case.evidence is None or case.evidence.status != "refuted":
            return None
        if of_weight and case.tied == TIED_COEFFICIENTS:
            case.tied = ""
        if found is None and is_fair(case):
            found = case
    return found


def in_cases_of_section(
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


def is_qualified(row: ComparedRow) -> bool:
    """Whether words say how well a row holds, or where."""
    item = row.item
    qualified = item.qualified or item.assumed or item.denied or item.restricted
    return bool(qualified) or picks_a_part(row.context.reading.items, item)
