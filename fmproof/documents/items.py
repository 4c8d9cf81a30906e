"""A file as the rows to judge: parsed, in reading order, with what defines what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    expanded,
    tokens,
)
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.parser import parse
from fmproof.reading.notation.elaborate import Candidate
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.flows import moving_field
from fmproof.reading.notation.processes import at_a_time
from fmproof.reading.notation.randomness import has_dot, undotted
from fmproof.reading.notation.resolve import Resolver
from fmproof.reading.notation.symbols import conventional, key_of, spelled
from fmproof.reading.notation.words import (
    Said,
    a_case,
    assumes,
    denies,
    density_of,
    picks,
    property_of,
    restricted_behind,
    restricts,
    role_of,
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
    def denied(self) -> bool:
        """Whether the words before it say that it does not hold."""
        return denies(self.source.text, self.piece.start)

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
    def latex(self) -> str:
        """The right side as it is written."""
        right = self.row.right
        if not right:
            return ""
        stop = max(token.end for token in right)
        return " ".join(self.source.text[right[0].at : stop].split())


@dataclass(frozen=True)
class Property:
    """A word that says of a symbol what makes it special, and the row that is next."""

    symbol: t.Sym
    word: str
    row: int


@dataclass
class Reading:
    """All that was found in a file."""

    items: list[Item] = field(default_factory=list)
    loose: list[t.Node] = field(default_factory=list)  # inline terms that are no rows
    laws: dict[str, list[t.Sym]] = field(default_factory=dict)
    law_draws: list[t.Draw] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)  # what words say of symbols
    gaussians: list[tuple[t.Node, t.Normal]] = field(default_factory=list)  # p is that of N(m, v)
    densities: list[tuple[t.Node, t.Sym]] = field(default_factory=list)  # p is the density of X
    properties: list[Property] = field(default_factory=list)  # … that makes them special
    pieces: list[tuple[Source, Piece, str, tuple[int, ...]]] = field(default_factory=list)

    @property
    def trees(self) -> list[t.Node]:
        """Every tree, rows first, for evidence."""
        found: list[t.Node] = []
        for item in self.items:
            found += [side for side in (item.left, item.right) if side is not None]
        wrapped: list[t.Node] = [
            t.Expectation(d.at, (d,), t.Num(d.at, _ONE)) for d in self.law_draws
        ]
        return [*found, *self.loose, *wrapped]


_ONE = Fraction(1)
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
    _read_documents(reading, documents, macros)
    named = {key_of(head_of(node)) for node, _ in reading.gaussians}
    resolver = Resolver(reading.trees, _equations(reading), named)
    for item in reading.items:
        item.left, item.right = resolver.sides(item.left, item.right)
    reading.loose = [resolver.side(node) for node in reading.loose]
    return reading


def head_of(node: t.Node) -> t.Sym:
    """The letter of a symbol that is applied or not."""
    head = node.head if isinstance(node, t.Call) else node
    assert isinstance(head, t.Sym)
    return head


def _gaussian(density: t.Node, law: t.Normal) -> Candidate:
    """What "p is the density of N(m, v)" says, as a definition of p(u)."""
    point = t.Sym(density.at, POINT)
    left = t.Call(density.at, head_of(density), (point,))
    return Candidate(left, replace(law, point=point), _NO_ROW, "", True)


def _equations(reading: Reading) -> list[tuple[t.Node, t.Node]]:
    """The sides of the rows that have both."""
    return [
        (item.left, item.right)
        for item in reading.items
        if item.row.relation in ("=", ":=") and item.left is not None and item.right is not None
    ]


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
        lefts = [item.left for item in reading.items[first:]][:1]
        found = lefts or (reading.loose[loose:] if piece.kind == "inline" else [])
        node = found[0] if len(found) == 1 else None
        at = (piece.start, piece.stop)
        return None if node is None else cls(node, at)


def _pair(reading: Reading, text: str, first: _Inline, second: _Inline) -> _Inline:
    """What words say of two formulas, one behind the other: that one is the density of the other.

    Returns:
        what the next words may be about: p of "p is the density of s z, that is of N(0, s²)".
    """
    said = density_of(text, first.at, second.at)
    density, of = (second, first) if said == "second" else (first, second)
    if said and isinstance(density.node, t.Sym | t.Call):
        if isinstance(of.node, t.Sym):
            reading.densities.append((density.node, of.node))
        elif isinstance(of.node, t.Normal) and of.node.point is None:
            reading.gaussians.append((density.node, of.node))
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
        spread = expanded(tokens(latex, piece.start), macros)
        found = rows_of(spread)
    except Unreadable as error:
        if piece.kind == "display":
            reading.problems.append((source.place(max(error.at, piece.start)), error.problem))
        return latex
    for row in found:
        for tokens_beside in row.beside:
            _loose(reading, Row("", None, tokens_beside, row.at))
        if piece.kind == "inline" and not (row.relation and row.left):
            before = len(reading.loose)
            _loose(reading, row)
            role = role_of(source.text, piece.start, piece.stop)
            special = property_of(source.text, piece.start, piece.stop)
            for node in reading.loose[before:]:
                head = node.head if isinstance(node, t.Call) else node
                if isinstance(head, t.Sym) and role:
                    reading.said.append(Said(head, role, piece.start))
                if isinstance(head, t.Sym) and special:
                    reading.properties.append(Property(head, special, len(reading.items)))
            continue
        item = Item(source, piece, row, len(reading.items))
        try:
            item.left = parse(row.left) if row.left else None
            item.right = parse(row.right) if row.right else None
        except Unreadable as error:
            item.problem = error
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


def _loose(reading: Reading, row: Row) -> None:
    """An inline formula that is no row: a law ``z ~ q``, or a term."""
    split = next((i for i, token in enumerate(row.right) if token.text in ("\\sim", "∼")), None)
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
        reading.law_draws.append(t.Draw(symbols[0].at, tuple(symbols), described))
        if isinstance(described, t.Sym) and len(symbols) == 1:
            reading.laws.setdefault(spelled(symbols[0]), []).append(described)


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


_NEXT_PARAGRAPH = re.compile(
    r"\n\s*\n\s*(?!\$\$|\\\[|\\begin|```)\S|\\(?:sub)*section|\\par\b"
    r"|\\end\{(?!equation|align|gather|multline|eqnarray|flalign|displaymath|dmath|math)"
)
"""Words behind a blank line, a heading, the end of a theorem; no display."""
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


def equated(reading: Reading) -> list[tuple[t.Node, t.Node]]:
    """The sides that rows equate, those of a chain with each other."""
    found: list[tuple[t.Node, t.Node]] = []
    before: t.Node | None = None
    for item in reading.items:
        if item.left is not None:
            before = item.left
        comparable = item.row.relation in ("=", ":=", "=:", "≤", "≥", "<", ">", "≈")
        if before is not None and item.right is not None and comparable:
            sides = (before, item.right)
            found += [sides] if not any(isinstance(side, t.Other) for side in sides) else []
        if item.right is not None and not item.inline:
            before = item.right
    return found


# --- what defines what -----------------------------------------------------------------


_NO_ROW = -1
"""Where a definition stands that is no row of its own."""


def candidates_of(reading: Reading, evidence: Evidence) -> dict[str, list[Candidate]]:
    """The rows that may define a symbol, by the symbol's key, the best first."""
    found: dict[str, list[tuple[int, Candidate, Item]]] = {}
    claimed: set[str] = set()
    curves: set[str] = set()
    for item in reading.items:
        if item.right is None or item.problem is not None:
            continue
        relation = item.row.relation
        left: t.Node | None = item.left
        right: t.Node | None = item.right
        if left is None and relation != "=:":
            continue
        if relation == "=:":
            left, right = item.right, left or _before(reading, item)
        elif (
            relation == "="
            and isinstance(right, t.Sym)
            and isinstance(left, t.Expectation | t.Integral)
        ):
            left, right = right, left
        elif relation not in ("=", ":="):
            continue
        explicit = relation != "="
        head = left.head if isinstance(left, t.Call) else left
        key = key_of(head) if isinstance(head, t.Sym) else ""
        special = (item.inline and item.picked) or (item.assumed and item.denied)
        if item.restricted or (special and not explicit):
            claimed.add(key)  # "at one time h(t) = 0": and h(s) = 0 behind it is a claim
            continue
        if not explicit and (key in claimed or (isinstance(left, t.Call) and _is_zero(right))):
            continue
        if isinstance(left, t.Other) or left is None or right is None:
            continue
        if not _definable(left, evidence, explicit) or _mentions(right, left):
            continue
        loss = isinstance(left, t.Call) and conventional("losses", left.head.name)
        if loss and not explicit and not _averages(right):
            continue
        if (
            not explicit
            and isinstance(left, t.Sym)
            and (spelled(left) in evidence.parameters or spelled(left) in evidence.times)
        ):
            continue
        if not explicit and isinstance(right, t.Num | t.Add) and item.inline and _is_number(right):
            continue  # "at w = 0" is a case, no definition
        if isinstance(left, t.Sym) and left.sub and _of_times(right):
            if not explicit and has_dot(left) and spelled(undotted(left)) in curves:
                continue  # Ẋ_t is known from X_t
            curves.add(spelled(left))
        if not explicit and _of_another_field(left, found.get(key, ()), evidence):
            continue
        if not explicit and item.inline and at_the_ends(left, right, evidence):
            continue
        candidate = Candidate(left, right, item.row.at, item.place, explicit)
        rank = 0 if explicit else 1
        if not explicit and item.piece.inside == "theorem":
            rank = 2
        found.setdefault(key, []).append((rank, candidate, item))
    _name_by_braces(reading, found)
    said = {key_of(head_of(node)): [_gaussian(node, law)] for node, law in reading.gaussians}
    _move_by_flows(reading, found)
    used = _claimed_before(reading, {id(one[2]) for options in found.values() for one in options})
    anywhere = _claimed_before(reading, set(), inline=True)
    first = _first_calls(reading)
    chosen: dict[str, list[Candidate]] = {k: v for k, v in said.items() if k not in found}
    for key, options in found.items():
        shapes: set[str] = set()
        for _, candidate, item in sorted(options, key=lambda one: (one[0], one[2].index)):
            shape = shape_of(candidate.left)
            if shape in shapes:
                continue
            if (
                not candidate.explicit
                and not _a_name(candidate.left)
                and (
                    used.get(shape, item.index) < item.index
                    or (item.inline and anywhere.get(shape, item.index) < item.index)
                )
            ):
                continue  # a special case of what was used before
            case = item.inline and not candidate.explicit and isinstance(candidate.left, t.Call)
            general = case and first.get(key, item.index) < item.index
            if general and a_case(item.source.text, item.piece.start):
                continue
            shapes.add(shape)
            if candidate.at != _NO_ROW:
                item.candidate = candidate
            chosen.setdefault(key, []).append(candidate)
    return chosen


