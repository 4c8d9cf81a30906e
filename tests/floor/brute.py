"""The floor by brute force in float64: plain formulas, nothing of the package's engine.

Times are drawn in equal strata, a data point and a noise for each; the posterior by differences.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fmproof.models import Path, TimeLaw

SCHEDULES = {  # alpha, beta, alpha', beta' written once more
    "cond-ot": lambda t: (t, 1 - t, 0 * t + 1, 0 * t - 1),
    "trig": lambda t: (
        np.sin(np.pi * t / 2),
        np.cos(np.pi * t / 2),
        np.pi / 2 * np.cos(np.pi * t / 2),
        -np.pi / 2 * np.sin(np.pi * t / 2),
    ),
    "linear-vp": lambda t: (t, np.sqrt(1 - t * t), 0 * t + 1, -t / np.sqrt(1 - t * t)),
}


class Brute(NamedTuple):
    """Values and errors: the whole, and in equal bins of t. Errors are standard errors."""

    value: float
    error: float
    bins: Any
    bin_errors: Any


def posterior_variance(points: Any, alpha: Any, beta: Any, x: Any, a: Any, b: Any) -> Any:
    """tr Cov(a z + b (x - alpha z) / beta given x), (n,): the target itself, point by point."""
    found = np.empty(len(x))
    for i in range(len(x)):
        residual = x[i] - alpha[i] * points
        logarithm = -0.5 * (residual**2).sum(axis=1) / beta[i] ** 2
        weight = np.exp(logarithm - logarithm.max())
        weight /= weight.sum()
        keep = weight > 1e-25
        target = a[i] * points[keep] + b[i] * residual[keep] / beta[i]
        centred = target - weight[keep] @ target
        found[i] = weight[keep] @ (centred**2).sum(axis=1)
    return found


def brute_force(
    points: Any,
    path: Path,
    time: TimeLaw,
    target: str = "velocity",
    weight: Any = lambda t: 1.0 + 0 * t,
    labels: Any = None,
    samples: int = 20_000,
    bins: int = 5,
    seed: int = 1,
) -> Brute:
    """The floor, its standard error, and both in ``bins`` equal bins of the support."""
    rng = np.random.default_rng(seed)
    points = np.asarray(points, dtype=np.float64)
    low, high = time.support
    # Uniform times, weighted by the density: bins keep their samples under any law.
    t = low + (high - low) * (np.arange(samples) + rng.random(samples)) / samples
    alpha, beta, dalpha, dbeta = SCHEDULES[path.name](t)
    one, zero = np.ones_like(t), np.zeros_like(t)
    a, b = {
        "velocity": (dalpha, dbeta),
        "x1": (one, zero),
        "eps": (zero, one),
        "v": (-beta, alpha),
        "score": (zero, -1 / beta),
    }[target]
    index = rng.integers(len(points), size=samples)
    x = alpha[:, None] * points[index] + beta[:, None] * rng.standard_normal(
        (samples, points.shape[1])
    )
    value = np.empty(samples)
    for label in [None] if labels is None else np.unique(labels):
        at = np.arange(samples) if label is None else np.flatnonzero(labels[index] == label)
        among = points if label is None else points[labels == label]
        value[at] = posterior_variance(among, alpha[at], beta[at], x[at], a[at], b[at])
    law = time.density(t) * weight(t) * (high - low)
    y = (value * law).reshape(bins, -1)
    mass = (time.density(t) * (high - low)).reshape(bins, -1).mean(axis=1)
    # Neighbours in t differ by their noise alone.
    pairs = y.reshape(bins, -1, 2)
    errors = np.sqrt(((pairs[..., 0] - pairs[..., 1]) ** 2 / 2).mean(axis=1) / y.shape[1])
    return Brute(
        float(y.mean()),
        float(np.sqrt((errors**2).sum()) / bins),
        y.mean(axis=1) / mass,
        errors / mass,
    )
