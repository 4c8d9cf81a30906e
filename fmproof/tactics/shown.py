"""What a notebook shows of what an author wrote. Nothing here has been checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fmproof.lang.spelling.latex import latex, word

if TYPE_CHECKING:
    from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

_RELATIONS = {"=": "=", "≤": r"\le", "≥": r"\ge"}


def derivation(shown: Derivation) -> str:
    """The hypotheses and the statement, a line each."""
    rows = [(word(h.name), latex(h.prop)) for h in shown.hypotheses]
    rows.append((r"\text{claim}", latex(shown.proposition)))
    return _aligned(rf"& {name}\colon && {formula}" for name, formula in rows)


def hypothesis(shown: Hypothesis) -> str:
    """The name and what it says."""
    return rf"$\displaystyle {word(shown.name)}\colon\; {_tex(shown.prop)}$"


def shown_chain(shown: Part) -> str:
    """The whole chain, with the rules beside it."""
    steps = (rf"& {_claim(step)} && {word(step.id)}\; {_rules(step)}" for step in shown.steps)
    return _aligned([f"& {_tex(shown.start)}", *steps])


def step(shown: Step) -> str:
    """The relation, the claim and the rules."""
    return rf"$\displaystyle {_claim(shown)} \qquad {_rules(shown)}$"


def _tex(shown: Any) -> str:
    """LaTeX that no derivation has read yet is shown as it is."""
    return shown if type(shown) is str else latex(shown)


def _claim(shown: Step) -> str:
    return f"{_RELATIONS[shown.relation]} {_tex(shown.claim)}"


def _rules(shown: Step) -> str:
    return r",\, ".join(word(rule) for rule in shown.rules)


def _aligned(rows: Iterable[str]) -> str:
    body = r" \\ ".join(rows)
    return rf"$\displaystyle \begin{{aligned}} {body} \end{{aligned}}$"
