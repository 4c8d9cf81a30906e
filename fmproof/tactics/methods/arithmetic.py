"""Sums, products, ratios, roots and the elementary functions."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Mul, Pow, S

from fmproof.kernel.algebra import bilinearity, cancel
from fmproof.kernel.equality import transitivity
from fmproof.kernel.functions import (
    absolute_value,
    exponential,
    logarithm,
    root_of_product,
    root_squared,
)
from fmproof.kernel.ring import ring
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.nodes import Abs, Inner, Ratio, Sqrt
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import Conversion, attempt


def square(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        return attempt(bilinearity, term) if isinstance(term, Inner) else None

    return convert


def cancel_ratios(_: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        if not isinstance(term, Mul) or not term.has(Ratio):
            return None
        theorem = attempt(cancel, term)
        if theorem is None:
            split = _split_denominators(term)
            cancelled = split and attempt(cancel, split.rhs)
            theorem = cancelled and transitivity(split, cancelled)
        return theorem

    return convert


def _split_denominators(term: Mul) -> Theorem | None:
    """a/(b c) as (a/b)·(1/c), for each ratio among the factors."""
    parts = []
    for part in factors(term):
        below = factors(part.args[1]) if isinstance(part, Ratio) else ()
        if len(below) > 1:
            parts += [Ratio(part.args[0], below[0]), *(Ratio(S.One, b) for b in below[1:])]
        else:
            parts.append(part)
    split = mul(*parts)
    return None if split == term else attempt(ring, term, split)


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
