"""Every row of a file to a verdict.

A row is judged by what stands: the row before it, the start of its chain, or another row of the
chain that was proved; so one that is wrong does not spoil the next. What is in doubt is open.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from sympy import Expr

from fmproof.documents.items import (
    Item,
    Reading,
    blocks,
    candidates_of,
    equated,
    shape_of,
    written,
)
from fmproof.documents.model import (
    DocumentReport,
    NumericEvidence,
    RowReport,
    SymbolReport,
    Verdict,
)
from fmproof.documents.prove import (
    Checked,
    Memory,
    Proof,
    Witnesses,
    free_of_parameters,
    heads_in,
    sides_fit,
)
from fmproof.documents.suggest import neighbours
from fmproof.errors import FmproofError, SortError
from fmproof.lang.arithmetic import plus_of, times_of
from fmproof.lang.node import sort_of
from fmproof.lang.nodes import (
    CondExpect,
    Density,
    Div,
    Expect,
    Field,
    Grad,
    Head,
    Inner,
    IntegralOver,
    Let,
    Named,
    Partial,
    Scalar,
    Var,
)
from fmproof.lang.scope import free_vars
from fmproof.lang.sorts import Sort
from fmproof.lang.spelling.text import text
from fmproof.reading.formula import tree as t
from fmproof.reading.notation.elaborate import Candidate, Elaborator, NotYet, Undefined
from fmproof.reading.notation.evidence import Evidence
from fmproof.reading.notation.randomness import as_law
from fmproof.reading.notation.symbols import key_of, readable, spelled
from fmproof.tactics.differences import subtract

_CLAIMS = {"=": "=", ":=": "=", "=:": "=", "≤": "≤", "≥": "≥"}
_DEFECTS = (TypeError, ValueError, AttributeError, LookupError, AssertionError, ArithmeticError)
_NO_CLAIM = {"≈", "∝", "≲", "≪", "≠"}


@dataclass
class _Line:
    """A side of a chain that was read: its term, and whether it equals the chain's start."""

    term: Expr
    stands: bool
    node: t.Node | None = None  #: what is written, to be read again


@dataclass
class _Chain:
    lines: list[_Line] = field(default_factory=list)
    left: t.Node | None = None
    broken: str = ""  # why its start was not read


