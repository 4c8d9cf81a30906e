"""Terms and propositions as Coq.

A term becomes the term of the same shape, a measure the product of the reference measures, with
its densities as factors of the integrand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Rational

from fmproof.certificate.export.statement.sorts import (
    FUNCTION_NAMES,
    CoqScope,
    NotExported,
    arguments,
    conditioned,
    densities,
    dimension,
    domain,
    items,
    number,
    space,
    type_of,
)
from fmproof.certificate.export.statement.symbols import CoqSymbols
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.node import shown
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort


class CoqPrinter:
    """Terms and propositions under a scope.

    With ``levels`` bound variables are named by their depth, so that two texts are the same when
    they differ in bound names alone.
    """

    def __init__(self, symbols: CoqSymbols, levels: bool = False) -> None:
        self.symbols = symbols
        self._levels = levels
        self._depth = 0

    def term(self, node: Any, scope: CoqScope) -> str:
        """A real, a vector that is not 0, or a parameter."""
        if isinstance(node, Var):
            return scope[node]
        if isinstance(node, Rational):
            return number(node)
        if isinstance(node, nodes.Constant):
            return "PI" if node is nodes.pi else "(INR d)"
        if isinstance(node, nodes.Named):
            frees = sorted(free_vars(node), key=lambda v: v.name)
            return application(self.symbols.named[node], [scope[v] for v in frees])
        if isinstance(node, nodes.IntegralOver | nodes.Expect):
            return self._integral(node, scope)
        if isinstance(node, nodes.Apply):
            return application(self.symbols.heads[node.head], self.parts(node, scope))
        if isinstance(node, nodes.Grad):
            function, at = self.of_variable(node, scope), self.vector(node.at, scope)
            return f"(@grad {domain(node.var)} {function} {at})"
        if isinstance(node, nodes.Partial):
            function, at = self.of_variable(node, scope), self.term(node.at, scope)
            name = "slope d" if dimension(node.body) else "derivative"
            return f"({name} {function} {at})"
        if isinstance(node, nodes.Div):
            return f"(@divergence d {self.of_variable(node, scope)} {self.vector(node.at, scope)})"
        if type(node) in FUNCTION_NAMES:
            return application(FUNCTION_NAMES[type(node)], self.parts(node, scope))
        if isinstance(node, nodes.CondExpect):
            return self._conditional(node, scope)
        if isinstance(node, nodes.ArgMin):
            return f"(argmin {self.of_variable(node, scope)})"
        if isinstance(node, Add | Mul | Pow | nodes.Inner | nodes.Ratio):
            return written_with(node, self.parts(node, scope))
        raise NotExported(f"{type(node).__name__} ({shown(node)}) has no translation to Coq yet")

    def vector(self, node: Any, scope: CoqScope) -> str:
        """A term where a vector is expected: zero is the zero vector."""
        return "vzero" if node == 0 else self.term(node, scope)

    def parts(self, node: Any, scope: CoqScope) -> list[str]:
        """The arguments of a node that binds nothing."""
        if isinstance(node, nodes.Apply):
            return [
                (self.vector if v.sort is Sort.VEC else self.term)(a, scope)
                for v, a in zip(node.head.params, arguments(node), strict=True)
            ]
        return [self.term(a, scope) for a in arguments(node)]

    def _integral(self, node: Any, scope: CoqScope) -> str:
        over = items(node.measure)
        vector = dimension(node)
        write = self.vector if vector else self.term
        body = self.function(over, scope, lambda s: write(node.body, s))
        if isinstance(node, nodes.IntegralOver):
            return f"({'VInt' if vector else 'Int'} ({space(over)}) {body})"
        law = self.function(over, scope, lambda s: self.law(node.measure, s))
        return f"({'VExpect' if vector else 'Expect'} ({space(over)}) {law} {body})"

    def _conditional(self, node: Any, scope: CoqScope) -> str:
        given, over = conditioned(node), items(node.measure)
        parts = [
            self.function(over, scope, write)
            for write in (
                lambda s: self.law(node.measure, s),
                lambda s: s[given.var],
                lambda s: self.vector(node.body, s),
            )
        ]
        return f"(condexp d d ({space(over)}) {' '.join(parts)} {self.vector(given.at, scope)})"

    def of_variable(self, node: Any, scope: CoqScope) -> str:
        """The function of a variable that a derivative or a set of minimisers is of."""
        body, var = node.args[:2]
        before = self._depth
        name = self._name(var, scope)
        write = self.vector if isinstance(node, nodes.Div) else self.term
        told = write(body, {**scope, var: name})
        self._depth = before
        return f"(fun {name} : {type_of(var)} => {told})"

    def law(self, measure: Sequence[Any], scope: CoqScope) -> str:
        """The product of the densities."""
        return coq_product([self.term(d, scope) for d in densities(measure)] or ["1"])

    def weighted(self, measure: Sequence[Any], body: Any, scope: CoqScope) -> str:
        """The body with the densities as a factor."""
        vector = dimension(body)
        inside = (self.vector if vector else self.term)(body, scope)
        if not densities(measure):
            return inside
        law = self.law(measure, scope)
        return f"(vscal {law} {inside})" if vector else f"({law} * {inside})"

    def function(
        self, over: Sequence[Any], scope: CoqScope, body: Callable[[CoqScope], str]
    ) -> str:
        """The function of a point of the product of ``over``, by names for its coordinates."""
        inner, binders = dict(scope), []
        if len(over) > 5:
            raise NotExported("an integral over more than five variables at once")
        before = self._depth
        for item in over:
            inner[item.var] = self._name(item.var, inner)
            binders.append(f"({inner[item.var]} : {type_of(item.var)})")
        inner = self.with_values(over, inner)
        text = f"(fun {' '.join(binders)} => {body(inner)})"
        self._depth = before
        return text if len(over) == 1 else f"(on{len(over)} {text})"

    def placed(self, scope: CoqScope, point: Any) -> dict[Var, str]:
        """The scope with what stands for a measure's variables at a point of its space."""
        return self.with_values(point, {**scope, **point.scope})

    def with_values(self, over: Any, scope: CoqScope) -> dict[Var, str]:
        """The scope with what a measure's other variables stand for."""
        inner = dict(scope)
        for var, value in getattr(over, "values", ()):
            inner[var] = (
                self.vector(value, inner) if var.sort is Sort.VEC else self.term(value, inner)
            )
        return inner

    def _name(self, var: Var, scope: CoqScope) -> str:
        self._depth += 1
        return f"b{self._depth}" if self._levels else self.symbols.local(var, scope)

    def prop(self, node: Any, scope: CoqScope) -> str:
        """A proposition."""
        if isinstance(node, props.Equals):
            vector = dimension(node.lhs) or dimension(node.rhs)
            write = self.vector if vector else self.term
            return f"({write(node.lhs, scope)} = {write(node.rhs, scope)})"
        if isinstance(node, props.AtMost):
            return f"({self.term(node.lhs, scope)} <= {self.term(node.rhs, scope)})"
        if isinstance(node, props.Positive):
            return f"(0 < {self.term(node.args[0], scope)})"
        if isinstance(node, props.VanishesWith):
            a, b = (self.term(a, scope) for a in node.args)
            return f"({b} = 0 -> {a} = 0)"
        if isinstance(node, props.ForAll):
            before = self._depth
            name = self._name(node.var, scope)
            body = self.prop(node.body, {**scope, node.var: name})
            self._depth = before
            return f"(forall {name} : {type_of(node.var)}, {body})"
        if isinstance(node, props.Integrable):
            over = items(node.measure)
            body = self.function(over, scope, lambda s: self.weighted(node.measure, node.body, s))
            return f"({'V' if dimension(node.body) else ''}Integrable ({space(over)}) {body})"
        if isinstance(node, props.Almost):
            over = items(node.measure)
            body = self.function(over, scope, lambda s: self.under_law(node, s))
            return f"(ae ({space(over)}) {body})"
        if isinstance(node, props.Differentiable):
            return self._differentiable(node, scope)
        if isinstance(node, props.Dominated):
            return self._dominated(node, scope)
        raise NotExported(f"{type(node).__name__} ({shown(node)}) has no translation to Coq yet")

    def _differentiable(self, node: Any, scope: CoqScope) -> str:
        if len(node.pairs) == 2 and not dimension(node.body):
            (t, time), (x, place) = node.pairs
            if (t.sort, x.sort) == (Sort.REAL, Sort.VEC):
                function = self.of_both(node.body, t, x, scope)
                there = f"{self.term(time, scope)} {self.vector(place, scope)}"
                return f"(@JointlyDifferentiable d {function} {there})"
        if len(node.pairs) != 1:
            raise NotExported(f"{shown(node)}: only in one variable, or in a number and a vector")
        ((var, at),) = node.pairs
        function, vector = self.of_variable(node, scope), dimension(node.body)
        if var.sort is Sort.REAL:
            name = "@VDerivable d" if vector else "Derivable"
            return f"({name} {function} {self.term(at, scope)})"
        name = "@VDifferentiable d" if vector else f"@Differentiable {domain(var)}"
        return f"({name} {function} {self.vector(at, scope)})"

    def of_both(self, body: Any, t: Var, x: Var, scope: CoqScope) -> str:
        """The function of a number and a vector that both move."""
        before = self._depth
        inner = {**scope, t: self._name(t, scope)}
        inner[x] = self._name(x, inner)
        told = self.term(body, inner)
        self._depth = before
        return f"(fun ({inner[t]} : R) ({inner[x]} : vec d) => {told})"

    def _dominated(self, node: Any, scope: CoqScope) -> str:
        body, var, at = node.args[:3]
        over, before, number = items(node.measure), self._depth, var.sort is Sort.REAL
        vector = dimension(body)
        if vector and var.sort is not Sort.VEC:
            raise NotExported(f"{shown(node)}: a vector in what is no vector")
        name = self._name(var, scope)
        inner = {**scope, var: name}
        write = self.vector if vector else self.term
        function = self.function(over, inner, lambda s: write(body, s))
        law = self.function(over, scope, lambda s: self.law(node.measure, s))
        self._depth = before
        function = f"(fun {name} : {type_of(var)} => {function})"
        place = (self.term if number else self.vector)(at, scope)
        kind = "DominatedInNumber" if number else f"@{'V' * bool(vector)}Dominated {domain(var)}"
        return f"({kind} ({space(over)}) {law} {function} {place})"

    def under_law(self, node: Any, scope: CoqScope) -> str:
        """What an "almost every" says at a point: under a law, where its density is not 0."""
        told = self.prop(node.args[0], scope)
        if not densities(node.measure):
            return told
        return f"({self.law(node.measure, scope)} <> 0 -> {told})"


