"""Noise must be new in every epoch: pairs made once and generators seeded anew are caught."""

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
)

MIX = GaussianMixture(
    [0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 0.25]]]
)
LINE = GaussianMixture([1], [[1]], [[[0.5]]])
TWICE = {"epochs": 2, "samples": 1_000}


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


def triples(x1, x0, rng):
    t = rng.random(len(x1))
    s = t[:, None]
    return s * x1 + (1 - s) * x0, x1 - x0, t


class Fixed:
    """Noise by row of the data, drawn when the row is first seen."""

    def __init__(self):
        self.noise = {}

    def __call__(self, x1, rng):
        for row in map(bytes, x1):
            self.noise.setdefault(row, rng.standard_normal(x1.shape[1]))
        return np.array([self.noise[bytes(row)] for row in x1])


def fresh(x1, rng):
    return rng.standard_normal(x1.shape)


def seeded_anew(x1, rng):
    return np.random.default_rng(5).standard_normal(x1.shape)


HINTS = [(Fixed, "paired once"), (lambda: seeded_anew, "the generator is seeded anew")]


@pytest.mark.parametrize("data", [MIX, LINE], ids=["plane", "line"])
@pytest.mark.parametrize(("make", "words"), HINTS)
def test_samplers(make, words, data):
    def sampler(noise):
        return lambda x1, rng: triples(x1, noise(x1, rng), rng)

    for seed in range(5):
        assert_conditional_velocity(sampler(fresh), CondOTPath(), data, seed=seed, **TWICE)
    wrong = sampler(make())
    found = complaint(assert_conditional_velocity, wrong, CondOTPath(), data, **TWICE)
    assert "the noise is not drawn anew in every epoch" in found
    assert words in found
    assert "epochs=2" in found


@pytest.mark.parametrize(("make", "words"), HINTS)
def test_losses_and_gradients(make, words):
    def loss(noise):
        def training(model, x1, rng):
            x, u, t = triples(x1, noise(x1, rng), rng)
            return np.square(model(t, x) - u).sum(axis=1).mean()

        return training

    def model(t, x):
        return 0.3 * x + t[:, None]

    def family(theta, t, x):
        return theta * x + t[:, None]

    for noise in (fresh, make()):
        right = noise is fresh
        for check in (
            lambda f: assert_losses_differ_by_constant(model, CondOTPath(), MIX, f, **TWICE),
            lambda f: assert_same_gradient(family, CondOTPath(), MIX, f, theta=[0.3], **TWICE),
        ):
            if right:
                check(loss(noise))
            else:
                assert words in complaint(check, loss(noise))


def test_a_data_set_that_keeps_its_pairs():
    """It gives no data to the sampler: its pairs are seen to come back."""
    rng = np.random.default_rng(0)
    data, noise = MIX.sample(2_000, rng), rng.standard_normal((2_000, 2))

    def epoch(n, rng):
        rows = rng.permutation(2_000)[:n]
        return triples(data[rows], noise[rows], rng)

    found = complaint(assert_conditional_velocity, epoch, CondOTPath(), data, **TWICE)
    assert "in every epoch" in found


def test_misuse():
    with pytest.raises(InputError, match="epochs: expected an integer from 1"):
        assert_conditional_velocity(lambda x1: x1, CondOTPath(), MIX, epochs=0)
