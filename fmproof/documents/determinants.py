"""What is known of log |det D ψ_t(x)|, along a flow dψ_t(x)/dt = u_t(ψ_t(x)): its slope in t is the
divergence of u_t at ψ_t(x), and the density that is carried along is p_t(ψ_t(x)) = p_0(x)/|det|.

The language has no determinants, so these rules (Jacobi's formula with the chain rule; the change
of variables) are hypotheses of the rows that need them. Numbers say nothing of such rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr, S

from fmproof.documents.context import Context
from fmproof.documents.facts import Fact
from fmproof.documents.items import Item
from fmproof.documents.terms import heads_in
from fmproof.lang.arithmetic import plus_of, times_of
from fmproof.lang.nodes import Apply, Density, Div, Exp, Field, Head, Log, Partial, Var
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort

DETERMINANT_RULES = "Jacobi's formula"


def determinant_rules(context: Context, terms: Sequence[Expr]) -> list[Fact]:
    """The rules for the determinants of flows that are in terms, and what is known of these."""
    heads = heads_in(terms)
    found: list[Fact] = []
    for volume, flow in context.elab.determinants.items():
        if volume in heads or flow in heads:
            found += [f for f in context.facts.known if volume in heads_in([f.before, f.claim])]
            found += _slopes(volume, flow, context.facts.known)
            found += _starts(volume, flow, context.facts.known)
    return found


def _slopes(volume: Head, flow: Head, known: Sequence[Fact]) -> Iterator[Fact]:
    """∂_t log |det D ψ_t(x)| = (div u_t)(ψ_t(x)), for each u of dψ_t(x)/dt = u_t(ψ_t(x))."""
    for fact in known:
        slope, along = fact.before, fact.claim
        if not (fact.assumed and isinstance(slope, Partial) and isinstance(along, Apply)):
            continue
        moved = substitute(slope.body, {slope.var: slope.at})
        if not (isinstance(moved, Apply) and moved.head == flow and isinstance(along.head, Field)):
            continue
        if along.arguments.count(moved) != 1 or not isinstance(slope.at, Var):
            continue
        point = Var("y''", Sort.VEC)
        field = along.head(*(point if place == moved else place for place in along.arguments))
        expands = Div(field, point, moved)
        left = Partial(volume(*moved.arguments), slope.at)
        every = frozenset(free_vars(left) | free_vars(expands))
        yield Fact(DETERMINANT_RULES, left, expands, every=every)


def _starts(volume: Head, flow: Head, known: Sequence[Fact]) -> Iterator[Fact]:
    """log |det D ψ_0(x)| = 0, where ψ_0(x) = x for every x."""
    for fact in known:
        start, point = fact.before, fact.claim
        if not (fact.assumed and isinstance(start, Apply) and start.head == flow):
            continue
        if isinstance(point, Var) and point in start.arguments:
            left = volume(*start.arguments)
            yield Fact(DETERMINANT_RULES, left, S.Zero, every=frozenset((point,)))


def changes_variables(context: Context, item: Item, before: Expr, claim: Expr) -> bool:
    """Whether a row says how a flow carries a density, which nothing else says: then it is assumed,
    if it is the change of variables."""
    heads = heads_in([before, claim])
    for volume, flow in context.elab.determinants.items():
        if not {volume, flow} <= heads:
            continue
        if any(volume in heads_in([f.before, f.claim]) for f in context.facts.known):
            return False
        for there, here, place in _carried([before, claim], flow):
            size = volume(*place.arguments)
            fact = Fact(item.place, here, times_of(there, Exp(size)), every=free_vars(place))
            if context.prover.from_facts(before, claim, (), [fact]) is None:
                continue
            context.facts.add(fact)
            _learn_logarithm(context, item, fact, Log(there), plus_of(Log(here), -size))
            return True
    return False


def _carried(terms: Sequence[Expr], flow: Head) -> Iterator[tuple[Apply, Apply, Apply]]:
    """p_t(ψ_t(x)), p_0(x) and ψ_t(x), for densities of which nothing is known."""
    calls = sorted({call for term in terms for call in term.atoms(Apply)}, key=str)
    densities = [c for c in calls if isinstance(c.head, Density) and c.head.definition is None]
    for place in (call for call in calls if call.head == flow):
        for there in (d for d in densities if place in d.arguments):
            for here in densities:
                if here.head.drawn(here)[0] in place.arguments:
                    yield there, here, place


def _learn_logarithm(context: Context, item: Item, fact: Fact, left: Expr, right: Expr) -> None:
    proof = context.prover.from_facts(left, right, (), [fact])
    if proof is not None:
        context.learn(item, left, right, proof)
