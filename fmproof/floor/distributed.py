"""Batches of the floor on the workers of a Dask cluster, one's own or one on this machine.

A batch carries its seed and needs the data alone. So it may run anywhere, and again when its worker
dies, with the same result. Workers open the data's file themselves; on one machine they share the
memory of one map.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.floor.drawing import Batch, Drawing, Samples
from fmproof.floor.load import load_rows

_TASK = 2.0  # seconds of work that a task should be at least, beside which its cost is nothing
_PATIENCE = 10  # seconds for a scheduler to answer
_QUIET = {  # nobody looks at these: they would take 5 % of a processor for two workers
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
}

# Where systems can: three seconds of a processor less for each worker. They see the variables of
# when the process that they are forked from was started, so these are set before.
_START = "forkserver"
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

_Result = tuple[Batch, Samples]


class DaskWorkers:
    """Evaluates batches on the workers of ``client``, as they come free."""

    def __init__(self, client: Any, drawing: Drawing) -> None:
        self._client = client
        # A task, not data that are sent: what a dead worker held is made again.
        self._drawing = client.submit(pickle.loads, pickle.dumps(drawing), pure=False)
        self._seconds = np.inf  # of a batch, the least so far

    def __call__(
        self, batches: Sequence[Batch], scale: float, deadline: float
    ) -> Iterator[_Result]:
        """The samples of each batch, in the order in which they are done; not all of them where
        ``deadline`` (of ``perf_counter``) comes first.

        Raises:
            InputError: a batch cannot be evaluated, because its workers die.
        """
        from distributed import KilledWorker, as_completed

        size = self._batches_of_a_task(len(batches))
        tasks = [batches[i : i + size] for i in range(0, len(batches), size)]
        futures = [
            self._client.submit(_evaluate, self._drawing, task, scale, pure=False) for task in tasks
        ]
        # The first round is small and always done: without it nothing is known.
        limited = deadline < np.inf and self._seconds < np.inf
        left = max(deadline - perf_counter(), 0.0) if limited else None
        try:
            for _, (seconds, results) in as_completed(futures, with_results=True, timeout=left):
                self._seconds = min(self._seconds, seconds / len(results))
                yield from results
        except TimeoutError:
            return
        except KilledWorker:
            raise InputError(
                "a batch ended several workers, perhaps for want of memory; "
                "give them more of it, or try --workers with fewer"
            ) from None
        finally:
            self._client.cancel(futures)

    def _batches_of_a_task(self, count: int) -> int:
        workers = max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))
        return int(max(1, min(_TASK / self._seconds, np.ceil(count / workers))))


def _evaluate(drawing: Drawing, batches: Sequence[Batch], scale: float) -> Any:
    start = perf_counter()
    found = [(batch, drawing.evaluate(batch, scale)) for batch in batches]
    return perf_counter() - start, found


@contextmanager
def on_this_machine(drawing: Drawing, workers: int) -> Iterator[DaskWorkers]:
    """A cluster of ``workers`` processes with one thread each, for as long as it is used.

    Raises:
        InputError: Dask is not installed.
    """
    _require_dask()
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set(_QUIET),
        _forked(),
        _mapped(drawing) as shared,
        _environment(_ONE_THREAD),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield DaskWorkers(client, shared)


@contextmanager
def on_a_cluster(drawing: Drawing, scheduler: str) -> Iterator[DaskWorkers]:
    """The workers of the scheduler at an address such as ``tcp://host:8786``.

    Raises:
        InputError: Dask is not installed, nobody answers there, it has no workers, or they do not
            see the data.
    """
    _require_dask()
    from distributed import Client

    reopen = drawing.rows.reopen
    if not isinstance(reopen, partial):
        raise InputError("scheduler: expected data in a file that its workers see, found an array")
    try:
        client = Client(scheduler, timeout=_PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"scheduler: nobody answers at {scheduler}: {error}") from None
    with client:
        seen = client.run(Path.exists, reopen.args[0])
        if not seen:
            raise InputError(f"scheduler: {scheduler} has no workers; start some with dask worker")
        for worker, sees in seen.items():
            if not sees:
                raise InputError(
                    f"scheduler: its worker {worker} sees no {reopen.args[0]}; put the data where "
                    "all workers find them under this name"
                )
        yield DaskWorkers(client, drawing)


@contextmanager
def _forked() -> Iterator[None]:
    """Workers that start meanwhile are forked from one process that has imported what they need."""
    import dask
    from distributed.utils import get_mp_context

    if _START not in multiprocessing.get_all_start_methods():
        yield
        return
    with dask.config.set({"distributed.worker.multiprocessing-method": _START}):
        get_mp_context().set_forkserver_preload(["distributed", Drawing.__module__])
        yield


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Variables of processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _require_dask() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InputError(
            "workers: Dask is not installed; pip install 'fmproof[distributed]'"
        ) from None


@contextmanager
def _mapped(drawing: Drawing) -> Iterator[Drawing]:
    """The same with data in a memory map, which all processes of a machine share."""
    rows = drawing.rows
    if isinstance(rows.array, np.memmap) and rows.reopen is not None:
        yield drawing
        return
    with TemporaryDirectory(prefix="fmproof-") as folder:
        file = Path(folder) / "rows.npy"
        stored = np.lib.format.open_memmap(file, "w+", rows.array.dtype, rows.array.shape)
        for start, stop in rows.slices():
            stored[start:stop] = rows.array[start:stop]
        stored.flush()
        del stored
        yield drawing.among(load_rows(file, None, rows.factor, rows.name))
