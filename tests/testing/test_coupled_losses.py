"""Losses that pair data and noise themselves: right ones pass, mistakes are named."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import CondOTPath, GaussianMixture
from fmproof.testing import (
    CheckFailed,
    assert_losses_differ_by_constant,
    assert_same_gradient,
)

MIX = GaussianMixture(
    [0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 0.25]]]
)


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


def pairing(x0, x1):
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    return linear_sum_assignment(cdist(x0, x1, "sqeuclidean"))[1]


def loss_with(wrong="", weight=lambda t: 1 + t):
    def loss(model, x1, rng):
        t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
        if wrong == "time":
            t = t**2
        if wrong == "noise":
            x0 = 1.5 * x0
        j = rng.permutation(len(x1)) if wrong == "not optimal" else pairing(x0, x1)
        data = x1[j]
        s = t[:, None]
        x, u = s * data + (1 - s) * x0, (x1 if wrong == "one side" else data) - x0
        error = np.square(model(t, x) - u).sum(axis=1)
        if wrong == "penalty":
            error = error + 0.1 * np.abs(model(t, x)).sum(axis=1)
        w = 1 - t / 2 if wrong == "weight" else weight(t)
        return (w * error).mean()

    return loss


def model(t, x):
    return 0.3 * x + np.tanh(t[:, None] * x)


OPTIONS = {"coupling": "ot", "weight": lambda t: 1 + t}
WORDS = {
    "one side": "different rows",
    "not optimal": "not an optimal transport",
    "weight": "does not weight its squared errors as declared",
    "time": "t is squared",
    "noise": "its standard deviation 1.",
    "penalty": "cannot be read row by row",
}


def test_the_right_loss_passes():
    for seed in range(3):
        check = assert_losses_differ_by_constant
        check(model, CondOTPath(), MIX, loss_with(), seed=seed, **OPTIONS)
    loose = loss_with("not optimal")
    options = OPTIONS | {"coupling": "any"}
    assert_losses_differ_by_constant(model, CondOTPath(), MIX, loose, **options)


@pytest.mark.parametrize("wrong", WORDS)
def test_mistakes(wrong):
    found = complaint(
        assert_losses_differ_by_constant, model, CondOTPath(), MIX, loss_with(wrong), **OPTIONS
    )
    assert WORDS[wrong] in found


def test_the_gradient():
    def family(theta, t, x):
        return theta[0] * x + theta[1] * np.tanh(t[:, None] * x)

    theta = np.array([0.3, 1.0])
    check = assert_same_gradient, family, CondOTPath(), MIX
    check[0](*check[1:], loss_with(), theta=theta, **OPTIONS)
    assert "different rows" in complaint(*check, loss_with("one side"), theta=theta, **OPTIONS)


def test_tensors():
    torch = pytest.importorskip("torch")

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.first, self.last = torch.nn.Linear(3, 8), torch.nn.Linear(8, 2)

        def forward(self, t, x):
            return self.last(torch.tanh(self.first(torch.cat([x, t[:, None]], dim=1))))

    def loss(model, x1, wrong=""):
        t, x0 = torch.rand(len(x1)), torch.randn_like(x1)
        data = x1[torch.as_tensor(pairing(x0.numpy(), x1.numpy()))]
        s = t[:, None]
        value = model(t, s * data + (1 - s) * x0)
        return (value - ((x1 if wrong else data) - x0)).square().mean()

    options = {"coupling": "ot", "reduction": "mean"}
    for check in (assert_losses_differ_by_constant, assert_same_gradient):
        check(Net(), CondOTPath(), MIX, loss, **options)
        wrong = lambda model, x1: loss(model, x1, wrong="yes")  # noqa: E731
        assert "different rows" in complaint(check, Net(), CondOTPath(), MIX, wrong, **options)


def test_misuse():
    with pytest.raises(InputError, match="coupling: expected a loss"):
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, coupling="ot")
