"""Cost against the number of components K, the dimension d and the number of samples.

    python benchmarks/scaling.py [--repeats 3] [--only sampling]

Seconds of CPU time, medians, with the growth exponent fitted to the larger half of each table:
1 is linear. Peak memory is that of a process of its own for each number of samples.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from time import process_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import click
import numpy as np

from fmproof.losses import quadrature
from fmproof.losses.sampling import Sampling
from fmproof.models import CondOTPath, GaussianMixture, LinearVelocity, Problem

QUANTITIES = ("fm", "cfm", "C")


def mixture(components: int, dim: int, std: float) -> Problem:
    """Isotropic components with means from a standard normal law."""
    rng = np.random.default_rng(0)
    data = GaussianMixture(
        np.full(components, 1 / components),
        rng.normal(size=(components, dim)),
        np.broadcast_to(std**2 * np.eye(dim), (components, dim, dim)),
    )
    return Problem(data, CondOTPath(), LinearVelocity(0.3 * np.eye(dim)))


def sample(problem: Problem, samples: int) -> None:
    """Draw at least ``samples`` samples by Sobol points."""
    run = Sampling(problem, QUANTITIES)
    for _ in run:
        if run.state.points * run.state.replicates >= samples:
            return


def table(
    title: str, name: str, sizes: Sequence[int], work: Callable[[int], object], repeats: int
) -> None:
    """Print the time for each size, and the exponent."""
    work(sizes[0])
    taken: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(repeats):
        for size in sizes:
            started = process_time()
            work(size)
            taken[size].append(process_time() - started)
    times = [median(taken[size]) for size in sizes]
    print(f"\n{title}\n{name:>12} {'CPU s':>9} {'s per ' + name:>14}")
    for size, seconds in zip(sizes, times, strict=True):
        print(f"{size:>12,} {seconds:9.3f} {seconds / size:14.3g}")
    print(f"growth exponent {exponent(sizes, times):.2f}", flush=True)


def exponent(sizes: Iterable[float], values: Iterable[float]) -> float:
    """The slope of log(value) against log(size) over the larger half."""
    x, y = np.log(list(sizes)), np.log(list(values))
    half = len(x) // 2
    return float(np.polyfit(x[half:], y[half:], 1)[0])


def peak(samples: int) -> float:
    """Peak resident memory in MB of a process that draws ``samples`` samples."""
    done = subprocess.run(
        [sys.executable, __file__, "--memory", str(samples)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


@click.command()
@click.option("--repeats", default=3, show_default=True)
@click.option("--samples", default=10_000_000, show_default=True, help="The most for memory.")
@click.option("--only", type=click.Choice(["quadrature", "sampling", "memory"]))
@click.option("--memory", type=int, hidden=True)
def main(repeats: int, samples: int, only: str | None, memory: int | None) -> None:
    """Cost against K, d and samples."""
    if memory is not None:
        import resource

        sample(mixture(2, 1, 0.3), memory)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    for name, tables in {"quadrature": time_quadrature, "sampling": time_sampling}.items():
        if only in (None, name):
            tables(repeats)
    if only in (None, "memory"):
        print(f"\nPeak memory\n{'samples':>12} {'MB':>9}")
        for count in (samples // 1000, samples // 100, samples // 10, samples):
            print(f"{count:>12,} {peak(count):9.1f}", flush=True)


def time_quadrature(repeats: int) -> None:
    """The tables of the quadrature method."""
    table(
        "Quadrature to 1e-6, d = 1, against K",
        "K",
        (1, 3, 10, 30, 100, 300, 1000),
        lambda k: quadrature.evaluate(mixture(k, 1, 0.3), QUANTITIES, 1e-6),
        repeats,
    )
    table(
        "Quadrature to 1e-6, d = 2, against K",
        "K",
        (1, 3, 10, 30, 100, 300, 1000),
        lambda k: quadrature.evaluate(mixture(k, 2, 0.3), QUANTITIES, 1e-6),
        1,
    )


def time_sampling(repeats: int) -> None:
    """The tables of the sampling method."""
    table(
        "2^14 samples, d = 2, against K",
        "K",
        (1, 3, 10, 30, 100, 300, 1000),
        lambda k: sample(mixture(k, 2, 0.3), 2**14),
        repeats,
    )
    table(
        "2^14 samples, K = 30, against d",
        "d",
        (1, 3, 10, 30, 100),
        lambda d: sample(mixture(30, d, 0.3), 2**14),
        repeats,
    )
    table(
        "K = 10, d = 2, against the number of samples",
        "samples",
        tuple(2**k for k in range(10, 20, 2)),
        lambda n: sample(mixture(10, 2, 0.3), n),
        repeats,
    )


if __name__ == "__main__":
    main()
