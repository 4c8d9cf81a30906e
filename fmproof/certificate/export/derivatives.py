"""How derivatives by the product, quotient and chain rules are proved.

A term's derivative is built along its tree: a lemma a node, and at the leaves what is known to be
differentiable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import S

from fmproof.certificate.export.equality import Tree, chain, leaf, product_of, tree
from fmproof.certificate.export.proof import At
from fmproof.certificate.export.statement import FUNCTIONS, NotExported, dimension, domain
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add, Mul, Pow, add, mul
from fmproof.lang.node import shown
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort

_OUTER = {nodes.Log: "deriv_ln", nodes.Sqrt: "deriv_sqrt", nodes.Exp: "derivable_pt_lim_exp"}
"""The lemmas for the derivatives of the functions; those of ln and sqrt ask for what is > 0."""


class Place:
    """Derivatives in one variable at one place: the gradient in a vector, or the derivative in a
    number.

    Each method returns a proof of ``has_gradient f a q`` or ``derivable_pt_lim f a q``, and q.
    """

    def __init__(self, step: At, var: Any, at: Any) -> None:
        self.step, self.var, self.at = step, var, at
        self.number = var.sort is Sort.REAL
        self.kind = nodes.Partial if self.number else nodes.Grad
        self.text = (step.printer.term if self.number else step.printer.vector)(at, step.scope)
        self.scope = {**step.scope, var: self.text}
        step.equality.means(self.text, at, step.scope)
        self._lemma = "deriv" if self.number else "has_gradient"
        self.size = "" if self.number else domain(var)
        self._k = f"{self.size} " if self.size else ""

    # --- of a number ---

    def of(self, body: Any) -> tuple[str, Tree]:
        """Of what is known to be differentiable, or by its parts."""
        return self._known(body) or self.by_parts(body)

    def by_parts(self, body: Any) -> tuple[str, Tree]:
        """From the derivatives of the parts."""
        if self.var not in free_vars(body):
            constant = self.step.printer.term(body, self.step.scope)
            return f"(@{self._lemma}_const {self._k}{constant} {self.text})", self._zero()
        if body == self.var:
            return f"(deriv_id {self.text})", Tree("number", value=S.One)
        if isinstance(body, Add):
            return self._folded(body.args, self._sum)
        if isinstance(body, Mul):
            return self._folded(body.args, self._product)
        if isinstance(body, Pow) and body.args[1] == 2:
            inner = tree(body.args[0], self.scope)
            outer = Tree("product", (Tree("number", value=S(2)), inner))
            return self._composed(body.args[0], "deriv_square", self.step.equality.text(inner), outer)
        if isinstance(body, nodes.Ratio):
            return self._ratio(*body.args)
        if type(body) in _OUTER:
            return self._function(body)
        if isinstance(body, nodes.Apply) and body.head.definition is None and self.number:
            return self._joint(body)
        raise NotExported(f"the derivative of {shown(body)} by its parts")

    def _known(self, body: Any) -> tuple[str, Tree] | None:
        """That the symbol's derivative is its derivative, where it is differentiable."""
        if self.var not in free_vars(body) or body == self.var:
            return None
        try:
            known = self.step.given(props.Differentiable(body, self.var, self.at))
        except NotExported:
            return None
        lemma = "has_derivative" if self.number else "has_grad"
        return f"({lemma} {known})", leaf(self.kind(body, self.var, self.at), self.step.scope)

    def _zero(self) -> Tree:
        return Tree("number", value=S.Zero) if self.number else Tree("zero", value=self.size)

    def _here(self, body: Any) -> Tree:
        """The value of a part at the place."""
        return tree(body, self.scope)

    def _times(self, number: Tree, slope: Tree) -> Tree:
        return Tree("product" if self.number else "scaled", (number, slope))

    def _plus(self, a: Tree, b: Tree) -> Tree:
        return Tree("sum" if self.number else "vector sum", (a, b))

    def _folded(self, parts: Sequence[Any], join: Any) -> tuple[str, Tree]:
        """Sums and products are in brackets from the left."""
        proof, slope = self.of(parts[0])
        done = self._here(parts[0])
        for part in parts[1:]:
            proof, slope, done = join(proof, slope, done, part)
        return proof, slope

    def _sum(self, proof: str, slope: Tree, done: Tree, part: Any) -> tuple[str, Tree, Tree]:
        other, more = self.of(part)
        whole = Tree("sum", (done, self._here(part)))
        return f"({self._lemma}_add {proof} {other})", self._plus(slope, more), whole

    def _product(self, proof: str, slope: Tree, done: Tree, part: Any) -> tuple[str, Tree, Tree]:
        other, more = self.of(part)
        here = self._here(part)
        if self.number:
            first, second = Tree("product", (slope, here)), Tree("product", (done, more))
        else:
            first, second = self._times(here, slope), self._times(done, more)
        whole = Tree("product", (done, here))
        return f"({self._lemma}_mul {proof} {other})", self._plus(first, second), whole

    def _ratio(self, above: Any, below: Any) -> tuple[str, Tree]:
        (proof, slope), (other, more) = self.of(above), self.of(below)
        a, b, one = self._here(above), self._here(below), Tree("number", value=S.One)
        condition = props.VanishesWith(S.One, substitute(below, {self.var: self.at}))
        nonzero = f"(nonzero {self.step.given(condition)})"
        minus = Tree("product", (Tree("number", value=S.NegativeOne), a))
        square = Tree("ratio", (one, Tree("product", (b, b))))
        first = self._times(Tree("ratio", (one, b)), slope)
        second = self._times(Tree("product", (minus, square)), more)
        return f"({self._lemma}_ratio {nonzero} {proof} {other})", self._plus(first, second)

    def _function(self, body: Any) -> tuple[str, Tree]:
        inner = body.args[0]
        here, one = self._here(inner), Tree("number", value=S.One)
        value = substitute(inner, {self.var: self.at})
        if isinstance(body, nodes.Exp):
            return self._composed(
                inner, _OUTER[nodes.Exp], self.step.equality.text(here), tree(nodes.Exp(inner), self.scope)
            )
        sign = self.step.given(props.Positive(value))
        if isinstance(body, nodes.Log):
            return self._composed(inner, _OUTER[nodes.Log], sign, Tree("ratio", (one, here)))
        root = Tree("ratio", (one, tree(nodes.Sqrt(inner), self.scope)))
        half = Tree("number", value=S.Half)
        return self._composed(inner, _OUTER[nodes.Sqrt], sign, Tree("product", (half, root)))

    def _composed(self, inner: Any, lemma: str, given: str, outer: Tree) -> tuple[str, Tree]:
        proof, slope = self.of(inner)
        return f"({self._lemma}_comp ({lemma} {given}) {proof})", self._times(outer, slope)

    def _joint(self, body: Any) -> tuple[str, Tree]:
        """The chain rule for a symbol of a number and a vector that both move."""
        step, var = self.step, self.var
        moving = [i for i, a in enumerate(body.arguments) if var in free_vars(a)]
        sorts = [body.head.params[i].sort for i in moving]
        if sorts != [Sort.REAL, Sort.VEC] or dimension(body):
            raise NotExported(f"the chain rule for {shown(body)}")
        for known in step.known:
            found = self._jointly(body, moving, known.prop)
            if found is not None:
                return found
        raise NotExported(f"it is not known that {shown(body)} is differentiable")

    def _jointly(self, body: Any, moving: Sequence[int], prop: Any) -> tuple[str, Tree] | None:
        if not isinstance(prop, props.Differentiable) or len(prop.pairs) != 2:
            return None
        (t, _), (x, _) = prop.pairs
        step, var, values = self.step, self.var, {self.var: self.at}
        arguments = [substitute(a, values) for a in body.arguments]
        time, place = (arguments[i] for i in moving)
        arguments[moving[0]], arguments[moving[1]] = t, x
        inner = nodes.Apply(body.head, *arguments)
        try:
            known = step.given(props.Differentiable(inner, t, time, x, place))
        except NotExported:
            return None
        number, vector = (body.arguments[i] for i in moving)
        if number == var:
            rate = f"(has_derivative (ex_intro _ _ (deriv_id {self.text})))"
            first = leaf(nodes.Partial(var, var, self.at), step.scope)
        else:
            rate, first = self.of(number)
        velocity = nodes.Partial(vector, var, self.at)
        moves = step.given(props.Differentiable(vector, var, self.at))
        in_time = nodes.Partial(substitute(inner, {x: place}), t, time)
        in_space = nodes.Grad(substitute(inner, {t: time}), x, place)
        X = step.printer.of_variable(velocity, step.scope)
        T = step.printer.of_variable(nodes.Partial(number, var, self.at), step.scope)
        P = step.printer.of_both(inner, t, x, step.scope)
        proof = (
            f"(@deriv_joint d {P} {T} {X} {self.text} _ _ {known} {rate} (slope_at {moves}))"
        )
        s = step.scope
        parts = [Tree("product", (leaf(in_time, s), first)),
                 Tree("inner", (leaf(in_space, s), leaf(velocity, s)))]
        return proof, Tree("sum", tuple(parts))


