"""Right code for every assertion, target, weight and spelling: what may not fail.

A case is a function of a seed and a level. ``LEVEL_CASES`` are for the level 0.05, where a bound
that is too small shows; ``SPELLINGS`` for the default one, where no right code may fail at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from fmproof.models import (
    BetaTime,
    CondOTPath,
    DiscreteTime,
    FixedTime,
    FunctionPath,
    GaussianMixture,
    LinearVPPath,
    LogitNormalTime,
    QuantileTime,
    TablePath,
    TrigPath,
    UniformTime,
)
from fmproof.testing import (
    assert_conditional_velocity,
    assert_conversion,
    assert_divergence,
    assert_guidance,
    assert_jacobian,
    assert_log_likelihood,
    assert_losses_differ_by_constant,
    assert_marginal_field,
    assert_same_gradient,
    assert_sampler,
    assert_schedule,
    assert_step,
    cosmap,
    edm,
    min_snr,
    takes_tensors,
)
from fmproof.testing.precision import rounded

Check = Callable[[int, float], None]

MIX = GaussianMixture(
    [0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 0.25]]]
)
POINTS = GaussianMixture.points([[0, 0], [1, 2], [-2, 1], [3, -1]])
INNER = UniformTime("1/20", "19/20")
TARGETS = ("velocity", "x1", "eps", "v", "score")
BARS = np.cumprod(1 - np.linspace(1e-3, 0.3, 50))
EXPLODING = FunctionPath(1, lambda t: 10 * (1 - t) + 0.01)


# --- training: one step of it, in every target, weight, law of t and coupling ---------------


def coefficients(path: Any, target: str, t: Any) -> tuple[Any, Any]:
    """a and b of the target a(t) x1 + b(t) x0."""
    match target:
        case "velocity":
            return path.dalpha(t), path.dbeta(t)
        case "x1":
            return 1 + 0 * t, 0 * t
        case "eps":
            return 0 * t, 1 + 0 * t
        case "v":
            return -path.beta(t), path.alpha(t)
        case _:
            return 0 * t, -1 / path.beta(t)


def assigned(x1: Any, x0: Any, coupling: str, rng: Any) -> Any:
    """The data in the order in which a coupling pairs them with the noise."""
    if coupling == "any":
        return x1[rng.permutation(len(x1))]
    if coupling == "ot":
        cost = np.square(x0[:, None] - x1[None]).sum(axis=2)
        return x1[linear_sum_assignment(cost)[1]]
    return x1


def triples(
    x1: Any,
    rng: Any,
    target: str = "velocity",
    path: Any = None,
    time: Any = INNER,
    coupling: str = "independent",
) -> tuple[Any, Any, Any]:
    path = path or TrigPath()
    t, x0 = time.sample(len(x1), rng), rng.standard_normal(x1.shape)
    x1, s = assigned(x1, x0, coupling, rng), t[:, None]
    a, b = coefficients(path, target, s)
    return path.alpha(s) * x1 + path.beta(s) * x0, a * x1 + b * x0, t


def model(t: Any, x: Any) -> Any:
    return 0.3 * x + np.tanh(t[:, None] * x)


def family(theta: Any, t: Any, x: Any) -> Any:
    return theta[0] * x + theta[1] * np.tanh(t[:, None] * x) + theta[2]


THETA = np.array([0.3, 1.0, 0.1])


def sampler(
    seed: int,
    level: float,
    *,
    given: bool = False,
    path: Any = None,
    epochs: int = 1,
    **training: Any,
) -> None:
    def given_data(x1: Any, rng: Any) -> Any:
        return triples(x1, rng, path=path, **training)

    def own_data(n: int, rng: Any) -> Any:
        return triples(MIX.sample(n, rng), rng, path=path, **training)

    sample: Any = given_data if given or epochs > 1 else own_data
    options = {"samples": 1_000, "epochs": epochs, "seed": seed, "level": level}
    assert_conditional_velocity(
        sample, path or TrigPath(), MIX, **{"time": INNER, **training}, **options
    )


def labelled(seed: int, level: float) -> None:
    """Labels that follow their data through a pairing, a tenth of them left out."""

    def sample(x1: Any, y: Any, rng: Any) -> Any:
        order = rng.permutation(len(x1))
        x, u, t = triples(x1[order], rng)
        labels = np.where(rng.random(len(y)) < 0.1, -1, y[order])
        return {"x_t": x, "u_t": u, "t": t, "y": labels}

    options: dict[str, Any] = {"samples": 1_000, "seed": seed, "level": level}
    assert_conditional_velocity(sample, TrigPath(), MIX, time=INNER, coupling="any", **options)


def weights_at(weight: Any, path: Any, t: Any) -> Any:
    if weight is None:
        return 1.0
    snr = "snr" in weight.__code__.co_varnames[: weight.__code__.co_argcount]
    return weight(np.square(path.alpha(t) / path.beta(t)) if snr else t)


def loss(
    seed: int,
    level: float,
    *,
    weight: Any = None,
    shuffled: bool = False,
    path: Any = None,
    gradient: bool = False,
    epochs: int = 1,
    **training: Any,
) -> None:
    path = path or TrigPath()

    def train(model: Any, x1: Any, rng: Any) -> Any:
        x1 = rng.permutation(x1) if shuffled else x1
        x, u, t = triples(x1, rng, path=path, **training)
        return (weights_at(weight, path, t) * np.square(model(t, x) - u).sum(axis=1)).mean()

    options: dict[str, Any] = {"time": INNER, **training, "weight": weight, "epochs": epochs}
    options |= {"samples": 1_000, "seed": seed, "level": level}
    if gradient:
        assert_same_gradient(family, path, MIX, train, theta=THETA, **options)
    else:
        assert_losses_differ_by_constant(model, path, MIX, train, **options)


def gradient_by_hand(seed: int, level: float, target: str) -> None:
    def gradient(theta: Any, x1: Any, rng: Any) -> Any:
        x, u, t = triples(x1, rng, target)
        error = 2 * (family(theta, t, x) - u) / len(t)
        return np.array([(error * x).sum(), (error * np.tanh(t[:, None] * x)).sum(), error.sum()])

    options: dict[str, Any] = {"samples": 1_000, "seed": seed, "level": level, "target": target}
    assert_same_gradient(
        *(family, TrigPath(), MIX), theta=THETA, gradient=gradient, time=INNER, **options
    )


def half(values: Any) -> Any:
    return rounded(np.asarray(values, dtype=np.float64), "bfloat16")


def in_half(kind: str, seed: int, level: float, target: str, path: Any = None) -> None:
    """Training whose numbers are all rounded to bfloat16, each time."""
    path = path or TrigPath()

    def made(x1: Any, rng: Any) -> Any:
        x1, x0 = half(x1), half(rng.standard_normal(x1.shape))
        t = half(INNER.sample(len(x1), rng))
        s = t[:, None]
        a, b, alpha, beta = (
            half(v) for v in (*coefficients(path, target, s), path.alpha(s), path.beta(s))
        )
        return half(half(alpha * x1) + half(beta * x0)), half(half(a * x1) + half(b * x0)), t

    def rounded_model(t: Any, x: Any) -> Any:
        return half(model(t, x))

    def train(model: Any, x1: Any, rng: Any) -> Any:
        x, u, t = made(x1, rng)
        return half(np.square(half(half(model(t, x)) - u))).sum(axis=1).mean()

    options: dict[str, Any] = {"samples": 1_000, "seed": seed, "level": level, "time": INNER}
    if kind == "sampler":
        assert_conditional_velocity(made, path, MIX, target=target, **options)
    else:
        assert_losses_differ_by_constant(rounded_model, path, MIX, train, target=target, **options)


def step_in_half(seed: int, level: float) -> None:
    """Euler and Maruyama's step, rounded to bfloat16 at each turn."""

    def step(model: Any, x: Any, t: float, s: float, rng: Any) -> Any:
        x, u = half(x), half(model(half(x), t))
        drift = half(u - half(0.5 * half(x - half(t * u))))
        noise = half(np.sqrt((1 - t) * (s - t)) * half(rng.standard_normal(x.shape)))
        return half(half(x + half((s - t) * drift)) + noise)

    options: dict[str, Any] = {"kind": "euler-maruyama", "noise": lambda t: np.sqrt(1 - t)}
    assert_step(step, CondOTPath(), MIX, samples=500, seed=seed, level=level, **options)


