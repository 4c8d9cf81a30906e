r"""Statements from LaTeX: equations, inequalities, finiteness, "for every"."""

from __future__ import annotations

import re
from typing import Any

from sympy import Basic, Expr, S

from fmproof.lang.nodes import Abs, Expect, IntegralOver, Lebesgue, Var
from fmproof.lang.props import (
    Almost,
    AtMost,
    Differentiable,
    Dominated,
    Equals,
    ForAll,
    Integrable,
    Positive,
    VanishesWith,
)
from fmproof.lang.spelling.printing import plainly_nonnegative
from fmproof.reading.items import Entry, LatexError, require_source
from fmproof.reading.reader import Reader
from fmproof.reading.symbols import Symbols, key


def _words(words: str) -> str:
    r"""A pattern for words of a statement, in ``\text{…}`` or plain."""
    spaced = words.replace(" ", r"\s+")
    return rf"(?:\\text\s*\{{\s*(?:{spaced})\s*\}}|(?<![^\W_])(?:{spaced})(?![^\W_]))"


_TAIL = re.compile(
    rf"(?P<almost>{_words('for almost (?:every|all|any)')})"
    rf"|{_words('for (?:every|all|any)')}|\\forall(?![a-zA-Z])|∀"
)
_MAPS = re.compile(r"\\mapsto(?![a-zA-Z])|↦")
_DIFFERENTIABLE = re.compile(
    r"\\text\s*\{\s*is differentiable(?P<at> at)?\s*\}|" + _words("is differentiable")
)
_DOMINATED = re.compile(_words("exists and is dominated near"))
_OVER = re.compile(r"\\text\s*\{\s*,\s*over\s*\}|,\s*" + _words("over"))
_IMPLIES = re.compile(r"\\(Rightarrow|implies)(?![a-zA-Z])|⇒")
_AT = re.compile(_words("at"))
_SIGNS = {
    "=": "=",
    "<": "<",
    ">": ">",
    "≤": "≤",
    "≥": "≥",
    "≠": "≠",
    "<=": "≤",
    ">=": "≥",
    "!=": "≠",
    r"\lt": "<",
    r"\gt": ">",
}
_SIGNS |= dict.fromkeys((r"\le", r"\leq", r"\leqslant"), "≤")
_SIGNS |= dict.fromkeys((r"\ge", r"\geq", r"\geqslant"), "≥")
_SIGNS |= dict.fromkeys((r"\ne", r"\neq"), "≠")


def parse_statement(source: str, symbols: Any, plain: bool = False) -> Any:
    r"""The proposition that ``source`` writes.

    ``a = b``, ``a \le b``, ``a > 0``, ``a \ne 0``, ``\mathbb{E}_{…}[…] < \infty``,
    ``\theta \mapsto a \text{ is differentiable}``, ``\partial_t a \text{ exists and is dominated
    near } t \text{, over } x \sim p``, each with ``\text{for every } \theta`` (or ``\forall
    \theta``) or ``\text{for almost every } x \sim p`` behind it.

    Args:
        source, symbols: as for :func:`fmproof.reading.latex.parse_latex`.
        plain: whether it is plain text, as :func:`fmproof.text` writes it, and no LaTeX.

    Raises:
        LatexError: with the line and column of the piece that cannot be read.
    """
    require_source(source)
    table = symbols if isinstance(symbols, Symbols) else Symbols([symbols])
    return _Statement(source, table, plain).read()


