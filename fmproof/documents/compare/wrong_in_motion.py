"""Rows about what moves that are wrong: with a sign or a factor more, they follow from the motion.

Random worlds do not follow ∂_t p = −div(p v) or dz/dt = v(z, t), so numbers alone refute no row
about them. Where a row one edit away is proved from such equations, the row itself would say that
the summand in question is 0. If that is about one time, p, z and v may be anything there, and
numbers decide it; along a path they decide it for one flow, z_t = eᵗ c.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from sympy import Expr, S

from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.context import report
from fmproof.documents.facts import Fact
from fmproof.documents.model import RowReport
from fmproof.documents.patience import clock
from fmproof.documents.suggest import doubled, flips
from fmproof.documents.terms import heads_in, sides_fit
from fmproof.documents.ties.world import TIED_COEFFICIENTS
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import mul
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Exp,
    Expect,
    Field,
    Gaussian,
    Partial,
)
from fmproof.lang.props import Equals
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.differences import subtract
from fmproof.tactics.matching import said_of_each

_NEAR = 6
_SECONDS = 3.0


def wrong_in_motion(row: ComparedRow) -> RowReport | None:
    """Refuted where a row with another sign or factor is proved from how its symbols move."""
    context, until = row.context, clock() + _SECONDS
    facts = context.facts.about([row.before, row.claim], row.item.index)
    motions = [fact for fact in context.facts.known if _is_motion(fact)]
    along = _paths(row, motions)
    moves = row.before.has(Partial) and any(fact in facts for fact in motions)
    if row.relation != "=" or not (moves or along):
        return None
    for words, candidate in islice(_near(row.claim), _NEAR):
        if clock() > until:
            return None
        if not (_differ(row, candidate) or _differ_along(row, candidate, along)):
            continue
        context.prover.begin()
        proof = context.prover.from_facts(row.before, candidate, (), facts)
        if proof is None or not proof.proved:
            continue
        context.chain.add(row.claim, False)
        context.chain.add(candidate, True)
        lines = ", ".join(proof.rests_on)
        message = f"it contradicts line {lines}, from which a row one edit away follows"
        found = report(row.item, "refuted", message, row.reading)
        shown = context.numbers.of(candidate, row.claim, simplify=True)
        return replace(found, numeric=shown, suggestion=f"{words}: that is proved")
    return None


_Course = tuple[Apply, Apply]


def _paths(row: ComparedRow, motions: Sequence[Fact]) -> list[_Course]:
    """z_t and v(z_t, t) of the paths in the row that follow dz/dt = v(z, t)."""
    found: list[_Course] = []
    heads = heads_in([row.before, row.claim])
    for fact in motions:
        slope, field = fact.before, fact.claim
        if not (isinstance(slope, Partial) and isinstance(slope.body, Apply)):
            continue
        path = substitute(slope.body, {slope.var: slope.at})
        fits = isinstance(field, Apply) and isinstance(field.head, Field)
        if fits and path in field.arguments and path.head in heads & row.context.courses:
            found.append((path, field))
    return found


def _differ_along(row: ComparedRow, candidate: Expr, along: Sequence[_Course]) -> bool:
    """Whether the claim and another one differ where v(x, t) = x, so that z_t = eᵗ c."""
    if len(along) != 1:
        return False
    ((path, field),) = along
    start = Field(f"{path.head.name}''")()
    (point,) = (p for p, a in zip(field.head.params, field.arguments, strict=True) if a == path)
    times = [p for p in path.head.params if p.sort is Sort.REAL]
    if len(times) != 1 or len(path.head.params) != 1:
        return False
    rest = subtract(candidate, row.claim)  # a summand twice: what else is in the row is gone
    sides = [candidate, row.claim] if rest is None else [rest, S.Zero]
    for head, body in ((field.head, point), (path.head, mul(Exp(times[0]), start))):
        try:
            sides = [replace_head(side, head, head.params, body) for side in sides]
        except (FmproofError, SortError, TypeError):
            return False
    if any(side.has(CondExpect, Expect) for side in sides):
        return False
    one, two = sides
    other = ComparedRow(row.context, row.item, one, two, "=")
    refuted = other.evidence is not None and other.evidence.status == "refuted"
    elab = row.context.elab
    numbers = {v for side in sides for v in free_vars(side)}
    of_times = all(elab.is_time(elab.spelling(v)) for v in numbers)
    tied = other.tied and not (other.tied == TIED_COEFFICIENTS and of_times)
    return refuted and not tied and not other.assumed


def _near(claim: Expr) -> Iterator[tuple[str, Expr]]:
    return chain(flips(claim), doubled(claim))


def _is_motion(fact: Fact) -> bool:
    return fact.assumed and (fact.before.has(Partial) or fact.claim.has(Partial))


def _differ(row: ComparedRow, candidate: Expr) -> bool:
    """Whether the claim and another one differ for some p, z and v at one time, whatever the
    document says else of these."""
    try:
        sides_fit(candidate, row.claim, "=")
    except (FmproofError, SortError):
        return False
    if not _is_at_one_time((candidate, row.claim)):
        return False
    other = ComparedRow(row.context, row.item, candidate, row.claim, "=")
    assumed = (said_of_each(prop)[1] for prop in other.assumed)
    motions = all(isinstance(one, Equals) and one.has(Partial) for one in assumed)
    refuted = other.evidence is not None and other.evidence.status == "refuted"
    return refuted and not other.tied and motions


def _is_at_one_time(terms: tuple[Expr, Expr]) -> bool:
    """Whether functions without a definition are taken at one time, and no derivative in it."""
    if any(term.has(Partial, CondExpect) for term in terms):
        return False
    heads = heads_in(terms)
    if any(h.definition is not None for h in heads if not isinstance(h, Gaussian)):
        return False
    if not any(isinstance(head, Density | Field) for head in heads):
        return False
    times = {
        place
        for term in terms
        for call in term.atoms(Apply)
        for param, place in zip(call.head.params, call.arguments, strict=True)
        if param.sort is Sort.REAL
    }
    free = {v for term in terms for v in free_vars(term)}
    return len(times) == 1 and times <= free
