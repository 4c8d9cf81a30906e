"""Symbols with a dot or a prime: velocities of paths, and letters that only look so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def has_dot(symbol: t.Sym) -> bool:
    """Whether a symbol is written as a derivative in time."""
    return bool(symbol.accents and symbol.accents[-1] == "dot") or symbol.primes == 1


def is_velocity(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a symbol is the derivative of a path, as Ẋ_t is, and V' beside V = B - A is not."""
    value = elab.path(undotted(symbol)) if has_dot(symbol) else None
    return value is not None and any(v.sort is Sort.REAL for v in free_vars(value))


def undotted(symbol: t.Sym) -> t.Sym:
    """X_t for Ẋ_t."""
    accents = symbol.accents[:-1] if symbol.accents[-1:] == ("dot",) else symbol.accents
    return t.Sym(symbol.at, symbol.name, symbol.sub, symbol.labels, symbol.sup, accents)
