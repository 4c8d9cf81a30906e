"""How steps about what holds almost everywhere are proved."""

from __future__ import annotations

from typing import Any

from fmproof.certificate.certificate import From
from fmproof.certificate.export.equality import Tree, chain, product_of, tree, weighted
from fmproof.certificate.export.laws import marginal, measurable_law
from fmproof.certificate.export.proof import At, CoqKnown
from fmproof.certificate.export.rules import all_at_points, known_at_points, only_almost
from fmproof.certificate.export.spaces import at, nested, reordered
from fmproof.certificate.export.statement.sorts import (
    NotExported,
    densities,
    dimension,
    factor_space,
    items,
    space,
)
from fmproof.lang import props
from fmproof.lang.node import shown
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.scope import apart, free_vars


def sections(step: At) -> str:
    prop, split = step.arg(0), step.arg(1)
    outer, inner = prop.measure[:split], prop.measure[split:]
    first, second = items(outer), items(inner)
    vector = dimension(prop.body)
    V = "V" if vector else ""
    proof = step.given(prop)
    told = props.Almost(props.Integrable(prop.body, *inner), *outer)
    if densities(outer):
        proof = _sections_under_law(step, prop, outer, inner, proof)
        return step.cast(CoqKnown(told, step.scope, proof), step.conclusion, step.scope)
    flat = nested(space(first), [factor_space(i) for i in second])
    if flat is not None:
        F, turned = step.integrand(prop), f"(renaming_sym {flat})"
        if vector:
            proof = f"(@VIntegrable_renaming d _ _ _ _ {F} {turned} {proof})"
        else:
            proof = f"(@Integrable_renaming _ _ _ _ {turned} {F} {proof})"
    proof = f"({V}Integrable_section {proof})"
    return step.cast(CoqKnown(told, step.scope, proof), step.conclusion, step.scope)


def _sections_under_law(step: At, prop: Any, outer: Any, inner: Any, proof: str) -> str:
    """Where the density of the outer draws is not 0, the section is integrable without it."""
    first, second = items(outer), items(inner)
    if len(second) != 1:
        raise NotExported("sections in several variables under a law")
    vector, name, printer = dimension(prop.body), step.equality.point(), step.printer
    point = at(items(prop.measure), name)
    here = printer.placed(step.scope, point)
    source = weighted(prop.measure, tree(prop.body, here, vector), here)
    p = product_of([tree(d, here) for d in densities(outer)])
    q = weighted(inner, tree(prop.body, here, vector), here)
    shape = Tree("scaled" if vector else "product", (p, q))
    A, B, where = space(first), space(second), space(items(prop.measure))
    V, size, kind = ("V", f"{vector} ", "_vector") if vector else ("", "", "")
    G = f"(fun {name} : {where} => {step.equality.text(shape)})"
    same = f"(fun {name} : {where} => {step.equality.trees(source, shape)})"
    split = f"(@{V}Integrable_ext {size}({where}) {step.integrand(prop)} {G} {same} {proof})"
    law = printer.function(first, step.scope, lambda s: printer.law(outer, s))
    there = printer.placed(step.scope, at(first, "pt_a"))
    section = printer.function(second, there, lambda s: printer.weighted(inner, prop.body, s))
    section = f"(fun pt_a : {A} => {section})"
    return (
        f"(@section_weight{kind} {size}({A}) ({B}) {law} {section} ({V}Integrable_section {split}))"
    )


def under_law(step: At) -> str:
    """The same draws in another order."""
    source, measure = step.arg(0), step.arg(1)
    known = step.use(source)
    over, draws = items(known.prop.measure), [drawn_by(d) for d in known.prop.measure]
    if any(len(drawn) != 1 for drawn in draws):
        raise NotExported("null sets of several variables at once in another order")
    if len(densities(measure)) != len(densities(known.prop.measure)):
        raise NotExported("null sets under a law with a density")
    order = [draws.index(drawn_by(item)) for item in measure]
    turned = reordered([factor_space(i) for i in over], order)
    if turned is None:
        return step.cast(known, step.conclusion, step.scope)
    P = step.almost(known.prop, known.scope)
    proof = f"(@ae_renaming _ _ _ _ {turned} {P} {known.proof})"
    told = props.Almost(known.prop.args[0], *(known.prop.measure[i] for i in order))
    return step.cast(CoqKnown(told, known.scope, proof), step.conclusion, step.scope)


def everywhere(step: At) -> str:
    source, measure = step.arg(0), step.arg(1)
    premise, over = step.premise(source), items(measure)
    name = step.equality.point()
    inside = step.printer.placed(step.scope, at(over, name))
    where, c = space(over), step.conclusion
    if isinstance(premise.conclusion, props.Almost):
        return _merged(step, source, measure)
    told = props.Almost(premise.conclusion, *measure)
    lifted = only_almost(step, source, over.bound, inside)
    under = "pt_n " if densities(measure) else ""
    if not lifted:
        proof = step.proved(source, premise.conclusion, inside)
        whole = f"(@ae_all ({where}) {step.almost(told)} (fun {name} {under}=> {proof}))"
    else:
        known = known_at_points(lifted, inside, bool(under))
        proof = step.proved(source, premise.conclusion, inside, known)
        P, facts = all_at_points(step, lifted, told)
        lam = f"(fun {name} pt_k {under}=> {proof})"
        whole = f"(@ae_mono ({where}) {P} {step.almost(told)} {lam} {facts})"
    return step.cast(CoqKnown(told, step.scope, whole), c, step.scope)


