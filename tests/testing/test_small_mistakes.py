"""Mistakes that only a few rows show, right code that looks like one, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.models import (
    CondOTPath,
    DiscreteTime,
    GaussianMixture,
    LinearVPPath,
    LogitNormalTime,
    TablePath,
    UniformTime,
)
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_divergence,
    assert_losses_differ_by_constant,
    assert_sampler,
    assert_step,
)
from fmproof.testing.laws import atoms_test, law_test, normal_cdf, time_cdf

MIX = GaussianMixture(
    [0.4, 0.6], [[-2, 0.5], [1, 1]], [[[0.5, 0.1], [0.1, 0.25]], [[0.3, 0], [0, 0.6]]]
)
BARS = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
TAIL = UniformTime(0, 0.999)


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


# --- laws ---------------------------------------------------------------------------------


@pytest.mark.parametrize("law", [UniformTime(), LogitNormalTime(), DiscreteTime(7)])
@pytest.mark.parametrize("size", [5, 300])
def test_the_level_of_a_law_holds(law, size):
    rng = np.random.default_rng(size)
    found = [law_test(law.sample(size, rng), time_cdf(law)).p_value for _ in range(400)]
    for level in (0.2, 0.05):
        assert np.mean(np.array(found) <= level) <= level
    if isinstance(law, DiscreteTime):
        found = [atoms_test(law.sample(size, rng), law).p_value for _ in range(400)]
        assert np.mean(np.array(found) <= 0.2) <= 0.2


def test_a_law_without_its_tails():
    x = np.random.default_rng(0).standard_normal(30_000)
    assert law_test(x, normal_cdf).p_value > 1e-3
    for cut in (np.clip(x, -3, 3), np.maximum(x, -3), np.where(x > 3, 0, x), 1.06 * x):
        assert law_test(cut, normal_cdf).p_value < 1e-8


def test_a_law_with_a_value_too_often():
    t = np.random.default_rng(0).random(30_000)
    t[:150] = 1.0  # in the half percent of the rows that are clamped, say
    found = law_test(t, time_cdf(UniformTime()))
    assert found.p_value < 1e-8
    assert found.at == pytest.approx(1, abs=1e-3)


# --- times --------------------------------------------------------------------------------


def noised(draw):
    def sampler(x1, rng):
        k, eps = draw(rng, len(x1)), rng.standard_normal(x1.shape)
        alpha, beta = np.sqrt(BARS[k])[:, None], np.sqrt(1 - BARS[k])[:, None]
        return alpha * x1 + beta * eps, eps, k

    return sampler


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda r, n: r.integers(999, size=n), "t is never 999: randint and integers leave out"),
        (lambda r, n: r.integers(1, 1000, n), "t is never 0: the steps are counted from there"),
        (lambda r, n: 2 * r.integers(500, size=n), "t is never 1, 3, 5, 7, …"),
    ],
)
def test_steps_that_are_never_drawn(draw, words):
    found = complaint(assert_conditional_velocity, noised(draw), TablePath(BARS), MIX, target="eps")
    assert "t does not have its law" in found
    assert words in found
    assert "assert_conditional_velocity(sampler, path, Gauss" in found  # it can be pasted


@pytest.mark.parametrize(
    "draw",
    [
        lambda r, n: r.integers(1000, size=n),
        lambda r, n: ((r.random() + np.arange(n)) / n * 1000).astype(int) % 1000,  # stratified
        lambda r, n: np.abs(r.integers(1000, size=n) - 999 * (np.arange(n) % 2)),
    ],
)
def test_steps_that_are_all_drawn(draw):
    for seed in range(3):
        assert_conditional_velocity(
            noised(draw), TablePath(BARS), MIX, target="eps", samples=10_000, seed=seed
        )


def test_a_law_of_the_family_declared_is_named_first():
    def sampler(x1, rng):
        t = 1 / (1 + np.exp(-(0.5 + 0.9 * rng.standard_normal((len(x1), 1)))))
        eps = rng.standard_normal(x1.shape)
        return t * x1 + (1 - t) * eps, x1 - eps, t

    found = complaint(
        *(assert_conditional_velocity, sampler, CondOTPath(), MIX), time=LogitNormalTime(0.5, 0.8)
    )
    assert "the law of t fits LogitNormalTime(0.5, 0.9)" in found


# --- rows and noise -----------------------------------------------------------------------


@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize("clip", [0.0, 0.1])
def test_a_target_that_is_clipped_near_the_data(precision, clip):
    def sampler(x1, rng):
        t = (0.999 * rng.random((len(x1), 1))).astype(precision)
        x1, eps = x1.astype(precision), rng.standard_normal(x1.shape).astype(precision)
        beta = np.sqrt(1 - t * t)
        return t * x1 + beta * eps, x1 - t / np.maximum(beta, clip) * eps, t

    asked = (sampler, LinearVPPath(), MIX)
    if not clip:
        for seed in range(5):
            assert_conditional_velocity(*asked, time=TAIL, seed=seed)
        return
    found = complaint(assert_conditional_velocity, *asked, time=TAIL)
    assert "u_t is right elsewhere, and wrong where t > 0.99" in found


def sampler_with(noise):
    def sampler(x1, rng):
        t, eps = rng.random((len(x1), *[1] * (x1.ndim - 1))), noise(rng, x1.shape)
        return t * x1 + (1 - t) * eps, x1 - eps, t.reshape(-1)

    return sampler


def test_noise_that_is_clipped():
    sampler = sampler_with(lambda r, shape: np.clip(r.standard_normal(shape), -3, 3))
    found = complaint(assert_conditional_velocity, sampler, CondOTPath(), MIX)
    assert "it is never beyond ±3: is it clipped?" in found


def test_noise_that_the_channels_share():
    images = np.random.default_rng(5).normal(size=(20, 3, 4, 4))
    sampler = sampler_with(lambda r, s: r.standard_normal((s[0], 1, *s[2:])) + np.zeros(s))
    found = complaint(assert_conditional_velocity, sampler, CondOTPath(), images, samples=2_000)
    assert "have the correlation 1: draw noise of the shape of the data" in found


# --- losses -------------------------------------------------------------------------------


def net(t, x):
    return 0.7 * np.tanh(x) + 0.2 * t[:, None] - 0.1 * x


def test_a_loss_that_shuffles_its_points_alone():
    def loss(model, x1, rng, both=False):
        t, eps = rng.random(len(x1)), rng.standard_normal(x1.shape)
        other = x1[rng.permutation(len(x1))]
        x1 = other if both else x1
        x = t[:, None] * other + (1 - t[:, None]) * eps
        return np.square(model(t, x) - (x1 - eps)).sum(1).mean()

    found = complaint(assert_losses_differ_by_constant, net, CondOTPath(), MIX, loss)
    assert "x_t has the data of other rows than its target" in found

    def right(model, x1, rng):
        return loss(model, x1, rng, both=True)

    assert_losses_differ_by_constant(net, CondOTPath(), MIX, right)


def test_weights_that_are_normalised():
    def loss(model, x1, rng):
        t, eps = rng.uniform(0, 0.9, len(x1)), rng.standard_normal(x1.shape)
        weight = 1 / (1 - t)
        x = t[:, None] * x1 + (1 - t[:, None]) * eps
        rows = np.square(model(t, x) - (x1 - eps)).sum(1)
        return (weight / weight.mean() * rows).mean()

    found = complaint(
        *(assert_losses_differ_by_constant, net, CondOTPath(), MIX, loss),
        time=UniformTime(0, 0.9),
        weight=lambda t: 1 / (1 - t),
    )
    assert "the weights are divided by their mean, normalised to 1" in found
    assert "weight=weight" in found  # a lambda cannot be pasted


# --- samplers and divergences -------------------------------------------------------------


@pytest.mark.parametrize("steps", [1000, 50])
def test_a_sampler_that_takes_one_prediction_for_another(steps):
    rows = np.linspace(0, 999, steps).round().astype(int)

    def sample(model, x):
        for k in range(len(rows) - 1, -1, -1):
            a, s = BARS[rows[k]], BARS[rows[k - 1]] if k else 1.0
            noise = model(x, rows[k])
            data = (x - np.sqrt(1 - a) * noise) / np.sqrt(a)
            x = np.sqrt(s) * data + np.sqrt(1 - s) * noise
        return x

    few = {"samples": 1_000, "tolerance": 0.06}
    assert_sampler(sample, TablePath(BARS), MIX, predict="eps", **few)
    found = complaint(assert_sampler, sample, TablePath(BARS), MIX, predict="v", **few)
    assert "it takes what the model returns for the noise: it is right with predict='eps'" in found


def test_a_midpoint_rule_whose_stage_is_not_told_its_time():
    def sample(model, x, steps):
        h = 1 / steps
        for k in range(steps):
            x = x + h * model(x + h / 2 * model(x, k * h), k * h)
        return x

    found = complaint(assert_sampler, sample, CondOTPath(), MIX, order=2)
    assert "it is of order 1: is each stage told its own time" in found


@pytest.mark.parametrize("seed", range(8))
def test_a_probe_that_the_whole_batch_shares(seed):
    def divergence(field, t, x, rng, shape=(1, 2)):
        v = rng.choice([-1.0, 1.0], shape) + np.zeros_like(x)
        return (v * (field(t, x + 1e-5 * v) - field(t, x - 1e-5 * v))).sum(1) / 2e-5

    assert_divergence(divergence, CondOTPath(), MIX, seed=seed)

    def half(field, t, x, rng):
        return divergence(field, t, x, rng) / 2

    found = complaint(assert_divergence, half, CondOTPath(), MIX, seed=seed)
    assert "0.5 times the divergence" in found


def test_uniform_noise_beside_its_data():
    found = complaint(
        *(assert_conditional_velocity, sampler_with(lambda r, s: r.random(s)), CondOTPath(), MIX)
    )
    assert "as of torch.rand, expected 0 and 1" in found


def test_times_that_are_rounded_after_use():
    def sampler(x1, rng):
        t, eps = rng.random((len(x1), 1)), rng.standard_normal(x1.shape)
        return t * x1 + (1 - t) * eps, x1 - eps, np.round(t, 2)

    found = complaint(assert_conditional_velocity, sampler, CondOTPath(), MIX)
    assert "u_t is not the conditional velocity" in found
    assert "u_t is 1 x1 - 1 x0, expected 1 x1 - 1 x0" not in found  # it says nothing


def test_times_that_are_clamped():
    def sampler(x1, rng):
        t, eps = np.clip(rng.random((len(x1), 1)), 0.02, 1), rng.standard_normal(x1.shape)
        return t * x1 + (1 - t) * eps, x1 - eps, t

    found = complaint(assert_conditional_velocity, sampler, CondOTPath(), MIX)
    assert "t is clamped: 0.0" in found
    assert "of the rows have t = 0.02" in found


def test_noise_that_is_too_large_beside_its_data():
    sampler = sampler_with(lambda r, s: 1.03 * r.standard_normal(s))
    found = complaint(assert_conditional_velocity, sampler, CondOTPath(), MIX)
    assert "of the x0 that x_t and x1 imply: its mean is" in found
    assert "expected 0 and 1" in found


def test_an_ancestral_step_that_keeps_all_of_the_noise():
    bars = np.cumprod(1 - np.linspace(1e-3, 0.1, 100))

    def step(output, x, t, s, rng, short=False):
        a, b = bars[t], bars[s]
        std = np.sqrt((1 - b) / (1 - a) * (1 - a / b))
        data = (x - np.sqrt(1 - a) * output) / np.sqrt(a)
        kept = np.sqrt(1 - b - short * std**2)
        return np.sqrt(b) * data + kept * output + std * rng.standard_normal(x.shape)

    def right(output, x, t, s, rng):
        return step(output, x, t, s, rng, short=True)

    assert_step(right, TablePath(bars), MIX, eta=1)
    for pairs in ([(99, 98)], [(50, 40)], [(60, 30)]):
        found = complaint(assert_step, step, TablePath(bars), MIX, eta=1, pairs=pairs)
        assert "the noise is added to all of the old one, which is not shortened" in found