def _of_another_field(
    left: t.Node, known: Sequence[tuple[int, Candidate, Item]], evidence: Evidence
) -> bool:
    """L[b] where L[c] is known: a value of it."""
    if not isinstance(left, t.Call) or len(left.args) != 1:
        return False
    fields = [c.left for _, c, _ in known if isinstance(c.left, t.Call) and len(c.left.args) == 1]
    same = [f for f in fields if spelled(f.head) == spelled(left.head)]
    letters = [arg for call in (left, *same) for arg in call.args]
    return bool(same) and all(
        isinstance(arg, t.Sym) and key_of(arg) in evidence.called for arg in letters
    )


def _of_times(node: t.Node) -> bool:
    """Whether a side is made of letters by arithmetic, with functions of times alone."""
    if isinstance(node, t.Call):
        return all(isinstance(a, t.Sym) and conventional("times", a.name) for a in node.args)
    kinds = (t.Sym, t.Num, t.Add, t.Mul, t.Group, t.Frac, t.Pow, t.Function)
    return isinstance(node, kinds) and all(map(_of_times, t.children(node)))


def _name_by_braces(reading: Reading, found: dict[str, list[tuple[int, Candidate, Item]]]) -> None:
    """Names that underbraces give to summands, =: R: what a later row says of R is a claim."""
    for item in reading.items:
        for side in (item.left, item.right):
            for node in _summands(side) if side is not None else ():
                if isinstance(node, t.Braced) and isinstance(node.name, t.Sym | t.Call):
                    key = key_of(node.name.head if isinstance(node.name, t.Call) else node.name)
                    candidate = Candidate(node.name, node.body, _NO_ROW, item.place, True)
                    found.setdefault(key, []).append((0, candidate, item))


