"""A training log against the floor: how far above it a run is, and what a loss below it means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from fmproof.errors import InputError
from fmproof.floor.few_rows import FewRows, few_rows
from fmproof.floor.rows import Floats, Ints, Rows
from fmproof.floor.run import Floor
from fmproof.floor.training_log import TrainingLog

Reduction = Literal["mean", "sum", "half-mean", "half-sum"]
REDUCTIONS: tuple[Reduction, ...] = get_args(Reduction)
_WORDS = {
    "mean": "the mean over the coordinates",
    "sum": "the sum over the coordinates",
    "half-mean": "half the mean over the coordinates",
    "half-sum": "half the sum over the coordinates",
}
_TAIL = 0.1  # share of a log that "now" is the mean of
_GROUPS = 40  # points of a curve


@dataclass(frozen=True)
class Above:
    """The loss less the floor, both as the log reduces them.

    Attributes:
        low, high: of the times.
        loss, loss_error: mean over the last part of the log.
        floor, floor_error: of the same times.
        mass: the probability of these times.
    """

    low: float
    high: float
    loss: float
    loss_error: float
    floor: float
    floor_error: float
    mass: float = 1.0

    @property
    def gap(self) -> float:
        return self.loss - self.floor

    @property
    def error(self) -> float:
        return math.hypot(self.loss_error, self.floor_error)

    @property
    def below(self) -> bool:
        """Whether the loss is below the floor by more than the error."""
        return self.gap < -self.error


@dataclass(frozen=True)
class Comparison:
    """A log beside a floor.

    Attributes:
        curve: step, loss and its standard error over the run, of overlapping none, (G,) each.
        few_rows: of a loss below the floor, the most rows that would explain it.
        warnings: what is wrong, in words.
    """

    log: str
    reduction: Reduction
    step: float
    now: Above
    per_bin: list[Above]
    curve: tuple[Floats, Floats, Floats]
    few_rows: FewRows | None
    warnings: list[str]


def compare(
    floor: Floor,
    log: TrainingLog,
    reduction: Reduction = "mean",
    rows: Rows | None = None,
    labels: Ints | None = None,
) -> Comparison:
    """How far the run is above the floor at its end, where in t, and what cannot be.

    Args:
        reduction: how the loss that was logged reduces the squares of the d coordinates.
        rows, labels: what the floor is of. With them, a loss below it is also held against the
            floors of fewer rows.

    Raises:
        InputError: times in the log that the time law does not reach.
    """
    scale = _scale(reduction, floor.dim)
    now, per_bin = _above(floor, log, scale)
    few = None
    if rows is not None and (now.below or any(part.below for part in per_bin)):
        few = few_rows(floor, rows, labels, lambda parts: not _below_all(parts, log, scale))
    return Comparison(
        log=log.name,
        reduction=reduction,
        step=float(log.step[-1]),
        now=now,
        per_bin=per_bin,
        curve=_curve(floor, log),
        few_rows=few,
        warnings=_warnings(floor, reduction, now, per_bin, few),
    )


def _above(floor: Floor, log: TrainingLog, scale: float) -> tuple[Above, list[Above]]:
    """The end of the log beside a floor: as a whole, and where it tells t, by bins."""
    per_bin = [] if log.t is None else _per_bin(floor, log, scale)
    if per_bin:
        mass = np.array([floor.bins[i].mass for i, _ in per_bin])
        parts = [above for _, above in per_bin]
        share = mass / mass.sum()
        loss = float(share @ [p.loss for p in parts])
        loss_error = float(np.sqrt(share**2 @ [p.loss_error**2 for p in parts]))
    else:
        parts = []
        loss, loss_error = _end(log.loss)
        if len(log.loss) == 1:  # of one batch, perhaps: nothing tells how far it is off
            loss_error = abs(loss)
    low, high = floor.bins[0].low, floor.bins[-1].high
    return Above(low, high, loss, loss_error, floor.value * scale, floor.error * scale), parts


def _below_all(floors: Sequence[Floor], log: TrainingLog, scale: float) -> bool:
    """Whether the loss is below all of the floors, as a whole or in some bin."""
    found = [_above(floor, log, scale) for floor in floors]
    bins = zip(*(per_bin for _, per_bin in found), strict=True)
    places = [[now for now, _ in found], *bins]
    return any(all(part.below for part in place) for place in places)


def _scale(reduction: Reduction, dim: int) -> float:
    return (0.5 if reduction.startswith("half") else 1.0) / (dim if "mean" in reduction else 1)


def _end(losses: Floats) -> tuple[float, float]:
    """Mean over the last tenth, and 3.3 standard errors, with neighbours joined in groups: losses
    that follow each other are not independent."""
    tail = losses[-max(1, math.ceil(_TAIL * len(losses))) :]
    if len(tail) < 4:
        spread = float(np.std(losses[-8:])) if len(losses) > 1 else 0.0
        return float(tail.mean()), 3.3 * spread
    groups = np.array([g.mean() for g in np.array_split(tail, min(10, len(tail) // 2))])
    return float(tail.mean()), 3.3 * float(groups.std(ddof=1)) / math.sqrt(len(groups))


def _per_bin(floor: Floor, log: TrainingLog, scale: float) -> list[tuple[int, Above]]:
    times = log.t if log.t is not None else np.zeros(0)
    found = []
    edges = np.array([b.low for b in floor.bins] + [floor.bins[-1].high])
    outside = (times < edges[0]) | (times > edges[-1])
    if outside.any():
        raise InputError(
            f"{log.name}: t = {times[outside][0]:g} is outside of the time law's "
            f"[{edges[0]:g}, {edges[-1]:g}]"
            + ("; divide the times by the number of steps" if times.max() > 2 * edges[-1] else "")
        )
    place = _bin_of(floor, times)
    for i, part in enumerate(floor.bins):
        losses = log.loss[place == i]
        if len(losses):
            loss, error = _end(losses)
            value, within = part.value * scale, part.error * scale
            found.append((i, Above(part.low, part.high, loss, error, value, within, part.mass)))
    return found


def _curve(floor: Floor, log: TrainingLog) -> tuple[Floats, Floats, Floats]:
    """Means over neighbouring steps. The times of one step come first, by what each bin of them
    counts: groups that hold some of them and not others would go up and down."""
    steps, place = np.unique(log.step, return_inverse=True)
    weights = np.ones(len(log.step))
    if log.t is not None:
        mass = np.array([b.mass for b in floor.bins])
        weights = mass[_bin_of(floor, log.t)]
    total = np.bincount(place, weights)
    known = total > 0
    losses = np.bincount(place, weights * log.loss)[known] / total[known]
    count = min(_GROUPS, len(losses))
    groups = np.array_split(losses, count)
    return (
        np.array([g.mean() for g in np.array_split(steps[known], count)]),
        np.array([g.mean() for g in groups]),
        np.array([g.std() / math.sqrt(len(g)) for g in groups]),
    )


def _bin_of(floor: Floor, times: Floats) -> Ints:
    edges = np.array([b.low for b in floor.bins] + [floor.bins[-1].high])
    found = np.searchsorted(edges, times, side="right") - 1
    return np.clip(found, 0, len(floor.bins) - 1).astype(np.int64)


def _warnings(
    floor: Floor, reduction: Reduction, now: Above, per_bin: list[Above], few: FewRows | None
) -> list[str]:
    below = sorted((part for part in per_bin if part.below), key=lambda part: part.gap)
    if now.below:
        return [
            f"the loss is below the floor by {-now.gap:.3g} ± {now.error:.2g}: no model can do "
            "that on these data, so something is not what it seems. "
            + _explain(floor, reduction, now, per_bin, few)
        ]
    found = []
    if now.loss > 1.05 * floor.trivial * _scale(reduction, floor.dim):
        found.append(
            f"the loss is above {floor.trivial * _scale(reduction, floor.dim):.4g}, what a model "
            "that ignores x reaches. " + _explain(floor, reduction, now, per_bin, None)
        )
    if below:
        worst, others = below[0], len(below) - 1
        also = f" ({others} other bin{'s are' if others > 1 else ' is'} below as well)"
        found.append(
            f"for t in [{worst.low:g}, {worst.high:g}] the loss is below the floor by "
            f"{-worst.gap:.3g} ± {worst.error:.2g}{also if others else ''}: no model can be there "
            "on these data. "
            + (_said(floor, few, reduction) + " Else: is" if few else "Is")
            + " it logged by another time law, or t reversed?"
        )
    return found


def _said(floor: Floor, few: FewRows, reduction: Reduction) -> str:
    scale = _scale(reduction, floor.dim)
    return (
        f"It would fit training on some {few.rows:,} of the {floor.rows:,} rows or fewer, again "
        f"and again (floors of {few.rows:,} rows are {few.low * scale:.3g} to "
        f"{few.high * scale:.3g}): does the loader go on to the next batch, and shuffle?"
    )


def _explain(
    floor: Floor,
    reduction: Reduction,
    now: Above,
    per_bin: list[Above],
    few: FewRows | None,
) -> str:
    """Which other readings of the loss put it between the floor and a model that ignores x."""
    scale = _scale(reduction, floor.dim)
    fitting = [
        other
        for other in REDUCTIONS
        if other != reduction
        and floor.value - floor.error <= now.loss / _scale(other, floor.dim) <= 1.05 * floor.trivial
        and not any(_below_as(part, _scale(other, floor.dim) / scale) for part in per_bin)
    ]
    said = []
    if fitting:
        said.append(
            "It would fit if the loss were "
            + " or ".join(f"{_WORDS[f]} (--reduction {f})" for f in fitting)
            + "."
        )
    if few is not None:
        said.append(_said(floor, few, reduction))
    if said:
        return " ".join(said)
    return (
        "No reduction explains it. Look for a target that leaks into the input, for training on "
        "few rows or one batch, for other data, another scale of the data, path, target or weight."
    )


def _below_as(part: Above, factor: float) -> bool:
    """Whether the loss is below the floor also where a loss counts ``factor`` times as much."""
    error = math.hypot(part.loss_error, factor * part.floor_error)
    return part.loss < factor * part.floor - error
