"""Rows about what moves that are wrong: with a sign or a factor more, they follow from the motion.

Random worlds do not follow ∂_t p = −div(p v) or dz/dt = v(z, t), so numbers alone refute no row
about them. Where a row one edit away is proved from such equations, the row itself would say that
the summand in question is 0. That is about one time, and there p, z and v may be anything: numbers
decide it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from sympy import Expr

from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.context import report
from fmproof.documents.facts import Fact
from fmproof.documents.model import RowReport
from fmproof.documents.patience import clock
from fmproof.documents.suggest import doubled, flips
from fmproof.documents.terms import heads_in, sides_fit
from fmproof.errors import FmproofError, SortError
from fmproof.lang.nodes import Apply, CondExpect, Density, Field, Gaussian, Partial
from fmproof.lang.props import Equals
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.matching import said_of_each

_NEAR = 6
_SECONDS = 3.0


def wrong_in_motion(row: ComparedRow) -> RowReport | None:
    """Refuted where a row with another sign or factor is proved from how its symbols move."""
    if row.relation != "=" or not row.before.has(Partial):
        return None
    context, until = row.context, clock() + _SECONDS
    facts = context.facts.about([row.before, row.claim], row.item.index)
    if not any(_is_motion(fact) for fact in facts):
        return None
    for words, candidate in islice(_near(row.claim), _NEAR):
        if clock() > until:
            return None
        if not _differ(row, candidate):
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
