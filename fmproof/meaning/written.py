"""The variables of a term as it is written.

The numbers evaluate a term as written, b − b included. What the kernel admits is b − b = 0, which
has no variables; so the free variables of the language are not asked here.
"""

from __future__ import annotations

from sympy import Basic

from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import Var

_known: dict[int, tuple[Basic, tuple[Var, ...]]] = {}
_MANY = 50_000


def variables_of(term: Basic) -> tuple[Var, ...]:
    """The variables that occur free in a term as written, in a fixed order."""
    found = _known.get(id(term))
    if found is None:
        if len(_known) > _MANY:
            _known.clear()
        variables = tuple(sorted(_occurring(term), key=lambda v: (v.name, v.sort.value)))
        found = _known[id(term)] = (term, variables)
    return found[1]


def _occurring(term: Basic) -> set[Var]:
    if isinstance(term, Var):
        return {term}
    if not term.args:
        return set()
    inside = set().union(*(variables_of(arg) for arg in term.args))
    return inside.difference(bound_vars(term))
