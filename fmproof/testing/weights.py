"""Weights of the squared error in training losses, as functions of t or of the signal-to-noise
ratio snr = alpha(t)² / beta(t)²."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.arrays import FloatArray


def min_snr(gamma: float = 5.0, target: str = "eps") -> Callable[[Any], Any]:
    """The min-SNR-γ weight of Hang et al. (arXiv 2303.09556): min(snr, γ) of the error in x1, which
    is min(snr, γ) / snr in eps and min(snr, γ) / (snr + 1) in v."""
    divisors: dict[str, Callable[[Any], Any]] = {
        "x1": lambda snr: 1.0,
        "eps": lambda snr: snr,
        "v": lambda snr: snr + 1,
    }
    if target not in divisors:
        raise InputError(f"target: expected x1, eps or v, found {target!r}")
    divide = divisors[target]

    def weight(snr: Any) -> Any:
        return np.minimum(snr, gamma) / divide(snr)

    weight.__name__ = f"min_snr({gamma:g}, {target!r})"
    return weight


def edm(sigma_data: float = 0.5) -> Callable[[Any], Any]:
    """(σ² + σ_data²) / (σ σ_data)² of the denoiser's error, with σ² = 1/snr (Karras et al.,
    arXiv 2206.00364)."""

    def weight(snr: Any) -> Any:
        return snr + sigma_data**-2

    weight.__name__ = f"edm({sigma_data:g})"
    return weight


def cosmap() -> Callable[[Any], Any]:
    """2 / (π (1 − 2t + 2t²)) (Esser et al., arXiv 2403.03206)."""

    def weight(t: Any) -> Any:
        return 2 / (np.pi * (1 - 2 * t + 2 * t**2))

    weight.__name__ = "cosmap()"
    return weight


def weights_of(weight: Any, t: FloatArray, alpha: FloatArray, beta: FloatArray) -> FloatArray:
    """The weights at t (N,), checked.

    Raises:
        InputError: when ``weight`` is no function, or its values no numbers from 0 on.
    """
    if weight is None:
        return np.ones_like(t)
    if weight in (min_snr, edm, cosmap):
        raise InputError(f"weight: expected what {weight.__name__}(...) returns: call it")
    if not callable(weight):
        raise InputError(f"weight: expected a function of t or of snr, found {weight!r}")
    argument = t
    if _first_parameter(weight) == "snr":
        with np.errstate(divide="ignore"):
            argument = np.square(alpha / beta)
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            result = weight(argument)
        if hasattr(result, "detach"):
            result = result.detach().cpu().numpy()
        values = np.array(np.broadcast_to(np.asarray(result, dtype=np.float64), t.shape))
    except Exception as error:
        raise InputError(f"weight: it raised {error!r} for an array of {len(t)} times") from None
    usable = np.isfinite(values) & (values >= 0)
    for at, value in zip(t[~usable], values[~usable], strict=True):
        raise InputError(f"weight: expected a number from 0 on at t = {at:g}, found {value:g}")
    return values


def _first_parameter(function: Any) -> str:
    try:
        return next(iter(inspect.signature(function).parameters), "").lower()
    except (TypeError, ValueError):
        return ""
