"""Models that several test files share."""

from __future__ import annotations

import numpy as np

from fmproof.models import (
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LinearVPPath,
    Path,
    PolynomialPath,
    Problem,
    TimeLaw,
    TrigPath,
    VPPath,
)

PATHS: list[Path] = [
    CondOTPath(),
    TrigPath(),
    PolynomialPath(3),
    PolynomialPath(0.75),
    LinearVPPath(),
    VPPath(),
    VPPath(0, 20),
    CustomPath("t^2 (3 - 2 t)".replace(" (", "*(").replace("2 t", "2*t"), "1 - sin(pi*t/2)^2"),
]

MIDDLE = TimeLaw.uniform(0.001, 0.999)
"""A time law on which every path satisfies H2."""


def random_mixture(rng: np.random.Generator, components: int, dim: int) -> GaussianMixture:
    """Full covariances of moderate condition."""
    roots = rng.normal(size=(components, dim, dim)) + np.eye(dim)
    return GaussianMixture(
        rng.dirichlet(np.ones(components)),
        2 * rng.normal(size=(components, dim)),
        roots @ roots.transpose(0, 2, 1) / dim + 0.05 * np.eye(dim),
    )


def problem(data: GaussianMixture, path: Path) -> Problem:
    return Problem(data, path, LinearVelocity(np.eye(data.dim)), MIDDLE)
