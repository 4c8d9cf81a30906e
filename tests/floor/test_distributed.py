"""The same floor from any number of workers, also when one of them dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.floor import Rows, Setting, compute_floor, load_rows
from fmproof.floor.drawing import Drawing
from fmproof.floor.options import read_path

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 rows of 300 numbers: batches of 1,747 samples, several in a round."""
    file = tmp_path_factory.mktemp("data") / "z.npy"
    np.save(file, np.random.default_rng(0).standard_normal((300, 300)).astype(np.float32))
    return file


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two worker processes, as if they were somebody's."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as found:
        yield found


def test_the_result_does_not_depend_on_the_workers(data: Path, cluster: Any) -> None:
    alone = compute_floor(load_rows(data), tolerance=0.015)
    theirs = compute_floor(load_rows(data), tolerance=0.015, scheduler=cluster.scheduler_address)
    assert theirs.estimate.value == pytest.approx(alone.estimate.value, rel=1e-6)
    assert theirs.estimate.error == pytest.approx(alone.estimate.error, rel=1e-3)
    assert theirs.cost.samples == alone.cost.samples


def test_a_worker_that_dies_loses_nothing(data: Path, cluster: Any) -> None:
    alone = compute_floor(load_rows(data), tolerance=0.015)
    killed = []

    def kill(*_: Any) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).process.pid)
            os.kill(killed[0], signal.SIGKILL)

    theirs = compute_floor(
        load_rows(data), tolerance=0.015, scheduler=cluster.scheduler_address, progress=kill
    )
    assert killed
    assert theirs.estimate.value == pytest.approx(alone.estimate.value, rel=1e-6)
    assert theirs.cost.samples == alone.cost.samples


def test_an_array_in_memory_and_what_is_known_on_workers_of_this_machine(tmp_path: Path) -> None:
    """The array is shared through a map that is taken away at the end; custom formulas travel."""
    z = np.random.default_rng(0).standard_normal((50, 3))
    setting = Setting(read_path("custom:t^2,1-t^2"), weight="1-t")
    alone = compute_floor(Rows(z), setting, tolerance=0.05)
    file = tmp_path / "known"
    begun = compute_floor(Rows(z), setting, tolerance=0.2, workers=1, resume=file)
    ended = compute_floor(Rows(z), setting, tolerance=0.05, resume=file)
    assert begun.cost.samples < ended.cost.samples
    assert abs(ended.value - alone.value) <= ended.error + alone.error


def test_rows_travel_by_the_name_of_their_file(data: Path) -> None:
    import pickle

    drawing = Drawing(load_rows(data), Setting(), None, 0, 0.1)
    assert len(pickle.dumps(drawing)) < data.stat().st_size / 10
    assert isinstance(pickle.loads(pickle.dumps(drawing)).rows.array, np.memmap)


def test_the_time_limit_ends_work_on_workers(data: Path, cluster: Any) -> None:
    found = compute_floor(
        load_rows(data), tolerance=1e-5, time_limit=3, scheduler=cluster.scheduler_address
    )
    assert found.stopped == "time limit"
    assert found.cost.samples > 0


def test_clusters_that_cannot_be_used(
    data: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fmproof.floor.distributed._PATIENCE", 0.5)
    address = cluster.scheduler_address
    for given, message in (
        ({"scheduler": "tcp://127.0.0.1:9"}, "nobody answers at tcp://127.0.0.1:9"),
        ({"scheduler": "hello"}, "nobody answers at hello"),
        ({"scheduler": address, "workers": 2}, "either workers or a scheduler, found both"),
        ({"scheduler": address, "rows": Rows(np.eye(3))}, "expected data in a file"),
    ):
        with pytest.raises(InputError, match=message):
            compute_floor(**{"rows": load_rows(data), **given})


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"Dask is not installed; pip install 'fmproof\[dist"):
        compute_floor(Rows(np.eye(3)), workers=2)
