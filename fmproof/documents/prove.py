"""One equation to both witnesses: the checker with ``auto``, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any

from sympy import Basic, Expr, S, preorder_traversal

from fmproof.documents import quotients
from fmproof.documents.hypotheses import natural
from fmproof.documents.model import NumericEvidence
from fmproof.documents.smoothness import smoothness
from fmproof.errors import FmproofError
from fmproof.lang.arithmetic import plus_of
from fmproof.lang.nodes import (
    Apply,
    ArgMin,
    CondExpect,
    Density,
    Div,
    Exp,
    Gaussian,
    Grad,
    Head,
    IntegralOver,
    Let,
    Log,
    Named,
    Partial,
    Ratio,
    Sqrt,
    Var,
)
from fmproof.lang.props import AtMost, Differentiable, Equals, ForAll
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.tactics.check import check
from fmproof.tactics.differences import subtract
from fmproof.tactics.methods import Line, common_form
from fmproof.tactics.normal import decide
from fmproof.tactics.script import Derivation, Hypothesis, Part, Step

PROBLEMS = 6
SECONDS = 1.5
"""Of processor time, after which no other way is tried on a row."""


@dataclass(frozen=True)
class Proof:
    """Whether the kernel proved ``before relation claim``, with what it used."""

    proved: bool
    needs: tuple[str, ...] = ()
    message: str = ""
    by: tuple[str, ...] = ("auto",)
    derivation: Derivation | None = None  #: what was checked, or the first that was tried


@dataclass(frozen=True)
class Checked:
    """A row with the derivation that was tried last: its place, how it reads, whether it holds."""

    place: str
    latex: str
    proved: bool
    derivation: Derivation


_WAYS: tuple[tuple[str, ...], ...] = (
    ("auto",),
    ("definition", "density", "square", "cancel"),
)
_CALCULUS: tuple[tuple[str, ...], ...] = (
    ("derivative", "cancel"),
    ("definition", "log", "exp", "derivative", "square", "cancel"),
    ("definition", "gaussian", "log", "exp", "root", "derivative", "square", "cancel"),
    ("definition", "exchange", "derivative", "cancel"),
    ("expectation", "derivative", "cancel"),
    ("definition", "expectation", "exchange", "log", "derivative", "linearity", "fubini", "cancel"),
)
"""What is tried where derivatives or functions are in the row."""
_PULLED = ("definition", "derivative", "square", "linearity", "pull-out")
"""Conditional expectations are replaced by what they average."""
_PUT_IN = ("substitution", "derivative", "square", "linearity", "cancel")
"""Then paths are written out."""
"""What is tried on an equation: the decision procedure, then plain computation."""


@dataclass
class Memory:
    """What was found of equations before, so that an edited row alone costs time."""

    proofs: dict[Any, Proof] = field(default_factory=dict)
    numbers: dict[Any, NumericEvidence] = field(default_factory=dict)


@dataclass
class Witnesses:
    """Both witnesses for the rows of one document.

    Attributes:
        declared: hypotheses that the author wrote; with ``natural_too`` the natural ones as well.
        seed, problems: of the numbers.
    """

    declared: Sequence[Hypothesis] = ()
    natural_too: bool = True
    seed: int = 0
    problems: int = PROBLEMS
    memory: Memory = field(default_factory=Memory)
    _witness: Any = None
    _until: float = 0.0

    def prove(
        self, before: Expr, claim: Expr, relation: str = "=", context: Sequence[Expr] = ()
    ) -> Proof:
        """The checker's verdict on one step, by ``auto`` (``nonnegative`` for ≤ and ≥)."""
        key = (before, claim, relation, tuple(context), self.natural_too)
        found = self.memory.proofs.get(key)
        if found is None:
            found = self.memory.proofs[key] = self._prove(before, claim, relation, context)
        return found

    def _prove(self, before: Expr, claim: Expr, relation: str, context: Sequence[Expr]) -> Proof:
        ways = _ways(before, claim) if relation == "=" else (("nonnegative",),)
        first: Proof | None = None
        self._until = process_time() + SECONDS
        for by in ways:
            if first is not None and self._late():
                break
            try:
                derivation = self.derivation(before, claim, relation, context, by)
                report = check([derivation]).derivations[0]
            except (FmproofError, RecursionError) as error:
                first = first or Proof(False, (), str(error))
                continue
            except (TypeError, ValueError, AttributeError, LookupError) as error:
                words = f"a defect of fmproof: {type(error).__name__}: {error}"
                first = first or Proof(False, (), words)
                continue
            if report.status == "proved":
                needs = tuple(h.formula.text for h in report.hypotheses if h.used_by)
                return Proof(True, needs, "", by, derivation)
            failure = next((st.failure for st in report.steps if st.failure), None)
            message = report.message or (failure.summary if failure else "")
            first = first or Proof(False, (), message, by, derivation)
        if relation == "=":
            found = self._by_difference(before, claim, context)
            for way in (self._by_averages, self._by_quotients):
                if found is None and not self._late():
                    found = way(before, claim, context)
            if found is not None:
                return found
        return first or Proof(False)

    def _by_difference(self, before: Expr, claim: Expr, context: Sequence[Expr]) -> Proof | None:
        """Gradients or minimisers of two terms that differ by what is free of the parameter."""
        nodes = list(dict.fromkeys([*_gradients(before), *_gradients(claim)]))
        if (
            len(nodes) != 2
            or nodes[0].func is not nodes[1].func
            or nodes[0].var is not nodes[1].var
        ):
            return None
        one, other = nodes
        left_over = self.difference(one.body, other.body)
        if left_over is None or one.var in free_vars(left_over):
            return None
        shifted = plus_of(other.body, left_over)
        rule = "derivative" if isinstance(one, Grad) else "minimisers"
        smooth = ForAll(Differentiable(other.body, one.var), one.var)
        place = () if isinstance(one, ArgMin) else (one.at,)
        hypotheses = [*self.declared]
        if self.natural_too:
            hypotheses += natural([one.body, shifted, *context])
            hypotheses.append(Hypothesis("D", smooth))
        parts = [
            Part("value", one.body, [Step("1", shifted, by="auto")]),
            Part(
                "both",
                one,
                [Step("2", one.func(shifted, one.var, *place), by="lemma", using="value")]
                + ([] if left_over is S.Zero else [Step("3", other, by=rule)]),
            ),
        ]
        if (before, claim) != (one, other):
            parts.append(Part("row", before, [Step("4", claim, by="lemma", using="both")]))
        free = {
            v for p in parts for t in (p.start, *(s.claim for s in p.steps)) for v in free_vars(t)
        }
        fixed = sorted((v for v in free if v.sort is not Sort.PARAM), key=lambda v: v.name)
        try:
            derivation = Derivation("row", hypotheses=hypotheses, parts=parts, variables=fixed)
            report = check([derivation]).derivations[0]
        except (FmproofError, RecursionError):
            return None
        if report.status != "proved":
            return None
        needs = tuple(h.formula.text for h in report.hypotheses if h.used_by)
        return Proof(True, needs, "", ("auto", rule), derivation)

    def _by_averages(self, before: Expr, claim: Expr, context: Sequence[Expr]) -> Proof | None:
        """Conditional expectations pulled out, then paths put in."""
        if not _kinds(before, claim) & {CondExpect, Let}:
            return None
        try:
            common = common_form(Line(before, claim), _PULLED)
            left, right = common.left.rhs, common.right.rhs
            there = common_form(Line(left, right), ("substitution",))
            context = [*context, there.left.rhs, there.right.rhs]
        except (FmproofError, RecursionError, TypeError):
            return None
        same = subtract(left, right) == S.Zero
        direct = [Step("2", right, by="ring" if same else _PUT_IN)]
        quotient = (None if same else quotients.steps(left, right, _PUT_IN)) or []
        renamed = [replace(step, id=f"2.{step.id}") for step in quotient]
        for middle in (direct, renamed):
            if not middle or self._late():
                continue
            steps = [Step("1", left, by=_PULLED), *middle, Step("3", claim, by=_PULLED)]
            found = self._checked(
                [Part("row", before, steps)], ("pull-out", "substitution"), context
            )
            if found is not None:
                return found
        return None

    def _by_quotients(self, before: Expr, claim: Expr, context: Sequence[Expr]) -> Proof | None:
        """Over a common denominator."""
        for words in _forms(before, claim):
            if self._late():
                return None
            steps = quotients.steps(before, claim, words)
            if steps is None:
                continue
            found = self._checked([Part("row", before, steps)], ("cancel", "ring"), context)
            if found is not None:
                return found
        return None

    def _late(self) -> bool:
        """Whether the time that one row may take is used up."""
        return process_time() > self._until

    def _checked(
        self, parts: Sequence[Part], by: tuple[str, ...], context: Sequence[Expr]
    ) -> Proof | None:
        """The proof that several steps are, or None."""
        terms = [t for part in parts for t in (part.start, *(step.claim for step in part.steps))]
        hypotheses = self._hypotheses([*terms, *context])
        try:
            derivation = Derivation(
                "row", hypotheses=hypotheses, parts=parts, variables=_fixed(terms, hypotheses)
            )
            report = check([derivation]).derivations[0]
        except (FmproofError, RecursionError):
            return None
        if report.status != "proved":
            return None
        needs = tuple(h.formula.text for h in report.hypotheses if h.used_by)
        return Proof(True, needs, "", by, derivation)

    def _hypotheses(self, terms: Sequence[Expr]) -> list[Hypothesis]:
        found = list(self.declared)
        if self.natural_too:
            found += natural(terms)
            others = [*quotients.conditions(terms), *smoothness(terms)]
            found += [Hypothesis(f"D{i}", prop) for i, prop in enumerate(others, 1)]
        return found

    def derivation(
        self,
        before: Expr,
        claim: Expr,
        relation: str,
        context: Sequence[Expr],
        by: tuple[str, ...] = ("auto",),
    ) -> Derivation:
        """The row as a derivation of one step."""
        terms = [before, claim]
        hypotheses = self._hypotheses([*terms, *context])
        fixed = _fixed([*terms, *context], hypotheses)
        by = by if relation == "=" else ("nonnegative",)
        return Derivation(
            "row",
            hypotheses=hypotheses,
            start=before,
            variables=fixed,
            steps=[Step("1", claim, by=by, relation=relation)],  # type: ignore[arg-type]
        )

    def numbers(self, before: Expr, claim: Expr, relation: str = "=") -> NumericEvidence:
        """The second witness on random problems."""
        key = (before, claim, relation, self.seed)
        found = self.memory.numbers.get(key)
        if found is None:
            found = self.memory.numbers[key] = self._numbers(before, claim, relation)
        return found

    def _numbers(self, before: Expr, claim: Expr, relation: str) -> NumericEvidence:
        from fmproof.meaning.witness import Witness

        if self._witness is None:
            self._witness = Witness(self.problems, self.seed)
        try:
            derivation = self.derivation(before, claim, relation, ())
            found = self._witness.check(derivation)["1"]
        except (FmproofError, RecursionError, ArithmeticError) as error:
            return NumericEvidence("inconclusive", 0, None, "", str(error))
        return NumericEvidence(
            found.status, found.problems, found.worst, found.counterexample or "", found.message
        )

    def difference(self, before: Expr, claim: Expr) -> Expr | None:
        """What is left of ``before − claim`` when both are in normal form."""
        try:
            common = decide(Line(before, claim))
            return subtract(common.left.rhs, common.right.rhs)
        except (FmproofError, RecursionError, AttributeError, TypeError):
            return None


