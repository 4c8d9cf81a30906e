"""Terms and propositions as Coq writes them, over the model of ``coq/Tactics.v``.

This is the translation that has to be trusted for the statement: a term becomes the term of the same
shape, a measure the product of its reference measures with the densities as a factor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Basic, Mul, Pow, Rational

from fmproof.errors import InputError
from fmproof.lang import nodes, props
from fmproof.lang.node import shown, sort_of
from fmproof.lang.nodes.heads import Head
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort

Scope = Mapping[Var, str]

TYPES = {Sort.REAL: "R", Sort.VEC: "vec d", Sort.PARAM: "Theta"}
_RESERVED = {"d", "R", "l", "Theta", "fun", "let", "in", "if", "then", "else", "forall", "w", "Int"}


class NotExported(InputError):
    """What has no translation to Coq yet."""


@dataclass
class Symbols:
    """The Coq names of symbols and of named terms, in the order in which they are declared."""

    heads: dict[Head, str] = field(default_factory=dict)
    named: dict[Basic, tuple[str, tuple[Var, ...]]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: set(_RESERVED))

    def learn(self, node: Basic) -> None:
        """Every symbol and every name in ``node``, those in definitions first."""
        if isinstance(node, nodes.Apply):
            self._head(node.head)
        for arg in node.args:
            self.learn(arg)
        if isinstance(node, nodes.Named) and node not in self.named:
            frees = tuple(sorted(free_vars(node), key=lambda v: v.name))
            self.named[node] = (self._unique(node.name), frees)

    def _head(self, head: Head) -> None:
        if head in self.heads:
            return
        if head.definition is not None:
            self.learn(head.definition)
        more = [v.name for v in head.sup] + (["given"] if head.given else [])
        self.heads[head] = self._unique("_".join([head.name, *more]))

    def _unique(self, name: str) -> str:
        base = re.sub(r"\W", "_", name)
        found, n = base, 1
        while found in self.taken:
            n += 1
            found = f"{base}_{n}"
        self.taken.add(found)
        return found

    def local(self, var: Var) -> str:
        """A bound variable's name: never that of a symbol."""
        base = re.sub(r"[^\w']", "_", var.name)
        return f"{base}_" if base in self.taken else base


def items(measure: Iterable[Any]) -> list[Any]:
    """The Lebesgue measures of a measure, one a variable, in order."""
    found: list[Any] = []
    for item in measure:
        if isinstance(item, nodes.Lebesgue):
            found.append(item)
        else:
            drawn = zip(item.head.over, item.head.drawn(item), strict=True)
            found.extend(nodes.Lebesgue(var, *over.range) for over, var in drawn)
    return found


def densities(measure: Iterable[Any]) -> list[Any]:
    return [item for item in measure if not isinstance(item, nodes.Lebesgue)]


def interval_name(item: Any) -> str:
    def word(value: Any) -> str:
        return re.sub(r"\W", "_", str(value).replace("-", "m").replace("/", "over"))

    return f"I_{word(item.low)}_{word(item.high)}"


def space(measure: Sequence[Any]) -> str:
    """The product of the reference spaces of the variables."""
    return " ⊗ ".join(map(_factor, measure))


def _factor(item: Any) -> str:
    if item.var.sort is Sort.VEC:
        return "Rn d l"
    if item.var.sort is Sort.REAL and item.bounded:
        return interval_name(item)
    raise NotExported(
        f"an integral over {shown(item)}, a {item.var.sort.value}, has no translation to Coq yet"
    )


