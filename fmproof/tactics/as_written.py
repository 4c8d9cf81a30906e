"""A line as its author wrote it: sums keep the order and the terms that they were written with.

The lines of a chain have most of their parts in common. Each part is made once, so that what is
known of it, such as how it prints, is found out once.
"""

from __future__ import annotations

from typing import Any

from sympy import Basic, Expr

from fmproof.lang.arithmetic import SUMS, plus
from fmproof.lang.node import admit, declaration, is_one_of

_LIMIT = 50_000
"""Parts remembered; forgetting them costs time and nothing else."""

_made: dict[tuple[int, ...], tuple[Any, Any]] = {}
"""By the identities of a type and of the arguments, which are kept so that they stay theirs."""


def as_written(term: Any) -> Any:
    """``term`` rebuilt, in canonical form but for its sums, which stay as they were written.

    So a product or a power that SymPy was told not to evaluate shows as what it is.

    Raises:
        SortError: some part of it is no node, or is ill sorted.
    """
    if not term.args:
        return admit(term)
    args = [as_written(arg) for arg in term.args]
    key = (id(type(term)), *map(id, args))
    known = _made.get(key)
    if known is None:
        if len(_made) > _LIMIT:
            _made.clear()
        known = _made[key] = ((type(term), args), _of_parts(term, args))
    return known[1]


def _of_parts(term: Basic, args: list[Expr]) -> Any:
    if is_one_of(term, SUMS):
        return plus(*args) if len(args) > 1 else args[0]
    return declaration(term).rebuild(term, *args)
