"""The exact test of the noise: its level holds for any data, and it sees small mistakes."""

from __future__ import annotations

import numpy as np
import pytest
from samplers import RING

from fmproof.models import CondOTPath, GaussianMixture, TrigPath
from fmproof.testing.noise import Scores, data_score, noise_test, scores
from fmproof.testing.reference import Reference

LINE = GaussianMixture([0.3, 0.7], [[-2], [1.5]], [[[0.25]], [[0.5]]])


def drawn(reference, n, rng):
    return (
        reference.time.sample(n, rng),
        reference.data.sample(n, rng),
        rng.standard_normal((n, reference.dim)),
    )


@pytest.mark.parametrize("path", [CondOTPath(), TrigPath()])
@pytest.mark.parametrize("size", [3, 200])
def test_the_level_holds(path, size):
    reference, rng = Reference.of(path, LINE), np.random.default_rng(size)
    p_values = np.array(
        [noise_test(scores(reference, *drawn(reference, size, rng))).p_value for _ in range(500)]
    )
    for level in (0.5, 0.1):  # five functions, ten tails: far below the level
        assert (p_values <= level).mean() <= level / 2


@pytest.mark.parametrize("data", [LINE, RING])
def test_noise_that_is_too_large_by_one_percent(data):
    reference, rng = Reference.of(CondOTPath(), data), np.random.default_rng(0)
    parts = [scores(reference, *drawn(reference, 50_000, rng)) for _ in range(2)]
    assert noise_test(Scores.join(parts)).p_value > 1e-3
    t, z, eps = drawn(reference, 100_000, rng)
    verdict = noise_test(scores(reference, t, z, 1.02 * eps))
    assert verdict.p_value < 1e-6
    assert verdict.standard_errors > 6


def test_uniform_noise_is_not_normal():
    reference, rng = Reference.of(CondOTPath(), LINE), np.random.default_rng(0)
    t, z, eps = drawn(reference, 1_000, rng)
    assert noise_test(scores(reference, t, z, rng.random(eps.shape))).p_value < 1e-9


def test_the_score_of_a_mixture_is_the_slope_of_its_log_density():
    reference, x = Reference.of(CondOTPath(), LINE), np.linspace(-3, 3, 13)[:, None]
    slope = (LINE.log_density(x + 1e-5) - LINE.log_density(x - 1e-5)) / 2e-5
    np.testing.assert_allclose(data_score(reference, x)[:, 0], slope, rtol=1e-4, atol=1e-4)
    points = Reference.of(CondOTPath(), [[0.0], [1.0]])
    assert not data_score(points, x).any()