def _ways(before: Expr, claim: Expr) -> tuple[tuple[str, ...], ...]:
    ways = _WAYS
    kinds = _kinds(before, claim)
    if kinds & _SMOOTH:
        ways += _CALCULUS if Gaussian in kinds else _CALCULUS[:2] + _CALCULUS[3:]
    return ways


def _forms(before: Expr, claim: Expr) -> list[tuple[str, ...]]:
    """How lines with quotients are brought to sums of monomials; none where nothing divides."""
    forms: list[tuple[str, ...]] = []
    if _divides([before, claim]):
        forms.append(quotients.FORM)
    kinds = _kinds(before, claim)
    if kinds & _SMOOTH:
        forms.append(("log", "derivative", *quotients.FORM))
    if kinds & _SMOOTH and Gaussian in kinds:
        forms.append(("gaussian", "log", "exp", "root", "derivative", *quotients.FORM))
    return forms


_SMOOTH = frozenset((Grad, Partial, Div, Log, Exp, Sqrt))


def _kinds(before: Expr, claim: Expr) -> set[type]:
    """The types of the nodes of two lines and of the definitions behind them."""
    heads = heads_in([before, claim])
    definitions = [h.definition for h in heads if h.definition is not None]
    found: set[type] = {type(h) for h in heads}
    for term in (before, claim, *definitions):
        found |= {type(node) for node in preorder_traversal(term)}
    return found


