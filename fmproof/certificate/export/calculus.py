"""How steps about gradients and minimisers are proved."""

from __future__ import annotations

from typing import Any

from sympy import S

from fmproof.certificate.export.derivatives import Place
from fmproof.certificate.export.equality import Tree, chain, leaf, slope_function, tree
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.spaces import at
from fmproof.certificate.export.statement.sorts import (
    LEBESGUE,
    NotExported,
    densities,
    dimension,
    domain,
    items,
    space,
    type_of,
)
from fmproof.kernel.integrals import linear_parts
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Mul, add, mul
from fmproof.lang.node import shown
from fmproof.lang.scope import apart, free_vars
from fmproof.lang.sorts import Sort


def derivative(step: At) -> str:
    """Of c f + k, for c and k free of the variable, with no condition; of others by their parts."""
    node: Any = step.arg(0)
    parts = linear_parts(node.body, (node.var,))
    moving = [(c, f) for c, f in parts if f is not S.One]
    if len(moving) == 1 and moving[0][1] != node.body:
        affine = _affine_vector if dimension(node.body) else _affine
        return affine(step, parts, *moving[0])
    return (_divergence if isinstance(node, nodes.Div) else _by_parts)(step)


def _affine_vector(step: At, parts: Any, c: Any, f: Any) -> str:
    """div (c F + m) = c div F, and ∂(f c + m) = (∂f) c."""
    node: Any = step.arg(0)
    divergence = isinstance(node, nodes.Div)
    if bool(dimension(c)) is divergence:
        raise NotExported(f"the derivative {shown(node)}")
    rest, eq, s = add(*(c for c, f in parts if f is S.One)), step.equality, step.scope
    name, inner = _bound(step, node.var)
    write = step.printer.vector if divergence else step.printer.term
    at = write(node.at, s)
    number, vector = (tree(c, s), tree(f, inner)) if divergence else (tree(f, inner), tree(c, s))
    shape = Tree("vector sum", (Tree("scaled", (number, vector)), tree(rest, s, "d")))
    same = eq.trees(tree(node.body, inner, "d"), shape)
    binder = f"fun {name} : {type_of(node.var)} =>"
    F, affine = step.printer.of_variable(node, s), f"({binder} {eq.text(shape)})"
    slope = type(node)(f, node.var, node.at)
    constants = f"{eq.text(tree(c, s))} {step.printer.vector(rest, s)}"
    function, size = slope_function(node).split()
    fixed, moves = tree(c, s), tree(slope, s)
    whole = Tree("product", (fixed, moves)) if divergence else Tree("scaled", (moves, fixed))
    return chain(
        f"({function}_ext {size} {F} {affine} {at} ({binder} {same}))",
        f"({function}_affine {size} {constants} ({binder} {write(f, inner)}) {at})",
        eq.trees(whole, tree(step.conclusion.rhs, s, dimension(step.conclusion.rhs))),
    )


def _affine(step: At, parts: Any, c: Any, f: Any) -> str:
    """The derivative of c f + k is that of f times c."""
    node: Any = step.arg(0)
    rest, eq, s = add(*(c for c, f in parts if f is S.One)), step.equality, step.scope
    slope, number = type(node)(f, node.var, node.at), node.var.sort is Sort.REAL
    k = "" if number else domain(node.var)
    lemma = "@derivative" if number else "@grad"
    name, inner = _bound(step, node.var)
    product = Tree("product", (tree(c, s), tree(f, inner)))
    same = eq.trees(tree(node.body, inner), Tree("sum", (product, tree(rest, s))))
    F = step.printer.of_variable(node, s)
    f_text = step.printer.of_variable(slope, s)
    texts = [step.printer.term(z, s) for z in (c, rest)]
    place = (step.printer.term if number else step.printer.vector)(node.at, s)
    affine = f"(fun {name} : {type_of(node.var)} => {texts[0]} * {f_text} {name} + {texts[1]})"
    result = Tree("product" if number else "scaled", (tree(c, s), tree(slope, s)))
    return chain(
        f"({lemma}_ext {k} {F} {affine} {place} (fun {name} : {type_of(node.var)} => {same}))",
        f"({lemma}_affine {k} {texts[0]} {texts[1]} {f_text} {place})",
        eq.trees(result, tree(step.conclusion.rhs, s, k)),
    )


