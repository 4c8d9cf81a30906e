"""Equality: the rules that hold in any language with binders and definitions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from sympy import Expr

from fmproof.errors import RuleError
from fmproof.kernel.rule import Equation, require, rule
from fmproof.kernel.theorem import Sequent, Theorem, infer
from fmproof.lang.node import (
    Lift,
    bound_vars,
    declaration,
    is_nonnegative,
    is_one_of,
    rebuilt,
    shown,
)
from fmproof.lang.nodes import Apply, Gaussian, Head, Named, Var
from fmproof.lang.nodes.measure import is_density, parents_of
from fmproof.lang.props import Almost, AtMost, Equals, ForAll, Prop
from fmproof.lang.scope import alpha_equal, free_vars, replace_head, substitute

_EQUALITY = "equational logic, e.g. Baader & Nipkow, Term Rewriting and All That, section 3.1"
QUANTIFIERS = "first-order logic, e.g. Enderton, A Mathematical Introduction to Logic, section 2.4"


@rule("E7", _EQUALITY)
def symmetry(theorem: Equation) -> Sequent:
    """From ⊢ a = b: ⊢ b = a."""
    return infer(Equals(theorem.rhs, theorem.lhs), after=(theorem,))


@rule("E7", _EQUALITY)
def transitivity(first: Theorem, second: Theorem) -> Sequent:
    """From ⊢ a ≤ b and ⊢ b ≤ c: ⊢ a ≤ c; either may be an equation, both make an equation."""
    for theorem in (first, second):
        prop = theorem.conclusion
        require(is_one_of(prop, (Equals, AtMost)), "transitivity", "= or ≤", prop)
    if not alpha_equal(first.rhs, second.lhs):
        raise RuleError(
            "transitivity: the first ends in %s, the second begins with %s", first.rhs, second.lhs
        )
    both = type(first.conclusion) is Equals and type(second.conclusion) is Equals
    relation = Equals if both else AtMost
    return infer(relation(first.lhs, second.rhs), after=(first, second))


@rule("E6", "Leibniz's law; Folland, Real Analysis, section 2.3")
def congruence(node: Expr, parts: Mapping[int, Equation]) -> Sequent:
    """From ⊢ aᵢ = bᵢ for some arguments aᵢ of a term: ⊢ the term = the term with bᵢ for aᵢ.

    Under a binder the bound variable becomes part of the context: a hypothesis about it must
    then hold for almost every value (integrals, expectations) or for every value (gradients,
    minimisers), and stands so in the result. Laws, ranges and names are not rewritten.
    """
    other, hypotheses = _rewritten(node, parts, "congruence")
    return infer(Equals(node, other), *hypotheses)


@rule("C13", "Leibniz's law; Folland, Real Analysis, proposition 2.23")
def equal_sides(goal: Prop, parts: Mapping[int, Equation]) -> Sequent:
    """From ⊢ a = b: {P(b)} ⊢ P(a), for a proposition P about the values of terms, and that a
    function is integrable or differentiable; what the equation needs holds as for congruence.
    """
    other, hypotheses = _rewritten(goal, parts, "equal sides")
    return infer(goal, other, *hypotheses)


def _rewritten(node: Any, parts: Mapping[int, Equation], name: str) -> tuple[Any, list[Prop]]:
    """``node`` with the right sides of the equations, and what they need there."""
    places, args = declaration(node).places(node), list(node.args)
    hypotheses: list[Prop] = []
    for place, theorem in parts.items():
        if place not in places:
            raise RuleError("%s: cannot rewrite inside %s at %s", name, node, str(place))
        if not alpha_equal(args[place], theorem.lhs):
            raise RuleError("%s: %s is not argument %s of %s", name, theorem.lhs, str(place), node)
        args[place] = theorem.rhs
        hypotheses.extend(lifted(h, node, places[place]) for h in theorem.hypotheses)
    return rebuilt(node, *args), hypotheses


def lifted(prop: Prop, node: Any, lift: Lift) -> Prop:
    """``prop``, quantified over the variables that ``node`` binds as far as they occur.

    A place where an equation is needed at the same values lies outside what the node binds.
    """
    met = [var for var in bound_vars(node) if var in free_vars(prop)]
    if lift is Lift.HERE or not met:
        return prop
    return Almost(prop, *node.measure) if lift is Lift.ALMOST else reduce(ForAll, met, prop)


@rule("E1", _EQUALITY)
def unfold(term: Expr) -> Sequent:
    """⊢ f(a) = its definition at a; ⊢ C = what the name C stands for."""
    if type(term) is Named:
        return infer(Equals(term, term.definition))
    if type(term) is Apply and term.head.definition is not None:
        return infer(Equals(term, term.head.unfold(term.arguments)))
    raise RuleError("definition: %s has no definition to unfold", term)


@rule("E4", QUANTIFIERS)
def instantiate(theorem: Theorem, values: Mapping[Var, Expr]) -> Sequent:
    """From A(x) ⊢ P(x): A(s) ⊢ P(s)."""
    hypotheses = (substitute(h, values) for h in theorem.hypotheses)
    return infer(substitute(theorem.conclusion, values), *hypotheses)


@rule("E9", QUANTIFIERS)
def specialise(theorem: Theorem, value: Expr) -> Sequent:
    """From ⊢ P(θ) for every θ: ⊢ P(s)."""
    prop: Any = theorem.conclusion
    require(type(prop) is ForAll, "specialise", "'for every'", prop)
    return infer(substitute(prop.body, {prop.var: value}), after=(theorem,))


@rule("E9", QUANTIFIERS)
def generalise(theorem: Theorem, var: Var) -> Sequent:
    """From A ⊢ P: A' ⊢ P for every x, where hypotheses that mention x are required for every x."""
    hypotheses = (ForAll(h, var) if var in free_vars(h) else h for h in theorem.hypotheses)
    return infer(ForAll(theorem.conclusion, var), *hypotheses)


@rule("E4", "a theorem holds in every interpretation of its symbols")
def instantiate_head(theorem: Theorem, head: Head, params: tuple[Var, ...], body: Expr) -> Sequent:
    """From A(f) ⊢ P(f) for a symbol f: the same for f := body, in definitions too.

    A density or law may become a density that draws the same variables over the same ranges and
    is not given them; a function declared ≥ 0 must stay so; a symbol with a definition stays what
    it is, and so does N. The body mentions no variable but the parameters, which are different.
    """
    if head.definition is not None or type(head) is Gaussian:
        raise RuleError(f"instance: {head.name} has a definition and cannot be replaced")
    if head.draws:
        _require_density(head, params, body)
    elif head.nonneg and not is_nonnegative(body):
        raise RuleError(f"instance: {head.name} ≥ 0 is declared, {shown(body)} ≥ 0 is not clear")
    hypotheses = (replace_head(h, head, params, body) for h in theorem.hypotheses)
    return infer(replace_head(theorem.conclusion, head, params, body), *hypotheses)


def _require_density(head: Any, params: tuple[Var, ...], body: Any) -> None:
    start = len(head.sub) + len(head.sup)
    own = params[start : start + len(head.main)]
    fits = is_density(body) and (
        body.head.drawn(body) == own
        and not parents_of(body) & set(own)
        and [item.range for item in body.head.over] == [item.range for item in head.over]
    )
    wanted = f"a density of the same variables over the same ranges for {head.name}"
    require(fits, "instance", wanted, body)
