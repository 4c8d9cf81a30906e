"""Roots and powers of exponentials, as exponentials: √exp(u) = exp(u/2), exp(u)² = exp(2 u); and
exponentials of logarithms as powers: e^{−2 log v} = 1/v².

A document says ᾱ = exp(−∫ β) and a = √ᾱ. What a is, is then put in as exp(−½ ∫ β), of which the
checker knows slopes and powers.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sympy import Expr, Pow, Rational, S

from fmproof.documents.suggest import replaced
from fmproof.lang.arithmetic import coefficient, mul, summands
from fmproof.lang.node import rebuilt
from fmproof.lang.nodes import Apply, Exp, Head, Let, Log, Ratio, Sqrt
from fmproof.lang.numbers import fraction


def gathered(*terms: Expr) -> tuple[Expr, ...]:
    """Terms with their roots and powers of exponentials as exponentials."""
    under = [node.args[0] for term in terms for node in term.atoms(Sqrt, Pow)]
    named = {one.head for one in under if isinstance(one, Apply) and _is_exponential(one.head)}
    return tuple(_gathered(_written_out(term, named)) for term in terms)


def _is_exponential(head: Head) -> bool:
    return isinstance(head.definition, Exp)


def _written_out(term: Any, heads: Collection[Head]) -> Any:
    """A term with these functions as what defines them, wherever they stand."""
    if not term.args or not isinstance(term, Expr | Let):
        return term
    if isinstance(term, Apply):
        term = rebuilt(term, term.head, *(_written_out(arg, heads) for arg in term.args[1:]))
        return term.head.unfold(term.arguments) if term.head in heads else term
    return rebuilt(term, *(_written_out(arg, heads) for arg in term.args))


def _gathered(term: Any) -> Any:
    if not term.args or not isinstance(term, Expr | Let):
        return term
    if isinstance(term, Apply):
        return rebuilt(term, term.head, *map(_gathered, term.args[1:]))
    term = rebuilt(term, *map(_gathered, term.args))
    if isinstance(term, Sqrt) and isinstance(term.args[0], Exp):
        return Exp(mul(Rational(1, 2), term.args[0].args[0]))
    if isinstance(term, Pow) and isinstance(term.base, Exp) and term.exp.is_Integer:
        return Exp(mul(term.exp, term.base.args[0]))
    return term


def out_of_logarithms(term: Expr) -> tuple[Expr, Expr] | None:
    """Of a term with e^{−2 log v} in it: with e^{log 1/v²} there, and with 1/v²; None without."""
    named, bare = term, term
    for power in sorted(term.atoms(Exp), key=str):
        base = _base(power)
        if base is not None:
            named = replaced(named, power, Exp(Log(base)))
            bare = replaced(bare, power, base)
    return None if bare == term else (named, bare)


def _base(power: Expr) -> Expr | None:
    """1/v² of e^{−2 log v}."""
    parts: list[Expr] = []
    for part in summands(power.args[0]):
        value, rest = coefficient(part)
        times = fraction(value)
        if not isinstance(rest, Log) or times.denominator != 1 or not 0 < abs(times) <= _MOST:
            return None
        inside = rest.args[0]
        parts += [inside if times > 0 else _turned(inside)] * abs(times.numerator)
    return mul(*parts) if parts else None


def _turned(term: Expr) -> Expr:
    """b/a of a/b."""
    return Ratio(term.args[1], term.args[0]) if isinstance(term, Ratio) else Ratio(S.One, term)


_MOST = 4
"""Of a multiple of a logarithm that is made a power."""
