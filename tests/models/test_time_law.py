"""The laws of the time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats

from fmproof.errors import InputError
from fmproof.models import LogitNormalTime, TimeLaw, UniformTime

LAWS = [
    TimeLaw.uniform(),
    TimeLaw.uniform(0.2, Fraction(1, 2)),
    TimeLaw.logit_normal(),
    TimeLaw.logit_normal(-1, 0.3),
    TimeLaw.logit_normal(2, 3),
]


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_density_integrates_to_one(law):
    low, high = law.support
    total, error = integrate.quad(law.density, low, high, epsabs=1e-10, limit=500)
    assert total == pytest.approx(1, abs=max(error, 1e-9))
    assert law.density([low - 0.1, high + 0.1]).tolist() == [0, 0]
    at_the_ends = 1 / (high - low) if isinstance(law, UniformTime) else 0
    assert law.density([low, high]).tolist() == [at_the_ends, at_the_ends]


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_quantile_inverts_the_distribution_function(law):
    u = np.array([0.01, 0.3, 0.5, 0.9])
    for level, t in zip(u, law.quantile(u), strict=True):
        below, _ = integrate.quad(law.density, law.support[0], t, epsabs=1e-10, limit=500)
        assert below == pytest.approx(level, abs=1e-8)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_samples_have_the_law(law):
    """Kolmogorov-Smirnov at the level 1e-4, fixed seed."""
    draws = law.sample(20_000, np.random.default_rng(1))
    levels = np.linspace(0, 1, 2001)
    result = stats.kstest(draws, lambda t: np.interp(t, law.quantile(levels), levels))
    assert result.pvalue > 1e-4


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_quantiles_stay_inside_the_support(law):
    low, high = law.support
    ends = law.quantile([0.0, 1e-300, 1.0 - 2**-53, 1.0])
    assert np.all((ends > low) & (ends < high))


def test_logit_normal_against_its_definition():
    law = TimeLaw.logit_normal(0.5, 2)
    s = np.array([-3.0, 0.0, 1.5])
    t = 1 / (1 + np.exp(-s))
    expected = stats.norm(0.5, 2).pdf(s) / (t * (1 - t))
    np.testing.assert_allclose(law.density(t), expected, rtol=1e-12)


def test_support():
    assert UniformTime(0.25, "1/2").support == (0.25, 0.5)
    assert LogitNormalTime(3, 2).support == (0.0, 1.0)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_single_precision_times_are_computed_in_double(law):
    half = np.array([0.3], dtype=np.float32)
    for function in (law.density, law.quantile):
        assert function(half).dtype == np.float64
        assert function(half).tolist() == [function(float(half[0]))]


def test_single_precision_times_are_compared_in_double():
    law = UniformTime(0, 0.3)
    above = np.float32(0.3)  # by a hair
    assert law.density([above, 0.3, np.float64(above)]).tolist() == [0, 1 / 0.3, 0]
    assert law.density(np.array([above])).tolist() == [0]


def test_parameters_are_kept_as_given():
    assert UniformTime(0, Fraction(1, 3)).rational
    assert not UniformTime(0, 0.999).rational
    assert TimeLaw.uniform() == UniformTime() == UniformTime(0, 1)
    assert TimeLaw.logit_normal() == LogitNormalTime() == LogitNormalTime(0, 1)
    assert LogitNormalTime("1/3", 2).mean == LogitNormalTime(0, "1/3").std == Fraction(1, 3)


BAD = ": expected 0 <= low < high <= 1, found "


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: UniformTime(0.5, 0.5), "high" + BAD + "low = 0.5, high = 0.5"),
        (lambda: UniformTime(-0.1, 0.5), "low" + BAD + "low = -0.1, high = 0.5"),
        (lambda: UniformTime(0, 1.5), "high" + BAD + "low = 0, high = 1.5"),
        (lambda: UniformTime(0, float("nan")), "high: expected a finite number, found nan"),
        (lambda: LogitNormalTime(0, 0), "std: expected a positive number, found 0"),
        (lambda: LogitNormalTime("a", 1), "mean: expected a number, found 'a'"),
        (lambda: LogitNormalTime(1, "a"), "std: expected a number, found 'a'"),
        (lambda: UniformTime("a", 1), "low: expected a number, found 'a'"),
    ],
)
def test_bad_parameters_are_named(build, message):
    with pytest.raises(InputError) as error:
        build()
    assert str(error.value) == message
