"""Rows that rest on earlier ones, in the steps that the checker needs to see it.

Earlier rows stand as equations, with which ``auto`` rewrites from left to right. Where a symbol of
the row has to be written out before one of them applies, that is a step of its own: with
u(x|y) = a x + b ∇ log p(x|y) and Bayes' rule, u(x|y) = u(x) + b ∇ log p(y|x).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents import moving_averages, noise_moments
from fmproof.documents.facts import Fact
from fmproof.documents.left_over import normal_difference
from fmproof.documents.modulo import by_multiple
from fmproof.documents.suggest import replaced
from fmproof.documents.terms import nodes_in
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import add, mul, summands
from fmproof.lang.node import rebuilt, sort_of
from fmproof.lang.nodes import Apply, CondExpect, Div, Expect, IntegralOver, Partial, Var
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.differences import subtract
from fmproof.tactics.script import Part, Step

_WITH_MOMENTS = ("lemma", "definition", "square", "linearity", "reorder", "drop")
_AVERAGES = (Expect, CondExpect, IntegralOver)


RowByFacts = tuple[tuple[Part, ...], Sequence[Fact]]
"""A row as the last of the parts of a derivation, and the facts that it rests on."""


def rows_from_facts(before: Expr, claim: Expr, facts: Sequence[Fact]) -> Iterator[RowByFacts]:
    """The row in one step; then in two where an equation of coefficients is put in, and with
    definitions written out, and what earlier rows say put in."""
    for fact in _of_several(facts, claim):
        yield _row(before, [Step("1", claim, by="auto")]), [fact]
    yield _row(before, [Step("1", claim, by="auto")]), facts
    if any(fact.moment for fact in facts):
        yield _row(before, [Step("1", claim, by=("square", "linearity", "trace"))]), facts
        for parts in _with_noise(before, claim, facts):
            yield parts, facts
    for fact in facts:
        for steps in moving_averages.average_steps(before, fact, *_solved(fact)):
            yield _row(before, [*steps, Step("1", claim, by="auto")]), [fact]
    one, other = _with_values(before, facts), _with_values(claim, facts)
    for fact in facts:
        if fact.assumed and is_number(fact.claim):
            for shifted in by_multiple(one, other, fact.before, fact.claim):
                yield _through(before, [one, shifted, other, claim]), facts
    yield from rows_written_out(before, claim, facts, sure=False)


def _of_several(facts: Sequence[Fact], claim: Expr) -> Iterator[Fact]:
    """Of several rows that say how one density moves, that whose flux is in the claim."""
    slopes = [fact.before for fact in facts if isinstance(fact.before, Partial)]
    fluxes = set(nodes_in(claim, Div))
    for fact in facts if fluxes else ():
        inside = set(nodes_in(fact.claim, Div))
        if slopes.count(fact.before) > 1 and inside and inside <= fluxes:
            yield fact


def rows_written_out(
    before: Expr, claim: Expr, facts: Sequence[Fact], sure: bool = True
) -> Iterator[RowByFacts]:
    """The row with its definitions written out, and what facts say of what is then in it: of what
    it begins with, one after the other.

    Args:
        sure: only if the sides are then equal by arithmetic alone, so that it costs little.
    """
    same = [fact for fact in facts if fact.before == before]
    values = {fact.claim for fact in same}
    others = [fact for fact in facts if fact.before != before and fact.before not in values]
    for choice in [[one, *others] for one in same] if len(same) > 1 else [facts]:
        with suppress(FmproofError, SortError, TypeError):
            yield from _written_out(before, claim, choice, sure)


def _written_out(
    before: Expr, claim: Expr, facts: Sequence[Fact], sure: bool
) -> Iterator[RowByFacts]:
    left, right = [in_formulas(before)], [in_formulas(claim)]  # lines from both sides inwards
    used: list[Fact] = []
    there, back = [Step("there", left[0], by="auto")], [Step("back", claim, by="auto")]
    for fact in facts:
        said = _solved(fact)
        one, other = (_rewritten(lines[-1], fact, *said) for lines in (left, right))
        if one == left[-1] and other == right[-1]:
            continue
        used.append(fact)
        name = equation_name(len(used))
        cited = (name,) if said[0] == fact.before else ()  # what is solved, ``auto`` solves, too
        by = "lemma" if cited else "auto"
        if one != left[-1]:
            there.append(Step(f"there.{len(used)}", one, by=by, using=cited))
        if other != right[-1]:
            back.append(Step(f"back.{len(used)}", right[-1], by=by, using=cited))
        left.append(one)
        right.append(other)
    if used and (not sure or subtract(left[-1], right[-1]) is S.Zero):
        steps = [*there, Step("middle", right[-1], by="auto"), *back[::-1]]
        yield _row(before, steps), used


def equation_name(place: int) -> str:
    """What the fact at a place of the list is called in a derivation."""
    return f"E{place}"


def _row(before: Expr, steps: Sequence[Step]) -> tuple[Part, ...]:
    return (Part("row", before, list(steps)),)


def _with_noise(before: Expr, claim: Expr, facts: Sequence[Fact]) -> Iterator[tuple[Part, ...]]:
    """The row where what is assumed of moments, E‖x‖² = s² d, leaves averages of noise."""
    left_over = normal_difference(before, claim)
    if left_over is None:
        return
    names: list[str] = []
    for i, fact in enumerate(facts, 1):
        if fact.moment and isinstance(fact.before, Expect):
            left_over = replaced(left_over, fact.before, fact.claim)
            names.append(equation_name(i))
    rest = subtract(left_over, S.Zero)
    yield from noise_moments.parts_with_moments(before, claim, rest, _WITH_MOMENTS, tuple(names))


def _through(before: Expr, lines: Sequence[Expr]) -> tuple[Part, ...]:
    """A row through lines of its own."""
    kept = [line for last, line in zip([before, *lines], lines, strict=False) if line != last]
    return _row(before, [Step(f"{i}", line, by="auto") for i, line in enumerate(kept)])


def _with_values(term: Expr, facts: Sequence[Fact]) -> Expr:
    """With what is assumed of values and slopes, sin(a + b) = …, put in."""
    for fact in facts:
        if fact.assumed and isinstance(fact.before, Apply | Partial) and not fact.every:
            with suppress(FmproofError):
                term = replaced(term, fact.before, fact.claim)
    return term


def in_formulas(term: Any) -> Any:
    """``term`` with its vectors as the formulas that define them, where these are no averages."""
    if not isinstance(term, Basic) or not term.args:
        return term
    if isinstance(term, Apply):
        definition = term.head.definition
        plain = definition is not None and not definition.has(*_AVERAGES)
        vector = plain and sort_of(term) is Sort.VEC
        return in_formulas(term.head.unfold(term.arguments)) if vector else term
    args = [in_formulas(arg) if isinstance(arg, Expr) else arg for arg in term.args]
    return term if tuple(args) == tuple(term.args) else rebuilt(term, *args)


def _solved(fact: Fact) -> tuple[Expr, Expr]:
    """The sides of a fact; of ∂p/∂t + div(p u) = 0 what the slope is."""
    parts = summands(fact.before)
    slopes = [part for part in parts if isinstance(part, Partial)]
    if fact.claim is not S.Zero or len(slopes) != 1 or len(parts) < 2:
        return fact.before, fact.claim
    rest = [mul(S.NegativeOne, part) for part in parts if part is not slopes[0]]
    return slopes[0], add(*rest)


def _rewritten(term: Expr, fact: Fact, said: Expr, claim: Expr) -> Expr:
    """``term`` with what a fact says, wherever that stands; f(x) = … for every x, where it may."""
    params = said.arguments if isinstance(said, Apply) else ()
    plain = all(isinstance(p, Var) for p in params) and len(set(params)) == len(params)
    everywhere = not fact.assumed or set(params) <= fact.every
    if params and plain and everywhere and free_vars(claim) <= set(params):
        return _with_head(term, said, claim)
    return replaced(term, said, claim)


def _with_head(term: Any, said: Expr, claim: Expr) -> Any:
    """``claim`` for every value of the function that is ``said`` of, f(x) = … at x."""
    if not isinstance(term, Basic) or not term.args:
        return term
    if isinstance(term, Apply) and term.head == said.head:
        return substitute(claim, dict(zip(said.arguments, term.arguments, strict=True)))
    if isinstance(term, Apply):
        return term
    args = [_with_head(arg, said, claim) if isinstance(arg, Expr) else arg for arg in term.args]
    return term if tuple(args) == tuple(term.args) else rebuilt(term, *args)
