"""Do the ends of a sampler have the law of the data?"""

from __future__ import annotations

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.exact import ExactModel
from fmproof.testing.failure import CheckFailed
from fmproof.testing.joint import joint_test
from fmproof.testing.laws import law_test, projection_cdf
from fmproof.testing.reference import Reference


class UnitField(ExactModel):
    """A field that is 1 everywhere: how far points go is how much time the steps cover."""

    def values(self, t: FloatArray, x: FloatArray) -> FloatArray:
        return np.ones_like(x)


def wrong_law(
    reference: Reference,
    ends: FloatArray,
    tolerance: float,
    level: float,
    seed: int,
) -> CheckFailed | None:
    """How the law of the ends (N, d) differs from that of the data; None where it does not."""
    axes = np.eye(reference.dim)[:8]
    points = not reference.data.scales.any()
    blur = 0.1 if points else 0.0
    tests = []
    for axis in axes:
        found = law_test(ends @ axis, projection_cdf(reference, axis), blur)
        excess = max(0.0, found.distance - tolerance)
        p_value = min(1.0, 2 * float(np.exp(-2 * len(ends) * excess**2)))
        tests.append((p_value, found))
    p_value, worst = min(tests, key=lambda test: test[0])
    mean = reference.data.mean()
    covariance = reference.data.second_moment() - np.outer(mean, mean)
    variance, expected = ends.var(axis=0), np.diagonal(covariance)
    # Squares less those of as many rows of the data are symmetric about zero, as the test needs;
    # less their mean they would be skewed.
    data = reference.data.sample(len(ends), np.random.default_rng([seed, 1]))
    squares = np.square(ends - mean) - np.square(data - mean)
    apart = joint_test(squares, 4 * tolerance * (expected.max() + 1e-3))
    if 2 * min(len(tests) * p_value, apart.p_value) > level:  # each test has half of the level
        return None
    return CheckFailed(
        "the sampler does not end in the law of the data",
        expected=f"the mean {_short(mean)} and the variance {_short(expected)}, "
        f"P(x <= {worst.at:.3g}) = {worst.expected:.3g}",
        found=f"the mean {_short(ends.mean(axis=0))} and the variance {_short(variance)}, "
        f"{worst.found:.3g}, from {len(ends):,} samples",
    )


def _short(values: FloatArray) -> str:
    return np.array2string(values[:4], precision=3, suppress_small=True)