def _move_by_flows(reading: Reading, found: dict[str, list[tuple[int, Candidate, Item]]]) -> None:
    """Fields that move an affine flow: what a later row says of them is a claim."""
    maps: dict[str, tuple[t.Call, t.Node]] = {}
    for left, right in _equations(reading):
        if isinstance(left, t.Call):
            maps.setdefault(key_of(left.head), (left, right))
    for item in reading.items:
        if item.left is None or item.right is None or item.row.relation != "=":
            continue
        moved = moving_field(item.left, item.right, maps)
        if moved is None:
            continue
        field_, value = moved
        options = found.setdefault(key_of(field_.head), [])
        shape = shape_of(field_)
        if not any(shape_of(o.left) == shape and one.index < item.index for _, o, one in options):
            options.append((0, Candidate(field_, value, _NO_ROW, item.place, True), item))


def _summands(node: t.Node) -> Iterator[t.Node]:
    if isinstance(node, t.Add):
        for _, part in node.parts:
            yield from _summands(part)
    elif isinstance(node, t.Mul):
        for factor in node.factors:
            yield from _summands(factor)
    elif isinstance(node, t.Group):
        yield from _summands(node.body)
    else:
        yield node


def _a_name(left: t.Node) -> bool:
    """A loss, or a constant: they are defined where it suits, also after their first use."""
    if isinstance(left, t.Call):
        return conventional("losses", left.head.name)
    return isinstance(left, t.Sym) and left.name.split(":")[-1] in (
        "C",
        "K",
        "R",
        "B",
        "A",
        "c",
        "M",
    )


