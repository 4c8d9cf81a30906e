"""How steps about Gaussian densities and their laws are proved."""

from __future__ import annotations

from typing import Any

from sympy import S

from fmproof.certificate.export.derivatives import exponent_shape
from fmproof.certificate.export.equality import Tree, chain, leaf, product_of, tree, weighted
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.spaces import Point, at
from fmproof.certificate.export.statement.slopes import gaussian_score
from fmproof.certificate.export.statement.sorts import (
    LEBESGUE,
    NotExported,
    dimension,
    items,
    space,
)
from fmproof.kernel.gaussian import exponent, is_gaussian
from fmproof.kernel.integrals import linear_parts
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import add, factors, mul, without
from fmproof.lang.node import shown
from fmproof.lang.scope import free_vars


def gaussian_density(step: At) -> str:
    """N(x; m, v) = exp(−‖x − m‖²/(2v) − (d/2) log(2πv))."""
    term: Any = step.arg(0)
    eq, s, (x, m, v) = step.equality, step.scope, term.arguments
    width = mul(S(2), nodes.pi, v)
    texts = " ".join(step.printer.parts(term, s))
    two_pi = Tree("product", (Tree("number", value=S(2)), leaf(nodes.pi, s), tree(v, s)))
    same = eq.trees(two_pi, tree(width, s))
    shape = exponent_shape(x, m, v, width, s)
    return chain(
        f"(@gaussianE d {texts} {step.given(props.Positive(v))})",
        f"(f_equal (fun h : R => exp (exponent_of {texts} h)) {same})",
        f"(f_equal exp {eq.trees(shape, tree(exponent(term), s))})",
        eq.terms(nodes.Exp(exponent(term)), s, step.conclusion.rhs, s),
    )


def gaussian_mean(step: At) -> str:
    """E[x] = m."""
    _require_lebesgue(step)
    _, m, v = step.arg(0).arguments
    printer, s = step.printer, step.scope
    return f"(gaussian_mean {LEBESGUE} {printer.vector(m, s)} {printer.term(v, s)})"


def gaussian_variance(step: At) -> str:
    """E[‖x − m‖²] = v d."""
    _require_lebesgue(step)
    draw, eq, s = step.arg(0), step.equality, step.scope
    x, m, v = draw.arguments
    over, name = items([draw]), eq.point()
    inside = step.printer.placed(s, at(over, name))
    minus = Tree("scaled", (Tree("number", value=S.NegativeOne), tree(m, inside, "d")))
    r = Tree("vector sum", (leaf(x, inside), minus))
    shape = Tree("product", (leaf(draw, inside), Tree("inner", (r, r))))
    term: Any = step.conclusion.lhs
    body = weighted(term.measure, tree(term.body, inside), inside)
    where = space(over)
    G = f"(fun {name} : {where} => {eq.text(shape)})"
    same = f"(fun {name} : {where} => {eq.trees(body, shape, 'inner_products')})"
    mean, variance = step.printer.vector(m, s), step.given(props.Positive(v))
    value = Tree("product", (tree(v, s), leaf(nodes.dim, s)))
    return chain(
        f"(@Int_ext ({where}) {eq.integrand(term, s)} {G} {same})",
        f"(gaussian_variance {LEBESGUE} {mean} {variance})",
        eq.trees(value, tree(step.conclusion.rhs, s)),
    )


