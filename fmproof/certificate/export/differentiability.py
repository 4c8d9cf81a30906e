"""How steps that something is differentiable are proved."""

from __future__ import annotations

from typing import Any

from fmproof.certificate.export.calculus import dominated_parts
from fmproof.certificate.export.derivatives import Place
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.statement.sorts import NotExported, dimension, domain, type_of
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add, Mul, mul
from fmproof.lang.node import shown
from fmproof.lang.scope import apart, free_vars
from fmproof.lang.sorts import Sort


def differentiable(step: At) -> str:
    """Sums, products, ratios and compositions are differentiable where their parts are."""
    goal: Any = step.arg(0)
    if len(goal.pairs) != 1:
        raise NotExported(f"{shown(goal)} by its parts")
    ((var, at),) = goal.pairs
    if isinstance(goal.body, nodes.Expect) and var.sort is not Sort.REAL:
        inner = apart(goal.body, free_vars(at) | {var})
        parts = dominated_parts(step, inner, var, at)
        return f"(differentiable_of (proj1 (@exchange {domain(var)} {parts})))"
    place = Place(step, var, at)
    if dimension(goal.body) and not place.number:
        return _differentiable_vector(step, place, goal.body)
    if dimension(goal.body):
        proof, slope = place.vector_by_parts(goal.body)
        F, q = step.printer.of_variable(goal, step.scope), step.equality.text(slope)
        return f"(ex_intro (fun q => has_slope d {F} {place.text} q) {q} {proof})"
    proof, slope = place.by_parts(goal.body)
    F, q = step.printer.of_variable(goal, step.scope), step.equality.text(slope)
    if place.number:
        return f"(ex_intro (fun q => derivable_pt_lim {F} {place.text} q) {q} {proof})"
    return f"(@differentiable_of {place.size} {F} {place.text} {q} {proof})"


def _differentiable_vector(step: At, place: Place, body: Any) -> str:
    """Of sums and multiples of vectors, in a vector."""
    var = place.var
    if var not in free_vars(body):
        return f"(differentiable_const {step.printer.vector(body, step.scope)} {place.text})"
    if body == var:
        return f"(differentiable_id {place.text})"
    try:
        return step.given(props.Differentiable(body, var, place.at))
    except NotExported:
        pass
    if isinstance(body, Add):
        *first, last = (_differentiable_vector(step, place, part) for part in body.args)
        for proof in reversed(first):
            last = f"(differentiable_add {proof} {last})"
        return last
    if isinstance(body, Mul):
        (vector,) = (a for a in body.args if dimension(a))
        proof, _ = place.of(mul(*(a for a in body.args if not dimension(a))))
        inner = _differentiable_vector(step, place, vector)
        return f"(differentiable_scaled (differentiable_of {proof}) {inner})"
    raise NotExported(f"that {shown(body)} is differentiable")


def differentiable_equal(step: At) -> str:
    """f is differentiable where g is, and f = g."""
    goal, ((_, source),) = step.arg(0), step.arg(1)
    if len(goal.pairs) != 1:
        raise NotExported("differentiability in several variables of what is equal")
    ((var, at),) = goal.pairs
    other = step.premise(source).conclusion.rhs
    condition = props.Differentiable(other, var, at)
    name = step.proof.symbols.local(var, step.scope)
    same = step.proved(source, props.Equals(goal.body, other), {**step.scope, var: name})
    F, G = (step.printer.of_variable(z, step.scope) for z in (goal, condition))
    target = "vec d" if dimension(goal.body) else "R"
    told = step.printer.prop(goal, step.scope)
    holds = f"(fun pt_f : {type_of(var)} -> {target} => {told.replace(F, 'pt_f')})"
    lam = f"(fun {name} : {type_of(var)} => {same})"
    return (
        f"(@by_function ({type_of(var)}) ({target}) {holds} {F} {G} {lam} {step.given(condition)})"
    )


def fewer_variables(step: At) -> str:
    """What is differentiable in a number and a vector together is so in each."""
    premise, gone = step.arg(0), step.arg(1)
    if len(premise.pairs) != 2:
        raise NotExported("differentiability in more than a number and a vector")
    lemma = "joint_in_space" if gone.sort is Sort.REAL else "joint_in_time"
    return f"({lemma} {step.given(premise)})"


__all__ = ["differentiable", "differentiable_equal", "fewer_variables"]
