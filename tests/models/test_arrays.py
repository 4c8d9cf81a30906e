"""Numbers, arrays and batches: what is taken, as what, and what is refused in which words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
import sympy
from hypothesis.vendor.pretty import pretty

from fmproof.errors import InputError
from fmproof.models import (
    CondOTPath,
    CustomPath,
    GaussianMixture,
    LogitNormalTime,
    PolynomialPath,
    TrigPath,
    UniformTime,
    VPPath,
)
from fmproof.models.arrays import array, batch, inside, number, source

third = Fraction(1, 3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, Fraction(3)),
        (np.int64(-3), Fraction(-3)),
        (third, third),
        (sympy.Rational(-1, 3), -third),
        (sympy.Integer(2), Fraction(2)),
        (Decimal("-0.1"), Fraction(-1, 10)),
        (Decimal("0"), Fraction(0)),
        (Decimal("1e308"), Fraction(10**308)),
        (Decimal("5e-324"), Fraction(5, 10**324)),
        (10**308, Fraction(10**308)),
        ("3", Fraction(3)),
        ("-2/6", -third),
        ("+10/030", third),
        ("1" * 300, Fraction(int("1" * 300))),
        ("7/" + "1" * 300, Fraction(7, int("1" * 300))),
    ],
    ids=lambda v: str(v)[:12],
)
def test_rationals_stay_rational(value, expected):
    found = number(value, "n")
    assert type(found) is Fraction
    assert found == expected


@pytest.mark.parametrize("value", [0.5, np.float64(0.1), np.float32(0.1), sympy.Float(0.5)])
def test_other_real_numbers_become_floats(value):
    found = number(value, "n")
    assert type(found) is float
    assert found == float(value)


RANGE = "n: expected a number within the range of float64"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "n: expected a number, found True"),
        (None, "n: expected a number, found None"),
        (1j, "n: expected a number, found 1j"),
        ([1], "n: expected a number, found [1]"),
        ("0.5", "n: expected a number, found '0.5'"),
        ("1/", "n: expected a number, found '1/'"),
        ("1/-3", "n: expected a number, found '1/-3'"),
        ("1/3 ", "n: expected a number, found '1/3 '"),
        ("1/0", "n: expected a number, found '1/0'"),
        ("1/00", "n: expected a number, found '1/00'"),
        ("1" * 301, "n: expected a number, found '111111111111...1111111111111'"),
        (float("nan"), "n: expected a finite number, found nan"),
        (-float("inf"), "n: expected a finite number, found -inf"),
        (np.float32("inf"), "n: expected a finite number, found inf"),
        (Decimal("NaN"), "n: expected a finite number, found NaN"),
        (Decimal("sNaN"), "n: expected a finite number, found sNaN"),
        (Decimal("-Infinity"), "n: expected a finite number, found -Infinity"),
        (10**400, RANGE),
        (Fraction(-(10**400), 3), RANGE),
        (Fraction(1, 10**400), RANGE),
        (Decimal("1e309"), RANGE),
        (Decimal("-1e999999999"), RANGE),
        (Decimal("1e-999999999"), RANGE),
    ],
    ids=lambda v: str(v)[:30],
)
def test_what_is_no_number_is_named(value, message):
    with pytest.raises(InputError) as error:
        number(value, "n")
    assert str(error.value) == message


D, KD, TDD = ("d",), ("K", "d"), ("T", "d", "d")


@pytest.mark.parametrize(
    ("value", "axes", "message"),
    [
        (1.0, D, "f: expected shape (d,), found ()"),
        (np.float64(1), D, "f: expected shape (d,), found ()"),
        ([[1.0]], D, "f: expected shape (d,), found (1, 1)"),
        (np.ones((1, 1)), D, "f: expected shape (d,), found (1, 1)"),
        ([1.0, 2.0], KD, "f: expected shape (K, d), found (2,)"),
        (np.ones(2), KD, "f: expected shape (K, d), found (2,)"),
        ([[1], [2]], TDD, "f: expected shape (T, d, d), found (2, 1)"),
        ([], D, "f: expected at least one entry, found none"),
        (np.ones((2, 0)), KD, "f: expected at least one entry, found none"),
        ([[1, 2], [3]], KD, "f: the rows have different lengths"),
        ([[1, 2], 3], KD, "f: the rows have different lengths"),
        ([[1, 2], (3,)], KD, "f: the rows have different lengths"),
        ([[1, 2], np.ones(3)], KD, "f: the rows have different lengths"),
        ([[1, 2], [3, "x"]], KD, "f[1][1]: expected a number, found 'x'"),
        (
            np.array([[1, True], [None, 2]], dtype=object),
            KD,
            "f[0][1]: expected a number, found True",
        ),
        (np.array([True]), D, "f[0]: expected a number, found True"),
        (np.array([1j]), D, "f[0]: expected a number, found 1j"),
        (np.array([0.0, np.nan, np.inf]), D, "f[1]: expected a finite number, found nan"),
        (np.array([[0, 1], [-np.inf, 2]]), KD, "f[1][0]: expected a finite number, found -inf"),
        ([[0.0, 1.0], [2.0, np.nan]], KD, "f[1][1]: expected a finite number, found nan"),
    ],
)
def test_what_is_no_array_is_named(value, axes, message):
    with pytest.raises(InputError) as error:
        array(value, "f", axes)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "value",
    [
        [[0, third], ["1/7", Decimal("0.2")]],
        np.array([[1, 2], [3, 2**60 + 1]]),
        np.array([[1, 2], [3, 4]], dtype=np.uint8),
        np.array([[1, third], [2, 3]], dtype=object),
    ],
    ids=["list", "int64", "uint8", "objects"],
)
def test_arrays_of_rationals_keep_them(value):
    found = array(value, "f", KD)
    expected = [[Fraction(str(v)) for v in row] for row in value]
    assert found.rational
    assert found.floats.dtype == np.float64
    assert found.floats.tolist() == [[float(v) for v in row] for row in expected]
    assert found.fractions().tolist() == found.tolist() == expected
    assert {type(v) for v in found.fractions().ravel()} == {Fraction}
    turned = found.reshape(4, 1)
    assert turned.tolist() == [[v] for row in expected for v in row]
    assert turned.floats.shape == turned.fractions().shape == (4, 1)
    assert found.part(1).tolist() == expected[1]
    assert found.part((slice(None), 0)).floats.tolist() == [float(row[0]) for row in expected]


@pytest.mark.parametrize(
    "value", [[[0.5, third]], np.array([[0.5, 0.25]]), np.array([[0.5, 1]], dtype=np.float32)]
)
def test_one_float_makes_floats_of_all(value):
    found = array(value, "f", KD)
    assert not found.rational
    assert not found.reshape(2).rational
    assert not found.part(0).rational
    assert found.floats.dtype == np.float64
    floats = [[float(v) for v in value[0]]]
    assert found.tolist() == floats
    assert found.reshape(2).tolist() == found.part(0).tolist() == floats[0]
    assert found.fractions().tolist() == [[Fraction(v) for v in floats[0]]]
    assert {type(v) for v in found.fractions().ravel()} == {Fraction}


@pytest.mark.parametrize("value", [[1, 2], [0.5, 2], np.array([1, 2]), np.array([0.5, 2])])
def test_arrays_are_copies_that_cannot_be_written(value):
    found = array(value, "f", D)
    before = found.tolist()
    value[0] = 9
    assert found.tolist() == before
    with pytest.raises(ValueError, match="read-only"):
        found.floats[0] = 9


def test_source_is_code():
    assert source([1.5, [Fraction(2), -third], []]) == '[1.5, [2, "-1/3"], []]'
    assert array([1, 0.5], "f", D).source() == "[1.0, 0.5]"
    assert array([1, third], "f", D).source() == '[1, "1/3"]'


def test_pretty_printers_show_the_code():
    for instance in (UniformTime(0, third), TrigPath(), GaussianMixture.points([[1], [2]])):
        assert pretty(instance) == repr(instance)
    assert pretty([CondOTPath()]) == "[CondOTPath()]"


def test_records_are_equal_when_kind_and_floats_are():
    for build in (
        PolynomialPath,
        partial(VPPath, 0),
        lambda n: VPPath(n, 20),
        partial(UniformTime, 0),
        lambda n: UniformTime(n, 1),
        partial(LogitNormalTime, 0),
        lambda n: LogitNormalTime(n, 1),
    ):
        assert build(third) == build(1 / 3) == build("1/3") != build("2/3")
        assert hash(build(third)) == hash(build(1 / 3)) != hash(build("2/3"))
    assert UniformTime(0, 1) != UniformTime(0, 0.5)
    assert UniformTime(0, 1) != LogitNormalTime(0, 1)
    assert hash(UniformTime(0, 1)) != hash(LogitNormalTime(0, 1))
    assert UniformTime(0, 1) != (0, 1)
    assert CondOTPath() != TrigPath()
    assert PolynomialPath(1) != CustomPath("t", "1 - t") != PolynomialPath(1)
    assert repr(LogitNormalTime(0.5, third)) == 'LogitNormalTime(mean=0.5, std="1/3")'


def test_inside_puts_a_name_before_the_field():
    message = r"^file: table\.n: expected a number, found 'x'$"
    with pytest.raises(InputError, match=message), inside("file: "), inside("table."):
        number("x", "n")
    with pytest.raises(KeyError), inside("table."):
        raise KeyError("n")


def test_a_batch_is_float64_and_a_scalar_time_is_shared():
    times, points = batch(1, [[1, 2], [3, 4]], 2)
    assert (times.dtype, points.dtype) == (np.float64, np.float64)
    assert (times.tolist(), points.tolist()) == ([1.0], [[1.0, 2.0], [3.0, 4.0]])
    times, points = batch(np.float32([0, 1]), np.float32([[0.5], [2]]), 1)
    assert (times.dtype, points.dtype) == (np.float64, np.float64)
    assert (times.tolist(), points.tolist()) == ([0.0, 1.0], [[0.5], [2.0]])


@pytest.mark.parametrize(
    ("t", "x", "name", "message"),
    [
        (0.5, [1.0, 2.0], "z", "z: expected shape (N, 2), found (2,)"),
        (0.5, [[[1.0, 2.0]]], "x", "x: expected shape (N, 2), found (1, 1, 2)"),
        (0.5, [[1.0]], "x", "x: expected shape (N, 2), found (1, 1)"),
        ([0.5], [[1.0, 2.0]] * 2, "x", "t: expected shape (2,), found (1,)"),
        ([[0.5], [0.5]], [[1.0, 2.0]] * 2, "x", "t: expected shape (2,), found (2, 1)"),
    ],
)
def test_other_shapes_of_a_batch_are_refused(t, x, name, message):
    with pytest.raises(InputError) as error:
        batch(t, x, 2, name)
    assert str(error.value) == message
    if name == "x":
        with pytest.raises(InputError) as error:
            batch(t, x, 2)
        assert str(error.value) == message
