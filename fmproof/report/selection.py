"""A report of one step, or of one derivation, out of a larger one."""

from __future__ import annotations

from dataclasses import replace

from fmproof.errors import InputError, nearest
from fmproof.report.model import DerivationReport, Formula, PartReport, Report, StepReport


def only(report: Report, name: str) -> Report:
    """What ``name`` stands for: a derivation by its name, else a step by its label.

    A step's report states what the step claims of the line before it, and no more.

    Raises:
        InputError: there is neither; the message names the nearest.
    """
    whole = tuple(d for d in report.derivations if d.name == name)
    if whole:
        return replace(report, derivations=whole)
    steps = tuple(
        _step(derivation, part, before, step)
        for derivation in report.derivations
        for part in derivation.parts
        for before, step in _linked(part)
        if step.id == name
    )
    if not steps:
        known = [d.name for d in report.derivations]
        known += [step.id for d in report.derivations for step in d.steps]
        if not name:
            raise InputError("after :: comes the name of a derivation or the label of a step")
        raise InputError(f"there is no derivation and no step {name!r}; {nearest(name, {*known})}")
    return replace(report, derivations=steps)


def _linked(part: PartReport) -> list[tuple[Formula, StepReport]]:
    return list(zip([part.start, *(s.claim for s in part.steps)], part.steps, strict=False))


def _step(
    derivation: DerivationReport, part: PartReport, before: Formula, step: StepReport
) -> DerivationReport:
    sign = {"=": "=", "≤": r"\le", "≥": r"\ge"}[step.relation]
    statement = Formula(
        f"{before.text} {step.relation} {step.claim.text}",
        f"{before.latex} {sign} {step.claim.latex}",
    )
    alone = replace(
        part, title=derivation.title, start=before, statement=statement, steps=(step,), says=()
    )
    # What rests on earlier results is no better than they are.
    leans = bool(derivation.status == "failed" and step.status == "proved" and step.using)
    return replace(
        derivation,
        name=f"{derivation.name}::{step.id}",
        title=f"Step {step.id} of: {derivation.title}",
        status="failed" if leans else step.status,
        statement=statement,
        hypotheses=tuple(
            replace(h, used_by=(step.id,)) for h in derivation.hypotheses if step.id in h.used_by
        ),
        missing=tuple(
            replace(m, needed_by=(step.id,)) for m in derivation.missing if step.id in m.needed_by
        ),
        constants=tuple(c for c in derivation.constants if c.name.text in statement.text),
        parts=(replace(alone, title=f"Step {step.id} of: {derivation.title}"),),
        message=f"{derivation.name}, whose earlier results it uses, is not proved" if leans else "",
        says=(),
        uses=(),
        free=(),
    )
