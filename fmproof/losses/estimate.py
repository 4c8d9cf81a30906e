"""What every numeric method returns: a value with its error, its method and its cost."""

from __future__ import annotations

import math
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
            rounding), a proved bound ("certified"), an estimate that was measured to hold
            ("quadrature"), half the width of a confidence interval ("sampling"). Infinite where
            nothing is known.
        method: ``"exact"``, ``"certified"``, ``"quadrature"`` or ``"sampling"``.
        exact: the value as a rational (or an object array of rationals), when it is known.
        cost: what it took, e.g. ``{"evaluations": 4096, "seconds": 0.01}``.
    """

    value: float | npt.NDArray[np.float64]
    error: float | npt.NDArray[np.float64]
    method: str
    exact: Fraction | npt.NDArray[np.object_] | None = None
    cost: Mapping[str, Any] = field(default_factory=dict)

    def rational(self, digits: int) -> str | None:
        """The number as a ratio of integers with at most about so many ``digits``, if it is one."""
        if not isinstance(self.exact, Fraction):
            return None
        bits = self.exact.numerator.bit_length() + self.exact.denominator.bit_length()
        return str(self.exact) if bits * math.log10(2) <= digits else None

    def _repr_latex_(self) -> str:
        """How a notebook shows it: value and error, or the rational that it is."""
        if isinstance(self.exact, Fraction) and self.rational(_DIGITS):
            shown = rf"\tfrac{{{self.exact.numerator}}}{{{self.exact.denominator}}}"
            return f"${shown if self.exact.denominator > 1 else self.exact} = {self.value:.12g}$"
        values, errors = np.atleast_1d(self.value), np.atleast_1d(self.error)
        if values.size == 1:
            return f"${_number(values.flat[0], errors.flat[0])}$"
        bound = _scientific(float(errors.max()))
        if values.ndim > 2 or values.size > _SHOWN:
            return rf"$\text{{array of shape }} {values.shape} \pm {bound}$"
        rows = values.reshape(values.shape[0], -1)
        body = r" \\ ".join(" & ".join(f"{v:.6g}" for v in row) for row in rows)
        off = rf" \pm {bound}" if errors.any() else ""
        return rf"$\begin{{pmatrix}} {body} \end{{pmatrix}}{off}$"


_SHOWN = 64  # entries of an array
_DIGITS = 40  # of a rational


def _number(value: float, error: float) -> str:
    if not np.isfinite(value) or not np.isfinite(error):
        return r"\text{inconclusive}"
    return rf"{value:.12g} \pm {_scientific(error)}" if error else f"{value:.15g}"


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
