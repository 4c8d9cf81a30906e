"""Checking derivations: every step to a kernel theorem, every condition to the hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from time import perf_counter, thread_time
from typing import Any

from sympy import Expr, S

from fmproof._version import __version__
from fmproof.derived.restatements import restate
from fmproof.errors import InputError, RuleError, SortError
from fmproof.kernel.almost import everywhere
from fmproof.kernel.equality import (
    instantiate,
    instantiate_head,
    specialise,
    symmetry,
    transitivity,
)
from fmproof.kernel.hypotheses import assume, discharge
from fmproof.kernel.obligations import obligations
from fmproof.kernel.theorem import Theorem
from fmproof.lang.node import admit
from fmproof.lang.nodes import Draw, Expect, Named, Var
from fmproof.lang.nodes.measure import drawn_by
from fmproof.lang.numbers import fraction, is_number
from fmproof.lang.props import Almost, Equals, ForAll, Positive, Prop, VanishesWith
from fmproof.lang.scope import alpha_equal, canon, free_vars
from fmproof.lang.spelling.foreign import foreign
from fmproof.lang.spelling.text import text
from fmproof.report.model import (
    DerivationReport,
    Failure,
    Formula,
    HypothesisReport,
    Missing,
    PartReport,
    Report,
    ShownConstant,
    SideCondition,
    StepReport,
    Used,
)
from fmproof.tactics.conditions import ConditionProof, Prover
from fmproof.tactics.equations import solved
from fmproof.tactics.justify import NotJustified, justify
from fmproof.tactics.laws import as_expectation
from fmproof.tactics.matching import match, occurs
from fmproof.tactics.methods import Line
from fmproof.tactics.notation import (
    almost_every,
    formula,
    free,
    notation,
    reference,
    symbols_in,
    worded,
)
from fmproof.tactics.script import Derivation, Instance, Part, Step
from fmproof.tactics.spelling import hypothesis

PATIENCE = 5.0
"""Seconds of computation after which ``auto`` gives up on a step."""
_SOON, _LEAST = 0.8, 0.02  # of this: for a step that lacks a condition, and for each further one

Progress = Callable[[str, int, int], None]
"""Called as ``progress(derivation name, steps done, steps in all)``."""


def check(
    derivations: Sequence[Derivation],
    progress: Progress | None = None,
    patience: float = PATIENCE,
    hints: bool = True,
) -> Report:
    """Check each derivation, and first, silently, those that it uses.

    Args:
        patience: seconds of computation after which ``auto`` gives up on a step.
        hints: whether what fails is looked at to its end, and told which rule would do and which
            hypotheses are missing. Without them the first failure ends it.

    Returns:
        A report with one entry for each of ``derivations``, in their order.
    """
    started = perf_counter()
    derivations = _exactly(derivations)
    proved: dict[str, Outcome] = {}
    reports = tuple(_check_once(d, proved, progress, patience, hints).report for d in derivations)
    return Report(__version__, reports, perf_counter() - started)


def theorems(derivations: Sequence[Derivation]) -> dict[str, Theorem]:
    """The kernel's theorem of each derivation that is proved, by its name."""
    derivations = _exactly(derivations)
    proved: dict[str, Outcome] = {}
    outcomes = [_check_once(derivation, proved, None) for derivation in derivations]
    return {o.derivation.name: o.theorem for o in outcomes if o.theorem is not None}


def _exactly(derivations: Any) -> tuple[Derivation, ...]:
    """Derivations, read once; a look-alike could answer differently when asked twice."""
    if not isinstance(derivations, list | tuple):
        what = derivations if type(derivations) is Derivation else foreign(derivations)
        raise InputError(f"expected derivations in a list, [derivation], found {what}")
    found = tuple(derivations)
    for item in found:
        if type(item) is not Derivation:
            raise InputError(f"expected a Derivation, found a {type(item).__name__}")
    return found


@dataclass(frozen=True)
class Outcome:
    """What checking a derivation gave: its theorem if it was proved, and the report."""

    theorem: Theorem | None
    report: DerivationReport
    derivation: Derivation


