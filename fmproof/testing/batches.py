"""A user's loss in batches, compared with the closed form and with its own points.

Only the user's loss is called batch by batch. The closed forms of many batches are evaluated
together: a batch is small, and most of its time would be the overhead of calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np

from fmproof.models.arrays import FloatArray
from fmproof.testing.adapters import seeded
from fmproof.testing.evidence import StatisticalEvidence, look_sizes, strongest
from fmproof.testing.failure import CheckFailed
from fmproof.testing.joint import JointTest, joint_test
from fmproof.testing.points import EvaluatedPoints
from fmproof.testing.precision import COARSE, SHARED, shared_moves
from fmproof.testing.reference import Reference
from fmproof.testing.reuse import reused_numbers

BATCHES = 100
_TOGETHER = 100_000  # numbers of x that are evaluated at a time
_TESTS = 3  # the loss against the closed form and its points, and the points themselves
_LOOKS_APART = 1_000_003  # so that the seeds of two looks do not meet


class BatchLosses(NamedTuple):
    """k numbers of the user's loss from one batch.

    Attributes:
        numbers: (k,).
        rounding: how far rounding may throw them, beside what their points say.
        points: where the loss evaluated the model, if it shows.
    """

    numbers: FloatArray
    rounding: float = 0.0
    points: EvaluatedPoints | None = None


class LossComparison(Protocol):
    """k numbers of a loss, as the user's code gives them and as they should be."""

    def found(self, reference: Reference, size: int, seed: int) -> BatchLosses:
        """From the user's code, for one batch of ``size`` data."""

    def expected(
        self, reference: Reference, t: FloatArray, x: FloatArray, count: int
    ) -> FloatArray:
        """(count, k), from the closed form of the marginal field at the rows of ``count``
        batches."""

    def at_points(
        self, reference: Reference, points: EvaluatedPoints, count: int
    ) -> tuple[FloatArray, FloatArray]:
        """(count, k) what is expected at the points of ``count`` batches, and how far rounding may
        throw it."""

    def moved(
        self, reference: Reference, points: EvaluatedPoints, move: FloatArray, count: int
    ) -> FloatArray:
        """(count, k), by what it would change were the targets moved by ``move`` (N, d)."""

    def describe(
        self, found: FloatArray, expected: FloatArray, verdict: JointTest, where: str
    ) -> CheckFailed:
        """The failure, from what was found and what was expected (B, k)."""

    @property
    def precision(self) -> float:
        """The rounding of the expected numbers, relative to their size."""


def batch_means(rows: FloatArray, count: int) -> FloatArray:
    """(count, k), the means of ``rows`` (N, k) over equal batches."""
    return np.asarray(rows.reshape(count, -1, *rows.shape[1:]).mean(axis=1))


def draw_marginal(reference: Reference, n: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Times and points of the path, (n,) and (n, d)."""
    t, _, _, x, _ = reference.draw(n, np.random.default_rng([seed, 1]))
    return t, x


def looks(
    comparison: LossComparison, reference: Reference, samples: int, seed: int
) -> Iterator[StatisticalEvidence]:
    """Looks at up to ``samples``, each split into batches."""
    for look, n in enumerate(look_sizes(samples)):
        start = seed + 1 + look * _LOOKS_APART
        yield strongest(list(_evidence(comparison, reference, n // BATCHES, start)), _TESTS)


def _groups(reference: Reference, size: int) -> list[range]:
    """Batches whose closed forms are evaluated together."""
    each = max(1, _TOGETHER // (size * reference.dim))
    return [range(i, min(i + each, BATCHES)) for i in range(0, BATCHES, each)]


def _evidence(
    comparison: LossComparison, reference: Reference, size: int, start: int
) -> Iterator[StatisticalEvidence]:
    groups = _groups(reference, size)
    with seeded(start):
        batches = [comparison.found(reference, size, start + i) for i in range(BATCHES)]
        ours = np.concatenate(
            [
                comparison.expected(
                    reference, *draw_marginal(reference, size * len(g), start + g[0]), len(g)
                )
                for g in groups
            ]
        )
    theirs = np.array([batch.numbers for batch in batches])
    relative = comparison.precision * np.abs(ours).mean(axis=0)

    def against(expected: FloatArray, slack: FloatArray, where: str) -> StatisticalEvidence:
        verdict = joint_test(theirs - expected, slack)
        return StatisticalEvidence(
            verdict.p_value, lambda _: comparison.describe(theirs, expected, verdict, where)
        )

    closed = against(ours, relative, "from the closed form of u_t(x)")
    parts = [batch.points for batch in batches if batch.points is not None]
    whole = EvaluatedPoints.join(parts) if len(parts) == len(batches) else None
    less = reference.projected()
    points = None if whole is None else whole.counted(reference)
    if whole is None or points is None or not points.belong(less):
        yield closed
        return

    rows = [slice(g[0] * size, (g[-1] + 1) * size) for g in groups]

    def at_points(where: EvaluatedPoints) -> tuple[FloatArray, FloatArray]:
        """What the loss should be at its points, and how far rounding may throw it."""
        with seeded(start):
            pairs = [
                comparison.at_points(reference, where.rows(some), len(g))
                for g, some in zip(groups, rows, strict=True)
            ]
        there, off = (np.concatenate(part) for part in zip(*pairs, strict=True))
        own = np.array([batch.rounding for batch in batches])[:, None]
        return there, relative + off + own

    def of_means(where: EvaluatedPoints, slack: FloatArray) -> FloatArray:
        """How far rounding may throw the mean of all batches: of coarse numbers only by what all
        rows share, since their own roundings are as often up as down."""
        if where.rounding <= COARSE:
            return np.asarray(slack.mean(axis=0))
        off = SHARED * where.rounding * np.abs(ours).mean(axis=0)
        latents = where.latents(reference)
        for move in shared_moves(reference, latents, where.x, where.rounding):
            with seeded(start):
                parts = [
                    comparison.moved(reference, where.rows(some), move[some], len(g))
                    for g, some in zip(groups, rows, strict=True)
                ]
            off = off + np.abs(np.concatenate(parts).mean(axis=0))
        return np.asarray(off)

    there, slack = at_points(whole)
    used = whole
    if (np.abs(theirs - there) > slack).any():
        for cast in whole.casts(reference):
            other = at_points(cast)
            if (np.abs(theirs - other[0]) <= other[1]).all():
                used, points, (there, slack) = cast, cast.counted(reference), other
                break
    reused = reused_numbers(less, points.made(less)) or points.rows_alike(less, len(batches))
    reused = reused or points.one_time(less, len(batches))
    if reused is not None:
        yield StatisticalEvidence.certain(reused)
    yield points.noise_evidence(less)
    time = points.time_evidence(less, len(batches))
    if not points.doubtful(time):
        means = of_means(used, slack)
        yield against(there, means, "at the points at which it evaluates the model")
    elif (np.abs(theirs - there) <= 4 * slack).all():
        yield time  # the loss has no weights that would make up for another law
    yield closed
