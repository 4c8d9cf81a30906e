"""How steps about integrals and expectations are proved."""

from __future__ import annotations

from typing import Any

from sympy import S

from fmproof.certificate.export.equality import (
    Tree,
    back,
    chain,
    product_of,
    tree,
    weighted,
)
from fmproof.certificate.export.laws import (
    expansion_arguments,
    law_density,
    marginal,
    matching_order,
)
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.spaces import at, nested, reordered
from fmproof.certificate.export.statement.sorts import (
    NotExported,
    densities,
    dimension,
    factor_space,
    items,
    space,
)
from fmproof.kernel.integrals import linear_parts
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import mul, without
from fmproof.lang.node import bound_vars
from fmproof.lang.scope import apart, free_vars

ONE = Tree("number", value=S.One)


def linearity(step: At) -> str:
    term: Any = step.arg(0)
    if dimension(term):
        return _multiple_of_vector(step)
    over, eq, c = items(term.measure), step.equality, step.conclusion
    where, name = space(over), step.equality.point()
    inside = step.printer.placed(step.scope, at(over, name))
    parts = linear_parts(term.body, bound_vars(term))
    constant = [i for i, (_, rest) in enumerate(parts) if rest is S.One and densities(term.measure)]
    F = eq.integrand(term, step.scope)
    functions = [
        step.function(over, lambda s, r=rest: step.printer.weighted(term.measure, r, s))  # type: ignore[misc]
        for _, rest in parts
    ]
    scaled = [
        product_of([tree(k, step.scope), weighted(term.measure, tree(rest, inside), inside)])
        for k, rest in parts
    ]
    integrals = [
        Tree("product", (tree(k, step.scope), tree(_over(term, rest), step.scope)))
        for k, rest in parts
    ]
    body = weighted(term.measure, tree(term.body, inside), inside)
    if len(parts) == 1:
        k = step.printer.term(parts[0][0], step.scope)
        point = f"(fun {name} : {where} => {eq.trees(body, scaled[0])})"
        proofs = [
            f"(@Int_ext ({where}) {F} (fun pt => {k} * {functions[0]} pt) {point})",
            f"(@Int_scale ({where}) {k} {functions[0]})",
        ]
        if constant:  # E[1] = 1
            proofs.append(f"(f_equal (fun h : R => {k} * h) {_mass(step, term)[1]})")
            integrals = [Tree("product", (tree(parts[0][0], step.scope), ONE))]
        return chain(*proofs, eq.trees(integrals[0], tree(c.rhs, step.scope)))
    conditions = [
        _mass(step, term)[0] if i in constant else step.given(props.Integrable(rest, *term.measure))
        for i, (_, rest) in enumerate(parts)
    ]
    ks = [step.printer.term(k, step.scope) for k, _ in parts]
    whole = f"(@linear_one ({where}) {ks[-1]} {functions[-1]} {conditions[-1]})"
    for n in range(len(parts) - 2, -1, -1):
        whole = f"(@linear_cons ({where}) {ks[n]} {functions[n]} _ _ {conditions[n]} {whole})"
    total = f"(fun {name} : {where} => {eq.text(_right_sum(scaled))})"
    point = f"(fun {name} : {where} => {eq.trees(body, _right_sum(scaled))})"
    proofs = [f"(@linear_sum ({where}) {F} {total} _ {point} {whole})"]
    for i in constant:  # E[1] = 1
        factor = integrals[i].parts[0]
        integrals[i] = Tree("product", (factor, Tree("hole", value="")))
        hole = eq.text(_right_sum(integrals))
        proofs.append(f"(f_equal (fun h : R => {hole}) {_mass(step, term)[1]})")
        integrals[i] = Tree("product", (factor, ONE))
    return chain(*proofs, eq.trees(_right_sum(integrals), tree(c.rhs, step.scope)))


