"""No rule without a test of random instances: a new one has to be added to a table of builders."""

from __future__ import annotations

import condition_instances
import rule_instances

from fmproof.kernel.rule import rules

ELSEWHERE = {
    "differentiable": "tests/rules/test_differentiable.py",
    "differentiable_equal": "tests/rules/test_differentiable.py",
}
"""Neither kind of model has derivatives."""


def test_every_rule_has_random_instances() -> None:
    assert len(rules()) > 30
    tested = {*rule_instances.BUILDERS, *condition_instances.BUILDERS, *ELSEWHERE}
    assert set(rules()) - tested == set(), "add builders to rule_instances or condition_instances"
    assert set(ELSEWHERE) <= set(rules()), "this rule is gone"
