"""How often assert_conditional_velocity catches a wrong sampler, and how often a right one fails.

The samplers return (x_t, u_t, t) and nothing else, so that only statistics can judge them; a
sampler whose data are known is judged row by row, and one sample is enough.

    python benchmarks/detection_power.py                  # the tables in docs/testing-your-code.md
    python benchmarks/detection_power.py --runs 100       # a quick look

Prints two Markdown tables and the seconds that they took.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter

import numpy as np

from fmproof.models import CondOTPath, GaussianMixture, LogitNormalTime, TrigPath, UniformTime
from fmproof.models.arrays import FloatArray
from fmproof.testing import CheckFailed, assert_conditional_velocity

Triples = tuple[FloatArray, FloatArray, FloatArray]
Sampler = Callable[[int, np.random.Generator], Triples]

RING = GaussianMixture(
    [1 / 8] * 8,
    [[2 * np.cos(k * np.pi / 4), 2 * np.sin(k * np.pi / 4)] for k in range(8)],
    [[[0.09, 0], [0, 0.09]]] * 8,
)
DATA = {
    "N(0, 1), d = 1": GaussianMixture([1], [[0]], [[[1]]]),
    "R1, d = 1": GaussianMixture([0.3, 0.7], [[-2], [1.5]], [[[0.25]], [[0.5]]]),
    "R2, d = 2": RING,
    "5 points, d = 3": GaussianMixture.points(
        [[0, 1, 2], [-2, 0, 1], [3, -1, 0], [1, 1, -2], [0, -3, 1]]
    ),
    "N(0, I), d = 20": GaussianMixture([1], [[0] * 20], [np.eye(20, dtype=int)]),
}
RARE = GaussianMixture([0.95, 0.05], [[0], [6]], [[[0.1]], [[0.1]]])


def sampler(data: GaussianMixture, bug: str = "") -> Sampler:
    """The straight path to ``data`` with one mistake."""

    def draw(n: int, rng: np.random.Generator) -> Triples:
        x1, t = data.sample(n, rng), rng.random(n)
        x0, s = rng.standard_normal(x1.shape), t[:, None]
        x, u = s * x1 + (1 - s) * x0, x1 - x0
        match bug.split(" = "):
            case ["sign flipped"]:
                u = -u
            case ["both ends reversed"]:
                x, u = (1 - s) * x1 + s * x0, x0 - x1
            case ["x1 predicted"]:
                u = x1
            case ["noise predicted"]:
                u = x0
            case ["wrong pairing"]:
                u = rng.permutation(x1) - x0
            case ["t reversed"]:
                t = 1 - t
            case ["fresh noise"]:
                u = x1 - rng.standard_normal(x1.shape)
            case ["velocity off by 2%"]:
                u = 1.02 * u
            case ["sigma_min", size]:
                x = x + s * float(size) * x0
        return x, u, t

    return draw


BUGS = {
    "sign flipped": 1_000,
    "both ends reversed": 1_000,
    "x1 predicted": 1_000,
    "noise predicted": 1_000,
    "wrong pairing": 1_000,
    "t reversed": 3_000,
    "fresh noise": 3_000,
    "velocity off by 2%": 300_000,
    "sigma_min = 0.1": 300_000,
    "sigma_min = 0.05": 300_000,
    "sigma_min = 0.02": 300_000,
}

SAME_LAW = {("both ends reversed", name) for name in ("N(0, 1), d = 1", "N(0, I), d = 20")}
"""Where data and noise have one law, exchanging them changes nothing."""


def caught(draw: Sampler, samples: int, seed: int, level: float, **options: object) -> bool:
    try:
        assert_conditional_velocity(
            draw,
            options.pop("path", CondOTPath()),
            options.pop("data"),
            samples=samples,
            level=level,
            seed=seed,
            **options,
        )
    except CheckFailed:
        return True
    return False


def power(runs: int, long_runs: int, level: float) -> None:
    print(f"| mistake | samples | {' | '.join(DATA)} |")
    print(f"|---|---:|{'---:|' * len(DATA)}")
    for bug, samples in BUGS.items():
        count = runs if samples <= 3_000 else long_runs
        cells = []
        for name, data in DATA.items():
            if (bug, name) in SAME_LAW:
                cells.append("same law")
                continue
            hits = sum(
                caught(sampler(data, bug), samples, 7 * seed, level, data=data)
                for seed in range(count)
            )
            cells.append(f"{hits}/{count}")
        print(f"| {bug} | {samples:,} | {' | '.join(cells)} |", flush=True)


def right(data: GaussianMixture, path: object, time: object) -> Sampler:
    def draw(n: int, rng: np.random.Generator) -> Triples:
        t, x1 = time.sample(n, rng), data.sample(n, rng)
        x0, s = rng.standard_normal(x1.shape), t[:, None]
        u = path.dalpha(s) * x1 + path.dbeta(s) * x0
        return path.alpha(s) * x1 + path.beta(s) * x0, u, t

    return draw


def false_alarms(runs: int) -> None:
    levels = (0.5, 0.05, 0.01)
    cases = {
        **{name: (data, CondOTPath(), UniformTime()) for name, data in DATA.items()},
        "5% of the data far away": (RARE, CondOTPath(), UniformTime()),
        "R2, trig path, logit-normal t": (RING, TrigPath(), LogitNormalTime()),
    }
    print("| right sampler | runs | " + " | ".join(f"level {x:g}" for x in levels) + " |")
    print(f"|---|---:|{'---:|' * len(levels)}")
    for name, (data, path, time) in cases.items():
        draw = right(data, path, time)
        cells = []
        for level in levels:
            alarms = sum(
                caught(draw, 1_000, 7 * seed, level, data=data, path=path, time=time)
                for seed in range(runs)
            )
            cells.append(f"{alarms / runs:.4f}")
        print(f"| {name} | {runs:,} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--runs", type=int, default=200, help="of each mistake, up to 3,000 samples"
    )
    parser.add_argument("--long-runs", type=int, default=20, help="with 300,000 samples")
    parser.add_argument("--alarm-runs", type=int, default=2_000, help="of each right sampler")
    parser.add_argument("--level", type=float, default=1e-6, help="of the test in the first table")
    options = parser.parse_args()
    start = perf_counter()
    print(f"Caught, at level {options.level:g}:\n")
    power(options.runs, options.long_runs, options.level)
    print("\nFalse alarms:\n")
    false_alarms(options.alarm_runs)
    print(f"\n{perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
