"""``auto``: from one line to another without a rule named.

Both lines are brought to one form after another, the cheap forms first, until two agree and what
that needs follows from the hypotheses:

- lemmas, derivatives and minimisers alone; fractions;
- plain integrals, symbols as they stand;
- the normal form of expectations: losses unfolded, every expectation under the joint law, one
  monomial in each, and an average replaced by what it averages wherever the rest of the monomial
  is a function of what is given; with the fields as they stand, then with those that are defined
  by arithmetic unfolded, and then with derivatives and scores worked out;
- the same with a sum that a hypothesis is about kept together;
- the same with integrals over [0, 1] as averages over a uniform time;
- integrals over an interval by the fundamental theorem;
- the same with scores integrated by parts;
- the same draw by draw, Gaussian ones averaged by their moments;
- gradients and minimisers of two functions that differ by a constant;
- everything written as integrals.

Each is tried with the lemmas that a step names, then with all that is known. Each move is a kernel
rule, so the result is a theorem or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from sympy import Basic, Expr, S

from fmproof.derived.derivatives_inside import minimisers_of_shift
from fmproof.derived.integrals_inside import inner_of_integral, integral_argument
from fmproof.derived.restatements import reflexivity
from fmproof.errors import RuleError, SortError
from fmproof.kernel.calculus import derivative
from fmproof.kernel.equality import congruence, symmetry, transitivity, unfold
from fmproof.kernel.integrals import iterated_expectation, linearity
from fmproof.kernel.ring import linear_combination, ring
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, add, factors, mul, without
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import (
    Apply,
    ArgMin,
    CondExpect,
    Density,
    Div,
    Expect,
    Field,
    Grad,
    Inner,
    IntegralOver,
    Named,
)
from fmproof.lang.nodes.measure import is_density
from fmproof.lang.scope import alpha_equal, apart, canon, free_vars
from fmproof.tactics import posterior
from fmproof.tactics.abstraction import kept_together
from fmproof.tactics.antiderivatives import known_ratios
from fmproof.tactics.averages import written_mean
from fmproof.tactics.by_parts import integral_by_parts, score_by_parts
from fmproof.tactics.differences import subtract
from fmproof.tactics.methods import METHODS, Common, Line, Method, common_form
from fmproof.tactics.methods.common import bring
from fmproof.tactics.methods.definition import mixtures_written_out
from fmproof.tactics.methods.integrals import (
    constants_out,
    expanded,
    in_standard_order,
    mixtures_drawn,
)
from fmproof.tactics.moments import moments_inside, of_independent_factors
from fmproof.tactics.moving_ends import has_interval
from fmproof.tactics.rewriting import (
    Conversion,
    Forms,
    at,
    at_those_of,
    attempt,
    first_of,
    then,
)
from fmproof.tactics.scores import mixture_score
from fmproof.tactics.time_averages import is_time_average, uniform_time
from fmproof.tactics.written_out import densities_integrated, integral_forms, plain_integrals


def decide(line: Line) -> Common:
    """Both lines in the first of the cheap forms in which they agree, else in normal form."""
    for make in (_light, expectations):
        for common in _made(make, line):
            if common.agree is not None:
                return common
    return _explaining(line)


def forms(line: Line) -> Iterator[Common]:
    """The common forms that ``auto`` tries, each made when it is asked for.

    The last is the one that explains a difference best.
    """
    lines = [line]
    if line.known:
        lines.append(replace(line, lemmas=(*line.lemmas, *line.known)))
    yield from _by_methods(line, 1)
    for each in lines:
        for make in (_light, _fractions, expectations, _integrals):
            yield from _made(make, each)
        for make in (
            _over_time,
            _unfolded,
            _shifted,
            _exchanged,
            _scored,
            _scored_by_name,
            _by_parts,
            _averaged,
            _derived,
        ):
            yield from _made(make, each)
        yield from _made(_sloped_averages, each)
        yield from _made(_between_ends, each)
        for together in kept_together(each):
            yield from _made(partial(together, expectations), each)
        if _has_integral(line.before) or _has_integral(line.claim):
            yield from _made(densities_integrated, each)
            yield from _made(integral_forms, each)
            yield from _made(_marginalised, each)
            yield from _made(_sloped, each)
            yield from _made(_sloped_by_name, each)
            yield from _made(_over_space_by_parts, each)
    yield from _by_methods(lines[-1], TURNS)
    yield from _made(_explaining, line)


def _made(make: Callable[[Line], Common | None], line: Line) -> Iterator[Common]:
    if line.late():
        return
    try:
        common = make(line)
    except (RuleError, SortError):
        return
    if common is not None:
        yield common


def _light(line: Line) -> Common:
    return common_form(line, ("lemma", "derivative", "minimisers"))


def _fractions(line: Line) -> Common:
    return common_form(line, ("lemma", "field"))


def _integrals(line: Line) -> Common | None:
    if not (_has_integral(line.before) or _has_integral(line.claim)):
        return None
    left, right = (then(reflexivity(side), _loss) for side in (line.before, line.claim))
    return _further(left, right, plain_integrals(Line(left.rhs, right.rhs)))


def _further(left: Theorem, right: Theorem, last: Common) -> Common:
    """Two lines that were brought so far, and from there to a common form."""
    return Common(transitivity(left, last.left), transitivity(right, last.right), {"auto"}, True)


def _marginalised(line: Line) -> Common:
    """Draws from densities that are integrals or products, as integrals."""
    return common_form(line, ("marginalisation", "expectation", "fubini"))


def _sloped(line: Line) -> Common:
    """As integrals, after the rules of calculus: what is in a logarithm is not unfolded before."""
    return _by_calculus(line, METHODS["definition"])


def _sloped_averages(line: Line) -> Common | None:
    """The same, and then expectations of monomials: of a mixture under a law without a density."""
    if not any(map(_slope_under_a_law, (line.before, line.claim))):
        return None
    sloped = _sloped(line)
    here = replace(line, before=sloped.left.rhs, claim=sloped.right.rhs)
    return _further(sloped.left, sloped.right, expectations(here))


def _slope_under_a_law(term: Expr) -> bool:
    """Whether a gradient is taken of a mixture over draws from a law without a density."""
    slopes = [slope.body for slope in term.atoms(Grad)]
    slopes += [a.head.definition for body in slopes for a in body.atoms(Apply)]
    mixtures = (mixture for body in slopes if body for mixture in body.atoms(Expect))
    return any(not is_density(draw) for mixture in mixtures for draw in mixture.measure)


def _sloped_by_name(line: Line) -> Common:
    """The same with mixtures written out alone: their kernels keep their names."""
    return _by_calculus(line, mixtures_written_out)


def _by_calculus(line: Line, definitions: Method) -> Common:
    def moved(here: Line) -> Common:
        return bring(here, {"": definitions(here), "exchange": METHODS["exchange"](here)})

    def differentiated(here: Line) -> Common:
        return common_form(here, ("derivative",))

    left, right = reflexivity(line.before), reflexivity(line.claim)
    for form in (differentiated, moved, differentiated, integral_forms):
        common = _further(left, right, form(replace(line, before=left.rhs, claim=right.rhs)))
        left, right = common.left, common.right
    return common


def _over_space_by_parts(line: Line) -> Common | None:
    """As integrals over the whole space, in which no gradient stands in a product."""
    whole = at(IntegralOver)(integral_by_parts)
    both = [then(reflexivity(side), whole) for side in (line.before, line.claim)]
    if all(one.lhs == one.rhs for one in both):
        return None
    left, right = both
    return _further(left, right, integral_forms(replace(line, before=left.rhs, claim=right.rhs)))


def _explaining(line: Line) -> Common:
    if _has_integral(line.before) or _has_integral(line.claim):
        return integral_forms(line)
    return expectations(line)


_SEARCHED = [name for name in METHODS if name not in ("auto", "nonnegative", "constant", "lemma")]


def _by_methods(line: Line, turns: int) -> Iterator[Common]:
    """What a few methods one after another give, those first that are nearest."""
    waiting = [(reflexivity(line.before), reflexivity(line.claim))]
    seen: set[tuple[Expr, Expr]] = set()
    for _ in range(turns):
        if not waiting:
            return
        left, right = waiting.pop(0)
        for name in ("lemma", *_SEARCHED) if line.lemmas else _SEARCHED:
            if line.late():
                return
            try:
                step = common_form(replace(line, before=left.rhs, claim=right.rhs), (name,))
            except (RuleError, SortError):
                continue
            key = canon(step.left.rhs), canon(step.right.rhs)
            if not step.used or key in seen:
                continue
            seen.add(key)
            both = transitivity(left, step.left), transitivity(right, step.right)
            common = Common(*both, {"auto"}, True)
            if common.agree is not None:
                yield common
            else:
                waiting.append(both)


TURNS = 8
"""Pairs of lines from which every method is tried."""


def _has_integral(term: Expr) -> bool:
    return isinstance(term, IntegralOver) or any(_has_integral(arg) for arg in term.args)


# --- the normal form of expectations ------------------------------------------------------


def expectations(line: Line) -> Common:
    """Expectations of monomials under joint laws, the fields as they stand."""
    return _normal_forms(line, _loss, _EXPAND)


def _unfolded(line: Line) -> Common:
    """The same with fields and functions that are defined by arithmetic unfolded."""
    return _normal_forms(line, _arithmetic, _EXPAND)


def _derived(line: Line) -> Common:
    """The same with derivatives, scores and conditional expectations worked out."""
    return _normal_forms(line, _arithmetic, (_scores, *_EXPAND, *_CONDITIONAL))


def _scored(line: Line) -> Common:
    """The same with scores alone: that of a mixture is a conditional expectation."""
    return _normal_forms(line, _loss, (_scores, *_EXPAND, _always(written_mean)))


def _scored_by_name(line: Line) -> Common:
    """The same with the kernels of mixtures by their names, which are in their scores."""
    mixtures = (_always(mixtures_drawn), *_EXPAND[1:])
    return _normal_forms(line, _loss, (_scores, *mixtures, _always(written_mean)))


def _exchanged(line: Line) -> Common:
    """The same with gradients under expectations."""
    return _normal_forms(line, _loss, (_named("exchange"), *_EXPAND))


def _over_time(line: Line) -> Common | None:
    """The same with ∫₀¹ E[f] dt as E over a uniform time."""
    if not (_averages_over_time(line.before) or _averages_over_time(line.claim)):
        return None
    return _normal_forms(line, _loss, (_always(uniform_time), *_EXPAND))


def _averages_over_time(term: Expr) -> bool:
    """Whether an integral over [0, 1] of expectations is in a term, losses looked through."""
    if isinstance(term, Apply) and _averages(term):
        return _averages_over_time(term.head.unfold(term.arguments))
    if isinstance(term, Named):
        return _averages_over_time(term.definition)
    return is_time_average(term) or any(map(_averages_over_time, term.args))


_divergence = at(Div)(partial(attempt, derivative))


def _by_parts(line: Line) -> Common:
    """The same with scores of a law integrated by parts."""
    return _normal_forms(line, _loss, (*_EXPAND, _always(score_by_parts), _always(_divergence)))


def _averaged(line: Line) -> Common | None:
    """The same draw by draw: Gaussian ones by their moments, independent factors apart."""
    first = expectations(line)
    apart = first_of((moments_inside, of_independent_factors, _named("root")(line)))
    both = [then(side, apart) for side in (first.left, first.right)]
    left, right = both
    if left.rhs == first.left.rhs and right.rhs == first.right.rhs:
        return None
    here = replace(line, before=left.rhs, claim=right.rhs)
    return _further(left, right, _explaining(here))


def _between_ends(line: Line) -> Common | None:
    """Integrals over an interval by the fundamental theorem, definitions unfolded."""
    left, right = (then(reflexivity(side), _arithmetic) for side in (line.before, line.claim))
    if not (has_interval(left.rhs) or has_interval(right.rhs)):
        return None
    for names in (("fundamental",), ("derivative", "linearity", "fundamental")):
        common = common_form(replace(line, before=left.rhs, claim=right.rhs), names)
        left, right = transitivity(left, common.left), transitivity(right, common.right)
    left, right = then(left, known_ratios), then(right, known_ratios)
    return _further(left, right, common_form(Line(left.rhs, right.rhs), ("exp",)))


def _named(name: str) -> Method:
    return METHODS[name]


@cache
def _always(conversion: Conversion) -> Method:
    return lambda line: conversion


def _scores(line: Line) -> Conversion:
    return at(Grad)(partial(mixture_score, line=line))


@at(Apply, IntegralOver, Expect, Inner, Mul)
def _linear(term: Expr) -> Theorem | None:
    """Sums and constants out of integrals and expectations; averages stay as they are."""
    if posterior.posterior(term) is not None:
        return None
    if isinstance(term, IntegralOver | Expect):
        return None if _holds_average(term.body) else constants_out(term)
    if isinstance(term, Inner | Mul):
        found = [integral_argument(factor) for factor in factors(term)]
        first = next((integral for integral, _ in filter(None, found)), None)
        if first is not None and posterior.posterior(first) is None:
            return attempt(inner_of_integral, term)
    return None


def _holds_average(term: Expr) -> bool:
    """Whether an inner product of a sum with an average, or of an integral, is still to be split.

    Its weight belongs to its side condition, so factors must not leave before.
    """
    if isinstance(term, Inner):
        return any(arg.is_Add or isinstance(arg, IntegralOver | Expect) for arg in term.args)
    return any(map(_holds_average, term.args))


@at(Expect)
def _nested(term: Any) -> Theorem | None:
    """E_x[k(x) E_y[f]] = E_{x, y}[k(x) f]."""
    parts = factors(term.body)
    places = [i for i, part in enumerate(parts) if isinstance(part, Expect)]
    if len(parts) < 2 or len(places) != 1:
        return None
    rest = mul(*without(parts, *places))
    inner = apart(parts[places[0]], free_vars(rest) | frozenset(bound_vars(term)))
    moved = attempt(Expect, mul(rest, inner.body), *inner.measure)
    out = moved and attempt(linearity, moved)
    if out is None:
        return None
    same = attempt(
        ring, out.rhs, mul(rest, inner)
    )  # what is constant has left the inner one before
    return None if same is None else _joined(term, symmetry(transitivity(out, same)))


def _joined(term: Expect, inward: Theorem) -> Theorem | None:
    """The nested expectation, once the factors are inside."""
    body = inward.rhs
    if not alpha_equal(inward.lhs, term.body):
        return None
    joint = attempt(Expect, body.body, *term.measure, *body.measure)
    split = joint and attempt(iterated_expectation, joint, len(term.measure))
    if split is None:
        return None
    nested = congruence(term, {0: inward})
    return transitivity(nested, symmetry(split)) if alpha_equal(split.rhs, nested.rhs) else None


_conditional_sum = at(CondExpect)(expanded)


_EXPAND = (
    _named("marginalisation"),
    _named("tower"),
    _always(_nested),
    _named("square"),
    _always(_linear),
    _always(posterior.average_out),
    _named("pull-out"),
    _named("drop"),
    _named("minimisers"),
)
"""Bring everything under the joint law, one monomial in each expectation."""

_CONDITIONAL = (
    _always(written_mean),
    _named("derivative"),
    _named("cancel"),
    _always(_conditional_sum),
    _named("conditional-linearity"),
    _named("take-out"),
)


_NOTING = frozenset((_scores, *_CONDITIONAL))
"""What looks at the whole line, or notes there what it found."""


def _normal_forms(line: Line, symbols: Conversion, moves: Sequence[Method]) -> Common:
    left, right = (_normal(line, side, symbols, moves) for side in (line.before, line.claim))
    return Common(left, right, {"auto"}, True)


_expanded: Forms[Theorem] = Forms()


def _normal(line: Line, term: Expr, symbols: Conversion, moves: Sequence[Method]) -> Theorem:
    lemmas = then(reflexivity(term), METHODS["lemma"](line))

    def expand() -> Theorem:
        return _expand(line, lemmas.rhs, symbols, moves)

    try:
        if _NOTING.isdisjoint(moves):
            found = _expanded.of((lemmas.rhs, symbols, *moves), expand)
        else:
            found = expand()
    except _Late:
        raise RuleError("auto: out of time") from None
    return transitivity(lemmas, found)


class _Late(Exception):
    """No time is left; with more, it may be found."""


def _expand(line: Line, term: Expr, symbols: Conversion, moves: Sequence[Method]) -> Theorem:
    conversion = first_of(move(line) for move in moves)

    def convert(node: Expr) -> Theorem | None:
        if line.late():
            raise _Late
        return conversion(node)

    moved = at_those_of([conversion], convert)
    theorem = then(then(reflexivity(term), symbols), moved)
    return then(theorem, _reordered)


@at(Named, Apply)
def _loss(term: Expr) -> Theorem | None:
    """Losses and names; not densities, nor fields."""
    if isinstance(term, Named):
        return unfold(term)
    if isinstance(term, Apply) and term.head.definition is not None:
        if isinstance(term.head, Density) or not _averages(term.head.definition):
            return None
        return None if _is_mean(term) else unfold(term)
    return None


@at(Named, Apply)
def _arithmetic(term: Expr) -> Theorem | None:
    """These, and fields and functions that are defined by arithmetic."""
    if isinstance(term, Apply) and term.head.definition is not None:
        return None if isinstance(term.head, Density) or _is_mean(term) else unfold(term)
    return _loss(term)


def _is_mean(term: Apply) -> bool:
    return isinstance(term.head.definition, CondExpect) or posterior.posterior(term) is not None


def _averages(term: Basic) -> bool:
    """Whether there is an expectation or integral in a term."""
    if isinstance(term, Expect | IntegralOver | Named):
        return True
    if isinstance(term, Apply) and term.head.definition is not None:
        return not isinstance(term.head, Density | Field) and _averages(term.head.definition)
    return any(map(_averages, term.args))


_reordered = at(Expect)(in_standard_order)


# --- functions that differ by a constant --------------------------------------------------


def _shifted(line: Line) -> Common | None:
    """∇f = ∇g and argmin f = argmin g, where f − g is free of the parameter."""
    lemma = METHODS["lemma"](line)
    left, right = (then(reflexivity(side), lemma) for side in (line.before, line.claim))
    f, g = left.rhs, right.rhs
    if not isinstance(f, Grad | ArgMin) or type(f) is not type(g) or f.args[1:] != g.args[1:]:
        return None
    for form in (expectations, _unfolded):
        both = form(replace(line, before=f.body, claim=g.body))
        rest = subtract(both.left.rhs, both.right.rhs)
        if rest is None or f.var in free_vars(rest):
            continue
        apart = attempt(ring, both.left.rhs, add(both.right.rhs, rest))
        shifted = add(g.body, rest)
        together = apart and attempt(
            linear_combination, symmetry(both.right), S.One, apart.rhs, shifted
        )
        if apart is None or together is None:
            continue
        equal = transitivity(transitivity(both.left, apart), together)
        line.equations.append(equal)
        moved = transitivity(left, congruence(f, {0: equal}))
        rule = minimisers_of_shift if isinstance(f, ArgMin) else derivative
        separated = attempt(rule, moved.rhs)
        return Common(
            moved if separated is None else transitivity(moved, separated), right, {"auto"}
        )
    return None
