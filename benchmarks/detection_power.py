"""How often the assertions catch wrong code, and how often right code fails.

    python benchmarks/detection_power.py                   # the tables in docs/detection-power.md
    python benchmarks/detection_power.py --runs 10 --long-runs 3 --alarm-runs 200  # a quick look

Samplers return (x_t, u_t, t) and nothing else, so that only statistics can judge them; a sampler
whose data are known is judged row by row, and one sample is enough. Losses and gradients come in
two kinds: those that evaluate the model once at x_t, row by row of their data, and those that
shuffle their data first (or, for gradients, that are written by hand), which shows nothing.

A run takes the assertion's looks, with seeds of its own, and keeps the p-value.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import Pool
from time import perf_counter

import numpy as np

from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LogitNormalTime,
    TablePath,
    TrigPath,
    UniformTime,
)
from fmproof.models.arrays import FloatArray
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_conversion,
    assert_divergence,
    assert_guidance,
    assert_jacobian,
    assert_log_likelihood,
    assert_losses_differ_by_constant,
    assert_marginal_field,
    assert_sampler,
    assert_schedule,
    assert_step,
    conditional,
)
from fmproof.testing.adapters import VelocityFunction
from fmproof.testing.evidence import StatisticalEvidence, look_sizes
from fmproof.testing.families import family_of
from fmproof.testing.gradients import gradient_looks
from fmproof.testing.losses import loss_looks
from fmproof.testing.precision import rounded
from fmproof.testing.reference import Reference
from fmproof.testing.samplers import Sampler

Triples = tuple[FloatArray, FloatArray, FloatArray]
SEEDS = 10_000_019  # so that the seeds of two runs do not meet
LEVEL = 1e-6
LEVELS = (0.5, 0.05, 0.01)

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
LOSS_DATA = ("R1, d = 1", "R2, d = 2", "5 points, d = 3")

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


def triples(x1: FloatArray, rng: np.random.Generator, bug: str = "") -> Triples:
    """(x_t, u_t, t) of the straight path to ``x1`` with one mistake."""
    t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
    s = t[:, None]
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


# --- one run of each assertion: its looks -----------------------------------------------

Run = Callable[[int, int], Iterator[StatisticalEvidence]]
"""From the number of samples and the seed."""


def sampler_run(data: GaussianMixture, bug: str) -> Run:
    def draw(n: int, rng: np.random.Generator) -> Triples:
        return triples(data.sample(n, rng), rng, bug)

    return partial(conditional.looks, Sampler(draw), Reference.of(CondOTPath(), data))


def right_sampler_run(data: GaussianMixture, path: object, time: object) -> Run:
    def draw(n: int, rng: np.random.Generator) -> Triples:
        t, x1 = time.sample(n, rng), data.sample(n, rng)
        x0, s = rng.standard_normal(x1.shape), t[:, None]
        u = path.dalpha(s) * x1 + path.dbeta(s) * x0
        return path.alpha(s) * x1 + path.beta(s) * x0, u, t

    return partial(conditional.looks, Sampler(draw), Reference.of(path, data, time))


def features(t: FloatArray, x: FloatArray) -> FloatArray:
    return np.column_stack([np.ones_like(t), x, t[:, None] * x])


def linear(theta: FloatArray, t: FloatArray, x: FloatArray) -> FloatArray:
    return features(t, x) @ theta


def theta_for(dim: int) -> FloatArray:
    return np.random.default_rng(dim).normal(size=(1 + 2 * dim, dim)) / 2


def training_loss(bug: str, shuffles: bool) -> Callable[..., float]:
    def loss(model: Callable[..., FloatArray], x1: FloatArray, rng: np.random.Generator) -> float:
        x, u, t = triples(rng.permutation(x1) if shuffles else x1, rng, bug)
        return float(np.square(model(t, x) - u).sum(axis=1).mean())

    return loss


def loss_run(data: GaussianMixture, bug: str, shuffles: bool) -> Run:
    model = VelocityFunction(partial(linear, theta_for(data.dim)), data.dim)
    reference, loss = Reference.of(CondOTPath(), data), training_loss(bug, shuffles)
    return lambda samples, seed: loss_looks(model, reference, loss, False, samples, seed)


def gradient_run(data: GaussianMixture, bug: str, by_hand: bool) -> Run:
    def gradient(theta: FloatArray, x1: FloatArray, rng: np.random.Generator) -> FloatArray:
        x, u, t = triples(x1, rng, bug)
        return 2 * features(t, x).T @ (linear(theta, t, x) - u) / len(t)

    loss, own = (None, gradient) if by_hand else (training_loss(bug, False), None)
    reference = Reference.of(CondOTPath(), data)
    family = family_of(linear, theta_for(data.dim), reference, loss, own)
    return lambda samples, seed: gradient_looks(family, reference, False, samples, seed)


def run_of(kind: str, data: str, bug: str = "") -> Run:
    """By words, so that it can be sent to another process."""
    match kind:
        case "sampler":
            return sampler_run(DATA[data], bug)
        case "rare":
            return right_sampler_run(RARE, CondOTPath(), UniformTime())
        case "other path":
            return right_sampler_run(RING, TrigPath(), LogitNormalTime())
        case "loss" | "shuffling loss":
            return loss_run(DATA[data], bug, kind != "loss")
        case _:
            return gradient_run(DATA[data], bug, kind != "gradient of a loss")


def p_value(task: tuple[str, str, str, int, int, bool]) -> float:
    """That of one run's looks, joined; 0 as soon as it is caught if ``hurry``."""
    kind, data, bug, samples, seed, hurry = task
    looks = len(look_sizes(samples))
    found = 1.0
    for evidence in run_of(kind, data, bug)(samples, SEEDS * seed):
        found = min(found, looks * evidence.p_value)
        if hurry and found <= LEVEL:
            return 0.0
    return found


