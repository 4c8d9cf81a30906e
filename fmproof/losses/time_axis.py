"""The time law as a change of variable, and where to split its range.

E f(t) = integral of f(time(y)) density(y) dy over [low, high]; y is the time itself for the
uniform law and the underlying normal variable for the logit-normal one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache

import numpy as np

from fmproof.errors import InputError
from fmproof.losses import features
from fmproof.models.arrays import FloatArray
from fmproof.models.paths import Singularity
from fmproof.models.problem import Problem
from fmproof.models.time import LogitNormalTime, UniformTime

# Where the normal law is cut off, in standard deviations: 1e-18 of the mass is beyond.
_NORMAL_REACH = 9.0
# At a singular end t - end is this power of y, which leaves a smooth integrand.
_SINGULAR_POWER = 8.0
# An end of the time law that is this close to a singular one is graded like it.
_CLOSE = 0.01
# Distance kept from t = 1, where components that are points have no density.
_NUDGE = 1e-13
LATEST = 1 - _NUDGE
"""The last time at which integrands are evaluated."""
# And from t = 0, where a schedule may be singular: its derivative is large, but finite.
_EARLIEST = 1e-100
_KEPT = (_EARLIEST, _NUDGE)
_FEW_POINTS = 128  # whose distances are all looked at
# Logarithms of floats are in here.
_LOG_RANGE = 745.0


def inverse(
    increasing: Callable[[FloatArray], FloatArray], values: FloatArray, low: float, high: float
) -> FloatArray:
    """Where an increasing function on [low, high] has the ``values`` (N,), by bisection."""
    below, above = np.full(values.shape, low), np.full(values.shape, high)
    for _ in range(60 if len(values) else 0):
        middle = 0.5 * (below + above)
        large = increasing(middle) > values
        below, above = np.where(large, below, middle), np.where(large, middle, above)
    return np.asarray(0.5 * (below + above))


class TimeAxis(ABC):
    """The variable y of the time integral, from ``low`` to ``high``."""

    low: float
    high: float

    @abstractmethod
    def time(self, y: FloatArray) -> FloatArray:
        """The times t(y), increasing in y."""

    @abstractmethod
    def density(self, y: FloatArray) -> FloatArray:
        """The density of the time law with respect to dy."""

    def place(self, t: FloatArray) -> FloatArray:
        """Where the times ``t`` (N,) are, by bisection."""
        return inverse(self.time, t, self.low, self.high)

    @abstractmethod
    def beyond(self, singularity: Singularity) -> tuple[float, float]:
        """The distance s from the singular end of the last time that ``time`` gives, and the
        integral, against the time law, of the singularity's growth over times that are closer,
        in units of what it is at s."""


class _Uniform(TimeAxis):
    """t = y, but a power of the distance at an end where the schedule is singular, or nearly."""

    def __init__(self, law: UniformTime, singular: set[int]) -> None:
        self.low, self.high = law.support
        self._middle = 0.5 * (self.low + self.high)
        self._powers = [
            _SINGULAR_POWER if end in singular and abs(edge - end) < _CLOSE else 1.0
            for end, edge in enumerate(law.support)
        ]

    def time(self, y: FloatArray) -> FloatArray:
        half = self.high - self._middle
        below, above = self._fractions(y)
        early, late = half * below ** self._powers[0], half * above ** self._powers[1]
        t = np.where(y < self._middle, self.low + early, self.high - late)
        return np.clip(t, _EARLIEST, LATEST)

    def density(self, y: FloatArray) -> FloatArray:
        first, second = self._powers
        below, above = self._fractions(y)
        slope = np.where(
            y < self._middle, first * below ** (first - 1), second * above ** (second - 1)
        )
        return slope / (self.high - self.low)

    def beyond(self, singularity: Singularity) -> tuple[float, float]:
        end, power, s = singularity.end, singularity.power, _KEPT[singularity.end]
        nearest = abs(end - (self.low, self.high)[end])
        if nearest >= s:
            return nearest, 0.0
        if power > -1:
            integral = (1 - (nearest / s) ** (power + 1)) / (power + 1)
        elif nearest:
            integral = np.log(s / nearest)
        else:
            integral = -np.log(s) / (-singularity.log_power - 1)
        return s, float(s * integral / (self.high - self.low))

    def _fractions(self, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Distances from the two ends over half the range, at most 1."""
        half = self.high - self._middle
        return (
            np.clip((y - self.low) / half, 0.0, 1.0),
            np.clip((self.high - y) / half, 0.0, 1.0),
        )


