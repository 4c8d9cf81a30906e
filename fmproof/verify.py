"""Both witnesses together: the kernel's report, with the numbers' verdict on each step.

Neither asks the other. Where they contradict each other, something is wrong with fmproof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from fmproof.report.model import DerivationReport, Numeric, PartReport, Report, StepReport
from fmproof.tactics.check import Progress, check
from fmproof.tactics.script import Derivation

if TYPE_CHECKING:
    from fmproof.models.problem import Problem

CONTRADICTION = (
    "the kernel proves steps that the numbers refute, which is a bug in fmproof: please report "
    "it with the derivation and the problem shown"
)


def verify(
    derivations: Sequence[Derivation],
    *,
    targets: Sequence[str] | None = None,
    problems: int | None = None,
    seed: int | None = None,
    problem: Problem | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check each derivation in the kernel, and each step on random problems.

    Args:
        derivations: what to check.
        targets: how ``fmproof verify`` is told of each, for the line that reproduces a
            refutation; by default their names.
        problems: how many random problems; by default the witness's own number.
        seed: of the random problems.
        problem: evaluate on this one instead.
        progress: as for :func:`fmproof.tactics.check.check`.

    Returns:
        The kernel's report with ``StepReport.numeric`` filled in. A step that is proved and
        refuted makes its derivation fail.
    """
    from fmproof.meaning.witness import PROBLEMS, SEED, Witness

    started = perf_counter()
    report = check(derivations, progress)
    witness = Witness(
        PROBLEMS if problems is None else problems, SEED if seed is None else seed, problem
    )
    names = [d.name for d in derivations] if targets is None else targets
    judged = tuple(
        _judged(found, witness.check(derivation, target))
        for derivation, found, target in zip(derivations, report.derivations, names, strict=True)
    )
    return replace(report, derivations=judged, seconds=perf_counter() - started)


def _judged(found: DerivationReport, verdicts: Mapping[str, Numeric]) -> DerivationReport:
    parts = tuple(_part(part, verdicts) for part in found.parts)
    steps = [step for part in parts for step in part.steps]
    wrong = [step.id for step in steps if _contradicts(step)]
    if not wrong:
        return replace(found, parts=parts)
    reasons = [found.message] if found.message else []
    message = "; ".join([*reasons, f"steps {', '.join(wrong)}: {CONTRADICTION}"])
    return replace(found, parts=parts, status="failed", message=message)


def _part(part: PartReport, verdicts: Mapping[str, Numeric]) -> PartReport:
    return replace(
        part,
        steps=tuple(replace(step, numeric=verdicts.get(step.id)) for step in part.steps),
    )


def _contradicts(step: StepReport) -> bool:
    return step.status == "proved" and step.numeric is not None and step.numeric.status == "refuted"
