"""Gaussian mixtures: densities, samples, moments, validation."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from model_cases import random_mixture
from scipy import stats

from fmproof.errors import InputError
from fmproof.models import GaussianMixture

SIGMAS = 5.0
"""The level of the statistical tests: a false alarm in each with probability below 6e-7."""


def test_log_density_is_the_weighted_sum_of_scipys():
    rng = np.random.default_rng(0)
    data = random_mixture(rng, 4, 3)
    x = 3 * rng.normal(size=(50, 3))
    expected = sum(
        w * stats.multivariate_normal(m, c).pdf(x)
        for w, m, c in zip(data.weights, data.means, data.covariances, strict=True)
    )
    np.testing.assert_allclose(np.exp(data.log_density(x)), expected, rtol=1e-11)


def test_log_density_where_the_density_underflows():
    data = GaussianMixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[1e-12]]])
    expected = np.log(0.5) - 0.5 * 100.0**2 - 0.5 * np.log(2 * np.pi)
    assert data.log_density([[-100.0]])[0] == pytest.approx(expected, rel=1e-14)
    assert data.log_density([[1e200]])[0] == -np.inf


def test_singular_component_has_no_density():
    data = GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], [[[1, 0], [0, 1]], [[1, 1], [1, 1]]])
    with pytest.raises(InputError) as error:
        data.log_density([[0.0, 0.0]])
    assert str(error.value) == (
        "no density with respect to Lebesgue measure: covariances[1] is singular"
    )


def check_moments(data, draws):
    """First and second sample moments within SIGMAS standard errors."""
    second = (draws[:, :, None] * draws[:, None, :]).reshape(len(draws), -1)
    for sample, expected in [(draws, data.mean()), (second, data.second_moment().ravel())]:
        error = sample.std(axis=0) / np.sqrt(len(sample)) + 1e-12
        assert np.all(np.abs(sample.mean(axis=0) - expected) < SIGMAS * error)


@pytest.mark.parametrize("dim", [1, 3])
def test_sample_moments(dim):
    rng = np.random.default_rng(20240607)
    data = random_mixture(rng, 3, dim)
    check_moments(data, data.sample(100_000, rng))


def test_sample_moments_of_points_and_of_a_singular_component():
    rng = np.random.default_rng(5)
    check = GaussianMixture.points([[0, 1], [2, 3], [4, -5]], [0.2, 0.3, 0.5])
    check_moments(check, check.sample(50_000, rng))
    flat = GaussianMixture([1], [[1, 2]], [[[1, 1], [1, 1]]])
    draws = flat.sample(1000, rng)
    np.testing.assert_allclose(draws[:, 0] - 1, draws[:, 1] - 2, atol=1e-7)
    check_moments(flat, draws)


def test_the_moment_check_notices_a_wrong_mean():
    rng = np.random.default_rng(5)
    data = random_mixture(rng, 3, 2)
    with pytest.raises(AssertionError):
        check_moments(data, 1.02 * data.sample(100_000, rng))


def test_moments_in_closed_form():
    data = GaussianMixture([0.25, 0.75], [[1.0, 0.0], [0.0, 2.0]], [np.eye(2), 2 * np.eye(2)])
    np.testing.assert_allclose(data.mean(), [0.25, 1.5])
    np.testing.assert_allclose(data.second_moment(), [[2.0, 0.0], [0.0, 4.75]])


def test_from_noise_inverts_the_distribution_of_the_components():
    data = GaussianMixture.points([[0.0], [1.0], [2.0]], [0.5, 0.25, 0.25])
    u = np.array([0.0, 0.49, 0.5, 0.74, 0.75, np.nextafter(1, 0)])
    assert data.from_noise(u, np.zeros((6, 1))).ravel().tolist() == [0, 0, 1, 1, 2, 2]
    never = GaussianMixture.points([[0.0], [1.0]], [0, 1])
    assert never.from_noise(np.zeros(1), np.zeros((1, 1))).tolist() == [[1]]


def test_from_noise_makes_up_for_weights_that_round_to_less_than_one():
    tenths = GaussianMixture.points([[k] for k in range(10)], [0.1] * 10)
    assert tenths.weights.cumsum()[-1] < 1
    u = np.array([np.nextafter(1, 0), 1.0])
    assert tenths.from_noise(u, np.zeros((2, 1))).ravel().tolist() == [9, 9]


def test_no_points_have_no_densities():
    data = GaussianMixture([1], [[0, 0]], [[[1, 0], [0, 1]]])
    assert data.log_density(np.zeros((0, 2))).shape == (0,)
    assert data.sample(0, np.random.default_rng(0)).shape == (0, 2)


def test_rational_inputs_are_remembered():
    third = sympy.Rational(1, 3)
    data = GaussianMixture([third, "2/3"], [[Decimal("0.1")], [np.int64(2)]], [[[1]], [["1/7"]]])
    assert data.rational
    weights, means, covariances = data.exact()
    assert weights.tolist() == [Fraction(1, 3), Fraction(2, 3)]
    assert means.tolist() == [[Fraction(1, 10)], [2]]
    assert covariances.tolist() == [[[1]], [[Fraction(1, 7)]]]
    assert data.weights.dtype == data.means.dtype == np.float64


@pytest.mark.parametrize(
    ("dtype", "rational"), [("i4", True), ("u1", True), ("f4", False), ("f8", False)]
)
def test_arrays_become_float64_and_integers_stay_rational(dtype, rational):
    one = np.ones((1, 1, 1), dtype=dtype)
    data = GaussianMixture(one[0, 0], 3 * one[0], one)
    assert data.rational is rational
    for part in (data.weights, data.means, data.covariances):
        assert part.dtype == np.float64
    assert data.exact()[1].tolist() == [[Fraction(3)]]


def test_floats_are_not_rational_but_have_exact_weights():
    data = GaussianMixture([0.1, 0.9], [[0.1], [1]], [[[1]], [[1]]])
    assert not data.rational
    weights, means, _ = data.exact()
    assert weights.sum() == 1
    assert means[0, 0] == Fraction(0.1) != Fraction(1, 10)


def test_a_data_set_of_points_does_not_store_covariances():
    points = np.zeros((500, 400))
    tracemalloc.start()
    data = GaussianMixture.points(points)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert data.covariances.shape == (500, 400, 400)
    assert peak < 20 * points.nbytes  # the matrices would take 400 times as much


def test_arrays_cannot_be_changed():
    source = np.array([[1.0], [2.0]])
    data = GaussianMixture([0.5, 0.5], source, [[[1.0]], [[1.0]]])
    source[0] = 7
    assert data.means[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        data.means[0] = 3
    with pytest.raises(AttributeError):
        data.weights = None


ONE = [[[1.0]]]

BAD = [
    (([-0.5, 1.5], [[0], [1]], ONE * 2), "weights[0]: expected a non-negative number, found -0.5"),
    (([1.5, -0.5], [[0], [1]], ONE * 2), "weights[1]: expected a non-negative number, found -0.5"),
    (([0.5, 0.4], [[0], [1]], ONE * 2), "weights: expected the sum 1, found 0.9"),
    (([1], [[0], [1]], ONE * 2), "weights: expected 2 entries, one for each row of means, found 1"),
    (([], [], []), "means: expected at least one entry, found none"),
    (([1], [[]], ONE), "means: expected at least one entry, found none"),
    (([1], [0], ONE), "means: expected shape (K, d), found (1,)"),
    (([[1]], [[0]], ONE), "weights: expected shape (K,), found (1, 1)"),
    (([1], [[0]], [[1]]), "covariances: expected shape (K, d, d), found (1, 1)"),
    (
        ([1], [[0, 0]], ONE),
        "covariances: expected shape (1, 2, 2) to go with the means, found (1, 1, 1)",
    ),
    (([1], [[float("nan")]], ONE), "means[0][0]: expected a finite number, found nan"),
    (([1], np.array([[np.inf]]), ONE), "means[0][0]: expected a finite number, found inf"),
    (([1], [["a"]], ONE), "means[0][0]: expected a number, found 'a'"),
    (([1], [[None]], ONE), "means[0][0]: expected a number, found None"),
    (([True], [[0]], ONE), "weights[0]: expected a number, found True"),
    (([0.5, 0.5], [[0], [1, 2]], ONE * 2), "means: the rows have different lengths"),
    (([1], [[10**5000]], ONE), "means[0][0]: expected a number within the range of float64"),
    (
        ([1], [[Decimal("1e-999999999")]], ONE),
        "means[0][0]: expected a number within the range of float64",
    ),
    (
        ([1], [[0, 0]], [[[1, 0.5], [0.4, 1]]]),
        "covariances[0]: expected a symmetric matrix, found 0.5 at [0][1] and 0.4 at [1][0]",
    ),
    (
        ([0.5, 0.5], [[0, 0]] * 2, [[[1, 0], [0, 1]], [[1, 2], [2, 1]]]),
        "covariances[1]: expected a positive semidefinite matrix, found the eigenvalue -1",
    ),
    (
        ([1], [[0]], [[[-1e-9]]]),
        "covariances[0]: expected a positive semidefinite matrix, found the eigenvalue -1e-09",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[m[:60] for _, m in BAD])
def test_bad_input_is_named(arguments, message):
    with pytest.raises(InputError) as error:
        GaussianMixture(*arguments)
    assert str(error.value) == message


def test_bad_points_are_named():
    with pytest.raises(InputError) as error:
        GaussianMixture.points([[1.0], [2.0]], [1.0])
    assert str(error.value) == "weights: expected 2 entries, one for each row of points, found 1"
    with pytest.raises(InputError, match=r"^weights: expected shape \(K,\), found \(1, 1\)$"):
        GaussianMixture.points([[1.0]], [[1.0]])
    with pytest.raises(InputError, match=r"^points: expected shape \(K, d\), found \(1,\)$"):
        GaussianMixture.points([1.0])


def test_rounding_in_a_covariance_is_not_an_error():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(5, 2))
    data = GaussianMixture([1], [[0] * 5], [root @ root.T])  # rank 2 up to rounding
    assert np.count_nonzero(data.scales) == 2
    for scale in (1e-12, 1e12):  # what is small is small beside the largest entry
        many = GaussianMixture([1], [[0] * 5], [scale * (root @ root.T)])
        assert np.count_nonzero(many.scales) == 2
    pair = GaussianMixture([0.5, 0.5], [[0, 0]] * 2, [1e12 * (1 + np.eye(2)), 1e-12 * np.eye(2)])
    np.testing.assert_allclose(pair.scales[1], 1e-6)
    skewed = np.array([[2.0, 1.0], [1.0 + 1e-16, 2.0]])
    assert GaussianMixture([1], [[0, 0]], [skewed]).dim == 2


def test_points_have_covariances_of_zeros():
    data = GaussianMixture.points([[1, 2], [3, 4], [5, 6]])
    assert data.covariances.dtype == data.scales.dtype == np.float64
    np.testing.assert_array_equal(data.covariances, np.zeros((3, 2, 2)))
    np.testing.assert_array_equal(data.scales, np.zeros((3, 2)))
    assert data.bases is None
    assert data == GaussianMixture(["1/3"] * 3, data.means, np.zeros((3, 2, 2)))
    assert data.exact()[2].tolist() == [[[0, 0], [0, 0]]] * 3
    assert data.exact()[0].tolist() == [Fraction(1, 3)] * 3


@pytest.mark.parametrize("change", range(4))
def test_mixtures_differ_when_any_part_does(change):
    parts = [
        ([0.5, 0.5], [[0], [1]], ONE * 2),
        ([0.25, 0.75], [[0], [1]], ONE * 2),
        ([0.5, 0.5], [[0], [2]], ONE * 2),
        ([0.5, 0.5], [[0], [1]], [*ONE, [[2.0]]]),
    ]
    mixtures = [GaussianMixture(*p) for p in parts]
    assert [m == mixtures[change] for m in mixtures] == [i == change for i in range(4)]
    assert mixtures[change] != parts[change]
    assert len({hash(m) for m in mixtures}) == 3  # the covariances have no part in it


@pytest.mark.parametrize(
    ("sizes", "pages"),
    [((20_000, 1), False), ((20_001, 1), True), ((10_000, 2), False), ((10_001, 2), True)],
)
def test_points_are_written_out_up_to_twenty_thousand_numbers(sizes, pages):
    count, dim = sizes
    shown = repr(GaussianMixture.points(np.zeros(sizes)))
    short = f"<GaussianMixture of {count} components in dimension {dim}>"
    assert (shown == short) is pages
    assert shown.startswith("GaussianMixture.points([[0.0") is not pages


@pytest.mark.parametrize(("count", "pages"), [(10_000, False), (10_001, True)])
def test_means_and_covariances_count_together(count, pages):
    weights = [1 - 1e-6 * (count - 1)] + [1e-6] * (count - 1)
    shown = repr(GaussianMixture(weights, np.zeros((count, 1)), np.ones((count, 1, 1))))
    assert shown.startswith("<") is pages


def test_tiny_and_huge_diagonal_scales_are_kept():
    data = GaussianMixture([1], [[0, 0]], [np.diag([1e-300, 1e12])])
    np.testing.assert_allclose(data.scales, [[1e-150, 1e6]])


def test_exact_covariances_are_symmetric():
    skewed = [[2.0, 1.0, 0.0], [1.0 + 2**-45, 3.0, 0.5], [0.0, 0.5, 4.0]]
    _, _, (exact,) = GaussianMixture([1], [[0] * 3], [skewed]).exact()
    assert exact.tolist() == [
        [2, 1 + Fraction(1, 2**46), 0],
        [1 + Fraction(1, 2**46), 3, Fraction(1, 2)],
        [0, Fraction(1, 2), 4],
    ]


def test_weights_within_rounding_are_accepted():
    tenth = GaussianMixture([0.1] * 10, [[k] for k in range(10)], ONE * 10)
    assert abs(tenth.weights.sum() - 1) < 1e-15
    with pytest.raises(InputError, match="sum 1"):
        GaussianMixture([0.333, 0.333, 0.333], [[0]] * 3, ONE * 3)
