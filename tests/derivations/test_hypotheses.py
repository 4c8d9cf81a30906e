"""Without a hypothesis exactly those steps fail that need it, and for no other reason."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import settings

from fmproof import check
from fmproof.derivations import BUILTIN, load
from fmproof.errors import InputError
from fmproof.report.model import DerivationReport

QUICK = (
    "fm-cfm", "gradient", "conditional-expectation", "interpolant", "implicit-score-matching",
    "affine-path", "continuity", "log-density", "guidance", "predictions",
)  # fmt: skip
"""Where a search that fails is short; all of the twenty in the nightly profile."""

CASES = [
    (name, h.name)
    for name in BUILTIN
    if name in QUICK or settings.default.max_examples > 100
    for h in load(name).hypotheses
]


@cache
def whole(name: str) -> DerivationReport:
    (found,) = check([load(name)]).derivations
    return found


@pytest.mark.parametrize(("name", "missing"), CASES)
def test_a_missing_hypothesis_fails_the_steps_that_need_it(name: str, missing: str) -> None:
    derivation = load(name)
    known = whole(name)
    (needed_by,) = (set(h.used_by) for h in known.hypotheses if h.name == missing)
    kept = [h for h in derivation.hypotheses if h.name != missing]
    citing = [s.id for p in derivation.parts for s in p.steps if missing in s.references]
    if citing:
        # A step cites it by name, so that the rest cannot even be stated.
        with pytest.raises(InputError, match=f"step {citing[0]}: .* called '{missing}'"):
            replace(derivation, hypotheses=kept)
        assert needed_by.issuperset(citing)
        return
    (found,) = check([replace(derivation, hypotheses=kept)]).derivations
    assert found.status == "failed"
    rests_on_it = {h.formula.text for h in known.hypotheses if h.name == missing}
    for step in known.steps:
        for condition in step.conditions:
            reasons = (condition.discharged_by or "").split(", ")
            # What is carried along an equation rests on the part that proves the equation.
            if missing in reasons or "equality" in reasons:
                rests_on_it.add(condition.formula.text)
    failed = [step for step in found.steps if step.status == "failed"]
    # Others cite a part that fails, which is then taken for granted, or have another reason.
    assert needed_by.intersection(step.id for step in failed)
    for step in failed:
        lacking = {c.formula.text for c in step.conditions if not c.discharged_by}
        assert lacking, step.id
        assert lacking <= rests_on_it, step.id