def _merged(step: At, source: From, measure: Any) -> str:
    """Almost every pair, from almost every second for each first."""
    premise = step.premise(source)
    told: Any = apart(premise.conclusion, {v for d in measure for v in drawn_by(d)})
    over, inner = items(measure), items(told.measure)
    if not isinstance(told.args[0], props.VanishesWith):
        raise NotExported(f"the null sets of {shown(premise.conclusion)} together")
    if any({i.var for i in over} & free_vars(h) for h in premise.hypotheses):
        raise NotExported("null sets under conditions")
    name, other = step.equality.point(), step.equality.point()
    A, B = space(over), space(inner)
    both = at(over, name).with_more(inner, other)
    scope = step.printer.placed(step.scope, both)
    a, b = told.args[0].args
    f, g = (f"(fun {other} : {A} ⊗ ({B}) => {step.printer.term(z, scope)})" for z in (b, a))
    mf, mg = (step.measurability.real(z, scope, both) for z in (b, a))
    proof = step.proved(source, told, step.printer.placed(step.scope, at(over, name)))
    flat = nested(A, [factor_space(i) for i in inner])
    merged = props.Almost(told.args[0], *measure, *told.measure)
    if densities(merged.measure):
        if flat is not None:
            raise NotExported("null sets of several variables together, under a law")
        first = step.printer.placed(step.scope, at(over, name))
        each = name, step.almost(told, first), proof
        whole = _merged_under_law(step, merged, both, (A, B), (f, g, mf, mg), each)
        return step.cast(CoqKnown(merged, step.scope, whole), step.conclusion, step.scope)
    whole = f"(@everywhere_vanishing ({A}) ({B}) {f} {g} {mf} {mg} (fun {name} : {A} => {proof}))"
    if flat is not None:
        P = f"(fun pt => {f} pt = 0 -> {g} pt = 0)"
        whole = f"(@ae_renaming _ _ _ _ {flat} {P} {whole})"
    return step.cast(CoqKnown(merged, step.scope, whole), step.conclusion, step.scope)


def _merged_under_law(
    step: At, merged: Any, both: Any, spaces: tuple[str, str], functions: Any, each: Any
) -> str:
    """The same under a law, whose density is that of the first times that of the second."""
    (A, B), (f, g, mf, mg), (name, told, proof) = spaces, functions, each
    over = items(merged.measure)
    if len(over.densities) < 2:
        raise NotExported("null sets together, only one of them under a law")
    scope = step.printer.placed(step.scope, both)
    p = f"(fun {both.name} : {A} ⊗ ({B}) => {step.printer.law(merged.measure, scope)})"
    mp = measurable_law(step, over, both)
    pair = f"({name}, pt)"
    wanted = f"(fun pt : {B} => {p} {pair} <> 0 -> {f} {pair} = 0 -> {g} {pair} = 0)"
    second = f"(fun (pt : {B}) pt_k pt_n => pt_k (right_factor pt_n))"
    inner = f"(@ae_mono ({B}) {told} {wanted} {second} {proof})"
    return (
        f"(@everywhere_under_law ({A}) ({B}) {p} {f} {g} {mp} {mf} {mg} "
        f"(fun {name} : {A} => {inner}))"
    )


def support_of_marginal(step: At) -> str:
    m: Any = step.arg(0)
    drawn = items([m])
    found = marginal(step, m, drawn)
    X, Z, c = space(drawn), space(found.hidden), step.conclusion
    proof = (
        f"(@support_of_marginal ({X}) ({Z}) {found.joint} {found.measurable} {found.nonneg} "
        f"{found.finite})"
    )
    both = [*drawn, *found.hidden]
    flat = nested(X, [factor_space(i) for i in found.hidden])
    if flat is not None:
        j = found.joint
        P = f"(fun pt => Int ({Z}) ({j} (fst pt)) = 0 -> {j} (fst pt) (snd pt) = 0)"
        proof = f"(@ae_renaming _ _ _ _ {flat} {P} {proof})"
    # from the definition's variables to those of the conclusion
    eq, name = step.equality, step.equality.point()
    s = step.printer.placed(step.scope, at(both, name))
    t = step.printer.placed(step.scope, at(items(c.measure), name))
    a, b = c.args[0].args
    first = eq.trees(tree(a, t), found.tree(s))
    second = eq.trees(tree(m, s), tree(b, t))
    P = step.function(both, lambda k: f"({step.printer.term(m, k)} = 0 -> {found.text(k)} = 0)")
    given = chain(second, "pt_e")
    zero = chain(first, f"(pt_k {given})")
    where = space(both)
    return f"(@ae_mono ({where}) {P} {step.almost(c)} (fun {name} pt_k pt_e => {zero}) {proof})"
