"""A slice of benchmarks/quadrature_coverage.py: it works, and sees a false estimate."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import quadrature_coverage as coverage
from reference import reference

from tests.test_evaluation import R1, R1_VALUES

CASES = (9, 36, "points")


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    monkeypatch.setattr(coverage, "TOLERANCES", (1e-4,))


def counted(shrink):
    rows = [coverage.measure(case, seed=0, shrink=shrink) for case in CASES]
    return sum(coverage.tally(rows).values(), coverage.Counter())


def test_the_estimate_holds():
    found = counted(1.0)
    assert found["covered"] == sum(found.values()) == 8 * len(CASES)


def test_an_estimate_a_thousand_times_too_small_is_seen():
    assert coverage.share(counted(1e-3)) < 0.8


def test_the_reference_values():
    found = reference(R1)
    for name, value in R1_VALUES.items():
        assert abs(found[name].value - value) <= found[name].error + 1e-14 * abs(value)
        assert found[name].error <= 1e-10


@pytest.mark.parametrize(
    ("value", "error", "exact", "slack", "status"),
    [
        (1.0, 0.1, 1.05, 0.01, "covered"),
        (1.0, 0.1, 1.2, 0.01, "missed"),
        (1.0, 0.1, 1.1, 0.05, "undecided"),
        (1.0, 0.1, np.nan, np.nan, "undecided"),
        (np.nan, np.inf, 1.0, 0.0, "inconclusive"),
        ([1.0, 1.0], [0.1, 0.1], [1.0, 1.5], [0.0, 0.0], "missed"),
    ],
)
def test_verdicts(value, error, exact, slack, status):
    assert coverage.judge(value, error, exact, slack)[0] == status
