"""A report as JSON. The form is described by ``schema/report-1.json`` and ``docs/json.md``."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from fmproof.report.model import (
    CoqVerdict,
    DerivationReport,
    Formula,
    HypothesisReport,
    Numeric,
    PartReport,
    Report,
    ShownConstant,
    StepReport,
)
from fmproof.report.words import failure_message

_SCHEMA = 1
"""The version of the form; it grows when a field changes its meaning or goes away."""


def render(report: Report) -> str:
    """``report`` as an indented JSON document; the same report gives the same text."""
    document = {
        "schema": _SCHEMA,
        "version": report.version,
        "status": report.status,
        "derivations": [_derivation(derivation) for derivation in report.derivations],
    }
    return json_text(document)


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of what :func:`render` writes."""
    return schema_in("fmproof.report", f"report-{_SCHEMA}.json")


def json_text(document: dict[str, Any]) -> str:
    """A document as indented text, with a line break at its end."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def schema_in(package: str, name: str) -> dict[str, Any]:
    """A schema that ``package`` carries."""
    source = resources.files(package) / "schema" / name
    loaded: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return loaded


def finite(value: float | None) -> float | None:
    """A number that JSON can hold, or None."""
    return value if value is not None and abs(value) < float("inf") else None


def _derivation(derivation: DerivationReport) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": derivation.name,
        "title": derivation.title,
        "source": derivation.source,
        "status": derivation.status,
        "message": derivation.message,
        "statement": _formula(derivation.statement),
        "hypotheses": [_hypothesis(hypothesis) for hypothesis in derivation.hypotheses],
        "constants": [_constant(constant) for constant in derivation.constants],
        "steps": [_step(step, part) for part in derivation.parts for step in part.steps],
    }
    return shown if derivation.coq is None else {**shown, "coq": _coq(derivation.coq)}


def _coq(verdict: CoqVerdict) -> dict[str, Any]:
    return {
        "status": verdict.status,
        "steps": verdict.steps,
        "lines": verdict.lines,
        "axioms": list(verdict.axioms),
        "assumed": list(verdict.assumed),
        "message": verdict.message,
    }


def _formula(formula: Formula) -> dict[str, Any]:
    return {"latex": formula.latex, "text": formula.text}


def _hypothesis(hypothesis: HypothesisReport) -> dict[str, Any]:
    return {
        **_formula(hypothesis.formula),
        "name": hypothesis.name,
        "declared": hypothesis.declared,
        "used_by": list(hypothesis.used_by),
    }


def _constant(constant: ShownConstant) -> dict[str, Any]:
    return {"name": _formula(constant.name), "definition": _formula(constant.definition)}


def _step(step: StepReport, part: PartReport) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": step.id,
        "part": step.part,
        "rule": step.rule,
        "relation": step.relation,
        "claim": _formula(step.claim),
        "status": step.status,
        "conditions": [
            {"text": condition.formula.text, "discharged_by": condition.discharged_by}
            for condition in step.conditions
        ],
        "message": failure_message(step),
    }
    if part.almost is not None:
        shown["for_almost_every"] = _formula(part.almost)
    if step.verdict:
        shown["verdict"] = step.verdict
    return shown if step.numeric is None else {**shown, "numeric": _numeric(step.numeric)}


def _numeric(numeric: Numeric) -> dict[str, Any]:
    return {"status": numeric.status, "problems": numeric.problems, "worst": numeric.worst}