class _LogitNormal(TimeAxis):
    """t = 1/(1 + exp(-(mean + std y))) with y standard normal."""

    low, high = -_NORMAL_REACH, _NORMAL_REACH

    def __init__(self, law: LogitNormalTime) -> None:
        self._mean, self._std = float(law.mean), float(law.std)

    def time(self, y: FloatArray) -> FloatArray:
        # The nearest float below 1 would be a coarse time for a component that is a point.
        return np.clip(1 / (1 + np.exp(-self._mean - self._std * y)), _EARLIEST, LATEST)

    def density(self, y: FloatArray) -> FloatArray:
        return np.asarray(np.exp(-0.5 * y**2) / np.sqrt(2 * np.pi))

    def beyond(self, singularity: Singularity) -> tuple[float, float]:
        from scipy.special import log_ndtr

        power, std = singularity.power, self._std
        mean = self._mean if singularity.end else -self._mean
        # Near the end s = exp(-mean - std y), of which every power has a closed form.
        log_s = max(float(np.log(_KEPT[singularity.end])), -mean - std * _NORMAL_REACH)
        last = (-log_s - mean) / std
        exponent = -power * (log_s + mean) + 0.5 * (power * std) ** 2
        with np.errstate(over="ignore"):
            return float(np.exp(log_s)), float(np.exp(exponent + log_ndtr(-last - power * std)))


def time_axis(problem: Problem) -> TimeAxis:
    """The axis for the problem's time law and its schedule's singular ends.

    Raises ``InputError`` for a time law that is neither uniform nor logit-normal.
    """
    law = problem.time
    if isinstance(law, UniformTime):
        return _Uniform(law, {s.end for s in problem.path.singularities})
    if isinstance(law, LogitNormalTime):
        return _LogitNormal(law)
    raise InputError(
        f"time: not available: expected a uniform or logit-normal law, found {type(law).__name__}"
    )


def omitted(problem: Problem) -> float:
    """E||u_t(x given z)||^2 from the times that are too close to a singular end to be floats.

    Where a derivative's square is barely integrable, that is not a small part of it.
    """
    axis, found = time_axis(problem), 0.0
    for singularity in problem.path.singularities:
        of_alpha = singularity.function == "alpha"
        size = problem.data.mean_square if of_alpha else problem.dim
        distance, integral = axis.beyond(singularity)
        if size and integral:
            t = abs(singularity.end - distance)
            slope = problem.path.dalpha(t) if of_alpha else problem.path.dbeta(t)
            found += float(size * slope**2 * integral)
    return found


def breakpoints(problem: Problem, axis: TimeAxis) -> list[float]:
    """Where to split the axis: its ends, and times at which the noise reaches the data's scales.

    A component with the standard deviation sigma emerges from the noise when
    beta / alpha = sigma, two components tell apart when it is their distance. Scales far from 1
    make a layer near an end that a coarse rule would not see, so the axis is graded towards them.
    So it is towards narrow features of the schedule.
    """
    found = {axis.low, axis.high}
    levels = _levels(*_log_scales(problem))
    if len(levels):
        y = _dense(axis)
        t = axis.time(y)
        with np.errstate(divide="ignore"):
            noise = np.log(problem.path.beta(t)) - np.log(problem.path.alpha(t))
        above = noise > levels[:, None]
        found.update(y[1:][(above[:, 1:] != above[:, :-1]).any(axis=0)])
    first, last = axis.time(np.array([axis.low, axis.high])).tolist()
    narrow = features.panels(problem.path, first, last)
    if len(narrow):
        found.update(axis.place(narrow))
    return sorted(found)


def _dense(axis: TimeAxis) -> FloatArray:
    """A grid over the axis that is geometric towards both ends."""
    return axis.low + (axis.high - axis.low) * _unit_grid()


@cache
def _unit_grid() -> FloatArray:
    near = np.geomspace(1e-16, 0.5, 400)
    return np.unique(np.concatenate([[0.0], near, 1 - near, [1.0]]))


def _log_scales(problem: Problem) -> tuple[float, float]:
    """Logarithms of the smallest and the largest length of the data."""
    data = problem.data
    means = data.means
    lengths = list(data.scales[data.scales > 0])
    if len(means) > 1:
        nearest = _nearest(means)
        if not nearest and len(means := np.unique(means, axis=0)) > 1:
            nearest = _nearest(means)
        with np.errstate(over="ignore"):
            lengths += [nearest, np.linalg.norm(np.ptp(means, axis=0))] if len(means) > 1 else []
    if not lengths:
        return 0.0, 0.0
    with np.errstate(divide="ignore"):  # a distance may round to 0 or overflow
        smallest, largest = np.log([min(lengths), max(lengths)])
    return max(float(smallest), -_LOG_RANGE), min(float(largest), _LOG_RANGE)


def _nearest(points: FloatArray) -> float:
    """The smallest distance between two of the points (K, d)."""
    if points.shape[1] == 1:
        return float(np.diff(np.sort(points[:, 0])).min())
    if len(points) <= _FEW_POINTS:
        gaps = np.linalg.norm(points[:, None] - points, axis=2)
        return float(gaps[~np.eye(len(points), dtype=bool)].min())
    from scipy.spatial import cKDTree  # takes half a second to import

    return float(cKDTree(points).query(points, k=2)[0][:, 1].min())


def _levels(smallest: float, largest: float) -> FloatArray:
    """Levels of log(beta / alpha), a factor 8 apart, from the ordinary range to the scales."""
    grade, ordinary = np.log(8.0), 3.5
    up = np.arange(ordinary, largest + 1, grade)
    down = np.arange(-ordinary, smallest - 1, -grade)
    return np.concatenate([down[::-1], up])
