"""The rules of fmproof, for readers: one record each, grouped by family.

Listing them imports neither SymPy nor the kernel; only building a counterexample does.
"""

from __future__ import annotations

from functools import cache

from fmproof.catalogue.record import FAMILIES, Case, Condition, RuleRecord
from fmproof.errors import InputError, nearest

__all__ = ["FAMILIES", "Case", "Condition", "RuleRecord", "catalogue", "rule"]


@cache
def catalogue() -> tuple[RuleRecord, ...]:
    """All rules, in reading order."""
    from fmproof.catalogue.algebra import ALGEBRA
    from fmproof.catalogue.almost import ALMOST
    from fmproof.catalogue.calculus import DERIVATIVE_RULES, MINIMISING
    from fmproof.catalogue.conditional import CONDITIONAL
    from fmproof.catalogue.equality import EQUALITY
    from fmproof.catalogue.functions import FUNCTION_RULES
    from fmproof.catalogue.gaussian import GAUSSIANS
    from fmproof.catalogue.integrability import INTEGRABILITY
    from fmproof.catalogue.integrals import INTEGRAL_RULES
    from fmproof.catalogue.order import ORDER
    from fmproof.catalogue.tactics import TACTICS

    named = (
        *EQUALITY,
        *ALGEBRA,
        *INTEGRAL_RULES,
        *DERIVATIVE_RULES,
        *CONDITIONAL,
        *GAUSSIANS,
        *FUNCTION_RULES,
    )
    return (*named, *MINIMISING, *ORDER, *INTEGRABILITY, *ALMOST, *TACTICS)


def rule_record(code_or_name: str) -> RuleRecord:
    """The rule with a code such as "I4", or a name or word such as "fubini" or "Jensen".

    A name is looked for as it is written first: "fubini" swaps integrals, "Fubini" is the side
    condition about almost every section.

    Raises:
        InputError: there is none; the message names the nearest.
    """
    for known in (
        {r.name: r for r in catalogue()},
        {r.code.lower(): r for r in catalogue()},
        {r.name.lower(): r for r in reversed(catalogue())},
        {word.lower(): r for r in catalogue() for word in r.also},
    ):
        for spelled in (code_or_name, code_or_name.lower()):
            if spelled in known:
                return known[spelled]
    names = [label for r in catalogue() for label in (r.code, r.name, *r.also)]
    raise InputError(f"no rule is called {code_or_name!r}; {nearest(code_or_name, names)}")
