"""What words say moves a density: "u_t(x|z) generates p_t(x|z)" is its continuity equation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fmproof.documents.items import Generated, Reading
from fmproof.reading.document.tokens import Unreadable, tokens
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.parser import parse
from fmproof.reading.notation.symbols import conventional, key_of, spelled
from fmproof.reading.notation.words import says_generated

_BACK = 8
"""Formulas before "… which generates it" among which the density is looked for."""


def generated(reading: Reading) -> Iterator[Generated]:
    """The continuity equations that words state, of a field and a density that lines of words show
    with the same arguments; "it" is the last such density."""
    before: list[tuple[str, t.Call]] = []
    count = 0
    pieces = reading.pieces
    for i, (source, piece, latex, rows) in enumerate(pieces):
        count = max((count, *(row + 1 for row in rows)))
        if piece.kind != "inline":
            continue
        call = _call(latex)
        if call is None:
            continue
        before = [*before, (latex, call)][-_BACK:]
        behind = pieces[i + 1] if i + 1 < len(pieces) else None
        if behind is None or behind[1].kind != "prose" or behind[0] is not source:
            continue
        what = says_generated(behind[2])
        if what == "it":
            others = before[-2::-1]
        elif what == "next" and i + 2 < len(pieces) and pieces[i + 2][1].kind == "inline":
            after = _call(pieces[i + 2][2])
            others = [] if after is None else [(pieces[i + 2][2], after)]
        else:
            continue
        for density, moved in others:
            if _fit(call, moved):
                time = spelled(moved.head.sub[0])
                sides = _sides(latex, density, time)
                if sides is not None:
                    yield Generated(count, source.place(piece.start), *sides)
                break


def _call(latex: str) -> t.Call | None:
    """u_t(x|z), the formula or the left side of it."""
    try:
        node = parse(tokens(_RELATION.split(latex)[0]))
    except (Unreadable, RecursionError):
        return None
    return node if isinstance(node, t.Call) else None


_RELATION = re.compile(r"=|<|>|\\in\b|\\sim\b|\\ge|\\le(?!ft)|:")


def _fit(field: t.Call, density: t.Call) -> bool:
    """Whether both have the same time below and the same arguments, and one is a density."""
    if not conventional("densities", key_of(density.head)) or field.after or density.after:
        return False
    if conventional("densities", key_of(field.head)):
        return False
    times = [[*map(spelled, one.head.sub)] for one in (field, density)]
    alike = [*map(spelled, field.args)] == [*map(spelled, density.args)] and (
        [*map(spelled, field.given)] == [*map(spelled, density.given)]
    )
    symbols = all(isinstance(a, t.Sym) for a in (*density.args, *density.given))
    one_time = times[0] == times[1] and len(times[0]) == 1 and len(density.args) == 1
    return alike and symbols and one_time and conventional("times", times[0][0])


def _sides(field: str, density: str, time: str) -> tuple[t.Node, t.Node] | None:
    u, p = (_RELATION.split(one)[0] for one in (field, density))
    try:
        left = parse(tokens(rf"\frac{{\partial}}{{\partial {time}}} {p}"))
        return left, parse(tokens(rf"-\nabla\cdot( {u} {p} )"))
    except (Unreadable, RecursionError):
        return None
