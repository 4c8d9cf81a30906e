"""Built-in probability paths and the hypothesis H2."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction
from functools import cache

import mpmath
import numpy as np
import pytest
import sympy
from model_cases import PATHS
from scipy import integrate

from fmproof.errors import InputError
from fmproof.models import (
    CondOTPath,
    CustomPath,
    FunctionPath,
    GaussianMixture,
    LinearVelocity,
    LinearVPPath,
    PolynomialPath,
    Problem,
    TimeLaw,
    TrigPath,
    VPPath,
)
from fmproof.models.paths import Singularity

T = np.linspace(0.01, 0.99, 49)


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_derivatives_by_complex_step(path):
    step = T + 1e-30j
    np.testing.assert_allclose(path.dalpha(T), path.alpha(step).imag * 1e30, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(path.dbeta(T), path.beta(step).imag * 1e30, rtol=1e-12)


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_functions_agree_with_the_expressions(path):
    for function, expr in [
        (path.alpha, path.alpha_expr),
        (path.beta, path.beta_expr),
        (path.dalpha, sympy.diff(path.alpha_expr, sympy.Symbol("t", real=True))),
        (path.dbeta, sympy.diff(path.beta_expr, sympy.Symbol("t", real=True))),
    ]:
        compiled = sympy.lambdify(sympy.Symbol("t", real=True), expr, "mpmath")
        with mpmath.workdps(40):
            expected = [float(compiled(mpmath.mpf(t))) for t in (*T, 1e-9, 1 - 1e-9)]
        np.testing.assert_allclose(function([*T, 1e-9, 1 - 1e-9]), expected, 1e-7, 1e-16)
        np.testing.assert_allclose(function(T), expected[:-2], rtol=1e-13)


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_leads_from_noise_to_data(path):
    assert path.alpha(1.0) == pytest.approx(1, abs=1e-15)
    assert path.beta(1.0) == pytest.approx(0, abs=1e-15)
    if isinstance(path, VPPath):  # noise only up to exp(-T(0)/2), as published
        assert 0 < path.alpha(0.0) < 0.01
        assert path.alpha(0.0) ** 2 + path.beta(0.0) ** 2 == pytest.approx(1)
    else:
        assert path.alpha(0.0) == 0
        assert path.beta(0.0) == 1


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_shapes(path):
    for function in (path.alpha, path.beta, path.dalpha, path.dbeta):
        assert np.ndim(function(0.5)) == 0
        assert function(np.full((2, 3), 0.5)).shape == (2, 3)
        assert function([0, 0.5]).dtype == np.float64
        assert function(np.float32(0.5)) == function(0.5)


def test_schedules_of_the_flow_matching_library():
    """Values computed by hand from the formulas of its schedulers."""
    vp = VPPath()
    exponent = 0.5 * 0.25**2 * 19.9 + 0.25 * 0.1
    assert vp.alpha(0.75) == pytest.approx(np.exp(-0.5 * exponent), rel=1e-15)
    assert vp.beta(0.75) == pytest.approx(np.sqrt(1 - np.exp(-exponent)), rel=1e-14)
    assert PolynomialPath(2).beta(0.5) == 0.75
    assert LinearVPPath().beta(0.6) == pytest.approx(0.8, rel=1e-15)


def test_vp_without_a_lowest_rate_is_smooth_at_the_end():
    path = VPPath(0, 20)
    assert path.dbeta(1.0) == pytest.approx(-np.sqrt(10), rel=1e-12)


def test_singularities_say_where_and_how_fast():
    assert PolynomialPath("1/4").singularities == (("alpha", 0, -1.5, 0), ("beta", 0, -1.5, 0))
    assert LinearVPPath().singularities == VPPath().singularities == (("beta", 1, -1, 0),)
    assert CondOTPath().singularities == TrigPath().singularities == ()
    assert PolynomialPath(1).singularities == VPPath(0, 20).singularities == ()


def test_singular_derivatives_are_infinite_not_wrong():
    assert LinearVPPath().dbeta(1.0) == -np.inf
    assert PolynomialPath(0.5).dalpha(0.0) == np.inf


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: PolynomialPath(0), "n: expected a positive number, found 0"),
        (lambda: PolynomialPath("x"), "n: expected a number, found 'x'"),
        (lambda: VPPath(-1, 2), "beta_min: expected a non-negative number, found -1"),
        (lambda: VPPath(1, float("inf")), "beta_max: expected a finite number, found inf"),
        (lambda: VPPath(0, 0), "beta_max: expected a positive number, found 0 for both rates"),
    ],
)
def test_bad_parameters_are_named(build, message):
    with pytest.raises(InputError) as error:
        build()
    assert str(error.value) == message


def test_built_in_paths_do_not_import_sympy():
    code = (
        "import sys; from fmproof.models import *;"
        "p = [CondOTPath(), TrigPath(), PolynomialPath(3), LinearVPPath(), VPPath()];"
        "[f(0.5) for q in p for f in (q.alpha, q.beta, q.dalpha, q.dbeta)];"
        "Problem(GaussianMixture.points([[1]]), p[0], LinearVelocity([[1]]));"
        "heavy = {'sympy', 'scipy', 'mpmath', 'flint', 'matplotlib'} & set(sys.modules);"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def has_second_moment(path, time, data=None):
    data = data or GaussianMixture.points([[1]])
    try:
        Problem(data, path, LinearVelocity(np.eye(data.dim)), time)
    except InputError as error:
        if "hypothesis H2 fails" not in str(error):
            raise
        return False
    return True


UNIT = TimeLaw.uniform()

VERDICTS = [
    (CondOTPath(), UNIT, True),
    (TrigPath(), UNIT, True),
    (PolynomialPath(5), UNIT, True),
    (PolynomialPath(Fraction(51, 100)), UNIT, True),
    (PolynomialPath(Fraction(1, 2)), UNIT, False),
    (PolynomialPath(Fraction(1, 2)), TimeLaw.uniform(0.001, 1), True),
    (PolynomialPath(Fraction(1, 2)), TimeLaw.uniform(0, 0.999), False),
    (PolynomialPath(Fraction(1, 10)), TimeLaw.logit_normal(), True),
    (LinearVPPath(), UNIT, False),
    (LinearVPPath(), TimeLaw.uniform(0.5, 1), False),
    (LinearVPPath(), TimeLaw.uniform(0, 0.999), True),
    (LinearVPPath(), TimeLaw.logit_normal(0, 3), True),
    (VPPath(), UNIT, False),
    (VPPath(), TimeLaw.uniform(0, 0.999), True),
    (VPPath(), TimeLaw.logit_normal(), True),
    (VPPath(0, 20), UNIT, True),
    (VPPath(5, 0), UNIT, False),
]


@pytest.mark.parametrize(("path", "time", "expected"), VERDICTS, ids=str)
def test_h2_verdicts(path, time, expected):
    assert has_second_moment(path, time) is expected


@pytest.mark.parametrize(
    ("path", "expected"), [(p, e) for p, time, e in VERDICTS if time == UNIT], ids=str
)
def test_h2_verdicts_agree_with_growing_integrals(path, expected):
    """The integral of dalpha^2 + dbeta^2 over [c, 1 - c], by quadrature, settles or does not."""

    def second_moment(cut):
        def integrand(s):
            t = 1 / (1 + np.exp(-s))
            return (path.dalpha(t) ** 2 + path.dbeta(t) ** 2) * t * (1 - t)

        bound = np.log((1 - cut) / cut)
        return integrate.quad(integrand, -bound, bound, limit=200)[0]

    first, second, third = (second_moment(cut) for cut in (1e-4, 1e-8, 1e-12))
    settles = third - second < 0.9 * (second - first)
    assert settles is expected


@cache
def custom(path):
    """The same schedule as formulas; SymPy takes seconds for the limits of some."""
    if isinstance(path, VPPath) and path.alpha(0.0) > 1e-3:
        with pytest.warns(match="does not lead from noise to data"):
            return CustomPath(path.alpha_expr, path.beta_expr)
    return CustomPath(path.alpha_expr, path.beta_expr)


@pytest.mark.parametrize(("path", "time", "expected"), VERDICTS, ids=str)
def test_custom_formulas_get_the_verdict_of_the_built_in_path(path, time, expected):
    assert has_second_moment(custom(path), time) is expected


def test_h2_at_noise_does_not_concern_data_at_the_origin():
    """alpha multiplies z: when z = 0 its derivative does no harm, while beta's does."""
    origin = GaussianMixture.points([[0]])
    assert has_second_moment(CustomPath("sqrt(t)", "1 - t"), UNIT, origin)
    assert not has_second_moment(CustomPath("sqrt(t)", "1 - t"), UNIT)
    assert not has_second_moment(CustomPath("t", "1 - sqrt(t)"), UNIT, origin)
    around = GaussianMixture([1], [[0]], [[[1]]])
    assert not has_second_moment(CustomPath("sqrt(t)", "1 - t"), UNIT, around)


