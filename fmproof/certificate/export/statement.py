"""What a theorem says, as Coq: terms, propositions and declarations over the model of ``coq/``.

This translation is trusted for the statement. A term becomes the term of the same shape, a measure
the product of the reference measures, with its densities as factors of the integrand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Rational

from fmproof.certificate.export.draws import CHANCE, Items, is_chance, opened, stand_ins
from fmproof.errors import InputError
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.node import shown, sort_of
from fmproof.lang.nodes.heads import Head
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import canon, free_vars
from fmproof.lang.sorts import Sort

Scope = Mapping[Var, str]
"""What stands for each free variable."""

_TYPES = {Sort.REAL: "R", Sort.VEC: "vec d", Sort.PARAM: "Theta"}
_DIMENSIONS = {Sort.VEC: "d", Sort.GRADIENT: "k"}
_WORDS = """as at cofix else end exists exists2 fix for forall fun if IF in let match mod Prop
return Set SProp then Type using where with d k l R Theta S fst snd pair ip ratio vadd
vscal vzero vec Rn proved segment line product Int VInt Expect VExpect Integrable
VIntegrable Meas VMeas MeasP ae Density Omega Latent condexp slope Differentiable
VDifferentiable JointlyDifferentiable Derivable VDerivable derivative divergence
ln exp sqrt Rabs PI INR gaussian
Dominated DominatedInNumber VDominated lebesgue l_lebesgue box
grad argmin norm space nat vector_measure True on2 on3 on4 on5 eq_refl
statement theorem assumed h
""".split()
_NAME = re.compile(r"[^\W\d][\w']*")
_OURS = re.compile(r"pt\w*|[Hs]\d+|fact_\d+")
"""Names that the generated proof uses."""


_MEASURED = (nodes.IntegralOver, nodes.Expect, nodes.CondExpect, props.Integrable, props.Almost)
SLOPES = (nodes.Grad, nodes.Partial, nodes.Div)
_DERIVED = (*SLOPES, props.Differentiable)
_SMOOTH = (nodes.Grad, props.Differentiable, props.Dominated)


LEBESGUE = "l_lebesgue"
"""The assumption that the measure of R^d is Lebesgue's, where a theorem needs that."""

FUNCTIONS = {nodes.Exp: "exp", nodes.Log: "ln", nodes.Sqrt: "sqrt", nodes.Abs: "Rabs"}
"""Those of Coq's reals have the same conventions: ln is 0 for a ≤ 0, sqrt for a < 0."""


class NotExported(InputError):
    """What has no translation to Coq yet."""


