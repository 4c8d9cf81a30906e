"""The third mark: what Coq says of derivations, for the commands that take ``--coq``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fmproof.errors import InputError
from fmproof.report.model import CoqVerdict, Report

if TYPE_CHECKING:
    from fmproof.certificate.certificate import Certificate
    from fmproof.tactics.script import Derivation

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
    report: Report, derivations: Sequence[Derivation], folder: Path | None = None
) -> tuple[Report, InputError | None]:
    """A report with what Coq says of what is proved, and the reason where it does not accept it.

    Args:
        derivations: that the report is on; the same ones, since a file may say another thing when
            it is read again.
        folder: with the proof of the one derivation, instead of one that is made anew.
    """
    from concurrent.futures import ThreadPoolExecutor

    from fmproof.certificate.library import compiled
    from fmproof.certificate.proved import certificates_of

    proved = {d.name for d in report.derivations if d.status == "proved"}
    if not proved:
        return report, None
    made = [c for c in certificates_of(derivations) if c.derivation in proved]
    try:
        library = compiled()
    except InputError as error:
        verdicts = [_unchecked(certificate, error) for certificate in made]
    else:
        with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
            verdicts = list(pool.map(lambda c: _asked(c, library, folder), made))
    by_name = {c.derivation: verdict for c, verdict in zip(made, verdicts, strict=True)}
    marked = tuple(replace(d, coq=by_name.get(d.name)) for d in report.derivations)
    return replace(report, derivations=marked), _reason(by_name)


def _asked(certificate: Certificate, library: Path, folder: Path | None) -> CoqVerdict:
    """What Coq says of one theorem."""
    from fmproof.certificate.export.check import check_folder, check_with_coq
    from fmproof.certificate.export.files import proof
    from fmproof.certificate.export.statement.sorts import NotExported

    try:
        if folder is None:
            found = check_with_coq(certificate, proof(certificate), library)
        else:
            found = check_folder(certificate, folder, library)
    except NotExported as error:
        return _unchecked(certificate, error)
    except InputError as error:
        return CoqVerdict("refused", len(certificate.steps), message=str(error))
    rests = tuple(sorted(found.axioms)), tuple(sorted(found.assumed))
    return CoqVerdict("accepted", found.steps, found.lines, found.seconds, *rests)


def _unchecked(certificate: Certificate, error: InputError) -> CoqVerdict:
    return CoqVerdict("unchecked", len(certificate.steps), message=str(error))


def _reason(verdicts: Mapping[str, CoqVerdict]) -> InputError | None:
    """Why not all is accepted; None where it is."""
    against = {name: v for name, v in verdicts.items() if v.status != "accepted"}
    if not against:
        return None
    first = next(iter(against.values())).message
    return InputError(
        first if len(verdicts) == 1 else f"not accepted by Coq: {', '.join(against)}; {first}"
    )
