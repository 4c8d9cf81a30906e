"""The steps of a certificate as lemmas of Coq, each with a proof that uses earlier ones.

Nothing here need be trusted: Coq refuses what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fmproof.certificate.certificate import Certificate, From, RuleApplication
from fmproof.certificate.export.equality import (
    REFL,
    ArithmeticFacts,
    Equality,
    back,
    chain,
    leaf,
    product_of,
    tree,
    weighted,
)
from fmproof.certificate.export.spaces import Measurability, at
from fmproof.certificate.export.statement.goal import frees, in_comment
from fmproof.certificate.export.statement.slopes import gaussian_score
from fmproof.certificate.export.statement.sorts import (
    CoqScope,
    NotExported,
    densities,
    dimension,
    items,
    space,
    type_of,
)
from fmproof.certificate.export.statement.symbols import CoqSymbols
from fmproof.errors import FmproofError
from fmproof.kernel.gaussian import is_gaussian
from fmproof.lang import nodes, props
from fmproof.lang.arithmetic import Add
from fmproof.lang.node import shown
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort


@dataclass(frozen=True)
class CoqKnown:
    """A proposition in a scope with its proof."""

    prop: Any
    scope: CoqScope
    proof: str


class CoqProof:
    """The lemmas of a certificate, and the facts of arithmetic that they use.

    ``scripts`` knows how a step of each rule is proved (None: a rule without translation).
    """

    def __init__(
        self,
        certificate: Certificate,
        symbols: CoqSymbols,
        scripts: Callable[[str], Callable[[At], str] | None],
    ) -> None:
        self.steps = certificate.steps
        self.scripts = scripts
        self.symbols = symbols
        self.facts = ArithmeticFacts()
        self.equality = Equality(symbols, self.facts)
        self.printer = self.equality.printer
        self.measurability = Measurability(self.printer, self.equality.point)

    def lemma(self, number: int) -> str:
        """One step as a lemma, with its rule, its label and what it says as a comment."""
        step = self.steps[number]
        scope: dict[Var, str] = {}
        for var in frees(step):
            scope[var] = self.symbols.local(var, scope)
        given = "".join(f" ({text} : {type_of(v)})" for v, text in scope.items())
        needs = "".join(
            f"\n  (H{i} : {self.printer.prop(h, scope)})" for i, h in enumerate(step.hypotheses)
        )
        proof = self.script(number, scope)
        told = self.printer.prop(step.conclusion, scope)
        of = f", for {in_comment(step.label)}" if step.label else ""
        return (
            f"(* {number}, {step.rule}{of}: {_comment(step)} *)\n"
            f"Lemma s{number}{given}{needs} :\n  {told}.\n"
            f"Proof. exact {proof}. Qed.\n"
        )

    def script(self, number: int, scope: CoqScope) -> str:
        """The proof of a step from those before it.

        Raises:
            NotExported: its rule has no translation, or this step of it.
        """
        rule = self.steps[number].rule
        proved = self.scripts(rule)
        if proved is None:
            raise NotExported(f"step {number}: the rule {rule} has no translation to Coq yet")
        try:
            return proved(At(self, number, scope))
        except FmproofError as error:
            raise NotExported(f"step {number}, {rule}: {error}") from None
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise NotExported(f"step {number}: {rule} does not fit what it is about") from None


def _comment(step: RuleApplication) -> str:
    return in_comment(shown(step.conclusion))


class At:
    """A step whose proof is being written."""

    def __init__(self, proof: CoqProof, number: int, scope: CoqScope) -> None:
        self.proof, self.scope = proof, dict(scope)
        self.step = proof.steps[number]
        self.printer = proof.printer
        self.equality = proof.equality
        self.measurability = proof.measurability
        self.known = [CoqKnown(h, scope, f"H{i}") for i, h in enumerate(self.step.hypotheses)]

    def arg(self, place: int) -> Any:
        return self.step.arguments[place]

    @property
    def conclusion(self) -> Any:
        return self.step.conclusion

    def premise(self, source: From) -> RuleApplication:
        return self.proof.steps[source.step]

    # --- what is known ---

    def given(self, prop: Any, scope: CoqScope | None = None, more: Sequence[CoqKnown] = ()) -> str:
        """A proof of ``prop`` from what is known."""
        scope = self.scope if scope is None else scope
        wanted = self.equality.class_of(prop, scope)
        for known in (*more, *self.known):
            if self.equality.class_of(known.prop, known.scope) == wanted:
                return self.cast(known, prop, scope)
            if isinstance(known.prop, props.ForAll):
                instance = self._instance(known, prop, scope)
                if instance is not None:
                    return instance
        obvious = self._obvious(prop, scope)
        if obvious is None:
            raise NotExported(f"{shown(prop)} is not among what is known")
        return obvious

    def _obvious(self, prop: Any, scope: CoqScope) -> str | None:
        """What holds of every Gaussian density, and of x + m as a function of x."""
        printer = self.printer
        if isinstance(prop, props.Positive) and is_gaussian(prop.args[0]):
            return f"(gaussian_gt0 {' '.join(printer.parts(prop.args[0], scope))})"
        if isinstance(prop, props.VanishesWith) and is_gaussian(prop.args[1]):
            a, b = (printer.term(z, scope) for z in prop.args)
            positive = f"(gaussian_gt0 {' '.join(printer.parts(prop.args[1], scope))})"
            return f"(@zero_of_positive {a} {b} {positive})"
        if not isinstance(prop, props.Differentiable) or len(prop.pairs) != 1:
            return None
        ((var, at),) = prop.pairs
        if var.sort is not Sort.VEC:
            return None
        if is_gaussian(prop.body) and gaussian_score(nodes.Grad(prop.body, var, at)) is not None:
            m, v = (printer.parts(prop.body, {**scope, var: "vzero"}))[1:]
            density = f"(has_gradient_density {printer.vector(at, scope)} {m} {v})"
            return f"(differentiable_of {density})"
        return self._shifted(prop.body, var, printer.vector(at, scope), scope)

    def _shifted(self, body: Any, var: Var, place: str, scope: CoqScope) -> str | None:
        """That x + m is differentiable in x."""
        if not isinstance(body, Add) or not dimension(body):
            return None
        if any(var in free_vars(part) and part != var for part in body.args):
            return None
        parts = [
            f"(differentiable_id {place})"
            if part == var
            else f"(differentiable_const {self.printer.vector(part, scope)} {place})"
            for part in body.args
        ]
        whole = parts[-1]
        for part in reversed(parts[:-1]):
            whole = f"(differentiable_add {part} {whole})"
        return whole

    def _instance(self, known: CoqKnown, prop: Any, scope: CoqScope) -> str | None:
        """``prop`` as what a "for every" says of a variable's value."""
        var = known.prop.var
        for value in scope.values():
            special = CoqKnown(
                known.prop.body, {**known.scope, var: value}, f"({known.proof} {value})"
            )
            mine = self.equality.class_of(special.prop, special.scope)
            if mine == self.equality.class_of(prop, scope):
                return self.cast(special, prop, scope)
        return None

    def use(
        self, source: From, scope: CoqScope | None = None, more: Sequence[CoqKnown] = ()
    ) -> CoqKnown:
        """The conclusion of an earlier step, its hypotheses taken from what is known."""
        scope = self.scope if scope is None else scope
        premise = self.premise(source)
        inside = {v: scope.get(v) or self.some(v) for v in frees(premise)}
        uses = [inside[v] for v in frees(premise)]
        needs = [self.given(h, inside, more) for h in premise.hypotheses]
        whole = " ".join([f"s{source.step}", *uses, *needs])
        return CoqKnown(premise.conclusion, inside, f"({whole})")

    def proved(self, source: From, prop: Any, scope: CoqScope | None = None, more: Any = ()) -> str:
        """``prop`` from an earlier step that says the same."""
        scope = self.scope if scope is None else scope
        return self.cast(self.use(source, scope, more), prop, scope)

    def some(self, var: Var) -> str:
        """A value for a variable that occurs in a premise alone."""
        if var.sort is Sort.VEC:
            return "(@vzero d)"
        if var.sort is Sort.PARAM and self.proof.symbols.smooth:
            return "(@vzero k)"
        if var.sort is Sort.PARAM and not self.proof.symbols.own_parameters:
            raise NotExported(f"{var.name} occurs in a premise alone")
        return f"(0 : {type_of(var)})"

    def with_values(self, term: Any) -> CoqScope:
        """The scope, with some value for each variable of a term that is not in it."""
        missing = free_vars(term) - set(self.scope)
        return {**self.scope, **{var: self.some(var) for var in missing}}

    # --- the same proposition, written otherwise ---

    def cast(self, known: CoqKnown, prop: Any, scope: CoqScope) -> str:
        """A proof of ``prop`` from one of a proposition that arithmetic makes the same."""
        p, s, proof = known.prop, known.scope, known.proof
        eq = self.equality
        if type(p) is not type(prop):
            raise NotExported(f"{shown(p)} is not {shown(prop)}")
        if eq.key_of(p, s) == eq.key_of(prop, scope):
            return proof
        if isinstance(p, props.Equals):
            vector = dimension(p.lhs) or dimension(p.rhs)
            left = eq.terms(prop.lhs, scope, p.lhs, s, vector)
            return chain(left, proof, eq.terms(p.rhs, s, prop.rhs, scope, vector))
        if isinstance(p, props.AtMost):
            low, high = eq.terms(p.lhs, s, prop.lhs, scope), eq.terms(p.rhs, s, prop.rhs, scope)
            left, right = self.printer.term(p.lhs, s), self.printer.term(prop.rhs, scope)
            raised = f"(eq_ind _ (fun h => {left} <= h) {proof} _ {high})"
            return f"(eq_ind _ (fun h => h <= {right}) {raised} _ {low})"
        if isinstance(p, props.Positive):
            same = eq.terms(p.args[0], s, prop.args[0], scope)
            return f"(eq_ind _ (fun h => 0 < h) {proof} _ {same})"
        if isinstance(p, props.VanishesWith):
            a, b = p.args
            c, d = prop.args
            inner = chain(eq.terms(b, s, d, scope), "pt_e")
            return f"(fun pt_e => {chain(eq.terms(c, scope, a, s), f'({proof} {inner})')})"
        if isinstance(p, props.ForAll):
            name = self.proof.symbols.local(prop.var, scope)
            inside = CoqKnown(p.body, {**s, p.var: name}, f"({proof} {name})")
            kind = type_of(prop.var)
            body = self.cast(inside, prop.body, {**scope, prop.var: name})
            return f"(fun {name} : {kind} => {body})"
        if isinstance(p, props.Integrable):
            return self._cast_integrable(known, prop, scope)
        if isinstance(p, props.Almost):
            return self._cast_almost(known, prop, scope)
        raise NotExported(f"{shown(p)} as {shown(prop)}")

    def _cast_integrable(self, known: CoqKnown, prop: Any, scope: CoqScope) -> str:
        over, point = items(prop.measure), self.equality.point()
        s = self.printer.placed(known.scope, at(items(known.prop.measure), point))
        t = self.printer.placed(scope, at(over, point))
        vector = dimension(prop.body)
        f, g = (
            weighted(p.measure, tree(p.body, k, vector, dict(items(p.measure).values)), k)
            for p, k in ((known.prop, s), (prop, t))
        )
        lets = any(isinstance(i, nodes.Let) for p in (known.prop, prop) for i in p.measure)
        expand = "inner_products" if lets and not vector else ""
        same = f"(fun {point} : {space(over)} => {self.equality.trees(f, g, expand)})"
        F, G = self.integrand(known.prop, known.scope), self.integrand(prop, scope)
        lemma = f"VIntegrable_ext {vector}" if vector else "Integrable_ext"
        return f"(@{lemma} ({space(over)}) {F} {G} {same} {known.proof})"

    def _cast_almost(self, known: CoqKnown, prop: Any, scope: CoqScope) -> str:
        p, over, point = known.prop, items(prop.measure), self.equality.point()
        s = self.printer.placed(known.scope, at(items(p.measure), point))
        t = self.printer.placed(scope, at(over, point))
        if densities(prop.measure):
            laws = [
                product_of([leaf(d, k) for d in densities(m)])
                for m, k in ((p.measure, s), (prop.measure, t))
            ]
            same = self.equality.trees(laws[0], laws[1])
            nonzero = f"(fun pt_e => pt_n {chain(back(same), 'pt_e')})"
            inner = self.cast(CoqKnown(p.args[0], s, f"(pt_k {nonzero})"), prop.args[0], t)
            inner = f"(fun pt_n => {inner})"
        else:
            inner = self.cast(CoqKnown(p.args[0], s, "pt_k"), prop.args[0], t)
        return (
            f"(@ae_mono ({space(over)}) {self.almost(p, known.scope)} {self.almost(prop, scope)} "
            f"(fun {point} pt_k => {inner}) {known.proof})"
        )

    # --- functions and propositions at points ---

    def integrand(self, prop: Any, scope: CoqScope | None = None) -> str:
        """The function that an integrability condition or an integral is about."""
        return self.equality.integrand(prop, self.scope if scope is None else scope)

    def almost(self, prop: Any, scope: CoqScope | None = None) -> str:
        """What an "almost every" says, as a predicate."""
        over = items(prop.measure)
        scope = self.scope if scope is None else scope
        return self.printer.function(over, scope, lambda s: self.printer.under_law(prop, s))

    def function(self, over: Sequence[Any], write: Callable[[CoqScope], str]) -> str:
        return self.printer.function(over, self.scope, write)


__all__ = ["REFL", "At", "CoqKnown", "CoqProof"]
