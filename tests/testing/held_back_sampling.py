"""Mistakes in sampling code that were written down before anyone looked at how they would be
judged, each with its right twin: in NumPy and PyTorch, as ``reported`` has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from reported import MIX, Kit

from fmproof.models import CondOTPath, TablePath
from fmproof.testing import assert_divergence, assert_log_likelihood, assert_sampler, assert_step

BARS = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))
PAIRS = {"pairs": [(30, 29), (15, 14)]}
ROUGH = 5e-2  # of differences and of solvers, in less than double precision


def clean(kit: Kit, output: Any, x: Any, t: int) -> tuple[Any, Any, float]:
    """(data, x, noise level) of a model of the noise."""
    output, x, bar = kit.cast(output), kit.cast(x), float(BARS[t])
    return (x - (1 - bar) ** 0.5 * output) / bar**0.5, x, (1 - bar) ** 0.5


def euler_backwards(kit: Kit, wrong: bool, **options: Any) -> None:
    """Time runs from data to noise; the step is t − s for s − t."""

    def step(output: Any, x: Any, t: float, s: float) -> Any:
        return kit.cast(x) + (t - s if wrong else s - t) * kit.cast(output)

    given = {"kind": "euler", "direction": "data-to-noise", "samples": 500}
    assert_step(kit.mark(step), CondOTPath(), MIX, **given, **options)


def heun_once(kit: Kit, wrong: bool, **options: Any) -> None:
    """Heun's step with its first slope twice."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x = kit.cast(x)
        first = kit.cast(model(x, t))
        second = first if wrong else kit.cast(model(x + (s - t) * first, s))
        return x + (s - t) * (first + second) / 2

    assert_step(kit.mark(step), CondOTPath(), MIX, kind="heun", samples=500, **options)


def deviation(t: int, s: int, upside_down: bool = False) -> float:
    ratio = (1 - BARS[s]) / (1 - BARS[t])
    return float(np.sqrt((1 / ratio if upside_down else ratio) * (1 - BARS[t] / BARS[s])))


def old_noise_kept(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDIM with noise, whose direction forgets that."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        data, x, _ = clean(kit, output, x, t)
        std = deviation(t, s)
        kept = float(1 - BARS[s] - (0 if wrong else std**2)) ** 0.5
        return float(BARS[s]) ** 0.5 * data + kept * kit.cast(output) + std * kit.randn(x)

    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=1, **PAIRS, **options)


def deviation_upside_down(kit: Kit, wrong: bool, **options: Any) -> None:
    def step(output: Any, x: Any, t: int, s: int) -> Any:
        data, x, _ = clean(kit, output, x, t)
        kept = float(1 - BARS[s] - deviation(t, s) ** 2 / 4) ** 0.5
        noise = deviation(t, s, wrong) / 2 * kit.randn(x)
        return float(BARS[s]) ** 0.5 * data + kept * kit.cast(output) + noise

    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=0.5, pairs=[(6, 5)], **options)


def factors_exchanged(kit: Kit, wrong: bool, **options: Any) -> None:
    """The mean of DDPM's posterior with its two factors exchanged."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        data, x, noise = clean(kit, output, x, t)
        alpha = float(BARS[t] / BARS[s])
        of_data = (1 - alpha) * float(BARS[s]) ** 0.5 / noise**2
        of_x = float(1 - BARS[s]) * alpha**0.5 / noise**2
        if wrong:
            of_data, of_x = of_x, of_data
        return of_data * data + of_x * x + deviation(t, s) * kit.randn(x)

    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=1, **PAIRS, **options)


def root_of_the_factor(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDPM's mean, whose noise is divided by 1 − ᾱ and not by its root."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        _, x, noise = clean(kit, output, x, t)
        alpha = float(BARS[t] / BARS[s])
        less = (1 - alpha) / (noise**2 if wrong else noise)
        return (x - less * kit.cast(output)) / alpha**0.5 + deviation(t, s) * kit.randn(x)

    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=1, **PAIRS, **options)


def whole_correction(kit: Kit, wrong: bool, **options: Any) -> None:
    """g² times the score in the drift of an SDE, where half of it is due."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x, h = kit.cast(x), s - t
        u = kit.cast(model(x, t))
        score = (t * u - x) / (1 - t)
        drift = u + (1.0 if wrong else 0.5) * score
        return x + h * drift + h**0.5 * kit.randn(x)

    given: dict[str, Any] = {"kind": "euler-maruyama", "noise": lambda t: 1 + 0 * t}
    assert_step(kit.mark(step), CondOTPath(), MIX, pairs=[(0.4, 0.5)], **given, **options)


