"""A text with places, and the pieces of mathematics that stand in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from fmproof.errors import InputError

MAX_SIZE = 8_000_000
"""Bytes of a document that are read; a longer one is refused."""


class DocumentError(InputError):
    """A document, or a part of it, that cannot be read."""


@dataclass(frozen=True)
class Source:
    """One text: a file, or one cell of a notebook.

    Attributes:
        name: the file as it was given.
        text: the characters.
        prefix: in front of line numbers, such as ``"c3:"`` for the cell with index 3.
        saved: where characters of the file are left out, as (offset, how many before it).
    """

    name: str
    text: str
    prefix: str = ""
    saved: tuple[tuple[int, int], ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        starts.extend(i + 1 for i, letter in enumerate(self.text) if letter == "\n")
        return starts

    def line(self, at: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self._starts, at)

    def column(self, at: int) -> int:
        """The column of an offset, from 1."""
        start = self._starts[self.line(at) - 1]
        return at - start + 1 + sum(room for place, room in self.saved if start < place <= at)

    def place(self, at: int) -> str:
        """``"12"`` or, in a notebook, ``"c3:7"``."""
        return f"{self.prefix}{self.line(at)}"


Kind = Literal["display", "inline", "prose", "comment"]


@dataclass(frozen=True)
class Piece:
    """A stretch of a source: what stands between ``start`` and ``stop``.

    Attributes:
        kind: a displayed formula, one in a line, words, or a comment.
        environment: of a display: its name, such as "align"; else "".
        inside: the theorem-like environment or block that it stands in: "theorem", "proof", "".
    """

    kind: Kind
    start: int
    stop: int
    environment: str = ""
    inside: str = ""


@dataclass(frozen=True)
class Document:
    """A text, taken apart in reading order, with the macros that it defines.

    Attributes:
        macros: LaTeX text that defines macros before the formulas: a preamble, files.
        problems: what could not be read, as (offset, words).
        front: correction lines of the front matter, as (offset, text).
        body: the text around the formulas, which may define macros as well; None for all of it.
    """

    source: Source
    pieces: tuple[Piece, ...]
    macros: tuple[str, ...] = ()
    problems: tuple[tuple[int, str], ...] = ()
    front: tuple[tuple[int, str], ...] = field(default=())
    body: str | None = None
