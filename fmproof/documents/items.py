"""A file as the rows to judge: parsed, in reading order, with what defines what."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf

from fmproof.documents.model import Block
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
from fmproof.reading.formula.plain_e import averages_by_letter, with_operator, without_operators
from fmproof.reading.formula.spaces import dimensions_in
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.processes import at_a_time
from fmproof.reading.notation.resolve import Resolver
from fmproof.reading.notation.symbols import key_of, spelled
from fmproof.reading.notation.words import (
    Said,
    assumes,
    called_false,
    denies,
    density_of,
    diverges,
    drawn_from,
    introduces,
    lets,
    picks,
    property_of,
    qualified,
    restricted_behind,
    restricts,
    role_in_words,
    says_apart,
    says_convex,
    standard_normal,
    up_to_a_constant,
)

MAX_DISPLAYS = 4_000
"""Formulas of one file that are looked at."""


@dataclass
class Item:
    """A row with its syntax trees.

    Attributes:
        left: its own left side; None where it goes on from the row before.
        problem: why a side cannot be read.
        names: the symbol that the row defines, if it defines one.
    """

    source: Source
    piece: Piece
    row: Row
    index: int
    left: t.Node | None = None
    right: t.Node | None = None
    problem: Unreadable | None = None
    candidate: Candidate | None = None

    @property
    def place(self) -> str:
        return self.source.place(self.row.at)

    @property
    def inline(self) -> bool:
        return self.piece.kind == "inline"

    @property
    def assumed(self) -> bool:
        """Whether words before it say that it is assumed."""
        return self.row.left is not None and assumes(self.source.text, self.piece.start)

    @property
    def introduced(self) -> bool:
        """Whether "where", or the like, stands before it."""
        first = self.row.left is not None and self.row.restarts and not self.inline
        return self.row.introduced or (first and introduces(self.source.text, self.piece.start))

    @property
    def denied(self) -> bool:
        """Whether the words before it say that it does not hold."""
        return denies(self.source.text, self.piece.start)

    @property
    def called_false(self) -> bool:
        """Whether the words beside it call it false."""
        return called_false(self.source.text, self.piece.start, self.piece.stop)

    @property
    def qualified(self) -> str:
        """The words beside it that say in which case or how well it holds: "in the limit"."""
        return qualified(self.source.text, self.piece.start, self.piece.stop)

    @property
    def said_of_a_letter(self) -> bool:
        """Whether the sentence before it introduces a letter: "let V be independent, with"."""
        return self.row.left is not None and lets(self.source.text, self.piece.start)

    @property
    def up_to_a_constant(self) -> bool:
        """Whether the words beside it say that it holds up to a constant."""
        return up_to_a_constant(self.source.text, self.piece.start, self.piece.stop)

    @property
    def picked(self) -> bool:
        """Whether the words before it pick a case, in which it holds."""
        return picks(self.source.text, self.piece.start)

    @property
    def restricted(self) -> bool:
        """Whether words behind it, or beside it in its row, say that it holds in a case, or not."""
        behind = self.inline and restricted_behind(self.source.text, self.piece.stop)
        return self.row.case or behind

    @property
    def differential(self) -> bool:
        """Whether it is an equation of differentials, dx = f dt + g dw: a law of motion."""
        return _is_differential(self.left) and any(
            isinstance(node, t.Mul) and any(map(_is_d, node.factors[:-1]))
            for node in (t.walk(self.right) if self.right is not None else ())
        )

    @property
    def latex(self) -> str:
        """The right side as it is written."""
        right = self.row.right
        if not right:
            return ""
        stop = max(token.end for token in right)
        return " ".join(self.source.text[right[0].at : stop].split())


def _is_d(node: t.Node) -> bool:
    return isinstance(node, t.Sym) and node.name.split(":")[-1] == "d" and not node.sub


def _is_differential(node: t.Node | None) -> bool:
    """dx, of a d that begins it."""
    return isinstance(node, t.Mul) and len(node.factors) == 2 and _is_d(node.factors[0])


@dataclass(frozen=True)
class Property:
    """A word that says of a symbol what makes it special, and the row that is next."""

    symbol: t.Sym
    word: str
    row: int
    convex: bool = False  #: whether it says that a function is convex


@dataclass
class Reading:
    """All that was found in a file."""

    items: list[Item] = field(default_factory=list)
    loose: list[t.Node] = field(default_factory=list)  # inline terms that are no rows
    laws: dict[str, list[t.Sym]] = field(default_factory=dict)
    law_draws: list[t.Draw] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    law_rows: list[int] = field(default_factory=list)  # the row that is next, for each of them
    listed: set[int] = field(default_factory=set)  # ids of draws "x, y ~ p" without brackets
    together: list[frozenset[str]] = field(default_factory=list)  # … not said to be independent
    said: list[Said] = field(default_factory=list)  # what words say of symbols
    gaussians: list[tuple[t.Node, t.Normal]] = field(default_factory=list)  # p is that of N(m, v)
    densities: list[tuple[t.Node, t.Sym]] = field(default_factory=list)  # p is the density of X
    properties: list[Property] = field(default_factory=list)  # … that makes them special
    pieces: list[tuple[Source, Piece, str, tuple[int, ...]]] = field(default_factory=list)
    divergent: set[str] = field(default_factory=set)  # keys of what is said to diverge
    plain_e: bool = False  #: whether a plain E is the expectation
    dimensions: set[str] = field(default_factory=set)  #: letters n of spaces ℝⁿ

    @property
    def trees(self) -> list[t.Node]:
        """Every tree, rows first, for evidence."""
        found: list[t.Node] = []
        for item in self.items:
            if not item.differential:  # its d is no symbol
                found += [side for side in (item.left, item.right) if side is not None]
        wrapped: list[t.Node] = [
            t.Expectation(d.at, (d,), t.Num(d.at, _ONE)) for d in self.law_draws
        ]
        return [*found, *self.loose, *wrapped]


_ONE = Fraction(1)
_DRAWN = ("\\sim", "∼")
POINT = "◦u"
"""The spelling of the point of a density that only words define."""
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
    _read_documents(reading, documents, macros)
    _drawn_apart(reading)
    named = {key_of(head_of(node)) for node, _ in reading.gaussians}
    dimension = min(reading.dimensions) if len(reading.dimensions) == 1 else ""
    resolver = Resolver(reading.trees, equations(reading), named, dimension)
    for item in reading.items:
        item.left, item.right = resolver.sides(item.left, item.right)
    reading.loose = [resolver.side(node) for node in reading.loose]
    return reading


def equations(reading: Reading) -> list[tuple[t.Node, t.Node]]:
    """The sides of the rows that have both; of a chain X = ψ(x) = a x + b, also what ψ(x) is."""
    found: list[tuple[t.Node, t.Node]] = []
    before: t.Node | None = None
    for item in reading.items:
        left = item.left if item.left is not None else before
        right = item.right if item.row.relation in ("=", ":=") else None
        goes_on = item.left is None and not isinstance(left, t.Call)
        if left is not None and right is not None and not goes_on:
            found.append((left, right))
        before = right
    return found


def head_of(node: t.Node) -> t.Sym:
    """The letter of a symbol that is applied or not."""
    head = node.head if isinstance(node, t.Call) else node
    assert isinstance(head, t.Sym)
    return head


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
        reading.dimensions |= dimensions_in(spread)
        found = rows_of(spread)
    except Unreadable as error:
        if piece.kind == "display":
            reading.problems.append((source.place(max(error.at, piece.start)), error.problem))
        return latex
    for i, row in enumerate(found):
        if i and piece.kind == "inline" and _goes_on_from_name(found[i - 1], row):
            row = replace(row, left=found[i - 1].right)
        for tokens_beside in row.beside:
            _loose(reading, Row("", None, tokens_beside, row.at))
        if piece.kind == "inline" and not (row.relation and row.left):
            before, draws = len(reading.loose), len(reading.law_draws)
            _loose(reading, row)
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
                if alone and standard_normal(source.text, piece.start, piece.stop):
                    _drawn_by_words(reading, head_of(node))
                if isinstance(head, t.Sym) and (special or convex):
                    word = special or "convex"
                    reading.properties.append(Property(head, word, len(reading.items), convex))
            continue
        item = Item(source, piece, row, len(reading.items))
        if piece.kind == "inline" and _named_law(reading, item):
            reading.items.append(item)
            continue
        try:
            item.left = parse(row.left) if row.left else None
            item.right = parse(row.right) if row.right else None
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
        reading.items.append(item)
    return spell(spread) if piece.kind == "inline" else latex


def _goes_on_from_name(before: Row, row: Row) -> bool:
    """Whether a row is the second one of a² = c(t) = f(t), which says what c(t) is."""
    if row.left is not None or not row.relation == before.relation == "=" or not before.right:
        return False
    try:
        return isinstance(parse(before.right), t.Call)
    except (Unreadable, RecursionError):
        return False


def _functions_in(nodes: Sequence[t.Node]) -> set[str]:
    """The keys of functions, and of a letter by itself."""
    heads = {key_of(n.head) for node in nodes for n in t.walk(node) if isinstance(n, t.Call)}
    return heads | {key_of(node) for node in nodes if isinstance(node, t.Sym)}


def _loose(reading: Reading, row: Row) -> None:
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
        drawn, law = row.right[:split], row.right[split + 1 :]
        _law(reading, drawn, law)
    except (Unreadable, RecursionError):
        return


def _named_law(reading: Reading, item: Item) -> bool:
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


def _law(reading: Reading, drawn: list[Token], law: list[Token]) -> None:
    subject, described = parse(drawn), parse(law)
    parts = subject.parts if isinstance(subject, t.Other) else (subject,)
    if isinstance(subject, t.Group):
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


def _drawn_by_words(reading: Reading, symbol: t.Sym) -> None:
    """ "A standard normal ε": its law."""
    zero, one = t.Num(symbol.at, Fraction(0)), t.Sym(symbol.at, "I")
    law = t.Normal(symbol.at, None, (zero, one))
    reading.law_draws.append(t.Draw(symbol.at, (symbol,), law))
    reading.law_rows.append(len(reading.items))


def _drawn_apart(reading: Reading) -> None:
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


_COUPLINGS = ("pi", "Pi", "gamma", "Gamma")


_BULLET = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)])[ \t]|\\item\b", re.MULTILINE)


def in_other_points(said: Item, item: Item) -> bool:
    """Whether what a line of words says stands in a point of a list that ends before ``item``."""
    if said.source is not item.source:
        return False
    text = said.source.text
    paragraph = re.split(r"\n\s*\n", text[: said.piece.start])[-1]
    listed = _BULLET.search(paragraph) is not None
    between = text[said.piece.stop : item.piece.start]
    return listed and (
        _BULLET.search(between) is not None or _LIST_ENDS.search(between) is not None
    )


_LIST_ENDS = re.compile(r"^#{1,6}\s|\\end\{(?:itemize|enumerate|description)\}", re.MULTILINE)


def holds_until(reading: Reading, item: Item) -> float:
    """The last row for which an item holds that is assumed.

    One that picks a case holds in its paragraph and the displays right behind it; one that
    restricts a section holds in it.
    """
    if item.picked:
        return _last_before(reading, item, _NEXT_PARAGRAPH)
    if restricts(item.source.text, item.piece.start):
        return _last_before(reading, item, _NEXT_SECTION)
    return inf


def section_end(reading: Reading, item: Item) -> int:
    """The last row before the next heading."""
    return _last_before(reading, item, _NEXT_SECTION)


def _last_before(reading: Reading, item: Item, end: re.Pattern[str]) -> int:
    """The last row before words in which ``end`` is found."""
    pieces = [
        (piece, text, rows) for source, piece, text, rows in reading.pieces if source is item.source
    ]
    at = next(i for i, (piece, _, _) in enumerate(pieces) if piece is item.piece)
    last = item.index
    for piece, text, rows in pieces[at + 1 :]:
        if piece.kind == "prose" and end.search(text):
            break
        last = max((last, *rows))
    return last


_ANOTHER_CASE = (
    r"For|In general|Otherwise|Without|If|When|However|But|In contrast|Generally|Conversely|Else"
    r"|Für|Im Allgemeinen|Sonst|Ohne|Falls|Wenn|Aber|Jedoch|Pour|En général|Sinon|Sans|Si|Mais"
    r"|Para|En general|Sin|Pero|Em geral|Sem|Mas|In generale|Altrimenti|Senza|Ma|Per"
)
_NEXT_PARAGRAPH = re.compile(
    rf"(?:^|[.!?])\W*(?:{_ANOTHER_CASE})\b|(?:^|[。！？])\s*(?:对于|一般|否则|若|当|但)|"
    r"\n\s*\n\s*(?!\$\$|\\\[|\\begin|```)\S|\\(?:sub)*section|\\par\b"
    r"|\\end\{(?!equation|align|gather|multline|eqnarray|flalign|displaymath|dmath|math)"
)
"""Another case, words behind a blank line, a heading, the end of a theorem; no display."""
_NEXT_SECTION = re.compile(r"^\s*#{1,6}\s|\\(?:sub)*section", re.MULTILINE)


def spell(found: Sequence[Token]) -> str:
    """Tokens as LaTeX."""
    parts = []
    for token in found:
        words = token.words.replace("{", "").replace("}", "")
        parts.append(f"\\text{{{words}}}" if token.text == "\\text" else token.text)
    return " ".join(parts)


def written(item: Item) -> str:
    """The row in LaTeX, macros expanded: its left side if it has one, the relation, its right."""
    relation = _SHOWN.get(item.row.relation, item.row.relation)
    return f"{spell(item.row.left or [])} {relation} {spell(item.row.right)}".strip()


_SHOWN = {
    "≤": "\\le",
    "≥": "\\ge",
    "≈": "\\approx",
    "∝": "\\propto",
    "≠": "\\ne",
    "≪": "\\ll",
    "≲": "\\lesssim",
    "≐": "\\doteq",
}


def blocks(reading: Reading) -> tuple[Block, ...]:
    """The file for a page that shows it."""
    return tuple(
        Block("prose" if piece.kind == "prose" else piece.kind, text, rows)  # type: ignore[arg-type]
        for _, piece, text, rows in reading.pieces
    )


def equated_with(items: Sequence[Item], item: Item) -> t.Node | None:
    """The left side of a row, or that of the chain which it continues."""
    if item.left is not None or item.inline:
        return item.left
    before = reversed(items[: item.index])
    return next((one.left for one in before if one.left is not None and not one.inline), None)


def equated(reading: Reading) -> list[tuple[t.Node, t.Node]]:
    """The sides that rows equate, those of a chain with each other."""
    found: list[tuple[t.Node, t.Node]] = []
    shown: t.Node | None = None
    for item in reading.items:
        before = item.left if item.left is not None else shown
        right = item.right
        if isinstance(right, t.Num) and item.row.relation in _ORDERED:
            right = replace(right, value=_ONE)  # what is less than 0 is a number, no vector
        if before is not None and right is not None and item.row.relation in _COMPARABLE:
            sides = (before, right)
            found += [sides] if not any(isinstance(side, t.Other) for side in sides) else []
        if not item.inline:
            shown = right if right is not None else before
    return found


_ORDERED = ("≤", "≥", "<", ">")
_COMPARABLE = ("=", ":=", "=:", "≈", *_ORDERED)
