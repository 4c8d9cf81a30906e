"""A failure's line to reproduce is code: run, it fails in the same way."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from samplers import RING, alone, with_data

import fmproof.models
import fmproof.testing
from fmproof.models import CondOTPath, LogitNormalTime, TrigPath
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_marginal_field,
    assert_same_gradient,
    assert_schedule,
)

NAMES = {
    **vars(fmproof.models),
    **{n: getattr(fmproof.testing, n) for n in fmproof.testing.__all__},
}
POINTS = [[0.0, 1.0], [2.0, -1.0]]
theta = np.array([0.5, -1.0])


def family(theta, t, x):
    return x * theta


def gradient(theta, x1, rng):
    return np.ones(2)


def loss(model, x1, rng):
    t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
    x = t[:, None] * x1 + (1 - t[:, None]) * x0
    return np.square(model(t, x) - x1).sum(axis=1).mean()


def schedule(t):
    return t, 1 - t, np.ones_like(t), np.ones_like(t)


def still(t, x):
    return x


model = partial(family, theta)
CASES = {
    "given data": (assert_conditional_velocity, (with_data("data"), CondOTPath(), RING), {}),
    "own data": (
        assert_conditional_velocity,
        (alone("noise"), CondOTPath(), RING),
        {"level": 1e-3},
    ),
    "points": (assert_conditional_velocity, (alone("noise", RING), TrigPath(), POINTS), {}),
    "time": (
        assert_conditional_velocity,
        (with_data(), CondOTPath(), RING),
        {"time": LogitNormalTime(), "seed": 5},
    ),
    "field": (assert_marginal_field, (still, CondOTPath(), POINTS), {"points": 20}),
    "schedule": (assert_schedule, (schedule, CondOTPath()), {"low": 0.25}),
    "losses": (assert_losses_differ_by_constant, (model, CondOTPath(), RING, loss), {"seed": 3}),
    "mean": (
        assert_losses_differ_by_constant,
        (still, CondOTPath(), POINTS, loss),
        {"samples": 2_000, "reduction": "mean"},
    ),
    "gradient": (
        assert_same_gradient,
        (family, CondOTPath(), RING),
        {"theta": theta, "gradient": gradient},
    ),
    "gradient of a loss": (
        assert_same_gradient,
        (family, CondOTPath(), POINTS, loss),
        {"theta": theta, "samples": 1_000},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_line_fails_in_the_same_way(name):
    check, arguments, options = CASES[name]
    with pytest.raises(CheckFailed) as caught:
        check(*arguments, **options)
    found = caught.value
    here = {**NAMES, **globals(), "sampler": arguments[0]}
    with pytest.raises(CheckFailed) as again:
        eval(found.reproduce, here)
    assert (again.value.title, again.value.found) == (found.title, found.found)


def test_a_table_of_a_thousand_rows_does_not_fill_the_screen():
    table = fmproof.models.TablePath(np.cumprod(1 - np.linspace(1e-4, 0.02, 1_000)))

    def step(output, x, t, s):
        return x

    with pytest.raises(CheckFailed) as caught:
        fmproof.testing.assert_step(step, table, RING, samples=100)
    assert len(str(caught.value)) < 2_000
    assert caught.value.reproduce.startswith("assert_step(step, path, GaussianMixture(")
    with pytest.raises(CheckFailed):
        eval(caught.value.reproduce, {**NAMES, "step": step, "path": table})