class Printer:
    """Terms and propositions under a scope that says what stands for each variable."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols

    # --- terms ---

    def term(self, node: Any, scope: Scope) -> str:
        if isinstance(node, Var):
            return scope[node]
        if isinstance(node, Rational):
            return f"({node})" if node.p < 0 or node.q != 1 else str(node)
        if isinstance(node, nodes.Named):
            name, frees = self.symbols.named[node]
            return self._applied(name, [scope[v] for v in frees])
        if isinstance(node, nodes.IntegralOver | nodes.Expect):
            return self._integral(node, scope)
        if isinstance(node, Add | Mul | Pow | nodes.Inner | nodes.Ratio | nodes.Apply):
            return self.combined(node, [self.term(a, scope) for a in arguments(node)])
        raise NotExported(f"{type(node).__name__} ({shown(node)}) has no translation to Coq yet")

    def vector(self, node: Any, scope: Scope) -> str:
        """A term where a vector is expected: zero is the zero vector."""
        return "vzero" if node == 0 else self.term(node, scope)

    def combined(self, node: Any, parts: Sequence[str]) -> str:
        """``node`` with its arguments written as ``parts``."""
        if isinstance(node, Add):
            if sort_of(node) is Sort.VEC:
                whole = parts[-1]
                for part in reversed(parts[:-1]):
                    whole = f"(vadd {part} {whole})"
                return whole
            return f"({' + '.join(parts)})"
        if isinstance(node, Mul):
            sorts = [sort_of(a) for a in node.args]
            if Sort.VEC in sorts:
                place = sorts.index(Sort.VEC)
                scalars = " * ".join(p for i, p in enumerate(parts) if i != place)
                return f"(vscal ({scalars}) {parts[place]})"
            return f"({' * '.join(parts)})"
        if isinstance(node, Pow):
            return f"({parts[0]} ^ {node.args[1]})"
        if isinstance(node, nodes.Inner):
            return f"(ip {parts[0]} {parts[1]})"
        if isinstance(node, nodes.Ratio):
            return f"(ratio {parts[0]} {parts[1]})"
        return self._applied(self.symbols.heads[node.head], parts)

    @staticmethod
    def _applied(name: str, parts: Sequence[str]) -> str:
        return f"({' '.join([name, *parts])})" if parts else name

    def product(self, factors: Sequence[Any], scope: Scope) -> str:
        return " * ".join(self.term(f, scope) for f in factors) or "1"

    def bound(self, measure: Sequence[Any], scope: Scope) -> tuple[str, dict[Var, str]]:
        """``onN (fun …)``'s binders for the variables of a measure, and the scope inside."""
        inner = dict(scope)
        names = []
        for item in measure:
            inner[item.var] = self.symbols.local(item.var)
            names.append(f"({inner[item.var]} : {TYPES[item.var.sort]})")
        if len(measure) > 4:
            raise NotExported("an integral over more than four variables at once")
        return f"on{len(measure)} (fun {' '.join(names)} =>", inner

    def on(self, measure: Sequence[Any], scope: Scope, body: Callable[[Scope], str]) -> str:
        head, inner = self.bound(measure, scope)
        return f"({head} {body(inner)}))"

    def _integral(self, node: Any, scope: Scope) -> str:
        over = items(node.measure)
        vector = sort_of(node) is Sort.VEC
        write = self.vector if vector else self.term
        body = self.on(over, scope, lambda s: write(node.body, s))
        if isinstance(node, nodes.IntegralOver):
            return f"({'VInt' if vector else 'Int'} ({space(over)}) {body})"
        law = self.on(over, scope, lambda s: self.product(densities(node.measure), s))
        return f"({'VExpect' if vector else 'Expect'} ({space(over)}) {law} {body})"

    # --- propositions ---

    def prop(self, node: Any, scope: Scope) -> str:
        if isinstance(node, props.Equals):
            vector = Sort.VEC in (sort_of(node.lhs), sort_of(node.rhs))
            write = self.vector if vector else self.term
            return f"{write(node.lhs, scope)} = {write(node.rhs, scope)}"
        if isinstance(node, props.AtMost):
            return f"{self.term(node.lhs, scope)} <= {self.term(node.rhs, scope)}"
        if isinstance(node, props.VanishesWith):
            a, b = (self.term(a, scope) for a in node.args)
            return f"({b} = 0 -> {a} = 0)"
        if isinstance(node, props.ForAll):
            name = self.symbols.local(node.var)
            inner = {**scope, node.var: name}
            return f"(forall {name} : {TYPES[node.var.sort]}, {self.prop(node.body, inner)})"
        if isinstance(node, props.Integrable):
            over = items(node.measure)
            vector = sort_of(node.body) is Sort.VEC
            weights = densities(node.measure)
            body = self.on(over, scope, lambda s: self.weighted(weights, node.body, s))
            return f"({'VIntegrable' if vector else 'Integrable'} ({space(over)}) {body})"
        if isinstance(node, props.Almost):
            over, weights = items(node.measure), densities(node.measure)

            def inside(s: Scope) -> str:
                told = self.prop(node.args[0], s)
                return f"({self.product(weights, s)} <> 0 -> {told})" if weights else told

            return f"(ae ({space(over)}) {self.on(over, scope, inside)})"
        raise NotExported(f"{type(node).__name__} ({shown(node)}) has no translation to Coq yet")

    def weighted(self, weights: Sequence[Any], body: Any, scope: Scope) -> str:
        """The densities times the body."""
        if sort_of(body) is Sort.VEC:
            inside = self.vector(body, scope)
            return f"(vscal ({self.product(weights, scope)}) {inside})" if weights else inside
        inside = self.term(body, scope)
        return f"({self.product(weights, scope)} * {inside})" if weights else inside


