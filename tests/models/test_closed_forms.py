"""Score, denoiser, density, divergence against differences of the density and the velocity."""

from __future__ import annotations

import numpy as np
import pytest

from fmproof.errors import InputError
from fmproof.models import (
    BetaTime,
    CallableVelocity,
    CondOTPath,
    DiscreteTime,
    FixedTime,
    FunctionPath,
    GaussianMixture,
    Problem,
    QuantileTime,
    ReversedPath,
    TablePath,
    TrigPath,
)

DATA = GaussianMixture(
    [0.3, 0.7], [[-2, 0], [1.5, 1]], [[[0.25, 0.1], [0.1, 0.5]], [[0.5, 0], [0, 0.25]]]
)
POINTS = GaussianMixture.points([[0, 1], [2, -1], [-1, -1]])


def problem(data):
    return Problem(data, TrigPath(), CallableVelocity(lambda t, x: 0 * x, 2))


@pytest.mark.parametrize("data", [DATA, POINTS], ids=["mixture", "points"])
def test_derivatives(data):
    exact = problem(data)
    rng = np.random.default_rng(0)
    t, x, h = rng.uniform(0.05, 0.95, 50), rng.normal(size=(50, 2)), 1e-5
    axes = np.eye(2) * h
    slopes = np.stack(
        [(exact.log_density(t, x + e) - exact.log_density(t, x - e)) / (2 * h) for e in axes], 1
    )
    assert np.allclose(exact.score(t, x), slopes, atol=1e-4, rtol=1e-5)
    field = exact.marginal_velocity
    columns = np.stack([(field(t, x + e) - field(t, x - e)) / (2 * h) for e in axes], 2)
    assert np.allclose(exact.jacobian(t, x), columns, atol=1e-3, rtol=1e-5)
    assert np.allclose(exact.divergence(t, x), np.trace(columns, axis1=1, axis2=2), atol=1e-3)


def test_predictions_fit_together():
    exact = problem(DATA)
    rng = np.random.default_rng(1)
    t, x = rng.uniform(0.05, 0.95, 50), rng.normal(size=(50, 2))
    path, (z, eps) = exact.path, (exact.posterior_mean(t, x), exact.posterior_noise(t, x))
    a, b = path.alpha(t)[:, None], path.beta(t)[:, None]
    assert np.allclose(a * z + b * eps, x)
    assert np.allclose(exact.score(t, x), -eps / b)
    assert np.allclose(exact.prediction("v", t, x), a * eps - b * z)
    assert np.allclose(exact.prediction("velocity", t, x), exact.marginal_velocity(t, x))
    assert np.allclose(exact.prediction((2, 1), t, x), 2 * z + eps)
    assert np.array_equal(exact.denoiser(t, x), z)
    with pytest.raises(InputError, match="target"):
        exact.prediction("x2", t, x)


def test_tensors_give_tensors():
    torch = pytest.importorskip("torch")
    x = torch.zeros(3, 2, dtype=torch.float32)
    found = problem(DATA).score(torch.full((3,), 0.5), x)
    assert found.dtype is torch.float32
    assert np.allclose(found.numpy(), problem(DATA).score(0.5, np.zeros((3, 2))), atol=1e-6)


def test_paths_from_functions_and_tables():
    t = np.linspace(0.01, 0.99, 40)
    path = FunctionPath(lambda t: np.sin(np.pi / 2 * t), lambda t: np.cos(np.pi / 2 * t))
    for name in ("alpha", "beta", "dalpha", "dbeta"):
        assert np.allclose(getattr(path, name)(t), getattr(TrigPath(), name)(t), atol=1e-9)
    back = ReversedPath(CondOTPath())
    assert np.allclose(back.alpha(t), 1 - t)
    assert np.allclose(back.dalpha(t), -1)
    bars = np.cumprod(1 - np.linspace(1e-4, 0.02, 10))
    table = TablePath(bars)
    assert np.allclose(table.alpha(np.arange(10)) ** 2, bars)
    assert np.allclose(table.beta(3.2), np.sqrt(1 - bars[3]))
    with pytest.raises(InputError, match="a table has no velocity"):
        table.dalpha(1)
    with pytest.raises(InputError, match="positive"):
        FunctionPath(1, lambda t: t - 0.5)
    with pytest.raises(InputError, match="alphas_cumprod"):
        TablePath([0.5, 2.0])
    with pytest.raises(InputError, match="either"):
        TablePath()


def test_time_laws():
    from scipy.stats import beta

    u = np.linspace(0.01, 0.99, 50)
    assert np.allclose(beta(1.5, 1).cdf(BetaTime(1.5, 1).quantile(u)), u)
    assert BetaTime(1.5, 1, high=0.5).support == (0, 0.5)
    steps = DiscreteTime(4)
    drawn = steps.sample(4_000, np.random.default_rng(0))
    assert set(drawn) == {0, 1, 2, 3}
    assert np.abs(np.bincount(drawn.astype(int)) - 1000).max() < 150
    assert set(FixedTime(0.3).sample(5, np.random.default_rng(0))) == {0.3}
    squared = QuantileTime(lambda u: u**2)
    assert np.allclose(squared.quantile(u), u**2)
    with pytest.raises(InputError, match="non-decreasing"):
        QuantileTime(lambda u: 1 - u)
    with pytest.raises(InputError, match="probabilities"):
        DiscreteTime([0, 1], [0.5, 0.6])
    assert eval(repr(BetaTime(2, 1))) == BetaTime(2, 1)
    assert eval(repr(DiscreteTime([0, 1], [0.25, 0.75]))) == DiscreteTime([0, 1], [0.25, 0.75])