def gaussian_moments(step: At) -> str:
    """k (c x + z) and k ⟨c x + z, b x + u⟩ are integrable under N(m, v)."""
    _require_lebesgue(step)
    goal, eq, s = step.arg(0), step.equality, step.scope
    (draw,) = goal.measure
    x = draw.arguments[0]
    over, name = items(goal.measure), eq.point()
    inside, where = step.printer.placed(s, at(over, name)), space(over)
    vector = dimension(goal.body)
    inner = [f for f in factors(goal.body) if isinstance(f, nodes.Inner) and x in free_vars(f)]
    if len(inner) != 1 and not vector:
        raise NotExported(f"that {shown(goal)}: only of inner products")
    k = S.One if vector else mul(*without(factors(goal.body), factors(goal.body).index(inner[0])))
    if x in free_vars(k):
        raise NotExported(f"that {shown(goal)}: only of the second degree")
    sides = [goal.body] if vector else list(inner[0].args)
    lines = [_line(side, x) for side in sides]
    trees = [
        Tree("vector sum", (Tree("scaled", (tree(c, s), leaf(x, inside))), tree(z, s, "d")))
        for c, z in lines
    ]
    second = trees[0] if vector else Tree("inner", tuple(trees))
    own = Tree("scaled" if vector else "product", (leaf(draw, inside), second))
    texts = [step.printer.parts(draw, inside)[1:]]
    texts.append([eq.text(tree(c, s)) for c, _ in lines])
    texts.append([eq.text(tree(z, s, "d")) for _, z in lines])
    lemma = "gaussian_line" if vector else "gaussian_lines"
    proof = f"({lemma} {LEBESGUE} {' '.join(t for group in texts for t in group)})"
    shape = Tree("scaled" if vector else "product", (tree(k, s), own))
    target = weighted(goal.measure, tree(goal.body, inside, vector), inside)
    same = eq.trees(shape, target, "" if vector else "inner_products")
    scaled = "scaled_vector d" if vector else "scaled"
    F = f"(fun {name} : {where} => {eq.text(own)})"
    return (
        f"(@{scaled} ({where}) {step.printer.term(k, s)} {F} {step.integrand(goal)} "
        f"(fun {name} : {where} => {same}) {proof})"
    )


def _line(side: Any, x: Any) -> tuple[Any, Any]:
    """c and z where a vector is c·x + z."""
    slopes, rest = [S.Zero], [S.Zero]
    for c, f in linear_parts(side, (x,)):
        if f is not S.One and f != x:
            raise NotExported(f"moments of {shown(side)}")
        (rest if f is S.One else slopes).append(c)
    return add(*slopes), add(*rest)


def times_gaussian(step: At) -> str:
    """k N(x; m, v) is integrable where k is, for v that is not integrated."""
    goal, (premise,) = step.conclusion, step.step.hypotheses
    over, eq = items(goal.measure), step.equality
    point = at(over, eq.point())
    inside, where = step.printer.placed(step.scope, point), space(over)
    if dimension(goal.body):
        raise NotExported("a Gaussian density beside a vector")
    law = step.arg(0)
    x, m, v = law.arguments
    f = weighted(premise.measure, tree(premise.body, inside), inside)
    shape = Tree("product", (f, leaf(law, inside)))
    same = eq.trees(shape, weighted(goal.measure, tree(goal.body, inside), inside))
    xs, ms = (step.function(over, lambda s, z=z: step.printer.vector(z, s)) for z in (x, m))  # type: ignore[misc]
    xm, mm = (step.measurability.vector(z, inside, point) for z in (x, m))
    F = f"(fun {point.name} : {where} => {eq.text(shape)})"
    proof = (
        f"(@gaussian_bounded d ({where}) {step.integrand(premise)} {xs} {ms} "
        f"{step.printer.term(v, step.scope)} {xm} {mm} {step.given(premise)})"
    )
    return (
        f"(@Integrable_ext ({where}) {F} {step.integrand(goal)} "
        f"(fun {point.name} : {where} => {same}) {proof})"
    )


def times_gaussian_dominated(step: At) -> str:
    """The gradient of N(x; m, v) in x is bounded, so it is dominated under a law."""
    goal, eq, s = step.conclusion, step.equality, step.scope
    law = gaussian_score(nodes.Grad(goal.body, goal.var, goal.at))
    if law is None:
        raise NotExported(f"{shown(goal)}: only of N(x; m, v) in x")
    _, m, v = law.arguments
    over = items(goal.measure)
    point, where = at(over, eq.point()), space(over)
    inside = step.printer.placed(s, point)
    p, ms = (
        step.function(over, write)
        for write in (
            lambda k: step.printer.law(goal.measure, k),
            lambda k: step.printer.vector(m, k),
        )
    )
    measurable = step.measurability.vector(m, inside, point)
    (mass,) = (h for h in step.step.hypotheses if isinstance(h, props.Integrable))
    one = weighted(mass.measure, tree(mass.body, inside), inside)
    same = eq.trees(one, product_of([leaf(d, inside) for d in over.densities]))
    finite = (
        f"(@Integrable_ext ({where}) {step.integrand(mass)} {p} "
        f"(fun {point.name} : {where} => {same}) {step.given(mass)})"
    )
    texts = f"{step.printer.term(v, s)} {step.printer.vector(goal.at, s)}"
    return f"(@gaussian_dominated d ({where}) {p} {ms} {texts} {measurable} {finite})"


