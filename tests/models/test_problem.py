"""Problems: the joint law, the conditional side, shapes, and reprs that rebuild."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from fractions import Fraction

import numpy as np
import pytest
from model_cases import PATHS, problem, random_mixture
from scipy import stats

import fmproof.models as models
from fmproof.errors import InputError
from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LogitNormalTime,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TrigPath,
    UniformTime,
    VelocityTerm,
    VPPath,
)

SIGMAS = 5.0


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_conditional_side_against_its_definition(path):
    rng = np.random.default_rng(0)
    p = problem(random_mixture(rng, 2, 3), path)
    t, z, eps, x = p.sample_joint(6, rng)
    a, b = path.alpha(t), path.beta(t)
    np.testing.assert_allclose(x, a[:, None] * z + b[:, None] * eps)
    mean, std = p.conditional_mean_std(t, z)
    np.testing.assert_allclose(mean, a[:, None] * z)
    np.testing.assert_allclose(std, b)
    expected = [
        stats.multivariate_normal(m, s**2).logpdf(q) for m, s, q in zip(mean, std, x, strict=True)
    ]
    np.testing.assert_allclose(p.conditional_log_density(t, x, z), expected, rtol=1e-10)
    np.testing.assert_allclose(
        p.conditional_velocity(t, x, z), p.target(t, z, eps), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_conditional_velocity_moves_the_conditional_path(path):
    """d/dt (alpha z + beta eps) at fixed z and eps, by a complex step."""
    rng = np.random.default_rng(1)
    p = problem(random_mixture(rng, 2, 2), path)
    t, z, eps, _ = p.sample_joint(6, rng)
    step = t + 1e-30j
    expected = (path.alpha(step)[:, None] * z + path.beta(step)[:, None] * eps).imag * 1e30
    np.testing.assert_allclose(p.target(t, z, eps), expected, rtol=1e-10, atol=1e-12)


def regression_moments(p, n, rng):
    """Standard scores of E[(target - u_t(x)) phi_j(t, x)] = 0 for some test functions phi_j."""
    t, z, eps, x = p.sample_joint(n, rng)
    residual = p.target(t, z, eps) - p.marginal_velocity(t, x)
    tests = np.stack([np.ones(n), t, np.tanh(x[:, 0]), np.sin(x.sum(axis=1)), t * np.cos(x[:, 0])])
    terms = residual[:, None, :] * tests.T[:, :, None]
    return terms.mean(axis=0) / (terms.std(axis=0) / np.sqrt(n))


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_marginal_field_is_the_regression_of_the_target(path):
    """Each of ten scores below SIGMAS: a false alarm with probability below 6e-6."""
    rng = np.random.default_rng(17)
    p = dataclasses.replace(problem(random_mixture(rng, 3, 2), path), time=UniformTime(0.05, 0.95))
    assert np.all(np.abs(regression_moments(p, 40_000, rng)) < SIGMAS)


def test_the_regression_notices_a_wrong_target(monkeypatch):
    rng = np.random.default_rng(17)
    p = problem(random_mixture(rng, 3, 2), TrigPath())
    target = Problem.target
    monkeypatch.setattr(Problem, "target", lambda self, t, z, e: 1.05 * target(self, t, z, e))
    assert np.any(np.abs(regression_moments(p, 40_000, rng)) > SIGMAS)


def test_conditional_variance_is_the_mean_squared_residual():
    rng = np.random.default_rng(23)
    p = problem(random_mixture(rng, 3, 2), TrigPath())
    t, z, eps, x = p.sample_joint(100_000, rng)
    squares = ((p.target(t, z, eps) - p.marginal_velocity(t, x)) ** 2).sum(axis=1)
    difference = squares - p.conditional_variance(t, x)
    assert abs(difference.mean()) < SIGMAS * difference.std() / np.sqrt(len(t))
    assert abs(difference.mean()) < 0.02 * squares.mean()


def test_one_point_and_its_data_may_be_more_than_a_chunk():
    points = np.zeros((300, 500))
    points[0] = 2
    p = Problem(GaussianMixture.points(points), CondOTPath(), CallableVelocity(np.tanh, 500))
    x = np.array([[1.0] * 500, [0.0] * 500, [0.5] * 500])
    expected = [
        np.log(np.exp(logs - logs.max()) @ [1 / 300, 299 / 300]) + logs.max()
        for logs in stats.norm(0, 0.5).logpdf(x[:, :1] - [[1.0, 0.0]]) * 500
    ]
    np.testing.assert_allclose(p.marginal_log_density(0.5, x), expected, rtol=1e-12)


def test_no_points_are_answered_with_none():
    nothing = np.zeros((0, 2))
    assert P.marginal_log_density(0.5, nothing).shape == (0,)
    assert P.marginal_velocity([], nothing).shape == (0, 2)


def test_dimensions_must_agree():
    with pytest.raises(InputError) as error:
        Problem(GaussianMixture.points([[1, 2]]), CondOTPath(), LinearVelocity([[1]]))
    assert str(error.value) == "model: expected dimension 2, as the data have, found 1"


P = problem(GaussianMixture.points([[0.0, 1.0], [1.0, 0.0]]), TrigPath())
X = np.zeros((3, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: P.marginal_velocity(0.5, [0.0, 1.0]), "x: expected shape (N, 2), found (2,)"),
        (lambda: P.marginal_velocity(np.zeros((3, 1)), X), "t: expected shape (3,), found (3, 1)"),
        (lambda: P.marginal_log_density(1.5, X), "t: expected times in [0, 1], found 1.5"),
        (lambda: P.responsibilities([0.5, np.nan, 0], X), "t: expected times in [0, 1], found nan"),
        (lambda: P.target(0.5, X, X[:, :1]), "eps: expected shape (N, 2), found (3, 1)"),
        (lambda: P.target(0.5, X, X[:2]), "eps: expected 3 rows, as z has, found 2"),
        (lambda: P.conditional_velocity(0.5, X, X[:1]), "x: expected 1 rows, as z has, found 3"),
    ],
)
def test_shapes_and_times_are_checked(call, message):
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == message


def test_a_problem_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        P.path = CondOTPath()


third = Fraction(1, 3)

OBJECTS = [
    GaussianMixture([0.3, 0.7], [[-2.0], [1.5]], [[[0.25]], [[0.5]]]),
    GaussianMixture([third, 2 * third], [[0, 1], [2, 3]], [np.eye(2, dtype=int)] * 2),
    GaussianMixture.points([[0.1, 2], [3, 4]]),
    GaussianMixture.points([[1e-17], [1e300]], [third, 2 * third]),
    *PATHS,
    CustomPath("sin(pi*t/2)", "cos(pi*t/2)"),
    PolynomialPath(third + 1),
    VPPath(0.2, third),
    UniformTime(0, 0.999),
    UniformTime(third, 1),
    LogitNormalTime(-0.5, 2),
    PolynomialVelocity([VelocityTerm([0.1, third], 2, [1, 0]), VelocityTerm([1, 2], 0, [0, 3])]),
    LinearVelocity([[third]]),
    LinearVelocity([[[0.1, 0.2], [0.3, 0.4]], [[1, 2], [3, 4]]], [0.5, 0.6]),
    Problem(GaussianMixture.points([[1]]), CondOTPath(), LinearVelocity([[third]])),
]


@pytest.mark.parametrize("instance", OBJECTS, ids=lambda o: type(o).__name__)
def test_repr_rebuilds(instance):
    rebuilt = eval(repr(instance), dict(vars(models)))  # needs no other import
    assert rebuilt == instance
    assert hash(rebuilt) == hash(instance)
    assert repr(rebuilt) == repr(instance)
    assert getattr(rebuilt, "rational", None) == getattr(instance, "rational", None)


@pytest.mark.parametrize("instance", OBJECTS, ids=lambda o: type(o).__name__)
def test_pickle_and_deep_copy(instance):
    for again in (pickle.loads(pickle.dumps(instance)), copy.deepcopy(instance)):
        assert again == instance
        assert repr(again) == repr(instance)


@pytest.mark.parametrize("instance", OBJECTS, ids=lambda o: type(o).__name__)
def test_nothing_can_be_changed(instance):
    with pytest.raises(dataclasses.FrozenInstanceError):
        instance.name = "other"


@pytest.mark.parametrize(
    ("build", "arguments"),
    [
        (UniformTime, ("1/4", 1)),
        (LogitNormalTime, (0, 1)),
        (VPPath, (1, 2)),
        (PolynomialPath, (2,)),
        (GaussianMixture, ([1], [[0]], [[[1]]])),
        (lambda a, b: PolynomialVelocity([VelocityTerm([a]), VelocityTerm([b], 1)]), (1, 2)),
        (lambda a, b: LinearVelocity([[a]], [b]), (1, 2)),
    ],
)
def test_one_float_makes_the_whole_not_rational(build, arguments):
    def floating(value):
        if isinstance(value, list):
            return [floating(v) for v in value]
        return float(Fraction(value))

    assert build(*arguments).rational is True
    for i in range(len(arguments)):
        some = [floating(a) if i == j else a for j, a in enumerate(arguments)]
        assert build(*some).rational is False


def test_built_in_schedules_are_rational():
    assert all(path.rational for path in PATHS if path != PolynomialPath(0.75))


def test_different_objects_are_not_equal():
    for i, one in enumerate(OBJECTS):
        assert [other for other in OBJECTS[:i] if other == one] == []


def test_repr_of_a_function_and_of_much_data():
    assert repr(CallableVelocity(np.tanh, 2)) == "CallableVelocity(tanh, 2)"
    many = GaussianMixture.points(np.zeros((1000, 100)))
    assert repr(many) == "<GaussianMixture of 1000 components in dimension 100>"


@pytest.mark.parametrize("time", [0.3, np.linspace(0.1, 0.9, 5)])
def test_a_target_may_take_the_memory_of_what_it_is_made_of(time):
    """And is the same; without being told it leaves its arguments alone."""
    case = problem(random_mixture(np.random.default_rng(0), 3, 2), models.CondOTPath())
    z, eps = np.random.default_rng(1).standard_normal((2, 5, 2))
    given = z.copy(), eps.copy()
    plain = case.target(time, z, eps)
    assert (z == given[0]).all()
    assert (eps == given[1]).all()
    again = case.target(time, z, eps, overwrite=True)
    assert (again == plain).all()
    assert np.shares_memory(again, z)
