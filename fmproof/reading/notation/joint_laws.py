"""The joint law of random variables of which a document says no law: any, about which nothing is
assumed. Where an average has variables with a law in it as well, it is a law given these.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from fmproof.lang.nodes import Apply, Gaussian, Head, Law, Var
from fmproof.lang.nodes.measure import drawn_by, parents_of
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.lacking import NotYet
from fmproof.reading.notation.symbols import readable, spelled
from fmproof.reading.notation.velocities import has_dot, is_velocity, undotted

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator

JOINT = "the joint law of random variables of which the document says no law"


def is_noise(elab: Elaborator, law: Apply) -> bool:
    """Whether a law is Gaussian noise, which is independent of what has no law by convention."""
    drawn = {elab.spelling(v) for v in drawn_by(law)}
    return isinstance(law.head, Gaussian) and not drawn & elab.coupled


def joint_laws(elab: Elaborator) -> list[Apply]:
    """The law of all random variables of the document of which no law is known.

    Those with a time for a subscript, X_t and Ẋ_t, have a law at every time, given the others.
    Where an average has variables with a law in it, too, the others have theirs given these.
    """
    if not elab.joint:
        fixed, moving = _without_law(elab)
        told = _told_beside(elab, {*fixed, *moving})
        elab.joint += told
        given = [v for law in told for v in drawn_by(law)]
        time = elab.variables.get(elab.time_letter())
        if moving and time is None:
            time = elab.variable(t.Sym(-1, elab.time_letter() or "t"))
        if fixed:
            head: Head = Law(
                elab.names.of("P", f"joint law {elab.joint_laws_made}"), *fixed, given=tuple(given)
            )
            elab.joint.append(head(*fixed, *given))
            _introduce(elab, head, fixed, "any joint law")
        if moving and time is not None:
            given = [*given, *fixed]
            head = Law(
                elab.names.of("P", f"law at a time {elab.joint_laws_made}"),
                *moving,
                sub=time,
                given=tuple(given),
            )
            elab.joint.append(head(time, *moving, *given))
            elab.moving_laws.add(head)
            _introduce(elab, head, moving, "any law at every time")
        if not (fixed or moving):
            raise NotYet("no random variable without a law is known", -1, "law")
    return list(elab.joint)


def _told_beside(elab: Elaborator, without: set[Var]) -> list[Apply]:
    """The laws of what stands in one average with variables of which no law is known."""
    found: dict[Var, Apply] = {}
    for names in elab.evidence.averaged:
        symbols = [s for s in elab.evidence.random_symbols.values() if spelled(s) in names]
        symbols = [s for s in symbols if not _is_slope(elab, s)]
        inside: set[Var] = set()
        for symbol in symbols:
            value = elab.path(undotted(symbol) if is_velocity(elab, symbol) else symbol)
            with suppress(NotYet):
                if value is not None:
                    inside |= free_vars(value)
                elif _may_be_random(elab, symbol):
                    inside.add(elab.variable(symbol))
        for var in sorted(inside - without, key=lambda v: v.name) if inside & without else ():
            one = elab.evidence.spellings.get(elab.spelling(var))
            with suppress(NotYet):
                if one is not None and var.sort is Sort.VEC:
                    law = elab.remembered(one, [])
                    vectors = any(v.sort is not Sort.REAL for v in parents_of(law))
                    if not is_noise(elab, law) and not vectors:
                        found.setdefault(var, law)
    return list(dict.fromkeys(found.values()))


def _may_be_random(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a symbol is a vector, or a number that is drawn; a coefficient α_t is neither, and no
    variable: it is read where it stands."""
    known = elab.variables.get(spelled(symbol))
    sort = elab.sort_of_variable(symbol)[0] if known is None else known.sort
    return sort is Sort.VEC or (sort is Sort.REAL and spelled(symbol) in elab.evidence.drawn)


def _is_slope(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a symbol is the derivative α̇ of a coefficient, and no variable."""
    found = elab.evidence.sorts.of(symbol) if has_dot(symbol) else None
    number = found is not None and found.kind != "vec"
    return number and spelled(symbol) not in elab.evidence.drawn


def _introduce(elab: Elaborator, head: Head, variables: Sequence[Var], what: str) -> None:
    single = len(variables) == 1 and not has_a_density(elab, variables[0])
    if head.given or what != "any joint law" or not single:
        elab.unknowns[head] = JOINT  # they may be independent; one variable has any law
    shown = ", ".join(readable_name(elab.spelling(v)) for v in variables)
    elab.note(f"law({shown})", what, "the document says none", -1, True)


def has_a_density(elab: Elaborator, var: Var | None) -> bool:
    """Whether a random X may be drawn from a density that the document writes at x."""
    if var is None:
        return False
    name = elab.spelling(var)
    small = name[:1].lower() + name[1:]
    calls = (c for key in elab.evidence.densities for c in elab.evidence.called.get(key, ()))
    return small != name and any(spelled(a) == small for call in calls for a in call.args)


def readable_name(spelling: str) -> str:
    """A spelling for people: X_t, ẋ_0."""
    stem, _, rest = spelling.removeprefix("◦").partition("_")
    return readable(stem) + (f"_{readable(rest)}" if rest else "")


def _without_law(elab: Elaborator) -> tuple[list[Var], list[Var]]:
    """The random variables of which no law is known: those that are fixed, those that move."""
    fixed: list[Var] = []
    moving: list[Var] = []
    for symbol in list(elab.evidence.random_symbols.values()):
        elab.path(symbol)  # what is random in curves is a random variable, too
    for symbol in elab.evidence.random_symbols.values():
        name = spelled(symbol)
        if elab.is_parameter(name) or elab.is_time(name) or elab.path(symbol) is not None:
            continue
        if is_velocity(elab, symbol):
            continue
        if elab.evidence.applies(symbol):
            continue
        if _is_slope(elab, symbol):
            continue
        try:
            if not _may_be_random(elab, symbol):
                continue
            var = elab.variable(symbol)
        except NotYet:
            continue
        try:
            elab.remembered(symbol, [])
        except NotYet:
            timed = symbol.sub and all(elab.of_times(s) for s in symbol.sub)
            (moving if timed else fixed).append(var)
    return fixed, moving


def level_law(elab: Elaborator, symbol: t.Sym) -> Apply:
    """Any law of a number that is drawn beside vectors, such as a noise level: by itself."""
    var = elab.variable(symbol)
    head = Law(elab.names.of("P", "law of " + spelled(symbol)), var)
    _introduce(elab, head, [var], "any law, drawn by itself")
    law: Apply = head(var)
    elab.laws.setdefault(spelled(symbol), []).append(law)
    return law