def by_parts(step: At) -> str:
    """∇f or ∂f of a number."""
    node: Any = step.arg(0)
    place = Place(step, node.var, node.at)
    proof, slope = place.by_parts(node.body)
    F, eq = step.printer.of_variable(node, step.scope), step.equality
    lemma = "@derivativeE" if place.number else f"@gradE {place.size}"
    vector = "" if place.number else place.size
    return chain(
        f"({lemma} {F} {place.text} {eq.text(slope)} {proof})",
        eq.trees(slope, tree(step.conclusion.rhs, step.scope, vector)),
    )


def divergence(step: At) -> str:
    """div (f F) = ⟨∇f, F⟩ + f div F."""
    node: Any = step.arg(0)
    body, var, at, s = node.body, node.var, node.at, step.scope
    if not isinstance(body, Mul):
        raise NotExported(f"the divergence of {shown(body)} by its parts")
    (vector,) = (a for a in body.args if dimension(a))
    number = mul(*(a for a in body.args if not dimension(a)))
    place, eq = Place(step, var, at), step.equality
    if var not in free_vars(number) or var not in free_vars(vector):
        raise NotExported(f"the divergence of {shown(body)} by its parts")
    proof, _ = place.of(number)
    known = step.given(props.Differentiable(vector, var, at))
    f, F = (f"(fun {n} : vec d => {t})" for n, t in (_function(step, z, var) for z in (number, vector)))
    value = (
        f"(@divergence_scaled d {f} {F} {place.text} (differentiable_of {proof}) {known})"
    )
    gradient = nodes.Grad(number, var, at)
    first = Tree("inner", (leaf(gradient, s), tree(vector, place.scope)))
    second = Tree("product", (tree(number, place.scope), leaf(nodes.Div(vector, var, at), s)))
    return chain(value, eq.trees(Tree("sum", (first, second)), tree(step.conclusion.rhs, s)))


