"""How each rule's step is proved: rules of any logic, equality and algebra."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from fmproof.certificate.certificate import From
from fmproof.certificate.export import calculus
from fmproof.certificate.export.equality import (
    REFL,
    Tree,
    back,
    chain,
    leaf,
    product_of,
    tree,
)
from fmproof.certificate.export.instances import Parts
from fmproof.certificate.export.proof import At, CoqKnown
from fmproof.certificate.export.spaces import at, nested
from fmproof.certificate.export.statement.sorts import (
    FUNCTION_NAMES,
    NotExported,
    arguments,
    densities,
    dimension,
    factor_space,
    items,
    product,
    space,
)
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add, Mul, Pow, factors, mul
from fmproof.lang.scope import free_vars

CoqScript = Callable[[At], str]


def assume(step: At) -> str:
    return step.given(step.conclusion)


def same(step: At) -> str:
    return step.proved(step.arg(0), step.conclusion)


def arithmetic(step: At) -> str:
    c = step.conclusion
    return step.equality.terms(c.lhs, step.scope, c.rhs, step.scope)


def holds_anyway(step: At) -> bool:
    """Whether a step is an equation by arithmetic alone, as an instance of one may be."""
    c = step.conclusion
    if not isinstance(c, props.Equals):
        return False
    eq = step.equality
    return bool(eq.class_of(c.lhs, step.scope) == eq.class_of(c.rhs, step.scope))


def symmetry(step: At) -> str:
    flipped = props.Equals(step.conclusion.rhs, step.conclusion.lhs)
    return back(step.proved(step.arg(0), flipped))


def transitivity(step: At) -> str:
    first, second = (step.use(step.arg(i)) for i in (0, 1))
    c = step.conclusion
    if not all(isinstance(k.prop, props.Equals) for k in (first, second)):
        return _transitivity_of_order(step, first, second)
    vector = dimension(c.lhs) or dimension(c.rhs)
    eq = step.equality
    return chain(
        eq.terms(c.lhs, step.scope, first.prop.lhs, first.scope, vector),
        first.proof,
        eq.terms(first.prop.rhs, first.scope, second.prop.lhs, second.scope, vector),
        second.proof,
        eq.terms(second.prop.rhs, second.scope, c.rhs, step.scope, vector),
    )


def _transitivity_of_order(step: At, first: CoqKnown, second: CoqKnown) -> str:
    """Of ≤ and ≤, or ≤ and =."""
    eq, c = step.equality, step.conclusion
    middle = eq.terms(first.prop.rhs, first.scope, second.prop.lhs, second.scope)
    low, high = (
        k.proof if isinstance(k.prop, props.AtMost) else f"(Req_le _ _ {k.proof})"
        for k in (first, second)
    )
    whole = f"(Rle_trans _ _ _ {low} (Rle_trans _ _ _ (Req_le _ _ {middle}) {high}))"
    left = eq.terms(c.lhs, step.scope, first.prop.lhs, first.scope)
    right = eq.terms(second.prop.rhs, second.scope, c.rhs, step.scope)
    return f"(Rle_trans _ _ _ (Req_le _ _ {left}) (Rle_trans _ _ _ {whole} (Req_le _ _ {right})))"


def discharge(step: At) -> str:
    condition = step.use(step.arg(1))
    return step.proved(step.arg(0), step.conclusion, more=(condition,))


def specialise(step: At) -> str:
    premise = step.use(step.arg(0))
    inside = step.with_values(step.arg(1))
    text = step.printer.term(step.arg(1), inside)
    step.equality.means(text, step.arg(1), inside)
    scope = {**premise.scope, premise.prop.var: text}
    special = CoqKnown(premise.prop.body, scope, f"({premise.proof} {text})")
    return step.cast(special, step.conclusion, step.scope)


def generalise(step: At) -> str:
    c = step.conclusion
    name = step.proof.symbols.local(c.var, step.scope)
    scope = {**step.scope, c.var: name}
    return f"(fun {name} => {step.proved(step.arg(0), c.body, scope)})"


def instantiate(step: At) -> str:
    scope = dict(step.scope)
    for var, value in step.arg(1):
        inside = step.with_values(value)
        scope[var] = step.printer.term(value, inside)
        step.equality.means(scope[var], value, inside)
    return step.proved(step.arg(0), step.conclusion, scope)


def unfold(step: At) -> str:
    """By computation: the definition at the arguments, which may be written in another order."""
    term, c = step.arg(0), step.conclusion
    if isinstance(term, nodes.Named):
        inside, scope = term.definition, step.scope
    else:
        texts = step.printer.parts(term, step.scope)
        for text, value in zip(texts, arguments(term), strict=True):
            if not isinstance(value, nodes.Var):
                step.equality.means(text, value, step.scope)
        inside, scope = term.head.definition, dict(zip(term.head.params, texts, strict=True))
    vector = dimension(term)
    proof = step.equality.terms(inside, scope, c.rhs, step.scope, vector)
    return proof if proof != REFL else REFL


def equal_sides(step: At) -> str:
    """P(a) from P(b) and a = b."""
    goal, ((_, source),) = step.arg(0), step.arg(1)
    if not isinstance(goal, props.Positive):
        raise NotExported("equal sides of another proposition than 0 < a")
    other = step.premise(source).conclusion.rhs
    same = step.proved(source, props.Equals(goal.args[0], other))
    return f"(eq_ind _ (fun h => 0 < h) {step.given(props.Positive(other))} _ {back(same)})"


# --- congruence ---------------------------------------------------------------------------


def congruence(step: At) -> str:
    node, parts = step.arg(0), step.arg(1)
    if not parts:
        return arithmetic(step)
    kind = node.kind if isinstance(node, Parts) else type(node)
    if kind in (nodes.IntegralOver, nodes.Expect):
        whole = Parts(kind, tuple(node.args))
        return chain(_if_zero(step, step.conclusion.lhs, whole), _under(step, whole, parts[0][1]))
    if kind is nodes.CondExpect:
        return _conditional(step, node, parts)
    if kind in (nodes.Grad, nodes.Partial, nodes.Div, nodes.ArgMin) and parts:
        return calculus.under(step, node, parts)
    args = list(arguments(node))
    shift = 1 if isinstance(node, nodes.Apply) else 0
    eq, s = step.equality, step.scope
    # a sum of vectors and an inner product may have 0 among them
    zeros = "d" if _is_inner(node) else _vectors(args) if kind is Add else ""
    trees = [tree(a, s, zeros or dimension(a)) for a in args]
    result = "" if _is_inner(node) else _vectors(args)
    lhs = tree(step.conclusion.lhs, s, result)
    tactic = "inner_products" if _is_inner(node) else ""
    proofs = [eq.trees(lhs, _shape(step, node, trees), tactic)]
    for place, source in parts:
        place -= shift
        new = step.premise(source).conclusion.rhs
        vector = zeros or dimension(args[place])
        proof = step.proved(source, props.Equals(args[place], new))
        trees[place] = Tree("hole", value=vector)
        if proof != REFL:
            hole = eq.text(_shape(step, node, trees))
            proofs.append(
                f"(f_equal (fun h : {f'vec {vector}' if vector else 'R'} => {hole}) {proof})"
            )
        trees[place] = tree(new, s, vector)
    rhs = tree(step.conclusion.rhs, s, result)
    now = _shape(step, node, trees)
    if eq.key(now) == eq.key(rhs):
        return chain(*proofs)
    return chain(*proofs, eq.trees(now, rhs, tactic))


def _conditional(step: At, node: Any, parts: Any) -> str:
    """Conditional expectations of what is equal at every point."""
    if [place for place, _ in parts] != [0]:
        raise NotExported("a conditional expectation given something else")
    ((_, source),) = parts
    other: Any = type(node)(
        step.premise(source).conclusion.rhs, [(g.var, g.at) for g in node.given], *node.measure
    )

    def equal(scope: Any) -> str:
        return step.proved(source, props.Equals(node.body, other.body), scope)

    eq, s, c = step.equality, step.scope, step.conclusion
    inside = eq.conditionals(leaf(node, s), leaf(other, s), equal)
    return chain(eq.terms(c.lhs, s, node, s), inside, eq.terms(other, s, c.rhs, s))


def _if_zero(step: At, side: Any, node: Any) -> str:
    """That 0 is an integral of 0, where a side of the conclusion is written so."""
    return back(step.equality.zero_integral(node, step.scope)) if side == 0 else REFL


def _is_inner(node: Any) -> bool:
    return nodes.Inner in (type(node), getattr(node, "kind", None))


def _vectors(args: list[Any]) -> str:
    return next(filter(None, map(dimension, args)), "")


def _shape(step: At, node: Any, parts: list[Tree]) -> Tree:
    """A node with its arguments."""
    kind = node.kind if isinstance(node, Parts) else type(node)
    if kind is nodes.Apply:
        return Tree("applied", tuple(parts), value=step.proof.symbols.heads[node.head])
    if kind in FUNCTION_NAMES:
        return Tree("applied", tuple(parts), value=FUNCTION_NAMES[kind])
    if kind is Add:
        return Tree("vector sum" if parts[0].vector else "sum", tuple(parts))
    if kind is Pow:
        return Tree("power", (parts[0],), value=int(node.args[1]))
    if kind is not Mul:
        return Tree("inner" if kind is nodes.Inner else "ratio", tuple(parts))
    vectors = [p for p in parts if p.vector]
    scalars = product_of([p for p in parts if not p.vector])
    return Tree("scaled", (scalars, vectors[0])) if vectors else scalars


def _under(step: At, node: Any, source: From) -> str:
    """Under an integral or expectation: for every value, or almost every where need be."""
    over, name = items(node.measure), step.equality.point()
    point = at(over, name)
    inside = step.printer.placed(step.scope, point)
    rhs = step.conclusion.rhs
    if rhs == 0:
        raise NotExported("an integrand that becomes 0")
    vector = dimension(rhs)
    told = props.Equals(node.body, rhs.body)
    law = step.printer.law(node.measure, inside) if densities(node.measure) else None
    bound = over.bound
    lifted = only_almost(step, source, bound, inside)
    known = known_at_points(lifted, inside, law is not None)
    where, size = space(over), f"{vector} " if vector else ""
    F, G = (step.equality.integrand(z, step.scope) for z in (node, rhs))
    equal = step.proved(source, told, inside, known)
    if law and equal != REFL:
        equal = beside_law(step, law, (node.body, rhs.body), inside, equal)
    if not lifted:
        lemma = "VInt_ext" if vector else "Int_ext"
        return f"(@{lemma} {size}({where}) {F} {G} (fun {name} : {where} => {equal}))"
    holds, all_facts = all_at_points(step, lifted, node)
    pointwise = f"(fun pt => {F} pt = {G} pt)"
    almost = f"(@ae_mono ({where}) {holds} {pointwise} (fun {name} pt_k => {equal}) {all_facts})"
    kind = "vector" if vector else "real"
    measurable = [
        step.measurability.weighted(
            z.measure,
            z.body,
            step.printer.placed(step.scope, at(items(z.measure), name)),
            at(items(z.measure), name),
        )
        for z in (node, rhs)
    ]
    lemma = "VInt_almost" if kind == "vector" else "Int_almost"
    return f"(@{lemma} {size}({where}) {F} {G} {measurable[0]} {measurable[1]} {almost})"


def beside_law(step: At, law: str, sides: Any, scope: Any, equal: str) -> str:
    """An equation beside a law's density, from its proof where the density is not 0."""
    vector = dimension(sides[0]) or dimension(sides[1])
    write = step.printer.vector if vector else step.printer.term
    lemma = f"weighted_equal_vector {vector}" if vector else "weighted_equal"
    a, b = (write(z, scope) for z in sides)
    return f"(@{lemma} {law} {a} {b} (fun pt_n : {law} <> 0 => {equal}))"