def labels_left_out(seed: int, level: float) -> None:
    """By a loss, in a tenth of the rows."""

    def train(model: Any, x1: Any, y: Any, rng: Any) -> Any:
        x, u, t = triples(x1, rng)
        return np.square(model(t, x, np.where(rng.random(len(y)) < 0.1, -1, y)) - u).sum(1).mean()

    options: dict[str, Any] = {"samples": 1_000, "seed": seed, "level": level}
    assert_losses_differ_by_constant(
        model, TrigPath(), MIX, train, time=INNER, label_dropout=0.1, **options
    )


def padded(seed: int, level: float) -> None:
    """The third coordinate is padding: zero in the model's input, left out of the loss."""
    mask = np.array([True, True, False])
    data = np.pad(np.random.default_rng(seed).standard_normal((20, 2)), ((0, 0), (0, 1)))

    def train(model: Any, x1: Any, rng: Any) -> Any:
        x, u, t = triples(x1, rng)
        return (np.square(model(t, x * mask) - u) * mask).sum(axis=1).mean()

    options: dict[str, Any] = {"samples": 1_000, "seed": seed, "level": level}
    assert_losses_differ_by_constant(
        model, TrigPath(), data, train, time=INNER, dims=mask, **options
    )


def ddpm(seed: int, level: float, target: str, weight: Any = None) -> None:
    """The loss of a scheduler's table: integer steps."""

    def train(model: Any, x1: Any, rng: Any) -> Any:
        k, eps = rng.integers(50, size=len(x1)), rng.standard_normal(x1.shape)
        a, b = np.sqrt(BARS[k])[:, None], np.sqrt(1 - BARS[k])[:, None]
        goal = {"eps": eps, "x1": x1, "v": a * eps - b * x1}[target]
        w = 1.0 if weight is None else weight(BARS[k] / (1 - BARS[k]))
        return (w * np.square(model(a * x1 + b * eps, k) - goal).mean(axis=1)).mean()

    options: dict[str, Any] = {"samples": 1_000, "seed": seed, "level": level, "weight": weight}
    assert_losses_differ_by_constant(
        *(lambda x, t: 0.3 * x + 0.01 * t[:, None], TablePath(BARS), MIX, train),
        target=target,
        reduction="mean",
        **options,
    )


