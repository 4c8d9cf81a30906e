"""Unknowns: functions of what is free in a formula that the language has no term for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import Expr

from fmproof.lang.nodes import (
    Field,
    Scalar,
)
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import applications
from fmproof.reading.notation.lacking import (
    NotYet,
    value_of,
    words_for,
)
from fmproof.reading.notation.randomness import drawn_symbols
from fmproof.reading.notation.symbols import key_of, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def unknown(elab: Elaborator, node: t.Node, sort: Sort | None) -> Expr:
    """A function of everything free in ``node``, where the language has no term for it."""
    free = free_symbols(elab, node)
    if sort is None:
        raise NotYet(f"{words_for(node)} is not in the language yet", node.at)
    variables = [elab.variable(symbol) for symbol in free]
    if not variables and any(isinstance(n, t.Sym) for n in t.walk(node)):
        raise NotYet(f"what {words_for(node)} depends on is not clear", node.at)
    names = {spelled(symbol): f"#{i}" for i, symbol in enumerate(free)}
    key = _abstract(node, names)
    shape = ",".join(v.sort.name for v in variables)
    head = elab.opaque.get(key + shape)
    if head is None:
        kind = Field if sort is Sort.VEC else Scalar
        name = elab.names.of(f"h{len(elab.opaque) + 1}", "unknown")
        head = kind(name, *variables)
        elab.opaque[key + shape] = head
        elab.unknowns[head] = words_for(node)
    made: Expr = head(*variables)
    return made


def free_symbols(elab: Elaborator, node: t.Node) -> list[t.Sym]:
    """The variables and parameters that are free in ``node``, in a fixed order."""
    found: dict[str, t.Sym] = {}
    opened: set[str] = set()

    def visit(one: t.Node, bound: frozenset[str]) -> None:
        if isinstance(one, t.Integral):
            bound = bound | {spelled(o.var) for o in one.over}
            visit(one.body, bound)
            return
        if isinstance(one, t.Expectation):
            bound = bound | {spelled(s) for s in drawn_symbols(one)}
            if one.given:
                for given in one.given:
                    visit(value_of(given), bound)
                for symbol in _scripts(one.body):
                    if elab.is_time(spelled(symbol)) or elab.is_parameter(spelled(symbol)):
                        visit(symbol, bound)
                return
            visit(one.body, bound)
            return
        if isinstance(one, t.Series):
            raise NotYet("a finite sum is not in the language yet", one.at)
        if isinstance(one, t.Dots | t.Other):
            raise NotYet(f"{words_for(one)} is not in the language yet", one.at)
        if isinstance(one, t.Sym):
            name = spelled(one)
            for script in (*one.sub, *((one.sup,) if one.sup is not None else ())):
                if isinstance(script, t.Sym) and applications.scopes(elab, script):
                    visit(script, bound)
            if name in bound or applications.number_by_name(elab, one) is not None:
                return
            known = (
                name in elab.bound
                or elab.is_parameter(name)
                or elab.is_time(name)
                or name in elab.evidence.drawn
                or name in elab.evidence.integrated
            )
            calls = elab.evidence.called.get(key_of(one), [])
            hidden = next((c for c in calls if of_variables(c)), None)
            numbered = all(isinstance(s, t.Num) for s in one.sub)
            if known or numbered or hidden is None:
                found.setdefault(name, one)
            elif key_of(one) not in opened:
                opened.add(key_of(one))
                for arg in (*hidden.args, *hidden.given, *hidden.after):
                    visit(arg, bound)
            return
        if isinstance(one, t.Call):
            for script in (
                *one.head.sub,
                *((one.head.sup,) if one.head.sup is not None else ()),
            ):
                if isinstance(script, t.Sym) and applications.scopes(elab, script):
                    visit(script, bound)
            for arg in (*one.args, *one.given, *one.after):
                visit(arg, bound)
            return
        for child in t.children(one):
            visit(child, bound)

    visit(node, frozenset())
    return list(found.values())


def of_variables(call: t.Call) -> bool:
    """Whether a call has plain letters for arguments, and so is one."""
    return all(isinstance(a, t.Sym) for a in (*call.args, *call.given, *call.after))


def _scripts(node: t.Node) -> list[t.Sym]:
    return [n for n in t.walk(node) if isinstance(n, t.Sym)]


def _abstract(node: t.Node, names: dict[str, str]) -> str:
    """``node`` as a string in which its free variables have numbers."""
    if isinstance(node, t.Sym) and spelled(node) in names:
        return names[spelled(node)]
    if isinstance(node, t.Sym):
        parts = [key_of(node), *(_abstract(s, names) for s in node.sub)]
        if node.sup is not None:
            parts.append("^" + _abstract(node.sup, names))
        return "{" + " ".join(parts) + "}"
    parts = [type(node).__name__]
    for name in ("name", "kind", "what", "index", "ops", "value"):
        value = getattr(node, name, None)
        if isinstance(value, str | tuple | Fraction) and not (
            isinstance(value, tuple) and value and isinstance(value[0], t.Node)
        ):
            parts.append(str(value))
    if isinstance(node, t.Add):
        parts += [("+" if sign > 0 else "-") + _abstract(part, names) for sign, part in node.parts]
    elif isinstance(node, t.Bracketed):
        return _abstract(node.body, names)
    else:
        parts += [_abstract(child, names) for child in t.children(node)]
    return "[" + " ".join(parts) + "]"
