"""Mistakes in code written from the documentation alone, with what is said of them, and right code
in spellings that were taken for mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import (
    CondOTPath,
    FunctionPath,
    GaussianMixture,
    QuantileTime,
    TablePath,
    VPPath,
)
from fmproof.testing import (
    CheckFailed,
    assert_conditional_velocity,
    assert_conversion,
    assert_divergence,
    assert_jacobian,
    assert_losses_differ_by_constant,
    assert_sampler,
    assert_schedule,
    takes_jax,
    takes_tensors,
)

MIX = GaussianMixture([0.3, 0.7], [[-2, 0], [1, 1]], [[[1, 0], [0, 1]], [[0.5, 0], [0, 0.25]]])
POINTS = np.random.default_rng(5).normal(size=(40, 2)) @ [[1.5, 0.3], [0, 0.6]] + [0.5, -0.5]
BARS = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))
FEW = {"samples": 1_000}


def complaint(check, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return str(caught.value)


def model(t, x):
    return 0.3 * x + np.tanh(x) - 0.1 * t[:, None]


# --- couplings ----------------------------------------------------------------------------


def paired(pairing):
    """A sampler that pairs noise (n, d) and data (n, d) by ``pairing``."""

    def sampler(x1, rng):
        x0 = rng.standard_normal(x1.shape)
        i, j = pairing(np.square(x0[:, None] - x1[None]).sum(axis=2), rng)
        x0, x1, t = x0[i], x1[j], rng.random(len(i))
        s = t[:, None]
        return s * x1 + (1 - s) * x0, x1 - x0, t

    return sampler


def optimal(cost, rng):
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(cost)


def sampled(cost, rng):
    i, j = optimal(cost, rng)
    some = rng.integers(len(i), size=len(i))
    return i[some], j[some]


def nearest(cost, rng):
    return np.arange(len(cost)), cost.argmin(axis=1)


def test_the_nearest_data_for_each_noise_are_no_optimal_transport():
    given = {"coupling": "ot", "samples": 1_000}
    found = complaint(assert_conditional_velocity, paired(nearest), CondOTPath(), POINTS, **given)
    assert "each noise takes the data nearest to it" in found
    assert_conditional_velocity(paired(optimal), CondOTPath(), POINTS, **given)
    assert_conditional_velocity(paired(sampled), CondOTPath(), POINTS, **given)
    assert_conditional_velocity(paired(sampled), CondOTPath(), MIX, **given)


def test_a_pair_that_is_drawn_twice_has_one_noise_up_to_rounding():
    """Its times differ, so that x_t and u_t tell its noise with other roundings."""

    def single(x1, rng):
        x, u, t = paired(sampled)(x1, rng)
        return tuple(part.astype(np.float32) for part in (x, u, t))

    for data in (POINTS, MIX):
        assert_conditional_velocity(single, CondOTPath(), data, coupling="ot", samples=1_000)


# --- losses -------------------------------------------------------------------------------


def straight(data=lambda x1: x1, noise=lambda x0, rng: x0):
    """A flow matching loss that changes its data, or the noise in its target."""

    def loss(model, x1, rng):
        x1, t, x0 = data(x1), rng.random(len(x1)), rng.standard_normal(x1.shape)
        s = t[:, None]
        error = model(t, s * x1 + (1 - s) * x0) - (x1 - noise(x0, rng))
        return np.square(error).sum(axis=1).mean()

    return loss


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (straight(data=lambda x1: x1 / 2 + 0.5), "x1 enters as 0.5"),
        (straight(data=lambda x1: x1 + 0.3), "+ 0.3: the loss changes its data"),
        (
            straight(noise=lambda x0, rng: rng.standard_normal(x0.shape)),
            "does not depend on the noise in x_t",
        ),
    ],
)
def test_losses_are_explained(loss, words):
    found = complaint(
        assert_losses_differ_by_constant, model, CondOTPath(), POINTS, loss, samples=5_000
    )
    assert words in found


def test_a_right_loss_passes():
    assert_losses_differ_by_constant(model, CondOTPath(), POINTS, straight(), **FEW)


# --- samplers -----------------------------------------------------------------------------


def shift(u):
    return 3 * u / (1 + 2 * u)


def test_a_time_law_that_is_used_twice():
    def sampler(x1, rng, times=2):
        t = rng.random(len(x1))
        for _ in range(times):
            t = shift(t)
        x0, s = rng.standard_normal(x1.shape), t[:, None]
        return (1 - s) * x0 + s * x1, x1 - x0, t

    given = {"time": QuantileTime(shift), **FEW}
    found = complaint(assert_conditional_velocity, sampler, CondOTPath(), POINTS, **given)
    assert "t goes through the law's function twice" in found
    assert_conditional_velocity(lambda x1, rng: sampler(x1, rng, 1), CondOTPath(), POINTS, **given)


def bridge(right):
    def sampler(x1, rng):
        t = rng.uniform(0.05, 0.95, len(x1))
        s, x0, own = t[:, None], *rng.standard_normal((2, *x1.shape))
        x = s * x1 + (1 - s) * x0 + 0.5 * np.sqrt(s * (1 - s)) * own
        slope = (1 - 2 * s) / (2 * s * (1 - s)) * (x - s * x1 - (1 - s) * x0)
        return x, x1 - x0 + right * slope, t

    return sampler


def test_the_velocity_of_a_bridge_has_a_term_of_its_noise():
    path = FunctionPath(
        *(lambda t: t, lambda t: 1 - t, lambda t: 0.5 * np.sqrt(t * (1 - t))), low=0.05, high=0.95
    )
    found = complaint(assert_conditional_velocity, bridge(0), path, POINTS)
    assert "the velocity without that of the path's own noise" in found
    assert_conditional_velocity(bridge(1), path, POINTS, **FEW)


def churned(model, x, steps, rng):
    """Heun's method in sigma with churn, whose last step is one of Euler's to 0."""
    sigma = np.append(np.geomspace(80, 0.002, steps), 0)
    for k in range(steps):
        hat = sigma[k] * (1.15 if 0.05 < sigma[k] < 50 else 1)
        x = x + np.sqrt(hat**2 - sigma[k] ** 2) * rng.standard_normal(x.shape)
        first = (x - model(x, hat)) / hat
        new = x + (sigma[k + 1] - hat) * first
        if k < steps - 1:
            second = (new - model(new, sigma[k + 1])) / sigma[k + 1]
            new = x + (sigma[k + 1] - hat) * (first + second) / 2
        x = new
    return x


def test_a_path_that_ends_in_noise_is_not_turned():
    path = FunctionPath(1, lambda t: t, low=0, high=80)
    given = {"predict": "x1", "samples": 1_000}
    assert_sampler(churned, path, MIX, **given)
    with pytest.raises(InputError, match="has its noise at t = 80 already; leave direction out"):
        assert_sampler(churned, path, MIX, direction="data-to-noise", **given)


# --- conversions and schedules ------------------------------------------------------------


def test_steps_of_a_table_come_as_integers():
    def data(output, x, t):
        alpha, beta = np.sqrt(BARS[t])[:, None], np.sqrt(1 - BARS[t])[:, None]
        return (x - beta * output) / alpha

    assert_conversion(data, "eps", "x1", TablePath(BARS))
    found = complaint(
        assert_conversion, lambda output, x, t: data(output, x, t - 1), "eps", "x1", TablePath(BARS)
    )
    assert "the conversion from the noise does not give the data" in found


def variance_preserving(half, power=0.5):
    def schedule(t):
        s = 1 - t
        total, rate = 0.1 * s + 19.9 * half * s**2, 0.1 + 2 * 19.9 * half * s
        alpha, beta = np.exp(-power * total), np.sqrt(-np.expm1(-total))
        return alpha, beta, power * rate * alpha, -rate * np.exp(-total) / (2 * beta)

    return schedule


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (variance_preserving(1.0), "the 1/2 of the integral"),
        (variance_preserving(0.4), "it is that of VPPath(0.1, 16"),
        (variance_preserving(0.5, 1.0), "it is alpha to the power 2: a square root is missing"),
    ],
)
def test_a_schedule_of_another_path_is_named(schedule, words):
    options = {"high": 0.99}
    assert words in complaint(assert_schedule, schedule, VPPath(), **options)
    assert_schedule(variance_preserving(0.5), VPPath(), **options)


# --- derivatives --------------------------------------------------------------------------


def torch_divergences():
    torch = pytest.importorskip("torch")
    func = torch.func

    def one(field, t, x):
        return field(t[None], x[None])[0]

    return {
        "reverse, mapped": lambda field, t, x: torch.vmap(
            lambda s, y: torch.trace(func.jacrev(lambda z: one(field, s, z))(y))
        )(t, x),
        "forward, of one point": lambda field, t, x: torch.vmap(
            lambda s, y: torch.trace(func.jacfwd(lambda z: field(s, z))(y))
        )(t, x),
        "forward, of the batch": lambda field, t, x: sum(
            func.jvp(lambda y: field(t, y), (x,), (torch.eye(2).to(x)[i].expand_as(x),))[1][:, i]
            for i in range(2)
        ),
    }


def jax_divergences():
    jax = pytest.importorskip("jax")

    def trace(jacobian):
        return lambda field, t, x: jax.vmap(
            lambda s, y: jax.numpy.trace(jacobian(lambda z: field(s, z))(y))
        )(t, x)

    return {
        "reverse": trace(jax.jacrev),
        "forward": trace(jax.jacfwd),
        "compiled": lambda field, t, x: jax.jit(lambda t, x: trace(jax.jacfwd)(field, t, x))(t, x),
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's, of its own forward mode
@pytest.mark.parametrize(
    "name", ["reverse, mapped", "forward, of one point", "forward, of the batch"]
)
def test_the_exact_model_works_in_torch_func(name):
    divergence = torch_divergences()[name]
    assert_divergence(takes_tensors(divergence), CondOTPath(), MIX, points=8)
    twice = takes_tensors(lambda field, t, x: 2 * divergence(field, t, x))
    assert "it is 2 times" in complaint(assert_divergence, twice, CondOTPath(), MIX, points=8)


@pytest.mark.parametrize("name", ["reverse", "forward", "compiled"])
def test_the_exact_model_works_under_transformations_of_jax(name):
    divergence = jax_divergences()[name]
    assert_divergence(takes_jax(divergence), CondOTPath(), MIX, points=8)
    flipped = takes_jax(lambda field, t, x: -divergence(field, t, x))
    found = complaint(assert_divergence, flipped, CondOTPath(), MIX, points=8)
    assert "its sign is flipped" in found


def test_the_jacobian_of_the_exact_model_in_torch_func():
    torch = pytest.importorskip("torch")

    def jacobian(field, t, x):
        return torch.vmap(torch.func.jacrev(field, argnums=1))(t, x)

    assert_jacobian(takes_tensors(jacobian), CondOTPath(), MIX, points=8)


def test_the_gradient_of_the_sum_of_the_components():
    torch = pytest.importorskip("torch")

    @takes_tensors
    def divergence(field, t, x):
        x = x.detach().requires_grad_(True)
        (slope,) = torch.autograd.grad(field(t, x).sum(), x)
        return slope.sum(dim=1)

    found = complaint(assert_divergence, divergence, CondOTPath(), MIX)
    assert "it adds up all entries of the Jacobian" in found
