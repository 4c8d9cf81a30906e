"""Random curves: X_t of which a document writes the velocity Ẋ_t, and nothing that defines it.

Such a curve is a function of the time and of what is random, X_t = X(t, ω), and Ẋ_t is its
derivative. Any process with differentiable paths is one, so what is proved of any X and any law
of ω holds of it. All curves of a document are made of one ω, so nothing is independent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.lang.nodes import Field, Var
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

OMEGA = "◦ω"
"""The spelling of what is random in curves."""


def curve(elab: Elaborator, symbol: t.Sym) -> Expr | None:
    """X(t, ω) for X_t; None where the document says, or may say, what X_t is."""
    key, name = key_of(symbol), spelled(symbol)
    if key not in elab.evidence.moving or name not in elab.evidence.random_symbols:
        return None
    if symbol.accents or symbol.primes or symbol.sup is not None or not symbol.name.isupper():
        return None
    time = symbol.sub[0] if len(symbol.sub) == 1 else None
    if not isinstance(time, t.Sym) or not elab.is_time(spelled(time)):
        return None
    seen = elab.evidence
    if key in elab.candidates or key in seen.called or key in elab.courses:
        return None
    alike = [one for one, s in seen.spellings.items() if key_of(s) == key and not s.accents]
    if any(one in seen.drawn or elab.laws.get(one) for one in alike):
        return None
    if any(one in seen.random_symbols and one != name for one in alike):
        return None  # X_0, which may be drawn by itself
    omega = _random_point(elab)
    var = elab.variable(time)
    head = elab.opaque.get(f"curve {key}")
    if head is None:
        head = Field(elab.names.of(key, f"curve {key}"), omega, sub=var)
        elab.opaque[f"curve {key}"] = head
        elab.note(name, "a random curve, any function of what is random", "it has a velocity")
    made: Expr = head(var, omega)
    return made


def _random_point(elab: Elaborator) -> Var:
    """ω, which is drawn with all that has no law."""
    if OMEGA not in elab.variables:
        elab.variables[OMEGA] = Var(elab.names.of("omega", "variable " + OMEGA), Sort.VEC)
        symbol = t.Sym(-1, OMEGA)
        elab.evidence.random_symbols[OMEGA] = symbol
        elab.evidence.spellings[OMEGA] = symbol
    return elab.variables[OMEGA]
