"""Questions about terms that judging asks: which symbols, which kinds of node, do sides fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sympy import Basic, Expr, S, preorder_traversal

from fmproof.lang.arithmetic import Add, Mul, add, factors, mul
from fmproof.lang.nodes import (
    Apply,
    Density,
    Div,
    Exp,
    Expect,
    Grad,
    Head,
    Inner,
    IntegralOver,
    Log,
    Named,
    Ratio,
    Sqrt,
)
from fmproof.lang.props import AtMost, Equals
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort


def nodes_in(term: Basic, *kinds: type) -> list[Any]:
    """The nodes of some kinds in a term, each once, in the order in which they stand.

    ``atoms`` has them in an order that is another one in each run.
    """
    return list(dict.fromkeys(n for n in preorder_traversal(term) if isinstance(n, kinds)))


def reached_from(
    terms: Iterable[Basic], below: Callable[[Basic], Iterable[Basic]]
) -> Iterator[Basic]:
    """Every node that is reached from ``terms``, once; ``below`` says what is under a node."""
    waiting, seen = list(terms), set[Basic]()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            yield node
            waiting += below(node)


def heads_in(terms: Iterable[Basic]) -> set[Head]:
    """All symbols in ``terms`` and in the definitions of symbols."""
    return {node.head for node in reached_from(terms, _with_definition) if isinstance(node, Apply)}


def _with_definition(node: Basic) -> Iterator[Basic]:
    """What a node is made of, and the definition of its symbol or name."""
    if isinstance(node, Apply) and node.head.definition is not None:
        yield node.head.definition
    if isinstance(node, Named):
        yield node.definition
    yield from node.args


def kinds_in(terms: Sequence[Basic]) -> set[type]:
    """The types of the nodes of terms and of the definitions behind them, symbols included."""
    heads = heads_in(terms)
    definitions = [h.definition for h in heads if h.definition is not None]
    found: set[type] = {type(h) for h in heads}
    for term in (*terms, *definitions):
        found |= {type(node) for node in preorder_traversal(term)}
    return found


def free_of_parameters(term: Basic) -> bool:
    """Whether no parameter is free in ``term``, nor hidden in a definition in it."""
    return not any(v.sort is Sort.PARAM for v in free_vars(term))


def sides_fit(before: Expr, claim: Expr, relation: str) -> None:
    """Raise SortError unless the two sides can be compared."""
    if relation == "=":
        Equals(before, claim)
    else:
        AtMost(before, claim)


def surely(term: Basic) -> Sort | None:
    """The sort that a term has by its form, whatever letters were guessed to be; None if unsure.

    A gradient in a point is a vector; densities, logarithms, products of vectors are numbers.
    """
    if isinstance(term, Grad) and term.var.sort is Sort.VEC:
        return Sort.VEC
    if isinstance(term, Inner | Log | Exp | Sqrt | Div) or term.is_number:
        return Sort.REAL
    if isinstance(term, Apply):
        return Sort.REAL if isinstance(term.head, Density) else None
    if isinstance(term, Expect | IntegralOver):
        return surely(term.body)
    if isinstance(term, Add):
        return next((sort for sort in map(surely, term.args) if sort is not None), None)
    if isinstance(term, Mul):
        sorts = {surely(arg) for arg in term.args}
        return None if None in sorts else Sort.VEC if Sort.VEC in sorts else Sort.REAL
    return None


def cancelled(part: Expr) -> Expr:
    """A product without b · (1/b)."""
    own = Counter(factors(part))
    for factor in list(own):
        if isinstance(factor, Ratio) and factor.args[0] == S.One:
            common = min(own[factor], own[factor.args[1]])
            own[factor] -= common
            own[factor.args[1]] -= common
    return mul(*(+own).elements())


def vanish(parts: Iterable[Expr]) -> bool:
    """Whether a sum is 0, b · (1/b) taken for 1."""
    return bool(add(*map(cancelled, parts)) == S.Zero)
