"""Equality: the rules that hold in any language with binders, definitions and a ring."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sympy import Add, Basic, Expr, Mul, expand_mul

from fmproof.errors import RuleError
from fmproof.kernel.theorem import Theorem, _theorem, require_equation, require_theorem
from fmproof.lang.binders import ArgMin, Expect, Grad, IntegralOver, OverMeasure, bound_vars
from fmproof.lang.heads import Density, Head, Scalar, conditions
from fmproof.lang.props import Almost, AtMost, Equals, ForAll, Prop
from fmproof.lang.scope import alpha_equal, canon, free_vars, replace_head, substitute
from fmproof.lang.sorts import sort_of
from fmproof.lang.terms import Apply, Inner, Named, Ratio, Var
from fmproof.lang.text import text


def reflexivity(term: Expr) -> Theorem:
    """⊢ a = a."""
    sort_of(term)
    return _theorem(Equals(term, term))


def symmetry(theorem: Theorem) -> Theorem:
    """From ⊢ a = b: ⊢ b = a."""
    equation = require_equation(theorem, "symmetry")
    return _theorem(Equals(equation.rhs, equation.lhs), after=(theorem,))


def transitivity(first: Theorem, second: Theorem) -> Theorem:
    """From ⊢ a ≤ b and ⊢ b ≤ c: ⊢ a ≤ c; either may be an equation, both make an equation."""
    for theorem in (
        require_theorem(first, "transitivity"),
        require_theorem(second, "transitivity"),
    ):
        if not isinstance(theorem.conclusion, Equals | AtMost):
            raise RuleError(f"transitivity: expected = or ≤, found {text(theorem.conclusion)}")
    if not alpha_equal(first.rhs, second.lhs):
        raise RuleError(
            f"transitivity: the first ends in {text(first.rhs)}, the second begins with "
            f"{text(second.lhs)}"
        )
    both = isinstance(first.conclusion, Equals) and isinstance(second.conclusion, Equals)
    relation = Equals if both else AtMost
    return _theorem(relation(first.lhs, second.rhs), after=(first, second))


def congruence(node: Expr, parts: Mapping[int, Theorem]) -> Theorem:
    """From ⊢ aᵢ = bᵢ for some arguments aᵢ of a term: ⊢ the term = the term with bᵢ for aᵢ.

    Under a binder the bound variable becomes part of the context: a hypothesis about it must
    then hold for almost every value (integrals, expectations) or for every value (gradients,
    minimisers), and stands so in the result. Laws, ranges and names are not rewritten.
    """
    for place, theorem in parts.items():
        equation = require_equation(theorem, "congruence")
        if not 0 <= place < len(node.args) or not alpha_equal(node.args[place], equation.lhs):
            raise RuleError(
                f"congruence: {text(equation.lhs)} is not argument {place} of {text(node)}"
            )
    bound = frozenset(bound_vars(node))
    allowed: tuple[int, ...]
    if isinstance(node, IntegralOver | Expect | Grad | ArgMin):
        allowed = (0,)
    elif isinstance(node, Apply):
        allowed = tuple(range(1, len(node.args)))
    elif isinstance(node, Add | Mul | Inner | Ratio) or node.is_Pow:
        allowed = tuple(range(len(node.args)))
    else:
        allowed = ()
    if not set(parts) <= set(allowed):
        raise RuleError(f"congruence: cannot rewrite inside {text(node)} at {sorted(parts)}")
    args = [parts[i].rhs if i in parts else arg for i, arg in enumerate(node.args)]
    result = Equals(node, node.func(*args))
    if not bound:
        return _theorem(result, after=tuple(parts.values()))
    hypotheses = [h for theorem in parts.values() for h in theorem.hypotheses]
    return _theorem(result, *(_lift(h, node, bound) for h in hypotheses))


def _lift(prop: Prop, node: Basic, bound: frozenset[Var]) -> Prop:
    """``prop``, quantified over the variables that ``node`` binds as far as they occur."""
    if not bound & free_vars(prop):
        return prop
    if isinstance(node, OverMeasure):
        return Almost(prop, *node.measure)
    return ForAll(prop, node.var)


def unfold(term: Expr) -> Theorem:
    """⊢ f(a) = its definition at a; ⊢ C = what the name C stands for."""
    if isinstance(term, Named):
        return _theorem(Equals(term, term.definition))
    if isinstance(term, Apply) and term.head.definition is not None:
        return _theorem(Equals(term, term.head.unfold(term.arguments)))
    raise RuleError(f"definition: {text(term)} has no definition to unfold")


@lru_cache(maxsize=50_000)
def ring_normal(term: Expr) -> Expr:
    """Sums of products, with a ratio a/b written a·(1/b); nothing else is moved."""
    if not term.args:
        return term
    if isinstance(term, Ratio):
        a, b = (ring_normal(arg) for arg in term.args)
        return expand_mul(Mul(a, Ratio(1, b)))
    if isinstance(term, Add | Mul) or term.is_Pow:
        return term.func(*(ring_normal(arg) for arg in term.args)).expand(
            deep=False, basic=False, mul=True, multinomial=True, power_base=False,
            power_exp=False, log=False,
        )  # fmt: skip
    if isinstance(term, IntegralOver | Expect | Grad | ArgMin):
        return term.func(ring_normal(term.args[0]), *term.args[1:])
    if isinstance(term, Inner):
        return term.func(*(ring_normal(arg) for arg in term.args))
    if isinstance(term, Apply):
        return term.func(term.head, *(ring_normal(arg) for arg in term.arguments))
    return term


def ring(lhs: Expr, rhs: Expr) -> Theorem:
    """⊢ a = b when both are the same polynomial: addition, multiplication, distribution."""
    a, b = canon(ring_normal(canon(lhs))), canon(ring_normal(canon(rhs)))
    if a != b and canon(ring_normal(a)) != canon(ring_normal(b)):
        raise RuleError(f"ring: {text(lhs)} and {text(rhs)} are not equal by arithmetic alone")
    return _theorem(Equals(lhs, rhs))


def instantiate(theorem: Theorem, values: Mapping[Var, Expr]) -> Theorem:
    """From A(x) ⊢ P(x): A(s) ⊢ P(s)."""
    require_theorem(theorem, "instantiate")
    hypotheses = [substitute(h, values) for h in theorem.hypotheses]
    return _theorem(substitute(theorem.conclusion, values), *hypotheses)


def specialise(theorem: Theorem, value: Expr) -> Theorem:
    """From ⊢ P(θ) for every θ: ⊢ P(s)."""
    prop = require_theorem(theorem, "specialise").conclusion
    if not isinstance(prop, ForAll):
        raise RuleError(f"specialise: expected 'for every', found {text(prop)}")
    return _theorem(substitute(prop.body, {prop.var: value}), after=(theorem,))


def generalise(theorem: Theorem, var: Var) -> Theorem:
    """From A ⊢ P: A' ⊢ P for every x, where hypotheses that mention x are required for every x."""
    require_theorem(theorem, "generalise")
    hypotheses = [ForAll(h, var) if var in free_vars(h) else h for h in theorem.hypotheses]
    return _theorem(ForAll(theorem.conclusion, var), *hypotheses)


