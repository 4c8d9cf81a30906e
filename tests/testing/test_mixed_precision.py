"""Right code that casts what it is given to a lower precision, in part or all, is no alarm; numbers
that are off by as much for another reason are."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.models import CondOTPath, GaussianMixture
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_losses_differ_by_constant,
    assert_same_gradient,
)
from fmproof.testing.precision import as_cast, on_grid, rounded

MIX = GaussianMixture([0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0], [0, 0.5]], [[0.5, 0], [0, 1]]])
SINGLE, HALF, DOUBLE = np.float32, np.float16, np.float64
CASTS = {  # of the data, the noise, the times
    "single data": (SINGLE, DOUBLE, DOUBLE),
    "half data": (HALF, SINGLE, SINGLE),
    "half data and noise": (HALF, HALF, SINGLE),
    "half noise": (SINGLE, HALF, SINGLE),
    "half times": (SINGLE, SINGLE, HALF),
}
OPTIONS = {"samples": 1_000, "seed": 10**6}  # seeds whose times come near 1


def code(casts, off=1.0, coupling="independent"):
    """A sampler and a loss; ``off`` is a factor of the data in x_t."""
    data_in, noise_in, times_in = casts

    def sample(x1, rng):
        t = rng.random(len(x1)).astype(times_in)[:, None]
        x0, x1 = rng.standard_normal(x1.shape).astype(noise_in), x1.astype(data_in)
        x1 = x1[rng.permutation(len(x1))] if coupling == "any" else x1
        return (1 - t) * x0 + t * (x1 * data_in(off)), x1 - x0, t[:, 0]

    def loss(model, x1, rng):
        x, u, t = sample(x1, rng)
        return np.square(model(t, x) - u).sum(axis=1).mean()

    return sample, loss


def model(t, x):
    return 0.3 * x + np.tanh(t[:, None] * x)


def family(theta, t, x):
    return theta[0] * x + theta[1] * np.tanh(t[:, None] * x)


@pytest.mark.parametrize("name", CASTS)
def test_code_that_casts_is_right(name):
    for coupling in ("independent", "any"):
        sample, loss = code(CASTS[name], coupling=coupling)
        given = {"coupling": coupling, **OPTIONS}
        assert_conditional_velocity(sample, CondOTPath(), MIX, **given)
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss, **given)
    _, loss = code(CASTS[name])
    assert_same_gradient(family, CondOTPath(), MIX, loss, theta=np.array([0.3, 1]), **OPTIONS)


@pytest.mark.parametrize("precision", [SINGLE, DOUBLE])
def test_data_that_are_off_by_the_spacing_of_half_precision(precision):
    sample, loss = code((precision,) * 3, off=1 + 2**-10)
    with pytest.raises(CheckFailed, match="not the conditional velocity"):
        assert_conditional_velocity(sample, CondOTPath(), MIX, **OPTIONS)
    with pytest.raises(CheckFailed):
        assert_losses_differ_by_constant(model, CondOTPath(), MIX, loss, **OPTIONS)


def test_rounding():
    values = np.random.default_rng(0).normal(size=1_000)
    for kind in ("float32", "float16"):
        assert (rounded(values, kind) == values.astype(kind)).all()
    assert list(rounded(np.array([1 + 2**-8, 1 + 3 * 2**-8, -3.0]), "bfloat16")) == [
        *(1.0, 1 + 2**-6, -3.0)  # to even
    ]
    half = rounded(values, "float16")
    assert (as_cast(values, half + 1e-9) == half).all()
    assert as_cast(values, values * (1 + 1e-4)) is values
    slack = np.full((1_000, 1), 1e-7)
    assert on_grid(half.reshape(-1, 1), slack, "float16")
    assert not on_grid(values.reshape(-1, 1), slack, "float16")
    assert not on_grid(half.reshape(-1, 1), slack * 1e4, "float16")  # which would tell nothing


def test_bfloat16_as_pytorch_rounds():
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(1).normal(size=1_000)
    as_torch = torch.as_tensor(values).float().bfloat16().double().numpy()
    assert (rounded(values, "bfloat16") == as_torch).all()
