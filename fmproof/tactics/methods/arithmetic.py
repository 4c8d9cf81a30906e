"""Sums, products, ratios, roots and the elementary functions."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Mul, Pow

from fmproof.kernel.algebra import bilinearity, cancel
from fmproof.kernel.functions import (
    absolute_value,
    exponential,
    logarithm,
    root_of_product,
    root_squared,
)
from fmproof.kernel.theorem import Theorem
from fmproof.lang.nodes import Abs, Inner, Ratio, Sqrt
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import Conversion, attempt


def square(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return attempt(bilinearity, term) if isinstance(term, Inner) else None

    return convert


def cancel_ratios(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return attempt(cancel, term) if isinstance(term, Mul) and term.has(Ratio) else None

    return convert


def log(_: Line) -> Conversion:
    return lambda term: attempt(logarithm, term)


def exp(_: Line) -> Conversion:
    return lambda term: attempt(exponential, term)


def root(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        rules: tuple[Callable[..., Theorem], ...] = ()
        if isinstance(term, Sqrt | Abs):
            rules = (absolute_value, root_of_product)
        if isinstance(term, Mul | Pow):
            rules = (root_squared,)
        return next((th for rule in rules if (th := attempt(rule, term)) is not None), None)

    return convert