# --- sampling: steps, whole samplers, derivatives -------------------------------------------


def ddim(seed: int, level: float, eta: float, samples: int = 500) -> None:
    def step(output: Any, x: Any, t: int, s: int, rng: Any) -> Any:
        a, a2 = BARS[t], BARS[s]
        data = (x - np.sqrt(1 - a) * output) / np.sqrt(a)
        sigma = eta * np.sqrt((1 - a2) / (1 - a) * (1 - a / a2))
        mean = np.sqrt(a2) * data + np.sqrt(1 - a2 - sigma**2) * output
        return mean + sigma * rng.standard_normal(x.shape)

    assert_step(step, TablePath(BARS), MIX, eta=eta, samples=samples, seed=seed, level=level)


def euler_maruyama(seed: int, level: float) -> None:
    def step(model: Any, x: Any, t: float, s: float, rng: Any) -> Any:
        h, u = s - t, model(x, t)
        noise = np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
        return x + h * (u - 0.5 * (x - t * u)) + noise

    options: dict[str, Any] = {"kind": "euler-maruyama", "noise": lambda t: np.sqrt(1 - t)}
    assert_step(step, CondOTPath(), MIX, samples=500, seed=seed, level=level, **options)


def heun_step(seed: int, level: float) -> None:
    def step(model: Any, x: Any, t: float, s: float) -> Any:
        first = model(x, t)
        return x + (s - t) / 2 * (first + model(x + (s - t) * first, s))

    assert_step(step, CondOTPath(), MIX, kind="heun", samples=100, seed=seed, level=level)


def adams_bashforth(seed: int, level: float) -> None:
    def step(output: Any, x: Any, t: float, s: float, previous: Any, times: Any) -> Any:
        share = (s - t) / (t - times[0]) / 2
        return x + (s - t) * (output + share * (output - previous[0]))

    options: dict[str, Any] = {"kind": "adams-bashforth", "samples": 100}
    assert_step(step, CondOTPath(), MIX, seed=seed, level=level, **options)