class _Statement:
    """A statement is cut at its words; each piece is read with the others blanked out."""

    def __init__(self, source: str, symbols: Symbols, plain: bool) -> None:
        self.source = source
        self.symbols = symbols
        self.plain = plain

    def read(self) -> Basic:
        tails = list(_TAIL.finditer(self.source))
        ends = [*(tail.start() for tail in tails[1:]), len(self.source)][: len(tails)]
        prop = self.core(tails[0].start() if tails else len(self.source))
        for tail, end in zip(tails, ends, strict=True):
            reader = self.reader(tail.end(), end)
            entries = self.within(reader, lambda reader=reader: reader.read("list"))
            build = self.almost if tail["almost"] else self.every
            prop = self.within(reader, lambda b=build, r=reader, e=entries, p=prop: b(r, e, p))
        return prop

    def core(self, end: int) -> Basic:
        """What is said, without for whom."""
        dominated = _DOMINATED.search(self.source, 0, end)
        if dominated is not None:
            return self.dominated(dominated, end)
        implies = _IMPLIES.search(self.source, 0, end)
        if implies is not None:
            return self.vanishing(implies, end)
        maps = _MAPS.search(self.source, 0, end)
        if maps is not None:
            return self.differentiable(maps, end)
        reader = self.reader(0, end)
        return self.within(reader, lambda: _compared(reader))

    def vanishing(self, implies: re.Match[str], end: int) -> Basic:
        r"""``b = 0 \Rightarrow a = 0``."""
        sides = []
        for reader in (self.reader(implies.end(), end), self.reader(0, implies.start())):
            said = self.within(reader, lambda reader=reader: _compared(reader))
            if not (isinstance(said, Equals) and said.rhs is S.Zero):
                at = len(reader.source) - len(reader.source.lstrip())
                raise LatexError(r"\Rightarrow stands between b = 0 and a = 0", self.source, at)
            sides.append(said.lhs)
        return self.within(self.reader(0, end), lambda: VanishesWith(*sides))

    def differentiable(self, maps: re.Match[str], end: int) -> Basic:
        words = _DIFFERENTIABLE.search(self.source, maps.end(), end)
        if words is None:
            raise LatexError(r"expected \text{ is differentiable}", self.source, maps.start())
        name, body = self.reader(0, maps.start()), self.reader(maps.end(), words.start())
        variables = self.within(name, lambda: name.drawn(name.read()))
        term = self.within(body, lambda: body.sum(body.read()))
        at = words if words["at"] else None
        at = at or _AT.match(self.source, _blank_end(self.source, words.end()), end)
        if at is None:
            if len(variables) > 1:
                problem = "expected the places of the variables after 'is differentiable at'"
                raise LatexError(problem, self.source, words.start())
            return ForAll(Differentiable(term, *variables), *variables)
        place = self.reader(at.end(), end)
        places = self.within(place, lambda: self.places(place, len(variables)))
        pairs = [item for pair in zip(variables, places, strict=True) for item in pair]
        return self.within(place, lambda: place.built(Differentiable, at.end(), term, *pairs))

    def places(self, reader: Reader, count: int) -> list[Expr]:
        """A place for each of ``count`` variables; several stand in brackets."""
        row = reader.read()
        rows = [row] if count == 1 else [entry.sum for entry in reader.single(row).content]
        if len(rows) != count:
            reader.fail("expected a place for each variable, in brackets", row.at)
        return [reader.sum(row) for row in rows]

    def dominated(self, words: re.Match[str], end: int) -> Basic:
        r"""``\partial_t f \text{ exists and is dominated near } t = s \text{, over } x \sim p``."""
        over = _OVER.search(self.source, words.end(), end)
        if over is None:
            raise LatexError("expected what it is dominated over", self.source, words.start())
        body, place = self.reader(0, words.start()), self.reader(words.end(), over.start())
        law = self.reader(over.end(), end)
        var, term = self.within(body, lambda: body.differentiated(body.read()))

        at = self.within(place, lambda: self.near(place, var))
        items = self.within(law, lambda: self.measure(law, law.read("list")))
        return self.within(law, lambda: law.built(Dominated, over.end(), term, var, at, *items))

    def near(self, reader: Reader, var: Var) -> Expr:
        """``x = s``, or x for x itself."""
        (entry, *more) = reader.read("list")
        if more or reader.variable(reader.single(entry.sum)) != var:
            reader.fail(f"expected {var.name}, or {var.name} = its place", entry.sum.at)
        return var if entry.law is None else reader.sum(entry.law)

    def every(self, reader: Reader, entries: tuple[Entry, ...], prop: Basic) -> Basic:
        for entry in entries:
            if entry.law is not None:
                reader.fail("for every takes variables; a law has almost every value", entry.sum.at)
            var = reader.variable(reader.single(entry.sum))
            prop = reader.built(ForAll, entry.sum.at, prop, var)
        return prop

    def almost(self, reader: Reader, entries: tuple[Entry, ...], prop: Basic) -> Basic:
        items = self.measure(reader, entries)
        return reader.built(Almost, entries[0].sum.at, prop, *items)

    def measure(self, reader: Reader, entries: tuple[Entry, ...]) -> list[Any]:
        r"""``x, t \in [0, 1], z \sim p, y := a``."""
        items: list[Any] = []
        for entry in entries:
            if entry.law is None:
                var = reader.variable(reader.single(entry.sum))
                items.append(reader.built(Lebesgue, entry.sum.at, var))
            elif entry.sign == "IN":
                var = reader.variable(reader.single(entry.sum))
                ends = [reader.sum(e.sum) for e in reader.single(entry.law).content]
                items.append(reader.built(Lebesgue, entry.sum.at, var, *ends))
            else:
                items.extend(reader.draws((entry,), entry.sum.at))
        return items

    def reader(self, start: int, end: int) -> Reader:
        """A reader of a piece that stands where it stands."""
        before = re.sub(r"[^\n]", " ", self.source[:start])
        return Reader(before + self.source[start:end], self.symbols, self.plain)

    def within(self, reader: Reader, read: Any) -> Any:
        """What ``read`` gives; an error shows the whole statement."""
        try:
            return read()
        except LatexError as error:
            raise LatexError(error.problem, self.source, error.at) from None


def _blank_end(source: str, start: int) -> int:
    found = re.compile(r"\s*").match(source, start)
    return found.end() if found else start


def _compared(reader: Reader) -> Basic:
    """An equation, an inequality, a sign, or the finiteness of a mean or an integral."""
    row = reader.read("statement")
    left = reader.sum(row.left)
    if row.right is None:
        reader.fail("expected a statement, such as a = b, found a term", row.left.at)
    sign = _SIGNS[row.sign]
    if sign == "<" and key(row.right.text) in (r"\infty", "∞"):
        return _finite(reader, left, row.left.at)
    right = reader.sum(row.right)
    at = row.left.at
    if sign == "≠" or sign in "<>":
        if right is not S.Zero or sign == "<":
            reader.fail("a strict sign is in a > 0 and in a mean < \\infty; write \\le", at)
        if sign == ">":
            return reader.built(Positive, at, left)
        return reader.built(VanishesWith, at, S.One, left)
    if sign == "=":
        return reader.built(Equals, at, left, right)
    lower, upper = (left, right) if sign == "≤" else (right, left)
    return reader.built(AtMost, at, lower, upper)


def _finite(reader: Reader, term: Any, at: int) -> Basic:
    measure: list[Any] = []
    while isinstance(term, IntegralOver):
        measure.extend(term.measure)
        term = term.body
    if isinstance(term, Expect):
        measure.extend(term.measure)
        term = term.body
    if not measure:
        reader.fail("expected the mean or the integral of something before < \\infty", at)
    if isinstance(term, Abs):
        (term,) = term.args
    elif term in reader.norms:
        term = reader.norms[term]
    elif not plainly_nonnegative(term):
        reader.fail(r"what may be negative needs bars: write \lvert a \rvert < \infty", at)
    return reader.built(Integrable, at, term, *measure)
