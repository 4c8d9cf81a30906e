"""Files to a report: read, infer the notation, judge every row."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fmproof._version import __version__
from fmproof.documents.context import Memory
from fmproof.documents.items import Reading
from fmproof.documents.judge.rows import Judge
from fmproof.documents.model import CheckReport, DocumentReport
from fmproof.documents.patience import clock, patient
from fmproof.documents.read_items import read_items
from fmproof.reading.document.read import notation_beside, read_file, read_text
from fmproof.reading.document.source import Document, DocumentError

_ROLES = (
    "parameter",
    "time",
    "vector",
    "data",
    "noise",
    "point",
    "real",
    "scalar",
    "density",
    "law",
    "model",
    "target",
    "field",
    "velocity",
    "score",
    "weight",
    "loss",
    "weights",
)
"""What a correction may say that a symbol is."""

_SECONDS = 150.0
"""Of processor time for one document; the rows that are left then stay open."""


def check_files(
    paths: Sequence[Path],
    *,
    strict: bool = False,
    natural: bool = True,
    numeric: bool = True,
    seed: int = 0,
) -> CheckReport:
    """Every row of the documents with its verdict.

    Raises:
        DocumentError: a file cannot be read, or has no mathematics.
    """
    started = time.perf_counter()
    documents = tuple(
        check_documents(
            str(path),
            read_file(path),
            notation=notation_beside(path),
            strict=strict,
            natural=natural,
            numeric=numeric,
            seed=seed,
        )
        for path in paths
    )
    return CheckReport(__version__, documents, time.perf_counter() - started)


def check_text(text: str, name: str = "-", ending: str = "", **options: bool) -> DocumentReport:
    """One text, as from standard input."""
    return check_documents(name, read_text(text, name, ending), **options)  # type: ignore[arg-type]


def check_documents(
    name: str,
    documents: Sequence[Document],
    *,
    notation: Sequence[tuple[str, str]] = (),
    strict: bool = False,
    natural: bool = True,
    numeric: bool = True,
    seed: int = 0,
    script: bool = False,
    memory: Memory | None = None,
    patience: float | None = None,
) -> DocumentReport:
    """One file that was taken apart.

    Args:
        notation: corrections beside it, as (place, words).
        memory: what earlier runs found.
        patience: how many times as long the limits of time are; None leaves them as they are set.
        script: whether the report has what was checked in the authoring language, too.

    Raises:
        DocumentError: it has no mathematics, or a correction is not understood.
    """
    reading = read_items(documents)
    if not reading.items and not reading.problems:
        raise DocumentError(
            f"{name}: no mathematics in it; expected formulas between $ … $, $$ … $$ or \\[ … \\]"
        )
    corrections = corrections_of(name, reading, notation)
    with patient(patience):
        judge = Judge(
            name,
            reading,
            strict=strict,
            natural=natural,
            corrections=corrections,
            numeric=numeric,
            seed=seed,
            deadline=clock() + _SECONDS,
            memory=memory,
        )
        report = judge.run()
    if script:
        from fmproof.documents.script import write_script

        return replace(report, script=write_script(name, judge.checked))
    return report


_ONE = re.compile(r"^\s*(?P<name>[^\s:~]+)\s*(?:[:=~]|\bis\b)?\s*(?P<role>[a-z]+)\s*$")


def corrections_of(
    name: str, reading: Reading, notation: Sequence[tuple[str, str]] = ()
) -> dict[str, str]:
    """What the author says: ``fmproof: v_t model; z ~ data``, in the document or beside it.

    Raises:
        DocumentError: a role that does not exist.
    """
    found: dict[str, str] = {}
    inside = [(f"{name}:{place}", words) for place, words in reading.comments]
    for where, words in (*notation, *inside):
        for part in words.split(";"):
            if not part.strip():
                continue
            match = _ONE.match(part)
            role = match["role"] if match else ""
            if match is None or role not in _ROLES:
                raise DocumentError(
                    f"{where}: fmproof: {part.strip()!r} is not understood; "
                    "write a symbol and one of " + ", ".join(_ROLES)
                )
            symbol = match["name"].replace("\\", "").replace("{", "").replace("}", "").strip("$")
            found[symbol] = role
            found[symbol.split("_")[0].split("(")[0].split("^")[0]] = role
    return found