def only_almost(step: At, source: From, bound: set[Any], inside: Any) -> list[Any]:
    """The hypotheses of a premise that are not known at each point of a space."""

    def everywhere(h: Any) -> bool:
        try:
            step.given(h, inside)
        except NotExported:
            return False
        return True

    return [
        h for h in step.premise(source).hypotheses if bound & free_vars(h) and not everywhere(h)
    ]


def conjunction(where: str, facts: list[tuple[str, str]]) -> tuple[str, str]:
    """Predicates that hold almost everywhere as one: the predicate and the proof."""
    holds, proof = facts[-1]
    for P, other in reversed(facts[:-1]):
        proof = f"(@ae_and ({where}) {P} {holds} {other} {proof})"
        holds = f"(fun pt => {P} pt /\\ {holds} pt)"
    return holds, proof


def known_at_points(lifted: list[Any], inside: Any, law: bool = False) -> list[CoqKnown]:
    """Hypotheses at a point where all hold; under a law, where its density is not 0."""
    parts = [conjunct("pt_k", i, len(lifted)) for i in range(len(lifted))]
    return [
        CoqKnown(h, inside, f"({part} pt_n)" if law else part)
        for h, part in zip(lifted, parts, strict=True)
    ]


def all_at_points(step: At, conditions: list[Any], node: Any) -> tuple[str, str]:
    """Hypotheses that hold almost everywhere under the measure of ``node``, as one."""
    over = items(node.measure)
    facts = [(at_points(step, h, over, node), almost_at_points(step, h, node)) for h in conditions]
    return conjunction(space(over), facts)


