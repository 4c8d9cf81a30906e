"""Velocity models."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fmproof.errors import InputError
from fmproof.models import CallableVelocity, LinearVelocity, PolynomialVelocity, VelocityTerm

CUBIC = PolynomialVelocity(
    [
        VelocityTerm([0.5, 1], 2, [1, 2]),
        VelocityTerm([-0.25, 0], 0, [0, 3]),
        VelocityTerm([1, 2], 1),
        VelocityTerm([3, 4]),
    ]
)


def test_a_polynomial_by_hand():
    t, x, y = 0.5, 2.0, -3.0
    expected = [
        0.5 * t**2 * x * y**2 - 0.25 * y**3 + t + 3,
        t**2 * x * y**2 + 2 * t + 4,
    ]
    np.testing.assert_allclose(CUBIC(t, [[x, y]]), [expected])
    np.testing.assert_allclose(CUBIC([t, 0], [[x, y], [0, 1]]), [expected, [2.75, 4]])


def test_features_are_the_derivatives_in_theta():
    rng = np.random.default_rng(0)
    t, x = rng.random(6), rng.normal(size=(6, 2))
    phi = CUBIC.features(t, x)
    assert phi.shape == (6, 8, 2)
    np.testing.assert_allclose(np.einsum("j,njd->nd", CUBIC.theta, phi), CUBIC(t, x))
    for j in range(8):
        unit = CUBIC.with_theta(np.eye(8)[j])
        np.testing.assert_allclose(unit(t, x), phi[:, j], atol=1e-15)


def test_with_theta_keeps_the_class_and_the_rationals():
    other = CUBIC.with_theta([Fraction(k, 7) for k in range(8)])
    assert other.rational
    assert other.exact()[1].tolist() == [Fraction(2, 7), Fraction(3, 7)]
    assert CUBIC.with_theta(CUBIC.theta) == CUBIC
    linear = LinearVelocity([[1, 2], [3, 4]])
    assert type(linear.with_theta(linear.theta)) is LinearVelocity
    with pytest.raises(InputError) as error:
        CUBIC.with_theta([1.0])
    assert str(error.value) == "theta: expected 8 coefficients, found 1"
    with pytest.raises(InputError, match=r"^theta: expected shape \(T d,\), found \(4, 2\)$"):
        CUBIC.with_theta(CUBIC.coefficients)
    with pytest.raises(InputError, match=r"^theta\[7\]: expected a number, found 'x'$"):
        CUBIC.with_theta([0] * 7 + ["x"])


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_linear_is_a_of_t_times_x_plus_b_of_t(dim, n, m, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(n, dim, dim)), rng.normal(size=(m, dim))
    model = LinearVelocity(a, b)
    t, x = rng.random(5), rng.normal(size=(5, dim))
    expected = [
        sum(a[k] * s**k for k in range(n)) @ point + sum(b[k] * s**k for k in range(m))
        for s, point in zip(t, x, strict=True)
    ]
    np.testing.assert_allclose(model(t, x), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(model.A.floats, a)
    np.testing.assert_array_equal(model.b.floats, b)


def test_linear_without_powers_of_t():
    model = LinearVelocity([[Fraction(1, 2), 0], [1, 2]])
    assert model.rational
    assert model.A.tolist() == [[[Fraction(1, 2), 0], [1, 2]]]
    assert model.b.tolist() == [[0, 0]]


def test_high_powers_overflow_to_infinity_without_a_warning():
    model = PolynomialVelocity([VelocityTerm([1.0], 0, [400])])
    assert model(0.0, [[10.0]])[0, 0] == np.inf
    assert model(0.0, [[0.1]])[0, 0] == pytest.approx(0, abs=1e-300)


def test_what_overflows_is_infinite_or_not_a_number_without_a_warning():
    huge = PolynomialVelocity([VelocityTerm([1e300], 0, [1])])
    assert huge(0.0, [[1e300], [-1e300]]).tolist() == [[np.inf], [-np.inf]]
    difference = PolynomialVelocity([VelocityTerm([1.0], 0, [400]), VelocityTerm([-1.0], 0, [400])])
    assert np.isnan(difference(0.0, [[10.0]])).all()
    vanishing = PolynomialVelocity([VelocityTerm([1.0], 1, [400])])
    assert np.isnan(vanishing(0.0, [[10.0]])).all()
    assert np.isnan(vanishing.monomials(0.0, [[10.0]])).all()
    assert vanishing.monomials(1.0, [[10.0]]).tolist() == [[np.inf]]


def test_the_highest_power_is_500():
    model = PolynomialVelocity([VelocityTerm([1.0], 500, [500])])
    assert model([1.0, 0.5], [[1.0], [2.0]]).tolist() == [[1.0], [1.0]]


def test_zero_to_the_power_zero_is_one():
    assert PolynomialVelocity([VelocityTerm([2.0], 0, [0])])(0.0, [[0.0]]).tolist() == [[2.0]]


TERMS = [
    ([], "terms: expected at least one term, found none"),
    ([VelocityTerm([])], "terms[0].coef: expected at least one entry, found none"),
    (
        [VelocityTerm([1]), VelocityTerm([1, 2])],
        "terms[1].coef: expected 1 entries, as in terms[0], found 2",
    ),
    ([VelocityTerm([1], -1)], "terms[0].t: expected an integer from 0 to 500, found -1"),
    ([VelocityTerm([1], 0.5)], "terms[0].t: expected an integer from 0 to 500, found 0.5"),
    ([VelocityTerm([1], True)], "terms[0].t: expected an integer from 0 to 500, found True"),
    ([VelocityTerm([1], 0, [501])], "terms[0].x[0]: expected an integer from 0 to 500, found 501"),
    (
        [VelocityTerm([1], 0, [1, 2])],
        "terms[0].x: expected 1 powers, one for each entry of coef, found 2",
    ),
    ([VelocityTerm([1], 0, 3)], "terms[0].x: expected a list of 1 powers, found 3"),
    ([VelocityTerm([float("nan")])], "terms[0].coef[0]: expected a finite number, found nan"),
    ([VelocityTerm(1)], "terms[0].coef: expected shape (d,), found ()"),
    ([VelocityTerm([1]), VelocityTerm([[1]])], "terms[1].coef: expected shape (d,), found (1, 1)"),
    (
        [VelocityTerm([1]), VelocityTerm([1], "2")],
        "terms[1].t: expected an integer from 0 to 500, found '2'",
    ),
    ([VelocityTerm([1], 501)], "terms[0].t: expected an integer from 0 to 500, found 501"),
    (
        [VelocityTerm([1, 2], 0, [0, 1]), VelocityTerm([1, 2], 0, [0, 1.0])],
        "terms[1].x[1]: expected an integer from 0 to 500, found 1.0",
    ),
    (
        [VelocityTerm([1, 2], 0, [0, True])],
        "terms[0].x[1]: expected an integer from 0 to 500, found True",
    ),
    (
        [VelocityTerm([1, 2]), VelocityTerm([1, 2], 0, [1])],
        "terms[1].x: expected 2 powers, one for each entry of coef, found 1",
    ),
    ([VelocityTerm([1, 2], 0, None)], "terms[0].x: expected a list of 2 powers, found None"),
]


@pytest.mark.parametrize(("terms", "message"), TERMS, ids=[m for _, m in TERMS])
def test_bad_terms_are_named(terms, message):
    with pytest.raises(InputError) as error:
        PolynomialVelocity(terms)
    assert str(error.value) == message


LINEAR = [
    (([[1, 2]],), "A: expected square matrices, found 1 rows, 2 columns"),
    (([[1]], [1, 2]), "b: expected 1 entries, as A has rows, found 2"),
    (([1],), "A: expected shape (powers of t, d, d), found (1,)"),
    (([[[]]],), "A: expected at least one entry, found none"),
    (([[1, 2], [3]],), "A: the rows have different lengths"),
    (([["x"]],), "A[0][0][0]: expected a number, found 'x'"),
    ((3,), "A: expected shape (powers of t, d, d), found ()"),
    (([[[[1]]]],), "A: expected shape (powers of t, d, d), found (1, 1, 1, 1)"),
    ((np.ones((2, 3, 2)),), "A: expected square matrices, found 3 rows, 2 columns"),
    (([[1]], 3), "b: expected shape (powers of t, d), found ()"),
    (([[1]], [[[3]]]), "b: expected shape (powers of t, d), found (1, 1, 1)"),
    (([[1]], []), "b: expected at least one entry, found none"),
    (([[1, 0], [0, 1]], [[1, 2], [3, None]]), "b[1][1]: expected a number, found None"),
    (([[1, 0], [0, 1]], [[1]]), "b: expected 2 entries, as A has rows, found 1"),
]


@pytest.mark.parametrize(("arguments", "message"), LINEAR, ids=[m for _, m in LINEAR])
def test_bad_linear_models_are_named(arguments, message):
    with pytest.raises(InputError) as error:
        LinearVelocity(*arguments)
    assert str(error.value) == message


SHAPES = [
    (0.5, [1.0, 2.0], "x: expected shape (N, 2), found (2,)"),
    (0.5, [[1.0]], "x: expected shape (N, 2), found (1, 1)"),
    ([0.5], [[1.0, 2.0]] * 3, "t: expected shape (3,), found (1,)"),
    ([[0.5]] * 2, [[1.0, 2.0]] * 2, "t: expected shape (2,), found (2, 1)"),
]


@pytest.mark.parametrize(("t", "x", "message"), SHAPES, ids=[m for *_, m in SHAPES])
@pytest.mark.parametrize("model", [CUBIC, CallableVelocity(lambda t, x: x, 2)], ids=["poly", "f"])
def test_shapes_are_checked(model, t, x, message):
    with pytest.raises(InputError) as error:
        model(t, x)
    assert str(error.value) == message


def test_terms_are_kept_as_given_and_written_out():
    assert LinearVelocity([["1/3"]], [2]).terms == [
        ([Fraction(1, 3)], 0, [1]),
        ([Fraction(2)], 0, [0]),
    ]
    assert CUBIC.terms == [
        ([0.5, 1.0], 2, [1, 2]),
        ([-0.25, 0.0], 0, [0, 3]),
        ([1.0, 2.0], 1, [0, 0]),
        ([3.0, 4.0], 0, [0, 0]),
    ]
    assert PolynomialVelocity(CUBIC.terms) == CUBIC


@pytest.mark.parametrize("change", range(4))
def test_models_differ_when_any_part_does(change):
    term = [[[1, 2], 1, [0, 3]], [[1, 3], 1, [0, 3]], [[1, 2], 0, [0, 3]], [[1, 2], 1, [3, 0]]]
    models = [PolynomialVelocity([t]) for t in term]
    assert [model == models[change] for model in models] == [i == change for i in range(4)]
    assert models[change] != term[change]
    assert hash(models[0]) != hash(models[1])
    assert hash(models[0]) != hash(models[3])


def test_a_linear_model_equals_the_polynomial_with_its_terms():
    linear = LinearVelocity([[1, 2], [3, 4]], [5, 6])
    assert linear == PolynomialVelocity(linear.terms)
    assert repr(linear) == "LinearVelocity([[[1, 2], [3, 4]]], [[5, 6]])"
    assert repr(PolynomialVelocity(linear.terms)) == (
        "PolynomialVelocity([VelocityTerm([1, 3], 0, [1, 0]), "
        "VelocityTerm([2, 4], 0, [0, 1]), VelocityTerm([5, 6], 0, [0, 0])])"
    )


def test_a_linear_model_takes_arrays_and_tuples():
    for A, b in [
        (np.array([[1, 2], [3, 4]]), np.array([5, 6])),
        (((1, 2), (3, 4)), (5, 6)),
        ([np.array([1, 2]), (3, 4)], [[5, 6]]),
        ([[[1, 2], [3, 4]]], np.array([[5, 6]])),
    ]:
        assert LinearVelocity(A, b) == LinearVelocity([[1, 2], [3, 4]], [5, 6])
        assert LinearVelocity(A, b).rational


@pytest.mark.parametrize("dtype", [np.float32, np.int64, object])
def test_what_a_callable_returns_becomes_float64(dtype):
    found = CallableVelocity(lambda t, x: x.astype(dtype), 2)(0.5, [[1.0, 2.0]])
    assert found.dtype == np.float64
    assert found.tolist() == [[1.0, 2.0]]


def test_callable_gets_one_time_for_each_point():
    model = CallableVelocity(lambda t, x: t[:, None] * x, 2)
    assert model(0.5, [[1.0, 2.0], [3.0, 4.0]]).tolist() == [[0.5, 1.0], [1.5, 2.0]]


class Numbered:
    def __repr__(self):
        return "model number 7"

    def __call__(self, t, x):
        return x[:, :1]


def test_a_callable_without_a_name_is_named_by_its_repr():
    model = CallableVelocity(Numbered(), 2)
    assert repr(model) == "CallableVelocity(model number 7, 2)"
    with pytest.raises(InputError) as error:
        model(0.5, [[1.0, 2.0]])
    assert str(error.value) == ("model: model number 7 returned shape (1, 1) for x of shape (1, 2)")


def narrow(t, x):
    return x[:, 0]


def broken(t, x):
    return np.where(x > 1, np.nan, x)


def raising(t, x):
    raise KeyError("weights")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (narrow, "model: narrow returned shape (2,) for x of shape (2, 2)"),
        (broken, "model: broken returned [ 0. nan] at t = 0.5, x = [0. 2.]"),
        (raising, "model: raising raised KeyError('weights')"),
        (lambda t, x: "abc", "model: <lambda> raised ValueError("),
    ],
)
def test_callables_that_misbehave(function, message):
    with pytest.raises(InputError) as error:
        CallableVelocity(function, 2)(0.5, [[0.0, 1.0], [0.0, 2.0]])
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
