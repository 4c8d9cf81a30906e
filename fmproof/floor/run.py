"""One run: rounds of batches until the aim is reached, the time is up or somebody says stop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path as FilePath
from time import perf_counter

from fmproof.errors import InputError
from fmproof.floor.drawing import Batch, Drawing, Samples
from fmproof.floor.engine import LEVEL, Bin, Engine, FloorEstimate
from fmproof.floor.resume import ResumedRun, RunFile
from fmproof.floor.rows import Ints, Rows
from fmproof.floor.setting import Setting

FloorProgress = Callable[[str, int, int, str], None]
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
    estimate: FloorEstimate
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
    progress: FloorProgress | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    resume: FilePath | None = None,
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
        workers: processes of this machine that share the work by Dask; the result is the same.
        scheduler: the address of a Dask scheduler whose workers do it instead.
        resume: a file to keep in what is known, and to go on from where it exists.

    Raises:
        InputError: data that cannot be used, stopped before the first batch was done, Dask missing
            or not answering, a file of another run.
    """
    start = perf_counter()
    try:
        engine = Engine(rows, setting, labels, seed, bins, tolerance)
    except KeyboardInterrupt:
        raise InputError("interrupted while the data were read; nothing is known yet") from None
    memory = None if resume is None else RunFile(resume, engine)
    run = _Run(engine, start, time_limit, progress, memory)
    stopped = "tolerance"
    try:
        if not _enough(engine, tolerance):
            with _evaluator(engine.drawing, workers, scheduler) as evaluate:
                stopped = run.go_on(evaluate)
    except KeyboardInterrupt:
        stopped = "interrupted"
    finally:
        run.keep(now=True)
    return _result(engine, run.seconds, stopped)


BatchEvaluator = Callable[[Sequence[Batch], float, float], Iterator[tuple[Batch, Samples]]]
"""Batches, the scale of the floor and a deadline, to the samples of those that are done by then."""


@contextmanager
def _evaluator(
    drawing: Drawing, workers: int | None, scheduler: str | None
) -> Iterator[BatchEvaluator]:
    if workers is None and scheduler is None:
        yield _ThisProcess(drawing)
        return
    if workers is not None and scheduler is not None:
        raise InputError("workers: expected either workers or a scheduler, found both")
    from fmproof.floor.distributed import on_a_cluster, on_this_machine

    with (
        on_a_cluster(drawing, scheduler)
        if scheduler is not None
        else on_this_machine(drawing, workers or 1)
    ) as cluster:
        yield cluster


class _ThisProcess:
    """Evaluates one batch after another; the first, however long it takes."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing, self._longest = drawing, 0.0

    def __call__(
        self, batches: Sequence[Batch], scale: float, deadline: float
    ) -> Iterator[tuple[Batch, Samples]]:
        for batch in batches:
            began = perf_counter()
            if self._longest > 0 and began + self._longest > deadline:
                return
            found = self._drawing.evaluate(batch, scale)
            self._longest = max(self._longest, perf_counter() - began)
            yield batch, found


class _Run:
    """Rounds, from the first or from where an earlier run was stopped."""

    def __init__(
        self,
        engine: Engine,
        start: float,
        time_limit: float,
        progress: FloorProgress | None,
        memory: RunFile | None,
    ) -> None:
        self.engine, self.start, self.time_limit = engine, start, time_limit
        self.progress, self.memory = progress, memory
        self.total, self.before, self.changed = _FIRST, 0.0, False
        self.known: dict[int, Samples] = {}
        earlier = None if memory is None else memory.recall()
        if earlier is not None:
            engine.go_on(earlier.round, earlier.edges, earlier.closed)
            self.total, self.known, self.before = earlier.total, earlier.open, earlier.seconds

    @property
    def seconds(self) -> float:
        """Of work, that of earlier runs included."""
        return self.before + perf_counter() - self.start

    def go_on(self, evaluate: BatchEvaluator) -> str:
        """Rounds until the aim is reached or the time is up; which of them."""
        engine = self.engine
        while not _enough(engine, engine.tolerance):
            scale = engine.estimate().value if engine.round else 0.0
            batches = engine.plan(self.total)
            for batch in batches:
                if batch.number in self.known:
                    engine.add(batch, self.known.pop(batch.number))
            todo = [batch for batch in batches if batch.number not in engine.open]
            for batch, found in evaluate(todo, scale, self.start + self.time_limit):
                engine.add(batch, found)
                self.changed = True
                self.keep()
                if self.progress is not None and engine.round:
                    _show(engine, engine.tolerance, self.progress)
            if len(engine.open) < len(batches):
                return "time limit"
            engine.close_round()
            self.total = _next_total(engine, engine.tolerance)
        return "tolerance"

    def keep(self, *, now: bool = False) -> None:
        """Save what is known, if there is something new."""
        if self.memory is None or not self.changed:
            return
        engine = self.engine
        known = ResumedRun(
            engine.round, self.total, engine.edges, engine.closed, engine.open, self.seconds
        )
        self.memory.keep(known, now=now)


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


def _show(engine: Engine, tolerance: float, progress: FloorProgress) -> None:
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
        labels=len(engine.drawing.populations) if engine.labels is not None else 0,
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
