"""The laws of what is drawn: written, remembered, conditional, by convention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Expr, Rational

from fmproof.errors import SortError
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import (
    Apply,
    Density,
    IntegralOver,
    Lebesgue,
    Ratio,
    Var,
    uniform,
)
from fmproof.lang.nodes.measure import drawn_by, law_order, parents_of
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation import calculus, pairs, posteriors, randomness
from fmproof.reading.notation.lacking import (
    NotYet,
    number_in,
    symbol_in,
    value_of,
)
from fmproof.reading.notation.randomness import drawn_symbols
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def posterior_average(elab: Elaborator, node: t.Expectation) -> Expr | None:
    """E over z ~ p(z|x): the integral against joint over marginal; given x where x is a path."""
    if len(node.draws) != 1:
        return None
    (draw,) = node.draws
    law = draw.law if draw.law is not None else draw.drawn[0]
    letters = law.args if draw.law is None and isinstance(law, t.Call) else draw.drawn
    given = posteriors.given_a_path(elab, law, letters)
    if given is not None:
        observed = (one.left for one in given if isinstance(one, t.Observation))
        known = {*map(spelled, (*letters, *map(value_of, given), *observed))}
        if {*randomness.mentioned(elab, [node.body])} <= known:
            return randomness.conditional(elab, replace(node, draws=(), given=given))
    if not (isinstance(law, t.Call) and law.given and len(draw.drawn) == 1):
        return None
    symbol = draw.drawn[0] if draw.law is not None else law.args[0]
    if not isinstance(symbol, t.Sym):
        return None
    with elab.binding([spelled(symbol)]):
        density = elab.term(t.Call(draw.at, law.head, (symbol,), law.given))
        if not isinstance(density, Ratio):
            return None
        body = elab.term(node.body)
    return IntegralOver(body * density, Lebesgue(elab.variable(symbol)))


def posterior_integral(elab: Elaborator, node: t.Integral) -> Expr | None:
    """∫ f(z) p(z|x) dz where x is a path that z is in: the average over z ~ p(z|x)."""
    body = t.ungrouped(node.body)
    parts = body.factors if isinstance(body, t.Mul) else (body,)
    if isinstance(body, t.Mul) and not set(body.ops) <= {"", "·"}:
        return None
    letters = {spelled(one.var) for one in node.over}
    bounded = any(one.low is not None or one.high is not None for one in node.over)
    for i, law in enumerate(parts):
        if bounded or not isinstance(law, t.Call) or {*map(spelled, law.args)} != letters:
            continue
        if posteriors.given_a_path(elab, law, law.args) is not None:
            others = (*parts[:i], *parts[i + 1 :])
            rest: t.Node = t.Num(node.at, Fraction(1))
            if others:
                rest = others[0] if len(others) == 1 else t.Mul(node.at, others, _ops(body, i))
            return posterior_average(
                elab, t.Expectation(node.at, (t.Draw(law.at, (law,), None),), rest)
            )
    return None


def _ops(body: t.Node, gone: int) -> tuple[str, ...]:
    """The signs between the factors of a product without one of them."""
    ops = body.ops if isinstance(body, t.Mul) else ()
    return ops[1:] if gone == 0 else (*ops[: gone - 1], *ops[gone:])


def law(elab: Elaborator, node: t.Expectation) -> list[Apply]:
    """The draws of an expectation, each with its density, in an order that fits."""
    symbols = [s for s in drawn_symbols(node) if not randomness.names_law(elab, s)]
    names = [spelled(s) for s in symbols]
    found: list[Apply] = []
    bare: list[t.Sym] = []
    for draw in node.draws:
        letters = [one for one in draw.drawn if isinstance(one, t.Sym)]
        if draw.law is None and len(letters) == len(draw.drawn):
            bare += letters
        else:
            with elab.binding(names):
                found += [drawn(elab, one) for one in factored(elab, draw)]
    for symbol in [s for s in bare if randomness.names_law(elab, s)]:
        bare.remove(symbol)
        found.append(law_named(elab, symbol))
    with elab.binding(names):
        found += randomness.laws_of(elab, bare, names, {v for one in found for v in drawn_by(one)})
    order = law_order(found)
    if order is None:
        raise NotYet(
            "the draws of this expectation depend on each other in a circle", node.at, "law"
        )
    for one in order:
        for var in one.head.drawn(one):
            spelling = next((s for s, v in elab.variables.items() if v is var), None)
            if spelling is not None and one not in elab.laws.setdefault(spelling, []):
                elab.laws[spelling].insert(0, one)
            elif spelling is not None:
                elab.laws[spelling].remove(one)
                elab.laws[spelling].insert(0, one)
    return list(order)


def factored(elab: Elaborator, draw: t.Draw) -> list[t.Draw]:
    """(z, c) ~ π as c ~ π and z ~ π(·|c), in a document that has π(c) and π(z|c)."""
    law, one = draw.law, draw.drawn
    if law is None and len(one) == 1 and isinstance(one[0], t.Call):
        head, letters = one[0].head, one[0].args
        if one[0].given:
            return [draw]
    else:
        head, letters = (law.head if isinstance(law, t.Call) else law), one  # type: ignore[assignment]
    if len(letters) != 2 or not isinstance(head, t.Sym) or (isinstance(law, t.Call) and law.given):
        return [draw]
    uses = [
        u for u in elab.evidence.called.get(key_of(head), ()) if spelled(u.head) == spelled(head)
    ]
    shapes = {(tuple(map(spelled, u.args)), tuple(map(spelled, u.given))) for u in uses}
    for first, second in (letters, letters[::-1]):
        alone = ((spelled(second),), ())
        if alone in shapes and ((spelled(first),), (spelled(second),)) in shapes:
            return [
                t.Draw(draw.at, (t.Call(draw.at, head, (second,)),), None),
                t.Draw(draw.at, (t.Call(draw.at, head, (first,), (second,)),), None),
            ]
    return [draw]


def law_named(elab: Elaborator, symbol: t.Sym) -> Apply:
    """The law ν of E_ν, where the document draws something from ν, or has ν(x) with one letter x.

    Raises:
        NotYet: there is no such letter, or several are.
    """
    name = elab.names.given.get((key_of(symbol), "head"))
    laws = [law for known in elab.laws.values() for law in known if law.head.name == name]
    if name is not None and laws and not symbol.sub:
        return laws[0]
    calls = [
        call
        for call in elab.evidence.called.get(key_of(symbol), ())
        if spelled(call.head) == spelled(symbol)
        and len(call.args) == 1
        and not (call.given or call.after)
    ]
    letters = {spelled(a): a for call in calls for a in call.args if isinstance(a, t.Sym)}
    if len(letters) != 1:
        raise NotYet(f"what is drawn from {readable(key_of(symbol))}", symbol.at, "law")
    (letter,) = letters.values()
    return drawn(elab, t.Draw(symbol.at, (t.Call(symbol.at, symbol, (letter,)),), None))


def drawn(elab: Elaborator, draw: t.Draw) -> Apply:
    law, drawn = draw.law, draw.drawn
    if law is None and len(drawn) == 1 and isinstance(drawn[0], t.Call):
        term = elab.term(drawn[0])
        return as_draw(elab, term, draw.at)
    if law is None:
        raise NotYet("what is drawn here", draw.at, "law")
    variables = [elab.variable(symbol_in(one)) for one in drawn]
    if isinstance(law, t.Sym):  # x ~ P, where P = N(m, s² I)
        named = [
            c.right
            for c in elab.candidates.get(key_of(law), ())
            if isinstance(c.left, t.Sym) and spelled(c.left) == spelled(law)
        ]
        law = next((r for r in named if isinstance(r, t.Normal) and r.point is None), law)
    head = law.head if isinstance(law, t.Call) else law
    if isinstance(head, t.Sym) and conventional("uniform", head.name, "names"):
        if len(variables) != 1 or variables[0].sort is not Sort.REAL:
            raise NotYet("a uniform law of this", draw.at, "law")
        ends = (
            [number_in(a) for a in law.args]
            if isinstance(law, t.Call)
            else [Fraction(0), Fraction(1)]
        )
        if len(ends) != 2 or None in ends:
            if len(ends) == 2 and isinstance(law, t.Call):
                return time_law(elab, variables[0], law, draw.at)
            raise NotYet("a uniform law with these ends", draw.at, "law")
        low, high = ends
        if not (low is not None and high is not None and low < high):
            raise NotYet("a uniform law with these ends", draw.at, "law")
        elab.note(
            spelled(symbol_in(drawn[0])) + " ",
            f"uniform on [{low}, {high}]",
            "its law is written",
            draw.at,
        )
        exact = (Rational(end.numerator, end.denominator) for end in (low, high))
        return _uniform(elab, variables[0], *exact)
    if isinstance(law, t.Normal):
        (var,) = variables if len(variables) == 1 else (None,)
        if var is None or var.sort is not Sort.VEC:
            raise NotYet("a Gaussian law of this", draw.at, "law")
        try:
            return calculus.normal(elab, law, var)
        except calculus.Beyond:
            raise NotYet("a Gaussian law with this covariance", draw.at, "law") from None
    if not isinstance(head, t.Sym):
        raise NotYet("a law of this kind", draw.at, "law")
    given: tuple[t.Node, ...] = ()
    if isinstance(law, t.Call):
        given = law.given
        dotted = all(isinstance(a, t.Dot) for a in law.args)
        if not dotted and [spelled(a) for a in law.args] != [spelled(a) for a in drawn]:
            raise NotYet("a density of another variable than the one drawn", draw.at, "law")
    if isinstance(law, t.Sym) and len(drawn) == 1:
        same = _letter_of(elab, law, symbol_in(drawn[0]))
        if same is not None and elab.variable(same).sort is variables[0].sort:
            term = as_draw(elab, elab.term(t.Call(draw.at, head, (same,))), draw.at)
            return substitute(term, {elab.variable(same): variables[0]})
    term = elab.term(t.Call(draw.at, head, tuple(drawn), given))
    return as_draw(elab, term, draw.at)


def _letter_of(elab: Elaborator, law: t.Sym, drawn: t.Sym) -> t.Sym | None:
    """The other letter of which the document writes a law that has no argument here: x of p in
    "x ~ p, and y ~ p". None where ``drawn`` is that letter, or several are."""
    calls = [
        call
        for call in elab.evidence.called.get(key_of(law), ())
        if len(call.args) == 1 and not call.given and spelled(call.head) == spelled(law)
    ]
    letters = {spelled(a): a for call in calls for a in call.args if isinstance(a, t.Sym)}
    first = elab.drawn_alone.setdefault(spelled(law), drawn)
    if spelled(drawn) in letters or len(letters) > 1:
        return None
    other = next(iter(letters.values()), first)
    return None if spelled(other) == spelled(drawn) else other


def time_law(elab: Elaborator, var: Var, law: t.Call, at: int) -> Apply:
    """t uniform on [0, T] with T a letter: some law on the unit interval, after scaling."""
    key = "time " + spelled(law)
    head = elab.opaque.setdefault(key, Density(elab.names.of("ptime", "head"), (var, 0, 1)))
    elab.unknowns[head] = "the uniform law on an interval with a letter"
    made: Apply = head(var)
    return made


def as_draw(elab: Elaborator, term: Expr, at: int) -> Apply:
    if not (isinstance(term, Apply) and isinstance(term.head, Density)):
        raise NotYet("a draw from what is not known to be a density", at, "law")
    if not all(isinstance(v, Var) for v in term.head.drawn(term)):
        raise NotYet("a draw of what is no variable", at, "law")
    return term


def _uniform(elab: Elaborator, var: Var, low: Any = 0, high: Any = 1) -> Apply:
    """U[low, high], whose density has a name that the document does not use."""
    return uniform(var, low, high, elab.names.of("U", "uniform law"))(var)


def law_of_variable(elab: Elaborator, symbol: t.Sym, names: Sequence[str]) -> Apply:
    """The law of a bare variable: the last one whose conditions are drawn here, too."""
    name = spelled(symbol)
    if name in elab.turned:
        return elab.turned[name].kernel
    var = elab.variable(symbol)
    around = {elab.variables[n] for n in (*names, *elab.bound) if n in elab.variables}
    fitting = [
        law
        for law in elab.laws.get(name, ())
        if all(v in around or _is_a_number(elab, v) for v in parents_of(law))
    ]
    if fitting:
        # A coupling before the law of one of its variables alone: one law for all rows.
        best = max(fitting, key=lambda law: (len(parents_of(law) & around), len(drawn_by(law))))
        definition = best.head.definition
        averaged = set(bound_vars(definition)) if isinstance(definition, IntegralOver) else set()
        together = {elab.variables.get(n) for n in names} & averaged
        return (conditional_law(elab, symbol, var, around) if together else None) or best
    conditional = conditional_law(elab, symbol, var, around)
    if conditional is not None:
        return conditional
    prior = elab.prior(var, symbol) if var.sort is not Sort.REAL else None
    if prior is not None:
        return prior
    for law in elab.laws.get(name, ()):  # N(0, τ² I) with a number τ that nothing draws
        if all(v.sort is Sort.REAL or v in around for v in parents_of(law)):
            return law
    if var.sort is Sort.REAL and elab.is_time(name):
        if elab.strict:
            raise NotYet(f"the law of {readable(name)} is not said (--strict)", symbol.at, "law")
        elab.note(name + " ", "uniform on [0, 1]", "by convention", symbol.at, True)
        return _uniform(elab, var)
    small = symbol.name.lower()
    if symbol.name.isupper() and len(small) == 1 and not (symbol.sub or symbol.labels):
        for law in elab.laws.get(small, ()):  # X has the law against which x is integrated
            alone = law.head.drawn(law) == (elab.variables.get(small),)
            if alone and not parents_of(law) and isinstance(law.head, Density):
                elab.note(f"{name} ", f"distributed like {small}", "its letter", symbol.at, True)
                return law.head(var)
        alike = _prior_of(elab, small)
        if alike is not None:
            elab.note(f"{name} ", f"distributed like {small}", "its letter", symbol.at, True)
            return alike.head(var)
    raise NotYet(f"no law of {readable(name)} is known", symbol.at, "law")


def _is_a_number(elab: Elaborator, var: Var) -> bool:
    """s of N(0, s² I), which nothing draws and no time is."""
    name = elab.spelling(var)
    bound = name in elab.evidence.drawn or name in elab.evidence.integrated
    return var.sort is Sort.REAL and not (bound or elab.is_time(name))


def _prior_of(elab: Elaborator, name: str) -> Apply | None:
    """The law of x for a letter x of which the document has one density p(x), and no other."""
    symbol = elab.evidence.spellings.get(name)
    at = {
        key
        for key, calls in elab.evidence.called.items()
        for call in (calls if elab.is_density(key) else ())
        if not call.given and not call.head.sub and [spelled(a) for a in call.args] == [name]
    }
    if symbol is None or len(at) != 1 or name not in elab.evidence.integrated:
        return None
    var = elab.variable(symbol)
    found = elab.prior(var, symbol) if var.sort is Sort.VEC else None
    return found if found is not None and isinstance(found.head, Density) else None


def conditional_law(elab: Elaborator, symbol: t.Sym, var: Var, around: set[Var]) -> Apply | None:
    """p_t(x|z) for a bare x beside t and z, where the document has it."""
    name = spelled(symbol)
    for key in elab.evidence.densities:
        for call in sorted(elab.evidence.called.get(key, ()), key=lambda c: -len(c.given)):
            if [spelled(a) for a in call.args] != [name]:
                continue
            if conventional("labels", symbol.name) and pairs.turned(elab, call) is not None:
                continue  # a label y is drawn first, whatever p(y|x) says of it
            places = [*call.head.sub, *call.given]
            if not all(
                isinstance(p, t.Num)  # p_{0t}(x_t|x_0)
                or (isinstance(p, t.Sym) and elab.variables.get(spelled(p)) in around)
                for p in places
            ):
                continue
            try:
                return as_draw(elab, elab.term(call), symbol.at)
            except (NotYet, SortError):
                continue
    return None