def _function(step: At, body: Any, var: Any) -> tuple[str, str]:
    name = step.proof.symbols.local(var, step.scope)
    return name, step.printer.vector(body, {**step.scope, var: name})


def differentiable(step: At) -> str:
    """Sums, products, ratios and compositions are differentiable where their parts are."""
    goal: Any = step.arg(0)
    if len(goal.pairs) != 1 or dimension(goal.body):
        raise NotExported(f"{shown(goal)} by its parts")
    ((var, at),) = goal.pairs
    place = Place(step, var, at)
    proof, slope = place.by_parts(goal.body)
    F, q = step.printer.of_variable(goal, step.scope), step.equality.text(slope)
    if place.number:
        return f"(ex_intro (fun q => derivable_pt_lim {F} {place.text} q) {q} {proof})"
    return f"(@differentiable_of {place.size} {F} {place.text} {q} {proof})"


def fewer_variables(step: At) -> str:
    """What is differentiable in a number and a vector together is so in each."""
    premise, gone = step.arg(0), step.arg(1)
    if len(premise.pairs) != 2:
        raise NotExported("differentiability in more than a number and a vector")
    lemma = "joint_in_space" if gone.sort is Sort.REAL else "joint_in_time"
    return f"({lemma} {step.given(premise)})"


__all__ = ["by_parts", "differentiable", "divergence", "fewer_variables"]
