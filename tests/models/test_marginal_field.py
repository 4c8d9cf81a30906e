"""The marginal field, density and conditional variance against their definitions."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from model_cases import MIDDLE, PATHS, problem, random_mixture
from scipy import stats

from fmproof.errors import InputError
from fmproof.models import (
    CondOTPath,
    GaussianMixture,
    LinearVelocity,
    LinearVPPath,
    PolynomialPath,
    Problem,
    TrigPath,
    VPPath,
)
from fmproof.models import posterior as posterior_module


def by_definition(data, path, t, x, nodes, weights):
    """Density, velocity and trace of the covariance at one (t, x), as weighted sums over z.

    Only the definition: u_t(x given z) = dalpha z + dbeta (x - alpha z) / beta, Bayes by ratio.
    """
    a, b, da, db = path.alpha(t), path.beta(t), path.dalpha(t), path.dbeta(t)
    likelihood = stats.multivariate_normal(np.zeros(len(x)), b**2 * np.eye(len(x)))
    joint = weights * np.atleast_1d(likelihood.pdf(x - a * nodes))
    field = da * nodes + db * (x - a * nodes) / b
    density = joint.sum()
    mean = joint @ field / density
    return density, mean, joint @ ((field - mean) ** 2).sum(axis=1) / density


def grid(data, points_per_axis, reach=7.0):
    """Trapezoid nodes over z and the data law's weights at them."""
    widest = np.sqrt(np.linalg.eigvalsh(data.covariances).max())
    axes = [
        np.linspace(m.min() - reach * widest, m.max() + reach * widest, points_per_axis)
        for m in data.means.T
    ]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, data.dim)
    cell = np.prod([axis[1] - axis[0] for axis in axes])
    density = sum(
        w * stats.multivariate_normal(m, c).pdf(nodes)
        for w, m, c in zip(data.weights, data.means, data.covariances, strict=True)
    )
    return nodes, cell * density


