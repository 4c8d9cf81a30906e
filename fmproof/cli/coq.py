"""The third mark: what Coq says of a derivation, for the commands that take ``--coq``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from fmproof.errors import InputError
from fmproof.report.model import CoqVerdict, Report

option = click.option(
    "--coq",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Also have Coq check the proof, as files in DIR; those that are there are checked.",
)


def with_coq(report: Report, source: str, folder: Path) -> tuple[Report, InputError | None]:
    """A report on one derivation with what Coq says of it, and the reason where it is not accepted.

    A derivation that is not proved is left as it is: there is nothing to check.
    """
    if report.status != "proved":
        return report, None
    verdict, reason = _asked(source, folder)
    marked = tuple(replace(derivation, coq=verdict) for derivation in report.derivations)
    return replace(report, derivations=marked), reason


def _asked(source: str, folder: Path) -> tuple[CoqVerdict, InputError | None]:
    from fmproof.certificate.export.check import check, write
    from fmproof.certificate.library import compiled
    from fmproof.certificate.proved import certificate_of

    certificate = certificate_of(source)
    steps = len(certificate.steps)
    try:
        write(certificate, folder)
        library = compiled()
    except InputError as error:
        return CoqVerdict("unchecked", steps, message=str(error)), error
    try:
        found = check(certificate, folder, library)
    except InputError as error:
        return CoqVerdict("refused", steps, message=str(error)), error
    rests = tuple(sorted(found.axioms)), tuple(sorted(found.assumed))
    return CoqVerdict("accepted", steps, found.lines, found.seconds, *rests), None
