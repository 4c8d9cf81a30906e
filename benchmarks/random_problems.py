"""Random problems for the coverage tables: mixtures, paths, time laws, polynomial models."""

from __future__ import annotations

import numpy as np

from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LinearVPPath,
    LogitNormalTime,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    VelocityTerm,
    VPPath,
)
from fmproof.models.paths import Path


def random_problem(rng: np.random.Generator, dim: int) -> Problem:
    """A problem with 1 to 6 components whose scales range over three orders of magnitude."""
    path, time = _path_and_time(rng)
    return Problem(_mixture(rng, dim), path, _model(rng, dim), time)


def _mixture(rng: np.random.Generator, dim: int) -> GaussianMixture:
    components = int(rng.integers(1, 7))
    weights = rng.dirichlet(np.full(components, 10 ** rng.uniform(-0.5, 1)))
    means = rng.normal(size=(components, dim)) * 10 ** rng.uniform(-1, 1)
    if rng.random() < 0.2:
        return GaussianMixture.points(means, weights / weights.sum())
    common = 10 ** rng.uniform(-1.5, 0.3)
    spread = rng.choice([0.0, 0.3, 1.0])  # of the logarithm of the standard deviations
    scales = common * 10 ** (spread * rng.normal(size=(components, dim)).clip(-2, 2))
    if rng.random() < 0.3:
        scales[:] = scales[:, :1]
    bases = np.linalg.qr(rng.normal(size=(components, dim, dim)))[0]
    if rng.random() < 0.3:
        bases[:] = np.eye(dim)
    covariances = np.einsum("kij,kj,klj->kil", bases, scales**2, bases)
    covariances = 0.5 * (covariances + covariances.transpose(0, 2, 1))
    return GaussianMixture(weights / weights.sum(), means, covariances)


def _path_and_time(rng: np.random.Generator) -> tuple[Path, TimeLaw]:
    paths: list[Path] = [
        CondOTPath(),
        CondOTPath(),
        TrigPath(),
        PolynomialPath(int(rng.integers(2, 5))),
        LinearVPPath(),
        VPPath(),
    ]
    path = paths[rng.integers(len(paths))]
    if isinstance(path, LinearVPPath | VPPath):
        return path, TimeLaw.uniform(0, 1 - 10 ** rng.uniform(-4, -1))
    law = rng.integers(3)
    if law == 0:
        low, high = np.sort(rng.random(2))
        return path, TimeLaw.uniform(low, high)
    if law == 1:
        return path, LogitNormalTime(rng.normal(), 10 ** rng.uniform(-0.5, 0.3))
    return path, TimeLaw.uniform()


def _model(rng: np.random.Generator, dim: int) -> PolynomialVelocity:
    degree = int(rng.choice([0, 1, 1, 1, 2, 3, 5, 9]))
    terms = []
    for _ in range(int(rng.integers(1, 6))):
        powers = rng.multinomial(rng.integers(degree + 1), np.full(dim, 1 / dim))
        coef = rng.normal(size=dim) / 2.0 ** powers.sum()
        terms.append(VelocityTerm(coef, int(rng.integers(3)), powers.tolist()))
    return PolynomialVelocity(terms)