def _by_parts(step: At) -> str:
    """∇f or ∂f of a number."""
    node: Any = step.arg(0)
    if dimension(node.body):
        raise NotExported(f"the derivative {shown(node)} by its parts")
    place = Place(step, node.var, node.at)
    proof, slope = place.by_parts(node.body)
    F, eq = step.printer.of_variable(node, step.scope), step.equality
    lemma = "@derivativeE" if place.number else f"@gradE {place.size}"
    vector = "" if place.number else place.size
    return chain(
        f"({lemma} {F} {place.text} {eq.text(slope)} {proof})",
        eq.trees(slope, tree(step.conclusion.rhs, step.scope, vector)),
    )


def _divergence(step: At) -> str:
    """div (f F) = ⟨∇f, F⟩ + f div F."""
    node: Any = step.arg(0)
    body, var, at, s = node.body, node.var, node.at, step.scope
    if body == var:
        return f"(divergence_id {step.printer.vector(at, s)})"
    if not isinstance(body, Mul):
        raise NotExported(f"the divergence of {shown(body)} by its parts")
    (vector,) = (a for a in body.args if dimension(a))
    number = mul(*(a for a in body.args if not dimension(a)))
    place, eq = Place(step, var, at), step.equality
    if var not in free_vars(number) or var not in free_vars(vector):
        raise NotExported(f"the divergence of {shown(body)} by its parts")
    proof, _ = place.of(number)
    known = step.given(props.Differentiable(vector, var, at))
    f, F = (
        f"(fun {n} : vec d => {t})" for n, t in (_function(step, z, var) for z in (number, vector))
    )
    value = f"(@divergence_scaled d {f} {F} {place.text} (differentiable_of {proof}) {known})"
    gradient = nodes.Grad(number, var, at)
    first = Tree("inner", (leaf(gradient, s), tree(vector, place.scope)))
    second = Tree("product", (tree(number, place.scope), leaf(nodes.Div(vector, var, at), s)))
    return chain(value, eq.trees(Tree("sum", (first, second)), tree(step.conclusion.rhs, s)))


def _function(step: At, body: Any, var: Any) -> tuple[str, str]:
    name = step.proof.symbols.local(var, step.scope)
    return name, step.printer.vector(body, {**step.scope, var: name})


def exchange(step: At) -> str:
    """∇∫ f = ∫ ∇f, by domination; the same for ∂ and div."""
    node: Any = step.arg(0)
    inner = apart(node.body, free_vars(node.at) | {node.var})
    proof = f"({_exchange_lemma(node, inner)} {dominated_parts(step, inner, node.var, node.at)})"
    eq, s, c = step.equality, step.scope, step.conclusion
    left = type(node)(inner, node.var, node.at)
    right = type(inner)(type(node)(inner.body, node.var, node.at), *inner.measure)
    return chain(eq.terms(c.lhs, s, left, s), proof, eq.terms(right, s, c.rhs, s))


def dominated_parts(step: At, inner: Any, var: Any, place: Any) -> str:
    """An integral as a function of a variable, its integrand measurable and dominated there."""
    over, kind = items(inner.measure), type_of(var)
    condition = step.given(props.Dominated(inner.body, var, place, *inner.measure))
    name, scope = _bound(step, var)
    point = at(over, step.equality.point())
    measurable = step.measurability.weighted(
        inner.measure, inner.body, step.printer.placed(scope, point), point
    )
    write = step.printer.vector if dimension(inner.body) else step.printer.term
    f = step.printer.function(over, scope, lambda s: write(inner.body, s))
    law = step.printer.function(over, step.scope, lambda s: step.printer.law(inner.measure, s))
    show = step.printer.term if var.sort is Sort.REAL else step.printer.vector
    weight = f"{law} " if densities(inner.measure) else ""
    return (
        f"({space(over)}) {weight}(fun {name} : {kind} => {f}) {show(place, step.scope)} "
        f"(fun {name} : {kind} => {measurable}) {condition}"
    )


def _exchange_lemma(node: Any, inner: Any) -> str:
    if isinstance(node, nodes.Grad):
        name = "exchange_law" if densities(inner.measure) else "exchange_plain"
        return f"@{name} {domain(node.var)}"
    if dimension(node) or not densities(inner.measure):
        raise NotExported(f"the derivative {shown(node)}")
    return "@exchange_number" if isinstance(node, nodes.Partial) else "@exchange_divergence d"


