"""A user's loss in batches, compared with the closed form and with its own points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import seeded
from fmproof.testing.evidence import Evidence, look_sizes, strongest
from fmproof.testing.failure import CheckFailed
from fmproof.testing.joint import Verdict, joint_test
from fmproof.testing.points import Points
from fmproof.testing.reference import Reference

BATCHES = 100
_TESTS = 3  # the loss against the closed form and its points, and the points themselves
_LOOKS_APART = 1_000_003  # so that the seeds of two looks do not meet


class Batch(NamedTuple):
    """k numbers of a loss from one batch.

    Attributes:
        expected: (k,), from the closed form of the marginal field, at points of its own.
        found: (k,), the user's.
        points: where the user's loss evaluated the model, if it shows.
        at_points: (k,), what is expected there.
        slack: (k,), how far rounding may throw that.
    """

    expected: FloatArray
    found: FloatArray
    points: Points | None = None
    at_points: FloatArray | None = None
    slack: FloatArray | None = None


Describe = Callable[[FloatArray, FloatArray, Verdict, str], CheckFailed]
"""The failure, from what was found and what was expected (B, k), the verdict, and where."""


def looks(
    reference: Reference,
    batch: Callable[[int, int], Batch],
    describe: Describe,
    rounding: Callable[[], float],
    samples: int,
    seed: int,
) -> Iterator[Evidence]:
    """Looks at up to ``samples``, each split into batches.

    Args:
        batch: of a size and a seed.
        rounding: of the expected numbers, relative to their size.
    """
    for look, n in enumerate(look_sizes(samples)):
        start = seed + 1 + look * _LOOKS_APART
        with seeded(start):
            found = [batch(n // BATCHES, start + i) for i in range(BATCHES)]
        yield strongest(list(_evidence(reference, found, describe, rounding())), _TESTS)


def _evidence(
    reference: Reference, batches: list[Batch], describe: Describe, rounding: float
) -> Iterator[Evidence]:
    theirs = np.array([batch.found for batch in batches])
    ours = np.array([batch.expected for batch in batches])
    size = rounding * np.abs(ours).mean(axis=0)

    def against(expected: FloatArray, slack: FloatArray, where: str) -> Evidence:
        verdict = joint_test(theirs - expected, slack)
        return Evidence(verdict.p_value, lambda _: describe(theirs, expected, verdict, where))

    closed = against(ours, size, "from the closed form of u_t(x)")
    parts = [batch.points for batch in batches if batch.points is not None]
    points = Points.join(parts).counted(reference) if len(parts) == len(batches) else None
    reference = reference.projected()
    if points is None or not points.belong(reference):
        yield closed
        return
    yield points.noise_evidence(reference)
    there = np.array([batch.at_points for batch in batches])
    slack = size + np.array([batch.slack for batch in batches])
    time = points.time_evidence(reference, len(batches))
    if not points.doubtful(time):
        yield against(there, slack.mean(axis=0), "at the points at which it evaluates the model")
    elif (np.abs(theirs - there) <= 4 * slack).all():
        yield time  # the loss has no weights that would make up for another law
    yield closed