def _check_once(
    derivation: Derivation,
    proved: dict[str, Outcome],
    progress: Progress | None,
    patience: float = PATIENCE,
    hints: bool = True,
) -> Outcome:
    known = proved.get(derivation.name)
    if known is not None and known.derivation == derivation:
        return known
    used = [_check_once(d, proved, progress, patience, hints) for d in derivation.uses]
    outcome = _Checker(derivation, used, progress, patience, hints).run()
    proved[derivation.name] = outcome
    return outcome


@dataclass
class _Checker:
    """The state of checking one derivation."""

    derivation: Derivation
    used: Sequence[Outcome]
    progress: Progress | None
    patience: float = PATIENCE
    hints: bool = True
    lemmas: dict[str, Theorem] = field(default_factory=dict)
    used_by: dict[str, list[str]] = field(default_factory=dict)
    assumed: dict[Prop, tuple[Prop, list[str]]] = field(default_factory=dict)
    done: int = 0

    def __post_init__(self) -> None:
        self.prover = Prover([(h.name, h.prop) for h in self.derivation.hypotheses])
        self.declared = {canon(h.prop) for h in self.derivation.hypotheses}
        self.unproved: set[Prop] = set()  # statements of lemmas that failed
        self.finite: set[Prop] = set()  # obligations met so far
        self.lacks = False  # whether the present step lacks a condition
        self.soon = 0.0  # when it is to come to an end then, in seconds of the thread
        self.messages: list[str] = []
        self.almost: Sequence[Draw] = ()  # what the chain of the present part is to hold for
        self.missing: dict[Prop, tuple[Prop, list[str]]] = {}  # what hints ask for, by step
        for known in self.derivation.hypotheses:
            if known.equation is not None:
                self._learn(known.name, assume(known.prop))
        for outcome in self.used:
            self._learn(outcome.derivation.name, self._lemma_of(outcome))
        self.total = sum(len(part.steps) for part in self.derivation.parts)

    def _learn(self, name: str, lemma: Theorem) -> None:
        """Keep a theorem for later steps, and for the conditions that may follow from it."""
        self.lemmas[name] = lemma
        while isinstance(lemma.conclusion, ForAll):
            lemma = specialise(lemma, lemma.conclusion.var)
        if isinstance(lemma.conclusion, Almost):
            self.prover.note(lemma)
        else:
            self.prover.learn(lemma)

    def _lemma_of(self, outcome: Outcome) -> Theorem:
        if outcome.theorem is not None:
            return outcome.theorem
        name = outcome.derivation.name
        self.messages.append(f"it uses {name}, which is not proved")
        return self._placeholder(outcome.derivation.proposition)

    def _placeholder(self, statement: Prop) -> Theorem:
        """What stands for a lemma that failed, so that its users are judged on their own."""
        self.unproved.add(canon(statement))
        return assume(statement)

    def run(self) -> Outcome:
        started = perf_counter()
        parts = tuple(self._parts())
        statement = self.derivation.proposition
        theorem = self._conclude(statement, parts)
        failed = bool(self.messages) or any(part.status == "failed" for part in parts)
        report = DerivationReport(
            name=self.derivation.name,
            title=self.derivation.title,
            source=self.derivation.source,
            status="failed" if failed or theorem is None else "proved",
            statement=formula(statement),
            hypotheses=self._hypotheses(),
            constants=self._constants(),
            parts=parts,
            message="; ".join(self.messages),
            seconds=perf_counter() - started,
            symbols=notation(self.derivation),
            location=self.derivation.location,
            says=worded(self.derivation.says),
            uses=tuple(Used(d.name, d.title, formula(d.proposition)) for d in self.derivation.uses),
            free=free(statement),
            missing=self._missing(),
        )
        return Outcome(None if report.status == "failed" else theorem, report, self.derivation)

    def _parts(self) -> Iterator[PartReport]:
        for part in self.derivation.parts:
            report = self._part(part)
            yield report
            if report.status == "failed" and not self.hints:
                return

    def _conclude(self, statement: Prop, parts: Sequence[PartReport]) -> Theorem | None:
        """The theorem that concludes the statement from the declared hypotheses alone.

        It is that of a part, whose lines are finite under these; what it uses may need others.
        """
        if any(part.status == "failed" for part in parts) or self.messages:
            return None
        for theorem in [self.lemmas[part.title] for part in reversed(parts)]:
            if alpha_equal(theorem.conclusion, statement):
                extra = self._undeclared(theorem)
                if not extra:
                    return theorem
                self.messages.append(f"it also assumes {text(extra[0])}")
                return None
        self.messages.append(f"no part proves the statement {text(statement)}")
        return None

    def _proved(self, prop: Prop) -> ConditionProof | None:
        """A proof of just this, from what is declared; the search is not trusted to see to it.

        A lemma that failed may stand behind it: that is the lemma's fault, and reported there.
        """
        proof = self.prover.prove(prop)
        if proof is None or not alpha_equal(proof.theorem.conclusion, prop):
            return None
        extra = self._undeclared(proof.theorem)
        return None if any(not self._is_unproved(h) for h in extra) else proof

    def _is_unproved(self, prop: Prop) -> bool:
        """Whether a hypothesis is what a lemma that failed was to show."""
        return any(_says(statement, prop) for statement in self.unproved)

    def _undeclared(self, theorem: Theorem) -> list[Prop]:
        return [h for h in theorem.hypotheses if canon(h) not in self.declared]

    # --- parts and steps --------------------------------------------------------------

    def _part(self, part: Part) -> PartReport:
        chain: Theorem | None = None
        self.almost = part.almost
        falling = any(step.relation == "≥" for step in part.steps)
        before = part.start
        reports = []
        first = part.steps[0]
        found_on_the_way = "auto" in first.rules  # what the start takes may be found by the step
        finite, problem = ((), None) if found_on_the_way else self._beginning(part)
        for step in part.steps:
            theorem, report = self._guarded(step, part.title, before)
            if step is first and found_on_the_way:
                finite, problem = self._beginning(part)
            if finite:
                report = replace(report, conditions=_each_once(*finite, *report.conditions))
            if problem is not None and report.status == "proved":
                report = _failed(report, problem)
            finite, problem = (), None
            reports.append(report)
            if report.status == "failed" and not self.hints:
                break
            chain = _chained(chain, theorem, falling)
            before = step.claim
            self.done += 1
            if self.progress is not None:
                self.progress(self.derivation.name, self.done, self.total)
        proved = all(report.status == "proved" for report in reports)
        stated = part.proposition
        if proved and chain is not None and part.almost:
            chain = self._almost_surely(chain, part.almost)
        if proved and chain is not None and not alpha_equal(chain.conclusion, stated):
            proved = False
            self.messages.append(
                f"{part.title} states {text(stated)} but its steps show {text(chain.conclusion)}"
            )
        if proved and chain is not None:
            extra = [h for h in self._undeclared(chain) if not self._is_unproved(h)]
            if extra:
                proved = False
                self.messages.append(f"{part.title} also assumes {text(extra[0])}")
        lemma = chain if proved and chain is not None else self._placeholder(stated)
        self._learn(part.title, lemma)
        if part.name:
            self._learn(part.name, lemma)
        return PartReport(
            part.title,
            formula(part.start),
            formula(stated),
            "proved" if proved else "failed",
            tuple(reports),
            says=worded(part.says),
            result=part.result,
            free=free(stated),
            almost=almost_every(part.almost),
            name=part.name,
        )

    def _beginning(self, part: Part) -> tuple[tuple[SideCondition, ...], Failure | None]:
        """What the start of a part obliges, and the law for which it holds almost surely."""
        first = part.steps[0].id
        try:
            self.almost = ()  # the law's own obligations are under no law
            law = Expect(S.One, *part.almost) if part.almost else S.One
            with self._patience(self.patience):
                finite, problem = self._finite(law, first)
                self.almost = part.almost
                start, wrong = self._finite(part.start, first)
            return (*finite, *start), problem or wrong
        except (RuleError, SortError, RecursionError) as error:
            return (), Failure(f"the start of the part cannot be checked: {error}")
        finally:
            self.almost = part.almost

    def _almost_surely(self, chain: Theorem, measure: Sequence[Draw]) -> Theorem:
        """The chain for almost every value, where what it needs holds."""
        chain = everywhere(chain, measure)
        for prop in chain.hypotheses:
            proof = None if canon(prop) in self.declared else self._proved(prop)
            if proof is not None:
                chain = discharge(chain, proof.theorem)
        return chain

    def _lifted(self, prop: Prop) -> Prop:
        """A condition of a step of a part that holds almost surely."""
        bound = {var for item in self.almost for var in drawn_by(item)}
        return Almost(prop, *self.almost) if bound & free_vars(prop) else prop

    @contextmanager
    def _patience(self, seconds: float) -> Iterator[None]:
        """How long conditions are looked for."""
        self.lacks, self.soon = False, thread_time() + _SOON * self.patience
        self.prover.until = thread_time() + seconds
        try:
            yield
        finally:
            self.prover.until = None

    @contextmanager
    def _hurrying(self) -> Iterator[None]:
        """How long a further condition is looked for in a step that already lacks one."""
        until = self.prover.until
        if self.lacks and until is not None:
            least = thread_time() + _LEAST * self.patience
            self.prover.until = min(until, max(self.soon, least))
        try:
            yield
        finally:
            self.prover.until = until

    def _guarded(self, step: Step, part: str, before: Expr) -> tuple[Theorem, StepReport]:
        """A step, whose trouble is its own: the others are checked all the same."""
        try:
            with self._patience(2 * self.patience):  # to find it, and to say what it lacks
                return self._step(step, part, before)
        except RecursionError:
            trouble = "the formula is nested too deeply"
        except (RuleError, SortError) as error:
            trouble = str(error)
        report = StepReport(
            id=step.id,
            part=part,
            rule=", ".join(step.rules),
            relation=step.relation,
            claim=formula(step.claim),
            status="failed",
            location=step.location,
            failure=Failure(trouble),
        )
        return assume(step.proposition(before)), report

    def _step(self, step: Step, part: str, before: Expr) -> tuple[Theorem, StepReport]:
        prop = step.proposition(before)
        base = StepReport(
            id=step.id,
            part=part,
            rule=", ".join(step.rules),
            relation=step.relation,
            claim=formula(step.claim),
            status="proved",
            note=worded(step.note),
            using=tuple(reference(used) for used in step.references),
            location=step.location,
        )
        try:
            lemmas = tuple(self._resolve(reference) for reference in step.references)
            line = self._line(step, before, lemmas)
            theorem = restate(justify(line, step.rules, step.relation), prop)
        except NotJustified as error:
            return assume(prop), _failed(base, _failure(error))
        self._note(line)
        inherited = [h for lemma in lemmas for h in lemma.hypotheses]
        theorem, conditions, problem = self._discharge(theorem, step.id, inherited)
        if problem is not None and not self.hints:
            return assume(prop), _failed(replace(base, conditions=conditions), problem)
        finite, unfinished = self._finite(step.claim, step.id)
        report = replace(base, conditions=_each_once(*finite, *conditions))
        problem = problem or unfinished
        if problem is not None:
            return assume(prop), _failed(report, problem)
        return theorem, report

    def _line(self, step: Step, before: Expr, lemmas: tuple[Theorem, ...]) -> Line:
        """The step for a method; ``auto`` also sees all that is known, and has a time to end."""
        line = Line(admit(before), admit(step.claim), lemmas, hints=self.hints)
        if "auto" not in step.rules:
            return line
        return replace(
            line,
            known=tuple(self._equations()),
            hypotheses=tuple(h.prop for h in self.derivation.hypotheses),
            follows=self._follows,
            deadline=thread_time() + self.patience,
        )

    def _equations(self) -> Iterable[Theorem]:
        """What is proved or assumed so far as equations to rewrite with, from left to right."""
        for name, lemma in self.lemmas.items():
            if canon(lemma.conclusion) in self.unproved:
                continue
            try:
                equation = self._resolve(name)
            except NotJustified:
                continue
            for known in (equation, *solved(equation)):
                if not isinstance(known.lhs, Var) and not occurs(known.lhs, known.rhs):
                    yield known

    def _follows(self, theorem: Theorem, line: Line) -> bool:
        """Whether all that a theorem assumes follows from the hypotheses."""
        self._note(line)
        return all(
            not line.late() and self._proved(self._lifted(prop)) for prop in theorem.hypotheses
        )

    def _note(self, line: Line) -> None:
        """What was found on the way may serve conditions."""
        for known, found, take in (
            (self.prover.facts, line.facts, self.prover.note),
            (self.prover.equations, line.equations, self.prover.learn),
        ):
            seen = {canon(theorem.conclusion) for theorem in known}
            for theorem in found:
                if canon(theorem.conclusion) not in seen:
                    seen.add(canon(theorem.conclusion))
                    take(theorem)

    def _resolve(self, reference: str | Instance) -> Theorem:
        """The theorem that a step refers to."""
        instance = Instance(reference) if isinstance(reference, str) else reference
        theorem = self.lemmas[instance.of]
        failed = canon(theorem.conclusion) in self.unproved
        try:
            for head, body in instance.replace.items():
                theorem = instantiate_head(theorem, head, head.params, body)
            if instance.at:
                theorem = instantiate(theorem, instance.at)
        except (RuleError, SortError) as error:
            raise NotJustified(f"{instance.of} cannot be used so: {error}") from None
        if failed:  # an instance of a failed lemma is no more the step's fault than the lemma
            self.unproved.update(canon(h) for h in theorem.hypotheses)
        while isinstance(theorem.conclusion, ForAll):
            theorem = specialise(theorem, theorem.conclusion.var)
        if isinstance(theorem.conclusion, Almost):  # its equation is then a condition of the step
            theorem = assume(theorem.conclusion.body)
        if not isinstance(theorem.conclusion, Equals):
            raise NotJustified(f"{instance.of} is not an equation: {text(theorem.conclusion)}")
        return theorem

    # --- conditions -------------------------------------------------------------------

    def _discharge(
        self, theorem: Theorem, step: str, inherited: Sequence[Prop]
    ) -> tuple[Theorem, tuple[SideCondition, ...], Failure | None]:
        """Derive each hypothesis of a step's theorem from the declared ones.

        A hypothesis that a lemma brings along is reported where the lemma is proved, unless it
        is new here: an instance of one, or one of another derivation.
        """
        records, problem = [], None
        keys = set(map(canon, inherited))
        failed = [h for h in inherited if canon(h) in self.unproved]
        for prop in theorem.hypotheses:
            key = canon(prop)
            lifted = self._lifted(prop)
            kept = lifted is prop and key in keys and key in self.declared
            if any(_says(h, prop) for h in failed) or kept:
                self._note_use(
                    (h.name for h in self.derivation.hypotheses if canon(h.prop) == key), step
                )
                continue
            record, failure = self._condition(lifted, step)
            records.append(record)
            problem = problem or failure
            if problem is not None and not self.hints:
                break
            proof = self._proved(prop) if lifted is prop and failure is None else None
            if proof is not None:
                theorem = discharge(theorem, proof.theorem)
        return theorem, tuple(records), problem

    def _finite(self, claim: Expr, step: str) -> tuple[tuple[SideCondition, ...], Failure | None]:
        """The claim denotes a finite number: derive what that takes, each thing once."""
        records, problem = [], None
        for prop in map(self._lifted, obligations(claim)):
            if canon(prop) in self.finite:
                continue
            record, failure = self._condition(prop, step)
            records.append(record)
            if failure is None:
                self.finite.add(canon(prop))
            problem = problem or failure
        return tuple(records), problem

    def _condition(self, prop: Prop, step: str) -> tuple[SideCondition, Failure | None]:
        with self._hurrying():
            return self._looked_for(prop, step)

    def _looked_for(self, prop: Prop, step: str) -> tuple[SideCondition, Failure | None]:
        proof = self._proved(prop)
        if proof is not None:
            self._note_use((r[1:] for r in proof.reasons if r.startswith("@")), step)
            return SideCondition(formula(prop), proof.describe()), None
        if _is_false(prop):  # to be mended, and not declared: it would prove everything
            return SideCondition(formula(prop), None), Failure(
                f"needs {text(prop)}, which is false"
            )
        self.lacks = True
        shown, users = self.assumed.setdefault(canon(prop), (prop, []))
        if step not in users:
            users.append(step)
        failure = Failure(
            f"needs {text(prop)}, which does not follow from the declared hypotheses",
            hint=self._what_would_do(prop, step) if self.hints else None,
            lacks=True,
        )
        return SideCondition(formula(shown), None), failure

    def _missing(self) -> tuple[Missing, ...]:
        taken = {h.name for h in self.derivation.hypotheses}
        free_names = (name for n in count(1) if (name := f"H{n}") not in taken)
        order = [step.id for part in self.derivation.parts for step in part.steps]
        return tuple(
            Missing(
                formula(prop),
                tuple(sorted(set(steps), key=order.index)),
                hypothesis(next(free_names), prop),
            )
            for prop, steps in self._independent()
        )

    def _independent(self) -> list[tuple[Prop, list[str]]]:
        """What is missing, without what would follow from the rest of it; the first ones stay."""
        kept = {f"missing {i}": item for i, item in enumerate(self.missing.values())}
        until = thread_time() + PATIENCE
        for name, (prop, steps) in reversed(list(kept.items())) if len(kept) > 1 else ():
            others = [(other, item[0]) for other, item in kept.items() if other != name]
            prover = Prover([*((h.name, h.prop) for h in self.derivation.hypotheses), *others])
            prover.until = until
            proof = prover.prove(prop)
            if proof is not None:
                del kept[name]
                for reason in proof.reasons:
                    if reason[1:] in kept:
                        kept[reason[1:]][1].extend(steps)
        return list(kept.values())

    def _what_would_do(self, prop: Prop, step: str) -> str:
        missing = [as_expectation(p) for p in self.prover.missing(prop) or [prop]]
        for one in missing:
            self.missing.setdefault(canon(one), (one, []))[1].append(step)
        if len(missing) == 1 and canon(missing[0]) == canon(prop):
            return "declare it, or something that implies it, as a hypothesis"
        shown = " and ".join(text(p) for p in missing)
        return f"it would follow from {shown}; declare that as a hypothesis"

    def _note_use(self, names: Iterable[str], step: str) -> None:
        for name in names:
            users = self.used_by.setdefault(name, [])
            if step not in users:
                users.append(step)

    # --- summaries --------------------------------------------------------------------

    def _hypotheses(self) -> tuple[HypothesisReport, ...]:
        declared = [
            HypothesisReport(
                h.name, formula(h.prop), True, tuple(self.used_by.get(h.name, ())), h.meaning
            )
            for h in self.derivation.hypotheses
        ]
        assumed = [
            HypothesisReport("assumed", formula(prop), False, tuple(users))
            for prop, users in self.assumed.values()
        ]
        return (*declared, *assumed)

    def _constants(self) -> tuple[ShownConstant, ...]:
        found = [node for node in symbols_in(self.derivation) if isinstance(node, Named)]
        # What has free variables is an abbreviation; it prints with them and is a symbol.
        constants = [named for named in found if not free_vars(named)]
        return tuple(
            ShownConstant(formula(named), formula(named.definition)) for named in constants
        )


