"""A report as GitHub workflow commands: an annotation for each failure, and the verdict."""

from __future__ import annotations

from fmproof.report.model import DerivationReport, Location, Report, StepReport
from fmproof.report.words import failed_steps, failure_message, verdict


def render(report: Report) -> str:
    """One workflow command a line; ``::error`` for what failed, ``::notice`` when all is proved."""
    lines = [line for derivation in report.derivations for line in _errors(derivation)]
    if report.status == "proved":
        lines.append(_command("notice", verdict(report), title="fmproof"))
    elif not lines:
        lines.append(_command("error", verdict(report), title="fmproof"))
    return "".join(line + "\n" for line in lines)


def _errors(derivation: DerivationReport) -> list[str]:
    lines = [_step(derivation, step) for step in failed_steps(derivation)]
    if derivation.message:
        title = f"{derivation.name} is not proved"
        place = _place(derivation.location)
        lines.append(_command("error", derivation.message, **place, title=title))
    return lines


def _step(derivation: DerivationReport, step: StepReport) -> str:
    title = f"{derivation.name}, step {step.id} ({step.rule})"
    return _command("error", failure_message(step), **_place(step.location), title=title)


def _place(location: Location | None) -> dict[str, str]:
    return {} if location is None else {"file": location.file, "line": str(location.line)}


def _command(name: str, message: str, **properties: str) -> str:
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {shown}::{_data(message)}"


def _data(text: str) -> str:
    """The message, with what would end it or the line escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
