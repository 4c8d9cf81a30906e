"""Everyday mistakes in sampling code, each with its right twin: in NumPy and PyTorch, as
``reported`` has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from held_back_sampling import BARS, PAIRS, clean, deviation, estimate, log_likelihood, signs
from held_back_sampling import tolerance as tolerated
from reported import MIX, Kit, col

from fmproof.models import CondOTPath, FunctionPath, TablePath, UniformTime
from fmproof.testing import (
    assert_conversion,
    assert_divergence,
    assert_guidance,
    assert_jacobian,
    assert_sampler,
    assert_step,
)

INNER = UniformTime("1/20", "19/20")
SHARPENED = {"predict": "eps", "tolerance": 0.1, "samples": 1_000}


def variance_of_the_step(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDPM's noise with the variance beta_t, where the small one is due."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        data, x, noise = clean(kit, output, x, t)
        alpha = float(BARS[t] / BARS[s])
        of_data = (1 - alpha) * float(BARS[s]) ** 0.5 / noise**2
        of_x = float(1 - BARS[s]) * alpha**0.5 / noise**2
        std = (1 - alpha) ** 0.5 if wrong else deviation(t, s)
        return of_data * data + of_x * x + std * kit.randn(x)

    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=1, pairs=[(6, 5)], **options)


def eta_squared(kit: Kit, wrong: bool, **options: Any) -> None:
    """The variance of DDIM's noise multiplied by eta, not by its square."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        data, x, _ = clean(kit, output, x, t)
        std = deviation(t, s) * (0.5**0.5 if wrong else 0.5)
        kept = float(1 - BARS[s] - std**2) ** 0.5
        return float(BARS[s]) ** 0.5 * data + kept * kit.cast(output) + std * kit.randn(x)

    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=0.5, **PAIRS, **options)


def variance_for_deviation(kit: Kit, wrong: bool, **options: Any) -> None:
    """Noise times the variance."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        data, x, _ = clean(kit, output, x, t)
        std = deviation(t, s)
        kept = float(1 - BARS[s] - std**2) ** 0.5
        noise = (std**2 if wrong else std) * kit.randn(x)
        return float(BARS[s]) ** 0.5 * data + kept * kit.cast(output) + noise

    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=1, **PAIRS, **options)


def noise_by_the_step(kit: Kit, wrong: bool, **options: Any) -> None:
    """Euler and Maruyama's noise times h, not its root."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x, h = kit.cast(x), s - t
        u = kit.cast(model(x, t))
        drift = u + 0.5 * (t * u - x) / (1 - t)
        return x + h * drift + (h if wrong else h**0.5) * kit.randn(x)

    given: dict[str, Any] = {"kind": "euler-maruyama", "noise": lambda t: 1 + 0 * t}
    assert_step(kit.mark(step), CondOTPath(), MIX, pairs=[(0.4, 0.5)], **given, **options)


def score_of_the_other_end(kit: Kit, wrong: bool, **options: Any) -> None:
    """(t u − x) / t for the score (t u − x) / (1 − t)."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x, h = kit.cast(x), s - t
        u = kit.cast(model(x, t))
        drift = u + 0.5 * (t * u - x) / (t if wrong else 1 - t)
        return x + h * drift + h**0.5 * kit.randn(x)

    given: dict[str, Any] = {"kind": "euler-maruyama", "noise": lambda t: 1 + 0 * t}
    assert_step(kit.mark(step), CondOTPath(), MIX, pairs=[(0.3, 0.4)], **given, **options)


def sigma_of_the_next(kit: Kit, wrong: bool, **options: Any) -> None:
    """Euler in sigma, whose slope is divided by the sigma that it goes to."""

    def sigma(t: Any) -> Any:
        return 4 * (1 - t) + 0.1

    def step(output: Any, x: Any, t: float, s: float) -> Any:
        x, output = kit.cast(x), kit.cast(output)
        slope = (x - output) / (sigma(s) if wrong else sigma(t))
        return x + (sigma(s) - sigma(t)) * slope

    path = FunctionPath(lambda t: 1 + 0 * t, sigma)
    given: dict[str, Any] = {"predict": "x1", "pairs": [(0.3, 0.4)], "samples": 500}
    assert_step(kit.mark(step), path, MIX, **given, **options)


def exponent_of_the_step(kit: Kit, wrong: bool, **options: Any) -> None:
    """DPM-Solver's first step with e^h for e^−h."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        data, x, noise = clean(kit, output, x, t)
        later = float(1 - BARS[s]) ** 0.5
        h = np.log(float(BARS[s]) ** 0.5 / later) - np.log(float(BARS[t]) ** 0.5 / noise)
        less = float(np.expm1(h if wrong else -h))
        return later / noise * x - float(BARS[s]) ** 0.5 * less * data

    assert_step(kit.mark(step), TablePath(BARS), MIX, samples=500, **PAIRS, **options)