class Judge:
    """Judges the rows of one file in their order."""

    def __init__(
        self,
        file: str,
        reading: Reading,
        *,
        strict: bool = False,
        natural: bool = True,
        corrections: dict[str, str] | None = None,
        seed: int = 0,
        numeric: bool = True,
        deadline: float | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.file = file
        self.reading = reading
        self.evidence = Evidence.of(reading.trees, equated(reading), reading.said)
        source = reading.items[0].source if reading.items else None
        self.elab = Elaborator(self.evidence, self._place, strict, dict(corrections or {}))
        self.elab.said_laws = reading.laws
        self.elab.candidates = candidates_of(reading, self.evidence)
        self.witnesses = Witnesses((), natural, seed, memory=memory or Memory())
        self._single = len({id(other.source) for other in reading.items}) == 1
        self._settled: set[int] = set()
        self._equations: dict[str, list[Item]] = {}
        for item in reading.items:
            if (
                isinstance(item.left, t.Call)
                and item.candidate is None
                and item.row.relation in _CLAIMS
            ):
                self._equations.setdefault(shape_of(item.left), []).append(item)
        self._equated = {
            spelled(item.left) for item in reading.items if isinstance(item.left, t.Sym)
        }
        self.chain = _Chain()
        self.numeric = numeric
        self.deadline = deadline
        self._source = source
        self.checked: list[Checked] = []
        self._current: Item | None = None

    def _place(self, at: int) -> str:
        item = self._current
        if item is None or self._single:
            return self._source.place(at) if self._source is not None else ""
        return item.source.place(min(at, len(item.source.text)))

    def run(self) -> DocumentReport:
        rows: list[RowReport] = []
        self._learn_laws()
        for item in self.reading.items:
            self._current = item
            if self.deadline is not None and time.process_time() > self.deadline:
                rows.append(self._report(item, "open", "the time for this document is used up"))
                continue
            try:
                rows.append(self._judge(item))
                if rows[-1].verdict in ("proved", "agrees", "refuted", "constant", "statement"):
                    self._settled.add(item.index)
            except RecursionError:
                rows.append(self._report(item, "open", "it is nested too deeply"))
            except _DEFECTS as error:  # one row must not take the others with it
                words = f"a defect of fmproof, please report it: {type(error).__name__}: {error}"
                rows.append(self._report(item, "open", words))
        symbols = tuple(
            SymbolReport(r.symbol, r.reading, r.why, r.place, r.guessed)
            for r in self.elab.table.values()
        )
        return DocumentReport(
            self.file, symbols, tuple(rows), tuple(self.reading.problems), blocks(self.reading)
        )

    def _learn_laws(self) -> None:
        """The laws that inline formulas state, such as z ~ q."""
        for draw in self.reading.law_draws:
            try:
                self.elab.law(t.Expectation(draw.at, (draw,), t.Num(draw.at, Fraction(1))))
            except (NotYet, SortError, FmproofError):
                continue

    # --- one row ---

    def _judge(self, item: Item) -> RowReport:
        self.elab.guesses = set()
        relation = item.row.relation
        if item.problem is not None:
            if not item.inline:
                self._break(item, "the row before it cannot be read")
            return self._report(item, "unread", self._unread(item))
        if any(
            isinstance(n, t.Dots) for side in (item.left, item.right) if side for n in t.walk(side)
        ):
            self._break(item, "the row before it has an ellipsis")
            return self._report(item, "skip", "an ellipsis")
        if not relation:
            self._break(item, "the row before it has no relation")
            return self._report(item, "skip", "no relation")
        if relation in _NO_CLAIM:
            self._break(item, f"the row before it is written with {relation}")
            return self._report(item, "skip", f"{relation} claims no equation")
        if relation in ("<", ">"):
            return self._report(item, "hypothesis", "an inequality that is assumed")
        if item.candidate is not None:
            return self._definition(item)
        if self._specialises(item):
            return self._report(item, "definition", "from here on, that is what it is")
        if item.inline and isinstance(item.left, t.Sym) and self._is_case(item.left):
            return self._report(item, "hypothesis", "a value that a variable takes")
        saved = self.chain
        if item.inline:
            self.chain = _Chain()
        report = self._claim(item, _CLAIMS[relation])
        if item.inline:
            self.chain = saved
        return report

    def _specialises(self, item: Item) -> bool:
        """``k(x|y) = N(x; y, σ² I)`` for a density that was used before: a case, from here on."""
        left, right = item.left, item.right
        if not (isinstance(left, t.Call) and isinstance(right, t.Normal) and right.point):
            return False
        key = key_of(left.head)
        places = [*left.head.sub, *left.args, *left.given, *left.after]
        if not self.elab.is_density(key) or not all(isinstance(p, t.Sym) for p in places):
            return False
        candidate = Candidate(left, right, item.row.at, item.place, True)
        self.elab.candidates.setdefault(key, []).insert(0, candidate)
        self.elab.forget(key)
        item.candidate = candidate
        try:
            self._start(item, self.elab.term(left))
        except (NotYet, SortError, FmproofError):
            self._break(item, "what it is from here on is not understood")
        return True

    def _is_case(self, left: t.Sym) -> bool:
        """``t = 0`` in a line of words: a case, no claim."""
        name = spelled(left)
        item = self._current
        if item is not None and isinstance(item.right, t.Num):
            return True
        return not any(spelled(c.left) == name for c in self.elab.candidates.get(key_of(left), ()))

    def _unread(self, item: Item) -> str:
        problem = item.problem
        assert problem is not None
        return f"{problem.problem} ({item.source.place(problem.at)})"

    def _break(self, item: Item, why: str) -> None:
        """The chain goes on without a term for this row."""
        if item.inline:
            return
        if item.row.left is not None:
            self.chain = _Chain([], item.left, why)
        if not self.chain.lines:
            self.chain.broken = why

    def _definition(self, item: Item) -> RowReport:
        candidate = item.candidate
        assert candidate is not None
        message = ""
        try:
            left = self.elab.term(candidate.left)
            self._start(item, left)
            if candidate.state == "refused":
                message = candidate.why
            elif not item.inline:
                self._own_line(candidate)
        except (NotYet, SortError, FmproofError) as error:
            message = str(error)
            if not item.inline:
                self.chain = _Chain([], item.left, message)
        if candidate.state == "refused" and candidate.why.endswith("is free in its definition"):
            missing = self._scope_of_definition(item)
            if missing:
                return self._report(item, "scope", missing)
        hidden = self._hidden_parameter(candidate.left)
        if hidden:
            return self._report(item, "refuted", hidden)
        hypothesis = any(isinstance(n, t.Derivative) for n in t.walk(candidate.left))
        verdict: Verdict = "hypothesis" if hypothesis else "definition"
        return self._report(item, verdict, f"not in the language yet: {message}" if message else "")

    def _hidden_parameter(self, left: t.Node) -> str:
        """A constant, by its letter, whose definition contains θ."""
        if not (isinstance(left, t.Sym) and left.name.split(":")[-1] in ("C", "K", "c", "const")):
            return ""
        named = self.elab.constants.get(spelled(left))
        if named is None or free_of_parameters(named):
            return ""
        params = ", ".join(sorted(text(v) for v in free_vars(named) if v.sort is Sort.PARAM))
        return f"{text_name(spelled(left))} is used as a constant, and contains {params}"

    def _own_line(self, candidate: object) -> None:
        """The definition itself stands as the second line of its chain."""
        try:
            term = self.elab.term(candidate.right)  # type: ignore[attr-defined]
            self.chain.lines.append(_Line(term, True, candidate.right))  # type: ignore[attr-defined]
        except (NotYet, SortError, FmproofError):
            return

    def _scope_of_definition(self, item: Item) -> str:
        """A loss or constant whose definition has a variable that nothing draws."""
        candidate = item.candidate
        assert candidate is not None
        if not isinstance(candidate.right, t.Expectation):
            return ""
        try:
            left = self.elab.term(candidate.left)
            right = self.elab.term(candidate.right)
        except (NotYet, SortError, FmproofError):
            return ""
        return self._stray(left, right)

    def _start(self, item: Item, left: Expr) -> None:
        if not item.inline:
            node = item.candidate.left if item.candidate is not None else item.left
            self.chain = _Chain([_Line(left, True, node)], item.left)

    def _claim(self, item: Item, relation: str) -> RowReport:
        assert item.right is not None
        if item.left is not None:
            same = self.chain.left is not None and spelled(self.chain.left) == spelled(item.left)
            before_lines = list(self.chain.lines) if same else []
            try:
                self.chain = _Chain([_Line(self.elab.term(item.left), True, item.left)], item.left)
                self.chain.lines += [line for line in before_lines[1:] if line.stands]
            except (NotYet, SortError, FmproofError) as error:
                self.chain = _Chain([], item.left, str(error))
        try:
            claim = self.elab.term(item.right)
        except Undefined as error:
            return self._introduces(item, error, relation)
        except NotYet as error:
            return self._open(item, str(error))
        except (SortError, FmproofError) as error:
            return self._open(item, f"its parts do not fit as they were understood: {error}")
        if not self.chain.lines:
            return self._after_broken(item, claim)
        return self._compare(item, claim, relation)

    def _after_broken(self, item: Item, claim: Expr) -> RowReport:
        why = self.chain.broken or "there is no row before it"
        self.chain.lines.append(_Line(claim, True))
        return self._report(item, "open", f"what it is compared with is not known: {why}")

    def _open(self, item: Item, why: str) -> RowReport:
        statement = item.piece.inside == "theorem" and not item.inline and item.row.left is not None
        return self._report(item, "statement" if statement else "open", why)

    # --- constants that a row introduces ---

    def _introduces(self, item: Item, error: Undefined, relation: str) -> RowReport:
        """``… + C_1``: the constant is what makes the row true, if that is free of θ."""
        assert item.right is not None
        parts = item.right.parts if isinstance(item.right, t.Add) else ((1, item.right),)
        mine = [(sign, p) for sign, p in parts if isinstance(p, t.Sym) and spelled(p) == error.name]
        others = [
            (sign, p)
            for sign, p in parts
            if not (isinstance(p, t.Sym) and spelled(p) == error.name)
        ]
        if len(mine) != 1 or relation != "=" or not self.chain.lines:
            return self._open(item, str(error))
        try:
            rest = plus_of(*(self.elab.term(p) * sign for sign, p in others))
        except (NotYet, SortError, FmproofError) as problem:
            return self._open(item, str(problem))
        sign = mine[0][0]
        standing = [line.term for line in self.chain.lines if line.stands]
        for reference in reversed(standing):
            left_over = self._plain_difference(reference, rest)
            if left_over is None or not free_of_parameters(left_over) or free_vars(left_over):
                continue
            named = self.elab.define_constant(
                error.name, error.node, sign * left_over, "what this row leaves"
            )
            claim = rest + sign * named
            report = self._compare(item, claim, relation)
            if report.verdict == "proved":
                return replace(report, message=f"{named.name} stands for {text(named.definition)}")
            return report
        for reference in reversed(standing):
            left_over = self.witnesses.difference(reference, rest)
            if left_over is not None and free_of_parameters(left_over) and not free_vars(left_over):
                proof = self.witnesses.prove(reference, rest + left_over)
                if not proof.proved:
                    continue
                announced = item.inline or item.piece.inside == "theorem"
                if announced or error.node.name.split(":")[-1].lower().startswith("const"):
                    words = f"with {text_name(error.name)} = {text(sign * left_over)}"
                    return self._proved(item, None, proof, words)
                named = self.elab.define_constant(
                    error.name, error.node, sign * left_over, "what this row leaves"
                )
                words = f"{text_name(error.name)} stands for {text(named.definition)}"
                claim = rest + sign * named
                again = self.witnesses.prove(reference, claim)
                return self._proved(item, claim if again.proved else None, proof, words)
        wrong = self._hides_parameter(item, standing, rest, error)
        if wrong is not None:
            return wrong
        return self._open(item, f"{error}, and what it would have to be is not clear")

    def _plain_difference(self, a: Expr, b: Expr) -> Expr | None:
        """a − b with equal summands cancelled, and nothing else done."""
        try:
            return subtract(a, b)
        except (FmproofError, TypeError):
            return None

    def _hides_parameter(
        self, item: Item, standing: Sequence[Expr], rest: Expr, error: Undefined
    ) -> RowReport | None:
        """A constant that would have to contain θ, by the numbers of both gradients."""
        if not standing or not self.numeric:
            return None
        reference = standing[0]
        params = [v for v in free_vars(reference) if v.sort is Sort.PARAM]
        if len(params) != 1 or self._tied([reference, rest]):
            return None
        try:
            evidence = self.witnesses.numbers(Grad(reference, params[0]), Grad(rest, params[0]))
        except (FmproofError, SortError):
            return None
        if evidence.status != "refuted":
            return None
        name = text_name(error.name)
        message = f"what {name} would have to be depends on {params[0].name}, so it is no constant"
        report = self._report(item, "refuted", message)
        return replace(report, numeric=evidence)

    # --- comparing ---

    def _compare(self, item: Item, claim: Expr, relation: str) -> RowReport:
        lines = self.chain.lines
        start = lines[0].term
        stray = self._stray(start, claim)
        if stray:
            return self._report(
                item, "scope", stray, reading=self._reading(lines[-1].term, relation, claim)
            )
        fitting: list[Expr] = []
        problem = ""
        for line in [lines[-1], *[one for one in lines[-2::-1] if one.stands]]:
            if not line.stands:
                continue
            try:
                sides_fit(line.term, claim, relation)
            except (SortError, FmproofError) as error:
                problem = problem or str(error)
                continue
            if line.term not in fitting:
                fitting.append(line.term)
        if not fitting and {sort_of(lines[-1].term), sort_of(claim)} & {Sort.GRADIENT, Sort.SET}:
            return self._report(item, "scope", f"its sides are of different kinds: {problem}")
        if not fitting:
            return self._open(item, f"its sides do not fit as they were understood: {problem}")
        context = [line.term for line in lines if line.stands][:4]
        candidates = [fitting[0], *([start] if start in fitting else fitting[1:2])]
        first: Proof | None = None
        for before in dict.fromkeys(candidates):
            proof = self.witnesses.prove(before, claim, relation, context)
            if proof.proved:
                return self._proved(item, claim, proof, "", before, relation)
            first = first or proof
        assert first is not None
        if relation == "=":
            other = self._by_paths(item, claim)
            if other is not None:
                return self._proved(item, claim, other, "", fitting[0], relation)
        return self._not_proved(item, fitting[0], claim, relation, first)

    def _by_paths(self, item: Item, written_out: Expr) -> Proof | None:
        """The row read the other way: paths are drawn rather than written out.

        What is said of a conditional expectation at a point holds almost surely, that is, in every
        average against a function of the point.
        """
        nodes = [line.node for line in self.chain.lines if line.stands and line.node is not None]
        if item.right is None or not nodes:
            return None
        self.elab.expand = False
        try:
            claim = self.elab.term(item.right)
            befores = [self.elab.term(node) for node in dict.fromkeys([nodes[-1], nodes[0]])]
        except (NotYet, SortError, FmproofError):
            return None
        finally:
            self.elab.expand = True
        for before in befores:
            law = as_law(self.elab, [before, claim])
            if law is None and claim == written_out:
                continue  # no path is in it: that was tried
            sides = (before, claim) if law is None else _tested(before, claim, *law)
            if sides is None:
                continue
            proof = self.witnesses.prove(*sides)
            if proof.proved:
                return proof
        return None

    def _proved(
        self,
        item: Item,
        claim: Expr | None,
        proof: Proof,
        message: str,
        before: Expr | None = None,
        relation: str = "=",
    ) -> RowReport:
        self._keep(item, proof)
        if claim is not None:
            self.chain.lines.append(_Line(claim, relation == "=", item.right))
        reading = (
            self._reading(before, relation, claim)
            if before is not None and claim is not None
            else ""
        )
        report = self._report(item, "proved", message, reading=reading)
        return replace(report, by=proof.by, needs=proof.needs)

    def _not_proved(
        self, item: Item, before: Expr, claim: Expr, relation: str, proof: Proof
    ) -> RowReport:
        self._keep(item, proof)
        reading = self._reading(before, relation, claim)
        evidence: NumericEvidence | None = None
        if self.numeric:
            evidence = self.witnesses.numbers(before, claim, relation)
        tied = self._tied([before, claim])
        if evidence is not None and evidence.status == "refuted" and not tied:
            return self._wrong(item, before, claim, relation, evidence, reading)
        stands = relation == "="
        self.chain.lines.append(_Line(claim, False, item.right))
        if (
            evidence is not None
            and evidence.status == "agrees"
            and not self._has_unknowns([before, claim])
        ):
            self.chain.lines[-1].stands = stands
            report = self._report(item, "agrees", f"not proved: {proof.message}", reading=reading)
            return replace(report, numeric=evidence)
        why = f"not proved: {proof.message}"
        if evidence is not None and evidence.status == "refuted":
            why = f"not known well enough to say: {tied}"
            evidence = None
        verdict: Verdict = "open"
        if item.assumed and (item.inline or item.index == 0 or not self.chain.lines[1:-1]):
            return self._report(item, "hypothesis", "it is assumed, by the words before it")
        if item.piece.inside == "theorem" and item.row.left is not None and not item.inline:
            verdict = "statement"
        report = self._report(item, verdict, why, reading=reading)
        return replace(report, numeric=evidence)

    def _wrong(
        self,
        item: Item,
        before: Expr,
        claim: Expr,
        relation: str,
        evidence: NumericEvidence,
        reading: str,
    ) -> RowReport:
        self.chain.lines.append(_Line(claim, False))
        if relation == "=" and sort_of(claim) is Sort.REAL and not free_of_parameters(before):
            left_over = self.witnesses.difference(before, claim)
            if (
                left_over is not None
                and not free_vars(left_over)
                and free_of_parameters(left_over)
                and self.witnesses.prove(before, claim + left_over).proved
            ):
                shown = text(left_over)
                words = f"the sides differ by {shown}, which is free of the parameters"
                report = self._report(item, "constant", words, reading=reading)
                mended = f"add {shown}: that is proved"
                return replace(report, numeric=evidence, suggestion=mended)
        report = self._report(item, "refuted", "the numbers of both sides differ", reading=reading)
        suggestion = ""
        for words, candidate in neighbours(claim):
            try:
                sides_fit(before, candidate, relation)
            except (SortError, FmproofError):
                continue
            if self.witnesses.prove(before, candidate, relation).proved:
                suggestion = f"{words}: that is proved"
                self.chain.lines.append(_Line(candidate, True))
                break
        return replace(report, numeric=evidence, suggestion=suggestion)

    def _stray(self, start: Expr, claim: Expr) -> str:
        """A variable that is free in an average of the claim, and nothing in the start has it."""

        def variables(term: Expr) -> set[Var]:
            return {v for v in free_vars(term) if v.sort is not Sort.PARAM}

        if variables(start):
            return ""
        for node in _averages(claim):
            for var in sorted(variables(node) & variables(claim), key=lambda v: v.name):
                name = next((s for s, v in self.elab.variables.items() if v is var), var.name)
                known = name in self.evidence.drawn or name in self.evidence.integrated
                if known and name not in self._equated:
                    return f"{text(var)} is neither drawn nor bound here"
        return ""

    def _has_unknowns(self, terms: Sequence[Expr]) -> bool:
        return any(head in self.elab.unknowns for head in heads_in(terms))

    def _tied(self, terms: Sequence[Expr]) -> str:
        """Why numbers may not refute, or "": every symbol without a definition is arbitrary.

        A coefficient, a free point, an unknown or a symbol whose definition was not read may be
        tied to others by what the document says in words.
        """
        heads = sorted(heads_in(terms), key=lambda head: head.name)
        everything = [*terms, *(h.definition for h in heads if h.definition is not None)]
        if any(term.has(CondExpect, Let, Partial, Div) for term in everything):
            return "who is drawn, and what moves with the time, is read from context"
        lacking = [self.elab.unknowns[head] for head in heads if head in self.elab.unknowns]
        if lacking:
            return f"{lacking[0]} is not in the language yet"
        for head in heads:
            if head.definition is None:
                why = self._tied_head(head)
                if why:
                    return why
        fixed = sorted({text(v) for e in terms for v in free_vars(e) if v.sort is not Sort.PARAM})
        if fixed:
            return f"{', '.join(fixed)} may be tied to other symbols"
        return ""

    def _tied_head(self, head: Head) -> str:
        shown = text(head)
        if isinstance(head, Scalar):
            return f"the coefficient {shown} may be tied to others"
        key = next(
            (
                k
                for (k, kind), n in self.elab.names.given.items()
                if (n, kind) == (head.name, "head")
            ),
            "",
        ).split("@")[0]
        refused = [c for c in self.elab.candidates.get(key, ()) if c.state == "refused"]
        if isinstance(head, Field) and refused:
            return f"the definition of {shown} is not understood: {refused[0].why}"
        if isinstance(head, Field) and ("dot" in key or key.endswith("'")):
            return f"{shown} may be a derivative"
        for one in refused:
            if isinstance(head, Density) and not _gaussian(one.right):
                return f"the definition of {shown} is not understood: {one.why}"
        if self._constrained(key):
            return f"the document equates {shown} with something else"
        return ""

    def _constrained(self, key: str) -> bool:
        """Whether the document equates this symbol with something that is not its definition."""
        here = self._current.index if self._current is not None else len(self.reading.items)
        return any(
            item.index < here
            and item.index not in self._settled
            and item.candidate is None
            and item.right is not None
            and not _gaussian(item.right)
            for shape, items in self._equations.items()
            if shape.split("(")[0] == key
            for item in items
        )

    def _keep(self, item: Item, proof: Proof) -> None:
        """Remember what was checked, for a script."""
        if proof.derivation is not None:
            self.checked.append(Checked(item.place, item.latex, proof.proved, proof.derivation))

    # --- what is shown ---

    def _reading(self, before: Expr, relation: str, claim: Expr) -> str:
        return f"{text(before)} {relation} {text(claim)}"

    def _report(
        self, item: Item, verdict: Verdict, message: str = "", reading: str = ""
    ) -> RowReport:
        return RowReport(
            line=item.place,
            column=item.source.column(item.row.at),
            latex=item.latex,
            relation=item.row.relation,
            verdict=verdict,
            inline=item.inline,
            message=message,
            reading=reading,
            formula=written(item),
        )


def _tested(
    before: Expr, claim: Expr, draws: tuple[Any, ...], drawn: tuple[Var, ...]
) -> tuple[Expr, Expr] | None:
    """Both sides averaged against an arbitrary function of what is drawn in them."""
    if not drawn:
        return None
    try:
        if sort_of(claim) is Sort.VEC:
            test = Field("g''", *drawn)(*drawn)
            return Expect(Inner(test, before), *draws), Expect(Inner(test, claim), *draws)
        weight = Scalar("g''", *drawn)(*drawn)
        return Expect(times_of(weight, before), *draws), Expect(times_of(weight, claim), *draws)
    except FmproofError:
        return None


def _averages(term: Expr) -> list[Expr]:
    if isinstance(term, Expect | IntegralOver):
        return [term]
    if isinstance(term, Named):
        return []
    return [found for arg in term.args for found in _averages(arg)]


def _gaussian(node: t.Node) -> bool:
    return any(isinstance(n, t.Normal) for n in t.walk(node))


def text_name(spelling: str) -> str:
    return readable(spelling.split("_")[0]) + (
        "_" + spelling.split("_", 1)[1] if "_" in spelling else ""
    )
