r"""Displays to rows: one relation each, with its two sides as tokens.

``a = b = c`` is a chain of two rows; so is an align over many lines. A line without a relation goes
on with the row above when it begins with an operator, and is the left side of the next
otherwise. Words, reasons, tags and labels are kept apart from the formula.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from fmproof.reading.document.colours import uncoloured
from fmproof.reading.document.layout import simplified
from fmproof.reading.document.nesting import OPENING, TRANSPARENT, depths_of, skip_group
from fmproof.reading.document.relations import RELATIONS
from fmproof.reading.document.remarks import remark_end
from fmproof.reading.document.tokens import Token

_ARROWS = {
    "\\Rightarrow",
    "\\Longrightarrow",
    "\\implies",
    "\\iff",
    "\\Leftrightarrow",
    "\\Longleftrightarrow",
    "\\therefore",
    "\\because",
    "⇒",
    "⇔",
}
_WIDE = {"\\quad", "\\qquad"}
_ENDS = {".", ",", ";", "\\square", "\\blacksquare", "\\Box", "∎", "\\lrcorner", "!"}
_TAKE_ONE = {
    "\\label",
    "\\tag",
    "\\tag*",
    "\\hspace",
    "\\hspace*",
    "\\vspace",
    "\\phantom",
    "\\hphantom",
    "\\vphantom",
    "\\eqno",
    "\\ref",
    "\\eqref",
    "\\cite",
}
_PLUS_MINUS = {"+", "-", "−", "\\cdot"}
_OPERATORS = {"+", "-", "−", "\\cdot", "\\times", "\\pm", "\\mp", "\\left", "("}
_BEHIND_WORDS = {
    *(_OPERATORS - {"(", "\\left"}), *_WIDE, *_ENDS, *_TAKE_ONE, "\\text", "\\\\", "&", "\\end",
}  # fmt: skip
"""What may stand behind a reason in a row."""
_WORDS = re.compile(
    r"\s*(?:[,;]\s*)?(and|where|with|so that|so|hence|if|for|und|wobei|mit|für|wenn|và|với|khi|"
    r"其中|以及|和|이고|그리고|단|by|since|because|as|when|whenever|then|or|under|thus|therefore)?\b",
    re.IGNORECASE,
)


_INTRODUCES = ("where", "with", "wobei", "mit", "với", "其中")
"""Connectives behind which a symbol gets its meaning."""


_REASON = re.compile(
    r"\(.*\)|[0-9*]+|\\(?:star|ast|d?dagger)|a\.?\s?[se]\.?|\\(?:eq)?ref.*"
    r"|(?!(?:not|law|dist|distribution|weak)\b)[^\W\d_]{3,}.*",
    re.IGNORECASE,
)
"""What may stand above = as a reason: (a), a number, a word; a letter says what kind of = it is."""


_CASE = re.compile(
    r"\s*,?\s*(?:if|when|whenever|unless|otherwise|else|wenn|falls|sonst|khi)\b", re.IGNORECASE
)
_EVERY = re.compile(r"\b(?:all|any|each|every|alle|jedes)\b", re.IGNORECASE)


@dataclass
class Row:
    """One relation of a document.

    Attributes:
        relation: "=", ":=", "≤", …; "" for a formula without one.
        left: its own left side; None where it goes on from the row before.
        right: the right side, or all of a formula without a relation.
        at: offset of the relation sign (of the formula, without one).
        reasons: words that stand beside it or above its relation sign.
        words_before: words between it and the formula before, in one display.
        tag, labels: what other places refer to it by.
        beside: formulas without a relation on its line, such as a law, x ~ p.
        case: whether it holds under a condition beside it: "if s > 0", "for s = 0", "otherwise".
        restarts: whether it begins a display (a relation first means: goes on from above).
        introduced: whether "where" stands before it, in its display.
    """

    relation: str
    left: list[Token] | None
    right: list[Token]
    at: int
    reasons: list[str] = field(default_factory=list)
    tag: str = ""
    labels: list[str] = field(default_factory=list)
    restarts: bool = False
    arrow: str = ""
    beside: list[list[Token]] = field(default_factory=list)
    case: bool = False
    introduced: bool = False


@dataclass
class _Side:
    tokens: list[Token] = field(default_factory=list)
    relation: str = ""
    at: int = -1
    reasons: list[str] = field(default_factory=list)
    case: bool = False
    introduced: bool = False


def rows_of(found: Sequence[Token]) -> list[Row]:
    """The rows of one display or inline formula.

    Raises:
        Unreadable: braces that do not fit, or a colour that does not show.
    """
    return _Splitter(uncoloured(found)).run()


class _Splitter:
    def __init__(self, found: Sequence[Token]) -> None:
        self.tokens = simplified(found)
        self.rows: list[Row] = []
        self.piece: list[_Side] = []
        self.side = _Side()
        self.labels: list[str] = []
        self.tag = ""
        self.alone: _Side | None = None  # a left side on a line of its own
        self.arrow = ""
        self.depths = depths_of(self.tokens)

    def run(self) -> list[Row]:
        tokens = self.tokens
        i = 0
        while i < len(tokens):
            token = tokens[i]
            text = token.text
            top = self.depths[i] == 0
            if text in _TAKE_ONE:
                stop = skip_group(tokens, i + 1)
                words = "".join(t.words or t.text for t in tokens[i + 2 : stop - 1])
                if text == "\\label":
                    self.labels.append(words)
                elif text.startswith("\\tag"):
                    self.tag = words
                elif text in ("\\ref", "\\eqref"):
                    self.side.reasons.append(f"({words})")
                i = stop
                continue
            if text in ("\\begin", "\\end"):
                stop = skip_group(tokens, i + 1)
                name = "".join(t.text for t in tokens[i + 2 : stop - 1]).rstrip("*")
                if name in TRANSPARENT:
                    if name.startswith("alignedat") and text == "\\begin":
                        stop = skip_group(tokens, stop)
                    i = stop
                    continue
                self.side.tokens.extend(tokens[i:stop])
                i = stop
                continue
            if text == "\\\\":
                if top:
                    self.close_row()
                i += 1
                if i < len(tokens) and tokens[i].text == "[":  # the space after a line
                    stop = i
                    while stop < len(tokens) and tokens[stop].text != "]":
                        stop += 1
                    inside = "".join(t.text for t in tokens[i + 1 : stop])
                    if re.fullmatch(r"-?[\d.]+(pt|em|ex|mm|cm|mu)", inside):
                        i = stop + 1
                continue
            if text in ("\\intertext", "\\shortintertext"):
                self.close_row()
                i = skip_group(tokens, i + 1)
                continue
            if text == "&":
                if not top:
                    self.side.tokens.append(token)
                elif self.side.tokens and self.column_ends(i + 1):
                    self.separate()
                i += 1
                continue
            if top:
                if text in _WIDE:
                    self.separate()
                    i += 1
                    continue
                if text in _ARROWS:
                    self.separate()
                    self.arrow = text
                    i += 1
                    continue
                script = i > 0 and tokens[i - 1].text in ("_", "^")
                if text == "\\text" and not script:
                    i = self.remark(i) or self.words(token, i + 1)
                    continue
                found = self.relation_at(i)
                if found is not None:
                    relation, at, i, note = found
                    self.close_side()
                    self.side = _Side([], relation, at)
                    if note:
                        self.side.reasons.append(note)
                    continue
                if text == "," and self.comma_separates(i):
                    self.separate()
                    i += 1
                    continue
            self.side.tokens.append(token)
            i += 1
        self.close_row()
        if self.alone is not None:
            self.rows.append(self.made("", None, self.alone))
        return self.rows

    # --- what ends a side ---

    def relation_at(self, i: int) -> tuple[str, int, int, str] | None:
        """(relation, offset, index behind it, words above it)."""
        token = self.tokens[i]
        following = self.tokens[i + 1].text if i + 1 < len(self.tokens) else ""
        if token.text == ":" and following == "=":
            return ":=", token.at, i + 2, ""
        if token.text == "=" and following == ":":
            return "=:", token.at, i + 2, ""
        if token.text in ("\\stackrel", "\\overset", "\\underset"):
            middle = skip_group(self.tokens, i + 1)
            stop = skip_group(self.tokens, middle)
            base = [t for t in self.tokens[middle:stop] if t.text not in "{}"]
            above = [t for t in self.tokens[i + 1 : middle] if t.text not in "{}"]
            kind = "".join(t.text for t in base)
            if kind in RELATIONS:
                note = "".join(t.words or t.text for t in above)
                relation = RELATIONS[kind]
                if relation == "=" and note in (
                    "def",
                    "\\mathrmdef",
                    "\\operatorname{def}",
                    "\\triangle",
                    "△",
                    "\\Delta",
                ):
                    relation = ":="
                elif relation == "=" and not _REASON.fullmatch(note):
                    relation = "≐"  # equal in law, asked for, or anything else
                return relation, token.at, stop, note
            return None
        if token.text in RELATIONS:
            return RELATIONS[token.text], token.at, i + 1, ""
        return None

    def comma_separates(self, i: int) -> bool:
        """A comma between two formulas: both sides have a relation, as in a = b, c = d."""
        if not self.side.relation:
            return False
        for j in range(i + 1, len(self.tokens)):
            if self.depths[j] == 0:
                text = self.tokens[j].text
                if text in ("\\\\", ",") or text in _WIDE or text == "\\text":
                    return False
                if self.relation_at(j) is not None:
                    return j > i + 1
        return False

    def column_ends(self, i: int) -> bool:
        """Whether an & behind a formula ends its column: ``a &= b & c &= d`` are two formulas."""
        following = self.tokens[i].text if i < len(self.tokens) else ""
        if following == "&":
            return True
        goes_on = self.side.tokens[-1].text in _OPERATORS
        return bool(self.side.relation) and not (
            goes_on
            or following in _OPERATORS - {"("}
            or following in ("", "\\text", "\\\\")
            or self.relation_at(i) is not None
        )

    def in_formula(self, token: Token, i: int) -> bool:
        """Whether words are part of a formula that goes on behind them: a name such as Var(x)."""
        following = self.tokens[i] if i < len(self.tokens) else None
        if following is None or following.text in _BEHIND_WORDS or following.text in _ARROWS:
            return False
        if self.relation_at(i) is not None:
            return False
        name = token.words.isalpha() and following.glued and following.text in OPENING | {"_", "^"}
        return name or bool(self.side.tokens)

    def remark(self, i: int) -> int:
        """A remark with formulas of its own is a reason; the index behind it, or 0."""
        sides = self.side.relation and self.side.tokens
        stop = remark_end(self.tokens, self.depths, i) if sides or self.piece else i
        if stop == i:
            return 0
        self.separate()
        last = next(side for side in reversed(self.piece) if side.relation != "|")
        last.reasons.append(_plain(self.tokens[i:stop]).strip(" .,;:()"))
        return stop

    def words(self, token: Token, i: int) -> int:
        """Words in a row: a connective ends a formula, anything else is a reason. The index behind
        them."""
        found = _WORDS.match(token.words)
        connective = found is not None and found.group(1)
        bare = token.words.strip(" .,;:()")
        if self.side.tokens and self.side.tokens[-1].text in _PLUS_MINUS and bare:
            self.side.tokens.append(token)  # "+ const"
            return i
        if not connective and self.in_formula(token, i):
            self.side.tokens.append(token)
            return i
        if not self.side.tokens or connective:
            self.separate()
        if found is not None and (found.group(1) or "").lower() in _INTRODUCES:
            self.side.introduced = True
        if _CASE.match(token.words) or (
            connective == "for" and self.equation_behind(i) and not _EVERY.search(token.words)
        ):
            for side in self.piece:
                side.case = True
        if bare and not connective:
            target = (
                self.side if self.side.tokens else (self.piece[-1] if self.piece else self.side)
            )
            target.reasons.append(bare)
        return i

    def equation_behind(self, i: int) -> bool:
        """Whether a value stands behind words, as in "for s = 0", and no list of them."""
        rest = self.tokens[i:]
        stop = next(
            (n for n, token in enumerate(rest) if token.text in ("\\\\", "\\text")), len(rest)
        )
        signs = [token.text for token in rest[:stop]]
        return "=" in signs and not {"\\dots", "\\ldots", "\\cdots", ","} & set(signs)

    def close_side(self) -> None:
        side = self.side
        side.tokens = _trimmed(side.tokens)
        if side.relation or side.tokens:
            self.piece.append(side)
        self.side = _Side()

    def separate(self) -> None:
        """A formula ends inside a line."""
        if self.side.tokens or self.side.relation:
            self.close_side()
            self.piece.append(_Side([], "|"))

    def close_row(self) -> None:
        """A line ends: its sides become rows."""
        self.close_side()
        piece, self.piece = self.piece, []
        groups: list[list[_Side]] = [[]]
        for side in piece:
            if side.relation == "|":
                groups.append([])
            else:
                groups[-1].append(side)
        groups = [group for group in groups if group]
        related = [group for group in groups if any(side.relation for side in group)]
        loose = [side for group in groups if group not in related for side in group]
        if not related:
            self.loose(loose)
        else:
            for group in related:
                self.add(group)
            for side in loose:
                self.rows[-1].reasons.append(_plain(side.tokens))
                self.rows[-1].beside.append(side.tokens)
        if self.rows and (self.tag or self.labels):
            self.rows[-1].tag = self.tag or self.rows[-1].tag
            self.rows[-1].labels += self.labels
        self.tag, self.labels, self.arrow = "", [], ""

    def loose(self, sides: list[_Side]) -> None:
        """A line without a relation: it goes on, or waits for the next."""
        if not sides:
            return
        first, *others = sides
        if self.rows and self.alone is None and first.tokens and first.tokens[0].text in _OPERATORS:
            self.rows[-1].right.extend(first.tokens)
        elif self.alone is not None and first.tokens:
            self.alone.tokens.extend(first.tokens)
        elif first.tokens:
            self.alone = first
        target = self.rows[-1].reasons if self.rows else []
        for side in others:
            target.append(_plain(side.tokens))

    def add(self, group: list[_Side]) -> None:
        left: list[Token] | None = None
        sides = list(group)
        before: list[str] = []
        introduced = sides[0].introduced
        if not sides[0].relation:
            before = sides[0].reasons
            left = sides.pop(0).tokens
        elif self.alone is not None:
            left = self.alone.tokens
        if self.alone is not None and left is not self.alone.tokens:
            self.rows.append(self.made("", None, self.alone))
        self.alone = None
        for side in sides:
            row = self.made(side.relation, left, side)
            row.reasons[:0] = before
            row.introduced = introduced
            self.rows.append(row)
            left, before, introduced = None, [], False

    def made(self, relation: str, left: list[Token] | None, side: _Side) -> Row:
        at = side.at if side.at >= 0 else (side.tokens[0].at if side.tokens else 0)
        restarts = not self.rows
        return Row(
            relation,
            left,
            side.tokens,
            at,
            list(side.reasons),
            restarts=restarts,
            arrow=self.arrow,
            case=side.case,
        )


def _plain(tokens: Sequence[Token]) -> str:
    return " ".join(t.words or t.text for t in tokens)


def _trimmed(tokens: list[Token]) -> list[Token]:
    """Without the punctuation at the ends and empty braces."""
    while tokens and tokens[-1].text in _ENDS:
        if tokens[-1].text == "!" and len(tokens) > 1:
            break
        tokens = tokens[:-1]
    while tokens and tokens[0].text in (",", ";", "."):
        tokens = tokens[1:]
    while len(tokens) > 1 and tokens[0].text == "{" and tokens[1].text == "}":
        tokens = tokens[2:]
    return tokens
