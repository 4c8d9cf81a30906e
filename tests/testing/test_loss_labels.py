"""Losses with labels: the model gets each row's own, or none in rows that are chosen one by one."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import CondOTPath, GaussianMixture
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_same_gradient,
    takes_tensors,
)

MIX = GaussianMixture([0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 1]]])
POINTS = np.array([[0.0, 0], [1, 2], [-2, 1]])  # most batches have several rows of one point
FEW = {"samples": 1_000}


def model(t, x):
    return 0.3 * x + np.tanh(t[:, None] * x)


def family(theta, t, x):
    return theta[0] * x + theta[1] * np.tanh(t[:, None] * x)


def loss_with(choose):
    """A loss that gives its model ``choose(y, rng)``, or nothing."""

    def loss(model, x1, y, rng):
        t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
        x = t[:, None] * x1 + (1 - t[:, None]) * x0
        labels = choose(y, rng)
        out = model(t, x) if labels is None else model(t, x, y=labels)
        return np.square(out - (x1 - x0)).sum(axis=1).mean()

    return loss


def one_by_one(null):
    return lambda y, rng: np.where(rng.random(len(y)) < 0.2, null, y)


RIGHT = {
    "passed on": lambda y, rng: y,
    "left out row by row": one_by_one(-1),
    "left out by a label of the data": one_by_one(0),
}
WRONG = {
    "not given": (lambda y, rng: None, "does not give its model the labels"),
    "of other rows": (lambda y, rng: rng.permutation(y), "the labels do not travel"),
    "turned": (lambda y, rng: y[::-1], "the labels do not travel"),
    "left out together": (
        lambda y, rng: y if rng.random() < 0.8 else y * 0 - 1,
        "labels are left out of whole batches",
    ),
    "one for all": (lambda y, rng: y[:1], "labels of shape (8,)"),
}


@pytest.mark.parametrize("data", [MIX, POINTS])
@pytest.mark.parametrize("name", RIGHT)
def test_right_labels(name, data):
    loss = loss_with(RIGHT[name])
    assert_losses_differ_by_constant(model, CondOTPath(), data, loss, **FEW)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_labels(name):
    choose, words = WRONG[name]
    with pytest.raises(CheckFailed) as caught:
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss_with(choose), **FEW)
    assert words in str(caught.value)


def test_gradients():
    given = {"theta": np.array([0.3, 1.0]), **FEW}
    right, wrong = (loss_with(RIGHT["passed on"]), loss_with(WRONG["not given"][0]))
    assert_same_gradient(family, CondOTPath(), MIX, right, **given)
    with pytest.raises(CheckFailed, match="does not give its model the labels"):
        assert_same_gradient(family, CondOTPath(), MIX, wrong, **given)


def test_a_loss_may_call_the_model_by_position_or_by_name():
    for call in (
        lambda model, t, x, y: model(t, x, y),
        lambda model, t, x, y: model(t, x=x, labels=y),
        lambda model, t, x, y: model(t=t, x=x, class_labels=y),
    ):

        def loss(model, x1, labels, rng, call=call):
            t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
            x = t[:, None] * x1 + (1 - t[:, None]) * x0
            return np.square(call(model, t, x, labels) - (x1 - x0)).sum(axis=1).mean()

        assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss, **FEW)


def test_tensors():
    torch = pytest.importorskip("torch")

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(3, 2)

        def forward(self, x, t):
            return self.layer(torch.cat([x, t[:, None]], dim=1))

    def loss_of(give):
        @takes_tensors
        def loss(model, x1, y):
            t, x0 = torch.rand(len(x1)), torch.randn_like(x1)
            x = torch.lerp(x0, x1, t[:, None])
            out = model(x, t, y) if give else model(x, t)
            return (out - (x1 - x0)).square().sum(dim=1).mean()

        return loss

    torch.manual_seed(0)
    assert_same_gradient(Network(), CondOTPath(), MIX, loss_of(True), **FEW)
    with pytest.raises(CheckFailed, match="does not give its model the labels"):
        assert_same_gradient(Network(), CondOTPath(), MIX, loss_of(False), **FEW)


def dropping(share, null=-1):
    def choose(y, rng):
        return np.where(rng.random(len(y)) < share, null, y)

    return choose


@pytest.mark.parametrize("null", [-1, 0])
def test_the_share_of_labels_that_are_left_out(null):
    right, wrong, turned = (loss_with(dropping(share, null)) for share in (0.1, 0.15, 0.9))
    given = {**FEW, "label_dropout": 0.1}
    for seed in range(3):
        assert_losses_differ_by_constant(
            model, CondOTPath(), MIX, right, **given, seed=seed, level=0.01
        )
    with pytest.raises(CheckFailed) as caught:
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, wrong, **given)
    assert caught.value.title == "labels are not left out as often as declared"
    assert caught.value.expected == "0.1 of the labels left out"
    assert not caught.value.hint
    assert "label_dropout=0.1" in caught.value.reproduce
    with pytest.raises(CheckFailed) as caught:
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, turned, **given)
    assert "the comparison with the random numbers is turned around" in caught.value.hint
    theta = {"theta": np.array([0.3, 1.0])}
    with pytest.raises(CheckFailed, match="labels are not left out as often as declared"):
        assert_same_gradient(family, CondOTPath(), MIX, wrong, **theta, **given)


def test_the_share_of_labels_of_a_sampler():
    def sampler(share):
        def sample(x1, y, rng):
            t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
            s = t[:, None]
            x, u = s * x1 + (1 - s) * x0, x1 - x0
            return {"x_t": x, "u_t": u, "t": t, "y": dropping(share)(y, rng)}

        return sample

    check, options = assert_conditional_velocity, {**FEW, "label_dropout": 0.2}
    check(sampler(0.2), CondOTPath(), MIX, **options)
    check(sampler(0.3), CondOTPath(), MIX, **FEW)  # where nothing is declared
    with pytest.raises(CheckFailed, match="labels are not left out as often as declared"):
        check(sampler(0.3), CondOTPath(), MIX, **options)
    with pytest.raises(CheckFailed, match="the sampler returns no labels"):
        check(lambda x1: (x1, x1, np.ones(len(x1))), CondOTPath(), MIX, **options)


@pytest.mark.parametrize("share", [-0.1, 1.5, "0.1", True])
def test_a_share_is_a_number_from_0_to_1(share):
    with pytest.raises(InputError, match="label_dropout: expected a number from 0 to 1"):
        assert_losses_differ_by_constant(
            model, CondOTPath(), MIX, loss_with(dropping(0.1)), label_dropout=share
        )


def test_a_share_is_of_labels_that_are_there():
    def loss(model, x1, rng):
        return 0.0

    with pytest.raises(InputError, match="label_dropout: expected a loss with a parameter y"):
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss, label_dropout=0.1)