def weights_exchanged(kit: Kit, wrong: bool, **options: Any) -> None:
    """Adams and Bashforth's 3/2 and −1/2, exchanged."""

    def step(output: Any, x: Any, t: float, s: float, previous: Any) -> Any:
        new, old = kit.cast(output), kit.cast(previous[0])
        a, b = (-0.5, 1.5) if wrong else (1.5, -0.5)
        return kit.cast(x) + (s - t) * (a * new + b * old)

    given: dict[str, Any] = {"kind": "adams-bashforth", "samples": 500}
    pairs = [(0.25, 0.375, 0.5)]
    assert_step(kit.mark(step), CondOTPath(), MIX, pairs=pairs, **given, **options)


def kind_of_prediction(kit: Kit, wrong: bool, **options: Any) -> None:
    """A model of v, taken for one of the noise."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        output, x = kit.cast(output), kit.cast(x)
        a, b = float(BARS[t]) ** 0.5, float(1 - BARS[t]) ** 0.5
        noise = output if wrong else a * output + b * x
        data = (x - b * noise) / a
        return float(BARS[s]) ** 0.5 * data + float(1 - BARS[s]) ** 0.5 * noise

    given: dict[str, Any] = {"predict": "v", "samples": 500}
    assert_step(kit.mark(step), TablePath(BARS), MIX, **PAIRS, **given, **options)


def data_of_the_velocity(kit: Kit, wrong: bool, **options: Any) -> None:
    """x + t u for the data x + (1 − t) u."""

    def convert(prediction: Any, x: Any, t: Any) -> Any:
        prediction, x, s = kit.cast(prediction), kit.cast(x), col(kit.cast(t))
        return x + (s if wrong else 1 - s) * prediction

    assert_conversion(kit.mark(convert), "velocity", "x1", CondOTPath(), time=INNER, **options)


def noise_of_the_velocity(kit: Kit, wrong: bool, **options: Any) -> None:
    """x + t u for the noise x − t u."""

    def convert(prediction: Any, x: Any, t: Any) -> Any:
        prediction, x, s = kit.cast(prediction), kit.cast(x), col(kit.cast(t))
        return x + s * prediction if wrong else x - s * prediction

    assert_conversion(kit.mark(convert), "velocity", "eps", CondOTPath(), time=INNER, **options)


def score_of_the_noise(kit: Kit, wrong: bool, **options: Any) -> None:
    """−noise / beta² for −noise / beta."""

    def convert(prediction: Any, x: Any, t: Any) -> Any:
        s = 1 - col(kit.cast(t))
        return -kit.cast(prediction) / (s * s if wrong else s)

    assert_conversion(kit.mark(convert), "eps", "score", CondOTPath(), time=INNER, **options)


def velocity_of_the_data(kit: Kit, wrong: bool, **options: Any) -> None:
    """(x − data) / (1 − t): its sign."""

    def convert(prediction: Any, x: Any, t: Any) -> Any:
        off = kit.cast(prediction) - kit.cast(x)
        return (-off if wrong else off) / (1 - col(kit.cast(t)))

    assert_conversion(kit.mark(convert), "x1", "velocity", CondOTPath(), time=INNER, **options)


def added_guidance(kit: Kit, wrong: bool, **options: Any) -> None:
    """uncond + scale cond, without the difference."""

    def guide(cond: Any, uncond: Any, scale: float) -> Any:
        cond, uncond = kit.cast(cond), kit.cast(uncond)
        return uncond + scale * (cond if wrong else cond - uncond)

    assert_guidance(kit.mark(guide), **options)


def mixed_guidance(kit: Kit, wrong: bool, **options: Any) -> None:
    """A mean of the two with the scale as its weight, the wrong way round."""

    def guide(cond: Any, uncond: Any, scale: float) -> Any:
        cond, uncond = kit.cast(cond), kit.cast(uncond)
        if wrong:
            return scale * uncond + (1 - scale) * cond
        return scale * cond + (1 - scale) * uncond

    assert_guidance(kit.mark(guide), **options)


def rescaled_guidance(kit: Kit, wrong: bool, **options: Any) -> None:
    """Divided by its scale, to keep it small."""

    def guide(cond: Any, uncond: Any, scale: float) -> Any:
        cond, uncond = kit.cast(cond), kit.cast(uncond)
        found = uncond + scale * (cond - uncond)
        return found / (1 + scale) if wrong else found

    assert_guidance(kit.mark(guide), **options)


def one_noise_for_all_steps(kit: Kit, wrong: bool, **options: Any) -> None:
    """Noise drawn once, before the loop."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x, h = kit.cast(x), 0.99 / steps
        once = kit.randn(x)
        for k in range(steps):
            t = k * h
            u = kit.cast(model(x, t))
            noise = once if wrong else kit.randn(x)
            x = x + h * (u - 0.5 * (x - t * u)) + ((1 - t) * h) ** 0.5 * noise
        return x

    given = {"tolerance": 0.05, "samples": 2_000}
    assert_sampler(kit.mark(sample), CondOTPath(), MIX, **given, **options)


