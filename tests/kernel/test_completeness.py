"""No rule without a test of random instances: a new one has to be added to a table of builders."""

from __future__ import annotations

import condition_instances
import field_instances
import rule_instances

from fmproof.derived.rule import derived_rules
from fmproof.kernel.rule import rules

ELSEWHERE = {
    "differentiable": "tests/rules/test_differentiable.py",
    "contraction": "tests/kernel/fuzzing.py compares the sizes",
    "contraction_of_square": "tests/kernel/fuzzing.py compares the sizes",
    "log_derivative": "tests/kernel/test_smooth.py",
    "gaussian_density": "tests/kernel/test_smooth.py",
    "gaussian_mean": "tests/kernel/test_smooth.py",
    "gaussian_variance": "tests/kernel/test_smooth.py",
    "gaussian_covariance": "tests/kernel/test_smooth.py",
    "trace_by_probe": "tests/kernel/test_smooth.py",
    "gaussian_product": "tests/kernel/test_smooth.py",
    "gaussian_bounded": "tests/kernel/test_smooth.py",
    "times_gaussian": "tests/kernel/test_smooth.py",
    "times_gaussian_dominated": "tests/kernel/test_smooth.py",
    "trace_of_slope": "tests/kernel/test_smooth.py",
    "gaussian_dominated": "tests/kernel/test_smooth.py",
    "reparametrise": "tests/kernel/test_smooth.py",
}
"""Finite and geometric models have no derivatives and no Gaussian densities."""

STATED_ALONE = {
    "fewer_variables",
    "dominated_derivative",
    "integrable_derivative",
    "dominated_differentiable",
    "dominated_integrable",
    "divergence_theorem",
    "integral_of_divergence",
    "integral_of_slope",
    "fundamental_theorem",
    "integrable_between",
    "gaussian_moments",
    "stationary_at_zero",
    "slope_at_zero",
}
"""No model here sees where a derivative exists jointly, or what is dominated: of these rules the
statement, the refusals and the counterexamples are tested."""


def test_every_rule_has_random_instances() -> None:
    assert len(rules()) > 30
    tested = {
        *rule_instances.BUILDERS,
        *condition_instances.BUILDERS,
        *field_instances.BUILDERS,
        *ELSEWHERE,
        *STATED_ALONE,
    }
    every = {*rules(), *derived_rules()}
    assert every - tested == set(), "add builders to the tables of instances"
    assert {*ELSEWHERE, *STATED_ALONE} <= every, "this rule is gone"
