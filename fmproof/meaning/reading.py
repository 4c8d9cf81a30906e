"""What evaluating a term gives for each problem: values, errors, magnitudes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fmproof.meaning.interpretation import AnyArray

ROUND_OFF = 64 * float(np.finfo(float).eps)
"""Relative to the magnitude of a term."""


class MeasuredValues(NamedTuple):
    """Values (P, c), their error estimates, and the magnitude that round-off is relative to."""

    value: AnyArray
    error: AnyArray
    magnitude: AnyArray

    @classmethod
    def of(
        cls, value: AnyArray, error: AnyArray, magnitude: AnyArray, problems: int = 1
    ) -> MeasuredValues:
        """Arrays of one shape; the error is infinite where anything is not finite."""
        column = np.zeros((problems, 1))
        value, error, magnitude, _ = np.broadcast_arrays(value, error, magnitude, column)
        good = np.isfinite(value) & np.isfinite(error)
        return cls(value, np.where(good, error, np.inf), magnitude)
