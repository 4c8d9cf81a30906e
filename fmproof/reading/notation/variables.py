"""Letters as variables: parameters, times, vectors, by the evidence of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fmproof.lang.nodes import (
    Var,
)
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.evidence import NotationEntry
from fmproof.reading.notation.lacking import (
    NotYet,
)
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


def is_parameter(elab: Elaborator, name: str) -> bool:
    corrected = elab.corrections.get(name)
    if corrected is not None:
        return corrected in ("parameter", "weights")
    return name in elab.evidence.parameters


def is_time(elab: Elaborator, name: str) -> bool:
    corrected = elab.corrections.get(name)
    if corrected is not None:
        return corrected in ("time", "real", "scalar")
    return name in elab.evidence.times


def sort_of_variable(elab: Elaborator, symbol: t.Sym) -> tuple[Sort, str, int, bool]:
    """(sort, why, where, guessed)."""
    name, _key = spelled(symbol), key_of(symbol)
    said = elab.corrections.get(name)
    if said in ("parameter", "weights"):
        return Sort.PARAM, "the author says so", -1, False
    if said in ("time", "real", "scalar"):
        return Sort.REAL, "the author says so", -1, False
    if said in ("vector", "data", "noise", "point"):
        return Sort.VEC, "the author says so", -1, False
    if name in elab.evidence.parameters:
        why, at = elab.evidence.parameters[name]
        return Sort.PARAM, why, at, False
    if name in elab.evidence.times:
        why, at = elab.evidence.times[name]
        return Sort.REAL, why, at, why == "by convention"
    if elab.is_index(name):
        return Sort.LATENT, "a sum is over it", symbol.at, False
    if name in elab.evidence.counts:
        return Sort.REAL, "the number of summands", symbol.at, False
    found = elab.evidence.sorts.of(symbol)
    if found is not None and found.kind == "vec" and not found.guessed:
        return Sort.VEC, found.why, found.at, False
    if name in elab.evidence.drawn or name in elab.evidence.integrated:
        at = elab.evidence.drawn.get(name, elab.evidence.integrated.get(name, -1))
        if conventional("times", symbol.name):
            if _beside_a_vector(elab, symbol):
                return Sort.VEC, "a vector stands in its place elsewhere", at, True
            return Sort.REAL, "a time by its letter", at, True
        if found is not None and found.kind == "real" and not found.guessed:
            return Sort.REAL, found.why, found.at, False
        if found is not None and found.kind == "real" and conventional("scalars", symbol.name):
            return Sort.REAL, found.why, found.at, True
        return Sort.VEC, "it is drawn or integrated over", at, True
    if found is not None:
        kind = Sort.VEC if found.kind == "vec" else Sort.REAL
        return kind, found.why, found.at, found.guessed
    raise NotYet(f"what {readable(spelled(symbol))} stands for is not said", symbol.at, "notation")


def _beside_a_vector(elab: Elaborator, symbol: t.Sym) -> bool:
    """Whether a function of s is written at a vector, too, in the place of s: g(s) beside g(S)."""
    letter = symbol.name.split(":")[-1]
    others = [
        other.args[i]
        for calls in elab.evidence.called.values()
        for call in calls
        for i, arg in enumerate(call.args)
        if isinstance(arg, t.Sym) and spelled(arg) == spelled(symbol)
        for other in calls
        if len(other.args) == len(call.args)
    ]
    known = [one for one in others if isinstance(one, t.Sym) and one.name.lower() == letter]
    return any(_is_a_vector(elab, one) for one in known if spelled(one) != spelled(symbol))


def _is_a_vector(elab: Elaborator, symbol: t.Sym) -> bool:
    try:
        return elab.sort_of_variable(symbol)[0] is Sort.VEC
    except NotYet:
        return False


def variable(elab: Elaborator, symbol: t.Sym) -> Var:
    name = spelled(symbol)
    known = elab.variables.get(name)
    if known is not None:
        if elab.table.get(readable(name), NotationEntry("", "", "")).guessed:
            elab.guesses.add(readable(name))
        return known
    sort, why, at, guessed = elab.sort_of_variable(symbol)
    if guessed and elab.strict:
        raise NotYet(f"{readable(name)} is not declared (--strict)", symbol.at, "notation")
    sub = "".join(map(spelled, symbol.sub))
    var = Var(elab.names.of(key_of(symbol), "variable " + name, sub), sort)
    elab.variables[name] = var
    words = {
        Sort.PARAM: "parameters of a model",
        Sort.REAL: "a real number",
        Sort.VEC: "a vector",
        Sort.LATENT: "an index",
    }
    elab.note(name, words[sort], why, at, guessed)
    return var
