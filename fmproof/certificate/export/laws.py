"""Marginal densities and joint laws: what of them is integrable, and one law written otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from sympy import Rational, S

from fmproof.certificate.export.equality import Tree, product_of, tree
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.spaces import Point, at, density, folded, nested, reordered
from fmproof.certificate.export.statement.sorts import (
    CoqScope,
    NotExported,
    arguments,
    factor_space,
    items,
    number,
    space,
)
from fmproof.lang import nodes
from fmproof.lang.arithmetic import factors, mul
from fmproof.lang.node import shown
from fmproof.lang.nodes.measure import drawn_by, is_density, law_order
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars, fresh, substitute


def is_uniform(term: Any) -> bool:
    """Whether a term is the density of a uniform law."""
    return is_density(term) and isinstance(term.head.definition, Rational)


def is_marginal(term: Any) -> bool:
    """Whether a term is a density that is defined as an integral of others."""
    return is_density(term) and term.head.definition is not None and not is_uniform(term)


@dataclass(frozen=True)
class Marginal:
    """A marginal density at variables: m = ∫ j over ``hidden``, with its own variables last.

    Attributes:
        draw: the density, applied to its variables.
        over: all variables of the measure, those of the density last.
        hidden: the variables of the integral, under names that nothing else has.
        joint: j as a function of a point of ``over`` and one of ``hidden``, as Coq.
        measurable, nonneg, finite: that j is measurable, ≥ 0, and integrable over the hidden
            variables at almost every point.
    """

    step: At
    draw: Any
    over: tuple[Any, ...]
    hidden: tuple[Any, ...]
    joint: str = ""
    measurable: str = ""
    nonneg: str = ""
    finite: str = ""

    @property
    def integral(self) -> Any:
        """The definition as an integral, in the symbol's own variables."""
        return _as_integral(self.draw.head.definition)

    def inside(self, scope: CoqScope) -> dict[Var, str]:
        """What stands for the variables of the definition."""
        texts = self.step.printer.parts(self.draw, scope)
        own = dict(zip(self.draw.head.params, texts, strict=True))
        for mine, item in zip(items(self.integral.measure), self.hidden, strict=True):
            if item.var in scope:
                own[mine.var] = scope[item.var]
        return own

    def at(self, point: Point) -> Point:
        """The same point, with the places of the definition's variables."""
        paths = {}
        for param, arg in zip(self.draw.head.params, arguments(self.draw), strict=True):
            if arg in point.paths:
                paths[param] = point.paths[arg]
            elif free_vars(arg) & set(point.paths):
                raise NotExported(f"{shown(self.draw)} at what is no variable")
        for mine, item in zip(items(self.integral.measure), self.hidden, strict=True):
            paths[mine.var] = point.paths[item.var]
        return Point(point.space, point.name, paths, frozenset())

    @property
    def parts(self) -> tuple[Any, ...]:
        """The factors of j, in the order in which they are written."""
        definition = self.draw.head.definition
        if not isinstance(definition, nodes.Expect):
            return (definition.body,)
        over = items(definition.measure)
        return (*over.densities, substitute(definition.body, dict(over.values)))

    def tree(self, scope: CoqScope) -> Tree:
        return product_of([tree(part, self.inside(scope)) for part in self.parts])

    def text(self, scope: CoqScope) -> str:
        return self.step.equality.text(self.tree(scope))

    @property
    def term(self) -> Any:
        """j as a term, for comparison alone."""
        values = dict(zip(self.draw.head.params, arguments(self.draw), strict=True))
        for mine, item in zip(items(self.integral.measure), self.hidden, strict=True):
            values[mine.var] = item.var
        return substitute(self.integral.body, values)


def _as_integral(definition: Any) -> Any:
    """An expectation as the integral of its law's densities times what it is of."""
    if not isinstance(definition, nodes.Expect):
        return definition
    over = items(definition.measure)
    body = substitute(definition.body, dict(over.values))
    return nodes.IntegralOver(mul(*over.densities, body), *over)


def marginal(step: At, draw: Any, over: Sequence[Any]) -> Marginal:
    """A density of some of these variables as a marginal.

    Raises:
        NotExported: it is not defined as an integral of a product of densities.
    """
    if not is_marginal(draw) or not isinstance(
        _as_integral(draw.head.definition), nodes.IntegralOver
    ):
        raise NotExported(f"{shown(draw)} is not an integral of a product of densities")
    drawn = items([draw])
    if len(drawn) != 1:
        raise NotExported("a marginal density of several variables")
    rest = [i for i in over if i.var is not drawn[0].var]
    taken = {i.var for i in over} | set(step.scope) | free_vars(draw)
    hidden = []
    for item in items(_as_integral(draw.head.definition).measure):
        var = fresh(item.var, taken)
        taken.add(var)
        hidden.append(nodes.Lebesgue(var, *item.range))
    bare = Marginal(step, draw, (*rest, *drawn), tuple(hidden))
    name, other = step.equality.point(), step.equality.point()
    point = at(bare.over, name)
    scope = {**step.scope, **point.scope, **at(hidden, other).scope}
    where, behind = space(bare.over), space(hidden)
    both = point.with_more(hidden, other)
    inside = bare.inside(step.printer.placed(step.scope, both))
    joint = f"(fun ({name} : {where}) ({other} : {behind}) => {bare.text(scope)})"
    parts = [step.measurability.real(p, inside, bare.at(both)) for p in bare.parts]
    signs = [step.measurability.nonneg(p, bare.inside(scope)) for p in bare.parts]
    measurable, sign = folded("Meas_mul", parts), folded("Rmult_le_pos _ _", signs)
    nonneg = f"(fun ({name} : {where}) ({other} : {behind}) => {sign})"
    found = Marginal(step, draw, bare.over, bare.hidden, joint, measurable, nonneg)
    finite = _finite(found, rest, drawn)
    return Marginal(step, draw, bare.over, bare.hidden, joint, measurable, nonneg, finite)


