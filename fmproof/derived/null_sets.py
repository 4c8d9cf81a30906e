"""What holds for almost every value, in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fmproof.derived.rule import derived
from fmproof.kernel.almost import under_law
from fmproof.kernel.integrals import in_order
from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.props import Almost


@derived("C10", "Folland, Real Analysis, theorem 2.37 and section 2.5")
def reorder_almost(theorem: Theorem, order: Sequence[int]) -> Theorem:
    """The same statement with its variables in another order (Fubini for null sets)."""
    prop: Any = theorem.conclusion
    require(isinstance(prop, Almost), "reorder", "a statement for almost every value", prop)
    return under_law(theorem, in_order(prop.measure, order))
