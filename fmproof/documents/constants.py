"""Constants that a row brings in: … + C, with C whatever makes the row true, if free of θ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, S

from fmproof.documents.compare.verdict import verdict_on
from fmproof.documents.context import Context, open_row, report
from fmproof.documents.items import Item, equated_with
from fmproof.documents.left_over import normal_difference
from fmproof.documents.model import RowReport
from fmproof.documents.quotients import without_roots
from fmproof.documents.reach import section_end
from fmproof.documents.terms import free_of_parameters
from fmproof.documents.ties.sides import subjects
from fmproof.documents.ways import constant_difference
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import plus_of
from fmproof.lang.nodes import Grad, Named
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import NotYet, Undefined
from fmproof.reading.notation.symbols import key_of, readable, spelled
from fmproof.reading.notation.words import says_constant, says_the_same, words_behind
from fmproof.tactics.differences import subtract


def introduce(context: Context, item: Item, error: Undefined, relation: str) -> RowReport:
    """The verdict on a row with a summand that has no definition."""
    assert item.right is not None
    parts = item.right.parts if isinstance(item.right, t.Add) else ((1, item.right),)
    mine = [(sign, p) for sign, p in parts if _is(p, error.name)]
    others = [(sign, p) for sign, p in parts if not _is(p, error.name)]
    if len(mine) != 1 or relation != "=" or not context.chain.lines:
        return open_row(item, str(error))
    try:
        rest = plus_of(*(context.elab.term(p) * sign for sign, p in others))
    except (NotYet, SortError, FmproofError) as problem:
        return open_row(item, str(problem))
    sign = mine[0][0]
    standing = context.chain.standing
    for reference in reversed(standing):
        left_over = _plainly(reference, rest)
        if left_over is None or not free_of_parameters(left_over) or free_vars(left_over):
            continue
        named = _named(context, item, error, sign * left_over)
        found = verdict_on(context, item, rest + sign * named, relation)
        if found.verdict == "proved":
            return replace(found, message=f"{named.name} stands for {text(named.definition)}")
        return found
    for reference in reversed(standing):
        left_over = constant_difference(reference, rest)
        if left_over is None or free_vars(left_over):
            continue
        proof = context.prover.prove(reference, rest + left_over)
        if not proof.proved:
            continue
        context.keep(item, proof)
        context.learn(item, reference, rest + left_over, proof)
        announced = item.inline or item.piece.inside == "theorem"
        if announced or error.node.name.split(":")[-1].lower().startswith("const"):
            words = f"with {text_name(error.name)} = {text(sign * left_over)}"
        else:
            named = _named(context, item, error, sign * left_over)
            words = f"{text_name(error.name)} stands for {text(named.definition)}"
            claim = rest + sign * named
            if context.prover.prove(reference, claim).proved:
                context.chain.add(claim, True, item.right)
        found = report(item, "proved", words)
        return replace(found, by=proof.by, needs=proof.needs)
    wrong = _hides_parameter(context, item, standing, rest, error)
    return wrong or open_row(item, f"{error}, and what it would have to be is not clear")


def _named(context: Context, item: Item, error: Undefined, value: Expr) -> Named:
    """From here on, C stands for what a row leaves."""
    context.left_over[error.name] = item
    return context.elab.define_constant(error.name, error.node, value, "what this row leaves")


def forget_if_said_anew(context: Context, item: Item) -> None:
    """A C that another row brought in is another constant in another section, where words beside
    the row say that it is one, "with C independent of θ", and in a row about something else, unless
    words say that it is the same."""
    parts = item.right.parts if isinstance(item.right, t.Add) else ((1, item.right),)
    symbols = {spelled(p): p for _, p in parts if isinstance(p, t.Sym)}
    for name in symbols.keys() & {*context.left_over}:
        place = item.source.text, item.piece.start, item.piece.stop
        before = context.left_over[name]
        between = item.source.text[before.piece.stop : item.piece.start]
        another = _is_about_another(context, item, before, [symbols[name]])
        said = says_constant(*place) or (
            another and not says_the_same(between, words_behind(*place[::2]), readable(name))
        )
        until = section_end(context.reading, context.left_over[name])
        if said or item.index > until or item.source is not context.left_over[name].source:
            del context.left_over[name], context.elab.constants[name]


def _is_about_another(
    context: Context, item: Item, other: Item, constants: Sequence[t.Sym]
) -> bool:
    """Whether a row is about another symbol than an earlier one, K(θ) and J(θ), and none of them
    about a constant."""
    left, first = item.left, equated_with(context.reading.items, other)
    if left is None or first is None or item.row.relation != "=":
        return False
    mine, theirs = ({*map(key_of, subjects(side))} for side in (left, first))
    return mine != theirs and not mine & {*map(key_of, constants)}


def introduce_coefficient(context: Context, item: Item) -> RowReport | None:
    """The verdict on … + C_t, with a C_t of which nothing else is said: it stands for what is left,
    if that is free of the vectors that the row shows. None for another row."""
    parts = item.right.parts if isinstance(item.right, t.Add) else ()
    mine = [(sign, p) for sign, p in parts if isinstance(p, t.Sym) and _is_rest(context, item, p)]
    others = [(sign, p) for sign, p in parts if (sign, p) not in mine]
    if len(mine) != 1 or item.row.relation != "=":
        return None
    ((sign, symbol),) = mine
    try:
        rest = plus_of(*(context.elab.term(p) * s for s, p in others))
        shown = {
            context.elab.variable(n)
            for _, part in others
            for n in t.walk(part)
            if isinstance(n, t.Sym) and spelled(n) in context.elab.variables
        }
    except (NotYet, SortError, FmproofError):
        return None
    vectors = {v for v in shown if v.sort is Sort.VEC}
    for reference in reversed(context.chain.standing):
        left_over = _over_quotients(reference, rest)
        if left_over is None or not free_of_parameters(left_over):
            continue
        if not vectors or free_vars(left_over) & vectors:
            continue
        proof = context.prover.prove(reference, plus_of(rest, left_over))
        if proof.proved:
            context.keep(item, proof)
            context.chain.add(plus_of(rest, left_over), True, item.right)
            words = f"{text_name(spelled(symbol))} stands for {text(sign * left_over)}"
            return replace(report(item, "proved", words), by=proof.by, needs=proof.needs)
    return None


def _is_rest(context: Context, item: Item, symbol: t.Sym) -> bool:
    """Whether C_t is a letter of constants, of a time, that no row before this one has."""
    elab = context.elab
    letter = symbol.name.split(":")[-1] in ("C", "K", "R", "c", "const")
    if not letter or not symbol.sub or not all(map(elab.of_times, symbol.sub)):
        return False
    if elab.candidates.get(key_of(symbol)):
        return False
    before = (side for one in context.reading.items[: item.index] for side in (one.left, one.right))
    return not any(
        isinstance(n, t.Sym) and key_of(n) == key_of(symbol)
        for side in before
        if side is not None
        for n in t.walk(side)
    )


def _over_quotients(reference: Expr, rest: Expr) -> Expr | None:
    """What is left of a difference, with (√v)² as v."""
    left_over = normal_difference(reference, rest)
    return None if left_over is None else subtract(without_roots(left_over), S.Zero)


def _is(node: t.Node, name: str) -> bool:
    return isinstance(node, t.Sym) and spelled(node) == name


def _plainly(a: Expr, b: Expr) -> Expr | None:
    """a − b with equal summands cancelled, and nothing else done."""
    try:
        return subtract(a, b)
    except (FmproofError, TypeError):
        return None


def _hides_parameter(
    context: Context, item: Item, standing: Sequence[Expr], rest: Expr, error: Undefined
) -> RowReport | None:
    """A constant that would have to contain θ, by the numbers of both gradients."""
    if not standing or not context.numeric:
        return None
    reference = standing[0]
    params = [v for v in free_vars(reference) if v.sort is Sort.PARAM]
    on = context.ties.on([reference, rest], item)
    if len(params) != 1 or on.why:
        return None
    try:
        slopes = Grad(reference, params[0]), Grad(rest, params[0])
    except (FmproofError, SortError):
        return None
    if context.numbers.of(*slopes, "=", on.assumed).status != "refuted":
        return None
    evidence = context.numbers.of(*slopes, "=", on.assumed, simplify=True)
    name = text_name(error.name)
    message = f"what {name} would have to be depends on {params[0].name}, so it is no constant"
    return replace(report(item, "refuted", message), numeric=evidence)


def hidden_parameter(context: Context, left: t.Node) -> str:
    """A constant, by its letter, whose definition contains θ: what is wrong with it, or ""."""
    if not (isinstance(left, t.Sym) and left.name.split(":")[-1] in ("C", "K", "c", "const")):
        return ""
    named = context.elab.constants.get(spelled(left))
    if named is None or free_of_parameters(named):
        return ""
    params = ", ".join(sorted(text(v) for v in free_vars(named) if v.sort is Sort.PARAM))
    return f"{text_name(spelled(left))} is used as a constant, and contains {params}"


def text_name(spelling: str) -> str:
    """A spelling for people."""
    return readable(spelling.split("_")[0]) + (
        "_" + spelling.split("_", 1)[1] if "_" in spelling else ""
    )
