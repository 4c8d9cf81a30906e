"""The mistakes that a log-likelihood looks like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.exact import ExactModel
from fmproof.testing.reference import Reference

_STEPS = 200
_EDGE = 1e-3  # of the time of the path, at either end: fields may be infinite there
_APART = 0.1  # of the integral of the divergence


def looks_like(
    reference: Reference, x1: FloatArray, tolerance: float, found: FloatArray, exact: FloatArray
) -> str:
    """The mistake in log p(x1) = log N(x0) − ∫ div u dt, found and exact (N,), where the field
    takes x0 to x1 (N, d)."""
    off, dim = found - exact, reference.dim
    x0 = _noise_end(reference, x1)
    prior, at_data = (_log_normal(x) for x in (x0, x1))
    change = exact - prior
    share = float(change @ (found - prior) / max(float(change @ change), 1e-300))
    constant = float(off.max() + off.min()) / 2
    explained = {
        "its sign is flipped": found + exact,
        "it is in bits per dimension, -log p / (d log 2), where nats are due": (
            found * dim * np.log(2) + exact
        ),
        "it is in bits per dimension, log p / (d log 2), where nats are due": (
            found * dim * np.log(2) - exact
        ),
        "it is in nats per dimension: it is divided by d": found * dim - exact,
        "it is in bits, log p / log 2, where nats are due": found * np.log(2) - exact,
        "the exponent of the noise's density is -|x0|², where -|x0|²/2 is due": (
            off + np.square(x0).sum(axis=1) / 2
        ),
        "the exponent of the noise's density has the sign of +|x0|²/2": (
            off - np.square(x0).sum(axis=1)
        ),
        _about_share(share): found - prior - share * change,
        _about_constant(constant, dim, tolerance): off - constant,
        "the density of the noise is taken at the data, not where the field takes them": (
            found - at_data - change
        ),
    }
    left = {words: float(np.abs(rest).max()) for words, rest in explained.items() if words}
    best = min(left, key=lambda words: left[words])
    if left[best] <= 2 * tolerance:
        return best
    return (
        f"its error runs from {off.min():.3g} to {off.max():.3g} nats: look at the sign and the "
        "scale of the divergence, such as a sum over probes in place of a mean"
    )


def _about_share(share: float) -> str:
    if abs(share - 1) <= _APART:
        return ""
    if abs(share + 1) < _APART:
        return "the integral of the divergence has the wrong sign"
    if abs(share) < _APART:
        return "the integral of the divergence is missing"
    return f"the integral of the divergence counts {share:.3g} times"


def _about_constant(constant: float, dim: int, tolerance: float) -> str:
    words, whole = f"it is off by the constant {constant:.4g}", 0.5 * dim * np.log(2 * np.pi)
    known = {
        "the normalisation d/2 log(2π) of the noise is missing": whole,
        "the noise is normalised by log(2π)/2, where d/2 log(2π) is due": whole * (1 - 1 / dim),
        "the noise is normalised by d log(2π), where d/2 log(2π) is due": -whole,
    }
    near = [name for name, value in known.items() if value and abs(constant - value) <= tolerance]
    return f"{words}: {near[0]}" if near else words


def log_prior(reference: Reference, x1: FloatArray, steps: int = _STEPS) -> FloatArray:
    """The log-density of the noise at x0, where the field takes x0 to x1 (N, d)."""
    return _log_normal(_noise_end(reference, x1, steps))


def _log_normal(x: FloatArray) -> FloatArray:
    return np.asarray(-0.5 * (np.square(x).sum(axis=1) + x.shape[1] * np.log(2 * np.pi)))


def _noise_end(reference: Reference, x: FloatArray, steps: int = _STEPS) -> FloatArray:
    """Where the field takes data (N, d) back to, by the Runge–Kutta method of order 4."""
    field = ExactModel(replace(reference, target="velocity"))
    low, high = reference.time.support
    ends = np.array([low, high])
    start = ends[int(reference.beta(ends).argmin())]
    stop = low + high - start
    edge = _EDGE * (stop - start)
    times = np.linspace(start + edge, stop - edge, steps + 1)
    h = times[1] - times[0]

    def slope(t: float, x: FloatArray) -> FloatArray:
        return field.values(np.array([t]), x)

    for t in times[:-1]:
        k1 = slope(t, x)
        k2 = slope(t + h / 2, x + h / 2 * k1)
        k3 = slope(t + h / 2, x + h / 2 * k2)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + slope(t + h, x + h * k3))
    return x
