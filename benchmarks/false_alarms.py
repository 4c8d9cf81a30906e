"""How often right code fails: every assertion, target, weight and spelling.

    python benchmarks/false_alarms.py                 # 200 runs at level 1e-6, 2,000 at 0.05
    python benchmarks/false_alarms.py --minutes 5     # as many as there is time for
    python benchmarks/false_alarms.py --counts a.json # carry on where the last one stopped

The first table has right code in usual spellings at the default level, where none may fail; the
second one counts failures at level 0.05, where an assertion may fail at most one run in twenty.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from multiprocessing import Pool
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    TablePath,
    TrigPath,
    UniformTime,
)
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_divergence,
    assert_losses_differ_by_constant,
    assert_same_gradient,
    assert_sampler,
    assert_step,
    min_snr,
)

LEVEL, DEFAULT = 0.05, 1e-6
TURN = 50  # runs of each case
Counts = dict[str, dict[str, Any]]

MIX = GaussianMixture(
    [0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 0.25]]]
)
INNER = UniformTime("1/20", "19/20")
TARGETS = ("velocity", "x1", "eps", "v", "score")
BARS = np.cumprod(1 - np.linspace(1e-3, 0.3, 50))


def coefficients(target: str, t: Any) -> tuple[Any, Any]:
    alpha, beta = np.sin(np.pi / 2 * t), np.cos(np.pi / 2 * t)
    return {
        "velocity": (np.pi / 2 * beta, -np.pi / 2 * alpha),
        "x1": (1 + 0 * t, 0 * t),
        "eps": (0 * t, 1 + 0 * t),
        "v": (-beta, alpha),
        "score": (0 * t, -1 / beta),
    }[target]


def triples(x1: Any, target: str, rng: Any) -> tuple[Any, Any, Any]:
    t, x0 = 0.05 + 0.9 * rng.random(len(x1)), rng.standard_normal(x1.shape)
    s = t[:, None]
    a, b = coefficients(target, s)
    return np.sin(np.pi / 2 * s) * x1 + np.cos(np.pi / 2 * s) * x0, a * x1 + b * x0, t


def model(t: Any, x: Any) -> Any:
    return 0.3 * x + np.tanh(t[:, None] * x)


def sampler(target: str, seed: int, level: float) -> None:
    def sample(n: int, rng: Any) -> Any:
        return triples(MIX.sample(n, rng), target, rng)

    options: dict[str, Any] = {"time": INNER, "target": target, "samples": 1_000}
    assert_conditional_velocity(sample, TrigPath(), MIX, seed=seed, level=level, **options)


def given_data(coupling: str, seed: int, level: float) -> None:
    def sample(x1: Any, rng: Any) -> Any:
        data = rng.permutation(x1) if coupling == "any" else x1
        return triples(data, "velocity", rng)

    options: dict[str, Any] = {"time": INNER, "coupling": coupling, "samples": 1_000}
    assert_conditional_velocity(sample, TrigPath(), MIX, seed=seed, level=level, **options)


def loss(target: str, weight: Any, shuffled: bool, seed: int, level: float) -> None:
    def training(model: Any, x1: Any, rng: Any) -> Any:
        x1 = rng.permutation(x1) if shuffled else x1
        x, u, t = triples(x1, target, rng)
        w = 1.0
        if weight is not None:
            w = weight(np.tan(np.pi / 2 * t) ** 2)
        return (w * np.square(model(t, x) - u).sum(axis=1)).mean()

    options: dict[str, Any] = {"time": INNER, "target": target, "weight": weight}
    assert_losses_differ_by_constant(
        model, TrigPath(), MIX, training, samples=1_000, seed=seed, level=level, **options
    )


def gradient(target: str, seed: int, level: float) -> None:
    def training(model: Any, x1: Any, rng: Any) -> Any:
        x, u, t = triples(x1, target, rng)
        return np.square(model(t, x) - u).sum(axis=1).mean()

    def family(theta: Any, t: Any, x: Any) -> Any:
        return theta[0] * x + theta[1] * np.tanh(t[:, None] * x) + theta[2]

    assert_same_gradient(
        *(family, TrigPath(), MIX, training),
        theta=np.array([0.3, 1.0, 0.1]),
        time=INNER,
        target=target,
        samples=1_000,
        seed=seed,
        level=level,
    )


def ddim(eta: float, seed: int, level: float) -> None:
    def step(output: Any, x: Any, t: int, s: int, rng: Any) -> Any:
        a, a2 = BARS[t], BARS[s]
        data = (x - np.sqrt(1 - a) * output) / np.sqrt(a)
        sigma = eta * np.sqrt((1 - a2) / (1 - a) * (1 - a / a2))
        mean = np.sqrt(a2) * data + np.sqrt(1 - a2 - sigma**2) * output
        return mean + sigma * rng.standard_normal(x.shape)

    assert_step(step, TablePath(BARS), MIX, eta=eta, samples=500, seed=seed, level=level)


def euler_maruyama(seed: int, level: float) -> None:
    def step(model: Any, x: Any, t: float, s: float, rng: Any) -> Any:
        h, u = s - t, model(x, t)
        noise = np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
        return x + h * (u - 0.5 * (x - t * u)) + noise

    options: dict[str, Any] = {"kind": "euler-maruyama", "noise": lambda t: np.sqrt(1 - t)}
    assert_step(step, CondOTPath(), MIX, samples=500, seed=seed, level=level, **options)


def stochastic(seed: int, level: float) -> None:
    def sample(model: Any, x: Any, steps: int, rng: Any) -> Any:
        h = 0.99 / steps
        for k in range(steps):
            t = k * h
            u = model(x, t)
            x = x + h * (u - 0.5 * (x - t * u))
            x = x + np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
        return x

    assert_sampler(sample, CondOTPath(), MIX, samples=500, steps=50, seed=seed, level=level)


def solver(seed: int, level: float) -> None:
    def sample(model: Any, x: Any, steps: int) -> Any:
        for k in range(steps):
            x = x + model(x, k / steps) / steps
        return x

    assert_sampler(sample, CondOTPath(), MIX, samples=500, steps=50, seed=seed, level=level)


def hutchinson(seed: int, level: float) -> None:
    def divergence(field: Any, t: Any, x: Any, rng: Any) -> Any:
        z, h = rng.choice([-1.0, 1.0], x.shape), 1e-5
        return (z * (field(t, x + h * z) - field(t, x - h * z))).sum(axis=1) / (2 * h)

    assert_divergence(divergence, CondOTPath(), MIX, points=8, repeats=100, seed=seed, level=level)


LEVEL_CASES: dict[str, Callable[[int, float], None]] = {
    **{f"sampler, {t}": partial(sampler, t) for t in TARGETS},
    **{
        f"sampler given its data, {c} coupling": partial(given_data, c)
        for c in ("independent", "any")
    },
    **{f"loss, {t}": partial(loss, t, None, False) for t in TARGETS},
    **{f"loss, {t}, min-SNR": partial(loss, t, min_snr(5, t), False) for t in ("x1", "eps", "v")},
    **{f"shuffling loss, {t}": partial(loss, t, None, True) for t in TARGETS},
    **{f"gradient, {t}": partial(gradient, t) for t in TARGETS},
    "step, DDIM with eta = 1": partial(ddim, 1.0),
    "step, Euler-Maruyama": euler_maruyama,
    "solver, Euler": solver,
    "solver, SDE": stochastic,
    "divergence, Hutchinson": hutchinson,
}


# --- right code as people write it, at the default level ----------------------------------


def spelled(name: str, seed: int, level: float) -> None:
    def sample(x1: Any, rng: Any) -> Any:
        n = len(x1)
        t, x0 = rng.random(n), rng.standard_normal(x1.shape)
        match name:
            case "stratified t":
                t = (rng.random() + np.arange(n) / n) % 1
            case "one stratum a row":
                t = (rng.random(n) + np.arange(n)) / n
            case "antithetic noise":
                half = rng.standard_normal((n // 2 + 1, x1.shape[1]))
                x0 = np.concatenate([half, -half])[:n]
            case "antithetic t":
                half = rng.random(n // 2 + 1)
                t = np.concatenate([half, 1 - half])[:n]
            case "rows sorted by t":
                t = np.sort(t)
            case "1,000 discrete steps":
                t = (rng.integers(1_000, size=n) + 0.5) / 1_000
            case "float32 times in float64":
                t = t.astype(np.float32).astype(np.float64)
            case "float32":
                t, x0, x1 = (v.astype(np.float32) for v in (t, x0, x1))
            case "float16":
                t, x0, x1 = (v.astype(np.float16) for v in (t, x0, x1))
        s = t[:, None]
        if name == "u from x_t":
            x = s * x1 + (1 - s) * x0
            return x, (x1 - x) / (1 - s), t
        if name == "lerp":
            return x0 + s * (x1 - x0), x1 - x0, t
        return (1 - s) * x0 + s * x1, x1 - x0, t

    data = [[1.0, 2.0]] if seed % 2 else MIX
    assert_conditional_velocity(sample, CondOTPath(), data, samples=5_000, seed=seed, level=level)


SPELLINGS = {
    name: partial(spelled, name)
    for name in (
        "plain",
        "stratified t",
        "one stratum a row",
        "antithetic noise",
        "antithetic t",
        "rows sorted by t",
        "1,000 discrete steps",
        "float32 times in float64",
        "float32",
        "float16",
        "u from x_t",
        "lerp",
    )
}


# --- counting ---------------------------------------------------------------------------


class Case(NamedTuple):
    """Attributes:
    check: of a seed and a level.
    level: at which it is run.
    runs: how many are asked for.
    """

    check: Callable[[int, float], None]
    level: float
    runs: int


def cases(runs: int, spelling_runs: int) -> dict[str, Case]:
    return {
        **{name: Case(check, LEVEL, runs) for name, check in LEVEL_CASES.items()},
        **{name: Case(check, DEFAULT, spelling_runs) for name, check in SPELLINGS.items()},
    }


def alarms(task: tuple[str, range]) -> list[str]:
    """What an assertion says of right code, for some seeds."""
    name, seeds = task
    case, found = cases(0, 0)[name], []
    for seed in seeds:
        try:
            case.check(1_000 * seed + 17, case.level)
        except CheckFailed as failure:
            found.append(failure.title)
    return found


def run(pool: Any, wanted: dict[str, Case], deadline: float, counts: Counts, path: Path) -> None:
    """All cases in turn, some seeds at a time, so that whenever time is up they have had alike
    many runs. What is counted is written down after each turn."""
    while perf_counter() < deadline:
        tasks = []
        for name, case in wanted.items():
            done = counts.setdefault(name, {"runs": 0, "failed": []})["runs"]
            tasks.append((name, range(done, min(done + TURN, case.runs))))
        tasks = [task for task in tasks if task[1]]
        if not tasks:
            return
        for (name, seeds), found in zip(tasks, pool.imap(alarms, tasks), strict=True):
            counts[name]["runs"] += len(seeds)
            counts[name]["failed"] += found
        path.write_text(json.dumps(counts), encoding="utf-8")


def table(counts: Counts, names: Iterable[str], level: float) -> str:
    rows = [f"| right code, level {level:g} | runs | failed | share |", "|---|---:|---:|---:|"]
    for name in names:
        runs, failed = counts[name]["runs"], counts[name]["failed"]
        kinds = f" ({', '.join(sorted(set(failed)))})" if failed and level < 0.01 else ""
        share = f"{len(failed) / runs:.4f}" if runs else ""
        rows.append(f"| {name} | {runs:,} | {len(failed)} | {share}{kinds} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--spelling-runs", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=inf, help="then stop, and print")
    parser.add_argument("--only", default="", help="cases whose names contain this")
    parser.add_argument("--counts", type=Path, help="of runs so far: taken up and carried on")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    start = perf_counter()
    wanted = {
        name: case
        for name, case in cases(options.runs, options.spelling_runs).items()
        if options.only in name
    }
    path = options.counts or Path(mkdtemp()) / "counts.json"
    counts: Counts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    with Pool(options.processes) as pool:
        run(pool, wanted, start + 60 * options.minutes, counts, path)
    for level, names in ((DEFAULT, SPELLINGS), (LEVEL, LEVEL_CASES)):
        print(table(counts, [n for n in names if n in counts], level), end="\n\n")
    print(f"{perf_counter() - start:.0f} s; counts in {path}")


if __name__ == "__main__":
    main()