def _finite(m: Marginal, rest: list[Any], drawn: list[Any]) -> str:
    """``ae S (fun s => Integrable Z (j s))``: for each value of the rest, the joint law has mass
    one, so its sections are finite for almost every value of what is drawn."""
    step, hidden = m.step, list(m.hidden)
    other, pair = step.equality.point(), step.equality.point()
    scope = {**step.scope, **(at(rest, other).scope if rest else {})}
    whole = [*drawn, *hidden]
    # the definition's factors in its own variables, which stand for ours
    own = m.inside({**scope, **{i.var: "_" for i in whole}})
    mine = dict(
        zip([i.var for i in items(m.integral.measure)], [i.var for i in hidden], strict=True)
    )
    mine |= {
        p: a
        for p, a in zip(m.draw.head.params, arguments(m.draw), strict=True)
        if isinstance(a, Var)
    }
    integrable, order, laws = law_integrable(step, factors(m.integral.body), own)
    ours = [mine[i.var] for i in order]
    turned = reordered([factor_space(i) for i in order], [ours.index(i.var) for i in whole])
    if turned is not None:
        integrable = f"(Integrable_renaming {turned} {integrable})"
    X, Z = space(drawn), space(hidden)
    flat = nested(X, [factor_space(i) for i in hidden])
    if flat is not None:
        integrable = f"(Integrable_renaming (renaming_sym {flat}) {integrable})"
    # as a function of a pair of points, as the marginal's integrand is written
    here = {**scope, **at(drawn, f"(fst {pair})").scope, **at(hidden, f"(snd {pair})").scope}
    written = f"(fun {pair} : ({X}) ⊗ ({Z}) => {m.text(here)})"
    ordered = product_of([tree(f, m.inside(here)) for f in laws])
    same = step.equality.trees(ordered, m.tree(here))
    cast = (
        f"(@Integrable_ext (({X}) ⊗ ({Z})) _ {written} (fun {pair} : ({X}) ⊗ ({Z}) => {same}) "
        f"{integrable})"
    )
    section = f"(@Integrable_section ({X}) ({Z}) {written} {cast})"
    if not rest:
        return section
    return (
        f"(@finite_over ({space(rest)}) ({X}) ({Z}) {m.joint} {m.measurable} "
        f"(fun {other} : {space(rest)} => {section}))"
    )


def law_integrable(
    step: At, parts: Sequence[Any], scope: CoqScope, intervals: Sequence[Any] = ()
) -> tuple[str, list[Any], list[Any]]:
    """That a product of densities is integrable over all that they draw and over intervals.

    The proof is of a function of the variables in the order that is returned, and that function is
    the product of the terms that are returned, in brackets from the left.
    """
    laws = law_order([p for p in parts if not is_uniform(p)])
    if laws is None or any(map(is_marginal, laws)):
        raise NotExported("an integrand that is no law of given densities")
    built: list[Any] = []
    done: list[Any] = []
    proof = ""
    for item in intervals:
        if not item.bounded:
            raise NotExported(f"a constant over all {item.var.name}")
        ends = f"{number(item.low)} {number(item.high)}"
        if not built:
            proof = f"(segment_one {ends} ltac:(lra))"
        else:
            proof = f"(@segment_cons ({space(built)}) (fun=> 1) {ends} ltac:(lra) {proof})"
        built.append(item)
        done = [S.One]
    for law in laws:
        ranges = law.head.ranges(law)
        if built:
            proof = _one_more(step, law, built, done, scope, proof)
        else:
            drawn = {**scope, **dict.fromkeys(drawn_by(law), "_")}
            proof = f"(density_integrable {law_fact(step, law, drawn)})"
        built = [*built, *ranges]
        done = [*done, law]
    if not built:
        raise NotExported("an empty law")
    return proof, built, done


def law_fact(step: At, law: Any, scope: CoqScope) -> str:
    """That a law's density is one, for fixed other arguments."""
    if is_uniform(law):
        return _uniform(step, law)
    texts = dict(zip(law.head.params, step.printer.parts(law, scope), strict=True))
    return density(law.head, step.proof.symbols.heads[law.head], texts)


