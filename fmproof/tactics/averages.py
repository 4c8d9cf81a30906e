"""Conditional expectations in a term: where they stand, what they average, under which law.

A field u_t(x) that is defined as E[f | X = x] counts as one. Untrusted: the laws are matched here,
and the kernel's rules about conditional expectations say whether they fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sympy import Basic, Expr, S

from fmproof.derived.restatements import reflexivity
from fmproof.errors import RuleError, SortError
from fmproof.kernel.conditional import contraction, contraction_of_square, pull_out, transfer
from fmproof.kernel.equality import equal_sides, instantiate_head, symmetry, transitivity, unfold
from fmproof.kernel.hypotheses import discharge
from fmproof.kernel.integrals import drop_draw, joint_law, reorder_draws
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, CondExpect, Draw, Expect, Field, Inner, Let, Scalar, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.props import Almost, Integrable
from fmproof.lang.scope import alpha_equal, free_vars, fresh, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.laws import same_law
from fmproof.tactics.rewriting import at, attempt, sweep


def mean_of(term: Any) -> CondExpect | None:
    """The conditional expectation that a term is, or abbreviates."""
    if isinstance(term, CondExpect):
        return term
    if isinstance(term, Apply) and isinstance(term.head.definition, CondExpect):
        unfolded = term.head.unfold(term.arguments)
        return unfolded if isinstance(unfolded, CondExpect) else None
    return None


class _Place(NamedTuple):
    """A conditional expectation among the factors of a monomial."""

    mean: CondExpect
    kept: tuple[Expr, ...]  #: the other factors
    other: Expr | None  #: what it is multiplied with in an inner product
    squared: bool  #: whether it is u in ‖u‖² or u·u


def _places(body: Expr) -> Iterator[_Place]:
    parts = factors(body)
    for i, part in enumerate(parts):
        rest = without(parts, i)
        mean = mean_of(part)
        if mean is not None:
            for j, again in enumerate(rest):
                if again == part and sort_of(part) is Sort.REAL:
                    yield _Place(mean, without(rest, j), None, True)
            yield _Place(mean, rest, None, False)
        if isinstance(part, Inner):
            first, second = map(mean_of, part.args)
            if part.is_square and first is not None:
                yield _Place(first, rest, None, True)
            for own, other in ((first, part.args[1]), (second, part.args[0])):
                if own is not None:
                    yield _Place(own, rest, other, False)


# --- matching laws ------------------------------------------------------------------------


class _Fit(NamedTuple):
    """How the law of a conditional expectation is found among the draws of another."""

    order: tuple[int, ...]  #: the draws, those of the conditional expectation last
    split: int  #: the number of the others
    given: tuple[Var, ...]
    value: Expr  #: what is averaged, under the names of the draws


def _fits(measure: Sequence[Draw], mean: CondExpect) -> Iterator[_Fit]:
    for chosen, renaming in assigned(measure, list(mean.measure), (), {}):
        given = tuple(renaming.get(item.var) for item in mean.given)
        if any(var is not item.at for var, item in zip(given, mean.given, strict=True)):
            continue
        others = tuple(i for i in range(len(measure)) if i not in chosen)
        value = substitute(mean.body, renaming)
        yield _Fit((*others, *chosen), len(others), given, value)  # type: ignore[arg-type]


def assigned(
    measure: Sequence[Draw], wanted: list[Any], chosen: tuple[int, ...], renaming: dict[Var, Expr]
) -> Iterator[tuple[tuple[int, ...], dict[Var, Expr]]]:
    """The ways to read ``wanted`` draws as draws of a law: their places, and the names there."""
    if not wanted:
        yield chosen, renaming
        return
    first, *rest = wanted
    for i, item in enumerate(measure):
        if i in chosen or type(item) is not type(first):
            continue
        if isinstance(item, Apply) and item.head != first.head:
            continue
        names = dict(zip(drawn_by(first), drawn_by(item), strict=True))
        more: dict[Var, Expr] = {**renaming, **names}
        if alpha_equal(substitute(first, more), item):
            yield from assigned(measure, rest, (*chosen, i), more)


# --- pulling out --------------------------------------------------------------------------


class _Monomial(NamedTuple):
    """k·f, or k·f², with unknown symbols for what is in k, so that nothing in it is taken for f."""

    k: Expr
    f: Expr
    squared: bool
    unknown: tuple[tuple[Any, tuple[Var, ...], Expr], ...]

    def known(self, theorem: Theorem) -> Theorem:
        """A theorem about it, with what the symbols stand for."""
        for head, params, body in self.unknown:
            theorem = instantiate_head(theorem, head, params, body)
        return theorem


def _monomial(place: _Place, value: Expr) -> _Monomial | None:
    unknown = []

    def symbol(kind: Any, name: str, term: Expr) -> Expr:
        params = tuple(sorted(free_vars(term), key=lambda v: v.name))
        if not params:
            return term
        head = kind(name, *params)
        unknown.append((head, params, term))
        return head(*params)

    kept = mul(*place.kept)
    if sort_of(kept) is not Sort.REAL:
        return None
    k = S.One if kept is S.One else symbol(Scalar, "k''''''", kept)
    if place.other is not None:
        k = mul(k, symbol(Field, "a''''''", place.other))
    return _Monomial(k, value, place.squared, tuple(unknown))


def unfolded_means(term: Expr) -> Theorem:
    """Fields that are conditional expectations by definition, written out."""
    theorem = sweep(term, written_mean)
    return reflexivity(term) if theorem is None else theorem


@at(Apply)
def written_mean(term: Any) -> Theorem | None:
    """A field that is a conditional expectation by definition, as that."""
    return unfold(term) if isinstance(term.head.definition, CondExpect) else None


@at(Expect)
def average_out(term: Any) -> Theorem | None:
    """E[k⟨a, E[f|X]⟩] = E[k⟨a, f⟩]: the first conditional expectation that can be replaced."""
    for place in _places(term.body):
        if place.squared:
            continue
        shorter = _without_unused_lets(term)
        for start in (shorter, *_with_missing_lets(shorter, place.mean)):
            whole: Any = start.rhs
            for fit in _fits(whole.measure, place.mean):
                theorem = _averaged(whole, place, fit)
                if theorem is not None:
                    return transitivity(start, theorem)
    return None


def _without_unused_lets(term: Any) -> Theorem:
    """E over a law = E over it without the deterministic draws that nothing uses."""
    theorem = reflexivity(term)
    for i in reversed(range(len(term.measure))):
        whole: Any = theorem.rhs
        if len(whole.measure) > 1 and isinstance(whole.measure[i], Let):
            dropped = attempt(drop_draw, whole, i)
            if dropped is not None:
                theorem = transitivity(theorem, dropped)
    return theorem


def _with_missing_lets(start: Theorem, mean: CondExpect) -> Iterator[Theorem]:
    """E over a law = E over it and the deterministic draws that only ``mean`` needs."""
    term: Any = start.rhs
    given = {item.var for item in mean.given}
    missing = [d for d in mean.measure if isinstance(d, Let) and d.var not in given]
    if not missing:
        return
    taken = free_vars(term) | {v for d in term.measure for v in drawn_by(d)}
    wanted = [d for d in mean.measure if d not in missing]
    for _, renaming in assigned(term.measure, wanted, (), {}):
        names = {d.var: fresh(d.var, taken) for d in missing}
        more = [Let(names[d.var], substitute(d.value, {**renaming, **names})) for d in missing]
        theorem = start
        for i in range(len(more)):
            measure = (*term.measure, *more[: i + 1])
            try:
                dropped = drop_draw(Expect(term.body, *measure), len(measure) - 1)
            except (RuleError, SortError):
                return
            theorem = transitivity(theorem, symmetry(dropped))
        yield theorem


def _averaged(term: Expect, place: _Place, fit: _Fit) -> Theorem | None:
    monomial = _monomial(place, fit.value)
    start = attempt(reorder_draws, term, fit.order)
    if monomial is None or start is None:
        return None
    law = start.rhs.measure
    pulled = attempt(pull_out, monomial.k, monomial.f, fit.given, law, fit.split)
    if pulled is None:
        return None
    pulled = attempt(monomial.known, pulled)
    if pulled is None:
        return None
    ours, theirs = unfolded_means(start.rhs), unfolded_means(pulled.rhs)
    if not alpha_equal(ours.rhs, theirs.rhs):
        return None
    there = transitivity(start, ours)
    back = transitivity(pulled, theirs)
    return transitivity(there, symmetry(back))


# --- integrability ------------------------------------------------------------------------


def contracted(goal: Integrable) -> Theorem | None:
    """``goal`` from the same about what a conditional expectation in it averages."""
    body = goal.body
    for place in _places(body):
        for fit in _fits(goal.measure, place.mean):
            monomial = _monomial(place, fit.value)
            if monomial is None:
                continue
            measure = [goal.measure[i] for i in fit.order]
            try:
                rule = contraction_of_square if monomial.squared else contraction
                theorem = rule(monomial.k, monomial.f, fit.given, measure, fit.split)
                theorem = monomial.known(theorem)
                written: Any = theorem.conclusion
                ours = unfolded_means(Integrable(body, *measure).body)
                theirs = unfolded_means(written.body)
            except (RuleError, SortError):
                continue
            if not alpha_equal(ours.rhs, theirs.rhs):
                continue
            return _carried(goal, measure, transitivity(ours, symmetry(theirs)), theorem)
    return None


def _carried(
    goal: Integrable, measure: Sequence[Draw], equal: Theorem, theorem: Theorem
) -> Theorem | None:
    reordered = Integrable(goal.body, *measure)
    first = attempt(same_law, goal, reordered)
    second = attempt(equal_sides, reordered, {0: equal})
    if first is None or second is None:
        return None
    return discharge(first, discharge(second, theorem))


def spelled_out(goal: Integrable) -> list[Integrable]:
    """``goal`` with its marginal draws as the laws whose marginals they are."""
    measure: list[Any] = list(goal.measure)
    found = []
    for place, item in enumerate(measure):
        if isinstance(item, Apply):
            law = joint_law(item, free_vars(goal).union(*map(drawn_by, measure)))
            if law is not None:
                try:
                    rest = measure[:place] + list(law) + measure[place + 1 :]
                    found.append(Integrable(goal.body, *rest))
                except SortError:
                    continue
    return found


# --- almost sure statements ---------------------------------------------------------------


def equal_laws(first: Sequence[Draw], second: Sequence[Draw], variables: Sequence[Var]) -> Any:
    """``(theorem, head)``: E[h(variables)] is the same under both laws, for every h; else None."""
    from fmproof.tactics.methods import Line, common_form

    head = Scalar("h''''''", *variables)
    try:
        line = Line(Expect(head(*variables), *first), Expect(head(*variables), *second))
    except SortError:
        return None
    equal = common_form(line, ("substitution", "marginalisation", "drop")).equation
    return None if equal is None else (equal, head)


def moved(goal: Almost, other: Sequence[Draw]) -> Theorem | None:
    """``goal`` from the same statement under another law of the variables that it is about."""
    variables = [v for item in goal.measure for v in drawn_by(item) if v in free_vars(goal.body)]
    found = equal_laws(goal.measure, other, variables)
    return None if found is None else attempt(transfer, goal, *found)


def standard_noise(goal: Integrable) -> Theorem | None:
    """``goal`` with x~N(m, s²) as x := m + s e, e~N(0, 1)."""
    from fmproof.tactics.methods import METHODS, Line
    from fmproof.tactics.methods.gaussian import scale_of

    bound = [v for item in goal.measure for v in drawn_by(item)]
    variables = [v for v in bound if v in free_vars(goal.body)]
    if not variables or all(scale_of(item) is None for item in goal.measure):
        return None
    head = Scalar("h", *variables)
    try:
        term = Expect(head(*variables), *goal.measure)
    except SortError:
        return None
    law = METHODS["reparametrisation"](Line(term, term))(term)
    return None if law is None else attempt(transfer, goal, law, head)


def has_let(measure: Sequence[Draw]) -> bool:
    """Whether a law has a deterministic draw."""
    return any(isinstance(item, Let) for item in measure)


def mentions_mean(node: Basic) -> bool:
    """Whether a conditional expectation is in a term, or in a definition that it uses."""
    return mean_of(node) is not None or any(map(mentions_mean, node.args))
