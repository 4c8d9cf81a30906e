"""Losses that map the model over the rows, or take them in parts: their points are seen as well."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from fmproof.models import CondOTPath, GaussianMixture
from fmproof.testing import CheckFailed, assert_losses_differ_by_constant, takes_jax, takes_tensors
from fmproof.testing.calls import in_one_call, note

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


def check(made):
    model, loss = made
    assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss, **QUICK)


def test_one_noise_for_all_rows_of_a_torch_vmap():
    check(torch_loss("different"))
    with pytest.raises(CheckFailed, match="the same noise is used for several rows"):
        check(torch_loss("same"))


def test_calls_mapped_by_jax_are_noted_once_with_all_rows():
    jax = pytest.importorskip("jax")
    calls = []

    def one(t, x):
        note(calls, t[None], x[None])
        return x

    t, x = np.linspace(0, 1, 5), np.arange(10.0).reshape(5, 2)
    jax.vmap(one)(t, x)
    jax.vmap(one, in_axes=(None, 0))(np.float64(0.5), x)
    (first, second), (shared, _) = calls
    assert np.allclose(np.ravel(first), t)
    assert np.allclose(np.reshape(second, x.shape), x)
    assert np.allclose(np.ravel(shared), 0.5)
    jax.jit(jax.vmap(one))(t, x)  # compiled code tells nothing
    assert len(calls) == 2


@pytest.mark.parametrize("split", [True, False])
def test_one_key_of_jax_for_time_and_noise(split):
    jax = pytest.importorskip("jax")

    def loss(model, x1, key):
        first, second = jax.random.split(key) if split else (key, key)
        t, x0 = jax.random.uniform(first, (len(x1),)), jax.random.normal(second, x1.shape)
        x = x0 + t[:, None] * (x1 - x0)
        return jax.numpy.square(model(t, x) - (x1 - x0)).sum(axis=1).mean()

    check_it = partial(check, (takes_jax(lambda t, x: 0.3 * x + t.reshape(-1, 1)), loss))
    if split:
        check_it()
    else:
        with pytest.raises(CheckFailed, match="one key was used for both"):
            check_it()


def test_functions_of_torch_that_hide_numbers_otherwise():
    torch = pytest.importorskip("torch")
    model, loss = torch_loss("different")

    def slope(model, x1):
        return torch.func.grad_and_value(lambda x: loss(model, x))(x1)[1]

    check((model, slope))


def test_parts_of_the_rows_are_joined_and_a_rollout_is_not():
    t, x = np.linspace(0, 1, 6), np.arange(12.0).reshape(6, 2)
    (found,) = in_one_call([(t[:4], x[:4]), (t[4:5], x[4:])], (6, 2))
    assert np.array_equal(found[0], [*t[:5], t[4]])
    assert np.array_equal(found[1], x)
    rollout = [(t, x), (t, x)]
    assert in_one_call(rollout, (6, 2)) is rollout
