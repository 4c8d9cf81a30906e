"""Integrals, expectations, derivatives and other operators."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr, Rational

from fmproof.errors import SortError
from fmproof.lang.arithmetic import plus_of, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    ArgMin,
    Grad,
    IntegralOver,
    Lebesgue,
    Var,
)
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.binders import whole_space
from fmproof.reading.notation import (
    calculus,
    determinants,
    laws,
    matrices,
    named_functions,
    randomness,
)
from fmproof.reading.notation.divergences import kullback_leibler
from fmproof.reading.notation.lacking import (
    NotYet,
    number_in,
    symbol_in,
)
from fmproof.reading.notation.symbols import spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


_UNKNOWN = frozenset(("tanh", "cosh", "sinh", "tr", "KL", "min", "max"))
"""Functions that are read, and of which the language knows nothing."""
CIRCULAR = ("sin", "cos")


def integral(elab: Elaborator, node: t.Integral) -> Expr:
    if not node.over:
        raise NotYet("an integral over a measure", node.at)
    average = laws.posterior_integral(elab, node)
    if average is not None:
        return average
    if len(node.over) == 1:
        moved = _between(elab, node, node.over[0])
        if moved is not None:
            return moved
    symbols = [symbol_in(one.var) for one in node.over]
    measures = []
    for one, symbol in zip(node.over, symbols, strict=True):
        var = elab.variable(symbol)
        measures.append(range_of(elab, var, one))
    with elab.binding([spelled(s) for s in symbols]):
        body = elab.term(node.body)
    if sort_of(body) not in (Sort.REAL, Sort.VEC):
        raise NotYet("an integral of what is no number and no vector", node.at)
    for measure in measures:
        body = IntegralOver(body, measure)
    return body


def _between(elab: Elaborator, node: t.Integral, one: t.Over) -> Expr | None:
    """∫_a^b f(τ) dτ with letters for limits: (b − a) times the integral of f(a + (b − a) s)."""
    if one.low is None or one.high is None or not isinstance(one.var, t.Sym):
        return None
    if _words(one.low) or _words(one.high):
        return None
    if number_in(one.low) is not None and number_in(one.high) is not None:
        return None
    if elab.variable(one.var).sort is not Sort.REAL:
        return None
    low, high = elab.term(one.low), elab.term(one.high)
    if sort_of(low) is not Sort.REAL or sort_of(high) is not Sort.REAL:
        return None
    with elab.binding([spelled(one.var)]):
        var = elab.variable(one.var)
        body = elab.term(node.body)
    if sort_of(body) not in (Sort.REAL, Sort.VEC):
        return None
    share = Var(elab.names.of("s", "variable of a share"), Sort.REAL)
    length = plus_of(high, -low)
    place = plus_of(low, times_of(length, share))
    return times_of(length, IntegralOver(substitute(body, {var: place}), Lebesgue(share, 0, 1)))


def _words(bound: t.Node | None) -> str:
    """What a limit that is no term is."""
    return bound.what if isinstance(bound, t.Other) else ""


def range_of(elab: Elaborator, var: Var, one: t.Over) -> Lebesgue:
    if var.sort is Sort.PARAM:
        raise NotYet("an integral over parameters", one.at)
    if one.low is None and one.high is None:
        name = spelled(symbol_in(one.var))
        time = elab.is_time(name) and elab.corrections.get(name, "time") == "time"
        return Lebesgue(var, 0, 1) if time and var.sort is Sort.REAL else Lebesgue(var)
    if one.low is not None and one.high is None and whole_space(one.low):
        return Lebesgue(var)
    if [_words(bound) for bound in (one.low, one.high)] == ["limit -infty", "limit infty"]:
        return Lebesgue(var)
    low, high = (number_in(bound) for bound in (one.low, one.high))
    if low is None or high is None:
        raise NotYet("an integral with these limits", one.at)
    if var.sort is not Sort.REAL:
        raise NotYet("limits for a vector", one.at)
    if not low < high:
        raise NotYet("an integral with these limits", one.at)
    return Lebesgue(var, _rational(low), _rational(high))


def expectation(elab: Elaborator, node: t.Expectation) -> Expr:
    elab.averaging += 1
    try:
        return _average(elab, node)
    finally:
        elab.averaging -= 1


def _average(elab: Elaborator, node: t.Expectation) -> Expr:
    if node.given:
        return randomness.conditional(elab, node)
    average = laws.posterior_average(elab, node)
    if average is not None:
        return average
    return randomness.expectation(elab, node)


def derivative(elab: Elaborator, node: t.Derivative) -> Expr:
    if node.kind == "grad" and isinstance(node.var, t.Sym) and elab.is_parameter(spelled(node.var)):
        param = elab.variable(node.var)
        body = elab.term(node.body)
        return Grad(body, param)
    in_space = node.kind in ("grad", "div", "laplace")  # at a path: where that is, drawn or not
    try:
        with nullcontext() if in_space else elab.expanding():
            return calculus.derivative(elab, node)
    except calculus.Beyond:
        pass
    sort = {"grad": Sort.VEC, "div": Sort.REAL, "laplace": Sort.REAL}.get(node.kind)
    return elab.unknown(node, sort)


def function(elab: Elaborator, node: t.Function) -> Expr:
    volume = determinants.log_of_determinant(elab, node)
    if volume is not None:
        return volume
    try:
        return calculus.function(elab, node)
    except calculus.Beyond:
        pass
    written_out = named_functions.function(elab, node)
    if written_out is not None:
        return written_out
    if node.name == "tr" and len(node.args) == 1:
        with suppress(NotYet, SortError):
            return elab.term(matrices.trace(elab, node.args[0]))
    divergence = kullback_leibler(elab, node)
    if divergence is not None:
        return divergence
    if node.name in CIRCULAR and len(node.args) == 1 and node.sub is None:
        inner = elab.term(node.args[0])
        if sort_of(inner) is Sort.REAL:
            return elab.circular(node.name)(inner)
    if node.name in ("tan", "cot") and len(node.args) == 1 and node.sub is None:
        one, other = (replace(node, name=name) for name in CIRCULAR)
        above, below = (one, other) if node.name == "tan" else (other, one)
        return elab.term(t.Frac(node.at, above, below))
    if node.name in _UNKNOWN:
        return elab.unknown(node, Sort.REAL)
    raise NotYet(f"{node.name} is not in the language yet", node.at)


def normal(elab: Elaborator, node: t.Normal) -> Expr:
    try:
        return calculus.normal(elab, node)
    except calculus.Beyond:
        return elab.unknown(node, Sort.REAL)


def extremum(elab: Elaborator, node: t.Extremum) -> Expr:
    if (
        node.kind == "argmin"
        and isinstance(node.var, t.Sym)
        and elab.is_parameter(spelled(node.var))
    ):
        return ArgMin(elab.term(node.body), elab.variable(node.var))
    raise NotYet(f"{node.kind} is not in the language yet", node.at)


def _rational(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)