class Symbols:
    """The Coq names of symbols and of named terms, in the order in which they can be declared."""

    def __init__(self, nodes_: Iterable[Basic]) -> None:
        self.heads: dict[Head, str] = {}
        self.named: dict[Basic, str] = {}
        self.declared: list[Basic] = []
        self.taken = set(_WORDS)
        self.uses_parameters = False
        self.own_parameters = False  #: in a proof of what is not about parameters, they are numbers
        self.smooth = False  #: something is differentiated in parameters, so they are vectors
        self._owners: dict[Head, Head | str] = {}
        self.spaces: set[str] = set()  #: those of latent points
        self.conditional = False  #: there are conditional expectations
        self.derived: dict[Head, set[int]] = {}  #: places in which a symbol is differentiated
        self.slopes: dict[
            Basic, Slope
        ] = {}  #: other derivatives that are integrated, by their keys
        self.lebesgue = False  #: the measure of R^d has to be Lebesgue's
        self.uses_derivatives = False
        self.integrates = False  #: something is integrated, so derivatives must be measurable
        self._seen: set[Basic] = set()
        for node in nodes_:
            self._learn(node)

    def _learn(self, node: Basic) -> None:
        """Every symbol and every name in ``node``, those in definitions first."""
        if node in self._seen:
            return
        self._seen.add(node)
        self.uses_parameters |= isinstance(node, Var) and node.sort is Sort.PARAM
        self.conditional |= isinstance(node, nodes.CondExpect)
        if isinstance(node, _MEASURED):
            self.integrates = True
            heads = (getattr(item, "head", None) for item in node.measure)
            self.lebesgue |= any(isinstance(head, nodes.Gaussian) for head in heads)
        self.uses_derivatives |= isinstance(node, _DERIVED)
        if isinstance(node, nodes.Partial | nodes.Grad):
            place = moving_place(node)
            if place is not None:
                self.derived.setdefault(node.body.head, set()).add(place)
        self.smooth |= isinstance(node, _SMOOTH) and node.args[1].sort is Sort.PARAM
        if isinstance(node, Var) and is_chance(node):
            raise NotExported(f"{node.name} is what a point of Omega is called here: rename it")
        if isinstance(node, nodes.Gaussian):  # which the library defines
            self.heads[node] = "gaussian"
            return
        if isinstance(node, Head) and node.draws and not node.is_density:
            for head in stand_ins(node):
                self._belongs(head, "draws" if head == CHANCE else node)
                self._name_head(head)
            return
        if isinstance(node, Head):
            self._belongs(node, node)
            self._name_head(node)
        for arg in node.args:
            self._learn(arg)
        if isinstance(node, nodes.Named) and node not in self.named:
            self.named[node] = self._unique(node.name)
            self.declared.append(node)

    def learn_slopes(self, statement: Iterable[Basic]) -> None:
        """The derivatives that move with what is integrated."""
        for node in statement:
            for slope, over in _integrated_slopes(node):
                self.lebesgue |= isinstance(slope, nodes.Div) and slope.at in over
                self._learn_slope(slope)

    def _learn_slope(self, slope: Any) -> None:
        if slope.var.sort is Sort.PARAM:  # domination says of these that they are measurable
            return
        if gaussian_score(slope) is not None:  # which is proved
            return
        place = None if isinstance(slope, nodes.Div) else moving_place(slope)
        if place is not None:
            self.derived.setdefault(slope.body.head, set()).add(place)
            return
        key, moved = slope_key(slope)
        self.slopes.setdefault(key, Slope(f"derivative_{len(self.slopes) + 1}", moved))

    @property
    def free_heads(self) -> list[tuple[Head, str]]:
        """The symbols that the theorem is for every one of, with their names."""
        return [
            (head, name)
            for head, name in self.heads.items()
            if head.definition is None and not isinstance(head, nodes.Gaussian)
        ]

    def _name_head(self, node: Head) -> None:
        """A symbol, after those in its definition."""
        if node in self.heads:
            return
        self.spaces.update(type_of(v) for v in node.params if v.sort is Sort.LATENT)
        if node.definition is not None:
            self._learn(node.definition)
        groups = "_".join(v.name for v in (*node.sub, *node.sup))
        given = "_".join(("given", *(v.name for v in node.given))) if node.given else ""
        self.heads[node] = self._unique("_".join(filter(None, (node.name, groups, given))))
        self.declared.append(node)

    def _belongs(self, head: Head, owner: Head | str) -> None:
        """Refuse two symbols that Coq would have one name for."""
        if self._owners.setdefault(head, owner) != owner:
            raise NotExported(f"two laws or symbols would both be called {head.name}")

    def _unique(self, name: str) -> str:
        base = re.sub(r"\W", "_", name)
        if _OURS.fullmatch(base):
            base = f"_{base}"
        found, n = base, 1
        while found in self.taken:
            n += 1
            found = f"{base}_{n}"
        self.taken.add(found)
        return found

    def local(self, var: Var, scope: Scope) -> str:
        """A bound variable's name: that of no symbol and of nothing else in scope."""
        base = re.sub(r"[^\w']", "_", var.name)
        used = {n for v, text in scope.items() if v is not var for n in _NAME.findall(text)}
        if _OURS.fullmatch(base):
            base = f"_{base}"
        while base in used or base in self.taken:
            base += "_"
        return base


def type_of(var: Var) -> str:
    """The type of a variable."""
    if var.sort is Sort.LATENT:
        return "Omega" if is_chance(var) else "Latent"
    if var.sort not in _TYPES:
        raise NotExported(f"{var.name}, a {var.sort.value}, has no translation to Coq yet")
    return _TYPES[var.sort]


def domain(var: Var) -> str:
    """The dimension of the space in which something is differentiated."""
    if var.sort is Sort.REAL:
        raise NotExported(f"a derivative in the number {var.name} has no translation to Coq yet")
    return "k" if var.sort is Sort.PARAM else "d"


def moving_place(node: Any) -> int | None:
    """Where the variable of ∂f(…, t, …) or ∇φ(…, x, …) stands alone among a symbol's arguments."""
    body, var = node.body, node.var
    if not isinstance(body, nodes.Apply) or body.head.definition is not None:
        return None
    if isinstance(node, nodes.Grad) and var.sort is not Sort.VEC:
        return None
    moving = [i for i, arg in enumerate(body.arguments) if var in free_vars(arg)]
    fits = len(moving) == 1 and body.arguments[moving[0]] == var
    if isinstance(node, nodes.Partial):
        fits = fits and bool(dimension(body))
    return moving[0] if fits else None


