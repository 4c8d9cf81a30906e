"""Products of spaces: other orders, other brackets, and measurability in their coordinates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Rational

from fmproof.certificate.export.statement.slopes import gaussian_score, moving_place, slope_key
from fmproof.certificate.export.statement.sorts import (
    LEBESGUE,
    CoqScope,
    NotExported,
    arguments,
    conditioned,
    densities,
    dimension,
    factor_space,
    items,
    product,
    space,
)
from fmproof.certificate.export.statement.symbols import derivative_name
from fmproof.certificate.export.statement.terms import CoqPrinter
from fmproof.lang import nodes
from fmproof.lang.arithmetic import Add, Mul, Pow
from fmproof.lang.node import shown
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort

# --- renamings ----------------------------------------------------------------------------


def nested(first: str, others: Sequence[str]) -> str | None:
    """The renaming from A ⊗ B₁ ⊗ … ⊗ Bₘ to A ⊗ (B₁ ⊗ … ⊗ Bₘ); None for one B."""
    if len(others) == 1:
        return None
    *some, last = others
    whole = f"({product(some)})"
    step = f"(renaming_assoc ({first}) {whole} ({last}))"
    inner = nested(first, some)
    if inner is None:
        return step
    return f"(renaming_trans (renaming_left_factor ({last}) {inner}) {step})"


def reordered(source: Sequence[str], order: Sequence[int]) -> str | None:
    """The renaming from the product of ``source[i]`` for i in ``order`` to that of ``source``."""
    now, whole = list(range(len(source))), None
    for place, wanted in enumerate(order):
        for i in range(now.index(wanted) - 1, place - 1, -1):
            now[i], now[i + 1] = now[i + 1], now[i]
            step = _swapped([source[k] for k in now], i)
            whole = step if whole is None else f"(renaming_trans {step} {whole})"
    return whole


def _swapped(spaces: Sequence[str], i: int) -> str:
    """From the product of these to that with the factors i and i + 1 exchanged."""
    if i == 0:
        step = f"(renaming_swap ({spaces[0]}) ({spaces[1]}))"
    else:
        step = f"(swap_last ({product(spaces[:i])}) ({spaces[i]}) ({spaces[i + 1]}))"
    for last in spaces[i + 2 :]:
        step = f"(renaming_left_factor ({last}) {step})"
    return step


# --- points -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A point of a space and where in it some variables are: ``paths`` are projections.

    ``lines`` are the reals that range over the whole line; the others range over an interval.
    ``values`` are variables that are functions of those, with their terms.
    """

    space: str
    name: str
    paths: Mapping[Var, tuple[str, ...]]
    lines: frozenset[Var] = frozenset()
    values: tuple[tuple[Var, Any], ...] = ()

    @property
    def bound(self) -> set[Var]:
        """The variables that move with the point."""
        return {*self.paths, *(var for var, _ in self.values)}

    @property
    def scope(self) -> dict[Var, str]:
        found = {}
        for var, path in self.paths.items():
            text = self.name
            for step in path:
                text = f"({step} {text})"
            found[var] = text
        return found

    def measurable(self, var: Var) -> str:
        """That the coordinate of a variable is measurable, in the space that it ranges over."""
        proof = f"(MeasP_id ({self.space}))"
        for step in self.paths[var]:
            proof = f"(MeasP_{step}_of {proof})"
        return proof

    def real(self, var: Var) -> str:
        """That the coordinate of a real variable is measurable, as a number."""
        if var in self.lines:
            return f"(Meas_line _ _ {self.measurable(var)})"
        return f"(Meas_point _ _ _ _ {self.measurable(var)})"

    def without(self, bound: set[Var]) -> Point:
        """The point, without variables that are bound again."""
        paths = {v: p for v, p in self.paths.items() if v not in bound}
        return replace(self, paths=paths, values=tuple(p for p in self.values if p[0] not in bound))

    def with_more(self, over: Sequence[Any], name: str) -> Point:
        """The point ``name`` of the product with the space of more variables, one factor."""
        inner = at(over, name)
        paths = {var: ("fst", *path) for var, path in self.paths.items()}
        paths |= {var: ("snd", *path) for var, path in inner.paths.items()}
        lines, values = self.lines - {*inner.paths}, (*self.values, *inner.values)
        return Point(f"{self.space} ⊗ ({inner.space})", name, paths, lines, values)


