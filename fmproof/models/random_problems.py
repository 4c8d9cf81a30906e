"""Random problems on which derivations are checked, and simpler versions of a problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from fmproof.models.mixture import GaussianMixture
from fmproof.models.paths import CondOTPath, Path, PolynomialPath, TrigPath
from fmproof.models.problem import Problem
from fmproof.models.velocity import PolynomialVelocity, VelocityTerm

PATHS: tuple[Path, ...] = (CondOTPath(), PolynomialPath(2), TrigPath())


def random_problem(dim: int, rng: np.random.Generator) -> Problem:
    """Numbers with one decimal; at most two components that overlap, so that grids stay small.

    The model is c + A x + b t with all entries of A and b drawn.
    """
    count = int(rng.integers(1, 3))
    tenths = [int(n) for n in rng.integers(3, 8, size=count - 1)]
    weights = [Fraction(n, 10) for n in tenths]
    weights.append(1 - sum(weights, Fraction(0)))
    means = _decimals(rng, -12, 12, (count, dim))
    covariances = [_covariance(dim, rng) for _ in range(count)]
    return Problem(
        data=GaussianMixture(weights, means, covariances),
        path=PATHS[int(rng.integers(len(PATHS)))],
        model=_model(dim, rng),
    )


def _model(dim: int, rng: np.random.Generator) -> PolynomialVelocity:
    eye = np.eye(dim, dtype=int).tolist()
    powers = [(0, [0] * dim), (1, [0] * dim), *((0, row) for row in eye)]
    coefs = _decimals(rng, -9, 9, (len(powers), dim))
    return PolynomialVelocity(
        [VelocityTerm(c, t, x) for c, (t, x) in zip(coefs, powers, strict=True)]
    )


def _covariance(dim: int, rng: np.random.Generator) -> list[list[Fraction]]:
    """Between 0.4 and 1 on the diagonal, and diagonally dominant."""
    diagonal = [Fraction(int(n), 10) for n in rng.integers(5, 11, size=dim)]
    matrix = [[Fraction(0)] * dim for _ in range(dim)]
    for i in range(dim):
        matrix[i][i] = diagonal[i]
        for j in range(i):
            matrix[i][j] = matrix[j][i] = Fraction(int(rng.integers(-2, 3)), 10 * max(dim - 1, 1))
    return matrix


def _decimals(
    rng: np.random.Generator, low: int, high: int, shape: tuple[int, int]
) -> list[list[Fraction]]:
    numbers = rng.integers(low, high, size=shape, endpoint=True)
    return [[Fraction(int(n), 10) for n in row] for row in numbers]


def simpler(problem: Problem) -> Iterator[Problem]:
    """Problems that differ from ``problem`` by one simplification, the boldest first."""
    data, model, dim = problem.data, problem.model, problem.dim
    if problem.path != PATHS[0]:
        yield replace(problem, path=PATHS[0])
    weights, means, covariances = (part.tolist() for part in data.exact())
    one = [[Fraction(int(i == j)) for j in range(dim)] for i in range(dim)]
    if data.components > 1:
        for k in range(data.components):
            yield replace(problem, data=GaussianMixture([1], [means[k]], [covariances[k]]))
        equal = [Fraction(1, data.components)] * data.components
        if weights != equal:
            yield replace(problem, data=GaussianMixture(equal, means, covariances))
    for k in range(data.components):
        for mean in _simpler_rows(means[k]):
            changed = [*means[:k], mean, *means[k + 1 :]]
            yield replace(problem, data=GaussianMixture(weights, changed, covariances))
        if covariances[k] != one:
            changed = [*covariances[:k], one, *covariances[k + 1 :]]
            yield replace(problem, data=GaussianMixture(weights, means, changed))
    if isinstance(model, PolynomialVelocity):
        yield from (replace(problem, model=m) for m in _simpler_models(model))


def _simpler_models(model: PolynomialVelocity) -> Iterator[PolynomialVelocity]:
    coefs = model.exact().tolist()
    terms = [
        VelocityTerm(c, int(t), x)
        for c, t, x in zip(coefs, model.t_powers, model.x_powers.tolist(), strict=True)
    ]
    if len(terms) > 1:
        for a in range(len(terms)):
            yield PolynomialVelocity([*terms[:a], *terms[a + 1 :]])
    for a, term in enumerate(terms):
        for coef in _simpler_rows(term.coef):
            yield PolynomialVelocity([*terms[:a], term._replace(coef=coef), *terms[a + 1 :]])


def _simpler_rows(row: list[Fraction]) -> Iterator[list[Fraction]]:
    """The same numbers, one at a time, as 0, 1 or the nearest integer."""
    for i, number in enumerate(row):
        for candidate in dict.fromkeys((Fraction(0), Fraction(1), Fraction(round(number)))):
            if _complexity(candidate) < _complexity(number):
                yield [*row[:i], candidate, *row[i + 1 :]]


def _complexity(number: Fraction) -> tuple[int, int, bool]:
    return number.denominator, abs(number.numerator), number < 0
