"""Proofs that two terms are equal by arithmetic, as terms of Coq.

What is written here need not be trusted: Coq refuses it where it is wrong. A pair (term, scope)
says what stands for the free variables. Arithmetic is done on variables: each identity is a *fact*,
proved once by ``ring`` for all values of its atoms, and then used for the terms at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Rational

from fmproof.certificate.export.spaces import at
from fmproof.certificate.export.statement.sorts import (
    FUNCTION_NAMES,
    CoqScope,
    NotExported,
    arguments,
    conditioned,
    densities,
    dimension,
    domain,
    factor_space,
    items,
    number,
    space,
    type_of,
)
from fmproof.certificate.export.statement.symbols import CoqSymbols
from fmproof.certificate.export.statement.terms import CoqPrinter, coq_product, vector_sum
from fmproof.errors import FmproofError
from fmproof.kernel.ring import polynomial
from fmproof.lang import nodes
from fmproof.lang.arithmetic import Add, Mul, Pow, add, mul
from fmproof.lang.node import bound_vars, shown, sort_of
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import canon, free_vars, substitute
from fmproof.lang.sorts import Sort

REFL = "eq_refl"


@dataclass(frozen=True)
class Tree:
    """Arithmetic over leaves, in the shape in which it is written.

    ``kind`` is number, sum, difference, product, power, inner, ratio, vector sum, scaled, zero,
    applied, hole, or leaf; a leaf is a term in a scope, a hole is written h.
    """

    kind: str
    parts: tuple[Tree, ...] = ()
    value: Any = None
    term: Any = None
    scope: Any = field(default=None, compare=False)

    @property
    def vector(self) -> str:
        """The dimension of a vector or gradient; empty for a number."""
        if self.kind in ("hole", "zero"):
            return str(self.value)
        if self.kind == "leaf":
            return dimension(self.term)
        if self.kind in ("vector sum", "scaled"):
            return next((p.vector for p in self.parts if p.vector), "d")
        return ""


def leaf(term: Any, scope: CoqScope) -> Tree:
    return Tree("leaf", term=term, scope=scope)


def tree(
    term: Any, scope: CoqScope, vector: str = "", values: Mapping[Any, Any] | None = None
) -> Tree:
    """The arithmetic of a term, down to what is no arithmetic.

    Args:
        vector: the dimension, where 0 is a vector.
        values: terms that stand for variables, as deterministic draws do.
    """

    def part(node: Any) -> Tree:
        return tree(node, scope, values=values)

    if values and term in values:
        return part(values[term])
    if vector and term == 0:
        return Tree("zero", value=vector)
    if isinstance(term, Rational):
        return Tree("number", value=term)
    if isinstance(term, Add):
        kind = "vector sum" if dimension(term) else "sum"
        return Tree(kind, tuple(map(part, term.args)))
    if isinstance(term, Mul):
        vectors = [a for a in term.args if dimension(a)]
        scalars = product_of([part(a) for a in term.args if not dimension(a)])
        return Tree("scaled", (scalars, part(vectors[0]))) if vectors else scalars
    if isinstance(term, Pow):
        return Tree("power", (part(term.args[0]),), value=int(term.args[1]))
    if isinstance(term, nodes.Inner):
        return Tree("inner", tuple(map(part, term.args)))
    if isinstance(term, nodes.Ratio):
        return Tree("ratio", tuple(map(part, term.args)))
    return leaf(term, scope)


def product_of(parts: Sequence[Tree]) -> Tree:
    return parts[0] if len(parts) == 1 else Tree("product", tuple(parts))


def weighted(measure: Sequence[Any], body: Tree, scope: CoqScope) -> Tree:
    """The body with the densities as a factor, as an integrand is written."""
    if not densities(measure):
        return body
    law = product_of([leaf(d, scope) for d in densities(measure)])
    return Tree("scaled" if body.vector else "product", (law, body))


def written_tree(t: Tree, show: Callable[[Tree], str]) -> str:
    """A tree with its leaves, and what ``show`` takes as one, written by it."""
    parts = [show(p) for p in t.parts]
    if t.kind == "number":
        return number(t.value)
    if t.kind == "applied":
        return f"({' '.join([t.value, *parts])})"
    if t.kind == "sum":
        return f"({' + '.join(parts)})"
    if t.kind == "difference":
        return f"({parts[0]} - {parts[1]})"
    if t.kind == "product":
        return coq_product(parts)
    if t.kind == "power":
        return f"({parts[0]} ^ {t.value})"
    if t.kind == "inner":
        return f"(ip {parts[0]} {parts[1]})"
    if t.kind == "ratio":
        return f"(ratio {parts[0]} {parts[1]})"
    if t.kind == "vector sum":
        return vector_sum(parts)
    if t.kind == "scaled":
        return f"(vscal {parts[0]} {parts[1]})"
    return "h" if t.kind == "hole" else f"(@vzero {t.value})"


class ArithmeticFacts:
    """The facts of arithmetic that a proof uses, each stated once."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self.lines: list[str] = []

    def named(self, told: str, tactic: str) -> str:
        if (told, tactic) not in self._names:
            name = f"fact_{len(self._names) + 1}"
            self._names[told, tactic] = name
            self.lines.append(f"Lemma {name} : {told}.\nProof. {tactic}. Qed.")
        return self._names[told, tactic]


