"""A report as SARIF 2.1.0 (OASIS), for code scanning services and editors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from fmproof.report.model import Location, Report
from fmproof.report.words import failed_steps, failure_message

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(report: Report) -> str:
    """One run with a result for each failure; its rules are those that failing steps name."""
    results = list(_results(report))
    named = dict.fromkeys(result["ruleId"] for result in results)
    driver = {
        "name": "fmproof",
        "version": report.version,
        "rules": [{"id": name, "shortDescription": {"text": name}} for name in named],
    }
    run = {
        "tool": {"driver": driver},
        "results": results,
        "invocations": [{"executionSuccessful": True}],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _results(report: Report) -> Iterator[dict[str, Any]]:
    for derivation in report.derivations:
        for step in failed_steps(derivation):
            words = f"{derivation.name}, step {step.id}: {failure_message(step)}"
            yield _result(step.rule, words, step.location)
        if derivation.message:
            words = f"{derivation.name}: {derivation.message}"
            yield _result("statement", words, derivation.location)


def _result(rule: str, words: str, location: Location | None) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": rule, "level": "error", "message": {"text": words}}
    if location is not None:
        path = PurePath(location.file)
        uri = path.as_uri() if path.is_absolute() else path.as_posix()
        place = {"artifactLocation": {"uri": uri}, "region": {"startLine": location.line}}
        result["locations"] = [{"physicalLocation": place}]
    return result
