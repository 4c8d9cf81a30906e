"""Mistakes in training code that were written down before anyone looked at how they would be
judged, each with its right twin: in NumPy and PyTorch, as ``reported`` has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from reported import MIX, Kit, check_loss, check_sampler, col, square, straight
from scipy.special import ndtri

from fmproof.models import (
    CondOTPath,
    FunctionPath,
    GaussianMixture,
    QuantileTime,
    TablePath,
    TrigPath,
    UniformTime,
)
from fmproof.testing import assert_losses_differ_by_constant, edm

BARS = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))
INNER = UniformTime("1/20", "19/20")
SIGMA = 0.1


def normal(kit: Kit, n: int) -> Any:
    return kit.cast(kit.xp.randn(n) if kit.torch else np.random.standard_normal(n))


def noised(kit: Kit, x1: Any, bars: Any = BARS) -> tuple[Any, ...]:
    """(t, x_t, alpha, beta, noise) of a table with integer steps."""
    k = np.random.randint(0, len(bars), len(x1))
    k, bar = (kit.xp.as_tensor(v) for v in (k, bars[k])) if kit.torch else (k, bars[k])
    alpha, beta = (col(kit.cast(kit.xp.sqrt(v))) for v in (bar, 1 - bar))
    eps = kit.randn(x1)
    return kit.cast(k), alpha * x1 + beta * eps, alpha, beta, eps


def sigma_min_left_out(kit: Kit, wrong: bool, **options: Any) -> None:
    path = FunctionPath(lambda t: t, lambda t: 1 - (1 - SIGMA) * t)

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x = col(t) * x1 + (1 - (1 - SIGMA) * col(t)) * x0
        return square(model(t, x) - (x1 - (1.0 if wrong else 1 - SIGMA) * x0))

    check_loss(kit, error, path, MIX, **options)


def straight_target(kit: Kit, wrong: bool, **options: Any) -> None:
    """x1 − x0 for the velocity of a path that is not straight."""
    half = np.pi / 2

    def sampler(x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        sin, cos = kit.xp.sin(half * col(t)), kit.xp.cos(half * col(t))
        u = x1 - x0 if wrong else half * (cos * x1 - sin * x0)
        return sin * x1 + cos * x0, u, t

    check_sampler(kit, sampler, TrigPath(), MIX, **options)


def density_of_logit_normal(t: Any) -> Any:
    t = np.clip(t, 1e-9, 1 - 1e-9)
    logit = np.log(t / (1 - t))
    return np.exp(-(logit**2) / 2) / np.sqrt(2 * np.pi) / (t * (1 - t))


def law_and_weight(kit: Kit, wrong: bool, **options: Any) -> None:
    """The density of a law of t as the weight, while t has that law as well."""
    xp = kit.xp

    def error(model: Any, x1: Any) -> Any:
        normals = normal(kit, len(x1))
        t = 1 / (1 + xp.exp(-normals)) if wrong else 0.001 + 0.998 * kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        logit = xp.log(t / (1 - t))
        w = xp.exp(-(logit**2) / 2) / np.sqrt(2 * np.pi) / (t * (1 - t))
        return w * square(model(t, x) - u)

    given = {"weight": density_of_logit_normal, "time": UniformTime("1/1000", "999/1000")}
    check_loss(kit, error, CondOTPath(), MIX, **given, **options)


def one_time_for_all(kit: Kit, wrong: bool, **options: Any) -> None:
    """One t for the whole batch."""

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        t = 0 * t + t[:1] if wrong else t
        x, u = straight(kit, x1, t)
        return square(model(t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def sign_of_v(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t, x, alpha, beta, eps = noised(kit, x1)
        v = alpha * eps - beta * x1
        return square(model(t, x) - (-v if wrong else v))

    check_loss(kit, error, TablePath(BARS), MIX, target="v", **options)


def score_without_beta(kit: Kit, wrong: bool, **options: Any) -> None:
    """Denoising score matching that forgets to divide the noise."""

    def error(model: Any, x1: Any) -> Any:
        t, x, _, beta, eps = noised(kit, x1)
        return square(beta * (model(t, x) + (eps if wrong else eps / beta)))

    given = {"target": "score", "weight": lambda snr: 1 / (1 + snr)}
    check_loss(kit, error, TablePath(BARS), MIX, **given, **options)


def score_not_multiplied(kit: Kit, wrong: bool, **options: Any) -> None:
    """|beta s + noise|² without its beta."""

    def error(model: Any, x1: Any) -> Any:
        t, x, _, beta, eps = noised(kit, x1)
        return square((1 if wrong else beta) * model(t, x) + eps)

    given = {"target": "score", "weight": lambda snr: 1 / (1 + snr)}
    check_loss(kit, error, TablePath(BARS), MIX, **given, **options)


def noise_over_channels(kit: Kit, wrong: bool, **options: Any) -> None:
    """Noise of shape (N, 1), which broadcasts."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x0 = 0 * x0 + x0[:, :1] if wrong else x0
        return square(model(t, (1 - col(t)) * x0 + col(t) * x1) - (x1 - x0))

    check_loss(kit, error, CondOTPath(), MIX, **options)


