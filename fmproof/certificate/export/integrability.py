"""How steps that derive integrability, and what holds almost everywhere, are proved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Rational, S

from fmproof.certificate.export.conditional import total_mass, without_density
from fmproof.certificate.export.equality import Tree, leaf, product_of, tree, weighted
from fmproof.certificate.export.laws import (
    Marginal,
    expansion_arguments,
    is_marginal,
    is_uniform,
    law_density,
    law_fact,
    law_integrable,
    marginal,
    matching_order,
)
from fmproof.certificate.export.proof import At, CoqKnown
from fmproof.certificate.export.rules import (
    all_at_points,
    beside_law,
    known_at_points,
    only_almost,
)
from fmproof.certificate.export.spaces import at, nested, reordered
from fmproof.certificate.export.statement.sorts import (
    NotExported,
    densities,
    dimension,
    factor_space,
    items,
    space,
)
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import factors, mul, without
from fmproof.lang.nodes.measure import against_lebesgue, drawn_by, without_lets
from fmproof.lang.scope import alpha_equal, apart, free_vars, substitute

# --- domination ---------------------------------------------------------------------------


def _dominated(step: At, lemma: str, shape: Tree, premises: list[str]) -> str:
    """The goal from a lemma about an integrand of this shape, at the point ``pt0``."""
    goal: Any = step.conclusion
    over = items(goal.measure)
    here = step.printer.placed(step.scope, at(over, "pt0"))
    target = weighted(goal.measure, tree(goal.body, here, dimension(goal.body)), here)
    vector = "V" if dimension(goal.body) else ""
    same = step.equality.trees(shape, target, "" if vector else "inner_products")
    size = f"{dimension(goal.body)} " if vector else ""
    G, where = step.integrand(goal), space(over)
    proof = f"({' '.join([lemma, *premises])})"
    return f"(@{vector}Integrable_ext {size}({where}) _ {G} (fun pt0 : {where} => {same}) {proof})"


def _lambda(step: At, over: Any, shape: Tree) -> str:
    return f"(fun pt0 : {space(over)} => {step.equality.text(shape)})"


class _Weighted:
    """What multiplies a product, at a point of what is integrated."""

    def __init__(self, step: At) -> None:
        goal, self.weight = step.conclusion, step.arg(0)
        self.over = items(goal.measure)
        self.point = at(self.over, "pt0")
        self.scope = step.printer.placed(step.scope, self.point)
        self.w = weighted(goal.measure, tree(self.weight, self.scope), self.scope)
        self.measurable = step.measurability.weighted(
            goal.measure, self.weight, self.scope, self.point
        )


def _with(step: At, goal: Any, weight: Any, f: Any, w: Tree, scope: Any) -> str:
    """``Integrable S (fun pt => w * ⟨f, f⟩)`` from a hypothesis that says so."""
    wanted = props.Integrable(mul(weight, nodes.Inner(f, f)), *goal.measure)
    proof = step.given(wanted)
    over = items(goal.measure)
    source = weighted(goal.measure, tree(wanted.body, scope), scope)
    shape = Tree("product", (w, Tree("inner", (tree(f, scope), tree(f, scope)))))
    same = step.equality.trees(source, shape, "inner_products")
    F, G, where = step.integrand(wanted), _lambda(step, over, shape), space(over)
    return f"(@Integrable_ext ({where}) {F} {G} (fun pt0 : {where} => {same}) {proof})"


def product_integrable(step: At) -> str:
    """w⟨a, b⟩ from the squares, and w·a from the square and w."""
    a, b = step.arg(1), step.arg(2)
    if dimension(a) and dimension(b):
        return _cauchy_schwarz(step, a, b)
    if dimension(a) and b == S.One:
        return _square_integrable(step, a)
    raise NotExported("that a product of scalars is integrable")


def _cauchy_schwarz(step: At, a: Any, b: Any) -> str:
    goal, found = step.conclusion, _Weighted(step)
    where = space(found.over)
    parts = [_lambda(step, found.over, tree(v, found.scope)) for v in (a, b)]
    W = _lambda(step, found.over, found.w)
    inner = Tree("inner", (tree(a, found.scope), tree(b, found.scope)))
    ma, mb = (step.measurability.vector(v, found.scope, found.point) for v in (a, b))
    m = f"(Meas_mul {found.measurable} (Meas_ip {ma} {mb}))"
    uses = [_with(step, goal, found.weight, v, found.w, found.scope) for v in (a, b)]
    lemma = f"@cauchy_schwarz d ({where}) {W} {parts[0]} {parts[1]} {m}"
    return _dominated(step, lemma, Tree("product", (found.w, inner)), uses)


def _square_integrable(step: At, vector: Any) -> str:
    goal, found = step.conclusion, _Weighted(step)
    W, f = (_lambda(step, found.over, z) for z in (found.w, tree(vector, found.scope)))
    m = step.measurability.vector(vector, found.scope, found.point)
    m = f"(VMeas_scal {found.measurable} {m})"
    square = _with(step, goal, found.weight, vector, found.w, found.scope)
    plain = step.given(props.Integrable(found.weight, *goal.measure))
    lemma = f"@square_integrable d ({space(found.over)}) {W} {f} {m}"
    shape = Tree("scaled", (found.w, tree(vector, found.scope)))
    return _dominated(step, lemma, shape, [square, plain])


def combination_integrable(step: At) -> str:
    """Σ cᵢ fᵢ from each fᵢ."""
    goal: Any = step.arg(0)
    if not step.arg(2):
        raise NotExported("that a sum of nothing is integrable")
    over = items(goal.measure)
    where, vector = space(over), dimension(goal.body)
    V, size = ("V", f"{vector} ") if vector else ("", "")
    (shape, proof), *others = reversed([_multiple_of(step, *one) for one in _combined(step)])
    for first, known in others:
        F, G = _lambda(step, over, first), _lambda(step, over, shape)
        proof = f"(@{V}Integrable_add {size}({where}) {F} {G} {known} {proof})"
        shape = Tree("vector sum" if vector else "sum", (first, shape))
    scope = step.printer.placed(step.scope, at(over, "pt0"))
    target = weighted(goal.measure, tree(goal.body, scope, vector), scope)
    same = step.equality.trees(shape, target, "" if vector else "inner_products")
    return (
        f"(@{V}Integrable_ext {size}({where}) {_lambda(step, over, shape)} {step.integrand(goal)} "
        f"(fun pt0 : {where} => {same}) {proof})"
    )


def _combined(step: At) -> Iterable[tuple[Any, Any]]:
    return zip(step.arg(1), step.arg(2), strict=True)


def _multiple_of(step: At, constant: Any, part: Any) -> tuple[Tree, str]:
    """The integrand c·f at the point ``pt0``, and that it is integrable."""
    measure = step.arg(0).measure
    over, vector = items(measure), dimension(part)
    scope = step.printer.placed(step.scope, at(over, "pt0"))
    shape = weighted(measure, tree(part, scope, vector), scope)
    proof = step.given(props.Integrable(part, *measure))
    if constant == S.One:
        return shape, proof
    if dimension(constant):
        raise NotExported("a constant vector times a function")
    scaled = Tree("scaled" if vector else "product", (tree(constant, step.scope), shape))
    lemma = "scaled_vector d" if vector else "scaled"
    F, G = _lambda(step, over, shape), _lambda(step, over, scaled)
    text, same = step.printer.term(constant, step.scope), step.equality.trees(scaled, scaled)
    told = f"(fun pt0 : {space(over)} => {same})"
    return scaled, f"(@{lemma} ({space(over)}) {text} {F} {G} {told} {proof})"


def ratio_integrable(step: At) -> str:
    goal, a, b, rest = (step.arg(i) for i in range(4))
    ratio = nodes.Ratio(a, b)
    over, point = items(goal.measure), at(items(goal.measure), "pt0")
    scope, vector = step.printer.placed(step.scope, point), dimension(rest)
    A, B, f = (tree(z, scope) for z in (a, b, rest))
    quotient = Tree("product", (B, tree(ratio, scope)))
    shape = Tree("scaled" if vector else "product", (quotient, f))
    (premise,) = step.step.hypotheses
    source = weighted(premise.measure, tree(premise.body, scope, vector), scope)
    target = Tree("scaled" if vector else "product", (A, f))
    size, where = f"{vector} " if vector else "", space(over)
    same = step.equality.trees(source, target)
    mb, mr = (step.measurability.real(z, scope, point) for z in (b, ratio))
    mf = (step.measurability.vector if vector else step.measurability.real)(rest, scope, point)
    m = f"({'VMeas_scal' if vector else 'Meas_mul'} (Meas_mul {mb} {mr}) {mf})"
    F, G = step.integrand(premise), _lambda(step, over, target)
    V = "V" if vector else ""
    known = f"(fun pt0 : {where} => {same}) {step.given(premise)}"
    given = f"(@{V}Integrable_ext {size}({where}) {F} {G} {known})"
    texts = " ".join(_lambda(step, over, z) for z in (A, B, f))
    lemma = f"@cancelled_ratio{'_vector' if vector else ''} {size}({where}) {texts} {m}"
    return _dominated(step, lemma, shape, [given])


def equal_integrand(step: At) -> str:
    """From an equation of integrands, for every value or almost everywhere."""
    goal, ((_, source),) = step.arg(0), step.arg(1)
    premise = step.premise(source)
    over, name = items(goal.measure), step.equality.point()
    point = at(over, name)
    inside = step.printer.placed(step.scope, point)
    other = props.Integrable(premise.conclusion.rhs, *goal.measure)
    vector = dimension(goal.body)
    V, size, where = ("V", f"{vector} ", space(over)) if vector else ("", "", space(over))
    F, G = step.integrand(goal), step.integrand(other)
    known = step.given(other)
    told = props.Equals(goal.body, premise.conclusion.rhs)
    lifted = only_almost(step, source, {i.var for i in over}, inside)
    if not lifted:
        back = f"(eq_sym {_beside_law(step, goal, step.proved(source, told, inside), inside)})"
        return (
            f"(@{V}Integrable_ext {size}({where}) {G} {F} (fun {name} : {where} => {back}) {known})"
        )
    law = step.printer.law(goal.measure, inside) if densities(goal.measure) else ""
    conditions = known_at_points(lifted, inside, bool(law))
    equal = step.proved(source, told, inside, conditions)
    if law:
        equal = beside_law(step, law, (goal.body, premise.conclusion.rhs), inside, equal)
    holds, facts = all_at_points(step, lifted, goal)
    pointwise = f"(fun pt => {F} pt = {G} pt)"
    almost = f"(@ae_mono ({where}) {holds} {pointwise} (fun {name} pt_k => {equal}) {facts})"
    m = step.measurability.weighted(goal.measure, goal.body, inside, point)
    return f"(@{V}Integrable_almost {size}({where}) {F} {G} {m} {almost} {known})"


def _beside_law(step: At, goal: Any, equal: str, scope: Any) -> str:
    """An equation of integrands with the law's density beside both."""
    if not densities(goal.measure):
        return equal
    law, size = step.printer.law(goal.measure, scope), dimension(goal.body)
    if size:
        return f"(f_equal (fun h : vec {size} => vscal {law} h) {equal})"
    return f"(f_equal (fun h : R => {law} * h) {equal})"


