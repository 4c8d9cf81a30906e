"""Free variables, capture-avoiding substitution and alpha-equivalence.

These are part of the trusted base and are property-tested. They treat every node alike: a
node binds ``bound_vars(node)`` in all its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from sympy import Basic, Expr

from fmproof.errors import RuleError, SortError
from fmproof.lang.binders import bound_vars
from fmproof.lang.heads import Head
from fmproof.lang.sorts import require_sort
from fmproof.lang.terms import Apply, Var, reserved_var

T = TypeVar("T", bound=Basic)


@lru_cache(maxsize=100_000)
def free_vars(node: Basic) -> frozenset[Var]:
    """The variables that occur free in a term or proposition, looking through names."""
    if isinstance(node, Var):
        return frozenset((node,))
    if not node.args:
        return frozenset()
    inside = frozenset().union(*(free_vars(arg) for arg in node.args))
    return inside.difference(bound_vars(node))


def fresh(var: Var, avoid: Iterable[Var]) -> Var:
    """A variable of the same sort, named after ``var``, that is not among ``avoid``."""
    taken = {v.name for v in avoid}
    name = var.name
    while name in taken:
        name += "'"
    return Var(name, var.sort)


def substitute(node: T, mapping: Mapping[Var, Expr]) -> T:
    """``node`` with free variables replaced; bound variables are renamed where they would capture.

    Raises:
        SortError: a replacement has another sort than its variable.
    """
    for var, value in mapping.items():
        require_sort(value, var.sort, f"the replacement of {var.name}")
    return _substitute(node, mapping)


def _substitute(node: Any, mapping: Mapping[Var, Expr]) -> Any:
    free = free_vars(node)
    mapping = {var: value for var, value in mapping.items() if var in free and var != value}
    if not mapping:
        return node
    if isinstance(node, Var):
        return mapping[node]
    bound = bound_vars(node)
    if bound:
        incoming = frozenset().union(*(free_vars(value) for value in mapping.values()))
        clashing = [var for var in bound if var in incoming]
        if clashing:
            node = rename_bound(node, clashing, incoming | free)
    return node.func(*(_substitute(arg, mapping) for arg in node.args))


def rename_bound(node: T, which: Iterable[Var], avoid: Iterable[Var]) -> T:
    """An alpha-variant of the binder ``node`` in which ``which`` have names outside ``avoid``."""
    inside: set[Var] = set(avoid)
    for arg in node.args:
        inside |= free_vars(arg)
    renaming: dict[Var, Expr] = {}
    for var in which:
        renaming[var] = fresh(var, inside | {var})
        inside.add(renaming[var])
    return node.func(*(_substitute(arg, renaming) for arg in node.args))


def apart(node: T, taken: Iterable[Var]) -> T:
    """The binder ``node`` with its bound variables renamed where they are among ``taken``."""
    avoid = frozenset(taken)
    clash = [var for var in bound_vars(node) if var in avoid]
    renamed = rename_bound(node, clash, avoid) if clash else node
    if type(renamed) is not type(node):  # rebuilt, a sum as written has turned out to be zero
        raise RuleError("an integral in the term is of zero; write 0")
    return renamed


@lru_cache(maxsize=100_000)
def canon(node: T) -> T:
    """The representative of ``node``'s class under renaming of bound variables.

    A variable bound by a node is named after the number of binders nested inside that node,
    so the name depends on nothing outside it. Sums and products are rebuilt, so ``plus`` (a sum
    as written) and the sum that SymPy makes of it are identified as well.
    """
    if not node.args:
        return node
    args = [canon(arg) for arg in node.args]
    bound = bound_vars(node)
    if bound:
        level = 1 + max(_height(arg) for arg in args)
        names = {var: reserved_var(f"#{level}.{i}", var.sort) for i, var in enumerate(bound)}
        outside = free_vars(node).intersection(names.values())
        if outside:  # it would be captured; no declared variable can have such a name
            raise SortError(f"the reserved name {min(v.name for v in outside)} is used in a term")
        args = [_substitute(arg, names) for arg in args]
    return node.func(*args)


@lru_cache(maxsize=100_000)
def _height(node: Basic) -> int:
    inside = max((_height(arg) for arg in node.args), default=0)
    return inside + (1 if bound_vars(node) else 0)


def alpha_equal(a: Basic, b: Basic) -> bool:
    """Whether two terms or propositions differ at most in the names of bound variables."""
    return bool(a == b or canon(a) == canon(b))


def replace_head(node: T, head: Head, params: tuple[Var, ...], body: Expr) -> T:
    """``node`` with ``head(args)`` replaced by ``body`` at ``args``, inside definitions too.

    Args:
        head: the symbol to replace, without a definition of its own.
        params: variables that stand for its arguments in ``body``.
        body: a term whose free variables are among ``params``, so that nothing is captured.

    Raises:
        SortError: the replacement does not fit.
    """
    stray = free_vars(body) - set(params)
    if stray:
        raise SortError(f"the replacement of {head.name} mentions {min(v.name for v in stray)}")
    if tuple(v.sort for v in params) != tuple(v.sort for v in head.params):
        raise SortError(f"the replacement of {head.name} has parameters of other sorts")
    if len(set(params)) != len(params):
        raise SortError(f"the replacement of {head.name} has the same parameter twice")
    require_sort(body, head.result, f"the replacement of {head.name}")
    return _replace_head(node, head, params, body, {})


def _replace_head(
    node: Any, head: Head, params: tuple[Var, ...], body: Expr, done: dict[Basic, Basic]
) -> Any:
    if node in done:
        return done[node]
    if not node.args:
        return node
    if isinstance(node, Apply):
        args = [_replace_head(arg, head, params, body, done) for arg in node.arguments]
        if node.head == head:
            result = substitute(body, dict(zip(params, args, strict=True)))
        else:
            result = Apply(_redefine(node.head, head, params, body, done), *args)
    else:
        args = [_replace_head(arg, head, params, body, done) for arg in node.args]
        result = node.func(*args)
    done[node] = result
    return result


def _redefine(
    owner: Head, head: Head, params: tuple[Var, ...], body: Expr, done: dict[Basic, Basic]
) -> Head:
    if owner.definition is None:
        return owner
    definition = _replace_head(owner.definition, head, params, body, done)
    return owner if definition == owner.definition else owner.redefined(definition)
