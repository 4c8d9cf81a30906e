"""The notation of a file before its rows are judged, and the laws that it states beside them:
z ~ q in a line, "q, the density of z" in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial

from fmproof.documents.candidates.symbols import candidates_of
from fmproof.documents.context import Context
from fmproof.documents.drawn_times import draw_times
from fmproof.documents.items import Item, Reading, equated
from fmproof.documents.judge.motions import paths_followed
from fmproof.documents.motion import carried, pushed
from fmproof.documents.special_laws import (
    SpecialLaws,
)
from fmproof.errors import FmproofError, SortError
from fmproof.lang.node import admit
from fmproof.lang.nodes import Var
from fmproof.lang.numbers import number
from fmproof.lang.scope import substitute
from fmproof.lang.sorts import Sort
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.chains import is_drawn_by_steps
from fmproof.reading.notation.definitions import POINT
from fmproof.reading.notation.elaborate import Elaborator, NotYet
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.hidden_noise import laws_of_others, noised
from fmproof.reading.notation.lacking import value_of
from fmproof.reading.notation.symbols import conventional, head_of, key_of, spelled
from fmproof.reading.notation.words import speaks_of_chains


def elaborator_of(
    reading: Reading, place: Callable[[int], str], strict: bool, corrections: Mapping[str, str]
) -> Elaborator:
    """What the formulas and words of a file show of its symbols.

    Args:
        place: where an offset is, for readers.
        corrections: what the author says that symbols are.
    """
    densities = [head_of(node) for node, _ in reading.densities if isinstance(node, t.Call)]
    evidence = Evidence.of(reading.trees, equated(reading), reading.said, densities)
    elab = Elaborator(evidence, place, strict, dict(corrections))
    for node, _ in reading.gaussians:
        evidence.densities.setdefault(key_of(head_of(node)), ("words beside it", node.at))
    elab.said_laws = reading.laws
    elab.listed = reading.together
    elab.markov = any(speaks_of_chains(words) for _, _, words, _ in reading.pieces)
    elab.markov = elab.markov or any(map(is_drawn_by_steps, evidence.called.values()))
    draw_times(reading, evidence)
    elab.candidates = candidates_of(reading, evidence)
    defined = (n for known in elab.candidates.values() for one in known for n in t.walk(one.left))
    if any(isinstance(node, t.Sym) and node.name == POINT for node in defined):
        elab.variables[POINT] = Var(elab.names.of("u", POINT), Sort.VEC)
    elab.courses = set(paths_followed(reading.items))
    moved = [of(item.left, item.right) for item in reading.items for of in (carried, pushed)]
    elab.evolving = {key_of(density) for density in moved if density is not None}
    elab.made = {
        key_of(head_of(density)) for density, of in reading.densities if _is_made(elab, of)
    }
    return elab


def _is_made(elab: Elaborator, of: t.Node) -> bool:
    """Whether something is a path that a formula makes, x_t = a x_0 + b x_1, and no equation
    moves."""
    if not isinstance(of, t.Sym) or key_of(of) in elab.courses:
        return False
    return bool(elab.candidates.get(key_of(of)))


def learn_laws(context: Context, special: Sequence[SpecialLaws]) -> None:
    """The laws that inline formulas state, such as z ~ q, and words: "q, the density of z"."""
    later = {id(draw) for laws in special for draw in laws.draws}
    for draw in context.reading.law_draws:
        if id(draw) not in later:
            learn_draw(context, draw)
    of_paths = []
    for density, of in context.reading.densities:
        head = head_of(density)
        key, path = key_of(head), context.elab.path(of)
        alone = not head.sub or _of_a_course(context, of, head)
        if path is None and alone and context.elab.is_density(key):
            learn_draw(context, t.Draw(of.at, (of,), head))
        else:  # of paths when all laws are known
            of_paths.append((key, density, of))
    for key, density, of in of_paths:
        context.elab.density_of.setdefault(key, of)
        if _has_density(context, of):
            context.elab.evidence.densities.setdefault(key, ("words beside it", density.at))
    learn_densities_of_paths(context)
    for item in context.reading.items:
        _told_by_words(context, item)


def _of_a_course(context: Context, of: t.Node, density: t.Sym) -> bool:
    """Whether words say that p_t is the density of an x_t that follows a differential equation."""
    if not isinstance(of, t.Sym) or key_of(of) not in context.elab.courses:
        return False
    return [*map(spelled, of.sub)] == [*map(spelled, density.sub)]


def learn_densities_of_paths(context: Context) -> None:
    """p_t(z_t) or p_t(z), of a path z_t with noise and a p that nothing else says: the density
    of z_t."""
    draws = [(draw.law, *draw.drawn) for draw in context.reading.law_draws]
    laws = [law for law, *drawn in draws if _end(law, *drawn) is None]
    said = {key_of(law) for law in laws if isinstance(law, t.Sym)} | set(context.elab.candidates)
    otherwise = {key_of(one.symbol) for one in context.reading.properties if one.symbol.sub}
    otherwise |= context.reading.of_others
    for key, calls in context.elab.evidence.called.items():
        if not context.elab.is_density(key) or key in said:
            continue
        if any(call.given and not _of_a_label(call) for call in calls):
            continue
        written = [(call.head, *call.args) for call in calls]
        ends = [end for one in (*draws, *written) if (end := _end(*one)) and key_of(end[0]) == key]
        calls = [call for call in calls if not call.given and not _end(call.head, *call.args)]
        found = list(map(_at_its_time, calls))
        by_letter = not (any(found) or context.elab.strict or key in context.elab.evolving)
        if by_letter and key not in otherwise:
            found = list(map(partial(_path_of, context), calls))
            context.elab.beside_paths |= {key} if any(found) else set()
        paths = {spelled(path): path for path in found if path is not None}
        if any(_ends_elsewhere(context, path, *end) for path in paths.values() for end in ends):
            continue
        if len(paths) == 1 and all(map(partial(_has_density, context), paths.values())):
            context.elab.density_of.setdefault(key, *paths.values())
            if by_letter:
                context.elab.by_letter.add(key)


def _end(law: t.Node | None, *drawn: t.Node | None) -> tuple[t.Sym, t.Sym] | None:
    """x_0 ~ p_0, p_1(x_1): what p_t is at an end, where it is the density of x_t."""
    letter = drawn[0] if len(drawn) == 1 else None
    if not (isinstance(law, t.Sym) and isinstance(letter, t.Sym) and len(law.sub) == 1):
        return None
    same = [*map(spelled, law.sub)] == [*map(spelled, letter.sub)]
    return (law, letter) if same and isinstance(law.sub[0], t.Num) else None


def _ends_elsewhere(context: Context, path: t.Sym, law: t.Sym, letter: t.Sym) -> bool:
    """Whether x_t is another letter at the time 0 than the x_0 that is drawn from p_0."""
    value, time = context.elab.path(path), law.sub[0]
    if value is None or len(path.sub) != 1 or not isinstance(path.sub[0], t.Sym):
        return False
    moment = {context.elab.variable(path.sub[0]): number(time.value)}  # type: ignore[attr-defined]
    there = admit(substitute(value, moment))
    return isinstance(there, Var) and there is not context.elab.variable(letter)


def _of_a_label(call: t.Call) -> bool:
    """p_t(x|y), p_t(y|x) with a label y: nothing that a path is made of, nor another time."""
    places = [*call.args, *map(value_of, call.given)]
    label = [n for n in places if isinstance(n, t.Sym) and conventional("labels", n.name)]
    return len(places) == 2 and len(label) == 1 and not label[0].sub


def _path_of(context: Context, call: t.Call) -> t.Sym | None:
    """The path z_t, or Z_t, for p_t(z)."""
    place = call.args[0] if len(call.args) == 1 else None
    if not isinstance(place, t.Sym) or place.sub or len(call.head.sub) != 1:
        return None
    known = context.elab.evidence.spellings
    path = replace(place, sub=call.head.sub)
    return known.get(spelled(path)) or known.get(spelled(_capital(path)))


def _capital(symbol: t.Sym) -> t.Sym:
    """X_t for x_t; itself for a Greek letter."""
    name = symbol.name
    return replace(symbol, name=name.upper()) if len(name) == 1 else symbol


def _has_density(context: Context, path: t.Sym) -> bool:
    one = noised(context.elab, path)
    return one is not None and laws_of_others(context.elab, one) is not None


def learn_draw(context: Context, draw: t.Draw) -> None:
    with suppress(NotYet, SortError, FmproofError):
        context.elab.law(t.Expectation(draw.at, (draw,), t.Num(draw.at, Fraction(1))))


def _told_by_words(context: Context, item: Item) -> None:
    """What words say is the density of a path is that: a formula for it is a claim."""
    left = item.candidate.left if item.candidate is not None else None
    path = context.elab.density_of.get(key_of(left.head)) if isinstance(left, t.Call) else None
    if path is not None and _has_density(context, path):
        assert isinstance(left, t.Call)
        context.elab.candidates[key_of(left.head)].remove(item.candidate)  # type: ignore[arg-type]
        item.candidate = None


def _at_its_time(call: t.Call) -> t.Sym | None:
    """z_t of p_t(z_t)."""
    place = call.args[0] if len(call.args) == 1 else None
    if not isinstance(place, t.Sym) or not place.sub:
        return None
    return place if [*map(spelled, place.sub)] == [*map(spelled, call.head.sub)] else None
