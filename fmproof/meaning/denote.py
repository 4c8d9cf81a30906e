"""``denote(term, problem)``: the number that a term stands for, with an error estimate.

The term is evaluated as it is written: an integral over three variables is a sum over the nodes
of three variables, a symbol with a definition is evaluated through its definition, and nothing
is rewritten. This is the second witness beside the kernel, and it knows none of its rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from sympy import Basic, Expr

from fmproof.errors import InputError
from fmproof.lang.node import as_term, sort_of
from fmproof.lang.nodes import Var
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.losses.estimate import Estimate
from fmproof.meaning import roles
from fmproof.meaning.environment import OverBudget
from fmproof.meaning.interpretation import AnyArray, Interpretation
from fmproof.meaning.ladder import LEVELS, Ladder, coordinates
from fmproof.meaning.nodes import TooLarge
from fmproof.meaning.reading import MeasuredValues
from fmproof.meaning.written import variables_of
from fmproof.models.problem import Problem

MAX_COORDINATES = 6
"""Nested integrals over more real coordinates than this are sampled."""

_GROWTH = 3.0  # of the cost from one grid to the next, about


def denote(
    term: Any,
    problem: Problem | Interpretation,
    values: Mapping[Var, Any] | None = None,
    *,
    tolerance: float = 1e-8,
    method: str | None = None,
    budget: float = 2e8,
    seed: int = 0,
) -> Estimate:
    """The number that ``term`` stands for.

    Which symbol is the data density, the path, its conditional field, the model and the time
    law is told by what the symbols depend on (:func:`fmproof.meaning.roles.role_of`). A
    parameter θ is the model's own unless ``values`` says otherwise.

    Args:
        term: a term of the language: real, vector, gradient or set of minimisers.
        problem: a problem, or an interpretation of every symbol (for a batch of one).
        values: for the term's free variables; one for a parameter is also where gradients
            are taken.
        tolerance: the error to stop at, relative to the term's magnitude.
        method: ``"quadrature"`` or ``"sampling"``; by default the number of coordinates decides.
        budget: evaluations of an integrand to spend at most, about.
        seed: of the random shifts in sampling.

    Returns:
        A float, or an array for a vector (d,), a gradient or a minimiser (p,), with its error:
        infinite where there is no finite value or none could be found.

    Raises:
        InputError: a symbol that the problem does not interpret, a missing or ill-shaped value,
            an unknown method.
    """
    started = perf_counter()
    term = as_term(term)
    sort_of(term)
    interpretation = problem if isinstance(problem, Interpretation) else interpret(term, problem)
    env = _values(term, interpretation, values or {})
    parameters = [array for var, array in env.items() if var.sort is Sort.PARAM]
    if len(parameters) == 1:
        interpretation = replace(interpretation, theta=parameters[0])
    if method not in (None, "quadrature", "sampling"):
        raise InputError(f"method: expected 'quadrature' or 'sampling', found {method!r}")
    few = coordinates(term, interpretation.dim) <= MAX_COORDINATES
    reading: MeasuredValues | None = None
    if method == "quadrature" or (method is None and few):
        reading, evaluations = _by_quadrature(term, interpretation, env, tolerance, budget)
        name = "quadrature"
    if reading is None:
        from fmproof.meaning.sampled import by_sampling

        reading, evaluations = by_sampling(term, interpretation, env, tolerance, budget, seed)
        name = "sampling"
    value, error = reading.value[0], np.broadcast_to(reading.error, reading.value.shape)[0]
    scalar = sort_of(term) is Sort.REAL
    return Estimate(
        value=float(value[0]) if scalar else value,
        error=float(error[0]) if scalar else error,
        method=name,
        cost={"evaluations": int(evaluations), "seconds": perf_counter() - started},
    )


def interpret(term: Basic, problem: Problem) -> Interpretation:
    """The symbols of ``term`` as ``problem`` says."""
    heads = roles.symbols_of([term])
    cast = roles.Cast.of(heads)
    if cast.others:
        raise roles.unknown_symbol(cast.others[0], cast.parts)
    if "time" not in cast.parts:
        roles.check_time(problem, heads)
    return roles.interpretation_of([problem], cast.parts)


def _by_quadrature(
    term: Expr,
    interpretation: Interpretation,
    env: Mapping[Var, AnyArray],
    tolerance: float,
    budget: float,
) -> tuple[MeasuredValues | None, float]:
    """The reading on the finest grid that the budget allows and the tolerance asks for."""
    ladder = Ladder(interpretation, env, budget)
    reading: MeasuredValues | None = None
    costs = [0.0]
    for level in range(1, len(LEVELS)):
        try:
            reading = ladder.read(term, level, levels=min(level + 1, 3))
        except (TooLarge, OverBudget):
            break
        costs.append(ladder.evaluations)
        done = level > 2 and (reading.error <= tolerance * reading.magnitude).all()
        if done or costs[-1] + _GROWTH * (costs[-1] - costs[-2]) > budget:
            break
    return reading, ladder.evaluations


def _values(
    term: Basic, interpretation: Interpretation, given: Mapping[Var, Any]
) -> dict[Var, AnyArray]:
    """The given values as arrays; every free variable but a parameter must have one."""
    free = frozenset(variables_of(term))
    for var in sorted(free.union(given), key=lambda v: v.name):
        if var not in given and var.sort is not Sort.PARAM:
            raise InputError(f"the variable {text(var)} is free in the term: give its value")
        if var not in free and var.sort is not Sort.PARAM:
            raise InputError(f"values: {text(var)} is not free in the term")
    return {var: _array(var, value, interpretation) for var, value in given.items()}


def _array(var: Var, value: Any, interpretation: Interpretation) -> AnyArray:
    size = interpretation.size(var.sort)
    try:
        return np.asarray(value, dtype=float).reshape(1, size)
    except (TypeError, ValueError):
        numbers = "1 number" if size == 1 else f"{size} numbers"
        raise InputError(f"{text(var)}: expected {numbers}, found {value!r}") from None
