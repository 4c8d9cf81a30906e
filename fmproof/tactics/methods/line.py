"""What a method is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import thread_time

from sympy import Expr

from fmproof.kernel.theorem import Theorem
from fmproof.lang.props import Prop
from fmproof.tactics.rewriting import Conversion


@dataclass(frozen=True)
class Line:
    """What a method may look at: the line before, the claim, and the lemmas at hand.

    Attributes:
        equations: found on the way; differentiability may be carried along them.
        known: everything else that is proved or assumed to be equal, which ``auto`` may use.
        hypotheses: what is assumed.
        follows: whether what a theorem assumes follows from the hypotheses.
        deadline: when ``auto`` gives up, in seconds of the thread.
        hints: whether a step that fails says which rule would do, which takes a while.
        facts: what holds almost surely, noted by the methods that use it: the step then has the
            equation as a hypothesis, and that it holds for almost every value follows from these.
    """

    before: Expr
    claim: Expr
    lemmas: tuple[Theorem, ...] = ()
    facts: list[Theorem] = field(default_factory=list)
    equations: list[Theorem] = field(default_factory=list)
    known: tuple[Theorem, ...] = ()
    hypotheses: tuple[Prop, ...] = ()
    follows: Callable[[Theorem, Line], bool] = lambda theorem, line: True
    deadline: float | None = None
    hints: bool = True

    def late(self) -> bool:
        """Whether it is time to give up."""
        return self.deadline is not None and thread_time() > self.deadline


Method = Callable[[Line], Conversion]
