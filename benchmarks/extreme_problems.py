"""Problems chosen to break a quadrature: a right answer or an honest infinite error, no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LinearVPPath,
    LogitNormalTime,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    VelocityTerm,
    VPPath,
)
from fmproof.models.paths import Path

LINEAR = [VelocityTerm([0.5], 0, [1]), VelocityTerm([-0.2], 1, [0]), VelocityTerm([0.1], 0, [0])]


def _problem(
    means: list[float],
    stds: list[float],
    path: Path | None = None,
    time: TimeLaw | None = None,
    terms: list[Any] = LINEAR,
    weights: list[float] | None = None,
) -> Problem:
    count = len(means)
    data = GaussianMixture(
        weights or [1 / count] * count, [[m] for m in means], [[[s * s]] for s in stds]
    )
    return Problem(data, path or CondOTPath(), PolynomialVelocity(terms), time or TimeLaw.uniform())


def _degree(n: int) -> list[VelocityTerm]:
    return [
        VelocityTerm([0.3], 0, [n]),
        VelocityTerm([-0.4], 2, [n - 1]),
        VelocityTerm([1.0], 0, [0]),
    ]


EXTREME: dict[str, Callable[[], Problem]] = {
    "degree-12": lambda: _problem([-2, 1.5], [0.5, 0.7], terms=_degree(12)),
    "degree-12-cancelling": lambda: _problem(
        [-2, 1.5],
        [0.5, 0.7],
        terms=[
            VelocityTerm([1.0], 0, [12]),
            VelocityTerm([-1.0], 0, [11]),
            VelocityTerm([1e4], 0, [1]),
        ],
    ),
    "std-1e-6-and-1e6": lambda: _problem([0, 1], [1e-6, 1e6]),
    "std-1e-6-and-1e6-degree-12": lambda: _problem([0, 1], [1e-6, 1e6], terms=_degree(12)),
    "std-1e-6-and-1e6-trig": lambda: _problem([0, 1], [1e-6, 1e6], path=TrigPath()),
    "rare-narrow": lambda: _problem([0, 3], [1, 1e-4], weights=[1 - 1e-6, 1e-6]),
    "point": lambda: _problem([0.7], [0]),
    "points": lambda: _problem([-1, 0.2, 2], [0, 0, 0]),
    "points-near-one": lambda: _problem([-1, 2], [0, 0], time=TimeLaw.uniform(0.999, 1)),
    "nearly-coincident-points": lambda: _problem([0, 1e-5], [0, 0]),
    "nearly-coincident": lambda: _problem([0, 1e-9], [0.5, 0.5]),
    "nearly-coincident-narrow": lambda: _problem([0, 1e-3], [1e-4, 1e-4]),
    "logit-normal-wide": lambda: _problem([-2, 1.5], [0.5, 0.7], time=LogitNormalTime(0, 8)),
    "logit-normal-late": lambda: _problem([-2, 1.5], [0.01, 0.7], time=LogitNormalTime(6, 2)),
    "logit-normal-narrow": lambda: _problem([-2, 1.5], [0.5, 0.7], time=LogitNormalTime(0, 1e-3)),
    "linear-vp-late": lambda: _problem(
        [-2, 1.5], [0.5, 0.7], LinearVPPath(), TimeLaw.uniform(0, 1 - 1e-6)
    ),
    "linear-vp-late-narrow": lambda: _problem(
        [-2, 1.5], [1e-3, 0.7], LinearVPPath(), TimeLaw.uniform(0, 1 - 1e-6)
    ),
    "linear-vp-late-points": lambda: _problem(
        [-2, 1.5], [0, 0], LinearVPPath(), TimeLaw.uniform(0, 1 - 1e-6)
    ),
    "vp-late": lambda: _problem([-2, 1.5], [0.05, 0.7], VPPath(), TimeLaw.uniform(0, 1 - 1e-6)),
    "far-apart": lambda: _problem([-1e5, 1e5], [1, 1e-2]),
}
