"""How often right code fails: every assertion, target, weight and spelling.

    python benchmarks/false_alarms.py                      # 2,000 runs at level 0.05, 200 at 1e-6
    python benchmarks/false_alarms.py --runs 200 --spelling-runs 50  # a quick look

The first table counts failures at level 0.05, in which a right assertion may fail at most one run
in twenty; the second one right code in usual spellings at the default level, where none may fail.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from multiprocessing import Pool
from time import perf_counter
from typing import Any

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
    "solver, Euler": solver,
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


def fails(task: tuple[str, int, float]) -> str:
    """What an assertion says of right code; "" when it passes."""
    name, seed, level = task
    try:
        {**LEVEL_CASES, **SPELLINGS}[name](1_000 * seed + 17, level)
    except CheckFailed as failure:
        return failure.title
    return ""


def count(pool: Any, cases: Any, runs: int, level: float) -> None:
    print(f"| right code, level {level:g} | runs | failed | share |")
    print("|---|---:|---:|---:|")
    for name in cases:
        tasks = [(name, seed, level) for seed in range(runs)]
        found = [title for title in pool.imap_unordered(fails, tasks, chunksize=4) if title]
        kinds = f" ({', '.join(sorted(set(found)))})" if found and level < 0.01 else ""
        print(f"| {name} | {runs:,} | {len(found)} | {len(found) / runs:.4f}{kinds} |", flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--spelling-runs", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    start = perf_counter()
    with Pool(options.processes) as pool:
        count(pool, SPELLINGS, options.spelling_runs, 1e-6)
        count(pool, LEVEL_CASES, options.runs, 0.05)
    print(f"{perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