def middle_at_the_start(kit: Kit, wrong: bool, **options: Any) -> None:
    """The midpoint rule, which asks the model for the middle at the time of the start."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x, h = kit.cast(x), 1 / steps
        for k in range(steps):
            middle = x + h / 2 * kit.cast(model(x, k * h))
            x = x + h * kit.cast(model(middle, k * h if wrong else (k + 0.5) * h))
        return x

    given = {"order": 2, "samples": 1_000, "steps": 32}
    assert_sampler(kit.mark(sample), CondOTPath(), MIX, **given, **options)


def weights_of_runge_kutta(kit: Kit, wrong: bool, **options: Any) -> None:
    """(1, 2, 2, 1) / 6 as (2, 1, 1, 2) / 6."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x, h = kit.cast(x), 1 / steps
        outer, inner = (2, 1) if wrong else (1, 2)
        for k in range(steps):
            t, m, s = k * h, (k + 0.5) * h, min(1.0, (k + 1) * h)
            a = kit.cast(model(x, t))
            b = kit.cast(model(x + h / 2 * a, m))
            c = kit.cast(model(x + h / 2 * b, m))
            d = kit.cast(model(x + h * c, s))
            x = x + h / 6 * (outer * (a + d) + inner * (b + c))
        return x

    given = {"order": 4, "samples": 1_000, "steps": 16}
    assert_sampler(kit.mark(sample), CondOTPath(), MIX, **given, **options)


def data_at_the_end(kit: Kit, wrong: bool, **options: Any) -> None:
    """The last tenth is jumped with the model's data."""

    def sample(model: Any, x: Any) -> Any:
        x, steps = kit.cast(x), 64
        for k in range(steps):
            t = k / steps
            u = kit.cast(model(x, t))
            if wrong and t > 0.6:
                return x + (1 - t) * u
            x = x + u / steps
        return x

    given = {"samples": 4_000, "tolerance": 0.02}
    assert_sampler(kit.mark(sample), CondOTPath(), MIX, **given, **options)


