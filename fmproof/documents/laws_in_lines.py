"""Laws in lines of words: z ~ q, (x, y) ~ p, x_0 ~ p = N(0, I), and terms that are no rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

from fmproof.documents.items import Item, Reading
from fmproof.reading.document.rows import Row
from fmproof.reading.document.tokens import (
    Token,
    Unreadable,
)
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.parser import parse
from fmproof.reading.notation.processes import at_a_time
from fmproof.reading.notation.symbols import spelled
from fmproof.reading.notation.words import opens_a_case

_DRAWN = ("\\sim", "∼")
_BARS = ("\\mid", "|", "\\vert", "\\middle|")
_COUPLINGS = ("pi", "Pi", "gamma", "Gamma")


def loose(reading: Reading, row: Row) -> None:
    """An inline formula that is no row: a law ``z ~ q``, or a term."""
    split = next((i for i, token in enumerate(row.right) if token.text in _DRAWN), None)
    try:
        if split is None:
            right = row.right
            member = next(
                (i for i, token in enumerate(right) if token.text in ("\\in", "∈", ":")), None
            )
            if member is not None:
                right = right[:member]
            if right:
                node = parse(right)
                reading.loose.extend(node.parts if isinstance(node, t.Other) else (node,))
            return
        drawn, law = row.right[:split], _without_words(row.right[split + 1 :])
        bar = next((i for i, token in enumerate(drawn) if token.text in _BARS), None)
        if bar is None:
            _law(reading, drawn, law)
        else:
            _kernel(reading, drawn[:bar], drawn[bar + 1 :], law)
    except (Unreadable, RecursionError):
        return


def _without_words(law: list[Token]) -> list[Token]:
    """A law up to the words behind it: "N(0, I) independent of x_1"."""
    depth = 0
    for i, token in enumerate(law):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text == "\\text" and i and not depth:  # p_{\text{data}} is a name
            return law[:i]
    return law


def named_law(reading: Reading, item: Item) -> bool:
    """``x_0 ~ p = N(0, I)``: the law of x_0, and p(x_0) = N(x_0; 0, I)."""
    row, left = item.row, item.row.left or []
    split = next((i for i, token in enumerate(left) if token.text in _DRAWN), None)
    if split is None or row.relation != "=":
        return False
    try:
        drawn, density = parse(left[:split]), parse(left[split + 1 :])
        law = parse(row.right)
    except (Unreadable, RecursionError):
        return False
    if not (isinstance(drawn, t.Sym) and isinstance(density, t.Sym)):
        return False
    if not (isinstance(law, t.Normal) and law.point is None):
        return False
    _law(reading, left[:split], row.right)
    item.left = t.Call(density.at, density, (drawn,))
    item.right = replace(law, point=drawn)
    return True


def law_in_a_case(reading: Reading, item: Item) -> bool:
    """``if p = N(0, I)``: what was drawn from p has that law from there on."""
    named, law = item.left, item.right
    if not (isinstance(named, t.Sym) and isinstance(law, t.Normal) and law.point is None):
        return False
    if not opens_a_case(item.source.text, item.piece.start):
        return False
    last = {
        spelled(draw.drawn[0]): (spelled(draw.law), draw.drawn)
        for draw in reading.law_draws
        if len(draw.drawn) == 1 and isinstance(draw.law, t.Sym)
    }
    found = [drawn for name, drawn in last.values() if name == spelled(named)]
    for drawn in found:
        reading.law_draws.append(t.Draw(named.at, drawn, law))
        reading.law_rows.append(len(reading.items))
    return bool(found)


def _law(reading: Reading, drawn: list[Token], law: list[Token]) -> None:
    subject, described = parse(drawn), parse(law)
    parts = subject.parts if isinstance(subject, t.Other) else (subject,)
    if isinstance(subject, t.Bracketed):
        parts = (subject.body,)
    parts = tuple(
        replace(part.head, sub=part.args) if isinstance(part, t.Call) and at_a_time(part) else part
        for part in parts
    )
    symbols = [part for part in parts if isinstance(part, t.Sym)]
    if len(symbols) != len(parts) or not symbols:
        return
    if isinstance(described, t.Sym | t.Call | t.Normal):
        draw = t.Draw(symbols[0].at, tuple(symbols), described)
        reading.law_draws.append(draw)
        reading.law_rows.append(len(reading.items))
        if drawn[0].text != "(":
            reading.listed.add(id(draw))
        if isinstance(described, t.Sym) and len(symbols) == 1:
            reading.laws.setdefault(spelled(symbols[0]), []).append(described)


def law_given_a_value(reading: Reading, row: Row) -> bool:
    """``X_t | X_0 = x_0 ~ N(m, s² I)``, where the = is in what is given."""
    left, right = row.left or [], row.right
    bar = next((i for i, token in enumerate(left) if token.text in _BARS), None)
    split = next((i for i, token in enumerate(right) if token.text in _DRAWN), None)
    if bar is None or split is None or row.relation != "=":
        return False
    before = len(reading.kernels)
    try:
        law = _without_words(right[split + 1 :])
        _kernel(reading, left[:bar], right[:split], law)
    except (Unreadable, RecursionError):
        return False
    return len(reading.kernels) > before


def _kernel(reading: Reading, drawn: list[Token], given: list[Token], law: list[Token]) -> None:
    """ "X_t | X_0 = x_0 ~ N(m, s² I)": the Gaussian law of X_t, given another variable."""
    subject, value, described = parse(drawn), parse(given), parse(law)
    if not (isinstance(subject, t.Sym) and isinstance(value, t.Sym)):
        return
    if isinstance(described, t.Normal) and described.point is None:
        reading.kernels.append((subject, value, described))


def drawn_by_words(reading: Reading, symbol: t.Sym) -> None:
    """ "A standard normal ε": its law."""
    zero, one = t.Num(symbol.at, Fraction(0)), t.Sym(symbol.at, "I")
    law = t.Normal(symbol.at, None, (zero, one))
    reading.law_draws.append(t.Draw(symbol.at, (symbol,), law))
    reading.law_rows.append(len(reading.items))


def drawn_apart(reading: Reading) -> None:
    """ "x, y ~ p" are two draws, unless p is a coupling; "(x, y) ~ p" is one of both."""
    pairs = {
        spelled(node.head)
        for tree in reading.trees
        for node in t.walk(tree)
        if isinstance(node, t.Call) and len(node.args) > 1 and not node.given
    }
    draws = list(zip(reading.law_draws, reading.law_rows, strict=True))
    reading.law_draws, reading.law_rows = [], []
    for draw, row in draws:
        apart = id(draw) in reading.listed and not _of_a_pair(draw.law, pairs)
        for some in [(one,) for one in draw.drawn] if apart else [draw.drawn]:
            reading.law_draws.append(replace(draw, drawn=some))
            reading.law_rows.append(row)


def _of_a_pair(law: t.Node | None, pairs: Collection[str]) -> bool:
    """Whether a law draws several things at once.

    Args:
        pairs: the spellings of what has several arguments somewhere.
    """
    if isinstance(law, t.Call):
        return len(law.args) > 1 or bool(law.given)
    named = isinstance(law, t.Sym) and (law.name in _COUPLINGS or len(law.sub) > 1)
    return named or (law is not None and not isinstance(law, t.Normal) and spelled(law) in pairs)
