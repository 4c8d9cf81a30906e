"""Symbols that get another meaning further on: "now let x_t = …", or in another section.

A document that treats one path after the other writes x_t = … for each. The second equation is no
claim about the first path: from there on, that is what the symbol stands for.
"""

from __future__ import annotations

import re

from fmproof.documents.candidates.shapes import mentions, shape_of
from fmproof.documents.items import Item, Reading
from fmproof.documents.reach import opens_case_behind_heading
from fmproof.lang.nodes.measure import parents_of
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate, Elaborator
from fmproof.reading.notation.symbols import conventional, head_of, key_of, spelled
from fmproof.reading.notation.velocities import undotted
from fmproof.reading.notation.words import concludes, defines_anew

_PARTS = re.compile(
    r"^\s*#{1,6}\s|\\(?:sub)*section|\\paragraph|\\item\b|^\s*(?:[-*+]|\d+[.)])\s", re.MULTILINE
)
"""Where another section begins, or another point of a list."""


def redefinition(reading: Reading, item: Item, sure: bool, near: str = "") -> Candidate | None:
    """What a row says of a symbol that a row before it defined, where words or a new section show
    that it means something else from here on.

    Args:
        sure: whether it is false of what the symbol was; else only words before a display count.
        near: what makes it true of that, if it is one edit away. Another section alone is then no
            sign of another meaning, where words say that the row follows, and it is about symbols
            that are known.
    """
    left, right = item.left, item.right
    if item.row.left is None or right is None or not isinstance(left, t.Sym | t.Call):
        return None
    if mentions(right, left) or isinstance(right, t.Num) or not _plain_places(left):
        return None
    first = _defined_before(reading, item, left)
    if first is None:
        return None
    words = defines_anew(item.source.text, item.piece.start)
    between = item.source.text[first.piece.stop : item.piece.start]
    apart = first.source is item.source and _PARTS.search(between) is not None
    if not sure and apart and _is_mean_of_a_path(reading, first, item):
        return Candidate(left, right, item.row.at, item.place, True)
    if not sure and item.inline:
        return None
    apart = sure and apart
    curve = isinstance(left, t.Sym) or all(conventional("times", spelled(a)) for a in left.args)
    averages = any(isinstance(n, t.Expectation | t.Integral) for n in t.walk(right))
    losses = _relates_losses(left, right)
    case = sure and item.inline and not losses and _has_a_new_letter(reading, item, right)
    claims = losses or (not item.inline and _relates_means(reading, first, right))
    concluded = bool(near) and concludes(item.source.text, item.piece.start)
    claims = claims or (concluded and _is_made_of_known(reading, item, right))
    elsewhere = apart and (curve or item.inline) and not averages and not claims
    if words or item.row.relation == ":=" or elsewhere or case:
        return Candidate(left, right, item.row.at, item.place, True)
    return None


def _is_mean_of_a_path(reading: Reading, first: Item, item: Item) -> bool:
    """u_t(x) = E[x_1 − x_0 | x_t = x] of an x_t that its section introduces, where u_t(x) is an
    average over any z further up: a case from here on, of z = (x_0, x_1)."""
    right = item.right
    if not isinstance(right, t.Expectation) or right.draws or len(right.given) != 1:
        return False
    (given,) = right.given
    path = given.left if isinstance(given, t.Observation) else given
    rows = reading.items[first.index + 1 : item.index]
    general = first.right is not None and any(
        isinstance(n, t.Integral) for n in t.walk(first.right)
    )
    return general and any(
        row.candidate is not None
        and isinstance(row.candidate.right, t.Add)
        and spelled(row.candidate.left) == spelled(path)
        for row in rows
    )


def special_path(reading: Reading, item: Item, elab: Elaborator) -> Candidate | None:
    """x_t = (1 − t) x_0 + t x_1 of an x_t that was drawn from p_t(·|z) so far, or that followed a
    differential equation, in another section: "take x_0 ~ N(0, I) and x_t = …"."""
    left, right = item.left, item.right
    if not (isinstance(left, t.Sym) and left.sub) or not isinstance(right, t.Add):
        return None
    name = spelled(left)
    letters = {spelled(n) for n in t.walk(right) if isinstance(n, t.Sym)}
    drawn = [law for law in elab.laws.get(name, ()) if parents_of(law)]
    followed = key_of(left) in elab.courses
    if not (drawn or followed) or name in letters or not letters & set(elab.evidence.random):
        return None
    if not opens_case_behind_heading(reading.items, item, {name}):
        return None
    return Candidate(left, right, item.row.at, item.place, True)


