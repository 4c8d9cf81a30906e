"""Rows that are out of scope: a variable that nothing draws or binds, parts of different sorts."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from sympy import Basic, Expr

from fmproof.documents.context import Context
from fmproof.documents.items import Item
from fmproof.documents.suggest import in_place_of
from fmproof.documents.terms import nodes_in, surely
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import Add, factors
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import Apply, Expect, Head, IntegralOver, Named, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import NotYet
from fmproof.reading.notation.symbols import readable, spelled


def strays(
    context: Context, start: Expr, claim: Expr, end: float = inf, defined: bool = False
) -> str:
    """A variable that is free in an average of the claim, and nothing in the start has it.

    Args:
        end: where the row ends in its source.
        defined: whether the claim says what the start is, which then needs all that it has.
    """
    if _points(start):
        return ""
    evidence = context.elab.evidence
    equated = {spelled(item.left) for item in context.reading.items if isinstance(item.left, t.Sym)}
    for _, var in _free_in_averages(claim):
        name = context.elab.spelling(var)
        bound = [seen[name] for seen in (evidence.drawn, evidence.integrated) if name in seen]
        if not bound or name in equated:
            continue
        # A time that is drawn later is fixed here; so is one that the start has nowhere.
        lost = min(bound) < end and (defined or _binds_a_number(start))
        if var.sort is not Sort.REAL or lost:
            return f"{text(var)} is neither drawn nor bound here"
    return ""


def _binds_a_number(start: Expr) -> bool:
    """Whether an average in the start, or in what it stands for, is over a time."""
    heads = {node.head for node in start.atoms(Apply) if isinstance(node.head, Head)}
    inside = [head.definition for head in heads if head.definition is not None]
    inside += [node.definition for node in start.atoms(Named)]
    measures = (node.measure for node in _averages(start))
    if any(v.sort is Sort.REAL for one in measures for item in one for v in drawn_by(item)):
        return True
    return any(map(_binds_a_number, inside))


def end_of(item: Item) -> float:
    """Where a row ends in its text; the cells of a notebook are texts of their own, of which the
    places do not compare."""
    return inf if item.source.prefix else item.piece.stop


def undrawn(context: Context, start: Expr, claim: Expr, relation: str) -> str:
    """The same of a variable of which little is known: with one that is drawn for it, in its
    average, the row is proved, so it was meant."""
    if _points(start) or relation != "=":
        return ""
    for node, var in _free_in_averages(claim):
        if var.sort is not Sort.VEC:
            continue
        for drawn in (v for item in node.args[1:] for v in drawn_by(item)):
            meant = in_place_of(claim, var, drawn) if drawn.sort is var.sort else None
            if meant is not None and context.prover.prove(start, meant, thorough=False).proved:
                return (
                    f"{text(var)} is neither drawn nor bound here; with {text(drawn)} for it the "
                    "row is proved"
                )
    return ""


def unlike_sum(context: Context, item: Item) -> str:
    """A sum of a vector, as the document uses it elsewhere, and of a number made of times.

    Inside (x − t)², or a function of it, the letter is a number: an example in one dimension.
    """
    for total in _open_sums(item.right):
        parts = [part for _, part in total.parts]
        vector = next((part for part in parts if _surely_vector(context, part)), None)
        number = next((found for part in parts if (found := _of_time(context, part))), None)
        if vector is not None and number is not None:
            return (
                f"{readable(spelled(vector))} is a vector and {text(number)} is a number: "
                "they have no sum"
            )
    return ""


def unlike_product(context: Context, item: Item) -> str:
    """An inner product with a logarithm, without a ∇: ⟨s(x), log p(x)⟩, or s(x) · log p(x) and
    s(x)ᵀ log p(x) of a vector, as the document uses it elsewhere."""
    if item.right is None:
        return ""
    pairs = (node for node in t.walk(item.right) if isinstance(node, t.Pair))
    if any(_is_logarithm(side) for pair in pairs for side in (pair.left, pair.right)):
        return "a logarithm is a number: it has no inner product with a vector"
    if context.one_dimensional:
        return ""
    for one, other in (pair for node in t.walk(item.right) for pair in _inner_products(node)):
        for side, number in ((one, other), (other, one)):
            vector = side.head if isinstance(side, t.Call) else side
            if _surely_vector(context, vector, one.at) and _is_logarithm(number):
                return (
                    f"{readable(spelled(vector))} is a vector and a logarithm is a number: they "
                    "have no inner product"
                )
    return ""


def _inner_products(node: t.Node) -> Iterator[tuple[t.Node, t.Node]]:
    """The two sides of a · b and of aᵀ b."""
    if isinstance(node, t.Mul):
        for one, op, other in zip(node.factors, node.ops, node.factors[1:], strict=False):
            if isinstance(one, t.Transposed) and op == "":
                yield t.ungrouped(one.body), t.ungrouped(other)
            elif op == "·":
                yield t.ungrouped(one), t.ungrouped(other)


def unlike_by_form(context: Context, item: Item) -> str:
    """A sum of ∇ log p(x) and log q(x): a ∇ is missing, whatever the letters in it are."""
    nodes = t.walk(item.right) if item.right is not None else ()
    for total in (node for node in nodes if isinstance(node, t.Add)):
        sorts = {_sort_by_form(context, part) for _, part in total.parts}
        if {Sort.VEC, Sort.REAL} <= sorts:
            return "a gradient is a vector and a logarithm is a number: they have no sum"
    return ""


def _is_logarithm(node: t.Node) -> bool:
    """log q(x|y), of a point that is written: ⟨p, log q⟩ may be an integral."""
    while isinstance(node, t.Bracketed):
        node = node.body
    calls = node.args if isinstance(node, t.Function) and node.name == "log" else ()
    return bool(calls) and all(isinstance(arg, t.Call) for arg in calls)


def _sort_by_form(context: Context, node: t.Node) -> Sort | None:
    """What a summand is: a number by its logarithm, a vector by its gradient; None if unsure."""
    parts = node.factors if isinstance(node, t.Mul) else (node,)
    try:
        term = context.elab.term(node)
    except (NotYet, SortError, FmproofError):
        return None
    if any(map(_is_logarithm, parts)) and sort_of(term) is Sort.REAL:
        return Sort.REAL
    vectors = (part for part in factors(term) if _is_a_vector(context, part))
    return Sort.VEC if next(vectors, None) is not None else None


def _is_a_vector(context: Context, term: Expr) -> bool:
    """A gradient, or a function that the chain has in a sum with one."""
    if surely(term) is Sort.VEC:
        return True
    if not isinstance(term, Apply):
        return False
    sums = (node for line in context.chain.standing for node in nodes_in(line, Add))
    parts = ([factors(part) for part in node.args] for node in sums)
    return any(
        any(surely(one) is Sort.VEC for some in summed for one in some)
        and any(getattr(one, "head", None) == term.head for some in summed for one in some)
        for summed in parts
    )


def misdrawn(item: Item) -> str:
    """x drawn from p(y|x), or from p(y|·): a law that is given x, or that draws nothing else."""
    sides = (side for side in (item.left, item.right) if side is not None)
    nodes = (node for side in sides for node in t.walk(side))
    for draw in (d for node in nodes if isinstance(node, t.Expectation) for d in node.draws):
        law = draw.law
        if not (isinstance(law, t.Call) and len(draw.drawn) == 1):
            continue
        (symbol,) = draw.drawn
        places, given = list(map(spelled, law.args)), list(map(spelled, law.given))
        if spelled(symbol) in places or any(isinstance(arg, t.Dot) for arg in law.args):
            continue
        if spelled(symbol) in given or any(isinstance(arg, t.Dot) for arg in law.given):
            name = readable(spelled(symbol))
            return f"{name} is drawn from a law of {readable(places[0])}, and given {name}"
    return ""


def _open_sums(node: t.Node | None) -> Iterator[t.Add]:
    """The sums of a formula that are no argument of a power or a function."""
    if isinstance(node, t.Add):
        yield node
    if isinstance(node, t.Add | t.Mul | t.Frac | t.Bracketed):
        for child in t.children(node):
            yield from _open_sums(child)


def _surely_vector(context: Context, node: t.Node, before: float = inf) -> bool:
    """Whether a letter is a vector, not only by convention, nor by what begins at ``before``."""
    if not isinstance(node, t.Sym):
        return False
    found = context.elab.evidence.sorts.of(node)
    return found is not None and found.kind == "vec" and not found.guessed and found.at < before


def _of_time(context: Context, node: t.Node) -> Expr | None:
    """A term that is a number, with a time in it and no other variable than numbers."""
    try:
        term: Expr = context.elab.term(node)
        real = sort_of(term) is Sort.REAL
    except (NotYet, SortError, FmproofError):
        return None
    free = free_vars(term)
    times = any(context.elab.is_time(context.elab.spelling(v)) for v in free)
    return term if real and times and all(v.sort is Sort.REAL for v in free) else None


def _points(term: Expr) -> set[Var]:
    return {v for v in free_vars(term) if v.sort is not Sort.PARAM}


def _free_in_averages(claim: Expr) -> Iterator[tuple[Expr, Var]]:
    """The averages of a row, each with the variables that are free in it and in the row."""
    for node in _averages(claim):
        for var in sorted(_points(node) & _points(claim), key=lambda v: v.name):
            yield node, var


def _averages(term: Basic) -> Iterator[Expr]:
    """From the outside in: a variable that an outer one lacks may be drawn in an inner one."""
    if isinstance(term, Expect | IntegralOver):
        yield term
    if not isinstance(term, Named):
        for arg in term.args:
            yield from _averages(arg)
