"""Mistakes that were made and reported in public sampling code, each with its right twin.

For NumPy and PyTorch alike, in one precision, as ``reported`` has them for training.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from reported import MIX, Kit

from fmproof.models import CondOTPath, TablePath
from fmproof.testing import (
    assert_divergence,
    assert_guidance,
    assert_sampler,
    assert_step,
)

BARS = np.cumprod(1 - np.linspace(1e-3, 0.3, 50))
BETAS = np.linspace(1e-3, 0.3, 50)


def hutchinson(kit: Kit, wrong: bool, **options: Any) -> None:
    """Eight probes, summed; in NumPy by differences, whose step the precision sets."""
    step = 1e-5 if kit.dtype is np.float64 else 1e-2

    def along(field: Any, t: Any, x: Any, z: Any) -> Any:
        if not kit.torch:
            move = kit.cast(step * z)
            return ((field(t, x + move) - field(t, x - move)) * z).sum(1) / (2 * step)
        x = x.detach().requires_grad_(True)
        (slope,) = kit.xp.autograd.grad((field(t, x) * z).sum(), x)
        return (slope * z).sum(1)

    def divergence(field: Any, t: Any, x: Any) -> Any:
        t, x = kit.cast(t), kit.cast(x)
        signs = (kit.cast(kit.xp.sign(kit.randn(x))) for _ in range(8))
        total = sum(along(field, t, x, z) for z in signs)
        return total if wrong else total / 8

    rough = {} if kit.dtype is np.float64 else {"tolerance": 0.05}
    few = {"points": 8, "repeats": 50, **rough}
    assert_divergence(kit.mark(divergence), CondOTPath(), MIX, **few, **options)


def ddim_sample(kit: Kit, wrong: bool, **options: Any) -> None:
    """DDIM of a model that predicts the data; the wrong one takes that for the noise."""

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        output, x = kit.cast(output), kit.cast(x)
        a, a2 = float(BARS[t]), float(BARS[s])
        eps = output if wrong else (x - a**0.5 * output) / (1 - a) ** 0.5
        return a2**0.5 * output + (1 - a2) ** 0.5 * eps

    assert_step(kit.mark(step), TablePath(BARS), MIX, predict="x1", samples=500, **options)


def previous_padding(kit: Kit, wrong: bool, **options: Any) -> None:
    """The posterior of DDPM; the wrong one pads its table on the right."""
    before = np.append(BARS[1:], 1.0) if wrong else np.append(1.0, BARS[:-1])

    def step(output: Any, x: Any, t: int, s: int) -> Any:
        output, x = kit.cast(output), kit.cast(x)
        data = (x - float(1 - BARS[t]) ** 0.5 * output) / float(BARS[t]) ** 0.5
        c1 = float(BETAS[t] * before[t] ** 0.5 / (1 - BARS[t]))
        c2 = float((1 - before[t]) * (1 - BETAS[t]) ** 0.5 / (1 - BARS[t]))
        variance = max(0.0, float(BETAS[t] * (1 - before[t]) / (1 - BARS[t])))
        return c1 * data + c2 * x + variance**0.5 * kit.randn(x)

    pairs = [(30, 29), (15, 14)]
    assert_step(kit.mark(step), TablePath(BARS), MIX, eta=1.0, samples=500, pairs=pairs, **options)


def uncorrected_drift(kit: Kit, wrong: bool, **options: Any) -> None:
    """Noise added to an Euler step; the wrong one does not correct the drift for it."""

    def step(model: Any, x: Any, t: float, s: float) -> Any:
        x = kit.cast(x)
        h, u = s - t, kit.cast(model(x, t))
        correction = 0 * u if wrong else 0.5 * (x - t * u)
        return x + h * (u - correction) + ((1 - t) * h) ** 0.5 * kit.randn(x)

    given: dict[str, Any] = {"kind": "euler-maruyama", "noise": lambda t: np.sqrt(1 - t)}
    near = {"pairs": [(0.4, 0.5)], "samples": 4_000}
    assert_step(kit.mark(step), CondOTPath(), MIX, **given, **near, **options)


def reverse_sign(kit: Kit, wrong: bool, **options: Any) -> None:
    """A sampler that runs from t = 1 to 0, along the field or against it."""

    def sample(model: Any, x: Any, steps: int) -> Any:
        x = kit.cast(x)
        for k in range(steps):
            move = kit.cast(model(x, 1 - k / steps)) / steps
            x = x + move if wrong else x - move
        return x

    given: dict[str, Any] = {"direction": "data-to-noise", "steps": 32, "samples": 1_000}
    assert_sampler(kit.mark(sample), CondOTPath(), MIX, **given, **options)


def guidance_base(kit: Kit, wrong: bool, **options: Any) -> None:
    def guide(cond: Any, uncond: Any, scale: float) -> Any:
        cond, uncond = kit.cast(cond), kit.cast(uncond)
        return (cond if wrong else uncond) + scale * (cond - uncond)

    assert_guidance(kit.mark(guide), **options)


CASES: dict[str, tuple[Callable[..., None], str]] = {
    "07 Hutchinson summed": (hutchinson, "8 times the divergence: summed over probes"),
    "13 DDIM of the data": (ddim_sample, "the model's output is taken for the noise"),
    "15 previous padding": (previous_padding, "does not have its law"),
    "18 SDE without its drift": (uncorrected_drift, "the drift is not corrected for it"),
    "19 reverse sign": (reverse_sign, "the sign of the field"),
    "27 guidance from the wrong base": (guidance_base, "starts from the conditional prediction"),
}
