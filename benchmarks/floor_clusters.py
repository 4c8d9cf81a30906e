"""What a sample of the floor costs as the data grow: with all rows, and with those that matter.

Rows lie in groups of about 500 that lie about a surface of 4 dimensions in d = 64. On one thread,
by turns within one run, in processor time of a sample (a batch of 2,048): the posterior of all
rows, that of the rows in reach by clusters, and the largest difference between both, in units of
their error bounds.

Run: OPENBLAS_NUM_THREADS=1 python benchmarks/floor_clusters.py [--most 1000000]
"""

from __future__ import annotations

import argparse
from time import process_time
from typing import Any

import numpy as np

from fmproof.floor.population import Population
from fmproof.floor.rows import Rows, summarise
from fmproof.floor.variance import conditional_variance

DIM, LATENT, GROUP, BATCH = 64, 4, 500, 2048
COUNTS, TIMES = (1_000, 10_000, 100_000, 1_000_000), (0.1, 0.3, 0.5, 0.7, 0.9, 0.99)


def data(count: int) -> Any:
    """(count, DIM) float32 rows."""
    rng = np.random.default_rng(0)
    mixing = rng.standard_normal((LATENT, DIM))
    groups = 3 * rng.standard_normal((max(2, count // GROUP), DIM))
    found = np.empty((count, DIM), dtype=np.float32)
    for start in range(0, count, 50_000):
        some = found[start : start + 50_000]
        some[:] = rng.standard_normal((len(some), LATENT)) @ mixing * 0.3
        some += groups[rng.integers(len(groups), size=len(some))]
        some += 0.02 * rng.standard_normal(some.shape)
    return found


def in_reach(population: Population, index: Any, noise: Any, ratio: Any) -> float:
    """Rows in reach of a sample, in the mean."""
    if population.clusters is None:
        return float(len(population))
    own = population.rows.take(index) - population.summary.centre
    lengths = np.sqrt(np.einsum("nd,nd->n", noise, noise, dtype=np.float64))
    reached = population.clusters.reached(ratio[:, None] * own + noise, ratio, lengths)
    return reached.pairs / len(index)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=COUNTS[-1], help="rows")
    most = parser.parse_args().most
    heads = "rows", "clusters", "made in", "t", "rows in reach", "all rows, ms", "in reach, ms"
    print(f"| {' | '.join(heads)} | ratio | difference / bound |")
    print("|---" * (len(heads) + 2) + "|")
    for count in [n for n in COUNTS if n <= most]:
        rows = Rows(data(count))
        everyone = Population(rows, summarise(rows))
        began = process_time()
        some = everyone.in_clusters()
        made = process_time() - began
        clusters = 0 if some.clusters is None else len(some.clusters.centres)
        rng = np.random.default_rng(1)
        for t in TIMES:
            index = rng.integers(count, size=BATCH)
            noise = rng.standard_normal((BATCH, DIM), dtype=np.float32)
            ratio = np.full(BATCH, t / (1 - t))
            times, values = [], []
            near = in_reach(some, index, noise, ratio)
            for population in (everyone, some):
                began = process_time()
                values.append(
                    conditional_variance(population, ratio, index, noise, np.dtype(np.float32))
                )
                times.append((process_time() - began) / BATCH * 1e3)
            (a, a_bound, _), (b, b_bound, _) = values
            apart = float((np.abs(a - b) / np.maximum(a_bound + b_bound, 1e-300)).max())
            print(
                f"| {count:,} | {clusters} | {made:.1f} s | {t} | {near:,.0f} | {times[0]:.3f} "
                f"| {times[1]:.3f} | {times[0] / times[1]:.1f} | {apart:.2g} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
