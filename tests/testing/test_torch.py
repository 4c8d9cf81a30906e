"""PyTorch callables; skipped where PyTorch is not installed."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from samplers import RING

from fmproof.models import CondOTPath, TrigPath
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_marginal_field,
    assert_same_gradient,
    assert_schedule,
    takes_tensors,
)

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
torch.set_num_threads(1)
POINTS = np.array([[0.0, 1.0], [2.0, -1.0], [1.0, 1.0]])
QUICK = {"samples": 10_000}


class Net(torch.nn.Module):
    def __init__(self, *layers):
        super().__init__()
        torch.manual_seed(0)
        self.net = torch.nn.Sequential(
            torch.nn.Linear(3, 16), torch.nn.SiLU(), *layers, torch.nn.Linear(16, 2)
        )

    def forward(self, x, t):
        return self.net(torch.cat([x, t[:, None]], dim=-1))


def triples(x1, sign=1):
    t, x0 = torch.rand(len(x1), 1), torch.randn_like(x1)
    return t * x1 + (1 - t) * x0, x1 + (-sign) * x0, t


def mse(model, x1, sign=1):
    x, u, t = triples(x1, sign)
    return torch.nn.functional.mse_loss(model(x, t[:, 0]), u)


def test_a_sampler_of_tensors():
    assert_conditional_velocity(takes_tensors(triples), CondOTPath(), RING)
    with pytest.raises(CheckFailed, match="d/dt"):
        assert_conditional_velocity(takes_tensors(lambda x1: triples(x1, -1)), CondOTPath(), RING)


def test_a_field_of_tensors():
    @takes_tensors
    def field(t, x):
        s, points = t[:, None], torch.tensor(POINTS, dtype=x.dtype)
        logits = -(x[:, None] - s[:, None] * points).square().sum(2) / (2 * (1 - s) ** 2)
        return (torch.softmax(logits, dim=1) @ points - x) / (1 - s)

    assert_marginal_field(field, CondOTPath(), POINTS)
    with pytest.raises(CheckFailed, match="the velocity with its sign flipped"):
        assert_marginal_field(takes_tensors(lambda t, x: -field(t, x)), CondOTPath(), POINTS)


def test_an_unmarked_function_of_tensors_is_told_so():
    with pytest.raises(CheckFailed, match="mark a function of tensors"):
        assert_marginal_field(lambda t, x: torch.cat([x, x]), CondOTPath(), POINTS)
    with pytest.raises(CheckFailed, match="mark a function of tensors"):
        assert_conditional_velocity(lambda x1: torch.cat([x1, x1]), CondOTPath(), POINTS)


def test_a_module_and_its_training_loss():
    model = Net()
    assert_losses_differ_by_constant(model, CondOTPath(), RING, mse, reduction="mean", **QUICK)
    assert_same_gradient(model, CondOTPath(), RING, mse, reduction="mean", **QUICK)
    assert_same_gradient(model, CondOTPath(), RING, **QUICK)
    assert_losses_differ_by_constant(model.double(), CondOTPath(), RING, **QUICK)


def test_a_wrong_training_loss():
    def wrong(model, x1):
        return mse(model, x1, sign=-1)

    for check in (assert_losses_differ_by_constant, assert_same_gradient):
        with pytest.raises(CheckFailed, match="flow matching loss"):
            check(Net(), CondOTPath(), RING, wrong, reduction="mean", **QUICK)
        with pytest.raises(CheckFailed, match="pass reduction='mean'"):
            check(Net(), CondOTPath(), RING, mse, **QUICK)


def test_the_parameter_with_the_wrong_gradient_is_named():
    def detached(model, x1):
        x, u, t = triples(x1)
        inner = model.net[1](model.net[0](torch.cat([x, t], dim=-1)))
        return (model.net[2](inner.detach()) - u).square().mean()

    with pytest.raises(CheckFailed, match=r"its slope in net\.0\.weight"):
        assert_same_gradient(Net(), CondOTPath(), RING, detached, reduction="mean", **QUICK)


def test_dropout_and_batch_normalisation():
    for layer, title in (
        (torch.nn.Dropout(), "is not deterministic"),
        (torch.nn.BatchNorm1d(16), "mixes the points of a batch"),
    ):
        model = Net(layer)
        with pytest.raises(CheckFailed, match=title):
            assert_same_gradient(model, CondOTPath(), RING, mse, reduction="mean", **QUICK)
        assert_same_gradient(model.eval(), CondOTPath(), RING, mse, reduction="mean", **QUICK)


def test_a_schedule_is_differentiated_automatically():
    half = torch.pi / 2

    @takes_tensors
    def schedule(t):
        a, b = torch.sin(half * t), torch.cos(half * t)
        return a, b, half * b, -half * a

    assert_schedule(schedule, TrigPath())

    @takes_tensors
    def wrong(t):
        return t, 1 - t, torch.ones_like(t), torch.ones_like(t)

    with pytest.raises(CheckFailed, match="dbeta is not the derivative of beta"):
        assert_schedule(wrong)


def test_seeds_reach_torch_and_its_state_is_restored():
    before = torch.random.get_rng_state()
    messages = set()
    for _ in range(2):
        with pytest.raises(CheckFailed) as caught:
            assert_conditional_velocity(
                takes_tensors(lambda x1: triples(x1, -1)), CondOTPath(), RING
            )
        messages.add(caught.value.found)
    assert len(messages) == 1
    assert torch.equal(before, torch.random.get_rng_state())


def test_numpy_users_do_not_pay_for_torch():
    code = """
import sys
from fmproof.models import CondOTPath
from fmproof.testing import assert_losses_differ_by_constant, assert_schedule
assert_losses_differ_by_constant(lambda t, x: x, CondOTPath(), [[0, 1]], samples=1000)
assert_schedule(CondOTPath())
print([m for m in ("torch", "sympy", "scipy.stats", "hypothesis") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