def gaussian_score(node: Any) -> Any:
    """N(x; m, v) where a node is ∇N or ∇log N in x, for m and v free of x; else None."""
    body = node.body.args[0] if isinstance(node.body, nodes.Log) else node.body
    if not isinstance(node, nodes.Grad) or not isinstance(body, nodes.Apply):
        return None
    if not isinstance(body.head, nodes.Gaussian) or body.arguments[0] != node.var:
        return None
    _, m, v = body.arguments
    return None if node.var in free_vars(m) | free_vars(v) else body


_PLACE = {sort: Var("place", sort) for sort in (Sort.REAL, Sort.VEC)}


@dataclass(frozen=True)
class Slope:
    """A derivative that is measurable by assumption, at a place that is a variable."""

    name: str
    node: Any

    @property
    def variables(self) -> list[Var]:
        """What it is a function of, its place last."""
        others = free_vars(self.node) - {self.node.at}
        return [*sorted(others, key=lambda v: (v.sort.value, v.name)), self.node.at]


def slope_key(node: Any) -> tuple[Basic, Any]:
    """The same for derivatives of equal functions, and the derivative at a variable place."""
    place = _PLACE[node.var.sort]
    if place in free_vars(node):
        raise NotExported(f"{place.name} is what a derivative's place is called here: rename it")
    moved = type(node)(node.body, node.var, place)
    return canon(moved), moved


def _integrated_slopes(
    node: Any, bound: frozenset[Var] = frozenset()
) -> Iterator[tuple[Any, frozenset[Var]]]:
    """The derivatives in a proposition or term that move with what a measure above them binds."""
    if isinstance(node, SLOPES) and bound & free_vars(node):
        yield node, bound
    if isinstance(node, (*_MEASURED, props.Dominated)):
        bound |= {v for item in node.measure for v in drawn_by(item)}
    for arg in node.args:
        if isinstance(arg, Basic):
            yield from _integrated_slopes(arg, bound)


def derivative_name(symbols: Symbols, head: Head, place: int) -> str:
    """What the derivative of a symbol in one of its places is called."""
    kind = "grad" if head.params[place].sort is Sort.VEC else "slope"
    return f"{symbols.heads[head]}_{kind}_{place}"


def conditioned(node: Any) -> Any:
    """What a conditional expectation is given: one vector, of a vector."""
    if len(node.given) != 1 or node.given[0].var.sort is not Sort.VEC or not dimension(node.body):
        raise NotExported(f"{shown(node)}: only of a vector given one vector")
    return node.given[0]


# --- measures -----------------------------------------------------------------------------


def items(measure: Iterable[Any]) -> Items:
    """The Lebesgue measures of a measure, one a variable, in order."""
    return opened(measure)


def densities(measure: Iterable[Any]) -> list[Any]:
    """The densities of a measure, which are factors of the integrand."""
    return opened(measure).densities


def factor_space(item: Any) -> str:
    """The space that one variable is integrated over."""
    if item.var.sort is Sort.LATENT:
        return type_of(item.var)
    if item.var.sort is Sort.VEC:
        return "Rn d l"
    if item.var.sort is Sort.REAL and item.bounded:
        return f"segment {number(item.low)} {number(item.high)}"
    raise NotExported(f"an integral over {item.var.name} has no translation to Coq yet")


def product(spaces: Sequence[str]) -> str:
    """The product of spaces, the first ones in brackets."""
    return spaces[0] if len(spaces) == 1 else " ⊗ ".join(spaces)


def space(over: Sequence[Any]) -> str:
    """The product of the spaces of variables."""
    return product([factor_space(item) for item in over])


def number(value: Rational) -> str:
    """A rational number."""
    text = str(value.p) if value.q == 1 else f"{value.p} / {value.q}"
    return f"({text})" if value.p < 0 or value.q != 1 else text


def dimension(term: Any) -> str:
    """The dimension of a vector or gradient as Coq; empty for what is neither, and for zero."""
    return _DIMENSIONS.get(sort_of(term), "")


# --- terms and propositions ---------------------------------------------------------------


