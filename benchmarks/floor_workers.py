"""What Dask costs: the floor by one process and by 1, 2 and 4 workers, and with one that is killed.

In processor time of all processes, on one thread each, beside the results, which agree. Then, on
paper, the same rounds on clusters: 1.28 million x 4,096 numbers on 1, 8 and 64 nodes.

Run: OPENBLAS_NUM_THREADS=1 python benchmarks/floor_workers.py [rows [dim [tolerance]]]
     OPENBLAS_NUM_THREADS=2 python benchmarks/floor_workers.py rows dim tolerance wall

The second one, for a machine without other work, takes the time that a user waits: one process with
two threads and two workers with a thread each, three times in turn.
"""

from __future__ import annotations

import heapq
import os
import resource
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import psutil

from fmproof.floor import Floor, compute_floor, load_rows
from fmproof.floor.engine import Engine


def used() -> float:
    """Processor seconds of this process, of those that it started, and of those that they did."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = process_time() + children.ru_utime + children.ru_stime
    for other in psutil.Process().children(recursive=True):
        times = other.cpu_times()
        found += times.user + times.system + times.children_user + times.children_system
    return found


def measured(words: str, run: Callable[[], Floor], alone: tuple[float, Floor] | None) -> Any:
    """Run, print and return the processor seconds and the floor."""
    before, start = used(), perf_counter()
    found = run()
    seconds, wall = used() - before, perf_counter() - start
    text = f"{words}: {seconds:.1f} s of processors, {wall:.1f} s; {found.cost.samples} samples"
    if alone is not None:
        gap = abs(found.value - alone[1].value) / alone[1].value
        text += f"; {100 * (seconds / alone[0] - 1):+.0f} %, floor differs by {gap:.1e}"
    print(text, flush=True)
    return seconds, found


def killed(file: Path, tolerance: float) -> Floor:
    """A worker is killed after the first batch that is reported."""
    from distributed import LocalCluster

    victims = []

    def kill(*_: Any) -> None:
        if not victims:
            victims.append(next(iter(cluster.workers.values())).process.pid)
            os.kill(victims[0], signal.SIGKILL)

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as cluster:
        found = compute_floor(
            load_rows(file), tolerance=tolerance, scheduler=cluster.scheduler_address, progress=kill
        )
    assert victims
    return found


def rounds(file: Path, tolerance: float) -> list[int]:
    """How many samples each round of a run has."""
    engine, found, total = Engine(load_rows(file), tolerance=tolerance), [], 256
    while engine.round < 2 or engine.estimate().error > tolerance * engine.estimate().value:
        scale = engine.estimate().value if engine.round else 0.0
        for batch in engine.plan(total):
            engine.add(batch, engine.evaluate(batch, scale))
        found.append(sum(len(part.t) for part in engine.open.values()))
        engine.close_round()
        total = min(len(engine.samples.t), 2**14)
    return found


def on_paper(sizes: list[int], nodes: int, rate: float, disk: float) -> tuple[float, float]:
    """Seconds and the share that nodes are busy: each batch goes to the node that is free first, a
    round waits for its last batch, and nodes read their map once.

    Args:
        rate: of products of matrices, flop a second and node.
        disk: bytes a second and node.
    """
    count, dim, size = 1_280_000, 4096, 256
    each = 4 * size * count * dim / rate
    now = 2 * count * dim * 4 / disk  # the summary by one process, then the maps of the nodes
    for samples in sizes:
        free = [now] * nodes
        for _ in range(-(-samples // size)):
            heapq.heapreplace(free, free[0] + each)
        now = max(free)
    work = each * sum(-(-samples // size) for samples in sizes)
    return now, work / (nodes * now)


def stored(folder: str, count: int, dim: int) -> Path:
    """Rows on a plane of 32 dimensions, in a file."""
    rng = np.random.default_rng(0)
    file = Path(folder) / "data.npy"
    mixing = rng.standard_normal((32, dim)).astype(np.float32) / 4
    np.save(file, rng.standard_normal((count, 32)).astype(np.float32) @ mixing)
    return file


def waited(count: int, dim: int, tolerance: float) -> None:
    """Print wall times at equal numbers of threads."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        file = stored(folder, count, dim)
        for turn in range(3):
            seconds = []
            for workers in (None, 2):
                start = perf_counter()
                compute_floor(load_rows(file), tolerance=tolerance, workers=workers)
                seconds.append(perf_counter() - start)
            alone, together = seconds
            print(
                f"turn {turn + 1}: one process, two threads {alone:.1f} s; two workers "
                f"{together:.1f} s, {100 * (together / alone - 1):+.0f} %",
                flush=True,
            )


def main(count: int, dim: int, tolerance: float) -> None:
    """Print the costs."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        file = stored(folder, count, dim)
        alone = measured(
            "one process", lambda: compute_floor(load_rows(file), tolerance=tolerance), None
        )
        for words, workers in (("one process", None), ("2 workers", 2)):
            measured(
                f"{words}, next to nothing to do",
                lambda n=workers: compute_floor(load_rows(file), tolerance=0.9, workers=n),
                None,
            )
        for workers in (1, 2, 4):
            measured(
                f"{workers} workers",
                lambda n=workers: compute_floor(load_rows(file), tolerance=tolerance, workers=n),
                alone,
            )
        measured("2 workers, one killed", lambda: killed(file, tolerance), alone)
        sizes = rounds(file, tolerance)
    print(f"\nrounds of {sizes} samples, on paper: 1.28 million x 4,096 in float32, nodes of")
    print("1 Tflop/s and 1 GB/s from disk")
    for nodes in (1, 8, 64):
        seconds, busy = on_paper(sizes, nodes, 1e12, 1e9)
        print(f"{nodes:3} nodes: {seconds:6.0f} s, busy {100 * busy:.0f} %")


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:4]]
    rows, width, aim = (*given, *(20_000, 512, 0.02)[len(given) :])
    (waited if sys.argv[4:] == ["wall"] else main)(int(rows), int(width), aim)
