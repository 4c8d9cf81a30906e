"""Losses that map the model over the rows, or take them in parts: their points are seen as well."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.models import CondOTPath, GaussianMixture
from fmproof.testing import CheckFailed, assert_losses_differ_by_constant, takes_jax, takes_tensors
from fmproof.testing.calls import joined

MIX = GaussianMixture([0.5, 0.5], [[-2, 0], [1, 1]], [[[0.5, 0], [0, 0.25]]] * 2)
QUICK = {"samples": 1_000}


def torch_loss(randomness):
    torch = pytest.importorskip("torch")

    def loss(model, x1):
        def one(z):
            t, x0 = torch.rand(1), torch.randn(z.shape)
            return (model(t, ((1 - t) * x0 + t * z)[None])[0] - (z - x0)).square().sum()

        return torch.vmap(one, randomness=randomness)(x1).mean()

    return takes_tensors(lambda t, x: 0.3 * x + t.reshape(-1, 1)), loss


def jax_loss(split):
    jax = pytest.importorskip("jax")

    def loss(model, x1, key):
        def one(key, z):
            first, second = jax.random.split(key) if split else (key, key)
            t, x0 = jax.random.uniform(first), jax.random.normal(second, z.shape)
            found = model(t[None], ((1 - t) * x0 + t * z)[None])[0]
            return jax.numpy.square(found - (z - x0)).sum()

        return jax.vmap(one)(jax.random.split(key, len(x1)), x1).mean()

    return takes_jax(lambda t, x: 0.3 * x + t.reshape(-1, 1)), loss


def check(made):
    model, loss = made
    assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss, **QUICK)


def test_one_noise_for_all_rows_of_a_torch_vmap():
    check(torch_loss("different"))
    with pytest.raises(CheckFailed, match="the same noise is used for several rows"):
        check(torch_loss("same"))


def test_one_key_for_time_and_noise_in_a_jax_vmap():
    check(jax_loss(True))
    with pytest.raises(CheckFailed, match="one key was used for both"):
        check(jax_loss(False))


def test_functions_of_torch_that_hide_numbers_otherwise():
    torch = pytest.importorskip("torch")
    model, loss = torch_loss("different")

    def slope(model, x1):
        return torch.func.grad_and_value(lambda x: loss(model, x))(x1)[1]

    check((model, slope))


def test_parts_of_the_rows_are_joined_and_a_rollout_is_not():
    t, x = np.linspace(0, 1, 6), np.arange(12.0).reshape(6, 2)
    (found,) = joined([(t[:4], x[:4]), (t[4:5], x[4:])], (6, 2))
    assert np.array_equal(found[0], [*t[:5], t[4]])
    assert np.array_equal(found[1], x)
    rollout = [(t, x), (t, x)]
    assert joined(rollout, (6, 2)) is rollout