def conjunct(name: str, i: int, count: int) -> str:
    """One of the predicates from what :func:`together` makes of them."""
    if count == 1:
        return name
    for _ in range(i):
        name = f"(proj2 {name})"
    return name if i == count - 1 else f"(proj1 {name})"


def at_points(step: At, h: Any, over: Any, node: Any) -> str:
    """What a hypothesis says at the points of the measure of ``node``, as a predicate."""
    law = densities(node.measure)

    def told(scope: Any) -> str:
        inner = step.printer.prop(h, scope)
        return f"({step.printer.law(node.measure, scope)} <> 0 -> {inner})" if law else inner

    return step.printer.function(over, step.scope, told)


def almost_at_points(step: At, h: Any, node: Any) -> str:
    """``ae S (fun point => h)`` for a hypothesis lifted under the measure of ``node``."""
    wanted = props.Almost(h, *node.measure)
    proof = step.given(wanted)
    if not isinstance(h, props.Almost):
        return proof
    over = items(node.measure)
    if densities(wanted.measure):
        return _section_under_law(step, h, node, wanted, proof)
    first, others = product([factor_space(i) for i in over]), [
        factor_space(i) for i in items(wanted.measure)[len(over):]
    ]  # fmt: skip
    apart = nested(first, others)
    P = step.almost(wanted)
    if apart is not None:
        proof = f"(@ae_renaming _ _ _ _ (renaming_sym {apart}) {P} {proof})"
    return f"(ae_product {proof})"


