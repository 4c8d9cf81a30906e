"""The laws of the times, the noise and the data that a user's code draws, tested as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import chdtr, chdtrc, ndtr

from fmproof.models import DiscreteTime
from fmproof.models.arrays import FloatArray
from fmproof.testing.evidence import StatisticalEvidence, strongest
from fmproof.testing.failure import CheckFailed
from fmproof.testing.laws import (
    Fit,
    atoms_test,
    law_test,
    normal_cdf,
    projection_cdf,
    radius_cdf,
    time_cdf,
)
from fmproof.testing.made_of import Made
from fmproof.testing.reference import Reference
from fmproof.testing.time_mistakes import time_like

_MOST_AXES = 4
_ROWS, _COORDINATES = 4_000, 256  # among which correlations are looked for
_NEVER_BEYOND = 16.0  # numbers that should lie beyond the largest one


def time_law(
    reference: Reference, t: FloatArray, rounding: float, title: str, who: str
) -> StatisticalEvidence:
    """Has t its law?"""
    law, high = reference.time, max(1.0, abs(reference.time.support[1]))
    off = 2 * rounding * np.maximum(1.0, np.abs(t)) if rounding > 1e-12 else 0.0
    found = law_test(t, time_cdf(law), off)

    def failure(_: float) -> CheckFailed:
        return CheckFailed(
            title,
            expected=f"P(t <= {found.at:.4g}) = {found.expected:.4g}, as under {law!r}",
            found=f"{found.found:.4g} of {len(t):,} times",
            standard_errors=_errors(found, len(t)),
            hint=_with_time(time_like(reference, t, rounding), who),
        )

    whole = StatisticalEvidence(found.p_value, failure)
    if not isinstance(law, DiscreteTime) or 4 * rounding * high > law.gap:
        return whole
    return strongest([whole, _values(reference, law, t, rounding, title, who)], 2)


def _values(
    reference: Reference, law: DiscreteTime, t: FloatArray, rounding: float, title: str, who: str
) -> StatisticalEvidence:
    """Does each value of a law come as often as it should?"""
    atom = atoms_test(t, law)
    due = len(t) * atom.probability

    def failure(_: float) -> CheckFailed:
        return CheckFailed(
            title,
            expected=f"t = {atom.value:g} in about {due:,.0f} of {len(t):,} rows, as under {law!r}",
            found=f"in {atom.found:,}",
            standard_errors=abs(atom.found - due) / float(np.sqrt(max(due, 1.0))),
            hint=_with_time(time_like(reference, t, rounding), who),
        )

    return StatisticalEvidence(atom.p_value, failure)


def _with_time(hint: str, who: str) -> str:
    return hint if "pass time=" in hint else f"{hint}; pass time= if {who} is meant to draw t so"


def noise_law(reference: Reference, made: Made) -> StatisticalEvidence:
    """Is the noise standard normal: its coordinates, its length, its sums over a row?"""
    tests = [_coordinates(made), *_sums(reference, made)]
    return strongest(tests, len(tests))


def _coordinates(made: Made) -> StatisticalEvidence:
    count, dim = made.eps.shape
    tests = [
        ("a coordinate of x0", law_test(made.eps.ravel(), normal_cdf, np.repeat(made.slack, dim))),
    ]
    if dim > 1:
        square = np.square(made.eps).sum(axis=1)
        off = made.slack * (2 * np.sqrt(dim * square) + dim * made.slack)
        tests.append(("|x0|²", law_test(square, radius_cdf(dim), off)))
    name, worst = min(tests, key=lambda test: test[1].p_value)

    def failure(_: float) -> CheckFailed:
        return CheckFailed(
            "the noise is not standard normal",
            expected=f"P({name} <= {worst.at:.4g}) = {worst.expected:.4g}",
            found=f"{worst.found:.4g}, from {count:,} samples",
            standard_errors=_errors(worst, count),
            hint=noise_like(made.eps),
        )

    return StatisticalEvidence(min(1.0, len(tests) * worst.p_value), failure)


def _sums(reference: Reference, made: Made) -> Iterator[StatisticalEvidence]:
    """Do the coordinates of a row, or of its channels, share something? Their sums would tell."""
    dim = reference.dim
    places = np.indices(reference.shape or (dim,)).reshape(-1, dim)
    parts = {}
    if len(places) > 1:
        parts = {"a channel, the first axis,": places[0], "a channel, the last axis,": places[-1]}
    parts["a row"] = np.zeros(dim, dtype=int)
    for what, part in parts.items():
        size = int(np.bincount(part).max())
        if size > 1 and (np.bincount(part) == size).all():
            yield _sum_over(made, what, np.eye(dim // size)[part], size)


def _sum_over(made: Made, what: str, part: FloatArray, size: int) -> StatisticalEvidence:
    """Squares of the sums over ``part`` (d, groups) have a χ² law, rounding aside, which may throw
    all coordinates of a row the same way."""
    sums = made.eps @ part / np.sqrt(size)
    off = made.slack[:, None] * np.sqrt(size) + np.zeros_like(sums)
    slack = np.square(off).sum() + 6 * np.sqrt(np.square(2 * sums * off).sum())
    total, count = float(np.square(sums).sum()), sums.size
    beside = np.sign(total - count) * max(abs(total - count) - float(slack), 0.0)
    tail = chdtrc if beside > 0 else chdtr
    excess = total / max(count, 1) - 1

    def failure(_: float) -> CheckFailed:
        alike = (
            f"they share an offset of the standard deviation {np.sqrt(excess / size):.3g}"
            if excess > 0
            else "their mean is taken out of them, in part or all"
        )
        return CheckFailed(
            "the noise is not standard normal: its coordinates are not independent",
            expected=f"sums of x0 over {what} with the variance {size}",
            found=f"{size * (1 + excess):.4g}, from {len(sums):,} samples",
            standard_errors=abs(excess) * float(np.sqrt(count / 2)),
            hint=f"the coordinates of {what.rstrip(',')}: {alike}",
        )

    return StatisticalEvidence(
        min(1.0, 2 * float(tail(count, count + beside))) if count else 1.0, failure
    )


def noise_like(eps: FloatArray) -> str:
    """What law the noise has instead."""
    flat = eps.ravel()
    mean, deviation = float(flat.mean()), float(flat.std())
    fourth = float((((flat - mean) / max(deviation, 1e-12)) ** 4).mean())
    off = 5 / np.sqrt(len(flat))
    shown = f"its mean is {mean:.3g}, its standard deviation {deviation:.3g}"
    together = _going_together(eps)
    if together:
        return together
    if abs(mean) > off or abs(deviation - 1) > max(off, 0.02):
        uniform = " as of torch.rand" if abs(mean - 0.5) < 0.02 and deviation < 0.3 else ""
        return f"{shown}{uniform}, expected 0 and 1"
    reach = float(np.abs(flat).max())
    if len(flat) * 2 * float(ndtr(-reach)) > _NEVER_BEYOND:
        return f"{shown}, as they should be, but it is never beyond ±{reach:.3g}: is it clipped?"
    if fourth > 3.3:
        return f"{shown}, as they should be, but its tails are heavy (kurtosis {fourth:.2g} for 3)"
    if fourth < 2.8:
        return f"{shown}, as they should be, but it has no tails (kurtosis {fourth:.2g} for 3)"
    return shown


def _going_together(eps: FloatArray) -> str:
    """Coordinates of a row that are not independent, if there are any; "" if not."""
    some = eps[:_ROWS, :_COORDINATES]
    if len(some) < 30 or some.shape[1] < 2 or (some.std(axis=0) == 0).any():
        return ""
    alike = np.triu(np.corrcoef(some, rowvar=False), 1)
    i, j = np.unravel_index(int(np.abs(alike).argmax()), alike.shape)
    if abs(alike[i, j]) < max(0.3, 6 / np.sqrt(len(some))):
        return ""
    return (
        f"coordinates {i} and {j} of its rows have the correlation {alike[i, j]:.2g}: draw noise "
        "of the shape of the data"
    )


def data_law(reference: Reference, made: Made) -> StatisticalEvidence:
    """Have the data that x_t and u_t are made of the law declared?"""
    dim = reference.dim
    axes = np.eye(dim)[:_MOST_AXES]
    points = not reference.data.scales.any()
    tests = []
    for i, axis in enumerate(axes):
        slack = 1e-6 + made.z_slack if points else made.z_slack
        tests.append(
            (f"x1·e{i + 1}", law_test(made.z @ axis, projection_cdf(reference, axis), slack))
        )
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

    return StatisticalEvidence(min(1.0, len(tests) * worst.p_value), failure)


def _errors(found: Fit, count: int) -> float:
    spread = np.sqrt(max(found.expected * (1 - found.expected), 1e-4) / max(count, 1))
    return float(abs(found.found - found.expected) / spread)
