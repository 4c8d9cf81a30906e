"""The rows of a chain so far: what was read, and what stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr

from fmproof.reading.formula import tree as t


@dataclass
class Line:
    """A side of a chain that was read: its term, and whether it equals the chain's start.

    What is not known to, and not known to be wrong either, is ``open``: the row after it may
    follow from it.
    """

    term: Expr
    stands: bool
    node: t.Node | None = None  #: what is written, to be read again
    open: bool = False


@dataclass
class RowChain:
    """Rows that go on from each other.

    A row is compared with what stands: the row before it, or the start, or another row of the
    chain that was proved; so one that is wrong does not spoil the next.
    """

    lines: list[Line] = field(default_factory=list)
    left: t.Node | None = None
    broken: str = ""  #: why its start was not read

    @property
    def standing(self) -> list[Expr]:
        """The terms that equal the start, in their order."""
        return [line.term for line in self.lines if line.stands]

    @property
    def undecided(self) -> Line | None:
        """The last line, where it is not known whether it equals the start."""
        return self.lines[-1] if self.lines and self.lines[-1].open else None

    def add(self, term: Expr, stands: bool, node: t.Node | None = None) -> None:
        self.lines.append(Line(term, stands, node))

    def leave_open(self, term: Expr, node: t.Node | None = None) -> None:
        """A line that may equal the start."""
        self.lines.append(Line(term, False, node, True))

    def bound(self, term: Expr, node: t.Node | None = None) -> None:
        """A ≤ B: what comes next is compared with B."""
        self.lines = [Line(term, True, node)]