def instantiate_head(theorem: Theorem, head: Head, params: tuple[Var, ...], body: Expr) -> Theorem:
    """From A(f) ⊢ P(f) for a symbol f: the same for f := body, in definitions too.

    A density may become a density that draws the same variables over the same ranges, a
    function declared ≥ 0 must stay so, a symbol with a definition stays what it is.
    """
    require_theorem(theorem, "instance")
    if head.definition is not None:
        raise RuleError(f"instance: {head.name} has a definition and cannot be replaced")
    if isinstance(head, Density):
        _check_density_instance(head, params, body)
    elif isinstance(head, Scalar) and head.nonneg:
        from fmproof.kernel.order import is_nonnegative

        if not is_nonnegative(body):
            raise RuleError(f"instance: {head.name} ≥ 0 is declared, {text(body)} ≥ 0 is not clear")
    hypotheses = [replace_head(h, head, params, body) for h in theorem.hypotheses]
    return _theorem(replace_head(theorem.conclusion, head, params, body), *hypotheses)


def _check_density_instance(head: Density, params: tuple[Var, ...], body: Any) -> None:
    start = len(head.sub) + len(head.sup)
    own = params[start : start + len(head.main)]
    fits = isinstance(body, Apply) and isinstance(body.head, Density)
    if fits:
        ranges = [item.args[1:] for item in head.over]
        fits = (
            body.head.drawn(body) == own
            and not conditions(body) & set(own)
            and [item.args[1:] for item in body.head.over] == ranges
        )
    if not fits:
        raise RuleError(
            f"instance: the density {head.name} can become a density of the same variables "
            f"over the same ranges, found {text(body)}"
        )