def _section_under_law(step: At, h: Any, node: Any, wanted: Any, proof: str) -> str:
    """A null set under a law, in almost every section."""
    outer, inner = items(node.measure), items(h.measure)
    if len(inner) != 1 or len(inner.densities) != 1 or not outer.densities:
        raise NotExported("a null set of several variables under a law, in a null set")
    printer, (A, B) = step.printer, (space(outer), space(inner))
    p = printer.function(outer, step.scope, lambda s: printer.law(node.measure, s))
    first = printer.placed(step.scope, at(outer, "pt_a"))
    q = printer.function(inner, first, lambda s: printer.law(h.measure, s))
    P = step.function(items(wanted.measure), lambda s: printer.prop(wanted.args[0], s))
    return f"(@almost_section ({A}) ({B}) {p} (fun pt_a : {A} => {q}) {P} {proof})"


# --- algebra ------------------------------------------------------------------------------


def bilinearity(step: At) -> str:
    c = step.conclusion
    return step.equality.trees(tree(c.lhs, step.scope), tree(c.rhs, step.scope), "inner_products")


def cancel_denominator(step: At) -> str:
    """b (a/b) k = a k."""
    c, eq, (a, b, rest) = step.conclusion, step.equality, (step.arg(i) for i in range(3))
    term, ratio = c.lhs, nodes.Ratio(a, b)
    vanishing = step.given(step.step.hypotheses[0])
    s = step.scope
    quotient = Tree("product", (tree(b, s), tree(ratio, s)))
    x, y = step.printer.term(a, s), step.printer.term(b, s)
    if dimension(term):
        others = tree(rest, s)
        before = Tree("scaled", (quotient, others))
        after = Tree("scaled", (tree(a, s), others))
        cancelled = f"(f_equal (fun h : R => vscal h {eq.text(others)}) (cancel {vanishing}))"
        return chain(
            eq.trees(tree(term, s), before),
            cancelled,
            eq.trees(after, tree(c.rhs, s, dimension(term))),
        )
    others = tree(rest, s)
    whole = Tree("product", (tree(a, s), others))
    merged = eq.trees(whole, tree(c.rhs, s))
    k, r = eq.text(others), eq.text(tree(c.rhs, s))
    before = Tree("product", (quotient, others))
    return chain(
        eq.trees(tree(term, s), before), f"(@cancelled {x} {y} {k} {r} {merged} {vanishing})"
    )


