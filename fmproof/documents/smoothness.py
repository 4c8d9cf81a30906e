"""Natural hypotheses about derivatives, logarithms and quotients.

What is differentiated is differentiable, densities are positive, variances too, and a derivative
of an integral passes under it. Of symbols without a definition they are stated for every value of
their variables; of a formula such as 1 − t they are not, since that would be false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from sympy import Basic, Expr, S

from fmproof.documents.terms import heads_in, kinds_in, nodes_in
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import factors, mul, summands
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Div,
    Exp,
    Expect,
    Gaussian,
    Grad,
    Head,
    Inner,
    IntegralOver,
    Log,
    Named,
    Partial,
    Ratio,
    Scalar,
    Var,
)
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.props import (
    Almost,
    Differentiable,
    Dominated,
    ForAll,
    Integrable,
    Positive,
    Prop,
    VanishesWith,
)
from fmproof.lang.scope import canon, free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.notation.symbols import conventional

_AVERAGES = frozenset((Expect, CondExpect, IntegralOver))


def smoothness(terms: Sequence[Basic]) -> list[Prop]:
    """The hypotheses, each once."""
    found: dict[Basic, Prop] = {}
    for term in terms:
        for prop in _walk(term, set()):
            found.setdefault(canon(prop), prop)
    return list(found.values())


def may_be_assumed(prop: Prop) -> bool:
    """Whether a proposition is about a symbol without a definition.

    Of a formula that is known, such as ∫ 1/x dx, it is true or false that it is integrable or
    differentiable, and has to be proved, also where a symbol multiplies it that nothing binds.
    What is > 0 under a root says where a row is meant.
    """
    inside = prop
    while isinstance(inside, ForAll | Almost):
        inside = inside.args[0]
    if not isinstance(inside, Integrable | Differentiable | Dominated):
        return True
    bound = {*bound_vars(inside)}
    parts = [f for part in summands(inside.args[0]) for f in factors(part) if bound & free_vars(f)]
    heads = heads_in([*parts, *inside.args[1:]])
    return any(h.definition is None and not isinstance(h, Gaussian) for h in heads)


def for_every(prop: Prop) -> Prop:
    """``prop`` for every value of its free variables."""
    for var in sorted(free_vars(prop), key=lambda v: v.name):
        prop = ForAll(prop, var)
    return prop


def _walk(term: Basic, seen: set[Basic]) -> Iterator[Prop]:
    if term in seen:
        return
    seen.add(term)
    if isinstance(term, Named):
        yield from _walk(term.definition, seen)
        return
    if isinstance(term, Apply):
        head = term.head
        if isinstance(head, Gaussian):
            yield from positivity_of(term.arguments[2], scales=True)
        elif head.definition is not None:
            plain = all(isinstance(place, Var) for place in term.arguments)
            yield from _walk(head.definition if plain else head.unfold(term.arguments), seen)
    if isinstance(term, Grad | Partial | Div) and term.var.sort is not Sort.PARAM:
        yield from _smooth(term.body, term.var, set())
        in_time = term.var.sort is Sort.REAL
        logarithms = (
            log for log in term.body.atoms(Log) if in_time or not isinstance(log.args[0], Apply)
        )
        for logarithm in logarithms:  # where the slope is taken
            yield from positivity_of(substitute(logarithm.args[0], {term.var: term.at}))
        if not isinstance(term.at, Var):
            yield Differentiable(term.body, term.var, term.at)
            for call in nodes_in(term.body, Apply):  # also where something is drawn around it
                if call.head.definition is None and call.arguments == (term.var,):
                    yield Differentiable(call, term.var, term.at)
    if isinstance(term, Log | Ratio):
        for head in _densities(term.args[-1]):
            yield for_every(Positive(head(*head.params)))
        for mixture in _mixtures(term.args[-1]):
            yield for_every(Positive(mixture))
    if isinstance(term, Log):
        yield from positivity_of(term.args[0])
        if term.args[0] != (written := _written_out(term.args[0])):
            yield from positivity_of(written)
    for arg in term.args:
        yield from _walk(arg, seen)


def _written_out(term: Expr) -> Expr:
    """A product with what its factors are by their definitions: SNR(t) as α_t²/σ_t²."""

    def out(factor: Expr) -> Expr:
        defined = isinstance(factor, Apply) and isinstance(factor.head, Scalar)
        if defined and factor.head.definition is not None and factor.arguments:
            body = factor.head.unfold(factor.arguments)
            return factor if kinds_in([body]) & _AVERAGES else _written_out(body)
        return factor

    return mul(*map(out, factors(term)))


def _densities(term: Basic) -> Iterator[Density]:
    """The densities in a term, and those that they are mixtures of; Gaussians are positive."""
    for one in nodes_in(term, Apply):
        if isinstance(one.head, Density) and not isinstance(one.head, Gaussian):
            yield one.head
            if one.head.definition is not None:
                yield from _densities(one.head.definition)


def _mixtures(term: Basic) -> Iterator[Expr]:
    """g(y) = ∫ k(y − x) p(x) dx by another letter than a density's: it is positive as they are."""
    if isinstance(term, IntegralOver):
        parts = factors(term.body)
        if all(isinstance(part, Apply) and isinstance(part.head, Density) for part in parts):
            yield term
        return
    named = isinstance(term, Apply) and not isinstance(term.head, Density)
    if named and isinstance(term.head.definition, IntegralOver):
        written = [*_mixtures(term.head.unfold(term.arguments))]
        yield from (term, *written) if written else ()


