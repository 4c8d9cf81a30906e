"""Sums, products, ratios, roots and the elementary functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from sympy import Expr, S

from fmproof.derived.exponentials import exponential
from fmproof.derived.functions_of_products import logarithm, root_of_product, root_squared
from fmproof.derived.ratios import cancel
from fmproof.kernel.algebra import bilinearity
from fmproof.kernel.equality import instantiate, transitivity
from fmproof.kernel.functions import absolute_value
from fmproof.kernel.ring import ring
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Mul, Pow, add, coefficient, factors, mul
from fmproof.lang.nodes import Abs, Exp, Inner, Log, Ratio, Sqrt, Var
from fmproof.lang.sorts import Sort
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import Conversion, at, attempt, cancel_ratio, symbols_inside


@at(Inner)
def expand_inner(term: Expr) -> Theorem | None:
    """⟨Σ aᵢ, Σ bⱼ⟩ multiplied out."""
    return attempt(bilinearity, term)


def square(_: Line) -> Conversion:
    return expand_inner


def cancel_ratios(_: Line) -> Conversion:
    @at(Mul)
    def convert(term: Expr) -> Theorem | None:
        if Ratio not in symbols_inside(term):
            return None
        return cancel_ratio(term) or _whole_power(term)

    return convert


def _whole_power(term: Mul) -> Theorem | None:
    """b c·(a/(b c)) = a, where the denominator is a product of factors that stand beside it."""
    parts = list(factors(term))
    for place, part in enumerate(parts):
        below = factors(part.args[1]) if isinstance(part, Ratio) else ()
        others = Counter(parts[:place] + parts[place + 1 :])
        if len(below) > 1 and not Counter(below) - others:
            inverses = [Ratio(S.One, b) for b in below[1:]]
            rest = [*parts[:place], *parts[place + 1 :]]
            split = attempt(ring, term, mul(Ratio(part.args[0], below[0]), *inverses, *rest))
            shorter = None if split is None else attempt(cancel, split.rhs)
            if split is not None and shorter is not None:
                return transitivity(split, shorter)
    return None


def log(_: Line) -> Conversion:
    return at(Log)(partial(attempt, logarithm))


def exp(_: Line) -> Conversion:
    return at(Exp)(lambda term: attempt(exponential, term) or _power_of_exponential(term))


_MOST_FACTORS = 8  # that an exponential is split into


def _power_of_exponential(term: Expr) -> Theorem | None:
    """exp(n a) = exp((n − 1) a)·exp a for n = 2, 3, …"""
    number, rest = coefficient(term.args[0])
    if not (number.is_Integer and 1 < number <= _MOST_FACTORS):
        return None
    first, second = Var("u", Sort.REAL), Var("v", Sort.REAL)
    values = {first: mul(number - 1, rest), second: rest}
    return attempt(instantiate, exponential(Exp(add(first, second))), values)


def root(_: Line) -> Conversion:
    @at(Sqrt, Abs, Mul, Pow)
    def convert(term: Expr) -> Theorem | None:
        rules: tuple[Callable[..., Theorem], ...] = ()
        if isinstance(term, Sqrt | Abs):
            rules = (absolute_value, root_of_product)
        if isinstance(term, Mul | Pow):
            rules = (root_squared,)
        return next((th for rule in rules if (th := attempt(rule, term)) is not None), None)

    return convert
