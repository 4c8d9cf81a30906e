"""The exact method against reference values, other quadratures and its own algebra."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from fmproof.errors import InputError
from fmproof.losses.exact import ExactCFM
from fmproof.losses.time_integrals import EnclosedTimeIntegrals
from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LinearVPPath,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    VelocityTerm,
    VPPath,
)

HALF, TENTH = Fraction(1, 2), Fraction(1, 10)

R1 = Problem(
    GaussianMixture([3 * TENTH, 7 * TENTH], [[-2], [3 * HALF]], [[[HALF**2]], [[HALF]]]),
    CondOTPath(),
    PolynomialVelocity(
        [VelocityTerm([HALF], 0, [1]), VelocityTerm([-2 * TENTH], 1), VelocityTerm([TENTH])]
    ),
)


def test_r1_as_rationals():
    exact = ExactCFM(R1)
    assert exact.loss().exact == Fraction(827, 240)
    assert exact.c2().exact == Fraction(-21, 5)
    assert exact.loss().value == float(Fraction(827, 240))
    assert exact.loss().error == exact.c2().error == 0
    assert exact.loss().method == "exact"


def test_r2_to_double_precision():
    angles = np.arange(8) * np.pi / 4
    problem = Problem(
        GaussianMixture(
            np.full(8, 1 / 8),
            2 * np.stack([np.cos(angles), np.sin(angles)], axis=1),
            np.broadcast_to(0.09 * np.eye(2), (8, 2, 2)),
        ),
        CondOTPath(),
        LinearVelocity([[0.3, -0.2], [0.1, 0.4]], [0.1, -0.1]),
    )
    exact = ExactCFM(problem)
    assert exact.loss().value == pytest.approx(5.746, rel=1e-15)
    assert exact.c2().value == pytest.approx(-6.18, rel=1e-15)
    assert exact.loss().exact is None
    assert 0 < exact.loss().error < 1e-14


def gauss(problem, nodes=24):
    """L_CFM by Gauss-Hermite in (z, eps) and Gauss-Legendre in t, from the definition."""
    data, dim = problem.data, problem.dim
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / weights.sum()
    grid = np.array(list(itertools.product(points, repeat=2 * dim)))
    mass = np.array([np.prod(w) for w in itertools.product(weights, repeat=2 * dim)])
    eps = grid[:, dim:]
    times, time_weights = np.polynomial.legendre.leggauss(40)
    low, high = problem.time.support
    total = 0.0
    for t, time_weight in zip(low + (high - low) * (times + 1) / 2, time_weights / 2, strict=True):
        for w, mean, covariance in zip(data.weights, data.means, data.covariances, strict=True):
            values, vectors = np.linalg.eigh(covariance)
            z = mean + grid[:, :dim] * np.sqrt(np.maximum(values, 0)) @ vectors.T
            x = problem.path.alpha(t) * z + problem.path.beta(t) * eps
            target = problem.path.dalpha(t) * z + problem.path.dbeta(t) * eps
            total += time_weight * w * (mass @ ((problem.model(t, x) - target) ** 2).sum(axis=1))
    return total


def random_polynomial(rng, dim, degree, terms):
    return PolynomialVelocity(
        [
            VelocityTerm(
                rng.normal(size=dim),
                int(rng.integers(0, 3)),
                rng.multinomial(int(rng.integers(0, degree + 1)), np.ones(dim) / dim).tolist(),
            )
            for _ in range(terms)
        ]
    )


def random_problem(seed, dim, degree, path, time=None):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(2, dim, dim))
    data = GaussianMixture(
        rng.dirichlet([1, 1]), rng.normal(size=(2, dim)), roots @ roots.transpose(0, 2, 1)
    )
    model = random_polynomial(rng, dim, degree, 5)
    return Problem(data, path, model, time or TimeLaw.uniform())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("path", "time"),
    [
        (CondOTPath(), TimeLaw.uniform()),
        (CondOTPath(), TimeLaw.uniform(0.25, 0.8)),
        (TrigPath(), TimeLaw.uniform()),
        (PolynomialPath(3), TimeLaw.uniform(0, 0.5)),
        (LinearVPPath(), TimeLaw.uniform(0.1, 0.9)),
        (VPPath(), TimeLaw.uniform(0.1, 0.9)),
        (CustomPath("sinh(t)/sinh(1)", "1 - t^2"), TimeLaw.uniform()),
    ],
    ids=repr,
)
def test_loss_against_gauss_quadrature(seed, path, time):
    problem = random_problem(seed, 1, 4, path, time)
    expected = gauss(problem)
    assert ExactCFM(problem).loss().value == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_loss_with_full_covariances_against_gauss_quadrature(seed):
    problem = random_problem(seed, 2, 3, TrigPath())
    expected = gauss(problem, nodes=5)  # exact for degree 9; the squared loss has degree 6
    assert ExactCFM(problem).loss().value == pytest.approx(expected, rel=1e-10)


def test_logit_normal_time_against_a_fine_riemann_sum():
    problem = random_problem(3, 1, 3, LinearVPPath(), TimeLaw.logit_normal(0.3, 0.8))
    s = np.linspace(-12, 12, 4001)
    weights = np.exp(-0.5 * s**2) / np.sqrt(2 * np.pi) * (s[1] - s[0])
    times = 1 / (1 + np.exp(-(0.3 + 0.8 * s)))
    points, mass = np.polynomial.hermite_e.hermegauss(12)
    grid, mass = np.array(list(itertools.product(points, repeat=2))), np.outer(mass, mass).ravel()
    expected = 0.0
    for w, mean, covariance in zip(
        problem.data.weights, problem.data.means, problem.data.covariances, strict=True
    ):
        for (g, e), m in zip(grid, mass / mass.sum(), strict=True):
            z, eps = np.full((4001, 1), mean + covariance[0, 0] ** 0.5 * g), np.full((4001, 1), e)
            residual = problem.model(times, problem.interpolate(times, z, eps)) - problem.target(
                times, z, eps
            )
            expected += w * m * (weights @ residual[:, 0] ** 2)
    assert ExactCFM(problem).loss().value == pytest.approx(expected, rel=1e-10)


def test_the_comparison_notices_a_wrong_moment(monkeypatch):
    import fmproof.losses.exact as module

    monkeypatch.setattr(module, "normal_moment", lambda power: 1)  # E eps^4 = 1, not 3
    with pytest.raises(AssertionError):
        test_loss_against_gauss_quadrature(0, CondOTPath(), TimeLaw.uniform())


def problems(rational=True):
    numbers = st.fractions(-3, 3, max_denominator=12) if rational else st.floats(-3, 3)
    variances = st.fractions(0, 3, max_denominator=12) if rational else st.floats(0, 3)
    term = st.tuples(
        st.lists(numbers, min_size=1, max_size=1),
        st.integers(0, 2),
        st.lists(st.integers(0, 4), min_size=1, max_size=1),
    )
    return st.builds(
        lambda means, variance, terms, path: Problem(
            GaussianMixture(
                [Fraction(1, len(means))] * len(means),
                [[m] for m in means],
                [[[variance]]] * len(means),
            ),
            path,
            PolynomialVelocity([VelocityTerm(*t) for t in terms]),
        ),
        st.lists(numbers, min_size=1, max_size=3),
        variances,
        st.lists(term, min_size=1, max_size=4),
        st.sampled_from([CondOTPath(), PolynomialPath(2), PolynomialPath(Fraction(3, 4))]),
    )


@examples(40)
@given(problems())
def test_the_quadratic_form_is_the_loss(problem):
    exact = ExactCFM(problem)
    g, b, c = (part.exact for part in exact.quadratic_form())
    theta = problem.model.exact().ravel()
    loss = exact.loss().exact
    assert theta @ g @ theta - 2 * b @ theta + c == loss
    assert (exact.gradient().exact == 2 * (g @ theta - b)).all()
    assert exact.c2().exact == -c
    assert loss >= 0
    # Along any line the loss is a parabola, so a central difference is its derivative exactly.
    line = np.array([Fraction(k + 1, 3) for k in range(len(theta))])
    slope = (exact.loss(theta + line).exact - exact.loss(theta - line).exact) / 2
    assert slope == exact.gradient().exact @ line


@examples(40)
@given(problems(rational=False))
def test_float_inputs_stay_within_the_error_of_the_rational_answer(problem):
    as_rationals = Problem(
        GaussianMixture(*problem.data.exact()),
        problem.path,
        problem.model.with_theta(problem.model.exact().ravel()),
    )
    found, expected = ExactCFM(problem).loss(), ExactCFM(as_rationals).loss()
    assert found.exact is None or problem.model.rational
    assert abs(Fraction(found.value) - expected.exact) <= found.error


@examples(8)
@given(problems())
def test_enclosed_times_agree_with_rational_times_within_the_error(problem):
    exact, other = ExactCFM(problem), ExactCFM(problem)
    other._time = EnclosedTimeIntegrals(problem.path, problem.time)
    for name in ("loss", "c2", "gradient"):
        expected, found = getattr(exact, name)(), getattr(other, name)()
        off = np.abs(np.vectorize(Fraction)(found.value) - expected.exact)
        assert np.all(off <= found.error)
        assert np.all(found.error <= 1e-14 * (1 + np.abs(expected.value)))


def test_the_gradient_vanishes_at_the_optimum_and_nowhere_near():
    exact = ExactCFM(R1)
    best = exact.optimum().exact
    assert (exact.gradient(best).exact == 0).all()
    assert exact.loss(best).exact < exact.loss().exact
    for j in range(3):
        nudge = best + Fraction(1, 1000) * np.eye(3, dtype=int)[j]
        assert exact.loss(nudge).exact > exact.loss(best).exact


@pytest.mark.parametrize("path", [TrigPath(), VPPath(0, 20)], ids=repr)
def test_the_optimum_without_rational_times(path):
    exact = ExactCFM(random_problem(1, 2, 1, path))
    exact = ExactCFM(dataclasses.replace(exact.problem, model=LinearVelocity(np.eye(2), [0, 0])))
    best = exact.optimum()
    assert best.exact is None
    assert (best.error < 1e-13).all()
    gradient = exact.gradient(best.value)
    assert np.all(np.abs(gradient.value) < 1e-12)


def test_optimum_of_a_gaussian_is_known():
    """For z ~ N(m, s^2) the field is linear in x at each t; with data m alone and t fixed near 1/2
    the best linear field has slope cov(x, u)/var(x)."""
    low, high = Fraction(499, 1000), Fraction(501, 1000)
    problem = Problem(
        GaussianMixture([1], [[2]], [[[4]]]),
        CondOTPath(),
        LinearVelocity([[0]], [0]),
        TimeLaw.uniform(low, high),
    )
    slope, offset = ExactCFM(problem).optimum().value
    assert slope == pytest.approx((4 * 0.5 - 0.5) / (4 * 0.25 + 0.25), rel=1e-4)
    assert offset == pytest.approx(2 - slope * 1, rel=1e-4)


def test_layout_of_theta_in_two_dimensions():
    """G is the Kronecker product of the monomials' moments with the identity."""
    model = PolynomialVelocity([VelocityTerm([1, 2], 0, [1, 0]), VelocityTerm([3, 4], 1, [0, 2])])
    data = GaussianMixture.points([[1, 2], [3, -1]])
    exact = ExactCFM(Problem(data, CondOTPath(), model))
    g, b, c = (part.value for part in exact.quadratic_form())
    rng = np.random.default_rng(0)
    t, z, eps, x = exact.problem.sample_joint(200_000, rng)
    phi, target = model.features(t, x), exact.problem.target(t, z, eps)
    gram = np.einsum("njd,nkd->jk", phi, phi) / len(t)
    cross = np.einsum("njd,nd->j", phi, target) / len(t)
    np.testing.assert_allclose(gram, g, atol=0.03 * np.abs(g).max())
    np.testing.assert_allclose(cross, b, atol=0.03 * np.abs(b).max())
    assert c == pytest.approx((target**2).sum(axis=1).mean(), rel=0.02)
    assert np.count_nonzero(g) == 8  # nothing between the two outputs


