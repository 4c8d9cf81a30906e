"""How a condition is found to hold almost everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING

from sympy import Expr, S

from fmproof.derived.null_sets import reorder_almost
from fmproof.derived.point_masses import draw_equation
from fmproof.derived.ratios import multiple_vanishes
from fmproof.derived.restatements import restate
from fmproof.errors import RuleError, SortError
from fmproof.kernel.almost import (
    everywhere,
    sections,
    support_of_draw,
    support_of_marginal,
    under_law,
)
from fmproof.kernel.calculus import dominated_differentiable
from fmproof.kernel.equality import instantiate
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors
from fmproof.lang.nodes import Apply, Lebesgue, Let, Var
from fmproof.lang.nodes.measure import against_lebesgue, drawn_by, parents_of
from fmproof.lang.props import (
    Almost,
    Differentiable,
    Dominated,
    Equals,
    Integrable,
    VanishesWith,
)
from fmproof.lang.scope import alpha_equal, free_vars, fresh_names, substitute
from fmproof.tactics.averages import has_let, moved
from fmproof.tactics.conditions.proof import ConditionProof
from fmproof.tactics.laws import needed_items
from fmproof.tactics.matching import match
from fmproof.tactics.pointwise import pointwise
from fmproof.tactics.rewriting import attempt, symbols_inside

if TYPE_CHECKING:
    from fmproof.tactics.conditions.prover import Prover


def almost(search: Prover, goal: Almost, depth: int) -> ConditionProof | None:
    """From what holds everywhere, under another law, or for fewer of the variables."""
    needed = needed_items(goal)
    if len(needed) < len(goal.measure):
        proof = _spread(search, goal, needed, depth)
        if proof is None and has_let(goal.measure):
            proof = _everywhere(search, goal, depth)
        return proof
    prop = goal.body
    proof = None
    if isinstance(prop, VanishesWith):
        proof = _vanishes(search, goal, prop, depth)
    elif isinstance(prop, Integrable):
        proof = _sections(search, goal, prop, depth)
    elif isinstance(prop, Equals):
        proof = _almost_equal(search, goal, depth)
    elif isinstance(prop, Differentiable):
        proof = _dominated(search, goal, prop, depth)
    proof = (
        proof
        or _everywhere(search, goal, depth)
        or _from_lebesgue(search, goal, depth)
        or _under_another_law(search, goal, depth)
    )
    if proof is not None or len(goal.measure) == 1:
        return proof
    if not isinstance(prop, VanishesWith | Integrable):
        return None
    for place in range(len(goal.measure)):
        kept = tuple(i for i in range(len(goal.measure)) if i != place)
        proof = _spread(search, goal, kept, depth)
        if proof is not None:
            return proof
    return None


def _everywhere(search: Prover, goal: Almost, depth: int) -> ConditionProof | None:
    """What holds at every value holds at almost every one."""
    if isinstance(goal.body, Equals):
        return None
    bound = {v for item in goal.measure for v in drawn_by(item)}
    proof = search.prove(goal.body, depth)
    if proof is not None and not any(bound & free_vars(h) for h in proof.theorem.hypotheses):
        return ConditionProof(everywhere(proof.theorem, goal.measure), proof.reasons)
    for word, theorem in pointwise(goal.body):  # what it needs, almost everywhere
        try:
            spread = everywhere(theorem, goal.measure)
        except SortError:
            continue
        proof = search.from_theorem(spread, word, depth)
        if proof is not None:
            return proof
    return None


def _dominated(
    search: Prover, goal: Almost, prop: Differentiable, depth: int
) -> ConditionProof | None:
    """What is dominated is differentiable almost everywhere."""
    try:
        premise = Dominated(*prop.args, *goal.measure)
    except SortError:
        return None
    theorem = attempt(dominated_differentiable, premise)
    if theorem is None or not alpha_equal(theorem.conclusion, goal):
        return None  # the place is among what is integrated
    return search.from_theorem(theorem, "domination", depth)


def _under_another_law(search: Prover, goal: Almost, depth: int) -> ConditionProof | None:
    """From a hypothesis that says it under another law of the same variables."""
    for name, fact in search.facts_at(goal):
        known = fact.conclusion
        if isinstance(known, Almost) and isinstance(known.body, type(goal.body)):
            theorem = _moved_fact(fact, goal)
            if theorem is not None:
                proof = search.from_theorem(theorem, f"@{name}", depth)
                if proof is not None:
                    return proof
    return None


def _almost_equal(search: Prover, goal: Almost, depth: int) -> ConditionProof | None:
    """From what is known almost surely, under this or another law of the same variables."""
    for place, item in enumerate(goal.measure):
        if isinstance(item, Let):
            theorem = draw_equation(goal.measure, place)
            if alpha_equal(theorem.conclusion, goal):
                return ConditionProof(restate(theorem, goal), ("point mass",))
    for fact in search.facts:
        proof = search.from_theorem(_moved_fact(fact, goal), "almost surely", depth)
        if proof is not None:
            return proof
    return None


def _moved_fact(fact: Theorem, goal: Almost) -> Theorem | None:
    known = fact.conclusion
    if not isinstance(known, Almost):
        return None
    values = match(known.body, goal.body)
    if values is None:
        return None
    bound = {v for item in known.measure for v in drawn_by(item)}
    outside = {v: value for v, value in values.items() if v not in bound}
    theorem = attempt(instantiate, fact, outside) if outside else fact
    if theorem is None or not isinstance(theorem.conclusion, Almost):
        return None
    known = theorem.conclusion
    inside = {v: values[v] for v in bound & values.keys()}
    if any(not isinstance(value, Var) for value in inside.values()):
        return None
    taken = free_vars(goal).union(*map(drawn_by, goal.measure), inside.values())
    hidden = fresh_names(sorted(bound - inside.keys(), key=lambda v: v.name), taken)
    renaming: dict[Var, Expr] = {**inside, **hidden}
    try:
        own = [substitute(item, renaming) for item in known.measure]
        wanted = Almost(goal.body, *own)
        theorem = restate(theorem, wanted)
        needed = free_vars(wanted)
        outer = [d for d in goal.measure if needed & set(drawn_by(d))]
        if outer:
            theorem = everywhere(theorem, outer)
    except (SortError, RuleError):
        return None
    if alpha_equal(theorem.conclusion, goal):
        return theorem
    same = _reordered(theorem, goal, ())
    if same is not None:
        return same.theorem
    there = moved(goal, theorem.conclusion.measure)
    return None if there is None else discharge(there, theorem)


def _from_lebesgue(search: Prover, goal: Almost, depth: int) -> ConditionProof | None:
    """What holds for Lebesgue-almost every value holds almost surely under a law."""
    if has_let(goal.measure) or all(isinstance(item, Lebesgue) for item in goal.measure):
        return None
    _, lebesgue = against_lebesgue(S.One, goal.measure)
    proof = search.prove(Almost(goal.body, *lebesgue), depth)
    if proof is None:
        return None
    return ConditionProof(under_law(proof.theorem, goal.measure), proof.reasons)


def _sections(search: Prover, goal: Almost, prop: Integrable, depth: int) -> ConditionProof | None:
    try:
        joint = Integrable(prop.body, *goal.measure, *prop.measure)
    except SortError:
        joint = None
    if joint is not None and search.prove(joint, depth) is not None:
        proof = search.from_theorem(sections(joint, len(goal.measure)), "Fubini", depth)
        if proof is not None:
            return ConditionProof(restate(proof.theorem, goal), proof.reasons)
    proof = _everywhere(search, goal, depth)
    if proof is not None:
        return proof
    for word, theorem in search.dominations(prop):
        proof = search.from_theorem(everywhere(theorem, goal.measure), word, depth)
        if proof is not None:
            return proof
    return None


def _spread(search: Prover, goal: Almost, kept: Sequence[int], depth: int) -> ConditionProof | None:
    """Prove the goal for the ``kept`` variables, at every value of the others."""
    others = [i for i in range(len(goal.measure)) if i not in kept]
    inner = [goal.measure[i] for i in kept]
    try:
        smaller = Almost(goal.body, *inner) if inner else goal.body
        proof = search.prove(smaller, depth)
        if proof is None:
            return None
        own = {var for item in inner for var in drawn_by(item)}
        if has_let(goal.measure) or any(own & parents_of(goal.measure[i]) for i in others):
            # a draw that depends on others is dropped, not put before them
            there = moved(goal, inner) if inner else None
            if there is None:
                return None
            return search.from_theorem(discharge(there, proof.theorem), "", depth)
        spread = everywhere(proof.theorem, [goal.measure[i] for i in others])
        if any(h not in proof.theorem.hypotheses for h in spread.hypotheses):
            return None  # a hypothesis speaks of the variables
    except SortError:
        return None
    return _reordered(spread, goal, proof.reasons)


def _reordered(theorem: Theorem, goal: Almost, reasons: tuple[str, ...]) -> ConditionProof | None:
    """``theorem`` with its variables in the order of ``goal``, if that makes it the goal."""
    if not isinstance(theorem.conclusion, Almost):
        return None
    count = len(goal.measure)
    if len(theorem.conclusion.measure) != count:
        return None
    for order in permutations(range(count)):
        try:
            candidate = reorder_almost(theorem, order)
        except SortError:
            continue
        if alpha_equal(candidate.conclusion, goal):
            return ConditionProof(restate(candidate, goal), reasons)
    return None


def _vanishes(
    search: Prover, goal: Almost, prop: VanishesWith, depth: int
) -> ConditionProof | None:
    numerator, denominator = prop.args
    if any(not isinstance(item, Lebesgue) for item in goal.measure):
        return _vanishes_under_law(goal, prop)
    if isinstance(denominator, Apply):
        theorem = attempt(support_of_marginal, denominator)
        if theorem is not None:
            proof = _reordered(theorem, goal, ("absolute continuity",))
            if proof is not None:
                return proof
    for place in _superfluous(factors(numerator), denominator):
        theorem = everywhere(multiple_vanishes(prop, place), goal.measure)
        proof = search.from_theorem(theorem, "", depth)
        if proof is not None:
            return proof
    return None


def _superfluous(parts: Sequence[Expr], denominator: Expr) -> Sequence[int]:
    """The places of the factors that a product may vanish without, those first of which what the
    denominator stands for has nothing."""
    if len(parts) < 2:
        return ()
    definition = denominator.head.definition if isinstance(denominator, Apply) else None
    inside = frozenset() if definition is None else symbols_inside(definition)
    return sorted(range(len(parts)), key=lambda i: inside.issuperset(symbols_inside(parts[i])))


def _vanishes_under_law(goal: Almost, prop: VanishesWith) -> ConditionProof | None:
    numerator, denominator = prop.args
    for place, item in enumerate(goal.measure):
        if alpha_equal(item, denominator):
            theorem = attempt(support_of_draw, numerator, item)
            others = [m for i, m in enumerate(goal.measure) if i != place]
            if theorem is not None and others:
                try:
                    theorem = everywhere(theorem, others)
                except SortError:
                    continue
            if theorem is not None:
                return _reordered(theorem, goal, ("support of the law",))
    return None
