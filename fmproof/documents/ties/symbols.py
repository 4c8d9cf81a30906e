"""Why a symbol without a definition is not arbitrary in a row, whatever the equations say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Basic, Expr

from fmproof.documents.terms import heads_in, nodes_in
from fmproof.lang.arithmetic import factors, summands
from fmproof.lang.node import bound_vars
from fmproof.lang.nodes import (
    Apply,
    Density,
    Div,
    Expect,
    Field,
    Gaussian,
    Grad,
    Head,
    IntegralOver,
    Let,
    Log,
    Partial,
    Scalar,
    Var,
)
from fmproof.lang.nodes.measure import drawn_by, parents_of
from fmproof.lang.numbers import is_number
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import GREEK
from fmproof.reading.notation.definitions import KEPT_CLOSED
from fmproof.reading.notation.elaborate import Candidate, Elaborator
from fmproof.reading.notation.randomness import means
from fmproof.reading.notation.symbols import conventional, key_of, spelled

SAYS = "it may say what"
SOMETHING = "says something of"


_ESTIMATES = ("s", "S", "D", "T", "bf:s", "bf:D")
"""Letters of fields that stand for one thing, the score or a denoiser, which words may say."""


def joint_beside(elab: Elaborator, undefined: Sequence[Head]) -> str:
    """π(z, c) beside π(c), p(a, b) beside p(a | b) and p(b): parts of one law, which no world
    knows."""
    densities = [h for h in undefined if isinstance(h, Density)]
    for joint in densities:
        family = [
            h
            for h in densities
            if h is not joint and key_of_head(elab, h) == key_of_head(elab, joint)
        ]
        family = [h for h in family if h.sub == joint.sub and not joint.given]
        for alone in (h for h in family if not h.given):
            if set(alone.main) < set(joint.main) or any(h.given for h in family):
                return f"{text(joint)} and {text(alone)} may be parts of one law"
    return ""


def drawn_in_two_ways(terms: Sequence[Expr]) -> str:
    """E over (x_0, x_1) ~ π beside one over x_0 ~ p_0: the second may be a part of the first."""
    averages = [node for term in terms for node in term.atoms(Expect)]
    every = dict.fromkeys(draw for node in averages for draw in node.measure)
    draws = [draw for draw in every if isinstance(draw, Apply) and not parents_of(draw)]
    joint = {v: draw for draw in draws for v in drawn_by(draw) if len(drawn_by(draw)) > 1}
    for draw in draws:
        alone = drawn_by(draw)
        mixed = isinstance(getattr(draw.head, "definition", None), IntegralOver)
        if len(alone) == 1 and alone[0] in joint and not mixed:
            return f"{text(draw)} and {text(joint[alone[0]])} may be parts of one law"
    return ""


def drawn_from_points(elab: Elaborator, terms: Sequence[Expr], undefined: Sequence[Head]) -> str:
    """E over y beside a mean over points y_i: the law of y may be that of the points."""
    indexed = {
        key_of_head(elab, h): h for h in undefined if any(v.sort is Sort.LATENT for v in h.params)
    }
    averages = [node for term in terms for node in term.atoms(Expect, IntegralOver)]
    for var in (v for node in averages for draw in node.measure for v in drawn_by(draw)):
        points = indexed.get(elab.spelling(var).partition("_")[0])
        if points is not None:
            return f"{text(var)} may be drawn from the points {text(points)}"
    return ""


def of_density(
    elab: Elaborator, head: Density, beside: set[Head], moving: set[Head], terms: Sequence[Expr]
) -> str:
    """Why a density without a definition is not arbitrary in a row."""
    if head in moving:
        return f"how {text(head)} moves is not said"
    if _slope_alone(head, terms) or _logarithm_alone(head, terms):
        return f"{SAYS} {text(head)} is"
    drawn = key_of_head(elab, head) in elab.density_of and not _is_drawn_alone(elab, head)
    path = head in beside and head not in _drawn_from(terms)
    if path or drawn or _put_into(elab, head, terms):
        return f"{text(head)} may be the density of a path"
    return ""


def of_points(head: Head, terms: Sequence[Expr]) -> str:
    """Why a real function of points without a definition, which may be a density by another letter,
    is not arbitrary in a row."""
    return f"{SAYS} {text(head)} is" if _slope_alone(head, terms) else ""


def _slope_alone(head: Head, terms: Sequence[Expr]) -> bool:
    """∇ log p(x|y) = (y − x)/s² of a p that is in nothing else: it says what p is."""
    for one, other in zip(terms, reversed(terms), strict=True):
        inside = one.body if isinstance(one, Grad) else None
        density = inside.args[0] if isinstance(inside, Log) else None
        if getattr(density, "head", None) is head and head not in heads_in([other]):
            return True
    return False


def _is_drawn_alone(elab: Elaborator, head: Density) -> bool:
    """Whether p(x) is the law of an x by itself, beside the density p_σ of a path y."""
    path = spelled(elab.density_of[key_of_head(elab, head)])
    others = (known for name, known in elab.laws.items() if name != path)
    return not head.sub and head in {law.head for known in others for law in known}


def _logarithm_alone(head: Density, terms: Sequence[Expr]) -> bool:
    """E[log q/p] = ‖m − n‖²/(2s²) of a p that is on one side alone: of an arbitrary p
    nobody says that."""
    for one, other in zip(terms, reversed(terms), strict=True):
        logs = (log for average in one.atoms(Expect) for log in average.body.atoms(Log))
        alone = not other.has(Log) and head not in heads_in([other])
        if alone and any(head in heads_in([log]) for log in logs):
            return True
    return False


def _put_into(elab: Elaborator, head: Density, terms: Sequence[Expr]) -> bool:
    """p_{t|0}(x_t | x_0) at an x_t for which what it is made of is put in."""
    slopes = (slope for term in terms for slope in term.atoms(Grad))
    there = (slope for slope in slopes if not isinstance(slope.at, Var))
    return bool(head.given) and any(head in heads_in([slope.body]) for slope in there)


def by_itself(elab: Elaborator, head: Head, terms: Sequence[Expr]) -> str:
    """Why a symbol is not arbitrary, whatever the equations say."""
    shown, key = text(head), key_of_head(elab, head)
    letter = key.split("|")[0].split(" ")[-1].rstrip("'")
    parameter = any(v.sort is Sort.PARAM for v in head.params)
    if isinstance(head, Scalar) and conventional("losses", letter) and parameter:
        return f"the definition of {shown} is not known"
    if any(_is_it(term, head) for term in terms):
        return f"{SAYS} {shown} is"
    if isinstance(head, Field | Scalar) and is_word(letter):
        return f"what {shown} is, its name says"
    if isinstance(head, Field | Scalar) and ("dot" in key or key.endswith("'")):
        return f"{shown} may be a derivative"
    if isinstance(head, Field | Scalar) and {"plus", "minus"} & set(key.split("|")[1:]):
        return f"{shown} may be a part of another thing, by its sign"
    estimate = (letter in _ESTIMATES or "hat " in key) and not _is_varied(elab, key)
    if isinstance(head, Field) and estimate and not parameter:
        return f"words may say what {shown} is"
    if isinstance(head, Field | Scalar) and head.given and _defined_without(elab, key):
        return f"{shown} may be the same thing, given {text(head.given[0])}"
    for one in elab.candidates.get(key, ()):
        if one.state != "refused" or _any_coefficient(elab, head, one, terms):
            continue
        if _is_of_another(elab, head, one.left):
            continue
        if not any(isinstance(n, t.Normal) for n in t.walk(one.right)):
            return f"the definition of {shown} is not understood: {one.why}"
    return ""


def _defined_without(elab: Elaborator, key: str) -> bool:
    """Whether a row says what u_t(x) is, and not by u_t(x|z): then words may say it of u_t(x|c)."""
    lefts = [(one.left, one.right) for one in elab.candidates.get(key, ())]
    return any(
        isinstance(left, t.Call)
        and not left.given
        and not any(isinstance(n, t.Call) and key_of(n.head) == key for n in t.walk(right))
        for left, right in lefts
    )


def _is_of_another(elab: Elaborator, head: Head, left: t.Node) -> bool:
    """Whether a definition of p(x|y) says nothing of p(x), or one of p(y|x) nothing of p(x|y)."""
    if not (isinstance(head, Density) and isinstance(left, t.Call)):
        return False
    mine = [[elab.spelling(v) for v in places] for places in (head.main, head.given)]
    if left.given and mine == [[*map(spelled, left.given)], [*map(spelled, left.args)]]:
        return True
    return bool(left.given) is not bool(head.given) and not left.after


def _any_coefficient(
    elab: Elaborator, head: Head, definition: Candidate, terms: Sequence[Expr]
) -> bool:
    """Whether ᾱ(t) = exp(−∫₀ᵗ β) is a number like any other in a row: nothing is
    differentiated in a time there, no end of an interval is put in, and β is not in it."""
    if definition.why != KEPT_CLOSED or any(term.has(Partial) for term in terms):
        return False
    calls = [call for term in terms for call in term.atoms(Apply)]
    if any(call.head is head and any(map(is_number, call.arguments)) for call in calls):
        return False
    letters = {key_of(n.head) for n in t.walk(definition.right) if isinstance(n, t.Call)}
    letters |= {key_of(n) for n in t.walk(definition.right) if isinstance(n, t.Sym) and n.sub}
    return not letters & {key_of_head(elab, h) for h in heads_in(terms) if h is not head}


def key_of_head(elab: Elaborator, head: Head) -> str:
    """The spelling of a symbol in the document."""
    found = (k for (k, kind), n in elab.names.given.items() if (n, kind) == (head.name, "head"))
    return next(found, "").split("@")[0]


def _is_varied(elab: Elaborator, key: str) -> bool:
    """Whether a symbol is an argument, as D in R(D) and L[D]: any function."""
    args = (arg for call in elab.evidence.calls for arg in call.args)
    return any(isinstance(arg, t.Sym) and key_of(arg) == key for arg in args)


def is_word(name: str) -> bool:
    """Whether a symbol is named by a word: sg, the stopped gradient; clip; sign."""
    word = name.split(":")[-1]
    return len(word) > 1 and word.isalpha() and word.isascii() and f"\\{word}" not in GREEK


def at_what_is_given(terms: Sequence[Expr]) -> set[Head]:
    """What is taken, or differentiated, at a point on which an average beside it is conditioned, or
    at a path that an average draws, y = x + s n."""
    points: set[Expr] = {item.at for term in terms for mean in means(term) for item in mean.given}
    averages = {node for term in terms for node in term.atoms(Expect)}
    return _taken_at(terms, points.union(*map(_paths_drawn, averages)))


def _paths_drawn(average: Expect) -> set[Expr]:
    """What an average draws as made of other draws, and the sums of draws in it."""
    drawn = {v for draw in average.measure for v in drawn_by(draw) if v.sort is Sort.VEC}
    made = {v for d in average.measure if _is_made(d, drawn) for v in drawn_by(d)}
    slopes = {node.at for node in average.body.atoms(Grad)}
    places = {place for node in average.body.atoms(Apply) for place in node.arguments}
    return made | {place for place in slopes | places if len(drawn & free_vars(place)) > 1}


def _is_made(draw: Any, drawn: set[Var]) -> bool:
    if isinstance(draw, Let):
        return bool(free_vars(draw.value) & drawn)
    of_noise = isinstance(draw, Apply) and isinstance(draw.head, Gaussian)
    return of_noise and bool(free_vars(draw.arguments[1]) & drawn)


def _taken_at(terms: Sequence[Expr], points: set[Expr]) -> set[Head]:
    """The symbols that are taken, or differentiated, at one of these points."""
    found = {a.head for term in terms for a in term.atoms(Apply) if points & set(a.arguments)}
    slopes = [g for term in terms for g in term.atoms(Grad) if g.at in points]
    return found | {a.head for g in slopes for a in g.body.atoms(Apply) if g.var in a.arguments}


def _drawn_from(terms: Sequence[Expr]) -> set[Head]:
    """The laws from which what is given is drawn, also in definitions."""
    conditional = {mean for term in terms for mean in means(term)}
    given = {place for mean in conditional for item in mean.given for place in (item.var, item.at)}
    averages = {n for term in terms for n in term.atoms(Expect)} | conditional
    draws = {item for node in averages for item in node.measure if isinstance(item, Apply)}
    return {draw.head for draw in draws if given.intersection(drawn_by(draw))}


def averaged_by_itself(terms: Sequence[Expr], laws: set[Head]) -> set[Head]:
    """Those of ``laws`` whose draws stand outside functions alone, as v does in E[(vᵀ s(x))²]: of
    an x that any function is taken at the moments say nothing."""
    averages = {node for term in terms for node in term.atoms(Expect, IntegralOver)}
    draws = {one for node in averages for one in node.measure if getattr(one, "head", None) in laws}
    alone = _outside(averages)
    return {draw.head for draw in draws if set(drawn_by(draw)) & alone}


def _outside(averages: set[Any]) -> set[Var]:
    """The variables in averages that are no arguments of functions, nor places of derivatives."""
    found: set[Var] = set()
    inside: set[Var] = set()
    waiting: list[Basic] = [node.body for node in averages]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Var):
            found.add(node)
        elif isinstance(node, Grad | Div | Partial):
            waiting.append(node.body)
            inside |= free_vars(node.at)
        elif isinstance(node, Apply):
            inside |= {v for place in node.arguments for v in free_vars(place)}
        else:
            waiting += node.args
    return found - inside


def moving(terms: Sequence[Expr]) -> set[Head]:
    """The symbols that are differentiated in a time."""
    return {h for term in terms for d in term.atoms(Partial) for h in _changed(d.body, d.var)}


def _changed(term: Basic, var: Var) -> set[Head]:
    """The symbols in a term, and in definitions behind it, that have ``var`` in an argument."""
    found: set[Head] = set()
    for applied in term.atoms(Apply):
        head = applied.head
        pairs = zip(head.params, applied.arguments, strict=True)
        changed = [param for param, at in pairs if var in free_vars(at)]
        found |= {head} if changed else set()
        if head.definition is not None:
            found |= {h for param in changed for h in _changed(head.definition, param)}
    return found


def moved_by_any(terms: Sequence[Expr]) -> Head | None:
    """The field u without a definition of a row ∂p/∂t = −div(p u), of any density p."""
    parts = [factors(part) for term in terms for part in summands(term)]
    slopes = [one for some in parts for one in some if isinstance(one, Partial)]
    if any(term.has(Expect, IntegralOver) for term in terms) or not slopes:
        return None
    bodies = [s.body.head for s in slopes if isinstance(s.body, Apply)]
    moved = {head for head in bodies if isinstance(head, Density | Gaussian)}
    for spread in (one for some in parts for one in some if isinstance(one, Div)):
        inside = nodes_in(spread.body, Apply)
        fields = (a.head for a in inside if isinstance(a.head, Field))
        anything = next((head for head in fields if head.definition is None), None)
        if anything is not None and moved & {a.head for a in inside}:
            return anything
    return None


def of_both_sorts(elab: Elaborator, terms: Sequence[Expr], heads: Sequence[Head]) -> Head | None:
    """One of two readings of a symbol, g(S) of a point and g(t) of a number by the letter t, over
    which an integral goes."""
    over = {v for e in terms for n in e.atoms(IntegralOver) for v in bound_vars(n)}
    if not any(v.sort is Sort.REAL for v in over):
        return None
    sorts: dict[tuple[str, int], tuple[Sort, ...]] = {}
    for head in sorted(heads, key=lambda one: one.name):
        found = tuple(v.sort for v in head.params)
        key = key_of_head(elab, head).split("|")[0], len(found)
        if key[0] and set(found) <= {Sort.REAL, Sort.VEC} and sorts.setdefault(key, found) != found:
            return head
    return None


def of_numbers_and_points(terms: Sequence[Expr], heads: Sequence[Head]) -> Head | None:
    """A joint density of a number and a point that averages draw and integrals without ends go
    over: the number is one by its letter alone."""
    draws = {d.head for e in terms for m in e.atoms(Expect) for d in m.measure if _is_call(d)}
    over = {v for e in terms for n in e.atoms(IntegralOver) for v in bound_vars(n)}
    if not any(v.sort is Sort.REAL for v in over):
        return None
    mixed = (h for h in heads if h in draws and isinstance(h, Density))
    return next((h for h in mixed if {v.sort for v in h.main} == {Sort.REAL, Sort.VEC}), None)


def _is_call(draw: Any) -> bool:
    return isinstance(draw, Apply)


def may_be_of_a_path(elab: Elaborator, head: Head, terms: Sequence[Expr]) -> bool:
    """Whether averages are of a p_t that may be the density of an x_t beside it, by its letters."""
    averaged = any(term.has(Expect, IntegralOver) for term in terms)
    return averaged and key_of_head(elab, head) in elab.beside_paths


def is_of_points(head: Head) -> bool:
    """A real function of points, which may be a density by another letter."""
    return isinstance(head, Scalar) and any(v.sort is Sort.VEC for v in head.params)


def _is_it(term: Any, head: Head) -> bool:
    """Whether a term is nothing but a symbol."""
    return getattr(term, "head", None) is head