def p_values(
    pool: object, kind: str, data: str, bug: str, samples: int, runs: int, hurry: bool = True
) -> FloatArray:
    tasks = [(kind, data, bug, samples, seed, hurry) for seed in range(runs)]
    return np.array(pool.map(p_value, tasks, chunksize=max(1, runs // 20)))


# --- the tables -------------------------------------------------------------------------


def power(pool: object, kind: str, names: tuple[str, ...], runs: int, long_runs: int) -> None:
    print(f"| mistake in a {kind} | samples | {' | '.join(names)} |")
    print(f"|---|---:|{'---:|' * len(names)}")
    for bug, samples in BUGS.items():
        count = runs if samples <= 3_000 else long_runs
        cells = []
        for name in names:
            if (bug, name) in SAME_LAW:
                cells.append("same law")
                continue
            found = p_values(pool, kind, name, bug, samples, count)
            cells.append(f"{int((found <= LEVEL).sum())}/{count}")
        print(f"| {bug} | {samples:,} | {' | '.join(cells)} |", flush=True)
    print()


def false_alarms(pool: object, cases: dict[str, tuple[str, str]], samples: int, runs: int) -> None:
    print("| right code | runs | " + " | ".join(f"level {x:g}" for x in LEVELS) + " |")
    print(f"|---|---:|{'---:|' * len(LEVELS)}")
    for name, (kind, data) in cases.items():
        found = p_values(pool, kind, data, "", samples, runs, hurry=False)
        cells = [f"{(found <= level).mean():.4f}" for level in LEVELS]
        print(f"| {name} | {runs:,} | {' | '.join(cells)} |", flush=True)
    print()


# --- steps, samplers, divergences: how many samples show a mistake --------------------------

BARS = np.cumprod(1 - np.linspace(1e-3, 0.3, 50))
MIX = GaussianMixture(
    [0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 0.25]]]
)


def stochastic_ddim(size: float, eta: float, samples: int, seed: int) -> None:
    """DDIM with noise; its own eta, and its noise times ``size``."""

    def step(output: FloatArray, x: FloatArray, t: int, s: int, rng: object) -> FloatArray:
        a, a2 = BARS[t], BARS[s]
        data = (x - np.sqrt(1 - a) * output) / np.sqrt(a)
        sigma = eta * np.sqrt((1 - a2) / (1 - a) * (1 - a / a2))
        mean = np.sqrt(a2) * data + np.sqrt(1 - a2 - sigma**2) * output
        return mean + size * sigma * rng.standard_normal(x.shape)

    pairs = [(20, 19)]
    assert_step(step, TablePath(BARS), MIX, eta=1.0, pairs=pairs, samples=samples, seed=seed)


def euler_maruyama(share: float, samples: int, seed: int) -> None:
    """With a share of the correction that the drift needs for its noise."""

    def step(model: object, x: FloatArray, t: float, s: float, rng: object) -> FloatArray:
        h, u = s - t, model(x, t)
        noise = np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
        return x + h * (u - share * 0.5 * (x - t * u)) + noise

    options = {"kind": "euler-maruyama", "noise": lambda t: np.sqrt(1 - t)}
    pairs = [(0.4, 0.5)]
    assert_step(step, CondOTPath(), MIX, pairs=pairs, samples=samples, seed=seed, **options)


def sde(share: float, samples: int, seed: int) -> None:
    def sample(model: object, x: FloatArray, steps: int, rng: object) -> FloatArray:
        h = 0.99 / steps
        for k in range(steps):
            t = k * h
            u = model(x, t)
            x = x + h * (u - share * 0.5 * (x - t * u))
            x = x + np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
        return x

    assert_sampler(sample, CondOTPath(), MIX, steps=50, samples=samples, seed=seed)


def last_noise(size: float, samples: int, seed: int) -> None:
    """DDPM on four points, with noise of a standard deviation after its last step."""
    points = GaussianMixture.points([[0, 0], [1, 2], [-2, 1], [3, -1]])

    def sample(model: object, x: FloatArray, rng: object) -> FloatArray:
        for t in range(len(BARS) - 1, -1, -1):
            a, before = BARS[t], BARS[t - 1] if t else 1.0
            b = 1 - a / before
            x = (x - b / np.sqrt(1 - a) * model(x, t)) / np.sqrt(1 - b)
            spread = np.sqrt(b * (1 - before) / (1 - a)) if t else size
            x = x + spread * rng.standard_normal(x.shape)
        return x

    assert_sampler(sample, TablePath(BARS), points, predict="eps", samples=samples, seed=seed)


def index_for_time(samples: int, seed: int) -> None:
    """DDIM over every second step, whose model is told the number of the step."""

    def sample(model: object, x: FloatArray) -> FloatArray:
        times = range(len(BARS) - 1, -1, -2)
        for i, t in enumerate(times):
            a, after = BARS[t], BARS[t - 2] if t > 1 else 1.0
            eps = model(x, len(times) - 1 - i)
            data = (x - np.sqrt(1 - a) * eps) / np.sqrt(a)
            x = np.sqrt(after) * data + np.sqrt(1 - after) * eps
        return x

    options = {"predict": "eps", "tolerance": 0.08}
    assert_sampler(sample, TablePath(BARS), MIX, samples=samples, seed=seed, **options)


def offset_noise(dim: int, samples: int, seed: int) -> None:
    """A tenth of one normal number added to all coordinates of a row's noise."""
    data = np.random.default_rng(0).random((5, dim))

    def sample(x1: FloatArray, rng: np.random.Generator) -> Triples:
        x0 = rng.standard_normal(x1.shape) + 0.1 * rng.standard_normal((len(x1), 1))
        t = rng.random((len(x1), 1))
        return t * x1 + (1 - t) * x0, x1 - x0, t[:, 0]

    assert_conditional_velocity(sample, CondOTPath(), data, samples=samples, seed=seed)


def hutchinson(factor: float, samples: int, seed: int) -> None:
    def divergence(field: object, t: FloatArray, x: FloatArray, rng: object) -> FloatArray:
        z, h = rng.choice([-1.0, 1.0], x.shape), 1e-5
        return factor * (z * (field(t, x + h * z) - field(t, x - h * z))).sum(axis=1) / (2 * h)

    options = {"points": 8, "repeats": samples}
    assert_divergence(divergence, CondOTPath(), MIX, seed=seed, **options)


def law(kind: str, samples: int, seed: int) -> None:
    """A sampler whose times or noise have another law with the right moments."""
    nodes, weights = np.polynomial.legendre.leggauss(3)

    def sample(n: int, rng: np.random.Generator) -> Triples:
        t, x1, x0 = rng.random(n), MIX.sample(n, rng), rng.standard_normal((n, 2))
        if kind == "times":
            t = rng.choice((nodes + 1) / 2, n, p=weights / 2)
        elif kind == "beta":
            t = rng.beta(1.2, 1.2, n)
        else:
            x0 = rng.laplace(0, 2**-0.5, (n, 2))
        s = t[:, None]
        return s * x1 + (1 - s) * x0, x1 - x0, t

    assert_conditional_velocity(sample, CondOTPath(), MIX, samples=samples, seed=seed)


def bfloat16(values: FloatArray) -> FloatArray:
    return rounded(values, "bfloat16")


def coarse(kind: str, factor: float, samples: int, seed: int) -> None:
    """Noise that enters the target with another factor, in bfloat16."""

    def sample(x1: FloatArray, rng: np.random.Generator) -> Triples:
        x1, t = bfloat16(x1), bfloat16(rng.random(len(x1)))
        x0, s = bfloat16(rng.standard_normal(x1.shape)), t[:, None]
        x = bfloat16(bfloat16(s * x1) + bfloat16(bfloat16(1 - s) * x0))
        return x, bfloat16(x1 - bfloat16(factor * x0)), t

    def loss(model: VelocityFunction, x1: FloatArray, rng: np.random.Generator) -> float:
        x, u, t = sample(x1, rng)
        return float(np.square(model(t, x) - u).sum(axis=1).mean())

    options = {"samples": samples, "seed": seed}
    if kind == "sampler":
        assert_conditional_velocity(sample, CondOTPath(), MIX, **options)
    else:
        assert_losses_differ_by_constant(bent, CondOTPath(), MIX, loss, **options)


def bent(t: FloatArray, x: FloatArray) -> FloatArray:
    return bfloat16(0.3 * x + np.tanh(t[:, None] * x))


def dropped_labels(share: float, samples: int, seed: int) -> None:
    """Labels that are left out in another share of the rows than 0.1."""

    def loss(model: object, x1: FloatArray, y: object, rng: np.random.Generator) -> float:
        t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
        x = t[:, None] * x1 + (1 - t[:, None]) * x0
        y = np.where(rng.random(len(x1)) < share, -1, y)
        return float(np.square(model(t, x, y) - (x1 - x0)).sum(axis=1).mean())

    options = {"samples": samples, "seed": seed, "label_dropout": 0.1}
    assert_losses_differ_by_constant(bent, CondOTPath(), MIX, loss, **options)


SIZES = (100, 400, 1_000, 4_000, 16_000)
SAMPLING_BUGS = {
    "step: eta = 0.5 for 1": partial(stochastic_ddim, 1.0, 0.5),
    "step: noise 0.9 times": partial(stochastic_ddim, 0.9, 1.0),
    "step: noise 0.98 times": partial(stochastic_ddim, 0.98, 1.0),
    "step: no correction of the drift": partial(euler_maruyama, 0.0),
    "step: half of the correction": partial(euler_maruyama, 0.5),
    "sampler: no correction of the drift": partial(sde, 0.0),
    "sampler: half of the correction": partial(sde, 0.5),
    "sampler: noise of 0.3 after the last step, points": partial(last_noise, 0.3),
    "sampler: noise of 0.1 after the last step, points": partial(last_noise, 0.1),
    "sampler: the step's number for its time": index_for_time,
    "divergence: off by 20%, estimates": partial(hutchinson, 1.2),
    "divergence: twice, estimates": partial(hutchinson, 2.0),
    "time on three values": partial(law, "times"),
    "time Beta(1.2, 1.2), declared uniform": partial(law, "beta"),
    "noise of Laplace's law": partial(law, "noise"),
    "noise with an offset of 0.1, d = 16": partial(offset_noise, 16),
    "noise with an offset of 0.1, d = 64": partial(offset_noise, 64),
    "bfloat16, sampler: noise in the target 0.95 times": partial(coarse, "sampler", 0.95),
    "bfloat16, sampler: noise in the target 0.98 times": partial(coarse, "sampler", 0.98),
    "bfloat16, loss: noise in the target 0.9 times": partial(coarse, "loss", 0.9),
    "bfloat16, loss: noise in the target 0.95 times": partial(coarse, "loss", 0.95),
    "labels left out: 0.15, declared 0.1": partial(dropped_labels, 0.15),
    "labels left out: 0.12, declared 0.1": partial(dropped_labels, 0.12),
}
MOST = {"sampler": 4_000, "divergence": 1_000, "labels": 4_000}
LEAST = {"time": 1_000, "noise": 1_000, "bfloat16,": 1_000, "labels": 1_000}


def caught(task: tuple[str, int, int]) -> bool:
    """Whether one run of a mistake is caught."""
    name, samples, seed = task
    try:
        SAMPLING_BUGS[name](samples, SEEDS * seed)
    except CheckFailed:
        return True
    return False


def sampling_power(pool: object, runs: int, words: str = "") -> None:
    print(f"| mistake | {' | '.join(f'{n:,}' for n in SIZES)} |")
    print(f"|---|{'---:|' * len(SIZES)}")
    for name in SAMPLING_BUGS:
        if words not in name:
            continue
        kind, cells = name.split(":")[0].split()[0], []
        for samples in SIZES:
            if not LEAST.get(kind, 0) <= samples <= MOST.get(kind, SIZES[-1]):
                cells.append("")
                continue
            found = pool.map(caught, [(name, samples, seed) for seed in range(runs)], chunksize=1)
            cells.append(f"{sum(found)}/{runs}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print()


# --- without statistics: how large an error has to be ---------------------------------------


def off_schedule(error: float) -> None:
    half = np.pi / 2

    def schedule(t: FloatArray) -> tuple[FloatArray, ...]:
        slope = half * np.cos(half * t)
        return np.sin(half * t), np.cos(half * t), (1 + error) * slope, -half * np.sin(half * t)

    assert_schedule(schedule, TrigPath())


def off_field(error: float) -> None:
    point = np.array([1.0, -2.0])

    def field(t: FloatArray, x: FloatArray) -> FloatArray:
        return (1 + error) * (point - (x - t[:, None] * point) / (1 - t[:, None]))

    assert_marginal_field(field, CondOTPath(), [point], time=UniformTime("1/20", "19/20"))


def off_conversion(error: float) -> None:
    assert_conversion(
        lambda eps, x, t: -(1 + error) * eps / (1 - t[:, None]),
        *("eps", "score", CondOTPath()),
        time=UniformTime("1/20", "19/20"),
    )


def off_guidance(error: float) -> None:
    assert_guidance(lambda cond, uncond, scale: uncond + (1 + error) * scale * (cond - uncond))


def off_step(error: float) -> None:
    def step(output: FloatArray, x: FloatArray, t: int, s: int) -> FloatArray:
        a, a2 = BARS[t], BARS[s]
        data = (x - np.sqrt(1 - a) * output) / np.sqrt(a)
        return np.sqrt(a2) * data + (1 + error) * np.sqrt(1 - a2) * output

    assert_step(step, TablePath(BARS), MIX, samples=100)


def off_jacobian(error: float) -> None:
    def jacobian(field: object, t: FloatArray, x: FloatArray) -> FloatArray:
        h, axes = 1e-5, np.eye(x.shape[1])
        columns = [(field(t, x + h * e) - field(t, x - h * e)) / (2 * h) for e in axes]
        return (1 + error) * np.stack(columns, axis=2)

    assert_jacobian(jacobian, CondOTPath(), MIX)


def off_likelihood(error: float) -> None:
    """In nats; a normal law, whose likelihood needs no solver."""
    data = GaussianMixture([1], [[0, 0]], [[[1, 0], [0, 1]]])

    def log_likelihood(model: object, x1: FloatArray) -> FloatArray:
        return error - np.square(x1).sum(axis=1) / 2 - np.log(2 * np.pi)

    assert_log_likelihood(log_likelihood, CondOTPath(), data)


ERRORS = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
EXACT_BUGS = {
    "schedule: slope": off_schedule,
    "field": off_field,
    "conversion": off_conversion,
    "guidance: scale": off_guidance,
    "step without noise: a term": off_step,
    "Jacobian": off_jacobian,
    "log-likelihood, in nats": off_likelihood,
}


def exact_power() -> None:
    print(f"| off by a share of | {' | '.join(f'{e:g}' for e in ERRORS)} |")
    print(f"|---|{'---|' * len(ERRORS)}")
    for name, check in EXACT_BUGS.items():
        cells = []
        for error in ERRORS:
            try:
                check(error)
            except CheckFailed:
                cells.append("caught")
            else:
                cells.append("passes")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100, help="of mistakes, up to 3,000 samples")
    parser.add_argument("--long-runs", type=int, default=30, help="with 300,000 samples")
    parser.add_argument("--alarm-runs", type=int, default=2_000, help="of right code")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--only", nargs="*", help="sampler, loss, gradient, sampling, exact, alarms"
    )
    parser.add_argument("--mistakes", default="", help="of sampling: those with this in their name")
    options = parser.parse_args()
    wanted = options.only or ["sampler", "loss", "gradient", "sampling", "exact", "alarms"]
    start = perf_counter()
    with Pool(options.processes) as pool:
        runs = options.runs, options.long_runs
        if "sampler" in wanted:
            power(pool, "sampler", tuple(DATA), *runs)
        if "loss" in wanted:
            power(pool, "loss", LOSS_DATA, *runs)
            power(pool, "shuffling loss", LOSS_DATA, *runs)
        if "gradient" in wanted:
            power(pool, "gradient of a loss", LOSS_DATA, *runs)
            power(pool, "gradient by hand", LOSS_DATA, *runs)
        if "sampling" in wanted:
            sampling_power(pool, options.long_runs, options.mistakes)
        if "exact" in wanted:
            exact_power()
        if "alarms" in wanted:
            cases = {f"sampler, {name}": ("sampler", name) for name in DATA}
            cases["sampler, 5% of the data far away"] = "rare", ""
            cases["sampler, R2, trig path, logit-normal t"] = "other path", ""
            for kind in ("loss", "gradient by hand", "gradient of a loss", "shuffling loss"):
                cases[f"{kind}, R1"] = kind, "R1, d = 1"
            false_alarms(pool, cases, 1_000, options.alarm_runs)
    print(f"{perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
