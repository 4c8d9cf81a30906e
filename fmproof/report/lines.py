"""A report as ``file:line: error: message``, the form that editors jump to."""

from __future__ import annotations

from fmproof.report.model import DerivationReport, Location, Report
from fmproof.report.words import failed_steps, failure_message, verdict


def render(report: Report) -> str:
    """A line for each failure, and the verdict on the last."""
    rows = [row for derivation in report.derivations for row in _failures(derivation)]
    return "".join(row + "\n" for row in [*rows, f"fmproof: {verdict(report)}"])


def _failures(derivation: DerivationReport) -> list[str]:
    rows = [
        f"{_place(step.location)}error: {derivation.name}, step {step.id} ({step.rule}): "
        + "; ".join(failure_message(step).splitlines())
        for step in failed_steps(derivation)
    ]
    if derivation.message:
        rows.append(f"{_place(derivation.location)}error: {derivation.name}: {derivation.message}")
    return [" ".join(row.split()) for row in rows]


def _place(location: Location | None) -> str:
    return "" if location is None else f"{location.file}:{location.line}: "
