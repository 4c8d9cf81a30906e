"""C(t): the conditional variance of the target at single times, whose mean over time is -C."""

from __future__ import annotations

import numpy as np

from fmproof.losses import expectations
from fmproof.losses.estimate import Estimate
from fmproof.losses.lattice import Budget
from fmproof.losses.quadrature import MAX_DIM
from fmproof.losses.quantities import Columns
from fmproof.losses.slices import Slices
from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem

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
    if problem.dim <= MAX_DIM:
        return _by_lattice(problem, times, tolerance)
    return _by_draws(problem, times)


def _by_lattice(problem: Problem, times: FloatArray, tolerance: float) -> Estimate:
    at, columns = Slices(problem, times), Columns.marginal(problem, ("floor",))
    found = expectations.marginal(
        at, columns, tolerance * at.square[:, None], _REACH, Budget(_BUDGET * len(times))
    )
    return Estimate(found.value[:, 0], found.error[:, 0], "quadrature")


def _by_draws(problem: Problem, times: FloatArray) -> Estimate:
    rng = np.random.default_rng(_SEED)  # the same draws at each time: a smooth curve
    z = problem.data.sample(_DRAWS, rng)
    noise = rng.standard_normal(z.shape)
    values = np.stack(
        [
            problem.conditional_variance(t, problem.interpolate(t, z, noise))
            for t in map(float, times)
        ]
    )
    return Estimate(values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(_DRAWS), "sampling")
