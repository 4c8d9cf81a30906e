"""``Goal.v``: a theorem as a proposition, for a person to compare with the report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fmproof.certificate.certificate import Certificate, RuleApplication
from fmproof.certificate.export.statement.declarations import (
    assumptions,
    coq_variables,
    declarations,
)
from fmproof.certificate.export.statement.sorts import type_of
from fmproof.certificate.export.statement.symbols import CoqSymbols
from fmproof.certificate.export.statement.terms import CoqPrinter
from fmproof.lang import nodes
from fmproof.lang.node import shown
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars

_HEADER = """From mathcomp Require Import measure.
From FMProof Require Import Steps Vectors Almost.
Open Scope R_scope.
Set Warnings "-all".
"""
_CONDITIONAL = "From FMProof Require Import Conditional Bayes.\n"
_NORMAL_DENSITY = "From FMProof Require Import Gaussian Functions Scores Normal.\n"
_DERIVATIVES = "From FMProof Require Import Slope Derivatives Exchange Logarithm.\n"
_LEBESGUE = "From FMProof Require Import Lebesgue.\n"


def goal(certificate: Certificate) -> str:
    """``Goal.v``: the theorem as a proposition, from the statement alone.

    Raises:
        NotExported: the statement has no translation yet.
    """
    theorem, name = certificate.theorem, in_comment(certificate.derivation)
    symbols = statement_symbols(theorem)
    told, _ = stated_goal(theorem, CoqPrinter(symbols))
    needs = "".join(f"({told})\n  -> " for _, told in assumptions(symbols))
    lines = [line for line in declarations(symbols) if not line.startswith("Variable ")]
    names = _abstracted(list(coq_variables(symbols)), "\n".join([*lines, needs, told]))
    given = " ".join(f"({name} : {kind})" for name, kind in coq_variables(symbols))
    return "\n".join(
        [
            f"(* {in_comment(shown(theorem.conclusion))}",
            f"   The theorem of {name}, to be compared with the report.",
            "   Integrals that diverge are 0, a/0 = 0. *)",
            header(symbols),
            "Section Goal.",
            *declarations(symbols),
            "Definition statement : Prop :=",
            f"  {needs}{told}.",
            "End Goal.",
            "",
            "Definition theorem : Prop :=",
            f"  forall {given}, statement {' '.join(names)}.",
            "",
        ]
    )


def statement_symbols(theorem: RuleApplication) -> CoqSymbols:
    """The symbols of the statement alone."""
    stated = (theorem.conclusion, *theorem.hypotheses)
    symbols = CoqSymbols(stated)
    symbols.learn_slopes(stated)
    return symbols


def _abstracted(given: Sequence[tuple[str, str]], text: str) -> list[str]:
    """The section's variables that a statement is of: those that occur in it, or in their types."""
    seen, found = [text], list[str]()
    for name, kind in reversed(given):
        if any(re.search(rf"(?<![\w']){re.escape(name)}(?![\w'])", part) for part in seen):
            found.append(name)
            seen.append(kind)
    return found[::-1]


def header(symbols: CoqSymbols) -> str:
    """What both files begin with; and what is asked for where it is used."""
    asked = {
        _CONDITIONAL: symbols.conditional,
        _DERIVATIVES: symbols.uses_derivatives,
        _LEBESGUE: symbols.lebesgue,
        _NORMAL_DENSITY: any(isinstance(head, nodes.Gaussian) for head in symbols.heads),
    }
    return _HEADER + "".join(text for text, wanted in asked.items() if wanted)


def stated_goal(theorem: RuleApplication, printer: CoqPrinter) -> tuple[str, list[str]]:
    """Hypotheses and conclusion, and what a proof takes, in order: free variables and hypotheses.

    Free variables come as late as they can: a hypothesis that is not about them stands before.
    """
    scope: dict[Var, str] = {}
    for var in frees(theorem):
        scope[var] = printer.symbols.local(var, scope)
    quantifiers = "".join(f"forall {text} : {type_of(v)}, " for v, text in scope.items())
    needs = "".join(f"{printer.prop(h, scope)}\n  -> " for h in theorem.hypotheses)
    names = [f"H{i}" for i in range(len(theorem.hypotheses))]
    told = printer.prop(theorem.conclusion, scope)
    if any(free_vars(h) for h in theorem.hypotheses):
        return f"{quantifiers}{needs}{told}", [*scope.values(), *names]
    return f"{needs}{quantifiers}{told}", [*names, *scope.values()]


def frees(step: RuleApplication) -> list[Var]:
    """The free variables of a step, which its lemma is about, in a fixed order."""
    found = free_vars(step.conclusion).union(*(free_vars(h) for h in step.hypotheses))
    return sorted(found, key=lambda v: (v.sort.value, v.name))


def in_comment(text: str) -> str:
    """What can stand in a comment of Coq."""
    return " ".join(text.replace("(*", "( *").replace("*)", "* )").replace('"', "'").split())
