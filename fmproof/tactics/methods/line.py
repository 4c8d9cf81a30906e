"""What a method is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sympy import Expr

from fmproof.kernel.theorem import Theorem
from fmproof.tactics.rewriting import Conversion


@dataclass(frozen=True)
class Line:
    """What a method may look at: the line before, the claim, and the lemmas at hand.

    Attributes:
        facts: what holds almost surely, noted by the methods that use it: the step then has the
            equation as a hypothesis, and that it holds for almost every value follows from these.
    """

    before: Expr
    claim: Expr
    lemmas: tuple[Theorem, ...] = ()
    facts: list[Theorem] = field(default_factory=list)


Method = Callable[[Line], Conversion]
