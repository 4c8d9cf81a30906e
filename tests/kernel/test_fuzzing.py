"""Rules on goals that are made to confuse them; see fuzzing.py."""

from __future__ import annotations

import os

import fuzzing
import pytest
from examples import times

SEED = os.environ.get("FMPROOF_TEST_SEED", "0")


# test_meaning.py tries the builders of the field, too; what they make costs more to compare.
SELECTED = [name for name in fuzzing.CHECKS if not name.endswith(", of the field")]
COSTLY = {"contraction", "contraction_of_square", "transfer, sizes"}


@pytest.mark.parametrize("name", SELECTED)
def test_a_rule_holds_on_confusing_goals(name: str) -> None:
    table = fuzzing.run(name, SEED, times(20 if name in COSTLY else 60))
    assert table[True], table


def test_a_factor_that_is_left_out_twice_is_seen() -> None:
    """The comparison itself can fail: p(x)² is not p(x), an alias is not another density."""
    x, p = fuzzing.x, fuzzing.p
    goal = fuzzing.Integrable(p(x) * p(x), fuzzing.Lebesgue(x))
    assert not fuzzing.same_up_to_a_factor(goal, fuzzing.Integrable(p(x), fuzzing.Lebesgue(x)))
    assert fuzzing.same_up_to_a_factor(goal, fuzzing.Integrable(p(x), p(x)))
