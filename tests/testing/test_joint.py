"""The joint test: its level holds without asymptotics, and it sees what it should."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.testing.joint import joint_test


@pytest.mark.parametrize("size", [2, 10, 200])
@pytest.mark.parametrize("law", ["normal", "cauchy", "rare", "coins"])
def test_the_level_holds_for_any_symmetric_law(size, law):
    rng = np.random.default_rng(size)

    def draw():
        shape = (size, 3)
        values = {
            "normal": rng.standard_normal(shape),
            "cauchy": rng.standard_cauchy(shape),
            "rare": rng.choice([-1.0, 0, 0, 0, 0, 0, 0, 0, 0, 1], shape),
            "coins": rng.choice([-1.0, 1.0], shape),
        }[law]
        return values + 0.5 * values[:, :1]  # dependent columns

    p_values = np.array([joint_test(draw()).p_value for _ in range(2000)])
    for level in (0.5, 0.1, 0.01):
        assert (p_values <= level).mean() <= level


def test_one_shifted_mean_among_many_is_found():
    values = np.random.default_rng(0).standard_normal((1000, 20))
    values[:, 7] += 0.3
    verdict = joint_test(values)
    assert verdict.worst == 7
    assert verdict.p_value < 1e-12
    assert 8 < verdict.standard_errors < 11
    assert verdict.mean == pytest.approx(0.3, abs=4 * verdict.error)


def test_zeros_and_roundings_are_no_departure_but_a_constant_is():
    assert joint_test(np.zeros((100, 2))).p_value == 1
    assert joint_test(np.full((100, 2), 1e-12), rounding=1e-11).p_value == 1
    assert joint_test(np.full((100, 2), 1e-3), rounding=1e-11).p_value < 1e-15


def test_the_level_holds_for_skewed_numbers() -> None:
    """Squares of normal numbers less one: without the correction the level is missed."""
    rng = np.random.default_rng(0)
    plain = corrected = 0
    for _ in range(4000):
        values = np.square(rng.standard_normal((30, 1))) - 1
        plain += joint_test(values).p_value <= 0.002
        corrected += joint_test(values, skewed=True).p_value <= 0.002
    assert plain > 4000 * 0.002 + 3.3 * (4000 * 0.002) ** 0.5
    assert corrected <= 4000 * 0.002
    shifted = np.square(rng.standard_normal((400, 1))) - 0.1
    assert joint_test(shifted, skewed=True).p_value < 1e-6
