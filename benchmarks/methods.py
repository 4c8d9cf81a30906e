"""The constant C of a ring of eight Gaussians in two dimensions: time to a reached accuracy.

    python benchmarks/methods.py [--repeats 5] [--limit 20]

Against ``scipy.integrate.cubature``, ``vegas`` (when installed) and plain NumPy Monte Carlo. All
of them are given the integrand with the least variance, p_t(x) tr Cov(u_t(x given Z) given x),
written for this mixture with NumPy; fmproof computes C1 and C2 by its general code.

"Reached" is the error against the reference value, not what a method says of itself: of the
settings swept from loose to tight, the first from which on all are within the accuracy. A setting
that is right by luck is so not counted. The chosen settings then take turns, and the medians of
CPU and wall time are compared. What does not get there within ``--limit`` CPU seconds is
extrapolated from how its error falls with its time, and marked "~".
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # so that CPU times compare

import click
import numpy as np
from scipy.integrate import cubature

from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem
from fmproof.models.arrays import FloatArray
from fmproof.numerics import quadrature

ANGLES = np.arange(8) * np.pi / 4
MEANS = 2 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
VARIANCE = 0.09
RING = Problem(
    GaussianMixture([1 / 8] * 8, MEANS, [VARIANCE * np.eye(2)] * 8),
    CondOTPath(),
    LinearVelocity([[[0.3, -0.2], [0.1, 0.4]]], [[0.1, -0.1]]),
)
# Two grids of Gauss-Legendre in t times the trapezoid rule in x agree on this to 1e-14.
EXACT = -4.09777139926911
LIMITS = [0.0, -6.5, -6.5], [1.0, 6.5, 6.5]  # 15 standard deviations in x at t = 1, 6.5 at t = 0
ACCURACIES = (1e-6, 1e-9)

Run = Callable[[float], float]


def integrand(points: FloatArray) -> FloatArray:
    """-p_t(x) tr Cov(u_t(x given Z) given X_t = x) at rows (t, x), for isotropic components."""
    t, x = points[:, :1], points[:, 1:]
    noise = 1 - t
    v = t**2 * VARIANCE + noise**2
    off = x[:, None] - t[:, None] * MEANS  # (n, K, 2)
    terms = np.exp(-0.5 * np.einsum("nki,nki->nk", off, off) / v) / (16 * np.pi * v)
    density = terms.sum(axis=1)
    drift = MEANS + ((t * VARIANCE - noise) / v)[:, None] * off
    u = np.einsum("nk,nki->ni", terms, drift)
    second = np.einsum("nk,nki,nki->n", terms, drift, drift)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = second - np.where(density > 0, (u**2).sum(axis=1) / density, 0.0)
    return -(between + density * (2 * VARIANCE / v[:, 0]))


def by_quadrature(tolerance: float) -> float:
    return float(quadrature.evaluate(RING, ["C"], tolerance)["C"].value)


def by_cubature(tolerance: float) -> float:
    found = cubature(
        integrand, *LIMITS, rule="gk21", rtol=tolerance, atol=0, max_subdivisions=100_000
    )
    return float(found.estimate)


def by_vegas(evaluations: float) -> float:
    import gvar
    import vegas

    gvar.ranseed(1)
    integrator = vegas.Integrator(list(map(list, zip(*LIMITS, strict=True))))
    batched = vegas.lbatchintegrand(integrand)
    integrator(batched, nitn=5, neval=evaluations / 10)
    return float(integrator(batched, nitn=10, neval=evaluations / 10).mean)


def by_monte_carlo(samples: float) -> float:
    rng = np.random.default_rng(1)
    total, left = 0.0, int(samples)
    while left:
        n = min(left, 20_000)
        t, eps = rng.random(n), rng.standard_normal((n, 2))
        z = MEANS[rng.integers(8, size=n)] + np.sqrt(VARIANCE) * rng.standard_normal((n, 2))
        x = t[:, None] * z + (1 - t)[:, None] * eps
        points = np.concatenate([t[:, None], x], axis=1)
        total += float((integrand(points) / density(points)).sum())
        left -= n
    return total / int(samples)


def density(points: FloatArray) -> FloatArray:
    """p_t(x) at rows (t, x)."""
    t, x = points[:, :1], points[:, 1:]
    v = t**2 * VARIANCE + (1 - t) ** 2
    off = x[:, None] - t[:, None] * MEANS
    terms = np.exp(-0.5 * np.einsum("nki,nki->nk", off, off) / v) / (16 * np.pi * v)
    return np.asarray(terms.sum(axis=1))


@dataclass(frozen=True)
class Method:
    """A method with its settings, from loose to tight."""

    name: str
    run: Run
    settings: Sequence[float]


@dataclass(frozen=True)
class Point:
    setting: float
    error: float
    seconds: float


def methods() -> list[Method]:
    found = [
        Method("fmproof", by_quadrature, [10 ** (-k / 2) for k in range(2, 24)]),
        Method("cubature", by_cubature, [10 ** (-k / 2) for k in range(4, 24)]),
        Method("NumPy", by_monte_carlo, [4.0**k for k in range(6, 14)]),
    ]
    try:
        import vegas  # noqa: F401
    except ImportError:
        click.echo("vegas is not installed: left out (pip install vegas)")
    else:
        found.append(Method("vegas", by_vegas, [4.0**k for k in range(7, 14)]))
    return found


def sweep(method: Method, limit: float) -> list[Point]:
    """Errors and CPU times of the settings, until one takes longer than ``limit`` seconds."""
    method.run(method.settings[0])
    points = []
    for setting in method.settings:
        started = process_time()
        value = method.run(setting)
        seconds = process_time() - started
        points.append(Point(setting, abs(value / EXACT - 1), seconds))
        if seconds > limit:
            break
    return points


def first_within(points: list[Point], accuracy: float) -> Point | None:
    """The loosest setting from which on all are within ``accuracy``."""
    found = None
    for point in reversed(points):
        if point.error > accuracy:
            break
        found = point
    return found


def extrapolated(points: list[Point], accuracy: float) -> float:
    """CPU seconds to ``accuracy`` by the fitted power law, which is at least that of random
    sampling, error ~ time^-1/2; its constant is the root mean square over the settings."""
    used = [p for p in points if p.seconds > 0.02] or points
    time, error = (np.log([getattr(p, n) for p in used]) for n in ("seconds", "error"))
    slope = min(float(np.polyfit(time, error, 1)[0]), -0.5) if len(used) > 2 else -0.5
    level = 0.5 * np.log(np.mean(np.exp(2 * (error - slope * time))))
    return float(np.exp((np.log(accuracy) - level) / slope))


@click.command()
@click.option("--repeats", default=5, show_default=True, help="Timed turns of each setting.")
@click.option("--limit", default=20.0, show_default=True, help="CPU seconds for one setting.")
def main(repeats: int, limit: float) -> None:
    """Time to a reached accuracy, by several methods."""
    warnings.simplefilter("ignore")
    chosen = methods()
    swept = {}
    for method in chosen:
        swept[method.name] = sweep(method, limit)
        click.echo(f"\n{method.name}: setting, relative error reached, CPU seconds")
        for point in swept[method.name]:
            click.echo(f"  {point.setting:10.3g} {point.error:10.1e} {point.seconds:9.3f}")
    for accuracy in ACCURACIES:
        compare(chosen, swept, accuracy, repeats)


def compare(
    chosen: list[Method], swept: dict[str, list[Point]], accuracy: float, repeats: int
) -> None:
    picked = {m.name: first_within(swept[m.name], accuracy) for m in chosen}
    times: dict[str, list[tuple[float, float]]] = {m.name: [] for m in chosen}
    for turn in range(repeats):
        for method in chosen:
            point = picked[method.name]
            # Slow ones take fewer turns.
            if point is None or (turn and point.seconds * turn > 20):
                continue
            cpu, wall = process_time(), perf_counter()
            method.run(point.setting)
            times[method.name].append((process_time() - cpu, perf_counter() - wall))
    click.echo(f"\nrelative error {accuracy:g} reached")
    click.echo(
        f"{'method':<10}{'setting':>10}{'CPU s':>12}{'wall s':>10}{'CPU ratio':>11}{'wall':>8}"
    )
    base = [median(column) for column in zip(*times["fmproof"], strict=True)]
    for method in chosen:
        point = picked[method.name]
        if point is None:
            seconds = extrapolated(swept[method.name], accuracy)
            row: list[Any] = ["-", f"~{seconds:.3g}", "-", f"~{seconds / base[0]:.3g}", "-"]
        else:
            cpu, wall = (median(column) for column in zip(*times[method.name], strict=True))
            row = [
                f"{point.setting:.2g}",
                f"{cpu:.4f}",
                f"{wall:.4f}",
                f"{cpu / base[0]:.1f}",
                f"{wall / base[1]:.1f}",
            ]
        setting, cpu_text, wall_text, ratio, wall_ratio = row
        click.echo(
            f"{method.name:<10}{setting:>10}{cpu_text:>12}{wall_text:>10}{ratio:>11}{wall_ratio:>8}"
        )


if __name__ == "__main__":
    main()
