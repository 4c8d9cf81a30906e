"""A place in a list of tokens, what is open there, and what ends a product there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn, Self

from fmproof.reading.document.tokens import Token, Unreadable
from fmproof.reading.formula import tree as t
from fmproof.reading.formula.alphabet import (
    ACCENTS,
    BAR,
    CLOSE,
    DEPTH,
    FONTS,
    GREEK,
    MARKS,
    NORMS,
    OPEN,
    PLUS,
    UNICODE,
)


class Cursor(ABC):
    """Where a formula is read, and which brackets, bars and integral signs are open."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.i = 0
        self.integrals = 0  # signs that wait for their differential
        self.given_open = 0  # brackets in which a bar means "given"
        self.bars = 0  # absolute values that are open
        self.norms = 0
        self.depth = 0
        self.score = -1  # where the last log stands of which a slope is taken

    def text(self, ahead: int = 0) -> str:
        return self.tokens[self.i + ahead].text if self.i + ahead < len(self.tokens) else ""

    def take(self) -> Token:
        token = self.tokens[self.i]
        self.i += 1
        return token

    def at(self) -> int:
        if self.i < len(self.tokens):
            return self.tokens[self.i].at
        return self.tokens[-1].at if self.tokens else 0

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        raise Unreadable(problem, self.at() if at is None else at)

    def expect(self, text: str, what: str) -> None:
        if self.text() != text:
            found = self.text() or "the end"
            self.fail(f"expected {text} {what}, found {found}")
        self.i += 1

    def argument(self) -> list[Token]:
        """The tokens of a TeX argument: braces, or one token."""
        if self.i >= len(self.tokens):
            self.fail("an argument is missing")
        first = self.take()
        if first.text != "{":
            if first.text.isdecimal() and len(first.text) > 1:
                self.tokens.insert(self.i, Token(first.text[1:], first.at + 1, "", first.end))
                return [Token(first.text[0], first.at, "", first.at + 1)]
            if first.text in FONTS or first.text in ACCENTS:
                return [first, Token("{", first.at), *self.argument(), Token("}", first.at)]
            return [first]
        depth, start = 1, self.i
        while self.i < len(self.tokens):
            text = self.take().text
            depth += {"{": 1, "}": -1}.get(text, 0)
            if depth == 0:
                return self.tokens[start : self.i - 1]
        return self.fail("a brace is never closed", first.at)

    def inside(self, tokens: list[Token], at: int) -> t.Node:
        """The formula in an argument."""
        if not tokens:
            self.fail("an argument is empty", at)
        parser = self.child(tokens)
        node = parser.sum()
        if parser.i < len(tokens):
            parser.fail(f"{parser.text()} does not fit here")
        return node

    def child(self, tokens: list[Token]) -> Self:
        parser = type(self)(tokens)
        parser.depth = self.depth + 1
        parser.integrals = self.integrals
        if parser.depth > DEPTH:
            self.fail("the formula is nested too deeply")
        return parser

    def bound(self, tokens: list[Token], at: int) -> t.Node:
        try:
            return self.inside(tokens, at)
        except Unreadable:
            words = "".join(MARKS.get(token.text) or token.words or token.text for token in tokens)
            return t.Other(at, f"limit {words.removeprefix('+')}")

    def ends(self, empty: bool = False) -> bool:
        """Whether a product, ``empty`` so far, ends before the next token."""
        text = self.text()
        if empty and (text in BAR or text in NORMS):
            return False  # a bar at the beginning opens
        if text == "" or text in PLUS or text in (",", ";", "}", "&", "\\\\", ":") or text in CLOSE:
            return True
        if text in (
            "\\rangle",
            "⟩",
            "\\rVert",
            "\\rvert",
            "=",
            "\\in",
            "∈",
            "\\sim",
            "\\to",
            "<",
            ">",
        ):
            return True
        if text in ("\\mid", "∣"):
            return True
        if text in BAR:
            return self.bar_closes()
        if text in ("\\|", "\\Vert", "‖"):
            return self.norms > 0 or (self.given_open > 0 and self.bar_closes())
        return self.integrals > 0 and self.differential() > 0

    def ends_after(self, ahead: int) -> bool:
        self.i += ahead
        try:
            return self.ends()
        finally:
            self.i -= ahead

    def bar_closes(self) -> bool:
        if self.bars:
            return True
        if not self.given_open:
            return False
        bars = BAR if self.text() in BAR else {"\\|", "\\Vert", "‖"}
        count, level = 0, 0
        for token in self.tokens[self.i :]:
            if token.text in OPEN or token.text == "{":
                level += 1
            elif token.text in CLOSE or token.text == "}":
                level -= 1
                if level < 0:
                    break
            elif level == 0 and token.text in bars:
                count += 1
        return count % 2 == 1

    def differential(self) -> int:
        """How many tokens stand before the variable, if a differential is next; else 0."""
        text, following = self.text(), self.text(1)
        if text == "d" or text == "\\d":
            offset = 1
        elif text in ("\\mathrm", "\\text", "\\rm", "\\mathsf", "\\operatorname"):
            if text == "\\text" and self.tokens[self.i].words.strip() == "d":
                offset = 1
            elif following == "{" and self.text(2) == "d" and self.text(3) == "}":
                offset = 4
            elif following == "d":
                offset = 2
            else:
                return 0
        elif text == "{" and following == "\\rm" and self.text(2) == "d" and self.text(3) == "}":
            offset = 4
        elif text == "\\text":
            offset = 1 if self.tokens[self.i].words.strip() == "d" else 0
            if not offset:
                return 0
        else:
            return 0
        after = self.text(offset)
        if after == "\\text":
            return 0
        fits = after.isalpha() or after in GREEK or after in FONTS or after in ACCENTS
        return offset if fits or after in UNICODE or after == "{" else 0

    # --- what the parser of everything provides ---

    @abstractmethod
    def sum(self) -> t.Node:
        """A sum of products, up to what does not fit into it."""

    @abstractmethod
    def product(self) -> t.Node:
        """Factors side by side."""

    @abstractmethod
    def factor(self) -> t.Node:
        """One factor with all that hangs on it."""

    @abstractmethod
    def scripted(self, node: t.Node) -> t.Node:
        """Powers and transposition behind a factor."""

    def rest(self) -> t.Node:
        """The rest of a product: what an operator without brackets acts on."""
        return self.product()
