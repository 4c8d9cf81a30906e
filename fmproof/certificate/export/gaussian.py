"""How steps about Gaussian densities and their laws are proved."""

from __future__ import annotations

from typing import Any

from sympy import S

from fmproof.certificate.export.derivatives import exponent_shape
from fmproof.certificate.export.equality import Tree, chain, leaf, tree, weighted
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.spaces import at
from fmproof.certificate.export.statement import LEBESGUE, NotExported, dimension, items, space
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
    _, m, v = step.printer.parts(_with_point(step.arg(0)), {**step.scope, _drawn(step): "vzero"})
    _require_lebesgue(step)
    return f"(gaussian_mean {LEBESGUE} {m} {v})"


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
    own = Tree("scaled" if vector else "product", (leaf(draw, inside), trees[0])) if vector else (
        Tree("product", (leaf(draw, inside), Tree("inner", tuple(trees))))
    )  # fmt: skip
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


def support_of_draw(step: At) -> str:
    """Where the density is not 0: so for almost every point that it draws."""
    c = step.conclusion
    over, name = items(c.measure), step.equality.point()
    return (
        f"(@ae_all ({space(over)}) {step.almost(c)} "
        f"(fun {name} pt_n pt_e => False_ind _ (pt_n pt_e)))"
    )


def logarithm(step: At) -> str:
    """log exp a = a; log of a product and of a ratio; log 1 = 0."""
    term, eq, s = step.arg(0), step.equality, step.scope
    (a,) = term.args
    rhs = tree(step.conclusion.rhs, s)
    if isinstance(a, nodes.Exp):
        return chain(f"(ln_exp {step.printer.term(a.args[0], s)})", eq.trees(tree(a.args[0], s), rhs))
    if a == 1 or isinstance(a, nodes.Ratio):
        raise NotExported(f"the logarithm {shown(term)}")
    parts = factors(a)
    proof, signs = REFL_OF, step.given(props.Positive(parts[0]))
    done, logs = tree(parts[0], s), leaf(nodes.Log(parts[0]), s)
    proofs: list[str] = []
    for part in parts[1:]:
        sign, here = step.given(props.Positive(part)), tree(part, s)
        texts = f"{eq.text(done)} {eq.text(here)} {signs} {sign}"
        log = leaf(nodes.Log(part), s)
        more = f"(ln_mult {texts})"
        beside = f"(f_equal (fun h : R => h + {eq.text(log)}) {proof})" if proof else ""
        proof = chain(more, beside) if beside else more
        signs = f"(Rmult_lt_0_compat _ _ {signs} {sign})"
        done, logs = Tree("product", (done, here)), Tree("sum", (logs, log))
    proofs.append(f"(f_equal ln {eq.trees(tree(a, s), done)})")
    return chain(*proofs, proof, eq.trees(logs, rhs))


REFL_OF = ""


def _drawn(step: At) -> Any:
    return step.arg(0).arguments[0]


def _with_point(draw: Any) -> Any:
    if not is_gaussian(draw):
        raise NotExported(f"{shown(draw)} is no Gaussian draw")
    return draw


def _require_lebesgue(step: At) -> None:
    if not step.proof.symbols.lebesgue:
        raise NotExported("a Gaussian law for a measure that need not be Lebesgue's")
