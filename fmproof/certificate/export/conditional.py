"""How steps about conditional expectations are proved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Rational, S

from fmproof.certificate.export.equality import Tree, chain, leaf, product_of, tree, weighted
from fmproof.certificate.export.laws import law_density
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.spaces import Point, at, density, folded
from fmproof.certificate.export.statement.sorts import (
    NotExported,
    conditioned,
    densities,
    dimension,
    items,
    space,
)
from fmproof.kernel.integrals import linear_parts
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.node import bound_vars, shown
from fmproof.lang.scope import free_vars


def pull_out(step: At) -> str:
    """E[⟨a, f⟩] = E[⟨a, E[f|X]⟩], where a is a function of X and of the draws before."""
    k, f, given, _, split = (step.arg(i) for i in range(5))
    term: Any = step.conclusion.lhs
    if k == 1 and dimension(f):
        return _tower(step, term, split, given)
    if not (dimension(k) and dimension(f)):
        raise NotExported("a product with no inner product")
    law, before, after, beside, other = _split(step, term, split, given, k, f)
    eq, s = step.equality, law.scope
    condition = step.given(props.Integrable(term.body, *term.measure))
    body = weighted(term.measure, tree(term.body, s), s)
    F, shape = step.integrand(term), law.function(before)
    same = law.pointwise(eq.trees(body, before, "inner_products"))
    known = f"(@Integrable_ext ({law.whole}) {F} {shape} {same} {condition})"
    proof = law.average(beside, other, known)
    rhs: Any = step.conclusion.rhs
    there = step.printer.placed(step.scope, at(items(rhs.measure), law.name))
    last = weighted(rhs.measure, tree(rhs.body, there), there)
    G, result = step.integrand(rhs), law.function(after)
    return chain(
        f"(@Int_ext ({law.whole}) {F} {shape} {same})",
        f"(proj2 {proof})",
        f"(@Int_ext ({law.whole}) {result} {G} "
        f"{law.pointwise(eq.trees(after, last, 'inner_products'))})",
    )


def _tower(step: At, term: Any, split: int, given: Any) -> str:
    """E[f] = E[E[f|X]] of a vector."""
    law, eq = _Law(step, term.measure, split, given, term.body), step.equality
    if law.A:
        raise NotExported("the tower property after another draw")
    rhs: Any = step.conclusion.rhs
    there = step.printer.placed(step.scope, at(items(rhs.measure), law.name))
    (p,) = (leaf(draw, law.scope) for draw in densities(term.measure))
    shapes = [Tree("scaled", (p, leaf(z, law.scope))) for z in (term.body, law.mean)]
    last = weighted(rhs.measure, tree(rhs.body, there), there)
    F, G = step.integrand(term), step.integrand(rhs)
    body = weighted(term.measure, tree(term.body, law.scope), law.scope)
    texts = [law.function(shape) for shape in shapes]
    fixed = f"{law._functions} {law._law} {law._facts(2)} {law._finite()}"
    return chain(
        f"(@VInt_ext d ({law.whole}) {F} {texts[0]} {law.pointwise(eq.trees(body, shapes[0]))})",
        f"(@condexp_tower d d l ({law.S}) {fixed})",
        f"(@VInt_ext d ({law.whole}) {texts[1]} {G} {law.pointwise(eq.trees(shapes[1], last))})",
    )


def contraction(step: At) -> str:
    """From k f integrable: k E[f|X] integrable, for a number k or a vector that X gives."""
    k, f, given, _, split = (step.arg(i) for i in range(5))
    (premise,) = step.step.hypotheses
    if dimension(premise.body) and dimension(f):
        return _finite_mean(step, premise, split, given, f)
    if dimension(k) and dimension(f):
        return _beside(step, premise, split, given, k, f)
    raise NotExported("a contraction of a scalar")


def contraction_of_square(step: At) -> str:
    """From k ‖f‖² integrable: k ‖E[f|X]‖² integrable, where k is a function of the draws before."""
    beside, f, given, _, split = (step.arg(i) for i in range(5))
    premise: Any = step.step.hypotheses[0]
    if not dimension(f):
        raise NotExported("a contraction of another form than ‖f‖²")
    law = _Law(step, premise.measure, split, given, f)
    if free_vars(beside) & law.inner_bound:
        raise NotExported(f"{shown(beside)} depends on what is averaged")
    eq, s, goal = step.equality, law.scope, step.conclusion
    square, mean = (Tree("inner", (z, z)) for z in (tree(f, s), leaf(law.mean, s)))
    source = weighted(premise.measure, tree(premise.body, s), s)
    there = step.printer.placed(step.scope, at(items(goal.measure), law.name))
    target = weighted(goal.measure, tree(goal.body, there), there)
    before, after = (law.weighted(z, beside) for z in (square, mean))
    F, G = step.integrand(premise), step.integrand(goal)
    shapes = [law.function(z) for z in (before, after)]
    same = law.pointwise(eq.trees(source, before))
    known = f"(@Integrable_ext ({law.whole}) {F} {shapes[0]} {same} {step.given(premise)})"
    proof = law.contracted(beside, known)
    last = law.pointwise(eq.trees(after, target))
    return f"(@Integrable_ext ({law.whole}) {shapes[1]} {G} {last} {proof})"


def _beside(step: At, premise: Any, split: int, given: Any, k: Any, f: Any) -> str:
    """From ⟨a, f⟩ integrable: ⟨a, E[f|X]⟩ integrable, where a is a function of X."""
    law, before, after, beside, other = _split(step, premise, split, given, k, f)
    if law.A:
        raise NotExported("the contraction of an inner product after another draw")
    eq, s, goal = step.equality, law.scope, step.conclusion
    source = weighted(premise.measure, tree(premise.body, s), s)
    F, shape = step.integrand(premise), law.function(before)
    same = law.pointwise(eq.trees(source, before, "inner_products"))
    known = f"(@Integrable_ext ({law.whole}) {F} {shape} {same} {step.given(premise)})"
    there = step.printer.placed(step.scope, at(items(goal.measure), law.name))
    target = weighted(goal.measure, tree(goal.body, there), there)
    last = law.pointwise(eq.trees(after, target, "inner_products"))
    proof = law.beside(beside, other, known)
    return (
        f"(@Integrable_ext ({law.whole}) {law.function(after)} {step.integrand(goal)} {last} "
        f"{proof})"
    )


def _split(
    step: At, term: Any, split: int, given: Any, k: Any, f: Any
) -> tuple[_Law, Tree, Tree, Any, Any]:
    """The law, ⟨h, f⟩ and ⟨h, E[f|X]⟩ under it, and the parts of h = beside · other."""
    parts = factors(k)
    (place,) = (i for i, part in enumerate(parts) if dimension(part))
    other, beside = parts[place], mul(*without(parts, place))
    law = _Law(step, term.measure, split, given, f)
    h = Tree("scaled", (tree(beside, law.scope), tree(other, law.scope)))
    before = law.weighted(Tree("inner", (h, tree(f, law.scope))))
    after = law.weighted(Tree("inner", (h, leaf(law.mean, law.scope))))
    return law, before, after, beside, other


_MULTIPLES = "intros; apply vec_ext; intro; unfold vscal; field"


def _finite_mean(step: At, premise: Any, split: int, given: Any, f: Any) -> str:
    """From k f integrable, for a vector f and a number k: k E[f|X] integrable."""
    law, eq, goal = _Law(step, premise.measure, split, given, f), step.equality, step.conclusion
    k = mul(*(part for part in factors(premise.body) if part != f))
    if law.A or not isinstance(k, Rational):
        raise NotExported("the contraction of a vector after another draw, or with a weight")
    there = step.printer.placed(step.scope, at(items(goal.measure), law.name))
    (p,) = (leaf(draw, law.scope) for draw in densities(premise.measure))

    def scaled(number: Any, source: Tree, F: str, target: Tree, G: str, proof: str) -> str:
        shape = Tree("scaled", (Tree("number", value=number), source))
        same = law.pointwise(eq.trees(shape, target, _MULTIPLES))
        text = step.printer.term(number, step.scope)
        return f"(@scaled_vector d ({law.whole}) {text} {F} {G} {same} {proof})"

    own, mean = (Tree("scaled", (p, tree(z, law.scope))) for z in (f, law.mean))
    source = weighted(premise.measure, tree(premise.body, law.scope), law.scope)
    target = weighted(goal.measure, tree(goal.body, there), there)
    finite = scaled(
        1 / k, source, step.integrand(premise), own, law.function(own), step.given(premise)
    )
    fixed = f"{law._functions} {law._law} {law._facts(2)} {finite}"
    proof = f"(@condexp_integrable d d l ({law.S}) {fixed})"
    return scaled(k, mean, law.function(mean), target, step.integrand(goal), proof)


def bayes(step: At) -> str:
    """E[f|X = x] = E[f k(x)/m(x)], where x is drawn last with the density k and the marginal m."""
    term, source, eq = step.arg(0), step.arg(1), step.equality
    *law, k = term.measure
    outer, whole, (var,) = items(law), items(term.measure), k.head.drawn(k)
    told: Any = step.premise(source).conclusion
    Z, W, printer, name = space(outer), space(whole), step.printer, eq.point()
    pair = printer.placed({**step.scope, var: "pt_x"}, at(outer, "pt_z"))
    q = printer.function(outer, step.scope, lambda s: printer.law(law, s))
    binder = f"fun (pt_z : {Z}) (pt_x : vec d) =>"
    K, f = f"({binder} {printer.term(k, pair)})", f"({binder} {printer.vector(term.body, pair)})"
    m = f"(fun pt_x : vec d => {printer.term(told.lhs, {**step.scope, var: 'pt_x'})})"
    marginal = f"(fun pt_x => {step.proved(source, told, {**step.scope, var: 'pt_x'})})"
    finite = step.given(props.Integrable(term.body, *term.measure))
    point = at(whole, name)
    here = printer.placed(step.scope, point)
    measurable = step.measurability.vector(term.body, here, point)
    proof = (
        f"(@condexp_bayes d d l ({Z}) {q} {K} {f} {m} {law_density(step, term.measure)} "
        f"{measurable} {marginal} {finite})"
    )
    J = f"(on2 (fun (pt_z : {Z}) (pt_x : vec d) => {q} pt_z * {K} pt_z pt_x))"
    F = (
        f"(fun pt_z : {Z} => vscal ({q} pt_z) (vscal (ratio ({K} pt_z (snd pt)) ({m} (snd pt))) "
        f"({f} pt_z (snd pt))))"
    )
    P = (
        f"(fun pt : {W} => {J} pt <> 0 -> condexp d d ({W}) {J} snd (on2 {f}) (snd pt) = "
        f"VInt ({Z}) {F})"
    )
    c, other = step.conclusion, eq.point()
    there = printer.placed(step.scope, at(items(c.measure), name))
    rhs: Any = c.args[0].rhs
    own = printer.placed({**here, **at(outer, other).scope}, at(outer, other))
    shape = Tree("scaled", (tree(nodes.Ratio(k, told.lhs), own), tree(term.body, own)))
    shape = Tree("scaled", (product_of([leaf(d, own) for d in outer.densities]), shape))
    inside = printer.placed(there, at(items(rhs.measure), other))
    same = eq.trees(shape, weighted(rhs.measure, tree(rhs.body, inside), inside))
    G = eq.integrand(rhs, there)
    applied = f"(fun pt => {F}) {name}"
    last = f"(@VInt_ext d ({Z}) ({applied}) {G} (fun {other} : {Z} => {same}))"
    return (
        f"(@ae_mono ({W}) {P} {step.almost(c)} (fun {name} pt_k pt_n => eq_trans (pt_k pt_n) "
        f"{last}) {proof})"
    )


def take_out(step: At) -> str:
    """E[X|X] = X."""
    k, f, given, measure = (step.arg(i) for i in range(4))
    if f != 1 or k != given[0]:
        raise NotExported("what is known, taken out of a conditional expectation")
    law = _Law(step, measure, 0, (k,), k)
    X = step.function(law.inner, lambda s: step.printer.vector(k, s))
    p = step.function(law.inner, lambda s: step.printer.law(measure, s))
    measurable = step.measurability.vector(k, law.scope, law.point)
    return f"(@condexp_given d l ({law.S}) {p} {X} {law._law} {measurable} {law._finite()})"


def conditional_linearity(step: At) -> str:
    """E[a f + b g|X] = a E[f|X] + b E[g|X] for numbers a and b."""
    term, eq, printer = step.arg(0), step.equality, step.printer
    parts = linear_parts(term.body, bound_vars(term))
    if len(parts) != 2 or any(dimension(c) or not dimension(f) for c, f in parts):
        raise NotExported("the conditional expectation of another sum than of two vectors")
    given = (term.given[0].var,)
    laws = [_Law(step, term.measure, 0, given, f) for _, f in parts]
    first, W = laws[0], laws[0].S
    X, p, F, G, whole = (
        step.function(first.inner, write)
        for write in (
            lambda s: s[given[0]],
            lambda s: printer.law(term.measure, s),
            lambda s: printer.vector(parts[0][1], s),
            lambda s: printer.vector(parts[1][1], s),
            lambda s: printer.vector(term.body, s),
        )
    )
    a, b = (printer.term(c, step.scope) for c, _ in parts)
    xm = step.measurability.vector(given[0], first.scope, first.point)
    fm, gm = (step.measurability.vector(f, first.scope, first.point) for _, f in parts)
    finite = " ".join(law._finite() for law in laws)
    fixed = f"{p} {X} {first._law} {xm} d {a} {b} {F} {G} {fm} {gm} {finite}"
    proof = f"(@condexp_combination d l ({W}) {fixed})"
    sum_ = f"(fun pt_s => vadd (vscal {a} ({F} pt_s)) (vscal {b} ({G} pt_s)))"
    mean = f"condexp d d ({W}) {p} {X}"
    P = (
        f"(fun pt : {W} => {p} pt <> 0 -> {mean} {sum_} ({X} pt) = "
        f"vadd (vscal {a} ({mean} {F} ({X} pt))) (vscal {b} ({mean} {G} ({X} pt))))"
    )
    name, s = first.name, first.scope
    shape = Tree(
        "vector sum",
        tuple(
            Tree("scaled", (tree(c, s), leaf(law.mean, s)))
            for (c, _), law in zip(parts, laws, strict=True)
        ),
    )
    split = Tree("vector sum", tuple(Tree("scaled", (tree(c, s), tree(f, s))) for c, f in parts))
    equal = eq.trees(tree(term.body, s), split)
    c = step.conclusion
    there = printer.placed(step.scope, at(items(c.measure), name))
    same = eq.trees(shape, tree(c.args[0].rhs, there))
    place = f"({X} {name})"
    before = f"(@condexp_ext d d ({W}) {p} {X} {whole} {sum_} {place} (fun {name} => {equal}))"
    return (
        f"(@ae_mono ({W}) {P} {step.almost(c)} (fun {name} pt_k pt_n => "
        f"{chain(before, '(pt_k pt_n)', same)}) {proof})"
    )


class _Law:
    """A law whose last draws are averaged, for each value of those before, and what that takes.

    Attributes:
        whole: the space of all draws.
        name, scope: a point of it, and what stands for them there.
        mean: E[f|X].
    """

    def __init__(self, step: At, measure: Any, split: int, given: Any, f: Any) -> None:
        self.step, self.f = step, f
        outer, inner = measure[:split], measure[split:]
        self.outer, self.inner = items(outer), items(inner)
        self.measures = outer, inner
        self.mean: Any = nodes.CondExpect(f, [(var, var) for var in given], *inner)
        conditioned(self.mean)
        (self.var,) = given
        if len(self.inner) != 1 and outer:
            raise NotExported("a conditional expectation under several draws, after another")
        self.whole, self.name = space(items(measure)), step.equality.point()
        self.point = at(items(measure), self.name)
        self.scope = step.printer.placed(step.scope, self.point)
        self.A, self.S = space(self.outer) if self.outer else "", space(self.inner)
        self.inner_bound = self.inner.bound
        self.here = (
            step.printer.placed(step.scope, at(self.outer, "pt_a")) if self.A else step.scope
        )
        self.both = step.printer.placed(self.here, at(self.inner, "pt_s"))

    # --- the lemmas ---

    def average(self, beside: Any, other: Any, known: str) -> str:
        """What the lemma says of ⟨h(X), f⟩ with h = beside · other."""
        h, mh = self._function_of_given(beside, other)
        finite = self._finite()
        if not self.A:
            fixed = f"{self._functions} {h} {self._law} {self._facts(2)} {mh} {finite} {known}"
            return f"(@condexp_average d d l ({self.S}) {fixed})"
        D, mD = self._weight(S.One)
        fixed = f"{D} {self._functions} {mD} {self._facts(0)} {self._law} {self._facts(2)}"
        return f"(@pull_out d d l ({self.A}) ({self.S}) {fixed} {h} {mh} {finite} {known})"

    def beside(self, beside: Any, other: Any, known: str) -> str:
        """That ⟨h(X), E[f|X]⟩ is integrable with h = beside · other."""
        h, mh = self._function_of_given(beside, other)
        fixed = f"{self._functions} {h} {self._law} {self._facts(2)} {mh} {known}"
        return f"(@condexp_beside d d l ({self.S}) {fixed})"

    def _function_of_given(self, beside: Any, other: Any) -> tuple[str, str]:
        """h = beside · other as a function of X and the draws before, and that it is measurable."""
        step, var = self.step, self.var
        inner = {**self.here, var: "pt_x"}
        h = (
            f"(fun {self._given_a}pt_x : vec d) => vscal {step.printer.term(beside, inner)} "
            f"{step.printer.vector(other, inner)})"
        )
        point = self._point_of_h()
        scope = step.printer.placed(step.scope, point)
        measurable = step.measurability
        mh = f"(VMeas_scal {measurable.real(beside, scope, point)} "
        mh += f"{measurable.vector(other, scope, point)})"
        return h, mh

    def contracted(self, beside: Any, known: str) -> str:
        """That ‖E[f|X]‖² is integrable with the weight."""
        if not self.A:
            if beside != 1:
                raise NotExported("a weight beside ‖f‖²")
            fixed = f"{self._functions} {self._law} {self._facts(2)} {known}"
            return f"(proj1 (@condexp_contraction d d l ({self.S}) {fixed}))"
        W, mW = self._weight(beside)
        fixed = f"{W} {self._functions} {mW} {self._facts(0)} {self._law} {self._facts(2)}"
        return f"(@contraction d d l ({self.A}) ({self.S}) {fixed} {known})"

    # --- what they are about ---

    def weighted(self, body: Tree, beside: Any = S.One) -> Tree:
        """The body with the weight of the draws before, then the density of the law."""
        law = product_of([leaf(d, self.scope) for d in self.inner.densities])
        parts = [self._weight_tree(beside, self.scope), law] if self.A else [law]
        return Tree("product", (product_of(parts), body))

    def function(self, shape: Tree) -> str:
        return f"(fun {self.name} : {self.whole} => {self.step.equality.text(shape)})"

    def pointwise(self, proof: str) -> str:
        return f"(fun {self.name} : {self.whole} => {proof})"

    def _weight_tree(self, beside: Any, scope: Any) -> Tree:
        parts = [leaf(d, scope) for d in densities(self.measures[0])]
        if beside != 1 or not parts:
            parts.append(tree(beside, scope))
        return product_of(parts)

    def _weight(self, beside: Any) -> tuple[str, str]:
        """The weight as a function of the draws before, and that it is measurable."""
        text = self.step.equality.text(self._weight_tree(beside, self.here))
        point = at(self.outer, "pt_a")
        terms = [*densities(self.measures[0])]
        if beside != 1 or not terms:
            terms.append(beside)
        proofs = [self.step.measurability.real(t, self.here, point) for t in terms]
        return f"(fun pt_a : {self.A} => {text})", folded("Meas_mul", proofs)

    @property
    def _given_a(self) -> str:
        return f"(pt_a : {self.A}) (" if self.A else "("

    @property
    def _functions(self) -> str:
        """The density, X and f."""
        binder = f"(fun {self._given_a}pt_s : {self.S}) =>"
        printer = self.step.printer
        density_ = printer.law(self.measures[1], self.both)
        return (
            f"{binder} {density_}) {binder} {self.both[self.var]}) "
            f"{binder} {printer.vector(self.f, self.both)})"
        )

    @property
    def _law(self) -> str:
        """That the density is one."""
        if not self.A:
            return law_density(self.step, self.measures[1])
        (draw,) = densities(self.measures[1])
        head, printer = draw.head, self.step.printer
        texts = dict(zip(head.params, printer.parts(draw, self.both), strict=True))
        proof = density(head, printer.symbols.heads[head], texts)
        return f"(fun pt_a : {self.A} => {proof})"

    def _facts(self, count: int) -> str:
        """That the density, or that X and f are measurable, in all draws."""
        m, scope, point = self.step.measurability, self.scope, self.point
        if count == 0:
            (law,) = self.inner.densities
            return m.real(law, scope, point)
        return f"{m.vector(self.var, scope, point)} {m.vector(self.f, scope, point)}"

    def _finite(self) -> str:
        """That f is integrable, at almost every value of the draws before."""
        condition: Any = props.Integrable(self.f, *self.measures[1])
        if not self.A:
            return self.step.given(condition)
        if self.outer.bound & free_vars(condition):
            return self.step.given(props.Almost(condition, *self.measures[0]))
        return f"(ae_all ({self.A}) _ (fun _ _ => {self.step.given(condition)}))"

    def _point_of_h(self) -> Point:
        """A point of the draws before and a value of X."""
        if not self.A:
            return Point("Rn d l", "pt_h", {self.var: ()})
        first = at(self.outer, "pt_h")
        paths = {var: ("fst", *path) for var, path in first.paths.items()}
        return Point(
            f"{self.A} ⊗ Rn d l", "pt_h", {**paths, self.var: ("snd",)}, values=first.values
        )


def total_mass(step: At) -> str:
    """A constant has a finite mean, under a law and what is determined by it."""
    goal: Any = step.arg(0)
    over, laws = items(goal.measure), densities(goal.measure)
    moving = over.bound & free_vars(goal.body) or dimension(goal.body)
    if moving or len(over) != 1 or len(laws) != 1:
        raise NotExported("the total mass of several draws without densities")
    point = step.equality.point()
    scope = step.printer.placed(step.scope, at(over, point))
    printer = step.printer
    texts = dict(zip(laws[0].head.params, printer.parts(laws[0], scope), strict=True))
    law = density(laws[0].head, printer.symbols.heads[laws[0].head], texts)
    k = printer.term(goal.body, scope)
    shape = Tree("product", (tree(goal.body, scope), leaf(laws[0], scope)))
    same = step.equality.trees(shape, weighted(goal.measure, tree(goal.body, scope), scope))
    where, p = (
        space(over),
        printer.function(over, step.scope, lambda s: printer.law(goal.measure, s)),
    )
    return (
        f"(@scaled ({where}) {k} {p} {step.integrand(goal)} (fun {point} : {where} => {same}) "
        f"(density_integrable {law}))"
    )


def without_density(measure: Sequence[Any]) -> bool:
    """Whether a measure has a draw without a density."""
    return bool(items(measure).values) or any(
        not isinstance(i, nodes.Lebesgue) and not i.head.is_density for i in measure
    )