def vanishing_multiple(step: At) -> str:
    goal, (premise,) = step.conclusion, step.step.hypotheses
    eq, s = step.equality, step.scope
    a = premise.args[0]  # of an instance, such as w = 1, the factor's place may be another's
    k = mul(*(Counter(factors(goal.args[0])) - Counter(factors(a))).elements())
    whole = Tree("product", (tree(k, s), tree(a, s)))
    merged = eq.trees(whole, tree(goal.args[0], s))
    texts = " ".join(step.printer.term(z, s) for z in (a, goal.args[1], k, goal.args[0]))
    return f"(@vanishing_multiple {texts} {merged} {step.given(premise)})"


def linear_combination(step: At) -> str:
    """a − b = k (c − d), where c = d."""
    premise, k = step.use(step.arg(0)), step.arg(1)
    c, eq, s = step.conclusion, step.equality, step.scope
    if dimension(premise.prop.lhs) or dimension(premise.prop.rhs):
        raise NotExported("a combination of equations of vectors")
    if dimension(c.lhs) or dimension(c.rhs):
        return _vector_multiple(step, premise, k)
    sides = [
        (c.lhs, s),
        (c.rhs, s),
        (premise.prop.lhs, premise.scope),
        (premise.prop.rhs, premise.scope),
    ]
    a, b, p, q = (tree(*side) for side in sides)

    def difference(x: Tree, y: Tree) -> Tree:
        return Tree("difference", (x, y))

    told = eq.trees(difference(a, b), Tree("product", (tree(k, s), difference(p, q))))
    texts = " ".join([*(eq.text(x) for x in (a, b, p, q)), step.printer.term(k, s)])
    return f"(@combination_of {texts} {premise.proof} {told})"


def _vector_multiple(step: At, premise: CoqKnown, k: Any) -> str:
    """a = b for vectors where a = b + (c − d) k, and c = d."""
    c, eq, s = step.conclusion, step.equality, step.scope
    vector = dimension(c.lhs) or dimension(c.rhs)
    a, b, factor = (tree(term, s, vector) for term in (c.lhs, c.rhs, k))
    p, q = (tree(side, premise.scope) for side in (premise.prop.lhs, premise.prop.rhs))

    def shifted(value: Tree) -> Tree:
        return Tree("vector sum", (b, Tree("scaled", (Tree("difference", (value, q)), factor))))

    along = eq.text(shifted(Tree("hole", value="")))
    return chain(
        eq.trees(a, shifted(p)),
        f"(f_equal (fun h : R => {along}) {premise.proof})",
        eq.trees(shifted(q), b),
    )
