"""Conditional expectations: what characterises them, and their form for densities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, S

from fmproof.errors import RuleError
from fmproof.kernel.algebra import paired
from fmproof.kernel.almost import over
from fmproof.kernel.integrals import linear_parts
from fmproof.kernel.rule import Equation, require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, mul
from fmproof.lang.node import bound_vars, is_one_of
from fmproof.lang.nodes import Apply, CondExpect, Expect, Head, Let, Ratio, Scalar, Var
from fmproof.lang.nodes.measure import Draw, drawn_by, is_density
from fmproof.lang.props import Almost, Equals, Integrable, Prop
from fmproof.lang.scope import alpha_equal, apart, free_vars, replace_head, substitute

_CONDITIONAL = "Kallenberg, Foundations of Modern Probability, theorem 8.1"
_JENSEN = "Jensen; Kallenberg, Foundations of Modern Probability, theorem 8.1 and lemma 4.5"


def _mean(
    f: Expr, k: Expr, given: tuple[Var, ...], measure: Sequence[Any], split: int
) -> tuple[Any, Prop]:
    """E[f | given] under the draws from ``split`` on, and its condition.

    What multiplies f must be a function of what is given and of the draws before.
    """
    outer, inner = measure[:split], measure[split:]
    if not (0 <= split < len(measure)) or not all(is_one_of(item, (Apply, Let)) for item in inner):
        raise RuleError(f"conditional expectation: no law after {split} of {len(measure)} draws")
    hidden = {var for item in inner for var in drawn_by(item)}.difference(given)
    if hidden & free_vars(k):
        raise RuleError("conditional expectation: %s is no function of the given", k)
    return CondExpect(f, [(var, var) for var in given], *inner), over(outer, Integrable(f, *inner))


@rule("K1", _CONDITIONAL)
def pull_out(
    k: Expr, f: Expr, given: tuple[Var, ...], measure: Sequence[Draw], split: int
) -> Sequent:
    """{f, k·f integrable} ⊢ E[k·f] = E[k·E[f|X]], where k is a function of X; of two vectors k·f is
    ⟨k, f⟩.

    The draws before ``split`` are held fixed in E[f|X]; k may depend on them, too. There f must be
    integrable under the others for almost every value of these, and k·f under all.
    """
    mean, condition = _mean(f, k, given, measure, split)
    term, result = (Expect(paired(k, part), *measure) for part in (f, mean))
    return infer(Equals(term, result), condition, Integrable(paired(k, f), *measure))


@rule("K2", _JENSEN)
def contraction(
    k: Expr, f: Expr, given: tuple[Var, ...], measure: Sequence[Draw], split: int
) -> Sequent:
    """{k·f integrable} ⊢ k·E[f|X] integrable, where k is a function of X; of two vectors k·f is
    ⟨k, f⟩.

    Where f itself is not integrable, E[f|X] is 0. The draws before ``split`` are held fixed in it.
    """
    mean, _ = _mean(f, k, given, measure, split)
    known, result = (Integrable(paired(k, part), *measure) for part in (f, mean))
    return infer(result, known)


@rule("K2", _JENSEN)
def contraction_of_square(
    k: Expr, f: Expr, given: tuple[Var, ...], measure: Sequence[Draw], split: int
) -> Sequent:
    """{k·f² integrable} ⊢ k·E[f|X]² integrable, where k is a function of X; f² may be ‖f‖². The
    draws before ``split`` are held fixed in E[f|X].
    """
    mean, _ = _mean(f, k, given, measure, split)
    square, result = (Integrable(mul(k, paired(part, part)), *measure) for part in (f, mean))
    return infer(result, square)


@rule("K3", _CONDITIONAL)
def take_out(k: Expr, f: Expr, given: tuple[Var, ...], measure: Sequence[Draw]) -> Sequent:
    """{f, k·f integrable} ⊢ E[k·f|X] = k·E[f|X] almost surely, where k is a function of X; of two
    vectors k·f is ⟨k, f⟩; {k integrable} ⊢ E[k|X] = k almost surely.
    """
    whole, finite = _mean(paired(k, f), S.One, given, measure, 0)
    mean, condition = _mean(f, k, given, measure, 0)
    result, needed = (k, ()) if f is S.One else (paired(k, mean), (condition,))
    return infer(Almost(Equals(whole, result), *measure), *needed, finite)


@rule("K4", _CONDITIONAL)
def conditional_linearity(term: CondExpect) -> Sequent:
    """{each fᵢ integrable} ⊢ E[Σ cᵢ fᵢ|X] = Σ cᵢ E[fᵢ|X] almost surely, for cᵢ free of all draws.

    It is about the value at X itself, whatever the place of the given term is.
    """
    given = tuple(item.var for item in term.given)
    whole, _ = _mean(term.body, S.One, given, term.measure, 0)
    constants, parts = zip(*linear_parts(term.body, bound_vars(term)), strict=True)
    means, conditions = zip(*(_mean(f, S.One, given, term.measure, 0) for f in parts), strict=True)
    result = add(*map(mul, constants, means))
    if alpha_equal(result, whole):
        raise RuleError("conditional linearity: nothing to separate in %s", term)
    return infer(Almost(Equals(whole, result), *term.measure), *conditions)


@rule("K5", "Bayes; Kallenberg, Foundations of Modern Probability, theorem 8.5")
def bayes(term: CondExpect, marginal: Equation) -> Sequent:
    """From ⊢ m(x) = E_z[k(x|z)]: {f integrable} ⊢ E[f|X = x] = E_z[f·k(x|z)/m(x)] almost surely,
    where X is all that is drawn last, from the density k, and z all before. What the equation
    assumes is needed almost surely.

    It is about the value at X itself, whatever the place of the given term is.
    """
    *law, k = term.measure
    given = tuple(item.var for item in term.given)
    fits = law and is_density(k) and set(given) == set(drawn_by(k))
    require(bool(fits), "Bayes", "E[f|X = x] where x is drawn last, from a density", term)
    if not alpha_equal(marginal.rhs, Expect(k, *law)):
        raise RuleError("Bayes: %s is not the marginal of %s", marginal.conclusion, k)
    whole, condition = _mean(term.body, S.One, given, term.measure, 0)
    result = Expect(mul(term.body, Ratio(k, marginal.lhs)), *law)
    hypotheses = (over(term.measure, h) for h in marginal.hypotheses)
    return infer(Almost(Equals(whole, result), *term.measure), condition, *hypotheses)


# --- equal laws ---------------------------------------------------------------------------


@rule("K7", "Kallenberg, Foundations of Modern Probability, lemma 1.22: change of variables")
def transfer(prop: Prop, law: Equation, head: Head) -> Sequent:
    """From ⊢ E[h(X)] = E[h(Y)] for every function h: {P(Y) almost surely} ⊢ P(X) almost surely,
    and {F(Y) integrable} ⊢ F(X) integrable, for different drawn variables X, where P and F are
    about no other draw.

    Where the equation holds for every h, and h is nowhere else in it, X and Y have the same law.
    """
    node: Any = prop
    if type(head) is not Scalar or head.definition is not None:
        raise RuleError(f"equal laws: {head.name} is not an arbitrary real function")
    first, second, elsewhere = law.lhs, law.rhs, [*law.hypotheses]
    for side in (first, second):
        fits = type(side) is Expect and type(side.body) is Apply and side.body.head == head
        require(fits, "equal laws", f"an expectation of {head.name}(…)", side)
        elsewhere += [*side.body.arguments, *side.measure]
    for part in elsewhere:
        if replace_head(part, head, head.params, S.Zero) != part:
            raise RuleError("equal laws: %s restricts %s", part, head.name)
    fits = is_one_of(node, (Almost, Integrable))
    require(fits, "transfer", "an integrability or almost sure statement", prop)
    if not alpha_equal(Expect(first.body, *node.measure), first):
        raise RuleError("transfer: %s is not under the law of %s", prop, first)
    variables, drawn = first.body.arguments, set(bound_vars(node))
    if not set(variables) <= drawn or len(set(variables)) != len(variables):
        raise RuleError("equal laws: expected drawn variables in %s", first.body)
    if free_vars(node.body) & drawn.difference(variables):
        raise RuleError("transfer: %s is about more than %s", prop, first.body)
    second = apart(second, free_vars(node.body).difference(variables))
    values = dict(zip(variables, second.body.arguments, strict=True))
    premise = type(node)(substitute(node.body, values), *second.measure)
    return infer(prop, premise, after=(law,))