def substituted(step: At) -> str:
    """F(x) is integrable under x ~ N(m, s²) where F(m + s e) is under e ~ N(0, 1)."""
    _require_lebesgue(step)
    goal, place, scale, noise = (step.arg(i) for i in range(4))
    if not isinstance(goal, props.Integrable) or not 0 < place == len(goal.measure) - 1:
        raise NotExported("a Gaussian draw that is not the last of several")
    draw, outer = goal.measure[place], goal.measure[:place]
    _, m, v = draw.arguments
    (premise,) = (h for h in step.step.hypotheses if isinstance(h, props.Integrable))
    eq, printer, s = step.equality, step.printer, step.scope
    before, name = items(outer), eq.point()
    A, whole = space(before), space(items(goal.measure))
    first = printer.placed(s, at(before, "pt_a"))
    after = printer.placed(first, at(items([draw]), "pt_x"))
    vector = dimension(goal.body)
    body = weighted(outer, tree(goal.body, after, vector), after)
    F = f"(fun (pt_a : {A}) (pt_x : vec d) => {eq.text(body)})"
    value = add(m, mul(scale, noise))
    drawn = {**first, noise: "pt_x"}
    X = f"(fun (pt_a : {A}) (pt_x : vec d) => {printer.vector(value, drawn)})"
    line = Tree(
        "vector sum",
        (tree(m, drawn, "d"), Tree("scaled", (tree(scale, drawn), leaf(noise, drawn)))),
    )
    lines = f"(fun (pt_a : {A}) (pt_x : vec d) => {eq.trees(tree(value, drawn), line)})"
    square = eq.trees(tree(v, s), Tree("product", (tree(scale, s), tree(scale, s))))
    M = f"(fun pt_a : {A} => {printer.vector(m, first)})"
    point = at(items(goal.measure), name)
    here = printer.placed(s, point)
    parts = [
        step.measurability.real(draw, here, point),
        step.measurability.weighted(outer, goal.body, here, point),
    ]
    measurable = f"({'VMeas_scal' if vector else 'Meas_mul'} {' '.join(parts)})"
    kind, V = ("scaled", "V") if vector else ("product", "")
    # the premise and the goal, with the density of the draw apart
    own = items(premise.measure)
    there = printer.placed(s, at(own, name))
    at_value = tree(premise.body, there, vector, dict(own.values))
    source = weighted(premise.measure, at_value, there)
    law = next(d for d in own.densities if is_gaussian(d) and d.arguments[0] == own[-1].var)
    split = Tree(kind, (leaf(law, there), weighted(outer, at_value, there)))
    result = Tree(kind, (leaf(draw, here), weighted(outer, tree(goal.body, here, vector), here)))
    target = weighted(goal.measure, tree(goal.body, here, vector), here)
    size = f"{vector} " if vector else ""

    def ext(a: Tree, b: Tree, F: str, G: str, proof: str) -> str:
        same = f"(fun {name} : {whole} => {eq.trees(a, b)})"
        return f"(@{V}Integrable_ext {size}({whole}) {F} {G} {same} {proof})"

    def function(shape: Tree) -> str:
        return f"(fun {name} : {whole} => {eq.text(shape)})"

    known = ext(source, split, step.integrand(premise), function(split), step.given(premise))
    nonzero = f"(nonzero {step.given(props.VanishesWith(S.One, scale))})"
    lemma = "substituted_vector" if vector else "substituted"
    fixed = f"{M} {printer.term(v, s)} {printer.term(scale, s)} {X} {F}"
    proof = (
        f"(@{lemma} d l {LEBESGUE} {size}({A}) {fixed} {nonzero} {square} {lines} {measurable} "
        f"{known})"
    )
    return ext(result, target, function(result), step.integrand(goal), proof)


