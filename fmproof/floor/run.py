"""One run: rounds of batches until the aim is reached, the time is up or somebody says stop."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from fmproof.errors import InputError
from fmproof.floor.engine import LEVEL, Bin, Engine, Estimate, Setting
from fmproof.floor.rows import Ints, Rows

Progress = Callable[[str, int, int, str], None]
_FIRST, _LARGEST = 256, 2**14


@dataclass(frozen=True)
class Cost:
    """What it took, and about how many seconds ten times the accuracy would."""

    samples: int
    seconds: float
    next_digit: float


@dataclass(frozen=True)
class Floor:
    """The part of a loss that no model can learn away, on one data set.

    Attributes:
        estimate: of the floor, summed over the d coordinates.
        bins: the same over bins of t.
        total: tr Cov(z).
        trivial: the loss of the best model that sees t and not x.
        stopped: "tolerance", "time limit" or "interrupted".
    """

    name: str
    rows: int
    dim: int
    dtype: str
    factor: float
    labels: int
    setting: Setting
    estimate: Estimate
    bins: list[Bin]
    total: float
    trivial: float
    cost: Cost
    seed: int
    tolerance: float
    stopped: str
    level: float = LEVEL

    @property
    def value(self) -> float:
        return self.estimate.value

    @property
    def error(self) -> float:
        return self.estimate.error


def compute_floor(
    rows: Rows,
    setting: Setting | None = None,
    labels: Ints | None = None,
    *,
    seed: int = 0,
    bins: int = 10,
    tolerance: float = 0.01,
    time_limit: float = math.inf,
    progress: Progress | None = None,
) -> Floor:
    """The floor of the training loss on ``rows``.

    Args:
        rows: the data.
        setting: path, time law, target, weight.
        labels: (N,) integers from 0, for a model that is given the label.
        seed: of everything that is drawn; the same seed gives the same result.
        bins: equal bins of t for the result over time.
        tolerance: relative error aimed at.
        time_limit: seconds after which no new batch begins. KeyboardInterrupt ends the run as well,
            with what is known.
        progress: called after each batch.

    Raises:
        InputError: data that cannot be used, or stopped before the first batch was done.
    """
    start = perf_counter()
    stopped = "tolerance"
    longest = 0.0
    try:
        engine = Engine(rows, setting, labels, seed, bins, tolerance)
    except KeyboardInterrupt:
        raise InputError("interrupted while the data were read; nothing is known yet") from None
    total = _FIRST
    try:
        while not _enough(engine, tolerance):
            scale = engine.estimate().value if engine.round else 0.0
            for batch in engine.plan(total):
                began = perf_counter()
                if began - start + longest > time_limit and engine.round + batch.number > 0:
                    stopped = "time limit"
                    break
                engine.add(engine.evaluate(batch, scale))
                longest = max(longest, perf_counter() - began)
                if progress is not None and engine.round:
                    _show(engine, tolerance, progress)
            if stopped != "tolerance":
                break
            engine.close_round()
            total = _next_total(engine, tolerance)
    except KeyboardInterrupt:
        stopped = "interrupted"
    return _result(engine, perf_counter() - start, stopped)


def _enough(engine: Engine, tolerance: float) -> bool:
    if engine.round == 0:
        return False
    found = engine.estimate()
    if engine.total == 0:
        return True
    return engine.round > 1 and found.error <= tolerance * found.value


def _next_total(engine: Engine, tolerance: float) -> int:
    """Samples of the next round: as many as there are, or fewer when fewer should do."""
    found, known = engine.estimate(), len(engine.samples.t)
    if not (math.isfinite(found.error) and found.value > 0):
        return min(max(known, _FIRST), _LARGEST)
    room = tolerance * found.value - found.numerical
    if room <= 0:
        return min(known, _LARGEST)
    wanted = known * (((found.statistical + found.hidden) / room) ** 2 - 1) * 1.1
    return int(min(max(wanted, 64), max(known, _FIRST), _LARGEST))


def _show(engine: Engine, tolerance: float, progress: Progress) -> None:
    found = engine.estimate()
    if not (math.isfinite(found.error) and found.value > 0):
        return
    done = min(1.0, (tolerance * found.value / found.error) ** 2)
    progress("floor", int(1000 * done), 1000, f"{found.value:.5g} ± {found.error:.2g}")


def _result(engine: Engine, seconds: float, stopped: str) -> Floor:
    if not len(engine.samples.t):
        raise InputError("stopped before the first samples; nothing is known yet")
    found, rows = engine.estimate(), engine.rows
    return Floor(
        name=rows.name,
        rows=rows.count,
        dim=rows.dim,
        dtype=str(rows.array.dtype),
        factor=rows.factor,
        labels=len(engine.populations) if engine.labels is not None else 0,
        setting=engine.setting,
        estimate=found,
        bins=engine.per_bin(),
        total=engine.total,
        trivial=engine.trivial(),
        cost=Cost(len(engine.samples.t), seconds, 99 * seconds),
        seed=engine.seed,
        tolerance=engine.tolerance,
        stopped=stopped,
    )
