"""What is said of mistakes in steps, samplers, guidance, likelihoods and fields."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.models import CondOTPath, FunctionPath, GaussianMixture, TablePath, UniformTime
from fmproof.testing import (
    CheckFailed,
    assert_guidance,
    assert_jacobian,
    assert_log_likelihood,
    assert_losses_differ_by_constant,
    assert_marginal_field,
    assert_sampler,
    assert_step,
)

MIX = GaussianMixture([0.3, 0.7], [[-2, 0], [1, 1]], [[[1, 0], [0, 1]], [[0.5, 0], [0, 0.25]]])
POINTS = np.array([[0.0, 1.0], [2.0, -1.0], [-1.0, 0.5], [1.0, 1.0]])
BARS = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))
EXPLODING = FunctionPath(1, lambda t: t, low=0.01, high=10.0)


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


# --- steps --------------------------------------------------------------------------------


def ddim(clip=np.inf, shift=0, again=False):
    def step(output, x, t, s):
        alpha, beta = np.sqrt(BARS[t]), np.sqrt(1 - BARS[t])
        data = np.clip((x - beta * output) / alpha, -clip, clip)
        noise = (x - alpha * data) / beta if again else output
        later = BARS[max(s + shift, 0)]
        return np.sqrt(later) * data + np.sqrt(1 - later) * noise

    return step


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (ddim(clip=1), "the data are clipped to [-1, 1]"),
        (ddim(clip=1, again=True), "the data are clipped to [-1, 1]"),
        (ddim(shift=-1), "x_s is that of t = 47: the index into the table is off by one"),
    ],
)
def test_steps_through_the_data(step, words):
    assert words in complaint(assert_step, step, TablePath(BARS), MIX, samples=500)
    assert_step(ddim(), TablePath(BARS), MIX, samples=500)
    assert_step(ddim(again=True), TablePath(BARS), MIX, samples=500)


def ancestral(rows):
    def step(output, x, t, s, rng):
        up = s * np.sqrt(t**2 - s**2) / t
        noise = rng.standard_normal((rows or len(x), x.shape[1]))
        return x + (x - output) / t * (np.sqrt(s**2 - up**2) - t) + up * noise

    return step


def test_one_noise_for_all_rows():
    given = {"predict": "x1", "eta": 1, "pairs": [(5.0, 4.0), (1.0, 0.6)]}
    found = complaint(assert_step, ancestral(1), EXPLODING, MIX, **given)
    assert "one noise is added to all rows" in found
    assert_step(ancestral(None), EXPLODING, MIX, **given)


def test_weights_of_equal_steps():
    def equal(output, x, t, s, previous):
        return x + (s - t) * (1.5 * output - 0.5 * previous[0])

    def right(output, x, t, s, previous, times):
        ratio = (s - t) / (2 * (t - times[0]))
        return x + (s - t) * ((1 + ratio) * output - ratio * previous[0])

    given = {"kind": "adams-bashforth", "samples": 500}
    pairs = {"pairs": [(0.2, 0.3, 0.5)]}
    found = complaint(assert_step, equal, CondOTPath(), MIX, **given, **pairs)
    assert "its weights are those of equal steps" in found
    assert_step(right, CondOTPath(), MIX, **given, **pairs)
    assert_step(equal, CondOTPath(), MIX, **given)  # where they are equal


# --- samplers -----------------------------------------------------------------------------


def euler(scale=1.0, share=1.0):
    def sample(model, x, steps):
        for k in range(round(share * steps)):
            x = x + model(x, scale * k / steps) / steps
        return x

    return sample


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (euler(scale=1000), "the model is told t up to 984.4, where the times of the path run"),
        (euler(share=0.8), "its steps cover 0.797 of the time of the path"),
    ],
)
def test_samplers(sample, words):
    assert words in complaint(assert_sampler, sample, CondOTPath(), MIX, samples=2_000)


def test_a_rough_guess_needs_a_sampler_that_is_clearly_wrong():
    """0.445 x has the variance 0.198 for 0.25, whatever the model returns."""
    narrow = GaussianMixture([1], [[0, 0]], [[[0.25, 0], [0, 0.25]]])
    options = {"samples": 16_000, "tolerance": 0.01}
    found = complaint(assert_sampler, lambda model, x: 0.445 * x, CondOTPath(), narrow, **options)
    assert "the variance is 0.79" in found
    assert "it takes what the model returns" not in found


# --- guidance -----------------------------------------------------------------------------


def rescaled(cond, uncond, scale):
    guided = uncond + scale * (cond - uncond)
    return guided * cond.std(axis=1, keepdims=True) / guided.std(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        (rescaled, "it is no sum of multiples of cond and uncond"),
        (
            lambda cond, uncond, scale: scale * cond + (1 + scale) * uncond,
            "for scale = 7.5 it is 7.5 cond + 8.5 uncond",
        ),
    ],
)
def test_guidance(guide, words):
    assert words in complaint(assert_guidance, guide)


# --- likelihoods, Jacobians and fields ----------------------------------------------------


def log_likelihood(model, x1, steps=100):
    x, change = x1.copy(), np.zeros(len(x1))
    for k in range(steps):
        t = 1 - (k + 0.5) / steps
        for i, e in enumerate(1e-4 * np.eye(2)):
            change += (model(x + e, t) - model(x - e, t))[:, i] / 2e-4 / steps
        x = x - model(x - model(x, t) / (2 * steps), t) / steps
    return -0.5 * np.square(x).sum(axis=1) - np.log(2 * np.pi) - change


def test_bits():
    for divisor, words in ((-2, "in bits per dimension"), (1, "it is in bits, log p / log 2")):

        def bits(model, x1, divisor=divisor):
            return log_likelihood(model, x1) / np.log(2) / divisor

        assert words in complaint(assert_log_likelihood, bits, CondOTPath(), MIX)
    assert_log_likelihood(log_likelihood, CondOTPath(), MIX, tolerance=0.1)


def jacobian(field, t, x):
    sides = [(field(t, x + e) - field(t, x - e)) / 2e-5 for e in 1e-5 * np.eye(2)]
    return np.stack(sides, axis=2)


def test_a_transposed_jacobian():
    assert_jacobian(jacobian, CondOTPath(), MIX)
    found = complaint(
        assert_jacobian, lambda f, t, x: jacobian(f, t, x).transpose(0, 2, 1), CondOTPath(), MIX
    )
    assert "it is transposed" in found


def posterior_mean(exponent):
    def field(t, x):
        t = t[:, None]
        logs = exponent(np.square(x[:, None] - t[..., None] * POINTS).sum(axis=2), 1 - t)
        weights = np.exp(logs - logs.max(axis=1, keepdims=True))
        mean = weights @ POINTS / weights.sum(axis=1, keepdims=True)
        return (mean - x) / (1 - t)

    return field


@pytest.mark.parametrize(
    ("exponent", "words"),
    [
        (lambda square, beta: square / (2 * beta**2), "the sign in the exponent is flipped"),
        (lambda square, beta: -square / beta**2, "is not halved"),
        (lambda square, beta: -square / (2 * beta), "is divided by 2 beta, not 2 beta²"),
        (lambda square, beta: -square / 2, "is not divided by beta²"),
        (lambda square, beta: 0 * square, "they do not depend on x"),
    ],
)
def test_the_weights_of_a_posterior_mean(exponent, words):
    given = {"time": UniformTime(0, 0.9)}
    field = posterior_mean(exponent)
    assert words in complaint(assert_marginal_field, field, CondOTPath(), POINTS, **given)
    right = posterior_mean(lambda square, beta: -square / (2 * beta**2))
    assert_marginal_field(right, CondOTPath(), POINTS, **given)


# --- weights ------------------------------------------------------------------------------


def test_no_weight_is_no_weight_that_is_broadcast():
    """Both are constant over a batch; one is 1 and the other the mean of those declared."""

    def loss(broadcast):
        def found(model, x1, rng):
            t, x0 = rng.random(len(x1)), rng.standard_normal(x1.shape)
            s = t[:, None]
            error = np.square(model(t, s * x1 + (1 - s) * x0) - (x1 - x0)).sum(axis=1)
            return ((2 + 3 * s if broadcast else 1.0) * error).mean()

        return found

    def model(t, x):
        return 0.2 * x - t[:, None]

    given = {"weight": lambda t: 2 + 3 * t, "samples": 20_000}
    check = assert_losses_differ_by_constant
    found = complaint(check, model, CondOTPath(), MIX, loss(False), **given)
    assert "the loss has the weight w(t) = 1, declared" in found
    found = complaint(check, model, CondOTPath(), MIX, loss(True), **given)
    assert "broadcast to (N, N)" in found


# --- what a path's own noise does ---------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (0.0, "without that of the path's own noise"),
        (-1.0, "the velocity of the path's own noise has the wrong sign"),
        (2.0, "the velocity of the path's own noise counts twice"),
        (1.0, ""),
    ],
)
def test_the_velocity_of_a_paths_own_noise(times, words):
    path = FunctionPath(lambda t: t, lambda t: 1 - t, gamma=lambda t: np.sqrt(t * (1 - t)) / 2)

    def loss(model, x1, rng):
        t, x0 = rng.uniform(0.05, 0.95, len(x1)), rng.standard_normal(x1.shape)
        s, own = t[:, None], rng.standard_normal(x1.shape)
        gamma = np.sqrt(s * (1 - s)) / 2
        u = x1 - x0 + times * (1 - 2 * s) / (8 * gamma) * own
        return np.square(model(t, s * x1 + (1 - s) * x0 + gamma * own) - u).sum(axis=1).mean()

    given = {"time": UniformTime("1/20", "19/20")}
    if not words:
        assert_losses_differ_by_constant(lambda t, x: 0.3 * x, path, MIX, loss, **given)
        return
    found = complaint(
        assert_losses_differ_by_constant, lambda t, x: 0.3 * x, path, MIX, loss, **given
    )
    assert words in found