def _is_zero(node: t.Node | None) -> bool:
    """Nobody introduces a function by saying that it is 0."""
    return isinstance(node, t.Num) and node.value == 0


def _is_number(node: t.Node) -> bool:
    return all(isinstance(n, t.Num | t.Add) for n in t.walk(node))


def at_the_ends(left: t.Node, right: t.Node, evidence: Evidence) -> bool:
    """α_0 = β_1 = 0 for coefficients α_t, β_t: values, and names of nothing."""
    sides = [side for side in (left, right) if not isinstance(side, t.Num)]
    return all(
        isinstance(side, t.Sym)
        and bool(side.sub)
        and all(isinstance(s, t.Num) for s in side.sub)
        and conventional("scalars", side.name)
        and any(spelled(replace(side, sub=(time,))) in evidence.spellings for time in _TIMES)
        for side in sides
    )


_TIMES = tuple(t.Sym(0, letter) for letter in "ts")


def _claimed_before(reading: Reading, defining: set[int], inline: bool = False) -> dict[str, int]:
    """Shape of a symbol -> the first (displayed) row that says something about it."""
    used: dict[str, int] = {}
    for item in reading.items:
        if id(item) in defining or (item.inline and not inline):
            continue
        for side in (item.left, item.right):
            for node in t.walk(side) if side is not None else ():
                if isinstance(node, t.Call | t.Sym):
                    used.setdefault(shape_of(node), item.index)
    return used


def _first_calls(reading: Reading) -> dict[str, int]:
    """Letter of a function -> the first row that applies it."""
    found: dict[str, int] = {}
    for item in reading.items:
        for side in (item.left, item.right):
            for node in t.walk(side) if side is not None else ():
                if isinstance(node, t.Call):
                    found.setdefault(key_of(node.head), item.index)
    return found


def _before(reading: Reading, item: Item) -> t.Node | None:
    return reading.items[item.index - 1].right if item.index else None


def shape_of(node: t.Node) -> str:
    if isinstance(node, t.Call):
        places = (len(node.args), len(node.given), len(node.after), len(node.head.sub))
        letters = "" if node.head.sub else ",".join(map(spelled, node.args))
        above = "" if node.head.sup is None else "^" + spelled(node.head.sup)
        return f"{key_of(node.head)}{above}{places}{letters}"
    return spelled(node)


def _definable(left: t.Node, evidence: Evidence, explicit: bool) -> bool:
    """A name, or a symbol applied to variables that differ.

    A number below a letter is a time, p_0(x), or part of a name, x̂_0(x): a row may define that.
    """
    if isinstance(left, t.Sym):
        if any(isinstance(s, t.Add | t.Mul) for s in left.sub):
            return False
        return spelled(left) not in evidence.drawn or bool(left.sub)
    if not isinstance(left, t.Call):
        return False
    named = explicit or any(accent != "dot" for accent in left.head.accents)
    between = bool(left.given) and any(isinstance(s, t.Sym) for s in left.head.sub)  # p_{0t}(x|y)
    scripts = [s for s in left.head.sub if not ((named or between) and isinstance(s, t.Num))]
    places = [*scripts, *left.args, *left.given, *left.after]
    if not all(isinstance(p, t.Sym) for p in places):
        return False
    names = [spelled(p) for p in (*left.args, *left.given, *left.after)]
    return len(set(names)) == len(names)


def _mentions(right: t.Node, left: t.Node) -> bool:
    """Whether the symbol of the left side is on the right: k(x) = k(y) defines no k.

    Densities of different letters are different ones: p(x) = ∫ p(x|z) p(z) dz.
    """
    shape = shape_of(left)
    inner = [node for node in t.walk(right) if isinstance(node, t.Call | t.Sym)]
    if any(shape_of(node) == shape for node in inner):
        return True
    if isinstance(left, t.Call) and isinstance(right, t.Call):
        return key_of(left.head) == key_of(right.head)
    return isinstance(left, t.Call) and any(
        isinstance(node, t.Call)
        and key_of(node.head) == key_of(left.head)
        and (len(node.args), len(node.given)) == (len(left.args), len(left.given))
        and not (
            conventional("densities", key_of(left.head))
            and all(isinstance(arg, t.Sym) for arg in node.args)
        )
        for node in inner
    )


def _averages(node: t.Node) -> bool:
    """Whether the right side is what a loss is: an expectation or integral, and no other loss."""
    averages = False
    for inner in t.walk(node):
        if isinstance(inner, t.Call) and conventional("losses", inner.head.name):
            return False
        averages = averages or isinstance(inner, t.Expectation | t.Integral)
    return averages