def log_derivative(step: At) -> str:
    """∇f = f ∇log f for f ≥ 0, and the same for ∂."""
    node: Any = step.arg(0)
    name, inner = _bound(step, node.var)
    number = node.var.sort is Sort.REAL
    lemma = "@log_derivative" if number else f"@log_gradient {domain(node.var)}"
    place = (step.printer.term if number else step.printer.vector)(node.at, step.scope)
    sign = f"(fun {name} => {step.measurability.nonneg(node.body, inner)})"
    known = step.given(props.Differentiable(*node.args))
    value = tree(node.body, {**step.scope, node.var: place})
    slope = leaf(type(node)(nodes.Log(node.body), node.var, node.at), step.scope)
    result = Tree("product" if number else "scaled", (value, slope))
    return chain(
        f"({lemma} {step.printer.of_variable(node, step.scope)} {place} {sign} {known})",
        step.equality.trees(result, tree(step.conclusion.rhs, step.scope)),
    )


def integral_of_divergence(step: At) -> str:
    """∫ div F = 0, by assumption."""
    if not step.proof.symbols.lebesgue:
        raise NotExported("the divergence theorem for a measure that need not be Lebesgue's")
    (item,), field = step.arg(1), step.arg(0)
    F = step.printer.of_variable(nodes.Div(field, item.var), step.scope)
    known = " ".join(step.given(h) for h in step.step.hypotheses)
    return f"(@divergence_theorem d l {LEBESGUE} {F} {known})"


def dominated_integrable(step: At) -> str:
    """The first part of what domination says."""
    premise: Any = step.arg(0)
    condition = step.given(premise)
    if not densities(premise.measure):
        raise NotExported("domination without a law")
    return f"(dominated_integrable {condition})"


def argmin_of_shift(step: At) -> str:
    """argmin (f + k) = argmin f, for k free of the variable."""
    c, eq, s = step.conclusion, step.equality, step.scope
    f, k, var = (step.arg(i) for i in range(3))
    node = c.lhs
    name, inner = _bound(step, var)
    same = eq.trees(tree(node.args[0], inner), Tree("sum", (tree(f, inner), tree(k, s))))
    F, f_text = (step.printer.of_variable(z, s) for z in (node, c.rhs))
    text = step.printer.term(k, s)
    shifted = f"(fun {name} : {type_of(var)} => {f_text} {name} + {text})"
    return chain(
        f"(@argmin_ext _ {F} {shifted} (fun {name} : {type_of(var)} => {same}))",
        f"(@argmin_shift _ {f_text} {text})",
    )


def under(step: At, node: Any, parts: Any) -> str:
    """That ∇f = ∇g or argmin f = argmin g, where f = g at every value."""
    if [place for place, _ in parts] != [0]:
        raise NotExported(f"{shown(node)} at another place")
    ((_, source),) = parts
    name, inner = _bound(step, node.args[1])
    new: Any = step.conclusion.rhs
    if type(new) is not type(node):
        raise NotExported(f"{shown(node)} as {shown(new)}")
    body = new.args[0]
    if new.args[1] != node.args[1]:
        raise NotExported("another bound variable")
    equal = step.proved(source, props.Equals(node.args[0], body), inner)
    F, G = (step.printer.of_variable(z, step.scope) for z in (node, new))
    lam = f"(fun {name} : {type_of(node.args[1])} => {equal})"
    if isinstance(node, nodes.ArgMin):
        return f"(@argmin_ext _ {F} {G} {lam})"
    write = step.printer.term if node.var.sort is Sort.REAL else step.printer.vector
    function, *size = slope_function(node).split()
    return f"({' '.join([f'{function}_ext', *size, F, G, write(node.at, step.scope), lam])})"


def _bound(step: At, var: Any) -> tuple[str, dict[Any, str]]:
    """A name for a bound variable, and the scope under it."""
    name = step.proof.symbols.local(var, step.scope)
    return name, {**step.scope, var: name}


__all__ = [
    "argmin_of_shift",
    "derivative",
    "dominated_integrable",
    "exchange",
    "integral_of_divergence",
    "log_derivative",
    "under",
]
