"""Roots and powers of exponentials, as exponentials: √exp(u) = exp(u/2), exp(u)² = exp(2 u).

A document says ᾱ = exp(−∫ β) and a = √ᾱ. What a is, is then put in as exp(−½ ∫ β), of which the
checker knows slopes and powers.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sympy import Expr, Pow, Rational

from fmproof.lang.arithmetic import mul
from fmproof.lang.node import rebuilt
from fmproof.lang.nodes import Apply, Exp, Head, Let, Sqrt


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
