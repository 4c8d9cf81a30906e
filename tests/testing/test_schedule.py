"""assert_schedule: derivatives, end points, and no samples."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import (
    CondOTPath,
    CustomPath,
    LinearVPPath,
    PolynomialPath,
    TrigPath,
    VPPath,
)
from fmproof.testing import CheckFailed, assert_schedule
from fmproof.testing.schedule import derivative


def straight(t):
    return t, 1 - t, np.ones_like(t), -np.ones_like(t)


def failure(*args, **kwargs) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        assert_schedule(*args, **kwargs)
    assert "reproduce: assert_schedule(" in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "path",
    [CondOTPath(), TrigPath(), PolynomialPath(3), CustomPath("t^2", "1 - t"), LinearVPPath()],
)
def test_the_models_schedules(path):
    assert_schedule(path)
    assert_schedule(path, path)


def test_a_schedule_that_does_not_start_at_zero_needs_its_path():
    assert failure(VPPath()).title == "alpha does not end at 0"
    assert_schedule(VPPath(), VPPath())
    assert_schedule(VPPath(), low=0.1)


@pytest.mark.parametrize(
    "schedule",
    [
        straight,
        lambda t: dict(zip(("alpha", "beta", "dalpha", "dbeta"), straight(t), strict=True)),
        lambda t: SimpleNamespace(
            alpha_t=t, sigma_t=1 - t, d_alpha_t=np.ones_like(t), d_sigma_t=-np.ones_like(t)
        ),
        lambda t: (t, 1 - t, 1.0, -1.0),
        lambda t: (abs(t), 1 - abs(t), np.ones_like(t), -np.ones_like(t)),  # no complex step
        lambda t: (np.maximum(t, 0), 1 - np.maximum(t, 0), np.ones_like(t), -np.ones_like(t)),
    ],
)
def test_ways_to_write_a_schedule(schedule):
    assert_schedule(schedule, CondOTPath())


@pytest.mark.parametrize(
    ("schedule", "title", "hint"),
    [
        (lambda t: (t, 1 - t, t * 0 + 1, t * 0 + 1), "dbeta is not the derivative of beta", "sign"),
        (lambda t: (t, 1 - 0.9 * t, t * 0 + 1, t * 0 - 0.9), "beta does not end at 0", ""),
        (lambda t: (1 - t, t, t * 0 - 1, t * 0 + 1), "alpha does not end at 0", ""),
        (lambda t: (t, t - 1, t * 0 + 1, t * 0 + 1), "beta is not positive before the end", ""),
        (lambda t: (t, 1 - t, t * np.nan, t), "dalpha is not finite", "singular"),
        (lambda t: (t, 1 - t, 1), "the schedule returned 3 values", ""),
        (lambda t: t, "the schedule returned no alpha", ""),
        (lambda t: t[:, 0], "alpha raised IndexError", ""),
        (
            lambda t: (
                np.sin(np.pi / 2 * t),
                np.cos(np.pi / 2 * t),
                np.cos(np.pi / 2 * t),
                -np.sin(np.pi / 2 * t),
            ),
            "dalpha is not the derivative of alpha",
            "",
        ),
    ],
)
def test_wrong_schedules(schedule, title, hint):
    found = failure(schedule)
    assert found.title.startswith(title)
    assert hint in found.hint


def test_a_tiny_error_is_seen_because_the_derivative_is_exact():
    def off(t):
        return t**2, 1 - t, 2 * t + 1e-8, -np.ones_like(t)

    assert_schedule(off)
    assert failure(off, tolerance=1e-9).title == "dalpha is not the derivative of alpha"


def test_another_path():
    found = failure(straight, TrigPath())
    assert found.title == "alpha is not that of TrigPath()"
    assert found.expected.startswith("alpha(")


def test_derivatives_without_a_complex_step_are_extrapolated():
    t = np.linspace(0.1, 0.9, 9)
    np.testing.assert_allclose(derivative(lambda t: np.abs(t) ** 3, t), 3 * t**2, rtol=1e-9)
    np.testing.assert_allclose(derivative(np.exp, t), np.exp(t), rtol=1e-15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"schedule": 3}, "schedule: expected methods alpha, beta, dalpha, dbeta"),
        ({"schedule": straight, "low": 0.5, "high": 0.2}, "low: expected 0 <= low < high <= 1"),
    ],
)
def test_arguments_that_cannot_be_used(arguments, message):
    with pytest.raises(InputError, match=message):
        assert_schedule(**arguments)
