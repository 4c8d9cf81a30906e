"""The files of Coq: the statement for people, and the generated proof."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Basic

from fmproof.certificate.certificate import Certificate, From, Step
from fmproof.certificate.export.everywhere import assumed_everywhere
from fmproof.certificate.export.instances import Parts, without_instances
from fmproof.certificate.export.proof import Proof, frees, in_comment
from fmproof.certificate.export.scripts import script
from fmproof.certificate.export.spaces import Point
from fmproof.certificate.export.statement import (
    NotExported,
    Printer,
    Symbols,
    assumptions,
    declarations,
    head_space,
    measurable,
    product,
    type_of,
    variables,
)
from fmproof.certificate.export.transfers import without_arbitrary_functions
from fmproof.lang import nodes
from fmproof.lang.node import shown
from fmproof.lang.nodes.variable import Var
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort

HEADER = """From mathcomp Require Import measure.
From FMProof Require Import Steps Vectors Almost.
Open Scope R_scope.
Set Warnings "-all".
"""
_CONDITIONAL = "From FMProof Require Import Conditional Bayes.\n"
NORMAL_DENSITY = "From FMProof Require Import Gaussian Functions Scores Normal.\n"
_DERIVATIVES = "From FMProof Require Import Slope Derivatives Exchange Logarithm.\n"
_LEBESGUE = "From FMProof Require Import Lebesgue.\n"


def goal(certificate: Certificate) -> str:
    """``Goal.v``: the theorem as a proposition, from the statement alone.

    Raises:
        NotExported: the statement has no translation yet.
    """
    theorem, name = certificate.theorem, in_comment(certificate.derivation)
    symbols = _of_statement(theorem)
    told, _ = stated(theorem, Printer(symbols))
    needs = "".join(f"({told})\n  -> " for _, told in assumptions(symbols))
    lines = [line for line in declarations(symbols) if not line.startswith("Variable ")]
    names = _abstracted(list(variables(symbols)), "\n".join([*lines, needs, told]))
    given = " ".join(f"({name} : {kind})" for name, kind in variables(symbols))
    return "\n".join(
        [
            f"(* {in_comment(shown(theorem.conclusion))}",
            f"   The theorem of {name}, to be compared with the report.",
            "   Integrals that diverge are 0, a/0 = 0. *)",
            _header(symbols),
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


def _of_statement(theorem: Step) -> Symbols:
    """The symbols of the statement alone."""
    stated = (theorem.conclusion, *theorem.hypotheses)
    symbols = Symbols(stated)
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


def _header(symbols: Symbols) -> str:
    """What both files begin with; and what is asked for where it is used."""
    asked = {
        _CONDITIONAL: symbols.conditional,
        _DERIVATIVES: symbols.uses_derivatives,
        _LEBESGUE: symbols.lebesgue,
        NORMAL_DENSITY: any(isinstance(head, nodes.Gaussian) for head in symbols.heads),
    }
    return HEADER + "".join(text for text, wanted in asked.items() if wanted)


def stated(theorem: Step, printer: Printer) -> tuple[str, list[str]]:
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


def proof(certificate: Certificate, writer: type[Proof] = Proof) -> str:
    """``Proof.v``: one lemma a step.

    Args:
        writer: how the proof of a step is written.

    Raises:
        NotExported: it uses a rule or a term that has no translation yet.
    """
    certificate = without_arbitrary_functions(without_instances(certificate))
    certificate = assumed_everywhere(certificate)
    theorem = certificate.theorem
    in_theorem = _of_statement(theorem)
    symbols = Symbols((theorem.conclusion, *theorem.hypotheses, *_nodes(certificate)))
    symbols.derived, symbols.integrates = in_theorem.derived, in_theorem.integrates
    symbols.slopes, symbols.lebesgue = in_theorem.slopes, in_theorem.lebesgue
    symbols.own_parameters = symbols.uses_parameters and not in_theorem.uses_parameters
    for head in symbols.heads:
        new = head not in in_theorem.heads and not isinstance(head, nodes.Gaussian)
        if head.definition is None and new:
            raise NotExported(f"{head.name} is in the proof and not in the theorem")
    written = writer(certificate, symbols, script)
    lemmas = [written.lemma(n) for n in range(len(certificate.steps))]
    known = [f"Hypothesis {name} : {told}." for name, told in assumptions(symbols)]
    return "\n".join(
        [
            f"(* {in_comment(certificate.derivation)}: generated by fmproof. *)",
            _header(symbols),
            "Section Derivation.",
            *declarations(symbols),
            "",
            *known,
            "",
            *_derived(written),
            "(* Facts of arithmetic. *)",
            *written.facts.lines,
            "",
            *lemmas,
            _last(written),
            "End Derivation.",
            "",
        ]
    )


def _last(written: Proof) -> str:
    """The theorem, under all that the section assumes."""
    number, theorem = len(written.steps) - 1, written.steps[-1]
    told, binders = stated(theorem, written.printer)
    names = [b for b in binders if b not in {f"H{i}" for i in range(len(theorem.hypotheses))}]
    hypotheses = [b for b in binders if b not in names]
    uses = " ".join([f"s{number}", *names, *hypotheses])
    whole = f"(fun {' '.join(binders)} => {uses})" if binders else uses
    return f"Theorem proved :\n  {told}.\nProof using All. exact {whole}. Qed."


def _derived(written: Proof) -> list[str]:
    """What follows for symbols with a definition: they are measurable, where that is used."""
    lemmas: list[list[str]] = []
    for head in reversed(written.symbols.declared):  # one may use those in its definition
        if head in written.measurability.used and head.definition is not None:
            lemmas.append(_measurable(written, head))
    return [line for lemma in reversed(lemmas) for line in lemma]


def _measurable(written: Proof, head: Any) -> list[str]:
    symbols, printer = written.symbols, written.printer
    moving = [v for v in head.params if v.sort is not Sort.PARAM]
    if not moving:
        return []
    name = symbols.heads[head]
    fixed: dict[Var, str] = {}
    for var in head.params:
        if var.sort is Sort.PARAM:
            fixed[var] = symbols.local(var, fixed)
    paths = {}
    for i, var in enumerate(moving):
        paths[var] = ("fst",) * (len(moving) - 1 - i) + (("snd",) if i else ())
    point = Point(product([head_space(v) for v in moving]), "pt0", paths, frozenset(moving))
    scope = printer.placed(fixed, point)
    prove = written.measurability.vector if head.result is Sort.VEC else written.measurability.real
    lam = f"fun {' '.join(fixed.values())} => " if fixed else ""
    return [
        f"Lemma {name}_measurable : {measurable(head, printer)}.",
        f"Proof. exact ({lam}{prove(head.definition, scope, point)}). Qed.",
    ]


def _nodes(certificate: Certificate) -> Iterator[Basic]:
    for step in certificate.steps:
        yield from _inside((step.conclusion, *step.hypotheses, *step.arguments))


def _inside(value: Any) -> Iterator[Basic]:
    if isinstance(value, tuple):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, Parts):
        yield from value.args
    elif isinstance(value, Basic) and not isinstance(value, From):
        yield value