# --- the same law, written otherwise ------------------------------------------------------


def finite_measure(step: At) -> str:
    """Laws have mass one, bounded intervals are finite."""
    goal: Any = step.arg(0)
    over = items(goal.measure)
    if without_density(goal.measure) and len(over) == 1:
        return total_mass(step)
    body, parts = goal.body, [*densities(goal.measure), *factors(goal.body)]
    laws = [f for f in parts if not is_uniform(f) and not isinstance(f, Rational)]
    drawn = {v for law in laws for v in drawn_by(law)} if all(
        isinstance(f, nodes.Apply) and f.head.draws for f in laws
    ) else None  # fmt: skip
    if drawn is None or dimension(body):
        raise NotExported("the integral of another constant")
    intervals = [i for i in over if i.var not in drawn]
    proof, order, done = law_integrable(step, laws, step.scope, intervals)
    turned = reordered(
        [factor_space(i) for i in order], [[o.var for o in order].index(i.var) for i in over]
    )
    if turned is not None:
        proof = f"(Integrable_renaming {turned} {proof})"
    here = step.printer.placed(step.scope, at(over, "pt0"))
    source = product_of([tree(d, here) for d in done])
    target = weighted(goal.measure, tree(goal.body, here), here)
    return _up_to_a_constant(step, over, source, target, _constant(goal), proof, goal)