def pixels_at_the_end(kit: Kit, wrong: bool, **options: Any) -> None:
    """(x + 1) / 2 of samples whose data had not been scaled to [−1, 1]."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x = kit.cast(x)
        for k in range(steps):
            x = x + kit.cast(model(x, k / steps)) / steps
        return (x + 1) / 2 if wrong else x

    assert_sampler(kit.mark(sample), CondOTPath(), MIX, tolerance=0.05, **options)


def scaled_start(kit: Kit, wrong: bool, **options: Any) -> None:
    """Noise that has its deviation already, multiplied by sigma once more."""
    path = FunctionPath(lambda t: 1 + 0 * t, lambda t: 4 * (1 - t) + 0.01)

    def sample(model: Any, x: Any, steps: int) -> Any:
        x = kit.cast(x) * (4.01 if wrong else 1)
        for k in range(steps):
            slope = (x - kit.cast(model(x, k / steps))) / (4 * (1 - k / steps) + 0.01)
            x = x - 4 / steps * slope
        return x

    given = {"predict": "x1", "tolerance": 0.06, "samples": 2_000}
    assert_sampler(kit.mark(sample), path, MIX, **given, **options)


def unscaled_variance(kit: Kit, wrong: bool, **options: Any) -> None:
    """Churn: noise of sigma_hat − sigma, not of the root of the difference of squares."""

    def sigma(t: Any) -> Any:
        return 4 * (1 - t) + 0.1

    def sample(model: Any, x: Any, steps: int) -> Any:
        x, sigmas = kit.cast(x), [4 * (1 - k / steps) + 0.1 for k in range(steps + 1)]
        for k in range(steps):
            now, then = sigmas[k], sigmas[k + 1]
            hat = min(now * 1.05, 4.1)
            noise = hat - now if wrong else (hat**2 - now**2) ** 0.5
            x = x + noise * kit.randn(x)
            t = min(max(1 - (hat - 0.1) / 4, 0.0), 1.0)
            x = x + (then - hat) * (x - kit.cast(model(x, t))) / hat
        return x

    path = FunctionPath(lambda t: 1 + 0 * t, sigma)
    given = {"predict": "x1", "tolerance": 0.08, "samples": 2_000, "steps": 100}
    assert_sampler(kit.mark(sample), path, MIX, **given, **options)


def mean_of_the_trace(kit: Kit, wrong: bool, **options: Any) -> None:
    """z J z, averaged over the coordinates, not summed."""

    def probes(x: Any) -> tuple[Any, Any]:
        z = signs(kit, x)
        return z, z / x.shape[1] if wrong else z

    given = {**tolerated(kit), **options}
    assert_divergence(estimate(kit, probes), CondOTPath(), MIX, **given)


def one_probe_for_all(kit: Kit, wrong: bool, **options: Any) -> None:
    """Probes of the deviation 1/2."""

    def probes(x: Any) -> tuple[Any, Any]:
        z = kit.randn(x) / (2 if wrong else 1)
        return z, z

    given = {**tolerated(kit), **options}
    assert_divergence(estimate(kit, probes), CondOTPath(), MIX, **given)


def change_left_out(kit: Kit, wrong: bool, **options: Any) -> None:
    """The base density alone."""

    def end(square: Any, change: Any, dim: int) -> Any:
        return -0.5 * square - dim * np.log(2 * np.pi) / 2 - (0 if wrong else 1) * change

    log_likelihood(kit, options, end)


def negative_likelihood(kit: Kit, wrong: bool, **options: Any) -> None:
    def end(square: Any, change: Any, dim: int) -> Any:
        nats = -0.5 * square - dim * np.log(2 * np.pi) / 2 - change
        return -nats if wrong else nats

    log_likelihood(kit, options, end)


def dimension_left_out(kit: Kit, wrong: bool, **options: Any) -> None:
    """log 2π without its 1/2."""

    def end(square: Any, change: Any, dim: int) -> Any:
        return -0.5 * square - dim * np.log(2 * np.pi) * (1 if wrong else 0.5) - change

    log_likelihood(kit, options, end)


def jacobian_by_rows(kit: Kit, wrong: bool, **options: Any) -> None:
    """The mean over the batch is differentiated: a factor 1/N."""
    step = 1e-5 if kit.dtype is np.float64 else 1e-2

    def jacobian(field: Any, t: Any, x: Any) -> Any:
        t, x = kit.cast(t), kit.cast(x)
        if kit.torch:
            x = x.detach().requires_grad_(True)
            sums = field(t, x).sum(0)
            rows = [kit.xp.autograd.grad(s, x, retain_graph=True)[0] for s in sums]
            found = kit.xp.stack(rows, 1)
        else:
            moves = [kit.cast(step * e) for e in np.eye(x.shape[1])]
            found = np.stack([field(t, x + m) - field(t, x - m) for m in moves], 2) / (2 * step)
        return found / len(x) if wrong else found

    given = {**tolerated(kit), **options}
    assert_jacobian(kit.mark(jacobian), CondOTPath(), MIX, **given)


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "variance of the step": (variance_of_the_step, "the larger of DDPM's variances"),
    "eta squared": (eta_squared, "it is the step with 1.4"),
    "variance for deviation": (variance_for_deviation, "it has the variance for a factor"),
    "noise by the step": (noise_by_the_step, "it has the variance for a factor"),
    "score of the other end": (score_of_the_other_end, "times its correction for the noise"),
    "sigma of the next": (sigma_of_the_next, "it goes 1.16 = beta_t/beta_s times as far"),
    "exponent of the step": (exponent_of_the_step, "the factor of x_t is right"),
    "weights exchanged": (weights_exchanged, "they are in the reverse order"),
    "kind of prediction": (kind_of_prediction, "it is right with predict='eps', declared 'v'"),
    "data of the velocity": (
        data_of_the_velocity,
        "its term in the prediction is alpha/beta times",
    ),
    "noise of the velocity": (
        noise_of_the_velocity,
        "its term in the prediction has the wrong sign",
    ),
    "score of the noise": (score_of_the_noise, "it is 1/beta times what it should be"),
    "velocity of the data": (velocity_of_the_data, "its sign is flipped"),
    "added guidance": (added_guidance, "it is 7.5 cond + 1 uncond"),
    "mixed guidance": (mixed_guidance, "cond and uncond are exchanged"),
    "rescaled guidance": (rescaled_guidance, "it is 0.8824 cond - 0.7647 uncond"),
    "one noise for all steps": (one_noise_for_all_steps, "the same noise is added in every step"),
    "middle at the start": (
        middle_at_the_start,
        "it is of order 1: is each stage told its own time",
    ),
    "weights of runge kutta": (weights_of_runge_kutta, "it is of order 2: a weight"),
    "data at the end": (
        data_at_the_end,
        "the samples are the mean of the data given x at t = 0.609",
    ),
    "pixels at the end": (pixels_at_the_end, "the samples have the law of (x + 1) / 2"),
    "scaled start": (scaled_start, "times the noise that it is given"),
    "unscaled variance": (unscaled_variance, "its noise is too small"),
    "mean of the trace": (mean_of_the_trace, "it is averaged over the coordinates"),
    "small probes": (one_probe_for_all, "the probes have that variance"),
    "change left out": (change_left_out, "the integral of the divergence is missing"),
    "negative likelihood": (negative_likelihood, "its sign is flipped"),
    "dimension left out": (dimension_left_out, "normalised by d log(2π)"),
    "jacobian by rows": (jacobian_by_rows, "the mean over the rows is differentiated"),
}