def test_singular_quadratic_forms_are_refused():
    twice = PolynomialVelocity([VelocityTerm([1], 0, [1]), VelocityTerm([2], 0, [1])])
    for path in (CondOTPath(), TrigPath()):
        exact = ExactCFM(Problem(R1.data, path, twice))
        assert exact.loss().value > 0
        with pytest.raises(InputError, match="not available: G is singular"):
            exact.optimum()


def test_what_is_not_available_is_said():
    problem = Problem(R1.data, CondOTPath(), CallableVelocity(np.tanh, 1))
    exact = ExactCFM(problem)
    assert exact.c2().exact == Fraction(-21, 5)
    with pytest.raises(InputError) as error:
        exact.loss()
    assert str(error.value) == ("not available: the exact method needs a polynomial velocity model")
    for dim, powers, message in [
        (10, itertools.product(range(3), repeat=6), "exact method would need some"),
        (1, [[200]], r"of order up to 401 \(the limits are 500,000 and 300\)"),
        (6, itertools.product(range(4), repeat=6), "takes up to 1,000 terms, found 4,096"),
    ]:
        terms = [VelocityTerm([1] * dim, 0, [*p, *[0] * (dim - len(p))]) for p in powers]
        data = GaussianMixture.points([[0] * dim] * 40)
        with pytest.raises(InputError, match=f"not available: .*{message}"):
            ExactCFM(Problem(data, CondOTPath(), PolynomialVelocity(terms))).loss()
    many = PolynomialVelocity([VelocityTerm([1], t, [x]) for t in range(15) for x in range(15)])
    with pytest.raises(InputError, match="not available: the exact optimum takes up to"):
        ExactCFM(dataclasses.replace(R1, model=many)).optimum()
    huge = Problem(
        GaussianMixture.points([[10**200]]),
        CondOTPath(),
        PolynomialVelocity([VelocityTerm([1], 0, [1])]),
    )
    with pytest.raises(InputError, match="beyond the range of float64"):
        ExactCFM(huge).loss()


