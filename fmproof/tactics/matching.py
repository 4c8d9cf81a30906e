"""Reading a term as an instance of another: which values its free variables have.

Not trusted: what is found is put in by the kernel's rule ``instantiate`` and compared again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Basic, Expr

from fmproof.kernel.equality import instantiate, specialise
from fmproof.kernel.theorem import Theorem
from fmproof.lang.arithmetic import Add, Mul
from fmproof.lang.node import is_declared, sort_of
from fmproof.lang.nodes import Var
from fmproof.lang.props import ForAll, Prop
from fmproof.lang.scope import alpha_equal, canon, free_vars
from fmproof.tactics.rewriting import attempt

Values = dict[Var, Expr]

LARGEST = 7
"""Summands or factors that are tried in another order."""


def match(pattern: Basic, term: Basic, variables: frozenset[Var] | None = None) -> Values | None:
    """Values of variables that make ``pattern`` be ``term``; None if there are none.

    Args:
        variables: those that may have a value; by default all that are free in ``pattern``.
    """
    pattern, term = canon(pattern), canon(term)
    own = free_vars(pattern) if variables is None else variables
    return next(_matches(pattern, term, {}, own), None)


def instance(theorem: Theorem, term: Basic) -> Theorem | None:
    """The instance of an equation whose left side is ``term``, if there is one."""
    if alpha_equal(theorem.lhs, term):
        return theorem
    values = match(theorem.lhs, term)
    if values is None:
        return None
    found = attempt(instantiate, theorem, values)
    return found if found is not None and alpha_equal(found.lhs, term) else None


def said_of_each(prop: Prop) -> tuple[frozenset[Var], Prop]:
    """The variables of "for every x for every t …", and what is said of their values."""
    variables = set()
    while isinstance(prop, ForAll):
        variables.add(prop.var)
        prop = prop.body
    return frozenset(variables), prop


def for_values(theorem: Theorem, values: Values) -> Theorem | None:
    """A theorem "for every …" at values of all its variables."""
    while isinstance(theorem.conclusion, ForAll):
        theorem = specialise(theorem, theorem.conclusion.var)
    return attempt(instantiate, theorem, values)


def occurs(pattern: Basic, term: Basic) -> bool:
    """Whether an instance of ``pattern`` is a part of ``term``."""
    own = free_vars(pattern)
    return match(pattern, term, own) is not None or any(occurs(pattern, arg) for arg in term.args)


def _matches(pattern: Any, term: Any, values: Values, own: frozenset[Var]) -> Iterator[Values]:
    if isinstance(pattern, Var) and pattern in own:
        known = values.get(pattern)
        if known is not None:
            if known == term:
                yield values
        elif not any(v.name.startswith("#") for v in free_vars(term)) and _fits(pattern, term):
            yield {**values, pattern: term}
        return
    if type(pattern) is not type(term):
        return
    if not pattern.args or not own & free_vars(pattern):
        if pattern == term:
            yield values
        return
    if len(pattern.args) != len(term.args):
        return
    if isinstance(pattern, Add | Mul) and len(pattern.args) <= LARGEST:
        yield from _in_some_order(list(pattern.args), list(term.args), values, own)
        return
    yield from _in_order(list(pattern.args), list(term.args), values, own)


def _fits(var: Var, term: Any) -> bool:
    return is_declared(term) and sort_of(term) is var.sort


def _in_order(
    patterns: Sequence[Any], terms: Sequence[Any], values: Values, own: frozenset[Var]
) -> Iterator[Values]:
    if not patterns:
        yield values
        return
    for found in _matches(patterns[0], terms[0], values, own):
        yield from _in_order(patterns[1:], terms[1:], found, own)


def _in_some_order(
    patterns: list[Any], terms: list[Any], values: Values, own: frozenset[Var]
) -> Iterator[Values]:
    if not patterns:
        yield values
        return
    for place, term in enumerate(terms):
        rest = terms[:place] + terms[place + 1 :]
        for found in _matches(patterns[0], term, values, own):
            yield from _in_some_order(patterns[1:], rest, found, own)