def _multiple(step: At, goal: Any, premise: Any) -> str:
    """The goal from the premise, where one is a multiple of the other."""
    known = CoqKnown(premise, step.scope, step.given(premise))
    k = _constant(goal) / _constant(premise)
    if k == 1:
        return step.cast(known, goal, step.scope)
    over, vector = items(goal.measure), dimension(goal.body)
    other = props.Integrable(mul(k, premise.body), *premise.measure)
    scope = step.printer.placed(step.scope, at(over, "pt0"))
    source, target = (
        weighted(z.measure, tree(z.body, scope, vector), scope) for z in (premise, other)
    )
    shape = Tree("scaled" if vector else "product", (Tree("number", value=k), source))
    same = step.equality.trees(shape, target)
    lemma, F, G = (
        f"scaled_vector {vector}" if vector else "scaled",
        step.integrand(premise),
        step.integrand(other),
    )
    proof = (
        f"(@{lemma} ({space(over)}) {step.printer.term(k, step.scope)} {F} {G} "
        f"(fun pt0 : {space(over)} => {same}) {known.proof})"
    )
    return step.cast(CoqKnown(other, step.scope, proof), goal, step.scope)


def _constant(prop: Any) -> Rational:
    """The product of the constant factors of an integrand."""
    value = S.One
    body, _ = without_lets(prop.body, prop.measure)
    for f in (*densities(prop.measure), *factors(body)):
        if is_uniform(f):
            value = value * f.head.definition
        elif isinstance(f, Rational):
            value = value * f
    return value


