"""What is said of a row that is proved, and what later rows learn from it."""

from __future__ import annotations

from dataclasses import replace

from fmproof.documents.compare.kinds import (
    learn_value,
)
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.context import report
from fmproof.documents.model import RowReport
from fmproof.documents.prove import Proof
from fmproof.documents.trigonometry import CIRCULAR_RULES
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Partial,
)

FROM_OPEN = "from the row above, which is open"


def proved_row(row: ComparedRow, proof: Proof) -> RowReport:
    context, item = row.context, row.item
    context.keep(item, proof)
    case = item.index in context.said.in_cases  # then it stands for this chain alone
    until = item.index if case else context.facts.until(proof.rests_on)
    context.chain.add(row.claim, row.relation == "=", item.right, until)
    if row.relation == "=" and item.index not in context.said.in_cases:
        context.learn(item, row.before, row.claim, proof)
        _learn_of_name(row, proof)
        _learn_slope(row)
        _learn_of_start(row)
    learn_value(row)
    words = _from_lines(proof)
    if item.index in context.said.in_cases:
        words += ", which is taken to hold"
    found = report(item, "proved", words, row.reading)
    return replace(found, by=proof.by, needs=proof.needs)


def _learn_of_name(row: ComparedRow, proof: Proof) -> None:
    """Of a chain u(x) = E[f | X = x] = …: that u(x) is what the row says, as later rows have it."""
    name = row.context.chain.lines[0].term
    mean = isinstance(name, Apply) and isinstance(name.head.definition, CondExpect)
    if mean and name.head.unfold(name.arguments) == row.before:
        row.context.learn(row.item, name, row.claim, proof)


def _learn_slope(row: ComparedRow) -> None:
    """Of a chain that begins with a derivative in time: that it is what the row says, since it
    may be integrated later."""
    context, first = row.context, row.context.chain.lines[0]
    slope = first.term
    if not (isinstance(slope, Partial) and first.stands) or slope == row.before:
        return
    facts = context.facts.about([slope, row.claim], row.item.index)
    context.prover.begin()
    proof = context.prover.prove(slope, row.claim, facts=facts)
    if proof.proved:
        context.learn(row.item, slope, row.claim, proof)


def _learn_of_start(row: ComparedRow) -> None:
    """Of a chain that begins with an average given something, and goes on from what an earlier row
    says of that: that the average is what the row says, since later rows are about it again."""
    context, first = row.context, row.context.chain.lines[0]
    start = first.term
    if not (isinstance(start, CondExpect) and first.stands) or start == row.before:
        return
    lines = context.chain.standing
    near = context.facts.about([start, *lines], row.item.index)
    facts = [fact for fact in reversed(near) if fact.before in lines and fact.claim in lines]
    signs = dict.fromkeys(sign for fact in facts for sign in fact.where)
    facts = [replace(fact, where=()) for fact in facts]
    context.prover.begin()
    proof = context.prover.from_facts(start, row.claim, (), facts, sure=True)
    if proof is not None:  # where all rows of the chain hold
        where = tuple(dict.fromkeys([*proof.where, *signs]))
        context.learn(row.item, start, row.claim, replace(proof, where=where))


def proved_behind(row: ComparedRow, proof: Proof) -> RowReport:
    """Proved from the row above, which is open."""
    context, item = row.context, row.item
    context.keep(item, proof)
    context.chain.leave_open(row.claim, item.right, follows=True)
    words = ", and ".join(filter(None, (FROM_OPEN, _from_lines(proof))))
    found = report(item, "proved", words, row.reading)
    return replace(found, by=proof.by, needs=proof.needs)


def _from_lines(proof: Proof) -> str:
    """The rows on which a proof rests."""
    lines = [place for place in proof.rests_on if place != CIRCULAR_RULES]
    return f"from line {', '.join(lines)}" if lines else ""
