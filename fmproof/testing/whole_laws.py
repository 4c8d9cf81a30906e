"""The laws of the times, the noise and the data that a user's code draws, tested as a whole."""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.diagnosis import time_like
from fmproof.testing.evidence import Evidence
from fmproof.testing.failure import CheckFailed
from fmproof.testing.laws import (
    Fit,
    fit,
    normal_cdf,
    projection_cdf,
    radius_cdf,
    time_cdf,
)
from fmproof.testing.made_of import Made
from fmproof.testing.reference import Reference

_MOST_AXES = 4


def time_law(
    reference: Reference, t: FloatArray, rounding: float, title: str, who: str
) -> Evidence:
    """Has t its law?"""
    high = max(1.0, abs(reference.time.support[1]))
    found = fit(t, time_cdf(reference.time), 2 * rounding * high if rounding > 1e-12 else 0.0)

    def failure(_: float) -> CheckFailed:
        return CheckFailed(
            title,
            expected=f"P(t <= {found.at:.4g}) = {found.expected:.4g}, as under {reference.time!r}",
            found=f"{found.found:.4g} of {len(t):,} times",
            standard_errors=_errors(found, len(t)),
            hint=_with_time(time_like(reference, t), who),
        )

    return Evidence(found.p_value, failure)


def _with_time(hint: str, who: str) -> str:
    return hint if "pass time=" in hint else f"{hint}; pass time= if {who} is meant to draw t so"


def noise_law(reference: Reference, made: Made) -> Evidence:
    """Is the noise standard normal, coordinate by coordinate and in its length?"""
    count, dim = made.eps.shape
    tests = [
        ("a coordinate of x0", fit(made.eps.ravel(), normal_cdf, np.repeat(made.slack, dim))),
    ]
    if dim > 1:
        square = np.square(made.eps).sum(axis=1)
        off = made.slack * (2 * np.sqrt(dim * square) + dim * made.slack)
        tests.append(("|x0|²", fit(square, radius_cdf(dim), off)))
    name, worst = min(tests, key=lambda test: test[1].p_value)

    def failure(_: float) -> CheckFailed:
        return CheckFailed(
            "the noise is not standard normal",
            expected=f"P({name} <= {worst.at:.4g}) = {worst.expected:.4g}",
            found=f"{worst.found:.4g}, from {count:,} samples",
            standard_errors=_errors(worst, count),
            hint=noise_like(made.eps),
        )

    return Evidence(min(1.0, len(tests) * worst.p_value), failure)


def noise_like(eps: FloatArray) -> str:
    """What law the noise has instead."""
    flat = eps.ravel()
    mean, deviation = float(flat.mean()), float(flat.std())
    fourth = float((((flat - mean) / max(deviation, 1e-12)) ** 4).mean())
    off = 5 / np.sqrt(len(flat))
    shown = f"its mean is {mean:.3g}, its standard deviation {deviation:.3g}"
    if abs(mean) > off or abs(deviation - 1) > max(off, 0.02):
        uniform = " as of torch.rand" if abs(mean - 0.5) < 0.02 and deviation < 0.3 else ""
        return f"{shown}{uniform}, expected 0 and 1"
    if fourth > 3.3:
        return f"{shown}, as they should be, but its tails are heavy (kurtosis {fourth:.2g} for 3)"
    if fourth < 2.8:
        return f"{shown}, as they should be, but it has no tails (kurtosis {fourth:.2g} for 3)"
    return shown


def data_law(reference: Reference, made: Made) -> Evidence:
    """Have the data that x_t and u_t are made of the law declared?"""
    dim = reference.dim
    axes = np.eye(dim)[:_MOST_AXES]
    points = not reference.data.scales.any()
    tests = []
    for i, axis in enumerate(axes):
        slack = 1e-6 + made.z_slack if points else made.z_slack
        tests.append((f"x1·e{i + 1}", fit(made.z @ axis, projection_cdf(reference, axis), slack)))
    name, worst = min(tests, key=lambda test: test[1].p_value)

    def failure(_: float) -> CheckFailed:
        return CheckFailed(
            "the x1 that x_t is made of does not have the law of the data",
            expected=f"P({name} <= {worst.at:.4g}) = {worst.expected:.4g}",
            found=f"{worst.found:.4g}, from {len(made.z):,} samples",
            standard_errors=_errors(worst, len(made.z)),
            hint=f"its mean is {np.array2string(made.z.mean(axis=0), precision=3)}, that of the "
            f"data {np.array2string(reference.data.mean(), precision=3)}",
        )

    return Evidence(min(1.0, len(tests) * worst.p_value), failure)


def _errors(found: Fit, count: int) -> float:
    spread = np.sqrt(max(found.expected * (1 - found.expected), 1e-4) / max(count, 1))
    return float(found.distance / spread)