@pytest.mark.parametrize(
    ("power", "log_power", "uniform", "logit_normal"),
    [
        (-0.99, 5, True, True),
        (-1, -1.01, True, True),
        (-1, -1, False, True),
        (-1, 1.01, False, True),
        (-1.01, -5, False, True),
        (-math.inf, 0, False, False),
    ],
)
@pytest.mark.parametrize("end", [0, 1])
def test_h2_is_decided_from_the_order_of_the_singularity(
    power, log_power, uniform, logit_normal, end
):
    class Mine(CondOTPath):
        singularities = (Singularity("beta", end, power, log_power),)

    assert has_second_moment(Mine(), UNIT) is uniform
    assert has_second_moment(Mine(), TimeLaw.uniform(0.1 * (1 - end), 1 - 0.1 * end)) is True
    assert has_second_moment(Mine(), TimeLaw.uniform(0.1 * end, 1 - 0.1 * (1 - end))) is uniform
    assert has_second_moment(Mine(), TimeLaw.logit_normal()) is logit_normal


@pytest.mark.parametrize("function", ["alpha", "beta"])
def test_h2_asks_alpha_only_where_there_are_data(function):
    class Mine(CondOTPath):
        singularities = (Singularity(function, 0, -1),)

    origin = GaussianMixture.points([[0, 0], [0, 0]])
    assert has_second_moment(Mine(), UNIT, origin) is (function == "alpha")
    for data in (
        GaussianMixture.points([[0, 0], [0, 1]]),
        GaussianMixture([1], [[0, 0]], [[[0, 0], [0, 1]]]),
    ):
        assert not has_second_moment(Mine(), UNIT, data)