def _up_to_a_constant(
    step: At, over: Any, source: Tree, target: Tree, k: Any, proof: str, goal: Any
) -> str:
    """The goal from the integrability of ``source``, where k·source is the goal's integrand."""
    where, F, G = space(over), _lambda(step, over, source), step.integrand(goal)
    shape = source if k == 1 else Tree("product", (Tree("number", value=k), source))
    same = step.equality.trees(shape, target, constants=True)
    if k == 1:
        return f"(@Integrable_ext ({where}) {F} {G} (fun pt0 : {where} => {same}) {proof})"
    text = step.printer.term(k, step.scope)
    return f"(@scaled ({where}) {text} {F} {G} (fun pt0 : {where} => {same}) {proof})"


def tonelli(step: At) -> str:
    """The premise with its marginals expanded, in the goal's order."""
    goal, premise = step.arg(0), step.arg(1)
    if without_density(premise.measure) or without_density(goal.measure):
        if len(items(goal.measure)) == len(items(premise.measure)):
            return _multiple(step, goal, premise)
        if not any(map(is_marginal, densities(premise.measure))):
            return _beside_draw(step, goal, premise)
    if dimension(goal.body):
        raise NotExported("Tonelli for vectors")
    proof = step.given(premise)
    over: list[Any] = items(premise.measure)
    body, _ = against_lebesgue(premise.body, premise.measure)
    here = step.printer.placed(step.scope, at(over, "pt0"))
    shape = weighted(premise.measure, tree(premise.body, here), here)
    wanted = items(goal.measure)
    target = mul(*wanted.densities, goal.body)
    found: Marginal | None = None
    rest: Any = None
    if len(wanted) > len(over):
        places = [i for i, f in enumerate(factors(body)) if is_marginal(f)]
        if len(places) != 1:
            raise NotExported("several marginals at once")
        draw = factors(body)[places[0]]
        rest = mul(*without(factors(body), places[0]))
        found = marginal(step, draw, over)
        turned = reordered([factor_space(i) for i in over], [over.index(i) for i in found.over])
        if turned is not None:
            proof = f"(@Integrable_renaming _ _ _ _ {turned} {step.integrand(premise)} {proof})"
        here = step.printer.placed(step.scope, at(found.over, "pt0"))
        shape = weighted(premise.measure, tree(premise.body, here), here)
        split = Tree("product", (tree(draw, here), tree(rest, here)))
        F, G = (_lambda(step, found.over, z) for z in (shape, split))
        where = space(found.over)
        same = step.equality.trees(shape, split)
        proof = f"(@Integrable_ext ({where}) {F} {G} (fun pt0 : {where} => {same}) {proof})"
        proof = f"(@marginal_integrable {expansion_arguments(found, rest)} {proof})"
        flat = nested(where, [factor_space(i) for i in found.hidden])
        if flat is not None:
            f = step.function(found.over, lambda k: step.printer.term(rest, k))
            joint = f"(fun pt => {found.joint} (fst pt) (snd pt) * {f} (fst pt))"
            proof = f"(@Integrable_renaming _ _ _ _ {flat} {joint} {proof})"
        over = [*found.over, *found.hidden]
        body = mul(found.term, rest)

    def written(scope: Any) -> Tree:
        if found is None:
            return weighted(premise.measure, tree(premise.body, scope), scope)
        return Tree("product", (found.tree(scope), tree(rest, scope)))

    order = matching_order(step, body, over, target, wanted)
    turned = reordered([factor_space(i) for i in over], order)
    if turned is not None:
        F = step.function(over, lambda k: step.equality.text(written(k)))
        proof = f"(@Integrable_renaming _ _ _ _ {turned} {F} {proof})"
    final = [over[i] for i in order]
    here = step.printer.placed(step.scope, at(final, "pt0"))
    there = step.printer.placed(step.scope, at(wanted, "pt0"))
    result = weighted(goal.measure, tree(goal.body, there), there)
    k = _constant(goal) / _constant(premise)
    return _up_to_a_constant(step, final, written(here), result, k, proof, goal)


