"""Random variables: who is drawn where a document does not say, paths, conditional expectations.

A *path* is a symbol that the document defines by random ones: x_t = (1 − t) x_0 + t x_1. In an
expectation it is a deterministic draw, or is written out; both mean the same. Random variables of
which no law is known have one joint law, about which nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import bound_vars, sort_of
from fmproof.lang.nodes import (
    Apply,
    CondExpect,
    Expect,
    IntegralOver,
    Let,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by, law_order, parents_of
from fmproof.lang.scope import free_vars, substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.joint_laws import (
    is_noise,
    joint_laws,
    level_law,
    readable_name,
)
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.symbols import key_of, readable, spelled
from fmproof.reading.notation.velocities import has_dot, is_velocity, undotted

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def is_random(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a symbol is a random variable by what the document does with it."""
    name = spelled(symbol)
    if elab.is_parameter(name) or elab.is_time(name):
        return False
    if is_velocity(elab, symbol):
        return elab.path(symbol) is not None and not elab.expand  # else made of the same draws
    if elab.path(symbol) is not None or name in elab.turned:
        return True
    if name not in elab.evidence.random or elab.evidence.applies(symbol):
        return False
    found = elab.evidence.sorts.of(symbol)
    return found is None or found.kind == "vec" or name in elab.evidence.drawn


def mentioned(elab: Elaborator, nodes: Sequence[t.Node]) -> dict[str, t.Sym]:
    """The random variables in ``nodes`` that no average inside them draws."""
    found: dict[str, t.Sym] = {}

    def visit(node: t.Node, bound: frozenset[str]) -> None:
        if isinstance(node, t.Integral):
            bound = bound | {spelled(one.var) for one in node.over}
        if isinstance(node, t.Expectation):
            bound = bound | {spelled(s) for s in drawn_symbols(node)}
            if node.given or not node.draws:  # its own draws; what it is given may be outer
                for given in node.given:
                    visit(given.right if isinstance(given, t.Observation) else given, bound)
                return
        if isinstance(node, t.Sym):
            if spelled(node) not in bound and is_random(elab, node):
                written_out = elab.path(node) is not None and elab.writes_out(node)
                if not written_out and bound.intersection(map(spelled, node.sub)):
                    raise NotYet("an average over the whole course of a path", node.at, "law")
                found.setdefault(spelled(node), node)
            elif elab.averaging and elab.evidence.called.get(key_of(node)):
                call = elab.with_arguments(node)  # v_θ without its place
                for arg in (*call.args, *call.after) if isinstance(call, t.Call) else ():
                    visit(arg, bound)
            elif has_dot(node) and (is_velocity(elab, node) or elab.path(undotted(node)) is None):
                visit(undotted(node), bound)
            return
        if isinstance(node, t.Call) and spelled(node.head) in elab.evidence.random:
            visit(node.head, bound)
        if isinstance(node, t.Call):
            for arg in (*node.args, *node.given, *node.after):
                visit(arg, bound)
            return
        for child in t.children(node):
            visit(child, bound)

    for node in nodes:
        visit(node, frozenset())
    return found


def drawn_symbols(node: t.Expectation) -> list[t.Sym]:
    """The symbols that an expectation names as drawn."""
    found: list[t.Sym] = []
    for draw in node.draws:
        for one in draw.drawn:
            if isinstance(one, t.Sym):
                found.append(one)
            elif isinstance(one, t.Call):
                found.extend(a for a in one.args if isinstance(a, t.Sym))
    return found