def _relates_means(reading: Reading, first: Item, right: t.Node) -> bool:
    """Whether x̂ is E[x | z] by a row, and another one says it by ε̂, which is E[ε | z]: what the one
    is by the other is no choice, in whatever section that stands."""

    def given_in(node: t.Node | None) -> tuple[str, ...]:
        return tuple(map(spelled, node.given)) if isinstance(node, t.Expectation) else ()

    given = given_in(first.candidate.right if first.candidate is not None else None)
    inside = {spelled(node) for node in t.walk(right) if isinstance(node, t.Sym)}
    others = (one.candidate for one in reading.items[: first.index + 2])
    return bool(given) and any(
        other is not None
        and other is not first.candidate
        and spelled(other.left) in inside
        and given_in(other.right) == given
        for other in others
    )


def _relates_losses(left: t.Node, right: t.Node) -> bool:
    """L(θ) = 2 K(θ) + C, of two losses: what the one is by the other is no choice."""
    if not (isinstance(left, t.Call) and conventional("losses", left.head.name)):
        return False
    calls = (n for n in t.walk(right) if isinstance(n, t.Call))
    return any(conventional("losses", call.head.name) for call in calls)


def _is_made_of_known(reading: Reading, item: Item, right: t.Node) -> bool:
    """Whether a right side has a symbol that a row before, or beside it, defines."""
    defined = {
        key_of(head_of(other.candidate.left))
        for other in reading.items[: item.index]
        if other.candidate is not None and other.candidate.state != "refused"
    }
    letters = (undotted(n) for n in t.walk(right) if isinstance(n, t.Sym))
    return any(key_of(n) in defined for n in letters)


def _has_a_new_letter(reading: Reading, item: Item, right: t.Node) -> bool:
    """Whether a line of words makes a symbol of a letter that no row before it has: "v(z, t) = a z
    for a number a" is an example, whatever v was."""
    before = (side for o in reading.items[: item.index] for side in (o.left, o.right) if side)
    known = {key_of(n) for side in before for n in t.walk(side) if isinstance(n, t.Sym)}
    return any(isinstance(n, t.Sym) and key_of(n) not in known for n in t.walk(right))


def _plain_places(left: t.Sym | t.Call) -> bool:
    """Whether a symbol is taken at letters that differ, so that an equation can define it."""
    places = [*left.args, *left.given] if isinstance(left, t.Call) else []
    return all(isinstance(p, t.Sym) for p in places) and len(set(map(spelled, places))) == len(
        places
    )


def _defined_before(reading: Reading, item: Item, left: t.Sym | t.Call) -> Item | None:
    """The row before that defines a symbol of this shape."""
    shape = shape_of(left)
    for other in reversed(reading.items[: item.index]):
        candidate = other.candidate
        known = candidate.left if candidate is not None else _root_of(other.left)
        if isinstance(known, t.Sym | t.Call) and shape_of(known) == shape:
            return other
    return None


def _root_of(left: t.Node | None) -> t.Node | None:
    """s(t) of "s(t)² = 1 − a(t)²", which says what s is."""
    square = (
        isinstance(left, t.Pow) and isinstance(left.exponent, t.Num) and left.exponent.value == 2
    )
    return left.base if square and isinstance(left, t.Pow) else None


def begin(elab: Elaborator, candidate: Candidate) -> None:
    """From here on, that is what the symbol is; what was made of it is made anew."""
    left = candidate.left
    assert isinstance(left, t.Sym | t.Call)
    elab.laws.pop(spelled(left), None)  # it may have been drawn so far
    elab.courses.discard(key_of(head_of(left)))  # … or have followed a field
    key, shape = key_of(head_of(left)), shape_of(left)
    known = elab.candidates.get(key, [])
    elab.candidates[key] = [candidate, *(c for c in known if shape_of(c.left) != shape)]
    for (name, *_), meaning in elab.meanings.items():
        if meaning.body is not None or (meaning.head is not None and meaning.head.definition):
            elab.names.retire(name.split("@")[0])
    for made in (elab.meanings, elab.drawn_meanings, elab.turned_meanings):
        made.clear()
    elab.by_spelling.clear()
    elab.paths.clear()
    elab.constants.clear()
    elab.turned.clear()
    elab.forget(key)