def _chained(chain: Theorem | None, theorem: Theorem, falling: bool) -> Theorem:
    """The chain with one more link; a falling one (with ≥ in it) is built from right to left."""
    if falling and isinstance(theorem.conclusion, Equals):
        theorem = symmetry(theorem)
    if chain is None:
        return theorem
    return transitivity(theorem, chain) if falling else transitivity(chain, theorem)


def _says(statement: Prop, prop: Prop) -> bool:
    """Whether a proposition is a statement for some values of its variables, or for all or almost
    all: a lemma that is used under a binder is needed so."""
    while isinstance(prop, ForAll | Almost):
        prop = prop.body
    return match(statement, prop) is not None


def _each_once(*conditions: SideCondition) -> tuple[SideCondition, ...]:
    return tuple({condition.formula.text: condition for condition in conditions}.values())


def _failed(report: StepReport, failure: Failure) -> StepReport:
    return replace(report, status="failed", failure=failure)


def _failure(error: NotJustified) -> Failure:
    def shown(term: Expr | None) -> Formula | None:
        return None if term is None else formula(term)

    return Failure(
        error.summary,
        shown(error.expected),
        shown(error.found),
        shown(error.difference),
        error.where,
        error.hint,
    )


def _is_false(prop: Prop) -> bool:
    """Whether a condition is one about numbers that does not hold, such as 0 > 0."""
    if isinstance(prop, Positive) and is_number(prop.args[0]):
        return fraction(prop.args[0]) <= 0
    if isinstance(prop, VanishesWith) and all(map(is_number, prop.args)):
        value, zero = map(fraction, prop.args)
        return zero == 0 and value != 0
    return False
