"""denote against closed forms: what it says is right within its error, and the error is small."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from fmproof import (
    ArgMin,
    Density,
    Expect,
    Field,
    Grad,
    Inner,
    InputError,
    Integral,
    Latent,
    Named,
    Param,
    Ratio,
    Rational,
    Real,
    Scalar,
    Vec,
    norm2,
    plus,
)
from fmproof.derivations.constant import spread
from fmproof.derivations.fm_cfm import C_1, C_2, L_CFM, L_FM, C, joint, marginal, unit, v
from fmproof.derivations.symbols import p_cond, p_data, p_marg, t, theta, time, u_cond, u_marg, x, z
from fmproof.lang.node import as_term
from fmproof.losses.estimate import Estimate
from fmproof.losses.exact import ExactCFM
from fmproof.meaning.denote import denote
from fmproof.models import (
    CallableVelocity,
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LinearVelocity,
    LinearVPPath,
    LogitNormalTime,
    PolynomialPath,
    PolynomialVelocity,
    Problem,
    TimeLaw,
    TrigPath,
    VelocityTerm,
)

rho = Density("rho", (t, 0, 1))

R1 = Problem(
    GaussianMixture(
        [Fraction(3, 10), Fraction(7, 10)],
        [[-2], [Fraction(3, 2)]],
        [[[Fraction(1, 4)]], [[Fraction(1, 2)]]],
    ),
    CondOTPath(),
    PolynomialVelocity(
        [
            VelocityTerm([Fraction(1, 2)], 0, [1]),
            VelocityTerm([Fraction(-1, 5)], 1, [0]),
            VelocityTerm([Fraction(1, 10)], 0, [0]),
        ]
    ),
)
"""The problem whose values are computed elsewhere to fourteen digits."""

PLANE = Problem(
    GaussianMixture(
        [0.4, 0.6],
        [[-1.0, 0.5], [1.0, 0.0]],
        [[[0.6, 0.2], [0.2, 0.5]], [[0.8, 0.0], [0.0, 0.4]]],
    ),
    TrigPath(),
    LinearVelocity([[0.3, -0.2], [0.1, 0.4]], [0.1, -0.1]),
)


def close(found: Estimate, truth: object, accurate: float) -> None:
    """Within the error, which itself is at most ``accurate``."""
    off = np.abs(np.asarray(found.value) - np.asarray(truth, dtype=float))
    assert (off <= found.error).all(), (found, truth)
    assert np.max(found.error) <= accurate, found


# --- whole terms ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "truth"),
    [
        (L_FM(theta), 0.97427319466546),
        (L_CFM(theta), 827 / 240),
        (C_1, 1.72843986133213),
        (C_2, -21 / 5),
        (C, -2.47156013866787),
    ],
    ids=["L_FM", "L_CFM", "C_1", "C_2", "C"],
)
def test_reference_values(term: object, truth: float) -> None:
    found = denote(term, R1)
    assert found.method == "quadrature"
    assert found.cost["evaluations"] > 0
    close(found, truth, 1e-6)


def test_the_constant_is_minus_the_spread() -> None:
    close(denote(spread, R1, budget=1e7), 2.47156013866787, 1e-2)


def test_gradient_and_minimiser_against_the_exact_method() -> None:
    exact = ExactCFM(R1)
    for loss in (L_FM, L_CFM):
        close(denote(Grad(loss(theta), theta), R1), exact.gradient().value, 1e-6)
        close(denote(ArgMin(loss(theta), theta), R1), exact.optimum().value, 1e-5)


def test_a_gradient_is_taken_at_the_parameter_that_is_given() -> None:
    at = [1.0, -1.0, 0.5]
    moved = Problem(R1.data, R1.path, R1.model.with_theta(at))
    close(
        denote(Grad(L_CFM(theta), theta), R1, {theta: at}),
        ExactCFM(moved).gradient().value,
        1e-6,
    )
    close(denote(L_CFM(theta), R1, {theta: at}), ExactCFM(moved).loss().value, 1e-6)


def test_two_dimensions_with_full_covariances() -> None:
    exact = ExactCFM(PLANE)
    close(denote(L_CFM(theta), PLANE, budget=1e7), exact.loss().value, 1e-2)
    close(denote(C_2, PLANE, budget=1e7), exact.c2().value, 1e-2)


@pytest.mark.parametrize(
    "path",
    [TrigPath(), PolynomialPath(2), PolynomialPath(0.75), CustomPath("t^2", "1 - sin(pi*t/2)")],
    ids=lambda path: path.name,
)
def test_other_paths(path: object) -> None:
    problem = Problem(R1.data, path, R1.model)  # type: ignore[arg-type]
    exact = ExactCFM(problem)
    close(denote(L_CFM(theta), problem), exact.loss().value, 0.3)
    close(denote(C_2, problem), exact.c2().value, 0.3)


@pytest.mark.parametrize(
    ("path", "time_law"),
    [
        (LinearVPPath(), TimeLaw.uniform(0, Fraction(9, 10))),
        (CondOTPath(), TimeLaw.uniform(Fraction(1, 5), Fraction(3, 5))),
        (CondOTPath(), LogitNormalTime(0, 1)),
    ],
    ids=["vp", "part of the interval", "logit-normal"],
)
def test_time_laws_other_than_the_uniform_one(path: object, time_law: object) -> None:
    problem = Problem(R1.data, path, R1.model, time_law)  # type: ignore[arg-type]
    law = (rho(t), p_data(z), p_cond(t, x, z))
    target = u_cond(t, x, z)
    exact = ExactCFM(problem)
    close(denote(Expect(norm2(v - target), *law), problem), exact.loss().value, 1e-4)
    close(denote(Expect(-norm2(target), *law), problem), exact.c2().value, 1e-4)


def test_many_coordinates_are_sampled() -> None:
    rng = np.random.default_rng(1)
    dim = 6
    root = rng.normal(size=(dim, dim)) / 3
    problem = Problem(
        GaussianMixture(
            [0.5, 0.5],
            rng.normal(size=(2, dim)),
            [np.eye(dim) / 2, root @ root.T + np.eye(dim) / 4],
        ),
        CondOTPath(),
        LinearVelocity(rng.normal(size=(dim, dim)) / dim, rng.normal(size=dim)),
    )
    found = denote(L_CFM(theta), problem, budget=1e6)
    assert found.method == "sampling"
    close(found, ExactCFM(problem).loss().value, 1.0)
    assert denote(L_CFM(theta), problem, budget=1e6).value == found.value
    assert denote(L_CFM(theta), problem, budget=1e6, seed=1).value != found.value


def test_sampling_and_quadrature_agree_where_integrals_are_nested() -> None:
    fine = denote(L_FM(theta), R1)
    sampled = denote(L_FM(theta), R1, method="sampling", budget=1e7)
    assert sampled.method == "sampling"
    assert abs(sampled.value - fine.value) <= sampled.error + fine.error
    assert sampled.error < 0.05


# --- terms with free variables ----------------------------------------------------------


@pytest.mark.parametrize(("at", "point"), [(0.3, 0.4), (0.9, -1.7), (0.99, 1.4), (0.05, 3.0)])
def test_marginals_are_what_their_definitions_say(at: float, point: float) -> None:
    values = {t: at, x: [point]}
    where = np.array([at]), np.array([[point]])
    density = np.exp(R1.marginal_log_density(*where))[0]
    close(denote(p_marg(t, x), R1, values), density, 1e-7)
    close(denote(u_marg(t, x), R1, values), R1.marginal_velocity(*where)[0], 1e-6)
    close(denote(v, R1, values), R1.model(*where)[0], 1e-12)


def test_conditional_density_and_field() -> None:
    values = {t: 0.6, x: [0.2, -0.5], z: [1.0, 0.3]}
    where = np.array([0.6]), np.array([[0.2, -0.5]]), np.array([[1.0, 0.3]])
    close(denote(u_cond(t, x, z), PLANE, values), PLANE.conditional_velocity(*where)[0], 1e-12)
    density = np.exp(PLANE.conditional_log_density(*where))[0]
    close(denote(p_cond(t, x, z), PLANE, values), density, 1e-12)
    close(
        denote(p_data(z), PLANE, {z: [1.0, 0.3]}),
        np.exp(PLANE.data.log_density(where[2]))[0],
        1e-12,
    )


def test_a_python_function_as_model() -> None:
    problem = Problem(R1.data, R1.path, CallableVelocity(lambda t, x: np.sin(x), 1))
    values = {t: 0.5, x: [0.3]}
    close(denote(v, problem, values), [np.sin(0.3)], 1e-12)
    with pytest.raises(InputError, match="a gradient in θ needs a model with coefficients"):
        denote(Grad(L_CFM(theta), theta), problem)


# --- the meaning of the nodes -----------------------------------------------------------


def test_arithmetic_as_it_is_written() -> None:
    assert denote(as_term(3), R1).value == 3
    assert denote(Rational(1, 3), R1).value == pytest.approx(1 / 3, abs=1e-16)
    assert denote(Ratio(1, 4), R1).value == 0.25
    assert denote(Ratio(Ratio(1, 0), 2), R1).value == 0  # a/0 = 0
    assert denote(Named("k", as_term(5)) * t**2, R1, {t: 2.0}).value == 20
    assert denote(plus(t, -t), R1, {t: 0.3}).value == 0
    assert (denote(2 * x - z, R1, {x: [1.0], z: [0.5]}).value == [1.5]).all()
    assert denote(Inner(x, z), PLANE, {x: [1, 2], z: [3, 4]}).value == 11
    assert denote(norm2(x), PLANE, {x: [3, 4]}).value == 25


def test_an_integral_is_over_its_own_interval() -> None:
    s = Real("s")
    close(denote(Integral(s**3, (s, 1, 3)), R1), 20, 1e-9)
    close(denote(Integral(t * s, (s, 0, 2), (t, 0, 1)), R1), 1, 1e-9)


def test_a_bound_variable_hides_a_free_one() -> None:
    inner = Expect(Inner(x, x), p_data(x))  # x is free outside
    value = denote(Inner(x, x) + inner, R1, {x: [2.0]})
    close(value, 4 + 0.3 * (4 + 0.25) + 0.7 * (2.25 + 0.5), 1e-6)


def test_the_law_of_an_expectation_is_evaluated_not_assumed() -> None:
    """E[1] is the integral of the densities: 1 here because they are densities."""
    close(denote(Expect(as_term(1), *joint), R1), 1, 1e-7)
    close(denote(Integral(p_marg(t, x), x, unit), R1), 1, 1e-7)


def test_vector_valued_integrals() -> None:
    close(denote(Expect(z, p_data(z)), PLANE, budget=1e6), PLANE.data.mean(), 1e-4)
    mean = denote(Expect(u_marg(t, x), *marginal), R1)
    close(mean, R1.data.mean(), 1e-6)  # E[dx/dt] = d/dt E[x] = E[z] for t z + (1 - t) eps


def test_densities_at_sums_of_variables() -> None:
    """An argument need not be a variable: ∫ p(z + a) dz = 1 for every a."""
    close(denote(Integral(p_data(z + x), z), R1, {x: [40.0]}), 1, 1e-7)
    close(denote(Integral(p_data(Rational(1, 5) * z - x), z), R1, {x: [3.0]}), 5, 1e-6)


def test_importance_weights_find_the_mass() -> None:
    """E_q[(p/q) f] = E_p[f], where p's mass is not where q's is."""
    q = Density("p", x, sub=t, given=z)
    weight = Ratio(p_data(x), q(t, x, z))
    found = denote(Expect(weight, q(t, x, z)), R1, {t: 0.5, z: [0.0]})
    close(found, 1, 1e-4)


# --- no value, no confidence ------------------------------------------------------------


def test_divergent_integrals_have_an_infinite_error() -> None:
    assert denote(Integral(norm2(x), x), R1).error == np.inf
    lost_density = Integral(Inner(v, u_marg(t, x)), x, unit)
    assert denote(lost_density, R1).error == np.inf
    assert denote(Integral(p_cond(t, x, z), z, x, unit), R1).error == np.inf


def test_slow_convergence_is_not_mistaken_for_accuracy() -> None:
    s = Real("s")
    assert denote(Integral(Ratio(1, s), (s, 0, 1)), R1).error > 1
    singular = denote(Integral(Ratio(1, s), (s, Rational(1, 10**6), 1)), R1)
    assert abs(singular.value - np.log(10**6)) <= singular.error


def test_a_minimiser_that_does_not_exist_is_not_a_number() -> None:
    flat = ArgMin(Expect(Inner(v, z), *joint), theta)  # linear in θ
    found = denote(flat, R1)
    assert np.isnan(found.value).all()
    assert np.isinf(found.error).all()


def test_scales_that_no_grid_resolves_are_not_reported_as_accurate() -> None:
    wide = Problem(
        GaussianMixture([0.5, 0.5], [[0.0], [0.0]], [[[1e-12]], [[1e12]]]), R1.path, R1.model
    )
    found = denote(Expect(norm2(z), p_data(z)), wide, budget=1e7)
    assert abs(found.value - 5e11) <= found.error


# --- what cannot be evaluated -----------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "values", "message"),
    [
        (norm2(x), {}, "the variable x is free in the term: give its value"),
        (norm2(x), {x: [1.0, 2.0]}, "x: expected 1 number, found"),
        (norm2(x), {x: "a"}, "x: expected 1 number, found 'a'"),
        (p_data(z), {x: [1.0], z: [0.0]}, "values: x is not free in the term"),
        (Scalar("f", x)(x), {x: [1.0]}, r"the problem says nothing about f\(x\)"),
        (Field("a", Latent("c"))(Latent("c")), {}, r"the problem says nothing about a\(c\)"),
        (
            Expect(norm2(z), p_data(z)) + Expect(norm2(z), Density("q", z)(z)),
            {},
            r"both p_data and q\(z\) could be the data of the problem",
        ),
    ],
)
def test_what_is_missing_is_named(term: object, values: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        denote(term, R1, values)


def test_a_time_law_that_the_term_does_not_follow() -> None:
    late = Problem(R1.data, R1.path, R1.model, TimeLaw.uniform(0, Fraction(1, 2)))
    with pytest.raises(InputError, match=r"the term draws t from the uniform law on \[0, 1\]"):
        denote(L_CFM(theta), late)
    close(denote(Expect(norm2(z), p_data(z)), late), 3.2, 1e-6)


def test_data_without_density() -> None:
    points = Problem(GaussianMixture.points([[0.0], [1.0]]), R1.path, R1.model)
    with pytest.raises(InputError, match=r"p_data must have a density, and covariances\[0\]"):
        denote(C_2, points)


def test_an_unknown_method() -> None:
    with pytest.raises(InputError, match="method: expected 'quadrature' or 'sampling', found 'mc'"):
        denote(C_2, R1, method="mc")


def test_two_parameters_of_a_model() -> None:
    """Both stand for the model's own coefficients unless values are given."""
    phi = Param("phi")
    difference = Inner(v, v) - norm2(type(v)(v.head, t, phi, x))
    assert denote(difference, R1, {t: 0.5, x: [1.0]}).value == 0
    a, b = Vec("a b")
    assert denote(Inner(a, b), R1, {a: [2.0], b: [3.0]}).value == 6
    assert denote(time(t), R1, {t: 0.2}).value == 1
