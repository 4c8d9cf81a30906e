"""The constant C of a ring of eight Gaussians in two dimensions: time to a reached accuracy.

    python benchmarks/methods.py [--repeats 5] [--limit 20]

Against ``scipy.integrate.cubature`` by each of its rules, a grid of Gauss-Legendre times trapezoid
rules, ``vegas`` (when installed), and Monte Carlo in NumPy and in PyTorch (when installed). All of
them are given the integrand with the least variance, p_t(x) tr Cov(u_t(x given Z) given x), written
for this mixture by products of matrices. Those that integrate over a box get x in units of the
width at t, so that the box is as tight at every time; the grid is given the numbers of nodes with
which it gets there, which one does not know beforehand. fmproof is given the problem, and computes
C1 and C2 by its general code.

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
from importlib.util import find_spec
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
REACH = 6.5  # standard deviations of a component: 1e-10 of its mass is beyond in x
BOX = [0.0, -1.0, -1.0], [1.0, 1.0, 1.0]  # of t and of x in units of the width at t
ACCURACIES = (1e-6, 1e-9)
RULES = ("gk21", "gk15", "genz-malik")

Run = Callable[[float], tuple[float, float]]  # setting -> value, the error that is reported


def variance(t: Any, x: Any, xp: Any = np) -> tuple[Any, Any]:
    """p_t(x) and tr Cov(u_t(x given Z) given X_t = x) at times (n, 1) and points (n, 2).

    ``xp`` is NumPy or PyTorch.
    """
    means = MEANS.astype(x.dtype) if xp is np else xp.as_tensor(MEANS, dtype=x.dtype)
    noise = 1 - t
    v = t**2 * VARIANCE + noise**2
    slope = 1 - t * (t * VARIANCE - noise) / v  # a component's velocity is slope m + gain x
    # All means have the length 2, which is in common.
    terms = x @ means.T * (t / v)
    top = xp.amax(terms, 1)[:, None]
    terms = xp.exp(terms - top)
    total = terms.sum(1)[:, None]
    centre = terms @ means / total
    square = (x**2).sum(1)[:, None] + 4 * t**2
    density = (total * xp.exp(top - square / (2 * v)) / (16 * np.pi * v))[:, 0]
    found = slope[:, 0] ** 2 * (4 - (centre**2).sum(1)) + 2 * VARIANCE / v[:, 0]
    return density, found


def width(t: Any) -> Any:
    """From the middle to the edge of the mixture."""
    return 2 * t + REACH * np.sqrt(t**2 * VARIANCE + (1 - t) ** 2)


def integrand(points: FloatArray) -> FloatArray:
    """-p_t(x) tr Cov dx at rows (t, x in units of the width at t)."""
    t = points[:, :1]
    density, found = variance(t, width(t) * points[:, 1:])
    return np.asarray(-density * found * width(t)[:, 0] ** 2)


def by_quadrature(tolerance: float) -> tuple[float, float]:
    found = quadrature.evaluate(RING, ["C"], tolerance)["C"]
    return float(found.value), float(found.error)


def by_cubature(rule: str) -> Run:
    def run(tolerance: float) -> tuple[float, float]:
        found = cubature(
            integrand, *BOX, rule=rule, rtol=tolerance, atol=0, max_subdivisions=100_000
        )
        return float(found.estimate), float(found.error)

    return run


def by_grid(setting: float) -> tuple[float, float]:
    """Gauss-Legendre in t, trapezoid in x; it reports no error of its own."""
    times, places = GRIDS[int(setting)]
    nodes, weights = np.polynomial.legendre.leggauss(times)
    line = np.linspace(-1, 1, places)
    plane = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    cell = (2 / (places - 1)) ** 2
    total = 0.0
    for t, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        at = np.full((len(plane), 1), t)
        density, found = variance(at, width(at) * plane)
        total -= weight * cell * float(width(t)) ** 2 * float(density @ found)
    return total, np.inf


# Nodes in t and along each axis of x, from coarse to fine.
GRIDS = [(n, m) for n in (8, 12, 16, 24, 32) for m in (17, 25, 33, 49, 65)]
GRIDS.sort(key=lambda grid: grid[0] * grid[1] ** 2)


def by_vegas(evaluations: float) -> tuple[float, float]:
    import gvar
    import vegas

    gvar.ranseed(1)
    integrator = vegas.Integrator(list(map(list, zip(*BOX, strict=True))))
    batched = vegas.lbatchintegrand(integrand)
    integrator(batched, nitn=5, neval=evaluations / 10)
    found = integrator(batched, nitn=10, neval=evaluations / 10)
    return float(found.mean), float(found.sdev)


def by_monte_carlo(samples: float) -> tuple[float, float]:
    rng = np.random.default_rng(1)

    def draws(n: int) -> Any:
        t, eps = rng.random((n, 1), np.float32), rng.standard_normal((n, 2), np.float32)
        z = MEANS[rng.integers(8, size=n)].astype(np.float32)
        z += np.float32(VARIANCE**0.5) * rng.standard_normal((n, 2), np.float32)
        return variance(t, t * z + (1 - t) * eps)[1]

    return averaged(draws, int(samples))


def by_torch(samples: float) -> tuple[float, float]:
    import torch

    torch.set_num_threads(1)
    source = torch.Generator().manual_seed(1)

    def draws(n: int) -> Any:
        t, eps = torch.rand(n, 1, generator=source), torch.randn(n, 2, generator=source)
        means = torch.as_tensor(MEANS, dtype=torch.float32)
        z = means[torch.randint(8, (n,), generator=source)]
        z = z + VARIANCE**0.5 * torch.randn(n, 2, generator=source)
        return variance(t, t * z + (1 - t) * eps, torch)[1].numpy()

    return averaged(draws, int(samples))


def averaged(draws: Callable[[int], Any], samples: int) -> tuple[float, float]:
    """Minus the mean of so many draws, in float32, with its standard error."""
    total, squares, left = 0.0, 0.0, samples
    while left:
        n = min(left, 20_000)
        terms = draws(n).astype(np.float64)
        total, squares = total - float(terms.sum()), squares + float(terms @ terms)
        left -= n
    mean = total / samples
    return mean, float(np.sqrt((squares / samples - mean**2) / samples))


@dataclass(frozen=True)
class Method:
    """A method with its settings, from loose to tight."""

    name: str
    run: Run
    settings: Sequence[float]
    random: bool = False
    known: bool = False  # the setting that gets there: one that is right by luck counts as well


@dataclass(frozen=True)
class Point:
    setting: float
    reached: float
    reported: float
    seconds: float


def methods() -> list[Method]:
    found = [
        Method("fmproof", by_quadrature, [10 ** (-k / 2) for k in range(2, 24)]),
        *(
            Method(rule, by_cubature(rule), [10 ** (-k / 2) for k in range(4, 24)])
            for rule in RULES
        ),
        Method("grid", by_grid, list(range(len(GRIDS))), known=True),
        Method("NumPy", by_monte_carlo, [4.0**k for k in range(6, 13)], True),
    ]
    for name, run in (("torch", by_torch), ("vegas", by_vegas)):
        if find_spec(name) is None:
            click.echo(f"{name} is not installed: left out (pip install {name})")
        else:
            found.append(Method(name, run, [4.0**k for k in range(7, 13)], True))
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


def first_within(method: Method, points: list[Point], kind: str, accuracy: float) -> Point | None:
    """The loosest setting from which on all are within ``accuracy``, or that is itself."""
    if method.known:
        return next((p for p in points if getattr(p, kind) <= accuracy), None)
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
    picked = {m.name: first_within(m, swept[m.name], kind, accuracy) for m in chosen}
    times: dict[str, list[tuple[float, float]]] = {m.name: [] for m in chosen}
    for turn in range(repeats):
        for method in chosen:
            point = picked[method.name]
            # Slow ones take fewer turns.
            if point is None or (turn and point.seconds * turn > 10):
                continue
            # Once before, so that no method pays for what the one before it left in the caches.
            method.run(point.setting)
            cpu, wall = process_time(), perf_counter()
            method.run(point.setting)
            times[method.name].append((process_time() - cpu, perf_counter() - wall))
    click.echo(f"\nrelative error {accuracy:g} {kind}")
    click.echo(
        f"{'method':<11}{'setting':>10}{'CPU s':>12}{'wall s':>10}{'CPU ratio':>11}{'wall':>8}"
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
            f"{method.name:<11}{setting:>10}{cpu_text:>12}{wall_text:>10}{ratio:>11}{wall_ratio:>8}"
        )


if __name__ == "__main__":
    main()
