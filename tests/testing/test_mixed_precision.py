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


# --- means over rows whose numbers are coarse ---------------------------------------------


def half(values):
    return rounded(np.asarray(values, dtype=np.float64), "bfloat16")


def coarse(factor, given_noise=False):
    """A sampler and a loss in bfloat16, whose noise has another factor in the target."""

    def made(x0, x1, t):
        x1, x0, t = half(x1), half(x0), half(t)
        s = t[:, None]
        x = half(half(s * x1) + half(half(1 - s) * x0))
        return x, half(x1 - half(factor * x0)), t

    def sample(x1, rng):
        return made(rng.standard_normal(x1.shape), x1, rng.random(len(x1)))

    def loss(model, x1, rng):
        x, u, t = sample(x1, rng)
        return np.square(model(t, x) - u).sum(axis=1).mean()

    return made if given_noise else sample, loss


def coarse_model(t, x):
    return half(0.3 * x + np.tanh(t[:, None] * x))


@pytest.mark.parametrize("given_noise", [True, False])
def test_a_few_percent_show_in_the_targets_of_a_sampler_in_half_precision(given_noise):
    for seed in range(3):
        right, _ = coarse(1.0, given_noise)
        assert_conditional_velocity(right, CondOTPath(), MIX, seed=seed, level=0.01)
    wrong, _ = coarse(0.95, given_noise)
    with pytest.raises(CheckFailed, match="is not the conditional velocity") as caught:
        assert_conditional_velocity(wrong, CondOTPath(), MIX, samples=1_000)
    assert "u_t is 1 x1 - 0.9" in caught.value.hint


def test_five_percent_show_in_the_targets_of_a_loss_in_half_precision():
    given = {"samples": 10_000}
    for seed in range(3):
        _, right = coarse(1.0)
        assert_losses_differ_by_constant(
            coarse_model, CondOTPath(), MIX, right, seed=seed, level=0.01, **given
        )
    _, wrong = coarse(0.95)
    with pytest.raises(CheckFailed, match="does not differ from the flow matching loss"):
        assert_losses_differ_by_constant(coarse_model, CondOTPath(), MIX, wrong, **given)


def test_few_points_that_are_cast_are_no_mistake():
    """Their rounding is the same in all rows."""
    points = np.array([[0.3, 1.7], [-0.7, 0.1]])
    for seed in range(5):
        sample, loss = coarse(1.0)
        assert_conditional_velocity(sample, CondOTPath(), points, seed=seed, level=0.01)
        assert_losses_differ_by_constant(
            coarse_model, CondOTPath(), points, loss, seed=seed, level=0.01, samples=10_000
        )
