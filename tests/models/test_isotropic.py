"""The posterior by products against the one by differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fmproof.models import CondOTPath, GaussianMixture, Problem
from fmproof.models.isotropic import IsotropicPosterior
from fmproof.models.posterior import Posterior
from fmproof.models.velocity import CallableVelocity

RNG = np.random.default_rng(0)


def mixture(kind: str) -> GaussianMixture:
    means = RNG.standard_normal((80, 5))
    if kind == "points":
        return GaussianMixture.points(means)
    scales = RNG.uniform(0, 1, 80) if kind == "isotropic" else np.full(80, 0.5)
    weights = RNG.dirichlet(np.ones(80))
    return GaussianMixture(weights, means, scales[:, None, None] ** 2 * np.eye(5))


@pytest.mark.parametrize("kind", ["points", "isotropic", "one scale"])
def test_both_agree(kind: str) -> None:
    data = mixture(kind)
    assert IsotropicPosterior.fits(data)
    t = RNG.uniform(0, 0.97, 300)
    x = t[:, None] * data.sample(300, RNG) + (1 - t)[:, None] * RNG.standard_normal((300, 5))
    found, exact = (c(data, t, 1 - t, x) for c in (IsotropicPosterior, Posterior))
    assert not found.rough
    one = np.ones(300)
    assert found.log_density() == pytest.approx(exact.log_density(), abs=1e-9)
    assert found.responsibilities == pytest.approx(exact.responsibilities, abs=1e-9)
    assert found.velocity(one, -one) == pytest.approx(exact.velocity(one, -one), abs=1e-8)
    variance = exact.variance(one, -one)
    assert found.variance(one, -one) == pytest.approx(variance, rel=1e-8, abs=1e-300)
    assert (variance < 1e-4 * variance.max()).any() == (kind == "points")


def test_near_the_end_differences_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """At beta = 1e-9 squared distances from products would be noise."""
    data = mixture("points")
    x = data.means + 1e-9 * RNG.standard_normal((80, 5))
    t = np.full(80, 1 - 1e-9)
    assert IsotropicPosterior(data, t, 1 - t, x).rough
    problem = Problem(data, CondOTPath(), CallableVelocity(lambda t, x: x, 5))
    assert problem.responsibilities(t, x) == pytest.approx(np.eye(80), abs=1e-12)

    def refuse(*_: Any) -> None:
        raise AssertionError("by differences")

    monkeypatch.setattr(Posterior, "__init__", refuse)
    problem.marginal_velocity(0.3, x)
    with pytest.raises(AssertionError, match="by differences"):
        problem.marginal_velocity(t, x)


def test_others_do_not_fit() -> None:
    stretched = GaussianMixture([1], [[0.0] * 300], [np.diag([1.0, *[2.0] * 299])])
    assert not IsotropicPosterior.fits(stretched)
    assert not IsotropicPosterior.fits(GaussianMixture.points([[0.0], [1.0]]))