def _fixed(terms: Sequence[Expr], hypotheses: Sequence[Hypothesis]) -> list[Var]:
    """The variables that are free in a row: arbitrary, and fixed throughout."""
    nodes: list[Basic] = [*terms, *(h.prop for h in hypotheses)]
    free = {v for node in nodes for v in free_vars(node) if v.sort is not Sort.PARAM}
    return sorted(free, key=lambda v: v.name)


def _divides(terms: Sequence[Basic]) -> bool:
    """Whether ``terms``, or definitions behind them that are no averages, divide by a number.

    Densities that are divided by are the affair of ``auto``.
    """
    definitions = [h.definition for h in heads_in(terms) if h.definition is not None]
    plain = [d for d in definitions if not d.has(IntegralOver)]
    return any(
        not any(isinstance(a.head, Density) for a in ratio.args[1].atoms(Apply))
        for term in (*terms, *plain)
        for ratio in term.atoms(Ratio)
    )


def _gradients(term: Basic) -> list[Any]:
    if isinstance(term, Grad | ArgMin) and term.var.sort is Sort.PARAM:
        return [term]
    return [found for arg in term.args for found in _gradients(arg)]


def free_of_parameters(term: Basic) -> bool:
    """Whether no parameter is free in ``term``, nor hidden in a definition in it."""
    return not any(v.sort is Sort.PARAM for v in free_vars(term))


def heads_in(terms: Sequence[Basic]) -> set[Head]:
    """All symbols in ``terms`` and in the definitions of symbols."""
    found: set[Head] = set()
    waiting: list[Basic] = list(terms)
    seen: set[Basic] = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, Apply) and node.head not in found:
            found.add(node.head)
            if node.head.definition is not None:
                waiting.append(node.head.definition)
        if isinstance(node, Named):
            waiting.append(node.definition)
        waiting.extend(node.args)
    return found


def sides_fit(before: Expr, claim: Expr, relation: str) -> None:
    """Raise SortError unless the two sides can be compared."""
    if relation == "=":
        Equals(before, claim)
    else:
        AtMost(before, claim)
