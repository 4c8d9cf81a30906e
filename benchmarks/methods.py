"""The constant C of a ring of eight Gaussians in two dimensions: time to a reached accuracy.

    python benchmarks/methods.py [--repeats 5] [--limit 20]

Against ``scipy.integrate.cubature``, ``vegas`` (when installed) and plain NumPy Monte Carlo. All
of them are given the integrand with the least variance, p_t(x) tr Cov(u_t(x given Z) given x),
written for this mixture with NumPy; fmproof computes C1 and C2 by its general code.

Two comparisons. "Reached" is the error against the reference value, whatever a method says of
itself; "reported" is what it says, and all that a user knows who has no reference. Of the
settings swept from loose to tight, the first counts from which on all are within the accuracy, so
that a setting that is right by luck does not. The chosen settings then take turns, and the
medians of CPU and wall time are compared. A random method that does not get there within
``--limit`` CPU seconds is extrapolated from how its reported error falls, marked "~"; of another
one the longest time is shown, marked ">".
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

from fmproof.losses import quadrature
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem
from fmproof.models.arrays import FloatArray

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

Run = Callable[[float], tuple[float, float]]  # setting -> value, the error that is reported


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


def by_quadrature(tolerance: float) -> tuple[float, float]:
    found = quadrature.evaluate(RING, ["C"], tolerance)["C"]
    return float(found.value), float(found.error)


def by_cubature(tolerance: float) -> tuple[float, float]:
    found = cubature(
        integrand, *LIMITS, rule="gk21", rtol=tolerance, atol=0, max_subdivisions=100_000
    )
    return float(found.estimate), float(found.error)


def by_vegas(evaluations: float) -> tuple[float, float]:
    import gvar
    import vegas

    gvar.ranseed(1)
    integrator = vegas.Integrator(list(map(list, zip(*LIMITS, strict=True))))
    batched = vegas.lbatchintegrand(integrand)
    integrator(batched, nitn=5, neval=evaluations / 10)
    found = integrator(batched, nitn=10, neval=evaluations / 10)
    return float(found.mean), float(found.sdev)


def by_monte_carlo(samples: float) -> tuple[float, float]:
    rng = np.random.default_rng(1)
    total, squares, left = 0.0, 0.0, int(samples)
    while left:
        n = min(left, 20_000)
        t, eps = rng.random(n), rng.standard_normal((n, 2))
        z = MEANS[rng.integers(8, size=n)] + np.sqrt(VARIANCE) * rng.standard_normal((n, 2))
        x = t[:, None] * z + (1 - t)[:, None] * eps
        points = np.concatenate([t[:, None], x], axis=1)
        terms = integrand(points) / density(points)
        total, squares = total + float(terms.sum()), squares + float(terms @ terms)
        left -= n
    mean = total / samples
    return mean, float(np.sqrt((squares / samples - mean**2) / samples))


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
    random: bool = False


@dataclass(frozen=True)
class Point:
    setting: float
    reached: float
    reported: float
    seconds: float


def methods() -> list[Method]:
    found = [
        Method("fmproof", by_quadrature, [10 ** (-k / 2) for k in range(2, 24)]),
        Method("cubature", by_cubature, [10 ** (-k / 2) for k in range(4, 24)]),
        Method("NumPy", by_monte_carlo, [4.0**k for k in range(6, 12)], True),
    ]
    try:
        import vegas  # noqa: F401
    except ImportError:
        click.echo("vegas is not installed: left out (pip install vegas)")
    else:
        found.append(Method("vegas", by_vegas, [4.0**k for k in range(7, 13)], True))
    return found


def sweep(method: Method, limit: float) -> list[Point]:
    """Errors and CPU times of the settings, until one takes longer than ``limit`` seconds."""
    method.run(method.settings[0])
    points = []
    for setting in method.settings:
        started = process_time()
        value, error = method.run(setting)
        seconds = process_time() - started
        points.append(Point(setting, abs(value / EXACT - 1), abs(error / EXACT), seconds))
        if seconds > limit:
            break
    return points


def first_within(points: list[Point], kind: str, accuracy: float) -> Point | None:
    """The loosest setting from which on all are within ``accuracy``."""
    found = None
    for point in reversed(points):
        if getattr(point, kind) > accuracy:
            break
        found = point
    return found


def extrapolated(points: list[Point], accuracy: float) -> float:
    """CPU seconds to a reported ``accuracy``, by the power law of the last two settings, which is
    at least that of random sampling, error ~ time^-1/2."""
    before, last = points[-2:]
    slope = np.log(last.reported / before.reported) / np.log(last.seconds / before.seconds)
    return float(last.seconds * (accuracy / last.reported) ** (1 / min(slope, -0.5)))


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
        click.echo(f"\n{method.name}: setting, relative error reached and reported, CPU seconds")
        for p in swept[method.name]:
            click.echo(f"  {p.setting:8.2g} {p.reached:8.1e} {p.reported:8.1e} {p.seconds:8.3f}")
    for kind in ("reached", "reported"):
        for accuracy in ACCURACIES:
            compare(chosen, swept, kind, accuracy, repeats)


def compare(
    chosen: list[Method],
    swept: dict[str, list[Point]],
    kind: str,
    accuracy: float,
    repeats: int,
) -> None:
    """Print the times to an accuracy."""
    picked = {m.name: first_within(swept[m.name], kind, accuracy) for m in chosen}
    times: dict[str, list[tuple[float, float]]] = {m.name: [] for m in chosen}
    for turn in range(repeats):
        for method in chosen:
            point = picked[method.name]
            # Slow ones take fewer turns.
            if point is None or (turn and point.seconds * turn > 10):
                continue
            cpu, wall = process_time(), perf_counter()
            method.run(point.setting)
            times[method.name].append((process_time() - cpu, perf_counter() - wall))
    click.echo(f"\nrelative error {accuracy:g} {kind}")
    click.echo(
        f"{'method':<10}{'setting':>10}{'CPU s':>12}{'wall s':>10}{'CPU ratio':>11}{'wall':>8}"
    )
    base = [median(column) for column in zip(*times["fmproof"], strict=True)]
    for method in chosen:
        point = picked[method.name]
        if point is None:
            sign, seconds = ">", swept[method.name][-1].seconds
            if method.random:
                sign, seconds = "~", extrapolated(swept[method.name], accuracy)
            row: list[Any] = [
                "-",
                f"{sign}{seconds:.3g}",
                "-",
                f"{sign}{seconds / base[0]:.3g}",
                "-",
            ]
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
