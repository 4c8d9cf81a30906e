"""The JSON renderer against its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from fmproof.report.json import render, schema
from fmproof.report.model import Numeric, Report


def valid(report: Report) -> Any:
    document = json.loads(render(report))
    jsonschema.validate(document, schema(), jsonschema.Draft202012Validator)
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_a_proof(proved: Report) -> None:
    document = valid(proved)
    assert (document["schema"], document["version"], document["status"]) == (1, "1.2.3", "proved")
    (derivation,) = document["derivations"]
    assert derivation["statement"] == {"text": "0 ≤ loss", "latex": r"0 \le \mathcal{L}"}
    assert derivation["hypotheses"] == [
        {
            "name": "H1",
            "text": "E_{x~p}[‖u(x)‖²] < ∞",
            "latex": r"\mathbb{E}\|u\|^2 < \infty",
            "declared": True,
            "used_by": ["1"],
        }
    ]
    assert derivation["constants"][0]["name"] == {"text": "C₁", "latex": "C_1"}
    first, second = derivation["steps"]
    assert first["conditions"] == [
        {"text": "E_{x~p}[‖u(x)‖²] < ∞", "discharged_by": "Cauchy–Schwarz, H1"}
    ]
    assert (first["message"], second["relation"]) == ("", "≥")
    assert "numeric" not in first


def test_a_failure(failed: Report) -> None:
    document = valid(failed)
    (derivation,) = document["derivations"]
    assert document["status"] == derivation["status"] == "failed"
    assert derivation["message"] == "no part proves the statement loss = wrong"
    assert [(h["name"], h["declared"]) for h in derivation["hypotheses"]] == [("assumed", False)]
    step = derivation["steps"][1]
    assert step["status"] == "failed"
    assert step["conditions"][0]["discharged_by"] is None
    assert step["message"].splitlines() == [
        "the claim is not what linearity gives",
        "rule gives: E_{x~p}[‖u(x)‖²] − 2 E_{x~p}[u(x)·v(x)] + E_{x~p}[‖v(x)‖²]",
        "claim gives: found",
        "difference: −E_{x~p}[u(x)·v(x)]",
        "where: under E_{x~p}",
        "hint: the factor is 2",
    ]


@pytest.mark.parametrize("worst", [0.25, None])
def test_numbers_are_optional(proved: Report, worst: float | None) -> None:
    (derivation,) = proved.derivations
    (part,) = derivation.parts
    numeric = Numeric("agrees", 5, worst)
    part = replace(part, steps=(replace(part.steps[0], numeric=numeric), part.steps[1]))
    report = replace(proved, derivations=(replace(derivation, parts=(part,)),))
    first, second = valid(report)["derivations"][0]["steps"]
    assert first["numeric"] == {"status": "agrees", "problems": 5, "worst": worst}
    assert "numeric" not in second


def test_the_schema_refuses_what_is_not_documented(proved: Report) -> None:
    """Every object of the form, with one key more and with each key less."""
    document = valid(proved)
    places = [place for place in objects(document) if place]
    assert len(places) > 8
    for place in [document, *places]:
        for change in ({"unknown": 1}, *({key: None} for key in list(place))):
            before = dict(place)
            place.update(change) if "unknown" in change else place.pop(next(iter(change)))
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(document, schema(), jsonschema.Draft202012Validator)
            place.clear()
            place.update(before)


def objects(value: Any) -> list[dict[str, Any]]:
    children = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return []
    found = [place for child in children for place in objects(child)]
    return [*found, value] if isinstance(value, dict) else found


def test_the_same_report_gives_the_same_text(proved: Report) -> None:
    assert render(proved) == render(replace(proved, seconds=99.0))
