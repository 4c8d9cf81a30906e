"""Free variables, capture-avoiding substitution and alpha-equivalence.

These are part of the trusted base and are property-tested. They treat every node alike: a
node binds ``bound_vars(node)`` in all its arguments. What they take is admitted first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sympy import Basic, Expr

from fmproof.errors import SortError
from fmproof.lang.node import (
    admit,
    bound_vars,
    from_admitted,
    memory,
    rebuilt,
    remembered,
    require_sort,
)
from fmproof.lang.nodes.application import Apply
from fmproof.lang.nodes.variable import Var, reserved_var
from fmproof.lang.spelling.foreign import foreign

T = TypeVar("T", bound=Basic)


@remembered
def free_vars(node: Basic) -> frozenset[Var]:
    """The variables that occur free in a term or proposition, looking through names."""
    if type(node) is Var:
        return frozenset((node,))
    inside = frozenset().union(*(free_vars(arg) for arg in node.args))
    return inside.difference(bound_vars(node))


def fresh(var: Var, avoid: Iterable[Var]) -> Var:
    """A variable of the same sort, named after ``var``, that is not among ``avoid``."""
    taken = {v.name for v in avoid}
    name = var.name
    while name in taken:
        name += "'"
    return Var(name, var.sort)


def fresh_names(which: Iterable[Var], avoid: Iterable[Var]) -> dict[Var, Expr]:
    """A name for each variable outside ``avoid``, all of them different."""
    taken = set(avoid)
    renaming: dict[Var, Expr] = {}
    for var in which:
        new = renaming[var] = fresh(var, taken | {var})
        taken.add(new)
    return renaming


def substitute(node: T, mapping: Mapping[Var, Expr]) -> T:
    """``node`` with free variables replaced; bound variables are renamed where they would capture.

    Raises:
        SortError: a replacement has another sort than its variable.
    """
    values: dict[Var, Expr] = {}
    if not isinstance(mapping, Mapping):
        raise SortError(f"a substitution is given as {{x: term}}, found {foreign(mapping)}")
    for var, value in dict(mapping).items():
        if type(var) is not Var:
            raise SortError(f"only a variable can be replaced, found a {type(var).__name__}")
        values[var] = admit(value)
        require_sort(values[var], var.sort, f"the replacement of {var.name}")
    return _substitute(admit(node), values)


_substituted: dict[tuple[int, ...], tuple[Any, ...]] = memory()  # ids -> (these, the result)


def _substitute(node: Any, mapping: Mapping[Var, Expr]) -> Any:
    if type(node) is Var:
        return mapping.get(node, node)
    free = free_vars(node)
    mapping = {var: value for var, value in mapping.items() if var in free and var is not value}
    if not mapping:
        return node
    key = (id(node), *map(id, mapping), *map(id, mapping.values()))
    known = _substituted.get(key)
    if known is None:
        known = _substituted[key] = (node, mapping, _replaced(node, mapping, free))
    return known[2]


def _replaced(node: Any, mapping: Mapping[Var, Expr], free: frozenset[Var]) -> Any:
    bound = bound_vars(node)
    if bound:
        incoming = frozenset().union(*(free_vars(value) for value in mapping.values()))
        clashing = [var for var in bound if var in incoming]
        if clashing:
            node = rename_bound(node, clashing, incoming | free)
    return from_admitted(node, [_substitute(arg, mapping) for arg in node.args])


def rename_bound(node: T, which: Iterable[Var], avoid: Iterable[Var]) -> T:
    """An alpha-variant of the binder ``node`` in which ``which`` have names outside ``avoid``."""
    node = admit(node)
    renaming = fresh_names(which, frozenset(avoid).union(*map(free_vars, node.args)))
    return from_admitted(node, [_substitute(arg, renaming) for arg in node.args])


def apart(node: T, taken: Iterable[Var]) -> T:
    """The binder ``node`` with its bound variables renamed where they are among ``taken``."""
    node, avoid = admit(node), frozenset(taken)
    clash = [var for var in bound_vars(node) if var in avoid]
    return rename_bound(node, clash, avoid) if clash else node


@remembered
def canon(node: Any) -> Any:
    """The representative of ``node``'s class under renaming of bound variables.

    A variable bound by a node is named after the number of binders nested inside that node,
    so the name depends on nothing outside it.
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
    return from_admitted(node, args)


@remembered
def _height(node: Any) -> int:
    inside = max((_height(arg) for arg in node.args), default=0)
    return inside + (1 if bound_vars(node) else 0)


def alpha_equal(a: Basic, b: Basic) -> bool:
    """Whether two terms or propositions differ at most in the names of bound variables."""
    return a is b or bool(canon(a) == canon(b))


def replace_head(node: T, head: Any, params: tuple[Var, ...], body: Expr) -> T:
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
    if head.result is not None:
        require_sort(body, head.result, f"the replacement of {head.name}")
    return _replace_head(admit(node), head, params, admit(body), {})


def _replace_head(
    node: Any, head: Any, params: tuple[Var, ...], body: Expr, done: dict[Basic, Basic]
) -> Any:
    if node in done:
        return done[node]
    if not node.args:
        return node
    args = [_replace_head(arg, head, params, body, done) for arg in node.args]
    if type(node) is not Apply:
        result = rebuilt(node, *args)
    elif node.head == head:
        result = substitute(body, dict(zip(params, args[1:], strict=True)))
    else:
        owner = node.head
        if owner.definition is not None:
            definition = _replace_head(owner.definition, head, params, body, done)
            if definition != owner.definition:
                owner = admit(owner.redefined(definition))
        result = rebuilt(node, owner, *args[1:])
    done[node] = result
    return result
