"""C(t): the conditional variance of the target at single times, whose mean over time is -C."""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem
from fmproof.numerics import expectations
from fmproof.numerics.estimate import Estimate
from fmproof.numerics.quadrature import MAX_DIM
from fmproof.numerics.quantities import Columns
from fmproof.numerics.snapshot import Snapshot

_REACH = 8.0  # standard deviations
_BUDGET = 1e8
_DRAWS = 4096
_SEED = 0


def conditional_variance(problem: Problem, times: FloatArray, tolerance: float = 1e-6) -> Estimate:
    """E tr Cov(u_t(x given Z) given X_t = x) under x ~ p_t, at each of ``times``.

    Args:
        times: (N,), in [0, 1], where the path's derivatives are finite.
        tolerance: of quadrature, relative to E||u_t(x given z)||^2 at that time.

    Returns:
        Values and errors of shape (N,): by quadrature for d <= 3, else means of 4,096 draws of x
        with their standard errors. Where quadrature cannot resolve the mixture the value is NaN.
    """
    by_lattice = problem.dim <= MAX_DIM
    at_time = _by_lattice if by_lattice else _by_draws
    found = np.array([at_time(problem, float(t), tolerance) for t in times])
    return Estimate(found[:, 0], found[:, 1], "quadrature" if by_lattice else "sampling")


def _by_lattice(problem: Problem, t: float, tolerance: float) -> tuple[float, float]:
    at = Snapshot(problem, t)
    moment = float(problem.data.weights @ (problem.data.means**2).sum(axis=1))
    moment += float(problem.data.weights @ (problem.data.scales**2).sum(axis=1))
    scale = at.dalpha**2 * moment + at.dbeta**2 * problem.dim
    found = expectations.marginal(
        at, Columns.marginal(problem, ("floor",)), np.array([tolerance * scale]), _REACH, _BUDGET
    )
    return float(found.value[0]), float(found.error[0])


def _by_draws(problem: Problem, t: float, tolerance: float) -> tuple[float, float]:
    rng = np.random.default_rng(_SEED)  # the same draws at each time: a smooth curve
    z = problem.data.sample(_DRAWS, rng)
    x = problem.interpolate(t, z, rng.standard_normal(z.shape))
    values = problem.conditional_variance(t, x)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(_DRAWS))
