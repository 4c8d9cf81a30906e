"""How steps about signs, and about what is not 0, are proved."""

from __future__ import annotations

from typing import Any

from sympy import Rational, S

from fmproof.certificate.export.equality import Tree, chain, product_of, tree
from fmproof.certificate.export.laws import law_density
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.spaces import folded
from fmproof.certificate.export.statement.sorts import NotExported
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add, Mul, Pow, factors
from fmproof.lang.node import is_nonnegative, shown


def nonnegativity(step: At) -> str:
    """0 ≤ a, by the form of a."""
    return step.measurability.nonneg(step.arg(0), step.scope)


def from_difference(step: At) -> str:
    """a ≤ b from 0 ≤ d, where d = b − a by arithmetic."""
    known, c, eq, s = step.use(step.arg(0)), step.conclusion, step.equality, step.scope
    if not isinstance(known.prop, props.AtMost) or known.prop.lhs != 0:
        raise NotExported(f"{shown(known.prop)} is not about a difference")
    told = "forall a b d : R, 0 <= d -> d = b - a -> a <= b"
    lemma = eq.facts.named(told, "intros; lra")
    difference = Tree("difference", (tree(c.rhs, s), tree(c.lhs, s)))
    same = eq.trees(tree(known.prop.rhs, known.scope), difference)
    return f"({lemma} _ _ _ {known.proof} {same})"


def nonzero(step: At) -> str:
    """b = 0 has no case where b > 0."""
    goal: Any = step.arg(0)
    a, b = (step.printer.term(z, step.scope) for z in goal.args)
    return f"(@zero_of_positive {a} {b} {step.given(props.Positive(goal.args[1]))})"


def product_vanishes(step: At) -> str:
    """A product is 0 where a factor is, and so is a/b where a or b is."""
    goal: Any = step.arg(0)
    a, b = goal.args
    if isinstance(b, Rational):
        return "(fun pt_e => False_ind _ (ltac:(lra) pt_e))"
    ratio = isinstance(b, nodes.Ratio)
    parts = b.args if ratio else factors(b)
    proofs = [step.given(props.VanishesWith(a, part)) for part in parts]
    whole = folded("ratio_zero" if ratio else "product_zero", proofs)
    eq = step.equality
    shape = tree(b, step.scope) if ratio else product_of([tree(p, step.scope) for p in parts])
    return f"(fun pt_e => {whole} {chain(eq.trees(shape, tree(b, step.scope)), 'pt_e')})"


def positive(step: At) -> str:
    """Products, ratios and roots of what is > 0; numbers; exp; what is ≥ 0 and not 0."""
    goal, place = step.arg(0), step.arg(1)
    a, printer, s = goal.args[0], step.printer, step.scope
    if isinstance(a, Rational):
        return f"(ltac:(lra) : 0 < {printer.term(a, s)})"
    if a is nodes.pi:
        return "PI_RGT_0"
    if a is nodes.dim:
        raise NotExported("the dimension may be 0 in Coq")
    if isinstance(a, nodes.Apply) and isinstance(a.head, nodes.Gaussian):
        x, m, v = printer.parts(a, s)
        return f"(gaussian_gt0 {x} {m} {v})"
    if isinstance(a, nodes.Exp):
        return f"(exp_pos {printer.term(a.args[0], s)})"
    if isinstance(a, nodes.Ratio):
        above, below = (step.given(props.Positive(part)) for part in a.args)
        return f"(ratio_gt0 {above} {below})"
    if isinstance(a, nodes.Sqrt):
        return f"(sqrt_lt_R0 _ {step.given(props.Positive(a.args[0]))})"
    if isinstance(a, Mul) or (isinstance(a, Pow) and not is_nonnegative(a)):
        return _product(step, a)
    if isinstance(a, Add):
        return _sum(step, a, place)
    if isinstance(a, nodes.Expect):
        conditions = " ".join(step.given(h) for h in step.step.hypotheses)
        return f"(mean_gt0 {law_density(step, a.measure)} {conditions})"
    if not is_nonnegative(a):
        raise NotExported(f"{shown(a)} > 0")
    condition = step.given(props.VanishesWith(S.One, a))
    return f"(positive_of {step.measurability.nonneg(a, s)} {condition})"


def _product(step: At, a: Any) -> str:
    parts, eq = a.args if isinstance(a, Mul) else factors(a), step.equality
    proofs = [step.given(props.Positive(part)) for part in parts]
    whole = folded("Rmult_lt_0_compat _ _", proofs)
    same = eq.trees(product_of([tree(p, step.scope) for p in parts]), tree(a, step.scope))
    return f"(eq_ind _ (fun h => 0 < h) {whole} _ {same})"


def _sum(step: At, a: Any, place: int) -> str:
    """One summand is > 0, the others are ≥ 0."""
    whole, strict = "", False
    for i, part in enumerate(a.args):
        own = i == place
        proof = (
            step.given(props.Positive(part)) if own else step.measurability.nonneg(part, step.scope)
        )
        if not whole:
            whole, strict = proof, own
            continue
        lemma = {
            (True, False): "Rplus_lt_le_0_compat",
            (False, True): "Rplus_le_lt_0_compat",
            (False, False): "Rplus_le_le_0_compat",
        }[strict, own]
        whole, strict = f"({lemma} _ _ {whole} {proof})", strict or own
    return whole


def field(step: At) -> str:
    """Fractions are equal where no denominator is 0."""
    c, s, eq = step.conclusion, step.scope, step.equality
    below: list[Any] = [h.args[1] for h in step.step.hypotheses]
    given = [(tree(b, s), step.given(props.VanishesWith(S.One, b))) for b in below]
    a, b = tree(c.lhs, s), tree(c.rhs, s)
    return eq.trees(a, b, "fields", denominators=given)


__all__ = ["field", "from_difference", "nonnegativity", "nonzero", "positive", "product_vanishes"]
