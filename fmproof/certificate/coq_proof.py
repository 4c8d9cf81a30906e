"""The steps of a certificate as lemmas of Coq, one a step, each proved by its rule's lemma.

Nothing here needs to be trusted: what it writes wrongly, Coq refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Add, Expr, Mul, S

from fmproof.certificate.certificate import Certificate, From, Step
from fmproof.certificate.coq_terms import (
    TYPES,
    NotExported,
    Printer,
    Scope,
    Symbols,
    arguments,
    bound_by,
    densities,
    items,
    space,
)
from fmproof.lang import nodes, props
from fmproof.lang.node import shown, sort_of
from fmproof.lang.nodes.heads import law_order
from fmproof.lang.scope import alpha_equal, apart, canon, free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.nodes.variable import Var


def frees(step: Step) -> list[Var]:
    """The free variables of a step, which its lemma is about, in a fixed order."""
    found = free_vars(step.conclusion).union(*(free_vars(h) for h in step.hypotheses))
    return sorted(found, key=lambda v: (v.sort.value, v.name))


class Proof:
    """The lemmas of a certificate."""

    def __init__(self, certificate: Certificate, symbols: Symbols) -> None:
        self.steps = certificate.steps
        self.symbols = symbols
        self.printer = Printer(symbols)

    def lemma(self, number: int) -> str:
        """One step as a lemma, with its rule and what it says as a comment."""
        step = self.steps[number]
        scope = {v: self.symbols.local(v) for v in frees(step)}
        script = _SCRIPTS.get(step.rule)
        if script is None:
            raise NotExported(f"step {number}: the rule {step.rule} has no translation to Coq yet")
        try:
            lines = script(_At(self, number, scope))
        except NotExported as error:
            raise NotExported(f"step {number}, {step.rule}: {error}") from None
        comment = f"(* {step.rule}: {_comment(step)} *)"
        return f"{comment}\nLemma {self.statement(number, scope)}\nProof.\n{_indent(lines)}\nQed.\n"

    def statement(self, number: int, scope: Scope) -> str:
        step = self.steps[number]
        given = "".join(f" ({scope[v]} : {TYPES[v.sort]})" for v in frees(step))
        needs = "".join(
            f"\n  (H{i} : {self.printer.prop(h, scope)})" for i, h in enumerate(step.hypotheses)
        )
        return f"s{number}{given}{needs} :\n  {self.printer.prop(step.conclusion, scope)}."


def _comment(step: Step) -> str:
    return shown(step.conclusion).replace("(*", "( *").replace("*)", "* )").replace('"', "'")


def _indent(lines: Sequence[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)


class _At:
    """A step being written: its parts, and how to refer to other steps and print terms."""

    def __init__(self, proof: Proof, number: int, scope: Scope) -> None:
        self.proof, self.number, self.scope = proof, number, dict(scope)
        self.step = proof.steps[number]
        self.printer = proof.printer

    def arg(self, place: int) -> Any:
        return self.step.arguments[place]

    @property
    def conclusion(self) -> Any:
        return self.step.conclusion

    def premise(self, source: From) -> Step:
        return self.proof.steps[source.step]

    def have(self, name: str, source: From, scope: Scope | None = None) -> str:
        """``name``: the conclusion of an earlier step, its hypotheses found in the context."""
        scope = self.scope if scope is None else scope
        premise = self.premise(source)
        inside = {v: scope.get(v) or _some(v) for v in frees(premise)}
        given = " ".join(inside[v] for v in frees(premise))
        told = self.printer.prop(premise.conclusion, inside)
        holes = " _" * len(premise.hypotheses)
        return f"assert ({name} : {told}) by (refine (s{source.step} {given}{holes}); side)."

    def term(self, node: Any, scope: Scope | None = None) -> str:
        return self.printer.term(node, self.scope if scope is None else scope)

    def fun(self, measure: Sequence[Any], write: Callable[[Scope], str]) -> str:
        return self.printer.on(measure, self.scope, write)


def _some(var: Var) -> str:
    """A value for a variable that occurs in a premise alone."""
    if var.sort is Sort.REAL:
        return "0"
    if var.sort is Sort.VEC:
        return "(@vzero d)"
    raise NotExported(f"{var.name} occurs in a premise alone")


# --- rules of any logic -------------------------------------------------------------------


def _assume(at: _At) -> list[str]:
    return ["assumption."]


def _same(at: _At) -> list[str]:
    return [at.have("P", at.arg(0)), "exact P."]


def _arithmetic(at: _At) -> list[str]:
    return ["arithmetic."]


def _symmetry(at: _At) -> list[str]:
    return [at.have("P", at.arg(0)), "exact (eq_sym P)."]


def _transitivity(at: _At) -> list[str]:
    first, second = at.arg(0), at.arg(1)
    kinds = [isinstance(at.premise(p).conclusion, props.Equals) for p in (first, second)]
    made = {
        (True, True): "exact (eq_trans P Q).",
        (True, False): "rewrite P; exact Q.",
        (False, True): "rewrite <- Q; exact P.",
        (False, False): "exact (Rle_trans _ _ _ P Q).",
    }[kinds[0], kinds[1]]
    return [at.have("P", first), at.have("Q", second), made]


def _discharge(at: _At) -> list[str]:
    return [at.have("C", at.arg(1)), at.have("P", at.arg(0)), "exact P."]


def _specialise(at: _At) -> list[str]:
    return [at.have("P", at.arg(0)), f"exact (P {at.term(at.arg(1))})."]


def _generalise(at: _At) -> list[str]:
    var = at.arg(1)
    name = at.proof.symbols.local(var)
    scope = {**at.scope, var: name}
    return [f"intro {name}.", at.have("P", at.arg(0), scope), "exact P."]


def _instantiate(at: _At) -> list[str]:
    scope = {**at.scope, **{var: at.term(value) for var, value in at.arg(1)}}
    return [at.have("P", at.arg(0), scope), "exact P."]


def _unfold(at: _At) -> list[str]:
    return ["first [reflexivity | arithmetic]."]


def _congruence(at: _At) -> list[str]:
    node, parts = at.arg(0), at.arg(1)
    if isinstance(node, nodes.IntegralOver | nodes.Expect):
        return _congruence_under(at, node, parts[0][1]) if parts else ["reflexivity."]
    lines = []
    args = arguments(node)
    shift = 1 if isinstance(node, nodes.Apply) else 0
    now = [at.term(a) for a in args]
    for i, (place, source) in enumerate(parts):
        place -= shift
        premise = at.premise(source).conclusion
        lines.append(at.have(f"P{i}", source))
        context = [*now]
        context[place] = "h"
        kind = "vec d" if sort_of(args[place]) is Sort.VEC else "R"
        write = at.printer.vector if kind == "vec d" else at.printer.term
        now[place] = write(premise.rhs, at.scope)
        hole = at.printer.combined(node, context)
        lines.append(f"etransitivity; [exact (f_equal (fun h : {kind} => {hole}) P{i})|].")
    return [*lines, "arithmetic."]


def _projections(over: Sequence[Any], point: str) -> dict[Var, str]:
    """What stands for each variable of a measure at a point of the product."""
    found: dict[Var, str] = {}
    at = point
    for item in reversed(over[1:]):
        found[item.var] = f"(snd {at})"
        at = f"(fst {at})"
    found[over[0].var] = at
    return found


def _congruence_under(at: _At, node: Any, source: From) -> list[str]:
    over = items(node.measure)
    scope = {**at.scope, **_projections(over, "w")}
    vector = sort_of(node) is Sort.VEC
    inside = [at.have("P", source, scope)]
    weights = densities(node.measure)
    if weights:
        inside.append(f"exact (f_equal ({'vscal' if vector else 'Rmult'} _) P).")
    else:
        inside.append("exact P.")
    bound = set(bound_by(node))
    lifted = [h for h in at.premise(source).hypotheses if bound & free_vars(h)]
    unfold = ["unfold VExpect." if vector else "unfold Expect."] if weights else []
    if not lifted:
        return [*unfold, f"apply {'VInt' if vector else 'Int'}_ext; intro w.", *inside]
    if vector:
        raise NotExported("congruence under an integral of vectors, almost everywhere")
    found = []
    for h in lifted:
        wanted = canon(props.Almost(h, *node.measure))
        places = [i for i, k in enumerate(at.step.hypotheses) if canon(k) == wanted]
        if not places:
            raise NotExported("a lifted hypothesis is not among those of the step")
        merged = isinstance(h, props.Almost)
        found.append(_nested(f"H{places[0]}", len(over), len(items(h.measure))) if merged
                     else f"H{places[0]}")  # fmt: skip
    names = [f"K{i}" for i in range(len(found))]
    both = found[-1]
    pattern = names[-1]
    for name, term in zip(reversed(names[:-1]), reversed(found[:-1]), strict=True):
        both, pattern = f"(ae_both {term} {both})", f"[{name} {pattern}]"
    strip = []
    if weights:
        law = at.printer.product(weights, scope)
        strip = [f"destruct (Req_EM_T ({law}) 0) as [e|n].",
                 "{ norm; norm_in e; rewrite !e; ring. }",
                 *(f"specialize ({k} n)." for k in names)]  # fmt: skip
    return [
        "norm; apply Int_almost; [meas | meas |].",
        f"refine (ae_mono _ _ _ _ {both}); norm; intros w {pattern}.",
        *strip,
        *inside,
    ]


def _nested(hypothesis: str, outer: int, inner: int) -> str:
    if inner == 1:
        return f"(ae_product {hypothesis})"
    if outer == 1 and inner == 2:
        return f"(sections_null2 {hypothesis})"
    raise NotExported(f"a null set in {outer} and {inner} variables")


# --- algebra ------------------------------------------------------------------------------


def _cancel(at: _At) -> list[str]:
    term = at.arg(0)
    factors = list(Mul.make_args(term))
    for ratio in factors:
        if isinstance(ratio, nodes.Ratio):
            a, b = ratio.args
            if any(f is not ratio and alpha_equal(f, b) for f in factors):
                x, y = at.term(a), at.term(b)
                rest = [f for f in factors if f is not ratio]
                rest.remove(next(f for f in rest if alpha_equal(f, b)))
                others = Mul(*rest)
                left = f"({y} * ratio {x} {y})"
                if sort_of(term) is Sort.VEC:
                    left = f"(vscal {left} {at.printer.vector(others, at.scope)})"
                else:
                    left = f"({left} * {at.term(others)})"
                return [
                    f"assert (C : {y} * ratio {x} {y} = {x}) by (apply cancel; side).",
                    f"transitivity {left}; [arithmetic | rewrite C; arithmetic].",
                ]
    raise NotExported("no ratio to cancel")


# --- integrals ----------------------------------------------------------------------------


def _summands(body: Any, bound: set[Var]) -> list[tuple[Any, Any]]:
    found = []
    for summand in Add.make_args(body):
        factors = Mul.make_args(summand)
        found.append(
            (
                Mul(*(f for f in factors if not bound & free_vars(f))),
                Mul(*(f for f in factors if bound & free_vars(f))),
            )
        )
    return found


def _linearity(at: _At) -> list[str]:
    term = at.arg(0)
    if sort_of(term) is Sort.VEC:
        raise NotExported("linearity for an integral of vectors")
    over, weights = items(term.measure), densities(term.measure)
    parts = _summands(term.body, set(bound_by(term)))
    if weights and any(rest == S.One for _, rest in parts):
        raise NotExported("the expectation of a constant")

    def function(rest: Any) -> str:
        return at.fun(over, lambda s: at.printer.weighted(weights, rest, s))

    where = space(over)
    if len(parts) == 1:
        constant, rest = parts[0]
        k, f = at.term(constant), function(rest)
        return [
            f"transitivity (Int ({where}) (fun w => {k} * {f} w)).",
            "{ norm; apply Int_ext; intro w; arithmetic. }",
            f"rewrite (Int_scale (S := {where}) {k} {f}); arithmetic.",
        ]
    pairs = "; ".join(f"({at.term(c)}, {function(rest)})" for c, rest in parts)
    return [
        f"pose proof (@linearity ({where}) [{pairs}]) as L.",
        "destruct L as [_ E]; [cbn [all_integrable]; repeat split; side|].",
        "etransitivity; [|etransitivity; [exact E|]].",
        "{ norm; apply Int_ext; intro w; cbn [combination]; arithmetic. }",
        "cbn [integrals]; arithmetic.",
    ]


def _inner_of_integral(at: _At) -> list[str]:
    term = at.arg(0)
    factors = list(Mul.make_args(term))
    for place, factor in enumerate(factors):
        if not isinstance(factor, nodes.Inner):
            continue
        for side in (1, 0):
            integral, other = factor.args[side], factor.args[1 - side]
            if isinstance(integral, nodes.IntegralOver):
                scalar = Mul(*factors[:place], *factors[place + 1 :])
                k, a = at.term(scalar), at.term(other)
                inside = at.printer.term(integral, at.scope)
                return [
                    f"transitivity ({k} * ip {a} {inside}); [arithmetic|].",
                    "rewrite inner_of_integral; [norm; apply Int_ext; intro; arithmetic | side].",
                ]
    raise NotExported("no inner product with an integral")


def _fubini(at: _At) -> list[str]:
    outer = at.arg(0)
    inner = apart(outer.body, bound_by(outer))
    first, second = items(outer.measure), items(inner.measure)
    if len(second) != 1:
        raise NotExported("Fubini with several inner variables at once")
    scope = {**at.scope, **_projections(first, "a"), **_projections(second, "b")}
    body = at.term(inner.body, scope)
    return [f"refine (@fubini ({space(first)}) ({space(second)}) (fun a b => {body}) _); side."]


def _expectation_as_integral(at: _At) -> list[str]:
    count = len(items(at.arg(0).measure))
    lines = ["norm."]
    for depth in range(count - 1):
        goal = "side"
        for _ in range(depth):
            goal = f"apply Integrable_Int; {goal}"
        lines.append(f"etransitivity; [apply Int_product; {goal}|].")
    return [*lines, "arithmetic."]


def _marginal(at: _At, draw: Any, rest: Sequence[Any]) -> tuple[Any, list[Any], list[str]]:
    """For a marginal density over ``draw``'s variable: its integral, the item integrated out, and
    a proof (as lines) that its integrand is finite almost everywhere, named ``fin``."""
    head = draw.head
    mass = head.unfold(draw.arguments)
    taken = {item.var for item in rest} | free_vars(draw)
    mass = apart(mass, taken)
    hidden = items(mass.measure)
    drawn = items([draw])
    if len(hidden) != 1 or len(drawn) != 1:
        raise NotExported("a marginal with several variables")
    return mass, [*hidden], _finite_marginal(at, mass, drawn[0], hidden[0])


def _finite_marginal(at: _At, mass: Any, drawn: Any, hidden: Any) -> list[str]:
    order = law_order(Mul.make_args(mass.body))
    if order is None or len(order) != 2 or items([order[0]])[0].var is not hidden.var:
        raise NotExported("a marginal that is not ∫ p(x|z) q(z) dz")
    first, second = order
    hid, dra = space([hidden]), space([drawn])
    given = sorted(free_vars(mass) - {drawn.var}, key=lambda v: (v.sort.value, v.name))
    names = {v: at.proof.symbols.local(v) for v in given}
    binder = "".join(f" ({names[v]} : {TYPES[v.sort]})" for v in given)
    z, x = at.proof.symbols.local(hidden.var), at.proof.symbols.local(drawn.var)
    inside = {**names, hidden.var: z, drawn.var: x}
    j = at.term(mass.body, inside)
    q, p = at.term(first, inside), at.term(second, inside)
    quantified = f"forall{binder}, " if binder else ""
    return [
        f"assert (fin : {quantified}ae ({dra}) (fun {x} => Integrable ({hid}) (fun {z} => {j}))).",
        "{ intros;",
        f"  refine (@Integrable_section ({dra}) ({hid}) (fun w => (fun {x} {z} => {j}) (fst w) (snd w)) _).",
        f"  refine (@Integrable_ext ({dra} ⊗ {hid}) _ _ _ (Integrable_renaming (renaming_swap ({dra}) ({hid}))",
        f"    (@law_cons ({hid}) ({dra}) (fun {z} => {q}) (fun {z} {x} => {p}) _ _ _ _)));",
        "  [ intro; arithmetic | meas | law | law | law ]. }",
    ]


def _support_of_marginal(at: _At) -> list[str]:
    marginal = at.arg(0)
    mass, hidden, fin = _marginal(at, marginal, [])
    drawn = items([marginal])
    z, x = (at.proof.symbols.local(i.var) for i in (hidden[0], drawn[0]))
    inside = {**at.scope, hidden[0].var: z, drawn[0].var: x}
    j = at.term(mass.body, inside)
    return [
        *fin,
        f"refine (@support_of_marginal ({space(drawn)}) ({space(hidden)}) (fun {x} {z} => {j}) _ _ _);",
        "[ meas | law | apply fin ].",
    ]


def _expanded(at: _At, measure: Sequence[Any], place: int, body: Any, lemma: str) -> list[str]:
    """``L``: the lemma about a marginal draw as an integral over one more variable, at the end."""
    draw = measure[place]
    over = items(measure)
    mass, hidden, fin = _marginal(at, draw, over)
    if items([draw])[0].var is not over[-1].var:
        raise NotExported("a marginal draw that is not the last")
    scope = {**at.scope, **_projections(over, "s"), hidden[0].var: "z"}
    plain = {**at.scope, **_projections(over, "s")}
    others = [d for i, d in enumerate(densities(measure)) if densities(measure)[i] is not draw]
    j = at.term(mass.body, scope)
    f = at.printer.weighted(others, body, plain)
    first, last = space(over[:-1]), space(over[-1:])
    if len(over) < 2:
        raise NotExported("a marginal draw alone")
    return [
        *fin,
        f"pose proof (@{lemma} ({space(over)}) ({space(hidden)}) (fun s z => {j})) as L.",
        "specialize (L ltac:(meas)); specialize (L ltac:(law)).",
        f"specialize (L ltac:(refine (@finite_over ({first}) ({last}) ({space(hidden)}) (fun s z => {j}) _ _);"
        " [meas | norm; intros; apply fin])).",
        f"specialize (L (fun s => {f}) ltac:(meas)).",
    ]


def _reordered(source: Sequence[Any], target: Sequence[Any]) -> str | None:
    """The renaming from a product with the factors ``target`` to one with ``source``; None if equal."""
    a, b = [i.var for i in source], [i.var for i in target]
    if a == b:
        return None
    if len(a) == 2 and a == b[::-1]:
        return f"(renaming_swap ({space(target[:1])}) ({space(target[1:])}))"
    if len(a) >= 3 and a[:-2] == b[:-2] and a[-2:] == b[:-3:-1]:
        return f"(swap_last ({space(target[:-2])}) ({space(target[-2:-1])}) ({space(target[-1:])}))"
    raise NotExported("an order of the variables that is not a swap of the last two")


def _marginal_draw(at: _At) -> list[str]:
    term, place = at.arg(0), at.arg(1)
    if sort_of(term) is Sort.VEC:
        raise NotExported("the expectation of a vector")
    lines = _expanded(at, term.measure, place, term.body, "marginal_draw")
    hidden = items(_marginal(at, term.measure[place], items(term.measure))[0].measure)
    result = items(at.conclusion.rhs.measure)
    source = [*items(term.measure), *hidden]
    renaming = _reordered(source, result)
    lines.append("norm; norm_in L; etransitivity; [|etransitivity; [exact L|]].")
    lines.append("{ apply Int_ext; intro w; arithmetic. }")
    if renaming is None:
        return [*lines, "arithmetic."]
    return [
        *lines,
        f"etransitivity; [symmetry; apply (Int_renaming _ {renaming})|].",
        "norm; apply Int_ext; intro w; norm; arithmetic.",
    ]


def _tonelli(at: _At) -> list[str]:
    goal, premise = at.arg(0), at.arg(1)
    if sort_of(goal.body) is Sort.VEC:
        raise NotExported("Tonelli for vectors")
    source, target = items(premise.measure), items(goal.measure)
    unfolds = _constants(goal, premise, at)
    lines = [f"norm; norm_in H0; {unfolds}"]
    known = "H0"
    if len(target) == len(source) + 1:
        place = max(i for i, d in enumerate(premise.measure))
        lines = [
            f"norm_in H0; {unfolds}",
            *_expanded(at, premise.measure, place, premise.body, "marginal_integrable"),
        ]
        hidden = items(_marginal(at, premise.measure[place], source)[0].measure)
        source = [*source, *hidden]
        lines.append("norm_in L; norm.")
        lines.append(f"{unfolds}".strip())
        lines.append(
            "assert (K := L ltac:(refine (Integrable_ext _ H0); intro; arithmetic)); clear L."
        )
        known = "K"
    renaming = _reordered(source, target)
    if renaming is not None:
        known = f"(Integrable_renaming {renaming} {known})"
    lines.append(f"refine (Integrable_ext _ {known}); intro w; norm; arithmetic.")
    return [line for line in lines if line]


def _constants(goal: Any, premise: Any, at: _At) -> str:
    """Unfold the densities that are constants by definition."""
    names = [
        at.proof.symbols.heads[d.head]
        for prop in (goal, premise)
        for d in [*densities(prop.measure), *Mul.make_args(prop.body)]
        if isinstance(d, nodes.Apply)
        and d.head.definition is not None
        and d.head.definition.is_Rational
    ]
    return f"unfold {', '.join(dict.fromkeys(names))} in *." if names else ""


def _finite_measure(at: _At) -> list[str]:
    goal = at.arg(0)
    over = items(goal.measure)
    factors = [*densities(goal.measure), *Mul.make_args(goal.body)]
    laws = [f for f in factors if isinstance(f, nodes.Apply)]
    order = law_order([f for f in laws if not (f.head.definition or S.Half).is_Rational
                       or f.head.definition is None])  # fmt: skip
    if order is None or not over[0].bounded or len(order) != len(over) - 1:
        raise NotExported("the integral of a constant under this law")
    built, now = [over[0]], f"(density_integrable (@segment_density _ _ _ : Density ({space(over[:1])}) _))"
    scope0 = {**at.scope, **_projections(built, "s")}
    density = "1"
    lines = [
        f"assert (i0 : Integrable ({space(built)}) (fun _ => 1)).",
        f"{{ refine (@Integrable_ext ({space(built)}) _ _ _ {now}); intro; cbv beta; field; lra. }}",
    ]
    for n, factor in enumerate(order):
        item = items([factor])[0]
        scope = {**scope0, **_projections(built, "s"), item.var: "y"}
        p = at.term(factor, scope)
        prior = density
        lines += [
            f"assert (i{n + 1} := @law_cons ({space(built)}) ({space([item])}) (fun s => {prior}) (fun s y => {p})",
            f"  ltac:(meas) ltac:(law) i{n} ltac:(law)); norm_in i{n + 1}.",
        ]
        built.append(item)
        past = _projections(built, "s")
        density = " * ".join(
            ["1", *(at.term(f, {**at.scope, **past}) for f in order[: n + 1])]
        )
    renaming = _reordered(built, over)
    known = f"i{len(order)}"
    if renaming is not None:
        known = f"(Integrable_renaming {renaming} {known})"
    return [*lines, f"norm; refine (Integrable_ext _ {known}); intro w; norm; arithmetic."]


# --- domination ---------------------------------------------------------------------------


def _weighted_inner(at: _At, square: bool) -> tuple[Any, str, Any, Any]:
    goal = at.arg(0)
    factors = list(Mul.make_args(goal.body))
    for i, inner in enumerate(factors):
        if isinstance(inner, nodes.Inner) and (inner.args[0] == inner.args[1]) is square:
            weight = Mul(*factors[:i], *factors[i + 1 :])
            over, laws = items(goal.measure), densities(goal.measure)
            w = at.fun(over, lambda s: at.printer.weighted(laws, weight, s))
            return over, w, inner.args[0], inner.args[1]
    raise NotExported("no inner product")


def _cauchy_schwarz(at: _At) -> list[str]:
    over, w, a, b = _weighted_inner(at, square=False)
    f, g = (at.fun(over, lambda s, v=v: at.term(v, s)) for v in (a, b))  # type: ignore[misc]
    return [
        f"refine (Integrable_ext _ (@cauchy_schwarz d ({space(over)}) {w} {f} {g} _ _ _));",
        "[intro; arithmetic | meas | side | side].",
    ]


def _parallelogram(at: _At) -> list[str]:
    over, w, a, _ = _weighted_inner(at, square=True)
    if not (isinstance(a, Add) and len(a.args) == 2):
        raise NotExported("the square of a sum of more than two")
    f, g = (at.fun(over, lambda s, v=v: at.term(v, s)) for v in a.args)  # type: ignore[misc]
    return [
        f"refine (Integrable_ext _ (@parallelogram d ({space(over)}) {w} {f} {g} _ _ _));",
        "[intro; arithmetic | meas | side | side].",
    ]


def _square_integrable(at: _At) -> list[str]:
    goal = at.arg(0)
    factors = Mul.make_args(goal.body)
    (vector,) = (f for f in factors if sort_of(f) is Sort.VEC)
    weight = Mul(*(f for f in factors if sort_of(f) is not Sort.VEC))
    over, laws = items(goal.measure), densities(goal.measure)
    w = at.fun(over, lambda s: at.printer.weighted(laws, weight, s))
    f = at.fun(over, lambda s: at.term(vector, s))
    return [
        f"refine (VIntegrable_ext _ (@square_integrable d ({space(over)}) {w} {f} _ _ _));",
        "[intro; arithmetic | meas | side | side].",
    ]


def _cancelled_ratio(at: _At) -> list[str]:
    goal = at.arg(0)
    over, laws = items(goal.measure), densities(goal.measure)
    factors = [*laws, *Mul.make_args(goal.body)]
    for ratio in factors:
        if not isinstance(ratio, nodes.Ratio):
            continue
        a, b = ratio.args
        for factor in factors:
            if factor is not ratio and alpha_equal(factor, b):
                rest = [f for f in factors if f is not ratio and f is not factor]
                vectors = [f for f in rest if sort_of(f) is Sort.VEC]
                scalars = [f for f in rest if f not in vectors]
                fa, fb = (at.fun(over, lambda s, v=v: at.term(v, s)) for v in (a, b))  # type: ignore[misc]
                lemma = "cancelled_ratio"
                if vectors:
                    lemma = "cancelled_ratio_vector"
                    g = at.fun(
                        over, lambda s: at.printer.weighted([], Mul(*scalars, vectors[0]), s)
                    )
                else:
                    g = at.fun(over, lambda s: at.printer.product(scalars, s))
                ext = "VIntegrable_ext" if vectors else "Integrable_ext"
                return [
                    f"refine ({ext} _ (@{lemma} {'d ' if vectors else ''}({space(over)}) {fa} {fb} {g} _ _));",
                    "[intro; arithmetic | meas | side].",
                ]
    raise NotExported("no ratio")


def _jensen(at: _At) -> list[str]:
    goal = at.arg(0)
    over, laws = items(goal.measure), densities(goal.measure)
    factors = [*laws, *Mul.make_args(goal.body)]
    for inner in factors:
        if not (isinstance(inner, nodes.Inner) and inner.args[0] == inner.args[1]):
            continue
        field = inner.args[0]
        if not (isinstance(field, nodes.Apply) and field.head.definition is not None):
            continue
        average = apart(field.head.unfold(field.arguments), [i.var for i in over])
        pieces = Mul.make_args(average.body)
        (ratio,) = (f for f in pieces if isinstance(f, nodes.Ratio))
        values = Mul(*(f for f in pieces if f is not ratio))
        joint, marginal = ratio.args
        weights = [f for f in factors if f is not inner]
        weights.remove(next(w for w in weights if alpha_equal(w, marginal)))
        hidden = items(average.measure)
        mass, _, fin = _marginal(at, marginal, over)
        scope = {**at.scope, **_projections(over, "s"), hidden[0].var: "z"}
        j, f = at.term(joint, scope), at.term(values, scope)
        w = at.printer.product(weights, {**at.scope, **_projections(over, "s")})
        first, last = space(over[:-1]), space(over[-1:])
        hid = space(hidden)
        return [
            *fin,
            f"pose proof (@jensen ({space(over)}) ({hid}) (fun s z => {j})) as L.",
            "specialize (L ltac:(meas)); specialize (L ltac:(law)).",
            f"specialize (L ltac:(refine (@finite_over ({first}) ({last}) ({hid}) (fun s z => {j}) _ _);"
            " [meas | norm; intros; apply fin])).",
            f"specialize (L d (fun s => {w}) (fun s z => {f}) ltac:(meas) ltac:(meas)).",
            "specialize (L ltac:(norm; norm_in H0; refine (Integrable_ext _ H0); intro; norm; arithmetic)).",
            f"unfold {at.proof.symbols.heads[field.head]}, {at.proof.symbols.heads[marginal.head]} in *.",
            "norm; norm_in L; refine (Integrable_ext _ L); intro; norm; arithmetic.",
        ]
    raise NotExported("no squared conditional expectation")


# --- null sets ----------------------------------------------------------------------------


def _sections(at: _At) -> list[str]:
    prop, split = at.arg(0), at.arg(1)
    over = items(prop.measure)
    if len(over) - split == 1:
        lemma = "VIntegrable_section" if sort_of(prop.body) is Sort.VEC else "Integrable_section"
        return ["norm_in H0; norm.", f"exact ({lemma} H0)."]
    if split == 1 and len(over) == 3 and sort_of(prop.body) is not Sort.VEC:
        return ["norm_in H0; norm.", "exact (sections2 H0)."]
    raise NotExported(f"sections of {len(over)} variables after {split}")


def _reorder_almost(at: _At) -> list[str]:
    if list(at.arg(1)) != sorted(at.arg(1)):
        raise NotExported("null sets in another order")
    return _same(at)


def _everywhere(at: _At) -> list[str]:
    source, measure = at.arg(0), at.arg(1)
    over = items(measure)
    premise = at.premise(source)
    if densities(measure):
        raise NotExported("almost everywhere under a law")
    scope = {**at.scope, **_projections(over, "w")}
    if not isinstance(premise.conclusion, props.Almost):
        return ["apply ae_all; intro w.", at.have("P", source, scope), "exact P."]
    inside = items(premise.conclusion.measure)
    vanishes = premise.conclusion.args[0]
    if len(over) != 1 or len(inside) != 2 or not isinstance(vanishes, props.VanishesWith):
        raise NotExported("merging these null sets")
    names = {item.var: at.proof.symbols.local(item.var) for item in (*over, *inside)}
    a, b = (at.term(t, {**at.scope, **names}) for t in vanishes.args)
    binder = " ".join(names[i.var] for i in (*over, *inside))
    here = {**at.scope, over[0].var: "w"}
    spaces = " ".join(f"({space([i])})" for i in (*over, *inside))
    return [
        f"refine (@everywhere_vanishing2 {spaces} (fun {binder} => {b}) (fun {binder} => {a}) _ _ _);",
        "[meas | meas |]; intro w.",
        at.have("P", source, here),
        "exact P.",
    ]


_SCRIPTS: dict[str, Callable[[_At], list[str]]] = {
    "assume": _assume,
    "reflexivity": _arithmetic,
    "symmetry": _symmetry,
    "transitivity": _transitivity,
    "restate": _same,
    "weaken": _same,
    "discharge": _discharge,
    "specialise": _specialise,
    "generalise": _generalise,
    "instantiate": _instantiate,
    "unfold": _unfold,
    "congruence": _congruence,
    "ring": _arithmetic,
    "bilinearity": _arithmetic,
    "cancel": _cancel,
    "linearity": _linearity,
    "inner_of_integral": _inner_of_integral,
    "fubini": _fubini,
    "expectation_as_integral": _expectation_as_integral,
    "marginal_draw": _marginal_draw,
    "tonelli": _tonelli,
    "finite_measure": _finite_measure,
    "cauchy_schwarz": _cauchy_schwarz,
    "parallelogram": _parallelogram,
    "square_integrable": _square_integrable,
    "cancelled_ratio": _cancelled_ratio,
    "jensen": _jensen,
    "sections": _sections,
    "reorder_almost": _reorder_almost,
    "everywhere": _everywhere,
    "support_of_marginal": _support_of_marginal,
}
"""How each rule is proved."""

SUPPORTED = frozenset(_SCRIPTS)
