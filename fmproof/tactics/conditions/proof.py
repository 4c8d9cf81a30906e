"""What the search for a condition returns."""

from __future__ import annotations

from dataclasses import dataclass

from fmproof.kernel.theorem import Theorem


@dataclass(frozen=True)
class ConditionProof:
    """A condition's theorem and, for the reader, the rules and hypotheses behind it."""

    theorem: Theorem
    reasons: tuple[str, ...]

    def describe(self) -> str:
        """E.g. "Cauchy–Schwarz, Jensen, H1, H2"."""
        unique = dict.fromkeys(self.reasons)
        rules = [r for r in unique if not r.startswith("@")]
        return ", ".join(rules + sorted(r[1:] for r in unique if r.startswith("@")))
