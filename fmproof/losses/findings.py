"""What several methods found of one problem, and what may be concluded from it.

A method says how far off it may be, and may be wrong in that: two methods that contradict each
other are said before anything else, and neither is used. The identity L_FM = L_CFM + C is checked,
not used: L_FM and C₁ come from the marginal side, L_CFM and C₂ from the joint side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Literal, get_args

import numpy as np

from fmproof.losses.estimate import Estimate
from fmproof.losses.quantities import Quantity
from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem

NumericMethod = Literal["exact", "certified", "quadrature", "sampling"]
NUMERIC_METHODS: tuple[NumericMethod, ...] = get_args(NumericMethod)
"""From those whose error is proved, by the one that estimates it, to the one that draws."""

IdentityVerdict = Literal["holds", "fails", "inconclusive"]

_PROVED: tuple[NumericMethod, ...] = ("exact", "certified")
# An interval at the level 99% is left once in a hundred times; three times its width is left once
# in four million (Student's t with 15 degrees of freedom), which many comparisons can bear.
_FAR = {"sampling": 3.0}
# A bound that is this share of what was added up is small, whatever the sides are.
_SHARP = 1e-6
_ROUNDING = 4 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Contradiction:
    """Two methods whose values of one quantity are farther apart than both their errors.

    Attributes:
        quantity, first, second: what, and by which methods.
        difference, bound: at the entry that fits least; see :class:`SideComparison`.
    """

    quantity: Quantity
    first: NumericMethod
    second: NumericMethod
    difference: float
    bound: float


@dataclass(frozen=True)
class SideComparison:
    """Two sides that should agree, at the entry that fits least.

    Attributes:
        residual: their difference.
        bound: how large it may be by the errors of both.
        alarm: how large it must be for the sides to be called different: the bound, with wider
            intervals where it is a confidence interval.
        size: how large an error makes a comparison say nothing.
    """

    residual: float
    bound: float
    alarm: float
    size: float

    @property
    def verdict(self) -> IdentityVerdict:
        """ "holds" needs a bound that is smaller than what is compared, "fails" a difference that
        chance does not explain."""
        if self.residual > self.alarm:
            return "fails"
        return "holds" if self.residual <= self.bound <= self.size else "inconclusive"

    @property
    def holds(self) -> bool:
        return self.verdict == "holds"


@dataclass(frozen=True)
class Findings:
    """The estimates of one problem's quantities, by method.

    Attributes:
        estimates: quantity -> method -> estimate.
        optimum: the coefficients that minimise both losses, for models linear in them.
        skipped: method -> why it does not apply, or why it stopped early.
        tolerance: the relative error that was aimed at.
    """

    problem: Problem
    estimates: Mapping[Quantity, Mapping[NumericMethod, Estimate]]
    optimum: Estimate | None = None
    skipped: Mapping[NumericMethod, str] = field(default_factory=dict)
    tolerance: float = 1e-9

    @cached_property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """The pairs of estimates of one quantity that cannot both be right."""
        return tuple(self._contradictions())

    def _contradictions(self) -> Iterator[Contradiction]:
        for quantity, row in self.estimates.items():
            for (first, one), (second, other) in combinations(row.items(), 2):
                compared = _compare([(first, one), (second, other)], [1, -1])
                if compared.verdict == "fails":
                    yield Contradiction(quantity, first, second, compared.residual, compared.alarm)

    @cached_property
    def refuted(self) -> frozenset[NumericMethod]:
        """The methods whose errors are not to be believed on this problem.

        A proof refutes an estimate. Where two of a kind contradict each other, neither is used.
        """
        found: set[NumericMethod] = set()
        for contradiction in self.contradictions:
            pair = contradiction.first, contradiction.second
            doubtful = [method for method in pair if method not in _PROVED]
            found.update(doubtful or pair)
        return frozenset(found)

    @property
    def contradicted(self) -> frozenset[Quantity]:
        """The quantities on which methods contradict each other."""
        return frozenset(c.quantity for c in self.contradictions)

    def best(self, quantity: Quantity) -> tuple[NumericMethod, Estimate] | None:
        """The estimate to rely on, and its method.

        The first in the order of ``METHODS`` that met the tolerance; if none did, the one with the
        smallest error. None where nothing is known, and where methods contradict each other.
        """
        if quantity in self.contradicted:
            return None
        return self._usable(quantity)

    def _usable(self, quantity: Quantity) -> tuple[NumericMethod, Estimate] | None:
        row = self.estimates.get(quantity, {})
        found = [(m, row[m]) for m in NUMERIC_METHODS if m in row and m not in self.refuted]
        for method, estimate in found:
            error = _largest(estimate.error)  # infinite, and so is the value, where all is unknown
            if np.isfinite(error) and error <= self.tolerance * _largest(estimate.value):
                return method, estimate
        return min(found, key=lambda item: _largest(item[1].error), default=None)

    @property
    def identity(self) -> SideComparison | None:
        """L_FM against L_CFM + C."""
        return self._pair("fm", "cfm", "C")

    @property
    def gradient(self) -> SideComparison | None:
        """The gradient of L_FM against that of L_CFM."""
        return self._pair("fm_gradient", "cfm_gradient")

    @property
    def verdict(self) -> IdentityVerdict | None:
        """ "fails" when an identity fails or methods contradict each other; else "inconclusive"
        when one is, or when there was nothing to compare and a quantity is not known; None when
        there was nothing to compare."""
        found = [c.verdict for c in (self.identity, self.gradient) if c is not None]
        if self.contradictions or "fails" in found:
            return "fails"
        unknown = not found and not all(map(self._known, self.estimates))
        if "inconclusive" in found or unknown:
            return "inconclusive"
        return "holds" if found else None

    def _known(self, quantity: Quantity) -> bool:
        """Whether there is an estimate to rely on, with an error that is finite."""
        best = self.best(quantity)
        return best is not None and bool(np.isfinite(_largest(best[1].error)))

    def _pair(self, left: Quantity, *right: Quantity) -> SideComparison | None:
        """``left`` against the sum of ``right``, by methods that are not refuted."""
        found = [self._usable(quantity) for quantity in (left, *right)]
        if any(one is None for one in found):
            known = all(self.estimates.get(quantity) for quantity in (left, *right))
            return SideComparison(np.inf, np.inf, np.inf, 0.0) if known else None
        return _compare([one for one in found if one is not None], [1] + [-1] * len(right))


def _compare(sides: list[tuple[NumericMethod, Estimate]], signs: list[int]) -> SideComparison:
    """The signed sum of ``sides``, which should be 0."""
    values = [np.atleast_1d(estimate.value) for _, estimate in sides]
    errors = [np.atleast_1d(estimate.error) for _, estimate in sides]
    with np.errstate(invalid="ignore", over="ignore"):  # inf - inf, where a value overflowed
        difference = np.abs(_total([s * v for s, v in zip(signs, values, strict=True)]))
        # An exact value is rounded, too, and so is the difference.
        rounding = _ROUNDING * _total([np.abs(value) for value in values])
        bound = _total(errors) + rounding
        wide = [_FAR.get(m, 1.0) * e for (m, _), e in zip(sides, errors, strict=True)]
        alarm = _total(wide) + rounding
        excess = difference - alarm
    # What is not a number at one entry says nothing there, and is not to hide another entry.
    unknown = ~np.isfinite(excess)
    worst = int(np.argmax(np.where(unknown, -np.inf, excess)))
    known = not unknown.any()
    scale = max(_finite(estimate.scale) for _, estimate in sides)
    scale = max(scale, *(_finite(_largest(value)) for value in values))
    return SideComparison(
        float(difference[worst]) if np.isfinite(difference[worst]) else 0.0,
        float(bound[worst]) if known else np.inf,
        float(alarm[worst]) if np.isfinite(alarm[worst]) else np.inf,
        max(_finite(_largest(values[0])), _SHARP * scale),
    )


def _total(parts: list[FloatArray]) -> FloatArray:
    return np.asarray(sum(parts[1:], start=parts[0]))


def _largest(entries: object) -> float:
    """The largest absolute value, infinite where one is not a number."""
    worst = float(np.max(np.abs(np.asarray(entries, dtype=np.float64))))
    return np.inf if np.isnan(worst) else worst


def _finite(value: float) -> float:
    return value if np.isfinite(value) else 0.0
