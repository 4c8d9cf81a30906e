"""What the checker says about a user's file, as the text that stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fmproof import check
from fmproof.errors import FmproofError
from fmproof.report.model import DerivationReport, Failure, Report
from fmproof.sources.reading import python_text
from fmproof.sources.running import run_file


def outcome(path: Path) -> tuple[Report | None, str]:
    """The report on a file, and everything in it that went wrong; no report for bad input."""
    try:
        report = check(run_file(path, python_text(path)))
    except FmproofError as error:
        return None, f"refused: {str(error).replace(str(path), path.name)}\n"
    lines = [line for derivation in report.derivations for line in _wrong(derivation)]
    return report, "".join(f"{line}\n" for line in lines)


def _wrong(derivation: DerivationReport) -> Iterator[str]:
    for step in derivation.steps:
        if step.failure is not None:
            yield f"step {step.id} of {derivation.name}: {step.failure.summary}"
            yield from _details(step.failure)
    if derivation.message:
        yield f"{derivation.name}: {derivation.message}"


def _details(failure: Failure) -> Iterator[str]:
    for name in ("expected", "found", "difference"):
        formula = getattr(failure, name)
        if formula is not None:
            yield f"  {name:<10}  {formula.text}"
    for name in ("where", "hint"):
        words = getattr(failure, name)
        if words is not None:
            yield f"  {name:<10}  {words}"
