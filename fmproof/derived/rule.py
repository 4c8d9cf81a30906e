"""How a rule that follows from the kernel's is marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

from fmproof.kernel.rule import require
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import admit
from fmproof.lang.props import Integrable

P = ParamSpec("P")
_DERIVED: dict[str, str] = {}


def derived(code: str, reference: str) -> Callable[[Callable[P, Theorem]], Callable[P, Theorem]]:
    """Mark a function as a rule: the docstring states it, ``code`` is that of its record, and a
    proof is to be read at ``reference``. It raises RuleError where the rule does not fit."""

    def register(rule: Callable[P, Theorem]) -> Callable[P, Theorem]:
        _DERIVED[rule.__name__] = code
        return rule

    return register


def derived_rules() -> Mapping[str, str]:
    """The code of every rule that was marked, by its name."""
    return dict(_DERIVED)


def integrability_goal(goal: Any, name: str) -> Integrable:
    """``goal`` as the kernel takes it.

    Raises:
        RuleError: it is no integrability condition.
    """
    require(type(goal) is Integrable, name, "an integrability condition", goal)
    admitted: Integrable = admit(goal)
    return admitted
