r"""Statements from LaTeX: equations, inequalities, finiteness, "for every"."""

from __future__ import annotations

import re
from typing import Any

from sympy import Basic, S

from fmproof.lang.nodes import Abs, Expect, Inner, IntegralOver, Lebesgue, Sqrt
from fmproof.lang.props import (
    Almost,
    AtMost,
    Differentiable,
    Equals,
    ForAll,
    Integrable,
    Positive,
    VanishesWith,
)
from fmproof.lang.spelling.printing import plainly_nonnegative
from fmproof.reading.items import Entry, LatexError
from fmproof.reading.reader import Reader
from fmproof.reading.symbols import Symbols, key

_WORDS = r"\\text\s*\{\s*%s\s*\}"
_TAIL = re.compile(_WORDS % r"for (?P<almost>almost )?(?:every|all|any)" + r"|\\forall(?![a-zA-Z])")
_MAPS = re.compile(r"\\mapsto(?![a-zA-Z])")
_DIFFERENTIABLE = re.compile(_WORDS % "is differentiable(?P<at> at)?")
_DOMINATED = re.compile(r"\\text\s*\{[^{}]*dominated")
_IMPLIES = re.compile(r"\\(Rightarrow|implies)(?![a-zA-Z])")
_AT = re.compile(_WORDS % "at")
_SIGNS = {"=": "=", "<": "<", ">": ">", "≤": "≤", "≥": "≥", "≠": "≠", r"\lt": "<", r"\gt": ">"}
_SIGNS |= dict.fromkeys((r"\le", r"\leq", r"\leqslant"), "≤")
_SIGNS |= dict.fromkeys((r"\ge", r"\geq", r"\geqslant"), "≥")
_SIGNS |= dict.fromkeys((r"\ne", r"\neq"), "≠")


def parse_statement(source: str, symbols: Any) -> Any:
    r"""The proposition that ``source`` writes.

    ``a = b``, ``a \le b``, ``a > 0``, ``a \ne 0``, ``\mathbb{E}_{…}[…] < \infty``,
    ``\theta \mapsto a \text{ is differentiable}``, each with ``\text{for every } \theta`` (or
    ``\forall \theta``) or ``\text{for almost every } x \sim p`` behind it.

    Args:
        source, symbols: as for :func:`fmproof.reading.latex.parse_latex`.

    Raises:
        LatexError: with the line and column of the piece that cannot be read.
    """
    table = symbols if isinstance(symbols, Symbols) else Symbols([symbols])
    return _Statement(source, table).read()


class _Statement:
    """A statement is cut at its words; each piece is read with the others blanked out."""

    def __init__(self, source: str, symbols: Symbols) -> None:
        self.source = source
        self.symbols = symbols

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
            problem = "domination is written in Python, as Dominated(body, var, at, *law)"
            raise LatexError(problem, self.source, dominated.start())
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
        if "," in self.source[: maps.start()]:
            problem = "write joint differentiability in Python: Differentiable(f, t, s, x, y)"
            raise LatexError(problem, self.source, 0)
        name, body = self.reader(0, maps.start()), self.reader(maps.end(), words.start())
        var = self.within(name, lambda: name.variable(name.single(name.read())))
        term = self.within(body, lambda: body.sum(body.read()))
        at = None if words["at"] is None else words
        at = at or _AT.match(self.source, _blank_end(self.source, words.end()), end)
        if at is None:
            return ForAll(Differentiable(term, var), var)
        place = self.reader(at.end(), end)
        return self.within(
            place,
            lambda: place.built(Differentiable, at.end(), term, var, place.sum(place.read())),
        )

    def every(self, reader: Reader, entries: tuple[Entry, ...], prop: Basic) -> Basic:
        for entry in entries:
            if entry.law is not None:
                reader.fail("for every takes variables; a law has almost every value", entry.sum.at)
            var = reader.variable(reader.single(entry.sum))
            prop = reader.built(ForAll, entry.sum.at, prop, var)
        return prop

    def almost(self, reader: Reader, entries: tuple[Entry, ...], prop: Basic) -> Basic:
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
        return reader.built(Almost, entries[0].sum.at, prop, *items)

    def reader(self, start: int, end: int) -> Reader:
        """A reader of a piece that stands where it stands."""
        before = re.sub(r"[^\n]", " ", self.source[:start])
        return Reader(before + self.source[start:end], self.symbols)

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
    if sign == "<" and key(row.right.text) == r"\infty":
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
    elif isinstance(term, Sqrt) and isinstance(term.args[0], Inner) and term.args[0].is_square:
        term = term.args[0].args[0]
    elif not plainly_nonnegative(term):
        reader.fail(r"what may be negative needs bars: write \lvert a \rvert < \infty", at)
    return reader.built(Integrable, at, term, *measure)
