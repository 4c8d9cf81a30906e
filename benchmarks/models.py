"""What the closed forms cost: ``python benchmarks/models.py``.

Marginal velocity and conditional variance against the number of components K, the dimension d
and the number of samples n, as time per n K d (K d^2 with full covariances) relative to the
first row of each table; then the exact method by degree. Growth no worse than linear shows as a
ratio that does not grow.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.losses.exact import ExactCFM
from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    Path,
    PolynomialVelocity,
    Problem,
    TrigPath,
    VelocityTerm,
)


def best_of(function: Callable[[], Any], repeats: int = 3) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def problem(components: int, dim: int, full: bool) -> Problem:
    rng = np.random.default_rng(0)
    means = rng.normal(size=(components, dim))
    if full:
        roots = rng.normal(size=(components, dim, dim))
        data = GaussianMixture(
            np.full(components, 1 / components), means, roots @ roots.transpose(0, 2, 1) / dim
        )
    else:
        data = GaussianMixture.points(means)
    return Problem(data, CondOTPath(), LinearVelocity(np.eye(dim)))


def field_table(title: str, cases: list[tuple[int, int, int]], full: bool) -> None:
    print(
        f"\n{title}\n{'n':>7} {'K':>5} {'d':>4} {'u_t(x) s':>10} {'ratio':>6} {'var s':>10} ratio"
    )
    first: tuple[float, float] | None = None
    for n, components, dim in cases:
        p = problem(components, dim, full)
        t, _, _, x = p.sample_joint(n, np.random.default_rng(1))
        seconds = (
            best_of(lambda p=p, t=t, x=x: p.marginal_velocity(t, x)),
            best_of(lambda p=p, t=t, x=x: p.conditional_variance(t, x)),
        )
        work = n * components * dim * (dim if full else 1)
        unit = (seconds[0] / work, seconds[1] / work)
        first = first or unit
        print(
            f"{n:7} {components:5} {dim:4} {seconds[0]:10.4f} {unit[0] / first[0]:6.2f} "
            f"{seconds[1]:10.4f} {unit[1] / first[1]:5.2f}"
        )


def exact_table() -> None:
    print("\nExact method, K = 30")
    print(f"{'path':>8} {'d':>2} {'degree':>6} {'terms':>5} {'loss s':>8} optimum")
    cases: list[tuple[Path, int, int]] = [
        (CondOTPath(), 1, 4),
        (CondOTPath(), 1, 12),
        (CondOTPath(), 2, 6),
        (CondOTPath(), 3, 4),
        (TrigPath(), 1, 4),
        (TrigPath(), 1, 8),
    ]
    for path, dim, degree in cases:
        rng = np.random.default_rng(0)
        roots = rng.integers(-5, 6, (30, dim, dim))
        data = GaussianMixture(
            [Fraction(1, 30)] * 30,
            rng.integers(-3, 4, (30, dim)),
            roots @ roots.transpose(0, 2, 1),
        )
        powers = [
            p for p in itertools.product(range(degree + 1), repeat=dim + 1) if sum(p) <= degree
        ]
        model = PolynomialVelocity(
            [VelocityTerm([Fraction(1, 7)] * dim, p[0], p[1:]) for p in powers]
        )
        exact = ExactCFM(Problem(data, path, model))
        loss = best_of(exact.loss, 1)
        try:
            optimum = f"{best_of(exact.optimum, 1):.2f} s"
        except InputError as error:
            optimum = str(error)
        print(f"{path.name:>8} {dim:2} {degree:6} {len(powers):5} {loss:8.2f} {optimum}")


if __name__ == "__main__":
    field_table("Points, against K", [(2000, k, 2) for k in (10, 30, 100, 300, 1000)], full=False)
    field_table("Points, against d", [(2000, 30, d) for d in (1, 3, 10, 30, 100)], full=False)
    field_table("Points, against n", [(n, 30, 2) for n in (1000, 10_000, 100_000)], full=False)
    field_table("Full covariances, against K", [(2000, k, 2) for k in (10, 100, 1000)], full=True)
    field_table("Full covariances, against d", [(500, 10, d) for d in (3, 10, 30, 100)], full=True)
    exact_table()