def _over(term: Expr) -> Iterator[Expr]:
    """The factors of a term, above and below."""
    for factor in factors(term):
        if isinstance(factor, Ratio):
            yield from _over(factor.args[0])
            yield from _over(factor.args[1])
        else:
            yield factor


def positivity_of(term: Expr, scales: bool = False) -> Iterator[Prop]:
    """What makes a term > 0, and no more: a symbol is so everywhere, anything else at the values
    that a row has. Of what stands there squared only ≠ 0 is known, but for scales such as σ_t."""
    counts = Counter(_over(term))
    others: list[Expr] = []
    for part, count in counts.items():
        symbol = isinstance(part, Apply) and part.head.definition is None
        if isinstance(part, Exp) or (symbol and isinstance(part.head, Density)):
            continue
        if symbol and (count % 2 or _is_scale(part.head, scales)):
            yield for_every(Positive(part.head(*part.head.params)))
        elif scales and isinstance(part, Var) and part.sort is Sort.REAL:
            yield Positive(part)
        elif free_vars(part) and count % 2:
            others.append(part)
        elif free_vars(part):
            yield VanishesWith(S.One, part)
            if _is_of_time(part):
                yield Positive(part)  # (1 − t)²/t²: 0 < t < 1
    if len(others) > 1 and all(map(_is_of_time, others)):
        yield from map(Positive, others)  # t (1 − t): 0 < t < 1
    elif others and all(map(_is_coordinate, others)):
        for part in others:
            (index,) = (v for v in free_vars(part) if v.sort is Sort.LATENT)
            yield ForAll(Positive(part), index)
    elif others:
        part = others[0] if len(others) == 1 else term
        yield Positive(part)
        if isinstance(part, Apply) and isinstance(part.head.definition, Expect):
            yield Positive(part.head.unfold(part.arguments))


def _is_coordinate(part: Expr) -> bool:
    """⟨a, e_i⟩, with an index i: below a logarithm every one is > 0."""
    return isinstance(part, Inner) and sum(v.sort is Sort.LATENT for v in free_vars(part)) == 1


def _is_of_time(part: Expr) -> bool:
    """t, 1 − t, and no 1 − 2t: what is > 0 between the times 0 and 1."""
    free = free_vars(part)
    if len(free) != 1 or not all(conventional("times", v.name.rstrip("'")) for v in free):
        return False
    (time,) = free
    values = [substitute(part, {time: n}) for n in (S.Zero, S.Half, S.One)]
    first, middle, last = (fraction(v) if is_number(v) else 1 for v in values)
    return first >= 0 and middle > 0 and last >= 0


def _is_scale(head: Head, in_variance: bool) -> bool:
    """σ_t, α_t, √β: a coefficient of times alone, by its letter or since it is in a variance."""
    times = all(var.sort is Sort.REAL for var in head.params)
    known = in_variance or conventional("scalars", head.name)
    return isinstance(head, Scalar) and times and known


def _smooth(body: Basic, var: Var, seen: set[Basic]) -> Iterator[Prop]:
    """Every symbol in which ``var`` moves is differentiable; integrals are dominated."""
    if body in seen or var not in free_vars(body):
        return
    seen.add(body)
    if isinstance(body, Grad | Partial | Div) and body.var.sort is not Sort.PARAM:
        yield for_every(Differentiable(body, var))
    if isinstance(body, Apply):
        head = body.head
        if head.draws and not head.is_density:
            return  # a law is no function
        for place, param in zip(body.arguments, head.params, strict=True):
            average = isinstance(head.definition, IntegralOver | Expect | CondExpect)
            known = head.definition is not None and not (isinstance(head, Density) or average)
            if var in free_vars(place) and not known and not isinstance(head, Gaussian):
                yield for_every(Differentiable(head(*head.params), param))
        if head.definition is None and not isinstance(head, Gaussian):
            pairs = zip(body.arguments, head.params, strict=True)
            moved = [param for place, param in pairs if var in free_vars(place)]
            if len(moved) > 1:  # along a path
                jointly = (part for param in moved for part in (param, param))
                yield for_every(Differentiable(head(*head.params), *jointly))
        if head.definition is not None:
            yield from _smooth(head.unfold(body.arguments), var, seen)
    if isinstance(body, IntegralOver | Expect):
        if any(var in free_vars(item) for item in body.measure):  # a law that moves
            yield for_every(Differentiable(body, var))
        with suppress(FmproofError):  # the measure depends on it
            yield for_every(Dominated(body.body, var, var, *body.measure))
    for arg in body.args:
        yield from _smooth(arg, var, seen)
