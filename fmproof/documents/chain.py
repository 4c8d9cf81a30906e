"""The rows of a chain so far: what was read, and what stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from sympy import Expr

from fmproof.reading.formula import tree as t


@dataclass
class ChainLine:
    """A side of a chain that was read: its term, and whether it equals the first of the lines.

    What is not known to, and not known to be wrong either, is ``open``: the row after it may
    follow from it.
    """

    term: Expr
    stands: bool
    node: t.Node | None = None  #: what is written, to be read again
    until: float = inf  #: the last row for which it stands, where that rests on a condition
    open: bool = False
    follows: bool = False  #: an open one, whether it was shown to equal the line before it


@dataclass
class RowChain:
    """Rows that go on from each other.

    A row is compared with what stands: the row before it, or the start, or another row of the
    chain that was proved; so one that is wrong does not spoil the next. Behind ≤, ≈ and the like
    only what stands there is known: lines begin anew.
    """

    lines: list[ChainLine] = field(default_factory=list)
    left: t.Node | None = None
    broken: str = ""  #: why its start was not read
    of_left: list[ChainLine] | None = None  #: those of the left side, once lines began anew

    @property
    def standing(self) -> list[Expr]:
        """The terms that equal the first line, in their order."""
        return [line.term for line in self.lines if line.stands]

    @property
    def undecided(self) -> ChainLine | None:
        """The last line, where it is not known whether it equals the start."""
        return self.lines[-1] if self.lines and self.lines[-1].open else None

    @property
    def last_node(self) -> t.Node | None:
        """What is written of the last line that stands."""
        return next((line.node for line in reversed(self.lines) if line.stands), None)

    def leave_open(self, term: Expr, node: t.Node | None = None, follows: bool = False) -> None:
        """A line that may equal the start."""
        self.lines.append(ChainLine(term, False, node, open=True, follows=follows))

    def add(self, term: Expr, stands: bool, node: t.Node | None = None, until: float = inf) -> None:
        self.lines.append(ChainLine(term, stands, node, until))

    def equal_to_left(self, row: int) -> list[ChainLine]:
        """The lines behind the left side that equal it, for a later row."""
        lines = self.lines if self.of_left is None else self.of_left
        return [line for line in lines[1:] if line.stands and line.until >= row]

    def begin_anew(self, line: ChainLine | None, why: str = "") -> None:
        """What follows goes on from ``line``; from nothing that is known, where that is None."""
        self.of_left = self.lines if self.of_left is None else self.of_left
        self.lines = [] if line is None else [line]
        self.broken = why
