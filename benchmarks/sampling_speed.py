"""Samples per second beside a NumPy Monte Carlo of the same quantities, in float32.

The other program draws t, a point and noise, and averages what L_FM, L_CFM, C1, C2 and the floor
are the means of, for points on the path alpha = t: twenty lines, by products of matrices, of the
batch size that suits it best. It keeps away from t = 1, where float32 would lose its digits, takes
the law's own draws, and knows no error. fmproof draws Sobol points in float64 and has intervals.

    OPENBLAS_NUM_THREADS=1 python benchmarks/sampling_speed.py
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np

from fmproof.losses.sampling import Sampling
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem

_TURNS, _BATCHES = 5, (1024, 8192)
_WARM = 1024  # points of each replicate before the clock starts
_SAMPLES = 16_384


def problem(components: int, dim: int) -> Problem:
    """Points with a linear model."""
    points = np.random.default_rng(0).standard_normal((components, dim))
    return Problem(GaussianMixture.points(points), CondOTPath(), LinearVelocity(0.3 * np.eye(dim)))


def monte_carlo(points: Any, squares: Any, model: Any, count: int, rng: Any) -> Any:
    """Means of what L_FM, L_CFM, C1, C2 and the floor are the means of, over ``count`` draws."""
    t = np.minimum(rng.random((count, 1), np.float32), np.float32(0.9999))
    z = points[rng.integers(len(points), size=count)]
    noise = rng.standard_normal(z.shape, np.float32)
    beta = 1 - t
    x = t * z + beta * noise
    terms = (x * (t / beta**2)) @ points.T
    terms -= t**2 / (2 * beta**2) * squares
    terms -= terms.max(axis=1, keepdims=True)
    np.exp(terms, out=terms)
    mass = terms.sum(axis=1, keepdims=True)
    centre, second = terms @ points / mass, (terms @ squares) / mass[:, 0]
    field, target, said = (centre - x) / beta, z - noise, x @ model.T
    spread = (second - (centre**2).sum(axis=1)) / beta[:, 0] ** 2
    vectors = (said - field, said - target, field, target)
    return [*((vector**2).sum(axis=1).mean() for vector in vectors), spread.mean()]


def theirs(components: int, dim: int) -> Callable[[], float]:
    """A turn of Monte Carlo: seconds for a sample, with the better of the batch sizes."""
    points = problem(components, dim).data.means.astype(np.float32)
    squares, model = (points**2).sum(axis=1), np.float32(0.3) * np.eye(dim, dtype=np.float32)
    rng = np.random.default_rng(0)

    def turn() -> float:
        found = []
        for size in _BATCHES:
            start = process_time()
            for _ in range(_SAMPLES // size):
                monte_carlo(points, squares, model, size, rng)
            found.append((process_time() - start) / _SAMPLES)
        return min(found)

    return turn


def ours(components: int, dim: int) -> Callable[[], float]:
    """A turn of fmproof's sampling: seconds for a sample."""
    sampling = Sampling(problem(components, dim), ("fm", "cfm", "C1", "C2", "C", "floor"))
    run = iter(sampling)
    while sampling.state.points < _WARM:
        next(run)

    def turn() -> float:
        start, before = process_time(), sampling.state.points
        next(run)
        next(run)
        drawn = (sampling.state.points - before) * sampling.state.replicates
        return (process_time() - start) / drawn

    return turn


def main() -> None:
    """Print microseconds of processor time for a sample, the best of turns, and their ratio."""
    print(f"{'K':>6}{'d':>5}{'fmproof':>10}{'NumPy':>10}{'ratio':>8}")
    for components in (8, 100, 1000):
        for dim in (2, 8, 64):
            runs = ours(components, dim), theirs(components, dim)
            turns = [[run() for run in runs] for _ in range(_TURNS)]
            best = [1e6 * min(times) for times in zip(*turns, strict=True)]
            print(f"{components:>6}{dim:>5}{best[0]:>9.2f}µ{best[1]:>9.2f}µ"
                  f"{best[0] / best[1]:>8.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