def _multiple_of_vector(step: At) -> str:
    """∫ k f = k ∫ f for a number k."""
    term: Any = step.arg(0)
    parts = linear_parts(term.body, bound_vars(term))
    if len(parts) != 1 or dimension(parts[0][0]):
        raise NotExported("linearity for an integral of vectors with several parts")
    ((k, f),) = parts
    over, eq, s, size = items(term.measure), step.equality, step.scope, dimension(term)
    where, name = space(over), step.equality.point()
    inside = step.printer.placed(s, at(over, name))
    rest = _over(term, f)
    body = weighted(term.measure, tree(term.body, inside), inside)
    scaled = Tree("scaled", (tree(k, s), weighted(term.measure, tree(f, inside), inside)))
    text, F = step.printer.term(k, s), eq.integrand(rest, s)
    point = f"(fun {name} : {where} => {eq.trees(body, scaled)})"
    whole = f"{eq.integrand(term, s)} (fun pt => vscal {text} ({F} pt))"
    return chain(
        f"(@VInt_ext {size} ({where}) {whole} {point})",
        f"(VInt_scale {size} ({where}) {text} {F})",
        eq.trees(Tree("scaled", (tree(k, s), tree(rest, s))), tree(step.conclusion.rhs, s)),
    )


def _mass(step: At, term: Any) -> tuple[str, str]:
    """That 1 is integrable under a law, and that its mean is 1."""
    over, where = items(term.measure), space(items(term.measure))
    law = law_density(step, term.measure)
    p = step.function(over, lambda s: step.printer.law(term.measure, s))
    one = step.function(over, lambda s: step.printer.weighted(term.measure, S.One, s))
    back_ = f"(fun pt0 : {where} => eq_sym (Rmult_1_r ({p} pt0)))"
    here = f"(fun pt0 : {where} => Rmult_1_r ({p} pt0))"
    return (
        f"(@Integrable_ext ({where}) {p} {one} {back_} (density_integrable {law}))",
        f"(eq_trans (@Int_ext ({where}) {one} {p} {here}) (density_one {law}))",
    )


def _over(term: Any, body: Any) -> Any:
    return type(term)(body, *term.measure)


def _right_sum(parts: list[Tree]) -> Tree:
    whole = parts[-1]
    for part in reversed(parts[:-1]):
        whole = Tree("sum", (part, whole))
    return whole


def inner_with_integral(step: At) -> str:
    """k ⟨a, ∫ f⟩ = ∫ k ⟨a, f⟩."""
    eq, s, (scalar, other, integral) = step.equality, step.scope, (step.arg(i) for i in range(3))
    inner: Any = apart(integral, free_vars(scalar) | free_vars(other))
    over, name = items(inner.measure), eq.point()
    inside = step.printer.placed(s, at(over, name))
    k, a = step.printer.term(scalar, s), step.printer.vector(other, s)
    f = _function(step, inner)
    integrand = weighted(inner.measure, tree(inner.body, inside), inside)
    condition = step.given(props.Integrable(mul(scalar, inner.body), *inner.measure))
    shaped = _as_scaled(step, scalar, inner, condition)
    before = Tree("product", (tree(scalar, s), Tree("inner", (tree(other, s), tree(inner, s)))))
    after = Tree("product", (tree(scalar, s), Tree("inner", (tree(other, inside), integrand))))
    c: Any = step.conclusion
    there = step.printer.placed(s, at(items(c.rhs.measure), name))
    G = f"(fun pt => {k} * ip {a} ({f} pt))"
    H = eq.integrand(c.rhs, s)
    right = weighted(c.rhs.measure, tree(c.rhs.body, there), there)
    last = eq.trees(after, right, "inner_products")
    return chain(
        eq.trees(tree(c.lhs, s), before, "inner_products"),
        f"(@inner_of_integral d ({space(over)}) {k} {a} {f} {shaped})",
        f"(@Int_ext ({space(over)}) {G} {H} (fun {name} : {space(over)} => {last}))",
    )


