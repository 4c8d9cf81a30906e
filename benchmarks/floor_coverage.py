"""How often the floor is within its stated error of brute force in float64.

Data sets of 100 to 5,000 points in 1, 2, 64 and 784 dimensions, every target, three paths, weights,
time laws, labels; 300 runs with new seeds.

Run: python benchmarks/floor_coverage.py [runs [first case [last case]]]
"""

from __future__ import annotations

import sys
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "floor"))
from brute import Brute, brute_force

from fmproof.floor import Rows, Setting, compute_floor
from fmproof.models import CondOTPath, LinearVPPath, TimeLaw, TrigPath

PATHS = {"cond-ot": CondOTPath(), "trig": TrigPath(), "linear-vp": LinearVPPath()}
TIMES = {"uniform": TimeLaw.uniform(), "logit": TimeLaw.logit_normal()}
WEIGHTS = {"1": lambda t: 1 + 0 * t, "(1-t)^2": lambda t: (1 - t) ** 2}
SHORT = TimeLaw.uniform(0, "9/10")  # where the target's gain is unbounded at t = 1


def data(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Points and labels."""
    rng = np.random.default_rng(len(name))
    kind, count, dim = name.split("-")
    n, d = int(count), int(dim)
    labels = rng.integers(3, size=n)
    z = rng.standard_normal((n, d))
    if kind == "clusters":
        z = 0.1 * z + rng.standard_normal((3, d))[labels] * 2
    if kind == "plane":
        z = z[:, :2] @ rng.standard_normal((2, d))
    if kind == "outlier":
        z[0] += 1000
    if kind == "far":
        z += 50
    if kind == "twins":
        z[n // 2 :] = z[: n - n // 2] + 1e-3 * z[n // 2 :]
    return z.astype(np.float32 if n % 1000 else np.float64), labels


CASES = [
    # data, path, target, weight, time, labels
    ("normal-100-1", "cond-ot", "velocity", "1", "uniform", False),
    ("normal-5000-1", "cond-ot", "velocity", "1", "uniform", False),
    ("normal-100-2", "trig", "velocity", "1", "logit", False),
    ("clusters-500-2", "cond-ot", "x1", "1", "uniform", False),
    ("clusters-500-2", "cond-ot", "velocity", "1", "uniform", True),
    ("normal-5000-2", "linear-vp", "v", "1", "short", False),
    ("plane-1000-64", "cond-ot", "eps", "1", "uniform", False),
    ("plane-300-64", "trig", "x1", "(1-t)^2", "uniform", False),
    ("clusters-1000-64", "linear-vp", "score", "(1-t)^2", "short", True),
    ("normal-400-784", "cond-ot", "velocity", "1", "uniform", False),
    ("clusters-100-784", "cond-ot", "velocity", "(1-t)^2", "logit", False),
    ("outlier-500-2", "cond-ot", "velocity", "1", "uniform", False),
    ("far-500-2", "cond-ot", "velocity", "1", "uniform", False),
    ("twins-200-2", "cond-ot", "velocity", "1", "uniform", False),
    ("plane-5000-784", "cond-ot", "velocity", "1", "uniform", False),
]


def in_layers(z: np.ndarray, samples: int) -> Brute:
    """Brute force for cond-ot and U[0, 1] where a far row makes most of the floor at tiny t: the
    first of five bins in layers that halve."""
    edges = [0.0, *(0.2 / 2.0 ** np.arange(16, -1, -1))]
    layers = [
        brute_force(z, PATHS["cond-ot"], TimeLaw.uniform(a, b), samples=samples, bins=1)
        for a, b in pairwise(edges)
    ]
    shares = np.diff(edges) / 0.2
    first = shares @ [part.value for part in layers]
    error = np.sqrt(shares**2 @ [part.error**2 for part in layers])
    rest = brute_force(z, PATHS["cond-ot"], TimeLaw.uniform("1/5", 1), samples=samples, bins=4)
    bins, errors = np.r_[first, rest.bins], np.r_[error, rest.bin_errors]
    return Brute(float(bins.mean()), float(np.sqrt((errors**2).sum()) / 5), bins, errors)


def main(runs: int, first: int, last: int) -> None:
    """Print a line for each of the cases ``first`` to ``last``, counted from 1."""
    warnings.simplefilter("ignore")
    each = -(-runs // len(CASES))
    hits = all_runs = bin_hits = all_bins = 0
    for case in CASES[first - 1 : last]:
        name, path, target, weight, time, with_labels = case
        z, labels = data(name)
        law = SHORT if time == "short" else TIMES[time]
        few = 2_000 if name.startswith("plane-5000") else 20_000
        truth: Brute = (
            in_layers(z, few)
            if name.startswith("outlier")
            else brute_force(
                z, PATHS[path], law, target, WEIGHTS[weight], labels if with_labels else None, few
            )
        )
        inside = inner = 0
        ratios = []
        for seed in range(each):
            found = compute_floor(
                Rows(z),
                Setting(PATHS[path], law, target, weight),
                labels if with_labels else None,
                seed=seed + 100,
                bins=5,
                tolerance=0.05,
                time_limit=120,
            )
            allowed = found.error + 3.3 * truth.error
            inside += abs(found.value - truth.value) <= allowed
            ratios.append(abs(found.value - truth.value) / found.error)
            inner += sum(
                abs(b.value - v) <= b.error + 3.3 * e
                for b, v, e in zip(found.bins, truth.bins, truth.bin_errors, strict=True)
            )
        hits, all_runs = hits + inside, all_runs + each
        bin_hits, all_bins = bin_hits + inner, all_bins + 5 * each
        print(
            f"{' '.join(map(str, case)):60} true {truth.value:10.5g} ± {truth.error:8.2g}  "
            f"stated ± {found.error:8.2g}  in {inside}/{each}  bins {inner}/{5 * each}  "
            f"median |error|/stated {np.median(ratios):.2f}  samples {found.cost.samples}",
            flush=True,
        )
    print(f"runs within the stated error: {hits}/{all_runs}; bins: {bin_hits}/{all_bins}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(300, 1, len(CASES))[len(given) :])