def uniform_noise(kit: Kit, wrong: bool, **options: Any) -> None:
    """rand_like for randn_like."""

    def error(model: Any, x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        x0 = kit.rand(x1.shape[0] * x1.shape[1]).reshape(x0.shape) if wrong else x0
        return square(model(t, (1 - col(t)) * x0 + col(t) * x1) - (x1 - x0))

    check_loss(kit, error, CondOTPath(), MIX, **options)


def alphas_for_their_product(kit: Kit, wrong: bool, **options: Any) -> None:
    alone = 1 - np.linspace(1e-3, 0.2, 50)

    def error(model: Any, x1: Any) -> Any:
        t, x, _, _, eps = noised(kit, x1, alone if wrong else BARS)
        return square(model(t, x) - eps)

    check_loss(kit, error, TablePath(BARS), MIX, target="eps", **options)


def bridge(kit: Kit, x1: Any, x0: Any, times: float) -> tuple[Any, Any, Any]:
    """(x, u, t) of a Brownian bridge, whose own noise counts so many times in u."""
    t, own = 0.05 + 0.9 * kit.rand(len(x1)), kit.randn(x1)
    s = col(t)
    gamma = kit.xp.sqrt(s * (1 - s)) / 2
    u = x1 - x0 + times * (1 - 2 * s) / (8 * gamma) * own
    return s * x1 + (1 - s) * x0 + gamma * own, u, t


BRIDGE = FunctionPath(lambda t: t, lambda t: 1 - t, gamma=lambda t: np.sqrt(t * (1 - t)) / 2)


def velocity_of_a_bridge(kit: Kit, wrong: bool, **options: Any) -> None:
    def sampler(x0: Any, x1: Any) -> Any:
        return bridge(kit, kit.cast(x1), kit.cast(x0), 0.0 if wrong else 1.0)

    from fmproof.testing import assert_conditional_velocity

    assert_conditional_velocity(kit.mark(sampler), BRIDGE, MIX, time=INNER, **options)


def loss_of_a_bridge(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        x, u, t = bridge(kit, x1, kit.randn(x1), 0.0 if wrong else 1.0)
        return square(model(t, x) - u)

    check_loss(kit, error, BRIDGE, MIX, time=INNER, **options)


def errors_of_padding(kit: Kit, wrong: bool, **options: Any) -> None:
    """A mask that only divides."""
    data = GaussianMixture([1], [[1, -1, 0]], [[["1/2", 0, 0], [0, "1/4", 0], [0, 0, "1/9"]]])

    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        off = model(t, x) - u
        return square(off if wrong else off[:, :2]) / 2

    check_loss(kit, error, CondOTPath(), data, dims=[0, 1], reduction="mean", **options)


def labels_kept(kit: Kit, wrong: bool, **options: Any) -> None:
    """Labels that are kept where they are to be left out."""

    def loss(model: Any, x1: Any, y: Any) -> Any:
        x1, t = kit.cast(x1), kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        left_out = np.random.random(len(x1)) < 0.15
        if kit.torch:
            left_out = kit.xp.as_tensor(left_out)
        y = kit.xp.where(~left_out if wrong else left_out, 0 * y - 1, y)
        return square(model(t, x, y) - u).mean()

    given = {"label_dropout": 0.15, "samples": 2_000, **options}
    assert_losses_differ_by_constant(kit.model(), CondOTPath(), MIX, loss, **given)


def log_normal_times(kit: Kit, wrong: bool, **options: Any) -> None:
    """The variance of log t for its standard deviation, as EDM draws it."""
    deviation, sd = 1.2, 0.5

    def error(model: Any, x1: Any) -> Any:
        t = kit.xp.exp(normal(kit, len(x1)) * (deviation**2 if wrong else deviation) - 1.2)
        x = x1 + col(t) * kit.randn(x1)
        return (t**2 + sd**2) / (t * sd) ** 2 * square(model(t, x) - x1)

    law = QuantileTime(lambda u: np.exp(deviation * ndtri(u) - 1.2), "log-normal")
    path = FunctionPath(1, lambda t: t, high=2_000)
    given = {"target": "data", "weight": edm(sd), "time": law}
    check_loss(kit, error, path, MIX, **given, **options)


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "sigma min left out": (sigma_min_left_out, "x1 - x0, where sigma_min is left out"),
    "straight target": (straight_target, "x1 - x0, the velocity of CondOTPath and not of this"),
    "law and weight": (law_and_weight, "the law of t fits LogitNormalTime(0, 1)"),
    "one time for all": (one_time_for_all, "draw as many times as there are rows"),
    "sign of v": (sign_of_v, "the target is v with its sign flipped"),
    "score without beta": (score_without_beta, "the noise x0 with its sign flipped in place of"),
    "score not multiplied": (score_not_multiplied, "the noise x0 with its sign flipped in place"),
    "noise over channels": (noise_over_channels, "have the correlation 1: draw noise of the shape"),
    "uniform noise": (uniform_noise, "as of torch.rand"),
    "alphas for their product": (alphas_for_their_product, "alphas_cumprod, is due"),
    "velocity of a bridge": (velocity_of_a_bridge, "without that of the path's own noise"),
    "loss of a bridge": (loss_of_a_bridge, "without that of the path's own noise"),
    "errors of padding": (errors_of_padding, "the coordinates 2 count too, which are padding"),
    "labels kept": (labels_kept, "those are left out that are to be kept"),
    "log-normal times": (log_normal_times, "log t is normal with the mean -1"),
}