def _function(step: At, integral: Any) -> str:
    """What is integrated, its densities among it."""
    return step.equality.integrand(integral, step.scope)


def _as_scaled(step: At, scalar: Any, inner: Any, condition: str) -> str:
    """That k·f is integrable, with k apart as the lemma writes it."""
    over, name = items(inner.measure), step.equality.point()
    inside = step.printer.placed(step.scope, at(over, name))
    whole = type(inner)(mul(scalar, inner.body), *inner.measure)
    own = weighted(inner.measure, tree(inner.body, inside), inside)
    target = Tree("scaled", (tree(scalar, step.scope), own))
    same = step.equality.trees(weighted(inner.measure, tree(whole.body, inside), inside), target)
    F, f = _function(step, whole), _function(step, inner)
    k = step.printer.term(scalar, step.scope)
    G = f"(fun pt => vscal {k} ({f} pt))"
    where = space(over)
    return f"(@VIntegrable_ext d ({where}) {F} {G} (fun {name} : {where} => {same}) {condition})"


def reordered_integral(step: At) -> str:
    """An integral over several variables, in another order."""
    term, order, s = step.arg(0), list(step.arg(1)), step.scope
    if dimension(term):
        raise NotExported("Fubini for vectors")
    eq, over = step.equality, items(term.measure)
    turned = reordered([factor_space(i) for i in over], order)
    told = nodes.IntegralOver(term.body, *(term.measure[i] for i in order))
    same = eq.terms(told, s, step.conclusion.rhs, s)
    if turned is None:
        return same
    A, B = space([over[i] for i in order]), space(over)
    return chain(back(f"(@Int_renaming ({A}) ({B}) _ _ {eq.integrand(term, s)} {turned})"), same)


def iterated_expectation(step: At) -> str:
    """An integral over several variables as two, one inside the other."""
    term, split = step.arg(0), step.arg(1)
    if dimension(term) or densities(term.measure):
        raise NotExported("Fubini for vectors, or under a law")
    groups = [items(term.measure[:split]), items(term.measure[split:])]
    condition = step.given(props.Integrable(term.body, *term.measure))
    return _one_by_one(step, term, groups, condition)


def expectation_as_integral(step: At) -> str:
    """One integral a draw, the first outside."""
    term: Any = step.arg(0)
    if dimension(term):
        raise NotExported("an expectation of vectors as an integral")
    groups = [items([draw]) for draw in term.measure]
    condition = step.given(props.Integrable(term.body, *term.measure))
    return _one_by_one(step, term, groups, condition)


def _one_by_one(step: At, term: Any, groups: list[Any], condition: str) -> str:
    """One integral over each of these groups of variables, the first outside."""
    proofs, now = [], step.equality.integrand(term, step.scope)
    for count in range(len(groups) - 1, 0, -1):
        before, last = [i for g in groups[:count] for i in g], groups[count]
        A, B = space(before), space(last)
        flat = nested(A, [factor_space(i) for i in last])
        if flat is not None:
            whole, pair = space([*before, *last]), f"({A}) ⊗ ({B})"
            proofs.append(
                back(f"(@Int_renaming ({pair}) ({whole}) _ _ {now} (renaming_sym {flat}))")
            )
            turned = f"({pair}) ({whole}) _ _ (renaming_sym {flat})"
            condition = f"(@Integrable_renaming {turned} {now} {condition})"
            places = list(at(last, "(snd pt)").scope.values())
            now = f"(fun pt : {pair} => {now} ({', '.join(['fst pt', *places])}))"
        proofs.append(f"(@Int_product ({A}) ({B}) {now} {condition})")
        condition = f"(@Integrable_Int ({A}) ({B}) {now} {condition})"
        now = f"(fun pt_a => Int ({B}) (fun pt_b => {now} (pt_a, pt_b)))"
    rhs, scope = step.conclusion.rhs, dict(step.scope)
    return chain(*proofs, _iterated(step, term, groups, rhs, scope, scope))


