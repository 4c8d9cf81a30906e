"""What a run knows, kept in a file from which the next one goes on."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from fmproof.errors import InputError
from fmproof.files import require_writable, write_whole
from fmproof.floor.drawing import Samples
from fmproof.floor.engine import Engine
from fmproof.floor.rows import Floats

_FORM = 1
_EVERY = 5.0  # seconds between two writings: what a run that is killed loses


@dataclass(frozen=True)
class ResumedRun:
    """A run in the middle of a round.

    Attributes:
        round, total: of the round, and how many samples it was planned with.
        edges: of the strata.
        closed: the samples of the rounds before.
        open: those of this round, by the number of their batch.
        seconds: of work so far.
    """

    round: int
    total: int
    edges: Floats
    closed: Samples
    open: dict[int, Samples]
    seconds: float


class RunFile:
    """The file of one run.

    Raises:
        InputError: it cannot be written, or is of another run, or is no such file.
    """

    def __init__(self, file: Path, engine: Engine) -> None:
        require_writable(file)
        self._file, self._run = file, _described(engine)
        self._written = monotonic()

    def recall(self) -> ResumedRun | None:
        """What the file knows; None where there is no such file yet."""
        if not self._file.exists():
            return None
        wrong = InputError(
            f"{self._file}: not a file that an earlier run wrote; name a new one to begin anew"
        )
        try:
            with self._file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
                run = json.loads(str(archive["run"]))
                if not isinstance(run, dict) or run.get("form") != _FORM:
                    raise wrong
                self._require_the_same(run)
                numbers, cuts = archive["numbers"], np.cumsum(archive["sizes"])
                table = archive["samples"]
                parts = [Samples(*part) for part in np.split(table, cuts[:-1], axis=1)]
                return ResumedRun(
                    int(archive["round"]),
                    int(archive["total"]),
                    archive["edges"],
                    parts[0],
                    dict(zip(map(int, numbers), parts[1:], strict=True)),
                    float(archive["seconds"]),
                )
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            raise wrong from None

    def _require_the_same(self, run: dict[str, Any]) -> None:
        for what, here in self._run.items():
            there = run.get(what)
            if there != here:
                raise InputError(
                    f"{self._file}: it is of another run: its {what} was {there}, now it is "
                    f"{here}; give the same, or name a new file"
                )

    def keep(self, known: ResumedRun, *, now: bool = False) -> None:
        """Write what is known, whole or not at all; unless ``now``, only every few seconds."""
        if not now and monotonic() - self._written < _EVERY:
            return
        parts = [known.closed, *known.open.values()]
        written = BytesIO()
        np.savez(
            written,
            run=json.dumps(self._run),
            round=known.round,
            total=known.total,
            edges=known.edges,
            numbers=np.array(list(known.open), dtype=np.int64),
            sizes=[len(part.t) for part in parts],
            samples=np.concatenate([[p.t, p.variance, p.error] for p in parts], axis=1),
            seconds=known.seconds,
        )
        write_whole(self._file, written.getvalue())
        self._written = monotonic()


def _described(engine: Engine) -> dict[str, Any]:
    """What must be the same for samples to belong together; the tolerance need not."""
    rows, summary, setting = engine.rows, engine.summary, engine.setting
    return {
        "form": _FORM,
        "shape": f"{rows.count} x {rows.dim}",
        "scale": rows.factor,
        "data": _digest(summary.centre, summary.squares),
        "labels": "none" if engine.labels is None else _digest(engine.labels),
        "path": repr(setting.path),
        "time law": repr(setting.time),
        "target": setting.target,
        "weight": setting.weight,
        "coupling": "independent" if setting.batch is None else f"ot in batches of {setting.batch}",
        "seed": engine.seed,
        "bins": len(engine.bins) - 1,
    }


def _digest(*arrays: Any) -> str:
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]
