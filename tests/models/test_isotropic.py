"""The posterior by products, and that of near components, against the one by differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fmproof.models import CondOTPath, GaussianMixture, Problem
from fmproof.models.isotropic import IsotropicPosterior
from fmproof.models.near import NearPosterior
from fmproof.models.posterior import Posterior
from fmproof.models.velocity import CallableVelocity

KINDS = ["points", "isotropic", "one scale"]


def mixture(kind: str, count: int = 80, dim: int = 5) -> GaussianMixture:
    rng = np.random.default_rng(0)
    means = rng.standard_normal((count, dim)) + 3
    if kind == "points":
        return GaussianMixture.points(means)
    scales = rng.uniform(0, 1, count) if kind == "isotropic" else np.full(count, 0.5)
    weights = rng.dirichlet(np.ones(count))
    weights[0], weights[1] = 0.0, weights[0] + weights[1]
    return GaussianMixture(weights, means, scales[:, None, None] ** 2 * np.eye(dim))


def with_field(data: GaussianMixture) -> Problem:
    return Problem(data, CondOTPath(), CallableVelocity(lambda t, x: x, data.dim))


def drawn(data: GaussianMixture, t: Any) -> Any:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((len(t), data.dim))
    return t[:, None] * data.sample(len(t), rng) + (1 - t)[:, None] * noise


def agree(found: Any, exact: Any) -> None:
    one = np.ones(len(exact.white))
    assert found.log_density() == pytest.approx(exact.log_density(), abs=1e-9)
    assert found.responsibilities == pytest.approx(exact.responsibilities, abs=1e-9)
    assert found.velocity(one, -one) == pytest.approx(exact.velocity(one, -one), abs=1e-8)
    variance = exact.variance(one, -one)
    assert found.variance(one, -one) == pytest.approx(variance, rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("kind", KINDS)
def test_both_agree(kind: str) -> None:
    data = mixture(kind)
    assert data.by_products
    t = np.random.default_rng(2).uniform(0, 0.97, 300)
    x = drawn(data, t)
    exact = Posterior(data, t, 1 - t, x)
    agree(IsotropicPosterior(data, t, 1 - t, x), exact)
    agree(NearPosterior(data, t, 1 - t, x), exact)
    variance = exact.variance(np.ones(300), -np.ones(300))
    # Both ways of a variance by products were taken.
    assert (variance < 1e-4 * variance.max()).any() == (kind == "points")


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_of_components_merge(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More components than one block has, the nearest of them in the last."""
    from fmproof.models import isotropic

    monkeypatch.setattr(isotropic, "_BLOCK", 64)
    monkeypatch.setattr(isotropic, "_ROWS", 16)
    data = mixture(kind)
    t = np.full(20, 0.6)
    x = 0.6 * data.means[-20:] + 0.01
    agree(IsotropicPosterior(data, t, 1 - t, x), Posterior(data, t, 1 - t, x))


@pytest.mark.parametrize("kind", KINDS)
def test_at_every_distance_from_the_end(kind: str) -> None:
    """At beta = 1e-9 squared distances from products would be noise."""
    data = mixture(kind)
    t = 1 - 10 ** np.random.default_rng(3).uniform(-12, -1, 300)
    x, one = drawn(data, t), np.ones(300)
    exact = Posterior(data, t, 1 - t, x)
    agree(NearPosterior(data, t, 1 - t, x), exact)
    marks = np.arange(data.components) % 3 + 1.0
    velocity, variance, mean = with_field(data).marginal_moments(t, x, marks)
    assert mean == pytest.approx(exact.responsibilities @ marks, rel=1e-7)
    assert velocity == pytest.approx(exact.velocity(one, -one), abs=1e-8)
    assert variance == pytest.approx(exact.variance(one, -one), rel=1e-6, abs=1e-12)


def test_where_products_are_noise_they_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    data = mixture("points")
    problem = with_field(data)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("by products")

    monkeypatch.setattr(IsotropicPosterior, "__init__", refuse)
    x = data.means + 1e-9 * np.random.default_rng(0).standard_normal((80, 5))
    assert problem.responsibilities(1 - 1e-9, x) == pytest.approx(np.eye(80), abs=1e-12)
    with pytest.raises(AssertionError, match="by products"):
        problem.marginal_velocity(0.3, x)


@pytest.mark.parametrize("kind", KINDS)
def test_float32_is_right_to_three_digits_at_every_time(kind: str) -> None:
    data = mixture(kind, 300, 20)
    problem = with_field(data)
    t = np.random.default_rng(4).uniform(0, 1, 500)
    x = drawn(data, t)
    found = problem.marginal_velocity(t, x, single=True)
    assert found.dtype == np.float32
    exact = problem.marginal_velocity(t, x)
    assert exact.dtype == np.float64
    assert np.abs(found - exact).max() < 5e-3 * np.abs(exact).max()


def test_others_do_not_fit() -> None:
    stretched = GaussianMixture([1], [[0.0] * 300], [np.diag([1.0, *[2.0] * 299])])
    assert not stretched.by_products
    assert not GaussianMixture.points([[0.0], [1.0]]).by_products


def test_no_rows_are_no_rows() -> None:
    problem = with_field(mixture("points"))
    assert problem.marginal_velocity(0.3, np.zeros((0, 5))).shape == (0, 5)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_lengths_whose_squares_are_no_floats(scale: float) -> None:
    data = GaussianMixture.points(scale * np.arange(1.0, 41).reshape(20, 2))
    x = 0.5 * data.means
    found = with_field(data).responsibilities(0.5, x)
    exact = Posterior(data, np.full(1, 0.5), np.full(1, 0.5), x).responsibilities
    assert np.array_equal(found, exact, equal_nan=True)
