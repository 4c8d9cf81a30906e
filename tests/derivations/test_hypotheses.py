"""Without a hypothesis exactly those steps fail that need it, and for no other reason."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from fmproof import check
from fmproof.derivations import load
from fmproof.report.model import DerivationReport

NAMES = (
    "gradient-under-expectation",
    "total-variance",
    "bregman",
    "weighted",
    "guidance",
    "ddpm",
)
CASES = [(name, h.name) for name in NAMES for h in load(name).hypotheses]


@cache
def whole(name: str) -> DerivationReport:
    (found,) = check([load(name)]).derivations
    return found


@pytest.mark.parametrize(("name", "missing"), CASES)
def test_a_missing_hypothesis_fails_the_steps_that_need_it(name: str, missing: str) -> None:
    derivation = load(name)
    kept = [h for h in derivation.hypotheses if h.name != missing]
    (found,) = check([replace(derivation, hypotheses=kept)]).derivations
    assert found.status == "failed"
    known = whole(name)
    rests_on_it = {h.formula.text for h in known.hypotheses if h.name == missing}
    for step in known.steps:
        for condition in step.conditions:
            reasons = (condition.discharged_by or "").split(", ")
            # What is carried along an equation rests on the part that proves the equation.
            if missing in reasons or "equality" in reasons:
                rests_on_it.add(condition.formula.text)
    failed = [step for step in found.steps if step.status == "failed"]
    assert failed
    for step in failed:
        lacking = {c.formula.text for c in step.conditions if not c.discharged_by}
        assert lacking, step.id
        assert lacking <= rests_on_it, step.id
