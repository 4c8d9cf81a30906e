"""What stands between brackets and bars: lists, arguments, absolute values, norms, pairs."""

from __future__ import annotations

from fmproof.reading.document.tokens import Token
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import (
    BAR,
    CLOSE,
    DOT,
    GIVEN,
    OPEN,
)
from fmproof.reading.formula.cursor import Cursor


class Brackets(Cursor):
    """What opens and closes."""

    def bracket(self) -> t.Node:
        """``( … )``: a group; with commas, a list."""
        opening = self.take()
        saved = self.given_open, self.bars, self.norms, self.integrals
        self.given_open, self.bars, self.norms = 0, 0, 0
        entries, given, after = self.entries(OPEN[opening.text], opening)
        self.given_open, self.bars, self.norms, self.integrals = saved
        if given or after or len(entries) != 1:
            return t.Other(opening.at, "list", (*entries, *after, *given))
        return t.Bracketed(opening.at, entries[0])

    def entries(
        self, closing: str, opening: Token
    ) -> tuple[list[t.Node], list[t.Node], list[t.Node]]:
        """(before, behind a bar, behind a semicolon) up to the closing bracket."""
        saved, self.integrals = self.integrals, 0
        self.given_open += 1
        parts: dict[str, list[t.Node]] = {"": [], "|": [], ";": []}
        where = ""
        if self.text() != closing:
            parts[where].append(self.entry())
        while self.text() != closing:
            text = self.text()
            if text == ",":
                self.i += 1
            elif text == ";":
                self.i += 1
                where = ";"
            elif text in GIVEN or text in ("\\|", "\\Vert", "‖"):
                self.i += 1
                where = "|"
            elif text in CLOSE and opening.text in ("(", "["):
                break  # a half-open interval
            elif not text:
                self.fail(f"{opening.text} is never closed", opening.at)
            else:
                self.fail(f"{text} does not fit here")
            parts[where].append(self.entry())
        self.i += 1
        self.given_open -= 1
        self.integrals = saved
        return parts[""], parts["|"], parts[";"]

    def entry(self) -> t.Node:
        """A term, a dot, an equation ``X_t = x``, or ``dx`` as the argument of a measure."""
        at = self.at()
        if self.text() in DOT and self.text() != "/" and self.ends_after(1):
            self.i += 1
            return t.Dot(at)
        if (self.differential() and self.text() != "d") or (
            self.text() == "d"
            and self.differential()
            and self.text(2) in (*CLOSE, ",", "|", "\\mid")
        ):
            self.i += self.differential()
            return t.Other(at, "differential", (self.factor(),))
        node = self.sum()
        if self.text() == "=":
            self.i += 1
            return t.Observation(at, node, self.sum())
        return node

    def absolute(self) -> t.Node:
        opening = self.take()
        saved = self.bars, self.given_open, self.integrals
        self.bars, self.given_open, self.integrals = (0 if opening.text == "\\lvert" else 1), 0, 0
        body = self.sum()
        if self.text() not in ("\\rvert", *BAR):
            self.fail("an absolute value is never closed", opening.at)
        self.i += 1
        self.bars, self.given_open, self.integrals = saved
        return self.scripted(t.Abs(opening.at, body))

    def norm(self) -> t.Node:
        opening = self.take()
        saved = self.norms, self.bars, self.given_open, self.integrals
        self.norms, self.bars, self.given_open, self.integrals = 1, 0, 0, 0
        body = self.sum()
        if self.text() not in ("\\rVert", "\\|", "\\Vert", "‖"):
            self.fail("a norm is never closed", opening.at)
        self.i += 1
        self.norms, self.bars, self.given_open, self.integrals = saved
        index = ""
        if self.text() == "_":
            self.i += 1
            index = "".join(token.words or token.text for token in self.argument())
        return self.scripted(t.Norm(opening.at, body, index))

    def pair(self) -> t.Node:
        opening = self.take()
        saved = self.bars, self.norms, self.given_open, self.integrals
        self.bars = self.norms = self.given_open = self.integrals = 0
        left = self.sum()
        if self.text() not in (",", ";", "|", "\\mid"):
            self.fail("expected a comma in ⟨a, b⟩", opening.at)
        self.i += 1
        right = self.sum()
        if self.text() not in ("\\rangle", "⟩"):
            self.fail("⟨ is never closed", opening.at)
        self.i += 1
        self.bars, self.norms, self.given_open, self.integrals = saved
        return self.scripted(t.Pair(opening.at, left, right))
