"""A row against the rows of its chain: proved, refuted, equal up to a constant, or open.

The numbers come first. Where they refute the row and nothing that the document says elsewhere
could mend it, it is wrong, and no proof is searched for; where they refute it and something could,
only what the document assumes can prove it. Otherwise the checker decides, and numbers that agree
are said where it does not.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sympy import Expr

from fmproof.documents import in_law
from fmproof.documents.cases import in_stated_cases
from fmproof.documents.chain import ChainLine
from fmproof.documents.compare.fairness import fails_in_plane, has_a_stray_point, is_fair
from fmproof.documents.compare.from_stated import prove_from_stated
from fmproof.documents.compare.kinds import (
    TIES,
    determines_one,
    is_continuity,
    is_evolution,
    names_a_posterior,
    normalises,
    says_how_it_grows,
    says_what_a_symbol_is,
    speaks_of_coefficients,
    states_a_moment,
)
from fmproof.documents.compare.proofs import prove_from_assumed, prove_in_cases, prove_row
from fmproof.documents.compare.proved import FROM_OPEN, proved_behind, proved_row
from fmproof.documents.compare.row import ComparedRow
from fmproof.documents.compare.wrong import (
    evidence_shown,
    refuted,
    wrong_beside,
    wrong_by_neighbour,
)
from fmproof.documents.compare.wrong_by_residue import (
    wrong_by_edit,
    wrong_by_residue,
    wrong_in_section,
)
from fmproof.documents.compare.wrong_in_motion import wrong_in_motion
from fmproof.documents.context import Context, StatedRow, as_read, open_row, report
from fmproof.documents.determinants import changes_variables
from fmproof.documents.independent_draws import prove_if_independent
from fmproof.documents.items import Item
from fmproof.documents.model import RowReport, Verdict
from fmproof.documents.patience import MORE_PATIENCE
from fmproof.documents.prove import Proof
from fmproof.documents.reach import section_end
from fmproof.documents.scope import end_of, strays, undrawn, unlike_product
from fmproof.documents.stated_signs import with_signs
from fmproof.documents.terms import heads_in, sides_fit, surely
from fmproof.documents.ties.sides import fixes_a_moment, is_bare_symbol
from fmproof.documents.ties.symbols import SAYS
from fmproof.documents.values import depends_on_a_number, without_value
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
)
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text


def verdict_on(context: Context, item: Item, claim: Expr, relation: str) -> RowReport:
    """The verdict on a row whose right side reads ``claim``; the chain grows by it."""
    chain = context.chain
    start = chain.lines[0].term
    last = chain.lines[-1].term
    stray = strays(context, start, claim, end_of(item)) or undrawn(context, start, claim, relation)
    if stray:
        return report(item, "scope", stray, as_read(last, relation, claim))
    fitting, problem = _fitting(context, claim, relation)
    if not fitting and _of_different_kinds(last, claim):
        return report(item, "scope", f"its sides are of different kinds: {problem}")
    unlike = "" if fitting else unlike_product(context, item)
    if unlike:
        return report(item, "scope", unlike, as_read(last, relation, claim))
    if not fitting:
        return open_row(item, f"its sides do not fit as they were understood: {problem}")
    candidates = list(dict.fromkeys([fitting[0], *([start] if start in fitting else fitting[1:2])]))
    row = ComparedRow(context, item, candidates[0], claim, relation)
    context.said.read[item.index] = (candidates[0], claim)
    context.prover.begin()
    evidence = row.evidence
    if evidence is not None and evidence.status == "refuted":
        if speaks_of_coefficients(row):
            follows = prove_in_cases(row)
            if follows.proved:
                determines_one(row)  # later rows may rest on it
                return proved_row(row, follows)
        if normalises(row):
            context.assume(item, row.before, claim)
            determines_one(row)
            return report(item, "hypothesis", TIES, row.reading)
        if states_a_moment(row):
            context.assume_moment(item, row.before, claim)
            return report(item, "hypothesis", "what its law is chosen by", row.reading)
        laws = [h for h in heads_in([row.before]) if h.draws and h.definition is None]
        if laws and fixes_a_moment(context.elab, item):
            if not item.denied:
                context.assume_moment(item, row.before, claim)
            return report(item, "hypothesis", "what is assumed of a law", row.reading)
        law = in_law.merged(context, item, row.before, claim) if relation == "=" else None
        if law is not None:
            return _about_laws(row, law)
        if is_fair(row):
            return refuted(row)
        special = _wrong_in_its_case(row)
        if special is not None:
            return special
        context.held[item.index] = partial(judged_again, row)
        context.prover.begin()  # what the numbers took is not taken from the proof
        proof = prove_from_assumed(row, candidates)
        if not proof.proved and relation == "=":
            proof = prove_in_cases(row)
        if not proof.proved and relation == "=":
            proof = prove_if_independent(context, item, candidates, claim)
        if not proof.proved:
            proof = prove_from_stated(row) or proof
        if not proof.proved:
            wrong = _wrong_although_held_back(row)
            if wrong is not None:
                return wrong
    else:
        proof = prove_row(row, candidates)
        if not proof.proved and has_a_stray_point(row):
            context.prover.begin()
            proof = prove_in_cases(row)
        if not proof.proved:
            proof = prove_from_stated(row) or proof
    if not proof.proved and relation in ("≤", "≥"):
        proof = _by_stated_signs(row) or proof
    if proof.proved and not context.numbers.possible(proof.where):
        signs = ", ".join(map(text, proof.where))
        proof = replace(proof, proved=False, message=f"no random world has {signs}")
    missing = without_value(context, item, (start, row.before, claim))
    if missing:
        context.chain.leave_open(claim, item.right)
        return report(item, "open", missing, row.reading)
    if proof.proved:
        return proved_row(row, proof)
    if fails_in_plane(row):
        return refuted(row)
    undecided = chain.undecided
    if undecided is not None and relation == "=":
        found = from_undecided(row, undecided)
        if found is not None:
            return found
    return left_unproved(row, proof)


def _wrong_in_its_case(row: ComparedRow) -> RowReport | None:
    """Refuted where the row is wrong in general, and with what its document lays down put in."""
    context, item = row.context, row.item
    sides = in_stated_cases(context, item, row.before, row.claim)
    if sides is None:
        return None
    case = ComparedRow(context, item, *sides, row.relation)
    wrong = case.evidence is not None and case.evidence.status == "refuted" and is_fair(case)
    return refuted(case) if wrong else None


def _wrong_although_held_back(row: ComparedRow) -> RowReport | None:
    """Refuted although a random world may not follow all that the document says."""
    by_nothing = (wrong_by_residue, wrong_by_edit)  # also where a law is special
    summand = (wrong_by_neighbour, wrong_by_residue, wrong_beside, wrong_in_motion)
    for wrong in (
        by_nothing if row.laws_are_special else (*summand, wrong_by_edit, wrong_in_section)
    ):
        found = wrong(row)
        if found is not None:
            return found
    return None


def _by_stated_signs(row: ComparedRow) -> Proof | None:
    """A proof of an inequality by the signs that lines say weights have."""
    found = with_signs(row.context, row.item, (row.before, row.claim))
    if found is None:
        return None
    sides, places = found
    row.context.prover.begin()
    proof = row.context.prover.prove(*sides, row.relation)
    return replace(proof, rests_on=places) if proof.proved else None


def _about_laws(row: ComparedRow, found: RowReport) -> RowReport:
    """A row about laws: what follows goes on from its right side."""
    if found.verdict == "proved":
        row.context.chain.begin_anew(ChainLine(row.claim, True, row.item.right))
    else:
        row.context.chain.add(row.claim, False)
    return found


def left_unproved(row: ComparedRow, proof: Proof) -> RowReport:
    context, item, evidence = row.context, row.item, row.evidence
    context.keep(item, proof)
    agrees = evidence is not None and evidence.status == "agrees"
    sides = (row.before, row.claim)
    special = depends_on_a_number(context, item, sides, row.relation) if agrees else ""
    if special:
        agrees, evidence = False, None
        proof = replace(proof, message=f"it depends on {special}")
    if agrees and item.of_an_extremum:
        agrees, evidence = False, None
        proof = replace(proof, message=f"the numbers try a few values alone; {proof.message}")
    if row.relation == "=" and changes_variables(context, item, row.before, row.claim):
        context.chain.add(row.claim, True, item.right)
        words = "how a flow carries a density: the change of variables is assumed"
        return report(item, "hypothesis", words, row.reading)
    if row.relation == "=" and (is_continuity(row) or is_evolution(row)):
        context.chain.add(row.claim, True, item.right)
        context.assume(item, row.before, row.claim)
        words = "an equation for how a density without a definition moves: it is assumed"
        return report(item, "hypothesis", words, row.reading)
    if agrees and not row.unknown:
        if row.relation == "=":
            context.chain.add(row.claim, True, item.right)
        announced = item.piece.inside == "theorem" and item.row.left is not None
        verdict: Verdict = "statement" if announced and not item.inline else "agrees"
        words = _why_not_proved(row, proof)
        if row.on_a_line:
            words += "; in two dimensions the numbers show nothing"
        return replace(report(item, verdict, words, row.reading), numeric=evidence)
    if determines_one(row) and (says_how_it_grows(row) or not is_bare_symbol(row.left)):
        until = section_end(context.reading, item)
        context.chain.add(row.claim, True, item.right, until)
        return report(item, "hypothesis", TIES, row.reading)
    if names_a_posterior(row):  # the next row is compared with the mean
        context.chain.leave_open(row.claim, item.right)
        return report(item, "definition", "the density of what is averaged", row.reading)
    if says_what_a_symbol_is(row):
        context.chain.add(row.claim, True, item.right)
        return report(item, "definition", "from here on, that is what it is", row.reading)
    says = row.tied.startswith(SAYS)  # then later rows of the chain go on from there
    if says and row.relation == "=":
        context.chain.add(row.claim, True, item.right)
    elif row.relation == "=":
        context.chain.leave_open(row.claim, item.right)
    if item.assumed and (item.inline or item.index == 0 or not context.chain.lines[1:-1]):
        if row.relation == "=":
            context.assume(item, row.before, row.claim)
        return report(item, "hypothesis", "it is assumed, by the words before it")
    if row.relation == "=" and not row.unknown and isinstance(row.before, Apply):
        context.stated.append(StatedRow(row.before, row.claim, item.place))
    why = _why_not_proved(row, proof)
    if evidence is not None and evidence.status == "refuted":
        why = f"not known well enough to say: {row.tied}"
        evidence = None
    verdict = "open"
    if item.piece.inside == "theorem" and item.row.left is not None and not item.inline:
        verdict = "statement"
    return replace(report(item, verdict, why, row.reading), numeric=evidence)


def _why_not_proved(row: ComparedRow, proof: Proof) -> str:
    """What stood in the way of a proof."""
    return f"not proved: {proof.message}{MORE_PATIENCE if row.context.prover.cut else ''}"


def from_undecided(row: ComparedRow, line: ChainLine) -> RowReport | None:
    """The verdict where the row above is open: it is all that this row claims to follow from.

    It can be proved, or agree; what is wrong is told from what stands.
    """
    context, item = row.context, row.item
    try:
        sides_fit(line.term, row.claim, row.relation)
    except (SortError, FmproofError):
        return None
    row = ComparedRow(context, item, line.term, row.claim, row.relation)
    row.lines = (replace(line, stands=True),)
    if row.evidence is not None and row.evidence.status == "refuted":
        if is_fair(row):
            return wrong_behind(row) if line.follows else None
        proof = prove_from_assumed(row, [line.term])
        if proof.proved:
            return proved_behind(row, proof)
        return wrong_by_residue(row) if line.follows else None
    proof = prove_row(row, [line.term])
    agrees = row.evidence is not None and row.evidence.status == "agrees"
    if not proof.proved and (row.unknown or not agrees):
        return None
    if proof.proved:
        return proved_behind(row, proof)
    context.keep(item, proof)
    context.chain.leave_open(row.claim, item.right, follows=True)
    words = f"{FROM_OPEN}; not proved: {proof.message}"
    return replace(report(item, "agrees", words, row.reading), numeric=row.evidence)


def wrong_behind(row: ComparedRow) -> RowReport:
    """The row above is open, but equals the one before it; this one differs from both."""
    context, item = row.context, row.item
    context.chain.leave_open(row.claim, item.right)
    message = "it differs from the row above, which is open, and follows from the one before it"
    found = report(item, "refuted", message, row.reading)
    return replace(found, numeric=evidence_shown(row))


def judged_again(row: ComparedRow) -> RowReport | None:
    """The verdict when all rows are known: wrong after all, or None."""
    row.look_at_ties()
    row.context.prover.begin()
    return refuted(row) if is_fair(row) else None


def _of_different_kinds(before: Expr, claim: Expr) -> bool:
    """Whether two sides cannot be equal, however their letters are read."""
    if {sort_of(before), sort_of(claim)} & {Sort.GRADIENT, Sort.SET}:
        return True
    one, other = surely(before), surely(claim)
    return one is not None and other is not None and one is not other


def _fitting(context: Context, claim: Expr, relation: str) -> tuple[list[Expr], str]:
    """What stands of the chain and can be compared with the claim, the latest first."""
    fitting: list[Expr] = []
    problem = ""
    for line in reversed(context.chain.lines):
        if not line.stands:
            continue
        try:
            sides_fit(line.term, claim, relation)
        except (SortError, FmproofError) as error:
            problem = problem or str(error)
            continue
        if line.term not in fitting:
            fitting.append(line.term)
    return fitting, problem
