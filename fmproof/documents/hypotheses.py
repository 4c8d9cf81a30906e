"""The natural hypotheses of rows: what every author means and nobody writes.

Second moments of every vector under every law that is used, integrability of real functions, and
differentiability of what a gradient is taken of. They are generated for the terms at hand; a
report shows those that a proof needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Basic, Expr, S

from fmproof.documents.smoothness import for_every
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import Mul, factors, summands, times_of, without
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Density,
    Div,
    Expect,
    Field,
    Grad,
    Inner,
    IntegralOver,
    Lebesgue,
    Log,
    Named,
    Partial,
    Ratio,
    Var,
    norm2,
)
from fmproof.lang.nodes.measure import drawn_by, law_order
from fmproof.lang.props import Differentiable, ForAll, Integrable, Prop
from fmproof.lang.scope import canon, free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.tactics.script import Hypothesis

_MOST = 24


def natural(terms: Sequence[Expr]) -> list[Hypothesis]:
    """Hypotheses H1, H2, … for lines about ``terms``."""
    found: dict[Basic, Prop] = {}
    for term in terms:
        for prop in _props(term, (), set()):
            found.setdefault(canon(prop), prop)
            if len(found) >= _MOST:
                break
        for prop in _written(term, (), set()):
            found.setdefault(canon(prop), prop)
            if len(found) >= 2 * _MOST:
                break
    return [Hypothesis(f"H{i}", prop) for i, prop in enumerate(found.values(), 1)]


def _written(term: Basic, around: tuple[Any, ...], seen: set[Basic]) -> Iterator[Prop]:
    """An integral that an author writes exists."""
    if isinstance(term, Named):
        yield from _written(term.definition, around, seen)
    elif isinstance(term, Apply):
        definition = term.head.definition
        if definition is not None and term not in seen:
            seen.add(term)
            unfolded = term.head.unfold(term.arguments)
            if isinstance(definition, IntegralOver) and term.head.main:
                yield for_every(Integrable(definition.body, *definition.measure))
            if not isinstance(term.head, Density):
                yield from _written(unfolded, around, seen)
    elif isinstance(term, CondExpect):
        for body in dict.fromkeys((term.body, *_opened(term.body))):
            yield from _closed(body, tuple(term.measure))
    elif isinstance(term, IntegralOver | Expect):
        inside = (*around, *term.measure)
        yield from _closed(term.body, inside)
        for part in _parts_of_sum(term.body, inside):
            yield from _closed(part, inside)
        for flux in _fluxes(term):
            yield from _closed(flux, inside)
            yield from _closed(Div(flux, term.measure[0].var), inside)
        yield from _written(term.body, inside, seen)
    elif isinstance(term, Grad | Partial | Div):
        for prop in _written(term.body, around, seen):  # a derivative looks at every value
            yield ForAll(prop, term.var) if term.var in free_vars(prop) else prop
    else:
        for arg in term.args:
            yield from _written(arg, around, seen)


def _parts_of_sum(body: Expr, law: Sequence[Any]) -> Iterator[Expr]:
    """The summands of what is averaged, each without its constants."""
    drawn = {v for item in law for v in drawn_by(item)}
    places = [i for i, factor in enumerate(factors(body)) if len(summands(factor)) > 1]
    if len(places) != 1 or sort_of(body) is not Sort.REAL:
        return
    weights = without(factors(body), *places)
    for part in (times_of(*weights, one) for one in summands(factors(body)[places[0]])):
        moving = [f for f in factors(part) if drawn & free_vars(f)]
        if moving:
            yield times_of(*moving)


def _fluxes(term: Basic) -> Iterator[Expr]:
    """f v of ∫ ⟨v, ∇f⟩ dx and ∫ f div v dx, and p v of ∫ div(p v) dx with a density p, whose flux
    through large spheres is taken to be 0."""
    if not isinstance(term, IntegralOver) or len(term.measure) != 1:
        return
    x = term.measure[0].var
    for summand in summands(term.body):
        parts = factors(summand)
        for place, part in enumerate(parts):
            others = without(parts, place)
            if any(sort_of(other) is Sort.VEC for other in others):
                continue
            spread = isinstance(part, Div) and part.at == x
            if spread and (others or any(map(_is_density, factors(part.body)))):
                yield times_of(*others, substitute(part.body, {part.var: x}))
            if not isinstance(part, Inner):
                continue
            for slope, other in (part.args, part.args[::-1]):
                if isinstance(slope, Grad) and slope.at == x:
                    yield times_of(*others, substitute(slope.body, {slope.var: x}), other)


def _is_density(term: Expr) -> bool:
    return isinstance(term, Apply) and isinstance(term.head, Density)


def _opened(body: Expr) -> Iterator[Expr]:
    """A function that is defined by arithmetic, such as D(a, b), written out."""
    if not isinstance(body, Apply) or isinstance(body.head, Density):
        return
    if body.head.definition is not None and not _has_average(body.head.definition):
        yield body.head.unfold(body.arguments)


def _props(
    term: Basic,
    law: tuple[Any, ...],
    seen: set[Basic],
    over: tuple[Any, ...] = (),
    weights: tuple[Expr, ...] = (),
) -> Iterator[Prop]:
    """Moments under ``law``, and over the times of the integrals ``over`` that are around, with
    the ``weights`` of the averages around as well.
    """
    if isinstance(term, Named):
        yield from _props(term.definition, law, seen, over)
        return
    if isinstance(term, Apply):
        head = term.head
        if isinstance(head.definition, CondExpect):
            yield from _props(head.unfold(term.arguments), law, seen, over)
            return
        if (
            head.definition is not None
            and not isinstance(head, Density | Field)
            and head not in seen
        ):
            seen.add(head)
            yield from _props(head.unfold(term.arguments), law, seen, over)
        elif head.definition is None:
            for arg in term.arguments:
                yield from _props(arg, law, seen, over)
        return
    if isinstance(term, Grad) and term.var.sort is Sort.PARAM:
        yield from _smooth(term.body, term.var)
        yield from _props(term.body, law, seen, over)
        return
    if isinstance(term, CondExpect):
        yield from _moments(term.body, (*_times_in(term, over), *term.measure))
        yield from _props(term.body, tuple(term.measure), seen, over)
        return
    if isinstance(term, Expect):
        inner = (*law, *(d for d in term.measure if not isinstance(d, Lebesgue)))
        yield from _moments(term.body, (*_times_in(term, over), *inner), weights)
        yield from _entropies(term.body, inner)
        yield from _finite(term.body, inner)
        yield from _at_fixed(term, law) if law else ()
        yield from _props(term.body, inner, seen, over, (*weights, *_before_averages(term.body)))
        return
    at_a_point = any(v.sort is not Sort.PARAM for v in free_vars(term))
    if isinstance(term, IntegralOver) and not law and at_a_point:  # such an average exists
        yield Integrable(term.body, *term.measure)
    if isinstance(term, IntegralOver) and not law:
        for density, rest in _drawn_in(term):
            yield from _moments(rest, (density,))
            yield from _entropies(rest, (density,))
    if isinstance(term, IntegralOver):
        over = (*over, *(item for item in term.measure if item.var.sort is Sort.REAL))
    for arg in term.args:
        yield from _props(arg, law, seen, over, weights)


def _drawn_in(term: IntegralOver) -> Iterator[tuple[Apply, Expr]]:
    """(p(x), f) of ∫ p(x) f(x) dx, which is an average, too."""
    variables = tuple(item.var for item in term.measure)
    parts = factors(term.body)
    for place, part in enumerate(parts):
        density = isinstance(part, Apply) and isinstance(part.head, Density)
        if density and part.head.drawn(part) == variables:
            yield part, times_of(*without(parts, place))


def _entropies(body: Expr, law: tuple[Any, ...]) -> Iterator[Prop]:
    """log p and log q of a log (p/q) that is averaged, one by one."""
    for logarithm in sorted(body.atoms(Log), key=str):
        inside = [f for f in logarithm.args[0].atoms(Apply) if isinstance(f.head, Density)]
        for density in sorted(inside, key=str) if len(inside) > 1 else ():
            yield from _closed(Log(density), law)


def _finite(body: Expr, law: tuple[Any, ...]) -> Iterator[Prop]:
    """Parts of a sum over coordinates, which is finite: a_i, log a_i, (log a_i) b_i, …"""
    drawn = {v for draw in law for v in drawn_by(draw)}
    if {v.sort for v in drawn} != {Sort.LATENT}:
        return
    coordinates = sorted((n for n in body.atoms(Inner) if free_vars(n) & drawn), key=str)
    logarithms = sorted((n for n in body.atoms(Log) if free_vars(n) & drawn), key=str)
    for part in summands(body):
        yield from _closed(part, law)
    vectors = dict.fromkeys(arg for n in coordinates for arg in n.args if free_vars(arg) & drawn)
    for one in (*coordinates, *vectors):
        for weight in (S.One, *logarithms) if logarithms else ():
            yield from _closed(times_of(weight, one), law)


def _before_averages(body: Expr) -> Iterator[Expr]:
    """λ(t) of λ(t) E[f], which is averaged with f."""
    for part in summands(body):
        others = [f for f in factors(part) if not isinstance(f, Expect)]
        if len(others) < len(factors(part)) and any(map(free_vars, others)):
            yield times_of(*others)


def _at_fixed(term: Expect, law: tuple[Any, ...]) -> Iterator[Prop]:
    """In an average of averages, the moments of an inner one at every value of the outer ones."""
    outer = {v for draw in law for v in drawn_by(draw)}
    for prop in _moments(term.body, tuple(term.measure)):
        for var in sorted(free_vars(prop) & outer, key=lambda v: v.name):
            prop = ForAll(prop, var)
        yield prop


def _times_in(term: Basic, over: tuple[Any, ...]) -> tuple[Any, ...]:
    """The integrals over times that are in a term."""
    free = free_vars(term)
    return tuple(item for item in over if item.var in free)


def _smooth(body: Expr, var: Var) -> Iterator[Prop]:
    parts = dict.fromkeys([body, *summands(body)])
    for part in parts:
        core = times_of(*(f for f in factors(part) if free_vars(f)))
        if var in free_vars(core):
            yield ForAll(Differentiable(core, var), var)


def _moments(body: Expr, law: tuple[Any, ...], outer: tuple[Expr, ...] = ()) -> Iterator[Prop]:
    drawn = {v for d in law for v in drawn_by(d)}
    scalars: dict[Expr, None] = {}
    vectors: dict[Expr, None] = {}
    _atoms(body, scalars, vectors)
    for vector in list(vectors):
        yield from _averaged(vector, law)
    weights = [*outer, *(w for w in scalars if free_vars(w) & drawn)]
    for vector in list(vectors):
        if isinstance(vector, Grad) and isinstance(vector.body, Log):
            inside = vector.body.args[0]
            slope = Grad(inside, vector.var, vector.at)
            vectors.setdefault(
                times_of(Ratio(S.One, substitute(inside, {vector.var: vector.at})), slope)
            )
    for vector in vectors:
        for weight in (None, *weights[:2]):
            square = norm2(vector) if weight is None else weight * norm2(vector)
            yield from _closed(square, law)
    for weight in weights:
        yield from _closed(weight, law)
    for summand in dict.fromkeys(_scaled(body)):
        if free_vars(summand) & drawn:
            yield from _closed(norm2(summand), law)


def _scaled(term: Basic) -> Iterator[Expr]:
    """The vectors with a factor in ``term``, such as the summands of a velocity."""
    if isinstance(term, Mul):
        parts = [factor for factor in factors(term) if isinstance(factor, Apply | Partial | Var)]
        if len(parts) > 1 and sort_of(term) is Sort.VEC:
            yield term
    if not isinstance(term, Var | Apply | Grad | Partial | Div | Named | Expect | IntegralOver):
        for arg in term.args:
            yield from _scaled(arg)


def _averaged(vector: Expr, law: tuple[Any, ...]) -> Iterator[Prop]:
    """A field that is an average: its values under the law that is averaged over."""
    if not (isinstance(vector, Apply) and isinstance(vector.head.definition, IntegralOver)):
        return
    average = vector.head.unfold(vector.arguments)
    values = [f for f in factors(average.body) if sort_of(f) is Sort.VEC]
    joint: list[Any] = []
    for draw in law:
        if not isinstance(draw, Apply):
            joint.append(draw)
            continue
        definition = draw.head.definition
        if isinstance(definition, IntegralOver):
            inside = draw.head.unfold(draw.arguments)
            order = law_order(factors(inside.body))
            joint.extend(order if order is not None else (draw,))
            own = tuple(item.var for item in inside.measure)
            theirs = tuple(item.var for item in average.measure)
            if len(own) == len(theirs):
                renaming = {b: a for a, b in zip(own, theirs, strict=True) if a is not b}
                values = [substitute(v, renaming) if renaming else v for v in values]
        else:
            joint.append(draw)
    for value in values:
        yield from _closed(norm2(value), tuple(joint))


def _has_average(term: Basic) -> bool:
    """Whether there is an average in a definition."""
    return bool(term.has(Expect, IntegralOver, CondExpect, Named))


def _closed(body: Expr, law: tuple[Any, ...]) -> Iterator[Prop]:
    try:
        prop: Prop = Integrable(body, *law)
    except FmproofError:
        return
    for var in sorted(free_vars(prop), key=lambda v: v.name):
        if var.sort is Sort.PARAM:
            prop = ForAll(prop, var)
    yield prop


def _atoms(term: Basic, scalars: dict[Expr, None], vectors: dict[Expr, None]) -> None:
    """Vectors and real functions in ``term``, definitions not opened, binders not entered."""
    if isinstance(term, Grad | Partial | CondExpect):
        if sort_of(term) is Sort.VEC:
            vectors.setdefault(term)
        return
    if isinstance(term, Div):
        scalars.setdefault(term)
    if isinstance(term, Named | Expect | IntegralOver | Div):
        return
    if isinstance(term, Var):
        if term.sort is Sort.VEC:
            vectors.setdefault(term)
        return
    if isinstance(term, Apply):
        if sort_of(term) is Sort.VEC:
            vectors.setdefault(term)
        elif not isinstance(term.head, Density):
            scalars.setdefault(term)
            if term.head.definition is not None and not _has_average(term.head.definition):
                _atoms(term.head.unfold(term.arguments), scalars, vectors)
        return
    for arg in term.args:
        _atoms(arg, scalars, vectors)