def marginal_almost(step: At) -> str:
    """What holds almost surely under a joint law does so under the marginal."""
    goal = step.arg(0)
    (premise,) = step.step.hypotheses
    if not isinstance(goal, props.Almost) or len(goal.measure) != 1:
        raise NotExported("an integrability under a marginal law, from the joint one")
    (m,), eq, printer = goal.measure, step.equality, step.printer
    over, joint = items([m]), items(premise.measure)
    outer = joint[:-1]
    if len(over) != 1 or len(outer) != 1 or (joint.values and joint[-1].var in dict(joint.values)):
        raise NotExported("a marginal of a joint law that is not drawn last")
    x, name = over[0].var, eq.point()
    Z, E = space(outer), space(over)
    J = step.function(joint, lambda s: printer.law(premise.measure, s))
    M = step.function(over, lambda s: printer.term(m, s))
    P = step.function(over, lambda s: printer.prop(goal.args[0], s))
    inside = {**step.scope, x: "pt_x"}
    marginal = m.head.unfold(m.arguments)
    there = printer.placed(inside, at(items(marginal.measure), name))
    here = printer.placed(
        {**step.scope, joint[-1].var: "pt_x"},
        Point("", name, {outer[0].var: ()}, values=tuple(joint.values)),
    )
    own = weighted(marginal.measure, tree(marginal.body, there), there)
    same = eq.trees(own, product_of([leaf(d, here) for d in joint.densities]))
    F = eq.integrand(marginal, inside)
    sections = f"(fun pt_z : {Z} => {J} (pt_z, pt_x))"
    equal = f"(fun pt_x => @Int_ext ({Z}) {F} {sections} (fun {name} : {Z} => {same}))"
    known = step.given(premise)
    return f"(@marginal_almost ({Z}) ({E}) {J} {M} {P} {equal} {known})"


def support_of_draw(step: At) -> str:
    """Where the density is not 0: so for almost every point that it draws."""
    c = step.conclusion
    over, name = items(c.measure), step.equality.point()
    return (
        f"(@ae_all ({space(over)}) {step.almost(c)} "
        f"(fun {name} pt_n pt_e => False_ind _ (pt_n pt_e)))"
    )


def log_exp(step: At) -> str:
    a, eq, s = step.arg(0), step.equality, step.scope
    c = step.conclusion
    inside = eq.trees(tree(c.lhs, s), leaf(nodes.Log(nodes.Exp(a)), s))
    return chain(
        inside, f"(ln_exp {step.printer.term(a, s)})", eq.trees(tree(a, s), tree(c.rhs, s))
    )


def exp_log(step: At) -> str:
    a, s = step.arg(0), step.scope
    proof = f"(exp_ln {step.printer.term(a, s)} {step.given(props.Positive(a))})"
    return chain(proof, step.equality.trees(tree(a, s), tree(step.conclusion.rhs, s)))


def exp_of_sum(step: At) -> str:
    """exp(a + b) = exp a·exp b."""
    eq, s, c = step.equality, step.scope, step.conclusion
    a, b = (tree(step.arg(i), s) for i in (0, 1))
    inside = eq.trees(tree(c.lhs.args[0], s), Tree("sum", (a, b)))
    product = Tree("product", tuple(leaf(nodes.Exp(step.arg(i)), s) for i in (0, 1)))
    split = f"(exp_plus {eq.text(a)} {eq.text(b)})"
    return chain(f"(f_equal exp {inside})", split, eq.trees(product, tree(c.rhs, s)))


def _require_lebesgue(step: At) -> None:
    if not step.proof.symbols.lebesgue:
        raise NotExported("a Gaussian law for a measure that need not be Lebesgue's")
