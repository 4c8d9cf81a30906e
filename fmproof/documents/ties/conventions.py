"""Conventions of the field for two coefficients, which documents say in words: α² + σ² = 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Expr, S

from fmproof.documents.terms import heads_in
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.nodes import (
    Head,
    Ratio,
    Scalar,
    Sqrt,
    Var,
)
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text


def conventions(*terms: Expr) -> Iterator[tuple[Any, ...]]:
    """(words, *terms) with two coefficients tied as the field often does: α² + σ² = 1,
    α + σ = 1, with α between 0 and 1.

    Documents say so in words; a row that is true then is not called wrong.
    """
    heads = [
        h
        for h in sorted(heads_in(terms), key=lambda h: h.name)
        if h.definition is None and _coefficient(h)
    ]
    free = [v for v in _reals(*terms) if v.sort is Sort.REAL]
    for one in heads[:4]:
        base = Scalar(one.name + "'''", *one.main, sub=one.sub, sup=one.sup, given=one.given)
        for other in heads[:4]:
            if other is one or len(other.params) != len(one.params):
                continue
            at = base(*one.params)
            share = _between(at)
            there = substitute(share, dict(zip(one.params, other.params, strict=True)))
            for words, value in _pairs(text(one), text(other), there):
                yield (
                    words,
                    *(
                        replace_head(
                            replace_head(term, other, other.params, value), one, one.params, share
                        )
                        for term in terms
                    ),
                )
    for first in free[:3]:
        for second in free[:3]:
            if first is not second:
                for words, value in _pairs(text(first), text(second), first):
                    yield words, *(substitute(term, {second: value}) for term in terms)


def _between(term: Expr) -> Expr:
    """A number between 0 and 1 for every value of ``term``."""
    return Ratio(S.One, add(S.One, mul(term, term)))


def _pairs(one: str, other: str, value: Expr) -> Iterator[tuple[str, Expr]]:
    yield f"{one}² + {other}² = 1", Sqrt(add(S.One, mul(S.NegativeOne, value, value)))
    yield f"{one} + {other} = 1", add(S.One, mul(S.NegativeOne, value))
    yield f"{one}² = 1 − {other}", add(S.One, mul(S.NegativeOne, value, value))


def _reals(*terms: Expr) -> list[Var]:
    found = {v for term in terms for v in free_vars(term)}
    return sorted(found, key=lambda v: v.name)


def _coefficient(head: Head) -> bool:
    """A real function of times alone."""
    return isinstance(head, Scalar) and all(v.sort is Sort.REAL for v in head.params)