def test_degree_twelve_with_scales_a_million_million_apart():
    """Rational arithmetic does not care; the float of the answer has the error it says."""
    data = GaussianMixture([HALF, HALF], [[1], [-1]], [[[Fraction(1, 10**12)]], [[10**12]]])
    problem = Problem(data, CondOTPath(), PolynomialVelocity([VelocityTerm([HALF], 3, [12])]))
    exact = ExactCFM(problem).loss()
    # E x^24 / 4 t^6 with x = t z + (1 - t) eps; the wide component dominates by 10^130.
    leading = 0.25 * 0.5 * 316234143225 * 1e144 / 31
    assert exact.value == pytest.approx(leading, rel=1e-9)
    assert exact.error == 0


def test_c2_of_a_large_data_set():
    """Only the diagonal of the second moments is needed, not whole matrices."""
    points = np.random.default_rng(0).normal(size=(300, 100))
    problem = Problem(GaussianMixture.points(points), CondOTPath(), LinearVelocity(np.eye(100)))
    expected = -(points**2).sum() / 300 - 100
    assert ExactCFM(problem).c2().value == pytest.approx(expected, rel=1e-14)


def test_cost_counts_seconds():
    assert ExactCFM(R1).loss().cost["seconds"] > 0


def test_many_floats_are_summed_as_floats_within_the_error(monkeypatch):
    from fmproof.losses import exact as module

    points = np.random.default_rng(0).normal(size=(1200, 30)) * 10.0 ** np.arange(30)
    problem = Problem(GaussianMixture.points(points), CondOTPath(), LinearVelocity(np.eye(30)))
    quick = ExactCFM(problem).c2()
    monkeypatch.setattr(module, "_MANY", 10**9)
    slow = ExactCFM(problem).c2()
    assert slow.error < quick.error < 1e-13 * abs(quick.value)
    assert abs(quick.value - slow.value) <= quick.error
