"""Mistakes that were made and reported in public training code, each with its right twin.

Written for NumPy and PyTorch alike: ``Kit`` has what both share, in one precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fmproof.models import (
    BetaTime,
    CondOTPath,
    FixedTime,
    FunctionPath,
    GaussianMixture,
    QuantileTime,
    TablePath,
    TrigPath,
    UniformTime,
)
from fmproof.testing import (
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_schedule,
    edm,
    min_snr,
    takes_tensors,
)

MIX = GaussianMixture(
    ["3/10", "7/10"],
    [[-2, 0], ["3/2", 1]],
    [[["1/4", 0], [0, "1/2"]], [["1/2", 0], [0, "1/4"]]],
)
POINTS = np.array([[0.0, 0], [1, 2], [-2, 1], [3, -1]])


@dataclass(frozen=True)
class Kit:
    """Array functions and random numbers of one library in one precision."""

    xp: Any
    dtype: Any

    @classmethod
    def of(cls, precision: str) -> Kit:
        """NumPy for "float64" and "float32", PyTorch for "torch float32", "torch bfloat16" …"""
        library, _, name = precision.rpartition(" ")
        if library == "torch":
            import torch

            return cls(torch, getattr(torch, name))
        return cls(np, getattr(np, name))

    @property
    def torch(self) -> bool:
        return self.xp is not np

    def cast(self, x: Any) -> Any:
        return x.to(self.dtype) if self.torch else x.astype(self.dtype)

    def rand(self, n: int) -> Any:
        if self.torch:
            return self.xp.rand(n).to(self.dtype)
        return np.random.random(n).astype(self.dtype)

    def randn(self, x: Any) -> Any:
        if self.torch:
            return self.xp.randn(tuple(x.shape)).to(self.dtype)
        return np.random.standard_normal(x.shape).astype(self.dtype)

    def marked_methods(self, made: Any) -> Any:
        """An object whose methods take what the kit has."""
        for name in ("alpha", "beta", "dalpha", "dbeta"):
            setattr(made, name, self.mark(getattr(made, name)))
        return made

    def mark(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return takes_tensors(function) if self.torch else function

    def model(self) -> Callable[..., Any]:
        xp = self.xp

        def model(t: Any, x: Any) -> Any:
            s = t.reshape(-1, 1)
            return 0.3 * x + xp.tanh(s * x) - 0.2 * s

        return self.mark(model)

    def loss(self, error: Callable[..., Any]) -> Callable[..., Any]:
        """A loss from ``error(kit's model, x1)`` -> (N,)."""

        def loss(model: Any, x1: Any) -> Any:
            return error(model, self.cast(x1)).mean()

        return loss


def col(t: Any) -> Any:
    return t.reshape(-1, 1)


def square(x: Any) -> Any:
    return (x * x).sum(1)


def straight(kit: Kit, x1: Any, t: Any) -> tuple[Any, Any]:
    x0 = kit.randn(x1)
    return (1 - col(t)) * x0 + col(t) * x1, x1 - x0


# --- the cases: name -> check(kit, wrong) -----------------------------------------------


def check_sampler(kit: Kit, function: Callable[..., Any], *args: Any, **options: Any) -> None:
    def sampler(x1: Any) -> Any:
        return function(kit.cast(x1))

    assert_conditional_velocity(kit.mark(sampler), *args, **options)


def check_loss(kit: Kit, error: Callable[..., Any], *args: Any, **options: Any) -> None:
    path, data = args
    options.setdefault("samples", 20_000)
    assert_losses_differ_by_constant(kit.model(), path, data, kit.loss(error), **options)


def one_point(kit: Kit, wrong: bool, **options: Any) -> None:
    """The textbook sampler on one data point; the wrong one predicts the data."""

    def sampler(x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return x, (x1 + 1e-1 if wrong else u), t

    check_sampler(kit, sampler, CondOTPath(), [[0, 0]], **options)


def source_for_latent(kit: Kit, wrong: bool, **options: Any) -> None:
    def sampler(x1: Any) -> Any:
        t, latent, source = kit.rand(len(x1)), kit.randn(x1), kit.randn(x1) * 0.7 + 1
        x = (1 - col(t)) * latent + col(t) * x1
        return x, x1 - (source if wrong else latent), t

    check_sampler(kit, sampler, CondOTPath(), MIX, **options)


def mirrored_noise(kit: Kit, wrong: bool, **options: Any) -> None:
    def sampler(x1: Any) -> Any:
        sigma = 0.6 + 0.4 * kit.rand(len(x1))
        t = sigma - 0.6 + 0.6 if wrong else 1 - sigma
        x, u = straight(kit, x1, t)
        return x, u, t

    check_sampler(kit, sampler, CondOTPath(), MIX, time=UniformTime(0, "2/5"), **options)


def beta_time(kit: Kit, wrong: bool, **options: Any) -> None:
    def sampler(x1: Any) -> Any:
        n = len(x1)
        a, b = kit.rand(n) ** (1 / 1.5), kit.rand(n)
        t = 1 - a if not wrong else b / (a + b)
        x, u = straight(kit, x1, t)
        return x, u, t

    check_sampler(kit, sampler, CondOTPath(), MIX, time=BetaTime(1, 1.5), **options)


def weight_broadcast(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        w, e = 0.5 + t, square(model(t, x) - u)
        return col(w) * e if wrong else w * e

    check_loss(kit, error, CondOTPath(), MIX, weight=lambda t: 0.5 + t, **options)


def _snr(kit: Kit, t: Any) -> tuple[Any, Any, Any]:
    a, s = kit.xp.sin(t * (np.pi / 2)), kit.xp.cos(t * (np.pi / 2))
    return a, s, (a / s) ** 2


def min_snr_of_v(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = 0.02 + 0.96 * kit.rand(len(x1))
        x0, (a, s, snr) = kit.randn(x1), _snr(kit, t)
        five = 0 * snr + 5
        w = kit.xp.minimum(snr + 1 if wrong else snr, five) / (snr + 1)
        v = col(a) * x0 - col(s) * x1
        return w * square(model(t, col(a) * x1 + col(s) * x0) - v) / 2

    check_loss(
        kit,
        error,
        TrigPath(),
        MIX,
        target="v",
        weight=min_snr(5, "v"),
        time=UniformTime("1/50", "49/50"),
        reduction="mean",
        **options,
    )


def max_snr(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = 0.1 + 0.8 * kit.rand(len(x1))
        x0, (a, s, snr) = kit.randn(x1), _snr(kit, t)
        five = 0 * snr + 5
        w = (kit.xp.maximum if wrong else kit.xp.minimum)(snr, five) / snr
        return w * square(model(t, col(a) * x1 + col(s) * x0) - x0) / 2

    check_loss(
        kit,
        error,
        TrigPath(),
        MIX,
        target="eps",
        weight=min_snr(5),
        time=UniformTime("1/10", "9/10"),
        reduction="mean",
        **options,
    )


def score_sign(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        n = kit.randn(x1)
        t = kit.rand(len(x1)) * 0 + 0.5
        score = -n / 0.5
        return square(model(t, x1 + 0.5 * n) - (-score if wrong else score))

    path = FunctionPath(1, 0.5)
    check_loss(kit, error, path, MIX, target="score", time=FixedTime(0.5), **options)


def missing_sqrt(kit: Kit, wrong: bool, **options: Any) -> None:
    def sampler(x1: Any) -> Any:
        t, x0, xp = kit.rand(len(x1)), kit.randn(x1), kit.xp
        bar = xp.sin(t * (np.pi / 2)) ** 2
        x = col(xp.sqrt(bar)) * x1 + col(1 - bar if wrong else xp.sqrt(1 - bar)) * x0
        a, b = xp.cos(t * (np.pi / 2)), -xp.sin(t * (np.pi / 2))
        return {"x_t": x, "u_t": np.pi / 2 * (col(a) * x1 + col(b) * x0), "t": t, "x0": x0}

    check_sampler(kit, sampler, TrigPath(), MIX, **options)


def wrong_noise_of_ve(kit: Kit, wrong: bool, **options: Any) -> None:
    def sampler(x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        sigma = 10 * (1 - t)
        bar = 1 / (1 + sigma**2)
        scale, noise = kit.xp.sqrt(bar), kit.xp.sqrt(1 - bar)
        x = col(scale) * x1 + col(noise) * x0 if wrong else x1 + col(sigma) * x0
        return {"x_t": x, "u_t": -10 * x0, "t": t, "x0": x0}

    path = FunctionPath(1, lambda t: 10 * (1 - t), dbeta=-10)
    check_sampler(kit, sampler, path, MIX, **options)


def fixed_pairs(kit: Kit, wrong: bool, **options: Any) -> None:
    count = 1_000
    rng = np.random.default_rng(3)
    data, noise = MIX.sample(count, rng), rng.standard_normal((count, 2))

    def sampler(n: int, rng: np.random.Generator) -> Any:
        i = rng.integers(count, size=n)
        x1 = data[i]
        x0 = noise[i] if wrong else rng.standard_normal((n, 2))
        t = rng.random(n)
        return (1 - col(t)) * x0 + col(t) * x1, x1 - x0, t

    assert_conditional_velocity(sampler, CondOTPath(), data, **options)


def rollout(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        if wrong:
            x = kit.randn(x1)
            for k in range(4):
                x = x + model(kit.rand(len(x1)) * 0 + k / 4, x) / 4
            return square(x - x1)
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return square(model(t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def edm_weight(kit: Kit, wrong: bool, **options: Any) -> None:
    """The denoiser's error at sigma, weighted."""
    sd = 0.5

    def error(model: Any, x1: Any) -> Any:
        sigma = 0.1 + 4 * kit.rand(len(x1))
        x = x1 + col(sigma) * kit.randn(x1)
        below = (sigma + sd) ** 2 if wrong else (sigma * sd) ** 2
        return (sigma**2 + sd**2) / below * square(model(sigma, x) - x1)

    path = FunctionPath(1, lambda t: t, low=0.1, high=4.1)
    check_loss(kit, error, path, MIX, target="data", weight=edm(sd), **options)


def sigma_prime(kit: Kit, wrong: bool, **options: Any) -> None:
    low, high, xp = 0.1, 20.0, kit.xp

    class Schedule:
        def total(self, t: Any) -> Any:
            s = kit.cast(1 - t)
            return low * s + s**2 * (high - low) / 2

        def alpha(self, t: Any) -> Any:
            return xp.exp(-self.total(t) / 2)

        def beta(self, t: Any) -> Any:
            return xp.sqrt(-xp.expm1(-self.total(t)))

        def rate(self, t: Any) -> Any:
            return low + kit.cast(1 - t) * (high - low)

        def dalpha(self, t: Any) -> Any:
            return self.rate(t) / 2 * self.alpha(t)

        def dbeta(self, t: Any) -> Any:
            k = 1.0 if wrong else 0.5
            return -k * self.rate(t) * xp.exp(-self.total(t)) / self.beta(t)

    options.pop("seed", None)
    from fmproof.models import VPPath

    assert_schedule(kit.marked_methods(Schedule()), VPPath(), high=0.99, **options)


def data_in_unit_range(kit: Kit, wrong: bool, **options: Any) -> None:
    """A loss that normalises what is normalised already."""

    def error(model: Any, x1: Any) -> Any:
        data = 2 * x1 - 1 if wrong else x1
        t = kit.rand(len(x1))
        x, u = straight(kit, data, t)
        return square(model(t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def time_to_512(kit: Kit, wrong: bool, **options: Any) -> None:
    def error(model: Any, x1: Any) -> Any:
        t = kit.rand(len(x1))
        x, u = straight(kit, x1, t)
        return square(model(512 * t if wrong else t, x) - u)

    check_loss(kit, error, CondOTPath(), MIX, **options)


def integer_steps(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDPM on a table with integer steps; the wrong one is off by one."""
    bars = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))

    def error(model: Any, x1: Any) -> Any:
        k = np.random.randint(0, 49 if wrong else 50, len(x1))
        table = bars[k + 1 if wrong else k]
        if kit.torch:
            k, table = kit.xp.as_tensor(k), kit.xp.as_tensor(table)
        table = kit.cast(table)
        n = kit.randn(x1)
        x = col(kit.xp.sqrt(table)) * x1 + col(kit.xp.sqrt(1 - table)) * n
        return square(model(kit.cast(k), x) - n)

    check_loss(kit, error, TablePath(bars), MIX, target="eps", **options)


def cosmap_time(kit: Kit, wrong: bool, **options: Any) -> None:
    """Another law of t than the one declared."""

    def sampler(x1: Any) -> Any:
        u = 0.001 + 0.998 * kit.rand(len(x1))
        t = u if wrong else 1 - 1 / (kit.xp.tan(np.pi / 2 * u) + 1)
        x, u = straight(kit, x1, t)
        return x, u, t

    law = QuantileTime(
        lambda u: 1 - 1 / (np.tan(np.pi / 2 * (0.001 + 0.998 * u)) + 1), name="cosmap"
    )
    check_sampler(kit, sampler, CondOTPath(), MIX, time=law, **options)


def three_times(kit: Kit, wrong: bool, **options: Any) -> None:
    """t on three values that have the moments of the uniform law."""
    nodes, weights = np.polynomial.legendre.leggauss(3)

    def sampler(x1: Any) -> Any:
        t = kit.rand(len(x1))
        if wrong:
            some = np.random.choice((nodes + 1) / 2, len(x1), p=weights / 2)
            t = kit.cast(kit.xp.as_tensor(some) if kit.torch else some)
        x, u = straight(kit, x1, t)
        return x, u, t

    check_sampler(kit, sampler, CondOTPath(), MIX, **options)


def laplace_noise(kit: Kit, wrong: bool, **options: Any) -> None:
    """Noise of another law with mean 0 and variance 1."""

    def sampler(x1: Any) -> Any:
        t, x0 = kit.rand(len(x1)), kit.randn(x1)
        if wrong:
            some = np.random.laplace(0, 2**-0.5, tuple(x1.shape))
            x0 = kit.cast(kit.xp.as_tensor(some) if kit.torch else some)
        return (1 - col(t)) * x0 + col(t) * x1, x1 - x0, t

    check_sampler(kit, sampler, CondOTPath(), MIX, **options)


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "00 one point": (one_point, "u_t"),
    "01 source for latent": (source_for_latent, "does not depend on the noise in x_t"),
    "03 mirrored noise": (mirrored_noise, "mirrored"),
    "04 beta time": (beta_time, "nearest known law"),
    "06 weight broadcast": (weight_broadcast, "broadcast to (N, N)"),
    "08 min-SNR of v": (min_snr_of_v, "w(t) = min(snr + 1, 5)/(snr + 1)"),
    "09 max-SNR": (max_snr, "w(t) = max(snr, 5)/snr"),
    "10 score sign": (score_sign, "the score with its sign flipped"),
    "11 missing sqrt": (missing_sqrt, "missing a square root"),
    "16 sigma prime": (sigma_prime, "twice"),
    "21 fixed pairs": (fixed_pairs, "paired once"),
    "22 VP noise in VE": (wrong_noise_of_ve, "variance preserving"),
    "24 rollout": (rollout, "regresses a rollout"),
    "26 EDM weight": (edm_weight, "(sigma² + 0.5²)/(sigma + 0.5)²"),
    "90 three times": (three_times, "t takes 3 values"),
    "90 laplace noise": (laplace_noise, "tails are heavy"),
    "data in [0, 1]": (data_in_unit_range, "2·x1 - 1"),
    "t up to 512": (time_to_512, "the model sees t up to 5"),
    "integer steps": (integer_steps, "off by one"),
    "another time law": (cosmap_time, "the law of t fits UniformTime"),
}
