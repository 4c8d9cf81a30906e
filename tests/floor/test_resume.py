"""A run that was stopped, in any way, goes on from its file as if nothing had been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.floor import Rows, Setting, compute_floor

LABELS = np.arange(300) % 3


def rows(seed: int = 0) -> Rows:
    return Rows(np.random.default_rng(seed).standard_normal((300, 300)).astype(np.float32))


def stop_after(calls: int) -> Any:
    def progress(*_: Any) -> None:
        nonlocal calls
        calls -= 1
        if calls == 0:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("calls", [1, 4, 7])
def test_the_result_is_that_of_one_run(tmp_path: Path, calls: int) -> None:
    """Also in the middle of a round: 300 numbers a row make batches of 1,747."""
    file = tmp_path / "known"
    whole = compute_floor(rows(), tolerance=0.015)
    first = compute_floor(rows(), tolerance=0.015, resume=file, progress=stop_after(calls))
    assert first.stopped == "interrupted"
    assert 0 < first.cost.samples < whole.cost.samples
    second = compute_floor(rows(), tolerance=0.015, resume=file)
    assert second.stopped == "tolerance"
    assert second.estimate == whole.estimate
    assert second.bins == whole.bins
    assert second.cost.samples == whole.cost.samples
    assert second.cost.seconds > first.cost.seconds
    third = compute_floor(rows(), tolerance=0.015, resume=file, progress=stop_after(1))
    assert third.estimate == whole.estimate
    assert third.stopped == "tolerance", "nothing was left to do"


def test_more_digits_cost_what_they_lack(tmp_path: Path) -> None:
    file = tmp_path / "known"
    rough = compute_floor(rows(), tolerance=0.03, resume=file)
    fine = compute_floor(rows(), tolerance=0.015, resume=file)
    assert fine.cost.samples > rough.cost.samples
    assert abs(fine.value - rough.value) <= rough.error + fine.error


def test_a_run_that_is_killed_leaves_a_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written every few seconds, here always; the process ends without a last word."""
    file = tmp_path / "known"
    monkeypatch.setattr("fmproof.floor.resume._EVERY", 0.0)

    class Killed(BaseException):
        pass

    def progress(*_: Any) -> None:
        if file.exists():
            monkeypatch.setattr("fmproof.floor.resume.write_whole", lambda *_: None)
            raise Killed

    with pytest.raises(Killed):
        compute_floor(rows(), tolerance=0.015, resume=file, progress=progress)
    monkeypatch.undo()
    whole = compute_floor(rows(), tolerance=0.015)
    assert compute_floor(rows(), tolerance=0.015, resume=file).estimate == whole.estimate
    assert [f.name for f in tmp_path.iterdir()] == ["known"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"rows": rows(1)}, "data"),
        ({"rows": Rows(rows().array[:200])}, "shape"),
        ({"rows": Rows(rows().array, factor=2.0)}, "scale"),
        ({"labels": LABELS}, "labels"),
        ({"seed": 1}, "seed"),
        ({"bins": 4}, "bins"),
        ({"setting": Setting(target="x1")}, "target"),
        ({"setting": Setting(weight="t")}, "weight"),
    ],
)
def test_another_run_is_refused(tmp_path: Path, change: dict[str, Any], what: str) -> None:
    file = tmp_path / "known"
    compute_floor(rows(), tolerance=0.3, resume=file)
    before = file.read_bytes()
    with pytest.raises(InputError, match=f"it is of another run: its {what} was"):
        compute_floor(**{"rows": rows(), "tolerance": 0.3, "resume": file, **change})
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", ["empty", "text", "cut", "array", "other"])
def test_a_file_that_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "known"
    compute_floor(rows(), tolerance=0.3, resume=file)
    if content == "other":
        np.savez(file, a=np.zeros(3))
        file = file.with_name("known.npz")
    elif content == "array":
        np.save(file.with_suffix(".npy"), np.zeros(3))
        file = file.with_suffix(".npy")
    else:
        file.write_bytes({"empty": b"", "text": b"hi", "cut": file.read_bytes()[:-40]}[content])
    with pytest.raises(InputError, match="not a file that an earlier run wrote"):
        compute_floor(rows(), tolerance=0.3, resume=file)
