"""What every numeric method returns: a value with its error, its method and its cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Estimate:
    """A number, or an array of numbers, that knows how far it may be off.

    Attributes:
        value: the estimate.
        error: how far off the value may be, absolutely, of the value's shape. What it is depends
            on the method: a bound ("exact": 0 when ``exact`` is given, of which the value is the
            rounding), an estimate that was measured to hold ("quadrature"), half the width of a
            confidence interval ("sampling"). Infinite where nothing is known.
        method: ``"exact"``, ``"quadrature"`` or ``"sampling"``.
        exact: the value as a rational (or an object array of rationals), when it is known.
        cost: what it took, e.g. ``{"evaluations": 4096, "seconds": 0.01}``.
    """

    value: float | npt.NDArray[np.float64]
    error: float | npt.NDArray[np.float64]
    method: str
    exact: Fraction | npt.NDArray[np.object_] | None = None
    cost: Mapping[str, Any] = field(default_factory=dict)
