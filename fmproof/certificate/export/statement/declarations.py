"""What a theorem is for every one of, what is assumed of that by its kind, and the definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fmproof.certificate.export.statement.slopes import Slope
from fmproof.certificate.export.statement.sorts import (
    LEBESGUE,
    CoqScope,
    NotExported,
    dimension,
    head_space,
    product,
    space,
    type_of,
)
from fmproof.certificate.export.statement.symbols import CoqSymbols, derivative_name
from fmproof.certificate.export.statement.terms import CoqPrinter, application
from fmproof.lang import nodes
from fmproof.lang.node import sort_of
from fmproof.lang.nodes.heads import Head
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort


def coq_variables(symbols: CoqSymbols) -> Iterator[tuple[str, str]]:
    """What the theorem is for every one of: names with their types."""
    yield "d", "nat"
    yield "l", "vector_measure d"
    given = symbols.uses_parameters and not symbols.own_parameters
    if given:
        yield ("k", "nat") if symbols.smooth else ("Theta", "Type")
    for name in sorted(symbols.spaces):
        yield name, "space"
    for head, name in symbols.free_heads:
        kind = head_type(head)
        yield name, kind.replace("Theta", "vec k") if given and symbols.smooth else kind


def head_type(head: Head) -> str:
    """The type of a symbol."""
    if head.result is None:
        raise NotExported(f"the law {head.name} has no translation to Coq yet")
    result = "vec d" if head.result is Sort.VEC else "R"
    return " -> ".join([*(type_of(v) for v in head.params), result])


def assumptions(symbols: CoqSymbols) -> Iterator[tuple[str, str]]:
    """What a symbol without definition is by its kind: names with propositions."""
    printer = CoqPrinter(symbols)
    if symbols.lebesgue:
        yield LEBESGUE, "lebesgue d l"
    for head, name in symbols.free_heads:
        yield f"{name}_measurable", measurable(head, printer)
        for place in sorted(symbols.derived.get(head, ())) if symbols.integrates else ():
            told = measurable(head, printer, place)
            yield f"{derivative_name(symbols, head, place)}_measurable", told
        scope = {v: symbols.local(v, {}) for v in head.params}
        if isinstance(head, nodes.Density):
            others = [v for v in head.params if v not in head.main]
            whole = applied_to_parameters(head, printer)
            told = f"Density ({space(head.over)}) {printer.function(head.over, scope, whole)}"
            yield f"{name}_density", quantified(others, scope, told)
        elif head.nonneg:
            told = f"0 <= {application(name, [scope[v] for v in head.params])}"
            yield f"{name}_nonneg", quantified(head.params, scope, told)
    for slope in symbols.slopes.values():
        yield f"{slope.name}_measurable", _measurable_slope(slope, printer)


def _measurable_slope(slope: Slope, printer: CoqPrinter) -> str:
    """That a derivative is measurable in its variables jointly, for fixed parameters."""
    scope: dict[Var, str] = {}
    for var in slope.variables:
        scope[var] = printer.symbols.local(var, scope)
    over = [nodes.Lebesgue(v) for v in slope.variables if v.sort is not Sort.PARAM]
    fixed = [v for v in slope.variables if v.sort is Sort.PARAM]
    where = product([head_space(item.var) for item in over])
    function = printer.function(over, scope, lambda s: printer.term(slope.node, s))
    kind = "VMeas" if dimension(slope.node) else "Meas"
    return quantified(fixed, scope, f"{kind} ({where}) {function}")


def measurable(head: Head, printer: CoqPrinter, place: int | None = None) -> str:
    """That a symbol is measurable in its variables jointly, for fixed parameters of the model.

    Args:
        place: its derivative in this place is, instead.
    """
    scope = {v: printer.symbols.local(v, {}) for v in head.params}
    over = [nodes.Lebesgue(v) for v in head.params if v.sort is not Sort.PARAM]
    fixed = [v for v in head.params if v.sort is Sort.PARAM]
    if not over:
        return "True"
    where = product([head_space(item.var) for item in over])
    whole = applied_to_parameters(head, printer)
    if place is not None:
        var = head.params[place]
        kind_of = nodes.Grad if var.sort is Sort.VEC else nodes.Partial
        node = kind_of(head(*head.params), var)

        def whole(inner: CoqScope) -> str:
            return printer.term(node, inner)

    function = printer.function(over, scope, whole)
    kind = "VMeas" if place is not None or head.result is Sort.VEC else "Meas"
    return quantified(fixed, scope, f"{kind} ({where}) {function}")


def applied_to_parameters(head: Head, printer: CoqPrinter) -> Callable[[CoqScope], str]:
    """A symbol at its own parameters."""
    name = printer.symbols.heads[head]
    return lambda scope: application(name, [scope[v] for v in head.params])


def quantified(which: Iterable[Var], scope: CoqScope, told: str) -> str:
    """``told`` for every value of these variables."""
    given = " ".join(f"({scope[v]} : {type_of(v)})" for v in which)
    return f"forall {given}, {told}" if given else told


def coq_definition(node: Any, symbols: CoqSymbols) -> str:
    """The definition of a symbol or of a name, as a line of Coq."""
    printer = CoqPrinter(symbols)
    if isinstance(node, nodes.Named):
        frees = sorted(free_vars(node), key=lambda v: v.name)
        name, body, result = symbols.named[node], node.definition, sort_of(node.definition)
    else:
        head_type(node)
        frees, body, result = list(node.params), node.definition, node.result
        name = symbols.heads[node]
    scope: dict[Var, str] = {}
    for var in frees:
        scope[var] = symbols.local(var, scope)
    given = "".join(f" ({scope[v]} : {type_of(v)})" for v in frees)
    vector = result is Sort.VEC
    told = (printer.vector if vector else printer.term)(body, scope)
    return f"Definition {name}{given} : {'vec d' if vector else 'R'} :=\n  {told}."


def declarations(symbols: CoqSymbols) -> list[str]:
    """The variables and definitions of a section, as lines of Coq."""
    lines = [f"Variable {name} : {kind}." for name, kind in coq_variables(symbols)]
    if symbols.smooth:
        lines.extend(["Definition k : nat := d."] * symbols.own_parameters)
        lines.append("Definition Theta : Type := vec k.")
    elif symbols.own_parameters:
        lines.append("Definition Theta : Type := R.")
    for node in symbols.declared:
        if isinstance(node, nodes.Named) or node.definition is not None:
            lines.append(coq_definition(node, symbols))
    return lines
