"""Counterexamples to the conditions of the rules about exp, log, √ and |·|."""

from __future__ import annotations

from fmproof.catalogue.record import Case
from fmproof.derived import exponentials, functions_of_products
from fmproof.kernel import functions
from fmproof.lang.nodes import Abs, Exp, Log, Scalar, Sqrt
from fmproof.lang.props import AtMost, Equals, Positive

_a, _b = Scalar("a")(), Scalar("b")()


def logarithm_of_negative_factors() -> Case:
    left = Log(_a * _b)
    return Case(
        Equals(left, Log(_a) + Log(_b)),
        {_a.head: "-1", _b.head: "-exp(1)"},
        sides=("1", "0"),
        missing=(Positive(_a), Positive(_b)),
        kernel=lambda: functions_of_products.logarithm(left),
    )


def exponential_of_logarithm_of_negative() -> Case:
    left = Exp(Log(_a))
    return Case(
        Equals(left, _a),
        {_a.head: "-1"},
        sides=("1", "-1"),
        missing=(Positive(_a),),
        kernel=lambda: exponentials.exponential(left),
    )


def square_of_root_of_negative() -> Case:
    left = Sqrt(_a) * Sqrt(_a)
    return Case(
        Equals(left, _a),
        {_a.head: "-1"},
        sides=("0", "-1"),
        missing=(AtMost(0, _a),),
        kernel=lambda: functions_of_products.root_squared(left),
    )


def root_of_negative_factors() -> Case:
    left = Sqrt(_a * _b)
    return Case(
        Equals(left, Sqrt(_a) * Sqrt(_b)),
        {_a.head: "-1", _b.head: "-1"},
        sides=("1", "0"),
        missing=(AtMost(0, _a), AtMost(0, _b)),
        kernel=lambda: functions_of_products.root_of_product(left),
    )


def modulus_of_negative() -> Case:
    left = Abs(_a)
    return Case(
        Equals(left, _a),
        {_a.head: "-1"},
        sides=("1", "-1"),
        missing=(AtMost(0, _a),),
        kernel=lambda: functions.absolute_value(left),
    )
