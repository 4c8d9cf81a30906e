"""The floor's engine beside the two products of matrices that it cannot do without.

On one thread, by turns within one run, in processor time: a batch of 256 samples of the floor on
50,000 x 3,072 float32 numbers in a memory map; the same batch as two sgemm a block and nothing
else; a plain NumPy loop with a running softmax. Then the optimal velocity of `models` on 20,000 x
784.

Run: OPENBLAS_NUM_THREADS=1 python benchmarks/floor_speed.py, with "field" for the last part alone.
"""

from __future__ import annotations

import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from fmproof.floor.engine import Engine
from fmproof.floor.population import Population
from fmproof.floor.rows import Rows, summarise
from fmproof.floor.variance import conditional_variance

ROWS, DIM, BATCH = 50_000, 3_072, 256
_TURNS = 5


def products(z: Any, q: Any, step: int) -> None:
    """The products alone, into arrays that are there."""
    for start in range(0, len(z), step):
        block = z[start : start + step]
        weights = q @ block.T
        weights @ block


def plain(z: Any, q: Any, half: Any, squares: Any, step: int) -> Any:
    """What one writes in ten lines: a running softmax over blocks."""
    top = np.full(len(q), -np.inf, dtype=np.float32)
    mass, second = np.zeros((2, len(q)), dtype=np.float32)
    first = np.zeros_like(q)
    for start in range(0, len(z), step):
        block, norms = z[start : start + step], squares[start : start + step]
        terms = q @ block.T - half[:, None] * norms
        new = np.maximum(top, terms.max(axis=1))
        old, weights = np.exp(top - new), np.exp(terms - new[:, None])
        top, mass = new, old * mass + weights.sum(axis=1)
        first = old[:, None] * first + weights @ block
        second = old * second + weights @ norms
    return second / mass - ((first / mass[:, None]) ** 2).sum(axis=1)


def best(*functions: Callable[[], Any]) -> list[float]:
    """The least processor time of each, by turns."""
    times = [[] for _ in functions]
    for _ in range(_TURNS):
        for function, found in zip(functions, times, strict=True):
            start = process_time()
            function()
            found.append(process_time() - start)
    return [min(found) for found in times]


def drawn(z: Any, t: float) -> tuple[Any, Any, Any]:
    """Ratios, rows and noise of a batch at one time."""
    rng = np.random.default_rng(1)
    index = rng.integers(len(z), size=BATCH)
    return np.full(BATCH, t / (1 - t)), index, rng.standard_normal((BATCH, DIM), dtype=np.float32)


def at_one_time(z: Any, population: Population, t: float, step: int) -> None:
    """Print the share of sgemm at one time."""
    ratio, index, noise = drawn(z, t)
    q = (ratio[:, None] * (ratio[:, None] * z[index] + noise)).astype(np.float32)
    half = (ratio**2 / 2).astype(np.float32)
    squares = population.summary.squares.astype(np.float32)
    ours, bare, loop = best(
        lambda: conditional_variance(population, ratio, index, noise, np.dtype(np.float32)),
        lambda: products(z, q, step),
        lambda: plain(z, q, half, squares, step),
    )
    rate = 4 * BATCH * ROWS * DIM / bare / 1e9
    print(
        f"t = {t}: floor {ours:.2f} s, sgemm alone {bare:.2f} s ({rate:.0f} Gflop/s), "
        f"plain loop {loop:.2f} s; share of sgemm {100 * bare / ours:.0f} %, "
        f"of the plain loop {100 * bare / loop:.0f} %",
        flush=True,
    )


def main() -> None:
    """Print the shares."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.npy"
        stored = np.lib.format.open_memmap(file, "w+", np.float32, (ROWS, DIM))
        mixing = 0.2 * rng.standard_normal((64, DIM)).astype(np.float32)
        for start in range(0, ROWS, 5000):
            latent = rng.standard_normal((5000, 64)).astype(np.float32)
            stored[start : start + 5000] = latent @ mixing
        stored.flush()
        del stored
        z = np.load(file, mmap_mode="r")
        rows = Rows(z)
        start_time = process_time()
        summary = summarise(rows)
        print(f"one pass over the rows: {process_time() - start_time:.1f} s")
        population = Population(rows, summary)
        step = next(iter(rows.slices()))[1]
        for t in (0.02, 0.1, 0.5):
            at_one_time(z, population, t, step)
        tracemalloc.start()
        conditional_variance(population, *drawn(z, 0.1), rows.dtype)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"memory beside the map: {peak / 2**20:.0f} MB for a batch; a block has {step} rows, "
              f"{step * DIM * 4 / 2**20:.0f} MB")  # fmt: skip
        engine = Engine(rows)
        start_time = process_time()
        for batch in engine.plan(256):
            engine.add(batch, engine.evaluate(batch, 0.0))
        print(f"the first round: {process_time() - start_time:.1f} s, {engine.estimate()}")
        del engine, population, rows, z
    field_speed()


def field_speed() -> None:
    """u_t(x) of `models` on 20,000 x 784, beside the same two products and nothing else."""
    from fmproof.models import CondOTPath, GaussianMixture, Problem
    from fmproof.models.velocity import CallableVelocity

    rng = np.random.default_rng(0)
    z = rng.standard_normal((20_000, 784), dtype=np.float32)
    x = rng.standard_normal((BATCH, 784), dtype=np.float32)
    problem = Problem(
        GaussianMixture.points(z), CondOTPath(), CallableVelocity(lambda t, x: x, 784)
    )
    for kind in (np.float32, np.float64):
        points, places = z.astype(kind), x.astype(kind)
        for t in (0.1, 0.3, 0.5):
            ours, bare = best(
                lambda t=t, x=places, single=kind == np.float32: problem.marginal_velocity(
                    t, x, single
                ),
                lambda points=points, places=places: products(points, places, 2048),
            )
            print(f"u_t(x) of models, 20,000 x 784, t = {t}, {kind.__name__}: {ours:.3f} s, "
                  f"products alone {bare:.3f} s, share {100 * bare / ours:.0f} %")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:] == ["field"]:
        field_speed()
    else:
        main()
