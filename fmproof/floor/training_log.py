"""Training logs as loops, TensorBoard and Weights & Biases write them: losses over steps, and t."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fmproof.errors import InputError
from fmproof.floor.load import delimiter_of
from fmproof.floor.rows import Floats

_LOSS_NAMES = ("loss", "train_loss", "train/loss", "training_loss", "value", "mse")
_STEP_NAMES = ("step", "global_step", "trainer/global_step", "iteration", "iter", "epoch")
_SIDE_NAMES = ("val", "valid", "validation", "test", "eval")
_NUMBER = re.compile(r"\d*\.\d+|\d+")


@dataclass(frozen=True)
class TrainingLog:
    """Losses over steps; ``t`` is None, or the time at the middle of each loss's bin."""

    name: str
    step: Floats
    loss: Floats
    t: Floats | None


def read_log(file: Path) -> TrainingLog:
    """A CSV with columns step, loss and perhaps t; also the exports of TensorBoard (Wall time,
    Step, Value) and of Weights & Biases ("Step", "run - loss"). A column "time" that goes on beyond
    1 is a clock. Columns that are named by their time, as loss_t0.05 or loss_0.0-0.1, are the
    losses at these times.

    Raises:
        InputError: no column of losses, several and nothing that tells which, a cell that is no
            number, no rows.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(stream)
        comma = delimiter_of(next((line for line in lines if line.strip()), ""))
        table = list(csv.reader(lines, delimiter=comma, skipinitialspace=True))
    except UnicodeDecodeError:
        raise InputError(f"{file}: cannot be read: not a text file in UTF-8") from None
    except (OSError, csv.Error) as error:
        raise InputError(
            f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    table = [row for row in table if any(cell.strip() for cell in row)]
    if not table:
        raise InputError(f"{file}: the log is empty")
    header = [cell.strip() for cell in table[0]]
    if header[0].startswith("{"):
        raise InputError(f"{file}: expected a CSV with a header such as step,loss, found JSON")
    columns = _loss_columns(file, header)
    step, time = _column(header, _STEP_NAMES, "step"), _column(header, ("t", "time"), "t")
    if comma == ";":  # as spreadsheets write where the decimal sign is a comma
        table = [[cell.replace(",", ".") for cell in row] for row in table]
    cells = [
        (number, row, column)
        for number, row in enumerate(table[1:], 2)
        for column in columns
        if len(row) > column and row[column].strip()  # exports leave some empty between two logs
    ]
    if not cells:
        raise InputError(f"{file}: no losses below the header")
    losses = np.array([_number(file, *cell, header) for cell in cells])
    rows = [(number, row) for number, row, _ in cells]
    steps = np.arange(float(len(rows))) if step is None else _numbers(file, rows, step, header)
    times = None if time is None else _numbers(file, rows, time, header)
    if len(columns) > 1:
        times = np.array([columns[column] for _, _, column in cells])
    elif time is not None and times is not None and header[time].lower() == "time":
        clock = len(times) > 1 and times.max() > 1 and (np.diff(times) >= 0).all()
        times = None if clock else times
    order = np.argsort(steps, kind="stable")
    return TrainingLog(
        str(file), steps[order], losses[order], None if times is None else times[order]
    )


def _loss_columns(file: Path, header: list[str]) -> dict[int, float]:
    """The column of losses, or those that each belong to a time, with that time.

    Raises:
        InputError: there is none, or several and nothing that tells which.
    """
    whole = _column(header, _LOSS_NAMES, "loss")
    if whole is not None:
        return {whole: math.nan}
    found = [
        i
        for i, cell in enumerate(header)
        if "loss" in cell.lower() and not cell.lower().endswith(("__min", "__max"))
    ]
    if not found:
        raise InputError(
            f"{file}: no column of losses; expected a header with step,loss, found "
            + ", ".join(header[:8])
        )
    words = [set(re.split(r"[^a-z]+", header[i].lower())) for i in found]
    trained = [i for i, w in zip(found, words, strict=True) if not w.intersection(_SIDE_NAMES)]
    if len(trained) == 1 or len(found) == 1:
        return {(trained or found)[0]: math.nan}
    times = [_time_of(header[i]) for i in trained]
    if trained and None not in times and len(set(times)) == len(times):
        return {i: t for i, t in zip(trained, times, strict=True) if t is not None}
    raise InputError(
        f"{file}: several columns of losses: {', '.join(header[i] for i in found[:8])}; leave one, "
        "or name each by its time, as loss_t0.05 or loss_0.0-0.1"
    )


def _time_of(name: str) -> float | None:
    """The time in [0, 1] that a column's name tells, or the middle of two; None if it does not: of
    an integer it is not known what it counts."""
    found = [float(word) for word in _NUMBER.findall(name.lower().rpartition("loss")[2])]
    bounds = len(found) == 2 and found[0] < found[1]
    if not (bounds or (len(found) == 1 and "." in name)) or max(found) > 1:
        return None
    return sum(found) / len(found)


def _column(header: list[str], names: Sequence[str], word: str) -> int | None:
    lower = [cell.lower() for cell in header]
    for name in names:
        if name in lower:
            return lower.index(name)
    return _last_word(lower, word)


def _last_word(lower: list[str], word: str) -> int | None:
    """The only column that is this word behind the name of a run or a group."""
    if word == "t":
        return None
    found = [
        i for i, cell in enumerate(lower) if cell.split(" - ")[-1].split("/")[-1].strip() == word
    ]
    return found[0] if len(found) == 1 or (found and word != "loss") else None


def _numbers(
    file: Path, rows: list[tuple[int, list[str]]], column: int, header: list[str]
) -> Floats:
    return np.array([_number(file, number, row, column, header) for number, row in rows])


def _number(file: Path, number: int, row: list[str], column: int, header: list[str]) -> float:
    cell = row[column].strip() if len(row) > column else ""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            f"{file}: line {number}: expected a number in the column {header[column]!r}, "
            f"found {cell!r}"
        )
    return value
