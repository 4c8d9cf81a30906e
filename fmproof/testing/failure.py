"""How a check of a user's code fails: title, expected, found, the smallest problem, a line to
reproduce."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Any

from fmproof.errors import InputError

_SHOWN = 1_000  # characters of one argument


class CheckFailed(AssertionError):
    """The user's code does not do what was asserted.

    Attributes:
        title: one line, what is wrong.
        expected, found: what was asked for and what came.
        standard_errors: how far found is from expected, for a statistical check.
        hint: which known mistake it looks like, or what would mend it.
        problem: the smallest problem found on which the check fails, as code.
        reproduce: a line of code that fails in the same way.
    """

    def __init__(
        self,
        title: str,
        expected: str = "",
        found: str = "",
        *,
        standard_errors: float | None = None,
        hint: str = "",
        problem: str = "",
        reproduce: str = "",
    ) -> None:
        self.title = title
        self.expected = expected
        self.found = found
        self.standard_errors = standard_errors
        self.hint = hint
        self.problem = problem
        self.reproduce = reproduce
        super().__init__(title)

    def __str__(self) -> str:
        distance = self.standard_errors
        rows = {
            "expected": self.expected,
            "found": self.found,
            "distance": "" if distance is None else f"{distance:.1f} standard errors",
            "hint": self.hint,
            "smallest problem found": self.problem,
            "reproduce": self.reproduce,
            "in pytest": _pytest_line() if self.reproduce else "",
        }
        return "\n".join([self.title, *(f"  {k}: {v}" for k, v in rows.items() if v)])


def _pytest_line() -> str:
    """The command that runs the test again, inside pytest."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    return f'pytest "{test}" --fmproof-seed={default_seed()}' if test else ""


def default_seed() -> int:
    """The seed of checks that are given none: pytest's ``--fmproof-seed``, else 0."""
    return int(os.environ.get("FMPROOF_SEED", "0"))


def chosen_seed(seed: Any) -> int:
    """``seed``, or the default one for None; raises ``InputError`` for what is no seed."""
    if seed is None:
        return default_seed()
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise InputError(f"seed: expected an integer from 0 on, found {seed!r}")
    return int(seed)


def call_text(check: Callable[..., Any], *arguments: str, **options: Any) -> str:
    """A call of ``check`` as code; options that are None are left out."""
    shown = [
        f"{name}={as_code(value, name)}" for name, value in options.items() if value is not None
    ]
    return f"{check.__name__}({', '.join([*arguments, *shown])})"


def as_code(value: Any, role: str) -> str:
    """A value as code, or what stands for one that has none, such as a function."""
    text = repr(value)
    return code_of(value, role) if "<" in text else shortened(text, role)


def shortened(text: str, role: str) -> str:
    """Code, or what stands for code that would fill the screen, as of a table of 1,000 rows."""
    return text if len(text) <= _SHOWN else role


def code_of(function: Any, role: str) -> str:
    """What stands for a user's function in code: its name where that is enough, else its role."""
    name = str(getattr(function, "__name__", ""))
    return name if name.isidentifier() and not isinstance(function, partial) else role


def name_of(function: Any) -> str:
    """What to call a user's function in a message."""
    while isinstance(function, partial):
        function = function.func
    return str(getattr(function, "__qualname__", None) or type(function).__qualname__)
