"""Derivatives and minimisers: by complex steps, by differences, by a fit of a quadratic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
from sympy import Basic

from fmproof.errors import InputError
from fmproof.lang.nodes import Apply, ArgMin, Div, Grad, Head, Partial
from fmproof.lang.sorts import Sort
from fmproof.meaning import quadratic
from fmproof.meaning.differences import Difference, difference
from fmproof.meaning.environment import Env, fold
from fmproof.meaning.functions import COMPLEX_STEP
from fmproof.meaning.interpretation import AnyArray, Value
from fmproof.meaning.reading import ROUND_OFF
from fmproof.meaning.written import variables_of

if TYPE_CHECKING:
    from fmproof.meaning.evaluator import Evaluator

_SHIFT_COST = 1000  # of one more evaluation of a whole term for a difference

Derived = Grad | Partial | Div


def _parameters(ev: Evaluator, term: Derived | ArgMin) -> int:
    count = int(ev.interpretation.theta.shape[-1])
    if not count:
        raise InputError("a gradient in θ needs a model with coefficients, not a function")
    return count


def derivative_value(ev: Evaluator, term: Derived, env: Env) -> AnyArray:
    """By a complex step, which has no cancellation, or else by differences."""
    if _is_stepped(ev, term):
        slopes = [
            np.imag(ev.array(term.body, inside)) / COMPLEX_STEP
            for inside in _stepped(ev, term, env)
        ]
    else:
        slopes = [found.value for found in _differences(ev, term, env)]
    return _arranged(term, slopes)


def _is_stepped(ev: Evaluator, term: Derived) -> bool:
    return not has_derivative(term.body, ev.interpretation.rough)


def _place_of(ev: Evaluator, term: Derived, env: Env) -> Value:
    """The place of a derivative, all coordinates of it."""
    if term.var.sort is Sort.PARAM:
        _parameters(ev, term)
    at, size = ev.moved(term.at, env), ev.interpretation.size(term.var.sort)
    if at.array.shape[-1] == size:
        return at
    shape = (*at.array.shape[:-1], size)
    return ev.constant(("whole", at), lambda: np.broadcast_to(at.array, shape))


def _stepped(ev: Evaluator, term: Derived, env: Env) -> Iterator[Env]:
    """With a complex step in each coordinate of the variable."""
    at = _place_of(ev, term, env)
    for j in range(at.array.shape[-1]):
        shifted = _shift(ev, at, j, 1j * COMPLEX_STEP * np.ones((1, 1)))
        yield {**env, term.var: shifted}


def _shift(ev: Evaluator, at: Value, j: int, by: AnyArray) -> Value:
    """``at`` with its coordinate j moved; its nodes stay those of ``at``."""
    shift = np.zeros(at.array.shape[-1])
    shift[j] = 1.0
    key = ("shifted", at, j, by.tobytes())
    shifted = ev.constant(key, lambda: at.array + by * shift)
    shifted.centre = at
    return shifted


def _differences(ev: Evaluator, term: Derived, env: Env) -> list[Difference]:
    key = (ev.noisy, term, *(env[v] for v in variables_of(term)))
    if key not in ev.differences:
        ev.differences[key] = list(_new_differences(ev, term, env))
    return ev.differences[key]


def _new_differences(ev: Evaluator, term: Derived, env: Env) -> Iterator[Difference]:
    """Central differences in each coordinate of the variable.

    A real stays on its side of 0 and of 1, where schedules end.
    """
    at = _place_of(ev, term, env)
    scale: AnyArray = np.ones((1, 1))
    if term.var.sort is Sort.REAL:
        sides = np.abs(at.array), np.abs(1 - at.array), scale
        scale = fold(np.minimum, [np.where(side > 0, side, 1.0) for side in sides])
    for j in range(at.array.shape[-1]):

        def shifted(by: float, j: int = j) -> tuple[AnyArray, AnyArray]:
            ev.spend(_SHIFT_COST)
            inside = {**env, term.var: _shift(ev, at, j, by * scale)}
            return ev.array(term.body, inside), ev.magnitude(term.body, inside)

        yield difference(shifted, scale)


def minimiser_value(ev: Evaluator, term: ArgMin, env: Env) -> AnyArray:
    return _quadratic(ev, term, env).minimiser


def _quadratic(ev: Evaluator, term: ArgMin, env: Env) -> quadratic.Quadratic:
    size = _parameters(ev, term)
    values = [ev.array(term.body, inside) for inside in _around(ev, term, env)]
    return quadratic.fit([np.atleast_2d(value) for value in values], size)


def _around(ev: Evaluator, term: ArgMin, env: Env) -> Iterator[Env]:
    for i, point in enumerate(quadratic.points(_parameters(ev, term))):
        value = ev.constant(("point", i), partial(np.atleast_2d, point))
        yield {**env, term.var: value}


def derivative_magnitude(ev: Evaluator, term: Derived, env: Env) -> AnyArray:
    """The complex step, in magnitudes: the sum of absolute values where the derivative has a
    sum. A difference has its error beside it, in units of round-off."""
    sizes: list[AnyArray] = []
    if _is_stepped(ev, term):
        for inside in _stepped(ev, term, env):
            size = ev.magnitude(term.body, inside)
            sizes.append(np.where(np.isfinite(size), np.imag(size) / COMPLEX_STEP, np.inf))
    else:
        whole = ev.magnitude(term.body, {**env, term.var: _place_of(ev, term, env)})
        for found in _differences(ev, term, env):
            noise = found.error / ROUND_OFF if ev.noisy else 0.0
            sizes.append(np.where(np.isfinite(found.error), whole, np.inf) + noise)
    return fold(np.add if isinstance(term, Div) else np.maximum, sizes)


def minimiser_magnitude(ev: Evaluator, term: ArgMin, env: Env) -> AnyArray:
    sizes = [ev.magnitude(term.body, inside) for inside in _around(ev, term, env)]
    return fold(np.maximum, sizes) * _quadratic(ev, term, env).gain


def _arranged(term: Derived, slopes: Sequence[AnyArray]) -> AnyArray:
    """A derivative of its slopes in each coordinate of the variable."""
    if isinstance(term, Div):
        picked = [slope[..., j % slope.shape[-1]][..., None] for j, slope in enumerate(slopes)]
        return fold(np.add, picked)
    return np.concatenate(np.broadcast_arrays(*slopes), axis=-1)


@lru_cache(maxsize=50_000)
def has_derivative(term: Basic, rough: frozenset[Head]) -> bool:
    """Whether there is a derivative in a term, or what takes real arguments only."""
    if isinstance(term, Grad | Partial | Div | ArgMin):
        return True
    if isinstance(term, Apply):
        inside = term.head.definition
        if term.head in rough or (inside is not None and has_derivative(inside, rough)):
            return True
    return any(has_derivative(arg, rough) for arg in term.args)


@lru_cache(maxsize=50_000)
def uses_differences(term: Basic, rough: frozenset[Head]) -> bool:
    """Whether a derivative of what has a derivative is in a term."""
    if isinstance(term, Grad | Partial | Div) and has_derivative(term.body, rough):
        return True
    inside = [*term.args]
    if isinstance(term, Apply) and term.head.definition is not None:
        inside.append(term.head.definition)
    return any(uses_differences(part, rough) for part in inside)
