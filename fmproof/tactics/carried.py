"""Finiteness carried along: to other spellings of an integrand, and to sums that stay together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Basic, Expr

from fmproof.derived.dominations import cauchy_schwarz, parallelogram
from fmproof.errors import SortError
from fmproof.kernel.equality import equal_sides, instantiate_head, symmetry, transitivity
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.ring import ring, ring_normal
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add
from fmproof.lang.node import admit, remembered
from fmproof.lang.nodes import Apply
from fmproof.lang.props import Integrable
from fmproof.lang.scope import alpha_equal
from fmproof.tactics.abstraction import as_one, sums_in
from fmproof.tactics.laws import same_law
from fmproof.tactics.methods.arithmetic import expand_inner
from fmproof.tactics.rewriting import attempt, sweep, symbols_inside


@remembered
def multiplied_out(body: Expr) -> Expr:
    """The sum of monomials that a term is."""
    expanded = sweep(body, expand_inner)
    return ring_normal(body if expanded is None else expanded.rhs)


def _equal_to_it(body: Expr) -> Theorem | None:
    """body = the same multiplied out."""
    expanded = sweep(body, expand_inner)
    same = attempt(ring, body if expanded is None else expanded.rhs, multiplied_out(body))
    return same if expanded is None or same is None else transitivity(expanded, same)


def spelled_otherwise(goal: Integrable, fact: Integrable) -> Theorem | None:
    """``goal`` from what is known, where both multiplied out are the same: ‖a − b‖² < ∞ gives that
    ‖a‖² − 2⟨a, b⟩ + ‖b‖² is."""
    if not (_functions(goal.body) <= _reached(fact) and _functions(fact.body) <= _reached(goal)):
        return None  # multiplying out makes no function vanish
    plain, other = _plain(goal), _plain(fact)
    if (plain is goal and other is fact) or plain is None or other is None:
        return None
    second = attempt(same_law, plain, other)
    if second is None:
        return None
    ours, theirs = _equal_to_it(goal.body), _equal_to_it(fact.body)
    first = ours and attempt(equal_sides, goal, {0: ours})
    third = theirs and attempt(equal_sides, other, {0: symmetry(theirs)})
    if first is None or third is None:
        return None
    return discharge(first, discharge(second, third))


@remembered
def _functions(node: Any) -> frozenset[Basic]:
    """The functions in a term: the symbols that draw nothing."""
    applied = isinstance(node, Apply) and not node.head.draws
    own = frozenset((node.head,)) if applied else frozenset()
    return own.union(*map(_functions, node.args))


@remembered
def _reached(node: Any) -> frozenset[Basic]:
    """The functions in a condition, also those in the laws that its densities stand for."""
    found = frozenset[Basic]().union(*map(_reached, node.args))
    if not isinstance(node, Apply):
        return found
    if not node.head.draws:
        return found.union((node.head,))
    return found if node.head.definition is None else found | _reached(node.head.definition)


@remembered
def _plain(goal: Integrable) -> Integrable | None:
    """The same of the integrand multiplied out."""
    body = multiplied_out(goal.body)
    try:
        return goal if body is goal.body else admit(Integrable(body, *goal.measure))
    except SortError:
        return None


@remembered
def _sums_in(fact: Any) -> tuple[Expr, ...]:
    return tuple(sums_in(fact))


def together(goal: Integrable, facts: Sequence[Integrable]) -> Iterator[tuple[str, Theorem]]:
    """‖a + (b − c)‖² and ⟨a, b − c⟩ where the square of b − c is known to be integrable."""
    if Add not in symbols_inside(goal.body):
        return
    totals: dict[Expr, None] = {}
    for fact in facts:
        totals.update(dict.fromkeys(_sums_in(fact)))
    for total in totals:
        found = as_one(goal.body, total)
        if found is None:
            continue
        head, params, body = found
        try:
            general = Integrable(body, *goal.measure)
        except SortError:
            continue
        for word, rule in (("parallelogram", parallelogram), ("Cauchy–Schwarz", cauchy_schwarz)):
            theorem = attempt(rule, general)
            known = theorem and attempt(instantiate_head, theorem, head, params, total)
            if known is not None and alpha_equal(known.conclusion, goal):
                yield word, known