def _iterated(step: At, term: Any, groups: list[Any], rhs: Any, s: Any, t: Any) -> str:
    """That iterated integrals of an expectation's integrand are those of ``rhs``."""
    eq = step.equality
    if not groups:
        return eq.trees(weighted(term.measure, tree(term.body, s), s), tree(rhs, t))
    if not isinstance(rhs, nodes.IntegralOver):
        raise NotExported("iterated integrals of another shape")
    name, over = eq.point(), items(rhs.measure)
    here, there = (
        step.printer.placed(s, at(groups[0], name)),
        step.printer.placed(t, at(over, name)),
    )
    inner = _iterated(step, term, groups[1:], rhs.body, here, there)
    return f"(Int_ext (fun {name} : {space(over)} => {inner}))"


def marginal_draw(step: At) -> str:
    """Tonelli, and the definition of the marginal."""
    term, place = step.arg(0), step.arg(1)
    if dimension(term):
        raise NotExported("marginalisation in an expectation of vectors")
    eq, s, rhs = step.equality, step.scope, step.conclusion.rhs
    over, draw = items(term.measure), term.measure[place]
    found = marginal(step, draw, over)
    rest = mul(*without(term.measure, place), term.body)
    proofs = []
    # the density's own variable last
    order = [over.index(item) for item in found.over]
    turned = reordered([factor_space(i) for i in over], order)
    if turned is not None:
        A, B = space(found.over), space(over)
        proofs.append(back(f"(@Int_renaming ({A}) ({B}) _ _ {eq.integrand(term, s)} {turned})"))
    name = eq.point()
    here = step.printer.placed(s, at(found.over, name))
    body = weighted(term.measure, tree(term.body, here), here)
    split = eq.trees(body, Tree("product", (tree(draw, here), tree(rest, here))))
    m, f, F = (
        step.function(found.over, write)
        for write in (
            lambda k: step.printer.term(draw, k),
            lambda k: step.printer.term(rest, k),
            lambda k: step.printer.weighted(term.measure, term.body, k),
        )
    )
    where = space(found.over)
    product = f"(fun pt => {m} pt * {f} pt)"
    proofs.append(f"(@Int_ext ({where}) {F} {product} (fun {name} : {where} => {split}))")
    proofs.append(f"(@marginal_draw {expansion_arguments(found, rest)})")
    # over one product of all variables, in the order of the result
    flat = nested(where, [factor_space(i) for i in found.hidden])
    if flat is not None:
        joint = f"(fun pt => {found.joint} (fst pt) (snd pt) * {f} (fst pt))"
        Z = f"{where} ⊗ ({space(found.hidden)})"
        all_ = space([*found.over, *found.hidden])
        proofs.append(back(f"(@Int_renaming ({all_}) ({Z}) _ _ {joint} {flat})"))
    both = [*found.over, *found.hidden]

    def written(over: Any) -> str:
        return step.function(over, lambda k: f"({found.text(k)} * {step.printer.term(rest, k)})")

    wanted = mul(*densities(rhs.measure), rhs.body)
    order = matching_order(step, mul(found.term, rest), both, wanted, items(rhs.measure))
    again = reordered([factor_space(i) for i in both], order)
    if again is not None:
        A, B = space([both[i] for i in order]), space(both)
        proofs.append(back(f"(@Int_renaming ({A}) ({B}) _ _ {written(both)} {again})"))
    last, final = eq.point(), [both[i] for i in order]
    there = step.printer.placed(s, at(final, last))
    here = step.printer.placed(s, at(items(rhs.measure), last))
    joined = Tree("product", (found.tree(there), tree(rest, there)))
    same = eq.trees(joined, weighted(rhs.measure, tree(rhs.body, here), here))
    G, H, where = written(final), eq.integrand(rhs, s), space(final)
    proofs.append(f"(@Int_ext ({where}) {G} {H} (fun {last} : {where} => {same}))")
    return chain(*proofs)
