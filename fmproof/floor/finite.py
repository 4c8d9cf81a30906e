"""Is the floor finite? Its factor w(t) gain(t)² may grow so fast that its integral diverges."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.models.paths import Path
from fmproof.models.time import LogitNormalTime, TimeLaw

_GRID = 1025
_ZOOMS = 3
_PEAKS = 8  # the highest ones that are looked at
_NEAR = (1e-10, 1e-12)  # distances from an end, relative to the width of the law
_STEEP = 0.99  # powers from here on are not integrable; those computed are off by less than 0.01
_DEGENERATE = 1e-9  # beta where x tells z


def require_finite(factor: Callable[[Any], Any], path: Path, time: TimeLaw) -> None:
    """Refuse a factor of the variance whose mean over t is infinite.

    Where beta is 0, the variance of z given x vanishes faster than any power, for rows that differ.
    Inside and at the other ends it does not.

    Args:
        factor: of t, any shape.

    Raises:
        InputError: naming the place and how fast the factor grows there.
    """
    low, high = time.support
    width = high - low
    if not isinstance(time, LogitNormalTime):  # the density of which vanishes at its ends
        for end, inwards in ((low, 1), (high, -1)):
            if float(path.beta(np.array([end]))[0]) < _DEGENERATE:
                continue
            near = _NEAR if end == 0 else (1e-6, 1e-8)  # end + s has digits left for s
            values = factor(end + inwards * width * np.array(near))
            power = _power(*values, near[0] / near[1])
            if power >= _STEEP:
                raise _infinite(end, power)
    t = low + width * np.linspace(0, 1, _GRID)[1:-1]
    values = factor(t)
    peaks = 1 + np.flatnonzero((values[1:-1] >= values[:-2]) & (values[1:-1] > values[2:]))
    for i in peaks[np.argsort(-values[peaks])][:_PEAKS]:
        left, right, before = t[i - 1], t[i + 1], float(values[i])
        for _ in range(_ZOOMS):
            inside = np.linspace(left, right, _GRID + 1)
            found = factor(inside)
            found = np.where(np.isfinite(found), found, -np.inf)
            j = int(np.clip(found.argmax(), 1, _GRID - 1))
            zoom = (right - left) / (inside[j + 1] - inside[j - 1])
            power = _power(before, float(found.max()), zoom)
            left, right, before = inside[j - 1], inside[j + 1], float(found.max())
        if power >= _STEEP:
            raise _infinite(float(inside[j]), power)


def _power(far: float, near: float, zoom: float) -> float:
    """p of a value that grows like s^-p, from two of them at distances whose ratio is ``zoom``."""
    if not (math.isfinite(far) and math.isfinite(near)):
        return math.inf
    return math.log(near / far) / math.log(zoom) if far > 0 and near > 0 else 0.0


def _infinite(at: float, power: float) -> InputError:
    shown = "beyond all numbers" if math.isinf(power) else f"like |t - {at:.6g}|^-{power:.3g}"
    return InputError(
        f"the floor is infinite: the weight times the variance of the target grows {shown} at "
        f"t = {at:.6g}, and its mean over t diverges; take another weight, or a time law that "
        "keeps away from there, such as uniform:0.001,1"
    )