class Equality:
    """Writes proofs of equality.

    Attributes:
        facts: what they use.
        point: a new name for a point of a product.
    """

    def __init__(self, symbols: CoqSymbols, facts: ArithmeticFacts) -> None:
        self.symbols = symbols
        self.facts = facts
        self.printer = CoqPrinter(symbols)
        self._levels = CoqPrinter(symbols, levels=True)
        self._points = 0
        self._meaning: dict[tuple[str, Sort], Any] = {}
        self._classes: dict[Any, Any] = {}

    def point(self) -> str:
        self._points += 1
        return f"pt{self._points}"

    # --- what terms are the same ---

    def means(self, text: str, term: Any, scope: CoqScope) -> None:
        """``text``, where it stands for a variable, is this term."""
        self._meaning[text, sort_of(term)] = self.shared(term, scope)

    def shared(self, node: Any, scope: CoqScope) -> Any:
        """``node`` with its free variables named by what stands for them."""
        values = {}
        for var in free_vars(node):
            key = (scope[var], var.sort)
            if key not in self._meaning:
                self._meaning[key] = Var(f"shared{len(self._meaning)}", var.sort)
            values[var] = self._meaning[key]
        return substitute(node, values)

    def class_of(self, node: Any, scope: CoqScope) -> Any:
        """Equal for terms that arithmetic makes equal."""
        return self._normal(self.shared(node, scope))

    def _normal(self, form: Any) -> Any:
        if form not in self._classes:
            try:
                self._classes[form] = polynomial(form)
            except FmproofError:
                self._classes[form] = canon(form)
        return self._classes[form]

    def text(self, t: Tree) -> str:
        """A tree as Coq."""
        return (
            self.printer.vector(t.term, t.scope) if t.kind == "leaf" else written_tree(t, self.text)
        )

    def key(self, t: Tree) -> str:
        """The same for two trees whose texts differ in bound names alone."""
        return (
            self._levels.vector(t.term, t.scope) if t.kind == "leaf" else written_tree(t, self.key)
        )

    def key_of(self, prop: Any, scope: CoqScope) -> str:
        """The same for two propositions whose texts differ in bound names alone."""
        return self._levels.prop(prop, scope)

    # --- proofs ---

    def terms(self, a: Any, s: CoqScope, b: Any, t: CoqScope, vector: str = "") -> str:
        """That a in the scope s is b in the scope t."""
        vector = vector or dimension(a) or dimension(b)
        return self.trees(tree(a, s, vector), tree(b, t, vector))

    def trees(
        self,
        a: Tree,
        b: Tree,
        tactic: str = "",
        constants: bool = False,
        denominators: Sequence[tuple[Tree, str]] = (),
    ) -> str:
        """That two trees are equal.

        Args:
            tactic: another one for the fact; with ``inner_products`` these are expanded, with
                ``fields`` fractions stay.
            denominators: trees that are not 0, with the proofs.
            constants: densities of uniform laws are replaced by their values.
        """
        if self.key(a) == self.key(b):
            return REFL
        if a.kind == b.kind == "leaf" and not constants:
            return self.leaves(a, b)
        fact = _Fact(self, tactic, constants)
        left, right = fact.show(a), fact.show(b)
        for below, proof in denominators:
            fact.hypotheses.append(f"({fact.show(below)} = 0 -> 1 = 0)")
            fact.proofs.append(proof)
        told = "".join(f"{h} -> " for h in fact.hypotheses) + f"{left} = {right}"
        given = "".join(f" ({name} : {kind})" for name, kind, _ in fact.variables)
        told = f"forall{given}, {told}" if given else told
        name = self.facts.named(told, tactic or ("vectors" if a.vector else "arithmetic"))
        uses = [text for _, _, text in fact.variables] + fact.proofs
        return f"({' '.join([name, *uses])})" if uses else name

    def leaves(self, a: Tree, b: Tree) -> str:
        """That two terms which are no arithmetic are equal, part by part."""
        if self.key(a) == self.key(b):
            return REFL
        x, y = a.term, b.term
        if isinstance(x, nodes.Apply) and isinstance(y, nodes.Apply) and x.head == y.head:
            parts = [
                self.terms(p, a.scope, q, b.scope)
                for p, q in zip(arguments(x), arguments(y), strict=True)
            ]
            gaussian = isinstance(x.head, nodes.Gaussian)
            name = "(@gaussian d)" if gaussian else self.symbols.heads[x.head]
            return equal_parts(name, parts)
        if type(x) is type(y) and type(x) in FUNCTION_NAMES:
            return equal_parts(
                FUNCTION_NAMES[type(x)], [self.terms(x.args[0], a.scope, y.args[0], b.scope)]
            )
        if type(x) is type(y) and isinstance(x, nodes.Grad | nodes.Partial | nodes.Div):
            return self._derivatives(a, b)
        if type(x) is type(y) and isinstance(x, nodes.IntegralOver | nodes.Expect):
            return self._integrals(a, b)
        if isinstance(x, nodes.CondExpect) and isinstance(y, nodes.CondExpect):
            return self.conditionals(a, b)
        raise NotExported(f"{shown(x)} = {shown(y)} is not by arithmetic part by part")

    def conditionals(self, a: Tree, b: Tree, equal: Callable[[CoqScope], str] | None = None) -> str:
        """Of what is equal at every point, under the same law, given the same.

        Args:
            equal: proves that at a point; where it is not by arithmetic.
        """
        x, y = a.term, b.term
        over, others = items(x.measure), items(y.measure)
        where, point = space(over), self.point()

        def parts(node: Any, scope: CoqScope, over: Any, printer: CoqPrinter) -> list[str]:
            writes = (
                lambda s: printer.law(node.measure, s),
                lambda s: s[conditioned(node).var],
            )
            return [printer.function(over, scope, write) for write in writes]

        laws = [parts(z.term, z.scope, o, self._levels) for z, o in ((a, over), (b, others))]
        if where != space(others) or laws[0] != laws[1]:
            raise NotExported(f"{shown(x)} = {shown(y)}: under laws that are written otherwise")
        s = self.printer.placed(a.scope, at(over, point))
        t = self.printer.placed(b.scope, at(others, point))
        same = equal(s) if equal else self.terms(x.body, s, y.body, t, "d")
        p, X = parts(x, a.scope, over, self.printer)
        F, G = (
            self.printer.function(o, z.scope, lambda k, z=z: self.printer.vector(z.term.body, k))  # type: ignore[misc]
            for z, o in ((a, over), (b, others))
        )
        places = [z.term.given[0].at for z in (a, b)]
        moved = self.terms(places[0], a.scope, places[1], b.scope, "d")
        mean = f"(condexp d d ({where}) {p} {X} {F})"
        before = REFL if moved == REFL else f"(f_equal {mean} {moved})"
        place = self.printer.vector(places[1], b.scope)
        lam = f"(fun {point} : {where} => {same})"
        return chain(before, f"(@condexp_ext d d ({where}) {p} {X} {F} {G} {place} {lam})")

    def _derivatives(self, a: Tree, b: Tree) -> str:
        """Of functions that are equal at every value, at places that are equal."""
        x, y = a.term, b.term
        if x.var.sort is not y.var.sort or dimension(x.body) != dimension(y.body):
            raise NotExported(f"{shown(x)} = {shown(y)} is not by arithmetic")
        name = self.point()
        same = self.terms(x.body, {**a.scope, x.var: name}, y.body, {**b.scope, y.var: name})
        F, G = (self.printer.of_variable(z.term, z.scope) for z in (a, b))
        function, *size = slope_function(x).split()
        at = self.terms(x.at, a.scope, y.at, b.scope)
        place = self.printer.term if x.var.sort is Sort.REAL else self.printer.vector
        moved = REFL if at == REFL else f"(f_equal ({slope_function(x)} {F}) {at})"
        lam = f"(fun {name} : {type_of(x.var)} => {same})"
        texts = " ".join([*size, F, G, place(y.at, b.scope), lam])
        return chain(moved, REFL if same == REFL else f"({function}_ext {texts})")

    def inner(self, a: Tree, b: Tree) -> str:
        """That two inner products are equal, part by part in one order or the other."""
        (p, q), (r, s) = a.parts, b.parts
        same = [[self.class_of_tree(x) == self.class_of_tree(y) for y in (r, s)] for x in (p, q)]
        if same[0][0] and same[1][1]:
            return equal_parts("(@ip d)", [self.trees(p, r), self.trees(q, s)])
        if same[0][1] and same[1][0]:
            swapped = equal_parts("(@ip d)", [self.trees(q, r), self.trees(p, s)])
            return chain(f"(ip_sym {self.text(p)} {self.text(q)})", swapped)
        raise NotExported(f"{self.text(a)} = {self.text(b)} is not by arithmetic")

    def class_of_tree(self, t: Tree) -> Any:
        """Equal for trees that arithmetic makes equal."""
        return self._normal(self._term(t))

    def _term(self, t: Tree) -> Any:
        if t.kind == "leaf":
            return self.shared(t.term, t.scope)
        parts = [self._term(p) for p in t.parts]
        if t.kind in ("number", "zero"):
            return t.value if t.kind == "number" else Rational(0)
        if t.kind in ("sum", "vector sum"):
            return add(*parts)
        if t.kind == "difference":
            return add(parts[0], mul(Rational(-1), parts[1]))
        if t.kind == "power":
            return mul(*parts * t.value)
        if t.kind in ("inner", "ratio"):
            return (nodes.Inner if t.kind == "inner" else nodes.Ratio)(*parts)
        return mul(*parts)

    def _integrals(self, a: Tree, b: Tree) -> str:
        x, y = a.term, b.term
        over, others = items(x.measure), items(y.measure)
        if [factor_space(i) for i in over] != [factor_space(i) for i in others]:
            raise NotExported(f"{shown(x)} = {shown(y)} is not by arithmetic")
        where, point = space(over), self.point()
        s = self.printer.placed(a.scope, at(over, point))
        t = self.printer.placed(b.scope, at(others, point))
        vector = dimension(x) or dimension(y)
        f = weighted(x.measure, tree(x.body, s, vector), s)
        g = weighted(y.measure, tree(y.body, t, vector), t)
        lemma = "VInt_ext" if vector else "Int_ext"
        lam = f"(fun {point} : {where} => {self.trees(f, g)})"
        whole = [self.integrand(z, scope) for z, scope in ((x, a.scope), (y, b.scope))]
        size = f"{vector} " if vector else ""
        return f"(@{lemma} {size}({where}) {whole[0]} {whole[1]} {lam})"

    def zero(self, t: Tree) -> str:
        """That a term is 0 which has only zeros in it."""
        nought = Tree("number", value=Rational(0))
        if t.kind == "inner":
            return self.trees(t, nought, "inner_products")
        node = t.term
        if not isinstance(node, nodes.IntegralOver | nodes.Expect):
            raise NotExported(f"{shown(node)} = 0 is not by arithmetic part by part")
        return self.zero_integral(node, t.scope)

    def zero_integral(self, node: Any, scope: CoqScope) -> str:
        """That an integral or expectation is 0 whose integrand is so by arithmetic."""
        over, point = items(node.measure), self.point()
        where = space(over)
        s = self.printer.placed(scope, at(over, point))
        integrand = weighted(node.measure, tree(node.body, s), s)
        same = self.trees(integrand, Tree("number", value=Rational(0)))
        whole = f"(fun {point} : {where} => {same})"
        return (
            f"(eq_trans (@Int_ext ({where}) {self.integrand(node, scope)} (fun _ => 0) {whole}) "
            f"(Int_0 ({where})))"
        )

    def integrand(self, node: Any, scope: CoqScope) -> str:
        """What an integral or expectation integrates against the reference measures."""
        over = items(node.measure)
        return self.printer.function(
            over, scope, lambda s: self.printer.weighted(node.measure, node.body, s)
        )


