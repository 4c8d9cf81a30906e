"""Names, definitions and earlier results."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sympy import Basic, Expr

from fmproof.errors import RuleError
from fmproof.kernel.equality import unfold
from fmproof.kernel.theorem import Theorem
from fmproof.lang.nodes import Apply, Density, Expect, IntegralOver, Named
from fmproof.lang.scope import free_vars
from fmproof.lang.spelling.text import text
from fmproof.tactics.matching import instance
from fmproof.tactics.methods.line import Line
from fmproof.tactics.rewriting import Conversion, at, at_instances


def definition(line: Line) -> Conversion:
    """Names and defined symbols that occur on one side more often than on the other."""
    before, claim = _defined(line.before), _defined(line.claim)
    changed = {key for key in before.keys() | claim.keys() if before[key] != claim[key]}

    return at(*changed)(unfold)


def is_mixture(term: Any) -> bool:
    """Whether a density is one by its definition, E_z[k(x|z)] or ∫ k(x|z) q(z) dz."""
    density = isinstance(term, Apply) and isinstance(term.head, Density)
    return density and isinstance(term.head.definition, Expect | IntegralOver)


@at(Apply)
def _mixture(term: Any) -> Theorem | None:
    return unfold(term) if is_mixture(term) else None


def mixtures_written_out(_: Line) -> Conversion:
    """Mixtures as the averages that they are by definition."""
    return _mixture


def _symbol(term: Basic) -> Basic | None:
    if isinstance(term, Named):
        return term
    if isinstance(term, Apply) and term.head.definition is not None:
        return term.head
    return None


def _defined(term: Basic) -> Counter[Basic]:
    found: Counter[Basic] = Counter()
    symbol = _symbol(term)
    if symbol is not None:
        found[symbol] += 1
    for arg in term.args:
        found.update(_defined(arg))
    return found


def constant(line: Line) -> Conversion:
    """A term without free variables gets a name (or loses it)."""
    known = _defined(line.before)
    for symbol in _defined(line.claim):
        if isinstance(symbol, Named) and symbol not in known and free_vars(symbol):
            stray = ", ".join(sorted(text(v) for v in free_vars(symbol)))
            raise RuleError(
                f"{text(symbol)} := {text(symbol.definition)} contains {stray}, "
                f"so it is not a constant"
            )
    return at(Named)(definition(line))


def lemma(line: Line) -> Conversion:
    def convert(term: Expr) -> Theorem | None:
        for theorem in line.lemmas:
            found = instance(theorem, term)
            if found is not None:
                return found
        return None

    return at_instances([theorem.lhs for theorem in line.lemmas], convert)
