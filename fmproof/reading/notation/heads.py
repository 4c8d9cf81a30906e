"""Symbols with arguments as heads of the language: densities, fields, real functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from sympy import Expr

from fmproof.errors import SortError
from fmproof.lang.arithmetic import times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    Apply,
    Density,
    Exp,
    Expect,
    Field,
    Gaussian,
    IntegralOver,
    Lebesgue,
    Ratio,
    Scalar,
    Var,
    uniform,
)
from fmproof.lang.scope import alpha_equal, free_vars
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import GREEK
from fmproof.reading.notation import definitions, hidden_noise, joint_densities, marginals, pairs
from fmproof.reading.notation.definitions import Candidate, Key, Meaning
from fmproof.reading.notation.lacking import (
    NotYet,
)
from fmproof.reading.notation.sorts import A_GRADIENT, is_loss
from fmproof.reading.notation.symbols import conventional, key_of, readable, spelled

if TYPE_CHECKING:
    from fmproof.reading.notation.elaborate import Elaborator


_SPARE = {
    Sort.REAL: "rs",
    Sort.VEC: "xy",
    Sort.PARAM: ("theta",),
    Sort.LATENT: "c",
    Sort.GRADIENT: "g",
    Sort.SET: "s",
}


def meaning(elab: Elaborator, call: t.Call, args: Sequence[Sequence[Expr]]) -> Meaning:
    """What the head of ``call`` is; ``args`` in the places sub, sup, main, given."""
    sub, sup, main, given = args
    key = key_of(call.head)
    density = elab.is_density(key)
    letters = ""
    pair = pairs.as_paired(elab, call) if density and call.given else None
    paired = density and bool(call.given) and pairs.turned(elab, call) is not None
    if pair is not None and all(isinstance(one, t.Sym) for one in (*pair.args, *pair.given)):
        main_there, given_there = (
            [elab.variable(one) for one in places if isinstance(one, t.Sym)]
            for places in (pair.args, pair.given)
        )
        letters = ",".join(_letters(elab, main_there)) + "|" + ",".join(_letters(elab, given_there))
    elif paired or (density and not any(sort_of(a) is Sort.REAL for a in sub)):
        letters = ",".join(_letters(elab, main)) + "|" + ",".join(_letters(elab, given))
    mixed = key in elab.evidence.mixed and bool(call.given)
    if mixed and not letters:
        letters = "|" + ",".join(_letters(elab, given))
    sorts = ";".join(",".join(sort_of(a).name for a in group) for group in args)
    found: Key = (key + "@" + letters + sorts, len(sub), bool(sup), len(main), len(given))
    known = elab.meanings.get(found)
    if known is not None:
        return known
    made = build(elab, found, call, args, density, letters)
    elab.meanings[found] = made
    return made


def build(
    elab: Elaborator,
    found: Key,
    call: t.Call,
    args: Sequence[Sequence[Expr]],
    density: bool,
    letters: str,
) -> Meaning:
    key = key_of(call.head)
    params: list[list[Var]] = []
    used: set[Var] = set()
    for group in args:
        places = []
        for arg in group:
            var = arg if isinstance(arg, Var) and not _on_course(elab, arg) else None
            if var is None or var in used:
                sort = sort_of(arg)
                letters_left = [c for c in _SPARE[sort] if c not in elab.courses] or _SPARE[sort]
                names = (f"{c}{i}" for i in range(1, 99) for c in letters_left)
                var = next(v for v in (Var(n, sort) for n in names) if v not in used)
            used.add(var)
            places.append(var)
        params.append(places)
    sub, sup, main, given = map(tuple, params)
    everything = (*sub, *sup, *main, *given)
    shown = shape(elab, call)
    candidate = definitions.candidate_of(elab, call, letters)
    definition: Expr | None = None
    if candidate is not None:
        definition = definitions.definition_of(elab, candidate, call, everything, args)
    if definition is None and density:
        definition = hidden_noise.density(elab, call, (sub, main, given))
    if definition is None and density:
        definition = marginals.marginal(elab, call, sub, main, given)
    if definition is None and density and candidate is None and len(main) == 1:
        definition = joint_densities.marginal_of_joint(elab, call, main[0])
        if definition is None:
            definition = joint_densities.marginal_of_coupling(elab, call, main[0])
            if definition is not None:
                what = "the law of what it is drawn for, by the joint one"
                elab.note(shown, what, "its subscript", call.at, True)
    if definition is None and density and candidate is None:
        product = joint_densities.product_of_parts(elab, call)
        if product is not None:
            elab.note(shown, "the product of its parts", "the document has both", call.at)
            return Meaning(None, everything, product)
    if definition is None and density and candidate is None:
        definition = hidden_noise.density_by_argument(elab, call, (sub, main, given))
    if density:
        name = elab.names.of(
            key + ("@" + letters if letters.strip("|") and several(elab, key, letters) else ""),
            "head",
        )
        return density_head(elab, name, call, sub, sup, main, given, definition, candidate)
    if definition is None and key in elab.evidence.weights:
        return _with_mass(elab, call, params)
    if isinstance(definition, Apply) and isinstance(definition.head, Gaussian):
        elab.note(shown, "a Gaussian density", "its definition", call.at)
        return Meaning(None, everything, definition)
    sort = sort_of(definition) if definition is not None else result(elab, call)
    stray = free_vars(definition) - set(everything) if definition is not None else set()
    kind = Field if sort is Sort.VEC else Scalar
    if definition is not None and stray and sort in (Sort.REAL, Sort.VEC):
        below = _with_numbers_below(definition, stray, (sub, sup, main, given))
        if below is not None:
            name = elab.names.of(key, "head")
            head = kind(name, *main, sub=below, sup=sup, given=given, definition=definition)
            if candidate is not None:
                elab.note(shown, "a function, defined", "its definition", candidate.at)
            return Meaning(None, everything, head(*below, *sup, *main, *given))
    if definition is not None and (stray or sort not in (Sort.REAL, Sort.VEC)):
        return Meaning(None, everything, definition)
    name = elab.names.of(key + ("@" + letters if several(elab, key, letters) else ""), "head")
    if sup and not all(v.sort is Sort.PARAM for v in sup):
        raise NotYet(f"the superscript of {readable(key)}", call.at, "notation")
    head = kind(name, *main, sub=sub, sup=sup, given=given, definition=definition)
    what = "a vector field" if kind is Field else "a real function"
    if any(v.sort is Sort.PARAM for v in everything) and definition is None:
        what = "the model" if kind is Field else what
    if candidate is not None and definition is not None:
        elab.note(shown, f"{what}, defined", "its definition", candidate.at)
    else:
        elab.note(shown, what, "how it is used", call.at)
    return Meaning(head, everything)


def _on_course(elab: Elaborator, var: Var) -> bool:
    """Whether a variable is spelled like a place of a path that follows an equation, x_0."""
    letter, below, _ = elab.spelling(var).partition("_")
    return bool(below) and letter in elab.courses


def _with_mass(elab: Elaborator, call: t.Call, params: Sequence[Sequence[Var]]) -> Meaning:
    """q of Z(θ) = ∫ q(x; θ) dx: a density times a positive number, its mass."""
    sub, sup, main, given = map(tuple, params)
    points = len(call.args)
    below = (*sub, *sup, *main[points:], *given)
    key = key_of(call.head)
    mass = Scalar(elab.names.of("k", "mass of " + key), *below)
    given = (*main[points:], *given)
    name = elab.names.of(key, "head")
    density = Density(name, *main[:points], sub=sub, sup=sup, given=given)
    elab.note(shape(elab, call), "a density times a number", "its integral has a name", call.at)
    everything = (*sub, *sup, *main[:points], *given)
    return Meaning(None, everything, times_of(Exp(mass(*below)), density(*everything)))


def several(elab: Elaborator, key: str, letters: str) -> bool:
    """Whether the document has densities of one letter with different arguments."""
    seen = {k[0] for k in elab.meanings if k[0].startswith(key + "@")}
    return bool(seen) and "|" in letters


def shape(elab: Elaborator, call: t.Call) -> str:
    key = key_of(call.head)
    sub = ",".join(readable(spelled(s)) for s in call.head.sub)
    main = ",".join(readable(spelled(a)) if isinstance(a, t.Sym) else "·" for a in call.args)
    given = ",".join(readable(spelled(a)) if isinstance(a, t.Sym) else "·" for a in call.given)
    sup = f"^{readable(spelled(call.head.sup))}" if call.head.sup is not None else ""
    inside = main + (f"|{given}" if given else "")
    return f"{readable(key)}" + (f"_{sub}" if sub else "") + sup + (f"({inside})" if inside else "")


def result(elab: Elaborator, call: t.Call) -> Sort:
    """Whether an undefined function has vectors or reals for values."""
    key = key_of(call.head)
    said = elab.corrections.get(key)
    if said in ("model", "target", "vector", "field", "velocity", "score"):
        return Sort.VEC
    if said in ("scalar", "real", "weight", "loss"):
        return Sort.REAL
    if is_loss(call, elab.evidence.sorts.vectors):
        return Sort.REAL
    found = elab.evidence.sorts.of(call.head)
    if found is None and call.head.labels and _is_short(call.head.labels[-1]):
        found = elab.evidence.sorts.of(replace(call.head, labels=call.head.labels[:-1]))
    if found is not None and (not found.guessed or found.why == A_GRADIENT):
        return Sort.VEC if found.kind == "vec" else Sort.REAL
    if conventional("fields", call.head.name) and (call.args or call.given):
        elab.guesses.add(readable(key))
        return Sort.VEC
    if found is not None:
        elab.guesses.add(readable(key))
        return Sort.VEC if found.kind == "vec" else Sort.REAL
    if conventional("matrices", call.head.name):
        raise NotYet(f"{readable(key)} may be a matrix", call.at)
    return Sort.REAL


def _is_short(label: str) -> bool:
    """Whether a label was a subscript, as in m_0(x) and μ_φ(x), and no word."""
    return len(label) == 1 or label.isdigit() or f"\\{label}" in GREEK


def density_head(
    elab: Elaborator,
    name: str,
    call: t.Call,
    sub: tuple[Var, ...],
    sup: tuple[Var, ...],
    main: tuple[Var, ...],
    given: tuple[Var, ...],
    definition: Expr | None,
    candidate: Candidate | None,
) -> Meaning:
    shown = shape(elab, call)
    points = len(call.args) if call.args else len(main)
    main, given = main[:points], (*main[points:], *given)  # p(x; θ) is a density in x
    times = {v for v in main if v.sort is Sort.REAL and elab.is_time(elab.spelling(v))}
    if key_of(call.head) in elab.evidence.carried and times < {*main}:  # p(x, t) is one of x
        before = tuple(takewhile(times.__contains__, main))
        after = tuple(takewhile(times.__contains__, main[::-1]))[::-1]
        main = main[len(before) : len(main) - len(after)]
        sub, given = (*sub, *before), (*after, *given)
    if (
        candidate is None
        and isinstance(definition, Expect)
        and any(v.sort is Sort.VEC for v in main)
    ):
        return mixture_head(elab, name, shown, (sub, main, given), definition)
    over = tuple((v, 0, 1) if v in times else v for v in main)
    everything = (*sub, *sup, *main, *given)
    if candidate is None and isinstance(definition, Apply):
        elab.note(shown, "the Gaussian density of a path, given what it is made of", "its argument")
        return Meaning(None, everything, definition)
    if candidate is not None and not candidate.place and definition is not None:
        return Meaning(None, everything, definition)  # words name a Gaussian density
    if definition is not None:
        try:
            head = Density(name, *over, sub=sub, sup=sup, given=given, definition=definition)
        except SortError:
            places = (sub, sup, main, given)
            by_letter = conventional("densities", key_of(call.head))
            below = _with_hidden(name, places, over, definition) if by_letter else None
            if below is not None and candidate is not None:
                elab.note(shown, "a probability density, defined", "its definition", candidate.at)
                return Meaning(None, everything, below)
            if candidate is None:
                definition = None
            elif isinstance(definition, Apply) and isinstance(definition.head, Gaussian):
                elab.note(shown, "a Gaussian density", "its definition", candidate.at)
                return Meaning(None, everything, definition)  # of a mean that is written beside it
            elif _is_joint_over_marginal(definition, main):
                elab.note(shown, "a posterior, defined", "its definition", candidate.at)
                return Meaning(None, everything, definition)
            else:  # not visibly a density, such as one with a formula: what it is stays open
                candidate.state, candidate.why = "refused", "not visibly a density"
                return Meaning(None, everything, definition)
    if definition is None:
        alone = len(main) == 1 and main[0] in times and not given and not sub
        if alone and _is_of_uniform_times(elab, call):
            what = "the density of a time, uniform on [0, 1]"
            elab.note(shown, what, "its letter", call.at, True)
            return Meaning(uniform(main[0]), everything)
        head = Density(name, *over, sub=sub, sup=sup, given=given)
        if (
            pairs.turned(elab, call) is not None
            and len(main) == 1
            and isinstance(call.args[0], t.Sym)
            and (elab.prior(main[0], call.args[0]) is not None)
            and not (pairs.is_encoder(elab, call) or pairs.is_decoder(elab, call))
            and not pairs.makes_the_marginal(elab, call)
        ):
            elab.unknowns[head] = "a posterior that is not the joint over the marginal"
    why, at = elab.evidence.densities.get(key_of(call.head), ("a density by its letter", call.at))
    what = "a probability density" + (
        ", given " + ", ".join(v.name for v in given) if given else ""
    )
    if definition is not None and candidate is not None:
        elab.note(shown, what + ", defined", "its definition", candidate.at)
    elif definition is not None:
        elab.note(
            shown,
            f"the marginal of {readable(key_of(call.head))}(·|·)",
            "a marginal by convention",
            at,
            True,
        )
    else:
        elab.note(shown, what, why, at)
    return Meaning(head, everything)


def _is_joint_over_marginal(definition: Expr, main: Sequence[Var]) -> bool:
    """Whether a density is by its definition j(x, z)/∫ j(x, z) dz, whatever j is."""
    if not isinstance(definition, Ratio) or len(main) != 1:
        return False
    joint, marginal = definition.args
    if isinstance(marginal, Apply) and marginal.head.definition is not None:
        marginal = marginal.head.unfold(marginal.arguments)
    if main[0].sort is Sort.PARAM or main[0] in free_vars(marginal):
        return False
    return alpha_equal(marginal, IntegralOver(joint, Lebesgue(main[0])))


def _is_of_uniform_times(elab: Elaborator, call: t.Call) -> bool:
    """Whether p(t) is the density of a t that rows draw uniformly: no row draws from p, and no
    words say what it is."""
    key = key_of(call.head)
    drawn = any(spelled(time) in elab.evidence.uniform for time in call.args)
    return drawn and key == "p" and key not in elab.evidence.laws_of_times


def _with_numbers_below(
    definition: Expr, stray: Collection[Var], places: Sequence[tuple[Var, ...]]
) -> tuple[Var, ...] | None:
    """What stands below a function that is an average in which there are numbers that are not
    written at it, σ in L(θ) = E‖v_θ(x + σ ε) − ε‖²: it keeps its name, and what is natural to say
    of it can be said. None for other functions: they are written out."""
    sub, *others = places
    averages = isinstance(definition, IntegralOver | Expect)
    if not averages or any(v.sort is not Sort.REAL for v in stray):
        return None
    if any(v in group for v in stray for group in others):
        return None
    return (*sub, *sorted(stray, key=lambda v: v.name))


def _with_hidden(
    name: str, places: Sequence[tuple[Var, ...]], over: Sequence[Any], definition: Expr
) -> Expr | None:
    """A density whose definition has numbers that are not written at it, σ in q(x) = N(x; 0, σ² I):
    they go below it. A Gaussian density is its own."""
    sub, sup, main, given = places
    hidden = sorted(free_vars(definition) - {*sub, *sup, *main, *given}, key=lambda v: v.name)
    if not hidden or any(v.sort is not Sort.REAL for v in hidden):
        return None
    if isinstance(definition, Apply) and isinstance(definition.head, Gaussian):
        return definition
    below = (*sub, *hidden)
    try:
        head = Density(name, *over, sub=below, sup=sup, given=given, definition=definition)
    except SortError:
        return None
    return head(*below, *sup, *main, *given)


def mixture_head(
    elab: Elaborator,
    name: str,
    shown: str,
    places: Sequence[tuple[Var, ...]],
    definition: Expect,
) -> Meaning:
    """The density of a path with Gaussian noise; what is not written at it goes below it."""
    everything = [var for group in places for var in group]
    point = next(v for v in everything if v.sort is Sort.VEC)
    hidden = sorted(free_vars(definition) - set(everything), key=lambda v: v.name)
    below = (*(v for v in everything if v is not point), *hidden)
    head = Density(name, point, sub=below, definition=definition)
    said = name in elab.density_of
    path = readable(spelled(elab.density_of[name])) if said else "a path"
    guessed = name in elab.by_letter
    why = "its letter and time" if guessed else "words say so" if said else "its argument"
    elab.note(shown, f"the density of {path}", why, -1, guessed)
    return Meaning(None, tuple(everything), head(*below, point))


def _letters(elab: Elaborator, args: Sequence[Expr]) -> list[str]:
    """The letters of arguments; p(X) and p(x) are one density, p(j) and p(k) of one range, too."""
    return [_letter(elab, a) if isinstance(a, Var) else "·" for a in args]


def _letter(elab: Elaborator, var: Var) -> str:
    name = elab.spelling(var) if var.sort is Sort.LATENT else ""
    last = elab.evidence.indices.get(name)
    return var.name.lower() if last is None else spelled(last)