def stochastic(seed: int, level: float, samples: int = 500) -> None:
    def sample(model: Any, x: Any, steps: int, rng: Any) -> Any:
        h = 0.99 / steps
        for k in range(steps):
            t = k * h
            u = model(x, t)
            x = x + h * (u - 0.5 * (x - t * u))
            x = x + np.sqrt((1 - t) * h) * rng.standard_normal(x.shape)
        return x

    assert_sampler(sample, CondOTPath(), MIX, samples=samples, steps=50, seed=seed, level=level)


def solver(seed: int, level: float, data: Any = MIX, samples: int = 500) -> None:
    def sample(model: Any, x: Any, steps: int) -> Any:
        for k in range(steps):
            x = x + model(x, k / steps) / steps
        return x

    assert_sampler(sample, CondOTPath(), data, samples=samples, steps=50, seed=seed, level=level)


def heun(seed: int, level: float) -> None:
    def sample(model: Any, x: Any, steps: int) -> Any:
        h = 1 / steps
        for k in range(steps):
            first = model(x, k * h)
            x = x + h / 2 * (first + model(x + h * first, min(1.0, (k + 1) * h)))
        return x

    options: dict[str, Any] = {"samples": 500, "steps": 32, "order": 2}
    assert_sampler(sample, CondOTPath(), MIX, seed=seed, level=level, **options)


def hutchinson(seed: int, level: float, probes: str) -> None:
    def divergence(field: Any, t: Any, x: Any, rng: Any) -> Any:
        z = rng.choice([-1.0, 1.0], x.shape) if probes == "signs" else rng.standard_normal(x.shape)
        h = 1e-5
        return (z * (field(t, x + h * z) - field(t, x - h * z))).sum(axis=1) / (2 * h)

    assert_divergence(divergence, CondOTPath(), MIX, points=8, repeats=100, seed=seed, level=level)


# --- decided without statistics: the seed alone moves, and no level is asked ---------------


def schedule(seed: int, level: float) -> None:
    kind = np.float32 if seed % 2 else np.float64

    def of(t: Any) -> Any:
        t = t.astype(kind)
        half = kind(np.pi / 2)
        return (
            *(np.sin(half * t), np.cos(half * t)),
            *(half * np.cos(half * t), -half * np.sin(half * t)),
        )

    assert_schedule(of, TrigPath(), high=0.5 + (seed % 97) / 200)


def field(seed: int, level: float, target: str) -> None:
    point = np.array([1.0, -2.0])

    def exact(t: Any, x: Any) -> Any:
        s = t[:, None]
        noise = (x - s * point) / (1 - s)
        return {"velocity": point - noise, "x1": point + 0 * x, "score": -noise / (1 - s)}[target]

    assert_marginal_field(exact, CondOTPath(), [point], target=target, time=INNER, seed=seed)


def conversion(seed: int, level: float, source: str, target: str) -> None:
    path = LinearVPPath()

    def convert(prediction: Any, x: Any, t: Any) -> Any:
        s = np.reshape(t, (-1, 1))
        a, b = path.alpha(s), path.beta(s)
        p, q = coefficients(path, source, s)
        c, d = coefficients(path, target, s)
        det = p * b - q * a  # prediction = p x1 + q x0, x = a x1 + b x0
        x1, x0 = (b * prediction - q * x) / det, (p * x - a * prediction) / det
        return c * x1 + d * x0

    assert_conversion(convert, source, target, path, time=INNER, seed=seed)


def guidance(seed: int, level: float) -> None:
    assert_guidance(lambda cond, uncond, scale: uncond + scale * (cond - uncond), seed=seed)


def jacobian(seed: int, level: float) -> None:
    def differences(field: Any, t: Any, x: Any) -> Any:
        h, axes = 1e-5, np.eye(x.shape[1])
        columns = [(field(t, x + h * e) - field(t, x - h * e)) / (2 * h) for e in axes]
        return np.stack(columns, axis=2)

    assert_jacobian(differences, CondOTPath(), MIX, seed=seed)


