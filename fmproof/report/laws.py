r"""Abbreviating the law of an expectation: E_{t~U[0,1], x~p_t} becomes E_{t,x}."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_START = r"\mathbb{E}_{"
_BETWEEN = r",\, "


class Laws:
    """The expectations of some formulas, and how each is abbreviated.

    A law is abbreviated by its variables when it occurs more than once and no other law of the
    same formulas has these variables.

    Attributes:
        short: the operator with its law -> the operator with its variables.
    """

    def __init__(self, formulas: Iterable[str]) -> None:
        found = Counter(law for formula in formulas for law in _laws(formula))
        variables = Counter(_variables(law) for law in found)
        self.short = {
            law: f"{_START}{_variables(law)}}}"
            for law, times in found.items()
            if times > 1 and variables[_variables(law)] == 1 and r"\sim" in law
        }

    def shorten(self, formula: str) -> str:
        """``formula`` with its laws abbreviated."""
        for law, short in self.short.items():
            formula = formula.replace(law, short)
        return formula


def _laws(formula: str) -> Iterable[str]:
    r"""The operators \mathbb{E}_{…} in a formula, with their scripts."""
    for match in re.finditer(re.escape(_START), formula):
        depth, i = 1, match.end()
        while depth and i < len(formula):
            depth += {"{": 1, "}": -1}.get(formula[i], 0)
            i += 1
        yield formula[match.start() : i]


def _variables(law: str) -> str:
    draws = law.removeprefix(_START)[:-1].split(_BETWEEN)
    # Several that are drawn together stand in brackets, which they do not need here.
    return ",".join(re.split(r"\\sim|:=", draw)[0].strip(" ()") for draw in draws)
