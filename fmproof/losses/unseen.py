"""What random samples may all have missed: their spread would not tell.

Replicates that miss a thin layer in time agree with one another and not with the truth.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fmproof.losses.linear_guess import MeanSquares
from fmproof.losses.proposal import Proposal
from fmproof.losses.quantities import Quantity
from fmproof.losses.time_axis import LATEST, omitted
from fmproof.models.arrays import FloatArray
from fmproof.models.problem import Problem

# What is expected in fewer samples than this may have been missed.
_FEW = 20


class Unseen:
    """What is not seen of a problem by a number of samples."""

    def __init__(self, problem: Problem, proposal: Proposal) -> None:
        self.problem = problem
        # Of the time law, from either end.
        self._shares = np.concatenate(
            [np.geomspace(1e-300, 1e-20, 200, endpoint=False), np.geomspace(1e-20, 0.5, 600)]
        )
        before, after = (
            proposal.guesses.at(np.minimum(problem.time.quantile(shares), LATEST))
            for shares in (self._shares, 1 - self._shares)
        )
        self._ends = [
            (before, proposal.drawn_before(self._shares)),
            (after, proposal.drawn_after(self._shares)),
        ]
        with np.errstate(all="ignore"):
            self._omitted = omitted(problem)

    def times(self, samples: int) -> dict[Quantity, float]:
        """By how much the layers next to the ends of time that are too thin to have been drawn
        for certain may differ from what is drawn next to them.

        A layer is thin where the schedule is singular and, where the data's scale is far from 1,
        in the time in which they emerge from the noise. It is infinite where a mean overflows.
        """
        target = self._differs(samples, lambda means: (means.target,)) + self._omitted
        field = self._differs(samples, lambda means: (means.guess, means.informed))
        variance = self._differs(samples, lambda means: (means.missed, means.within))
        if not self.problem.data.scales.all():  # u_t(x) of a point is as singular as its target
            field += self._omitted
        return {
            "cfm": target,
            "C2": target,
            "fm": field,
            "C1": field,
            "floor": variance + self._omitted,
        }

    def _differs(
        self, samples: int, bounds: Callable[[MeanSquares], tuple[FloatArray, ...]]
    ) -> float:
        """How much more, or less, than at its inner edge a mean square is in the two layers, if
        it is like one of its ``bounds``."""
        found = 0.0
        for end, drawn in self._ends:
            place = max(int(np.searchsorted(drawn, _FEW / samples, side="right")) - 1, 0)
            layer = self._shares[: place + 1]
            with np.errstate(over="ignore", invalid="ignore"):
                # Left of a node it is taken for what it is at the node.
                excess = [
                    np.diff(layer, prepend=0.0) @ (mean[: place + 1] - mean[place])
                    for mean in bounds(end)
                ]
            found += float(np.max(np.abs(excess)))
        return found if np.isfinite(found) else np.inf