class _Fact:
    """A fact being stated: its variables with what they stand for, and what it needs of them."""

    def __init__(self, equality: Equality, tactic: str, constants: bool) -> None:
        self.equality, self.constants = equality, constants
        self.expand, self.fractions = tactic == "inner_products", tactic == "fields"
        self.variables: list[tuple[str, str, str]] = []
        self.hypotheses: list[str] = []
        self.proofs: list[str] = []
        self._known: dict[str, str] = {}
        self._of_class: dict[Any, tuple[str, Tree]] = {}

    def show(self, t: Tree) -> str:
        if t.kind == "leaf":
            return self._leaf(t)
        if t.kind == "inner" and not self.expand:
            return self._atom(t, self.equality.inner)
        if t.kind == "ratio" and not self.fractions:
            return self._ratio(t)
        return written_tree(t, self.show)

    def _variable(self, key: str, kind: str, text: str) -> str:
        name = f"{'v' if kind != 'R' else 'x'}{len(self.variables)}"
        self.variables.append((name, kind, text))
        self._known[key] = name
        return name

    def _need(self, name: str, told: str, proof: str) -> None:
        self.hypotheses.append(f"{name} = {told}")
        self.proofs.append(proof)

    def _leaf(self, t: Tree) -> str:
        head = getattr(t.term, "head", None)
        if self.constants and head is not None and isinstance(head.definition, Rational):
            key = self.equality.key(t)
            if key not in self._known:
                name = self._variable(key, "R", self.equality.text(t))
                self._need(
                    name, number(head.definition), f"(eq_refl : {self.equality.text(t)} = _)"
                )
            return self._known[key]
        return self._atom(t, self.equality.leaves)

    def _atom(self, t: Tree, equal: Callable[[Tree, Tree], str]) -> str:
        eq = self.equality
        key = eq.key(t)
        if key in self._known:
            return self._known[key]
        kind = f"vec {t.vector}" if t.vector else "R"
        name = self._variable(key, kind, eq.text(t))
        same = eq.class_of_tree(t)
        if same == 0 and kind == "R":
            self._need(name, "0", eq.zero(t))
        elif same in self._of_class:
            first, other = self._of_class[same]
            self._need(name, first, equal(t, other))
        else:
            self._of_class[same] = (name, t)
        return name

    def _ratio(self, t: Tree) -> str:
        """a/b as a (1/b)."""
        eq, (above, below) = self.equality, t.parts
        key = eq.key(t)
        if key in self._known:
            return self._known[key]
        if above.kind == "number" and above.value == 1:
            return self._inverse(below)
        told = f"{self.show(above)} * {self._inverse(below)}"
        name = self._variable(key, "R", eq.text(t))
        self._need(name, told, f"(ratio_inverse {eq.text(above)} {eq.text(below)})")
        return name

    def _inverse(self, t: Tree) -> str:
        """1/b; 1/(b c) as (1/b)(1/c), and 1/bⁿ as (1/b)ⁿ."""
        eq = self.equality
        key = f"(ratio 1 {eq.key(t)})"
        if key in self._known:
            return self._known[key]
        if t.kind == "product":
            *first, last = t.parts
            rest = product_of(first)
            told = f"{self._inverse(rest)} * {self._inverse(last)}"
            name = self._variable(key, "R", f"(ratio 1 {eq.text(t)})")
            self._need(name, told, f"(inverse_product {eq.text(rest)} {eq.text(last)})")
            return name
        if t.kind == "power":
            told = f"{self._inverse(t.parts[0])} ^ {t.value}"
            name = self._variable(key, "R", f"(ratio 1 {eq.text(t)})")
            self._need(name, told, f"(inverse_power {eq.text(t.parts[0])} {t.value})")
            return name
        name = self._variable(key, "R", f"(ratio 1 {eq.text(t)})")
        if t.kind == "number" and t.value != 0:
            told = f"1 / {number(t.value)}"
            self._need(name, told, f"(ratio_div 1 (b := {number(t.value)}) ltac:(intro; lra))")
            return name
        same = ("inverse", eq.class_of_tree(t))
        if same in self._of_class:
            first_name, other = self._of_class[same]
            proof = eq.trees(t, other)
            self._need(name, first_name, f"(f_equal (fun h : R => ratio 1 h) {proof})")
        else:
            self._of_class[same] = (name, t)
        return name


def slope_function(node: Any) -> str:
    """The function of Coq that takes a function to its derivative."""
    if isinstance(node, nodes.Grad):
        return f"@grad {domain(node.var)}"
    if isinstance(node, nodes.Div):
        return "@divergence d"
    return "@slope d" if dimension(node.body) else "@derivative"


def equal_parts(function: str, proofs: Sequence[str]) -> str:
    """That a function has equal values at equal arguments."""
    if all(p == REFL for p in proofs):
        return REFL
    count = "" if len(proofs) == 1 else str(len(proofs))
    if len(proofs) > 5:
        raise NotExported("a symbol with more than five arguments")
    return f"(f_equal{count} {function} {' '.join(proofs)})"


def chain(*proofs: str) -> str:
    """Transitivity."""
    parts = [p for p in proofs if p != REFL]
    if not parts:
        return REFL
    whole = parts[-1]
    for proof in reversed(parts[:-1]):
        whole = f"(eq_trans {proof} {whole})"
    return whole


def back(proof: str) -> str:
    """Symmetry."""
    return REFL if proof == REFL else f"(eq_sym {proof})"


def bound_in(node: Any) -> set[Var]:
    return set(bound_vars(node))
