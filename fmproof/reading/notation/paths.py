"""Random paths by their values: x_t = (1 − t) x_0 + t x_1 where x_0 and x_1 are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Named,
    Var,
)
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import (
    hidden_noise,
    random_curves,
    randomness,
)
from fmproof.reading.notation.definitions import candidate_of, constant
from fmproof.reading.notation.lacking import (
    NotYet,
)
from fmproof.reading.notation.symbols import key_of, spelled
from fmproof.reading.notation.velocities import has_dot

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

FORMULA = "◦"
"""What the spelling of a path begins with that the document writes as a formula alone."""


def path(elab: Elaborator, symbol: t.Sym) -> Expr | None:
    """The value of a symbol that random ones define, x_t = (1 − t) x_0 + t x_1."""
    name = spelled(symbol)
    if name in elab.turned:
        return None  # it is drawn
    noise = hidden_noise.turned_value(elab, name)
    if noise is not None:
        return noise
    if name in elab.paths:
        return _turned(elab, elab.paths[name])
    if elab.is_parameter(name) or elab.is_time(name):
        return None
    candidate = candidate_of(elab, symbol)
    if candidate is None:
        return random_curves.curve(elab, symbol)
    if any(n is symbol for n in t.walk(candidate.right)):
        return None
    # Ż_t = v(Z_t, t), with a v that is an average, is no path; R_t = X_1 − X_0 − v(X_t, t) is one.
    goes_on = has_dot(symbol) or key_of(symbol) in elab.courses
    if _averages(candidate.right) or (goes_on and _applies_averages(elab, candidate.right)):
        return None
    inside = [n for n in t.walk(candidate.right) if isinstance(n, t.Sym)]
    elab.paths[name] = None  # it is not defined by itself
    random = [n for n in inside if randomness.is_random(elab, n)]
    del elab.paths[name]
    if not random:
        return None
    elab.paths[name] = None  # it is not defined by itself
    try:
        with elab.expanding():
            value = constant(elab, symbol, candidate)
    except (NotYet, SortError, FmproofError):
        value = None
    if value is not None and (isinstance(value, Named) or sort_of(value) is not Sort.VEC):
        value = None
    elab.paths[name] = value
    return value


def path_of_formula(elab: Elaborator, formula: t.Node) -> t.Sym | None:
    """y + n of E[y | y + n = x] as a path without a name; None where nothing in it is random."""
    name = FORMULA + spelled(formula)
    if name not in elab.paths:
        if elab.turned or not randomness.mentioned(elab, [formula]):
            return None
        with elab.expanding():
            value = elab.term(formula)
        if sort_of(value) is not Sort.VEC:
            return None
        symbol = t.Sym(formula.at, name)
        elab.evidence.spellings.setdefault(name, symbol)
        elab.variables[name] = Var(elab.names.of("w", "variable " + name), Sort.VEC)
        elab.paths[name] = value
    return elab.evidence.spellings[name]


def _applies_averages(elab: Elaborator, node: t.Node) -> bool:
    """Whether a function in a formula is defined by an average."""
    return any(
        _averages(one.right)
        for n in t.walk(node)
        if isinstance(n, t.Call) and isinstance(n.head, t.Sym)
        for one in elab.candidates.get(key_of(n.head), ())
    )


def _averages(node: t.Node) -> bool:
    """Whether a formula averages, integrates, or differentiates in a time: the score at a random
    point is random."""
    return any(
        isinstance(n, t.Expectation | t.Integral)
        or (isinstance(n, t.Derivative) and n.kind != "grad")
        for n in t.walk(node)
    )


def _turned(elab: Elaborator, value: Expr | None) -> Expr | None:
    """The value of another path, where noise is what is left of one that is drawn."""
    if value is None or not elab.turned:
        return value
    return substitute(value, {elab.variable(o.noise): o.value for o in elab.turned.values()})


def drawn_again(elab: Elaborator, symbol: t.Sym) -> Expr | None:
    """x_t = a x_0 + b ε where x_0 and ε are drawn, and x_t is drawn elsewhere."""
    name = spelled(symbol)
    right = elab.evidence.values.get(name)
    if right is None or not elab.expand or name in elab.paths:
        return None
    letters = [n for n in t.walk(right) if isinstance(n, t.Sym)]
    random = {spelled(n) for n in letters if spelled(n) in elab.evidence.drawn}
    if not random or name in random or not random <= set(elab.bound):
        return None
    elab.paths[name] = None  # it is not defined by itself
    try:
        value = elab.term(right)
    except (NotYet, SortError, FmproofError):
        return None
    finally:
        del elab.paths[name]
    return value if sort_of(value) is Sort.VEC else None
