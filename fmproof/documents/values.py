"""Whether both sides of a row have a value where the document means it.

The language gives a/0, log 0, roots of negative numbers and divergent integrals the value 0, so
that every term has one. Nobody writes these for 0: a row with one of them is not true.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction

from sympy import Basic, Expr, preorder_traversal

from fmproof.documents.context import Context
from fmproof.documents.items import Item
from fmproof.documents.stated_signs import not_negative
from fmproof.documents.terms import heads_in
from fmproof.documents.trigonometry import circular_heads
from fmproof.lang.arithmetic import mul
from fmproof.lang.nodes import (
    Abs,
    Apply,
    Expect,
    Head,
    IntegralOver,
    Log,
    Named,
    Ratio,
    Scalar,
    Sqrt,
    Var,
)
from fmproof.lang.numbers import fraction, is_number, number
from fmproof.lang.scope import free_vars, replace_head, substitute
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.symbols import conventional, spelled
from fmproof.reading.notation.words import says_where

_DEPTH = 6
"""How often a definition is put into another."""


def without_value(context: Context, item: Item, sides: Sequence[Expr]) -> str:
    """Why a side has no value, also where words before the row put a number for a variable."""
    for gone in context.elab.vanished:
        if _may_diverge(context, gone):
            return f"{text(gone)}, which cancels, may not exist"
    if any(key in context.divergent for key in _integrated(context, sides)):
        return "words say that an integral in it diverges"
    for puts in ({}, *_cases(context, item, sides)):
        for side in sides:
            found = _undefined(side, puts)
            if found:
                where = ", ".join(f"{text(v)} = {text(e)}" for v, e in puts.items())
                return found + (f" at {where}" if where else "")
    return ""


def depends_on_a_number(
    context: Context, item: Item, sides: tuple[Expr, Expr], relation: str
) -> str:
    """What decides whether a row with a root or an absolute value, or an inequality, holds: "the
    sign of a", "the size of a"; or ""."""
    if relation == "=" and not any(side.has(Sqrt, Abs) for side in sides):
        return ""
    functions = relation != "=" and not any(side.has(Log) for side in sides)
    changes = [("the sign of", number(-1))]
    if any(side.has(Abs) for side in sides):  # a maximum is one or the other of two numbers
        changes += [("the size of", factor) for factor in (number(8), number(Fraction(1, 8)))]
    positive = not_negative(context, item)
    for what, factor in changes:
        kept = positive if factor.is_negative else set()
        for shown, (one, other) in _scaled(context, sides, functions, factor, kept):
            if context.numbers.of(one, other, relation).status == "refuted":
                return f"{what} {shown}"
    return ""


def _scaled(
    context: Context,
    sides: tuple[Expr, Expr],
    functions: bool,
    factor: Expr,
    kept: Collection[Head | Var],
) -> Iterator[tuple[str, tuple[Expr, Expr]]]:
    """The sides with one number times a factor, such as a or b_t: a negative factor where nothing
    says that the number is positive.

    Args:
        functions: whether real functions of points are changed, too.
        kept: what stays as it is.
    """
    negative = factor.is_negative
    for var in sorted({v for side in sides for v in free_vars(side)}, key=lambda v: v.name):
        name = context.elab.spelling(var)
        by_name = context.elab.is_no_number(name) or (
            negative and conventional("scalars", name, "surely")
        )
        if var.sort is Sort.REAL and not by_name and var not in kept:
            put = {var: mul(factor, var)}
            yield text(var), (substitute(sides[0], put), substitute(sides[1], put))
    heads = heads_in(sides) - circular_heads(context.elab) - set(kept)
    for head in sorted(heads, key=lambda h: h.name):
        numbers = all(v.sort is Sort.REAL for v in head.params)
        plain = isinstance(head, Scalar) and (numbers or functions) and head.definition is None
        if plain and not (negative and conventional("scalars", head.name, "surely")):
            made = mul(factor, head(*head.params))
            one, other = (replace_head(side, head, head.params, made) for side in sides)
            yield text(head), (one, other)


def _may_diverge(context: Context, gone: Expr) -> bool:
    """Whether an integral of what is known is not known to converge."""
    known = all(head.definition is not None for head in heads_in([gone]))
    return known and context.numbers.of(gone, gone).status != "agrees"


def _integrated(context: Context, sides: Sequence[Expr]) -> Iterator[str]:
    """The keys of what is integrated in a row, and in what cancelled in it."""
    terms = (*sides, *context.elab.vanished)
    nodes = {n for term in terms for n in term.atoms(IntegralOver, Expect)}
    names = {head.name for head in heads_in(list(nodes))}
    for (key, kind), name in context.elab.names.given.items():
        if kind == "head" and name in names:
            yield key.split("@")[0]


def _cases(context: Context, item: Item, sides: Sequence[Expr]) -> Iterator[dict[Var, Expr]]:
    """The numbers that the sentence before a row puts for its variables: "at t = 1"."""
    free = {v for side in sides for v in free_vars(side) if v.sort is Sort.REAL}
    source, start = item.source, item.piece.start
    for other in context.reading.items[max(0, item.index - 4) : item.index]:
        left, right = other.left, other.right
        equation = other.inline and other.row.relation == "="
        if not (equation and isinstance(left, t.Sym) and isinstance(right, t.Num)):
            continue
        var = context.elab.variables.get(spelled(left))
        if (
            other.source is source
            and var in free
            and says_where(source.text, other.piece.start, start)
        ):
            yield {var: number(right.value)}


def _undefined(term: Basic, puts: Mapping[Var, Expr], depth: int = _DEPTH) -> str:
    """What has no value in a term, with numbers for variables, and definitions put in.

    Each part is looked at by itself: 0/0 · 0 is no 0.
    """
    for node in preorder_traversal(term):
        for kind, place, test, words in _PARTIAL:
            if type(node) is kind:
                value = substitute(_part(node, place), puts)
                if is_number(value) and test(fraction(value)):
                    return words
        made: Basic | None = None
        if isinstance(node, Named):
            made = node.definition
        elif isinstance(node, Apply) and node.head.definition is not None and depth:
            made = node.head.unfold([substitute(one, puts) for one in node.arguments])
        found = _undefined(made, puts, depth - 1) if made is not None and depth else ""
        if found:
            return found
    return ""


def _part(node: Basic, place: int) -> Basic:
    """One of the parts of a node."""
    return node.args[place]


_PARTIAL: tuple[tuple[type, int, Callable[[Fraction], bool], str], ...] = (
    (Ratio, 1, lambda value: value == 0, "a division by 0"),
    (Log, 0, lambda value: value <= 0, "a logarithm of no positive number"),
    (Sqrt, 0, lambda value: value < 0, "a root of a negative number"),
)
"""Where functions have no value: a kind of node, which of its parts, and when."""