def at(over: Sequence[Any], name: str) -> Point:
    """A point of the product of the spaces of variables."""
    count = len(over)
    paths: dict[Var, tuple[str, ...]] = {}
    for i, item in enumerate(over):
        paths[item.var] = ("fst",) * (count - 1 - i) + (("snd",) if i else ())
    return Point(space(over), name, paths, values=tuple(getattr(over, "values", ())))


# --- measurable terms ---------------------------------------------------------------------

_FUNCTIONS = {
    nodes.Exp: "Meas_exp",
    nodes.Log: "Meas_ln",
    nodes.Sqrt: "Meas_sqrt",
    nodes.Abs: "Meas_abs",
}


class Measurability:
    """Proofs that terms are measurable, by their form, and that they are ≥ 0."""

    def __init__(self, printer: CoqPrinter, names: Any) -> None:
        self.printer, self._names = printer, names
        self.used: set[Any] = set()  #: the symbols of which it was used

    def real(self, node: Any, scope: CoqScope, point: Point) -> str:
        """``Meas S (fun point => node)``."""
        if node in (values := dict(point.values)):
            return self.real(values[node], scope, point)
        if not free_vars(node) & point.bound:
            return f"(@Meas_const ({point.space}) {self.printer.term(node, scope)})"
        if isinstance(node, Var):
            return point.real(node)
        if isinstance(node, Add | Mul):
            kind = "Meas_add" if isinstance(node, Add) else "Meas_mul"
            return folded(kind, [self.real(a, scope, point) for a in node.args])
        if isinstance(node, Pow):
            inner = self.real(node.args[0], scope, point)
            return f"(@Meas_pow ({point.space}) _ {node.args[1]} {inner})"
        if isinstance(node, nodes.Inner):
            a, b = (self.vector(arg, scope, point) for arg in node.args)
            return f"(Meas_ip {a} {b})"
        if isinstance(node, nodes.Ratio):
            a, b = (self.real(arg, scope, point) for arg in node.args)
            return f"(Meas_ratio {a} {b})"
        if isinstance(node, nodes.Apply):
            return self._symbol("Meas_after", node, scope, point)
        if isinstance(node, nodes.IntegralOver | nodes.Expect):
            return self._integral("Meas_Int", "", node, scope, point)
        if type(node) in _FUNCTIONS:
            inner = self.real(node.args[0], scope, point)
            return f"({_FUNCTIONS[type(node)]} {inner})"
        if isinstance(node, nodes.Partial | nodes.Div):
            return self._slope("Meas_after", node, scope, point)
        raise NotExported(f"{shown(node)} is not known to be measurable in Coq yet")

    def vector(self, node: Any, scope: CoqScope, point: Point) -> str:
        """``VMeas S (fun point => node)``."""
        if node in (values := dict(point.values)):
            return self.vector(values[node], scope, point)
        if not free_vars(node) & point.bound:
            return f"(VMeas_const ({point.space}) {self.printer.vector(node, scope)})"
        if isinstance(node, Var):
            return f"(VMeas_point _ _ _ _ {point.measurable(node)})"
        if isinstance(node, Add):
            parts = [self.vector(a, scope, point) for a in node.args]
            whole = parts[-1]
            for part in reversed(parts[:-1]):
                whole = f"(VMeas_add {part} {whole})"
            return whole
        if isinstance(node, Mul):
            scalars = [self.real(a, scope, point) for a in node.args if not dimension(a)]
            (vector,) = (a for a in node.args if dimension(a))
            return f"(VMeas_scal {folded('Meas_mul', scalars)} {self.vector(vector, scope, point)})"
        if isinstance(node, nodes.Apply):
            return self._symbol("VMeas_after", node, scope, point)
        if isinstance(node, nodes.IntegralOver | nodes.Expect):
            return self._integral("VMeas_VInt", "d ", node, scope, point)
        if isinstance(node, nodes.CondExpect):
            return self._conditional(node, scope, point)
        if isinstance(node, nodes.Partial | nodes.Grad):
            return self._derivative(node, scope, point)
        raise NotExported(f"{shown(node)} is not known to be measurable in Coq yet")

    def _derivative(self, node: Any, scope: CoqScope, point: Point) -> str:
        """Of a Gaussian density's, and of a symbol's by assumption."""
        density_ = gaussian_score(node)
        if density_ is not None:
            _, m, v = density_.arguments
            lemma = f"VMeas_grad_{'log_' * isinstance(node.body, nodes.Log)}density"
            parts = self.vector(node.at, scope, point), self.vector(m, scope, point)
            return f"({lemma} {' '.join(parts)} {self.real(v, scope, point)})"
        place, symbols = moving_place(node), self.printer.symbols
        if place is None or place not in symbols.derived.get(node.body.head, ()):
            return self._slope("VMeas_after", node, scope, point)
        args = list(node.body.arguments)
        args[place] = node.at
        there = node.body.head(*args)
        name = f"{derivative_name(symbols, there.head, place)}_measurable"
        pairs = list(zip(there.head.params, arguments(there), strict=True))
        return self._assumed("VMeas_after", name, pairs, scope, point)

    def _slope(self, lemma: str, node: Any, scope: CoqScope, point: Point) -> str:
        """Of another derivative that the theorem integrates, by assumption."""
        key, moved = slope_key(node)
        found = self.printer.symbols.slopes.get(key)
        if found is None:
            raise NotExported(f"{shown(node)} is not known to be measurable in Coq yet")
        pairs = [(v, node.at if v == moved.at else v) for v in found.variables]
        return self._assumed(lemma, f"{found.name}_measurable", pairs, scope, point)

    def _assumed(self, lemma: str, name: str, pairs: Any, scope: CoqScope, point: Point) -> str:
        """A function that is measurable by the assumption of this name, at these arguments."""
        known = self._at_parameters(name, pairs, scope)
        return f"({lemma} {known} {self._arguments(pairs, scope, point)})"

    def weighted(self, measure: Sequence[Any], body: Any, scope: CoqScope, point: Point) -> str:
        """Of an integrand: the densities times the body."""
        vector = dimension(body)
        inside = (self.vector if vector else self.real)(body, scope, point)
        if not densities(measure):
            return inside
        law = folded("Meas_mul", [self.real(d, scope, point) for d in densities(measure)])
        return f"({'VMeas_scal' if vector else 'Meas_mul'} {law} {inside})"

    def _integral(self, lemma: str, size: str, node: Any, scope: CoqScope, point: Point) -> str:
        over = items(node.measure)
        name = self._names()
        outer = point.without(over.bound)
        inner = outer.with_more(over, name)
        proof = self.weighted(node.measure, node.body, self.printer.placed(scope, inner), inner)
        # the integrand as a function of both points, in the form that the lemma asks for
        here = self.printer.placed(scope, replace(outer, name="pt_a"))
        body = self.printer.function(
            over, here, lambda s: self.printer.weighted(node.measure, node.body, s)
        )
        function = f"(fun pt_a : {point.space} => {body})"
        return f"(@{lemma} {size}({point.space}) ({space(over)}) {function} {proof})"

    def _conditional(self, node: Any, scope: CoqScope, point: Point) -> str:
        given, over = conditioned(node), items(node.measure)
        outer = point.without(over.bound)
        inner = outer.with_more(over, self._names())
        there = self.printer.placed(scope, inner)
        # density, X and f as functions of both points, in the form that the lemma asks for
        here = self.printer.placed(scope, replace(outer, name="pt_a"))
        functions = [
            f"(fun pt_a : {point.space} => {self.printer.function(over, here, write)})"
            for write in (
                lambda s: self.printer.law(node.measure, s),
                lambda s: s[given.var],
                lambda s: self.printer.vector(node.body, s),
            )
        ]
        facts = [
            folded("Meas_mul", [self.real(d, there, inner) for d in densities(node.measure)]),
            self.vector(given.var, there, inner),
            self.vector(node.body, there, inner),
        ]
        lemma = f"@condexp_measurable d d l ({point.space}) ({space(over)})"
        value = f"(@MeasP_vector d l ({point.space}) _ {self.vector(given.at, scope, point)})"
        pair = f"(MeasP_pair (MeasP_id ({point.space})) {value})"
        return f"(VMeas_after ({lemma} {' '.join(functions)} {' '.join(facts)}) {pair})"

    def _symbol(self, lemma: str, node: Any, scope: CoqScope, point: Point) -> str:
        if isinstance(node.head, nodes.Gaussian):
            x, m, v = node.arguments
            parts = self.vector(x, scope, point), self.vector(m, scope, point)
            return f"(Meas_gaussian {' '.join(parts)} {self.real(v, scope, point)})"
        self.used.add(node.head)
        name = self.printer.symbols.heads[node.head]
        pairs = list(zip(node.head.params, arguments(node), strict=True))
        return self._assumed(lemma, f"{name}_measurable", pairs, scope, point)

    def _at_parameters(self, name: str, pairs: Any, scope: CoqScope) -> str:
        """What is known for all parameters of the model, at those that it is taken at."""
        fixed = [self.printer.term(a, scope) for v, a in pairs if v.sort is Sort.PARAM]
        return f"({' '.join([name, *fixed])})" if fixed else name

    def _arguments(self, pairs: Any, scope: CoqScope, point: Point) -> str:
        """That arguments are measurable, as a point of a product."""
        proofs = []
        for var, arg in pairs:
            if var.sort is Sort.PARAM:
                continue
            if var.sort is Sort.LATENT and arg not in point.paths:
                raise NotExported(f"{shown(arg)} is no point of its space")
            if var.sort is Sort.REAL:
                proofs.append(f"(MeasP_line _ _ {self.real(arg, scope, point)})")
            elif isinstance(arg, Var) and arg in point.paths:
                proofs.append(point.measurable(arg))
            else:
                inner = self.vector(arg, scope, point)
                proofs.append(f"(@MeasP_vector d l ({point.space}) _ {inner})")
        return folded("MeasP_pair", proofs)

    # --- signs ---

    def nonneg(self, node: Any, scope: CoqScope) -> str:
        """``0 <= node``."""
        if isinstance(node, Rational):
            return f"(ltac:(lra) : 0 <= {self.printer.term(node, scope)})"
        if isinstance(node, Mul):
            return folded("Rmult_le_pos _ _", [self.nonneg(a, scope) for a in node.args])
        if isinstance(node, Add):
            return folded("Rplus_le_le_0_compat _ _", [self.nonneg(a, scope) for a in node.args])
        if isinstance(node, Pow) and node.args[1] == 2:
            return f"(pow2_ge_0 {self.printer.term(node.args[0], scope)})"
        if isinstance(node, nodes.Inner) and node.is_square:
            return f"(ip_ge0 {self.printer.vector(node.args[0], scope)})"
        if isinstance(node, nodes.Ratio):
            a, b = (self.nonneg(arg, scope) for arg in node.args)
            return f"(ratio_ge0 {a} {b})"
        if isinstance(node, nodes.IntegralOver | nodes.Expect):
            over, name = items(node.measure), self._names()
            inside = self.printer.placed(scope, at(over, name))
            parts = [self.nonneg(d, inside) for d in densities(node.measure)]
            law = [folded("Rmult_le_pos _ _", parts)] if parts else []
            whole = folded("Rmult_le_pos _ _", [*law, self.nonneg(node.body, inside)])
            return f"(Int_ge0 ({space(over)}) _ (fun {name} => {whole}))"
        if isinstance(node, nodes.Apply):
            return self._nonneg_symbol(node, scope)
        raise NotExported(f"{shown(node)} ≥ 0 is not known in Coq yet")

    def _nonneg_symbol(self, node: Any, scope: CoqScope) -> str:
        head, name = node.head, self.printer.symbols.heads[node.head]
        texts = dict(zip(head.params, self.printer.parts(node, scope), strict=True))
        if isinstance(head, nodes.Gaussian):
            return f"(Rlt_le _ _ (gaussian_gt0 {' '.join(texts.values())}))"
        if head.definition is not None:
            proof = self.nonneg(head.definition, texts)
            return f"({proof} : 0 <= {self.printer.term(node, scope)})"
        if isinstance(head, nodes.Density):
            point = texts[head.main[0]]
            for var in head.main[1:]:
                point = f"({point}, {texts[var]})"
            return f"(density_ge0 {density(head, name, texts)} {point})"
        if head.nonneg:
            return f"({' '.join([name + '_nonneg', *texts.values()])})"
        raise NotExported(f"{shown(node)} ≥ 0 is not known in Coq yet")


def density(head: Any, name: str, texts: Mapping[Var, str]) -> str:
    """That a symbol is a density for fixed other arguments."""
    others = [texts[v] for v in head.params if v not in head.main]
    if isinstance(head, nodes.Gaussian):
        return f"(gaussian_law {LEBESGUE} {' '.join(others)})"
    if head.definition is not None:
        raise NotExported(f"that {head.name} has mass one follows from its definition")
    return f"({' '.join([name + '_density', *others])})" if others else f"{name}_density"


def folded(lemma: str, proofs: Sequence[str]) -> str:
    """A lemma about two, for one after the other: ((l p q) r)."""
    whole = proofs[0]
    for proof in proofs[1:]:
        whole = f"({lemma} {whole} {proof})"
    return whole


__all__ = [
    "Measurability",
    "Point",
    "at",
    "density",
    "factor_space",
    "folded",
    "nested",
    "reordered",
]