def application(name: str, parts: Sequence[str]) -> str:
    """A function applied to arguments."""
    return f"({' '.join([name, *parts])})" if parts else name


def coq_product(parts: Sequence[str]) -> str:
    """A product."""
    return parts[0] if len(parts) == 1 else f"({' * '.join(parts)})"


def written_with(node: Any, parts: Sequence[str]) -> str:
    """``node`` with its arguments written as ``parts``."""
    if isinstance(node, Add):
        return vector_sum(parts) if dimension(node) else f"({' + '.join(parts)})"
    if isinstance(node, Mul):
        vectors = [i for i, a in enumerate(node.args) if dimension(a)]
        if not vectors:
            return coq_product(parts)
        scalars = [p for i, p in enumerate(parts) if i != vectors[0]]
        return f"(vscal {coq_product(scalars)} {parts[vectors[0]]})"
    if isinstance(node, Pow):
        return f"({parts[0]} ^ {node.args[1]})"
    if isinstance(node, nodes.Inner):
        return f"(ip {parts[0]} {parts[1]})"
    return f"(ratio {parts[0]} {parts[1]})"


def vector_sum(parts: Sequence[str]) -> str:
    """A sum of vectors."""
    whole = parts[-1]
    for part in reversed(parts[:-1]):
        whole = f"(vadd {part} {whole})"
    return whole