def names_law(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a symbol below an E is the name of a law: ν of E_ν."""
    return spelled(symbol) not in elab.evidence.drawn and key_of(symbol) in elab.evidence.densities


# --- laws ---------------------------------------------------------------------------------


def law_of(
    elab: Elaborator, node: t.Expectation, inside: Sequence[t.Node], paths: Sequence[t.Sym] = ()
) -> tuple[list[Any], list[str]]:
    """The draws of an average of ``inside``, and the spellings that they bind.

    Paths among what is drawn or mentioned are deterministic draws where ``elab.expand`` is off;
    those in ``paths`` always are.

    Raises:
        NotYet: nothing random is in it, or a law is not known.
    """
    explicit = tuple(
        d
        for d in node.draws
        if not (d.law is None and isinstance(d.drawn[0], t.Sym) and elab.path(d.drawn[0]))
    )
    draws: list[Any] = (
        list(elab.law(t.Expectation(node.at, explicit, node.body))) if explicit else []
    )
    drawn = {v for d in draws for v in drawn_by(d)}
    if any(elab.variable(one.noise) in drawn for one in elab.turned.values()):
        raise NotYet("noise that is drawn by itself", node.at, "law")
    named = {spelled(s): s for s in drawn_symbols(node) if not names_law(elab, s)}
    wanted = {
        **named,
        **{spelled(s): s for s in node.times},
        **mentioned(elab, inside),
        **{spelled(p): p for p in paths},
    }
    lets: list[Let] = []
    base: dict[str, t.Sym] = {}
    outside = {elab.variables[n] for n in (*elab.bound, *elab.held) if n in elab.variables}
    always = {spelled(p) for p in paths}
    for name, symbol in wanted.items():
        value = elab.path(symbol)
        if value is None:
            if elab.variable(symbol) not in drawn and (not node.draws or name in named):
                base.setdefault(name, symbol)
            continue
        if name in always or not elab.writes_out(symbol):
            lets.append(Let(elab.variable(symbol), value))
        for var in sorted(free_vars(value), key=lambda v: v.name):
            spelling = elab.spelling(var)
            if var.sort in (Sort.VEC, Sort.LATENT) and var not in drawn:
                inner = elab.evidence.random_symbols.get(spelling)
                if inner is None and spelling in elab.turned:
                    inner = elab.turned[spelling].path
                if inner is None and elab.laws.get(spelling):  # words say what it is drawn from
                    inner = elab.evidence.spellings.get(spelling)
                if inner is not None and (var not in outside or not node.draws):
                    base.setdefault(spelling, inner)
    for name in [name for name in base if name in elab.turned]:
        for other, symbol in elab.turned[name].others.items():
            if elab.variable(symbol) not in drawn:
                base.setdefault(other, symbol)
    places = {name: i for i, name in enumerate(elab.evidence.spellings)}
    lets.sort(key=lambda one: places.get(elab.spelling(one.var), len(places)))
    base = dict(sorted(base.items(), key=lambda one: places.get(one[0], len(places))))
    with elab.binding(list(base)):  # one order for all averages of the same variables
        draws += laws_of(elab, list(base.values()), list(base), drawn)
    if not draws:
        raise NotYet("an expectation that does not say what is drawn", node.at, "law")
    order = law_order(_each_once(draws))
    if order is None:
        raise NotYet("the draws of this expectation depend on each other in a circle", node.at)
    whole: list[Any] = [*order, *lets]
    return whole, [elab.spelling(v) for d in whole for v in drawn_by(d)]


def _each_once(draws: Sequence[Apply]) -> list[Apply]:
    """The draws without those of what is drawn by one before them: p(y) before p_t(y)."""
    kept: list[Apply] = []
    drawn: set[Var] = set()
    for one in draws:
        if not set(drawn_by(one)) <= drawn:
            kept.append(one)
        drawn |= set(drawn_by(one))
    return kept


def laws_of(
    elab: Elaborator, symbols: Sequence[t.Sym], names: Sequence[str], drawn: set[Var]
) -> list[Apply]:
    """A law for each of ``symbols``: the one that is known, or the joint one of those without.

    ``names`` are the spellings that are drawn together; what is in ``drawn`` has its law.
    """
    found: list[Apply] = []
    known = set(drawn)
    lacking: list[t.Sym] = []
    before = _drawn_before(elab, symbols, names, known)
    symbols, names = [*symbols, *before], [*names, *map(spelled, before)]
    for symbol in symbols:
        var = elab.variable(symbol)
        if var in known:
            continue
        try:
            law = elab.remembered(symbol, names)
        except NotYet:
            if (
                var.sort not in (Sort.VEC, Sort.REAL)
                or elab.is_time(spelled(symbol))
                or elab.strict
            ):
                raise
            lacking.append(symbol)
            continue
        fixed = {v for v in elab.variables.values() if v.sort is not Sort.VEC}
        if not parents_of(law) <= known | {elab.variable(s) for s in symbols} | fixed:
            lacking.append(symbol)
            continue
        found.append(law)
        known |= set(drawn_by(law))
    _refuse_marginals(elab, found, known)
    for together in elab.listed:
        both = [s for s in symbols if spelled(s) in together]
        letters = {elab.variable(s) for s in both}
        if len(both) > 1 and not any(letters <= set(drawn_by(law)) for law in found):
            pair = " and ".join(readable_name(spelled(one)) for one in both[:2])
            raise NotYet(f"how {pair} are drawn together is not said", both[0].at, "law")
    if found and not lacking and elab.joint:
        beside_it = {law.head for law in elab.joint[:-1] if law.head not in elab.moving_laws}
        if beside_it & {law.head for law in found}:  # one law for all averages
            more = [law for law in elab.joint if law.head not in elab.moving_laws]
            found += [law for law in more if not set(drawn_by(law)) <= known]
    if lacking:
        without = {elab.variable(s) for s in lacking}
        told = [
            law
            for law in found
            if not is_noise(elab, law)
            and law.head not in {one.head for one in elab.joint}
            and not parents_of(law) & without
        ]
        apart = [v for law in told for v in drawn_by(law) if v.sort is Sort.VEC]
        if apart and all(elab.variable(s).sort is Sort.REAL for s in lacking):
            return [*found, *(level_law(elab, symbol) for symbol in lacking)]
        beside = {v for law in joint_laws(elab) for v in parents_of(law)}
        if not set(apart) <= beside:  # they need not be independent; noise is, by convention
            one, other = lacking[0], elab.spelling(apart[0])
            words = f"how {readable(spelled(one))} and {readable(other)} are drawn together"
            raise NotYet(f"{words} is not said", one.at, "law")
        joint = joint_laws(elab)
        wanted = {elab.variable(s) for s in lacking}
        moved = [law for law in joint if law.head in elab.moving_laws]
        if not any(wanted & set(drawn_by(law)) for law in moved):
            joint = [law for law in joint if law not in moved]
        joint = [law for law in joint if not set(drawn_by(law)) <= known]
        if not wanted <= known | {v for law in joint for v in drawn_by(law)}:
            raise NotYet("the law of some random variables is not known", lacking[0].at, "law")
        if any(known & set(drawn_by(law)) for law in joint):
            raise NotYet("the law of some random variables is not known", lacking[0].at, "law")
        found += joint
    return found


def _drawn_before(
    elab: Elaborator, symbols: Sequence[t.Sym], names: Sequence[str], drawn: set[Var]
) -> list[t.Sym]:
    """z of "z ~ q and x ~ p(·|z)", where an average has an x in it and no z: it is drawn first."""
    found: dict[str, t.Sym] = {}
    around = {elab.variables[n] for n in (*names, *elab.bound) if n in elab.variables} | drawn
    for symbol in symbols:
        laws = elab.laws.get(spelled(symbol), ())
        if elab.variable(symbol) in drawn or not laws or _is_known(elab, symbol, names):
            continue
        for law in laws:
            first = [v for v in parents_of(law) if v.sort is not Sort.REAL and v not in around]
            those = [elab.evidence.spellings.get(elab.spelling(v)) for v in first]
            told = [one for one in those if one is not None and _is_known(elab, one, ())]
            if len(told) == len(first):
                found.update((spelled(one), one) for one in told)
                break
    return [one for name, one in found.items() if name not in names]


def _is_known(elab: Elaborator, symbol: t.Sym, names: Sequence[str]) -> bool:
    """Whether a variable has a law beside ``names``."""
    try:
        elab.remembered(symbol, names)
    except (NotYet, SortError):
        return False
    return True


def _refuse_marginals(elab: Elaborator, laws: Sequence[Apply], drawn: set[Var]) -> None:
    """A marginal beside the variable that it is averaged over is no law of both."""
    for law in laws:
        definition = law.head.definition
        if not isinstance(definition, IntegralOver):
            continue
        averaged = set(bound_vars(definition)) & (drawn - set(drawn_by(law)))
        for other in sorted(averaged, key=lambda v: v.name):
            one = drawn_by(law)[0]
            pair = " and ".join(readable_name(elab.spelling(v)) for v in (one, other))
            raise NotYet(f"how {pair} are drawn together is not said", -1, "law")


# --- averages -----------------------------------------------------------------------------


def expectation(elab: Elaborator, node: t.Expectation) -> Expr:
    """E of something, its law written or implied."""
    draws, bound = law_of(elab, node, [node.body])
    with elab.binding(bound):
        body = elab.term(node.body)
    if sort_of(body) not in (Sort.REAL, Sort.VEC):
        raise NotYet("an expectation of what is no number and no vector", node.at)
    made: Expr = Expect(body, *_used(draws, body))
    return made


def conditional(elab: Elaborator, node: t.Expectation) -> Expr:
    """E[f | X_t = x], E[f | X_t]: what is given takes its value from outside."""
    given: list[tuple[t.Sym, Expr]] = []
    for one in node.given:
        symbol: t.Node | None = one.left if isinstance(one, t.Observation) else one
        if not isinstance(symbol, t.Sym) and isinstance(one, t.Observation):
            symbol = elab.path_of_formula(one.left)
        if not isinstance(symbol, t.Sym):
            raise NotYet("a conditional expectation given what is no variable", one.at, "law")
        if elab.is_time(spelled(symbol)) or elab.is_parameter(spelled(symbol)):
            continue  # it is fixed
        value = elab.term(one.right if isinstance(one, t.Observation) else symbol)
        if one is symbol and spelled(symbol) in elab.points and elab.averaging == 1:
            value = elab.variable(symbol)
        given.append((symbol, value))
    if not given:
        raise NotYet("a conditional expectation given what is fixed", node.at, "law")
    symbols = [symbol for symbol, _ in given]
    saved, elab.bound = elab.bound, [n for n in elab.bound if not _hides(elab, n)]
    elab.bound += [n for n, v in elab.variables.items() if v.sort is not Sort.VEC]  # held fixed
    try:
        given_paths = [s for s in symbols if elab.path(s) is not None]
        draws, bound = law_of(elab, node, [node.body, *symbols], given_paths)
        with elab.binding(bound):
            body = elab.term(node.body)
    finally:
        elab.bound = saved
    pairs = [(elab.variable(symbol), value) for symbol, value in given]
    drawn = {v for d in draws for v in drawn_by(d)}
    for var, _ in pairs:
        if var not in drawn:
            raise NotYet(f"no law of {var.name} is known", node.at, "law")
    # Given X = x, an x in what is averaged is X.
    body = substitute(body, {at: var for var, at in pairs if isinstance(at, Var) and at is not var})
    if sort_of(body) not in (Sort.REAL, Sort.VEC):
        raise NotYet("an expectation of what is no number and no vector", node.at)
    made: Expr = CondExpect(body, *pairs, *draws)
    return made


def _hides(elab: Elaborator, name: str) -> bool:
    """Whether a name that is drawn outside is drawn anew inside a conditional expectation."""
    return name in elab.evidence.random and not elab.is_time(name)


def _used(draws: Sequence[Any], body: Expr) -> list[Any]:
    """Without deterministic draws that nothing uses."""
    used = set(free_vars(body))
    kept: list[Any] = []
    for item in reversed(draws):
        if isinstance(item, Let) and item.var not in used:
            continue
        used |= set(free_vars(item))
        kept.append(item)
    return kept[::-1]


def as_law(
    elab: Elaborator, terms: Sequence[Expr]
) -> tuple[tuple[Any, ...], tuple[Var, ...]] | None:
    """The law under which rows about a conditional expectation at a point hold almost surely.

    Returns:
        its draws, with the point as what is given, and the drawn variables that are in ``terms``;
        None where no conditional expectation at a variable is in them.
    """
    free = set().union(*(free_vars(term) for term in terms))
    for term in terms:
        for mean in means(term):
            places = {item.var: item.at for item in mean.given}
            if not all(isinstance(at, Var) and at in free for at in places.values()):
                continue
            try:
                draws = tuple(_redrawn(item, places, substitute) for item in mean.measure)
                Expect(next(iter(places.values())), *draws)
            except FmproofError:
                continue
            drawn = [v for d in draws for v in drawn_by(d) if v in free]
            return draws, tuple(drawn)
    return None


def _redrawn(item: Any, places: dict[Var, Expr], substitute: Any) -> Any:
    if isinstance(item, Let):
        return Let(places.get(item.var, item.var), substitute(item.value, places))
    return substitute(item, places)


def means(term: Any) -> Iterator[CondExpect]:
    """The conditional expectations in a term, those behind defined symbols, too."""
    if isinstance(term, CondExpect):
        yield term
        return
    if isinstance(term, Apply) and term.head.definition is not None:
        if isinstance(term.head.definition, CondExpect):
            unfolded = term.head.unfold(term.arguments)
            if isinstance(unfolded, CondExpect):
                yield unfolded
        elif sort_of(term) is Sort.VEC:
            yield from means(term.head.unfold(term.arguments))
    for arg in term.args:
        yield from means(arg)
