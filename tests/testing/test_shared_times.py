"""Losses whose rows share one t: right in the mean, and not what is meant unless that is said."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.models import CondOTPath, DiscreteTime, FixedTime, GaussianMixture
from fmproof.testing import (
    CheckFailed,
    assert_losses_differ_by_constant,
    assert_same_gradient,
    takes_tensors,
)

MIX = GaussianMixture([0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 1]]])
FEW = {"samples": 1_000}
TITLE = "t is not drawn for each row"


def model(t, x):
    return 0.3 * x + np.tanh(t[:, None] * x)


def family(theta, t, x):
    return theta[0] * x + theta[1] * np.tanh(t[:, None] * x)


def loss_at(times):
    """A loss with the times ``times(n, rng)``."""

    def loss(model, x1, rng):
        t, x0 = times(len(x1), rng), rng.standard_normal(x1.shape)
        x = t[:, None] * x1 + (1 - t[:, None]) * x0
        return np.square(model(t, x) - (x1 - x0)).sum(axis=1).mean()

    return loss


SHARED = loss_at(lambda n, rng: np.full(n, rng.random()))


def test_one_time_for_all_rows():
    with pytest.raises(CheckFailed, match=TITLE) as caught:
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, SHARED, **FEW)
    assert "draw as many times as there are rows" in caught.value.hint
    with pytest.raises(CheckFailed, match=TITLE):
        assert_same_gradient(family, CondOTPath(), MIX, SHARED, theta=np.ones(2), **FEW)


def test_one_time_that_is_meant():
    given = {"shared_time": True, **FEW}
    for seed in range(3):
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, SHARED, seed=seed, **given)
    assert_same_gradient(family, CondOTPath(), MIX, SHARED, theta=np.ones(2), **given)
    wrong = loss_at(lambda n, rng: np.full(n, rng.random() ** 3))
    with pytest.raises(CheckFailed) as caught:
        assert_losses_differ_by_constant(
            model, CondOTPath(), MIX, wrong, shared_time=True, samples=50_000
        )
    assert "shared_time=True" in caught.value.reproduce


@pytest.mark.parametrize(
    ("law", "times"),
    [
        (FixedTime(0.3), lambda n, rng: np.full(n, 0.3)),
        (DiscreteTime([0.2, 0.7]), lambda n, rng: rng.choice([0.2, 0.7], n)),
    ],
)
def test_times_that_come_again(law, times):
    assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss_at(times), time=law, **FEW)


def test_two_times_that_a_batch_shares():
    shared = loss_at(lambda n, rng: np.full(n, rng.choice([0.2, 0.7])))
    given = {"time": DiscreteTime([0.2, 0.7]), **FEW}
    with pytest.raises(CheckFailed, match=TITLE):
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, shared, **given)


def test_a_time_of_one_number():
    torch = pytest.importorskip("torch")

    @takes_tensors
    def network(t, x):
        return torch.tanh(t.reshape(-1, 1) * x)

    def loss(model, x1):
        t, x0 = torch.rand(1), torch.randn_like(x1)
        return (model(t, t * x1 + (1 - t) * x0) - (x1 - x0)).square().sum(dim=1).mean()

    with pytest.raises(CheckFailed, match=TITLE):
        assert_losses_differ_by_constant(network, CondOTPath(), MIX, loss, **FEW)
    assert_losses_differ_by_constant(
        network, CondOTPath(), MIX, loss, shared_time=True, samples=1_000
    )
