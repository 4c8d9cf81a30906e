"""The exact test of the noise: its level holds for any data, and it sees small mistakes."""

from __future__ import annotations

import numpy as np
import pytest
from samplers import RING

from fmproof.models import CondOTPath, GaussianMixture, TrigPath
from fmproof.testing import CheckFailed, assert_conditional_velocity
from fmproof.testing.made_of import Made
from fmproof.testing.noise import Scores, data_score, noise_test, scores
from fmproof.testing.reference import Reference
from fmproof.testing.whole_laws import noise_law

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


@pytest.mark.parametrize(
    ("shape", "shared", "words"),
    [
        ((64,), (1,), "the coordinates of a row: they share an offset"),
        ((3, 8, 8), (3, 1, 1), "of a channel, the first axis: they share an offset"),
        ((8, 8, 3), (1, 1, 3), "of a channel, the last axis: they share an offset"),
        ((64,), None, "their mean is taken out of them"),
    ],
)
def test_the_coordinates_of_noise_are_independent(shape, shared, words):
    def sample(x1, rng, offset=0.1):
        x0 = rng.standard_normal(x1.shape)
        if shared is None:
            x0 = x0 - offset * 10 * x0.mean(axis=1, keepdims=True)
        else:
            x0 = x0 + offset * rng.standard_normal((len(x1), *shared))
        t = rng.random((len(x1), *(1 for _ in shape)))
        return (1 - t) * x0 + t * x1, x1 - x0, t.reshape(-1)

    data = np.random.default_rng(0).random((5, *shape))
    assert_conditional_velocity(
        lambda x1, rng: sample(x1, rng, 0.0), CondOTPath(), data, samples=1_000
    )
    with pytest.raises(CheckFailed) as caught:
        assert_conditional_velocity(sample, CondOTPath(), data, samples=1_000)
    assert words in str(caught.value)


def test_the_level_of_sums_holds():
    reference = Reference.of(CondOTPath(), np.zeros((1, 2, 3)))
    rng, every, p_values = np.random.default_rng(0), np.ones(50, dtype=bool), []
    for _ in range(400):
        eps, none = rng.standard_normal((50, 6)), np.zeros(50)
        made = Made(none, none, eps, eps, none, none, every)
        p_values.append(noise_law(reference, made).p_value)
    assert (np.array(p_values) <= 0.1).mean() <= 0.1
