"""Derivatives by the product, quotient and chain rules.

A term's derivative is built along its tree: a lemma a node, and at the leaves what is known to be
differentiable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import S

from fmproof.certificate.export.equality import Tree, leaf, tree
from fmproof.certificate.export.proof import At, CoqKnown
from fmproof.certificate.export.statement.sorts import NotExported, dimension, domain, type_of
from fmproof.kernel.gaussian import exponent, is_gaussian
from fmproof.kernel.integrals import linear_parts
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
        self._more: list[CoqKnown] = []  #: what follows from what is known

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
            return self._multiple(body) or self._folded(body.args, self._product)
        if isinstance(body, Pow) and body.args[1] == 2:
            inner = tree(body.args[0], self.scope)
            outer = Tree("product", (Tree("number", value=S(2)), inner))
            return self._composed(
                body.args[0], "deriv_square", self.step.equality.text(inner), outer
            )
        if isinstance(body, nodes.Ratio):
            return self._ratio(*body.args)
        if type(body) in _OUTER:
            return self._function(body)
        if isinstance(body, nodes.Inner):
            return self._inner(*body.args)
        if is_gaussian(body):
            return self._gaussian(body)
        if isinstance(body, nodes.Apply) and body.head.definition is None and self.number:
            return self._joint(body)
        raise NotExported(f"the derivative of {shown(body)} by its parts")

    def _known(self, body: Any) -> tuple[str, Tree] | None:
        """That the symbol's derivative is its derivative, where it is differentiable."""
        if self.var not in free_vars(body) or body == self.var:
            return None
        try:
            known = self._given(props.Differentiable(body, self.var, self.at))
        except NotExported:
            return None
        lemma = "has_derivative" if self.number else "has_grad"
        return f"({lemma} {known})", leaf(self.kind(body, self.var, self.at), self.step.scope)

    def _given(self, prop: Any) -> str:
        return self.step.given(prop, more=self._more)

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

    def _split(self, body: Any) -> tuple[Any, Any] | None:
        """The numbers that do not move in a product, and the rest."""
        fixed = [a for a in body.args if self.var not in free_vars(a) and not dimension(a)]
        rest = [a for a in body.args if a not in fixed]
        return (mul(*fixed), mul(*rest)) if fixed and rest else None

    def _multiple(self, body: Any) -> tuple[str, Tree] | None:
        """Of a constant times what is known to be differentiable."""
        split = self._split(body)
        if split is None:
            return None
        c, f = split
        found = self._known(f)
        if found is None:
            return None
        known, slope = found
        fixed = tree(c, self.step.scope)
        proof = f"({self._lemma}_scale {self.step.equality.text(fixed)} {known})"

        def shape(scope: Any) -> Tree:
            return Tree("product", (fixed, tree(f, scope)))

        return self._recast(shape, body, f"{self._lemma}_ext {self._k}", proof), self._times(
            fixed, slope
        )

    def _recast(self, shape: Any, body: Any, lemma: str, proof: str) -> str:
        """A derivative of a function as that of the same function, written otherwise."""
        step, eq = self.step, self.step.equality
        name = step.proof.symbols.local(self.var, step.scope)
        moving = {**step.scope, self.var: name}
        before, after = shape(moving), tree(body, moving)
        if eq.key(before) == eq.key(after):
            return proof
        binder = f"fun {name} : {type_of(self.var)} =>"
        functions = " ".join(f"({binder} {eq.text(z)})" for z in (before, after))
        same = eq.trees(before, after, "inner_products" if isinstance(body, nodes.Inner) else "")
        return f"(@{lemma} {functions} {self.text} _ ({binder} {same}) {proof})"

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
        nonzero = f"(nonzero {self._given(condition)})"
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
                inner,
                _OUTER[nodes.Exp],
                self.step.equality.text(here),
                tree(nodes.Exp(inner), self.scope),
            )
        sign = self._given(props.Positive(value))
        if isinstance(body, nodes.Log):
            return self._composed(inner, _OUTER[nodes.Log], sign, Tree("ratio", (one, here)))
        root = Tree("ratio", (one, tree(nodes.Sqrt(inner), self.scope)))
        half = Tree("number", value=S.Half)
        return self._composed(inner, _OUTER[nodes.Sqrt], sign, Tree("product", (half, root)))

    def _composed(self, inner: Any, lemma: str, given: str, outer: Tree) -> tuple[str, Tree]:
        proof, slope = self.of(inner)
        return f"({self._lemma}_comp ({lemma} {given}) {proof})", self._times(outer, slope)

    # --- of inner products and Gaussian densities ---

    def _inner(self, a: Any, b: Any) -> tuple[str, Tree]:
        if self.number:
            (first, p), (second, q) = self.of_vector(a), self.of_vector(b)
            parts = Tree("inner", (p, self._here(b))), Tree("inner", (self._here(a), q))
            return f"(deriv_ip {first} {second})", Tree("sum", parts)
        (c, m), (k, n) = self._line(a), self._line(b)
        step, eq = self.step, self.step.equality

        def line(number: Any, rest: Any, at: Tree) -> Tree:
            scaled = Tree("scaled", (tree(number, step.scope), at))
            return Tree("vector sum", (scaled, tree(rest, step.scope, self.size)))

        def shape(scope: Any) -> Tree:
            x = leaf(self.var, scope)
            return Tree("inner", (line(c, m, x), line(k, n, x)))

        here = leaf(self.var, self.scope)
        texts = [
            eq.text(tree(z, step.scope, v))
            for z, v in ((c, ""), (k, ""), (m, self.size), (n, self.size))
        ]
        proof = f"(@has_gradient_ip {self.size} {' '.join(texts)} {self.text})"
        proof = self._recast(shape, nodes.Inner(a, b), f"has_gradient_ext {self.size}", proof)
        slopes = (
            Tree("scaled", (tree(c, step.scope), line(k, n, here))),
            Tree("scaled", (tree(k, step.scope), line(c, m, here))),
        )
        return proof, Tree("vector sum", slopes)

    def _line(self, side: Any) -> tuple[Any, Any]:
        """c and m where a vector is c·x + m."""
        slopes, rest = [S.Zero], [S.Zero]
        for c, f in linear_parts(side, (self.var,)):
            if f is not S.One and f != self.var:
                raise NotExported(f"the gradient of an inner product with {shown(side)}")
            (rest if f is S.One else slopes).append(c)
        return add(*slopes), add(*rest)

    def _gaussian(self, body: Any) -> tuple[str, Tree]:
        """N times the derivative of its exponent."""
        step, var = self.step, self.var
        eq, printer = step.equality, step.printer
        x, m, v = body.arguments
        if not self.number and var in free_vars(v):
            raise NotExported(f"the gradient of {shown(body)}, whose variance moves")
        value, width = substitute(v, {var: self.at}), mul(S(2), nodes.pi, v)
        sign = self._given(props.Positive(value))
        self._more += [
            CoqKnown(props.Positive(substitute(width, {var: self.at})), *self._two_pi(value, sign)),
            CoqKnown(
                props.VanishesWith(S.One, value),
                step.scope,
                f"(@zero_of_positive 1 {printer.term(value, step.scope)} {sign})",
            ),
        ]
        E = exponent(body)
        name = step.proof.symbols.local(var, step.scope)
        binder, moving = f"fun {name} : {type_of(var)} =>", {**step.scope, var: name}
        shape = exponent_shape(x, m, v, width, moving)
        two_pi = Tree(
            "product", (Tree("number", value=S(2)), leaf(nodes.pi, moving), tree(v, moving))
        )
        facts = " ".join(
            f"({binder} {eq.trees(a, b)})"
            for a, b in ((tree(width, moving), two_pi), (tree(E, moving), shape))
        )
        X, M, V, W, F = (
            f"({binder} {write(z, moving)})"
            for z, write in (
                (x, printer.vector),
                (m, printer.vector),
                (v, printer.term),
                (width, printer.term),
                (E, printer.term),
            )
        )
        proof, _ = self.of(E)
        slope = leaf(self.kind(E, var, self.at), step.scope)
        if self.number:
            moves, _ = self.of(v)
            given = f"{X} {M} {V} {W} {F} {self.text} _ _ {sign} {moves} {facts} {proof}"
            return f"(@deriv_gaussian d {given})", self._times(self._here(body), slope)
        fixed = printer.term(v, step.scope)
        given = f"{X} {M} {fixed} {W} {F} {self.text} _ {sign} {facts} {proof}"
        whole = f"(@has_gradient_gaussian d {self.size} {given})"
        return whole, self._times(self._here(body), slope)

    def _two_pi(self, value: Any, sign: str) -> tuple[Any, str]:
        """That 2πv > 0."""
        step, eq = self.step, self.step.equality
        s = step.scope
        shape = Tree("product", (Tree("number", value=S(2)), leaf(nodes.pi, s), tree(value, s)))
        same = eq.trees(shape, tree(mul(S(2), nodes.pi, value), s))
        return s, f"(eq_ind _ (fun h => 0 < h) (two_pi {sign}) _ {same})"

    # --- of a vector, in a number ---

    def of_vector(self, body: Any) -> tuple[str, Tree]:
        """A proof of ``has_slope d f t q``, and q."""
        if self.var not in free_vars(body):
            constant = self.step.printer.vector(body, self.step.scope)
            return f"(slope_const {constant} {self.text})", Tree("zero", value="d")
        try:
            known = self._given(props.Differentiable(body, self.var, self.at))
            return f"(slope_at {known})", leaf(
                nodes.Partial(body, self.var, self.at), self.step.scope
            )
        except NotExported:
            return self.vector_by_parts(body)

    def vector_by_parts(self, body: Any) -> tuple[str, Tree]:
        """Of sums, which are in brackets from the right, and multiples."""
        if isinstance(body, Add):
            proof, slope = self.of_vector(body.args[-1])
            for part in reversed(body.args[:-1]):
                other, more = self.of_vector(part)
                proof, slope = f"(slope_add {other} {proof})", Tree("vector sum", (more, slope))
            return proof, slope
        if isinstance(body, Mul):
            return self._known_multiple(body) or self._scaled(body)
        raise NotExported(f"the derivative of {shown(body)} by its parts")

    def _known_multiple(self, body: Any) -> tuple[str, Tree] | None:
        split = self._split(body)
        if split is None:
            return None
        c, rest = split
        try:
            known = self._given(props.Differentiable(rest, self.var, self.at))
        except NotExported:
            return None
        fixed = tree(c, self.step.scope)
        slope = leaf(nodes.Partial(rest, self.var, self.at), self.step.scope)
        proof = f"(slope_multiple {self.step.equality.text(fixed)} (slope_at {known}))"

        def shape(scope: Any) -> Tree:
            return Tree("scaled", (fixed, tree(rest, scope)))

        return self._recast(shape, body, "has_slope_ext d", proof), Tree("scaled", (fixed, slope))

    def _scaled(self, body: Any) -> tuple[str, Tree]:
        (vector,) = (a for a in body.args if dimension(a))
        scalars = mul(*(a for a in body.args if not dimension(a)))
        (first, p), (second, q) = self.of(scalars), self.of_vector(vector)
        parts = Tree("scaled", (p, self._here(vector))), Tree("scaled", (self._here(scalars), q))
        return f"(slope_scaled {first} {second})", Tree("vector sum", parts)

    # --- the chain rule ---

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
        proof = f"(@deriv_joint d {P} {T} {X} {self.text} _ _ {known} {rate} (slope_at {moves}))"
        s = step.scope
        parts = [
            Tree("product", (leaf(in_time, s), first)),
            Tree("inner", (leaf(in_space, s), leaf(velocity, s))),
        ]
        return proof, Tree("sum", tuple(parts))


def exponent_shape(x: Any, m: Any, v: Any, width: Any, scope: Any) -> Tree:
    """−‖x − m‖²/(2v) − (d/2) log w, as the library has it."""
    half, one, minus = (Tree("number", value=z) for z in (-S.Half, S.One, S.NegativeOne))
    r = Tree("vector sum", (tree(x, scope, "d"), Tree("scaled", (minus, tree(m, scope, "d")))))
    square = Tree("product", (Tree("ratio", (one, tree(v, scope))), Tree("inner", (r, r))))
    log = Tree("product", (leaf(nodes.dim, scope), tree(nodes.Log(width), scope)))
    return Tree("sum", (Tree("product", (half, square)), Tree("product", (half, log))))


__all__ = ["Place", "exponent_shape"]
