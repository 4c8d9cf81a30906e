"""Searching for a proof of a row, in the order of what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr

from fmproof.documents import gaussian_means
from fmproof.documents.almost_surely import PathsDrawn
from fmproof.documents.cases import in_cases
from fmproof.documents.compare.row import _GLANCE, ComparedRow
from fmproof.documents.compare.wrong import _SECONDS_NEAR
from fmproof.documents.convexity import convex_ways
from fmproof.documents.determinants import determinant_rules
from fmproof.documents.patience import clock
from fmproof.documents.prove import Proof
from fmproof.documents.said_densities import density_facts
from fmproof.documents.second_moments import of_squares
from fmproof.documents.suggest import replaced
from fmproof.documents.terms import heads_in, kinds_in
from fmproof.documents.trigonometry import circular_rules
from fmproof.documents.ways import Way
from fmproof.lang.nodes import (
    CondExpect,
    Expect,
    Let,
    Partial,
)
from fmproof.reading.notation.randomness import means


def prove_row(row: ComparedRow, candidates: Sequence[Expr]) -> Proof:
    """By the checker: from the row before, from the start, almost surely, from earlier rows."""
    context, prover = row.context, row.context.prover
    around = context.chain.standing[:4]
    one, *more = candidates
    candidates = [one, *(other for other in more if not _hopeless(row, other, row.claim))]
    easy = _at_once(row, candidates)
    if easy is not None:
        return easy
    prover.begin()  # those looks are short, and not taken from what follows
    put_in = _with_facts_put_in(row, candidates)
    if put_in is not None:
        return put_in
    first: Proof | None = None
    if _about_means(row) or any(other.noised for other in row.others):
        drawn = _drawn(row)
        if drawn is not None:
            return drawn
    for before in candidates:
        proof = prover.prove(before, row.claim, row.relation, around, (), thorough=False)
        if proof.proved:
            row.before = before
            return proof
        first = first or proof
    assert first is not None
    drawn = _drawn(row)
    if drawn is not None or row.relation != "=":
        return drawn or _convex(row, candidates) or first
    for before in candidates:
        facts = context.facts.about([before, row.claim], row.item.index)
        facts += determinant_rules(context, [before, row.claim])
        facts += circular_rules(context.elab, [before, row.claim])
        proof = prover.prove(before, row.claim, row.relation, around, facts)
        if proof.proved:
            row.before = before
            return proof
    return first


def _at_once(row: ComparedRow, candidates: Sequence[Expr]) -> Proof | None:
    """A proof that is found at once, from one of the lines or with paths drawn."""
    around = row.context.chain.standing[:4]
    glance = row.context.prover.glance
    for before in candidates:
        proof = glance(before, row.claim, row.relation, around)
        if proof is not None:
            row.before = before
            return proof
    for other in _likely_others(row):
        proof = glance(other.before, other.claim, row.relation, other.pulled)
        if proof is not None:
            return proof
    return None


def _with_facts_put_in(row: ComparedRow, candidates: Sequence[Expr]) -> Proof | None:
    """A proof where what earlier rows say, put in, leaves nothing but arithmetic."""
    context = row.context
    for before in candidates if row.relation == "=" else ():
        facts = context.facts.about([before, row.claim], row.item.index)
        facts += circular_rules(context.elab, [before, row.claim])
        around = context.chain.standing[:4]
        proof = context.prover.from_facts(before, row.claim, around, facts, sure=True)
        if proof is not None:
            row.before = before
            return proof
    return None


def _likely_others(row: ComparedRow) -> Iterator[PathsDrawn]:
    """The other readings from which the row may follow."""
    for other in row.others:
        if other.averaged and row.relation != "=":
            continue
        if not _hopeless(row, other.before, other.claim):
            yield other


def _hopeless(row: ComparedRow, before: Expr, claim: Expr) -> bool:
    """Whether numbers refute a reading, so that nothing proves it."""
    context = row.context
    return (
        context.numeric
        and context.numbers.of(before, claim, row.relation, (), _GLANCE).status == "refuted"
    )


def _about_means(row: ComparedRow) -> bool:
    """Whether an average has E[· | X_t] in it, which is pulled out where X_t is drawn."""
    both = [row.before, row.claim]
    return kinds_in(both) >= {Expect, CondExpect} and any(
        isinstance(item, Let) for term in both for mean in means(term) for item in mean.measure
    )


def _drawn(row: ComparedRow) -> Proof | None:
    """A proof of the row with its paths drawn."""
    for other in _likely_others(row):
        sides = (other.before, other.claim)
        proof = row.context.prover.prove(*sides, row.relation, other.pulled)
        if not proof.proved and other.averaged and "< ∞" in proof.message:
            context = (*other.pulled, *other.monomials)
            proof = row.context.prover.prove(*sides, context=context)
        if proof.proved:
            return proof
        if other.averaged and row.relation == "=" and other.noised:
            by_square = row.context.prover.along(_gaussian(*sides))
            if by_square is not None:
                return by_square
    return None


def _gaussian(before: Expr, claim: Expr) -> Iterator[Way]:
    """With what averages of Gaussian variables given another one are."""
    for parts, finite in gaussian_means.mean_parts(before, claim):
        yield Way(tuple(parts), ("gaussian-product", "moments"), context=finite)


def prove_from_assumed(row: ComparedRow, candidates: Sequence[Expr]) -> Proof:
    """Of a row that is false in some world, a proof can only rest on what is assumed."""
    around = row.context.chain.standing[:4]
    averaged = _in_averages(row, candidates) or _convex(row, candidates)
    if averaged is not None:
        return averaged
    for before in candidates if row.relation == "=" else ():
        sides = [before, row.claim]
        known = row.context.facts.about(sides, row.item.index)
        facts = [f for f in known if f.assumed or f.rests_on]
        facts += of_squares(facts, sides)
        facts += circular_rules(row.context.elab, sides)
        facts += determinant_rules(row.context, sides)
        if facts:
            proof = row.context.prover.from_facts(before, row.claim, around, facts)
            if proof is not None:
                row.before = before
                return proof
    return Proof(False)


def _convex(row: ComparedRow, candidates: Sequence[Expr]) -> Proof | None:
    """A proof of an inequality by functions that are said to be convex."""
    context = row.context
    for before in candidates if row.relation != "=" else ():
        convex = context.ties.convex(list(heads_in([before, row.claim])), row.item)
        if not convex:
            continue
        drawn = [other for other in row.others if not other.averaged]
        sides = [(before, row.claim), *((one.before, one.claim) for one in drawn)]
        for one, other in sides:
            ways = convex_ways(one, other, row.relation, convex)
            proof = context.prover.along(ways)
            if proof is not None:
                row.before = before
                return proof
    return None


def _in_averages(row: ComparedRow, candidates: Sequence[Expr]) -> Proof | None:
    """A proof of the row with E[f(X_t)] for ∫ f p_t, where p_t is said to be its density."""
    context = row.context
    for before in candidates if row.relation == "=" else ():
        said = density_facts(context, [before, row.claim])
        if not said:
            continue
        one, other = before, row.claim
        for fact in said:
            one, other = (replaced(side, fact.before, fact.claim) for side in (one, other))
        if context.numeric and context.numbers.of(one, other).status == "refuted":
            continue
        facts = context.facts.about([one, other], row.item.index)
        proof = context.prover.prove(one, other, facts=facts)
        if proof.proved:
            row.before = before
            places = dict.fromkeys(fact.place for fact in said)
            return replace(proof, rests_on=(*places, *proof.rests_on))
    return None


def prove_in_cases(row: ComparedRow) -> Proof:
    """A row that is false for arbitrary symbols, with what the document says of them."""
    context = row.context
    until = clock() + _SECONDS_NEAR
    for before, claim, told in _starts(row):
        for sides, places in in_cases(context, row.item, before, claim):
            if clock() > until:
                return Proof(False)
            known = circular_rules(context.elab, sides)
            wrong = context.numeric and context.numbers.of(*sides).status == "refuted"
            if wrong and not known:
                continue
            proof = context.prover.prove(*sides, facts=known)
            if proof.proved:
                context.said.in_cases.add(row.item.index)
                return replace(proof, rests_on=(*told, places))
    return Proof(False)


def _starts(row: ComparedRow) -> Iterator[tuple[Expr, Expr, tuple[str, ...]]]:
    """What a row goes on from, and its claim: its left side, what earlier rows say of that slope,
    and both sides with paths drawn."""
    context = row.context
    yield row.before, row.claim, ()
    if isinstance(row.before, Partial):
        for other in dict.fromkeys(other.index for other, _ in context.determined):
            slope, value = context.said.read[other]
            item = context.reading.items[other]
            if slope == row.before and context.said.holds_at(item, row.item):
                yield value, row.claim, (item.place,)
    for drawn in row.others if kinds_in([row.before, row.claim]) & {CondExpect} else ():
        yield drawn.before, drawn.claim, ()
