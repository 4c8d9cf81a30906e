"""Integrals over many coordinates: randomised quasi-Monte Carlo.

The variables of one integral are drawn together, from Sobol points with independent scramblings
(Owen, "Scrambled net variance for integrals of smooth functions", 1997), through the Gaussian
mixture envelope of the integrand's densities. An integral inside another has points of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from sympy import Basic, Expr

from fmproof.errors import InputError
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import Apply, CondExpect, IntegralOver, Var
from fmproof.lang.nodes.measure import OverMeasure
from fmproof.meaning.conditional import quotient
from fmproof.meaning.envelope import Spread
from fmproof.meaning.environment import OverBudget
from fmproof.meaning.evaluator import Evaluator
from fmproof.meaning.interpretation import LATENT_POINTS, AnyArray, Interpretation, dot
from fmproof.meaning.nodes import PlacedNodes, TooLarge
from fmproof.meaning.reading import ROUND_OFF, MeasuredValues

REPLICATES = 8
_QUANTILE = 5.408  # of |t| with 7 degrees of freedom at 99.9 %
_FIRST = 2**9
_FIRST_INNER = 2**6
_MAX_COLUMNS = 20_000
_MAX_ARRAY = 2**22


class Sobol:
    """Scrambled Sobol points as nodes: one axis for all variables of an integral.

    Args:
        outer: points of an outermost integral, a power of two.
        inner: points of an integral inside another, a power of two.
        columns: coordinates to prepare for an axis.
        seed: of the scramblings.
    """

    joint: ClassVar[bool] = True

    def __init__(self, outer: int, inner: int, columns: int, seed: Sequence[int]) -> None:
        self._sizes = outer, inner
        self._columns = columns
        self._seed = seed
        self._points: dict[int, AnyArray] = {}
        self._used: dict[int, int] = {}

    def interval(self, low: AnyArray, high: AnyArray, ndim: int, along: bool) -> PlacedNodes:
        u = self._take(1, ndim, along)
        return PlacedNodes(low + (high - low) * u, (high - low) * self._share(u, along))

    def latent(self, ndim: int, along: bool) -> PlacedNodes:
        u = self._take(1, ndim, along)
        count = len(LATENT_POINTS)
        return PlacedNodes(LATENT_POINTS[(u * count).astype(int)], count * self._share(u, along))

    def choice(self, count: int, ndim: int, along: bool) -> PlacedNodes:
        u = self._take(1, ndim, along)
        return PlacedNodes((u * count).astype(int), count * self._share(u, along))

    def space(self, spreads: Sequence[Spread], ndim: int, along: bool) -> PlacedNodes:
        from scipy.special import ndtri

        spreads = [part for spread in spreads for part in _split(spread, ndim)]
        size = spreads[0].mean.shape[-1]
        u = self._take(size + 1, ndim, along)
        normal = ndtri(u[..., 1:])
        top = spreads[0].log_mass
        for spread in spreads[1:]:
            top = np.maximum(top, spread.log_mass)
        masses = [np.exp(spread.log_mass - top) for spread in spreads]
        total = np.sum(np.broadcast_arrays(*masses), axis=0)
        points: AnyArray = np.zeros((1, 1))
        below: AnyArray = np.zeros((1, 1))
        for k, (spread, mass) in enumerate(zip(spreads, masses, strict=True)):
            share = mass / total if k < len(spreads) - 1 else np.ones((1, 1))
            factor = np.linalg.cholesky(spread.covariance)
            drawn = spread.mean + np.einsum("...ij,...j->...i", factor, normal)
            chosen = (u[..., :1] >= below) & (u[..., :1] < below + share)
            points = points + np.where(chosen, drawn, 0.0)
            below = below + share
        density: AnyArray = np.zeros((1, 1))
        for spread, mass in zip(spreads, masses, strict=True):
            density = density + mass / total * _density(spread, points)
        return PlacedNodes(points, self._share(u, along) / density)

    def _share(self, u: AnyArray, along: bool) -> AnyArray:
        """The weight of one point, which the first variable of an axis carries."""
        return np.full((len(u), *[1] * (u.ndim - 1)), 1.0 if along else 1 / len(u))

    def _take(self, count: int, ndim: int, along: bool) -> AnyArray:
        """The next coordinates of the points of an axis, (n, 1, ..., count)."""
        axis = ndim - 1 if along else ndim
        start = self._used.get(axis, 0) if along else 0
        self._used[axis] = start + count
        if axis not in self._points:
            self._points[axis] = self._sobol(axis)
        columns = self._points[axis][:, start : start + count]
        return np.asarray(columns.reshape(len(columns), *[1] * (axis - 1), count))

    def _sobol(self, axis: int) -> AnyArray:
        from scipy.stats import qmc

        outer, inner = self._sizes
        rng = np.random.default_rng([*self._seed, axis])
        engine = qmc.Sobol(self._columns, scramble=True, rng=rng)
        u = engine.random(outer if axis == 2 else inner)
        return np.asarray(np.clip(u, 1e-16, 1 - 1e-16))


def _split(spread: Spread, ndim: int) -> list[Spread]:
    """The spread with axes beyond ``ndim``, which an inner variable has, as components."""
    mean, covariance, log_mass = spread
    extra = max(mean.ndim, covariance.ndim - 1, log_mass.ndim)
    if extra <= ndim:
        return [spread]
    parts = ((mean, 0), (covariance, 1), (log_mass, 0))
    count = max(len(array) for array, more in parts if array.ndim - more == extra)

    def at(array: AnyArray, more: int, i: int) -> AnyArray:
        if array.ndim - more < extra:
            return array
        return np.asarray(array[i if len(array) > 1 else 0])

    pieces = [
        Spread(at(mean, 0, i), at(covariance, 1, i), at(log_mass, 0, i)) for i in range(count)
    ]
    return [part for piece in pieces for part in _split(piece, ndim)]


def _density(spread: Spread, points: AnyArray) -> AnyArray:
    centred = points - spread.mean
    factor = np.linalg.cholesky(spread.covariance)
    white = np.einsum("...ij,...j->...i", np.linalg.inv(factor), centred)
    log_det = np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1, keepdims=True)
    half = 0.5 * points.shape[-1] * math.log(2 * math.pi)
    return np.asarray(np.exp(-0.5 * dot(white, white) - log_det - half))


def by_sampling(
    term: Expr,
    interpretation: Interpretation,
    values: Mapping[Var, AnyArray],
    tolerance: float,
    budget: float,
    seed: int,
) -> tuple[MeasuredValues, float]:
    """The mean over independent replicates; the error is a 99.9 % confidence bound.

    Where integrals are nested, the inner ones make the mean biased by about the inverse of their
    number of points; the change when that is halved is added to the error.
    """
    columns = _columns(term, interpretation)
    if columns > _MAX_COLUMNS:
        raise InputError(f"the term has {columns} coordinates, more than can be sampled")
    nested = _depth(term) > 1
    outer, inner, spent = _FIRST, _FIRST_INNER, 0.0
    reading: MeasuredValues | None = None
    while True:
        try:
            found, cost = _round(
                term, interpretation, values, outer, inner, columns, seed, budget - spent, nested
            )
        except (TooLarge, OverBudget):
            if reading is None:
                raise InputError("the term needs more evaluations than budget allows") from None
            return reading, spent
        reading, spent = found, spent + cost
        if (found.error <= tolerance * found.magnitude).all() or spent + 8 * cost > budget:
            return reading, spent
        outer, inner = 4 * outer, 2 * inner


def _round(
    term: Expr,
    interpretation: Interpretation,
    values: Mapping[Var, AnyArray],
    outer: int,
    inner: int,
    columns: int,
    seed: int,
    budget: float,
    nested: bool,
) -> tuple[MeasuredValues, float]:
    spent = 0.0

    def sample(points: int, replicate: int) -> Evaluator:
        nodes = Sobol(outer, points, columns, (seed, replicate))
        return Evaluator(interpretation, nodes, values, _MAX_ARRAY, budget - spent)

    means, halves = [], []
    magnitude: AnyArray = np.zeros((1, 1))
    for replicate in range(REPLICATES):
        evaluator = sample(inner, replicate)
        means.append(evaluator.value_of(term))
        if replicate == 0:
            magnitude = evaluator.magnitude_of(term)
        spent += evaluator.evaluations
        if nested:
            evaluator = sample(inner // 2, replicate)
            halves.append(evaluator.value_of(term))
            spent += evaluator.evaluations
    with np.errstate(all="ignore"):
        mean = np.mean(means, axis=0)
        error = _QUANTILE * np.std(means, axis=0, ddof=1) / math.sqrt(REPLICATES)
        if nested:
            error = error + np.abs(mean - np.mean(halves, axis=0))
        error = error + ROUND_OFF * magnitude
    return MeasuredValues.of(mean, error, magnitude), spent


def _columns(term: Basic, interpretation: Interpretation) -> int:
    """Coordinates of all nested integrals, and one for each variable to choose a component."""
    if isinstance(term, CondExpect):
        found = quotient(
            term, interpretation.dim, frozenset(interpretation.points), interpretation.linear
        )
        return _columns(found.above, interpretation) if found else 0
    inside = max((_columns(arg, interpretation) for arg in term.args), default=0)
    if isinstance(term, Apply) and term.head.definition is not None:
        inside = max(inside, _columns(term.head.definition, interpretation))
    drawn = bound_vars(term) if isinstance(term, OverMeasure) else ()
    return inside + sum(interpretation.size(var.sort) + 1 for var in drawn)


def _depth(term: Basic) -> int:
    """How many integrals are nested, counting integrals of integrals as one."""
    inside = max((_depth(arg) for arg in term.args), default=0)
    if isinstance(term, Apply) and term.head.definition is not None:
        inside = max(inside, _depth(term.head.definition))
    direct = isinstance(term, IntegralOver) and isinstance(term.body, IntegralOver)
    return inside + (1 if isinstance(term, OverMeasure) and not direct else 0)
