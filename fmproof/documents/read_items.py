"""A file as rows: every piece of it parsed, and what the words between formulas say of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from fmproof.documents import laws_in_lines
from fmproof.documents.bounds_of_minima import without_extremum
from fmproof.documents.generating import generated
from fmproof.documents.items import Item, Property, Reading, equations, spell
from fmproof.documents.levels import levels_of_sections
from fmproof.reading.document.markdown import body
from fmproof.reading.document.rows import Row, rows_of
from fmproof.reading.document.source import Document, Piece, Source
from fmproof.reading.document.tokens import (
    Macros,
    Token,
    Unreadable,
    definition_spans,
    macros_expanded,
    tokens,
)
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.parser import parse
from fmproof.reading.formula.plain_e import (
    averages_by_letter,
    energies_by_letter,
    with_energies,
    with_operator,
    without_operators,
)
from fmproof.reading.formula.spaces import dimensions_in
from fmproof.reading.notation.gaussian_formula import dimensions_by_logarithms
from fmproof.reading.notation.resolve import Resolver
from fmproof.reading.notation.symbols import head_of, key_of, spelled
from fmproof.reading.notation.values_in_words import number_said
from fmproof.reading.notation.words import (
    Said,
    density_of,
    diverges,
    drawn_from,
    is_drawn_beside,
    of_another,
    property_of,
    role_in_words,
    said_not_to_depend_on,
    says_apart,
    says_convex,
    standard_normal,
)

MAX_DISPLAYS = 4_000
"""Formulas of one file that are looked at."""


_CORRECTION = re.compile(r"^\s*fmproof:\s*(.*)$", re.DOTALL)


def read_items(documents: Sequence[Document]) -> Reading:
    """The rows of a file, parsed; what cannot be read is said and passed over."""
    reading = Reading()
    macros = Macros()
    for document in documents:
        for text in document.macros:
            macros.learn(text, before_the_text=True)
        macros.learn(document.source.text if document.body is None else document.body)
    reading.plain_e = averages_by_letter(document.source.text for document in documents)
    reading.energies = energies_by_letter(document.source.text for document in documents)
    _read_documents(reading, documents, macros)
    laws_in_lines.drawn_apart(reading)
    named = {key_of(head_of(node)) for node, _ in reading.gaussians}
    reading.dimensions |= _by_formulas(reading.trees)
    dimension = min(reading.dimensions) if len(reading.dimensions) == 1 else ""
    levels = levels_of_sections(reading.items)
    resolver = Resolver(reading.trees, equations(reading), named, dimension, levels)
    for item in reading.items:
        item.left, item.right = resolver.sides(item.left, item.right)
    reading.loose = [resolver.side(node) for node in reading.loose]
    reading.generated = [
        replace(one, left=resolver.side(one.left), right=resolver.side(one.right))
        for one in generated(reading)
    ]
    reading.kernels = [(x, given, resolver.side(law)) for x, given, law in reading.kernels]
    return reading


def _by_formulas(trees: Sequence[t.Node]) -> set[str]:
    """The letters that formulas show to be dimensions; d beside another one is one of its own."""
    found = dimensions_by_logarithms(trees)
    letters = {n.name for tree in trees for n in t.walk(tree) if isinstance(n, t.Sym)}
    return found | ({"d"} & letters if found else set())


def _read_documents(reading: Reading, documents: Sequence[Document], macros: Macros) -> None:
    count = 0
    for document in documents:
        source = document.source
        before: _Inline | None = None
        reading.problems += [(source.place(at), words) for at, words in document.problems]
        reading.comments += [(source.place(at), text) for at, text in document.front]
        for piece in document.pieces:
            if piece.kind == "prose":
                words = source.text[piece.start : piece.stop]
                reading.pieces.append((source, piece, words, ()))
            elif piece.kind == "comment":
                found = _CORRECTION.match(source.text[piece.start : piece.stop])
                if found is not None:
                    reading.comments.append((source.place(piece.start), found.group(1).strip()))
            elif piece.kind in ("display", "inline"):
                count += 1
                if count > MAX_DISPLAYS:
                    reading.problems.append(
                        (
                            source.place(piece.start),
                            f"only the first {MAX_DISPLAYS:,} formulas are read",
                        )
                    )
                    return
                first, loose = len(reading.items), len(reading.loose)
                latex = _read_piece(reading, source, piece, macros)
                inline = _Inline.of(reading, piece, first, loose)
                if before is not None and inline is not None:
                    inline = _pair(reading, source.text, before, inline)
                before = inline
                rows = tuple(range(first, len(reading.items)))
                reading.pieces.append((source, piece, latex, rows))


@dataclass(frozen=True)
class _Inline:
    """An inline formula that is one symbol, applied or not, or the left side of a first row."""

    node: t.Node
    at: tuple[int, int]

    @classmethod
    def of(cls, reading: Reading, piece: Piece, first: int, loose: int) -> _Inline | None:
        rows = reading.items[first:]
        found = reading.loose[loose:] if piece.kind == "inline" and not rows else []
        node = rows[0].left if rows else found[0] if len(found) == 1 else None
        if len(found) > 1 and all(isinstance(one, t.Sym) for one in found):
            node = t.Other(found[0].at, "list", tuple(found))  # X, Y or (X, Y)
        at = (piece.start, piece.stop)
        return None if node is None else cls(node, at)

    def bracketed(self, text: str) -> bool:
        """Whether brackets stand around it."""
        return text[self.at[0] : self.at[1]].removeprefix("\\(").lstrip("$ ").startswith("(")


def _pair(reading: Reading, text: str, first: _Inline, second: _Inline) -> _Inline:
    """What words say of two formulas, one behind the other: that one is the density of the other.

    Returns:
        what the next words may be about: p of "p is the density of s z, that is of N(0, s²)".
    """
    if drawn_from(text, first.at, second.at):
        law = second.node
        if isinstance(first.node, t.Sym) and isinstance(law, t.Sym | t.Call | t.Normal):
            reading.law_draws.append(t.Draw(first.node.at, (first.node,), law))
            reading.law_rows.append(len(reading.items))
        return second
    said = density_of(text, first.at, second.at)
    density, of = (second, first) if said == "second" else (first, second)
    if said and isinstance(density.node, t.Sym | t.Call):
        if isinstance(of.node, t.Sym):
            reading.densities.append((density.node, of.node))
        elif isinstance(of.node, t.Normal) and of.node.point is None:
            reading.gaussians.append((density.node, of.node))
        elif isinstance(of.node, t.Other) and of.bracketed(text):
            symbols = tuple(one for one in of.node.parts if isinstance(one, t.Sym))
            args = density.node.args if isinstance(density.node, t.Call) else symbols
            if len(args) == len(symbols):  # (X, Y) has the joint density p(x, y)
                draw = t.Draw(of.node.at, symbols, head_of(density.node))
                reading.law_draws.append(draw)
                reading.law_rows.append(len(reading.items))
        elif said == "first":
            return replace(first, at=second.at)
    return second


def _read_piece(reading: Reading, source: Source, piece: Piece, macros: Macros) -> str:
    """The rows of a piece go to ``reading``; returned is its LaTeX with macros expanded."""
    latex = body(source, piece)
    if "\\" in latex and (
        "command" in latex or "\\def" in latex or "\\let" in latex or "Operator" in latex
    ):
        for start, stop in reversed(definition_spans(latex)):
            latex = latex[:start] + re.sub(r"[^\n]", " ", latex[start:stop]) + latex[stop:]
    try:
        spread = without_operators(macros_expanded(tokens(latex, piece.start), macros))
        spread = with_operator(spread) if reading.plain_e else spread
        spread = with_energies(spread) if reading.energies else spread
        reading.dimensions |= dimensions_in(spread)
        found = rows_of(spread)
    except Unreadable as error:
        if piece.kind == "display":
            reading.problems.append((source.place(max(error.at, piece.start)), error.problem))
        return latex
    for i, row in enumerate(found):
        if i and piece.kind == "inline" and _goes_on_from(found[i - 1], row):
            row = replace(row, left=found[i - 1].right)
        for tokens_beside in row.beside:
            laws_in_lines.loose(reading, Row("", None, tokens_beside, row.at))
        if piece.kind == "inline" and not (row.relation and row.left):
            before, draws = len(reading.loose), len(reading.law_draws)
            laws_in_lines.loose(reading, row)
            if not says_apart(source.text, piece.start, piece.stop):
                listed = [one for one in reading.law_draws[draws:] if id(one) in reading.listed]
                reading.together += [frozenset(map(spelled, one.drawn)) for one in listed]
            role = role_in_words(source.text, piece.start, piece.stop)
            special = property_of(source.text, piece.start, piece.stop)
            convex = says_convex(source.text, piece.start, piece.stop)
            if diverges(source.text, piece.stop):
                reading.divergent |= _functions_in(reading.loose[before:])
            for node in reading.loose[before:]:
                head = node.head if isinstance(node, t.Call) else node
                if isinstance(head, t.Sym) and role:
                    reading.said.append(Said(head, role, piece.start))
                alone = isinstance(head, t.Sym) and node is head
                if alone and is_drawn_beside(source.text, piece.start, piece.stop):
                    reading.said.append(Said(head_of(node), "random", piece.start))
                if alone and standard_normal(source.text, piece.start, piece.stop):
                    laws_in_lines.drawn_by_words(reading, head_of(node))
                if isinstance(head, t.Sym) and of_another(source.text, piece.start, piece.stop):
                    reading.of_others.add(key_of(head))
                if alone and len(reading.loose) == before + 1:
                    _read_number(reading, source, piece, row, head_of(node))
                plain = bool(special) and _is_without(node, source, piece, special, macros)
                if isinstance(head, t.Sym) and (special or convex) and not plain:
                    word = special or "convex"
                    reading.properties.append(Property(head, word, len(reading.items), convex))
            continue
        item = Item(source, piece, row, len(reading.items))
        if piece.kind == "inline" and laws_in_lines.named_law(reading, item):
            reading.items.append(item)
            continue
        if piece.kind == "inline" and laws_in_lines.law_given_a_value(reading, row):
            continue
        try:
            item.left = parse(row.left) if row.left else None
            item.right = parse(row.right) if row.right else None
            bounded = without_extremum(item.left, row.relation, item.right)
            item.of_an_extremum = bounded != (item.left, item.right)
            item.left, item.right = bounded
        except Unreadable as error:
            item.problem = error
            endless = row.relation == "=" and [one.text for one in row.right] == ["\\infty"]
            if item.left is not None and endless:
                reading.divergent |= _functions_in([item.left])
            if piece.kind == "inline":
                continue
        except RecursionError:
            item.problem = Unreadable("the formula is nested too deeply", row.at)
        if item.right is None and item.problem is None:
            if not row.relation:
                continue
            item.problem = Unreadable(f"nothing stands behind {row.relation}", row.at)
        if piece.kind == "inline" and laws_in_lines.law_in_a_case(reading, item):
            continue
        reading.items.append(item)
    return spell(spread) if piece.kind == "inline" else latex


def _read_number(reading: Reading, source: Source, piece: Piece, row: Row, symbol: t.Sym) -> None:
    """Words that give a symbol a number, "σ is kept at one", as the row "σ = 1"."""
    said = number_said(source.text, piece.start, piece.stop)
    if said is None:
        return
    right = [Token(str(said.value), said.start, end=said.stop)]
    item = Item(source, piece, Row("=", row.right, right, row.at), len(reading.items), symbol)
    item.right = t.Num(said.start, Fraction(said.value))
    reading.items.append(item)


def _goes_on_from(before: Row, row: Row) -> bool:
    """Whether a row is the second one of a = b(x) = c: a claim about b(x), or what that is.

    Behind a number or a letter, as in N = T = 1000, it is one of the values.
    """
    if row.left is not None or not row.relation == before.relation == "=" or not before.right:
        return False
    try:
        return not isinstance(parse(before.right), t.Num | t.Sym)
    except (Unreadable, RecursionError):
        return False


def _is_without(node: t.Node, source: Source, piece: Piece, word: str, macros: Macros) -> bool:
    """Whether p(x) "does not depend on z": what is written without z is no special p by that."""
    formula = said_not_to_depend_on(source.text, piece.stop, word)
    if not (formula and isinstance(node, t.Call)):
        return False
    try:
        other = parse(macros_expanded(tokens(formula, piece.stop), macros))
    except (Unreadable, RecursionError):
        return False
    letters = {spelled(n) for n in t.walk(other) if isinstance(n, t.Sym)}
    return bool(letters) and not letters & {
        spelled(n) for n in t.walk(node) if isinstance(n, t.Sym)
    }


def _functions_in(nodes: Sequence[t.Node]) -> set[str]:
    """The keys of functions, and of a letter by itself."""
    heads = {key_of(n.head) for node in nodes for n in t.walk(node) if isinstance(n, t.Call)}
    return heads | {key_of(node) for node in nodes if isinstance(node, t.Sym)}
