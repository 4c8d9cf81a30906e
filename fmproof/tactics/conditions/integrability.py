"""How a function is found to be integrable: what may be tried, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from sympy import Basic, Expr

from fmproof.derived.derivatives_inside import DERIVATIVES
from fmproof.derived.dominations import constant_factor
from fmproof.derived.exponentials import exponential
from fmproof.derived.functions_of_products import logarithm
from fmproof.kernel.algebra import bilinearity
from fmproof.kernel.calculus import dominated_integrable
from fmproof.kernel.equality import congruence, equal_sides, transitivity, unfold
from fmproof.kernel.gaussian import gaussian_density, gaussian_moments, is_gaussian
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.integrability import (
    finite_measure,
    joint_form,
)
from fmproof.kernel.slopes import integrable_between
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.node import remembered
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Draw,
    Exp,
    Expect,
    Field,
    Inner,
    IntegralOver,
    Lebesgue,
    Log,
    Ratio,
    Scalar,
    Var,
)
from fmproof.lang.nodes.derivative import Derivative
from fmproof.lang.nodes.measure import drawn_by, without_lets
from fmproof.lang.props import Almost, Dominated, Equals, Integrable
from fmproof.lang.scope import alpha_equal, free_vars, substitute
from fmproof.tactics.averages import (
    contracted,
    has_let,
    mentions_mean,
    spelled_out,
    standard_noise,
)
from fmproof.tactics.carried import spelled_otherwise, together
from fmproof.tactics.conditions.dominations import (
    Move,
    has_constant,
    is_compound,
    scalar_dominations,
    shared_dominations,
)
from fmproof.tactics.conditions.marginals import marginal_variants
from fmproof.tactics.conditions.proof import ConditionProof
from fmproof.tactics.conditions.quotients import by_quotient
from fmproof.tactics.laws import needed_items, same_law
from fmproof.tactics.matching import for_values, instance, match, said_of_each
from fmproof.tactics.pointwise import (
    all_computed_slopes,
    computed_slopes,
    logarithmic_slopes,
    scaled_slope,
)
from fmproof.tactics.rewriting import (
    Conversion,
    Once,
    at,
    at_instances,
    attempt,
    sweep,
    symbols_inside,
)

if TYPE_CHECKING:
    from fmproof.tactics.conditions.prover import Prover

FREE = frozenset(("", "Gaussian noise", "sums", "constant factors"))
"""Moves to what is simpler in any case; they do not count against the depth of the search."""

Moves = Callable[["Prover", Integrable, Integrable], Iterator[Move]]
"""What may lead to a goal, given the prover, the goal and its joint form."""


def integrable(search: Prover, goal: Integrable, depth: int) -> ConditionProof | None:
    """From what is known at once, else by the first move whose conditions are proved."""
    proof = search.worked_out(_at_once, goal)
    if proof is not None or depth == 0:  # every move leads to further conditions
        return proof
    for word, theorem, free in search.worked_out(_moves, goal):
        proof = search.from_theorem(theorem, word, depth + free)
        if proof is not None:
            return proof
    return None


def _at_once(search: Prover, goal: Integrable) -> ConditionProof | None:
    """From no further conditions."""
    form = joint_form(goal)
    if form is None:
        return ConditionProof(finite_measure(goal), ("finite measure",))
    one_gaussian = len(goal.measure) == 1 and is_gaussian(goal.measure[0])
    theorem = attempt(gaussian_moments, goal) if one_gaussian else None
    if theorem is not None:
        return ConditionProof(theorem, ("Gaussian moments",))
    for name, fact in search.facts_at(goal):
        prop = fact.conclusion
        theorem = attempt(same_law, goal, prop) if isinstance(prop, Integrable) else None
        if theorem is not None:
            return ConditionProof(discharge(theorem, fact), ("Tonelli", f"@{name}"))
    return _for_every_value(search, goal, form)


def _moves(search: Prover, goal: Integrable) -> Iterable[tuple[str, Theorem | None, bool]]:
    """What may lead to a goal, in the order in which it is tried: the word that a report says, the
    theorem, and whether it counts against the depth."""
    return Once(_each_move(search, goal))


def _each_move(search: Prover, goal: Integrable) -> Iterator[tuple[str, Theorem | None, bool]]:
    needed = needed_items(goal)
    if 0 < len(needed) < len(goal.measure):  # the other draws have mass one
        smaller = Integrable(goal.body, *(goal.measure[i] for i in needed))
        theorem = attempt(same_law, goal, smaller)
        if theorem is not None:
            yield "", theorem, True
            return
    if slope_is_drawn(goal) and not is_compound(goal.body):
        computed = all_computed_slopes(goal.body)
        if computed is not None and not _has_derivative(computed.rhs):  # there is no better form
            yield "derivatives", attempt(equal_sides, goal, {0: computed}), True
            return
    form = joint_form(goal)
    if form is None:
        return
    for move in _kinds_of_moves(goal):
        for word, theorem in move(search, goal, form):
            yield word, theorem, word in FREE


def _for_every_value(search: Prover, goal: Integrable, form: Integrable) -> ConditionProof | None:
    """From what is assumed for every x and every t, at the values that give the same integral."""
    for name, prop in search.hypotheses:
        variables, body = said_of_each(prop)
        if len(variables) < 2 or not isinstance(body, Integrable):
            continue  # for one variable, see Prover.facts_at
        own = joint_form(body)
        values = None if own is None else match(own, form, variables)
        there = None if values is None else for_values(assume(prop), values)
        theorem = there and attempt(same_law, goal, there.conclusion)
        if theorem is not None and there is not None:
            return ConditionProof(discharge(theorem, there), ("Tonelli", f"@{name}"))
    return None


def _kinds_of_moves(goal: Integrable) -> tuple[Moves, ...]:
    first: tuple[Moves, ...] = ()
    if is_polynomial(goal):
        first = (_noise_moves,)
    elif not is_compound(goal.body):
        first = (_constant_moves, _slope_moves, _mean_moves)
    rest = (
        _earlier_moves,
        _domination_moves,
        _interval_moves,
        _slope_moves,
        _mean_moves,
        _noise_moves,
        _marginal_moves,
        _definition_moves,
        _carried_moves,
        _quotient_moves,
    )
    return (*first, *(move for move in rest if move not in first))


def _earlier_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """An integral inside whose value is an earlier result."""
    rewritten = sweep(goal.body, at(IntegralOver, Expect)(partial(_computed, search)))
    if rewritten is not None:
        yield "an earlier result", equal_sides(goal, {0: rewritten})


def _domination_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """|f| ≤ Σ |gᵢ|."""
    yield from search.dominations(goal)
    yield from scalar_dominations(goal, search.squared)
    yield from shared_dominations(goal, (fact for _, fact in search.facts_at(goal)))


def _constant_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """Constant factors left out: what is left is simpler in any case."""
    if has_constant(goal):
        yield "constant factors", attempt(constant_factor, goal)


def _interval_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """Over an interval: what is differentiable everywhere is bounded there."""
    item = goal.measure[0]
    if len(goal.measure) == 1 and isinstance(item, Lebesgue) and item.bounded:
        yield "continuity", attempt(integrable_between, goal)


def _slope_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """A derivative that is dominated, or what the rules of calculus make of it."""
    joined = scaled_slope(goal.body)
    if joined is not None:
        yield "", attempt(equal_sides, goal, {0: joined})
    for _name, fact in search.facts_at(goal):
        if isinstance(fact.conclusion, Dominated):
            theorem = _dominated(fact.conclusion)
            if theorem is not None and alpha_equal(theorem.conclusion, goal):
                yield "domination", theorem
    rewritings = [
        ("derivatives", computed_slopes),
        ("logarithms", logarithmic_slopes),
        ("derivatives", all_computed_slopes),
    ]
    if slope_is_drawn(goal):  # else the derivative of a density may be dominated
        rewritings.reverse()
    for word, rewritten in rewritings:
        computed = rewritten(goal.body)
        if computed is not None:
            yield word, attempt(equal_sides, goal, {0: computed})
    for fact in search.facts:  # one at a time: what is equal to a mean is no further rewritten
        computed = sweep(goal.body, _known_almost_surely(fact))
        if computed is not None:
            yield "almost surely", attempt(equal_sides, goal, {0: computed})


@remembered
def _dominated(prop: Dominated) -> Theorem | None:
    return attempt(dominated_integrable, prop)


def _mean_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """What a conditional expectation averages is integrable, so it is."""
    if mentions_mean(goal.body):
        for spelled in (goal, *spelled_out(goal)):
            theorem = contracted(spelled)
            if theorem is not None and spelled is not goal:
                there = attempt(same_law, goal, spelled)
                theorem = there and discharge(there, theorem)
            yield "conditional expectation", theorem


def _noise_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """Deterministic draws put in, and Gaussian draws as multiples of standard ones."""
    if has_let(goal.measure):
        plain = Integrable(*_flat(without_lets(goal.body, goal.measure)))
        yield "", attempt(same_law, goal, plain)
    else:
        yield "Gaussian noise", standard_noise(goal)
    for spelled in filter(is_polynomial, spelled_out(goal)):  # x from a mixture of Gaussians
        yield "Tonelli", attempt(same_law, goal, spelled)


def _marginal_moves(search: Prover, goal: Integrable, form: Integrable) -> Iterator[Move]:
    for folded in marginal_variants(goal, form):
        yield "Tonelli", attempt(same_law, goal, folded)


def _definition_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    for word, rewrite in (
        ("definition", unfold_field),
        ("Gaussian", _log_density),
        ("exp", _exp_log),
        ("bilinearity", _expand_product),
        ("definition", _unfold_average),
    ):
        rewritten = sweep(goal.body, rewrite)
        if rewritten is not None:
            yield word, equal_sides(goal, {0: rewritten})


def _carried_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """What is known of another spelling of the integrand, or of a sum in it."""
    known = [
        (name, fact)
        for name, fact in search.facts_at(goal)
        if isinstance(fact.conclusion, Integrable)
    ]
    yield from together(goal, [fact.conclusion for _, fact in known])
    for _name, fact in known:
        yield "equality", spelled_otherwise(goal, fact.conclusion)


def _quotient_moves(search: Prover, goal: Integrable, _: Integrable) -> Iterator[Move]:
    """What a hypothesis speaks of as a quotient."""
    for head in search.divided:
        rewritten = sweep(goal.body, by_quotient(head))
        if rewritten is not None:
            yield "definition", attempt(equal_sides, goal, {0: rewritten})


def _computed(search: Prover, term: Expr) -> Theorem | None:
    """The value of an integral or expectation by an earlier result."""
    for equation in search.equations:
        found = instance(equation, term)
        if found is not None:
            return found
    return None


def is_polynomial(goal: Integrable) -> bool:
    """Whether drawn variables are used by +, · and ⟨·,·⟩ alone, and one of them is Gaussian."""
    bound = {v for item in goal.measure for v in drawn_by(item)}

    def plain(term: Basic) -> bool:
        if not bound & free_vars(term) or isinstance(term, Var):
            return True
        return isinstance(term, Add | Mul | Pow | Inner) and all(map(plain, term.args))

    return any(map(is_gaussian, goal.measure)) and plain(goal.body)


def _has_derivative(term: Expr) -> bool:
    """Whether a derivative is in a term."""
    return not symbols_inside(term).isdisjoint(DERIVATIVES)


def slope_is_drawn(goal: Integrable) -> bool:
    """Whether a derivative in a condition is taken where the measure draws."""
    bound = {v for item in goal.measure for v in drawn_by(item)}

    def found(term: Basic) -> bool:
        own = isinstance(term, Derivative) and bool(bound & free_vars(term.at))
        return own or any(map(found, term.args))

    return found(goal.body)


def _known_almost_surely(fact: Theorem) -> Conversion:
    """What is known to be equal almost surely, as a condition."""
    known = fact.conclusion.body if isinstance(fact.conclusion, Almost) else None
    if not isinstance(known, Equals):
        return at()(lambda term: None)

    def convert(term: Expr) -> Theorem | None:
        values = match(known.lhs, term)
        if values is not None and free_vars(known.rhs) <= values.keys():
            return assume(substitute(known, values))
        return None

    return at_instances([known.lhs], convert)


def _flat(parts: tuple[Expr, tuple[Draw, ...]]) -> tuple[Basic, ...]:
    body, measure = parts
    return (body, *measure)


@at(Apply)
def unfold_field(term: Any) -> Theorem | None:
    """Unfold a field or function that is defined by arithmetic from others (not as an average)."""
    if not isinstance(term.head, Field | Scalar):
        return None
    definition = term.head.definition
    if definition is None or isinstance(definition, IntegralOver | Expect | CondExpect):
        return None
    return unfold(term)


@at(Apply)
def _unfold_average(term: Any) -> Theorem | None:
    """Unfold a function that is defined as an integral or expectation."""
    if isinstance(term.head, Field | Scalar):
        return unfold(term) if isinstance(term.head.definition, IntegralOver | Expect) else None
    return None


@at(Log)
def _log_density(term: Expr) -> Theorem | None:
    """The logarithm of a Gaussian density written out, that of a quotient of such apart before."""
    (inside,) = term.args
    if is_gaussian(inside):
        written = congruence(term, {0: gaussian_density(inside)})
        return transitivity(written, logarithm(written.rhs))
    apart = isinstance(inside, Ratio | Mul) and any(map(is_gaussian, inside.args))
    return attempt(logarithm, term) if apart else None


@at(Exp)
def _exp_log(term: Any) -> Theorem | None:
    """exp log a as a."""
    return attempt(exponential, term) if isinstance(term.args[0], Log) else None


@at(Inner)
def _expand_product(term: Any) -> Theorem | None:
    """Multiply out an inner product that is no square; the parallelogram is for squares."""
    return None if term.is_square else attempt(bilinearity, term)
