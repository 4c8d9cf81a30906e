"""Two sides beside each other in several problems: they agree, differ, or cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fmproof.meaning.interpretation import AnyArray
from fmproof.meaning.reading import MeasuredValues
from fmproof.meaning.steps import RelationSign

_CLEARLY = 4.0  # times the error bound, and a difference is no longer an accident
_INFORMATIVE = 0.05  # an error bound beyond this share of the magnitude says nothing


@dataclass(frozen=True)
class NumericOutcome:
    """Both sides of a step in P problems.

    Attributes:
        ratio: (P,), the difference in the forbidden direction over the error bound.
        agrees, refuted: (P,); neither where the numbers are too inaccurate to tell.
        reason: why there are no numbers at all, if there are none.
    """

    before: MeasuredValues
    claim: MeasuredValues
    ratio: AnyArray
    agrees: AnyArray
    refuted: AnyArray
    reason: str = ""

    @classmethod
    def of(
        cls, before: MeasuredValues, claim: MeasuredValues, relation: RelationSign
    ) -> NumericOutcome:
        gap = claim.value - before.value
        gap = {"=": np.abs(gap), "≤": -gap, "≥": gap}[relation]
        bound = before.error + claim.error
        with np.errstate(all="ignore"):
            ratios = np.where(gap <= 0, 0.0, gap / bound)
        ratio = ratios.max(axis=-1)
        known = (np.isfinite(bound) & np.isfinite(ratios)).all(axis=-1)
        sizes = np.maximum(before.magnitude, claim.magnitude)
        informative = (bound <= _INFORMATIVE * sizes).all(axis=-1)
        return cls(
            before,
            claim,
            np.where(known, ratio, np.inf),
            known & informative & (ratio <= 1),
            known & informative & (ratio > _CLEARLY),
        )

    @classmethod
    def unknown(cls, size: int) -> NumericOutcome:
        """Nothing is known of any problem."""
        reading = MeasuredValues.of(
            np.zeros((size, 1)), np.full((size, 1), np.inf), np.zeros((size, 1))
        )
        return cls.of(reading, reading, "=")

    def followed_by(self, size: int) -> NumericOutcome:
        """With so many more problems of which nothing is known."""
        more = NumericOutcome.unknown(size)
        return NumericOutcome(
            self.before,
            self.claim,
            np.concatenate([self.ratio, more.ratio]),
            np.concatenate([self.agrees, more.agrees]),
            np.concatenate([self.refuted, more.refuted]),
            self.reason,
        )

    @property
    def undecided(self) -> bool:
        return not (self.agrees | self.refuted).all()

    @property
    def diverges(self) -> bool:
        """Whether a side has no value in any problem."""
        sizes = np.maximum(self.before.magnitude, self.claim.magnitude)
        return bool(np.isinf(sizes).any(axis=-1).all())

    def words(self) -> str:
        """The two sides in the first problem."""
        return f"the line before is {_shown(self.before)}, the claim {_shown(self.claim)}"


def _shown(reading: MeasuredValues) -> str:
    parts = [
        f"{value:.10g} ± {error:.1g}"
        for value, error in zip(reading.value[0], reading.error[0], strict=True)
    ]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