class Printer:
    """Terms and propositions under a scope.

    With ``levels`` bound variables are named by their depth, so that two texts are the same when
    they differ in bound names alone.
    """

    def __init__(self, symbols: Symbols, levels: bool = False) -> None:
        self.symbols = symbols
        self._levels = levels
        self._depth = 0

    def term(self, node: Any, scope: Scope) -> str:
        """A real, a vector that is not 0, or a parameter."""
        if isinstance(node, Var):
            return scope[node]
        if isinstance(node, Rational):
            return number(node)
        if isinstance(node, nodes.Constant):
            return "PI" if node is nodes.pi else "(INR d)"
        if isinstance(node, nodes.Named):
            frees = sorted(free_vars(node), key=lambda v: v.name)
            return applied(self.symbols.named[node], [scope[v] for v in frees])
        if isinstance(node, nodes.IntegralOver | nodes.Expect):
            return self._integral(node, scope)
        if isinstance(node, nodes.Apply):
            return applied(self.symbols.heads[node.head], self.parts(node, scope))
        if isinstance(node, nodes.Grad):
            function, at = self.of_variable(node, scope), self.vector(node.at, scope)
            return f"(@grad {domain(node.var)} {function} {at})"
        if isinstance(node, nodes.Partial):
            function, at = self.of_variable(node, scope), self.term(node.at, scope)
            name = "slope d" if dimension(node.body) else "derivative"
            return f"({name} {function} {at})"
        if isinstance(node, nodes.Div):
            return f"(@divergence d {self.of_variable(node, scope)} {self.vector(node.at, scope)})"
        if type(node) in FUNCTIONS:
            return applied(FUNCTIONS[type(node)], self.parts(node, scope))
        if isinstance(node, nodes.CondExpect):
            return self._conditional(node, scope)
        if isinstance(node, nodes.ArgMin):
            return f"(argmin {self.of_variable(node, scope)})"
        if isinstance(node, Add | Mul | Pow | nodes.Inner | nodes.Ratio):
            return combined(node, self.parts(node, scope))
        raise NotExported(f"{type(node).__name__} ({shown(node)}) has no translation to Coq yet")

    def vector(self, node: Any, scope: Scope) -> str:
        """A term where a vector is expected: zero is the zero vector."""
        return "vzero" if node == 0 else self.term(node, scope)

    def parts(self, node: Any, scope: Scope) -> list[str]:
        """The arguments of a node that binds nothing."""
        if isinstance(node, nodes.Apply):
            return [
                (self.vector if v.sort is Sort.VEC else self.term)(a, scope)
                for v, a in zip(node.head.params, arguments(node), strict=True)
            ]
        return [self.term(a, scope) for a in arguments(node)]

    def _integral(self, node: Any, scope: Scope) -> str:
        over = items(node.measure)
        vector = dimension(node)
        write = self.vector if vector else self.term
        body = self.function(over, scope, lambda s: write(node.body, s))
        if isinstance(node, nodes.IntegralOver):
            return f"({'VInt' if vector else 'Int'} ({space(over)}) {body})"
        law = self.function(over, scope, lambda s: self.law(node.measure, s))
        return f"({'VExpect' if vector else 'Expect'} ({space(over)}) {law} {body})"

    def _conditional(self, node: Any, scope: Scope) -> str:
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

    def of_variable(self, node: Any, scope: Scope) -> str:
        """The function of a variable that a derivative or a set of minimisers is of."""
        body, var = node.args[:2]
        before = self._depth
        name = self._name(var, scope)
        write = self.vector if isinstance(node, nodes.Div) else self.term
        told = write(body, {**scope, var: name})
        self._depth = before
        return f"(fun {name} : {type_of(var)} => {told})"

    def law(self, measure: Sequence[Any], scope: Scope) -> str:
        """The product of the densities."""
        return times([self.term(d, scope) for d in densities(measure)] or ["1"])

    def weighted(self, measure: Sequence[Any], body: Any, scope: Scope) -> str:
        """The body with the densities as a factor."""
        vector = dimension(body)
        inside = (self.vector if vector else self.term)(body, scope)
        if not densities(measure):
            return inside
        law = self.law(measure, scope)
        return f"(vscal {law} {inside})" if vector else f"({law} * {inside})"

    def function(self, over: Sequence[Any], scope: Scope, body: Callable[[Scope], str]) -> str:
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

    def placed(self, scope: Scope, point: Any) -> dict[Var, str]:
        """The scope with what stands for a measure's variables at a point of its space."""
        return self.with_values(point, {**scope, **point.scope})

    def with_values(self, over: Any, scope: Scope) -> dict[Var, str]:
        """The scope with what a measure's other variables stand for."""
        inner = dict(scope)
        for var, value in getattr(over, "values", ()):
            inner[var] = (
                self.vector(value, inner) if var.sort is Sort.VEC else self.term(value, inner)
            )
        return inner

    def _name(self, var: Var, scope: Scope) -> str:
        self._depth += 1
        return f"b{self._depth}" if self._levels else self.symbols.local(var, scope)

    def prop(self, node: Any, scope: Scope) -> str:
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

    def _differentiable(self, node: Any, scope: Scope) -> str:
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

    def of_both(self, body: Any, t: Var, x: Var, scope: Scope) -> str:
        """The function of a number and a vector that both move."""
        before = self._depth
        inner = {**scope, t: self._name(t, scope)}
        inner[x] = self._name(x, inner)
        told = self.term(body, inner)
        self._depth = before
        return f"(fun ({inner[t]} : R) ({inner[x]} : vec d) => {told})"

    def _dominated(self, node: Any, scope: Scope) -> str:
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

    def under_law(self, node: Any, scope: Scope) -> str:
        """What an "almost every" says at a point: under a law, where its density is not 0."""
        told = self.prop(node.args[0], scope)
        if not densities(node.measure):
            return told
        return f"({self.law(node.measure, scope)} <> 0 -> {told})"