def test_h2_message_under_the_logit_normal_law():
    class Mine(CondOTPath):
        singularities = (Singularity("beta", 1, -math.inf),)

    with pytest.raises(InputError) as error:
        Problem(
            GaussianMixture.points([[1]]), Mine(), LinearVelocity([[1]]), TimeLaw.logit_normal()
        )
    assert str(error.value) == (
        "hypothesis H2 fails: E‖u_t(x|z)‖² = ∞ for the path 'cond-ot' under the logit-normal time "
        "law, because the integral of beta'(t)² diverges at t = 1; C₂ and L_CFM are infinite and "
        "the theorem says nothing; take a uniform time law with time.high < 1, e.g. high = 0.999"
    )


def test_h2_message():
    with pytest.raises(InputError) as error:
        Problem(GaussianMixture.points([[1]]), LinearVPPath(), LinearVelocity([[1]]))
    assert str(error.value) == (
        "hypothesis H2 fails: E‖u_t(x|z)‖² = ∞ for the path 'linear-vp' under uniform time on "
        "[0, 1], because the integral of beta'(t)² diverges at t = 1; C₂ and L_CFM "
        "are infinite and the theorem says nothing; take time.high < 1, e.g. high = 0.999"
    )
    with pytest.raises(InputError) as error:
        Problem(GaussianMixture.points([[1]]), PolynomialPath(0.25), LinearVelocity([[1]]))
    assert str(error.value).endswith(
        "the integral of alpha'(t)² diverges at t = 0; C₂ and L_CFM are infinite and "
        "the theorem says nothing; take time.low > 0, e.g. low = 0.001"
    )


def test_a_path_of_the_users_may_answer_with_constants():
    class Shifted(CondOTPath):
        """alpha = t, beta = 2."""

        def _beta(self, t):
            return 2

        def _dbeta(self, t):
            return 0

    path = Shifted()
    assert path.name == "cond-ot"
    for times in ([0, 1], np.array([[0.5], [1]]), np.array([0.5 + 1e-30j])):
        beta, dbeta = path.beta(times), path.dbeta(times)
        assert beta.shape == dbeta.shape == np.shape(times)
        assert beta.dtype == dbeta.dtype == (complex if np.iscomplexobj(times) else float)
        assert np.all(beta == 2)
        assert np.all(dbeta == 0)


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_integer_times_are_taken_as_numbers(path):
    for function in (path.alpha, path.beta, path.dalpha):
        values = function(np.array([0, 1]))
        assert values.dtype == np.float64
        np.testing.assert_array_equal(values, function(np.array([0.0, 1.0])))
        assert function(True) == function(1.0)


@pytest.mark.parametrize("ends", [(0.0, 1.0), (-2.0, 3.0)])
def test_a_path_of_functions_has_its_slopes_at_the_ends_of_its_times_too(ends):
    low, high = ends
    path = FunctionPath(np.sin, lambda t: np.cos(t / 4), low=low, high=high)
    t = np.concatenate([[low, low + 1e-9, high - 1e-9, high], np.linspace(low, high, 41)])
    np.testing.assert_allclose(path.dalpha(t), np.cos(t), atol=1e-6)
    np.testing.assert_allclose(path.dbeta(t), -np.sin(t / 4) / 4, atol=1e-6)
    assert path.dalpha(low) == pytest.approx(np.cos(low), abs=1e-9)
