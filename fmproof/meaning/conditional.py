"""Conditional expectations as quotients of integrals, by change of variables.

E[f | X = x] is the integral of f against the joint density of the draws, over those draws for which
X = x, divided by the integral of that density. A given variable that has a density is set to its
value. A given X := a z + b that is affine in a vector z with a density is solved for z, which costs
the factor |a|^(-d) of the change of variables. Where X is neither, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sympy import Expr, S

from fmproof.lang.arithmetic import Add, Mul, add, mul
from fmproof.lang.nodes import (
    Abs,
    Apply,
    CondExpect,
    Expect,
    Head,
    IntegralOver,
    Lebesgue,
    Let,
    Named,
    Ratio,
    Scalar,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by, parents_of
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.meaning import functions
from fmproof.meaning.environment import Env, Evaluate, NoNumbers
from fmproof.meaning.integrals import items_of, joint_measure
from fmproof.meaning.interpretation import AnyArray, dense
from fmproof.meaning.written import variables_of

if TYPE_CHECKING:
    from fmproof.meaning.evaluator import Evaluator


_SAME = 1e-9  # relative distance of two points that are one, computed in two ways


class Quotient(NamedTuple):
    """A conditional expectation as ``above / below``, where each of ``nonzero`` is not 0."""

    above: Expr
    below: Expr
    nonzero: tuple[Expr, ...]


@cache
def slopes_of(head: Head) -> dict[int, Head]:
    """The coefficients of a field that is linear in its vectors, as symbols, by place."""
    others = tuple(v for v in head.params if v.sort is not Sort.VEC)
    places = [place for place, v in enumerate(head.params) if v.sort is Sort.VEC]
    return {place: Scalar(head.name + "'" * (7 + place), *others) for place in places}


def with_linear_fields(term: Expr, linear: frozenset[Head]) -> Expr:
    """``term`` with each field that is linear in its vectors written as what it is."""
    for head in linear:
        others = [v for v in head.params if v.sort is not Sort.VEC]
        parts = [mul(s(*others), head.params[place]) for place, s in slopes_of(head).items()]
        term = replace_head(term, head, head.params, add(*parts))
    return term


@lru_cache(maxsize=10_000)
def quotient(
    term: CondExpect, dim: int, points: frozenset[Head], linear: frozenset[Head] = frozenset()
) -> Quotient | None:
    """``term`` as a quotient of integrals over what is left when X = x; None where none is known.

    Args:
        dim: of the vectors.
        points: laws that are concentrated on points, so have no density.
        linear: fields that are linear in their vectors.
    """
    given = {item.var: item.at for item in term.given}
    known: dict[Var, Expr] = {}
    equations: list[tuple[Expr, Expr]] = []
    sums: list[Apply] = []
    ranges: dict[Var, Lebesgue] = {}
    weights: list[Expr] = []
    for item in term.measure:
        if type(item) is Let:
            value = substitute(with_linear_fields(item.value, linear), known)
            if item.var in given:
                equations.append((given[item.var], value))
            known[item.var] = given.get(item.var, value)
            continue
        drawn = drawn_by(item)
        if item.head in points:
            if given.keys() & set(drawn):
                return None
            sums.append(_conditioned(item, known))
            continue
        known |= {var: given[var] for var in drawn if var in given}
        ranges |= {o.var: o for o in item.head.ranges(item) if o.var not in given}
        weights.append(substitute(dense(item.head)(*item.arguments), known))
    body = substitute(term.body, known)
    nonzero: list[Expr] = []
    for place, (at, value) in enumerate(equations):
        solved = _solved(value, at, ranges)
        if solved is None:
            return None
        var, slope, solution = solved
        del ranges[var]
        varying = free_vars(slope) & _bound(ranges, sums)
        if varying:
            power = dim if var.sort is Sort.VEC else 1
            weights.append(Ratio(S.One, mul(*[Abs(slope)] * power)))
        elif not is_number(slope):
            nonzero.append(slope)
        put = {var: solution}
        weights = [substitute(weight, put) for weight in weights]
        sums = [_conditioned(draw, put) for draw in sums]
        body = substitute(body, put)
        equations[place + 1 :] = [
            (later, substitute(value, put)) for later, value in equations[place + 1 :]
        ]
    hidden = _bound(ranges, sums)
    weights = [weight for weight in weights if free_vars(weight) & hidden]  # others cancel
    below = _integral(mul(*weights), ranges, sums)
    return Quotient(_integral(mul(*weights, body), ranges, sums), below, tuple(nonzero))


def _conditioned(draw: Any, values: Mapping[Var, Expr]) -> Any:
    return substitute(draw, {v: a for v, a in values.items() if v not in drawn_by(draw)})


def _bound(ranges: Mapping[Var, Lebesgue], sums: Sequence[Apply]) -> set[Var]:
    return {*ranges, *(var for draw in sums for var in drawn_by(draw))}


def _integral(body: Expr, ranges: Mapping[Var, Lebesgue], sums: Sequence[Apply]) -> Expr:
    inside = [draw for draw in sums if parents_of(draw) & set(ranges)]  # given what is integrated
    outside = [draw for draw in sums if draw not in inside]
    if inside:
        inside, outside = list(sums), []
        body = Expect(body, *inside)
    if ranges:
        body = IntegralOver(body, *ranges.values())
    return Expect(body, *outside) if outside else body


def _solved(value: Expr, at: Expr, ranges: Mapping[Var, Lebesgue]) -> tuple[Var, Expr, Expr] | None:
    """``(z, a, (at − b)/a)`` where value = a z + b; a number a is preferred."""
    found: list[tuple[Var, Expr, Expr]] = []
    for var, item in ranges.items():
        if item.bounded or var.sort not in (Sort.VEC, Sort.REAL):
            continue
        parts = affine(value, var)
        if parts is None or parts[0] is S.Zero:
            continue
        slope, rest = parts
        solution = mul(Ratio(S.One, slope), add(at, mul(S.NegativeOne, rest)))
        found.append((var, slope, solution))
    found.sort(key=lambda choice: not is_number(choice[1]))
    return found[0] if found else None


def affine(term: Any, var: Var) -> tuple[Expr, Expr] | None:
    """``(a, b)`` where a term is a·var + b by its form, a and b free of var; else None."""
    if var not in free_vars(term):
        return S.Zero, term
    if term is var:
        return S.One, S.Zero
    if isinstance(term, Named):
        return affine(term.definition, var)
    if isinstance(term, Add):
        parts = [affine(arg, var) for arg in term.args]
        if any(part is None for part in parts):
            return None
        return add(*(p[0] for p in parts if p)), add(*(p[1] for p in parts if p))
    if isinstance(term, Mul):
        moving = [arg for arg in term.args if var in free_vars(arg)]
        inner = affine(moving[0], var) if len(moving) == 1 else None
        others = [arg for arg in term.args if arg is not moving[0]]
        return inner and (mul(*others, inner[0]), mul(*others, inner[1]))
    if isinstance(term, Ratio) and var not in free_vars(term.args[1]):
        inner, scale = affine(term.args[0], var), Ratio(S.One, term.args[1])
        return inner and (mul(scale, inner[0]), mul(scale, inner[1]))
    if isinstance(term, Apply) and term.head.definition is not None:
        return affine(term.head.unfold(term.arguments), var)
    return None


def _quotient(ev: Evaluator, term: CondExpect) -> Quotient:
    found = quotient(term, ev.interpretation.dim, ev.points, ev.interpretation.linear)
    if found is None:
        raise NoNumbers(term)
    return found


def _matched(
    ev: Evaluator, term: CondExpect, env: Env, evaluate: Evaluate
) -> tuple[AnyArray, AnyArray] | None:
    """E[f 1{X = x}] and P(X = x), where everything is drawn from points."""
    items = items_of(term.measure, ev.points)
    if any(isinstance(i, Lebesgue) and i.var.sort is not Sort.LATENT for i in items):
        return None
    outer = max((env[v].array.ndim for v in variables_of(term)), default=2)
    measure = joint_measure(ev, term, env, outer, None)
    weights = measure.weights
    for item in term.given:
        found, at = measure.values[item.var].array, ev.array(item.at, env)
        if found.dtype.kind == "c" or at.dtype.kind == "c":
            raise NoNumbers(term)  # it is a function of points, and has no derivative
        near = np.abs(found - at) <= _SAME * (1 + np.abs(at))
        weights = weights * near.all(axis=-1, keepdims=True)
    axes = tuple(range(weights.ndim - outer))
    terms = weights * evaluate(term.body, {**env, **measure.values})
    return np.asarray(terms.sum(axis=axes)), np.asarray(weights.sum(axis=axes))


def conditional_value(ev: Evaluator, term: CondExpect, env: Env) -> AnyArray:
    matched = _matched(ev, term, env, ev.array)
    if matched is not None:
        total, chance = matched
        lost = chance == 0 if chance.ndim == 2 else np.zeros((1, 1), dtype=bool)
        return np.where(lost, np.nan, functions.ratio(total, chance))
    above, below, nonzero = _quotient(ev, term)
    mass = ev.array(below, env)
    value = functions.ratio(ev.array(above, env), mass)
    lost = mass == 0 if mass.ndim == 2 else np.zeros((1, 1), dtype=bool)
    for slope in nonzero:
        lost = lost | (ev.array(slope, env) == 0)
    return np.where(lost, np.nan, value) if lost.any() else value


def conditional_magnitude(ev: Evaluator, term: CondExpect, env: Env) -> AnyArray:
    matched = _matched(ev, term, env, ev.magnitude)
    if matched is not None:
        return functions.ratio(*matched)
    above, below, _ = _quotient(ev, term)
    return functions.ratio_magnitude(ev.magnitude(above, env), ev.array(below, env))