def clipped_data(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDIM that clips its data to [−1, 1], where those to be learned are not in there."""

    def sample(model: Any, x: Any) -> Any:
        x = kit.cast(x)
        for k in range(len(BARS) - 1, -1, -1):
            output = kit.cast(model(x, k))
            data, x, _ = clean(kit, output, x, k)
            data = data.clip(-1, 1) if wrong else data
            later = float(BARS[k - 1]) if k else 1.0
            x = later**0.5 * data + (1 - later) ** 0.5 * output
        return x

    given = {"predict": "eps", "tolerance": 0.1, "samples": 1_000}
    assert_sampler(kit.mark(sample), TablePath(BARS), MIX, **given, **options)


def estimate(kit: Kit, probes: Callable[[Any], tuple[Any, Any]]) -> Callable[..., Any]:
    """z·J y of two probes, in NumPy by differences, whose step the precision sets."""
    step = 1e-5 if kit.dtype is np.float64 else 1e-2

    def divergence(field: Any, t: Any, x: Any) -> Any:
        t, x = kit.cast(t), kit.cast(x)
        z, y = probes(x)
        if not kit.torch:
            move = kit.cast(step * y)
            return ((field(t, x + move) - field(t, x - move)) * z).sum(1) / (2 * step)
        x = x.detach().requires_grad_(True)
        (slope,) = kit.xp.autograd.grad((field(t, x) * z).sum(), x)
        return (slope * y).sum(1)

    return kit.mark(divergence)


def signs(kit: Kit, x: Any) -> Any:
    return kit.cast(kit.xp.sign(kit.randn(x)))


def tolerance(kit: Kit) -> dict[str, float]:
    return {} if kit.dtype is np.float64 else {"tolerance": ROUGH}


def probes_of_zeros_and_ones(kit: Kit, wrong: bool, **options: Any) -> None:
    """randint(0, 2) without 2 z − 1."""

    def probes(x: Any) -> tuple[Any, Any]:
        z = signs(kit, x)
        z = (z + 1) / 2 if wrong else z
        return z, z

    given = {**tolerance(kit), **options}
    assert_divergence(estimate(kit, probes), CondOTPath(), MIX, **given)


def other_probe(kit: Kit, wrong: bool, **options: Any) -> None:
    """A new probe on the other side of the Jacobian."""

    def probes(x: Any) -> tuple[Any, Any]:
        z = signs(kit, x)
        return z, signs(kit, x) if wrong else z

    given = {**tolerance(kit), **options}
    assert_divergence(estimate(kit, probes), CondOTPath(), MIX, **given)


def log_likelihood(kit: Kit, options: dict[str, Any], end: Callable[[Any, Any, int], Any]) -> None:
    """With ``end(|x0|² (N,), the integral of the divergence (N,), d)`` as its last line."""
    step = 1e-4 if kit.dtype is np.float64 else 3e-2

    def function(model: Any, x1: Any) -> Any:
        x, count, change = kit.cast(x1), 50, 0.0
        dim = x.shape[1]
        axes = [0 * x + kit.cast(kit.xp.eye(dim))[i] for i in range(dim)]
        for k in range(count):
            t = 1 - (k + 0.5) / count
            middle = x - kit.cast(model(x, min(t + 0.5 / count, 0.999))) / (2 * count)
            u = kit.cast(model(middle, t))
            for i, axis in enumerate(axes):
                above, below = (model(middle + side * step * axis, t) for side in (1, -1))
                change = change + kit.cast(above - below)[:, i] / (2 * step * count)
            x = x - u / count
        return end((x * x).sum(1), change, dim)

    coarse = {} if kit.dtype is np.float64 else {"tolerance": 0.2}
    given = {"points": 16, **coarse, **options}
    assert_log_likelihood(kit.mark(function), CondOTPath(), MIX, **given)


def normalised_once(kit: Kit, wrong: bool, **options: Any) -> None:
    """log(2π)/2 for d of them."""

    def end(square: Any, change: Any, dim: int) -> Any:
        return -0.5 * square - (1 if wrong else dim) * np.log(2 * np.pi) / 2 - change

    log_likelihood(kit, options, end)


def half_of_the_square(kit: Kit, wrong: bool, **options: Any) -> None:
    def end(square: Any, change: Any, dim: int) -> Any:
        return -(1 if wrong else 0.5) * square - dim * np.log(2 * np.pi) / 2 - change

    log_likelihood(kit, options, end)


def bits_per_dimension(kit: Kit, wrong: bool, **options: Any) -> None:
    def end(square: Any, change: Any, dim: int) -> Any:
        nats = -0.5 * square - dim * np.log(2 * np.pi) / 2 - change
        return nats / (dim * np.log(2)) if wrong else nats

    log_likelihood(kit, options, end)


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "euler backwards": (euler_backwards, "the step goes the wrong way: its sign is flipped"),
    "heun once": (heun_once, "alone; the other slope is due at"),
    "old noise kept": (old_noise_kept, "the noise is added to all of the old one"),
    "deviation upside down": (deviation_upside_down, "the mean is right, but the noise is 1."),
    "factors exchanged": (factors_exchanged, "the factors of the data and of x_t are exchanged"),
    "root of the factor": (root_of_the_factor, "divided by beta² = 1 - alpha², where beta is due"),
    "whole correction": (whole_correction, "corrected by g² times the score, where g²/2 is due"),
    "clipped data": (clipped_data, "the samples are clipped to [-1, 1]"),
    "probes of zeros and ones": (probes_of_zeros_and_ones, "the probes have the mean 0."),
    "other probe": (other_probe, "its mean is 0: the probes on the two sides"),
    "normalised once": (normalised_once, "normalised by log(2π)/2, where d/2 log(2π) is due"),
    "half of the square": (half_of_the_square, "is -|x0|², where -|x0|²/2 is due"),
    "bits per dimension": (bits_per_dimension, "in bits per dimension, log p / (d log 2)"),
}