@pytest.mark.parametrize("path", PATHS, ids=repr)
@pytest.mark.parametrize(("dim", "points_per_axis"), [(1, 2001), (2, 261)])
def test_agrees_with_quadrature_of_the_definition(path, dim, points_per_axis):
    rng = np.random.default_rng(7)
    data = random_mixture(rng, 3, dim)
    nodes, weights = grid(data, points_per_axis)
    p = problem(data, path)
    for t in (0.15, 0.5, 0.7):
        x = p.path.alpha(t) * data.sample(4, rng) + p.path.beta(t) * rng.normal(size=(4, dim))
        expected = [by_definition(data, path, t, point, nodes, weights) for point in x]
        density, field, variance = (np.array(part) for part in zip(*expected, strict=True))
        np.testing.assert_allclose(np.exp(p.marginal_log_density(t, x)), density, rtol=1e-9)
        np.testing.assert_allclose(p.marginal_velocity(t, x), field, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(p.conditional_variance(t, x), variance, rtol=1e-8)


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_agrees_with_the_sum_over_a_data_set(path):
    rng = np.random.default_rng(3)
    data = GaussianMixture.points(rng.normal(size=(20, 3)), rng.dirichlet(np.ones(20)))
    p = problem(data, path)
    for t in (0.05, 0.4, 0.9):
        x = p.path.alpha(t) * data.sample(5, rng) + p.path.beta(t) * rng.normal(size=(5, 3))
        expected = [by_definition(data, path, t, point, data.means, data.weights) for point in x]
        density, field, variance = (np.array(part) for part in zip(*expected, strict=True))
        np.testing.assert_allclose(np.exp(p.marginal_log_density(t, x)), density, rtol=1e-10)
        np.testing.assert_allclose(p.marginal_velocity(t, x), field, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(p.conditional_variance(t, x), variance, rtol=1e-9, atol=1e-13)


def derivative(f, h):
    """Fourth-order central difference of f at 0."""
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)


@pytest.mark.parametrize("path", PATHS, ids=repr)
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_continuity_equation(path, dim):
    """d/dt log p + u . grad log p + div u = 0: the marginal field moves the marginal density."""
    rng = np.random.default_rng(11)
    p = problem(random_mixture(rng, 4, dim), path)
    n = 16
    t = rng.uniform(0.05, 0.9, n)
    x = p.interpolate(t, p.data.sample(n, rng), rng.normal(size=(n, dim)))
    u = p.marginal_velocity(t, x)
    residual = derivative(lambda h: p.marginal_log_density(t + h, x), 1e-3)
    size = np.abs(residual)
    for i, axis in enumerate(np.eye(dim)):
        score = derivative(lambda h, e=axis: p.marginal_log_density(t, x + h * e), 1e-3)
        slope = derivative(lambda h, e=axis, i=i: p.marginal_velocity(t, x + h * e)[:, i], 1e-3)
        residual = residual + u[:, i] * score + slope
        size = size + np.abs(u[:, i] * score) + np.abs(slope)
    assert np.all(np.abs(residual) < 1e-6 * (1 + size))


def test_continuity_equation_notices_a_wrong_field(monkeypatch):
    """The tolerance above sees a field that is off by one part in ten thousand."""
    velocity = Problem.marginal_velocity
    monkeypatch.setattr(
        Problem, "marginal_velocity", lambda self, t, x: 1.0001 * velocity(self, t, x)
    )
    with pytest.raises(AssertionError):
        test_continuity_equation(TrigPath(), 2)


def test_responsibilities_are_bayes():
    rng = np.random.default_rng(2)
    p = problem(random_mixture(rng, 3, 2), TrigPath())
    t, x = 0.6, rng.normal(size=(5, 2))
    a, b = np.sin(0.3 * np.pi), np.cos(0.3 * np.pi)
    terms = np.array(
        [
            w * stats.multivariate_normal(a * m, a**2 * c + b**2 * np.eye(2)).pdf(x)
            for w, m, c in zip(p.data.weights, p.data.means, p.data.covariances, strict=True)
        ]
    ).T
    np.testing.assert_allclose(
        p.responsibilities(t, x), terms / terms.sum(axis=1, keepdims=True), rtol=1e-11
    )


@pytest.mark.parametrize("t", [1e-12, 1e-6, 0.5, 1 - 1e-6, 1 - 1e-12])
@pytest.mark.parametrize("path", [CondOTPath(), TrigPath(), LinearVPPath(), VPPath()], ids=repr)
def test_extreme_scales_against_many_digits(t, path):
    """Standard deviations 1e-6 and 1e6 in one mixture, and times next to the ends."""
    weights, means, stds = [0.25, 0.5, 0.25], [-1.0, 3.0, 0.5], [1e-6, 1e6, 0.0]
    data = GaussianMixture(weights, [[m] for m in means], [[[s**2]] for s in stds])
    p = problem(data, path)
    a, b, da, db = (float(f(t)) for f in (path.alpha, path.beta, path.dalpha, path.dbeta))
    for k in range(3):
        x = a * (means[k] + stds[k]) + b
        with mpmath.workdps(60):
            u, v = exact_posterior(weights, means, stds, a, b, da, db, x)
        # x itself is rounded: what that does to the answer is not an error of the formulas.
        slack = 1e-11 + 4e-16 * (abs(x) + abs(a * means[k])) / float(np.hypot(a * stds[k], b))
        found = p.marginal_velocity(t, [[x]])[0, 0], p.conditional_variance(t, [[x]])[0]
        assert found[0] == pytest.approx(float(u), rel=slack, abs=slack * abs(db))
        assert found[1] == pytest.approx(float(v), rel=20 * slack, abs=slack * (da**2 + db**2))


def exact_posterior(weights, means, stds, a, b, da, db, x):
    mp = mpmath.mpf
    a, b, da, db, x = map(mp, (a, b, da, db, x))
    terms, firsts, seconds = [], [], []
    for w, m, s in zip(weights, means, stds, strict=True):
        m, s = mp(m), mp(s)
        variance = (a * s) ** 2 + b**2
        terms.append(w * mpmath.npdf(x, a * m, mpmath.sqrt(variance)))
        shift = (x - a * m) / variance
        firsts.append(da * (m + a * s**2 * shift) + db * b * shift)
        cross = da * a * s**2 + db * b
        seconds.append(firsts[-1] ** 2 + (da * s) ** 2 + db**2 - cross**2 / variance)
    total = mpmath.fsum(terms)
    u = mpmath.fsum(r * f for r, f in zip(terms, firsts, strict=True)) / total
    second = mpmath.fsum(r * f for r, f in zip(terms, seconds, strict=True)) / total
    return u, second - u**2


def test_beta_below_the_square_root_of_the_smallest_float():
    p = Problem(
        GaussianMixture.points([[0.0], [1.0]]), PolynomialPath(1), LinearVelocity([[0]]), MIDDLE
    )
    t = np.nextafter(1.0, 0.0)
    x = [[t * 1.0]]
    assert p.marginal_velocity(t, x)[0, 0] == pytest.approx(1.0)
    assert np.isfinite(p.marginal_log_density(t, x)).all()


def test_far_from_the_data_the_nearest_component_answers():
    data = GaussianMixture([0.5, 0.5], [[0.0], [10.0]], [[[1.0]], [[1.0]]])
    p = problem(data, CondOTPath())
    assert p.responsibilities(0.5, [[1e4], [-1e4]]).tolist() == [[0, 1], [1, 0]]
    assert np.isfinite(p.marginal_velocity(0.5, [[1e100]])).all()
    assert np.isnan(p.marginal_velocity(0.5, [[1e200]])).all()  # beyond what logarithms can hold


def test_density_needs_noise_or_full_rank():
    p = Problem(
        GaussianMixture([0.5, 0.5], [[0.0], [1.0]], [[[1.0]], [[0.0]]]),
        CondOTPath(),
        LinearVelocity([[1]]),
    )
    message = (
        "no density with respect to Lebesgue measure: component 1 is singular "
        "where alpha = 1 and beta = 0"
    )
    for method in (p.marginal_log_density, p.marginal_velocity, p.conditional_variance):
        with pytest.raises(InputError) as error:
            method(1.0, [[0.5]])
        assert str(error.value) == message
    for conditional in (p.conditional_log_density, p.conditional_velocity):
        with pytest.raises(InputError) as error:
            conditional(1.0, [[0.5]], [[0.5]])
        assert str(error.value) == (
            "t: p_t(x given z) is a point mass where beta(t) = 0, without density"
        )


def test_at_the_ends_with_full_rank_data():
    p = problem(random_mixture(np.random.default_rng(0), 3, 2), CondOTPath())
    x = np.array([[0.3, -0.2]])
    np.testing.assert_allclose(p.marginal_velocity(1.0, x), x)  # u = z = x, E eps = 0
    np.testing.assert_allclose(p.conditional_variance(1.0, x), [2.0])  # only eps is open
    np.testing.assert_allclose(p.marginal_velocity(0.0, x), p.data.mean()[None] - x)
    spread = p.data.second_moment() - np.outer(p.data.mean(), p.data.mean())
    np.testing.assert_allclose(p.conditional_variance(0.0, x), [np.trace(spread)])


def test_infinite_velocity_is_refused_by_name():
    p = problem(GaussianMixture.points([[1.0]]), PolynomialPath(0.75))
    with pytest.raises(InputError) as error:
        p.marginal_velocity(0.0, [[0.0]])
    assert str(error.value) == "t: the velocity of the path 'polynomial' is infinite at t = 0"


def test_one_time_for_all_points_is_the_same_as_many_equal_times():
    rng = np.random.default_rng(5)
    p = problem(random_mixture(rng, 3, 4), VPPath())
    x = rng.normal(size=(10, 4))
    for method in (p.marginal_velocity, p.conditional_variance, p.marginal_log_density):
        np.testing.assert_allclose(method(0.4, x), method(np.full(10, 0.4), x), rtol=1e-13)


def test_chunks_do_not_change_the_answer(monkeypatch):
    rng = np.random.default_rng(5)
    p = problem(random_mixture(rng, 3, 2), TrigPath())
    t, _, _, x = p.sample_joint(50, rng)
    methods = (
        p.marginal_velocity,
        p.conditional_variance,
        p.marginal_log_density,
        p.responsibilities,
    )
    whole = [method(t, x) for method in methods]
    monkeypatch.setattr(posterior_module, "_CHUNK", 6 * 7)  # seven rows at a time
    assert len(list(posterior_module.chunks(50, 6))) == 8
    for method, expected in zip(methods, whole, strict=True):
        np.testing.assert_allclose(method(t, x), expected, rtol=1e-13)
        np.testing.assert_allclose(method(0.5, x)[40:], method(0.5, x[40:]), rtol=1e-13)


@pytest.mark.parametrize(("rows", "width"), [(10**6, 100), (10**6, 3), (7, 10**9), (1000, 2**16)])
def test_chunks_cover_all_rows_and_fill_a_megabyte(rows, width):
    slices = list(posterior_module.chunks(rows, width))
    assert [s.start for s in slices] == [0, *(s.stop for s in slices[:-1])]
    assert slices[-1].start < rows <= slices[-1].stop
    size = 8 * width * slices[0].stop
    assert slices[0].stop == 1 if width > 10**6 else 0.9e6 < size < 1.1e6


def test_no_rows_are_one_chunk():
    assert list(posterior_module.chunks(0, 2**17)) == [slice(0, 1)]


def test_empty_batch():
    p = problem(random_mixture(np.random.default_rng(0), 2, 3), TrigPath())
    assert p.marginal_velocity(np.empty(0), np.empty((0, 3))).shape == (0, 3)
    assert p.marginal_log_density(0.5, np.empty((0, 3))).shape == (0,)


@pytest.mark.parametrize(("components", "dim"), [(1000, 2), (1, 100), (1000, 100)])
def test_large_problems_stay_finite(components, dim):
    rng = np.random.default_rng(1)
    data = GaussianMixture.points(rng.normal(size=(components, dim)))
    p = problem(data, TrigPath())
    t, z, eps, x = p.sample_joint(64, rng)
    assert t.shape == (64,)
    assert z.shape == eps.shape == x.shape == (64, dim)
    for found, shape in [
        (p.marginal_velocity(t, x), (64, dim)),
        (p.conditional_variance(t, x), (64,)),
        (p.marginal_log_density(t, x), (64,)),
        (p.responsibilities(t, x), (64, components)),
    ]:
        assert found.shape == shape
        assert np.isfinite(found).all()


def test_full_covariances_in_high_dimension_are_a_rotation_of_the_diagonal_case():
    rng = np.random.default_rng(9)
    d = 50
    stds = 10.0 ** rng.uniform(-3, 3, size=(2, d))
    means = rng.normal(size=(2, d))
    q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    straight = GaussianMixture([0.4, 0.6], means, stds[:, :, None] ** 2 * np.eye(d))
    turned = GaussianMixture([0.4, 0.6], means @ q.T, np.einsum("ij,kj,lj->kil", q, stds**2, q))
    assert straight.bases is None
    assert turned.bases is not None
    a, b = problem(straight, TrigPath()), problem(turned, TrigPath())
    t, _, _, x = a.sample_joint(8, rng)
    u = a.marginal_velocity(t, x)
    np.testing.assert_allclose(
        b.marginal_velocity(t, x @ q.T), u @ q.T, rtol=1e-6, atol=1e-8 * np.abs(u).max()
    )
    np.testing.assert_allclose(
        b.conditional_variance(t, x @ q.T), a.conditional_variance(t, x), rtol=1e-6
    )


def test_splitting_or_permuting_components_changes_nothing():
    rng = np.random.default_rng(4)
    data = random_mixture(rng, 3, 2)
    order = [2, 0, 1, 0]
    weights = data.weights[order] * [1, 0.25, 1, 0.75]
    other = GaussianMixture(weights, data.means[order], data.covariances[order])
    a, b = problem(data, VPPath()), problem(other, VPPath())
    t, _, _, x = a.sample_joint(20, rng)
    np.testing.assert_allclose(b.marginal_velocity(t, x), a.marginal_velocity(t, x), rtol=1e-10)
    np.testing.assert_allclose(
        b.conditional_variance(t, x), a.conditional_variance(t, x), rtol=1e-10
    )


def test_a_component_of_weight_zero_changes_nothing():
    with_zero = GaussianMixture([0, 1], [[5.0], [1.0]], [[[1.0]], [[2.0]]])
    without = GaussianMixture([1], [[1.0]], [[[2.0]]])
    x = np.linspace(-3, 7, 9)[:, None]
    np.testing.assert_allclose(
        problem(with_zero, TrigPath()).marginal_velocity(0.3, x),
        problem(without, TrigPath()).marginal_velocity(0.3, x),
    )
    assert (with_zero.sample(1000, np.random.default_rng(0)) < 10).all()