def _beside_draw(step: At, goal: Any, premise: Any) -> str:
    """One more draw, before or after another, of which what is integrated does not depend."""
    last = not items(goal.measure[-1:]).bound & free_vars(goal.body)
    new, others = (goal.measure[-1:], goal.measure[:-1]) if last else (
        goal.measure[:1], goal.measure[1:]
    )  # fmt: skip
    added, kept = items(new), items(others)
    if len(added) != 1 or len(kept) != 1 or added.bound & free_vars(goal.body):
        raise NotExported("draws that are not apart")
    over, vector, printer, s = items(goal.measure), dimension(goal.body), step.printer, step.scope
    name, where = step.equality.point(), space(over)
    told = props.Integrable(goal.body, *others)
    known = step.cast(CoqKnown(premise, s, step.given(premise)), told, s)
    here = printer.placed(s, at(over, name))
    own = weighted(others, tree(goal.body, here, vector), here)
    law = product_of([leaf(d, here) for d in added.densities])
    shape = Tree("scaled" if vector else "product", (law, own))
    target = weighted(goal.measure, tree(goal.body, here, vector), here)
    V, size, kind = ("V", f"{vector} ", "_vector d") if vector else ("", "", "")
    A, B = space(items(goal.measure[:1])), space(items(goal.measure[1:]))
    lemma, p, is_law = _new_law(step, goal, new, kept if last else None)
    proof = f"(@{lemma}{kind} ({A}) ({B}) {p} {step.integrand(told)} {is_law} {known})"
    same = f"(fun {name} : {where} => {step.equality.trees(shape, target)})"
    F = f"(fun {name} : {where} => {step.equality.text(shape)})"
    return f"(@{V}Integrable_ext {size}({where}) {F} {step.integrand(goal)} {same} {proof})"


def _new_law(step: At, goal: Any, new: Any, before: Any) -> tuple[str, str, str]:
    """The lemma, the density of a new draw, and that it is one, for each value of those before."""
    printer, added = step.printer, items(new)
    if before is None:
        p = printer.function(added, step.scope, lambda k: printer.law(new, k))
        return "beside_draw", p, law_density(step, new)
    first = printer.placed(step.scope, at(before, "pt_a"))
    p = printer.function(added, first, lambda k: printer.law(new, k))
    point = at(items(goal.measure), step.equality.point())
    scope = printer.placed(step.scope, point)
    (density_,) = added.densities
    measurable = step.measurability.real(density_, scope, point)
    A = space(before)
    law = f"(fun pt_a : {A} => {law_fact(step, density_, printer.placed(first, at(added, '_')))})"
    return "draw_beside", f"(fun pt_a : {A} => {p})", f"{measurable} {law}"


