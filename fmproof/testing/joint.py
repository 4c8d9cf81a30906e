"""One test of a stated level that many means are all zero, valid for every sample size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fmproof.models.arrays import FloatArray


class JointTest(NamedTuple):
    """Attributes:
    p_value: the joint one.
    worst: index of the mean furthest from zero.
    mean, error: that mean and its standard error.
    """

    p_value: float
    worst: int
    mean: float
    error: float

    @property
    def standard_errors(self) -> float:
        """The distance of the worst mean from zero, in standard errors."""
        return abs(self.mean) / self.error


def joint_test(
    values: FloatArray, rounding: FloatArray | float = 0.0, *, skewed: bool = False
) -> JointTest:
    """Test that independent rows ``values`` (N, k) have a law symmetric about zero.

    Given their absolute values, the signs of symmetric numbers v_i are fair coins, so that
    P(|sum v_i| >= x sqrt(sum v_i^2)) <= 2 exp(-x^2 / 2) by Hoeffding's inequality (1963), whatever
    the law of the v_i; k of these are joined by Bonferroni's bound. No asymptotics: the p-value
    holds for any N and for any tails.

    Args:
        rounding: (k,), how far a mean may be from zero by rounding alone.
        skewed: whether the law may be skewed, with mean zero. Then the bound is not exact: it is
            widened by exp(g x^3 / (3 sqrt N)) with the skewness g found, the moderate deviations of
            self-normalised sums (Jing, Shao & Wang 2003), but no further than exp(-x^2 / 4).
    """
    count, k = values.shape
    if count < 2:
        return JointTest(1.0, 0, 0.0, 1.0)
    sums = np.maximum(np.abs(values.sum(axis=0)) - count * np.asarray(rounding), 0.0)
    norms = np.sqrt(np.square(values).sum(axis=0)) + np.finfo(np.float64).tiny
    x = sums / norms
    exponent = -0.5 * x**2
    if skewed:
        centred = values - values.mean(axis=0)
        spread = np.sqrt(np.square(centred).mean(axis=0)) + np.finfo(np.float64).tiny
        skewness = np.abs(((centred / spread) ** 3).mean(axis=0))
        exponent += np.minimum(skewness * x**3 / (3 * np.sqrt(count)), x**2 / 4)
    worst = int(exponent.argmin())
    column = values[:, worst]
    error = float(column.std(ddof=1) / np.sqrt(count)) + np.finfo(np.float64).tiny
    p_value = min(1.0, 2 * k * float(np.exp(exponent[worst])))
    return JointTest(p_value, worst, float(column.mean()), error)
