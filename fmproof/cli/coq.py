"""The third mark: what Coq says of derivations, for the commands that take ``--coq``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmproof.errors import InputError
from fmproof.report.model import CoqVerdict, Report

if TYPE_CHECKING:
    from fmproof.certificate.certificate import Certificate

AT_ONCE = 4
"""How many theorems Coq checks at a time at the most: each takes about half a gigabyte."""


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--coq`` and ``--coq-from``."""
    asked = click.option("--coq", is_flag=True, help="Also have Coq check each proof.")
    files = click.option(
        "--coq-from",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Have Coq check the Proof.v of this folder, as fmproof export writes it, instead.",
    )
    return asked(files(command))


def with_coq(
    report: Report, sources: Sequence[str], folder: Path | None = None
) -> tuple[Report, InputError | None]:
    """A report with what Coq says of what is proved, and the reason where it does not accept it.

    Args:
        sources: of the derivations that the report is on.
        folder: with the proof of the one derivation, instead of one that is made anew.
    """
    from fmproof.certificate.proved import certificates_of

    proved = {d.name for d in report.derivations if d.status == "proved"}
    if not proved:
        return report, None
    made = {c.derivation: c for c in certificates_of(sources) if c.derivation in proved}
    with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
        told = pool.map(lambda certificate: _asked(certificate, folder), made.values())
        answers = dict(zip(made, told, strict=True))
    marked = tuple(
        replace(d, coq=answers[d.name][0]) if d.name in answers else d for d in report.derivations
    )
    reasons = (reason for _, reason in answers.values() if reason is not None)
    return replace(report, derivations=marked), next(reasons, None)


def _asked(certificate: Certificate, folder: Path | None) -> tuple[CoqVerdict, InputError | None]:
    """What Coq says of one theorem, and the reason where it does not accept it."""
    from fmproof.certificate.export.check import check, check_folder
    from fmproof.certificate.export.files import proof
    from fmproof.certificate.library import compiled

    steps = len(certificate.steps)
    try:
        text = proof(certificate) if folder is None else ""
        library = compiled()
    except InputError as error:
        return CoqVerdict("unchecked", steps, message=str(error)), error
    try:
        if folder is None:
            found = check(certificate, text, library)
        else:
            found = check_folder(certificate, folder, library)
    except InputError as error:
        return CoqVerdict("refused", steps, message=str(error)), error
    rests = tuple(sorted(found.axioms)), tuple(sorted(found.assumed))
    return CoqVerdict("accepted", steps, found.lines, found.seconds, *rests), None
