"""Reading a value off finer and finer grids, with an error estimate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import pairwise

import numpy as np
from sympy import Basic, Expr

from fmproof.lang.arithmetic import Add
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import Apply, CondExpect, Draw, Head, Let, Named, Var
from fmproof.lang.nodes.measure import OverMeasure, drawn_by
from fmproof.lang.props import AtPlace
from fmproof.lang.sorts import Sort
from fmproof.meaning.conditional import quotient
from fmproof.meaning.evaluator import Evaluator
from fmproof.meaning.interpretation import AnyArray, Interpretation
from fmproof.meaning.nodes import Grid
from fmproof.meaning.reading import ROUND_OFF, MeasuredValues
from fmproof.meaning.written import variables_of

LEVELS = (
    Grid(times=5, step=1.3, reach=4.3),
    Grid(times=7, step=1.05, reach=5.0),
    Grid(times=9, step=0.87, reach=5.7),
    Grid(times=13, step=0.72, reach=6.5),
    Grid(times=19, step=0.58, reach=7.3),
    Grid(times=28, step=0.45, reach=8.0),
    Grid(times=42, step=0.34, reach=8.3),
    Grid(times=62, step=0.25, reach=8.5),
    Grid(times=92, step=0.18, reach=8.6),
)
_SAFETY = 2.0  # where nothing is known of how fast the values converge
_TAIL = 50.0  # what polynomials may add to a Gaussian tail


class Ladder:
    """One interpretation, evaluated by quadrature on finer and finer grids.

    Args:
        values: for free variables, arrays (P, c) or (1, c); parameters have a default.
        budget: evaluations of one term on one grid.
    """

    def __init__(
        self,
        interpretation: Interpretation,
        values: Mapping[Var, AnyArray],
        budget: float = math.inf,
    ) -> None:
        self.interpretation = interpretation
        self._values = values
        self._budget = budget
        self._evaluators: dict[int, Evaluator] = {}

    @property
    def evaluations(self) -> float:
        return sum(e.evaluations for e in self._evaluators.values())

    def _evaluator(self, level: int) -> Evaluator:
        if level not in self._evaluators:
            self._evaluators[level] = Evaluator(
                self.interpretation, LEVELS[level], self._values, budget=self._budget
            )
        return self._evaluators[level]

    def value(self, term: Expr, level: int) -> AnyArray:
        """(P, c)."""
        return self._evaluator(level).value_of(term)

    def read(self, term: Expr, level: int, levels: int = 2) -> MeasuredValues:
        """The value on grid ``level``, its error estimated from ``levels`` grids up to it.

        The error is the difference of the last two grids, which is the error of the coarser one
        unless convergence is slow; a third grid shows whether it is. Of a sum it is the sum over
        the terms: where each diverges, that they cancel is an accident of the grid.
        """
        values = [self.value(term, level - back) for back in range(levels)]
        parts = summands(term)
        grids = [[self.value(part, level - back) for part in parts] for back in range(levels)]
        changes = [
            reduce(np.add, (np.abs(a - b) for a, b in zip(*pair, strict=True)))
            for pair in pairwise(grids)
        ]
        evaluator = self._evaluator(level - 1)
        magnitude, noise = evaluator.magnitude_of(term), evaluator.round_off_of(term)
        with np.errstate(all="ignore"):
            error = _SAFETY * changes[0]
            if levels > 2:
                error = _with_history(changes[0], changes[1])
            tail = _TAIL * math.erfc(LEVELS[level].reach / math.sqrt(2))
            error = error + ROUND_OFF * noise + (tail * magnitude if _in_space(term) else 0.0)
        return MeasuredValues.of(values[0], error, magnitude, self.interpretation.count)


def summands(term: Expr) -> list[Expr]:
    """The terms of a sum, those of sums in it and of names for sums included."""
    if isinstance(term, Named):
        return summands(term.definition)
    if isinstance(term, Add):
        return [part for arg in term.args for part in summands(arg)]
    factor, rest = term.as_coeff_Mul()
    if rest != term and factor.is_Rational:
        return [factor * part for part in summands(rest)]
    return [term]


def _with_history(last: AnyArray, before: AnyArray) -> AnyArray:
    """The error that two successive changes suggest: a geometric series, or a lucky agreement."""
    ratio = np.where(before > 0, last / np.where(before > 0, before, 1.0), 0.0)
    tail = np.where(ratio < 0.95, last * ratio / (1 - np.minimum(ratio, 0.95)), 20 * last)
    return np.maximum(np.maximum(last, tail), 0.05 * before)


@lru_cache(maxsize=50_000)
def _in_space(term: Basic) -> bool:
    """Whether there is an integral over an unbounded variable in ``term``."""
    if isinstance(term, OverMeasure) and any(_widths(term.measure, 1)):
        return True
    parts = list(term.args)
    if isinstance(term, Apply) and term.head.definition is not None:
        parts.append(term.head.definition)
    return any(_in_space(part) for part in parts)


def _widths(measure: Sequence[Draw], dim: int) -> Iterator[int]:
    """How many unbounded real coordinates each item of a measure has."""
    for item in measure:
        ranges = () if isinstance(item, Let) else (item,)
        for each in item.head.ranges(item) if isinstance(item, Apply) else ranges:
            size = {Sort.VEC: dim, Sort.REAL: 1}.get(each.var.sort, 0)
            yield 0 if each.bounded else size


def coordinates(term: Basic, dim: int, linear: frozenset[Head] = frozenset()) -> int:
    """Over how many real coordinates the most nested sum runs that the value of ``term`` needs.

    An integral that depends on some of the variables around it is nested in those alone.
    """
    return _deepest(term, (0,) * len(variables_of(term)), dim, linear)


@lru_cache(maxsize=50_000)
def _deepest(term: Basic, depths: tuple[int, ...], dim: int, linear: frozenset[Head]) -> int:
    """The same, when the values of the free variables depend on ``depths`` coordinates."""
    known = dict(zip(variables_of(term), depths, strict=True))
    outside = max(depths, default=0)
    if isinstance(term, CondExpect):
        found = quotient(term, dim, frozenset(), linear)
        if found is not None:
            parts = (p for p in (found.above, found.below) if variables_of(p) or bound_vars(p))
            deep = (
                _deepest(p, tuple(known[v] for v in variables_of(p)), dim, linear) for p in parts
            )
            return max([outside, *deep])
    if isinstance(term, OverMeasure):
        for item in term.measure:
            if isinstance(item, Let):
                known[item.var] = max((known[v] for v in variables_of(item.value)), default=0)
                continue
            for var in drawn_by(item):
                outside += {Sort.VEC: dim, Sort.REAL: 1}.get(var.sort, 0)
                known[var] = outside
    elif isinstance(term, AtPlace):
        known[term.var] = max((known[v] for v in variables_of(term.at)), default=0)
    inner: list[tuple[Basic, dict[Var, int]]] = [(arg, known) for arg in term.args]
    if isinstance(term, Apply) and term.head.definition is not None:
        reach = (max((known[v] for v in variables_of(arg)), default=0) for arg in term.arguments)
        inner.append((term.head.definition, dict(zip(term.head.params, reach, strict=True))))
    # Admitted, u − u is 0 and has no variables; its parts, evaluated as written, have some.
    depths_inside = (
        _deepest(a, tuple(at.get(v, outside) for v in variables_of(a)), dim, linear)
        for a, at in inner
    )
    return max([outside, *depths_inside])
