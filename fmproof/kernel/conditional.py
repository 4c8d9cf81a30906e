"""Conditional expectations: what characterises them, and their form for densities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Expr

from fmproof.errors import RuleError
from fmproof.kernel.equality import lifted
from fmproof.kernel.integrals import linear_parts
from fmproof.kernel.rule import Equation, require, rule
from fmproof.kernel.theorem import Sequent, infer
from fmproof.lang.arithmetic import add, factors, mul, without
from fmproof.lang.node import Lift, bound_vars, is_one_of, shown, sort_of
from fmproof.lang.nodes import Apply, CondExpect, Expect, Head, Inner, Let, Ratio, Scalar, Var
from fmproof.lang.nodes.measure import Draw, drawn_by, is_density
from fmproof.lang.props import Almost, Equals, Integrable, Prop
from fmproof.lang.scope import alpha_equal, free_vars, substitute
from fmproof.lang.sorts import Sort

_CONDITIONAL = "Kallenberg, Foundations of Modern Probability, theorem 8.1"
_SQUARE = 2


def _averaged(
    body: Expr, places: Sequence[int], side: int
) -> tuple[Expr, tuple[Expr, ...], Callable[[Expr], Expr]]:
    """``(f, others, put)``: what is averaged, what multiplies it, the body with another f.

    ``places`` are the factors that f takes part in. They are f itself (side −1); or the first is
    an inner product with f on one side (0, 1); or they are ‖f‖² or f·f (side 2).
    """
    parts = factors(body)
    if not places or len(set(places)) != len(places) or not set(places) <= set(range(len(parts))):
        raise RuleError(f"conditional expectation: {list(places)} are not factors of {shown(body)}")
    kept = without(parts, *places)
    first, *rest = [parts[place] for place in places]
    if side == -1:
        return mul(first, *rest), kept, lambda f: mul(*kept, f)
    if side in (0, 1) and type(first) is Inner:
        other = first.args[1 - side]
        f = mul(*rest, first.args[side])
        return f, (*kept, other), lambda f: mul(*kept, Inner(other, f))
    if side == _SQUARE and type(first) is Inner and first.args[0] == first.args[1] and not rest:
        return first.args[0], kept, lambda f: mul(*kept, Inner(f, f))
    if side == _SQUARE and rest == [first] and sort_of(first) is Sort.REAL:
        return first, kept, lambda f: mul(*kept, f, f)
    raise RuleError("conditional expectation: no such factors of %s", body)


def _mean(
    node: Any, given: tuple[Var, ...], split: int, f: Expr, others: tuple[Expr, ...]
) -> tuple[Any, Prop]:
    """E[f | given] under the draws of ``node`` from ``split`` on, and its condition.

    The other factors must be functions of what is given and of the draws before.
    """
    outer, inner = node.measure[:split], node.measure[split:]
    if not (0 <= split < len(node.measure)) or not all(is_one_of(item, _DRAWS) for item in inner):
        raise RuleError(f"conditional expectation: no law after {split} draws in {shown(node)}")
    hidden = {var for item in inner for var in drawn_by(item)}.difference(given)
    for other in others:
        if hidden & free_vars(other):
            raise RuleError("conditional expectation: %s is no function of the given", other)
    condition: Prop = Integrable(f, *inner)
    if {var for item in outer for var in drawn_by(item)} & free_vars(condition):
        condition = Almost(condition, *outer)
    return CondExpect(f, [(var, var) for var in given], *inner), condition


_DRAWS = (Apply, Let)


@rule("K1", _CONDITIONAL)
def pull_out(
    term: Expect, given: tuple[Var, ...], split: int, places: Sequence[int], side: int
) -> Sequent:
    """{f, k·f integrable} ⊢ E[k·f] = E[k·E[f|X]], and E[⟨a, f⟩] = E[⟨a, E[f|X]⟩], where k and a
    are functions of X.

    The draws before ``split`` are held fixed in E[f|X]; k and a may depend on them, too.
    """
    require(side != _SQUARE, "pull-out", "no square", term)
    f, others, put = _averaged(term.body, places, side)
    mean, condition = _mean(term, given, split, f, others)
    result = Expect(put(mean), *term.measure)
    return infer(Equals(term, result), condition, Integrable(term.body, *term.measure))


@rule("K2", "Jensen; Kallenberg, Foundations of Modern Probability, theorem 8.1 and lemma 4.5")
def contraction(
    premise: Integrable, given: tuple[Var, ...], split: int, places: Sequence[int], side: int
) -> Sequent:
    """{k·f integrable} ⊢ k·E[f|X] integrable; the same with ⟨a, f⟩, ‖f‖² and f², where k and a are
    functions of X.

    Where f itself is not integrable, E[f|X] is 0.
    """
    f, others, put = _averaged(premise.body, places, side)
    mean, _ = _mean(premise, given, split, f, others)
    return infer(Integrable(put(mean), *premise.measure), premise)


@rule("K3", _CONDITIONAL)
def take_out(term: CondExpect, places: Sequence[int], side: int) -> Sequent:
    """{f, k·f integrable} ⊢ E[k·f|X] = k·E[f|X] and E[⟨a, f⟩|X] = ⟨a, E[f|X]⟩ almost surely, where
    k and a are functions of X; E[k|X] = k with no ``places``.
    """
    require(side != _SQUARE, "take out", "no square", term)
    given = tuple(item.var for item in term.given)
    if not places:
        whole, condition = _mean(term, given, 0, term.body, (term.body,))
        return infer(Almost(Equals(whole, term.body), *term.measure), condition)
    f, others, put = _averaged(term.body, places, side)
    mean, condition = _mean(term, given, 0, f, others)
    whole, integrable = _mean(term, given, 0, term.body, ())
    return infer(Almost(Equals(whole, put(mean)), *term.measure), condition, integrable)


@rule("K4", _CONDITIONAL)
def conditional_linearity(term: CondExpect) -> Sequent:
    """{each fᵢ integrable} ⊢ E[Σ cᵢ fᵢ|X] = Σ cᵢ E[fᵢ|X] almost surely, for constants cᵢ."""
    given = tuple(item.var for item in term.given)
    whole, _ = _mean(term, given, 0, term.body, ())
    constants, parts = zip(*linear_parts(term.body, bound_vars(term)), strict=True)
    means, conditions = zip(*(_mean(term, given, 0, f, ()) for f in parts), strict=True)
    result = add(*map(mul, constants, means))
    return infer(Almost(Equals(whole, result), *term.measure), *conditions)


@rule("K5", "Bayes; Kallenberg, Foundations of Modern Probability, theorem 8.5")
def bayes(term: CondExpect, marginal: Equation) -> Sequent:
    """From ⊢ m(x) = E_z[k(x|z)]: {f integrable} ⊢ E[f|X = x] = E_z[f·k(x|z)/m(x)] for almost every
    x, where x is drawn last, from the density k.
    """
    *law, k = term.measure
    given = tuple(item.var for item in term.given)
    fits = law and is_density(k) and set(given) == set(drawn_by(k))
    require(bool(fits), "Bayes", "E[f|X = x] where x is drawn last, from a density", term)
    if not alpha_equal(marginal.rhs, Expect(k, *law)):
        raise RuleError("Bayes: %s is not the marginal of %s", marginal.conclusion, k)
    whole, condition = _mean(term, given, 0, term.body, ())
    result = Expect(mul(term.body, Ratio(k, marginal.lhs)), *law)
    hypotheses = (lifted(h, term, Lift.ALMOST) for h in marginal.hypotheses)
    return infer(Almost(Equals(whole, result), *term.measure), condition, *hypotheses)


# --- equal laws ---------------------------------------------------------------------------


def _equal_laws(theorem: Any, head: Head) -> tuple[Any, Any]:
    """The two expectations of a theorem that holds for every function ``head`` in them.

    Then what the function is applied to has the same joint law on both sides.
    """
    sides = (theorem.lhs, theorem.rhs)
    for side in sides:
        fits = type(side) is Expect and type(side.body) is Apply and side.body.head == head
        require(fits, "equal laws", f"an expectation of {head.name}(…)", side)
        inside = (*side.body.arguments, *side.measure)
        if any(_mentions(part, head) for part in inside):
            raise RuleError(f"equal laws: {head.name} is used twice in {shown(side)}")
    if type(head) is not Scalar or head.definition is not None:
        raise RuleError(f"equal laws: {head.name} is not an arbitrary real function")
    for hypothesis in theorem.hypotheses:
        if _mentions(hypothesis, head):
            raise RuleError(f"equal laws: {shown(hypothesis)} restricts {head.name}")
    return sides


def _mentions(node: Any, head: Head) -> bool:
    if node == head:
        return True
    inside = type(node) is Apply and node.head.definition
    return any(_mentions(arg, head) for arg in (*node.args, *((inside,) if inside else ())))


def _drawn_arguments(side: Any, count: int) -> tuple[Var, ...]:
    """The first arguments of the function, if they are different drawn variables."""
    variables = side.body.arguments[:count]
    if not set(variables) <= set(bound_vars(side)) or len(set(variables)) != len(variables):
        raise RuleError("equal laws: expected drawn variables in %s", side.body)
    return tuple(variables)


@rule("K6", "a version is chosen by the joint law of X and f")
def same_conditional(theorem: Equation, head: Head, given: tuple[Var, ...]) -> Sequent:
    """From ⊢ E[h(X, f)] = E[h(Y, g)] for every function h: ⊢ E[f|X = x] = E[g|Y = x]."""
    sides = _equal_laws(theorem, head)
    means = []
    for side in sides:
        if len(side.body.arguments) != len(given) + 1:
            raise RuleError(f"equal laws: expected {len(given)} given values in {shown(side.body)}")
        variables = _drawn_arguments(side, len(given))
        pairs = list(zip(variables, given, strict=True))
        means.append(CondExpect(side.body.arguments[-1], pairs, *side.measure))
    return infer(Equals(*means), after=(theorem,))


@rule("K7", "Kallenberg, Foundations of Modern Probability, lemma 1.22: change of variables")
def transfer(prop: Prop, law: Equation, head: Head) -> Sequent:
    """From ⊢ E[h(X)] = E[h(Y)] for every function h: {P(Y) almost surely} ⊢ P(X) almost surely,
    and {F(Y) integrable} ⊢ F(X) integrable.
    """
    node: Any = prop
    first, second = _equal_laws(law, head)
    fits = is_one_of(node, (Almost, Integrable))
    require(fits, "transfer", "an integrability or almost sure statement", prop)
    if not alpha_equal(Expect(first.body, *node.measure), first):
        raise RuleError("transfer: %s is not under the law of %s", prop, first)
    variables = _drawn_arguments(Expect(first.body, *node.measure), len(first.body.arguments))
    if free_vars(node.body) & set(bound_vars(node)).difference(variables):
        raise RuleError("transfer: %s is about more than %s", prop, first.body)
    values = dict(zip(variables, second.body.arguments, strict=True))
    stray = set(bound_vars(second)) & free_vars(node.body).difference(variables)
    if stray:
        raise RuleError(f"transfer: rename {min(v.name for v in stray)} first")
    premise = type(node)(substitute(node.body, values), *second.measure)
    return infer(prop, premise, after=(law,))


@rule("K8", "X = a almost surely under a point mass at a")
def draw_equation(measure: Sequence[Draw], place: int) -> Sequent:
    """⊢ x = a almost surely, under a law with the deterministic draw x := a."""
    there = 0 <= place < len(measure)
    item: Any = measure[place if there else 0]
    require(there and type(item) is Let, "draw", f"a deterministic draw at {place}", item)
    return infer(Almost(Equals(item.var, item.value), *measure))