def mean_square_integrable(step: At) -> str:
    goal: Any = step.conclusion
    (premise,) = step.step.hypotheses
    over = items(goal.measure)
    body, _ = against_lebesgue(goal.body, goal.measure)
    parts = factors(body)
    squares = [i for i, f in enumerate(parts) if _is_average(f)]
    if not squares:
        raise NotExported("no squared conditional expectation")
    field = parts[squares[0]].args[0]
    average = field.head.definition
    pieces = factors(average.body)
    (ratio,) = (f for f in pieces if isinstance(f, nodes.Ratio))
    values = mul(*(f for f in pieces if f is not ratio))
    others = without(parts, squares[0])
    unfolded: Any = apart(field.head.unfold(field.arguments), {o.var for o in over})
    (shown_ratio,) = (f for f in factors(unfolded.body) if isinstance(f, nodes.Ratio))
    place = next(p for p, f in enumerate(others) if alpha_equal(f, shown_ratio.args[1]))
    found = marginal(step, others[place], over)
    if [i.var for i in found.over] != [i.var for i in over]:
        raise NotExported("Jensen for a marginal that is not drawn last")
    weight = mul(*without(others, place))
    eq, point = step.equality, at(over, "pt0")
    scope = step.printer.placed(step.scope, point)
    hidden = found.hidden
    S_, Z = space(over), space(hidden)
    both = point.with_more(hidden, "pt0")
    inside = Marginal(step, field, tuple(over), hidden)  # the field is an integral over the same
    pair = at(hidden, "pt00").scope
    value = step.printer.term(values, inside.inside({**scope, **pair}))
    f = f"(fun (pt0 : {S_}) (pt00 : {Z}) => {value})"
    w = _lambda(step, over, tree(weight, scope))
    mw = step.measurability.real(weight, scope, point)
    mf = step.measurability.vector(
        values, inside.inside(step.printer.placed(step.scope, both)), inside.at(both)
    )
    # the premise, with the weight apart
    there = step.printer.placed(step.scope, both)
    v = tree(values, inside.inside(there))
    square = Tree("inner", (v, v))
    shape = Tree("product", (tree(weight, there), Tree("product", (found.tree(there), square))))
    known = step.given(premise)
    flat = nested(S_, [factor_space(i) for i in hidden])
    wanted = items(premise.measure)
    joint_term = mul(weight, found.term, nodes.Inner(*[_in_ours(inside, values)] * 2))
    order = matching_order(
        step, mul(*densities(premise.measure), premise.body), wanted, joint_term, [*over, *hidden]
    )
    turned = reordered([factor_space(i) for i in wanted], order)
    if turned is not None:
        known = f"(@Integrable_renaming _ _ _ _ {turned} {step.integrand(premise)} {known})"
    final = [wanted[i] for i in order]
    if flat is not None:
        F = step.function(final, lambda k: step.printer.weighted(premise.measure, premise.body, k))
        known = f"(@Integrable_renaming _ _ _ _ (renaming_sym {flat}) {F} {known})"
    ours = {i.var: both.scope[o.var] for i, o in zip(final, [*over, *hidden], strict=True)}
    here = {**step.scope, **ours}
    source = weighted(premise.measure, tree(premise.body, here), here)
    same = eq.trees(source, shape, constants=True)
    whole = f"({S_}) ⊗ ({Z})"
    F = f"(fun pt0 : {whole} => {eq.text(source)})"
    G = f"(fun pt0 : {whole} => {eq.text(shape)})"
    known = f"(@Integrable_ext ({whole}) {F} {G} (fun pt0 : {whole} => {same}) {known})"
    lemma = (
        f"(@jensen ({S_}) ({Z}) {found.joint} {found.measurable} {found.nonneg} {found.finite} "
        f"d {w} {f} {mw} {mf} {known})"
    )
    u = tree(field, scope)
    m = tree(others[place], scope)
    result = Tree("product", (tree(weight, scope), Tree("product", (m, Tree("inner", (u, u))))))
    target = weighted(goal.measure, tree(goal.body, scope), scope)
    last = eq.trees(result, target)
    F, G = _lambda(step, over, result), step.integrand(goal)
    return f"(@Integrable_ext ({S_}) {F} {G} (fun pt0 : {S_} => {last}) {lemma})"


def _is_average(factor: Any) -> bool:
    """Whether it is the square of a field that is defined as an integral."""
    field = factor.args[0] if isinstance(factor, nodes.Inner) and factor.is_square else None
    return isinstance(field, nodes.Apply) and isinstance(field.head.definition, nodes.IntegralOver)


def _in_ours(m: Marginal, term: Any) -> Any:
    """A part of a definition in our variables, for comparison."""
    values = dict(zip(m.draw.head.params, m.draw.arguments, strict=True))
    for mine, item in zip(items(m.integral.measure), m.hidden, strict=True):
        values[mine.var] = item.var
    return substitute(term, values)