def arguments(node: Any) -> tuple[Any, ...]:
    """The arguments of a node that binds nothing, without its symbol."""
    return tuple(node.arguments) if isinstance(node, nodes.Apply) else tuple(node.args)


def applied(name: str, parts: Sequence[str]) -> str:
    """A function applied to arguments."""
    return f"({' '.join([name, *parts])})" if parts else name


def times(parts: Sequence[str]) -> str:
    """A product."""
    return parts[0] if len(parts) == 1 else f"({' * '.join(parts)})"


def combined(node: Any, parts: Sequence[str]) -> str:
    """``node`` with its arguments written as ``parts``."""
    if isinstance(node, Add):
        return vector_sum(parts) if dimension(node) else f"({' + '.join(parts)})"
    if isinstance(node, Mul):
        vectors = [i for i, a in enumerate(node.args) if dimension(a)]
        if not vectors:
            return times(parts)
        scalars = [p for i, p in enumerate(parts) if i != vectors[0]]
        return f"(vscal {times(scalars)} {parts[vectors[0]]})"
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


# --- declarations -------------------------------------------------------------------------


def variables(symbols: Symbols) -> Iterator[tuple[str, str]]:
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


def assumptions(symbols: Symbols) -> Iterator[tuple[str, str]]:
    """What a symbol without definition is by its kind: names with propositions."""
    printer = Printer(symbols)
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
            told = f"0 <= {applied(name, [scope[v] for v in head.params])}"
            yield f"{name}_nonneg", quantified(head.params, scope, told)
    for slope in symbols.slopes.values():
        yield f"{slope.name}_measurable", _measurable_slope(slope, printer)


def _measurable_slope(slope: Slope, printer: Printer) -> str:
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


def measurable(head: Head, printer: Printer, place: int | None = None) -> str:
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

        def whole(inner: Scope) -> str:
            return printer.term(node, inner)

    function = printer.function(over, scope, whole)
    kind = "VMeas" if place is not None or head.result is Sort.VEC else "Meas"
    return quantified(fixed, scope, f"{kind} ({where}) {function}")


def applied_to_parameters(head: Head, printer: Printer) -> Callable[[Scope], str]:
    """A symbol at its own parameters."""
    name = printer.symbols.heads[head]
    return lambda scope: applied(name, [scope[v] for v in head.params])


def head_space(var: Var) -> str:
    """The space in which a symbol is measurable in one variable."""
    if var.sort is Sort.LATENT:
        return type_of(var)
    return "line" if var.sort is Sort.REAL else "Rn d l"


def quantified(which: Iterable[Var], scope: Scope, told: str) -> str:
    """``told`` for every value of these variables."""
    given = " ".join(f"({scope[v]} : {type_of(v)})" for v in which)
    return f"forall {given}, {told}" if given else told


def definition(node: Any, symbols: Symbols) -> str:
    """The definition of a symbol or of a name, as a line of Coq."""
    printer = Printer(symbols)
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


def declarations(symbols: Symbols) -> list[str]:
    """The variables and definitions of a section, as lines of Coq."""
    lines = [f"Variable {name} : {kind}." for name, kind in variables(symbols)]
    if symbols.smooth:
        lines.extend(["Definition k : nat := d."] * symbols.own_parameters)
        lines.append("Definition Theta : Type := vec k.")
    elif symbols.own_parameters:
        lines.append("Definition Theta : Type := R.")
    for node in symbols.declared:
        if isinstance(node, nodes.Named) or node.definition is not None:
            lines.append(definition(node, symbols))
    return lines
