"""No rule without a test of random instances: a new one has to be added to a table of builders."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import condition_instances
import rule_instances

import fmproof.kernel

ELSEWHERE = {
    "differentiable_sum": "tests/rules/test_differentiable.py",
    "differentiable_equal": "tests/rules/test_differentiable.py",
}
"""Neither kind of model has derivatives."""


def rules() -> set[str]:
    """Every public function of the kernel that makes a theorem."""
    found = set()
    for module in pkgutil.iter_modules(fmproof.kernel.__path__, "fmproof.kernel."):
        if module.ispkg:
            continue
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            own = function.__module__ == module.name and not name.startswith(("_", "require_"))
            if own and function.__annotations__.get("return") == "Theorem":
                found.add(name)
    return found


def test_every_rule_has_random_instances() -> None:
    assert len(rules()) > 30
    tested = {*rule_instances.BUILDERS, *condition_instances.BUILDERS, *ELSEWHERE}
    assert rules() - tested == set(), "add builders to rule_instances or condition_instances"
    assert set(ELSEWHERE) <= rules(), "this rule is gone"
