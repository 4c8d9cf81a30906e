"""Reading the corpus: what the checker says of a file, as text."""

from __future__ import annotations

from pathlib import Path

from fmproof import FmproofError, check
from fmproof.report.model import DerivationReport
from fmproof.sources import load_file

FOLDER = Path(__file__).parent


def verdict(path: Path) -> str:
    """The messages that a file gets; "proved" when there are none."""
    try:
        derivations = load_file(path)
    except FmproofError as error:
        return f"refused: {str(error).replace(str(path), path.name)}\n"
    try:
        report = check(derivations)
    except FmproofError as error:
        return f"refused: {error}\n"
    return "".join(_messages(found) for found in report.derivations)


def _messages(derivation: DerivationReport) -> str:
    if derivation.status == "proved":
        return "proved\n"
    lines = [f"{derivation.name} is not proved: {derivation.message}".rstrip(" :")]
    for step in derivation.steps:
        if step.failure is None:
            continue
        failure = step.failure
        lines.append(f"step {step.id}: {failure.summary}")
        for label in ("expected", "found", "difference"):
            formula = getattr(failure, label)
            if formula is not None:
                lines.append(f"  {label}: {formula.text}")
        if failure.where:
            lines.append(f"  where: {failure.where}")
        if failure.hint:
            lines.append(f"  hint: {failure.hint}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write what each file gets beside it; read every change before you keep it."""
    for path in sorted(FOLDER.glob("reject/*.py")):
        path.with_suffix(".txt").write_text(verdict(path), encoding="utf-8")


if __name__ == "__main__":
    main()
