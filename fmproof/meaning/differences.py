"""Derivatives by central differences, where a complex step cannot be made.

A derivative of what has a derivative in it cannot be taken by a second complex step. Differences
of order eight are taken instead, at a few steps; for each number the step with the smallest error
bound counts. The bound is the change from order six to order eight, and round-off. Where the slopes
to the left and to the right differ at every step there is a kink, and no number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fmproof.meaning.interpretation import AnyArray
from fmproof.meaning.reading import ROUND_OFF

_EIGHT = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
_SIX = (3 / 4, -3 / 20, 1 / 60, 0.0)
_SIDE = (-25 / 12, 4.0, -3.0, 4 / 3, -1 / 4)  # of order four, from one side
_KINK = 0.01  # relative difference of the two slopes
_STEPS = (2.0**-5, 2.0**-8, 2.0**-11)
_ENOUGH = 1e-10  # relative to the function: no other step is tried


class Difference(NamedTuple):
    """A derivative and its error bound; both are not finite where there is no value."""

    value: AnyArray
    error: AnyArray


def difference(
    function: Callable[[float], tuple[AnyArray, AnyArray]], scale: AnyArray
) -> Difference:
    """The derivative at 0 of a function that gives a value and what round-off is relative to.

    Args:
        function: of a shift in units of ``scale``.
        scale: on which the function may vary.
    """
    best: Difference | None = None
    for step in _STEPS:
        found, enough = _at_step(function, step, scale)
        if best is None:
            best = found
        else:
            worse = ~(found.error < best.error)
            best = Difference(
                np.where(worse, best.value, found.value), np.where(worse, best.error, found.error)
            )
        if enough:
            break
    assert best is not None
    return best


def _at_step(
    function: Callable[[float], tuple[AnyArray, AnyArray]], step: float, scale: AnyArray
) -> tuple[Difference, bool]:
    eight: AnyArray = np.zeros((1, 1))
    six: AnyArray = np.zeros((1, 1))
    noise: AnyArray = np.zeros((1, 1))
    middle, _ = function(0.0)
    sides = [middle * _SIDE[0], middle * _SIDE[0]]
    for k in range(4):
        (right, above), (left, below) = function((k + 1) * step), function(-(k + 1) * step)
        gap = (right - left) / (step * scale)
        sides = [sides[0] + _SIDE[k + 1] * right, sides[1] + _SIDE[k + 1] * left]
        eight, six = eight + _EIGHT[k] * gap, six + _SIX[k] * gap
        noise = noise + abs(_EIGHT[k]) * (above + below) / (step * scale)
    error = np.abs(eight - six) + ROUND_OFF * noise
    size = noise * step * scale
    jump = np.abs(sides[0] + sides[1]) / (step * scale)
    largest = np.maximum(np.abs(sides[0]), np.abs(sides[1])) / (step * scale)
    smooth = jump <= _KINK * largest + 1e-6 * size / scale
    error = np.where(np.isfinite(eight) & np.isfinite(error) & smooth, error, np.inf)
    return Difference(eight, error), bool((error * scale <= _ENOUGH * size).all())