def likelihood(seed: int, level: float) -> None:
    def log_likelihood(model: Any, x1: Any) -> Any:
        x, h, steps, change = x1, 1e-5, 100, 0.0
        axes = np.eye(x.shape[1])

        def slope(t: float, x: Any) -> tuple[Any, Any]:
            sides = [(model(x + h * e, t) - model(x - h * e, t)) @ e for e in axes]
            return model(x, t), sum(sides) / (2 * h)

        for k in range(steps, 0, -1):  # the midpoint rule, from the data to the noise
            t = k / steps
            u, _ = slope(min(t, 1 - 1e-4), x)
            u, div = slope(t - 0.5 / steps, x - u / (2 * steps))
            x, change = x - u / steps, change + div / steps
        return -0.5 * np.square(x).sum(axis=1) - np.log(2 * np.pi) * x.shape[1] / 2 - change

    assert_log_likelihood(log_likelihood, CondOTPath(), MIX, points=16, seed=seed)


# --- right code as people write it ------------------------------------------------------------


def spell(name: str, x1: Any, rng: Any) -> Any:
    """(t, x0, x1) in one of the usual spellings."""
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
        case "antithetic noise, alternating":
            half = rng.standard_normal((n // 2 + 1, x1.shape[1]))
            x0 = np.stack([half, -half], axis=1).reshape(-1, x1.shape[1])[:n]
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
        case "mixed precision: float16 data and noise, float32 t":
            t, x0, x1 = t.astype(np.float32), x0.astype(np.float16), x1.astype(np.float16)
    return t, x0, x1


def spelled(name: str, seed: int, level: float) -> None:
    def sample(x1: Any, rng: Any) -> Any:
        t, x0, x1 = spell(name, x1, rng)
        s = t[:, None]
        if name == "u from x_t":
            x = s * x1 + (1 - s) * x0
            return x, (x1 - x) / (1 - s), t
        if name == "lerp":
            return x0 + s * (x1 - x0), x1 - x0, t
        return (1 - s) * x0 + s * x1, x1 - x0, t

    data = [[1.0, 2.0]] if seed % 2 else MIX
    assert_conditional_velocity(sample, CondOTPath(), data, samples=2_000, seed=seed, level=level)


def spelled_loss(name: str, gradient: bool, seed: int, level: float) -> None:
    def train(model: Any, x1: Any, rng: Any) -> Any:
        t, x0, x1 = spell(name, x1, rng)
        s = t[:, None]
        return np.square(model(t, (1 - s) * x0 + s * x1) - (x1 - x0)).sum(axis=1).mean()

    options: dict[str, Any] = {"samples": 1_000, "seed": seed, "level": level}
    if gradient:
        assert_same_gradient(family, CondOTPath(), MIX, train, theta=THETA, **options)
    else:
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, train, **options)


def torch_spelled(name: str, seed: int, level: float) -> None:
    """A loss of a network in PyTorch; "autocast" is its mixed precision."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    kind = torch.bfloat16 if name == "bfloat16" else torch.float32
    net = net.to(kind)

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, t: Any, x: Any) -> Any:
            return self.net(torch.cat([x, t[:, None]], dim=1))

    @takes_tensors
    def train(model: Any, x1: Any) -> Any:
        with torch.autocast("cpu", torch.bfloat16, enabled=name == "autocast"):
            t, x0 = torch.rand(len(x1)).to(x1), torch.randn_like(x1)
            x = torch.lerp(x0, x1, t[:, None])
            return torch.nn.functional.mse_loss(model(t, x).float(), (x1 - x0).float())

    options: dict[str, Any] = {"samples": 2_000, "seed": seed, "level": level, "reduction": "mean"}
    assert_losses_differ_by_constant(Network(), CondOTPath(), MIX, train, **options)


# --- all of them ------------------------------------------------------------------------------


def tempered(t: Any) -> Any:
    return 0.5 + t**2


TIMES = {
    "logit-normal": LogitNormalTime(0, 1),
    "Beta(1.5, 1)": BetaTime(1.5, 1),
    "mode": QuantileTime(lambda u: u - 0.6 * (np.sin(np.pi * u / 2) ** 2 - u)),
    "20 steps": DiscreteTime((np.arange(20) + 0.5) / 20),
    "fixed": FixedTime(0.3),
}
WEIGHTED = {
    **{f"{t}, min-SNR": (t, min_snr(5, t)) for t in ("x1", "eps", "v")},
    "x1, EDM": ("x1", edm()),
    "velocity, cosmap": ("velocity", cosmap()),
    "velocity, 1/2 + t²": ("velocity", tempered),
}
LEVEL_CASES: dict[str, Check] = {
    **{f"sampler, {t}": partial(sampler, target=t) for t in TARGETS},
    **{f"sampler, t is {name}": partial(sampler, time=law) for name, law in TIMES.items()},
    **{
        f"sampler given its data, {c} coupling": partial(sampler, given=True, coupling=c)
        for c in ("independent", "any", "ot")
    },
    "sampler, variance exploding": partial(sampler, path=EXPLODING),
    "sampler, three epochs": partial(sampler, epochs=3),
    "sampler, labels": labelled,
    **{f"loss, {t}": partial(loss, target=t) for t in TARGETS},
    **{f"loss, {n}": partial(loss, target=t, weight=w) for n, (t, w) in WEIGHTED.items()},
    **{f"loss, t is {name}": partial(loss, time=law) for name, law in TIMES.items()},
    **{f"loss, {c} coupling": partial(loss, coupling=c) for c in ("any", "ot")},
    "loss, three epochs": partial(loss, epochs=3),
    "loss, padding": padded,
    "loss, labels left out": labels_left_out,
    **{
        f"{kind} in bfloat16, {t}": partial(in_half, kind, target=t)
        for kind in ("sampler", "loss")
        for t in ("velocity", "x1", "eps", "v")
    },
    "step in bfloat16": step_in_half,
    **{f"loss of a table, {t}": partial(ddpm, target=t) for t in ("eps", "x1", "v")},
    "loss of a table, v, min-SNR": partial(ddpm, target="v", weight=min_snr(5, "v")),
    **{f"shuffling loss, {t}": partial(loss, target=t, shuffled=True) for t in TARGETS},
    **{
        f"shuffling loss, {n}": partial(loss, target=t, weight=w, shuffled=True)
        for n, (t, w) in WEIGHTED.items()
    },
    **{f"gradient, {t}": partial(loss, target=t, gradient=True) for t in TARGETS},
    **{
        f"gradient, {n}": partial(loss, target=t, weight=w, gradient=True)
        for n, (t, w) in WEIGHTED.items()
    },
    "gradient, shuffling loss": partial(loss, gradient=True, shuffled=True),
    **{f"gradient by hand, {t}": partial(gradient_by_hand, target=t) for t in TARGETS},
    "step, DDIM": partial(ddim, eta=0.0, samples=100),
    "step, DDIM with eta = 1": partial(ddim, eta=1.0),
    "step, Euler-Maruyama": euler_maruyama,
    "step, Heun": heun_step,
    "step, Adams-Bashforth": adams_bashforth,
    "solver, Euler": solver,
    "solver, Euler, points": partial(solver, data=POINTS),
    "solver, Heun of order 2": heun,
    "solver, SDE": stochastic,
    "divergence, Hutchinson": partial(hutchinson, probes="signs"),
    "divergence, normal probes": partial(hutchinson, probes="normal"),
    "schedule": schedule,
    **{f"field, {t}": partial(field, target=t) for t in ("velocity", "x1", "score")},
    **{
        f"conversion, {a} to {b}": partial(conversion, source=a, target=b)
        for a in TARGETS
        for b in TARGETS
        if a != b
    },
    "guidance": guidance,
    "jacobian": jacobian,
    "log-likelihood": likelihood,
}

_SPELLED = (
    *("plain", "stratified t", "one stratum a row", "antithetic noise"),
    *("antithetic noise, alternating", "antithetic t", "rows sorted by t", "1,000 discrete steps"),
    *("float32 times in float64", "float32", "float16"),
    "mixed precision: float16 data and noise, float32 t",
)
SPELLINGS: dict[str, Check] = {
    **{f"sampler, {n}": partial(spelled, n) for n in (*_SPELLED, "u from x_t", "lerp")},
    **{f"loss, {n}": partial(spelled_loss, n, False) for n in _SPELLED},
    **{f"gradient, {n}": partial(spelled_loss, n, True) for n in _SPELLED},
}
if find_spec("torch"):
    SPELLINGS |= {
        f"loss in PyTorch, {n}": partial(torch_spelled, n)
        for n in ("float32", "bfloat16", "autocast")
    }