def _uniform(step: At, law: Any) -> str:
    """That 1/(b − a) is a density on [a, b]."""
    (item,) = law.head.ranges(law)
    a, b, value = (number(n) for n in (item.low, item.high, law.head.definition))
    facts = step.equality.facts
    given = facts.named(f"{a} < {b}", "lra")
    same = facts.named(f"/ ({b} - {a}) = {value}", "field; lra")
    law_of = f"(fun h => Density (segment {a} {b}) (fun _ => h))"
    return f"(eq_ind _ {law_of} (@segment_density {a} {b} {given}) _ {same})"


def law_density(step: At, measure: Sequence[Any]) -> str:
    """That the product of the densities of draws is one; all but the first of one variable."""
    proof = ""
    measure = [draw for draw in measure if not isinstance(draw, nodes.Let)]
    for count, draw in enumerate(measure):
        own, before, whole = (items(m) for m in ([draw], measure[:count], measure[: count + 1]))
        if len(own.densities) != 1 or (before and len(own) != 1):
            raise NotExported("the law of several variables at once, after another")
        first = step.printer.placed(step.scope, at(before, "pt_a")) if before else step.scope
        both = step.printer.placed(first, at(own, "pt_x"))
        law = law_fact(step, own.densities[0], both)
        if not before:
            proof = law
            continue
        A, X = space(before), space(own)
        D = step.printer.function(before, step.scope, lambda s, m=before: _product(step, m, s))  # type: ignore[misc]
        p = f"(fun (pt_a : {A}) (pt_x : {X}) => {step.printer.term(own.densities[0], both)})"
        m = measurable_law(step, whole, at(whole, step.equality.point()))
        proof = f"(@density_cons ({A}) ({X}) {D} {p} {m} {proof} (fun pt_a : {A} => {law}))"
    return proof


def _product(step: At, over: Any, scope: CoqScope) -> str:
    return step.equality.text(product_of([tree(d, scope) for d in over.densities]))


def measurable_law(step: At, over: Any, point: Point) -> str:
    """That the product of the densities of draws is measurable."""
    scope = step.printer.placed(step.scope, point)
    return folded("Meas_mul", [step.measurability.real(d, scope, point) for d in over.densities])


def _one_more(
    step: At, law: Any, built: list[Any], done: list[Any], scope: CoqScope, proof: str
) -> str:
    """One more draw keeps a law integrable."""
    ranges = law.head.ranges(law)
    name, other = step.equality.point(), step.equality.point()
    point = at(built, name)
    both = point.with_more(ranges, other)
    inside, there = step.printer.placed(scope, point), step.printer.placed(scope, both)
    here = step.printer.placed(inside, at(ranges, other))
    where, new = space(built), space(ranges)
    prior = product_of([tree(d, inside) for d in done])
    D = f"(fun {name} : {where} => {step.equality.text(prior)})"
    p = f"(fun ({name} : {where}) ({other} : {new}) => {step.printer.term(law, here)})"
    measurable = [step.measurability.real(d, there, both) for d in (*done, law)]
    signs = [step.measurability.nonneg(d, inside) for d in done]
    m, sign = folded("Meas_mul", measurable), folded("Rmult_le_pos _ _", signs)
    fact = law_fact(step, law, inside | {item.var: "_" for item in ranges})
    proof = (
        f"(@law_cons ({where}) ({new}) {D} {p} {m} (fun {name} : {where} => {sign}) {proof} "
        f"(fun {name} : {where} => {fact}))"
    )
    flat = nested(where, [factor_space(i) for i in ranges])
    return proof if flat is None else f"(Integrable_renaming {flat} {proof})"


def expansion_arguments(found: Marginal, rest: Any) -> str:
    """The arguments of a lemma about the marginal times a function of the same variables."""
    step, name = found.step, found.step.equality.point()
    point = at(found.over, name)
    f = step.function(found.over, lambda k: step.printer.term(rest, k))
    measurable = step.measurability.real(rest, step.printer.placed(step.scope, point), point)
    return (
        f"({space(found.over)}) ({space(found.hidden)}) {found.joint} {found.measurable} "
        f"{found.nonneg} {found.finite} {f} {measurable}"
    )


def matching_order(
    step: At, source: Any, over: Sequence[Any], target: Any, wanted: Sequence[Any]
) -> list[int]:
    """The order of ``over`` in which one integrand becomes the other.

    Found by trying; constants and densities of uniform laws do not count.
    """
    if len(over) != len(wanted):
        raise NotExported("an integral over another number of variables")
    eq = step.equality
    source, target = (
        substitute(term, dict(getattr(o, "values", ())))
        for term, o in ((source, over), (target, wanted))
    )

    def form(term: Any) -> Any:
        bare = mul(*(f for f in factors(term) if not is_uniform(f) and not isinstance(f, Rational)))
        return eq.class_of(bare, {v: step.scope.get(v, f"_{v.name}") for v in free_vars(bare)})

    goal = form(target)
    for order in permutations(range(len(over))):
        chosen = [over[i] for i in order]
        if [factor_space(i) for i in chosen] == [factor_space(i) for i in wanted]:
            values = {c.var: w.var for c, w in zip(chosen, wanted, strict=True)}
            if form(substitute(source, values)) == goal:
                return list(order)
    raise NotExported("the same integral in another form")
