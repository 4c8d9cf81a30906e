"""JAX callables; skipped where JAX is not installed."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.models import CondOTPath, GaussianMixture
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_same_gradient,
    assert_sampler,
    assert_schedule,
    takes_jax,
)

jax = pytest.importorskip("jax", reason="JAX is not installed")
jnp = jax.numpy
MIX = GaussianMixture([0.5, 0.5], [[-2, 0], [1, 1]], [[[0.5, 0], [0, 0.25]]] * 2)
QUICK = {"samples": 1_000}
THETA = np.array([0.3, 1.0])


def triples(sign):
    @takes_jax
    @jax.jit
    def sample(x1, key):
        first, second = jax.random.split(key)
        t, x0 = jax.random.uniform(first, (len(x1),)), jax.random.normal(second, x1.shape)
        return t[:, None] * x1 + (1 - t[:, None]) * x0, x1 - sign * x0, t

    return sample


def training(sign):
    sample = triples(sign)

    def loss(model, x1, key):
        x, u, t = sample(x1, key)
        return jnp.square(model(t, x) - u).sum(axis=1).mean()

    return loss


@takes_jax
@jax.jit
def velocity(theta, t, x):
    return theta[0] * x + theta[1] * jnp.tanh(t[:, None] * x)


@takes_jax
@jax.jit
def model(t, x):
    return velocity(THETA, t, x)


@pytest.mark.parametrize(
    "check",
    [
        lambda sign: assert_conditional_velocity(
            triples(sign), CondOTPath(), MIX, epochs=2, **QUICK
        ),
        lambda sign: assert_losses_differ_by_constant(
            model, CondOTPath(), MIX, training(sign), epochs=2, **QUICK
        ),
        lambda sign: assert_same_gradient(
            velocity, CondOTPath(), MIX, training(sign), theta=THETA, **QUICK
        ),
        lambda sign: assert_schedule(
            takes_jax(lambda t: (t, 1 - t, jnp.ones_like(t), -sign * jnp.ones_like(t)))
        ),
        lambda sign: assert_sampler(
            takes_jax(lambda model, x: _euler(model, x, sign)), CondOTPath(), MIX, **QUICK
        ),
    ],
    ids=["sampler", "loss", "gradient", "schedule", "generation"],
)
def test_right_code_passes_and_a_flipped_sign_fails(check):
    check(1)
    with pytest.raises(CheckFailed):
        check(-1)


def _euler(model, x, sign):
    for k in range(32):
        x = x + sign * model(x, k / 32) / 32
    return x


def test_the_line_to_reproduce_fails_again():
    sample = triples(-1)
    with pytest.raises(CheckFailed) as caught:
        assert_conditional_velocity(sample, CondOTPath(), MIX, **QUICK)
    names = {
        "assert_conditional_velocity": assert_conditional_velocity,
        "CondOTPath": CondOTPath,
        "GaussianMixture": GaussianMixture,
        "sample": sample,
    }
    with pytest.raises(CheckFailed) as again:
        eval(caught.value.reproduce, names)
    assert again.value.title == caught.value.title
