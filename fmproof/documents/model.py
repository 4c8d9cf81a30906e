"""What a check of documents found, as data; every renderer is a function of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal[
    "proved",
    "refuted",
    "constant",
    "agrees",
    "open",
    "definition",
    "hypothesis",
    "statement",
    "scope",
    "unread",
    "skip",
]

WRONG: tuple[Verdict, ...] = ("refuted", "constant", "scope")
"""Verdicts that make the exit status 1."""

MEANING: dict[Verdict, str] = {
    "proved": "a theorem of the kernel, with what it needs",
    "refuted": "false as written: numbers differ beyond their error bounds",
    "constant": "equal only up to a term that is free of the parameters",
    "agrees": "the numbers agree; not proved",
    "open": "read, but neither proved nor refuted",
    "definition": "introduces a name",
    "hypothesis": "is assumed",
    "statement": "is announced",
    "scope": "a variable is neither bound nor drawn",
    "unread": "cannot be read",
    "skip": "claims nothing",
}


@dataclass(frozen=True)
class NumericEvidence:
    """What the second witness found."""

    status: Literal["agrees", "refuted", "inconclusive"]
    problems: int
    worst: float | None = None
    counterexample: str = ""  #: the problem, with both values
    message: str = ""


@dataclass(frozen=True)
class RowReport:
    """One row of a document.

    Attributes:
        line: "12", or "c3:7" in a notebook.
        column: from 1.
        latex: the right side as it is written.
        by: what proved it.
        needs: the hypotheses that the proof uses, in words.
        message: why it is not proved.
        suggestion: a right row near it, which was proved.
        reading: both sides as they were understood.
    """

    line: str
    column: int
    latex: str
    relation: str
    verdict: Verdict
    inline: bool = False
    by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    message: str = ""
    suggestion: str = ""
    numeric: NumericEvidence | None = None
    reading: str = ""
    formula: str = ""  #: the whole row in LaTeX, macros expanded


@dataclass(frozen=True)
class SymbolReport:
    """One line of the notation."""

    symbol: str
    reading: str
    why: str
    line: str
    guessed: bool


@dataclass(frozen=True)
class Block:
    """A stretch of the document for a page that shows it: words, or a formula with its rows."""

    kind: Literal["prose", "inline", "display"]
    text: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class DocumentReport:
    """A file: its notation, its rows, and what could not be read of it."""

    file: str
    symbols: tuple[SymbolReport, ...]
    rows: tuple[RowReport, ...]
    problems: tuple[tuple[str, str], ...] = ()  #: (line, words)
    blocks: tuple[Block, ...] = ()
    script: str = ""  #: what was checked, in the authoring language

    @property
    def wrong(self) -> tuple[RowReport, ...]:
        """The rows that are wrong."""
        return tuple(row for row in self.rows if row.verdict in WRONG)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each verdict."""
        found = dict.fromkeys(MEANING, 0)
        for row in self.rows:
            found[row.verdict] += 1
        return {name: count for name, count in found.items() if count}


@dataclass(frozen=True)
class CheckReport:
    version: str
    documents: tuple[DocumentReport, ...]
    seconds: float

    @property
    def wrong(self) -> bool:
        """Whether some row is refuted, equal only up to a constant, or out of scope."""
        return any(document.wrong for document in self.documents)