def arguments(node: Any) -> tuple[Any, ...]:
    """The arguments of a node that binds nothing, without its symbol."""
    return tuple(node.arguments) if isinstance(node, nodes.Apply) else tuple(node.args)


def bound_by(node: Any) -> list[Var]:
    return [var for item in node.measure for var in drawn_by(item)]


# --- declarations -------------------------------------------------------------------------


def declarations(symbols: Symbols, intervals: Iterable[Any]) -> list[str]:
    """The variables, hypotheses and definitions of a section, as lines of Coq."""
    printer = Printer(symbols)
    lines = [
        "Variable d : nat.                (* the dimension *)",
        "Variable l : vector_measure d.   (* the reference measure on R^d, such as Lebesgue's *)",
        "Variable Theta : Type.           (* the parameters of the model *)",
    ]
    seen: set[str] = set()
    for item in intervals:
        name = interval_name(item)
        if name not in seen:
            seen.add(name)
            low, high = (printer.term(end, {}) for end in (item.low, item.high))
            lines.append(f"Definition {name} := @interval {low} {high} ltac:(lra).")
    # a name's definition may use symbols and the other way round: in the order of learning
    declared: list[tuple[int, str]] = []
    for head, name in symbols.heads.items():
        declared.append((_depth(head.definition), "\n".join(_declared(head, name, printer))))
    for node, (name, frees) in symbols.named.items():
        scope = {v: symbols.local(v) for v in frees}
        given = "".join(f" ({scope[v]} : {TYPES[v.sort]})" for v in frees)
        body = printer.term(node.args[1], scope)
        declared.append((_depth(node.args[1]), f"Definition {name}{given} := {body}."))
    declared.sort(key=lambda pair: pair[0])
    return [*lines, *(text for _, text in declared)]


def _depth(definition: Basic | None) -> int:
    """How many definitions lie below one another."""
    if definition is None:
        return 0

    def inside(node: Basic) -> int:
        own = 0
        if isinstance(node, nodes.Apply):
            own = _depth(node.head.definition)
        elif isinstance(node, nodes.Named):
            own = _depth(node.args[1])
        return max([own, *(inside(arg) for arg in node.args)], default=own)

    return 1 + inside(definition)


def _declared(head: Head, name: str, printer: Printer) -> list[str]:
    scope = {v: printer.symbols.local(v) for v in head.params}
    result = "vec d" if head.result is Sort.VEC else "R"
    if any(v.sort is Sort.LATENT for v in head.params):
        raise NotExported(f"{head.name} of a latent variable has no translation to Coq yet")
    types = [TYPES[v.sort] for v in head.params]
    if head.definition is not None:
        given = "".join(f" ({scope[v]} : {TYPES[v.sort]})" for v in head.params)
        write = printer.vector if head.result is Sort.VEC else printer.term
        body = write(head.definition, scope)
        return [f"Definition {name}{given} : {result} := {body}."]
    lines = [f"Variable {name} : {' -> '.join([*types, result])}."]
    lines.append(f"Hypothesis {name}_measurable : {measurable(head, name)}.")
    if isinstance(head, nodes.Density):
        others = [v for v in head.params if v not in head.main]
        over = list(head.over)
        law = printer.on(
            over,
            scope,
            lambda s: printer._applied(name, [s[v] for v in head.params]),
        )
        given = "".join(f" ({scope[v]} : {TYPES[v.sort]})" for v in others)
        told = f"Density ({space(over)}) {law}"
        lines.append(
            f"Hypothesis {name}_density : " + (f"forall{given}, {told}." if given else f"{told}.")
        )
    elif head.nonneg:
        names = [f"a{i}" for i in range(len(types))]
        given = " ".join(f"({n} : {t})" for n, t in zip(names, types, strict=True))
        lines.append(
            f"Hypothesis {name}_nonneg : forall {given}, 0 <= {name} {' '.join(names)}."
        )
    return lines


def measurable(head: Head, name: str) -> str:
    """That a symbol takes measurable functions to measurable functions, for fixed parameters."""
    fixed, given, needs, args = [], [], [], []
    for i, var in enumerate(head.params):
        if var.sort is Sort.PARAM:
            fixed.append(f"(a{i} : Theta)")
            args.append(f"a{i}")
        else:
            given.append(f"(a{i} : A -> {TYPES[var.sort]})")
            needs.append(f"{'VMeas' if var.sort is Sort.VEC else 'Meas'} A a{i} -> ")
            args.append(f"(a{i} x)")
    kind = "VMeas" if head.result is Sort.VEC else "Meas"
    quantified = " ".join(["(A : space)", *fixed, *given])
    return f"forall {quantified}, {''.join(needs)}{kind} A (fun x => {name} {' '.join(args)})"
